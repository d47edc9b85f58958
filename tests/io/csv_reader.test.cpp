// SPDX-License-Identifier: Apache-2.0
#include <segmenta/io/csv_reader.hpp>

#include "io/csv_dump.hpp"
#include "support/catch.hpp"
#include "support/test_data.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

using namespace segmenta;
using segmenta::test::read_text;
using lines = std::vector<std::string>;

namespace {

std::vector<wanted_column> const id_and_name{{"id", int64_type}, {"name", string_type}};

std::string message_of(std::function<void()> const& call) {
    try {
        call();
    } catch (issue_error const& e) {
        return e.what();
    }
    return "nothing was thrown";
}

std::string header_error(std::string text, csv_dialect const& dialect = {}) {
    return message_of([&] { csv_file::of_text(std::move(text), dialect, "f.csv"); });
}

} // namespace

TEST_CASE("csv: what a text means", "[io][csv]") {
    struct row {
        char const* about;
        std::string text;
        lines expected;
    };
    auto const all = GENERATE(values<row>({
        {"plain", "id,name\n1,a\n2,b\n", {"2: 1 'a' <1,a>", "3: 2 'b' <2,b>"}},
        {"no last line end", "id,name\n1,a\n2,b", {"2: 1 'a' <1,a>", "3: 2 'b' <2,b>"}},
        {"CR LF", "id,name\r\n1,a\r\n2,b\r\n", {"2: 1 'a' <1,a>", "3: 2 'b' <2,b>"}},
        {"mixed line ends", "id,name\r\n1,a\n2,b\r\n3,c", {"2: 1 'a' <1,a>", "3: 2 'b' <2,b>", "4: 3 'c' <3,c>"}},
        {"quoted delimiter", "id,name\n1,\"a,b\"\n", {"2: 1 'a,b' <1,\"a,b\">"}},
        {"quoted line feed", "id,name\n1,\"a\nb\"\n2,c\n", {"2: 1 'a\nb' <1,\"a\nb\">", "4: 2 'c' <2,c>"}},
        {"quoted CR LF stays", "id,name\n1,\"a\r\nb\"\r\n2,c\n", {"2: 1 'a\r\nb' <1,\"a\r\nb\">", "4: 2 'c' <2,c>"}},
        {"doubled quotes", "id,name\n1,\"say \"\"hi\"\"\"\n", {"2: 1 'say \"hi\"' <1,\"say \"\"hi\"\"\">"}},
        {"only a doubled quote", "id,name\n1,\"\"\"\"\n", {"2: 1 '\"' <1,\"\"\"\">"}},
        {"quoted number", "id,name\n\"7\",a\n", {"2: 7 'a' <\"7\",a>"}},
        {"quoted empty is missing", "id,name\n\"\",\"\"\n", {"2: - - <\"\",\"\">"}},
        {"empty fields", "id,name\n,\n", {"2: - - <,>"}},
        {"blank lines", "\n\nid,name\n\n1,a\n\r\n2,b\n\n", {"5: 1 'a' <1,a>", "7: 2 'b' <2,b>"}},
        {"too few fields", "id,name\n1\n2,b\n", {"2: - - !wrong_field_count=1 <1>", "3: 2 'b' <2,b>"}},
        {"too many fields", "id,name\n1,a,\n2,b\n", {"2: - - !wrong_field_count=3 <1,a,>", "3: 2 'b' <2,b>"}},
        {"stray quote", "id,name\n1,a\"b\n2,b\n", {"2: - - !stray_quote <1,a\"b>", "3: 2 'b' <2,b>"}},
        {"text after quote", "id,name\n1,\"a\"b\n2,b\n", {"2: - - !stray_quote <1,\"a\"b>", "3: 2 'b' <2,b>"}},
        {"blank after quote", "id,name\n1,\"a\" \n2,b\n", {"2: - - !stray_quote <1,\"a\" >", "3: 2 'b' <2,b>"}},
        {"lone CR is text", "id,name\n1,a\rb\n", {"2: 1 'a\rb' <1,a\rb>"}},
        {"NUL is text", std::string("id,name\n1,a\0b\n\0,c\n", 18),
         {std::string("2: 1 'a\0b' <1,a\0b>", 18), std::string("3: - 'c' !not_an_integer@0(\0) <\0,c>", 35)}},
        {"byte order mark", "\xEF\xBB\xBFid,name\n1,a\n", {"2: 1 'a' <1,a>"}},
        {"header only", "id,name\n", {}},
        {"header only, no line end", "id,name", {}},
        {"outer blanks are text", "id,name\n1, a \n", {"2: 1 ' a ' <1, a >"}},
        {"blank beside a number", "id,name\n 1,a\n", {"2: - 'a' !not_an_integer@0( 1) < 1,a>"}},
        {"bad UTF-8", "id,name\n1,\xA3\n2,\xC2\xA3\n", {"2: 1 - !bad_encoding@1(\xA3) <1,\xA3>", "3: 2 '\xC2\xA3' <2,\xC2\xA3>"}},
    }));
    INFO(all.about);
    for (auto const level : test::usable_levels()) {
        CHECK(read_text(all.text, {}, id_and_name, 256 << 10, level).lines == all.expected);
        for (std::size_t chunk = 1; chunk < 40; ++chunk)
            CHECK(read_text(all.text, {}, id_and_name, chunk, level).lines == all.expected);
    }
}

