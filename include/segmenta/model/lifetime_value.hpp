// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_LIFETIME_VALUE_HPP
#define SEGMENTA_MODEL_LIFETIME_VALUE_HPP

/// \file
/// What a customer will be worth: expected purchases of a model of repeat buying, times the expected amount of a model
/// of spend, times a margin, discounted.
///
/// Time carries its unit everywhere: the model knows what it counts in, steps and rates are `model_duration` and
/// `discount_rate`. So a model of weeks cannot be asked for "12" and answer about twelve months' worth of days, as the
/// quick start of the package lifetimes does: it prints 140.10 for CDNOW's first customer, where 36.28 is right.
///
/// Source: P. Fader, B. Hardie, K. Lee, "RFM and CLV: Using Iso-Value Curves for Customer Base Analysis", Journal of
/// Marketing Research 42(4), 2005.

#include <segmenta/base/parallel.hpp>
#include <segmenta/model/discount_rate.hpp>
#include <segmenta/model/gamma_gamma.hpp>
#include <segmenta/model/model_duration.hpp>
#include <segmenta/model/purchase_summary.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// A model that says how often a customer will buy: all of this library's models of repeat buying, or any type with
/// these two members. `conditional_expected_transactions` takes the horizon in the model's own unit and does not throw.
template <class Model>
concept repeat_buying_model = requires(Model const& model, repeat_purchases const& customer, horizon time) {
    { model.conditional_expected_transactions(customer, time) } -> std::convertible_to<double>;
    { model.time_unit() } -> std::same_as<model_time_unit>;
};

/// A model of repeat buying that can also discount continuously over all time to come.
template <class Model>
concept residual_buying_model =
    repeat_buying_model<Model> && requires(Model const& model, repeat_purchases const& customer, discount_rate rate) {
        { model.discounted_expected_residual_transactions(customer, rate) } -> std::convertible_to<double>;
    };

/// A model that says what a customer will spend on a purchase; NaN where it cannot.
template <class Model>
concept spend_model = requires(Model const& model, repeat_count repeats, mean_spend spend) {
    { model.expected_spend(repeats, spend) } -> std::convertible_to<double>;
};

/// The same amount for everybody, for `lifetime_value`: `fixed_spend(1)` counts discounted purchases.
struct fixed_spend {
    double amount = 1;

    constexpr explicit fixed_spend(double a) noexcept : amount(a) {}
    [[nodiscard]] constexpr double expected_spend(repeat_count, mean_spend) const noexcept { return amount; }
};

/// Over what time, in which steps, and how money is discounted.
struct lifetime_value_options {
    model_duration step = of_months(1); ///< purchases of a step are paid at its end
    std::size_t steps = 12;             ///< so the horizon is `steps` times `step`
    discount_rate rate{};               ///< none unless given
    double margin = 1;                  ///< what share of the amount is earned, above 0; 1 values revenue
};

/// Values customers over a horizon: the sum over steps i of
/// (E[Y(i step)] - E[Y((i - 1) step)]) * margin * spend * rate.factor(i step).
///
/// Thread safety: immutable after construction; concurrent calls are safe.
class lifetime_value {
public:
    /// Throws `issue_error` with all of: `clv.bad_step` (not above 0 or not finite), `clv.bad_horizon` (no steps, or
    /// more than 100,000), `clv.bad_rate` (below 0 or not finite), `clv.bad_margin`.
    explicit lifetime_value(lifetime_value_options const& options);

    [[nodiscard]] lifetime_value_options const& options() const noexcept { return options_; }

    /// Purchases of a customer within the horizon, each discounted. NaN for a customer that cannot be.
    template <repeat_buying_model Model>
    [[nodiscard]] double discounted_transactions(Model const& model, repeat_purchases const& customer) const noexcept {
        double const step = options_.step.in(model.time_unit());
        double before = 0;
        double sum = 0;
        for (std::size_t i = 0; i < factors_.size(); ++i) {
            horizon const end(step * static_cast<double>(i + 1));
            double const until = model.conditional_expected_transactions(customer, end);
            sum += (until - before) * factors_[i];
            before = until;
        }
        return sum;
    }

    /// The value of one customer, in the currency of the spend. NaN for a customer that cannot be, and where the mean
    /// spend does not exist.
    template <repeat_buying_model Model, spend_model Spend>
    [[nodiscard]] double of(Model const& model, Spend const& spend, repeat_purchases const& customer,
                            mean_spend observed) const noexcept {
        return options_.margin * spend.expected_spend(customer.repeats, observed) *
               discounted_transactions(model, customer);
    }

    /// The values of all customers of a summary, in its order, on `threads` threads (0: all of the machine); the same
    /// numbers as one by one. Throws `issue_error`: the codes of `check_summary`, `clv.units` when the summary counts
    /// in another unit than the model, `clv.no_spend` when it has no amounts, and `clv.mean_does_not_exist` when the
    /// spend model has no finite mean for some customer (Gamma-Gamma with q <= 1).
    template <repeat_buying_model Model, spend_model Spend>
    [[nodiscard]] std::vector<double> of(Model const& model, Spend const& spend, purchase_summary const& summary,
                                         unsigned threads = 1) const {
        check(summary, model.time_unit());
        std::vector<double> out(summary.size());
        parallel_for_blocks(threads, (out.size() + block - 1) / block, [&](std::size_t part) {
            std::size_t const end = std::min(out.size(), (part + 1) * block);
            for (std::size_t i = part * block; i < end; ++i) {
                double const amount = summary.repeats[i] > 0 ? summary.mean_spend[i] : 0;
                repeat_purchases const customer{repeat_count(summary.repeats[i]),
                                                age_at_last_purchase(summary.last[i]), customer_age(summary.age[i])};
                out[i] = of(model, spend, customer, mean_spend(amount));
            }
        });
        check_means(out);
        return out;
    }

private:
    static constexpr std::size_t block = 1024;

    static void check(purchase_summary const& summary, model_time_unit unit);
    static void check_means(std::vector<double> const& values);

    lifetime_value_options options_;
    std::vector<double> factors_; // of the ends of the steps
};

/// The value of all purchases a customer will ever make, discounted continuously to the end of observation: margin
/// times spend times DERT. The rate must be above 0 unless customers surely leave (see the model); NaN where the mean
/// spend does not exist.
template <residual_buying_model Model, spend_model Spend>
[[nodiscard]] double residual_lifetime_value(Model const& model, Spend const& spend, repeat_purchases const& customer,
                                             mean_spend observed, discount_rate rate, double margin = 1) noexcept {
    return margin * spend.expected_spend(customer.repeats, observed) *
           model.discounted_expected_residual_transactions(customer, rate);
}

} // namespace v0
} // namespace segmenta

#endif
