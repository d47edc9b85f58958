// SPDX-License-Identifier: Apache-2.0
#include "model/repeat_lanes.hpp"

#if defined(__x86_64__)

namespace segmenta {
inline namespace v0 {
namespace detail {

repeat_kernels const repeat_kernels_avx2 = kernels_of<four_lanes>;

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
