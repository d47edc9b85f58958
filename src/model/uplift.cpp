// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/uplift.hpp>

#include "base/indexed_place.hpp"
#include "model/model_document.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace {

void check_arms(number_columns columns, std::span<std::uint8_t const> outcomes, std::span<std::uint8_t const> treated,
                logistic_options const& options, issue_list& issues) {
    std::size_t const rows = row_count(columns);
    auto const even = [&](std::string_view place, std::size_t size) {
        if (size == rows) return;
        issues.error("uplift.ragged", std::string(place), "there must be one for each row", std::to_string(size),
                     std::to_string(rows), {});
    };
    even("outcomes", outcomes.size());
    even("treated", treated.size());
    if (!options.weights.empty()) even("weights", options.weights.size());
    auto const bad = std::find_if(treated.begin(), treated.end(), [](std::uint8_t t) { return t > 1; });
    if (bad != treated.end()) {
        issues.error("uplift.treatment",
                     detail::indexed_place("treated", static_cast<std::size_t>(bad - treated.begin())),
                     "a customer is treated or not", std::to_string(*bad), "0 or 1", {});
        return;
    }
    auto const ones = std::count(treated.begin(), treated.end(), std::uint8_t{1});
    if (treated.empty() || (ones > 0 && ones < std::ssize(treated))) return;
    issues.error("uplift.one_arm", "treated", "without customers of both kinds there is nothing to compare",
                 ones > 0 ? "all are treated" : "nobody is treated", "both", {});
}

// The rows of one arm.
struct arm {
    std::vector<std::vector<double>> columns;
    std::vector<std::uint8_t> outcomes;
    std::vector<double> weights;
};

arm rows_of(number_columns columns, std::span<std::uint8_t const> outcomes, std::span<std::uint8_t const> treated,
            std::span<double const> weights, std::uint8_t wanted) {
    arm out;
    out.columns.resize(columns.size());
    for (std::size_t i = 0; i < treated.size(); ++i) {
        if (treated[i] != wanted) continue;
        for (std::size_t j = 0; j < columns.size(); ++j)
            out.columns[j].push_back(columns[j][i]);
        out.outcomes.push_back(outcomes[i]);
        if (!weights.empty()) out.weights.push_back(weights[i]);
    }
    return out;
}

// Collects what is wrong with either arm before anything is thrown.
std::vector<logistic> fit_arm(arm const& rows, logistic_options options, std::string const& name, issue_list& issues) {
    options.weights = rows.weights;
    try {
        return {fit_logistic(as_columns(rows.columns), rows.outcomes, options)};
    } catch (issue_error const& e) {
        for (issue told : e.issues()) {
            told.place = name + ' ' + told.place;
            issues.add(std::move(told));
        }
        return {};
    }
}

} // namespace

// --- T-learner ------------------------------------------------------------------------------------------------------

t_learner::t_learner(logistic treated, logistic control) : treated_(std::move(treated)), control_(std::move(control)) {
    if (treated_.names() == control_.names()) return;
    throw issue_error("uplift.models", "t_learner", "both models must have the same features",
                      std::to_string(control_.coefficients().size()), std::to_string(treated_.coefficients().size()));
}

double t_learner::probability_if_treated(std::span<double const> features) const noexcept {
    return treated_.probability(features);
}
double t_learner::probability_if_not(std::span<double const> features) const noexcept {
    return control_.probability(features);
}
double t_learner::uplift(std::span<double const> features) const noexcept {
    return probability_if_treated(features) - probability_if_not(features);
}

void t_learner::uplift(number_columns columns, std::span<double> out) const noexcept {
    control_.probability(columns, out);
    constexpr std::size_t block = 1024;
    double with[block];
    std::size_t const features = columns.size();
    for (std::size_t first = 0; first < out.size(); first += block) {
        std::size_t const size = std::min(block, out.size() - first);
        std::fill_n(with, size, treated_.intercept());
        for (std::size_t j = 0; j < features; ++j) {
            for (std::size_t i = 0; i < size; ++i)
                with[i] += treated_.coefficients()[j] * columns[j][first + i];
        }
        for (std::size_t i = 0; i < size; ++i)
            out[first + i] = logistic_function(with[i]) - out[first + i];
    }
}

std::string t_learner::to_json() const {
    boost::json::object out;
    out["treated"] = treated_.to_json();
    out["control"] = control_.to_json();
    return detail::write_model_document("t_learner", 1, std::move(out));
}

t_learner t_learner::from_json(std::string_view text) {
    auto const fields = detail::read_model_document(text, "t_learner", 1);
    issue_list issues;
    detail::model_reader in(fields, issues);
    std::string const treated = in.text("treated");
    std::string const control = in.text("control");
    issues.throw_if_errors();
    return {logistic::from_json(treated), logistic::from_json(control)};
}

