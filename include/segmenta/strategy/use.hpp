// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_STRATEGY_USE_HPP
#define SEGMENTA_STRATEGY_USE_HPP

/// \file
/// One use of a mechanism as a plan writes it, and the way there from the option structs of C++: `use_of(options)`
/// gives exactly what a plan file would say.

#include <segmenta/time/zone.hpp>

#include <string>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// One use of a mechanism, as a plan writes it.
struct strategy_use {
    std::string kind;               ///< `quantile_score`
    std::string scheme;             ///< prefix of the segment ids
    std::vector<std::string> reads; ///< names of columns; a kind with names of its own may accept none
    std::string parameters = "{}";  ///< the kind's own keys as JSON text, an object
    zone days_in;                   ///< the plan's zone
    std::string place;              ///< for issues; keys are appended: `plan.json:12 /columns/r` + `/bins`
};

/// A column of a plan that comes from a mechanism: its name and the use.
struct strategy_column {
    std::string name;
    strategy_use use;
};

struct quantile_score_options;
struct nested_score_options;
struct bands_options;
struct share_bands_options;
struct cell_map_options;
struct lookup_options;
struct weighted_score_options;
struct best_of_options;
struct stages_options;
struct level_stages_options;
struct leaving_reasons_options;

/// Parameters are written with all their values, defaults too.
[[nodiscard]] strategy_use use_of(quantile_score_options const& options);
[[nodiscard]] strategy_use use_of(nested_score_options const& options);
[[nodiscard]] strategy_use use_of(bands_options const& options);
[[nodiscard]] strategy_use use_of(share_bands_options const& options);
[[nodiscard]] strategy_use use_of(cell_map_options const& options);
[[nodiscard]] strategy_use use_of(lookup_options const& options);
[[nodiscard]] strategy_use use_of(weighted_score_options const& options);
[[nodiscard]] strategy_use use_of(best_of_options const& options);
[[nodiscard]] strategy_use use_of(stages_options const& options);
[[nodiscard]] strategy_use use_of(level_stages_options const& options);
[[nodiscard]] strategy_use use_of(leaving_reasons_options const& options);

} // namespace v0
} // namespace segmenta

#endif
