// SPDX-License-Identifier: Apache-2.0
#include "strategy/rfm_package.hpp"
#include "strategy/strategy_test.hpp"
#include "support/catch.hpp"
#include "support/expected_figures.hpp"

#include "base/json.hpp"

#include <segmenta/strategy/registry.hpp>
#include <segmenta/strategy/value.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cmath>
#include <fstream>
#include <numeric>
#include <set>

using namespace segmenta;
using test::frame;

namespace {

/// Scores of three columns, and the answers of a map over them.
struct rfm_result {
    std::vector<quantile_score> scorers;
    std::vector<std::vector<std::uint8_t>> scores;
    std::vector<std::uint16_t> segments;

    /// `rfm.111` cells to counts.
    [[nodiscard]] std::map<std::string, std::int64_t> cells() const {
        std::map<std::string, std::int64_t> out;
        for (std::size_t i = 0; i < scores[0].size(); ++i)
            ++out[std::to_string(scores[0][i]) + std::to_string(scores[1][i]) + std::to_string(scores[2][i])];
        return out;
    }
    [[nodiscard]] std::vector<std::uint8_t const*> columns(std::size_t dimensions) const {
        std::vector<std::uint8_t const*> out;
        for (std::size_t d = 0; d < dimensions; ++d)
            out.push_back(scores[d].data());
        return out;
    }
};

rfm_result score_rfm(frame const& f, quantile_spec const& spec, std::vector<tie_policy> const& ties) {
    rfm_result out;
    std::vector<std::string> const names{"r", "f", "m"};
    for (std::size_t d = 0; d < 3; ++d) {
        quantile_score_options o;
        o.id = names[d];
        o.reads = names[d];
        o.quantiles = spec;
        o.ties = ties[d];
        o.direction = d == 0 ? score_direction::descending : score_direction::ascending;
        out.scorers.push_back(quantile_score::fit(o, f[d]));
        out.scores.emplace_back(f[d].size);
        out.scorers.back().scores_of_everyone(f[d], {}, out.scores.back());
    }
    return out;
}

std::map<std::string, std::int64_t> counts_of(boost::json::value const& object) {
    std::map<std::string, std::int64_t> out;
    for (auto const& member : object.get_object())
        out[std::string(member.key())] = member.value().to_number<std::int64_t>();
    return out;
}

void check_thresholds(score_report const& report, boost::json::value const& expected) {
    // the package lists lower edges from the smallest value, and the upper end as the largest value plus one
    auto const& lower = expected.at("lower").get_array();
    REQUIRE(report.edges.size() == lower.size() + 1);
    for (std::size_t i = 0; i < lower.size(); ++i)
        CHECK(report.edges[i] == Catch::Approx(lower[i].to_number<double>()).epsilon(1e-12));
    CHECK(report.edges.back() + 1 == expected.at("upper").get_array().back().to_number<double>());
}

struct totals {
    std::int64_t customers = 0;
    std::int64_t orders = 0;
    std::int64_t revenue = 0;
    friend bool operator==(totals const&, totals const&) = default;
};

std::map<std::string, totals> totals_of(rfm_result const& scored, cell_map const& map, frame const& f) {
    std::vector<std::uint16_t> segments(f[0].size);
    map.find_all(scored.columns(3), segments);
    std::map<std::string, totals> out;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        auto& t = out[std::string(local_id(map.segments()[segments[i]].id))];
        ++t.customers;
        t.orders += f[1].as<std::int64_t>()[i];
        t.revenue += f[2].as<std::int64_t>()[i];
    }
    return out;
}

constexpr quantile_spec rfm_package_bins{quantile_type::type_7, closed_side::left, 1};
std::vector<tie_policy> const no_ties(3, tie_policy::same_score);

} // namespace

