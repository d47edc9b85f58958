// SPDX-License-Identifier: Apache-2.0
#include "io/csv_kernel_convert.hpp"

namespace segmenta {
inline namespace v0 {
namespace detail {

#if defined(__x86_64__)
constinit csv_kernels const csv_kernels_avx2 = all_kernels();
#endif

} // namespace detail
} // namespace v0
} // namespace segmenta
