// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RECORD_VALUE_HPP
#define SEGMENTA_RECORD_VALUE_HPP

/// \file
/// One typed value that may be missing: what an accessor of a host's struct returns and what a rule reads for one
/// customer. It owns nothing; strings and sets are views that must outlive it.

#include <segmenta/record/type.hpp>
#include <segmenta/time/instant.hpp>

#include <cstdint>
#include <span>
#include <string_view>

namespace segmenta {
inline namespace v0 {

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
        out.real_ = v;
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
        out.text_ = v;
        return out;
    }
    /// A set of strings; the span and its strings must outlive the value.
    static constexpr value of_set(std::span<std::string_view const> v) noexcept {
        value out;
        out.type_ = category_set_type;
        out.present_ = true;
        out.set_ = v;
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
    [[nodiscard]] constexpr std::string_view as_string() const noexcept { return text_; }
    [[nodiscard]] constexpr std::span<std::string_view const> as_set() const noexcept { return set_; }

private:
    constexpr value(type t, std::int64_t bits) noexcept : type_(t), present_(true), integer_(bits) {}

    type type_{};
    bool present_ = false;
    union {
        std::int64_t integer_;
        double real_;
        std::string_view text_;
        std::span<std::string_view const> set_;
    };
};

} // namespace v0
} // namespace segmenta

#endif
