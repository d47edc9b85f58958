// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_PLAN_FEATURE_NEEDS_HPP
#define SEGMENTA_PLAN_FEATURE_NEEDS_HPP

// What a feature needs of its history, and whether it changes as time passes.

#include <segmenta/column/graph.hpp>
#include <segmenta/feature/feature.hpp>
#include <segmenta/record/schema.hpp>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Back to the first row unless something says how far; without fields. The periods of the request must have been
// checked.
history_need need_of(feature_request const& feature, history_schema const& rows);

// Whether it can change with no new row.
bool changes_with_time(feature_request const& feature) noexcept;

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