TEST_CASE("R package rfm: the orders data", "[value]") {
    SEGMENTA_NEED_TEST_DATA("rfm_data_orders.csv");
    SEGMENTA_NEED_TEST_DATA("expected_rfm_package.json");
    auto const rows = test::read_plain_csv(test::test_data("rfm_data_orders.csv"));
    auto const expected =
        detail::parse_json(test::text_of_file(test::test_data("expected_rfm_package.json"))).at("orders");
    struct customer {
        std::int32_t last = 0;
        std::int64_t orders = 0;
        std::int64_t revenue = 0;
    };
    std::map<std::string, customer> customers;
    for (std::size_t i = 0; i < rows.at("customer_id").size(); ++i) {
        auto& c = customers[rows.at("customer_id")[i]];
        c.last = std::max(c.last, test::day_of(rows.at("order_date")[i]));
        ++c.orders;
        c.revenue += std::stoll(rows.at("revenue")[i]);
    }
    REQUIRE(customers.size() == 995);
    std::vector<std::optional<std::int64_t>> recency;
    std::vector<std::optional<std::int64_t>> frequency;
    std::vector<std::optional<std::int64_t>> monetary;
    std::vector<std::string> names;
    for (auto const& [name, c] : customers) {
        names.push_back(name);
        recency.push_back(civil_date::of(2006, 12, 31).days_since_epoch() - c.last);
        frequency.push_back(c.orders);
        monetary.push_back(c.revenue);
    }
    frame f;
    f.whole(recency).whole(frequency).whole(monetary);
    auto const scored = score_rfm(f, rfm_package_bins, no_ties);
    check_thresholds(scored.scorers[0].report(), expected.at("thresholds").at("recency_days"));
    check_thresholds(scored.scorers[1].report(), expected.at("thresholds").at("frequency"));
    check_thresholds(scored.scorers[2].report(), expected.at("thresholds").at("monetary"));
    CHECK(scored.scorers[0].report().sizes == std::vector<std::size_t>{197, 200, 199, 199, 200});
    CHECK(scored.scorers[1].report().sizes == std::vector<std::size_t>{268, 187, 176, 244, 120});
    CHECK(scored.scorers[2].report().sizes == std::vector<std::size_t>{200, 200, 198, 202, 195});
    CHECK(scored.cells() == counts_of(expected.at("rfm_cells")));
    for (auto const& member : expected.at("first_5").get_object()) {
        auto const at =
            static_cast<std::size_t>(std::find(names.begin(), names.end(), std::string(member.key())) - names.begin());
        CHECK(scored.scores[0][at] * 100 + scored.scores[1][at] * 10 + scored.scores[2][at] ==
              member.value().to_number<std::int64_t>());
    }

    // tests of the package: the heat map of mean amounts by recency and frequency score sums to 12634
    std::map<std::pair<int, int>, std::pair<double, double>> heat; // amounts, customers
    for (std::size_t i = 0; i < monetary.size(); ++i) {
        auto& cell = heat[{scored.scores[0][i], scored.scores[1][i]}];
        cell.first += static_cast<double>(*monetary[i]);
        ++cell.second;
    }
    double sum_of_means = 0;
    for (auto const& [_, cell] : heat)
        sum_of_means += cell.first / cell.second;
    CHECK(heat.size() == 25);
    CHECK(std::round(sum_of_means) == 12634);

    // the README's rendered table: customers, orders, revenue
    CHECK(totals_of(scored, cell_map(test::readme_map()), f) ==
          std::map<std::string, totals>{{"about_to_sleep", {102, 283, 23449}},
                                        {"at_risk", {28, 216, 22227}},
                                        {"cant_lose", {47, 274, 32446}},
                                        {"champions", {35, 316, 31646}},
                                        {"lost", {148, 393, 35324}},
                                        {"loyal", {170, 799, 76562}},
                                        {"need_attention", {10, 57, 4562}},
                                        {"new", {104, 329, 28837}},
                                        {"potential", {342, 2211, 204856}},
                                        {"promising", {9, 28, 4249}}});
    // the package's own tests
    auto const tested = totals_of(scored, cell_map(test::package_test_map()), f);
    std::map<std::string, std::string> const package_names{{"About To Sleep", "about_to_sleep"},
                                                           {"At Risk", "at_risk"},
                                                           {"Champions", "champions"},
                                                           {"Lost", "lost"},
                                                           {"Loyal Customers", "loyal"},
                                                           {"Need Attention", "need_attention"},
                                                           {"Others", "others"},
                                                           {"Potential Loyalist", "potential"}};
    auto const& segments = expected.at("segments").get_object();
    REQUIRE(tested.size() == segments.size());
    for (auto const& member : segments) {
        auto const& t = tested.at(package_names.at(std::string(member.key())));
        CHECK(t.customers == member.value().at("customers").to_number<std::int64_t>());
        CHECK(t.orders == member.value().at("orders").to_number<std::int64_t>());
        CHECK(t.revenue == member.value().at("revenue").to_number<std::int64_t>());
    }
}

