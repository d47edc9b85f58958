// SPDX-License-Identifier: Apache-2.0
// Customers who do not come out, and rows whose id or time says nothing.
#include "ingest/id_list.hpp"

#include <segmenta/ingest/ingest.hpp>

#include "base/file.hpp"
#include "support/catch.hpp"
#include "support/scratch_directory.hpp"

#include <segmenta/base/random.hpp>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <unistd.h>

using namespace segmenta;

namespace {

using scratch = test::scratch_directory;

plan history_plan(std::string const& id_type, std::string const& policies = "{}", bool members = false) {
    return parse_plan(R"({"segmenta": 1, "id": "t", "zone": "UTC", "when_missing": )" + policies + R"(, "sources": {
  "orders": {"fields": {"id": ")" +
                      id_type + R"(", "at": "instant", "amount": "int64"}, "customer": "id", "time": "at",
             "reject": {"cheap": "amount < 1"}})" +
                      (members ? R"(, "members": {"kind": "customers", "customer": "id",
             "fields": {"id": ")" + id_type +
                                     R"(", "age": "int64", "city": "category"}})"
                               : "") +
                      R"(},
  "columns": {"n": {"feature": "rows", "of": "orders"}, "s": {"feature": "sum", "of": "orders", "field": "amount"}},
  "outputs": ["n", "s")" +
                      (members ? R"(, "age", "city")" : "") + "]}");
}

ingest_options july(unsigned threads = 1) {
    ingest_options out;
    out.as_of = zone::utc().start_of_day(civil_date::of(2024, 7, 1));
    out.threads = threads;
    return out;
}

std::map<std::string, std::uint64_t> reasons(source_quality const& q) {
    std::map<std::string, std::uint64_t> out;
    for (auto const& r : q.reasons)
        out[r.reason] = r.rows;
    return out;
}

} // namespace

