// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_FIT_DOCUMENT_HPP
#define SEGMENTA_MODEL_FIT_DOCUMENT_HPP

// The members that the documents of all maximum-likelihood models share: parameters, standard_errors, log_likelihood,
// diagnostics.

#include "model/model_document.hpp"

#include <segmenta/model/fit_diagnostics.hpp>
#include <segmenta/model/purchase_summary.hpp>

#include <span>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

struct stored_fit {
    std::vector<parameter_estimate> parameters;
    fit_diagnostics diagnostics;
};

// What a model made from given parameters says of itself.
stored_fit given_parameters(std::span<std::string_view const> names, std::span<double const> values);

// Collects `clv.bad_parameter` for each value that is not finite and above 0.
void check_positive(std::span<std::string_view const> names, std::span<double const> values, std::string_view model,
                    issue_list& issues);

void write_fit(boost::json::object& fields, stored_fit const& fit);
// Collects `model.bad_field`; parameters must be above 0.
stored_fit read_fit(boost::json::object const& fields, std::span<std::string_view const> names, issue_list& issues);
// The member `time_unit`.
model_time_unit read_time_unit(boost::json::object const& fields, issue_list& issues);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
