// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RECORD_VALUE_HPP
#define SEGMENTA_RECORD_VALUE_HPP

/// \file
/// One typed value that may be missing: what an accessor of a host's struct returns and what a rule reads for one
/// customer. It owns nothing; strings and sets are views that must outlive it.

#include <segmenta/base/string_pool.hpp>
#include <segmenta/record/type.hpp>
#include <segmenta/time/instant.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace segmenta {
inline namespace v0 {

/// Some strings, borrowed from wherever they are: an array of views, a host's `std::vector<std::string>`, or codes into
/// a string pool. Repeats and any order are allowed; whoever compares sets must not rely on either.
///
/// Thread safety: a plain value over read-only data.
class text_set {
public:
    constexpr text_set() noexcept : views_(nullptr) {}
    constexpr text_set(std::span<std::string_view const> texts) noexcept // NOLINT: a borrowed view loses nothing
        : views_(texts.data()), size_(texts.size()) {}
    constexpr text_set(std::span<std::string const> texts) noexcept // NOLINT
        : strings_(texts.data()), size_(texts.size()), form_(form::strings) {}
    constexpr text_set(std::span<std::uint32_t const> codes, string_pool const& pool) noexcept
        : codes_(codes.data()), pool_(&pool), size_(codes.size()), form_(form::codes) {}

    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] constexpr std::string_view operator[](std::size_t i) const noexcept {
        if (form_ == form::views) return views_[i];
        if (form_ == form::strings) return strings_[i];
        return pool_->view(codes_[i]);
    }
    /// Linear.
    [[nodiscard]] constexpr bool contains(std::string_view text) const noexcept {
        for (std::size_t i = 0; i < size_; ++i)
            if ((*this)[i] == text) return true;
        return false;
    }

    /// For range-for; yields `std::string_view`.
    class iterator {
    public:
        using value_type = std::string_view;
        using difference_type = std::ptrdiff_t;

        constexpr iterator() noexcept = default;
        constexpr iterator(text_set const* set, std::size_t at) noexcept : set_(set), at_(at) {}
        constexpr std::string_view operator*() const noexcept { return (*set_)[at_]; }
        constexpr iterator& operator++() noexcept {
            ++at_;
            return *this;
        }
        constexpr iterator operator++(int) noexcept {
            iterator const old = *this;
            ++at_;
            return old;
        }
        friend constexpr bool operator==(iterator a, iterator b) noexcept { return a.at_ == b.at_; }

    private:
        text_set const* set_ = nullptr;
        std::size_t at_ = 0;
    };
    [[nodiscard]] constexpr iterator begin() const noexcept { return {this, 0}; }
    [[nodiscard]] constexpr iterator end() const noexcept { return {this, size_}; }

private:
    enum class form : std::uint8_t { views, strings, codes };

    union {
        std::string_view const* views_;
        std::string const* strings_;
        std::uint32_t const* codes_;
    };
    string_pool const* pool_ = nullptr;
    std::size_t size_ = 0;
    form form_ = form::views;
};

/// A typed value or the absence of one. Missing is never a default: a missing age is not age 0.
///
/// Thread safety: a plain value. Reading an accessor of another kind than `base()` is a programming error.
class value {
public:
    /// Missing.
    constexpr value() noexcept : integer_(0) {}

    static constexpr value of_bool(bool v) noexcept { return {boolean_type, v ? 1 : 0}; }
    static constexpr value of_int(std::int64_t v) noexcept { return {int64_type, v}; }
    static constexpr value of_double(double v) noexcept {
        value out;
        out.type_ = float64_type;
        out.present_ = v == v; // NaN is missing: no comparison with it can be answered
        std::construct_at(&out.real_, v);
        return out;
    }
    /// Units of 10^-scale as in `t`, which is a decimal type.
    static constexpr value of_decimal(type t, std::int64_t units) noexcept { return {t, units}; }
    static constexpr value of_date(civil_date v) noexcept { return {date_type, v.days_since_epoch()}; }
    static constexpr value of_instant(instant v) noexcept { return {instant_type, v.microseconds()}; }
    static constexpr value of_duration_us(std::int64_t microseconds) noexcept { return {duration_type, microseconds}; }
    static constexpr value of_string(std::string_view v) noexcept {
        value out;
        out.type_ = string_type;
        out.present_ = true;
        std::construct_at(&out.text_, pooled_text{v, nullptr, 0});
        return out;
    }
    /// The string of a code of `pool`, smaller than `pool.size()`. The value knows its code as well: who knows the pool
    /// need not read the string (`rule_index_options::texts`).
    static value of_string(string_pool const& pool, std::uint32_t code) noexcept {
        value out;
        out.type_ = string_type;
        out.present_ = true;
        std::construct_at(&out.text_, pooled_text{pool.view(code), &pool, code});
        return out;
    }
    /// A set of strings; the memory it borrows must outlive the value.
    static constexpr value of_set(text_set v) noexcept {
        value out;
        out.type_ = category_set_type;
        out.present_ = true;
        std::construct_at(&out.set_, v);
        return out;
    }

    [[nodiscard]] constexpr bool missing() const noexcept { return !present_; }
    [[nodiscard]] constexpr bool present() const noexcept { return present_; }
    [[nodiscard]] constexpr type what() const noexcept { return type_; }
    [[nodiscard]] constexpr kind base() const noexcept { return type_.base; }

    [[nodiscard]] constexpr bool as_bool() const noexcept { return integer_ != 0; }
    [[nodiscard]] constexpr std::int64_t as_int() const noexcept { return integer_; }
    [[nodiscard]] constexpr double as_double() const noexcept { return real_; }
    [[nodiscard]] constexpr std::int64_t as_units() const noexcept { return integer_; }
    [[nodiscard]] constexpr civil_date as_date() const noexcept {
        return civil_date{static_cast<std::int32_t>(integer_)};
    }
    [[nodiscard]] constexpr instant as_instant() const noexcept { return instant{integer_}; }
    [[nodiscard]] constexpr std::int64_t as_duration_us() const noexcept { return integer_; }
    [[nodiscard]] constexpr std::string_view as_string() const noexcept { return text_.text; }
    /// Of a string: the pool it was made from, or null; and its code there.
    [[nodiscard]] constexpr string_pool const* pool() const noexcept { return text_.pool; }
    [[nodiscard]] constexpr std::uint32_t code() const noexcept { return text_.code; }
    [[nodiscard]] constexpr text_set as_set() const noexcept { return set_; }

private:
    struct pooled_text {
        std::string_view text;
        string_pool const* pool;
        std::uint32_t code;
    };

    constexpr value(type t, std::int64_t bits) noexcept : type_(t), present_(true), integer_(bits) {}

    type type_{};
    bool present_ = false;
    union {
        std::int64_t integer_;
        double real_;
        pooled_text text_;
        text_set set_;
    };
};

} // namespace v0
} // namespace segmenta

#endif