TEST_CASE("left out: customers whose every row lies ahead are counted, with the least id, for numbers and text") {
    scratch const dir;
    for (std::string const type : {"int64", "string", "category"}) {
        random_generator random(5);
        std::string text = "id,at,amount\n";
        std::set<int> now;
        std::set<int> ahead;
        for (int i = 0; i < 30'000; ++i) {
            int const id =
                static_cast<int>(random_below(random, 9'000)) + 1000; // as long as each other: text sorts as numbers
            std::uint64_t const kind = random_below(random, 10);
            text += std::to_string(id) + (kind < 4    ? ",2024-07-02T00:00:00Z,5\n"
                                          : kind == 4 ? ",2024-07-03T00:00:00Z,0\n"
                                                      : ",2024-06-01T00:00:00Z,5\n");
            if (kind < 4) ahead.insert(id); // a cheap one would not count later either
            if (kind > 4) now.insert(id);
        }
        std::set<int> expected;
        std::set_difference(ahead.begin(), ahead.end(), now.begin(), now.end(),
                            std::inserter(expected, expected.end()));
        REQUIRE(expected.size() > 100);
        std::vector<source_file> const files{{"orders", dir.write("orders.csv", text)}};
        for (unsigned const threads : {1U, 3U}) {
            auto const made = ingest(history_plan(type), files, july(threads));
            REQUIRE(made.left_out.size() == 1);
            CHECK(made.left_out[0].reason == "future");
            CHECK(made.left_out[0].customers == expected.size());
            CHECK(made.left_out[0].first == std::to_string(*expected.begin()));
            CHECK(made.customers.size() == now.size());
        }
    }
}

TEST_CASE("left out: nobody, where a list of customers names them") {
    scratch const dir;
    std::vector<source_file> const files{
        {"orders", dir.write("orders.csv", "id,at,amount\n1,2024-06-01T00:00:00Z,5\n2,2024-07-02T00:00:00Z,5\n")},
        {"members", dir.write("members.csv", "id,age,city\n2,30,x\n3,,y\n")}};
    auto const made = ingest(history_plan("int64", "{}", true), files, july());
    CHECK(made.left_out.empty());
    CHECK(made.customers.ids == std::vector<std::int64_t>{1, 2, 3});
}

TEST_CASE("left out: who lacks an attribute that the plan drops customers for, under the first by name") {
    scratch const dir;
    std::vector<source_file> const files{
        {"orders", dir.write("orders.csv", "id,at,amount\nx1,2024-06-01T00:00:00Z,5\nx9,2024-06-01T00:00:00Z,7\n")},
        {"members", dir.write("members.csv", "id,age,city\nx2,30,b\nx3,,a\nx4,40,\nx5,,\nx6,50,c\nx9,60,a\n")}};
    auto const made = ingest(history_plan("string", R"({"city": "drop", "age": "drop"})", true), files, july());
    CHECK(made.customers.text_ids == std::vector<std::string_view>{"x2", "x6", "x9"});
    REQUIRE(made.left_out.size() == 2);
    CHECK(made.left_out[0].reason == "missing:age");
    CHECK(made.left_out[0].customers == 3); // x1 is in no list, x3, x5
    CHECK(made.left_out[0].first == "x1");
    CHECK(made.left_out[1].reason == "missing:city");
    CHECK(made.left_out[1].first == "x4");
    auto const ages = made.customers.find("age")->view();
    auto const cities = made.customers.find("city")->view();
    auto const sums = made.customers.find("s")->view();
    CHECK(ages.as<std::int64_t>()[1] == 50);
    CHECK(cities.text(2) == "a");
    CHECK(sums.as<std::int64_t>()[0] == 0);
    CHECK(sums.as<std::int64_t>()[2] == 7);
    CHECK(made.sources[1].counted == 6); // their rows are in order
}

TEST_CASE("left out: sums that fail stay with their customers when others go") {
    scratch const dir;
    std::string const most = ",2024-06-01T00:00:00Z,9000000000000000000\n";
    std::vector<source_file> const files{
        {"orders", dir.write("orders.csv", "id,at,amount\n1" + most + "1" + most + "2,2024-06-01T00:00:00Z,5\n3" + most + "3" + most)},
        {"members", dir.write("members.csv", "id,age,city\n1,,a\n2,30,a\n3,40,b\n")}};
    auto const made = ingest(history_plan("int64", R"({"age": "drop"})", true), files, july());
    CHECK(made.customers.ids == std::vector<std::int64_t>{2, 3});
    REQUIRE(made.customers.failed.size() == 1);
    CHECK(made.customers.names[made.customers.failed[0].column] == "s");
    CHECK(made.customers.failed[0].row == 1);
}

TEST_CASE("left out: ids of blanks alone or with a NUL byte, and years that no calendar has") {
    scratch const dir;
    std::string const nul("a\0b", 3);
    std::string const late("abcdefghij\0", 11);
    for (std::string const type : {"string", "category"}) {
        std::string text = "id,at,amount\n";
        for (std::string const& id :
             {std::string(" "), std::string("\t \t"), std::string("\xE3\x80\x80"), std::string("\xC2\xA0 "), nul, late,
              std::string("ok"), std::string("\xE2\x80\x8B"), std::string(" x "), std::string("élan"),
              std::string("王")})
            text += id + ",2024-06-01T00:00:00Z,5\n";
        std::vector<source_file> const files{{"orders", dir.write("orders.csv", text)}};
        auto options = july();
        options.quarantine = dir.path_ / "quarantine.csv";
        auto const made = ingest(history_plan(type), files, options);
        CHECK(made.customers.text_ids == std::vector<std::string_view>{" x ", "ok", "élan", "王"});
        CHECK(reasons(made.sources[0]) == std::map<std::string, std::uint64_t>{{"bad_id:id", 7}});
        CHECK(made.sources[0].reasons[0].first.place == "orders.csv:2");
        CHECK(made.sources[0].reasons[0].first.message.find("blank") != std::string::npos);
        CHECK(detail::read_file(options.quarantine).find("bad_id:id") != std::string::npos);
    }

    std::vector<std::int64_t> const ids{1, 1, 1, 1, 2, 3};
    std::int64_t const day = 86'400'000'000;
    std::int64_t const year_one = civil_date::of(1, 1, 1).days_since_epoch() * day;
    std::int64_t const last = (civil_date::of(9999, 12, 31).days_since_epoch() + 1) * day - 1;
    std::vector<std::int64_t> const times{year_one, year_one - 1,
                                          last + 1, std::numeric_limits<std::int64_t>::min(),
                                          last,     std::numeric_limits<std::int64_t>::max()};
    std::vector<std::int64_t> const amounts(6, 5);
    auto const view = [&](type what, void const* data) {
        return column_view{what, 6, data, nullptr, nullptr, nullptr};
    };
    memory_source const memory{
        "orders",
        {"id", "at", "amount"},
        {view(int64_type, ids.data()), view(instant_type, times.data()), view(int64_type, amounts.data())}};
    auto const made = ingest(history_plan("int64"), {&memory, 1}, july());
    CHECK(made.customers.ids == std::vector<std::int64_t>{1});
    CHECK(reasons(made.sources[0]) == std::map<std::string, std::uint64_t>{{"future", 1}, {"out_of_range:at", 4}});
    CHECK(made.left_out[0].customers == 1); // 2; the row of 3 says nothing
    CHECK(made.sources[0].reasons[1].first.message.find("9999") != std::string::npos);
}

TEST_CASE("id_list: a NUL byte is found at every place of ids of every length") {
    for (std::size_t size = 1; size <= 50; ++size) {
        std::string id(size, 'x');
        REQUIRE_FALSE(segmenta::detail::is_bad_id(id));
        for (std::size_t at = 0; at < size; ++at) {
            id[at] = '\0';
            CAPTURE(size, at);
            REQUIRE(segmenta::detail::is_bad_id(id));
            id[at] = 'x';
        }
        REQUIRE(segmenta::detail::is_bad_id(std::string(size, ' ')));
    }
    CHECK(segmenta::detail::is_bad_id(""));
}
