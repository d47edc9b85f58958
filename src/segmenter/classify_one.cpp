// SPDX-License-Identifier: Apache-2.0
// One customer through the graph. Nothing here throws or, after the first calls, allocates.
#include "segmenter/classify_one.hpp"

#include "feature/day_turn.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <new>
#include <optional>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

class one_answer {
public:
    one_answer(classification::state& to, customer_view const& customer, query const& asked) noexcept
        : to_(to), plan_(*to.plan), compiled_(*plan_.compiled), customer_(customer), asked_(asked),
          slots_(to.slots.data()), steps_(plan_.steps.data()), moment_(asked.as_of, compiled_.where) {}

    void run() noexcept {
        to_.imputed = 0;
        auto const wanted = chosen();
        to_.left_out = lacks_needed();
        if (to_.left_out) return leave_out(wanted);
        for (auto& history : to_.histories)
            history.ready = false;
        bool const has_purpose = !asked_.purpose.empty();
        for (std::uint32_t const node : wanted) {
            node_slot& slot = slots_[node];
            node_step const& step = steps_[node];
            slot.valid_until = instant::never();
            if (has_purpose && is_refused(step))
                decline(slot, status::refused);
            else
                compute(slot, step);
        }
        instant until = instant::never();
        auto const outputs = asked_.outputs.empty() ? std::span<output_handle const>(plan_.outputs) : asked_.outputs;
        for (auto const& output : outputs)
            if (output.plan == plan_.id && output.node < to_.slots.size())
                until = std::min(until, slots_[output.node].valid_until);
        to_.valid_until = until;
    }

private:
    /// The nodes to compute, each after what it reads; the others are marked as not requested.
    [[nodiscard]] std::span<std::uint32_t const> chosen() noexcept {
        if (asked_.outputs.empty()) {
            if (std::exchange(to_.some_outputs, false)) forget_all();
            return plan_.output_order;
        }
        to_.some_outputs = true;
        forget_all();
        std::fill(to_.wanted.begin(), to_.wanted.end(), 0);
        for (auto const& output : asked_.outputs) {
            if (output.plan != plan_.id || output.node >= to_.slots.size()) continue;
            for (std::size_t w = 0; w < plan_.words; ++w)
                to_.wanted[w] |= plan_.closures[output.node * plan_.words + w];
        }
        std::size_t n = 0;
        for (std::uint32_t const node : compiled_.graph().order())
            if (((to_.wanted[node / 64] >> (node % 64)) & 1U) != 0) to_.order[n++] = node;
        return {to_.order.data(), n};
    }
    void forget_all() noexcept {
        for (auto& slot : to_.slots)
            slot.state = status::not_requested;
    }

    /// Whether an attribute is missing without which the plan leaves customers out.
    [[nodiscard]] bool lacks_needed() const noexcept {
        for (std::uint32_t const attribute : plan_.needed)
            if (customer_.attribute(attribute).missing()) return true;
        return false;
    }

    void leave_out(std::span<std::uint32_t const> wanted) noexcept {
        to_.valid_until = instant::never();
        for (std::uint32_t const node : wanted) {
            decline(slots_[node], status::not_applicable);
            slots_[node].valid_until = instant::never();
        }
    }

    /// Fields whose purposes do not list that of the query are not read, nor is anything that reads them answered.
    [[nodiscard]] bool is_refused(node_step const& step) const noexcept {
        for (field const& read : step.fields)
            if (!read.permits(asked_.purpose)) return true;
        for (std::uint32_t const read : step.reads)
            if (slots_[read].state == status::refused) return true;
        return false;
    }

