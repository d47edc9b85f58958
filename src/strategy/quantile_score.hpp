// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_STRATEGY_QUANTILE_SCORE_PRIVATE_HPP
#define SEGMENTA_STRATEGY_QUANTILE_SCORE_PRIVATE_HPP

#include "strategy/object_reader.hpp"

#include <segmenta/error.hpp>
#include <segmenta/strategy/quantile_score.hpp>
#include <segmenta/strategy/use.hpp>

#include <boost/json/object.hpp>

#include <optional>

namespace segmenta {
inline namespace v0 {
namespace detail {

/// The keys that quantile_score and nested_score share.
void read_quantile_keys(object_reader& reader, quantile_spec& spec);
void read_ties(object_reader& reader, tie_policy& ties);
void read_direction(object_reader& reader, std::string_view key, score_direction& direction);
void write_quantile_keys(boost::json::object& out, quantile_spec const& spec, tie_policy ties);
std::string_view direction_name(score_direction direction) noexcept;

/// Offsets move values; ranks have none.
void check_offset(std::string_view kind, quantile_spec const& spec, tie_policy ties, std::string_view place,
                  issue_list& issues);

std::optional<quantile_score_options> parse_quantile_score(strategy_use const& use, issue_list& issues);
boost::json::object parameters_of(quantile_score_options const& options);
void check_options(quantile_score_options const& options, std::string_view place, issue_list& issues);

/// Scores 1...bins that the options lead to.
std::size_t bins_of(quantile_score_options const& options) noexcept;

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
