// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_BG_BB_HPP
#define SEGMENTA_MODEL_BG_BB_HPP

/// \file
/// The beta-geometric / beta-Bernoulli model: repeat buying at fixed occasions, such as yearly donations, events or
/// billing periods. At the beginning of each occasion a customer leaves with a probability that is beta distributed
/// over customers (gamma, delta); who is still there buys with another one (alpha, beta).
///
/// Source: P. Fader, B. Hardie, J. Shang, "Customer-Base Analysis in a Discrete-Time Noncontractual Setting", Marketing
/// Science 29(6), 2010. Sums over occasions instead of the closed forms, which divide by gamma - 1.

#include <segmenta/model/discount_rate.hpp>
#include <segmenta/model/distinct_purchases.hpp>
#include <segmenta/model/fit_diagnostics.hpp>
#include <segmenta/model/purchase_summary.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// All above 0.
struct bg_bb_parameters {
    double alpha = 1; ///< probabilities to buy: mean alpha / (alpha + beta)
    double beta = 1;
    double gamma = 1; ///< probabilities to leave: mean gamma / (gamma + delta)
    double delta = 1;
    friend bool operator==(bg_bb_parameters const&, bg_bb_parameters const&) = default;
};

/// A BG/BB model with its parameters. A customer is given as for the other models of repeat buying, with the occasions
/// as time: `repeats` of `age` occasions were used, the last one being occasion number `last` (0 when none was).
///
/// Answers about a customer that cannot be (parts of occasions, more purchases than occasions) are NaN. A horizon
/// counts the whole occasions in it. Thread safety: immutable after construction; concurrent calls are safe.
class bg_bb {
public:
    /// From parameters that are known; `unit` is the time between occasions. Throws `issue_error`
    /// (`clv.bad_parameter`).
    explicit bg_bb(bg_bb_parameters const& parameters, model_time_unit unit = model_time_unit::year);

    [[nodiscard]] bg_bb_parameters const& values() const noexcept { return values_; }
    /// alpha, beta, gamma, delta with standard errors (NaN when the parameters were given or are not identified).
    [[nodiscard]] std::span<parameter_estimate const> parameters() const noexcept { return estimates_; }
    [[nodiscard]] fit_diagnostics const& diagnostics() const noexcept { return diagnostics_; }
    [[nodiscard]] model_time_unit time_unit() const noexcept { return unit_; }

    /// The probability that the customer has not left by the end of observation, or so many occasions later: one
    /// occasion ahead is what the literature tabulates. O(age - last + ahead).
    [[nodiscard]] double probability_alive(repeat_purchases const& customer, horizon ahead = horizon{0}) const noexcept;
    /// Mean purchases of a new customer on so many occasions. O(occasions).
    [[nodiscard]] double expected_transactions(horizon time) const noexcept;
    /// Mean purchases of this customer on the next occasions. O(age - last + occasions).
    [[nodiscard]] double conditional_expected_transactions(repeat_purchases const& customer,
                                                           horizon time) const noexcept;
    /// The probability that a new customer buys on exactly so many of the occasions. O(occasions).
    [[nodiscard]] double probability_of(repeat_count purchases, horizon time) const noexcept;
    /// DERT: mean purchases on all occasions to come, each discounted to the end of observation. Without discounting it
    /// is infinite for gamma <= 1. NaN for a rate that is not valid.
    [[nodiscard]] double discounted_expected_residual_transactions(repeat_purchases const& customer,
                                                                   discount_rate rate) const noexcept;
    /// The logarithm of the likelihood of one customer's pattern of purchases.
    [[nodiscard]] double log_likelihood(repeat_purchases const& customer) const noexcept;

    /// The scores above of all customers of a summary into `out`, which is as long, within 1e-12 of one by one; the
    /// same for any number of threads (0: all of the machine). Customers of up to 255 occasions who bought as often and
    /// were watched as long share their sums: O(1) each, where those are few. Throw `issue_error` (`clv.units`,
    /// `clv.ragged`) when the summary is in another unit than the model, or a column or `out` has another length.
    void probability_alive(purchase_summary const& customers, std::span<double> out, unsigned threads = 1) const;
    void conditional_expected_transactions(purchase_summary const& customers, horizon time, std::span<double> out,
                                           unsigned threads = 1) const;
    void discounted_expected_residual_transactions(purchase_summary const& customers, discount_rate rate,
                                                   std::span<double> out, unsigned threads = 1) const;

    /// `{"model": "bg_bb", "version": 1, "time_unit": "year", "parameters": {...}, ...}` with a checksum.
    [[nodiscard]] std::string to_json() const;
    /// Reads what `to_json` wrote, to the last bit. Throws `issue_error` as pareto_nbd::from_json does.
    [[nodiscard]] static bg_bb from_json(std::string_view text);

private:
    friend class bg_bb_access;
    bg_bb() = default;

    bg_bb_parameters values_;
    model_time_unit unit_ = model_time_unit::year;
    std::vector<parameter_estimate> estimates_;
    fit_diagnostics diagnostics_;
};

/// How to fit.
struct bg_bb_options {
    /// Where the search starts; without: from all ones.
    std::optional<bg_bb_parameters> start = std::nullopt;
};

/// Maximum likelihood in the logarithms of the parameters with analytic derivatives. O(distinct customers * occasions)
/// a step: few, since there are few distinct patterns.
///
/// Throws `issue_error` with the codes of `check_summary`, `clv.not_periods` (times that are no whole occasions),
/// `clv.more_than_periods` (more purchases than occasions until the last one), and `clv.too_few` when nobody bought
/// again. Not identified as for pareto_nbd.
[[nodiscard]] bg_bb fit_bg_bb(purchase_summary const& summary, bg_bb_options const& options = {});
/// The same of statistics that were added up from parts.
[[nodiscard]] bg_bb fit_bg_bb(distinct_purchases const& statistics, bg_bb_options const& options = {});

} // namespace v0
} // namespace segmenta

#endif
