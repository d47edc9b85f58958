// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_BETA_GEOMETRIC_HPP
#define SEGMENTA_MODEL_BETA_GEOMETRIC_HPP

/// \file
/// What BG/NBD, MBG/NBD, BG/CNBD-k and MBG/CNBD-k have in common.
///
/// The story: a customer who is alive buys at a rate of his own, Gamma(r, alpha) over customers; after each purchase he
/// leaves for good with a chance of his own, Beta(a, b) over customers. In the BG models that may happen after repeat
/// purchases only, so who bought once is alive for sure; in the MBG models after the first purchase already. In the
/// CNBD-k models the times between purchases are Erlang-k, more regular than the exponential ones of k = 1.
///
/// Sources: P. Fader, B. Hardie, K. Lee, "Counting Your Customers the Easy Way: An Alternative to the Pareto/NBD
/// Model", Marketing Science 24(2), 2005 (BG/NBD); E. Batislam, M. Denizel, A. Filiztekin, "Empirical validation and
/// comparison of models for customer base analysis", IJRM 24(3), 2007 (MBG/NBD); T. Reutterer, M. Platzer,
/// N. Schroeder, "Leveraging purchase regularity for predicting customer behavior the easy way", IJRM 38(1), 2021
/// (CNBD-k).
///
/// Expectations are computed without the Gauss hypergeometric function of these papers, as sums over numbers of
/// purchases whose terms are all positive, or as integrals over the chance to leave: so there is no singular point at
/// a = 1, and those of the CNBD-k models are exact too, where the paper approximates.

#include <segmenta/base/cpu.hpp>
#include <segmenta/model/fit_diagnostics.hpp>
#include <segmenta/model/purchase_statistics.hpp>
#include <segmenta/model/purchase_summary.hpp>
#include <segmenta/time/instant.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// All above 0. The mean rate is r / alpha purchases a unit of time; the mean chance to leave is a / (a + b).
struct beta_geometric_parameters {
    double r = 0;
    double alpha = 0; ///< in units of time
    double a = 0;
    double b = 0;
};

/// How a fit is searched.
struct beta_geometric_options {
    unsigned threads = 1; ///< 0: all of the machine; the result is the same for any number
    /// Where to start; without: r = 1, the observed rate, a = 1, b = 3, and for more than 32,768 rows the fit of one in
    /// eight of them (always the same ones).
    std::optional<beta_geometric_parameters> start = std::nullopt;
    std::optional<cpu_level> level = std::nullopt; ///< instruction set; without: the best of the machine
};

namespace detail {

/// A model of the family before it gets its name.
struct beta_geometric_state {
    model_time_unit unit = model_time_unit::week;
    unsigned regularity = 1;
    std::vector<parameter_estimate> parameters; ///< r, alpha, a, b
    fit_diagnostics diagnostics;
};

} // namespace detail

/// Scores of one of the models; see bg_nbd.hpp, mbg_nbd.hpp and cnbd_k.hpp for how to get one.
///
/// All times are in `time_unit()`. What no customer can be (no whole or a negative count, a last purchase after the
/// age, or above 0 without repeat purchases, or 0 with them, NaN) scores NaN. A model that is not identified still
/// scores, by the parameters where the search ended; ask `diagnostics()` first.
///
/// Thread safety: immutable after construction; concurrent use is safe.
class beta_geometric {
public:
    /// r, alpha, a, b with standard errors (NaN where the parameters were given, or are not identified).
    [[nodiscard]] std::vector<parameter_estimate> const& parameters() const noexcept { return state_.parameters; }
    [[nodiscard]] beta_geometric_parameters const& values() const noexcept { return p_; }
    /// How the fit ended. Of a model made from given parameters: `not_converged`, with a remark that says so.
    [[nodiscard]] fit_diagnostics const& diagnostics() const noexcept { return state_.diagnostics; }
    [[nodiscard]] model_time_unit time_unit() const noexcept { return state_.unit; }
    /// k of the Erlang-k times between purchases; 1: exponential.
    [[nodiscard]] unsigned regularity() const noexcept { return state_.regularity; }
    /// Whether a customer may leave after the first purchase already (MBG).
    [[nodiscard]] bool first_drops() const noexcept { return first_drops_; }

