// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TAG_RANKER_HPP
#define SEGMENTA_TAG_RANKER_HPP

// How values find their rows in the table: all of one way of ranking in one loop of rank_loops.hpp, where also missing
// values are told from others and no branch hangs on a value. Kernels read values as bytes: see value_layout.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

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

// The place of a value is where what was found of it is noted.
struct ranker {
    // A table of ranks by code or by distance from `lowest`, or cuts, or first cuts of blocks and then these.
    void const* keys = nullptr;
    std::int64_t lowest = 0;
    std::int64_t highest = 0; // key or code: what is above it is ranked as it is
    string_pool const* pool = nullptr;
    std::uint64_t head = 0;      // how values of the attribute's type begin
    std::uint64_t first_row = 0; // where its rows begin, as a number
    std::uint32_t stride = 0;    // from rank to rank, in bytes
    std::uint32_t missing = 0;   // the rank of a missing value
    std::uint32_t last = 0;      // of a table: its last entry; else the number of cuts
    std::uint32_t value = 0;     // where it is in a row of values, in bytes
    std::uint32_t place = 0;
    std::uint32_t blocks = 0;    // of cuts
    std::uint32_t attribute = 0; // its number
};

constexpr bool by_fours(ranking how) noexcept {
    return how == ranking::short_codes || how == ranking::short_table || how == ranking::few_near ||
           how == ranking::few_far;
}

// Four rankers of one way, side by side; their places follow each other.
struct four_rankers {
    std::uint64_t keys[4]; // addresses as numbers, of tables that of the entry of key or code 0
    std::int64_t lowest[4];
    std::int64_t highest[4];
    string_pool const* pool[4];
    std::uint64_t head[4];
    std::uint64_t first_row[4];
    std::uint64_t stride[4];
    std::uint64_t missing[4];
    std::uint32_t value[4];
    std::uint32_t place;
};

// How an index ranks: rankers in order of their rankings.
struct rank_plan {
    ranker const* begin[rankings + 1] = {};
    four_rankers const* fours[rankings + 1] = {}; // the same again, of those that are done `by_fours`
    std::size_t first_value = 0; // in a row of values, in bytes: where those of the rankers begin and end
    std::size_t end_value = 0;
};

// What ranking answers, by place. Places of nobody are written, too.
struct rank_places {
    std::uint32_t* ranks;
    std::uint64_t* rows; // where the row is, as a number
};

// Kernels of all instruction sets use these: nothing of them is left to be shared.
template <class T>
[[gnu::always_inline]] inline T load_bytes(unsigned char const* from) noexcept {
    T out;
    std::memcpy(&out, from, sizeof out);
    return out;
}
[[gnu::always_inline]] inline std::uint64_t head_of_value(unsigned char const* v) noexcept {
    return load_bytes<std::uint64_t>(v);
}
// Changed, where a text does not know its code.
[[gnu::always_inline]] inline std::uint64_t head_of_code(ranker const& of, unsigned char const* v) noexcept {
    // Both are read, without a branch.
    std::uint64_t const other = std::uint64_t{load_bytes<string_pool const*>(v + value_layout::pool) != of.pool} |
                                std::uint64_t{load_bytes<std::uint32_t>(v + value_layout::code) > of.last};
    return head_of_value(v) ^ (other << value_layout::kind_bit);
}

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
