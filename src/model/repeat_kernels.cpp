// SPDX-License-Identifier: Apache-2.0
#include "model/repeat_lanes.hpp"

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

struct two_lanes {
    using vector = double __attribute__((vector_size(16)));
    using bits = std::uint64_t __attribute__((vector_size(16)));

    static vector fma(vector a, vector b, vector c) { return a * b + c; }
};

} // namespace

repeat_kernels const& repeat_kernels_for([[maybe_unused]] cpu_level level) noexcept {
#if defined(__x86_64__)
    if (level >= cpu_level::avx2) return repeat_kernels_avx2;
#endif
    return kernels_of<two_lanes>;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
