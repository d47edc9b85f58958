// SPDX-License-Identifier: Apache-2.0
#include "model/fit_document.hpp"

#include <segmenta/base/text.hpp>

#include <cmath>
#include <limits>
#include <optional>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr identification states[] = {identification::identified, identification::not_identified,
                                     identification::not_converged};

identification read_state(model_reader& in, issue_list& issues) {
    auto const text = in.text("state");
    for (auto const state : states)
        if (text == to_string(state)) return state;
    issues.error("model.bad_field", "model /diagnostics/state", "this is no state of a fit", quoted(text),
                 "identified, not_identified or not_converged", {});
    return identification::not_converged;
}

fit_diagnostics read_diagnostics(model_reader& in, issue_list& issues) {
    fit_diagnostics out;
    auto const* const object = in.object("diagnostics");
    if (object == nullptr) return out;
    model_reader parts(*object, issues, "/diagnostics");
    out.state = read_state(parts, issues);
    out.gradient_norm = parts.number("gradient_norm");
    out.condition_number = parts.number("condition_number");
    // JSON has no infinity
    if (std::isnan(out.condition_number)) out.condition_number = std::numeric_limits<double>::infinity();
    out.evaluations = static_cast<std::size_t>(parts.count("evaluations"));
    out.remark = parts.text("remark");
    return out;
}

} // namespace

stored_fit given_parameters(std::span<std::string_view const> names, std::span<double const> values) {
    stored_fit out;
    for (std::size_t i = 0; i < names.size(); ++i)
        out.parameters.push_back({std::string(names[i]), values[i], std::numeric_limits<double>::quiet_NaN()});
    out.diagnostics.remark = "the parameters were given, not fitted";
    return out;
}

void check_positive(std::span<std::string_view const> names, std::span<double const> values, std::string_view model,
                    issue_list& issues) {
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (values[i] > 0 && std::isfinite(values[i])) continue;
        issues.error("clv.bad_parameter", std::string(model) + ' ' + std::string(names[i]),
                     "this parameter cannot be", std::to_string(values[i]), "a finite number above 0", {});
    }
}

void write_fit(boost::json::object& fields, stored_fit const& fit) {
    boost::json::object values;
    boost::json::object errors;
    for (auto const& p : fit.parameters) {
        values[p.name] = p.value;
        errors[p.name] = number_or_null(p.standard_error);
    }
    fields["parameters"] = std::move(values);
    fields["standard_errors"] = std::move(errors);
    fields["log_likelihood"] = number_or_null(fit.diagnostics.log_likelihood);
    boost::json::object state;
    state["state"] = to_string(fit.diagnostics.state);
    state["gradient_norm"] = number_or_null(fit.diagnostics.gradient_norm);
    state["condition_number"] = number_or_null(fit.diagnostics.condition_number);
    state["evaluations"] = fit.diagnostics.evaluations;
    state["remark"] = fit.diagnostics.remark;
    fields["diagnostics"] = std::move(state);
}

stored_fit read_fit(boost::json::object const& fields, std::span<std::string_view const> names, issue_list& issues) {
    stored_fit out;
    model_reader in(fields, issues);
    auto const* const values = in.object("parameters");
    auto const* const errors = in.object("standard_errors");
    if (values != nullptr && errors != nullptr) {
        model_reader value(*values, issues, "/parameters");
        model_reader error(*errors, issues, "/standard_errors");
        for (auto const name : names)
            out.parameters.push_back({std::string(name), value.positive(name), error.number(name)});
    }
    out.diagnostics = read_diagnostics(in, issues);
    out.diagnostics.log_likelihood = in.number("log_likelihood");
    return out;
}

model_time_unit read_time_unit(boost::json::object const& fields, issue_list& issues) {
    model_reader in(fields, issues);
    auto const text = in.text("time_unit");
    auto const unit = parse_model_time_unit(text);
    if (unit) return *unit;
    issues.error("model.bad_field", "model /time_unit", "this is no unit of time", quoted(text),
                 "day, week, month or year", {});
    return model_time_unit::week;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
