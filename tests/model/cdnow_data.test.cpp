// SPDX-License-Identifier: Apache-2.0
// CDNOW (Fader and Hardie): the figures of expected_cdnow.json that no other test has: totals, concentration, cohorts,
// and the summary of the package lifetimes beside ours.
#include <segmenta/evaluate/cohort.hpp>
#include <segmenta/stats/concentration.hpp>
#include <segmenta/time/parse.hpp>

#include "model/figure_checks.hpp"
#include "model/purchase_data.hpp"

using namespace segmenta;
using namespace segmenta::test;

namespace {

struct cdnow_row {
    std::uint64_t customer = 0;
    civil_date day;
    std::uint64_t disks = 0;
    double dollars = 0;
};

/// The numbers of each line: the sample has an id of the master file before its own.
std::vector<cdnow_row> read_cdnow(std::string const& set) {
    std::vector<cdnow_row> out;
    bool const sample = set == "sample";
    std::ifstream file(test_data(sample ? "CDNOW_sample.txt" : "CDNOW_master.txt"));
    std::string text;
    if (!sample) std::getline(file, text);
    long day = 0;
    for (cdnow_row row; (!sample || file >> text) && file >> row.customer >> day >> row.disks >> row.dollars;) {
        row.day = day_of(day);
        out.push_back(row);
    }
    return out;
}

/// What a customer, or a month, spent.
template <class Key>
std::map<Key, double> spend_by(std::vector<cdnow_row> const& rows, Key (*key)(cdnow_row const&)) {
    std::map<Key, std::vector<double>> parts;
    for (auto const& row : rows)
        parts[key(row)].push_back(row.dollars);
    std::map<Key, double> out;
    for (auto const& [of, amounts] : parts)
        out[of] = compute_moments(amounts).sum;
    return out;
}

void check_concentration(figures const& expected, std::vector<double> const& amounts) {
    concentration const c(amounts);
    CHECK(c.share_of_top_fraction(0.01) == near_figure(expected.at("share_top_1pct").number()));
    CHECK(c.share_of_top_fraction(0.1) == near_figure(expected.at("share_top_10pct").number()));
    CHECK(c.share_of_top_fraction(0.2) == near_figure(expected.at("share_top_20pct").number()));
    CHECK(c.share_of_top(expected.at("n_top_20pct").count()) == c.share_of_top_fraction(0.2));
    CHECK(c.customers_for_share(0.8) == expected.at("pareto80_customers").count());
    CHECK(c.gini() == near_figure(expected.at("gini").number()));
    auto const deciles = expected.at("decile_shares").numbers();
    auto const shares = c.group_shares(10);
    for (std::size_t i = 0; i < 10; ++i)
        CHECK(shares[i] == near_figure(deciles[i]));
}

void check_cohorts(figures const& expected, std::vector<cdnow_row> const& rows) {
    std::vector<std::uint64_t> ids;
    std::vector<civil_date> days;
    for (auto const& row : rows) {
        ids.push_back(row.customer);
        days.push_back(row.day);
    }
    retention_triangle const kept(ids, days);
    REQUIRE(kept.cohorts().size() >= 3);
    std::size_t came = 0;
    for (auto const& one : kept.cohorts()) {
        auto const month = to_string(one.begin).substr(0, 7);
        if (!expected.has(month)) { // nobody came later
            CHECK(std::count(one.active.begin(), one.active.end(), 0) == std::ptrdiff_t(one.active.size()));
            continue;
        }
        INFO(month);
        ++came;
        CHECK(std::vector<std::uint64_t>(one.active.begin(), one.active.end()) == expected.at(month).counts());
    }
    CHECK(came == expected.members().size());
}

} // namespace

