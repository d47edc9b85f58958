// SPDX-License-Identifier: Apache-2.0
#include "feature/row_answers.hpp"

#include "feature/step_finder.hpp"

#include <segmenta/base/random.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <set>
#include <string>
#include <vector>

using namespace segmenta;
using namespace segmenta::detail;

namespace {

constexpr std::int64_t day_us = microseconds_per_day;

/// A row at noon of a day, with a value.
task_row row_on(std::int32_t day, std::int64_t value) {
    return {day * day_us + day_us / 2, day, 0, static_cast<std::uint64_t>(value), true, 0};
}

/// Texts that tests look up by row number.
struct text_list {
    std::vector<std::string> texts;
    [[nodiscard]] long_texts look_up() const {
        return {this, [](void const* context, task_row const& row) noexcept {
                    return std::string_view(static_cast<text_list const*>(context)->texts[row.row]);
                }};
    }
    std::vector<task_row> rows(std::vector<std::int32_t> const& days) const {
        std::vector<task_row> out;
        for (std::uint32_t i = 0; i < texts.size(); ++i) {
            task_row made = row_on(days[i], 0);
            made.row = i;
            made.value = identity_of(texts[i]);
            out.push_back(made);
        }
        return out;
    }
};

task_answer answered(row_task const& task, std::vector<task_row> rows, instant as_of, text_list const& texts = {},
                     zone const& where = zone::utc()) {
    task_scratch memory;
    task_moment moment{feature_moment(as_of, where), &where, false, {}, true};
    period_starts(task, moment, memory.starts);
    moment.starts = memory.starts;
    memory.rows = std::move(rows);
    return answer_task(task, moment, texts.look_up(), memory);
}

double real_of(task_answer const& a) {
    REQUIRE(a.said.state == status::ok);
    return std::bit_cast<double>(a.said.bits);
}

row_task over(aggregate what, type field = int64_type) {
    row_task task;
    task.what = what;
    task.field = 0;
    task.field_type = field;
    return task;
}

} // namespace

TEST_CASE("row_answers: median is the middle value, or the mean of the middle two, rounded once") {
    auto const median = [](type field, std::vector<std::int64_t> const& values) {
        std::vector<task_row> rows;
        for (auto const v : values)
            rows.push_back(row_on(static_cast<std::int32_t>(rows.size()), v));
        return answered(over(aggregate::median, field), rows, instant{100 * day_us});
    };
    CHECK(median(int64_type, {}).said.state == status::unknown);
    CHECK(real_of(median(int64_type, {7})) == 7);
    CHECK(real_of(median(int64_type, {9, 1, 5})) == 5);
    CHECK(real_of(median(int64_type, {9, 1, 5, 4})) == 4.5);
    CHECK(real_of(median(decimal_type(2), {10, 31, 30, 1})) == 0.2);
    std::int64_t const most = std::numeric_limits<std::int64_t>::max();
    CHECK(real_of(median(int64_type, {most, most})) == 0x1p63); // the sum does not fit into 64 bits
    CHECK(real_of(median(int64_type, {most, -most})) == 0);
    auto const bits = [](double v) { return std::bit_cast<std::int64_t>(v); };
    CHECK(real_of(median(float64_type, {bits(-2.5), bits(0.5), bits(-1.0), bits(1e308)})) == -0.25);
    CHECK(real_of(median(float64_type, {bits(1.7e308), bits(1.5e308)})) == 1.6e308);
    task_row without = row_on(3, 100);
    without.has_value = false;
    CHECK(real_of(answered(over(aggregate::median), {row_on(1, 3), without}, instant{9 * day_us})) == 3);
}

