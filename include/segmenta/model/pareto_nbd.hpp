// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_PARETO_NBD_HPP
#define SEGMENTA_MODEL_PARETO_NBD_HPP

/// \file
/// The Pareto/NBD model of repeat buying without a contract: a customer buys at random times at a rate that is gamma
/// distributed over customers (shape r, rate alpha), until leaving unseen after an exponential time whose rate is gamma
/// distributed too (shape s, rate beta).
///
/// Source: D. Schmittlein, D. Morrison, R. Colombo, "Counting Your Customers: Who Are They and What Will They Do
/// Next?", Management Science 33(1), 1987; formulas as derived in P. Fader and B. Hardie, "A Note on Deriving the
/// Pareto/NBD Model and Related Expressions", 2005, and for the discounted expectation P. Fader, B. Hardie, K. Lee,
/// "RFM and CLV", Journal of Marketing Research 42(4), 2005.
///
/// Numerics: the closed forms hold Gauss's and Tricomi's hypergeometric functions, which overflow or cancel for real
/// customers (alpha near beta, s near 1, many purchases). Here the one integral behind them, over the time of leaving,
/// is computed as such; and P(alive) by Gauss's continued fraction, whose parts are all positive (NIST Digital Library
/// of Mathematical Functions, 15.7.5), as the difference of two such integrals without an end: 13 digits in 20 to 50 ns
/// where lives are at most 70 times as long as times between purchases, else the integral with 10 digits and
/// more (9 where r or s is above 8,192).

#include <segmenta/base/cpu.hpp>
#include <segmenta/model/discount_rate.hpp>
#include <segmenta/model/distinct_purchases.hpp>
#include <segmenta/model/fit_diagnostics.hpp>
#include <segmenta/model/purchase_summary.hpp>
#include <segmenta/time/instant.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// All above 0; alpha and beta are times in the model's unit.
struct pareto_nbd_parameters {
    double r = 1;     ///< shape of the purchase rates
    double alpha = 1; ///< their mean is r / alpha
    double s = 1;     ///< shape of the rates of leaving
    double beta = 1;  ///< their mean is s / beta
    friend bool operator==(pareto_nbd_parameters const&, pareto_nbd_parameters const&) = default;
};

/// A Pareto/NBD model with its parameters.
///
/// Answers about a customer that cannot be (the last purchase after the age, or above 0 without repeat purchases, or 0
/// with them, parts of purchases, negative or not finite numbers) are NaN, alone and in batch.
/// Thread safety: immutable after construction; concurrent calls are safe.
class pareto_nbd {
public:
    /// From parameters that are known. Throws `issue_error` (`clv.bad_parameter`) for each that is not finite and > 0.
    explicit pareto_nbd(pareto_nbd_parameters const& parameters, model_time_unit unit = model_time_unit::week);

    [[nodiscard]] pareto_nbd_parameters const& values() const noexcept { return values_; }
    /// r, alpha, s, beta with standard errors (NaN when the parameters were given or are not identified).
    [[nodiscard]] std::span<parameter_estimate const> parameters() const noexcept { return estimates_; }
    [[nodiscard]] fit_diagnostics const& diagnostics() const noexcept { return diagnostics_; }
    [[nodiscard]] model_time_unit time_unit() const noexcept { return unit_; }

    /// The probability that the customer has not left at the end of observation, or, with a horizon, that much later.
    /// It is 1 / (1 + left / alive), where left / alive is the integral over the times at which the customer may have
    /// left (docstring of this file); tiny answers stay exact: 1.4e-96 for 50 purchases in the first of 37 weeks.
    [[nodiscard]] double probability_alive(repeat_purchases const& customer, horizon ahead = horizon{0}) const noexcept;
    /// As above for columns, at the end of observation, into `out`; as many as the shortest span has. The same numbers
    /// as one by one, good to the digits that the docstring of this file tells; instruction sets differ in the last
    /// digits only. NaN for customers that cannot be, and for more than 1e66 purchases.
    void probability_alive(std::span<double const> repeats, std::span<double const> last, std::span<double const> age,
                           std::span<double> out) const noexcept;

