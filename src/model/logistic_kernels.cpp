// SPDX-License-Identifier: Apache-2.0
#include "model/logistic_kernels.hpp"

#include "model/logistic_kernel_body.hpp"

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

struct portable_lanes {
    using vector = double __attribute__((vector_size(16)));
    using bits = long long __attribute__((vector_size(16)));
    static constexpr std::size_t width = 2;
    static vector fused(vector const& a, vector const& b, vector const& c) { return a * b + c; }
    static vector root(vector const& a) { return vector{std::sqrt(a[0]), std::sqrt(a[1])}; }
};

} // namespace

logistic_kernel logistic_kernel_for([[maybe_unused]] cpu_level level) noexcept {
#if defined(__x86_64__)
    if (level >= cpu_level::avx2) return logistic_kernel_avx2;
#endif
    return logistic_loops<portable_lanes>::add;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
