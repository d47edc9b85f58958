// SPDX-License-Identifier: Apache-2.0
#include <segmenta/strategy/level_stages.hpp>

#include "strategy/fitted.hpp"
#include "strategy/kinds.hpp"
#include "strategy/numbers.hpp"
#include "strategy/object_reader.hpp"
#include "strategy/scheme.hpp"

#include <segmenta/stats/quantile.hpp>

#include <algorithm>
#include <cmath>

namespace segmenta {
inline namespace v0 {

namespace {

constexpr std::string_view own_kind = "level_stages";
constexpr std::int64_t version = 1;
constexpr std::int64_t longest_days = 100'000;
constexpr std::array<std::string_view, 4> states{"active", "warning", "lost", "dead"};

bool needs_fit(level_stages_options const& o) {
    return std::any_of(o.levels.begin(), o.levels.end(), [](order_level const& l) { return !l.active_days; });
}

std::vector<std::string> locals_of(level_stages_options const& options) {
    std::vector<std::string> out{"potential"};
    for (auto const& l : options.levels)
        for (auto const state : states)
            out.push_back(l.id + "_" + std::string(state));
    return out;
}

void check_options(level_stages_options const& options, std::string_view place, issue_list& issues) {
    std::string const where(place);
    auto const reads = options.reads.empty() ? level_stage_inputs(options) : options.reads;
    detail::check_scheme(own_kind, options.id, reads, level_stage_inputs(options).size(), locals_of(options), place,
                         issues);
    if (options.levels.empty() || options.levels.size() > 15)
        issues.error("level_stages.levels", where + "/levels", "that many levels make no scheme",
                     std::to_string(options.levels.size()), "1 to 15");
    std::int64_t before = 0;
    for (std::size_t i = 0; i < options.levels.size(); ++i) {
        auto const& l = options.levels[i];
        std::string const level_place = where + "/levels/" + std::to_string(i) + " (" + l.id + ")";
        bool const last = i + 1 == options.levels.size();
        if (l.most_orders.has_value() == last)
            issues.error("level_stages.levels", level_place,
                         last ? "the last level has no greatest number of orders"
                              : "a level before the last needs `most_orders`");
        if (l.most_orders && *l.most_orders <= before)
            issues.error("level_stages.levels", level_place, "levels must ascend", std::to_string(*l.most_orders),
                         "more than " + std::to_string(before));
        if (l.most_orders) before = *l.most_orders;
        if (l.active_days.has_value() != l.warning_days.has_value())
            issues.error("level_stages.limits", level_place, "a level has both limits, or the fit finds both");
        if (l.active_days && l.warning_days && (*l.active_days < 0 || *l.warning_days < *l.active_days))
            issues.error("level_stages.limits", level_place, "limits must ascend",
                         std::to_string(*l.active_days) + ", " + std::to_string(*l.warning_days),
                         "0 <= active_days <= warning_days");
    }
    bool const quantiles = options.active_quantile > 0 && options.warning_quantile >= options.active_quantile &&
                           options.warning_quantile < 1;
    if (!quantiles)
        issues.error("level_stages.quantiles", where, "the quantiles must ascend between 0 and 1",
                     std::to_string(options.active_quantile) + ", " + std::to_string(options.warning_quantile));
    if (options.dead_days < 0 || options.dead_days > longest_days)
        issues.error("level_stages.limits", where + "/dead_days", "no such number of days",
                     std::to_string(options.dead_days), "0 to " + std::to_string(longest_days));
}

std::optional<level_stages_options> parse_level_stages(strategy_use const& use, issue_list& issues) {
    auto const object = detail::parameters_of(use, issues);
    if (!object) return std::nullopt;
    issue_list found;
    detail::object_reader reader(*object, own_kind, use.place, found);
    level_stages_options out;
    out.id = use.scheme;
    out.reads = use.reads;
    out.days_in = use.days_in;
    if (auto const* list = reader.find("levels")) {
        out.levels.clear();
        if (!list->is_array()) reader.bad_value("levels", *list, "a list of levels");
        std::size_t i = 0;
        if (list->is_array())
            for (auto const& element : list->get_array()) {
                std::string const place = reader.place_of("levels") + "/" + std::to_string(i++);
                if (!element.is_object()) {
                    found.error("level_stages.value", place, "a level is an object", detail::shown(element));
                    continue;
                }
                detail::object_reader inner(element.get_object(), own_kind, place, found);
                order_level level;
                inner.need("id");
                inner.read("id", level.id);
                inner.read_whole("most_orders", level.most_orders, 1, INT64_MAX);
                inner.read_whole("active_days", level.active_days, 0, longest_days);
                inner.read_whole("warning_days", level.warning_days, 0, longest_days);
                inner.finish();
                out.levels.push_back(std::move(level));
            }
    }
    if (!needs_fit(out)) {
        reader.refuse("active_quantile", "when all limits are given");
        reader.refuse("warning_quantile", "when all limits are given");
    } else {
        reader.read("active_quantile", out.active_quantile);
        reader.read("warning_quantile", out.warning_quantile);
    }
    reader.read_whole("dead_days", out.dead_days, 0, longest_days);
    reader.finish();
    if (!found.has_errors()) check_options(out, use.place, found);
    issues.append(found);
    if (found.has_errors()) return std::nullopt;
    return out;
}

boost::json::object parameters_of(level_stages_options const& options) {
    boost::json::array levels;
    for (auto const& l : options.levels) {
        boost::json::object one;
        one["id"] = l.id;
        if (l.most_orders) one["most_orders"] = *l.most_orders;
        if (l.active_days) one["active_days"] = *l.active_days;
        if (l.warning_days) one["warning_days"] = *l.warning_days;
        levels.push_back(std::move(one));
    }
    boost::json::object out;
    out["levels"] = std::move(levels);
    if (needs_fit(options)) {
        out["active_quantile"] = options.active_quantile;
        out["warning_quantile"] = options.warning_quantile;
    }
    out["dead_days"] = options.dead_days;
    return out;
}

bool fits(level_stages_options const& options, block const& rows) {
    std::size_t const columns = level_stage_inputs(options).size();
    if (rows.columns.size() != columns) return false;
    for (std::size_t i = 0; i < columns; ++i) {
        bool const whole = i == 1 || i >= 3;
        if (rows.columns[i].what.base != (whole ? kind::int64 : kind::date)) return false;
    }
    return true;
}

std::size_t level_of(std::span<order_level const> levels, std::int64_t orders) {
    std::size_t i = 0;
    while (i + 1 < levels.size() && orders > *levels[i].most_orders)
        ++i;
    return i;
}

std::int32_t days_at(std::vector<double> const& gaps, double p) {
    return static_cast<std::int32_t>(std::min<double>(longest_days, std::floor(quantile(gaps, p))));
}

} // namespace

std::vector<std::string> level_stage_inputs(level_stages_options const& options) {
    std::vector<std::string> out{"as_of_day", "order_count", "last_order_day"};
    if (needs_fit(options)) out.insert(out.end(), {"gap_count", "gap_sum_days"});
    return out;
}

struct level_stages::contents {
    detail::scheme names;
    level_stages_options options;
    std::vector<order_level> levels; ///< with all limits

    contents(level_stages_options given, std::vector<order_level> complete)
        : options(std::move(given)), levels(std::move(complete)) {
        names.set(options.id, options.reads.empty() ? level_stage_inputs(options) : options.reads, locals_of(options));
    }

    [[nodiscard]] assignment answer(block const& rows, std::size_t row) const noexcept {
        auto const& c = rows.columns;
        if (!c[0].is_present(row) || !c[1].is_present(row)) return no_answer(status::unknown);
        std::int64_t const orders = c[1].as<std::int64_t>()[row];
        if (orders < 0) return no_answer(status::error);
        assignment out;
        out.segment = 0;
        out.reason = 0;
        if (orders == 0) return out;
        if (!c[2].is_present(row)) return no_answer(status::unknown);
        std::int64_t const last = c[2].as<std::int32_t>()[row];
        std::int64_t const silence = c[0].as<std::int32_t>()[row] - last;
        if (silence < 0) return no_answer(status::error);
        std::size_t const l = level_of(levels, orders);
        std::array<std::int64_t, 3> const limits{*levels[l].active_days, *levels[l].warning_days, options.dead_days};
        std::size_t state = 3; // dead once the dead limit is passed, whatever the others say
        if (silence <= limits[2]) state = silence <= limits[0] ? 0 : silence <= limits[1] ? 1 : 2;
        out.segment = static_cast<std::uint16_t>(1 + 4 * l + state);
        out.reason = out.segment;
        out.score = static_cast<double>(silence);
        if (state < 3) {
            std::int64_t const limit = state == 2 ? limits[2] : std::min(limits[state], limits[2]);
            out.valid_until = options.days_in.start_of_day(civil_date{static_cast<std::int32_t>(last + limit + 1)});
        }
        return out;
    }
};

level_stages::level_stages(level_stages_options const& options) {
    issue_list issues;
    check_options(options, options.id, issues);
    if (needs_fit(options))
        issues.error("level_stages.fit", options.id, "some limits are not given", {}, "limits of all levels",
                     "Use fit");
    issues.throw_if_errors();
    contents_ = std::make_shared<contents const>(options, options.levels);
}

level_stages level_stages::fit(level_stages_options const& options, block const& everyone) {
    if (!needs_fit(options)) return level_stages(options);
    issue_list issues;
    check_options(options, options.id, issues);
    issues.throw_if_errors();
    if (!fits(options, everyone))
        throw issue_error("fit.columns", options.id, "the fit needs the columns of level_stage_inputs with their types",
                          std::to_string(everyone.columns.size()) + " columns", "5");
    std::vector<std::vector<double>> gaps(options.levels.size());
    std::vector<double> pooled;
    auto const& c = everyone.columns;
    for (std::size_t row = 0; row < everyone.size; ++row) {
        if (!c[1].is_present(row) || !c[3].is_present(row) || !c[4].is_present(row)) continue;
        std::int64_t const count = c[3].as<std::int64_t>()[row];
        if (count <= 0) continue;
        double const mean = static_cast<double>(c[4].as<std::int64_t>()[row]) / static_cast<double>(count);
        gaps[level_of(options.levels, c[1].as<std::int64_t>()[row])].push_back(mean);
        pooled.push_back(mean);
    }
    if (pooled.empty())
        throw issue_error("fit.no_gaps", options.id, "no customer has two purchase days, so there is no gap to fit on",
                          std::to_string(everyone.size) + " rows", {}, "Give the limits");
    auto complete = options.levels;
    for (std::size_t i = 0; i < complete.size(); ++i) {
        if (complete[i].active_days) continue;
        auto const& own = gaps[i].empty() ? pooled : gaps[i];
        complete[i].active_days = days_at(own, options.active_quantile);
        complete[i].warning_days = days_at(own, options.warning_quantile);
    }
    return level_stages(std::make_shared<contents const>(options, std::move(complete)));
}

std::string level_stages::to_json() const {
    auto const& c = *contents_;
    detail::fitted_body body{c.options.id, c.options.reads, c.options.days_in.name(), parameters_of(c.options), {}};
    if (needs_fit(c.options)) {
        boost::json::array limits;
        for (auto const& l : c.levels)
            limits.push_back(boost::json::array{*l.active_days, *l.warning_days});
        body.fit["limits"] = std::move(limits);
    }
    return detail::write_fitted(own_kind, version, body);
}

level_stages level_stages::from_json(std::string_view text) {
    auto const body = detail::read_fitted(text, own_kind, version);
    issue_list issues;
    auto const options = parse_level_stages(detail::use_of_body(own_kind, body), issues);
    detail::refuse_bad_content(issues);
    if (!needs_fit(*options)) return level_stages(*options);
    auto const* limits = body.fit.if_contains("limits");
    if (limits == nullptr || !limits->is_array() || limits->get_array().size() != options->levels.size() ||
        body.fit.size() != 1)
        detail::bad_content(own_kind, "the limits do not fit the levels");
    auto complete = options->levels;
    for (std::size_t i = 0; i < complete.size(); ++i) {
        auto const& pair = limits->get_array()[i];
        bool const good = pair.is_array() && pair.get_array().size() == 2 && pair.get_array()[0].is_int64() &&
                          pair.get_array()[1].is_int64() && pair.get_array()[0].get_int64() >= 0 &&
                          pair.get_array()[1].get_int64() >= pair.get_array()[0].get_int64() &&
                          pair.get_array()[1].get_int64() <= longest_days;
        if (!good) detail::bad_content(own_kind, "limits are no ascending days");
        complete[i].active_days = static_cast<std::int32_t>(pair.get_array()[0].get_int64());
        complete[i].warning_days = static_cast<std::int32_t>(pair.get_array()[1].get_int64());
    }
    return level_stages(std::make_shared<contents const>(*options, std::move(complete)));
}

std::string_view level_stages::id() const noexcept { return contents_->names.id; }
std::span<std::string_view const> level_stages::reads() const noexcept { return contents_->names.read_views; }
std::span<segment_info const> level_stages::segments() const noexcept { return contents_->names.segments; }
std::span<order_level const> level_stages::levels() const noexcept { return contents_->levels; }

std::string level_stages::describe(std::uint32_t reason) const {
    auto const& c = *contents_;
    if (reason >= c.names.segments.size()) return {};
    if (reason == 0) return "no order";
    auto const& l = c.levels[(reason - 1) / 4];
    return "level " + l.id + ", silence " +
           std::array<std::string, 4>{"up to " + std::to_string(*l.active_days) + " days",
                                      "up to " + std::to_string(*l.warning_days) + " days",
                                      "up to " + std::to_string(c.options.dead_days) + " days",
                                      "beyond " + std::to_string(c.options.dead_days) + " days"}[(reason - 1) % 4];
}

void level_stages::assign(block const& rows, std::span<assignment> out) const noexcept {
    auto const& c = contents_;
    bool good = rows.columns.size() == c->names.reads.size();
    for (std::size_t i = 0; good && i < rows.columns.size(); ++i)
        good = rows.columns[i].what.base == (i == 1 || i >= 3 ? kind::int64 : kind::date);
    if (!good) return detail::fill_status(out, status::error);
    for (std::size_t row = 0; row < rows.size; ++row)
        out[row] = c->answer(rows, row);
}

strategy_use use_of(level_stages_options const& options) {
    auto out = detail::make_use(own_kind, options.id, options.reads, parameters_of(options));
    out.days_in = options.days_in;
    return out;
}

namespace detail {

strategy_kind level_stages_kind() {
    auto const outline = [](level_stages_options const& options) {
        strategy_outline described;
        described.needs_fit = needs_fit(options);
        described.scope = described.needs_fit ? column_scope::fitted : column_scope::customer;
        described.time_dependent = true;
        described.reads = options.reads.empty() ? level_stage_inputs(options) : options.reads;
        described.inputs = {input_kind::date, input_kind::whole, input_kind::date};
        if (described.needs_fit)
            described.inputs.insert(described.inputs.end(), {input_kind::whole, input_kind::whole});
        for (auto const& local : locals_of(options))
            described.segments.push_back(options.id + "." + local);
        return described;
    };
    auto const fit = [](level_stages_options const& options, strategy_use const&, block const& everyone,
                        std::span<std::uint32_t const>) { return level_stages::fit(options, everyone); };
    return fitted_kind<level_stages>(std::string(own_kind), version,
                                     "lifecycle on two axes: level by orders, times silence", parse_level_stages,
                                     outline, fit);
}

} // namespace detail

} // namespace v0
} // namespace segmenta
