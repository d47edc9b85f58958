// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_CLI_DRIFT_SUMMARY_HPP
#define SEGMENTA_SRC_CLI_DRIFT_SUMMARY_HPP

// Whether the customers of a run are those its models were fitted on; as part of summary.json and for the screen.

#include <segmenta/model/model_drift.hpp>
#include <segmenta/segmenter/segmenter.hpp>

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <vector>

namespace segmenta::cli {

/// One output of a plan that comes from a model.
struct watched_column {
    std::string name;
    drift_watch const* watch = nullptr; ///< lives as long as the segmenter
    bool fitted_now = false;            ///< the reference are these very customers
    std::optional<drift_report_row> now; ///< nothing: there is no reference of what the column holds
};

/// Of the outputs of models, in their order. `fitted_now`: this run fitted the plan.
[[nodiscard]] std::vector<watched_column> watch_drift(segmenter const& with, batch_result const& result,
                                                      bool fitted_now);

/// {"p_alive": {"reference": "fit", "customers": 1000, "index": 0.31, "by_chance": 0.01, "level": "drifted", ...}}
[[nodiscard]] boost::json::object drift_json(std::vector<watched_column> const& columns);

/// A table, and what to do; empty when there is nothing to compare and nothing to say.
[[nodiscard]] std::string drift_text(std::vector<watched_column> const& columns);

} // namespace segmenta::cli

#endif
