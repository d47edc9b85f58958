// SPDX-License-Identifier: Apache-2.0
#include "feature/step_finder.hpp"

#include <segmenta/time/instant.hpp>

#include <algorithm>

namespace segmenta {
inline namespace v0 {
namespace detail {

std::size_t step_finder::best() const noexcept {
    std::size_t done = steps_;
    while (done > 0 && !first_[done])
        --done;
    return done;
}

/// Whether an attempt that has done some steps, or none, may go on at `time`.
bool step_finder::is_open(std::size_t done, std::int64_t time) const noexcept {
    if (done == 0) return true;
    if (!first_[done]) return false;
    return !within_ || instant{time} <= add(*within_, instant{*first_[done]}, where_);
}

void step_finder::begin_at(std::size_t done, std::int64_t first) noexcept {
    first_[done] = std::max(first_[done].value_or(first), first);
}

/// One row alone: from the last step to the first, so that it is taken once.
void step_finder::add_row(task_row const& row) noexcept {
    for (std::size_t done = steps_; done-- > 0;) {
        if (((row.steps >> done) & 1U) == 0 || !is_open(done, row.time)) continue;
        begin_at(done + 1, done == 0 ? row.time : *first_[done]);
    }
}

/// Finds a row for `step`, moving the steps before it to other rows where that helps. `tried`: steps looked at.
bool step_finder::extend(candidates const& from, matching& with, std::size_t step, std::uint32_t& tried) const {
    tried |= 1U << step;
    for (std::size_t i = 0; i < from.count[step]; ++i) {
        std::uint32_t const row = from.rows[step][i];
        std::size_t holder = 0;
        while (holder < steps_ && !(with.taken[holder] && with.row[holder] == row))
            ++holder;
        if (holder == steps_ || (((tried >> holder) & 1U) == 0 && extend(from, with, holder, tried))) {
            with.row[step] = row;
            with.taken[step] = true;
            return true;
        }
    }
    return false;
}

void step_finder::add_instant(std::span<task_row const> rows) noexcept {
    if (rows.size() == 1) return add_row(rows.front());
    candidates from;
    for (std::uint32_t row = 0; row < rows.size(); ++row)
        for (std::size_t step = 0; step < steps_; ++step)
            if (((rows[row].steps >> step) & 1U) != 0 && from.count[step] < most)
                from.rows[step][from.count[step]++] = row;
    auto const before = first_;
    std::int64_t const time = rows.front().time;
    std::array<bool, most + 1> open{};
    for (std::size_t done = 0; done < steps_; ++done)
        open[done] = is_open(done, time);
    for (std::size_t done = 0; done < steps_; ++done) {
        if (!open[done]) continue;
        matching with;
        for (std::size_t step = done; step < steps_; ++step) {
            std::uint32_t tried = 0;
            if (!extend(from, with, step, tried)) break;
            begin_at(step + 1, done == 0 ? time : *before[done]);
        }
    }
}

} // namespace detail
} // namespace v0
} // namespace segmenta
