// SPDX-License-Identifier: Apache-2.0
#include "model/spend_lanes.hpp"

#if defined(__x86_64__)

namespace segmenta {
inline namespace v0 {
namespace detail {

void sum_spend_avx2(spend_rows const& rows, double v, spend_sums& sums) { sum_spend<four_lanes>(rows, v, sums); }

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
