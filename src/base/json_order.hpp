// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_BASE_JSON_ORDER_HPP
#define SEGMENTA_BASE_JSON_ORDER_HPP

// The order of members means nothing in JSON: what is compared or summed up by its text has them sorted first.

#include <boost/json/value.hpp>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Object keys in byte order at every level, so that equal contents have equal texts.
boost::json::value sorted_keys(boost::json::value const& value);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
