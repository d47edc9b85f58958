// SPDX-License-Identifier: Apache-2.0
#include "feature/day_turn.hpp"
#include "feature/row_answers.hpp"

#include "feature/ratio.hpp"
#include "feature/step_finder.hpp"

#include <segmenta/record/decimal.hpp>
#include <segmenta/stats/decay.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr feature_bits counted(std::int64_t n) noexcept { return {n, status::ok}; }

feature_bits real(double v) noexcept {
    if (!std::isfinite(v)) return {0, status::error};
    return {std::bit_cast<std::int64_t>(v), status::ok};
}

double real_of(task_row const& row) noexcept { return std::bit_cast<double>(row.value); }
std::int64_t units_of(task_row const& row) noexcept { return static_cast<std::int64_t>(row.value); }

/// Calls `use` with an order of rows by their values.
template <class Use>
auto with_order(type field, long_texts const& texts, Use use) {
    if (field.is_text())
        return use([&texts](task_row const& a, task_row const& b) { return text_of(a, texts) < text_of(b, texts); });
    if (field.base == kind::float64)
        return use([](task_row const& a, task_row const& b) { return real_of(a) < real_of(b); });
    return use([](task_row const& a, task_row const& b) { return units_of(a) < units_of(b); });
}

task_answer said_by(task_row const& row) noexcept {
    return {counted(units_of(row)), row.row, instant::never()};
}

void keep_valued(std::vector<task_row>& rows) {
    std::erase_if(rows, [](task_row const& row) { return !row.has_value; });
}

/// Of the rows of the first (or last) instant that have the field, the one with the smallest (or largest) value.
task_answer outermost(row_task const& task, long_texts const& texts, std::vector<task_row>& rows) {
    keep_valued(rows);
    if (rows.empty()) return {{0, status::unknown}};
    return with_order(task.field_type, texts, [&](auto less) {
        if (task.what == aggregate::first) {
            auto const end = std::find_if(rows.begin(), rows.end(),
                                          [&](task_row const& row) { return row.time != rows.front().time; });
            return said_by(*std::min_element(rows.begin(), end, less));
        }
        auto const begin = std::find_if(rows.rbegin(), rows.rend(), [&](task_row const& row) {
                               return row.time != rows.back().time;
                           }).base();
        return said_by(*std::max_element(begin, rows.end(), less));
    });
}

task_answer most_frequent(row_task const& task, long_texts const& texts, std::vector<task_row>& rows) {
    keep_valued(rows);
    if (rows.empty()) return {{0, status::unknown}};
    // By identity, which is quick; only equally frequent values are compared as what they are.
    std::sort(rows.begin(), rows.end(), [](task_row const& a, task_row const& b) { return a.value < b.value; });
    return with_order(task.field_type, texts, [&](auto less) {
        auto best = rows.begin();
        std::ptrdiff_t most = 0;
        for (auto run = rows.begin(); run != rows.end();) {
            auto const end =
                std::find_if(run, rows.end(), [&](task_row const& row) { return row.value != run->value; });
            std::ptrdiff_t const count = end - run;
            if (count > most || (count == most && less(*run, *best))) {
                most = count;
                best = run;
            }
            run = end;
        }
        return said_by(*best);
    });
}

task_answer median(row_task const& task, std::vector<task_row>& rows) {
    keep_valued(rows);
    if (rows.empty()) return {{0, status::unknown}};
    return with_order(task.field_type, {}, [&](auto less) -> task_answer {
        auto const upper = rows.begin() + static_cast<std::ptrdiff_t>(rows.size() / 2);
        std::nth_element(rows.begin(), upper, rows.end(), less);
        auto const lower = rows.size() % 2 == 1 ? upper : std::max_element(rows.begin(), upper, less);
        if (task.field_type.base == kind::float64) return {real(std::midpoint(real_of(*lower), real_of(*upper)))};
        return {real(exact_ratio(task.field_type, int128{units_of(*lower)} + units_of(*upper), 2))};
    });
}