TEST_CASE("csv: dialects", "[io][csv]") {
    SECTION("semicolon, and the comma is text") {
        csv_dialect d;
        d.delimiter = ';';
        CHECK(read_text("id;name\n1;a,b\n", d, id_and_name).lines == lines{"2: 1 'a,b' <1;a,b>"});
    }
    SECTION("tab, no quotes: a quote is text") {
        csv_dialect d;
        d.delimiter = '\t';
        d.quote = '\0';
        CHECK(read_text("id\tname\n1\t5\" disk\n", d, id_and_name).lines == lines{"2: 1 '5\" disk' <1\t5\" disk>"});
    }
    SECTION("another quote") {
        csv_dialect d;
        d.quote = '\'';
        CHECK(read_text("id,name\n1,'a,\"b'\n", d, id_and_name).lines == lines{"2: 1 'a,\"b' <1,'a,\"b'>"});
    }
    SECTION("blanks") {
        csv_dialect d;
        d.blanks = true;
        CHECK(read_text(" id \t name\r\n  1   a  \r\n2 b c\n \n3 \"x\"\n", d, id_and_name).lines ==
              lines{"2: 1 'a' <  1   a  >", "3: - - !wrong_field_count=3 <2 b c>", "5: 3 '\"x\"' <3 \"x\">"});
    }
    SECTION("no header") {
        csv_dialect d;
        d.header = false;
        CHECK(read_text("1,a\n2,b\n", d, {{"2", string_type}}).lines == lines{"1: 'a' <1,a>", "2: 'b' <2,b>"});
        d.names = {"id", "name"};
        CHECK(read_text("1,a\n", d, id_and_name).lines == lines{"1: 1 'a' <1,a>"});
        CHECK(read_text("", d, id_and_name).lines.empty());
    }
    SECTION("trim") {
        csv_dialect d;
        d.trim = true;
        CHECK(read_text("id,name\n 1 ,\t a b \n2,\" c \"\n", d, id_and_name).lines ==
              lines{"2: 1 'a b' < 1 ,\t a b >", "3: 2 ' c ' <2,\" c \">"});
    }
    SECTION("comments, with quotes in them") {
        csv_dialect d;
        d.comment = '#';
        auto const read = read_text("# it's \"so\nid,name\n#\"\n1,a\n# x,y,z\n2,#b\n", d, id_and_name);
        CHECK(read.lines == lines{"4: 1 'a' <1,a>", "6: 2 '#b' <2,#b>"});
        CHECK(read.comment_lines == 2);
    }
    SECTION("spellings of missing") {
        csv_dialect d;
        d.missing = {"NA", "-999"};
        auto wanted = id_and_name;
        wanted[1].missing = {"none"};
        CHECK(read_text("id,name\nNA,NA\n-999,-999\n-99,none\n\"NA\",nay\n", d, wanted).lines ==
              lines{"2: - - <NA,NA>", "3: - - <-999,-999>", "4: -99 - <-99,none>", "5: - 'nay' <\"NA\",nay>"});
    }
    SECTION("Latin-1") {
        csv_dialect d;
        d.encoding = "iso-8859-1";
        CHECK(read_text("id,name\n1,\xA3 5\n", d, id_and_name).lines == lines{"2: 1 '\xC2\xA3 5' <1,\xC2\xA3 5>"});
    }
    SECTION("GB18030") {
        csv_dialect d;
        d.encoding = "gb18030";
        d.delimiter = '|'; // 0x7C is also the second byte of characters
        CHECK(read_text("id|name\n1|\xD6\xD0\xCE\xC4\n2|\x81\x7C\n", d, id_and_name).lines ==
              lines{"2: 1 '\xE4\xB8\xAD\xE6\x96\x87' <1|\xE4\xB8\xAD\xE6\x96\x87>", "3: 2 '\xE4\xBA\x85' <2|\xE4\xBA\x85>"});
        CHECK_THAT(message_of([&] { read_text("id|name\n1|x\n2|\xFF\n", d, id_and_name); }),
                   Catch::Matchers::ContainsSubstring("io.encoding") && Catch::Matchers::ContainsSubstring("text:3"));
    }
    SECTION("one column: a blank line is no record") {
        for (auto const level : test::usable_levels())
            CHECK(read_text("id\n1\n\n\"\"\n2\r\n\r\n", {}, {{"id", int64_type}}, 256, level).lines ==
                  lines{"2: 1 <1>", "4: - <\"\">", "5: 2 <2>"});
    }
    SECTION("the same column twice, unquoted and unescaped") {
        std::vector<wanted_column> const twice{{"name", string_type}, {"name", category_type}, {"id", int64_type}};
        CHECK(read_text("id,name\n1,\"a\"\"b\"\n", {}, twice).lines == lines{"2: 'a\"b' 'a\"b' 1 <1,\"a\"\"b\">"});
    }
}