    void compute(node_slot& slot, node_step const& step) noexcept {
        if (step.condition != nullptr) {
            auto const applies = step.condition->evaluate(variables(), to_.scratch);
            if (applies.state != status::ok || !applies.result.as_bool()) {
                decline(slot, applies.state == status::ok ? status::not_applicable : applies.state);
                inherit_time(slot, step);
                return;
            }
        }
        switch (step.from) {
        case node_step::source::attribute: attribute(slot, step); break;
        case node_step::source::as_of:
            put(slot, asked_.as_of.microseconds());
            slot.valid_until = asked_.as_of + duration{1};
            break;
        case node_step::source::as_of_day:
            put(slot, moment_.day.days_since_epoch());
            slot.valid_until = day_after(1);
            break;
        case node_step::source::flag: put(slot, static_cast<std::uint8_t>((to_.imputed >> step.policy) & 1U)); break;
        case node_step::source::feature:
            feature(slot, step);
            inherit_time(slot, step); // of the condition; a feature reads no columns itself
            break;
        case node_step::source::rule: rule(slot, step); break;
        case node_step::source::strategy: strategy(slot, step); break;
        }
    }

    // Found when it is first asked for.
    [[nodiscard]] day_end const& today() noexcept {
        if (!today_) today_ = end_of_day(compiled_.where, asked_.as_of, moment_.day);
        return *today_;
    }
    [[nodiscard]] instant day_after(std::int64_t days) noexcept {
        if (days == 1) return today().at;
        return not_behind_day(compiled_.where.start_of_day(civil_date{static_cast<std::int32_t>(
            std::min<std::int64_t>(moment_.day.days_since_epoch() + days, std::numeric_limits<std::int32_t>::max()))}));
    }
    [[nodiscard]] instant not_behind_day(instant then) noexcept {
        return unless_day_goes_back(today(), asked_.as_of, then);
    }

    void attribute(node_slot& slot, node_step const& step) noexcept {
        value const v = customer_.attribute(step.attribute);
        if (v.missing() && step.put != nullptr) {
            to_.imputed |= std::uint64_t{1} << step.policy;
            return set(slot, step.put->put, status::ok);
        }
        set(slot, v, v.present() ? status::ok : status::unknown);
    }

    void feature(node_slot& slot, node_step const& step) noexcept {
        gathered_history& rows = to_.histories[step.history];
        if (!rows.ready) summarise_history(step.history, rows);
        if (step.task) return row_feature(slot, step, rows);
        auto const answer = read_bits(step.what, step.summed, rows.summaries[step.group], moment_);
        bool const some = rows.summaries[step.group].rows > 0;
        bool const cut = rows.truncated && rows.reaches_start[step.group] != 0 && !(some && reads_last_row(step.what));
        status const state = cut ? status::truncated : answer.state;
        static_assert(std::endian::native == std::endian::little);
        if (state == status::ok)
            put(slot, answer.bits); // a date is read as the low half
        else
            set_missing(slot, state);
        slot.rows_change = rows.changes[step.group];
        slot.valid_until = slot.rows_change;
        if (!some) return;
        if (step.what == aggregate::recency_days || step.what == aggregate::tenure_days)
            slot.valid_until = std::min(slot.valid_until, day_after(1));
        if (step.what == aggregate::recency) slot.valid_until = std::min(slot.valid_until, asked_.as_of + duration{1});
    }
    /// One that looked at the rows.
    void row_feature(node_slot& slot, node_step const& step, gathered_history const& rows) noexcept {
        row_task const& task = plan_.histories[step.history].features.tasks()[*step.task];
        task_answer const& answer = rows.answers[*step.task];
        bool const cut = rows.truncated && rows.reaches_start[step.group] != 0 && !is_last_of_all(task, answer, rows);
        status const state = cut ? status::truncated : answer.said.state;
        if (state != status::ok)
            set_missing(slot, state);
        else if (step.result.is_text())
            put(slot, rows.view.columns()[*task.field].text(answer.row));
        else
            put(slot, answer.said.bits); // a date or a truth is read as the low part
        slot.rows_change = rows.changes[step.group];
        slot.valid_until = std::min(slot.rows_change, answer.changes);
    }
    /// Whether older rows could not change a last value: they all lie before it.
    static bool is_last_of_all(row_task const& task, task_answer const& answer, gathered_history const& rows) noexcept {
        return task.what == aggregate::last && answer.said.state == status::ok &&
               rows.view.time(answer.row) > rows.view.time(0);
    }
    /// Certain even when older rows were not looked at.
    static bool reads_last_row(aggregate what) noexcept {
        return what == aggregate::recency_days || what == aggregate::recency || what == aggregate::last_time ||
               what == aggregate::last_day;
    }

