// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TAG_RANKER_HPP
#define SEGMENTA_TAG_RANKER_HPP

// How values find their rows in the table. First each is ranked, all of one way of ranking in one loop of
// rank_loops.hpp; then ranks become rows for several attributes at once, where also missing values are told from
// others: no branch hangs on a value. Kernels read values as bytes: see value_layout.

#include <bit>
#include <cstddef>
#include <cstdint>

namespace segmenta {
inline namespace v0 {

class string_pool;

namespace detail {

// What the bytes of a `value` mean: it begins with its type (five bytes) and whether it is present (the sixth), which
// are compared as one number; what it holds follows at the ninth, for a text: where it is, its size, its pool and its
// code. Held against `value` by a test; value_head says the same where values may be looked at as such.
struct value_layout {
    static constexpr bool low_first = std::endian::native == std::endian::little;
    // Whether two heads are the same, whatever follows them.
    [[gnu::always_inline]] static constexpr bool same_head(std::uint64_t a, std::uint64_t b) noexcept {
        return low_first ? (a ^ b) << 16 == 0 : (a ^ b) >> 16 == 0;
    }
    static constexpr std::uint64_t present = low_first ? 0x0000'FF00'0000'0000U : 0x0000'0000'00FF'0000U;
    static constexpr unsigned kind_bit = low_first ? 0 : 56; // one of the first byte
    static constexpr std::size_t bits = 8;
    static constexpr std::size_t pool = 24;
    static constexpr std::size_t code = 32;
};

enum class ranking : std::uint8_t {
    short_codes, // texts of a pool: a byte for each code
    long_codes,  // two bytes
    short_table, // integers near each other: a byte for each from the lowest on
    long_table,  // two bytes
    few_near,    // few cuts of integers at most `near_span` apart: compared all at once
    few_far,     // at most `far_span` apart
    few,
    few_reals,
    many, // searched
    many_reals,
};
inline constexpr std::size_t rankings = 10;

// As many cuts are compared at once; there is padding behind fewer.
inline constexpr std::size_t few_cuts = 32;
inline constexpr std::size_t block_of_cuts = 16;
inline constexpr std::uint64_t near_span = 0xFFFE;
inline constexpr std::uint64_t far_span = 0x7FFF'FFFE;

struct ranker {
    // A table of ranks by code or by distance from `lowest`, or cuts, or first cuts of blocks and then these.
    void const* keys = nullptr;
    std::int64_t lowest = 0;
    string_pool const* pool = nullptr;
    std::uint32_t last = 0;      // of a table: its last entry; else the number of cuts
    std::uint32_t value = 0;     // where it is in a row of values, in bytes
    std::uint32_t place = 0;     // where its rank is noted
    std::uint32_t blocks = 0;    // of cuts
    std::uint32_t attribute = 0; // its number
};

// How an index ranks: rankers in order of their rankings, and by place what makes a rank a row.
struct rank_plan {
    ranker const* begin[rankings + 1] = {};
    std::size_t first_value = 0; // in a row of values, in bytes: where those of the rankers begin and end
    std::size_t end_value = 0;
    std::size_t places = 0;                 // a multiple of `places_at_once`
    std::uint64_t const* heads = nullptr;   // how values of the attribute's type begin
    std::uint64_t const* rows = nullptr;    // where its rows begin, as a number
    std::uint32_t const* missing = nullptr; // the rank of a missing value
    std::uint32_t const* strides = nullptr; // from rank to rank, in bytes
};
inline constexpr std::size_t places_at_once = 4;

// What ranking answers, by place.
struct rank_places {
    std::uint64_t* heads; // how the value begins
    std::uint32_t* ranks;
    std::uint64_t* rows; // where the row is, as a number
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
