// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_REPEAT_KERNELS_HPP
#define SEGMENTA_MODEL_REPEAT_KERNELS_HPP

// The loops over customers of BG/NBD and MBG/NBD: the part of the log-likelihood that hangs on more than the count of
// repeat purchases, with all first and second derivatives, and P(alive). The rest, gamma and beta functions of counts,
// is summed over the histogram of counts (see repeat_likelihood.cpp).

#include <segmenta/base/cpu.hpp>

#include <cstddef>

namespace segmenta {
inline namespace v0 {
namespace detail {

struct repeat_rows {
    double const* repeats;
    double const* last;
    double const* age;
    double const* weight; // null: one each
    std::size_t n;
};

struct repeat_point {
    double r, alpha, a;
    double b_before; // b + x + b_before is what dropout met at the last purchase: b - 1 (BG/NBD) or b (MBG/NBD)
};

// With y = log(u (b_before + x) / a), u = ((alpha + last) / (alpha + age))^(r + x) and s = the logistic of y, that is
// P(alive), a customer adds  log(a + u (b_before + x)) - (r + x) log(alpha + last)  to `value`; the other sums are its
// derivatives, where those by `a` lack a power of 1 / a (repeat_likelihood.cpp puts it in).
struct repeat_sums {
    double value = 0;
    double r = 0, alpha = 0, dead = 0, b = 0;
    double rr = 0, r_alpha = 0, r_a = 0, rb = 0;
    double alpha_alpha = 0, alpha_a = 0, alpha_b = 0;
    double aa = 0, ab = 0, bb = 0;

    void add(repeat_sums const& other) noexcept {
        auto* const mine = &value;
        auto const* const theirs = &other.value;
        for (std::size_t i = 0; i < sizeof(repeat_sums) / sizeof(double); ++i)
            mine[i] += theirs[i];
    }
};

// Of who bought once: sums over log(alpha + age), 1 / (alpha + age) and its square.
struct single_sums {
    double log = 0, inverse = 0, square = 0;

    void add(single_sums const& other) noexcept {
        log += other.log;
        inverse += other.inverse;
        square += other.square;
    }
};

struct repeat_kernels {
    // Sums are written, not added to: a kernel file calls no function another file might compile too.
    void (*sum)(repeat_rows const& rows, repeat_point const& at, repeat_sums& sums);
    void (*sum_single)(double const* age, double const* weight, std::size_t n, double alpha, single_sums& sums);
    // Also for customers without repeat purchases when `first_drops` (MBG/NBD); else those are alive. NaN for what no
    // customer can be.
    void (*alive)(repeat_rows const& rows, repeat_point const& at, bool first_drops, double* out);
    // Whether check_summary() would find nothing in these columns. May be false for counts above 2^51.
    bool (*all_possible)(repeat_rows const& rows);
};

repeat_kernels const& repeat_kernels_for(cpu_level level) noexcept;

#if defined(__x86_64__)
extern repeat_kernels const repeat_kernels_avx2;
#endif

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