    void summarise_history(std::size_t index, gathered_history& rows) noexcept {
        history_plan const& what = plan_.histories[index];
        gather(customer_, what, compiled_.what.histories()[what.index], compiled_.where, rows);
        for (std::size_t g = 0; g < what.features.groups().size(); ++g) {
            summary_group const& group = what.features.groups()[g];
            row_range range = range_of(g, what, rows);
            rows.reaches_start[g] = range.begin == 0 ? 1 : 0;
            auto const mask = what.wheres[g] ? masked(*what.wheres[g], rows, range) : std::span<std::uint8_t const>{};
            summarise(rows.view, range, group, what.order_field, mask, to_.ids, rows.summaries[g]);
            answer_tasks(what, static_cast<std::uint32_t>(g), rows, range, mask);
        }
        rows.ready = true;
    }

    /// The rows within the limits of time. Says when they change, too.
    [[nodiscard]] row_range range_of(std::size_t group, history_plan const& what,
                                     gathered_history& rows) const noexcept {
        row_window const& window = what.features.groups()[group].window;
        time_bounds const bounds = bounds_at(window, asked_.as_of, compiled_.where, what.dates_only);
        row_range const range = rows.view.between(instant{bounds.lowest}, instant{bounds.highest});
        window_edge edge;
        if (!range.empty()) edge.oldest = rows.view.times()[range.begin];
        if (range.end < rows.view.size()) edge.next = rows.view.times()[range.end];
        rows.changes[group] = next_change(window, edge, asked_.as_of, compiled_.where, what.dates_only);
        return range;
    }

    /// Those that look at the rows of one group.
    void answer_tasks(history_plan const& what, std::uint32_t group, gathered_history& rows, row_range range,
                      std::span<std::uint8_t const> mask) noexcept {
        auto const tasks = what.features.tasks();
        if (tasks.empty()) return;
        task_moment moment{moment_, &compiled_.where, what.dates_only, {}, true};
        for (std::size_t t = 0; t < tasks.size(); ++t) {
            if (tasks[t].group != group) continue;
            try {
                list_rows(tasks[t], what.steps[t], rows, range, mask);
                period_starts(tasks[t], moment, to_.tasks.starts);
                moment.starts = to_.tasks.starts;
                column_view const* const texts = tasks[t].field ? &rows.view.columns()[*tasks[t].field] : nullptr;
                long_texts const look_up(texts, [](void const* context, task_row const& row) noexcept {
                    return static_cast<column_view const*>(context)->text(row.row);
                });
                rows.answers[t] = answer_task(tasks[t], moment, look_up, to_.tasks);
            } catch (std::bad_alloc const&) {
                rows.answers[t] = {{0, status::error}};
            }
        }
    }

    /// The rows that count, as a task sees them.
    void list_rows(row_task const& task, std::span<program const> steps, gathered_history const& rows, row_range range,
                   std::span<std::uint8_t const> mask) {
        auto& to = to_.tasks.rows;
        to.clear();
        for (std::size_t row = range.begin; row < range.end; ++row) {
            if (!mask.empty() && mask[row - range.begin] == 0) continue;
            task_row made{rows.view.times()[row], rows.view.days()[row], static_cast<std::uint32_t>(row)};
            if (task.field && rows.view.columns()[*task.field].is_present(row)) {
                made.has_value = true;
                made.value = identity_of(rows.view.columns()[*task.field], row);
            }
            for (std::size_t s = 0; s < steps.size(); ++s)
                if (holds(steps[s], rows, row)) made.steps = static_cast<std::uint8_t>(made.steps | 1U << s);
            to.push_back(made);
        }
    }

    [[nodiscard]] bool holds(program const& condition, gathered_history const& rows, std::size_t row) noexcept {
        struct cursor {
            gathered_history const& rows;
            std::size_t row;
        } const at{rows, row};
        row_source const fields(&at, [](void const* context, std::size_t variable) noexcept {
            auto const& c = *static_cast<cursor const*>(context);
            history_schema const* const own = c.rows.host.what();
            bool const set = own != nullptr && own->fields[variable].what.base == kind::category_set;
            return set ? c.rows.host.at(c.rows.first + c.row, variable) : c.rows.view.at(c.row, variable);
        });
        auto const answer = condition.evaluate(fields, to_.scratch);
        return answer.state == status::ok && answer.result.as_bool();
    }

