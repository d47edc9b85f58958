// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/calibration.hpp>

#include "base/indexed_place.hpp"
#include "model/model_document.hpp"

#include <segmenta/model/logistic.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();

void check(std::span<double const> scores, std::span<std::uint8_t const> outcomes, issue_list& issues) {
    if (scores.empty()) issues.error("calibration.empty", "scores", "there is nothing to calibrate by", {}, {}, {});
    if (scores.size() != outcomes.size()) {
        issues.error("calibration.ragged", "outcomes", "there must be an outcome for each score",
                     std::to_string(outcomes.size()), std::to_string(scores.size()), {});
    }
    auto const odd = std::find_if(scores.begin(), scores.end(), [](double s) { return !std::isfinite(s); });
    if (odd != scores.end()) {
        issues.error("calibration.not_finite",
                     detail::indexed_place("scores", static_cast<std::size_t>(odd - scores.begin())),
                     "this score is no number", std::isnan(*odd) ? "NaN" : "infinity", "finite numbers", {});
    }
    auto const bad = std::find_if(outcomes.begin(), outcomes.end(), [](std::uint8_t o) { return o > 1; });
    if (bad != outcomes.end()) {
        issues.error("calibration.outcome",
                     detail::indexed_place("outcomes", static_cast<std::size_t>(bad - outcomes.begin())),
                     "this is no binary outcome", std::to_string(*bad), "0 or 1", {});
        return;
    }
    auto const ones = std::count(outcomes.begin(), outcomes.end(), std::uint8_t{1});
    if (outcomes.empty() || (ones > 0 && ones < std::ssize(outcomes))) return;
    issues.error("calibration.one_class", "outcomes", "all customers have the same outcome",
                 ones > 0 ? "only 1" : "only 0", "both", {});
}

// Scores that belong together, and how often their outcome happened.
struct pool {
    double first = 0;
    double last = 0;
    double happened = 0;
    double size = 0;

    [[nodiscard]] double mean() const noexcept { return happened / size; }
};

std::vector<pool> pools_of(std::span<double const> scores, std::span<std::uint8_t const> outcomes, bool rising) {
    std::vector<std::size_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] < scores[b]; });
    std::vector<pool> points;
    for (std::size_t const i : order) {
        if (points.empty() || points.back().last != scores[i]) points.push_back({scores[i], scores[i], 0, 0});
        points.back().happened += outcomes[i];
        points.back().size += 1;
    }
    std::vector<pool> out;
    for (pool const& point : points) {
        out.push_back(point);
        auto const against = [&] {
            pool const& a = out[out.size() - 2];
            pool const& b = out.back();
            // Products of whole numbers, so equal means are equal.
            return rising ? a.happened * b.size >= b.happened * a.size : a.happened * b.size <= b.happened * a.size;
        };
        while (out.size() > 1 && against()) {
            pool& below = out[out.size() - 2];
            below.last = out.back().last;
            below.happened += out.back().happened;
            below.size += out.back().size;
            out.pop_back();
        }
    }
    return out;
}

} // namespace

// --- Platt ----------------------------------------------------------------------------------------------------------

platt_calibration::platt_calibration(double intercept, double slope) : intercept_(intercept), slope_(slope) {
    if (!std::isfinite(intercept) || !std::isfinite(slope))
        throw issue_error("calibration.parameters", "calibration", "a parameter is not finite", {}, "finite numbers");
    parameters_ = {{"intercept", intercept, nan_value}, {"slope", slope, nan_value}};
    diagnostics_.log_likelihood = nan_value;
    diagnostics_.gradient_norm = nan_value;
    diagnostics_.condition_number = nan_value;
    diagnostics_.remark = "given, not fitted";
}

double platt_calibration::probability(double score) const noexcept {
    return logistic_function(intercept_ + slope_ * score);
}

void platt_calibration::probability(std::span<double const> scores, std::span<double> out) const noexcept {
    for (std::size_t i = 0; i < scores.size(); ++i)
        out[i] = probability(scores[i]);
}

platt_calibration fit_platt_calibration(std::span<double const> scores, std::span<std::uint8_t const> outcomes) {
    issue_list issues;
    check(scores, outcomes, issues);
    bool const constant =
        !scores.empty() && std::all_of(scores.begin(), scores.end(), [&](double s) { return s == scores[0]; });
    if (constant) {
        issues.error("calibration.constant", "scores", "all scores are equal, so they tell nothing",
                     std::to_string(scores[0]), {}, {});
    }
    issues.throw_if_errors();

    // A target between 0 and 1 is a row of each outcome, by weight.
    auto const ones = static_cast<double>(std::count(outcomes.begin(), outcomes.end(), std::uint8_t{1}));
    double const zeros = static_cast<double>(outcomes.size()) - ones;
    std::vector<std::vector<double>> column(1);
    std::vector<std::uint8_t> both;
    std::vector<double> weights;
    for (std::size_t i = 0; i < scores.size(); ++i) {
        double const target = outcomes[i] != 0 ? (ones + 1) / (ones + 2) : 1 / (zeros + 2);
        for (std::uint8_t const side : {std::uint8_t{0}, std::uint8_t{1}}) {
            column[0].push_back(scores[i]);
            both.push_back(side);
            weights.push_back(side != 0 ? target : 1 - target);
        }
    }
    logistic_options options;
    options.names = {"slope"};
    options.weights = weights;
    auto const model = fit_logistic(as_columns(column), both, options);
    platt_calibration out(model.intercept(), model.coefficients()[0]);
    out.parameters_ = model.parameters();
    out.diagnostics_ = model.diagnostics();
    return out;
}