TEST_CASE("csv: refused files say what and where", "[io][csv]") {
    using Catch::Matchers::ContainsSubstring;
    CHECK_THAT(header_error(""), ContainsSubstring("csv.no_header") && ContainsSubstring("f.csv"));
    CHECK_THAT(header_error("\n\n"), ContainsSubstring("csv.no_header"));
    CHECK_THAT(header_error("a,b,a\n"), ContainsSubstring("csv.duplicate_column") && ContainsSubstring("\"a\""));
    CHECK(header_error(",a,\n1,2,3\n") == "nothing was thrown"); // row numbers often have no name
    CHECK_THAT(header_error("a,b\"c\n"), ContainsSubstring("csv.header"));
    CHECK_THAT(header_error(std::string("i\0d\0\n\0", 6)), ContainsSubstring("csv.header") && ContainsSubstring("UTF-16"));
    CHECK_THAT(header_error("\xFF\xFEi\n"), ContainsSubstring("io.encoding") && ContainsSubstring("UTF-16"));
    CHECK_THAT(header_error("\xA3,b\n"), ContainsSubstring("csv.header") && ContainsSubstring("encoding"));
    CHECK_THAT(header_error("a,\"b\nc"), ContainsSubstring("csv.unterminated_quote") && ContainsSubstring("f.csv:1"));
    CHECK_THAT(message_of([] { csv_file("/no/such/file.csv", {}); }),
               ContainsSubstring("file.not_found") && ContainsSubstring("/no/such/file.csv"));
    CHECK_THAT(message_of([] { csv_file("/", {}); }), ContainsSubstring("file.open"));

    csv_dialect latin;
    latin.encoding = "iso-8859-1";
    CHECK_THAT(header_error("\xEF\xBB\xBFid\n", latin), ContainsSubstring("io.encoding"));
    csv_dialect wrong;
    wrong.delimiter = '"';
    wrong.encoding = "klingon";
    wrong.names = {"x"};
    auto const text = header_error("a\n", wrong);
    CHECK_THAT(text, ContainsSubstring("same") && ContainsSubstring("klingon") && ContainsSubstring("names"));

    auto file = csv_file::of_text("customer_id,amount\n", {}, "f.csv");
    auto const missing = message_of([&] {
        csv_layout(file, {{"customer", int64_type}, {"amonut", decimal_type(2)}, {"amount", duration_type}});
    });
    CHECK_THAT(missing, ContainsSubstring("\"customer\"") && ContainsSubstring("Did you mean amount?") &&
                            ContainsSubstring("customer_id, amount") && ContainsSubstring("csv.column_type"));
}