TEST_CASE("R package rfm: the customer data", "[value]") {
    SEGMENTA_NEED_TEST_DATA("rfm_data_customer.csv");
    SEGMENTA_NEED_TEST_DATA("expected_rfm_package.json");
    auto const rows = test::read_plain_csv(test::test_data("rfm_data_customer.csv"));
    auto const expected =
        detail::parse_json(test::text_of_file(test::test_data("expected_rfm_package.json"))).at("customer");
    frame f;
    std::vector<std::optional<std::int64_t>> recency;
    for (auto const& day : rows.at("most_recent_visit"))
        recency.push_back(civil_date::of(2007, 1, 1).days_since_epoch() - test::day_of(day));
    f.whole(recency)
        .whole(test::whole_numbers(rows.at("number_of_orders")))
        .whole(test::whole_numbers(rows.at("revenue")));
    REQUIRE(f[0].size == 39'999);
    auto const scored = score_rfm(f, rfm_package_bins, no_ties);
    check_thresholds(scored.scorers[0].report(), expected.at("thresholds").at("recency_days"));
    check_thresholds(scored.scorers[1].report(), expected.at("thresholds").at("frequency"));
    check_thresholds(scored.scorers[2].report(), expected.at("thresholds").at("monetary"));
    CHECK(scored.cells() == counts_of(expected.at("rfm_cells")));
    std::map<std::string, std::int64_t> customers;
    for (auto const& [id, t] : totals_of(scored, cell_map(test::readme_map()), f))
        customers[id] = t.customers;
    CHECK(customers == std::map<std::string, std::int64_t>{{"potential", 12762},
                                                           {"loyal", 6965},
                                                           {"lost", 5535},
                                                           {"new", 4475},
                                                           {"about_to_sleep", 4095},
                                                           {"at_risk", 2081},
                                                           {"champions", 1571},
                                                           {"cant_lose", 1471},
                                                           {"need_attention", 679},
                                                           {"promising", 297},
                                                           {"others", 68}});
}

TEST_CASE("Online Retail: quintiles with rank_first on frequency, ten segments", "[value]") {
    SEGMENTA_NEED_TEST_DATA("expected_online_retail_customers.csv");
    SEGMENTA_NEED_TEST_DATA("expected_online_retail.json");
    auto const rows = test::read_plain_csv(test::test_data("expected_online_retail_customers.csv"));
    auto const expected =
        detail::parse_json(test::text_of_file(test::test_data("expected_online_retail.json"))).at("scores");
    std::vector<std::optional<std::int64_t>> monetary; // ten-thousandths
    for (auto const& text : rows.at("monetary")) {
        auto const dot = text.find('.');
        REQUIRE(text.size() - dot == 5);
        monetary.push_back(std::stoll(text.substr(0, dot) + text.substr(dot + 1)));
    }
    frame f;
    f.whole(test::whole_numbers(rows.at("recency_days")))
        .whole(test::whole_numbers(rows.at("frequency")))
        .whole(monetary, money_type(currency("GBP"), 4));
    auto const scored = score_rfm(f, {}, {tie_policy::same_score, tie_policy::rank_first, tie_policy::same_score});
    std::vector<std::string> const edge_keys{"edges_recency", "edges_frequency_plain_quantiles", "edges_monetary"};
    std::vector<std::string> const count_keys{"r_counts", "f_counts", "m_counts"};
    std::vector<std::string> const names{"r", "f", "m"};
    for (std::size_t d = 0; d < 3; ++d) {
        auto const& report = scored.scorers[d].report();
        auto const& edges = expected.at(edge_keys[d]).get_array();
        REQUIRE(report.edges.size() == edges.size());
        for (std::size_t i = 0; i < edges.size(); ++i)
            CHECK(report.edges[i] == Catch::Approx(edges[i].to_number<double>()).epsilon(1e-12));
        auto const counts = counts_of(expected.at(count_keys[d]));
        for (std::size_t score = 1; score <= 5; ++score)
            CHECK(report.sizes[score - 1] == static_cast<std::size_t>(counts.at(std::to_string(score))));
        for (std::size_t i = 0; i < scored.scores[d].size(); ++i)
            if (std::to_string(scored.scores[d][i]) != rows.at(names[d])[i])
                REQUIRE(std::to_string(scored.scores[d][i]) == rows.at(names[d])[i]);
    }
    CHECK(scored.scorers[1].report().split_values > 0);
    CHECK(scored.cells() == counts_of(expected.at("cells_rfm")));

    cell_map const ten(ten_segment_map());
    std::vector<std::uint16_t> segments(f[0].size);
    ten.find_all(scored.columns(2), segments);
    std::map<std::string, std::int64_t> counted;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        auto const id = local_id(ten.segments()[segments[i]].id);
        if (id != rows.at("segment")[i]) REQUIRE(id == rows.at("segment")[i]);
        ++counted[std::string(id)];
    }
    CHECK(counted == std::map<std::string, std::int64_t>{{"champions", 633},
                                                         {"loyal_customers", 819},
                                                         {"potential_loyalists", 484},
                                                         {"new_customers", 42},
                                                         {"promising", 94},
                                                         {"need_attention", 187},
                                                         {"about_to_sleep", 352},
                                                         {"at_risk", 593},
                                                         {"cant_loose", 63},
                                                         {"hibernating", 1071}});
}

