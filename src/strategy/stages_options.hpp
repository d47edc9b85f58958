// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_STRATEGY_STAGES_OPTIONS_HPP
#define SEGMENTA_STRATEGY_STAGES_OPTIONS_HPP

#include <segmenta/error.hpp>
#include <segmenta/strategy/stages.hpp>
#include <segmenta/strategy/use.hpp>

#include <boost/json/object.hpp>

#include <optional>
#include <string_view>

namespace segmenta {
inline namespace v0 {
namespace detail {

std::optional<stages_options> parse_stages(strategy_use const& use, issue_list& issues);
boost::json::object parameters_of(stages_options const& options);
void check_options(stages_options const& options, std::string_view place, issue_list& issues);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