    /// The chance that the customer has not left, at the end of observation. Exactly 1 for who bought once where
    /// `first_drops()` is false.
    [[nodiscard]] double probability_alive(repeat_purchases const& customer) const noexcept;
    /// The chance that the customer will not have left a time `after` later.
    [[nodiscard]] double probability_alive(repeat_purchases const& customer, horizon after) const noexcept;
    /// Mean number of repeat purchases of a new customer in a time from the first purchase on.
    [[nodiscard]] double expected_transactions(horizon time) const noexcept;
    /// Mean number of purchases of this customer in a time from the end of observation on. About 0.5 microseconds;
    /// 25 for horizons 50 times as long as alpha + age.
    [[nodiscard]] double conditional_expected_transactions(repeat_purchases const& customer,
                                                           horizon time) const noexcept;
    /// P(a new customer makes exactly `count` repeat purchases in a time); `count` is whole and from 0 on.
    [[nodiscard]] double probability_of(repeat_count count, horizon time) const noexcept;
    /// Time from the end of observation to the next purchase *given that the customer is alive*: the time before which
    /// it comes with the given probability (0.5: the median), 0 <= `quantile` < 1.
    [[nodiscard]] double time_to_next(repeat_purchases const& customer, double quantile = 0.5) const noexcept;
    /// The mean of that time; infinite for r + k x <= 1, where it does not exist.
    [[nodiscard]] double mean_time_to_next(repeat_purchases const& customer) const noexcept;
    /// The day of the next purchase given that the customer is alive, by `time_to_next` rounded up to days; nothing
    /// when that is more than 1,000 years away or no number.
    [[nodiscard]] std::optional<civil_date> next_purchase_day(civil_date observation_end,
                                                              repeat_purchases const& customer,
                                                              double quantile = 0.5) const noexcept;
    /// What the customer adds to the log-likelihood. `log_times` is the sum of the logarithms of the times between his
    /// purchases; for k = 1 it is not read.
    [[nodiscard]] double log_likelihood(repeat_purchases const& customer, double log_times = 0) const noexcept;

    /// `probability_alive` of all customers into `out`, which is as long; for k = 1 about 7 ns each. Throws
    /// `issue_error` (`clv.units`, `clv.ragged`) when the summary is in another unit, or `out` or a column has another
    /// length.
    void probability_alive(purchase_summary const& customers, std::span<double> out, unsigned threads = 1) const;
    /// `conditional_expected_transactions` of all customers; throws as above. For k = 1 about 30 ns each, else k times
    /// that: the mean is interpolated in the age, by polynomials of each repeat count up to 63, and of the steps done
    /// since the last purchase, that are within 1e-11 of the exact value.
    void conditional_expected_transactions(purchase_summary const& customers, horizon time, std::span<double> out,
                                           unsigned threads = 1) const;
    /// Repeat purchases expected of a cohort until each of `times`, all counted: `births` are the times of the first
    /// purchases on the same clock, and who is born later has bought nothing yet. O(distinct births * times).
    [[nodiscard]] std::vector<double> tracking_curve(std::span<double const> births,
                                                     std::span<double const> times) const;

    /// {"model": ..., "version": 1, "time_unit": ..., "parameters": {...}, ..., "checksum": ...}
    [[nodiscard]] std::string to_json() const;

protected:
    beta_geometric(std::string_view model, bool first_drops, detail::beta_geometric_state state);
    /// Throws `issue_error` (`clv.bad_parameter`) unless all are above 0 and finite and 1 <= `regularity` <= 32.
    beta_geometric(std::string_view model, bool first_drops, beta_geometric_parameters const& parameters,
                   model_time_unit unit, unsigned regularity);
    ~beta_geometric() = default;
    beta_geometric(beta_geometric const&) = default;
    beta_geometric(beta_geometric&&) = default;
    beta_geometric& operator=(beta_geometric const&) = default;
    beta_geometric& operator=(beta_geometric&&) = default;

    static detail::beta_geometric_state read(std::string_view model, std::string_view text);

private:
    std::string model_;
    bool first_drops_;
    beta_geometric_parameters p_;
    detail::beta_geometric_state state_;
};

} // namespace v0
} // namespace segmenta

#endif