// expected_cdnow.json: rfm_as_of_1998_07_01 of the sample and of the master file, all figures.
TEST_CASE("CDNOW: quintiles with rank_first on distinct purchase days, ten segments", "[value]") {
    SEGMENTA_NEED_TEST_DATA("CDNOW_master.txt");
    test::expected_figures const file("expected_cdnow.json");
    auto const as_of = test::day_of("1998-07-01");
    for (std::string const set : {"sample", "master"}) {
        INFO(set);
        struct customer {
            std::int32_t last = 0;
            std::set<std::int32_t> days;
            std::int64_t cents = 0;
        };
        std::map<long, customer> customers; // by ascending id, which decides between equal frequencies
        std::ifstream in(test::test_data(set == "sample" ? "CDNOW_sample.txt" : "CDNOW_master.txt"));
        std::string text;
        if (set == "master") std::getline(in, text);
        long id = 0;
        std::string day;
        int disks = 0;
        double dollars = 0;
        while ((set == "master" || in >> text) && in >> id >> day >> disks >> dollars) {
            auto& c = customers[id];
            auto const number = test::day_of(day.substr(0, 4) + '-' + day.substr(4, 2) + '-' + day.substr(6));
            c.last = std::max(c.last, number);
            c.days.insert(number);
            c.cents += std::llround(100 * dollars);
        }
        std::vector<std::optional<std::int64_t>> recency, frequency, monetary;
        std::int64_t recency_sum = 0;
        std::int64_t frequency_sum = 0;
        for (auto const& [_, c] : customers) {
            recency.emplace_back(as_of - c.last);
            frequency.emplace_back(static_cast<std::int64_t>(c.days.size()));
            monetary.emplace_back(c.cents);
            recency_sum += *recency.back();
            frequency_sum += *frequency.back();
        }
        auto const expected = file.at(set).at("rfm_as_of_1998_07_01");
        CHECK(recency_sum == static_cast<std::int64_t>(expected.at("sum_recency_days").count()));
        CHECK(frequency_sum == static_cast<std::int64_t>(expected.at("sum_frequency").count()));
        frame f;
        f.whole(recency).whole(frequency).whole(monetary, money_type(currency("USD"), 2));
        auto const scored = score_rfm(f, {}, {tie_policy::same_score, tie_policy::rank_first, tie_policy::same_score});
        std::vector<std::string> const edge_keys{"edges_recency", "edges_frequency_plain_quantiles", "edges_monetary"};
        std::vector<std::string> const count_keys{"r_counts", "f_counts", "m_counts"};
        for (std::size_t d = 0; d < 3; ++d) {
            auto const& report = scored.scorers[d].report();
            auto const edges = expected.at(edge_keys[d]).numbers();
            REQUIRE(report.edges.size() == edges.size());
            for (std::size_t i = 0; i < edges.size(); ++i)
                CHECK(report.edges[i] == Catch::Approx(edges[i]).epsilon(1e-12));
            for (auto const& [score, count] : expected.at(count_keys[d]).members())
                CHECK(report.sizes[std::stoul(score) - 1] == count.count());
        }
        std::map<std::string, std::int64_t> cells;
        for (auto const& [cell, count] : expected.at("cells_rfm").members())
            cells[cell] = static_cast<std::int64_t>(count.count());
        CHECK(scored.cells() == cells);

        cell_map const ten(ten_segment_map());
        std::vector<std::uint16_t> segments(f[0].size);
        ten.find_all(scored.columns(2), segments);
        std::map<std::string, std::vector<std::size_t>> members;
        for (std::size_t i = 0; i < segments.size(); ++i)
            members[std::string(local_id(ten.segments()[segments[i]].id))].push_back(i);
        CHECK(members.size() == expected.at("segments").members().size());
        for (auto const& [segment, wanted] : expected.at("segments").members()) {
            INFO(segment);
            std::int64_t days = 0;
            std::int64_t purchases = 0;
            std::int64_t cents = 0;
            for (std::size_t const i : members[segment]) {
                days += *recency[i];
                purchases += *frequency[i];
                cents += *monetary[i];
            }
            auto const n = static_cast<double>(members[segment].size());
            CHECK(n == wanted.at("customers").number());
            CHECK(static_cast<double>(cents) / 100 == Catch::Approx(wanted.at("monetary").number()).epsilon(1e-12));
            CHECK(static_cast<double>(days) / n == Catch::Approx(wanted.at("mean_recency").number()).epsilon(1e-9));
            CHECK(static_cast<double>(purchases) / n ==
                  Catch::Approx(wanted.at("mean_frequency").number()).epsilon(1e-9));
        }
        for (auto const& [segment, ranges] : expected.at("segment_definition_on_r_and_f").members()) {
            auto const r = ranges.at("r").counts();
            auto const fr = ranges.at("f").counts();
            for (auto a = r[0]; a <= r[1]; ++a)
                for (auto b = fr[0]; b <= fr[1]; ++b) {
                    std::vector<std::uint8_t> const scores{static_cast<std::uint8_t>(a), static_cast<std::uint8_t>(b)};
                    CHECK(local_id(ten.segments()[ten.find(scores).segment].id) == segment);
                }
        }
        CHECK(expected.unread({"definition", "frequency"}) == test::figures_left_out{});
    }
}

