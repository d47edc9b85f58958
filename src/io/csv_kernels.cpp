// SPDX-License-Identifier: Apache-2.0
#include "io/csv_kernel_convert.hpp"

namespace segmenta {
inline namespace v0 {
namespace detail {

constinit csv_kernels const csv_kernels_baseline = all_kernels();

csv_kernels const& csv_kernels_of(cpu_level level) noexcept {
#if defined(__x86_64__)
    if (level >= cpu_level::avx512 && __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2"))
        return csv_kernels_avx512;
    if (level >= cpu_level::avx2) return csv_kernels_avx2;
#endif
    static_cast<void>(level);
    return csv_kernels_baseline;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
