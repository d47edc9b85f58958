// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_FEATURE_FEATURE_SET_HPP
#define SEGMENTA_FEATURE_FEATURE_SET_HPP

/// \file
/// The features of one history, grouped so that each group of rows is summarised once: features that share window,
/// condition and field read the same `history_summary`.

#include <segmenta/error.hpp>
#include <segmenta/feature/feature.hpp>
#include <segmenta/feature/history_summary.hpp>
#include <segmenta/feature/row_task.hpp>
#include <segmenta/feature/row_window.hpp>
#include <segmenta/record/schema.hpp>
#include <segmenta/record/status.hpp>
#include <segmenta/record/value.hpp>
#include <segmenta/time/zone.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// Which rows of a history a summary is over and what it must gather beside counts, times and days.
struct summary_group {
    row_window window;                   ///< without limits: back to the first row
    std::string where;                   ///< condition over the history's fields; empty: every row
    std::optional<std::size_t> number;   ///< index of the history field that is summed
    std::optional<std::size_t> distinct; ///< index of the history field whose values are counted
    bool orders = false;                 ///< distinct orders are asked for
    bool extremes = false;               ///< smallest and largest values, or the longest gap, are asked for

    friend bool operator==(summary_group const&, summary_group const&) = default;
};

/// The moment features are computed for.
struct feature_moment {
    instant as_of{};
    civil_date day{}; ///< civil day of `as_of` in the plan's zone

    feature_moment() = default;
    feature_moment(instant when, zone const& where) noexcept : as_of(when), day(where.civil_day_of(when)) {}
};

/// A computed feature: its value, and why there is none.
struct feature_value {
    value result;              ///< missing when nothing can be said (no rows, fewer than two days)
    status state = status::ok; ///< `unknown` when missing, `error` when a sum left the int64 range
};

namespace detail {

/// The bare element of a feature: an int64 (decimals in units, days, microseconds) or the bits of a double.
struct feature_bits {
    std::int64_t bits = 0;
    status state = status::ok; ///< `bits` say something when ok
};

[[nodiscard]] feature_bits read_bits(aggregate what, type field, history_summary const& from,
                                     feature_moment const& at) noexcept;

} // namespace detail

/// Reads an aggregate from a summary. `field` is the type of the aggregated field. Constant time, `noexcept`.
/// With no rows counts and sums are 0 and everything else is missing (see `aggregate`). Of aggregates that need the
/// rows themselves it can only tell that; with rows they are missing.
[[nodiscard]] feature_value read_aggregate(aggregate what, type field, history_summary const& from,
                                           feature_moment const& at) noexcept;

/// The features of one history, compiled against its schema.
///
/// Thread safety: immutable after construction; concurrent reads are safe.
class feature_set {
public:
    feature_set() = default;
    /// Issues: `feature.unknown_field`, `feature.needs_number`, `feature.set_field` (a field that holds many values at
    /// once) and those of `read_window` and `read_task`; the place of request i is `places[i]` where given.
    feature_set(history_schema const& history, std::span<feature_request const> requests, issue_list& issues,
                std::span<std::string const> places = {});

    [[nodiscard]] std::span<summary_group const> groups() const noexcept { return groups_; }
    [[nodiscard]] std::size_t size() const noexcept { return items_.size(); }
    [[nodiscard]] std::size_t group_of(std::size_t feature) const noexcept { return items_[feature].group; }
    [[nodiscard]] type result(std::size_t feature) const noexcept { return items_[feature].result; }
    [[nodiscard]] aggregate what(std::size_t feature) const noexcept { return items_[feature].what; }
    [[nodiscard]] type field(std::size_t feature) const noexcept { return items_[feature].field; }
    /// What features look at rows for; those that agree in everything share one.
    [[nodiscard]] std::span<row_task const> tasks() const noexcept { return tasks_; }
    /// The task of a feature that looks at rows.
    [[nodiscard]] std::optional<std::size_t> task_of(std::size_t feature) const noexcept {
        if (items_[feature].task == no_task) return std::nullopt;
        return items_[feature].task;
    }
    /// The value of a feature that looks at no rows, from the summaries of all groups in the order of `groups()`.
    [[nodiscard]] feature_value read(std::size_t feature, std::span<history_summary const> summaries,
                                     feature_moment const& at) const noexcept {
        item const& i = items_[feature];
        return read_aggregate(i.what, i.field, summaries[i.group], at);
    }
    /// The same without a `value` around it, and of all features: `answers` are those of the tasks. A date is its day
    /// since 1970-01-01.
    [[nodiscard]] detail::feature_bits read_bits(std::size_t feature, std::span<history_summary const> summaries,
                                                 feature_moment const& at,
                                                 std::span<detail::feature_bits const> answers = {}) const noexcept {
        item const& i = items_[feature];
        if (i.task != no_task) return answers[i.task];
        return detail::read_bits(i.what, i.field, summaries[i.group], at);
    }

private:
    static constexpr std::uint32_t no_task = 0xFFFF'FFFFU;
    struct item {
        aggregate what{};
        std::uint32_t group = 0;
        std::uint32_t task = no_task;
        type field{};
        type result{};
    };
    std::uint32_t place_in_group(summary_group const& group);
    std::uint32_t place_in_tasks(row_task task);

    std::vector<summary_group> groups_;
    std::vector<row_task> tasks_;
    std::vector<item> items_;
};

} // namespace v0
} // namespace segmenta

#endif
