// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RECORD_COLUMN_HPP
#define SEGMENTA_RECORD_COLUMN_HPP

/// \file
/// Columns in memory: `column_view` (borrowed) and `column` (owned), laid out as stated at `kind`.

#include <segmenta/base/large_allocator.hpp>
#include <segmenta/base/string_pool.hpp>
#include <segmenta/record/type.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// A borrowed column: `size` rows of `what`. The memory must outlive the view.
///
/// Thread safety: a plain value; reading is safe from any thread.
struct column_view {
    type what{};
    std::size_t size = 0;
    void const* data = nullptr;               ///< elements as stated at `kind`
    std::uint64_t const* valid = nullptr;     ///< bit i%64 of word i/64 is set when row i is present; null: all present
    string_pool const* pool = nullptr;        ///< category and category_set: what the codes mean
    std::uint32_t const* set_codes = nullptr; ///< category_set: the code array that `data` holds offsets into

    [[nodiscard]] bool is_present(std::size_t row) const noexcept {
        return valid == nullptr || ((valid[row / 64] >> (row % 64)) & 1U) != 0;
    }
    /// The elements; `T` must be the element type stated at `kind`.
    template <class T>
    [[nodiscard]] std::span<T const> as() const noexcept {
        return {static_cast<T const*>(data), size};
    }
    /// The text of a present row of a string or category column.
    [[nodiscard]] std::string_view text(std::size_t row) const noexcept {
        if (what.base == kind::string) return static_cast<std::string_view const*>(data)[row];
        return pool->view(static_cast<std::uint32_t const*>(data)[row]);
    }
    /// The codes of a present row of a category_set column.
    [[nodiscard]] std::span<std::uint32_t const> codes(std::size_t row) const noexcept {
        auto const* offsets = static_cast<std::uint32_t const*>(data);
        return {set_codes + offsets[row], static_cast<std::size_t>(offsets[row + 1] - offsets[row])};
    }
    /// Rows [first, first + count). `first` must be a multiple of 64 unless every row is present.
    [[nodiscard]] column_view slice(std::size_t first, std::size_t count) const noexcept {
        column_view part = *this;
        part.size = count;
        part.data = static_cast<std::byte const*>(data) + first * element_size(what.base);
        if (valid != nullptr) part.valid = valid + first / 64;
        return part;
    }
};

/// An owned column. Copies share the string pool and whatever `keep_alive` holds, nothing else.
///
/// Thread safety: concurrent reads are safe; writes need exclusive access.
class column {
public:
    column() = default;
    /// `rows` rows, all zero (empty text, empty set) and all present; missing when `present` is false.
    explicit column(type what, std::size_t rows = 0, bool present = true);

    [[nodiscard]] type what() const noexcept { return what_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// Valid until the column is changed or destroyed.
    [[nodiscard]] column_view view() const noexcept;
    /// Writable elements; `T` must be the element type stated at `kind`. Not for sets.
    template <class T>
    [[nodiscard]] std::span<T> data() noexcept {
        return {reinterpret_cast<T*>(bytes_.data()), size_};
    }
    /// Makes room for `rows` rows; optional.
    void reserve(std::size_t rows);
    /// New rows are zero and present.
    void resize(std::size_t rows);
    /// Appends a present element of a kind other than sets; `T` as for `data`. Amortised constant.
    template <class T>
    void push(T element) {
        resize(size_ + 1);
        data<T>()[size_ - 1] = element;
    }
    /// Appends a missing row (of any kind).
    void push_missing();
    void set_missing(std::size_t row);
    void set_present(std::size_t row);
    [[nodiscard]] bool is_present(std::size_t row) const noexcept {
        return valid_.empty() || ((valid_[row / 64] >> (row % 64)) & 1U) != 0;
    }
    [[nodiscard]] std::size_t missing_count() const noexcept;
    /// Categories: the pool the codes refer to, shared so that columns may share one.
    void set_pool(std::shared_ptr<string_pool const> pool) { pool_ = std::move(pool); }
    [[nodiscard]] std::shared_ptr<string_pool const> const& pool() const noexcept { return pool_; }
    /// Strings: keeps alive whatever the views point into.
    void keep_alive(std::shared_ptr<void const> owner) { owner_ = std::move(owner); }
    /// Category sets: appends one row's codes. Throws `std::length_error` past 2^32 - 1 codes.
    void push_set(std::span<std::uint32_t const> codes);
    /// Bytes held, without the pool and the owner.
    [[nodiscard]] std::size_t memory_bytes() const noexcept;

private:
    type what_{};
    std::size_t size_ = 0;
    /// Aligned for every element type; sets have one element more.
    std::vector<std::byte, detail::large_allocator<std::byte>> bytes_;
    std::vector<std::uint64_t> valid_; ///< empty: all present; bits past size_ are 0
    std::vector<std::uint32_t> set_codes_;
    std::shared_ptr<string_pool const> pool_;
    std::shared_ptr<void const> owner_;
};

/// The listed rows of a column, in the order listed; repeats are fine. Text is not copied: `from` must outlive the
/// result unless `keep_alive` holds it. Linear.
[[nodiscard]] column gather(column_view const& from, std::span<std::uint32_t const> rows,
                            std::shared_ptr<string_pool const> pool = nullptr);

/// Some rows of several columns, in an order the reader knows. Views borrow their memory.
struct block {
    std::size_t size = 0;
    std::span<column_view const> columns;
};

} // namespace v0
} // namespace segmenta

#endif
