// SPDX-License-Identifier: Apache-2.0
#include "model/pareto_lanes.hpp"

#if defined(__x86_64__)

namespace segmenta {
inline namespace v0 {
namespace detail {

pareto_fraction_kernels const pareto_fraction_kernels_avx2 = pareto_fraction_kernels_of<four_lanes>;

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
