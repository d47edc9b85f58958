// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_PLAN_SEGMENT_NAMES_HPP
#define SEGMENTA_PLAN_SEGMENT_NAMES_HPP

// Rules that compare a column of segments with a text that is none of them: such a comparison is never true.

#include <segmenta/error.hpp>
#include <segmenta/rule/expression.hpp>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Segment ids, with their scheme, by column.
using known_segments = std::map<std::string, std::vector<std::string>, std::less<>>;

// plan.unknown_segment: a warning for each text that stands beside such a column in ==, != or `in` and is no segment of
// it. Rules read ids without the scheme.
issue_list unknown_segments(expression const& rule, std::string_view place, std::string_view record,
                            known_segments const& known);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
