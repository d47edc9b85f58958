// SPDX-License-Identifier: Apache-2.0
#include <segmenta/feature/feature_set.hpp>

#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace segmenta;

namespace {

history_schema orders() {
    return {"orders", "paid_at",
            {{"paid_at", instant_type, {}, {}}, {"amount", decimal_type(2), {}, {}}, {"sku", string_type, {}, {}}}};
}

instant at(int year, std::uint8_t month, std::uint8_t day, int hour = 0) {
    return zone::utc().start_of_day(civil_date::of(year, month, day)) + duration::hours(hour);
}

} // namespace

TEST_CASE("feature_set: features over the same rows share one summary") {
    std::vector<feature_request> const requests{{aggregate::recency_days, "orders", "", "", ""},
                                                {aggregate::sum, "orders", "amount", "", ""},
                                                {aggregate::orders, "orders", "", "", ""},
                                                {aggregate::distinct, "orders", "sku", "", ""},
                                                {aggregate::sum, "orders", "amount", "P90D", ""},
                                                {aggregate::rows, "orders", "", "", "amount > decimal('10')"}};
    issue_list issues;
    feature_set const set(orders(), requests, issues);
    REQUIRE(issues.empty());
    CHECK(set.groups().size() == 3);
    CHECK(set.group_of(0) == set.group_of(3));
    CHECK(set.group_of(4) != set.group_of(1));
    CHECK(set.groups()[0].orders);
    CHECK(set.groups()[0].number == 1u);
    CHECK(set.groups()[0].distinct == 2u);
    CHECK(set.result(1) == decimal_type(2));
    CHECK(set.result(0) == int64_type);
}

TEST_CASE("feature_set: unknown fields and text that is summed are refused with what would do") {
    std::vector<feature_request> const requests{{aggregate::sum, "orders", "amonut", "", ""},
                                                {aggregate::sum, "orders", "sku", "", ""},
                                                {aggregate::rows, "orders", "", "P-5D", ""}};
    issue_list issues;
    feature_set const set(orders(), requests, issues);
    CHECK(issues.contains("feature.unknown_field"));
    CHECK(issues.contains("feature.needs_number"));
    CHECK(issues.size() == 3);
    CHECK(issues.to_string().find("amount") != std::string::npos); // the nearest name
}

TEST_CASE("feature_set: features that look at rows share their tasks, and the rows with the other features") {
    feature_request funnel{aggregate::sequence, "orders", "", "P90D"};
    funnel.steps = {"amount > decimal('1')", "true"};
    feature_request longer = funnel;
    longer.within = "P2D";
    std::vector<feature_request> const requests{{aggregate::sum, "orders", "amount", "P90D"},
                                                {aggregate::median, "orders", "amount", "P90D"},
                                                {aggregate::last, "orders", "sku", "P90D"},
                                                funnel, funnel, longer,
                                                {aggregate::median, "orders", "amount"}};
    issue_list issues;
    feature_set const set(orders(), requests, issues);
    REQUIRE(issues.empty());
    CHECK(set.groups().size() == 2);
    CHECK(set.tasks().size() == 5);
    CHECK_FALSE(set.task_of(0));
    CHECK(set.task_of(3) == set.task_of(4));
    CHECK(set.task_of(3) != set.task_of(5));
    CHECK(set.result(2) == category_type);
    CHECK(set.groups()[0].distinct == std::nullopt); // a last value is not counted
}

TEST_CASE("feature_set: a field of sets has no first value and no number of values") {
    auto rows = orders();
    rows.fields.push_back({"labels", category_set_type, {}, {}});
    for (auto const what : {aggregate::first, aggregate::most_frequent, aggregate::distinct}) {
        issue_list issues;
        std::vector<feature_request> const requests{{what, "orders", "labels"}};
        feature_set const set(rows, requests, issues);
        CHECK(issues.contains("feature.set_field"));
    }
}

