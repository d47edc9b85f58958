// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_SHIFTED_BETA_GEOMETRIC_HPP
#define SEGMENTA_MODEL_SHIFTED_BETA_GEOMETRIC_HPP

/// \file
/// The shifted beta-geometric model of contracts that are renewed or not: each customer has a constant probability of
/// not renewing, beta distributed over customers (alpha, beta). So the retention rate of a cohort rises although nobody
/// changes: those who stay are the ones who stay.
///
/// Source: P. Fader and B. Hardie, "How to Project Customer Retention", Journal of Interactive Marketing 21(1), 2007;
/// "Customer-Base Valuation in a Contractual Setting: The Perils of Ignoring Heterogeneity", Marketing Science 29(1),
/// 2010.

#include <segmenta/model/discount_rate.hpp>
#include <segmenta/model/fit_diagnostics.hpp>
#include <segmenta/model/purchase_summary.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// How many renewed and how many did not, by renewal. Cohorts of any age are added; parts are merged in any order.
///
/// Thread safety: a plain value; concurrent reads are safe.
class renewal_counts {
public:
    /// Adds a cohort: how many customers there were at the start, after the first renewal, after the second, ... Throws
    /// `issue_error`: `churn.too_short` (fewer than two numbers), `churn.bad_count` (the first that is negative or not
    /// finite), `churn.growing` (the first that is above the one before); then nothing is added.
    void add_cohort(std::span<double const> survivors, std::string_view place = "cohort");
    void merge(renewal_counts const& other);

    struct renewal {
        double renewed = 0;
        double lost = 0;
        friend bool operator==(renewal const&, renewal const&) = default;
    };
    /// The first renewal at index 0.
    [[nodiscard]] std::span<renewal const> renewals() const noexcept { return renewals_; }
    /// How many customers all cohorts began with.
    [[nodiscard]] double customers() const noexcept { return customers_; }

private:
    std::vector<renewal> renewals_;
    double customers_ = 0;
};

/// Both above 0.
struct shifted_beta_geometric_parameters {
    double alpha = 1; ///< probabilities of not renewing: mean alpha / (alpha + beta)
    double beta = 1;
    friend bool operator==(shifted_beta_geometric_parameters const&,
                           shifted_beta_geometric_parameters const&) = default;
};

/// A shifted beta-geometric model with its parameters. Numbers of renewals are whole, from 0; for others the answer is
/// NaN.
///
/// Thread safety: immutable after construction; concurrent calls are safe.
class shifted_beta_geometric {
public:
    /// From parameters that are known; `unit` is the length of a contract. Throws `issue_error` (`clv.bad_parameter`).
    explicit shifted_beta_geometric(shifted_beta_geometric_parameters const& parameters,
                                    model_time_unit unit = model_time_unit::month);

    [[nodiscard]] shifted_beta_geometric_parameters const& values() const noexcept { return values_; }
    /// alpha, beta with standard errors (NaN when the parameters were given or are not identified).
    [[nodiscard]] std::span<parameter_estimate const> parameters() const noexcept { return estimates_; }
    [[nodiscard]] fit_diagnostics const& diagnostics() const noexcept { return diagnostics_; }
    [[nodiscard]] model_time_unit time_unit() const noexcept { return unit_; }

    /// The share of a cohort that is still there after so many renewals: B(alpha, beta + t) / B(alpha, beta).
    [[nodiscard]] double survival(double renewals) const noexcept;
    /// The share of those who could that make renewal number t, from 1: (beta + t - 1) / (alpha + beta + t - 1).
    [[nodiscard]] double retention(double renewal) const noexcept;
    /// Mean number of contracts of a new customer, the first one included: (alpha + beta - 1) / (alpha - 1); nothing
    /// for alpha <= 1, where it is infinite.
    [[nodiscard]] std::optional<double> expected_lifetime() const noexcept { return expected_lifetime_after(0); }
    /// Mean number of contracts of a customer who renewed so many times: the present one and those to come.
    [[nodiscard]] std::optional<double> expected_lifetime_after(double renewals) const noexcept;
    /// DERL: the contracts to come of a customer who renewed so many times and is about to decide again, each worth 1
    /// at its begin and discounted to the decision: the sum over k >= 0 of S(n + 1 + k) / S(n) / (1 + d)^k. Infinite
    /// without discounting for alpha <= 1; NaN for a rate that is not valid.
    [[nodiscard]] double discounted_expected_residual_lifetime(double renewals, discount_rate rate) const noexcept;

    /// `{"model": "shifted_beta_geometric", "version": 1, "time_unit": "month", ...}` with a checksum.
    [[nodiscard]] std::string to_json() const;
    /// Reads what `to_json` wrote, to the last bit. Throws `issue_error` as pareto_nbd::from_json does.
    [[nodiscard]] static shifted_beta_geometric from_json(std::string_view text);

private:
    friend class shifted_beta_geometric_access;
    shifted_beta_geometric() = default;

    shifted_beta_geometric_parameters values_;
    model_time_unit unit_ = model_time_unit::month;
    std::vector<parameter_estimate> estimates_;
    fit_diagnostics diagnostics_;
};

/// How to fit.
struct shifted_beta_geometric_options {
    model_time_unit unit = model_time_unit::month; ///< the length of a contract
    /// Where the search starts; without: from ones.
    std::optional<shifted_beta_geometric_parameters> start = std::nullopt;
};

/// Maximum likelihood in the logarithms of the parameters, with analytic derivatives. O(renewals) a step. Where the
/// data show no rise of the retention rate, customers do not differ and the fit is not identified. Throws
/// `issue_error`: `churn.empty` (no customers at risk), `churn.all_alike` (nobody, or everybody, renewed).
///
///     renewal_counts counts;
///     counts.add_cohort(std::vector<double>{1000, 631, 468, 382, 326});
///     fit_shifted_beta_geometric(counts, {.unit = model_time_unit::year}).survival(12);
[[nodiscard]] shifted_beta_geometric
fit_shifted_beta_geometric(renewal_counts const& counts, shifted_beta_geometric_options const& options = {});

} // namespace v0
} // namespace segmenta

#endif
