// SPDX-License-Identifier: Apache-2.0
#include "strategy/stages_options.hpp"

#include "base/json.hpp"
#include "strategy/kinds.hpp"
#include "strategy/object_reader.hpp"
#include "strategy/scheme.hpp"

#include <cmath>

namespace segmenta {
inline namespace v0 {

std::vector<std::string> stage_inputs(stages_options const& options) {
    std::vector<std::string> out{"as_of_day", "order_count", "last_order_day", "previous_order_day"};
    if (options.limits == stage_limits::own_gaps) out.insert(out.end(), {"gap_count", "gap_sum_days"});
    if (options.new_means == new_customer::newly_registered) out.emplace_back("registered_day");
    if (options.drop != frequency_drop::ignore) out.insert(out.end(), {"first_order_day", "recent_order_count"});
    return out;
}

namespace detail {
namespace {

std::string limit_text(double v) {
    bool const whole = v == std::trunc(v) && std::abs(v) < 1e15;
    return whole              ? std::to_string(static_cast<std::int64_t>(v))
           : std::isfinite(v) ? detail::format_double(v)
                              : "no number";
}

constexpr std::string_view own_kind = "stages";
constexpr std::int64_t longest_days = 100'000;

const std::initializer_list<object_reader::named<stage_limits>> limit_names{{"fixed", stage_limits::fixed},
                                                                            {"own_gaps", stage_limits::own_gaps}};
const std::initializer_list<object_reader::named<new_customer>> new_names{
    {"first_time_buyer", new_customer::first_time_buyer}, {"newly_registered", new_customer::newly_registered}};
const std::initializer_list<object_reader::named<frequency_drop>> drop_names{
    {"ignore", frequency_drop::ignore}, {"own_stage", frequency_drop::own_stage}, {"as_lost", frequency_drop::as_lost}};

} // namespace

void check_options(stages_options const& options, std::string_view place, issue_list& issues) {
    std::string const where(place);
    auto const inputs = stage_inputs(options);
    if (!is_local_id(options.id))
        issues.error("stages.scheme", where, "the name of the scheme cannot be part of an id", options.id,
                     "ASCII letters, digits, _ and -");
    if (!options.reads.empty() && options.reads.size() != inputs.size()) {
        std::string names;
        for (auto const& name : inputs)
            names += (names.empty() ? "" : ", ") + name;
        issues.error("stages.reads", where, "stages with these options read other columns",
                     std::to_string(options.reads.size()) + " columns", std::to_string(inputs.size()) + ": " + names,
                     "Name them in this order, or leave `of` out and give the columns these names");
    }
    auto const ascending = [&](double low, double middle, std::optional<double> high, std::string_view names) {
        bool const good = std::isfinite(low) && std::isfinite(middle) && low >= 0 && middle > low &&
                          (!high || (std::isfinite(*high) && *high > middle));
        if (!good)
            issues.error("stages.limits", where, "the limits of silence must ascend",
                         limit_text(low) + ", " + limit_text(middle) + (high ? ", " + limit_text(*high) : ""),
                         std::string(names));
    };
    if (options.limits == stage_limits::fixed)
        ascending(options.active_days, options.silent_days,
                  options.dead_days ? std::optional<double>(*options.dead_days) : std::nullopt,
                  "0 <= active_days < silent_days < dead_days");
    else
        ascending(options.active_gaps, options.silent_gaps, options.dead_gaps,
                  "0 <= active_gaps < silent_gaps < dead_gaps");
    auto const at_least = [&](std::int64_t value, std::int64_t low, std::string_view key) {
        if (value < low || value > longest_days)
            issues.error("stages.value", where + "/" + std::string(key),
                         "`" + std::string(key) + "` cannot have this value", std::to_string(value),
                         std::to_string(low) + " to " + std::to_string(longest_days));
    };
    at_least(options.minimum_gaps, 1, "minimum_gaps");
    at_least(options.least_days, 0, "least_days");
    at_least(options.new_days, 0, "new_days");
    at_least(options.reactivated_days, 0, "reactivated_days");
    at_least(options.recent_days, 1, "recent_days");
    at_least(options.earlier_orders, 1, "earlier_orders");
    at_least(options.earlier_days, 1, "earlier_days");
    at_least(options.active_days, 0, "active_days");
    at_least(options.silent_days, 0, "silent_days");
    if (options.dead_days) at_least(*options.dead_days, 0, "dead_days");
    if (!(options.drop_ratio > 0 && options.drop_ratio < 1))
        issues.error("stages.value", where + "/drop_ratio", "a collapse is a part of the rate before",
                     std::to_string(options.drop_ratio), "between 0 and 1");
}

std::optional<stages_options> parse_stages(strategy_use const& use, issue_list& issues) {
    auto const object = parameters_of(use, issues);
    if (!object) return std::nullopt;
    issue_list found;
    object_reader reader(*object, own_kind, use.place, found);
    stages_options out;
    out.id = use.scheme;
    out.reads = use.reads;
    out.days_in = use.days_in;
    reader.read_choice("limits", out.limits, limit_names);
    if (out.limits == stage_limits::fixed) {
        reader.read_whole("active_days", out.active_days, 0, longest_days);
        reader.read_whole("silent_days", out.silent_days, 0, longest_days);
        reader.read_whole("dead_days", out.dead_days, 0, longest_days);
        for (auto const* key : {"active_gaps", "silent_gaps", "dead_gaps", "minimum_gaps", "least_days"})
            reader.refuse(key, "with fixed limits");
    } else {
        reader.read("active_gaps", out.active_gaps);
        reader.read("silent_gaps", out.silent_gaps);
        reader.read("dead_gaps", out.dead_gaps);
        reader.read_whole("minimum_gaps", out.minimum_gaps, 1, longest_days);
        reader.read_whole("least_days", out.least_days, 0, longest_days);
        for (auto const* key : {"active_days", "silent_days", "dead_days"})
            reader.refuse(key, "with limits of own gaps");
    }
    reader.read_choice("new_means", out.new_means, new_names);
    reader.read_whole("new_days", out.new_days, 0, longest_days);
    reader.read_whole("reactivated_days", out.reactivated_days, 0, longest_days);
    reader.read_choice("drop", out.drop, drop_names);
    if (out.drop == frequency_drop::ignore) {
        for (auto const* key : {"recent_days", "drop_ratio", "earlier_orders", "earlier_days"})
            reader.refuse(key, "while drops of frequency are ignored");
    } else {
        reader.read_whole("recent_days", out.recent_days, 1, longest_days);
        reader.read("drop_ratio", out.drop_ratio);
        reader.read_whole("earlier_orders", out.earlier_orders, 1, longest_days);
        reader.read_whole("earlier_days", out.earlier_days, 1, longest_days);
    }
    reader.finish();
    if (!found.has_errors()) check_options(out, use.place, found);
    issues.append(found);
    if (found.has_errors()) return std::nullopt;
    return out;
}

boost::json::object parameters_of(stages_options const& options) {
    boost::json::object out;
    out["limits"] = name_of(options.limits, limit_names);
    if (options.limits == stage_limits::fixed) {
        out["active_days"] = options.active_days;
        out["silent_days"] = options.silent_days;
        if (options.dead_days) out["dead_days"] = *options.dead_days;
    } else {
        out["active_gaps"] = options.active_gaps;
        out["silent_gaps"] = options.silent_gaps;
        if (options.dead_gaps) out["dead_gaps"] = *options.dead_gaps;
        out["minimum_gaps"] = options.minimum_gaps;
        out["least_days"] = options.least_days;
    }
    out["new_means"] = name_of(options.new_means, new_names);
    out["new_days"] = options.new_days;
    out["reactivated_days"] = options.reactivated_days;
    out["drop"] = name_of(options.drop, drop_names);
    if (options.drop != frequency_drop::ignore) {
        out["recent_days"] = options.recent_days;
        out["drop_ratio"] = options.drop_ratio;
        out["earlier_orders"] = options.earlier_orders;
        out["earlier_days"] = options.earlier_days;
    }
    return out;
}

} // namespace detail

strategy_use use_of(stages_options const& options) {
    auto out = detail::make_use(detail::own_kind, options.id, options.reads, detail::parameters_of(options));
    out.days_in = options.days_in;
    return out;
}

} // namespace v0
} // namespace segmenta
