// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"
#include "support/counting_new.hpp"
#include "tag/ranker.hpp"
#include "tag/support.hpp"

#include <segmenta/tag/rule_matches.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <numeric>
#include <thread>

using namespace segmenta;
using namespace segmenta::test;

namespace {

std::vector<program> compiled(std::vector<expression> const& rules, environment const& names) {
    std::vector<program> out;
    issue_list issues;
    for (auto const& rule : rules) {
        auto made = compile_rule(rule, names, issues, rule.text(), boolean_type);
        INFO(issues.to_string());
        REQUIRE(made.has_value());
        out.push_back(*std::move(made));
    }
    return out;
}

std::vector<std::uint32_t> rules_of(rule_index const& index, bitmap const& matches) {
    std::vector<std::uint32_t> out(index.size());
    out.resize(index.list_rules(matches, out));
    std::sort(out.begin(), out.end());
    return out;
}

std::vector<std::uint32_t> matching(rule_index const& index, std::vector<value> const& row) {
    bitmap out;
    rule_index_scratch scratch;
    CHECK(index.match(row, out, scratch) == status::ok);
    return rules_of(index, out);
}

using numbers = std::vector<std::uint32_t>;

} // namespace

TEST_CASE("rule_index: bounds, lists, negations and missing values") {
    environment names;
    names.variable("age", int64_type);
    names.variable("city", string_type);
    auto const index = build_rule_index(
        parsed({"age >= 18 && age < 30", "!(age in [30, 40])", "city != 'SH'", "has(customer.age)",
                "!has(customer.age)", "age > 60 || city == 'SH'", "!(age > 60 || city == 'SH')", "true", "false"}),
        names);
    CHECK(index.size() == 9);
    CHECK(index.residual_rules() == 0);
    CHECK(matching(index, {value::of_int(18), value::of_string("BJ")}) == numbers{0, 1, 2, 3, 6, 7});
    CHECK(matching(index, {value::of_int(30), value::of_string("SH")}) == numbers{3, 5, 7});
    CHECK(matching(index, {value::of_int(61), value{}}) == numbers{1, 3, 5, 7});
    CHECK(matching(index, {value{}, value::of_string("SH")}) == numbers{4, 5, 7});
    CHECK(matching(index, {value{}, value::of_string("")}) == numbers{2, 4, 7});
    CHECK(matching(index, {value::of_int(17)}) == numbers{1, 3, 7});
    CHECK(matching(index, {}) == numbers{4, 7});
    // A value of another type than declared is an error, not a missing one.
    CHECK(matching(index, {value::of_string("18"), value::of_string("BJ")}) == numbers{2, 7});
}

// Read what lay behind the list of texts, and crashed: found by random schemas.
TEST_CASE("rule_index: a text that rules ask for only by its presence") {
    environment names;
    names.variable("city", category_type);
    names.variable("name", string_type);
    auto const index = build_rule_index(
        parsed({"has(customer.city)", "!has(customer.city)", "has(customer.name) && city == city"}), names);
    CHECK(matching(index, {value::of_string("BJ"), value{}}) == numbers{0});
    CHECK(matching(index, {value{}, value::of_string("a name that is long")}) == numbers{1});
    CHECK(matching(index, {value::of_string("SH"), value::of_string("n")}) == numbers{0, 2});
}

TEST_CASE("rule_index: a value in place of a missing one") {
    environment names;
    names.variable("age", int64_type);
    auto const index = build_rule_index(parsed({"customer.?age.orValue(18) >= 18", "!(customer.?age.orValue(17) >= 18)",
                                                "customer.?age.orValue(5) in [5, 6]"}),
                                        names);
    CHECK(index.residual_rules() == 0);
    CHECK(matching(index, {value{}}) == numbers{0, 1, 2});
    CHECK(matching(index, {value::of_int(6)}) == numbers{1, 2});
    CHECK(matching(index, {value::of_int(20)}) == numbers{0});
}

