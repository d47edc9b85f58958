// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_REPEAT_STANDING_HPP
#define SEGMENTA_MODEL_REPEAT_STANDING_HPP

#include "model/beta_geometric_fit.hpp"
#include "model/repeat_functions.hpp"

#include <segmenta/model/beta_geometric.hpp>

#include <array>
#include <cmath>
#include <span>

namespace segmenta {
inline namespace v0 {
namespace detail {

// What is known of one customer at the end of observation: log-weights of being dead and of being alive with j steps
// done since the last purchase.
class standing {
public:
    // inline, so that who asks for one number does not pay for the others
    [[gnu::always_inline]] standing(beta_geometric_parameters const& p, bool first_drops, unsigned steps,
                                    repeat_purchases const& c) noexcept
        : shape_(p.r + steps * c.repeats.value), age_(p.alpha + c.age.value), steps_(steps) {
        double const y = (c.age.value - c.last.value) / age_;
        double term = 1;
        double sum = 0;
        for (unsigned j = 0; j < steps; ++j) {
            if (j > 0) term *= y * (shape_ + j - 1);
            if (j > 1) term /= j;
            share_[j] = term;
            sum += term;
        }
        double const inverse = 1 / sum;
        for (unsigned j = 0; j < steps; ++j)
            share_[j] *= inverse;
        survival_ = sum;
        bool const may_be_dead = first_drops || c.repeats.value > 0;
        if (!may_be_dead) return;
        met_ = p.b + c.repeats.value - (first_drops ? 0 : 1);
        grown_ = std::log(age_ / (p.alpha + c.last.value));
        double const v = alive_weight();
        alive_ = v / (p.a + v);
    }

    [[nodiscard]] double alive() const noexcept { return alive_; }
    [[nodiscard]] double shape() const noexcept { return shape_; }
    [[nodiscard]] double age() const noexcept { return age_; }
    [[nodiscard]] double share(unsigned done) const noexcept { return share_[done]; }
    [[nodiscard]] unsigned steps() const noexcept { return steps_; }
    [[nodiscard]] std::span<double const> shares() const noexcept { return {share_.data(), steps_}; }
    // log(sum of the weights), without what counts alone say.
    [[nodiscard]] double log_weight(double a) const noexcept {
        if (met_ == 0) return std::log(survival_) - shape_ * std::log(age_);
        double const v = alive_weight();
        return std::log(a + v) - std::log(met_) - shape_ * (std::log(age_) - grown_);
    }

private:
    // Of being alive, where that of being dead is a.
    [[nodiscard]] double alive_weight() const noexcept {
        constexpr double large = 1e100; // from there on one factor may be infinite and the other 0
        double const survived = survival_ < large ? survival_ * std::exp(-shape_ * grown_)
                                                  : std::exp(std::log(survival_) - shape_ * grown_);
        return survived * met_;
    }

    double shape_;
    double age_;
    unsigned steps_;
    double survival_ = 1; // the sum of the weights of the steps
    double grown_ = 0;
    double met_ = 0; // 0: alive for sure
    double alive_ = 1;
    std::array<double, largest_regularity> share_; // the first steps_ are set
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
