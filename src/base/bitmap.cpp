// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/bitmap.hpp>

#include <algorithm>

// One body per kernel, compiled for each level: these loops are what compilers vectorise well, and a body cannot differ
// from its neighbours. Function attributes instead of file flags keep inline functions of headers at the baseline.
#if defined(__x86_64__) && defined(__GNUC__)
#define SEGMENTA_LEVELS 1
#define SEGMENTA_AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt")))
#define SEGMENTA_AVX512 __attribute__((target("avx2,bmi,bmi2,popcnt,avx512f,avx512bw,avx512cd,avx512dq,avx512vl")))
#else
#define SEGMENTA_LEVELS 0
#endif

namespace segmenta {
inline namespace v0 {
namespace {

using word = std::uint64_t;

// Always inlined, so that the body takes the instruction set of the caller.
#define SEGMENTA_BODY [[gnu::always_inline]] inline

SEGMENTA_BODY void and_kernel_body(word* to, word const* from, std::size_t n) noexcept {
    for (std::size_t i = 0; i < n; ++i)
        to[i] &= from[i];
}
SEGMENTA_BODY void or_kernel_body(word* to, word const* from, std::size_t n) noexcept {
    for (std::size_t i = 0; i < n; ++i)
        to[i] |= from[i];
}
SEGMENTA_BODY void andnot_kernel_body(word* to, word const* from, std::size_t n) noexcept {
    for (std::size_t i = 0; i < n; ++i)
        to[i] &= ~from[i];
}
SEGMENTA_BODY std::size_t count_kernel_body(word const* a, word const*, std::size_t n) noexcept {
    // four sums: one chain of additions would wait for each popcount in turn
    std::size_t sums[4] = {0, 0, 0, 0};
    std::size_t i = 0;
    for (; i + 4 <= n; i += 4)
        for (std::size_t k = 0; k < 4; ++k)
            sums[k] += static_cast<std::size_t>(std::popcount(a[i + k]));
    for (; i < n; ++i)
        sums[0] += static_cast<std::size_t>(std::popcount(a[i]));
    return sums[0] + sums[1] + sums[2] + sums[3];
}
SEGMENTA_BODY std::size_t count_and_kernel_body(word const* a, word const* b, std::size_t n) noexcept {
    std::size_t sums[4] = {0, 0, 0, 0};
    std::size_t i = 0;
    for (; i + 4 <= n; i += 4)
        for (std::size_t k = 0; k < 4; ++k)
            sums[k] += static_cast<std::size_t>(std::popcount(a[i + k] & b[i + k]));
    for (; i < n; ++i)
        sums[0] += static_cast<std::size_t>(std::popcount(a[i] & b[i]));
    return sums[0] + sums[1] + sums[2] + sums[3];
}

#if SEGMENTA_LEVELS
#define SEGMENTA_KERNEL(name, result, first)                                                                           \
    result name##_sse2(first a, word const* b, std::size_t n) noexcept { return name##_body(a, b, n); }                \
    SEGMENTA_AVX2 result name##_avx2(first a, word const* b, std::size_t n) noexcept { return name##_body(a, b, n); }  \
    SEGMENTA_AVX512 result name##_avx512(first a, word const* b, std::size_t n) noexcept {                             \
        return name##_body(a, b, n);                                                                                   \
    }                                                                                                                  \
    result name(first a, word const* b, std::size_t n, cpu_level level) noexcept {                                     \
        if (level == cpu_level::avx512) return name##_avx512(a, b, n);                                                 \
        if (level == cpu_level::avx2) return name##_avx2(a, b, n);                                                     \
        return name##_sse2(a, b, n);                                                                                   \
    }
#else
#define SEGMENTA_KERNEL(name, result, first)                                                                           \
    result name(first a, word const* b, std::size_t n, cpu_level) noexcept { return name##_body(a, b, n); }
#endif

SEGMENTA_KERNEL(and_kernel, void, word*)
SEGMENTA_KERNEL(or_kernel, void, word*)
SEGMENTA_KERNEL(andnot_kernel, void, word*)
SEGMENTA_KERNEL(count_kernel, std::size_t, word const*)
SEGMENTA_KERNEL(count_and_kernel, std::size_t, word const*)

} // namespace

void and_words(std::span<word> destination, std::span<word const> source, cpu_level level) noexcept {
    and_kernel(destination.data(), source.data(), destination.size(), level);
}

void or_words(std::span<word> destination, std::span<word const> source, cpu_level level) noexcept {
    or_kernel(destination.data(), source.data(), destination.size(), level);
}

void andnot_words(std::span<word> destination, std::span<word const> source, cpu_level level) noexcept {
    andnot_kernel(destination.data(), source.data(), destination.size(), level);
}

std::size_t count_words(std::span<word const> words, cpu_level level) noexcept {
    return count_kernel(words.data(), nullptr, words.size(), level);
}

std::size_t count_and_words(std::span<word const> a, std::span<word const> b, cpu_level level) noexcept {
    return count_and_kernel(a.data(), b.data(), a.size(), level);
}

bitmap::bitmap(std::size_t bits, bool value) : words_(bitmap_words(bits), value ? ~word{0} : word{0}), size_(bits) {
    clear_tail();
}

void bitmap::push_back(bool value) {
    if (size_ % 64 == 0) words_.push_back(0);
    ++size_;
    if (value) set(size_ - 1);
}

void bitmap::resize(std::size_t bits, bool value) {
    std::size_t const old = size_;
    words_.resize(bitmap_words(bits), value ? ~word{0} : word{0});
    size_ = bits;
    if (value && bits > old && old % 64 != 0) words_[old / 64] |= ~word{0} << (old % 64);
    clear_tail();
}

void bitmap::fill(bool value) noexcept {
    std::fill(words_.begin(), words_.end(), value ? ~word{0} : word{0});
    clear_tail();
}

void bitmap::flip() noexcept {
    for (auto& w : words_)
        w = ~w;
    clear_tail();
}

bitmap& bitmap::and_with(bitmap_view other, cpu_level level) noexcept {
    and_words(words_, other.words(), level);
    return *this;
}

bitmap& bitmap::or_with(bitmap_view other, cpu_level level) noexcept {
    or_words(words_, other.words(), level);
    return *this;
}

bitmap& bitmap::andnot_with(bitmap_view other, cpu_level level) noexcept {
    andnot_words(words_, other.words(), level);
    return *this;
}

void bitmap::clear_tail() noexcept {
    if (size_ % 64 != 0) words_.back() &= ~(~word{0} << (size_ % 64));
}

} // namespace v0
} // namespace segmenta
