// SPDX-License-Identifier: Apache-2.0
// The UCI data set "Online Retail" through the command, against figures computed independently (data/README.md).
#include "cli/command.hpp"
#include "support/catch.hpp"
#include "support/test_data.hpp"

#include <cmath>
#include <fstream>
#include <random>
#include <set>

using namespace segmenta::test;
namespace json = boost::json;

namespace {

std::string const plan = std::string(SEGMENTA_SOURCE_DIR) + "/examples/plans/online_retail.json";

command_result segment(scratch_directory const& where, std::string const& source, std::string const& out,
                       std::string const& more = {}) {
    return run_command(where, "run '" + plan + "' --source 'orders=" + source + "' --as-of 2011-12-10 --out " + out +
                                  " --quiet " + more);
}

json::value expected() { return read_json(test_data("expected_online_retail.json")); }

/// Column names of a table to their places.
std::map<std::string, std::size_t> places(std::vector<std::string> const& heading) {
    std::map<std::string, std::size_t> out;
    for (std::size_t i = 0; i < heading.size(); ++i) out[heading[i]] = i;
    return out;
}

/// `8911407.904` and `8911407.9040` are the same decimal.
std::string plain_decimal(std::string text) {
    if (text.find('.') == std::string::npos) return text;
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text;
}

std::string inflated(scratch_directory const& where) {
    std::string const file = (where.path() / "plain.csv").string();
    std::string const line = "gzip -dc '" + test_data("online_retail.csv.gz").string() + "' > '" + file + "'";
    REQUIRE(std::system(line.c_str()) == 0);
    return file;
}

} // namespace

