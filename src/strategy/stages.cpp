// SPDX-License-Identifier: Apache-2.0
#include <segmenta/strategy/stages.hpp>

#include "strategy/fitted.hpp"
#include "strategy/kinds.hpp"
#include "strategy/numbers.hpp"
#include "strategy/object_reader.hpp"
#include "strategy/scheme.hpp"
#include "strategy/stage_rules.hpp"
#include "strategy/stages_options.hpp"

#include <array>

namespace segmenta {
inline namespace v0 {

using detail::bad_content;
using detail::stage;

namespace {

constexpr std::string_view own_kind = "stages";
constexpr std::int64_t version = 1;

constexpr std::size_t absent = static_cast<std::size_t>(-1);

/// Which column holds what; positions in the order of `stage_inputs`.
struct input_columns {
    std::size_t as_of = 0;
    std::size_t orders = 1;
    std::size_t last = 2;
    std::size_t previous = 3;
    std::size_t gap_count = absent;
    std::size_t gap_sum = absent;
    std::size_t registered = absent;
    std::size_t first = absent;
    std::size_t recent = absent;
    std::size_t count = 4;

    std::array<kind, 9> kinds{}; // the first `count`

    explicit input_columns(stages_options const& o) {
        if (o.limits == stage_limits::own_gaps) gap_count = count++, gap_sum = count++;
        if (o.new_means == new_customer::newly_registered) registered = count++;
        if (o.drop != frequency_drop::ignore) first = count++, recent = count++;
        for (std::size_t column = 0; column < count; ++column) {
            bool const number = column == orders || column == gap_count || column == gap_sum || column == recent;
            kinds[column] = number ? kind::int64 : kind::date;
        }
    }
    [[nodiscard]] kind kind_of(std::size_t column) const noexcept { return kinds[column]; }
    [[nodiscard]] bool fits(block const& rows) const noexcept {
        if (rows.columns.size() != count) return false;
        bool same = true;
        for (std::size_t i = 0; i < count; ++i)
            same &= rows.columns[i].what.base == kinds[i];
        return same;
    }
};

constexpr std::array<std::string_view, detail::stage_count> stage_ids{"potential", "new",  "active", "frequency_drop",
                                                                      "silent",    "lost", "dead",   "reactivated"};

} // namespace

struct stages::contents {
    detail::scheme names;
    stages_options options;
    detail::stage_rules rules;
    input_columns inputs;
    std::array<std::uint16_t, detail::stage_count> segment_of{};
    std::int64_t pooled_sum = 0;
    std::int64_t pooled_count = 0;

    contents(stages_options given, std::int64_t sum, std::int64_t count)
        : options(std::move(given)), rules(options, sum, count), inputs(options), pooled_sum(sum), pooled_count(count) {
        bool const has_dead =
            options.limits == stage_limits::fixed ? options.dead_days.has_value() : options.dead_gaps.has_value();
        std::vector<std::string> locals;
        for (std::size_t i = 0; i < stage_ids.size(); ++i) {
            auto const what = static_cast<stage>(i);
            if (what == stage::dead && !has_dead) continue;
            if (what == stage::frequency_drop && options.drop != frequency_drop::own_stage) continue;
            segment_of[i] = static_cast<std::uint16_t>(locals.size());
            locals.emplace_back(stage_ids[i]);
        }
        names.set(options.id, options.reads.empty() ? stage_inputs(options) : options.reads, locals);
    }

    /// The facts of one row; a status other than ok when they do not suffice.
    status read(block const& rows, std::size_t row, std::int64_t today, detail::stage_facts& facts) const noexcept {
        auto const& c = rows.columns;
        auto const day = [&](std::size_t column) {
            return c[column].is_present(row) ? c[column].as<std::int32_t>()[row] : detail::no_day;
        };
        if (!c[inputs.orders].is_present(row)) return status::unknown;
        facts.orders = c[inputs.orders].as<std::int64_t>()[row];
        if (facts.orders < 0) return status::error;
        if (facts.orders == 0) {
            if (inputs.registered == absent) return status::ok;
            facts.registered = day(inputs.registered);
            return facts.registered == detail::no_day ? status::unknown : status::ok;
        }
        facts.last = day(inputs.last);
        facts.previous = day(inputs.previous);
        if (facts.last == detail::no_day) return status::unknown;
        if (facts.last > today) return status::error;
        if (facts.previous != detail::no_day && facts.previous >= facts.last) return status::error;
        if (inputs.gap_count != absent) {
            if (!c[inputs.gap_count].is_present(row)) return status::unknown;
            facts.gap_count = c[inputs.gap_count].as<std::int64_t>()[row];
            if (!c[inputs.gap_sum].is_present(row)) return status::unknown;
            facts.gap_sum = c[inputs.gap_sum].as<std::int64_t>()[row];
            if (facts.gap_count < 0 || facts.gap_sum < 0) return status::error;
        }
        if (inputs.first != absent) {
            facts.first = day(inputs.first);
            if (facts.first == detail::no_day || !c[inputs.recent].is_present(row)) return status::unknown;
            facts.recent = c[inputs.recent].as<std::int64_t>()[row];
            if (facts.first > facts.last || facts.recent < 0 || facts.recent > facts.orders) return status::error;
        }
        return status::ok;
    }

    /// Fills `out`, which is fresh. Field by field: a copy would wait for the stores of its parts.
    void answer(block const& rows, std::size_t row, assignment& out) const noexcept {
        auto const& as_of = rows.columns[inputs.as_of];
        out.standing = status::unknown;
        if (!as_of.is_present(row)) return;
        std::int64_t const today = as_of.as<std::int32_t>()[row];
        detail::stage_facts facts;
        out.standing = read(rows, row, today, facts);
        if (out.standing != status::ok) return;

        bool const bought = facts.orders > 0;
        auto const limits = bought ? rules.limits(facts.gap_count, facts.gap_sum) : detail::silence_limits{};
        bool const came_back = bought && rules.returned(facts);
        auto const decided = rules.decide(facts, limits, came_back, today);
        std::int64_t const change = rules.next_change(facts, limits, came_back, today, decided.what);
        out.segment = segment_of[static_cast<std::size_t>(decided.what)];
        out.score = bought ? static_cast<double>(today - facts.last) : 0;
        out.reason = static_cast<std::uint32_t>(decided.why) | static_cast<std::uint32_t>(limits.source) << 8;
        if (decided.by_silence != decided.what)
            out.also_matched = std::uint64_t{1} << segment_of[static_cast<std::size_t>(decided.by_silence)];
        if (change != detail::no_day)
            out.valid_until = options.days_in.start_of_day(civil_date{static_cast<std::int32_t>(change)});
    }
};

stages::stages(stages_options const& options) {
    issue_list issues;
    detail::check_options(options, options.id, issues);
    if (options.limits != stage_limits::fixed)
        issues.error("stages.fit", options.id, "limits in gaps need everybody's gaps", "own_gaps", "fixed", "Use fit");
    issues.throw_if_errors();
    contents_ = std::make_shared<contents const>(options, 0, 1);
}

stages stages::fit(stages_options const& options, block const& everyone) {
    if (options.limits == stage_limits::fixed) return stages(options);
    issue_list issues;
    detail::check_options(options, options.id, issues);
    issues.throw_if_errors();
    input_columns const inputs(options);
    if (!inputs.fits(everyone))
        throw issue_error("fit.columns", options.id, "the fit needs the columns of stage_inputs with their types",
                          std::to_string(everyone.columns.size()) + " columns", std::to_string(inputs.count));
    auto const& counts = everyone.columns[inputs.gap_count];
    auto const& sums = everyone.columns[inputs.gap_sum];
    std::int64_t count = 0;
    std::int64_t sum = 0;
    for (std::size_t row = 0; row < everyone.size; ++row) {
        if (!counts.is_present(row) || !sums.is_present(row)) continue;
        count += counts.as<std::int64_t>()[row];
        sum += sums.as<std::int64_t>()[row];
    }
    if (count <= 0 || sum <= 0)
        throw issue_error("fit.no_gaps", options.id, "no customer has two purchase days, so there is no gap to fit on",
                          std::to_string(everyone.size) + " rows", {}, "Use fixed limits");
    return stages(std::make_shared<contents const>(options, sum, count));
}

std::string stages::to_json() const {
    auto const& c = *contents_;
    detail::fitted_body body{
        c.options.id, c.options.reads, c.options.days_in.name(), detail::parameters_of(c.options), {}};
    if (c.options.limits == stage_limits::own_gaps) {
        body.fit["gap_sum_days"] = c.pooled_sum;
        body.fit["gap_count"] = c.pooled_count;
    }
    return detail::write_fitted(own_kind, version, body);
}

stages stages::from_json(std::string_view text) {
    auto const body = detail::read_fitted(text, own_kind, version);
    issue_list issues;
    auto const options = detail::parse_stages(detail::use_of_body(own_kind, body), issues);
    detail::refuse_bad_content(issues);
    if (options->limits == stage_limits::fixed) return stages(*options);
    detail::object_reader reader(body.fit, own_kind, "fitted/stages", issues);
    std::int64_t sum = 0;
    std::int64_t count = 0;
    reader.need("gap_sum_days");
    reader.need("gap_count");
    reader.read_whole("gap_sum_days", sum, 1, INT64_MAX);
    reader.read_whole("gap_count", count, 1, INT64_MAX);
    reader.finish();
    detail::refuse_bad_content(issues);
    return stages(std::make_shared<contents const>(*options, sum, count));
}

std::string_view stages::id() const noexcept { return contents_->names.id; }
std::span<std::string_view const> stages::reads() const noexcept { return contents_->names.read_views; }
std::span<segment_info const> stages::segments() const noexcept { return contents_->names.segments; }

std::optional<double> stages::pooled_gap_days() const noexcept {
    if (contents_->options.limits == stage_limits::fixed) return std::nullopt;
    return static_cast<double>(contents_->pooled_sum) / static_cast<double>(contents_->pooled_count);
}

std::string stages::describe(std::uint32_t reason) const {
    constexpr std::array<std::string_view, 9> texts{"no order",
                                                    "no order, registered recently",
                                                    "one order, recent",
                                                    "silence within the active limit",
                                                    "silence within the silent limit",
                                                    "no purchase for longer than the silent limit",
                                                    "no purchase for longer than the dead limit",
                                                    "came back after being lost",
                                                    "far fewer orders than this customer's own rate before"};
    constexpr std::array<std::string_view, 3> sources{"", " (limits from own gaps)", " (limits from pooled gaps)"};
    if ((reason & 0xFFU) >= texts.size() || (reason >> 8) >= sources.size()) return {};
    return std::string(texts[reason & 0xFFU]) + std::string(sources[reason >> 8]);
}

void stages::assign(block const& rows, std::span<assignment> out) const noexcept {
    if (!contents_->inputs.fits(rows)) return detail::fill_status(out, status::error);
    for (std::size_t row = 0; row < rows.size; ++row)
        contents_->answer(rows, row, out[row] = assignment{});
}

namespace detail {

strategy_kind stages_kind() {
    auto const outline = [](stages_options const& options) {
        strategy_outline described;
        described.needs_fit = options.limits == stage_limits::own_gaps;
        described.scope = described.needs_fit ? column_scope::fitted : column_scope::customer;
        described.time_dependent = true;
        stages::contents const made(options, 0, 1);
        described.reads = made.names.reads;
        for (auto const& s : made.names.segments)
            described.segments.push_back(s.id);
        for (std::size_t i = 0; i < made.inputs.count; ++i)
            described.inputs.push_back(made.inputs.kind_of(i) == kind::int64 ? input_kind::whole : input_kind::date);
        return described;
    };
    auto const fit = [](stages_options const& options, strategy_use const&, block const& everyone,
                        std::span<std::uint32_t const>) { return stages::fit(options, everyone); };
    return fitted_kind<stages>(std::string(own_kind), version,
                               "lifecycle: potential, new, active, silent, lost, dead, reactivated", parse_stages,
                               outline, fit);
}

} // namespace detail

} // namespace v0
} // namespace segmenta
