// SPDX-License-Identifier: Apache-2.0
// Rows, blocks and scratch as a host and the batch job hand them over.
#include <segmenta/rule/evaluation.hpp>

#include "rule/support.hpp"
#include "support/catch.hpp"
#include "support/counting_new.hpp"

#include <segmenta/rule/program.hpp>

#include <string>
#include <vector>

using namespace segmenta;
using segmenta::test::row_of;
using segmenta::test::show;

TEST_CASE("a chain of thousands of operations is evaluated by row and by block", "[rule]") {
    environment names;
    names.variable("n", int64_type);
    names.variable("at", instant_type);
    names.variable("s", string_type);
    names.variable("d", decimal_type(2));
    std::vector<std::vector<value>> const rows{
        {value::of_int(3), value::of_instant(instant{5}), value::of_string("ab"), value::of_decimal(decimal_type(2), 125)},
        {value{}, value{}, value{}, value{}}};
    test::table_of_values const table(names, rows);
    auto const repeated = [](std::string_view part, int times) {
        std::string out;
        for (int i = 0; i < times; ++i) out += part;
        return out;
    };
    std::vector<std::pair<std::string, std::string>> const cases{
        {"n" + repeated(" + n", 9'999), "30000"},
        {"n" + repeated(" - n + 2 * n", 2'000), "6003"},
        {"1" + repeated(" + n * 1", 5'000), "15001"},
        {"d" + repeated(" + n", 3'000), "9001.25"},
        {"at" + repeated(" - at + at", 3'000), "1970-01-01T00:00:00.000005Z"}, // the sum is the second argument
        {"size(s" + repeated(" + 'xyz'", 6'999) + ")", "20999"},
        {"(s" + repeated(" + s + 'b'", 2'000) + ").endsWith('aabb')", "false"},
        {"(s" + repeated(" + 'b' + s", 2'000) + ").endsWith('babbab')", "true"},
    };
    rule_scratch scratch;
    for (auto const& [text, answer] : cases) {
        CAPTURE(text.substr(0, 20));
        program const made = compile_rule(text, names);
        CHECK(show(made.evaluate(std::span<value const>(rows[0]), scratch)) == answer);
        CHECK(show(made.evaluate(std::span<value const>(rows[1]), scratch)) == "unknown");
        auto const block = made.evaluate(table.all(), scratch);
        CHECK(show(row_of(block, 0)) == answer);
        CHECK(show(row_of(block, 1)) == "unknown");
    }
}

TEST_CASE("joining texts of a chain says where the part stands that is no text", "[rule]") {
    environment names;
    names.variable("n", int64_type);
    names.variable("s", string_type);
    issue_list issues;
    CHECK_FALSE(compile_rule("s + 'a' + n + s + 1", names, issues, "here"));
    REQUIRE(issues.size() == 2);
    CHECK(issues[0].code == "rule.type");
    CHECK(issues[0].place == "here 1:9");
    CHECK(issues[1].place == "here 1:17");
}

TEST_CASE("times outside the years 1 to 9999 are refused in a rule, with the range", "[rule]") {
    environment names;
    names.variable("day", date_type);
    auto const text = GENERATE(as<std::string>{}, "timestamp('0000-01-01')", "timestamp('0000-01-01T00:00:00Z')",
                               "timestamp('0001-01-01T00:00:00+01:00')", "date('0000-12-31')", "date('10000-01-01')");
    CAPTURE(text);
    issue_list issues;
    CHECK_FALSE(compile_rule(text, names, issues, "here"));
    REQUIRE(issues.size() == 1);
    CHECK(issues[0].code == "rule.bad_constant");
    CHECK(issues[0].place == "here 1:1");
    CHECK(issues[0].allowed.find("0001 to 9999") != std::string::npos);
    bool const day_alone = text == "timestamp('0000-01-01')";
    CHECK((issues[0].remedy.find("date('0000-01-01')") != std::string::npos) == day_alone);

    rule_scratch scratch;
    value const first[] = {value::of_date(civil_date::of(1, 1, 1))};
    value const before[] = {value::of_date(civil_date::of(0, 12, 31))}; // of a file, where it may stand
    CHECK(show(compile_rule("day == date('0001-01-01')", names).evaluate(std::span<value const>(first), scratch)) == "true");
    CHECK(show(compile_rule("day - 1", names).evaluate(std::span<value const>(first), scratch)) == "error");
    CHECK(show(compile_rule("day.getFullYear()", names).evaluate(std::span<value const>(before), scratch)) == "error");
    CHECK(show(compile_rule("day < date('0001-01-01')", names).evaluate(std::span<value const>(before), scratch)) == "true");
}

TEST_CASE("dividing by a zero in the text is warned about, with its place", "[rule]") {
    environment names;
    names.variable("n", int64_type);
    names.variable("u", int64_type);
    names.variable("d", decimal_type(2));
    auto const [text, place] = GENERATE(table<std::string, std::string>({
        {"n / 0", "1:3"},
        {"n % 0 == 1", "1:3"},
        {"int(uint(n) / 0u)", "1:13"},
        {"d / 0", "1:3"},
        {"d / decimal('0.00')", "1:3"},
        {"1 + n / (2 - 2)", "1:7"},
        {"n == 0 ? 1 : n / -0", "1:16"},
    }));
    CAPTURE(text);
    issue_list issues;
    auto const made = compile_rule(text, names, issues, "plan.json:7");
    REQUIRE(made);
    REQUIRE(issues.size() == 1);
    CHECK(issues[0].level == severity::warning);
    CHECK(issues[0].code == "rule.always_fails");
    CHECK(issues[0].place == "plan.json:7 " + place);
    rule_scratch scratch; // it is an error all the same, as CEL has it
    value const row[] = {value::of_int(1), value::of_int(1), value::of_decimal(decimal_type(2), 1)};
    CHECK(made->evaluate(std::span<value const>(row), scratch).state == status::error);

    issue_list none;
    CHECK(compile_rule("n / u + n % 2 + n / -1", names, none));
    CHECK(compile_rule("double(n) / 0.0", names, none)); // infinite, as IEEE 754 has it
    CHECK(none.empty());
}

namespace {

struct order_line {
    std::int64_t quantity;
    std::int64_t price; // thousandths
    std::string invoice;
};

environment order_names() {
    environment names;
    names.record_name("row");
    names.variable("Quantity", int64_type);
    names.variable("UnitPrice", decimal_type(3));
    names.variable("InvoiceNo", string_type);
    names.variable("Country", category_type);
    return names;
}

value read_line(void const* context, std::size_t variable) noexcept {
    auto const& line = *static_cast<order_line const*>(context);
    switch (variable) {
    case 0: return value::of_int(line.quantity);
    case 1: return value::of_decimal(decimal_type(3), line.price);
    case 2: return value::of_string(line.invoice);
    default: return {};
    }
}

/// A block of order lines with a category column of few countries.
struct order_block {
    std::size_t size;
    std::vector<std::int64_t> quantity, price;
    std::vector<std::string> text;
    std::vector<std::string_view> invoice;
    std::vector<std::uint32_t> country;
    string_pool countries;
    std::vector<column_view> views;

    explicit order_block(std::size_t rows) : size(rows) {
        for (auto const* const name : {"United Kingdom", "France", "Germany", "EIRE"})
            countries.intern(name);
        for (std::size_t i = 0; i < rows; ++i) {
            quantity.push_back(static_cast<std::int64_t>(i % 23) - 3);
            price.push_back(static_cast<std::int64_t>(i * 37 % 20'000));
            text.push_back((i % 11 == 0 ? "C" : "") + std::to_string(536'365 + i));
            country.push_back(static_cast<std::uint32_t>(i % 7 % 4));
        }
        invoice.assign(text.begin(), text.end());
        views = {{int64_type, rows, quantity.data(), nullptr, nullptr, nullptr},
                 {decimal_type(3), rows, price.data(), nullptr, nullptr, nullptr},
                 {string_type, rows, invoice.data(), nullptr, nullptr, nullptr},
                 {category_type, rows, country.data(), nullptr, &countries, nullptr}};
    }
    [[nodiscard]] block all() const { return {size, views}; }
};

} // namespace

TEST_CASE("a host's own struct is a row through one function", "[rule]") {
    environment const names = order_names();
    auto const amount = compile_rule("Quantity * UnitPrice", names);
    auto const cancelled = compile_rule("InvoiceNo.startsWith('C')", names);
    order_line const line{6, 2'550, "C536365"};
    row_source const row(&line, &read_line);
    rule_scratch scratch;
    CHECK(show(amount.evaluate(row, scratch)) == "15.300");
    CHECK(show(cancelled.evaluate(row, scratch)) == "true");
    CHECK(compile_rule("Country == 'France'", names).evaluate(row, scratch).state == status::unknown);
    REQUIRE(scratch.missing().size() == 1);
    CHECK(scratch.missing()[0] == 3);
}

TEST_CASE("blocks answer as rows do, at every size around a word", "[rule]") {
    environment const names = order_names();
    std::vector<program> programs;
    for (auto const* const text : {"Quantity * UnitPrice", "Quantity > 0 && UnitPrice > decimal('0')",
                                   "InvoiceNo.startsWith('C')", "Country == 'France' ? Quantity : -Quantity",
                                   "Country in ['EIRE', 'Germany'] || Quantity == 7", "Country + '/' + InvoiceNo", "1 + 1"}) {
        programs.push_back(compile_rule(text, names));
    }
    rule_scratch block_scratch; // shared on purpose: by all programs and sizes
    rule_scratch row_scratch;
    for (std::size_t const size : {1U, 7U, 63U, 64U, 65U, 127U, 128U, 1000U}) {
        order_block const data(size);
        for (auto const& made : programs) {
            auto const answers = made.evaluate(data.all(), block_scratch);
            REQUIRE(answers.values.size == size);
            for (std::size_t i = 0; i < size; ++i) {
                std::vector<value> const row{value::of_int(data.quantity[i]), value::of_decimal(decimal_type(3), data.price[i]),
                                             value::of_string(data.text[i]),
                                             value::of_string(data.countries.view(data.country[i]))};
                REQUIRE(show(row_of(answers, i)) == show(made.evaluate(std::span<value const>(row), row_scratch)));
            }
        }
    }
}

TEST_CASE("a slice of a larger column is a block", "[rule]") {
    environment const names = order_names();
    auto const amount = compile_rule("Quantity * UnitPrice", names);
    order_block const data(300);
    std::vector<column_view> part;
    for (auto const& view : data.views)
        part.push_back(view.slice(64, 100));
    rule_scratch scratch;
    auto const answers = amount.evaluate(block{100, part}, scratch);
    auto const units = answers.values.as<std::int64_t>();
    for (std::size_t i = 0; i < 100; ++i)
        REQUIRE(units[i] == data.quantity[64 + i] * data.price[64 + i]);
    CHECK(answers.values.what == decimal_type(3));
    CHECK(answers.values.valid == nullptr);
    CHECK(answers.error == nullptr);
}

TEST_CASE("a bare variable passes through without a copy", "[rule]") {
    environment const names = order_names();
    order_block const data(100);
    rule_scratch scratch;
    auto const country = compile_rule("row.Country", names).evaluate(data.all(), scratch);
    CHECK(country.values.what == category_type);
    CHECK(country.values.data == data.country.data());
    CHECK(country.values.pool == &data.countries);
}

TEST_CASE("columns that are absent, short or of another type are errors where they are read", "[rule]") {
    environment const names = order_names();
    order_block data(70);
    auto const made = compile_rule("UnitPrice > 100 || Quantity > 5", names);
    rule_scratch scratch;
    auto const states = [&](std::vector<column_view> views) {
        auto const answers = made.evaluate(block{70, views}, scratch);
        std::string out;
        for (std::size_t i = 8; i < 10; ++i) // quantities 5 and 6
            out += show(row_of(answers, i)) + " ";
        return out;
    };
    auto views = data.views;
    CHECK(states(views) == "false true ");
    views[1].what = decimal_type(2);
    CHECK(states(views) == "error true ");
    views = data.views;
    views[1].size = 69;
    CHECK(states(views) == "error true ");
    views = data.views;
    views[1] = column_view{};
    CHECK(states(views) == "error true ");
    views[0] = column_view{};
    CHECK(states(views) == "error error ");
    CHECK(states({}) == "error error ");
    CHECK(made.evaluate(block{0, {}}, scratch).values.size == 0);
    CHECK(show(row_of(compile_rule("row.Country", names).evaluate(block{3, {}}, scratch), 2)) == "error");
    CHECK(show(row_of(compile_rule("has(Country)", names).evaluate(block{3, {}}, scratch), 2)) == "error");
    CHECK(show(row_of(compile_rule("2 * 3", names).evaluate(block{3, {}}, scratch), 2)) == "6");
}

TEST_CASE("string and category columns serve each other", "[rule]") {
    environment names;
    names.variable("declared_string", string_type);
    names.variable("declared_category", category_type);
    order_block const data(200);
    std::vector<column_view> const swapped{data.views[3], data.views[2]};
    rule_scratch scratch;
    auto const answers =
        compile_rule("declared_string == 'France' && declared_category.size() > 3", names).evaluate(block{200, swapped}, scratch);
    for (std::size_t i = 0; i < 200; ++i)
        REQUIRE(answers.is_true(i) == (data.country[i] == 1));
}

TEST_CASE("elements of rows that are not known are zero", "[rule]") {
    environment names;
    names.variable("a", int64_type);
    names.variable("s", string_type);
    std::vector<std::vector<value>> rows;
    for (int i = 0; i < 100; ++i)
        rows.push_back({i % 3 == 0 ? value{} : value::of_int(i), i % 5 == 0 ? value{} : value::of_string("x")});
    test::table_of_values const table(names, rows);
    rule_scratch scratch;
    auto const quotient = compile_rule("1000 / (a - 10)", names).evaluate(table.all(), scratch);
    for (std::size_t i = 0; i < 100; ++i) {
        CHECK(quotient.state(i) == (i % 3 == 0 ? status::unknown : i == 10 ? status::error : status::ok));
        if (quotient.state(i) != status::ok) CHECK(quotient.values.as<std::int64_t>()[i] == 0);
    }
    auto const text = compile_rule("s + s", names).evaluate(table.all(), scratch);
    for (std::size_t i = 0; i < 100; ++i)
        CHECK(text.values.as<std::string_view>()[i] == (i % 5 == 0 ? "" : "xx"));
}

TEST_CASE("nothing is allocated after warm-up", "[rule]") {
    environment const names = order_names();
    std::vector<program> programs;
    for (auto const* const text :
         {"Quantity * UnitPrice", "Quantity > 0 && UnitPrice > decimal('0')", "InvoiceNo.startsWith('C') || Country == 'EIRE'",
          "has(Country) ? Country.lowerAscii() + InvoiceNo : 'none'", "InvoiceNo in ['536365', '536366', 'C536376']",
          "row.?UnitPrice.orValue(0) / 3 > 0.5"}) {
        programs.push_back(compile_rule(text, names));
    }
    order_block const data(5'000);
    order_line const line{6, 2'550, "C536365"};
    row_source const row(&line, &read_line);
    rule_scratch scratch;
    std::size_t known = 0;
    auto const once = [&] {
        for (auto const& made : programs) {
            known += made.evaluate(row, scratch).state == status::ok ? 1U : 0U;
            known += made.evaluate(data.all(), scratch).values.is_present(4'999) ? 1U : 0U;
        }
    };
    once();
    once(); // registers have swapped their memory once more
    std::size_t const held = scratch.memory_bytes();
    std::size_t const before = test::allocations();
    once();
    once();
    std::size_t const after = test::allocations();
    CHECK(after - before == 0);
    CHECK(scratch.memory_bytes() == held);
    CHECK(known == 4 * (2 * programs.size()));
}