TEST_CASE("online_retail: cleaned rows, sums, scores, cells, segments and bands are the expected ones") {
    SEGMENTA_NEED_TEST_DATA("online_retail.csv.gz");
    SEGMENTA_NEED_TEST_DATA("expected_online_retail.json");
    scratch_directory const where;
    auto const ran = segment(where, test_data("online_retail.csv.gz").string(), "out", "--quarantine");
    INFO(ran.err);
    REQUIRE(ran.code == 0);
    json::value const want = expected();
    json::value const got = read_json(where.path() / "out" / "summary.json");
    json::value const& cleaned = want.at("cleaned");
    std::set<std::string> covered; // the keys of the expectation that this test checks

    auto const integer = [&](json::value const& v) { return v.to_number<std::int64_t>(); };
    auto const sum_of = [&](char const* column) { return std::string(got.at("columns").at(column).at("sum").as_string()); };
    json::value const& orders = got.at("sources").at("orders");
    CHECK(integer(orders.at("rows")) == integer(want.at("raw").at("rows")));
    CHECK(integer(orders.at("not_counted").at("missing:CustomerID")) == integer(want.at("raw").at("missing_customer")));
    CHECK(integer(orders.at("not_counted").at("cancelled")) == integer(want.at("with_customer").at("cancellation_lines")));
    CHECK(integer(orders.at("counted")) == integer(cleaned.at("rows")));
    CHECK(integer(got.at("customers")) == integer(cleaned.at("customers")));
    CHECK(sum_of("frequency") == std::to_string(integer(cleaned.at("orders"))));
    CHECK(sum_of("frequency") == std::to_string(integer(cleaned.at("sum_frequency"))));
    CHECK(sum_of("recency_days") == std::to_string(integer(cleaned.at("sum_recency_days"))));
    CHECK(sum_of("items") == std::to_string(integer(cleaned.at("items"))));
    CHECK(plain_decimal(sum_of("monetary")) == cleaned.at("revenue_exact_decimal").as_string());
    CHECK(sum_of("gap_days") == std::to_string(integer(want.at("interpurchase_days").at("n")) == 0
                                                   ? 0
                                                   : static_cast<std::int64_t>(want.at("interpurchase_days").at("sum").to_number<double>())));
    CHECK(sum_of("gaps") == std::to_string(integer(want.at("interpurchase_days").at("n"))));
    covered.insert({"raw.rows", "raw.missing_customer", "with_customer.cancellation_lines", "cleaned.rows",
                    "cleaned.customers", "cleaned.orders", "cleaned.items", "cleaned.sum_frequency",
                    "cleaned.sum_recency_days", "cleaned.revenue_exact_decimal", "interpurchase_days.n",
                    "interpurchase_days.sum"});

    // Realised edges: a score's report starts at the smallest value and ends at the largest.
    auto const edges = [&](char const* column, char const* key) {
        json::array const& own = got.at("columns").at(column).at("fit").at("edges").as_array();
        json::array const& theirs = want.at("scores").at(key).as_array();
        REQUIRE(own.size() == theirs.size());
        for (std::size_t i = 0; i < own.size(); ++i) {
            CAPTURE(column, i);
            CHECK(own[i].to_number<double>() == Catch::Approx(theirs[i].to_number<double>()).epsilon(1e-9));
        }
        covered.insert(std::string("scores.") + key);
    };
    edges("r", "edges_recency");
    edges("f", "edges_frequency_plain_quantiles");
    edges("m", "edges_monetary");

    // Counts of scores, cells and segments, from the table itself.
    auto const rows = read_rows(where.path() / "out" / "customers.csv");
    std::vector<std::string> const begins{"customer_id", "recency_days", "frequency", "monetary", "r", "f", "m", "segment"};
    REQUIRE(rows[0].size() >= begins.size());
    CHECK(std::equal(begins.begin(), begins.end(), rows[0].begin()));
    auto const at = places(rows[0]);
    std::map<std::string, std::map<std::string, std::int64_t>> counts;
    for (std::size_t i = 1; i < rows.size(); ++i) {
        auto const& row = rows[i];
        for (char const* const name : {"r", "f", "m", "segment", "band"}) ++counts[name][row[at.at(name)]];
        ++counts["cell"][row[at.at("r")] + row[at.at("f")] + row[at.at("m")]];
    }
    auto const counts_are = [&](char const* own, json::value const& theirs, std::string const& key) {
        std::size_t compared = 0;
        for (auto const& member : theirs.as_object()) {
            if (member.key() == "definition") continue;
            std::int64_t const n = member.value().is_object()
                                       ? static_cast<std::int64_t>(member.value().at("customers").to_number<double>())
                                       : integer(member.value());
            CAPTURE(own, std::string(member.key()));
            CHECK(counts[own][std::string(member.key())] == n);
            ++compared;
        }
        CHECK(counts[own].size() == compared);
        covered.insert(key);
    };
    json::value const& scores = want.at("scores");
    counts_are("r", scores.at("r_counts"), "scores.r_counts");
    counts_are("f", scores.at("f_counts"), "scores.f_counts");
    counts_are("m", scores.at("m_counts"), "scores.m_counts");
    counts_are("cell", scores.at("cells_rfm"), "scores.cells_rfm");
    counts_are("segment", scores.at("segments"), "scores.segments");
    counts_are("band", want.at("band_counts"), "band_counts");
    CHECK(counts["segment"]["champions"] == 633);
    CHECK(counts["segment"]["hibernating"] == 1071);
    CHECK(covered.size() == 21);

    // Every row that does not count stands in the quarantine file, once.
    std::ifstream quarantine(where.path() / "out" / "quarantine.csv");
    std::int64_t lines = -1; // the heading
    for (std::string line; std::getline(quarantine, line);) ++lines;
    CHECK(lines == integer(orders.at("rows")) - integer(orders.at("counted")));
}

TEST_CASE("online_retail: each of the 4,338 customers is the expected one") {
    SEGMENTA_NEED_TEST_DATA("online_retail.csv.gz");
    SEGMENTA_NEED_TEST_DATA("expected_online_retail_customers.csv");
    scratch_directory const where;
    REQUIRE(segment(where, test_data("online_retail.csv.gz").string(), "out").code == 0);
    auto const got = read_rows(where.path() / "out" / "customers.csv");
    auto const want = read_rows(test_data("expected_online_retail_customers.csv"));
    auto const own = places(got[0]);
    auto const theirs = places(want[0]);
    REQUIRE(got.size() == want.size());
    std::vector<std::pair<char const*, char const*>> const same{
        {"customer_id", "customer_id"}, {"recency_days", "recency_days"}, {"frequency", "frequency"}, {"r", "r"},
        {"f", "f"}, {"m", "m"}, {"segment", "segment"}, {"first_day", "first_day"}, {"last_day", "last_day"},
        {"lines", "lines"}, {"items", "items"}, {"products", "distinct_stock"}, {"gaps", "x"}, {"gap_days", "tx_days"}};
    for (std::size_t i = 1; i < got.size(); ++i) {
        for (auto const& [a, b] : same) {
            if (got[i][own.at(a)] != want[i][theirs.at(b)]) {
                CAPTURE(i, a);
                REQUIRE(got[i][own.at(a)] == want[i][theirs.at(b)]);
            }
        }
        REQUIRE(plain_decimal(got[i][own.at("monetary")]) == plain_decimal(want[i][theirs.at("monetary")]));
    }
}