TEST_CASE("the ten segments are a partition of the 25 cells", "[value]") {
    auto const o = ten_segment_map();
    auto const cover = examine_map(o.levels, o.segments, map_order::disjoint);
    CHECK(cover.uncovered.empty());
    CHECK(cover.multiply.empty());
    CHECK(std::accumulate(cover.cells.begin(), cover.cells.end(), std::size_t{0}) == 25);
    CHECK(cover.cells == std::vector<std::size_t>{2, 4, 4, 1, 1, 1, 2, 4, 2, 4});
}

TEST_CASE("the eight classes: monetary decides the rank, recency and frequency the kind", "[value]") {
    cell_map const m(eight_segment_map());
    CHECK(m.warnings().empty());
    REQUIRE(m.segments().size() == 8);
    for (std::uint8_t r = 0; r < 2; ++r)
        for (std::uint8_t f = 0; f < 2; ++f)
            for (std::uint8_t money = 0; money < 2; ++money) {
                std::vector<std::uint8_t> const scores{static_cast<std::uint8_t>(r + 1),
                                                       static_cast<std::uint8_t>(f + 1),
                                                       static_cast<std::uint8_t>(money + 1)};
                auto const id = m.segments()[m.find(scores).segment].id;
                CHECK(id == "rfm." + std::to_string(r) + std::to_string(f) + std::to_string(money));
            }
}