TEST_CASE("row_answers: first, last and most frequent texts, short and long, whatever the order within an instant") {
    text_list const list{{"pear", "a text of many bytes", "a text of more bytes", "apple", "apple", "a text of many bytes"}};
    auto rows = list.rows({1, 1, 2, 2, 3, 3});
    std::vector<std::uint32_t> order{0, 1, 2, 3, 4, 5};
    do {
        std::vector<task_row> shuffled;
        for (auto const i : order)
            shuffled.push_back(rows[i]);
        std::stable_sort(shuffled.begin(), shuffled.end(), [](auto const& a, auto const& b) { return a.time < b.time; });
        auto const text = [&](aggregate what) {
            return list.texts[answered(over(what, string_type), shuffled, instant{9 * day_us}, list).row];
        };
        REQUIRE(text(aggregate::first) == "a text of many bytes");
        REQUIRE(text(aggregate::last) == "apple");
        REQUIRE(text(aggregate::most_frequent) == "a text of many bytes"); // twice, as "apple"
    } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("row_answers: negative numbers are smaller than positive ones, also as identities") {
    auto const first = answered(over(aggregate::first, date_type), {row_on(1, 5), row_on(1, -5)}, instant{9 * day_us});
    CHECK(first.said.bits == -5);
    auto const bits = [](double v) { return std::bit_cast<std::int64_t>(v); };
    auto const last = answered(over(aggregate::last, float64_type), {row_on(1, bits(-0.5)), row_on(1, bits(-2))},
                               instant{9 * day_us});
    CHECK(real_of(last) == -0.5);
    CHECK(answered(over(aggregate::most_frequent), {row_on(1, 2), row_on(2, -3)}, instant{9 * day_us}).said.bits == -3);
}

TEST_CASE("row_answers: decayed sums halve with the half-life, by days and exactly") {
    row_task by_days = over(aggregate::decayed_sum);
    by_days.half_life = period::of_days(10);
    row_task exact = by_days;
    exact.half_life = period::exact(duration::hours(240));
    std::vector<task_row> const rows{row_on(0, 8), row_on(10, 4), row_on(20, 2)};
    instant const noon{20 * day_us + day_us / 2};
    CHECK(real_of(answered(by_days, rows, noon)) == 2 + 2 + 2);
    CHECK(real_of(answered(exact, rows, noon)) == 2 + 2 + 2);
    CHECK(answered(by_days, rows, noon).changes == instant{21 * day_us});
    CHECK(answered(exact, rows, noon).changes == noon + duration{1});
    instant const evening = noon + duration::hours(6);
    CHECK(real_of(answered(by_days, rows, evening)) == 6);
    CHECK(real_of(answered(exact, rows, evening)) == Catch::Approx(6 * std::exp2(-6.0 / 240)).epsilon(1e-15));
    CHECK(real_of(answered(by_days, {}, noon)) == 0);
    CHECK(answered(by_days, {}, noon).changes.is_never());
    row_task count = by_days;
    count.what = aggregate::decayed_count;
    CHECK(real_of(answered(count, rows, noon)) == 0.25 + 0.5 + 1);
    // amounts that a running sum would lose
    CHECK(real_of(answered(by_days, {row_on(20, 1), row_on(20, 1LL << 60), row_on(20, -(1LL << 60))}, noon)) == 1);
}

TEST_CASE("row_answers: active periods are months of the calendar, and end when their last row leaves") {
    zone const london = zone::named("Europe/London");
    row_task months;
    months.what = aggregate::active_periods;
    months.every = period::of_months(1);
    months.periods = 3;
    auto const on = [&](std::int32_t year, std::uint8_t month, std::uint8_t day) {
        civil_date const d = civil_date::of(year, month, day);
        return task_row{(london.start_of_day(d) + duration::hours(9)).microseconds(), d.days_since_epoch()};
    };
    instant const as_of = london.start_of_day(civil_date::of(2024, 4, 30)) + duration::hours(12);
    // back from 30 April: to 30 March, 29 February (clamped), 30 January
    auto const answer = answered(months, {on(2024, 1, 30), on(2024, 2, 28), on(2024, 4, 1), on(2024, 4, 20)}, as_of, {}, london);
    CHECK(answer.said.bits == 2);
    // the row of 1 April leaves the first period before that of 28 February leaves the third
    CHECK(answer.changes == london.start_of_day(civil_date::of(2024, 5, 1)) + duration::hours(9));
    CHECK(answered(months, {}, as_of, {}, london).said.bits == 0);
    CHECK(answered(months, {}, as_of, {}, london).changes.is_never());
}

namespace {

/// Every choice of rows, the plain way.
std::size_t naive_steps(std::vector<task_row> const& rows, std::size_t steps, std::int64_t within,
                        std::size_t done, std::int64_t first, std::int64_t since, std::set<std::size_t>& used) {
    std::size_t best = done;
    for (std::size_t row = 0; row < rows.size() && done < steps; ++row) {
        if (used.count(row) != 0 || ((rows[row].steps >> done) & 1U) == 0) continue;
        if (done > 0 && (rows[row].time < since || rows[row].time > first + within)) continue;
        used.insert(row);
        best = std::max(best, naive_steps(rows, steps, within, done + 1, done == 0 ? rows[row].time : first,
                                          rows[row].time, used));
        used.erase(row);
    }
    return best;
}

} // namespace

TEST_CASE("step_finder: how far a sequence gets is what trying every choice of rows finds", "[property]") {
    constexpr std::uint64_t seed = 41;
    random_generator random(seed);
    std::array<std::size_t, 6> seen{};
    for (int round = 0; round < 20'000; ++round) {
        std::size_t const steps = 1 + random_below(random, 5);
        std::vector<task_row> rows;
        std::int64_t time = 0;
        double const together = static_cast<double>(random_below(random, 4)) / 3; // how many rows share their instant
        for (std::size_t n = random_below(random, 7); n > 0; --n) {
            if (!random_bernoulli(random, together)) time += 1 + static_cast<std::int64_t>(random_below(random, 4));
            task_row made;
            made.time = time * 3'600'000'000;
            std::uint64_t const many = random_bernoulli(random, 0.5) ? 31U : random(); // of all steps
            made.steps = static_cast<std::uint8_t>(random() & many & 31U);
            rows.push_back(made);
        }
        std::optional<period> within;
        if (random_bernoulli(random, 0.6)) within = period::exact(duration::hours(1 + static_cast<int>(random_below(random, 6))));
        row_task task;
        task.what = aggregate::sequence;
        task.steps.resize(steps);
        task.within = within;
        std::set<std::size_t> used;
        std::int64_t const limit = within ? within->length().microseconds() : 100 * day_us;
        auto const expected = naive_steps(rows, steps, limit, 0, 0, 0, used);
        CAPTURE(seed, round, steps, rows.size());
        REQUIRE(answered(task, rows, instant{100 * day_us}).said.bits == static_cast<std::int64_t>(expected));
        ++seen[expected];
    }
    for (auto const n : seen)
        CHECK(n > 100);
}
