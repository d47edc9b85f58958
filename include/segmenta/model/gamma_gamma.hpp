// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_GAMMA_GAMMA_HPP
#define SEGMENTA_MODEL_GAMMA_GAMMA_HPP

/// \file
/// The Gamma-Gamma model of spend: amounts of one customer are gamma distributed around that customer's mean (shape p),
/// and the rates of those gammas over customers are gamma distributed again (shape q, rate v). It assumes that how much
/// and how often somebody buys have nothing to do with each other, which is measured and reported.
///
/// Source: P. Fader and B. Hardie, "The Gamma-Gamma Model of Monetary Value", note 025, 2013; P. Fader, B. Hardie,
/// K. Lee, "RFM and CLV: Using Iso-Value Curves for Customer Base Analysis", Journal of Marketing Research 42(4), 2005.

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

/// Mean amount of a customer's repeat purchases, in any one currency.
using mean_spend = named_number<struct mean_spend_meaning>;

/// All above 0; v is an amount.
struct gamma_gamma_parameters {
    double p = 1;
    double q = 1; ///< the population has a mean only above 1
    double v = 1;
    friend bool operator==(gamma_gamma_parameters const&, gamma_gamma_parameters const&) = default;
};

/// What the likelihood of the model reads of all customers who bought again: distinct pairs of repeat purchases and
/// mean amount, with weights, in ascending order. Parts are added and merged in any order.
///
/// Thread safety: a plain value; concurrent reads are safe.
class spend_statistics {
public:
    /// Counts the customers of a summary with repeat purchases. Throws `issue_error` with the codes of `check_summary`
    /// (`clv.bad_spend` for a mean of repeat purchases that is not above 0), and `clv.no_spend` when the summary has no
    /// amounts; then nothing is added. What is held does not depend on `threads` (0: all of the machine). O(n log n).
    void add(purchase_summary const& summary, unsigned threads = 1, std::string_view place = "summary");
    void merge(spend_statistics const& other);

    [[nodiscard]] double customers() const noexcept { return customers_; } ///< with repeat purchases
    /// Pearson's correlation of repeat purchases and mean amount; NaN for fewer than two kinds of customers.
    [[nodiscard]] double correlation() const noexcept;

    struct row {
        double repeats = 0;
        double mean = 0;
        double weight = 0;
        friend bool operator==(row const&, row const&) = default;
    };
    [[nodiscard]] std::span<row const> rows() const noexcept { return rows_; }

private:
    std::vector<row> rows_;
    double customers_ = 0;
};

/// A Gamma-Gamma model with its parameters.
///
/// Thread safety: immutable after construction; concurrent calls are safe.
class gamma_gamma {
public:
    /// From parameters that are known. Throws `issue_error` (`clv.bad_parameter`).
    explicit gamma_gamma(gamma_gamma_parameters const& parameters);

    [[nodiscard]] gamma_gamma_parameters const& values() const noexcept { return values_; }
    /// p, q, v with standard errors (NaN when the parameters were given or are not identified).
    [[nodiscard]] std::span<parameter_estimate const> parameters() const noexcept { return estimates_; }
    [[nodiscard]] fit_diagnostics const& diagnostics() const noexcept { return diagnostics_; }
    /// Correlation of frequency and spend in the data of the fit; NaN when the parameters were given.
    [[nodiscard]] double correlation() const noexcept { return correlation_; }
    /// Warnings about the model: `clv.mean_does_not_exist` (q <= 1: amounts are so uneven that the population has no
    /// finite mean), `clv.spend_correlated` (beyond the limit of the options).
    [[nodiscard]] issue_list const& warnings() const noexcept { return warnings_; }

    /// Mean amount over all customers: p v / (q - 1); nothing for q <= 1, where it does not exist.
    [[nodiscard]] std::optional<double> population_mean() const noexcept;
    /// Mean amount to expect of a customer: p (v + x m) / (p x + q - 1), between the customer's own mean and that of
    /// the population; `spend` is not read for 0 repeats. NaN where it does not exist (p x + q <= 1, so for q <= 1
    /// without repeats), never a negative number; NaN for bad input (negative or not finite, spend of 0 with repeats).
    [[nodiscard]] double expected_spend(repeat_count repeats, mean_spend spend) const noexcept;
    /// As above for columns, into `out`; as many as the shortest span has.
    void expected_spend(std::span<double const> repeats, std::span<double const> spend,
                        std::span<double> out) const noexcept;
    /// Logarithm of the density of a mean amount over so many purchases, at least one.
    [[nodiscard]] double log_likelihood(repeat_count repeats, mean_spend spend) const noexcept;

    /// `{"model": "gamma_gamma", "version": 1, "parameters": {...}, ...}` with a checksum.
    [[nodiscard]] std::string to_json() const;
    /// Reads what `to_json` wrote, to the last bit. Throws `issue_error` as pareto_nbd::from_json does.
    [[nodiscard]] static gamma_gamma from_json(std::string_view text);

private:
    friend class gamma_gamma_access;
    gamma_gamma() = default;
    void warn();

    gamma_gamma_parameters values_;
    std::vector<parameter_estimate> estimates_;
    fit_diagnostics diagnostics_;
    double correlation_ = 0;
    double correlation_limit_ = 0;
    issue_list warnings_;
};

/// How to fit.
struct gamma_gamma_options {
    unsigned threads = 1; ///< 0: all of the machine; results do not depend on it
    /// The size of a correlation of frequency and spend from which on the fit warns. An example: the literature calls
    /// 0.11, CDNOW's, negligible and gives no limit.
    double correlation_limit = 0.3;
    /// Where the search starts; without: from the data.
    std::optional<gamma_gamma_parameters> start = std::nullopt;
};

/// Maximum likelihood over the customers who bought again, by damped Newton steps in the logarithms of the parameters
/// with analytic first and second derivatives.
///
/// Throws `issue_error` with the codes of `spend_statistics::add`, and `clv.too_few` when nobody bought again.
///
///     auto const spend = fit_gamma_gamma(summary);
///     spend.expected_spend(repeat_count(2), mean_spend(22.35));
[[nodiscard]] gamma_gamma fit_gamma_gamma(purchase_summary const& summary, gamma_gamma_options const& options = {});
/// The same of statistics that were added up from parts. Throws `issue_error` (`clv.too_few`).
[[nodiscard]] gamma_gamma fit_gamma_gamma(spend_statistics const& statistics, gamma_gamma_options const& options = {});

} // namespace v0
} // namespace segmenta

#endif
