// SPDX-License-Identifier: Apache-2.0
#include "model/repeat_document.hpp"

#include <segmenta/base/text.hpp>

#include <cmath>
#include <limits>
#include <string>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

identification state_of(std::string const& text, issue_list& issues) {
    for (auto const state :
         {identification::identified, identification::not_identified, identification::not_converged})
        if (text == to_string(state)) return state;
    issues.error("model.bad_field", "/diagnostics/state", "this is no state of a fit", quoted(text),
                 "identified, not_identified, not_converged", {});
    return identification::not_converged;
}

} // namespace

boost::json::object write_repeat_document(repeat_document const& document) {
    boost::json::object parameters;
    boost::json::object errors;
    for (auto const& p : document.parameters) {
        parameters[p.name] = number_or_null(p.value);
        errors[p.name] = number_or_null(p.standard_error);
    }
    fit_diagnostics const& d = document.diagnostics;
    boost::json::object diagnostics;
    diagnostics["state"] = to_string(d.state);
    diagnostics["gradient_norm"] = number_or_null(d.gradient_norm);
    diagnostics["condition_number"] = number_or_null(d.condition_number); // null: infinite
    diagnostics["evaluations"] = d.evaluations;
    diagnostics["remark"] = d.remark;
    boost::json::object out;
    out["time_unit"] = to_string(document.unit);
    out["parameters"] = std::move(parameters);
    out["standard_errors"] = std::move(errors);
    out["log_likelihood"] = number_or_null(d.log_likelihood);
    out["diagnostics"] = std::move(diagnostics);
    return out;
}

repeat_document read_repeat_document(boost::json::object const& fields, std::span<std::string_view const> names,
                                     issue_list& issues) {
    repeat_document out;
    model_reader reader(fields, issues);
    std::string const unit = reader.text("time_unit");
    auto const known = parse_model_time_unit(unit);
    if (known)
        out.unit = *known;
    else
        issues.error("model.bad_field", "/time_unit", "this is no unit of time", quoted(unit), "day, week, month, year",
                     {});
    if (auto const* const parameters = reader.object("parameters")) {
        model_reader values(*parameters, issues, "/parameters");
        for (auto const name : names)
            out.parameters.push_back({std::string(name), values.positive(name), nan});
    }
    auto const* const errors = reader.object("standard_errors");
    if (errors != nullptr && out.parameters.size() == names.size()) {
        model_reader values(*errors, issues, "/standard_errors");
        for (auto& p : out.parameters)
            p.standard_error = values.number(p.name);
    }
    fit_diagnostics& d = out.diagnostics;
    d.log_likelihood = reader.number("log_likelihood");
    if (auto const* const diagnostics = reader.object("diagnostics")) {
        model_reader values(*diagnostics, issues, "/diagnostics");
        d.state = state_of(values.text("state"), issues);
        d.gradient_norm = values.number("gradient_norm");
        d.condition_number = values.number("condition_number");
        if (std::isnan(d.condition_number)) d.condition_number = std::numeric_limits<double>::infinity();
        d.evaluations = values.count("evaluations");
        d.remark = values.text("remark");
    }
    return out;
}

repeat_document given_parameters(model_time_unit unit, std::vector<parameter_estimate> parameters) {
    issue_list issues;
    for (auto& p : parameters) {
        p.standard_error = nan;
        if (p.value > 0 && std::isfinite(p.value)) continue;
        issues.error("clv.bad_parameter", p.name, "this parameter is not above 0", std::to_string(p.value),
                     "a finite number above 0", {});
    }
    issues.throw_if_errors();
    repeat_document out{unit, std::move(parameters), {}};
    out.diagnostics.log_likelihood = nan;
    out.diagnostics.gradient_norm = nan;
    out.diagnostics.condition_number = std::numeric_limits<double>::infinity();
    out.diagnostics.remark = "the parameters were given, not fitted";
    return out;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
