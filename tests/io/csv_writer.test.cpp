// SPDX-License-Identifier: Apache-2.0
#include <segmenta/io/csv_writer.hpp>
#include <segmenta/io/quarantine.hpp>

#include <segmenta/base/random.hpp>
#include <segmenta/error.hpp>

#include "io/csv_dump.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <unistd.h>

using namespace segmenta;

namespace {

class temporary_folder {
public:
    temporary_folder() : path_(std::filesystem::temp_directory_path() / ("segmenta-io-" + std::to_string(::getpid()))) {
        std::filesystem::remove_all(path_);
        std::filesystem::create_directory(path_);
    }
    ~temporary_folder() { std::filesystem::remove_all(path_); }
    std::filesystem::path operator/(char const* name) const { return path_ / name; }
    [[nodiscard]] bool empty() const { return std::filesystem::is_empty(path_); }

private:
    std::filesystem::path path_;
};

std::string content(std::filesystem::path const& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

} // namespace

TEST_CASE("csv writer: fields", "[io][writer]") {
    csv_text out;
    for (std::string_view const text : {"plain", "", "a,b", "say \"hi\"", "two\nlines", "cr\r", "  blanks  ", "longer than eight, with a comma"})
        out.text(text);
    out.end_record();
    for (std::int64_t const v : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{99}, std::int64_t{100}, std::int64_t{12345},
                                 std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()})
        out.integer(v);
    out.end_record();
    out.decimal(150, 2);
    out.decimal(-5, 2);
    out.decimal(0, 3);
    out.decimal(7, 0);
    out.decimal(std::numeric_limits<std::int64_t>::min(), 18);
    out.decimal(std::numeric_limits<std::int64_t>::max(), 18);
    out.end_record();
    for (double const v : {0.1, 1.0, -0.0, 1e23, 5e-324, 1.7976931348623157e308, std::nan(""), HUGE_VAL}) out.real(v);
    out.end_record();
    out.boolean(true);
    out.boolean(false);
    out.date(19787);
    out.instant_at(instant{1709642096000000}, zone::utc());
    out.instant_at(instant{1709642096000000}, zone::fixed(8 * 3600));
    out.missing();
    out.end_record();
    out.missing();
    out.end_record();
    out.text("");
    out.end_record();
    CHECK(out.pending() == "plain,,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\"cr\r\",  blanks  ,\"longer than eight, with a comma\"\n"
                           "0,-1,99,100,12345,9223372036854775807,-9223372036854775808\n"
                           "1.50,-0.05,0.000,7,-9.223372036854775808,9.223372036854775807\n"
                           "0.1,1,-0,1e+23,5e-324,1.7976931348623157e+308,,\n"
                           "true,false,2024-03-05,2024-03-05T12:34:56Z,2024-03-05T20:34:56+08:00,\n"
                           "\"\"\n\"\"\n");
}