t_learner fit_t_learner(number_columns columns, std::span<std::uint8_t const> outcomes,
                        std::span<std::uint8_t const> treated, logistic_options const& options) {
    issue_list issues;
    check_columns(columns, issues, "columns");
    check_arms(columns, outcomes, treated, options, issues);
    issues.throw_if_errors();
    auto with = fit_arm(rows_of(columns, outcomes, treated, options.weights, 1), options, "treated", issues);
    auto without = fit_arm(rows_of(columns, outcomes, treated, options.weights, 0), options, "control", issues);
    issues.throw_if_errors();
    return {std::move(with[0]), std::move(without[0])};
}

// --- S-learner ------------------------------------------------------------------------------------------------------

s_learner::s_learner(logistic model, std::size_t features) : model_(std::move(model)), features_(features) {
    std::size_t const seen = model_.coefficients().size();
    if (seen == features + 1 || seen == 2 * features + 1) return;
    throw issue_error("uplift.models", "s_learner", "the model has another number of coefficients",
                      std::to_string(seen), std::to_string(features + 1) + " or " + std::to_string(2 * features + 1));
}

double s_learner::log_odds(std::span<double const> features, bool treated) const noexcept {
    auto const b = model_.coefficients();
    double out = model_.intercept();
    for (std::size_t j = 0; j < features_; ++j)
        out += b[j] * features[j];
    if (!treated) return out;
    out += b[features_];
    if (!has_products()) return out;
    for (std::size_t j = 0; j < features_; ++j)
        out += b[features_ + 1 + j] * features[j];
    return out;
}

double s_learner::probability_if_treated(std::span<double const> features) const noexcept {
    return logistic_function(log_odds(features, true));
}
double s_learner::probability_if_not(std::span<double const> features) const noexcept {
    return logistic_function(log_odds(features, false));
}
double s_learner::uplift(std::span<double const> features) const noexcept {
    return probability_if_treated(features) - probability_if_not(features);
}

void s_learner::uplift(number_columns columns, std::span<double> out) const noexcept {
    constexpr std::size_t block = 1024;
    double with[block];
    double without[block];
    auto const b = model_.coefficients();
    for (std::size_t first = 0; first < out.size(); first += block) {
        std::size_t const size = std::min(block, out.size() - first);
        std::fill_n(without, size, model_.intercept());
        std::fill_n(with, size, b[features_]);
        for (std::size_t j = 0; j < features_; ++j) {
            double const product = has_products() ? b[features_ + 1 + j] : 0;
            for (std::size_t i = 0; i < size; ++i) {
                double const x = columns[j][first + i];
                without[i] += b[j] * x;
                with[i] += product * x;
            }
        }
        for (std::size_t i = 0; i < size; ++i)
            out[first + i] = logistic_function(without[i] + with[i]) - logistic_function(without[i]);
    }
}

std::string s_learner::to_json() const {
    boost::json::object out;
    out["features"] = features_;
    out["regression"] = model_.to_json();
    return detail::write_model_document("s_learner", 1, std::move(out));
}

s_learner s_learner::from_json(std::string_view text) {
    auto const fields = detail::read_model_document(text, "s_learner", 1);
    issue_list issues;
    detail::model_reader in(fields, issues);
    auto const features = in.count("features");
    std::string const model = in.text("regression");
    issues.throw_if_errors();
    return {logistic::from_json(model), features};
}

s_learner fit_s_learner(number_columns columns, std::span<std::uint8_t const> outcomes,
                        std::span<std::uint8_t const> treated, s_learner_options const& options) {
    issue_list issues;
    logistic_options regression = options.regression;
    check_columns(columns, issues, "columns");
    check_arms(columns, outcomes, treated, regression, issues);
    if (!regression.names.empty() && regression.names.size() != columns.size()) {
        issues.error("logistic.names", "names", "there must be a name for each column",
                     std::to_string(regression.names.size()), std::to_string(columns.size()), {});
    }
    issues.throw_if_errors();
    auto& names = regression.names;
    for (std::size_t j = names.size(); j < columns.size(); ++j)
        names.push_back('x' + std::to_string(j));
    std::vector<std::vector<double>> added{{treated.begin(), treated.end()}};
    names.emplace_back("treated");
    for (std::size_t j = 0; options.products && j < columns.size(); ++j) {
        names.push_back("treated x " + names[j]);
        auto& product = added.emplace_back(treated.size());
        for (std::size_t i = 0; i < treated.size(); ++i)
            product[i] = treated[i] != 0 ? columns[j][i] : 0;
    }
    std::vector<std::span<double const>> all(columns.begin(), columns.end());
    all.insert(all.end(), added.begin(), added.end());
    return {fit_logistic(all, outcomes, regression), columns.size()};
}

} // namespace v0
} // namespace segmenta
