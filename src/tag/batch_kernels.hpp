// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TAG_BATCH_KERNELS_HPP
#define SEGMENTA_TAG_BATCH_KERNELS_HPP

#include <segmenta/base/cpu.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace segmenta {
inline namespace v0 {
namespace detail {

/// Rows are taken so many at a time: a bitmap of them fits in registers.
inline constexpr std::size_t tile_rows = 2'048;
inline constexpr std::size_t tile_words = tile_rows / 64;

/// From there on bytes are looked up one by one.
inline constexpr std::size_t largest_table = 128;

/// Memory is asked for in pieces of this size: a line of the cache for each word of a bitmap.
inline constexpr std::size_t asked_bytes = 64 * tile_words;

/// Bitmaps of a tile stand one behind the other at boundaries of 64 bytes; code names them by number.
struct batch_kernels {
    /// out = min(max(v, low), high) - low, where high - low < 2^31.
    void (*clamp_long)(std::int64_t const* in, std::size_t rows, std::int64_t low, std::int64_t high,
                       std::int32_t* out) noexcept;
    /// The same where high - low < 255.
    void (*clamp_long_to_bytes)(std::int64_t const* in, std::size_t rows, std::int64_t low, std::int64_t high,
                                std::uint8_t* out) noexcept;
    void (*clamp_int)(std::int32_t const* in, std::size_t rows, std::int32_t low, std::int32_t high,
                      std::int32_t* out) noexcept;
    /// Whole tiles of numbers that fit, 0 to 254 and 0 to 32,766.
    void (*shrink_to_bytes)(std::int32_t const* in, std::uint8_t* out) noexcept;
    void (*shrink_to_shorts)(std::int32_t const* in, std::int16_t* out) noexcept;
    /// out = table[codes[i]]; `table` has room for whole sixteens, at most `largest_table`.
    void (*look_up_codes)(std::uint32_t const* codes, std::size_t rows, std::span<std::uint8_t const> table,
                          std::uint8_t* out) noexcept;
    /// out = flags[i] ? yes : no.
    void (*look_up_flags)(std::uint8_t const* flags, std::size_t rows, std::uint8_t yes, std::uint8_t no,
                          std::uint8_t* out) noexcept;
    /// For each of `count` cuts a bitmap of the rows of a tile that are not below it.
    void (*at_least_bytes)(std::uint8_t const* codes, std::int32_t const* cuts, std::size_t count,
                           std::uint64_t* out) noexcept;
    void (*at_least_shorts)(std::int16_t const* codes, std::int32_t const* cuts, std::size_t count,
                            std::uint64_t* out) noexcept;
    void (*at_least_ints)(std::int32_t const* codes, std::int32_t const* cuts, std::size_t count,
                          std::uint64_t* out) noexcept;
    /// One bitmap of the rows of a tile that are not below an odd number of `toggles`, or of the others (`from_all`).
    /// Meanwhile memory is asked for, `asked_bytes` from each address in `asked`; nothing need be there.
    void (*toggled_bytes)(std::uint8_t const* in, std::span<std::int32_t const> toggles, bool from_all,
                          std::uint64_t* out, std::span<std::uintptr_t const> asked) noexcept;
    void (*toggled_shorts)(std::int16_t const* in, std::span<std::int32_t const> toggles, bool from_all,
                           std::uint64_t* out, std::span<std::uintptr_t const> asked) noexcept;
    void (*toggled_ints)(std::int32_t const* in, std::span<std::int32_t const> toggles, bool from_all,
                         std::uint64_t* out, std::span<std::uintptr_t const> asked) noexcept;
    /// `code`: for each result a number of bitmaps and these; their exclusive or goes to one bitmap after the other.
    void (*differences)(std::uint32_t const* code, std::size_t results, std::uint64_t const* bitmaps,
                        std::uint64_t* out) noexcept;
    /// `code`: for each rule how many bitmaps it needs, how many clauses, those bitmaps, and for each clause a number
    /// of bitmaps and these, any of which does. Starts from `rows`; adds to `counts`, and writes what holds to `out`
    /// and on, `stride` words further for each rule.
    void (*rules)(std::uint32_t const* code, std::size_t rules, std::uint64_t const* bitmaps, std::uint64_t const* rows,
                  std::uint64_t* counts, std::uint64_t* out, std::size_t stride) noexcept;
};

batch_kernels const& batch_kernels_for(cpu_level level) noexcept;

#if defined(__x86_64__)
extern batch_kernels const batch_kernels_avx2;
extern batch_kernels const batch_kernels_avx512;
#endif

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
