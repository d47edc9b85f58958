// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_EVALUATE_COHORT_HPP
#define SEGMENTA_EVALUATE_COHORT_HPP

/// \file
/// Retention triangles: of the customers who came in a month (or week), how many were there in each later one.

#include <segmenta/time/instant.hpp>
#include <segmenta/time/zone.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// What a cohort and its later periods are.
enum class cohort_unit : std::uint8_t {
    week,  ///< seven civil days from `week_start`
    month, ///< a civil month
};

struct cohort_options {
    cohort_unit unit = cohort_unit::month;
    weekday week_start = weekday::monday;
    /// The last day that was observed; events after it are left out. Without it, the day of the last event. A period
    /// that it cuts is a period all the same, see `retention_triangle::last_is_partial`.
    std::optional<civil_date> through = {};
};

/// Customers who came in the same period.
struct cohort {
    civil_date begin;                  ///< first day of the period
    std::vector<std::uint64_t> active; ///< customers there 0, 1, 2, ... periods later, to the last observed one; the
                                       ///< first is the size of the cohort

    [[nodiscard]] std::uint64_t size() const noexcept { return active.empty() ? 0 : active.front(); }
};

/// One row for each period from the first event to the last observed one; rows get shorter.
///
///     retention_triangle const kept(customer_ids, paid_at, zone::named("Europe/London"));
///     kept.cohorts()[0].active;      // 885, 324, 286, ...: who came in the first month, and who of them was back
///     kept.average_retention(1);     // over all cohorts, one month later
///
/// Thread safety: immutable after construction; concurrent reads are safe.
class retention_triangle {
public:
    /// `customers[i]` did something on `days[i]`, in any order and as often as they like. A customer's cohort is the
    /// period of the first event. O(n log n). Throws `issue_error` with all of `evaluate.empty` (no events, or none on
    /// or before `through`), `evaluate.length`, and `evaluate.option` for periods that would be more than 2,000.
    retention_triangle(std::span<std::uint64_t const> customers, std::span<civil_date const> days,
                       cohort_options const& options = {});
    /// Instants fall on their civil day in `where`.
    retention_triangle(std::span<std::uint64_t const> customers, std::span<instant const> times, zone const& where,
                       cohort_options const& options = {});

    /// By ascending period; periods in which nobody came are rows of zeros.
    [[nodiscard]] std::span<cohort const> cohorts() const noexcept { return cohorts_; }
    [[nodiscard]] std::uint64_t customers() const noexcept;
    /// Whether observation ended before the last period did: its counts are then too low.
    [[nodiscard]] bool last_is_partial() const noexcept { return partial_; }
    /// Share of the cohort there `age` periods later; nothing when it was not observed or the cohort is empty.
    [[nodiscard]] std::optional<double> retention(std::size_t row, std::size_t age) const noexcept;
    /// Over all cohorts observed at that age, customers there by customers who came; nothing when there are none. With
    /// `complete`, the last period is left out when it is partial.
    [[nodiscard]] std::optional<double> average_retention(std::size_t age, bool complete = true) const noexcept;

    /// `cohort,age,customers,retention`, a row for each cell.
    [[nodiscard]] std::string to_csv() const;

private:
    void build(std::span<std::uint64_t const> customers, std::span<civil_date const> days,
               cohort_options const& options);

    std::vector<cohort> cohorts_;
    bool partial_ = false;
};

} // namespace v0
} // namespace segmenta

#endif