TEST_CASE("rule_index: numbers of other kinds are compared exactly") {
    environment names;
    names.variable("n", int64_type);
    names.variable("price", decimal_type(2));
    names.variable("x", float64_type);
    auto const index = build_rule_index(parsed({"n > 2.5", "n <= 9007199254740993.0", "price < decimal('1.005')",
                                                "x >= 5", "x == 5", "n < 18446744073709551615u", "x != 0.0 / 0.0"}),
                                        names);
    CHECK(index.residual_rules() == 0);
    auto const row = [](std::int64_t n, std::int64_t price, double x) {
        return std::vector<value>{value::of_int(n), value::of_decimal(decimal_type(2), price), value::of_double(x)};
    };
    CHECK(matching(index, row(2, 100, 5)) == numbers{1, 2, 3, 4, 5, 6});
    CHECK(matching(index, row(3, 101, 4.999)) == numbers{0, 1, 5, 6});
    CHECK(matching(index, row(9'007'199'254'740'993, 0, -0.0)) == numbers{0, 2, 5, 6});
    CHECK(matching(index, row(9'007'199'254'740'992, 0, -0.0)) == numbers{0, 1, 2, 5, 6});
}

TEST_CASE("rule_index: what the table cannot say is evaluated where the rest holds") {
    environment names;
    names.variable("n", int64_type);
    names.variable("m", int64_type);
    names.variable("city", string_type);
    auto const index = build_rule_index(parsed({"n > 0 && n + m == 5", "n > 0 || m == n", "city.endsWith('H')",
                                                "city.size() < 3 && n == 1", "n == 1 ? m == 2 : m == 3", "10 / n > 1"}),
                                        names);
    CHECK(index.residual_rules() == 5);
    auto const row = [](std::int64_t n, std::int64_t m, char const* city) {
        return std::vector<value>{value::of_int(n), value::of_int(m), value::of_string(city)};
    };
    CHECK(matching(index, row(2, 3, "SH")) == numbers{0, 1, 2, 4, 5});
    CHECK(matching(index, row(1, 2, "SH")) == numbers{1, 2, 3, 4, 5});
    CHECK(matching(index, row(0, 0, "UH")) == numbers{1, 2});
    CHECK(matching(index, {value::of_int(0)}) == numbers{});
}

TEST_CASE("rule_index: order and beginnings of texts, and elements of sets, are in the table") {
    environment names;
    names.variable("city", string_type);
    names.variable("bought", category_set_type);
    auto const index = build_rule_index(
        parsed({"city.startsWith('S')", "city < 'SH'", "city <= 'SH'", "!(city > 'SH')", "city == 'SHA'",
                "city.startsWith('')", "city >= '\xE4\xB8\x8A'", "'tea' in bought", "!('tea' in bought)",
                "'tea' in bought || 'milk' in bought", "'a' in bought && 'b' in bought && !('c' in bought)",
                "'d' in bought && 'e' in bought", "customer.?city.orValue('SZ').startsWith('SZ')"}),
        names);
    CHECK(index.residual_rules() == 0);
    auto const row = [](std::string_view city, std::span<std::string_view const> bought) {
        return std::vector<value>{value::of_string(city), value::of_set(bought)};
    };
    using views = std::vector<std::string_view>;
    views const none;
    CHECK(matching(index, row("SH", none)) == numbers{0, 2, 3, 5, 8});
    CHECK(matching(index, row("SHA", none)) == numbers{0, 4, 5, 8});
    CHECK(matching(index, row("SG", none)) == numbers{0, 1, 2, 3, 5, 8});
    CHECK(matching(index, row("", none)) == numbers{1, 2, 3, 5, 8});
    CHECK(matching(index, row("T", none)) == numbers{5, 8});
    CHECK(matching(index, row("\xE4\xB8\x8A\xE6\xB5\xB7", none)) == numbers{5, 6, 8});
    CHECK(matching(index, {value{}, value{}}) == numbers{12});
    views const some = {"milk", "b", "a", "rice", "a"};
    CHECK(matching(index, row("SZ", some)) == numbers{0, 5, 8, 9, 10, 12});
    views const all = {"tea", "a", "b", "c", "d", "e"};
    CHECK(matching(index, row("S", all)) == numbers{0, 1, 2, 3, 5, 7, 9, 11});
    CHECK(matching(index, {value::of_string("S"), value::of_string("tea")}) == numbers{0, 1, 2, 3, 5});
}

TEST_CASE("rule_index: more elements than the table takes") {
    environment names;
    names.variable("bought", category_set_type);
    std::vector<std::string> texts;
    for (int i = 0; i < 300; ++i)
        texts.push_back("'" + std::to_string(i) + "' in bought");
    auto const index = build_rule_index(parsed(texts), names);
    CHECK(index.residual_rules() == 44);
    std::vector<std::string_view> const bought = {"299", "0", "255", "256", "300"};
    CHECK(matching(index, {value::of_set(std::span<std::string_view const>(bought))}) == numbers{0, 255, 256, 299});
}

TEST_CASE("rule_index: random rules agree with one evaluation per rule") {
    // Rules; thresholds to choose from; depth; percent of conditions that are no literals; bytes of the table.
    struct setting {
        std::size_t rules;
        int thresholds;
        int depth;
        int other;
        std::size_t table;
    };
    constexpr std::size_t enough = std::size_t{64} << 20;
    setting const settings[] = {{1, 3, 2, 0, enough},      {63, 3, 2, 5, enough},    {64, 5, 3, 0, enough},
                                {65, 5, 1, 0, enough},     {300, 4, 3, 3, enough},   {700, 50, 2, 0, enough},
                                {700, 200, 2, 0, 60'000},  {300, 100, 3, 2, 20'000}, {600, 30, 2, 0, 0},
                                {2'500, 10, 2, 1, enough}, {40, 5, 6, 3, enough},    {5'000, 300, 2, 0, 1'000'000}};
    std::uint64_t seed = 20'240'701;
    for (setting const& s : settings) {
        random_shop shop(++seed, s.thresholds);
        std::vector<std::string> texts;
        for (std::size_t i = 0; i < s.rules; ++i)
            texts.push_back(shop.condition(s.depth, s.other));
        auto const rules = parsed(texts);
        auto const programs = compiled(rules, shop.names);
        std::vector<rule_index> indexes;
        for (auto const level : {cpu_level::sse2, cpu_level::avx2, cpu_level::avx512}) {
            rule_index_options const options{s.table, level, level == cpu_level::avx512 ? nullptr : &shop.pool,
                                             level == cpu_level::avx2 ? 3U : 1U};
            indexes.push_back(
                level == cpu_level::sse2
                    ? build_rule_index(rules, shop.names, options)
                    : parse_rule_index(std::vector<std::string_view>(texts.begin(), texts.end()), shop.names, options));
        }
        std::array<rule_index_scratch, 3> scratch;
        std::array<bitmap, 3> out;
        for (int round = 0; round < 150; ++round) {
            random_row const row(shop);
            bitmap const expected = asked_one_by_one(programs, row.values, indexes[0]);
            for (std::size_t i = 0; i < indexes.size(); ++i) {
                REQUIRE(indexes[i].match(row.values, out[i], scratch[i]) == status::ok);
                if (out[i] == expected) continue;
                for (std::size_t p = 0; p < s.rules; ++p) {
                    INFO("seed " << seed << ", round " << round << ": " << texts[indexes[0].rule_at(p)]);
                    REQUIRE(out[i].test(p) == expected.test(p));
                }
            }
        }
    }
}

TEST_CASE("rule_index: what values hold is where kernels look for it") {
    using layout = detail::value_layout;
    auto const read = [](value const& v, std::size_t at, auto kind_of) {
        std::memcpy(&kind_of, reinterpret_cast<unsigned char const*>(&v) + at, sizeof kind_of);
        return kind_of;
    };
    string_pool pool;
    pool.intern("a");
    std::uint32_t const code = pool.intern("b");
    CHECK(read(value::of_int(-7), layout::bits, std::int64_t{}) == -7);
    CHECK(read(value::of_double(2.5), layout::bits, double{}) == 2.5);
    CHECK(read(value::of_string(pool, code), layout::pool, static_cast<string_pool const*>(nullptr)) == &pool);
    CHECK(read(value::of_string(pool, code), layout::code, std::uint32_t{}) == code);
    auto const head = [&](value const& v) { return read(v, 0, std::uint64_t{}); };
    CHECK(layout::same_head(head(value::of_int(1)), head(value::of_int(2))));
    CHECK_FALSE(layout::same_head(head(value::of_int(1)), head(value::of_duration_us(1))));
    CHECK((head(value::of_bool(false)) & layout::present) != 0);
    CHECK((head(value{}) & layout::present) == 0);
}

TEST_CASE("rule_index: texts of a pool are found by their codes, others are read") {
    environment names;
    names.variable("city", string_type);
    string_pool cities;
    cities.intern("Paris");
    cities.intern("Rome");
    auto const rules = parsed({"city == 'Rome'", "city == 'Oslo'", "city > 'Q'", "city != 'Paris'"});
    rule_index_options options;
    options.texts = &cities;
    auto const index = build_rule_index(rules, names, options);
    auto const of = [&](std::string_view text) { return value::of_string(cities, cities.intern(text)); };
    CHECK(matching(index, {of("Rome")}) == numbers{0, 2, 3});
    CHECK(matching(index, {of("Paris")}) == numbers{});
    CHECK(matching(index, {of("Oslo")}) == numbers{1, 3}); // new in the pool
    CHECK(matching(index, {of("Riga")}) == numbers{2, 3});
    string_pool others;
    others.intern("Rome"); // where Paris is in the pool
    CHECK(matching(index, {value::of_string(others, 0)}) == numbers{0, 2, 3});
    CHECK(matching(index, {value::of_string("Rome")}) == numbers{0, 2, 3});
    CHECK(matching(build_rule_index(rules, names), {of("Rome")}) == numbers{0, 2, 3});
}

// Took twice as long for each level.
TEST_CASE("rule_index: conditions of conditions of conditions") {
    environment names;
    for (auto const* name : {"a", "b", "c"})
        names.variable(name, boolean_type);
    std::string rule = "a";
    for (int level = 0; level < 60; ++level)
        rule = "(" + rule + " ? b : c)";
    auto const rules = parsed({rule});
    auto const index = build_rule_index(rules, names);
    auto const programs = compiled(rules, names);
    rule_scratch scratch;
    for (unsigned bits = 0; bits < 8; ++bits) {
        std::vector<value> const row = {value::of_bool((bits & 1U) != 0), value::of_bool((bits & 2U) != 0),
                                        value::of_bool((bits & 4U) != 0)};
        auto const expected = programs[0].evaluate(row_source(std::span<value const>(row)), scratch);
        CHECK(matching(index, row).size() == (expected.result.as_bool() ? 1U : 0U));
    }
}

// Later matches wrote through null.
TEST_CASE("rule_index: memory may run out at any place, and later matches are right") {
    environment names;
    names.variable("age", int64_type);
    auto const small = build_rule_index(parsed({"age >= 18"}), names);
    for (int i = 0; i < 40; ++i)
        names.variable("n" + std::to_string(i), int64_type);
    std::vector<std::string> texts;
    for (int i = 0; i < 400; ++i)
        texts.push_back("age >= 18 && n" + std::to_string(i % 40) + " > " + std::to_string(i) +
                        " || age == 3 && n0 == 1");
    auto const large = build_rule_index(parsed(texts), names);
    std::vector<value> const row(41, value::of_int(200));
    bool denied = true;
    for (std::size_t which = 1; denied; ++which) {
        rule_index_scratch scratch;
        bitmap out;
        REQUIRE(small.match(row, out, scratch) == status::ok);
        rule_matches customer;
        deny_allocation(which);
        status const first = large.start(row, customer, scratch);
        deny_allocation(0);
        denied = first != status::ok;
        bitmap entered;
        bitmap left;
        auto const changed = large.update(row, std::array{0U}, customer, entered, left, scratch);
        CHECK((changed.state == status::ok) == !denied); // not taken for one that was started
        REQUIRE(large.match(row, out, scratch) == status::ok);
        CHECK(out.count() == 200);
    }
}

TEST_CASE("rule_index: few conditions are no literals") {
    random_shop shop(5, 20);
    std::vector<std::string> texts;
    for (int i = 0; i < 500; ++i)
        texts.push_back(shop.condition(1, 0));
    CHECK(build_rule_index(parsed(texts), shop.names).residual_rules() == 0);
}

TEST_CASE("rule_index: fetched values and spans of values are the same") {
    random_shop shop(77, 10);
    std::vector<std::string> texts;
    for (int i = 0; i < 200; ++i)
        texts.push_back(shop.condition(2, 5));
    auto const index = build_rule_index(parsed(texts), shop.names);
    rule_index_scratch scratch;
    bitmap a;
    bitmap b;
    for (int round = 0; round < 50; ++round) {
        random_row const row(shop);
        std::span<value const> const values = row.values;
        CHECK(index.match(values, a, scratch) == status::ok);
        CHECK(index.match(row_source(values), b, scratch) == status::ok);
        CHECK(a == b);
    }
}

TEST_CASE("rule_index: positions and rule numbers are inverse, and lists may be short") {
    random_shop shop(3, 10);
    std::vector<std::string> texts;
    for (int i = 0; i < 150; ++i)
        texts.push_back(shop.condition(2, 0));
    auto const index = build_rule_index(parsed(texts), shop.names);
    for (std::size_t i = 0; i < index.size(); ++i)
        CHECK(index.rule_at(index.position(i)) == i);
    bitmap const all(index.size(), true);
    numbers everything(index.size());
    std::iota(everything.begin(), everything.end(), 0U);
    CHECK(rules_of(index, all) == everything);
    numbers two(2, 1'000);
    CHECK(index.list_rules(all, two) == 150);
    CHECK(two == numbers{index.rule_at(0), index.rule_at(1)});
    CHECK(index.list_rules(bitmap(index.size()), {}) == 0);
}

TEST_CASE("rule_index: rules as they are written make the same index as expressions") {
    environment names;
    names.variable("age", int64_type);
    names.variable("city", string_type);
    names.variable("plan", string_type);
    names.variable("bought", category_set_type);
    // Texts that are met twice in a rule, are all there is but some, stand in for missing ones, are asked for their
    // order by another rule, or are too many to be compared one by one.
    std::string many = "city in ['SH'";
    for (int i = 0; i < 200; ++i)
        many += ", 'C" + std::to_string(i) + "'";
    std::vector<std::string> const texts = {"city == 'SH' && city == 'SH'",
                                            "city == 'SH' && city == 'BJ'",
                                            "city != 'SH' || city == 'SH'",
                                            "!(city in ['SH', 'BJ', 'SH']) && city != 'SZ'",
                                            "customer.?city.orValue('BJ') == 'BJ'",
                                            "customer.?city.orValue('X') != 'BJ'",
                                            "city == plan",
                                            "city == 'BJ' || plan == 'BJ'",
                                            "city in ['SH'] ? plan == 'A' : plan == 'B'",
                                            "plan > 'A' && age < 3",
                                            "'milk' in bought && city == 'SH'",
                                            "city == ''",
                                            many + "]",
                                            many + ", ''] && plan == 'A'"};
    std::vector<std::string_view> const views(texts.begin(), texts.end());
    auto const written = parse_rule_index(views, names);
    auto const read = build_rule_index(parsed(texts), names);
    CHECK(written.residual_rules() == read.residual_rules());
    CHECK(written.table_bytes() == read.table_bytes());
    std::vector<std::string_view> const milk = {"milk"};
    for (auto const city : {"SH", "BJ", "SZ", "", "C7", "C199", "C200", "X"})
        for (auto const plan : {"A", "B", "BJ", "SH", ""})
            for (bool const known : {true, false}) {
                std::vector<value> const row = {value::of_int(2), known ? value::of_string(city) : value{},
                                                value::of_string(plan), value::of_set(std::span(milk))};
                INFO(city << ' ' << plan);
                CHECK(matching(written, row) == matching(read, row));
            }

    std::string_view const bad[] = {"age > 3", "age +", "", "agee > 3", "age + 1"};
    issue_list issues;
    CHECK_FALSE(parse_rule_index(bad, names, issues, "tags").has_value());
    CHECK(issues[0].place == "tags[1] 1:6");
    CHECK(issues[1].code == "rule.empty");
    CHECK(issues[2].place.starts_with("tags[3] 1:"));
    CHECK(issues[3].code == "rule.result_type");
    CHECK_THROWS_AS(parse_rule_index(bad, names), issue_error);
    CHECK(parse_rule_index(std::span<std::string_view const>(), names).size() == 0);
}

TEST_CASE("rule_index: no rules, no attributes, no row") {
    environment const none;
    bitmap out(7, true);
    rule_index_scratch scratch;
    auto const empty = build_rule_index({}, none);
    CHECK(empty.size() == 0);
    CHECK(empty.match(std::span<value const>{}, out, scratch) == status::ok);
    CHECK(out.empty());
    auto const constants = build_rule_index(parsed({"1 < 2", "false", "1 / 0 == 1", "'a' == 'a'"}), none);
    CHECK(matching(constants, {}) == numbers{0, 3});
    CHECK(matching(constants, {value::of_int(3), value{}}) == numbers{0, 3});
}

TEST_CASE("rule_index: every problem of every rule is reported at its place") {
    environment names;
    names.variable("age", int64_type);
    auto const rules = parsed({"age > 3", "age + 1", "agee > 3 && age == 'x'", "age.startsWith('x')"});
    issue_list issues;
    CHECK_FALSE(build_rule_index(rules, names, issues, "shop.json:3 /tags").has_value());
    CHECK(issues.size() == 4);
    CHECK(issues[0].code == "rule.result_type");
    CHECK(issues[0].place.starts_with("shop.json:3 /tags[1] 1:"));
    CHECK(issues[1].code == "rule.unknown_name");
    CHECK(issues[2].place.starts_with("shop.json:3 /tags[2] 1:"));
    CHECK(issues[3].place.starts_with("shop.json:3 /tags[3] 1:"));
    try {
        (void)build_rule_index(rules, names);
        FAIL("no exception");
    } catch (issue_error const& e) {
        CHECK(e.issues().size() == 4);
    }
}

TEST_CASE("rule_index: deep nesting is answered, whatever becomes of its clauses") {
    random_shop shop(9, 6);
    std::string nested = "n == 1";
    std::string alternating = "flag";
    for (int i = 0; i < 60; ++i) {
        nested = "!(" + nested + " && m != " + std::to_string(i % 7) + ")";
        alternating = "(" + alternating + (i % 2 == 0 ? ") || (m == " : ") && (n < ") + std::to_string(i % 5) +
                      (i % 2 == 0 ? " && x > 1.0)" : " || day > date('2024-02-01'))");
    }
    std::string wide = "n == 0";
    std::string ranges = "(n > 0 && n < 2)";
    for (int i = 1; i < 3'000; ++i)
        wide += " || m == " + std::to_string(i);
    for (int i = 1; i < 40; ++i)
        ranges += " || (n > " + std::to_string(4 * i) + " && n < " + std::to_string(4 * i + 2) + ")";
    auto const rules = parsed({nested, alternating, wide, ranges, "!(" + ranges + ")"});
    auto const programs = compiled(rules, shop.names);
    auto const index = build_rule_index(rules, shop.names);
    CHECK(index.residual_rules() <= 2); // bands of one attribute are one literal, however many
    bitmap out;
    rule_index_scratch scratch;
    for (int round = 0; round < 300; ++round) {
        random_row const row(shop);
        REQUIRE(index.match(row.values, out, scratch) == status::ok);
        REQUIRE(out == asked_one_by_one(programs, row.values, index));
    }
}

TEST_CASE("rule_index: the table keeps to its bound") {
    environment names;
    names.variable("n", int64_type);
    names.variable("s", string_type);
    std::vector<std::string> texts;
    for (int i = 0; i < 4'000; ++i)
        texts.push_back("n >= " + std::to_string(i * 10) + " && s != 't" + std::to_string(i) + "'");
    auto const rules = parsed(texts);
    auto const whole = build_rule_index(rules, names);
    auto const bounded = build_rule_index(rules, names, {std::size_t{256} << 10, std::nullopt});
    CHECK(whole.table_bytes() > (std::size_t{3} << 20));
    CHECK(bounded.table_bytes() <= (std::size_t{256} << 10));
    CHECK(bounded.memory_bytes() > bounded.table_bytes());
    for (std::int64_t n : {-1, 0, 9, 10, 11, 20'005, 39'990, 50'000}) {
        std::string const text = "t" + std::to_string(n / 10);
        std::vector<value> const row = {value::of_int(n), value::of_string(text)};
        CHECK(matching(whole, row) == matching(bounded, row));
        CHECK(
            matching(whole, row).size() ==
            (n < 0 ? 0U : std::min<std::size_t>(4'000, static_cast<std::size_t>(n) / 10 + 1) - (n < 40'000 ? 1U : 0U)));
    }
}

TEST_CASE("rule_index: nothing is allocated after the first match") {
    random_shop shop(21, 40);
    std::vector<std::string> texts;
    for (int i = 0; i < 500; ++i)
        texts.push_back(shop.condition(2, 4));
    auto const index = build_rule_index(parsed(texts), shop.names, {100'000, std::nullopt});
    REQUIRE(index.residual_rules() > 0);
    std::vector<std::unique_ptr<random_row>> rows;
    for (int i = 0; i < 100; ++i)
        rows.push_back(std::make_unique<random_row>(shop));
    bitmap out;
    rule_index_scratch scratch;
    numbers list(index.size());
    auto const pass = [&] {
        std::size_t met = 0;
        for (auto const& row : rows) {
            (void)index.match(row->values, out, scratch);
            met += index.list_rules(out, list);
        }
        return met;
    };
    std::size_t const first = pass();
    std::size_t const before = allocations();
    std::size_t const second = pass();
    CHECK(allocations() == before);
    CHECK(first == second);
}

TEST_CASE("rule_index: threads share an index, and a scratch serves several indexes") {
    random_shop shop(8, 10);
    std::vector<std::string> texts;
    for (int i = 0; i < 300; ++i)
        texts.push_back(shop.condition(2, 5));
    auto const rules = parsed(texts);
    auto const index = build_rule_index(rules, shop.names);
    auto const small = build_rule_index(std::span(rules).first(10), shop.names);
    std::vector<std::unique_ptr<random_row>> rows;
    std::vector<bitmap> expected;
    auto const programs = compiled(rules, shop.names);
    for (int i = 0; i < 60; ++i) {
        rows.push_back(std::make_unique<random_row>(shop));
        expected.push_back(asked_one_by_one(programs, rows.back()->values, index));
    }
    std::array<std::size_t, 4> wrong{};
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < wrong.size(); ++t) {
        threads.emplace_back([&, t] {
            rule_index const copy = index;
            rule_index_scratch scratch;
            bitmap out;
            for (int round = 0; round < 20; ++round)
                for (std::size_t i = 0; i < rows.size(); ++i) {
                    wrong[t] += small.match(rows[i]->values, out, scratch) == status::ok && out.size() == 10 ? 0 : 1;
                    wrong[t] += copy.match(rows[i]->values, out, scratch) == status::ok && out == expected[i] ? 0 : 1;
                }
        });
    }
    for (auto& thread : threads)
        thread.join();
    CHECK(wrong == std::array<std::size_t, 4>{});
}