    std::span<std::uint8_t const> masked(program const& where, gathered_history& rows, row_range& range) noexcept {
        try {
            to_.mask.resize(range.size());
        } catch (std::bad_alloc const&) {
            range = {0, 0};
            rows.truncated = true; // rows that count could not be told from those that do not
            return {};
        }
        for (std::size_t row = range.begin; row < range.end; ++row)
            to_.mask[row - range.begin] = holds(where, rows, row) ? 1 : 0;
        return {to_.mask.data(), range.size()};
    }

    [[nodiscard]] row_source variables() const noexcept {
        return row_source(this, [](void const* context, std::size_t variable) noexcept {
            auto const& self = *static_cast<one_answer const*>(context);
            std::uint32_t const node = self.compiled_.graph().order()[variable];
            return value_of(self.slots_[node], self.steps_[node].result);
        });
    }

    void rule(node_slot& slot, node_step const& step) noexcept {
        auto const answer =
            step.rule->evaluate(variables(), step.makes_text ? to_.text_scratch[step.text_scratch] : to_.scratch);
        set(slot, answer.result, answer.state == status::unknown ? why_unknown(step) : answer.state);
        limit_time(slot, step);
    }

    /// An unknown that comes from an error or a limit below says so.
    [[nodiscard]] status why_unknown(node_step const& step) const noexcept {
        status why = status::ok;
        for (std::uint32_t const read : step.reads)
            why = combine(why, slots_[read].state);
        return why == status::ok ? status::unknown : why;
    }

    void strategy(node_slot& slot, node_step const& step) noexcept {
        if (step.population) { // needs everybody: see segmenter::classify of a table
            decline(slot, status::not_applicable);
            return;
        }
        std::span<column_view const> const inputs(&to_.inputs[step.inputs], step.input_count);
        step.strategy->assign_one(inputs, slot.given);
        assignment const& given = slot.given;
        if (given.standing != status::ok)
            set_missing(slot, given.standing == status::unknown ? why_unknown(step) : given.standing);
        else if (step.whole_scores)
            put(slot, static_cast<std::int64_t>(given.score));
        else if (step.scores && given.score != given.score)
            set_missing(slot, status::error); // a host's strategy that computed NaN
        else if (step.scores)
            put(slot, given.score);
        else if (given.segment == no_segment)
            set_missing(slot, status::unknown);
        else
            put(slot, step.segments[given.segment]);
        limit_time(slot, step);
    }

    void inherit_time(node_slot& slot, node_step const& step) noexcept {
        instant until = slot.valid_until;
        for (std::uint32_t const read : step.ends_with)
            until = std::min(until, slots_[read].valid_until);
        slot.valid_until = until;
    }

    void limit_time(node_slot& slot, node_step const& step) noexcept {
        if (step.until == node_step::limit::day_steps) return limit_by_steps(slot, step);
        // The strategy knows when the day alone changes its answer; windows it reads may change it before.
        if (step.until == node_step::limit::own_day) slot.valid_until = not_behind_day(slot.given.valid_until);
        inherit_time(slot, step);
    }

    void limit_by_steps(node_slot& slot, node_step const& step) noexcept {
        node_slot const& days = slots_[step.day_input];
        slot.valid_until = days.state == status::ok ? days.rows_change : days.valid_until;
        if (days.state != status::ok) return;
        std::int64_t now = 0;
        std::memcpy(&now, days.cell.data(), sizeof now);
        auto const next = std::upper_bound(step.day_steps.begin(), step.day_steps.end(), now);
        if (next != step.day_steps.end())
            slot.valid_until = std::min(slot.valid_until, day_after(*next - now));
        else if (!step.last_step_holds)
            slot.valid_until = std::min(slot.valid_until, day_after(1));
        slot.valid_until = not_behind_day(slot.valid_until); // fewer days may be counted again
    }

