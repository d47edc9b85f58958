// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_REPEAT_DOCUMENT_HPP
#define SEGMENTA_MODEL_REPEAT_DOCUMENT_HPP

// The JSON that fitted models of repeat buying share: unit, parameters, standard errors, diagnostics.

#include "model/model_document.hpp"

#include <segmenta/model/fit_diagnostics.hpp>
#include <segmenta/model/purchase_summary.hpp>

#include <boost/json/object.hpp>

#include <span>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

struct repeat_document {
    model_time_unit unit = model_time_unit::week;
    std::vector<parameter_estimate> parameters;
    fit_diagnostics diagnostics;
};

boost::json::object write_repeat_document(repeat_document const& document);
// Adds an issue for each member that is absent or wrong.
repeat_document read_repeat_document(boost::json::object const& fields, std::span<std::string_view const> names,
                                     issue_list& issues);

// Parameters that somebody gave. Throws `clv.bad_parameter` for all that are not finite and above 0.
repeat_document given_parameters(model_time_unit unit, std::vector<parameter_estimate> parameters);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