TEST_CASE("online_retail: threads, order of rows, instruction set and compression cannot be seen in the result") {
    SEGMENTA_NEED_TEST_DATA("online_retail.csv.gz");
    scratch_directory const where;
    std::string const file = inflated(where);
    REQUIRE(segment(where, file, "one").code == 0);
    std::string const customers = segmenta::detail::read_file(where.path() / "one" / "customers.csv");
    std::string const summary = segmenta::detail::read_file(where.path() / "one" / "summary.json");
    REQUIRE(customers.size() > 100'000);
    auto const same = [&](std::string const& out) {
        CAPTURE(out);
        CHECK(segmenta::detail::read_file(where.path() / out / "customers.csv") == customers);
        CHECK(segmenta::detail::read_file(where.path() / out / "summary.json") == summary);
    };
    for (std::string const more : {"--threads 2", "--threads 7", "--isa sse2", "--isa avx2"}) {
        std::string const out = "o" + std::to_string(std::hash<std::string>{}(more));
        REQUIRE(segment(where, file, out, more).code == 0);
        same(out);
    }
    // Two seeded permutations of the records; no field of this file holds a line end.
    std::string const text = segmenta::detail::read_file(file);
    std::vector<std::string_view> lines;
    std::size_t const heading = text.find('\n') + 1;
    for (std::size_t begin = heading; begin < text.size();) {
        std::size_t const end = text.find('\n', begin) + 1;
        lines.emplace_back(text.data() + begin, end - begin);
        begin = end;
    }
    std::mt19937_64 random(11);
    for (int round = 0; round < 2; ++round) {
        for (std::size_t i = lines.size(); i > 1; --i) std::swap(lines[i - 1], lines[random() % i]);
        std::string shuffled = text.substr(0, heading);
        for (auto const line : lines) shuffled += line;
        auto const path = where.write("shuffled.csv", shuffled);
        REQUIRE(segment(where, path.string(), "shuffled", "--threads 3").code == 0);
        same("shuffled");
    }
}

TEST_CASE("online_retail: a fitted plan reproduces the run it was saved from and is refused for another plan") {
    SEGMENTA_NEED_TEST_DATA("online_retail.csv.gz");
    scratch_directory const where;
    std::string const data = test_data("online_retail.csv.gz").string();
    REQUIRE(segment(where, data, "fit", "--save-fitted fitted.json").code == 0);
    REQUIRE(segment(where, data, "again", "--fitted fitted.json").code == 0);
    CHECK(segmenta::detail::read_file(where.path() / "fit" / "customers.csv") ==
          segmenta::detail::read_file(where.path() / "again" / "customers.csv"));
    std::string text = segmenta::detail::read_file(plan);
    text.replace(text.find("\"bins\": 5"), 9, "\"bins\": 4");
    text.replace(text.find("../../docs"), 10, "docs");
    for (std::size_t labels = text.find("\"labels\": ["); labels != std::string::npos; labels = std::string::npos)
        text.erase(labels, text.find(']', labels) + 2 - labels);
    auto const other = where.write("other.json", text);
    auto const refused = run_command(where, "run '" + other.string() + "' --source 'orders=" + data +
                                                "' --as-of 2011-12-10 --out no --fitted fitted.json --quiet");
    CHECK(refused.code == 1);
    CHECK(refused.err.find("fitted.other_plan") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(where.path() / "no" / "customers.csv"));
}