TEST_CASE("the eleven segments by specificity all have cells", "[value]") {
    auto const o = eleven_segment_map();
    auto const cover = examine_map(o.levels, o.segments, o.order);
    CHECK(cover.unreachable.empty());
    CHECK(cover.uncovered.size() == 36);
    cell_map const m(o);
    CHECK(m.warnings().empty());
    auto const id = [&](std::uint8_t r, std::uint8_t f, std::uint8_t money) {
        return m.segments()[m.find(std::vector<std::uint8_t>{r, f, money}).segment].id;
    };
    CHECK(id(5, 5, 5) == "rfm.champions");
    CHECK(id(5, 1, 1) == "rfm.new_customers");
    CHECK(id(3, 1, 1) == "rfm.promising");
    CHECK(id(1, 5, 5) == "rfm.cant_lose_them");
    CHECK(id(1, 1, 1) == "rfm.lost");
    CHECK(id(5, 1, 5) == "rfm.others");
}

TEST_CASE("rfm columns are made by the registry", "[value]") {
    auto const registry = strategy_registry::core();
    frame f;
    f.whole({1, 5, 10, 40, 100, 300}).whole({9, 4, 3, 2, 1, 1}).real({900.0, 100.0, 500.0, 20.0, 200.0, 10.0});
    for (auto const map : {rfm_map::ten, rfm_map::eight, rfm_map::eleven}) {
        rfm_options o;
        o.map = map;
        o.halves = cut_method::fixed;
        auto const columns = rfm_columns(o);
        REQUIRE(columns.size() == 4);
        CHECK(columns[0].name == "r");
        CHECK(columns[3].use.scheme == "rfm");
        std::vector<std::vector<std::optional<std::int64_t>>> scores;
        for (std::size_t d = 0; d < 3; ++d) {
            issue_list issues;
            auto const outline = registry.check(columns[d].use, issues);
            REQUIRE(outline);
            CHECK(outline->needs_fit == (map != rfm_map::eight));
            std::vector<column_view> const views{f[d]};
            auto const s = registry.fit(columns[d].use, {6, views});
            scores.emplace_back();
            for (auto const& a : test::assign_all(s, {6, views}))
                scores.back().push_back(static_cast<std::int64_t>(a.score));
        }
        frame g;
        g.whole(scores[0]).whole(scores[1]);
        if (map != rfm_map::ten) g.whole(scores[2]);
        auto const ids = test::segments_of(registry.make(columns[3].use), g.rows());
        if (map == rfm_map::eight)
            CHECK(ids == std::vector<std::string>{"rfm.111", "rfm.110", "rfm.111", "rfm.000", "rfm.001", "rfm.000"});
        if (map == rfm_map::ten) CHECK(ids[0] == "rfm.champions");
        if (map == rfm_map::eleven) CHECK(ids[0] == "rfm.champions");
    }
    rfm_options bad;
    bad.map = rfm_map::eight;
    bad.halves = cut_method::quantiles;
    CHECK_THROWS_AS(rfm_columns(bad), issue_error);
}

TEST_CASE("high, middle, low in three ways", "[value]") {
    frame f;
    f.whole({1, 2, 3, 4, 5, 100});
    auto const tertile = quantile_score::fit(value_by_tertile("value", "x"), f[0]);
    CHECK(test::segments_of(tertile, f.rows()) == std::vector<std::string>{"value.low", "value.low", "value.middle",
                                                                           "value.middle", "value.high", "value.high"});
    bands const cut(value_by_cut("value", "x", 3, 100));
    CHECK(test::segments_of(cut, f.rows()) == std::vector<std::string>{"value.low", "value.low", "value.middle",
                                                                       "value.middle", "value.middle", "value.high"});
    auto const share = share_bands::fit(value_by_share("value", "x"), f[0]);
    CHECK(test::segments_of(share, f.rows()) == std::vector<std::string>{"value.low", "value.low", "value.middle",
                                                                         "value.middle", "value.middle", "value.high"});
}
