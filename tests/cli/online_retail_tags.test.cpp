// SPDX-License-Identifier: Apache-2.0
// The tags of examples/plans/online_retail_tags.json on the UCI data set: customers and the sum of their ids, computed
// independently (expected_online_retail.json, tag_rules).
#include "cli/command.hpp"
#include "support/catch.hpp"
#include "support/test_data.hpp"

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

using namespace segmenta;
using namespace segmenta::test;

namespace {

/// Each tag of the plan and what the file calls it.
std::vector<std::pair<std::string, std::string>> const tags{
    {"active_regular", "recency_days<=30 and frequency>=10"},
    {"german_spender", "monetary>=1000 and country_of_last_row=='Germany'"},
    {"recent_or_rich", "recency_days<=90 or monetary>=5000"},
    {"lost_repeater", "not (frequency==1) and recency_days>180"},
    {"wide_range", "distinct_stock>=100"},
    {"bought_85123A", "bought 85123A"},
    {"bought_85123A_not_22423", "bought 85123A and not bought 22423"},
    {"middle_basket", "200<=aov<=400"},
    {"cancels", "has a cancellation invoice (in the raw rows)"},
    {"one_big_order", "frequency==1 and monetary>1000"},
    {"every_month_of_autumn", "a cleaned purchase in each of 2011-10,2011-11,2011-12"},
    {"christmas", "any cleaned row with CHRISTMAS in the description"},
    {"early_bird", "any cleaned row before 09:00"},
    {"southern_repeater", "country_of_last_row in (France,Spain,Italy) and frequency>=3"},
    {"newcomer", "first purchase within 60 days before as_of"},
};

std::vector<std::string> cells(std::string const& line) {
    std::vector<std::string> out;
    std::istringstream in(line);
    for (std::string cell; std::getline(in, cell, ',');)
        out.push_back(cell);
    return out;
}

} // namespace

TEST_CASE("online retail: all tags of the example plan are given to the customers that they are meant for") {
    SEGMENTA_NEED_TEST_DATA("online_retail.csv.gz");
    SEGMENTA_NEED_TEST_DATA("expected_online_retail.json");
    auto const known = read_json(test_data("expected_online_retail.json")).at("tag_rules");
    REQUIRE(known.as_object().size() == tags.size());
    scratch_directory const where;
    std::string const file = "'" + test_data("online_retail.csv.gz").string() + "'";
    auto const run = run_command(where, "run '" SEGMENTA_SOURCE_DIR "/examples/plans/online_retail_tags.json' --source orders=" + file +
                                            " --source invoices=" + file + " --as-of 2011-12-10 --out out --quiet");
    REQUIRE(run.err == "");
    REQUIRE(run.code == 0);

    std::ifstream table(where.path() / "out" / "customers.csv");
    std::string line;
    std::getline(table, line);
    auto const heading = cells(line);
    std::map<std::string, std::pair<std::int64_t, std::int64_t>> found; // customers, sum of ids
    while (std::getline(table, line)) {
        auto const row = cells(line);
        for (std::size_t c = 1; c < row.size(); ++c) {
            if (row[c] != "true") continue;
            ++found[heading[c]].first;
            found[heading[c]].second += std::stoll(row[0]);
        }
    }
    auto const coverage = read_json(where.path() / "out" / "summary.json").at("tags");
    CHECK(coverage.at("customers").to_number<std::int64_t>() == 4'372);
    REQUIRE(coverage.at("tags").as_array().size() == tags.size());
    for (std::size_t i = 0; i < tags.size(); ++i)
        CHECK(coverage.at("tags").at(i).at("tagged").to_number<std::int64_t>() == found["tag." + tags[i].first].first);
    for (auto const& [tag, rule] : tags) {
        CAPTURE(tag, rule);
        auto const& want = known.at(rule);
        CHECK(found["tag." + tag].first == want.at("customers").as_int64());
        CHECK(found["tag." + tag].second == want.at("sum_of_ids").as_int64());
    }
}
