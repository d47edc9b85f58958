// SPDX-License-Identifier: Apache-2.0
#include <segmenta/io/parsed_block.hpp>

#include <segmenta/io/csv_reader.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

using namespace segmenta;

namespace {

/// Reads a text of one chunk and keeps what the block borrows from.
struct one_block {
    csv_file file;
    csv_layout layout;
    csv_block_reader reader;
    text_chunk chunk;
    parsed_block const* block = nullptr;

    one_block(std::string text, std::vector<wanted_column> wanted, csv_dialect dialect = {})
        : file(csv_file::of_text(std::move(text), std::move(dialect))), layout(file, std::move(wanted)), reader(layout) {
        REQUIRE(file.source().next(chunk));
        block = &reader.parse(chunk);
    }
};

} // namespace

TEST_CASE("parsed_block: lines and records, also where a record spans lines", "[io]") {
    csv_dialect dialect;
    dialect.comment = '#';
    one_block const read("id,note\n1,a\n\n2,\"two\nlines, \"\"quoted\"\"\"\n# remark\n3,c\n", {{"id", int64_type}, {"note", string_type}},
                         dialect);
    parsed_block const& b = *read.block;
    REQUIRE(b.rows() == 3);
    CHECK(b.line(0) == 2);
    CHECK(b.line(1) == 4);
    CHECK(b.line(2) == 7);
    CHECK(b.record(0) == "1,a");
    CHECK(b.record(1) == "2,\"two\nlines, \"\"quoted\"\"\"");
    CHECK(b.columns()[1].text(1) == "two\nlines, \"quoted\"");
    CHECK(b.blank_lines() == 1);
    CHECK(b.comment_lines() == 1);
    CHECK(b.sequence() == 0);
    CHECK(b.bad_fields().empty());
}

TEST_CASE("parsed_block: bad fields come by row and column, are missing in their columns, and say what was seen", "[io]") {
    one_block const read("id,amount,day\n1,1.2.3,2024-02-30\n2,5.00,2024-02-29\nx,1.005,2024-01-01\n4,1.00\n",
                         {{"id", int64_type}, {"amount", decimal_type(2)}, {"day", date_type}});
    parsed_block const& b = *read.block;
    REQUIRE(b.rows() == 4);
    auto const bad = b.bad_fields();
    REQUIRE(bad.size() == 5);
    std::vector<std::pair<std::uint32_t, std::string>> seen;
    for (auto const& f : bad) seen.emplace_back(f.row, std::string(to_string(f.reason)));
    CHECK(seen == std::vector<std::pair<std::uint32_t, std::string>>{{0, "not_a_number"},
                                                                     {0, "not_a_date"},
                                                                     {2, "not_an_integer"},
                                                                     {2, "too_many_decimals"},
                                                                     {3, "wrong_field_count"}});
    CHECK(bad[4].column == bad_field::whole_record);
    CHECK_FALSE(b.columns()[1].is_present(0));
    CHECK(b.columns()[1].is_present(1));
    CHECK_FALSE(b.columns()[0].is_present(2));
    CHECK(b.message(bad[0]).find("1.2.3") != std::string::npos);
    CHECK(b.message(bad[0]).find("amount") != std::string::npos);
    CHECK(b.message(bad[1]).find("2024-02-30") != std::string::npos);
    CHECK(b.columns()[1].as<std::int64_t>()[1] == 500);
}

TEST_CASE("parsed_block: blanks that keep a value from being read are answered with the option that takes them off", "[io]") {
    std::vector<wanted_column> const wanted{{"n", int64_type}, {"day", date_type}, {"yes", boolean_type}};
    auto const messages = [&](std::string const& row, csv_dialect const& dialect) {
        one_block const read("n,day,yes\n" + row + "\n", wanted, dialect);
        std::string all;
        for (auto const& f : read.block->bad_fields()) all += read.block->message(f) + "\n";
        return all;
    };
    auto const hints = [](std::string const& text) {
        std::size_t found = 0;
        for (std::size_t at = 0; (at = text.find("\"trim\": true", at)) != std::string::npos; ++at) ++found;
        return found;
    };
    CHECK(hints(messages(" 1, 2024-01-01,true\t", {})) == 3);
    CHECK(hints(messages("x,2024-02-30,maybe", {})) == 0);
    CHECK(messages(" 1, 2024-01-01,true\t", {.trim = true}).empty());
    auto const quoted = messages("\" 1\",2024-01-01,true", {}); // blanks in quotes are never taken off
    CHECK(hints(quoted) == 0);
    CHECK(quoted.find("blanks around it count") != std::string::npos);
}

TEST_CASE("parsed_block: every reason has an id of its own", "[io]") {
    std::vector<std::string> ids;
    for (int r = 0; r <= static_cast<int>(read_error::wrong_json_type); ++r) ids.emplace_back(to_string(static_cast<read_error>(r)));
    std::sort(ids.begin(), ids.end());
    CHECK(std::unique(ids.begin(), ids.end()) == ids.end());
    CHECK(to_string(read_error::too_many_decimals) == "too_many_decimals");
}
