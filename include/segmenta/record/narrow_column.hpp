// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RECORD_NARROW_COLUMN_HPP
#define SEGMENTA_RECORD_NARROW_COLUMN_HPP

/// \file
/// Borrowed columns whose elements take fewer bytes than `kind` states: an age in one byte, a flag in one bit. What is
/// computed over many rows takes as long as its columns take to be read, so narrow columns make it faster.

#include <segmenta/record/column.hpp>
#include <segmenta/record/type.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

namespace segmenta {
inline namespace v0 {

/// How one element is stored.
enum class storage : std::uint8_t {
    plain, ///< as stated at `kind`
    int8,
    int16,
    int32,
    uint8,
    uint16,
    uint32,
    float32,
    bits, ///< bit i%64 of word i/64
};

/// Whether elements of a kind may be stored so:
///
/// | kind | storages beside `plain` |
/// |---|---|
/// | int64, decimal, instant, duration | int8, int16, int32, uint8, uint16, uint32 |
/// | date | int8, int16, int32, uint8, uint16 |
/// | boolean | bits |
/// | float64 | float32 |
/// | category | uint8, uint16: codes into the pool |
constexpr bool may_be_stored(kind what, storage how) noexcept {
    if (how == storage::plain) return true;
    switch (what) {
    case kind::boolean: return how == storage::bits;
    case kind::float64: return how == storage::float32;
    case kind::category: return how == storage::uint8 || how == storage::uint16;
    case kind::string:
    case kind::category_set: return false;
    case kind::date: return how != storage::uint32 && how != storage::float32 && how != storage::bits;
    default: return how != storage::float32 && how != storage::bits;
    }
}

/// The storage of elements of a C++ type.
template <class T>
concept narrow_element = std::same_as<T, std::int8_t> || std::same_as<T, std::int16_t> ||
                         std::same_as<T, std::int32_t> || std::same_as<T, std::uint8_t> ||
                         std::same_as<T, std::uint16_t> || std::same_as<T, std::uint32_t> || std::same_as<T, float>;

template <narrow_element T>
constexpr storage storage_of() noexcept {
    if constexpr (std::same_as<T, std::int8_t>) return storage::int8;
    if constexpr (std::same_as<T, std::int16_t>) return storage::int16;
    if constexpr (std::same_as<T, std::int32_t>) return storage::int32;
    if constexpr (std::same_as<T, std::uint8_t>) return storage::uint8;
    if constexpr (std::same_as<T, std::uint16_t>) return storage::uint16;
    if constexpr (std::same_as<T, std::uint32_t>) return storage::uint32;
    return storage::float32;
}

/// The same for a kind: a byte of a boolean and a code of 32 bits are how such columns are stored anyway.
template <narrow_element T>
constexpr storage storage_of(kind what) noexcept {
    bool const plain = (what == kind::boolean && std::same_as<T, std::uint8_t>) ||
                       (what == kind::category && std::same_as<T, std::uint32_t>);
    return plain ? storage::plain : storage_of<T>();
}

/// A borrowed column and how its elements are stored. The memory must outlive it. Elements of missing rows may be
/// anything, also codes past the pool; a `float` NaN is missing.
///
///     std::vector<std::uint8_t> ages;       // one byte a customer
///     std::vector<std::uint64_t> opted_out; // one bit a customer
///     narrow_column const columns[] = {narrow_column(int64_type, std::span<std::uint8_t const>(ages)),
///                                      narrow_column::of_bits(opted_out.data(), ages.size())};
///
/// Thread safety: a plain value; reading is safe from any thread.
struct narrow_column {
    column_view column; ///< `data` holds elements as `stored` says; everything else as for a plain column
    storage stored = storage::plain;

    narrow_column() = default;
    narrow_column(column_view const& plain) noexcept : column(plain) {} // NOLINT: every column is one
    /// Numbers, dates, times, or booleans of a byte each; of decimals units of 10^-scale. `valid` as in `column_view`.
    template <narrow_element T>
    narrow_column(type what, std::span<T const> elements, std::uint64_t const* valid = nullptr) noexcept
        : column{what, elements.size(), elements.data(), valid}, stored(storage_of<T>(what.base)) {}
    /// Categories: codes into a pool.
    template <narrow_element T>
        requires std::same_as<T, std::uint8_t> || std::same_as<T, std::uint16_t>
    narrow_column(std::span<T const> codes, string_pool const& pool, std::uint64_t const* valid = nullptr) noexcept
        : column{category_type, codes.size(), codes.data(), valid, &pool}, stored(storage_of<T>()) {}
    /// Booleans: bit i%64 of word i/64 is row i.
    static narrow_column of_bits(std::uint64_t const* words, std::size_t rows,
                                 std::uint64_t const* valid = nullptr) noexcept {
        narrow_column out(column_view{boolean_type, rows, words, valid});
        out.stored = storage::bits;
        return out;
    }

    /// Whether its type may be stored so, and codes have a pool. Who reads columns takes one that is not sound for one
    /// of another type.
    [[nodiscard]] bool is_sound() const noexcept {
        bool const has_texts = column.what.base != kind::category || column.pool != nullptr;
        return has_texts && may_be_stored(column.what.base, stored);
    }
};

/// Rows [first, first + count) of a sound column as a plain one, in `room` of at least `count` words; a plain column is
/// only sliced. `first` must be a multiple of 64. Codes past the pool of missing rows stay what they are. Linear in
/// `count`.
[[nodiscard]] column_view widen(narrow_column const& from, std::size_t first, std::size_t count,
                                std::span<std::uint64_t> room) noexcept;

/// Some rows of several columns, each stored in its own way, in an order the reader knows.
struct narrow_block {
    std::size_t size;
    std::span<narrow_column const> columns;

    narrow_block(std::size_t rows, std::span<narrow_column const> of) noexcept : size(rows), columns(of) {}
};

} // namespace v0
} // namespace segmenta

#endif