TEST_CASE("csv: a header that another delimiter separates says which", "[io][csv]") {
    using Catch::Matchers::ContainsSubstring;
    auto const [header, dialect, remedy] = GENERATE(table<std::string, csv_dialect, std::string>({
        {"id;amount;note", {}, R"("delimiter": ";")"},
        {"id\tamount\tnote", {}, R"("delimiter": "tab")"},
        {"id|amount", {}, R"("delimiter": "|")"},
        {"\"id\";\"amount\"", {}, R"("delimiter": ";")"},
        {"id,amount", {.delimiter = ';'}, R"("delimiter": ",")"},
        {"id,amount", {.blanks = true}, R"("delimiter": ",")"},
    }));
    auto const text = message_of([&, header = header, dialect = dialect] {
        auto file = csv_file::of_text(header + "\n", dialect, "f.csv");
        csv_layout(file, {{"id", int64_type}, {"amount", decimal_type(2)}});
    });
    CAPTURE(header);
    CHECK_THAT(text, ContainsSubstring("f.csv:1") && ContainsSubstring(remedy));
    CHECK(std::count(text.begin(), text.end(), '\n') == 0); // once for all columns
}

TEST_CASE("csv: a file that has one column indeed is not told about delimiters", "[io][csv]") {
    auto const text = message_of([] {
        auto file = csv_file::of_text("id\n", {}, "f.csv");
        csv_layout(file, {{"idd", int64_type}});
    });
    CHECK(text.find("delimiter") == std::string::npos);
    CHECK(text.find("Did you mean id?") != std::string::npos);
}

TEST_CASE("csv: a quote that is never closed is named with its line", "[io][csv]") {
    for (std::size_t const chunk : {3, 16, 4096})
        CHECK(read_text("id,name\n1,a\n2,\"b\n3,c\n4,d\n", {}, id_and_name, chunk).error == "csv.unterminated_quote text:3");
}

