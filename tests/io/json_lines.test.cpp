// SPDX-License-Identifier: Apache-2.0
#include <segmenta/io/json_lines.hpp>

#include <segmenta/error.hpp>

#include "io/csv_dump.hpp"
#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace segmenta;
using lines = std::vector<std::string>;

namespace {

wanted_column wanted(std::string name, type what) {
    wanted_column column;
    column.name = std::move(name);
    column.what = what;
    return column;
}

lines read(std::string const& text, std::vector<wanted_column> columns, std::size_t chunk_bytes = 1 << 16) {
    record_rules rules = json_lines_rules();
    rules.chunk_bytes = chunk_bytes;
    auto source = record_source::of_text(text, rules);
    json_layout const layout{std::move(columns)};
    json_block_reader reader{layout};
    text_chunk chunk;
    lines all;
    while (source.next(chunk))
        for (std::string& line : test::dump(reader.parse(chunk))) all.push_back(line.substr(0, line.find(" <")));
    return all;
}

} // namespace

TEST_CASE("json lines: typed columns, in any order of keys", "[io][json]") {
    std::vector<wanted_column> const columns{wanted("id", int64_type), wanted("amount", decimal_type(2)), wanted("ok", boolean_type),
                                             wanted("when", instant_type), wanted("name", string_type), wanted("score", float64_type)};
    std::string const text = R"({"id":1,"amount":12.50,"ok":true,"when":"2024-03-05T12:34:56Z","name":"a\"b\u00e9","score":0.1}
{"name":"x","score":1e3,"id":"7","other":{"id":9,"list":[1,{"id":2}]},"ok":"false","amount":"3"}

{"id":null,"name":"","amount":-0.01}
{}
)";
    lines const expected{"1: 1 1250 true 1709642096000000 'a\"b\xC3\xA9' 0.1", "2: 7 300 false - 'x' 1000", "4: - -1 - - - -", "5: - - - - - -"};
    for (std::size_t const chunk : {1, 50, 1000}) CHECK(read(text, columns, chunk) == expected);
}

TEST_CASE("json lines: numbers come from their digits", "[io][json]") {
    CHECK(read("{\"x\":9223372036854775807}\n{\"x\":9223372036854775808}\n{\"x\":1.0}\n{\"x\":1e2}\n", {wanted("x", int64_type)}) ==
          lines{"1: 9223372036854775807", "2: - !out_of_range@0(9223372036854775808)", "3: - !not_an_integer@0(1.0)", "4: - !not_an_integer@0(1e2)"});
    CHECK(read("{\"x\":0.1}\n{\"x\":8911407.904}\n{\"x\":0.0001}\n", {wanted("x", decimal_type(3))}) ==
          lines{"1: 100", "2: 8911407904", "3: - !too_many_decimals@0(0.0001)"});
    CHECK(read("{\"x\":2.3333333333333335}\n{\"x\":5e-324}\n{\"x\":123456789012345678901234567890}\n", {wanted("x", float64_type)}) ==
          lines{"1: 2.3333333333333335", "2: 5e-324", "3: 1.2345678901234568e+29"});
    CHECK(read("{\"x\":17850.0}\n{\"x\":\"17850\"}\n", {wanted("x", category_type)}) == lines{"1: '17850.0'", "2: '17850'"});
    auto price = wanted("x", decimal_type(2));
    price.units = std::make_shared<unit_table>(*unit_table::of("CNY"));
    CHECK(read("{\"x\":1.5}\n{\"x\":\"1.2万元\"}\n{\"x\":\"3斗\"}\n", {price}) ==
          lines{"1: 150", "2: 1200000", "3: - !unknown_unit@0(3斗)"});
    auto unix_time = wanted("x", instant_type);
    unix_time.format = time_format("unix_ms");
    CHECK(read("{\"x\":1500}\n", {unix_time}) == lines{"1: 1500000"});
}

