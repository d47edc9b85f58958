// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_CLI_SUMMARY_HPP
#define SEGMENTA_SRC_CLI_SUMMARY_HPP

// Numbers about a run: counts per segment, sums, data quality; as summary.json and as tables on a screen.

#include "cli/drift_summary.hpp"

#include <segmenta/ingest/ingest.hpp>
#include <segmenta/segmenter/segmenter.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace segmenta::cli {

/// The whole of summary.json; `drift` of the outputs of models. Depends on plan, data and as_of only, not on the order
/// of rows or on threads.
[[nodiscard]] std::string summary_json(segmenter const& with, fitted_plan const& fitted, ingest_result const& read,
                                       batch_result const& result, instant as_of,
                                       std::vector<watched_column> const& drift);

/// Tables for people: segments with counts and shares, then what did not count and why.
[[nodiscard]] std::string summary_text(segmenter const& with, ingest_result const& read, batch_result const& result,
                                       std::vector<watched_column> const& drift, std::string_view locale);

} // namespace segmenta::cli

#endif
