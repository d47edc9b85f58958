// SPDX-License-Identifier: Apache-2.0
#include "model/repeat_lanes.hpp"

namespace segmenta {
inline namespace v0 {
namespace detail {

repeat_kernels const& repeat_kernels_for([[maybe_unused]] cpu_level level) noexcept {
#if defined(__x86_64__)
    if (level >= cpu_level::avx2) return repeat_kernels_avx2;
#endif
    return kernels_of<two_lanes>;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
