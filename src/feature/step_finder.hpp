// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_FEATURE_STEP_FINDER_HPP
#define SEGMENTA_SRC_FEATURE_STEP_FINDER_HPP

#include "feature/row_answers.hpp"

#include <segmenta/feature/row_task.hpp>
#include <segmenta/time/period.hpp>
#include <segmenta/time/zone.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace segmenta {
inline namespace v0 {
namespace detail {

/// How far an ordered list of steps gets, each taking a row of its own, none before the row of the step before, and the
/// last at most `within` after the first.
///
/// For each number of steps done only the attempt that began last is kept: whatever any other can still do, it can.
/// O(rows * steps); rows of one instant may be taken in any order, so they are matched with the steps by augmenting
/// paths (H. W. Kuhn, Naval Research Logistics Quarterly 2, 1955), at most eight steps to at most 64 of their rows.
class step_finder {
public:
    /// `steps` from 1 to `row_task::most_steps`.
    step_finder(std::size_t steps, std::optional<period> const& within, zone const& where) noexcept
        : steps_(steps), within_(within), where_(where) {}

    /// All rows of one instant; each call with a later one than the call before.
    void add_instant(std::span<task_row const> rows) noexcept;

    /// The most steps some attempt has done.
    [[nodiscard]] std::size_t best() const noexcept;

private:
    static constexpr std::size_t most = row_task::most_steps;

    /// Rows of one instant that may be taken: any `most` of those that pass a step will do, because the other steps
    /// take fewer.
    struct candidates {
        std::array<std::array<std::uint32_t, most>, most> rows; ///< per step
        std::array<std::size_t, most> count{};
    };
    /// Which row each step has taken.
    struct matching {
        std::array<std::uint32_t, most> row{};
        std::array<bool, most> taken{};
    };

    [[nodiscard]] bool is_open(std::size_t done, std::int64_t time) const noexcept;
    [[nodiscard]] bool extend(candidates const& from, matching& with, std::size_t step, std::uint32_t& tried) const;
    void begin_at(std::size_t done, std::int64_t first) noexcept;
    void add_row(task_row const& row) noexcept;

    std::size_t steps_;
    std::optional<period> within_;
    zone const& where_;
    std::array<std::optional<std::int64_t>, most + 1> first_{}; ///< per steps done: when the latest attempt began
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
