// SPDX-License-Identifier: Apache-2.0
#include "cli/drift_summary.hpp"

#include "cli/screen.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace segmenta::cli {
namespace {

boost::json::object json_of(watched_column const& column) {
    boost::json::object out{{"reference", to_string(column.watch->source)}};
    if (column.fitted_now) {
        out["level"] = "fitted on these customers";
        return out;
    }
    if (!column.now || !column.now->index) {
        out["level"] = "not known";
        return out;
    }
    out["customers"] = column.now->customers;
    out["index"] = column.now->index->value;
    out["by_chance"] = column.now->by_chance;
    out["filled_bins"] = column.now->index->filled;
    out["level"] = to_string(*column.now->level);
    out["shifted_from"] = column.watch->thresholds.shifted;
    out["drifted_from"] = column.watch->thresholds.drifted;
    return out;
}

std::string since(drift_source source) {
    switch (source) {
    case drift_source::none: return "(no reference)";
    case drift_source::fit: return "the fit of the plan";
    case drift_source::document: return "the fit of the model";
    case drift_source::plan: return "the plan's reference";
    }
    return {};
}

} // namespace

std::vector<watched_column> watch_drift(segmenter const& with, batch_result const& result, bool fitted_now) {
    std::vector<watched_column> out;
    for (auto const& column : result.columns()) {
        auto const* const made = with.strategy_of(with.output(column.name));
        auto const* const watch = made == nullptr ? nullptr : drift_watch_of(*made);
        if (watch == nullptr) continue;
        watched_column one{column.name, watch, fitted_now && watch->source == drift_source::fit, std::nullopt};
        if (!one.fitted_now) one.now = drift_of(*made, column);
        out.push_back(std::move(one));
    }
    return out;
}

boost::json::object drift_json(std::vector<watched_column> const& columns) {
    boost::json::object out;
    for (auto const& column : columns)
        out[column.name] = json_of(column);
    return out;
}

std::string drift_text(std::vector<watched_column> const& columns) {
    text_table table({"model", "PSI", "by chance", "level", "compared with"});
    table.left_from(3);
    bool any = false;
    bool moved = false;
    bool unknown = false;
    for (auto const& column : columns) {
        if (column.fitted_now) continue;
        any = true;
        if (!column.now || !column.now->index) {
            unknown = true;
            table.row({column.name, "", "", "not known", since(column.watch->source)});
            continue;
        }
        moved = moved || *column.now->level != drift_level::stable;
        table.row({column.name, fmt::format("{:.4f}", column.now->index->value),
                   fmt::format("{:.4f}", column.now->by_chance), std::string(to_string(*column.now->level)),
                   since(column.watch->source)});
    }
    if (!any) return {};
    std::string out = table.text();
    if (moved) out += "  Customers are no longer those the model was fitted on: look into it, or fit again.\n";
    if (unknown)
        out += "  A model without a reference of what its column holds cannot tell whether customers have changed.\n";
    return out;
}

} // namespace segmenta::cli