TEST_CASE("json lines: nested keys", "[io][json]") {
    std::vector<wanted_column> const columns{wanted("customer.id", int64_type), wanted("customer.address.city", category_type), wanted("id", int64_type)};
    CHECK(read(R"({"id":1,"customer":{"id":2,"address":{"city":"Paris","id":3}}}
{"customer.id":5,"customer":{"name":"x"},"id":6}
{"customer":7,"id":8}
{"customer":{"address":[{"city":"no"}]}}
{"customer.id":5,"customer":{"id":5}}
)", columns) == lines{"1: 2 'Paris' 1", "2: 5 - 6", "3: - - 8", "4: - - -", "5: - - - !duplicate_key"});
}

TEST_CASE("json lines: what is wrong is said, and the next line is read", "[io][json]") {
    std::vector<wanted_column> const columns{wanted("x", int64_type)};
    for (std::string const bad : {"{", "[1]", "1", "\"x\"", "null", "true", "{\"x\":1,}", "{\"x\":01}", "{\"x\":1} x", "{\"x\":NaN}", "{'x':1}",
                                  "{\"x\":1 // no\n}", "{\"y\":\"\xFF\"}", "{\"y\":\"\\ud800\"}", "{\"x\" 1}", "{\"x\":1}{\"x\":2}"}) {
        INFO(bad);
        auto const all = read(bad + "\n{\"x\":5}\n", columns);
        REQUIRE(all.size() >= 2);
        CHECK_THAT(all[0], Catch::Matchers::StartsWith("1: - !not_json"));
        CHECK_THAT(all.back(), Catch::Matchers::EndsWith(": 5"));
    }
    CHECK(read("{\"x\":1,\"x\":1}\n{\"y\":1,\"y\":2,\"x\":3}\n", columns) == lines{"1: - !duplicate_key", "2: 3"});
    CHECK(read("{\"x\":[1]}\n{\"x\":{}}\n{\"x\":true}\n{\"x\":\"a\"}\n", columns) ==
          lines{"1: - !wrong_json_type@0(an object or array)", "2: - !wrong_json_type@0(an object or array)",
                "3: - !wrong_json_type@0(true)", "4: - !not_an_integer@0(a)"});
    CHECK(read("{\"x\":1}\n", {wanted("x", boolean_type)}) == lines{"1: - !wrong_json_type@0(1)"});
    CHECK(read("{\"x\":1}\n", {wanted("x", instant_type)}) == lines{"1: - !wrong_json_type@0(1)"});
    std::string const deep = "{\"y\":" + std::string(1000, '[') + std::string(1000, ']') + "}";
    CHECK(read(deep + "\n", columns) == lines{"1: - !not_json"});
    auto missing = wanted("x", int64_type);
    missing.missing = {"NA", "-1"};
    CHECK(read("{\"x\":\"NA\"}\n{\"x\":-1}\n{\"x\":-2}\r\n", {missing}) == lines{"1: -", "2: -", "3: -2"});
}

TEST_CASE("json lines: a layout that cannot work is refused", "[io][json]") {
    try {
        json_layout({wanted("", int64_type), wanted("a..b", int64_type), wanted("s", category_set_type)}, "events.jsonl");
        FAIL("nothing was thrown");
    } catch (issue_error const& e) {
        CHECK(e.issues().size() == 3);
        CHECK(e.issues().contains("json.column_name"));
        CHECK(e.issues().contains("json.column_type"));
    }
}

TEST_CASE("json lines: long lines are refused", "[io][json]") {
    record_rules const rules = json_lines_rules(1000);
    auto source = record_source::of_text("{}\n{\"x\":\"" + std::string(5000, 'x') + "\"}\n", rules, "f");
    text_chunk chunk;
    std::string place;
    try {
        while (source.next(chunk)) {}
    } catch (issue_error const& e) {
        place = e.issues()[0].place;
    }
    CHECK(place == "f:2");
}
