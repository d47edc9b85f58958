// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_RECORD_DOUBLE_DOUBLE_HPP
#define SEGMENTA_SRC_RECORD_DOUBLE_DOUBLE_HPP

// Sums in twice the precision of a double. A difference of two running sums then keeps about 53 good bits even where
// the running sums are 10^15 times larger than the window between them. T. J. Dekker, "A floating-point technique for
// extending the available precision", Numerische Mathematik 18 (1971); two_sum: D. E. Knuth, The Art of Computer
// Programming 2, section 4.2.2, theorem B.

#include <segmenta/record/history.hpp>

namespace segmenta {
inline namespace v0 {
namespace detail {

// a + b exactly, as high + low.
inline double_double two_sum(double a, double b) noexcept {
    double const sum = a + b;
    double const part = sum - a;
    return {sum, (a - (sum - part)) + (b - part)};
}

inline double_double add(double_double a, double_double b) noexcept {
    double_double const high = two_sum(a.high, b.high);
    double_double const low = two_sum(a.low, b.low);
    double_double const first = two_sum(high.high, high.low + low.high);
    return two_sum(first.high, first.low + low.low);
}

inline double_double subtract(double_double a, double_double b) noexcept { return add(a, {-b.high, -b.low}); }

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
