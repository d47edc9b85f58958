// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/scorecard.hpp>

#include "base/indexed_place.hpp"
#include "model/model_document.hpp"
#include "model/woe_document.hpp"

#include <segmenta/base/text.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

constexpr std::string_view base_name(base_points base) noexcept { return base == base_points::own ? "own" : "shared"; }

void check_scale(scorecard_scale const& scale, issue_list& issues) {
    auto const bad = [&issues](std::string_view field, double seen, std::string allowed) {
        issues.error("scorecard.scale", "scorecard.scale." + std::string(field), "points cannot be given by this",
                     std::to_string(seen), std::move(allowed), {});
    };
    if (!std::isfinite(scale.points0)) bad("points0", scale.points0, "a finite number");
    if (!(std::isfinite(scale.odds0) && scale.odds0 > 0)) bad("odds0", scale.odds0, "above 0");
    if (!(std::isfinite(scale.pdo) && scale.pdo > 0)) bad("pdo", scale.pdo, "above 0");
}

void check_variables(std::vector<woe_binning> const& variables, issue_list& issues) {
    if (variables.empty()) issues.error("scorecard.variables", "scorecard", "a card needs a variable", {}, {}, {});
    for (std::size_t i = 0; i < variables.size(); ++i) {
        std::string const place = detail::indexed_place("scorecard.variables", i);
        for (std::size_t k = 0; k < i; ++k) {
            if (variables[k].name() != variables[i].name()) continue;
            issues.error("scorecard.variables", place, "this name is there twice", quoted(variables[i].name()), {}, {});
        }
        if (variables[i].settings().direction == variables[0].settings().direction) continue;
        issues.error("scorecard.variables", place, "weights of evidence of both signs in one card cannot be compared",
                     quoted(variables[i].name()), "the direction of the first variable", {});
    }
}

} // namespace

double scorecard_scale::factor() const noexcept { return pdo / std::numbers::ln2; }
double scorecard_scale::offset() const noexcept { return points0 + factor() * std::log(odds0); }

scorecard::scorecard(std::vector<woe_binning> variables, double intercept, std::vector<double> const& coefficients,
                     scorecard_scale scale)
    : intercept_(intercept), scale_(scale) {
    issue_list issues;
    check_scale(scale_, issues);
    check_variables(variables, issues);
    if (variables.size() != coefficients.size()) {
        issues.error("scorecard.variables", "scorecard", "there must be a coefficient for each variable",
                     std::to_string(coefficients.size()), std::to_string(variables.size()), {});
    }
    bool const finite =
        std::all_of(coefficients.begin(), coefficients.end(), [](double b) { return std::isfinite(b); });
    if (!finite || !std::isfinite(intercept))
        issues.error("scorecard.parameters", "scorecard", "a coefficient is not finite", {}, {}, {});
    issues.throw_if_errors();
    for (std::size_t i = 0; i < variables.size(); ++i)
        variables_.push_back({std::move(variables[i]), coefficients[i], {}});
    give_points();
    find_wrong_signs();
}

void scorecard::give_points() {
    double const factor = scale_.factor();
    auto const points = [this](double exact) { return scale_.whole_points ? std::round(exact) : exact; };
    double const base = scale_.offset() - factor * intercept_;
    bool const shared = scale_.base == base_points::shared;
    double const part = shared ? base / static_cast<double>(variables_.size()) : 0;
    base_ = shared ? 0 : points(base);
    for (scorecard_variable& v : variables_) {
        for (woe_bin const& bin : v.bins.table())
            v.points.push_back(points(part - factor * v.coefficient * bin.woe));
    }
}

void scorecard::find_wrong_signs() {
    for (scorecard_variable const& v : variables_) {
        bool const riskier_above = v.bins.settings().direction == woe_direction::events_over_non_events;
        bool const sound = riskier_above ? v.coefficient >= 0 : v.coefficient <= 0;
        if (sound) continue;
        warnings_.warning("scorecard.wrong_sign", v.bins.name(),
                          "the coefficient turns the weight of evidence around, so riskier bins get better points; its "
                          "information value is " +
                              std::to_string(v.bins.information_value()),
                          std::to_string(v.coefficient), riskier_above ? "0 or more" : "0 or less",
                          "Leave the variable out, or look for another that says the same");
    }
}

std::size_t scorecard::bin_of(woe_binning const& bins, scorecard_value const& value) noexcept {
    if (auto const* const number = std::get_if<double>(&value)) return bins.bin_of(*number);
    return bins.bin_of(*std::get_if<std::string_view>(&value));
}

double scorecard::score(std::span<scorecard_value const> customer) const noexcept {
    double out = base_;
    for (std::size_t i = 0; i < variables_.size(); ++i)
        out += variables_[i].points[bin_of(variables_[i].bins, customer[i])];
    return out;
}

void scorecard::score(std::span<scorecard_column const> columns, std::span<double> out) const noexcept {
    std::fill(out.begin(), out.end(), base_);
    for (std::size_t i = 0; i < variables_.size(); ++i) {
        scorecard_variable const& v = variables_[i];
        scorecard_column const& column = columns[i];
        if (column.texts.empty()) {
            for (std::size_t row = 0; row < out.size(); ++row)
                out[row] += v.points[v.bins.bin_of(column.numbers[row])];
        } else {
            for (std::size_t row = 0; row < out.size(); ++row)
                out[row] += v.points[v.bins.bin_of(column.texts[row])];
        }
    }
}