TEST_CASE("csv: a record that is too long is refused early", "[io][csv]") {
    csv_dialect d;
    d.record_limit = 1000;
    std::string const head = "id,name\n1,a\n2,";
    CHECK(read_text(head + std::string(100'000, 'x') + "\n", d, id_and_name).error == "csv.record_too_long text:3");
    CHECK(read_text(head + "\"" + std::string(100'000, '\n'), d, id_and_name).error == "csv.record_too_long text:3");
    CHECK(read_text(head + std::string(997, 'x') + "\n", d, id_and_name).error.empty());
    CHECK(read_text(head + std::string(998, 'x') + "\n", d, id_and_name, 10).error == "csv.record_too_long text:3");
    CHECK(read_text(head + std::string(900, ',') + "\n3,b\n", d, id_and_name).lines.size() == 3);
    // many delimiters over many tiles, which no table of positions should hold
    d.record_limit = 1 << 20;
    auto const read = read_text(head + std::string(500'000, ',') + "\n3,b\n", d, id_and_name);
    REQUIRE(read.lines.size() == 3);
    CHECK_THAT(read.lines[1], Catch::Matchers::StartsWith("3: - - !wrong_field_count=500002 "));
    CHECK(read.lines[2] == "4: 3 'b' <3,b>");
    auto header = message_of([&] { csv_file::of_text(std::string(2 << 20, 'x'), d, "f.csv"); });
    CHECK_THAT(header, Catch::Matchers::ContainsSubstring("csv.record_too_long") &&
                           Catch::Matchers::ContainsSubstring("f.csv:1"));
}

TEST_CASE("csv: messages name column, value and what is allowed", "[io][csv]") {
    auto file = csv_file::of_text("id,amount,when\nx,1.2.3,5/6/2024\n1,2,2024-02-30\n,\n", {});
    std::vector<wanted_column> const wanted{{"id", int64_type}, {"amount", decimal_type(2)}, {"when", date_type}};
    csv_layout const layout{file, wanted};
    csv_block_reader reader{layout};
    text_chunk chunk;
    REQUIRE(file.source().next(chunk));
    parsed_block const& block = reader.parse(chunk);
    std::vector<std::string> messages;
    for (auto const& bad : block.bad_fields()) messages.push_back(block.message(bad));
    CHECK(messages == lines{"id \"x\" is not a whole number", "amount \"1.2.3\" is not a number",
                            "when \"5/6/2024\" is not a date of the format iso",
                            "when \"2024-02-30\" is not a date of the format iso",
                            "the record has 2 fields instead of 3"});
    CHECK(block.bad_rows().count() == 3);
    CHECK_FALSE(file.source().next(chunk));
}

TEST_CASE("csv: real files are read whole", "[io][csv][data]") {
    SEGMENTA_NEED_TEST_DATA("online_retail.csv.gz");
    // facts of the data's README: 541,909 rows, 135,080 without CustomerID, 1,454 without Description
    csv_dialect latin;
    latin.encoding = "iso-8859-1";
    std::vector<wanted_column> wanted{{"InvoiceNo", category_type}, {"Description", string_type},
                                      {"Quantity", int64_type},     {"InvoiceDate", instant_type, time_format("M/D/YYYY H:MM")},
                                      {"UnitPrice", decimal_type(3)}, {"CustomerID", int64_type}, {"Country", category_type}};
    csv_file file{test::test_data("online_retail.csv.gz"), latin};
    csv_layout const layout{file, wanted};
    csv_block_reader reader{layout};
    text_chunk chunk;
    std::size_t rows = 0;
    std::size_t no_customer = 0;
    std::size_t no_description = 0;
    std::size_t pounds = 0;
    std::int64_t price = 0;
    std::int64_t last_line = 0;
    std::size_t countries = 0;
    while (file.source().next(chunk)) {
        parsed_block const& block = reader.parse(chunk);
        REQUIRE(block.bad_fields().empty());
        for (std::size_t r = 0; r < block.rows(); ++r) {
            no_customer += block.columns()[5].is_present(r) ? 0 : 1;
            no_description += block.columns()[1].is_present(r) ? 0 : 1;
            if (block.columns()[1].is_present(r))
                pounds += block.columns()[1].text(r).find("\xC2\xA3") != std::string_view::npos ? 1 : 0;
            price += block.columns()[4].as<std::int64_t>()[r];
        }
        rows += block.rows();
        if (block.rows() > 0) last_line = static_cast<std::int64_t>(block.line(block.rows() - 1));
        countries = block.columns()[6].pool->size();
    }
    CHECK(rows == 541'909);
    CHECK(no_customer == 135'080);
    CHECK(no_description == 1'454);
    CHECK(pounds == 32);
    CHECK(countries == 38);
    CHECK(last_line == 541'910);
    CHECK(price > 0);
    CHECK(file.source().bytes_read() == file.source().bytes_total());
}

TEST_CASE("csv: blank-separated real files", "[io][csv][data]") {
    SEGMENTA_NEED_TEST_DATA("CDNOW_master.txt");
    csv_dialect d;
    d.blanks = true;
    csv_file file{test::test_data("CDNOW_master.txt"), d};
    CHECK(file.columns() == lines{"customer_id", "date", "number_of_cds", "dollar_value"});
    auto const read = test::read_all(file, {{"customer_id", int64_type}, {"date", date_type, time_format("YYYYMMDD")},
                                            {"dollar_value", decimal_type(2)}});
    CHECK(read.lines.size() == 69'659);
    CHECK(read.lines[0] == "2: 1 9862 1177 < 00001 19970101  1   11.77>");
    csv_dialect german;
    german.blanks = true;
    german.header = false;
    csv_file credit{test::test_data("german.data"), german};
    CHECK(credit.columns().size() == 21);
    auto const rows = test::read_all(credit, {{"1", category_type}, {"21", int64_type}});
    CHECK(rows.lines.size() == 1000);
    CHECK(std::none_of(rows.lines.begin(), rows.lines.end(),
                       [](std::string const& line) { return line.find('!') != std::string::npos; }));
}

TEST_CASE("csv_file: a file whose lines end in a carriage return alone is refused with the remedy") {
    try {
        (void)segmenta::csv_file::of_text("c,v\ra,1\rb,2\r", {}, "old.csv");
        FAIL("accepted");
    } catch (segmenta::issue_error const& problem) {
        CHECK(problem.issues().contains("csv.line_ends"));
        CHECK(std::string(problem.what()).find('\r') == std::string::npos); // nothing raw on the terminal
    }
}

TEST_CASE("csv_file: trim takes blanks off the names of the header, too") {
    segmenta::csv_dialect dialect;
    dialect.trim = true;
    auto const file = segmenta::csv_file::of_text(" c ,\tv\na , 1\n", dialect, "t.csv");
    CHECK(file.columns()[0] == "c");
    CHECK(file.columns()[1] == "v");
}
