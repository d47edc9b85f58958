// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/random.hpp>

#include "io/csv_dump.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>
#include <vector>

using namespace segmenta;

namespace {

// What reading one field as `what` gives, at every instruction set, alone and among neighbours.
std::string read_as(std::string const& field, wanted_column const& column) {
    csv_dialect d;
    d.header = false;
    d.names = {"x"};
    std::string text;
    for (int i = 0; i < 70; ++i) text += field + "\n";
    std::string answer;
    for (auto const level : test::usable_levels()) {
        auto const read = test::read_text(text, d, {column}, 1 << 16, level);
        for (std::string const& line : read.lines) {
            std::string const value = line.substr(line.find(':') + 2, line.find(" <") - line.find(':') - 2);
            if (answer.empty()) answer = value;
            CHECK(value == answer);
        }
    }
    return answer.substr(0, answer.find('@'));
}

std::string read_as(std::string const& field, type what) {
    wanted_column column;
    column.name = "x";
    column.what = what;
    return read_as(field, column);
}

} // namespace

TEST_CASE("fields: whole numbers", "[io][fields]") {
    for (std::string const text : {"0", "7", "-7", "12345678", "123456789", "1234567890123456", "12345678901234567",
                                   "9223372036854775807", "-9223372036854775808", "-12345678", "-123456789"})
        CHECK(read_as(text, int64_type) == text);
    CHECK(read_as("00004", int64_type) == "4");
    CHECK(read_as("-0", int64_type) == "0");
    CHECK(read_as("0000000000000000000000000000000012", int64_type) == "12");
    for (std::string const text : {"9223372036854775808", "-9223372036854775809", "99999999999999999999999"})
        CHECK(read_as(text, int64_type) == "- !out_of_range");
    for (std::string const text : {"-", "+1", "1.0", "1e5", " 1", "1 ", "1-", "--1", "1,0", "0x10", "1234567a", "a2345678",
                                   "123456789012345a", "/", ":", "1/2", "NaN"}) {
        INFO(text);
        CHECK(read_as(text == "1,0" ? "\"1,0\"" : text, int64_type) == "- !not_an_integer");
    }
}

TEST_CASE("fields: decimals are exact", "[io][fields]") {
    struct row {
        char const* text;
        unsigned scale;
        char const* expected;
    };
    for (row const& r : std::vector<row>{
             {"1.5", 2, "150"},          {"1.50", 2, "150"},       {"1.500", 2, "150"},     {"1", 2, "100"},
             {".5", 2, "50"},            {"5.", 2, "500"},         {"-.5", 2, "-50"},       {"0.01", 2, "1"},
             {"-0.01", 2, "-1"},         {"2.55", 3, "2550"},      {"12345.678", 3, "12345678"},
             {"123456.78", 2, "12345678"}, {"1234567.89", 2, "123456789"}, {"12345678901234.56", 2, "1234567890123456"},
             {"123456789012345.67", 2, "12345678901234567"}, {"92233720368547758.07", 2, "9223372036854775807"},
             {"-92233720368547758.08", 2, "-9223372036854775808"}, {"007.10", 2, "710"}, {"3", 0, "3"}, {"3.0", 0, "3"},
             {"3.", 0, "3"}, {"0.123456789", 9, "123456789"}, {"5", 18, "5000000000000000000"}, {"0.0000001", 7, "1"},
             {"92233720368547758.08", 2, "- !out_of_range"}, {"1234567890123456789", 2, "- !out_of_range"}, {"10", 18, "- !out_of_range"},
             {"1.005", 2, "- !too_many_decimals"}, {"0.001", 2, "- !too_many_decimals"}, {"1.2", 0, "- !too_many_decimals"},
             {"1.2.3", 2, "- !not_a_number"}, {"1.2.3", 1, "- !not_a_number"}, {"1..3", 2, "- !not_a_number"}, {".", 2, "- !not_a_number"},
             {"-", 2, "- !not_a_number"}, {"-.", 2, "- !not_a_number"}, {"1e5", 2, "- !not_a_number"}, {"NaN", 2, "- !not_a_number"},
             {"+1.00", 2, "- !not_a_number"}, {"1.0 ", 2, "- !not_a_number"}, {"12.3a", 2, "- !not_a_number"}, {"a.50", 2, "- !not_a_number"},
             {"1234567x.50", 2, "- !not_a_number"}, {"1.-5", 2, "- !not_a_number"}}) {
        INFO(r.text << " at scale " << r.scale);
        CHECK(read_as(r.text, decimal_type(static_cast<std::uint8_t>(r.scale))) == r.expected);
    }
}