TEST_CASE("cdnow: every figure of the data that is not a model's") {
    SEGMENTA_NEED_TEST_DATA("CDNOW_master.txt");
    expected_figures const file("expected_cdnow.json");
    for (std::string const set : {"sample", "master"}) {
        INFO(set);
        auto const expected = file.at(set);
        auto const rows = read_cdnow(set);
        CHECK(rows.size() == expected.at("rows").count());
        std::uint64_t disks = 0;
        std::set<std::tuple<std::uint64_t, civil_date, std::uint64_t, double>> distinct;
        for (auto const& row : rows) {
            disks += row.disks;
            distinct.insert({row.customer, row.day, row.disks, row.dollars});
        }
        CHECK(disks == expected.at("cds").count());
        CHECK(rows.size() - distinct.size() == expected.at("exact_duplicate_rows_beyond_first").count());
        auto const months =
            spend_by<std::string>(rows, [](cdnow_row const& row) { return to_string(row.day).substr(0, 7); });
        CHECK(months.size() == expected.at("monthly_spend").members().size());
        for (auto const& [month, spend] : expected.at("monthly_spend").members())
            CHECK(months.at(month) == near_figure(spend.number()));
        auto const spend = spend_by<std::uint64_t>(rows, [](cdnow_row const& row) { return row.customer; });
        std::vector<double> amounts;
        std::vector<std::pair<double, std::uint64_t>> order;
        for (auto const& [customer, amount] : spend) {
            amounts.push_back(amount);
            order.emplace_back(-amount, customer);
        }
        std::sort(order.begin(), order.end());
        auto const top = expected.at("top10_by_spend").table();
        for (std::size_t i = 0; i < top.size() / 2; ++i) {
            CHECK(double(order[i].second) == top[2 * i]);
            CHECK(-order[i].first == near_figure(top[2 * i + 1]));
        }
        check_concentration(expected.at("concentration"), amounts);
        check_cohorts(expected.at("cohorts").at("cohorts"), rows);
        CHECK(expected.unread({"concentration/definition", "cohorts/definition",
                               // summarise_purchases.test.cpp
                               "calibration_1997_09_30_weeks", "holdout_1997_10_01_to_1998_06_30", "customers",
                               "spend_exact_decimal", "first_day", "last_day", "zero_amount_rows", "customer_days",
                               "one_time_buyers_by_day", "last_first_purchase_day",
                               // tests/strategy/value.test.cpp
                               "rfm_as_of_1998_07_01"}) == figures_left_out{});
    }

    auto const differences = file.at("check_against_cdnow_customers_summary_with_transactions");
    auto const ours = cdnow_calibration();
    text_columns const theirs(test_data("cdnow_customers_summary_with_transactions.csv"));
    REQUIRE(theirs.texts("ID").size() == ours.size());
    auto const largest = [](std::vector<double> const& a, std::vector<double> const& b) {
        double out = 0;
        for (std::size_t i = 0; i < a.size(); ++i)
            out = std::max(out, std::abs(a[i] - b[i]));
        return out;
    };
    CHECK(largest(ours.repeats, theirs.numbers("x")) == differences.at("max_abs_diff_x").number());
    CHECK(largest(ours.last, theirs.numbers("t_x")) == near_figure(differences.at("max_abs_diff_tx").number()));
    CHECK(largest(ours.age, theirs.numbers("T")) == near_figure(differences.at("max_abs_diff_T").number()));
    CHECK(largest(ours.mean_spend, theirs.numbers("zbar")) ==
          near_figure(differences.at("max_abs_diff_zbar").number()));
    CHECK(file.unread({"sample", "master", "published", "bgnbd_mle_sample_weeks",
                       "bgnbd_at_fixed_parameters",                                     // bg_nbd.test.cpp
                       "pareto_nbd_mle_sample_weeks", "pareto_nbd_at_fixed_parameters", // pareto_nbd.test.cpp
                       "gamma_gamma_mle_sample",                                        // gamma_gamma.test.cpp
                       "holdout_sample_actual_sum"})                                    // summarise_purchases.test.cpp
          == figures_left_out{});
}