    /// Mean purchases of a new customer in the time after the first purchase:
    /// r beta / alpha * (1 - (beta / (beta + t))^(s-1)) / (s - 1), with its limit at s = 1.
    [[nodiscard]] double expected_transactions(horizon time) const noexcept;
    /// Mean purchases of this customer in the time after the end of observation.
    [[nodiscard]] double conditional_expected_transactions(repeat_purchases const& customer,
                                                           horizon time) const noexcept;
    /// As above for columns, all with the same horizon.
    void conditional_expected_transactions(std::span<double const> repeats, std::span<double const> last,
                                           std::span<double const> age, horizon time,
                                           std::span<double> out) const noexcept;
    /// Both for all customers of a summary, into `out`, which is as long; the same numbers for any number of threads
    /// (0: all of the machine). Throw `issue_error` (`clv.units`, `clv.ragged`) when the summary is in another unit
    /// than the model, or a column or `out` has another length.
    void probability_alive(purchase_summary const& customers, std::span<double> out, unsigned threads = 1) const;
    void conditional_expected_transactions(purchase_summary const& customers, horizon time, std::span<double> out,
                                           unsigned threads = 1) const;
    /// The probability that the customer buys in the time after the end of observation.
    [[nodiscard]] double probability_of_purchase(repeat_purchases const& customer, horizon time) const noexcept;
    /// Time from the end of observation to the next purchase *given that the customer is alive* then: the time before
    /// which it comes with the given probability (0.5: the median), 0 <= `quantile` < 1; infinite when it never comes
    /// with that probability, because the customer may leave before.
    [[nodiscard]] double time_to_next(repeat_purchases const& customer, double quantile = 0.5) const noexcept;
    /// The day of the next purchase given that the customer is alive, by `time_to_next` rounded up to days; nothing
    /// when that is more than 1,000 years away or no number.
    [[nodiscard]] std::optional<civil_date> next_purchase_day(civil_date observation_end,
                                                              repeat_purchases const& customer,
                                                              double quantile = 0.5) const noexcept;
    /// Repeat purchases expected of a cohort until each of `times`, all counted: `births` are the times of the first
    /// purchases on the same clock, and who is born later has bought nothing yet. O(distinct births * times).
    [[nodiscard]] std::vector<double> tracking_curve(std::span<double const> births,
                                                     std::span<double const> times) const;
    /// The probability that a new customer makes exactly so many purchases after the first one.
    [[nodiscard]] double probability_of(repeat_count purchases, horizon time) const noexcept;
    /// DERT: mean purchases of this customer in all time to come, each discounted to the end of observation. Without
    /// discounting it is infinite for s <= 1. NaN for a rate that is not valid.
    [[nodiscard]] double discounted_expected_residual_transactions(repeat_purchases const& customer,
                                                                   discount_rate rate) const noexcept;
    /// DERT of all customers of a summary, as the other scores above; interpolated in the age within 1e-12.
    void discounted_expected_residual_transactions(purchase_summary const& customers, discount_rate rate,
                                                   std::span<double> out, unsigned threads = 1) const;
    /// The logarithm of the likelihood of one customer's purchases.
    [[nodiscard]] double log_likelihood(repeat_purchases const& customer) const noexcept;

    /// `{"model": "pareto_nbd", "version": 1, "time_unit": "week", "parameters": {...}, ...}` with a checksum.
    [[nodiscard]] std::string to_json() const;
    /// Reads what `to_json` wrote, to the last bit. Throws `issue_error` (`model.kind`, `model.version`,
    /// `model.checksum`, `model.bad_field`, `json.*`).
    [[nodiscard]] static pareto_nbd from_json(std::string_view text);

private:
    friend class pareto_nbd_access;
    pareto_nbd() = default;

    pareto_nbd_parameters values_;
    model_time_unit unit_ = model_time_unit::week;
    std::vector<parameter_estimate> estimates_;
    fit_diagnostics diagnostics_;
    cpu_level level_ = cpu_level::sse2;
};

/// How to fit.
struct pareto_nbd_options {
    unsigned threads = 1; ///< 0: all of the machine; results do not depend on it
    /// Where the search starts; without: from the data.
    std::optional<pareto_nbd_parameters> start = std::nullopt;
    /// The instruction set; without: the best of the machine.
    std::optional<cpu_level> level = std::nullopt;
};

/// Maximum likelihood over all customers, by damped Newton steps in the logarithms of the parameters with analytic
/// first and second derivatives (the integral differentiated under its sign). O(distinct customers) a step.
///
/// A fit without a finite maximum, or on a ridge, is returned with `diagnostics().state` not `identified` and standard
/// errors NaN; nothing is capped. Throws `issue_error` with the codes of `check_summary`, and `clv.too_few` when nobody
/// bought again.
///
///     auto const model = fit_pareto_nbd(summary);
///     model.conditional_expected_transactions(customer, horizon(52));
[[nodiscard]] pareto_nbd fit_pareto_nbd(purchase_summary const& summary, pareto_nbd_options const& options = {});
/// The same of statistics that were added up from parts. Throws `issue_error` (`clv.empty`, `clv.too_few`).
[[nodiscard]] pareto_nbd fit_pareto_nbd(distinct_purchases const& statistics, pareto_nbd_options const& options = {});

} // namespace v0
} // namespace segmenta

#endif
