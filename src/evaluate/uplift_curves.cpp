// SPDX-License-Identifier: Apache-2.0
#include <segmenta/evaluate/uplift_curves.hpp>

#include <segmenta/error.hpp>
#include <segmenta/stats/exact_sum.hpp>

#include "evaluate/checks.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <string>

namespace segmenta {
inline namespace v0 {
namespace {

double real(std::uint64_t count) noexcept { return static_cast<double>(count); }

void check(std::span<double const> scores, std::span<std::uint8_t const> treated, std::span<double const> outcomes) {
    issue_list issues;
    detail::check_not_empty(scores.size(), "scores", issues);
    detail::check_same_length(treated.size(), "treated", scores.size(), "scores", issues);
    detail::check_same_length(outcomes.size(), "outcomes", scores.size(), "scores", issues);
    detail::check_finite(scores, "scores", issues);
    detail::check_outcomes(treated, "treated", issues);
    detail::check_finite(outcomes, "outcomes", issues);
    issues.throw_if_errors();
    auto const count = std::count(treated.begin(), treated.end(), 1);
    if (count > 0 && static_cast<std::size_t>(count) < treated.size()) return;
    throw issue_error("evaluate.one_class", "treated",
                      count == 0 ? "nobody was treated, so there is no uplift to measure"
                                 : "everybody was treated, so there is no uplift to measure",
                      std::to_string(count) + " of " + std::to_string(treated.size()), "some of both",
                      "Leave a part of the customers untreated, chosen by chance");
}

} // namespace

uplift_curves::uplift_curves(std::span<double const> scores, std::span<std::uint8_t const> treated,
                             std::span<double const> outcomes) {
    check(scores, treated, outcomes);
    std::vector<std::size_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
    sums now;
    now.score = std::numeric_limits<double>::infinity();
    points_.push_back(now);
    // exact sums: no figure may depend on the order of equal scores
    exact_sum of_treated;
    exact_sum of_control;
    for (std::size_t i = 0; i < order.size(); ++i) {
        std::size_t const row = order[i];
        bool const in = treated[row] == 1;
        double const outcome = outcomes[row];
        binary_ = binary_ && (outcome == 0 || outcome == 1);
        (in ? responders_treated_ : responders_control_) += outcome != 0 ? 1 : 0;
        (in ? now.treated : now.control) += 1;
        (in ? of_treated : of_control).add(outcome);
        if (i + 1 < order.size() && scores[order[i + 1]] == scores[row]) continue;
        now.score = scores[row];
        now.treated_outcome = of_treated.value();
        now.control_outcome = of_control.value();
        points_.push_back(now);
    }
}

double uplift_curves::value_of(sums const& s, uplift_curve_kind kind) noexcept {
    if (kind == uplift_curve_kind::qini) {
        if (s.control == 0) return s.treated_outcome;
        return s.treated_outcome - s.control_outcome * real(s.treated) / real(s.control);
    }
    double const treated = s.treated > 0 ? s.treated_outcome / real(s.treated) : 0;
    double const control = s.control > 0 ? s.control_outcome / real(s.control) : 0;
    return (treated - control) * real(s.treated + s.control);
}

double uplift_curves::average_effect() const noexcept {
    auto const& all = points_.back();
    return all.treated_outcome / real(all.treated) - all.control_outcome / real(all.control);
}

std::vector<uplift_point> uplift_curves::curve(uplift_curve_kind kind) const {
    std::vector<uplift_point> out;
    out.reserve(points_.size());
    for (auto const& p : points_)
        out.push_back({p.score, p.treated, p.control, value_of(p, kind)});
    return out;
}

double uplift_curves::incremental_at(uplift_curve_kind kind, double share) const noexcept {
    if (!(share > 0)) return 0;
    double const wanted = std::min(share, 1.0) * real(size());
    auto const above = std::lower_bound(points_.begin() + 1, points_.end() - 1, wanted,
                                        [](sums const& p, double n) { return real(p.treated + p.control) < n; });
    auto const below = above - 1;
    double const begin = real(below->treated + below->control);
    double const end = real(above->treated + above->control);
    double const part = (wanted - begin) / (end - begin);
    double const low = value_of(*below, kind);
    return low + part * (value_of(*above, kind) - low);
}

uplift_area uplift_curves::area(uplift_curve_kind kind) const noexcept {
    uplift_area out;
    double before = 0;
    double customers = 0;
    for (auto const& p : points_) {
        double const value = value_of(p, kind);
        double const now = real(p.treated + p.control);
        out.under_curve += (now - customers) * (value + before) / 2;
        before = value;
        customers = now;
    }
    out.under_curve /= real(size());
    out.under_line = before / 2;
    return out;
}

std::optional<double> uplift_curves::best_raw(uplift_curve_kind kind) const {
    if (!binary_) return std::nullopt;
    auto const& all = points_.back();
    double const brought = real(responders_treated_);
    double const lost = real(responders_control_);
    sums const first{0, responders_treated_, 0, brought, 0};
    std::vector<sums> steps{first};
    if (kind == uplift_curve_kind::qini) {
        steps.push_back({0, all.treated, all.control - responders_control_, brought, 0});
    } else {
        steps.push_back({0, responders_treated_, all.control - responders_control_, brought, 0});
        if (responders_control_ > all.treated - responders_treated_)
            steps.push_back({0, responders_treated_, all.control, brought, lost});
        else
            steps.push_back({0, all.treated, all.control - responders_control_, brought, 0});
    }
    steps.push_back(all);
    uplift_curves best;
    best.points_ = {sums{}};
    for (auto const& step : steps) {
        auto const& last = best.points_.back();
        if (step.treated + step.control > last.treated + last.control) best.points_.push_back(step);
    }
    return best.area(kind).raw();
}

std::optional<double> uplift_curves::coefficient(uplift_curve_kind kind, uplift_normalisation by) const {
    double const raw = area(kind).raw();
    auto const over = [&](std::optional<double> divisor) -> std::optional<double> {
        if (!divisor || *divisor == 0) return std::nullopt;
        return raw / *divisor;
    };
    switch (by) {
    case uplift_normalisation::customers: return over(real(size()));
    case uplift_normalisation::final_value: return over(value_of(points_.back(), kind));
    case uplift_normalisation::perfect_curve: break;
    }
    return over(best_raw(kind));
}

uplift_at uplift_curves::uplift_at_share(double share, uplift_choice choice) const {
    if (!(share > 0 && share <= 1))
        throw issue_error("evaluate.option", "share", "this is no share of the customers", std::to_string(share),
                          "above 0, at most 1", {});
    // The count and the outcomes among the first `wanted` by `count_of`, straight between corners.
    struct taken {
        double customers = 0;
        double outcomes = 0;
    };
    auto const take = [&](double wanted, auto const& count_of, bool of_treated) {
        auto const above = std::lower_bound(points_.begin() + 1, points_.end() - 1, wanted,
                                            [&](sums const& p, double n) { return count_of(p) < n; });
        auto const below = above - 1;
        double const width = count_of(*above) - count_of(*below);
        double const part = width > 0 ? (wanted - count_of(*below)) / width : 1;
        auto const between = [&](double low, double high) { return low + part * (high - low); };
        if (of_treated)
            return taken{between(real(below->treated), real(above->treated)),
                         between(below->treated_outcome, above->treated_outcome)};
        return taken{between(real(below->control), real(above->control)),
                     between(below->control_outcome, above->control_outcome)};
    };
    auto const all_of = [](sums const& p) { return real(p.treated + p.control); };
    auto const treated_of = [](sums const& p) { return real(p.treated); };
    auto const control_of = [](sums const& p) { return real(p.control); };
    bool const overall = choice == uplift_choice::overall;
    auto const treated =
        overall ? take(share * real(size()), all_of, true) : take(share * real(this->treated()), treated_of, true);
    auto const control =
        overall ? take(share * real(size()), all_of, false) : take(share * real(this->control()), control_of, false);
    uplift_at out{treated.customers, control.customers, {}};
    if (treated.customers > 0 && control.customers > 0)
        out.uplift = treated.outcomes / treated.customers - control.outcomes / control.customers;
    return out;
}

} // namespace v0
} // namespace segmenta
