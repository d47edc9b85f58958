// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_BASE_BITMAP_HPP
#define SEGMENTA_BASE_BITMAP_HPP

/// \file
/// Fixed-size sets of row numbers as 64-bit words: bit `i % 64` of word `i / 64` is row `i`.

#include <segmenta/base/cpu.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// Words needed for `bits` bits.
constexpr std::size_t bitmap_words(std::size_t bits) noexcept { return bits / 64 + (bits % 64 != 0 ? 1 : 0); }

/// Kernels over words. `destination` and `source` have the same length; every level gives the same words and counts.
void and_words(std::span<std::uint64_t> destination, std::span<std::uint64_t const> source,
               cpu_level level = cpu_level::sse2) noexcept;
void or_words(std::span<std::uint64_t> destination, std::span<std::uint64_t const> source,
              cpu_level level = cpu_level::sse2) noexcept;
/// destination &= ~source
void andnot_words(std::span<std::uint64_t> destination, std::span<std::uint64_t const> source,
                  cpu_level level = cpu_level::sse2) noexcept;
/// Number of set bits.
[[nodiscard]] std::size_t count_words(std::span<std::uint64_t const> words, cpu_level level = cpu_level::sse2) noexcept;
/// Number of bits set in both, without building the intersection.
[[nodiscard]] std::size_t count_and_words(std::span<std::uint64_t const> a, std::span<std::uint64_t const> b,
                                          cpu_level level = cpu_level::sse2) noexcept;

/// Calls `visit(std::size_t row)` for each set bit in ascending order.
template <class Visit>
void for_each_set(std::span<std::uint64_t const> words, Visit&& visit) {
    for (std::size_t w = 0; w < words.size(); ++w)
        for (std::uint64_t rest = words[w]; rest != 0; rest &= rest - 1)
            visit(w * 64 + static_cast<std::size_t>(std::countr_zero(rest)));
}

/// Borrowed, read-only bitmap. The words must outlive the view. Bits past `size()` in the last word must be 0.
///
/// Thread safety: a plain value over read-only data.
class bitmap_view {
public:
    constexpr bitmap_view() = default;
    /// `words.size()` must be `bitmap_words(bits)`.
    constexpr bitmap_view(std::span<std::uint64_t const> words, std::size_t bits) noexcept
        : words_(words), size_(bits) {}

    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }
    /// `i` must be smaller than `size()`.
    [[nodiscard]] constexpr bool test(std::size_t i) const noexcept { return ((words_[i / 64] >> (i % 64)) & 1U) != 0; }
    [[nodiscard]] constexpr std::span<std::uint64_t const> words() const noexcept { return words_; }
    [[nodiscard]] std::size_t count(cpu_level level = cpu_level::sse2) const noexcept {
        return count_words(words_, level);
    }
    [[nodiscard]] constexpr bool none() const noexcept {
        for (auto const word : words_)
            if (word != 0) return false;
        return true;
    }
    template <class Visit>
    void for_each(Visit&& visit) const {
        for_each_set(words_, std::forward<Visit>(visit));
    }

private:
    std::span<std::uint64_t const> words_;
    std::size_t size_ = 0;
};

/// An owned bitmap of `size()` bits. Bits past `size()` in the last word are always 0.
///
/// Thread safety: a plain value; concurrent reads are safe. Different threads may write different *words*.
class bitmap {
public:
    bitmap() = default;
    explicit bitmap(std::size_t bits, bool value = false);

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    /// `i` must be smaller than `size()`, here and below.
    [[nodiscard]] bool test(std::size_t i) const noexcept { return ((words_[i / 64] >> (i % 64)) & 1U) != 0; }
    void set(std::size_t i) noexcept { words_[i / 64] |= std::uint64_t{1} << (i % 64); }
    void reset(std::size_t i) noexcept { words_[i / 64] &= ~(std::uint64_t{1} << (i % 64)); }
    void set(std::size_t i, bool value) noexcept { value ? set(i) : reset(i); }
    /// Appends one bit. Amortised constant.
    void push_back(bool value);
    /// New bits are `value`.
    void resize(std::size_t bits, bool value = false);
    /// Sets all bits to `value`.
    void fill(bool value) noexcept;
    /// Flips all bits.
    void flip() noexcept;

    [[nodiscard]] std::span<std::uint64_t const> words() const noexcept { return words_; }
    /// For kernels; the caller must leave the bits past `size()` at 0.
    [[nodiscard]] std::span<std::uint64_t> words() noexcept { return words_; }
    [[nodiscard]] bitmap_view view() const noexcept { return {words_, size_}; }
    operator bitmap_view() const noexcept { return view(); } // NOLINT: a borrowed read-only view loses nothing

    /// In place; `other` must have the same size.
    bitmap& and_with(bitmap_view other, cpu_level level = cpu_level::sse2) noexcept;
    bitmap& or_with(bitmap_view other, cpu_level level = cpu_level::sse2) noexcept;
    /// Removes the bits of `other`.
    bitmap& andnot_with(bitmap_view other, cpu_level level = cpu_level::sse2) noexcept;

    [[nodiscard]] std::size_t count(cpu_level level = cpu_level::sse2) const noexcept {
        return count_words(words_, level);
    }
    [[nodiscard]] bool none() const noexcept { return view().none(); }
    /// Calls `visit(std::size_t row)` for each set bit in ascending order.
    template <class Visit>
    void for_each(Visit&& visit) const {
        for_each_set(words_, std::forward<Visit>(visit));
    }

    friend bool operator==(bitmap const&, bitmap const&) = default;

private:
    void clear_tail() noexcept;

    std::vector<std::uint64_t> words_;
    std::size_t size_ = 0;
};

} // namespace v0
} // namespace segmenta

#endif
