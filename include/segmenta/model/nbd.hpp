// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_NBD_HPP
#define SEGMENTA_MODEL_NBD_HPP

/// \file
/// The NBD model of repeat buying: customers buy at random, at rates that are Gamma(r, alpha) over customers, and never
/// leave. The yardstick for the models in which they do.
///
/// Source: A. Ehrenberg, "The Pattern of Consumer Purchases", Applied Statistics 8(1), 1959; the likelihood of purchase
/// times is Gamma(r + x) / Gamma(r) * (alpha / (alpha + T))^r / (alpha + T)^x, comparable with that of BG/NBD
/// (T. Reutterer, M. Platzer, N. Schroeder, IJRM 38(1), 2021).

#include <segmenta/base/cpu.hpp>
#include <segmenta/model/fit_diagnostics.hpp>
#include <segmenta/model/purchase_statistics.hpp>
#include <segmenta/model/purchase_summary.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// Both above 0; the mean rate is r / alpha purchases a unit of time.
struct nbd_parameters {
    double r = 0;
    double alpha = 0; ///< in units of time
};

/// How a fit is searched.
struct nbd_options {
    unsigned threads = 1; ///< 0: all of the machine; the result is the same for any number
    std::optional<cpu_level> level = std::nullopt; ///< instruction set; without: the best of the machine
};

/// NBD: nobody leaves.
///
/// Times are in `time_unit()`; what no customer can be scores NaN. A model that is not identified still scores, by the
/// parameters where the search ended; ask `diagnostics()` first.
///
///     nbd const model = fit_nbd(summary);
///     model.conditional_expected_transactions(customer, horizon(39)); // (r + x) / (alpha + T) * 39
///
/// Thread safety: immutable after construction; concurrent use is safe.
class nbd {
public:
    /// From given parameters; throws `issue_error` (`clv.bad_parameter`) unless both are finite and above 0.
    nbd(nbd_parameters const& parameters, model_time_unit unit);
    /// What a fit makes: r and alpha.
    nbd(std::vector<parameter_estimate> parameters, fit_diagnostics diagnostics, model_time_unit unit);

    /// r and alpha with standard errors.
    [[nodiscard]] std::vector<parameter_estimate> const& parameters() const noexcept { return parameters_; }
    [[nodiscard]] nbd_parameters const& values() const noexcept { return p_; }
    /// How the fit ended. Of a model made from given parameters: `not_converged`, with a remark that says so.
    [[nodiscard]] fit_diagnostics const& diagnostics() const noexcept { return diagnostics_; }
    [[nodiscard]] model_time_unit time_unit() const noexcept { return unit_; }

    /// 1: nobody leaves.
    [[nodiscard]] double probability_alive(repeat_purchases const& customer) const noexcept;
    /// Mean number of repeat purchases of a new customer in a time: r t / alpha.
    [[nodiscard]] double expected_transactions(horizon time) const noexcept;
    /// Mean number of purchases of this customer from the end of observation on: (r + x) t / (alpha + T).
    [[nodiscard]] double conditional_expected_transactions(repeat_purchases const& customer,
                                                           horizon time) const noexcept;
    /// P(a new customer makes exactly `count` repeat purchases in a time), negative binomial.
    [[nodiscard]] double probability_of(repeat_count count, horizon time) const noexcept;
    /// Time to the next purchase: that before which it comes with the given probability, 0 <= `quantile` < 1.
    [[nodiscard]] double time_to_next(repeat_purchases const& customer, double quantile = 0.5) const noexcept;
    /// What the customer adds to the log-likelihood.
    [[nodiscard]] double log_likelihood(repeat_purchases const& customer) const noexcept;
    /// `conditional_expected_transactions` of all customers into `out`, which is as long. Throws `issue_error`
    /// (`clv.units`, `clv.ragged`) when the summary is in another unit, or a column or `out` has another length.
    void conditional_expected_transactions(purchase_summary const& customers, horizon time,
                                           std::span<double> out) const;
    /// Repeat purchases expected of a cohort until each of `times`, all counted; see `beta_geometric`.
    [[nodiscard]] std::vector<double> tracking_curve(std::span<double const> births,
                                                     std::span<double const> times) const;

    [[nodiscard]] std::string to_json() const;
    /// Reads what `to_json` wrote, equal in every bit; throws `issue_error` for what is damaged or another model.
    [[nodiscard]] static nbd from_json(std::string_view text);

private:
    std::vector<parameter_estimate> parameters_;
    fit_diagnostics diagnostics_;
    nbd_parameters p_;
    model_time_unit unit_;
};

/// Maximum likelihood by Newton's method in the logarithms of the parameters, standard errors by the delta method.
/// Throws `issue_error` with all that check_summary() finds. O(n) a step.
[[nodiscard]] nbd fit_nbd(purchase_summary const& customers, nbd_options const& options = {});
/// The same from collected statistics; throws `issue_error` (`clv.empty`) when they hold no customer.
[[nodiscard]] nbd fit_nbd(purchase_statistics const& customers, nbd_options const& options = {});

} // namespace v0
} // namespace segmenta

#endif
