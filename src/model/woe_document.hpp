// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_WOE_DOCUMENT_HPP
#define SEGMENTA_MODEL_WOE_DOCUMENT_HPP

// A binning as members of a JSON object, alone in its document or one of many in that of a scorecard.

#include <segmenta/model/woe_binning.hpp>

#include <boost/json/object.hpp>

#include <string>

namespace segmenta {
inline namespace v0 {
namespace detail {

boost::json::object woe_fields(woe_binning const& binning);
// Throws issue_error (`model.bad_field`, and what the constructor of woe_binning says).
woe_binning read_woe_fields(boost::json::object const& fields, std::string const& pointer = {});

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
