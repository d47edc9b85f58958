// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/logistic.hpp>

#include "model/model_document.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();

identification state_of(std::string const& name, issue_list& issues) {
    for (auto const state :
         {identification::identified, identification::not_identified, identification::not_converged}) {
        if (to_string(state) == name) return state;
    }
    issues.error("model.bad_field", "model /diagnostics/state", "this member of the model cannot be read", name,
                 "identified, not_identified, not_converged", {});
    return identification::not_converged;
}

} // namespace

logistic::logistic(double intercept, std::vector<double> coefficients, std::vector<std::string> names)
    : intercept_(intercept), coefficients_(std::move(coefficients)), names_(std::move(names)),
      null_deviance_(nan_value) {
    auto const finite = [](double v) { return std::isfinite(v); };
    if (!finite(intercept_) || !std::all_of(coefficients_.begin(), coefficients_.end(), finite))
        throw issue_error("logistic.parameters", "logistic", "a coefficient is not finite", {}, "finite numbers", {});
    if (names_.empty()) {
        for (std::size_t j = 0; j < coefficients_.size(); ++j)
            names_.push_back('x' + std::to_string(j));
    }
    if (names_.size() != coefficients_.size()) {
        throw issue_error("logistic.parameters", "logistic.names", "there must be a name for each coefficient",
                          std::to_string(names_.size()), std::to_string(coefficients_.size()), {});
    }
    parameters_.push_back({"intercept", intercept_, nan_value});
    for (std::size_t j = 0; j < coefficients_.size(); ++j)
        parameters_.push_back({names_[j], coefficients_[j], nan_value});
    diagnostics_.log_likelihood = nan_value;
    diagnostics_.gradient_norm = nan_value;
    diagnostics_.condition_number = nan_value;
    diagnostics_.remark = "given, not fitted";
}

std::vector<wald_test> logistic::wald() const {
    std::vector<wald_test> out;
    for (parameter_estimate const& p : parameters_) {
        double const z = p.value / p.standard_error;
        out.push_back({p.name, z, std::erfc(std::abs(z) / std::sqrt(2.0))});
    }
    return out;
}

double logistic::aic() const noexcept {
    auto const used = std::count_if(parameters_.begin(), parameters_.end(), [](auto const& p) { return p.value != 0; });
    return deviance() + 2 * static_cast<double>(used);
}

double logistic_function(double log_odds) noexcept {
    double const e = std::exp(-std::abs(log_odds));
    return log_odds < 0 ? e / (1 + e) : 1 / (1 + e);
}

double logistic::log_odds(std::span<double const> features) const noexcept {
    double out = intercept_;
    for (std::size_t j = 0; j < coefficients_.size(); ++j)
        out += coefficients_[j] * features[j];
    return out;
}

double logistic::probability(std::span<double const> features) const noexcept {
    return logistic_function(log_odds(features));
}

void logistic::log_odds(number_columns columns, std::span<double> out) const noexcept {
    // By blocks that stay in the first cache; the sum of a row is that of the other form, term by term.
    constexpr std::size_t block = 1024;
    for (std::size_t first = 0; first < out.size(); first += block) {
        auto const part = out.subspan(first, std::min(block, out.size() - first));
        std::fill(part.begin(), part.end(), intercept_);
        for (std::size_t j = 0; j < coefficients_.size(); ++j) {
            double const* const x = columns[j].data() + first;
            for (std::size_t i = 0; i < part.size(); ++i)
                part[i] += coefficients_[j] * x[i];
        }
    }
}

void logistic::probability(number_columns columns, std::span<double> out) const noexcept {
    log_odds(columns, out);
    for (double& v : out)
        v = logistic_function(v);
}

std::string logistic::to_json() const {
    boost::json::object out;
    boost::json::array list;
    for (parameter_estimate const& p : parameters_) {
        list.push_back(boost::json::object{
            {"name", p.name}, {"value", p.value}, {"standard_error", detail::number_or_null(p.standard_error)}});
    }
    out["has_intercept"] = parameters_.size() > coefficients_.size();
    out["parameters"] = std::move(list);
    out["log_likelihood"] = detail::number_or_null(diagnostics_.log_likelihood);
    out["null_deviance"] = detail::number_or_null(null_deviance_);
    out["diagnostics"] =
        boost::json::object{{"state", to_string(diagnostics_.state)},
                            {"gradient_norm", detail::number_or_null(diagnostics_.gradient_norm)},
                            {"condition_number", detail::number_or_null(diagnostics_.condition_number)},
                            {"evaluations", diagnostics_.evaluations},
                            {"remark", diagnostics_.remark}};
    return detail::write_model_document("logistic", 1, std::move(out));
}

logistic logistic::from_json(std::string_view text) {
    auto const fields = detail::read_model_document(text, "logistic", 1);
    issue_list issues;
    detail::model_reader in(fields, issues);
    bool const has_intercept = in.flag("has_intercept");
    std::vector<parameter_estimate> parameters;
    if (auto const* const list = in.array("parameters")) {
        for (boost::json::value const& entry : *list) {
            boost::json::object const wrapped{{"parameter", entry}};
            auto const* const object = detail::model_reader(wrapped, issues, "/parameters").object("parameter");
            if (object == nullptr) continue;
            detail::model_reader one(*object, issues, "/parameters");
            parameters.push_back({one.text("name"), one.number("value"), one.number("standard_error")});
        }
    }
    double const log_likelihood = in.number("log_likelihood");
    double const null_deviance = in.number("null_deviance");
    fit_diagnostics diagnostics;
    if (auto const* const object = in.object("diagnostics")) {
        detail::model_reader one(*object, issues, "/diagnostics");
        diagnostics.state = state_of(one.text("state"), issues);
        diagnostics.gradient_norm = one.number("gradient_norm");
        diagnostics.condition_number = one.number("condition_number");
        diagnostics.evaluations = one.count("evaluations");
        diagnostics.remark = one.text("remark");
    }
    diagnostics.log_likelihood = log_likelihood;
    if (diagnostics.state == identification::not_identified) {
        // JSON has no infinity, and these two are never NaN then.
        double const infinity = std::numeric_limits<double>::infinity();
        if (std::isnan(diagnostics.condition_number)) diagnostics.condition_number = infinity;
        if (std::isnan(diagnostics.gradient_norm)) diagnostics.gradient_norm = infinity;
    }
    if (has_intercept && parameters.empty())
        issues.error("model.bad_field", "model /parameters", "the intercept is absent", {}, {}, {});
    issues.throw_if_errors();

    std::vector<double> coefficients;
    std::vector<std::string> names;
    for (std::size_t i = has_intercept ? 1 : 0; i < parameters.size(); ++i) {
        coefficients.push_back(parameters[i].value);
        names.push_back(parameters[i].name);
    }
    logistic out(has_intercept ? parameters[0].value : 0, std::move(coefficients), std::move(names));
    out.parameters_ = std::move(parameters);
    out.diagnostics_ = std::move(diagnostics);
    out.null_deviance_ = null_deviance;
    return out;
}

} // namespace v0
} // namespace segmenta
