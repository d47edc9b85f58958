// SPDX-License-Identifier: Apache-2.0
#include "model/beta_geometric_fit.hpp"

#include "model/minimise.hpp"
#include "model/repeat_likelihood.hpp"
#include "model/repeat_sums.hpp"

#include <array>
#include <cmath>
#include <string>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

// Larger data are looked at through samples first, each of one row in `sample_step` of the next: every one starts so
// near its maximum that two or three steps do.
constexpr std::size_t small_rows = 32768;
constexpr std::size_t sample_step = 8;

Eigen::VectorXd logs_of(beta_geometric_parameters const& p) {
    Eigen::VectorXd out(4);
    out << std::log(p.r), std::log(p.alpha), std::log(p.a), std::log(p.b);
    return out;
}

void check_start(beta_geometric_parameters const& p) {
    for (double const v : {p.r, p.alpha, p.a, p.b}) {
        if (v > 0 && std::isfinite(v)) continue;
        throw issue_error("clv.bad_parameter", "start", "a parameter to start from is not above 0", std::to_string(v),
                          "finite numbers above 0", {});
    }
}

minimum search(purchase_statistics const& data, repeat_family const& family, Eigen::VectorXd const& start,
               thread_team& team) {
    repeat_objective objective(data, family, team);
    smooth_function const value = [&](Eigen::VectorXd const& x, Eigen::VectorXd& gradient) {
        return objective(x, gradient);
    };
    curvature_function curvature;
    if (family.steps == 1) curvature = [&](Eigen::VectorXd const& x) { return objective.curvature(x); };
    return minimise(value, start, {}, curvature);
}

Eigen::VectorXd sampled_start(purchase_statistics const& data, repeat_family const& family,
                              Eigen::VectorXd const& start, thread_team& team) {
    std::size_t const rows = data.singles().size() + data.repeaters().size();
    if (rows < small_rows) return start;
    auto const sample = data.sample(sample_step);
    if (sample.customers() == 0) return start;
    minimum const found = search(sample, family, sampled_start(sample, family, start, team), team);
    // Where the sample has no maximum, the whole may have one.
    return found.converged && !found.ran_away ? found.x : start;
}

} // namespace

beta_geometric_state fit_beta_geometric(purchase_statistics const& data, bool first_drops, unsigned regularity,
                                        beta_geometric_options const& options) {
    check_statistics(data);
    if (options.start) check_start(*options.start);
    repeat_family const family{first_drops, regularity, usable_cpu_level(options.level)};
    thread_team team(options.threads);
    Eigen::VectorXd const plain = logs_of({1, plain_alpha(data, regularity), 1, 3});
    Eigen::VectorXd const start = options.start ? logs_of(*options.start) : sampled_start(data, family, plain, team);
    minimum const found = search(data, family, start, team);
    std::array<std::string, 4> const names{"r", "alpha", "a", "b"};
    auto judged = judge_fit(found, names, data.customers());
    return {data.time_unit(), regularity, std::move(judged.parameters), std::move(judged.diagnostics)};
}

beta_geometric_state fit_cnbd_k(purchase_statistics const& data, bool first_drops, cnbd_k_options const& options) {
    check_statistics(data);
    bool const known = options.regularity > 0;
    unsigned const last = known ? options.regularity : options.max_regularity;
    if (last < 1 || last > largest_regularity) {
        throw issue_error("clv.bad_option", known ? "regularity" : "max_regularity", "this k is out of range",
                          std::to_string(last), "1 to " + std::to_string(largest_regularity), {});
    }
    if (last > 1 && !data.has_log_times()) {
        throw issue_error("clv.no_log_times", "customers",
                          "models of regularity need the times between the purchases, and this summary has none", {},
                          "the column log_times", "Summarise the purchases anew, or fix k to 1");
    }
    if (known) return fit_beta_geometric(data, first_drops, options.regularity, options);
    beta_geometric_state best = fit_beta_geometric(data, first_drops, 1, options);
    unsigned worse = 0;
    for (unsigned k = 2; k <= last && worse < 2; ++k) {
        auto next = fit_beta_geometric(data, first_drops, k, options);
        if (next.diagnostics.log_likelihood > best.diagnostics.log_likelihood) {
            best = std::move(next);
            worse = 0;
        } else {
            ++worse;
        }
    }
    return best;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