TEST_CASE("fields: doubles are the nearest ones", "[io][fields]") {
    random_generator random(5);
    for (int i = 0; i < 300; ++i) {
        std::string text = std::to_string(random_below(random, std::uint64_t{1} << (1 + random_below(random, 50))));
        text.insert(random_below(random, text.size() + 1), ".");
        if (random_bernoulli(random, 0.3)) text = "-" + text;
        if (random_bernoulli(random, 0.1)) text += "e" + std::to_string(random_integer(random, -330, 310));
        double const expected = std::strtod(text.c_str(), nullptr);
        INFO(text);
        CHECK(read_as(text, float64_type) == (std::isinf(expected) ? "- !out_of_range" : test::real_text(expected)));
    }
    CHECK(read_as("-0", float64_type) == "-0");
    CHECK(read_as("0.1", float64_type) == "0.1");
    CHECK(read_as("9007199254740993", float64_type) == "9007199254740992");
    CHECK(read_as("1e5", float64_type) == "1e+05");
    CHECK(read_as("1e-400", float64_type) == "0");
    CHECK(read_as("-1e-400", float64_type) == "-0");
    CHECK(read_as("4.9e-324", float64_type) == "5e-324");
    CHECK(read_as("1e400", float64_type) == "- !out_of_range");
    CHECK(read_as("1" + std::string(400, '0') + "e-100", float64_type) == "1e+300");
    CHECK(read_as("1" + std::string(500, '0') + "e-100", float64_type) == "- !out_of_range");
    CHECK(read_as("0." + std::string(500, '0') + "1e100", float64_type) == "0");
    for (std::string const text : {"NaN", "nan", "inf", "Infinity", "1e", "1e+", "e5", "0x1p3", "1.2.3", "+1", "1_000", "1d5", "-", "."}) {
        INFO(text);
        CHECK(read_as(text, float64_type) == "- !not_a_number");
    }
}

TEST_CASE("fields: times and dates", "[io][fields]") {
    struct row {
        char const* text;
        char const* instant;
        char const* date;
    };
    for (row const& r : std::vector<row>{
             {"1970-01-01T00:00:00", "0", "0"},
             {"2024-03-05T12:34:56", "1709642096000000", "19787"},
             {"2024-03-05 12:34:56", "1709642096000000", "19787"},
             {"2024-02-29", "1709164800000000", "19782"},
             {"1969-12-31T23:59:59", "-1000000", "-1"},
             {"1899-12-31T00:00:00", "-2209075200000000", "-25568"},
             {"2155-12-31T23:59:59", "5869583999000000", "67934"},
             {"2156-01-01T00:00:00", "5869584000000000", "67935"},
             {"2024-03-05T12:34:56.5", "1709642096500000", "19787"},
             {"2024-03-05T12:34:56+08:00", "1709613296000000", "19787"}}) {
        INFO(r.text);
        CHECK(read_as(r.text, instant_type) == r.instant);
        CHECK(read_as(std::string(r.text).substr(0, 10), date_type) == r.date);
    }
    for (std::string const text : {"2023-02-29", "2024-13-01", "2024-00-10", "2024-01-00", "2024-01-32", "2024-04-31", "24-01-01",
                                   "2024/01/01", "2024-1-01", "2024-01-0a", "20a4-01-01", "2024-01-01x", "2100-02-29"}) {
        INFO(text);
        CHECK(read_as(text, date_type) == "- !not_a_date");
        CHECK(read_as(text + "T00:00:00", instant_type) == "- !not_a_time");
    }
    for (std::string const text : {"T25:00:00", "T24:00:00", "T12:60:00", "T12:00:60", "T12:0a:00", "T12-00:00", "x12:00:00", "T1a:00:00", "T12:00:0:"}) {
        INFO(text);
        CHECK(read_as("2024-01-01" + text, instant_type) == "- !not_a_time");
    }
    wanted_column column;
    column.name = "x";
    column.what = instant_type;
    column.where = zone::fixed(8 * 3600);
    CHECK(read_as("2024-03-05T12:34:56", column) == "1709613296000000");
    column.where = zone::named("Europe/London");
    CHECK(read_as("2024-07-01T12:00:00", column) == "1719831600000000"); // summer time
    CHECK(read_as("2024-01-01T12:00:00", column) == "1704110400000000");
    column.format = time_format("M/D/YYYY H:MM");
    CHECK(read_as("12/1/2010 8:26", column) == "1291191960000000");
    CHECK(read_as("13/1/2010 8:26", column) == "- !not_a_time");
    column.format = time_format("YYYY-MM-DD HH:MM:SS");
    CHECK(read_as("2024-01-01T12:00:00", column) == "- !not_a_time");
    column.format = time_format("unix_s");
    CHECK(read_as("1709642096", column) == "1709642096000000");
}