double amount_of(row_task const& task, task_row const& row) noexcept {
    if (task.what == aggregate::decayed_count) return 1;
    return task.field_type.base == kind::float64 ? real_of(row) : exact_ratio(task.field_type, units_of(row), 1);
}

task_answer decayed(row_task const& task, task_moment const& moment, task_scratch& memory) {
    auto const& half_life = *task.half_life;
    memory.amounts.clear();
    memory.ages.clear();
    for (auto const& row : memory.rows) {
        if (task.what == aggregate::decayed_sum && !row.has_value) continue;
        std::int64_t const age = half_life.is_exact() ? moment.at.as_of.microseconds() - row.time
                                                      : std::int64_t{moment.at.day.days_since_epoch()} - row.day;
        memory.amounts.push_back(amount_of(task, row));
        memory.ages.push_back(static_cast<double>(std::max<std::int64_t>(age, 0)));
    }
    std::int64_t const unit = half_life.is_exact() ? half_life.length().microseconds() : half_life.days();
    task_answer out{real(v0::decayed_sum(memory.amounts, memory.ages, static_cast<double>(unit)))};
    if (memory.amounts.empty() || !moment.wants_changes) return out;
    out.changes = half_life.is_exact() ? moment.at.as_of + duration{1}
                                       : detail::day_turn(*moment.where, moment.at.as_of, moment.at.day);
    return out;
}

task_answer active_periods(row_task const& task, task_moment const& moment, std::span<task_row const> rows) {
    task_answer out{counted(0)};
    std::size_t period = 0; // of the row at hand, 0 the latest
    std::size_t seen = 0;   // periods up to the last one with a row
    auto const leaves = [&](task_row const& oldest) {
        std::int64_t const event = oldest.time + (moment.dates_only ? 1 : 0); // as next_change()
        out.changes = std::min(out.changes, expiry(times(*task.every, static_cast<std::int64_t>(seen)),
                                                   instant{event}, *moment.where));
    };
    task_row const* oldest = nullptr; // of that period
    for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
        while (period < moment.starts.size() && row->time < moment.starts[period])
            ++period;
        if (period == moment.starts.size()) break;
        if (period + 1 != seen) {
            if (moment.wants_changes && oldest != nullptr) leaves(*oldest);
            ++out.said.bits;
            seen = period + 1;
        }
        oldest = &*row;
    }
    if (moment.wants_changes && oldest != nullptr) leaves(*oldest);
    return out;
}

task_answer sequence(row_task const& task, task_moment const& moment, std::span<task_row const> rows) {
    step_finder steps(task.steps.size(), task.within, *moment.where);
    for (std::size_t first = 0; first < rows.size();) {
        std::size_t end = first + 1;
        while (end < rows.size() && rows[end].time == rows[first].time)
            ++end;
        steps.add_instant(rows.subspan(first, end - first));
        first = end;
    }
    return {counted(static_cast<std::int64_t>(steps.best()))};
}

} // namespace

void period_starts(row_task const& task, task_moment const& moment, std::vector<std::int64_t>& to) {
    to.clear();
    for (std::int64_t i = 1; i <= task.periods; ++i) {
        row_window back;
        back.length = times(*task.every, i);
        to.push_back(bounds_at(back, moment.at.as_of, *moment.where, moment.dates_only).lowest);
    }
}

task_answer answer_task(row_task const& task, task_moment const& moment, long_texts const& texts,
                        task_scratch& memory) {
    switch (task.what) {
    case aggregate::median: return median(task, memory.rows);
    case aggregate::first:
    case aggregate::last: return outermost(task, texts, memory.rows);
    case aggregate::most_frequent: return most_frequent(task, texts, memory.rows);
    case aggregate::decayed_sum:
    case aggregate::decayed_count: return decayed(task, moment, memory);
    case aggregate::active_periods: return active_periods(task, moment, memory.rows);
    case aggregate::sequence: return sequence(task, moment, memory.rows);
    default: return {{0, status::unknown}}; // read from a summary
    }
}

} // namespace detail
} // namespace v0
} // namespace segmenta
