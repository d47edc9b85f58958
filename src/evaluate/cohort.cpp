// SPDX-License-Identifier: Apache-2.0
#include <segmenta/evaluate/cohort.hpp>

#include <segmenta/error.hpp>
#include <segmenta/time/parse.hpp>

#include "evaluate/checks.hpp"
#include "evaluate/csv_text.hpp"

#include <algorithm>

namespace segmenta {
inline namespace v0 {
namespace {

constexpr std::int64_t most_periods = 2'000; // 38 years of weeks; a triangle of 16 MiB

/// Periods numbered from some fixed one.
class period_numbers {
public:
    explicit period_numbers(cohort_options const& options) : options_(options) {}

    [[nodiscard]] std::int64_t of(civil_date day) const noexcept {
        if (options_.unit == cohort_unit::month) {
            auto const date = day.to_year_month_day();
            return std::int64_t{date.year} * 12 + date.month - 1;
        }
        return detail::floor_divide(std::int64_t{day.days_since_epoch()} - first_week_start(), 7);
    }
    [[nodiscard]] civil_date begin(std::int64_t period) const noexcept {
        if (options_.unit == cohort_unit::month) {
            auto const year = static_cast<std::int32_t>(detail::floor_divide(period, 12));
            return civil_date::of(year, static_cast<std::uint8_t>(period - std::int64_t{year} * 12 + 1), 1);
        }
        return civil_date{static_cast<std::int32_t>(period * 7 + first_week_start())};
    }

private:
    /// Days since the epoch, a Thursday, of the first start of a week on or after it.
    [[nodiscard]] std::int64_t first_week_start() const noexcept {
        return (static_cast<int>(options_.week_start) - static_cast<int>(weekday::thursday) + 7) % 7;
    }

    cohort_options const& options_;
};

struct visit {
    std::uint64_t customer;
    std::int64_t period;

    friend auto operator<=>(visit const&, visit const&) = default;
};

/// Each customer's periods, once each and ascending.
std::vector<visit> visits_of(std::span<std::uint64_t const> customers, std::span<civil_date const> days,
                             period_numbers const& periods, civil_date through) {
    std::vector<visit> visits;
    visits.reserve(customers.size());
    for (std::size_t i = 0; i < customers.size(); ++i)
        if (days[i] <= through) visits.push_back({customers[i], periods.of(days[i])});
    std::sort(visits.begin(), visits.end());
    visits.erase(std::unique(visits.begin(), visits.end()), visits.end());
    return visits;
}

void refuse_too_many(std::int64_t periods) {
    if (periods <= most_periods) return;
    throw issue_error("evaluate.option", "days", "there are too many periods from the first to the last event",
                      std::to_string(periods), "at most " + std::to_string(most_periods),
                      "A date is wrong, or months are wanted instead of weeks");
}

} // namespace

retention_triangle::retention_triangle(std::span<std::uint64_t const> customers, std::span<civil_date const> days,
                                       cohort_options const& options) {
    build(customers, days, options);
}

retention_triangle::retention_triangle(std::span<std::uint64_t const> customers, std::span<instant const> times,
                                       zone const& where, cohort_options const& options) {
    std::vector<civil_date> days(times.size());
    std::transform(times.begin(), times.end(), days.begin(), [&](instant when) { return where.civil_day_of(when); });
    build(customers, days, options);
}

void retention_triangle::build(std::span<std::uint64_t const> customers, std::span<civil_date const> days,
                               cohort_options const& options) {
    issue_list issues;
    detail::check_not_empty(customers.size(), "customers", issues);
    detail::check_same_length(days.size(), "days", customers.size(), "customers", issues);
    issues.throw_if_errors();
    civil_date const through = options.through.value_or(*std::max_element(days.begin(), days.end()));
    period_numbers const periods(options);
    auto const visits = visits_of(customers, days, periods, through);
    detail::check_not_empty(visits.size(), "days up to the last observed one", issues);
    issues.throw_if_errors();

    auto const by_period = [](visit const& a, visit const& b) { return a.period < b.period; };
    std::int64_t const first = std::min_element(visits.begin(), visits.end(), by_period)->period;
    std::int64_t const last = periods.of(through);
    refuse_too_many(last - first + 1);
    for (std::int64_t period = first; period <= last; ++period)
        cohorts_.push_back(
            {periods.begin(period), std::vector<std::uint64_t>(static_cast<std::size_t>(last - period + 1), 0)});
    std::int64_t cohort_period = 0;
    for (std::size_t i = 0; i < visits.size(); ++i) {
        if (i == 0 || visits[i].customer != visits[i - 1].customer) cohort_period = visits[i].period;
        auto& row = cohorts_[static_cast<std::size_t>(cohort_period - first)];
        ++row.active[static_cast<std::size_t>(visits[i].period - cohort_period)];
    }
    partial_ = through + 1 < periods.begin(last + 1);
}

std::uint64_t retention_triangle::customers() const noexcept {
    std::uint64_t sum = 0;
    for (auto const& row : cohorts_)
        sum += row.size();
    return sum;
}

std::optional<double> retention_triangle::retention(std::size_t row, std::size_t age) const noexcept {
    if (row >= cohorts_.size() || age >= cohorts_[row].active.size() || cohorts_[row].size() == 0) return std::nullopt;
    return static_cast<double>(cohorts_[row].active[age]) / static_cast<double>(cohorts_[row].size());
}

std::optional<double> retention_triangle::average_retention(std::size_t age, bool complete) const noexcept {
    std::uint64_t came = 0;
    std::uint64_t there = 0;
    for (auto const& row : cohorts_) {
        std::size_t const observed = row.active.size() - (complete && partial_ ? 1 : 0);
        if (age >= observed) continue;
        came += row.size();
        there += row.active[age];
    }
    if (came == 0) return std::nullopt;
    return static_cast<double>(there) / static_cast<double>(came);
}

std::string retention_triangle::to_csv() const {
    std::string text = "cohort,age,customers,retention\n";
    for (std::size_t row = 0; row < cohorts_.size(); ++row) {
        for (std::size_t age = 0; age < cohorts_[row].active.size(); ++age) {
            auto const share = retention(row, age);
            text += to_string(cohorts_[row].begin) + ',' + std::to_string(age) + ',' +
                    std::to_string(cohorts_[row].active[age]) + ',' +
                    (share ? detail::csv_number(*share) : std::string()) + '\n';
        }
    }
    return text;
}

} // namespace v0
} // namespace segmenta