double scorecard::probability(std::span<scorecard_value const> customer) const noexcept {
    double odds = intercept_;
    for (std::size_t i = 0; i < variables_.size(); ++i) {
        woe_binning const& bins = variables_[i].bins;
        odds += variables_[i].coefficient * bins.table()[bin_of(bins, customer[i])].woe;
    }
    return logistic_function(odds);
}

double scorecard::probability_at(double score) const noexcept {
    return logistic_function((scale_.offset() - score) / scale_.factor());
}

// Of bins that had rows.
double scorecard_variable::best_points() const noexcept {
    double best = -std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (bins.table()[i].counts.rows() > 0) best = std::max(best, points[i]);
    }
    return best;
}

double scorecard::best_score() const noexcept {
    double out = base_;
    for (scorecard_variable const& v : variables_)
        out += v.best_points();
    return out;
}

std::vector<score_reason> scorecard::reasons(std::span<scorecard_value const> customer) const {
    std::vector<score_reason> out;
    for (std::size_t i = 0; i < variables_.size(); ++i) {
        scorecard_variable const& v = variables_[i];
        std::size_t const bin = bin_of(v.bins, customer[i]);
        out.push_back({v.bins.name(), v.bins.table()[bin].label, v.points[bin], v.best_points() - v.points[bin]});
    }
    std::stable_sort(out.begin(), out.end(),
                     [](score_reason const& a, score_reason const& b) { return a.shortfall > b.shortfall; });
    return out;
}

std::string scorecard::to_json() const {
    boost::json::object out;
    boost::json::array list;
    for (scorecard_variable const& v : variables_) {
        auto fields = detail::woe_fields(v.bins);
        fields["coefficient"] = v.coefficient;
        list.push_back(std::move(fields));
    }
    out["variables"] = std::move(list);
    out["intercept"] = intercept_;
    out["points0"] = scale_.points0;
    out["odds0"] = scale_.odds0;
    out["pdo"] = scale_.pdo;
    out["base"] = base_name(scale_.base);
    out["whole_points"] = scale_.whole_points;
    return detail::write_model_document("scorecard", 1, std::move(out));
}

scorecard scorecard::from_json(std::string_view text) {
    auto const fields = detail::read_model_document(text, "scorecard", 1);
    issue_list issues;
    detail::model_reader in(fields, issues);
    scorecard_scale scale;
    double const intercept = in.number("intercept");
    scale.points0 = in.number("points0");
    scale.odds0 = in.number("odds0");
    scale.pdo = in.number("pdo");
    scale.whole_points = in.flag("whole_points");
    std::string const base = in.text("base");
    if (base != "own" && base != "shared") {
        issues.error("model.bad_field", "model /base", "this member of the model cannot be read", quoted(base),
                     "own, shared", {});
    }
    scale.base = base == "shared" ? base_points::shared : base_points::own;
    std::vector<woe_binning> variables;
    std::vector<double> coefficients;
    if (auto const* const list = in.array("variables")) {
        for (std::size_t i = 0; i < list->size(); ++i) {
            std::string const pointer = detail::pointer_append("/variables", i);
            boost::json::object const wrapped{{"variable", (*list)[i]}};
            auto const* const object = detail::model_reader(wrapped, issues, pointer).object("variable");
            if (object == nullptr) continue;
            coefficients.push_back(detail::model_reader(*object, issues, pointer).number("coefficient"));
            variables.push_back(detail::read_woe_fields(*object, pointer));
        }
    }
    issues.throw_if_errors();
    return {std::move(variables), intercept, coefficients, scale};
}

scorecard fit_scorecard(std::span<scorecard_column const> columns, std::span<std::uint8_t const> events,
                        scorecard_options const& options) {
    if (columns.size() != options.variables.size()) {
        throw issue_error("scorecard.variables", "scorecard", "there must be options for each column",
                          std::to_string(options.variables.size()), std::to_string(columns.size()));
    }
    issue_list issues;
    std::vector<woe_binning> variables;
    std::vector<std::vector<double>> weights;
    logistic_options regression = options.regression;
    regression.names.clear();
    for (std::size_t i = 0; i < columns.size(); ++i) {
        scorecard_column const& column = columns[i];
        woe_options const& how = options.variables[i];
        regression.names.push_back(how.name);
        try {
            bool const texts = !column.texts.empty();
            variables.push_back(texts ? fit_woe_binning(column.texts, events, how)
                                      : fit_woe_binning(column.numbers, events, how));
            auto& out = weights.emplace_back(column.size());
            if (texts)
                variables.back().woe(column.texts, out);
            else
                variables.back().woe(column.numbers, out);
        } catch (issue_error const& e) {
            issues.append(e.issues());
        }
    }
    issues.throw_if_errors();
    check_variables(variables, issues);
    check_scale(options.scale, issues);
    issues.throw_if_errors();
    auto const model = fit_logistic(as_columns(weights), events, regression);
    auto const found = model.coefficients();
    return {std::move(variables), model.intercept(), {found.begin(), found.end()}, options.scale};
}

} // namespace v0
} // namespace segmenta