TEST_CASE("read_aggregate: values from one summary") {
    summary_builder b;
    b.add_row(at(2024, 1, 1, 10).microseconds(), civil_date::of(2024, 1, 1).days_since_epoch());
    b.add_value(1000);
    b.add_row(at(2024, 1, 11, 10).microseconds(), civil_date::of(2024, 1, 11).days_since_epoch());
    b.add_value(-250);
    b.add_row(at(2024, 1, 15, 23).microseconds(), civil_date::of(2024, 1, 15).days_since_epoch());
    b.add_value(500);
    history_summary s = b.finish();
    s.orders = 2;
    feature_moment const moment(at(2024, 2, 1), zone::utc());
    auto const read = [&](aggregate what) { return read_aggregate(what, decimal_type(2), s, moment); };
    CHECK(read(aggregate::recency_days).result.as_int() == 17);
    CHECK(read(aggregate::tenure_days).result.as_int() == 31);
    CHECK(read(aggregate::recency).result.as_duration_us() == 16 * microseconds_per_day + 3'600'000'000);
    CHECK(read(aggregate::orders).result.as_int() == 2);
    CHECK(read(aggregate::rows).result.as_int() == 3);
    CHECK(read(aggregate::sum).result.as_units() == 1250);
    CHECK(read(aggregate::gross_sum).result.as_units() == 1500);
    CHECK(read(aggregate::refund_sum).result.as_units() == 250);
    CHECK(read(aggregate::mean).result.as_double() == 12.5 / 3);
    CHECK(read(aggregate::average_order_value).result.as_double() == 6.25);
    CHECK(read(aggregate::gap_count).result.as_int() == 2);
    CHECK(read(aggregate::gap_sum_days).result.as_int() == 14);
    CHECK(read(aggregate::gap_mean_days).result.as_double() == 7.0);
    CHECK(read(aggregate::gap_deviation_days).result.as_double() == 3.0); // gaps 10 and 4
    CHECK(read(aggregate::gap_max_days).result.as_int() == 10);
    CHECK(read(aggregate::previous_day).result.as_date() == civil_date::of(2024, 1, 11));
}

TEST_CASE("read_aggregate: no rows give zero counts and sums, and everything else is missing") {
    history_summary const none;
    feature_moment const moment(at(2024, 2, 1), zone::utc());
    for (auto const& info : aggregates()) {
        auto const v = read_aggregate(info.what, decimal_type(2), none, moment);
        bool const counts = info.what == aggregate::rows || info.what == aggregate::orders ||
                            info.what == aggregate::days || info.what == aggregate::distinct ||
                            info.what == aggregate::gap_count || info.what == aggregate::gap_sum_days ||
                            info.what == aggregate::sum || info.what == aggregate::gross_sum ||
                            info.what == aggregate::refund_sum || info.what == aggregate::decayed_sum ||
                            info.what == aggregate::decayed_count || info.what == aggregate::active_periods ||
                            info.what == aggregate::sequence;
        CAPTURE(std::string(info.name));
        CHECK(v.result.present() == counts);
        CHECK(v.state == (counts ? status::ok : status::unknown));
        if (counts) CHECK((v.result.base() == kind::float64 ? v.result.as_double() == 0 : v.result.as_int() == 0));
    }
}

TEST_CASE("read_aggregate: an overflown sum is an error, counts stay good") {
    summary_builder b;
    for (int i = 0; i < 2; ++i) {
        b.add_row(i, 0);
        b.add_value(std::numeric_limits<std::int64_t>::max());
    }
    auto const s = b.finish();
    feature_moment const moment(at(2024, 2, 1), zone::utc());
    CHECK(read_aggregate(aggregate::sum, int64_type, s, moment).state == status::error);
    CHECK(read_aggregate(aggregate::mean, int64_type, s, moment).state == status::error);
    CHECK(read_aggregate(aggregate::rows, int64_type, s, moment).result.as_int() == 2);
}

TEST_CASE("read_aggregate: equal means are equal doubles, however many rows they come from") {
    feature_moment const moment;
    for (std::int64_t cents = 1; cents < 20'000; cents += 7) {
        for (std::int64_t rows = 1; rows <= 12; ++rows) {
            history_summary s;
            s.rows = s.values = s.orders = rows;
            s.sum = cents * rows;
            auto const mean = read_aggregate(aggregate::mean, decimal_type(2), s, moment).result.as_double();
            REQUIRE(mean == static_cast<double>(cents) / 100.0); // the nearest double, as a file would be read
            REQUIRE(read_aggregate(aggregate::average_order_value, decimal_type(2), s, moment).result.as_double() == mean);
        }
    }
    history_summary wide; // past what a double tells apart
    wide.rows = wide.values = 3;
    wide.sum = 9'223'372'036'854'775'805;
    CHECK(read_aggregate(aggregate::mean, int64_type, wide, moment).result.as_double() == 3'074'457'345'618'258'601.0);
}
