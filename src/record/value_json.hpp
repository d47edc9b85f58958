// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_RECORD_VALUE_JSON_HPP
#define SEGMENTA_SRC_RECORD_VALUE_JSON_HPP

// One typed value as JSON, as plans and fitted plans hold it: true, 42, 1.5, "12.50" (decimals, digits kept),
// "2024-06-30", "2024-06-30T12:00:00Z", "text". Durations and sets have no such form.

#include <segmenta/record/value.hpp>

#include <boost/json/value.hpp>

#include <optional>
#include <string>

namespace segmenta {
inline namespace v0 {
namespace detail {

// The value; nothing when `from` is no value of the type, exactly. Text is kept in `memory`, which the value points
// into.
std::optional<value> value_from_json(boost::json::value const& from, type what, std::string& memory);
// What `value_from_json` reads back to an equal value. `v` is present.
boost::json::value value_to_json(value const& v);
// For messages: what `value_from_json` takes.
std::string json_form_of(type what);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
