// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_REFERENCE_DOCUMENT_HPP
#define SEGMENTA_MODEL_REFERENCE_DOCUMENT_HPP

// How a model's answers were distributed at the fit, beside the model in its document: the member "reference". Readers
// of the model alone pass over it.

#include <segmenta/evaluate/drift_monitor.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Features of a model's answers.
inline constexpr std::string_view score_feature = "score";
inline constexpr std::string_view segment_feature = "segment";

// The document with the reference; without one as it is. Throws what read_model_document throws.
[[nodiscard]] std::string with_reference(std::string_view document, std::optional<drift_reference> const& reference);

// Nothing when there is no such member. Throws issue_error: codes of drift_reference.
[[nodiscard]] std::optional<drift_reference> reference_of(boost::json::object const& document);

// Throws as well `drift.bad_field` for a reference of something else than a model's answers.
[[nodiscard]] drift_reference read_reference(boost::json::value const& value);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
