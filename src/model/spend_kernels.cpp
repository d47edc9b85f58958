// SPDX-License-Identifier: Apache-2.0
#include "model/spend_lanes.hpp"

namespace segmenta {
inline namespace v0 {
namespace detail {

spend_kernel spend_kernel_for([[maybe_unused]] cpu_level level) noexcept {
#if defined(__x86_64__)
    if (level >= cpu_level::avx2) return sum_spend_avx2;
#endif
    return sum_spend<two_lanes>;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
