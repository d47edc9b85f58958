// SPDX-License-Identifier: Apache-2.0
#include <segmenta/stats/interval.hpp>

#include <boost/math/policies/policy.hpp>
#include <boost/math/special_functions/erf.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace segmenta {
inline namespace v0 {

double normal_quantile(double p) noexcept {
    namespace policies = boost::math::policies;
    // Without the promotion to long double: it costs time and gives other last bits on other machines.
    constexpr policies::policy<policies::promote_double<false>, policies::domain_error<policies::ignore_error>,
                               policies::overflow_error<policies::ignore_error>>
        quiet{};
    if (!(p >= 0 && p <= 1)) return std::numeric_limits<double>::quiet_NaN();
    if (p == 0) return -std::numeric_limits<double>::infinity();
    if (p == 1) return std::numeric_limits<double>::infinity();
    return -std::sqrt(2.0) * boost::math::erfc_inv(2 * p, quiet);
}

std::optional<interval> wilson_interval(std::uint64_t successes, std::uint64_t trials, double confidence) noexcept {
    if (trials == 0 || successes > trials || !(confidence > 0 && confidence < 1)) return std::nullopt;
    double const z = normal_quantile(0.5 + confidence / 2);
    double const n = static_cast<double>(trials);
    double const p = static_cast<double>(successes) / n;
    double const scale = 1 + z * z / n;
    double const middle = (p + z * z / (2 * n)) / scale;
    double const reach = z / scale * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    // at the ends middle and reach cancel; the exact answers are 0 and 1
    return interval{successes == 0 ? 0.0 : std::max(0.0, middle - reach),
                    successes == trials ? 1.0 : std::min(1.0, middle + reach)};
}

} // namespace v0
} // namespace segmenta