    /// A present element, in the storage of the node's type.
    template <class T>
    static void put(node_slot& slot, T const& element) noexcept {
        static_assert(sizeof element <= sizeof slot.cell);
        slot.state = status::ok;
        slot.present = 1;
        std::memcpy(slot.cell.data(), &element, sizeof element);
    }
    static void set_missing(node_slot& slot, status state) noexcept {
        slot.state = state;
        slot.present = 0;
    }
    /// No answer, without asking a strategy.
    static void decline(node_slot& slot, status state) noexcept {
        set_missing(slot, state);
        slot.given = assignment{};
    }

    static void set(node_slot& slot, value const& v, status state) noexcept {
        if (state != status::ok || v.missing()) return set_missing(slot, state);
        switch (v.base()) {
        case kind::boolean: put(slot, static_cast<std::uint8_t>(v.as_bool())); break;
        case kind::float64: put(slot, v.as_double()); break;
        case kind::date: put(slot, v.as_date().days_since_epoch()); break;
        case kind::string:
        case kind::category: put(slot, v.as_string()); break;
        case kind::category_set: put(slot, v.as_set()); break; // no strategy reads sets
        default: put(slot, v.as_int());
        }
    }

    classification::state& to_;
    request_plan const& plan_;
    compiled_plan const& compiled_;
    customer_view const& customer_;
    query const& asked_;
    node_slot* slots_;
    node_step const* steps_;
    feature_moment moment_;
    std::optional<day_end> today_;
};

} // namespace

namespace {

/// Nothing where the answers cannot be compared.
std::optional<bool> differs(node_slot const& before, node_slot const& now, type what, bool segments) noexcept {
    if (before.state == status::not_requested || now.state == status::not_requested) return std::nullopt;
    if (before.state != now.state) return true;
    if (now.state != status::ok) return false;
    if (segments) return before.given.segment != now.given.segment;
    switch (what.base) {
    case kind::float64: return value_of(before, what).as_double() != value_of(now, what).as_double();
    case kind::string:
    case kind::category:
    case kind::category_set: return std::nullopt; // the text of the prior answer may be gone
    default: return value_of(before, what).as_int() != value_of(now, what).as_int();
    }
}

} // namespace

value value_of(node_slot const& slot, type what) noexcept {
    if (slot.present == 0) return value{};
    auto const read = [&](auto element) {
        std::memcpy(&element, slot.cell.data(), sizeof element);
        return element;
    };
    switch (what.base) {
    case kind::boolean: return value::of_bool(read(std::uint8_t{}) != 0);
    case kind::int64: return value::of_int(read(std::int64_t{}));
    case kind::float64: return value::of_double(read(double{}));
    case kind::decimal: return value::of_decimal(what, read(std::int64_t{}));
    case kind::date: return value::of_date(civil_date{read(std::int32_t{})});
    case kind::instant: return value::of_instant(instant{read(std::int64_t{})});
    case kind::duration: return value::of_duration_us(read(std::int64_t{}));
    case kind::string:
    case kind::category: return value::of_string(read(std::string_view{}));
    case kind::category_set: return value::of_set(read(text_set{}));
    }
    return value{};
}

void compare_with(classification::state const* prior, classification::state& to) noexcept {
    if (prior == nullptr && !to.compared) return; // nothing to take back either
    to.compared = prior != nullptr;
    for (std::size_t node = 0; node < to.slots.size(); ++node) {
        node_step const& step = to.plan->steps[node];
        bool const segments = step.from == node_step::source::strategy && !step.scores;
        to.slots[node].changed =
            prior == nullptr ? std::nullopt : differs(prior->slots[node], to.slots[node], step.result, segments);
    }
}

bool is_of_schema(customer_view const& customer, request_plan const& plan, classification::state& to) noexcept {
    if (to.known_schema == &customer.what()) return true;
    if (!(customer.what() == plan.compiled->what)) return false;
    to.known_schema = &customer.what();
    return true;
}

void classify_one(classification::state& to, customer_view const& customer, query const& asked) noexcept {
    one_answer(to, customer, asked).run();
}

} // namespace detail
} // namespace v0
} // namespace segmenta