TEST_CASE("fields: booleans, words and categories", "[io][fields]") {
    wanted_column column;
    column.name = "x";
    column.what = boolean_type;
    for (std::string const text : {"true", "TRUE", "True", "1"}) CHECK(read_as(text, column) == "true");
    for (std::string const text : {"false", "FALSE", "False", "0"}) CHECK(read_as(text, column) == "false");
    for (std::string const text : {"yes", "2", "tRUE", "true "}) CHECK(read_as(text, column) == "- !not_a_boolean");
    column.true_words = {"Yes, and with more than sixteen bytes", "Yes"};
    column.false_words = {"No"};
    column.missing = {"No answer"};
    CHECK(read_as("Yes", column) == "true");
    CHECK(read_as("\"Yes, and with more than sixteen bytes\"", column) == "true");
    CHECK(read_as("No", column) == "false");
    CHECK(read_as("No answer", column) == "-");
    CHECK(read_as("true", column) == "- !not_a_boolean");
}

TEST_CASE("fields: numbers with the word of a unit", "[io][fields]") {
    wanted_column column;
    column.name = "x";
    column.what = decimal_type(2);
    column.units = std::make_shared<unit_table>(*unit_table::of("元"));
    column.missing = {"无"};
    for (std::string const text : {"12000", "12000.00", "1.2万元", "１．２万元", "￥12000", "1200000分", "　１２０００元　"})
        CHECK(read_as(text, column) == "1200000");
    CHECK(read_as("无", column) == "-");
    CHECK(read_as("3斗", column) == "- !unknown_unit");
    CHECK(read_as("0.1分", column) == "- !too_many_decimals");
    CHECK(read_as("9万亿亿", column) == "- !unknown_unit");
    CHECK(read_as("999999万亿", column) == "- !out_of_range");
    CHECK(read_as("many", column) == "- !not_a_number");
    column.what = int64_type;
    CHECK(read_as("1.2万", column) == "12000");
    CHECK(read_as("50分", column) == "- !not_an_integer");
    CHECK(read_as("1.2.3", column) == "- !not_an_integer");
    column.what = float64_type;
    column.units = std::make_shared<unit_table>(*unit_table::of("m²"));
    CHECK(read_as("1亩", column) == "666.6666666666666");
    CHECK(read_as("1e3", column) == "1000");
    column.units = nullptr;
    CHECK(read_as("1亩", column) == "- !not_a_number");
}

TEST_CASE("fields: full-width characters count as plain ones where that is asked for", "[io][fields]") {
    wanted_column column;
    column.name = "x";
    column.what = int64_type;
    CHECK(read_as("４２", column) == "- !not_an_integer");
    column.half_width = true;
    CHECK(read_as("　－４２　", column) == "-42");
    CHECK(read_as("４x", column) == "- !not_an_integer");
    column.what = date_type;
    CHECK(read_as("２０２４－０６－３０", column) == "19904");
    column.what = string_type;
    column.missing = {"N/A"};
    CHECK(read_as("ＡＢ１２　ｃ", column) == "'AB12 c'");
    CHECK(read_as("plain 元", column) == "'plain 元'");
    CHECK(read_as("Ｎ／Ａ", column) == "-");
    column.what = category_type;
    CHECK(read_as("ＡＢ１２", column) == "'AB12'");
    column.what = boolean_type;
    CHECK(read_as("１", column) == "true");
}

TEST_CASE("fields: a category keeps its code from block to block", "[io][fields]") {
    std::string text = "c\n";
    random_generator random(9);
    std::vector<std::string> written;
    for (int i = 0; i < 30'000; ++i) { // more than the short table takes
        std::string const word = "w" + std::to_string(random_below(random, 20'000)) + (i % 7 == 0 ? " with a long tail" : "");
        written.push_back(word);
        text += word + "\n";
    }
    auto file = csv_file::of_text(text, {}, "text", 10'000);
    std::vector<wanted_column> wanted(1);
    wanted[0].name = "c";
    wanted[0].what = category_type;
    csv_layout const layout{file, wanted};
    csv_block_reader reader{layout};
    text_chunk chunk;
    std::vector<std::uint32_t> codes;
    string_pool const* pool = nullptr;
    while (file.source().next(chunk)) {
        column_view const column = reader.parse(chunk).columns()[0];
        codes.insert(codes.end(), column.as<std::uint32_t>().begin(), column.as<std::uint32_t>().end());
        pool = column.pool;
    }
    REQUIRE(codes.size() == written.size());
    bool same = true;
    for (std::size_t i = 0; i < codes.size(); ++i) same = same && pool->view(codes[i]) == written[i];
    CHECK(same);
    CHECK(pool->size() > 10'000);
}