TEST_CASE("csv writer: what is written is read back, value by value", "[io][writer]") {
    random_generator random(11);
    constexpr std::size_t rows = 3000;
    std::array<type, 8> const types{int64_type, decimal_type(3), float64_type, boolean_type,
                                    date_type,  instant_type,    string_type,  category_type};
    auto pool = std::make_shared<string_pool>();
    std::vector<std::string> words{"a", "b,c", "\"", "x\ny", "\r\n", "\xE4\xB8\xAD", " "};
    for (auto const& w : words) pool->intern(w);
    std::vector<column> columns;
    std::vector<wanted_column> wanted;
    csv_text header;
    for (std::size_t c = 0; c < types.size(); ++c) {
        columns.emplace_back(types[c], rows);
        wanted_column w;
        w.name = "c" + std::to_string(c);
        w.what = types[c];
        wanted.push_back(w);
        header.text(w.name);
    }
    columns[7].set_pool(pool);
    header.end_record();
    for (std::size_t r = 0; r < rows; ++r) {
        columns[0].data<std::int64_t>()[r] = static_cast<std::int64_t>(random() >> random_below(random, 64)) * (r % 2 == 0 ? 1 : -1);
        columns[1].data<std::int64_t>()[r] = static_cast<std::int64_t>(random() >> (1 + random_below(random, 63)));
        columns[2].data<double>()[r] = random_normal(random, 0, 1e6);
        columns[3].data<std::uint8_t>()[r] = static_cast<std::uint8_t>(random_below(random, 2));
        columns[4].data<std::int32_t>()[r] = static_cast<std::int32_t>(random_integer(random, -100'000, 100'000));
        columns[5].data<std::int64_t>()[r] = random_integer(random, -2'000'000'000'000'000, 4'000'000'000'000'000);
        columns[6].data<std::string_view>()[r] = words[random_below(random, words.size())];
        columns[7].data<std::uint32_t>()[r] = static_cast<std::uint32_t>(random_below(random, words.size()));
        if (r % 10 == 0) columns[random_below(random, columns.size())].set_missing(r);
    }
    std::vector<column_view> views;
    for (auto const& c : columns) views.push_back(c.view());
    std::string text(header.pending());
    csv_text first;
    first.records(views, 0, 1000);
    csv_text second;
    second.records(views, 1000, rows - 1000);
    text += first.pending();
    text += second.pending();
    auto file = csv_file::of_text(text, {});
    csv_layout const layout{file, wanted};
    csv_block_reader reader{layout};
    text_chunk chunk;
    std::size_t row = 0;
    std::size_t different = 0;
    while (file.source().next(chunk)) {
        auto const& block = reader.parse(chunk);
        REQUIRE(block.bad_fields().empty());
        for (std::size_t r = 0; r < block.rows(); ++r, ++row)
            for (std::size_t c = 0; c < types.size(); ++c)
                different += test::value_text(block.columns()[c], r) == test::value_text(views[c], row) ? 0 : 1;
    }
    CHECK(row == rows);
    CHECK(different == 0);
}

TEST_CASE("csv writer: the file appears whole or not at all", "[io][writer]") {
    temporary_folder const folder;
    std::vector<std::string> const header{"id", "a name"};
    {
        csv_writer writer(folder / "out.csv", header);
        writer.out().integer(1);
        writer.out().text("x");
        writer.out().end_record();
        CHECK_FALSE(std::filesystem::exists(folder / "out.csv"));
        writer.append("2,y\n");
        writer.out().integer(3);
        writer.out().missing();
        writer.out().end_record();
        writer.commit();
    }
    CHECK(content(folder / "out.csv") == "id,a name\n1,x\n2,y\n3,\n");
    { csv_writer const left(folder / "other.csv", header); }
    CHECK_FALSE(std::filesystem::exists(folder / "other.csv"));
    CHECK_THROWS_AS(csv_writer("/no/such/folder/out.csv", header), issue_error);
    if (std::filesystem::exists("/dev/full")) {
        csv_writer full("/dev/full", header);
        CHECK_THROWS_AS(full.commit(), issue_error);
    }
}

TEST_CASE("quarantine: every row is counted, and written if asked", "[io][quarantine]") {
    temporary_folder const folder;
    quarantine counting;
    CHECK_FALSE(counting.writes());
    quarantine writing(folder / "q.csv", 10);
    for (quarantine* q : {&counting, &writing}) {
        q->add({"orders.csv", 417, "not_a_time", "when \"x\" is not a time", "1,x"});
        q->add({"orders.csv", 9, "duplicate", "seen before", "a \"b\""});
        q->add({"orders.csv", 10, "duplicate", "seen before", "123456789\xE4\xB8\xAD,long"});
        q->commit();
        CHECK(q->counts().entries() == std::vector<reject_counts::entry>{{"duplicate", 2}, {"not_a_time", 1}});
        CHECK(q->counts().of("duplicate") == 2);
        CHECK(q->counts().of("other") == 0);
        CHECK(q->counts().total() == 3);
    }
    CHECK(content(folder / "q.csv") == "source,line,reason,message,record\n"
                                       "orders.csv,417,not_a_time,\"when \"\"x\"\" is not a time\",\"1,x\"\n"
                                       "orders.csv,9,duplicate,seen before,\"a \"\"b\"\"\"\n"
                                       "orders.csv,10,duplicate,seen before,123456789...\n");
    reject_counts sum;
    sum.merge(counting.counts());
    sum.merge(writing.counts());
    CHECK(sum.of("duplicate") == 4);
}