std::string platt_calibration::to_json() const {
    boost::json::object out;
    out["parameters"] = boost::json::object{{"intercept", intercept_}, {"slope", slope_}};
    out["standard_errors"] =
        detail::numbers_of(std::array{parameters_[0].standard_error, parameters_[1].standard_error});
    out["log_likelihood"] = detail::number_or_null(diagnostics_.log_likelihood);
    out["diagnostics"] =
        boost::json::object{{"identified", diagnostics_.state == identification::identified},
                            {"gradient_norm", detail::number_or_null(diagnostics_.gradient_norm)},
                            {"condition_number", detail::number_or_null(diagnostics_.condition_number)},
                            {"evaluations", diagnostics_.evaluations},
                            {"remark", diagnostics_.remark}};
    return detail::write_model_document("platt_calibration", 1, std::move(out));
}

platt_calibration platt_calibration::from_json(std::string_view text) {
    auto const fields = detail::read_model_document(text, "platt_calibration", 1);
    issue_list issues;
    detail::model_reader in(fields, issues);
    double intercept = 0;
    double slope = 0;
    if (auto const* const object = in.object("parameters")) {
        detail::model_reader one(*object, issues, "/parameters");
        intercept = one.number("intercept");
        slope = one.number("slope");
    }
    auto const errors = in.numbers("standard_errors");
    if (errors.size() != 2)
        issues.error("model.bad_field", "model /standard_errors", "there must be two", std::to_string(errors.size()),
                     {}, {});
    fit_diagnostics diagnostics;
    diagnostics.log_likelihood = in.number("log_likelihood");
    if (auto const* const object = in.object("diagnostics")) {
        detail::model_reader one(*object, issues, "/diagnostics");
        diagnostics.state = one.flag("identified") ? identification::identified : identification::not_converged;
        diagnostics.gradient_norm = one.number("gradient_norm");
        diagnostics.condition_number = one.number("condition_number");
        diagnostics.evaluations = one.count("evaluations");
        diagnostics.remark = one.text("remark");
    }
    issues.throw_if_errors();
    platt_calibration out(intercept, slope);
    out.parameters_[0].standard_error = errors[0];
    out.parameters_[1].standard_error = errors[1];
    out.diagnostics_ = std::move(diagnostics);
    return out;
}

// --- Isotonic -------------------------------------------------------------------------------------------------------

isotonic_calibration::isotonic_calibration(std::vector<double> scores, std::vector<double> probabilities)
    : scores_(std::move(scores)), probabilities_(std::move(probabilities)) {
    auto const refuse = [](std::string message) {
        throw issue_error("calibration.parameters", "calibration", std::move(message));
    };
    if (scores_.empty() || scores_.size() != probabilities_.size())
        refuse("there must be a probability for each score");
    auto const finite = [](double v) { return std::isfinite(v); };
    auto const share = [](double v) { return v >= 0 && v <= 1; };
    if (!std::all_of(scores_.begin(), scores_.end(), finite)) refuse("a score is not finite");
    if (!std::all_of(probabilities_.begin(), probabilities_.end(), share)) refuse("a probability is outside of [0, 1]");
    if (std::adjacent_find(scores_.begin(), scores_.end(), std::greater_equal<>{}) != scores_.end())
        refuse("scores do not ascend");
    bool const rising = std::is_sorted(probabilities_.begin(), probabilities_.end());
    bool const falling = std::is_sorted(probabilities_.rbegin(), probabilities_.rend());
    if (!rising && !falling) refuse("probabilities neither rise nor fall throughout");
}

double isotonic_calibration::probability(double score) const noexcept {
    if (std::isnan(score)) return nan_value;
    auto const above = std::lower_bound(scores_.begin(), scores_.end(), score);
    auto const k = static_cast<std::size_t>(above - scores_.begin());
    if (k == scores_.size()) return probabilities_.back();
    if (k == 0 || scores_[k] == score) return probabilities_[k];
    double const part = (score - scores_[k - 1]) / (scores_[k] - scores_[k - 1]);
    return probabilities_[k - 1] + part * (probabilities_[k] - probabilities_[k - 1]);
}

void isotonic_calibration::probability(std::span<double const> scores, std::span<double> out) const noexcept {
    for (std::size_t i = 0; i < scores.size(); ++i)
        out[i] = probability(scores[i]);
}

isotonic_calibration fit_isotonic_calibration(std::span<double const> scores, std::span<std::uint8_t const> outcomes,
                                              score_direction direction) {
    issue_list issues;
    check(scores, outcomes, issues);
    issues.throw_if_errors();
    std::vector<double> at;
    std::vector<double> probabilities;
    for (pool const& p : pools_of(scores, outcomes, direction == score_direction::rising)) {
        at.push_back(p.first);
        probabilities.push_back(p.mean());
        if (p.last == p.first) continue;
        at.push_back(p.last);
        probabilities.push_back(p.mean());
    }
    return {std::move(at), std::move(probabilities)};
}

std::string isotonic_calibration::to_json() const {
    boost::json::object out;
    out["scores"] = detail::numbers_of(scores_);
    out["probabilities"] = detail::numbers_of(probabilities_);
    return detail::write_model_document("isotonic_calibration", 1, std::move(out));
}

isotonic_calibration isotonic_calibration::from_json(std::string_view text) {
    auto const fields = detail::read_model_document(text, "isotonic_calibration", 1);
    issue_list issues;
    detail::model_reader in(fields, issues);
    auto scores = in.numbers("scores");
    auto probabilities = in.numbers("probabilities");
    issues.throw_if_errors();
    return {std::move(scores), std::move(probabilities)};
}

} // namespace v0
} // namespace segmenta
