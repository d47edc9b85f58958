// SPDX-License-Identifier: Apache-2.0
// Lists, maps, macros and optional values in compiled rules, by rows and by blocks.
#include <segmenta/rule/program.hpp>

#include "rule/both_evaluators.hpp"
#include "rule/code.hpp"
#include "rule/support.hpp"
#include "support/catch.hpp"
#include "support/counting_new.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

using namespace segmenta;
using segmenta::test::show;

namespace {

std::string_view const tags_data[] = {"vip", "beauty", "vip-2024", "sport"};

environment sample_names() {
    environment names;
    names.variable("a", int64_type); // 5
    names.variable("b", int64_type); // 1
    names.variable("gone", int64_type);
    names.variable("x", float64_type);        // 2.5
    names.variable("text", string_type);      // "red,green,,blue"
    names.variable("city", category_type);    // "Suzhou"
    names.variable("price", decimal_type(2)); // 12.50
    names.variable("born", date_type);        // 2004-02-29
    names.variable("tags", category_set_type);
    names.variable("none", category_set_type); // empty
    names.variable("gone_tags", category_set_type);
    return names;
}

std::vector<value> sample_row() {
    return {value::of_int(5),
            value::of_int(1),
            value{},
            value::of_double(2.5),
            value::of_string("red,green,,blue"),
            value::of_string("Suzhou"),
            value::of_decimal(decimal_type(2), 1'250),
            value::of_date(civil_date::of(2004, 2, 29)),
            value::of_set(std::span<std::string_view const>(tags_data)),
            value::of_set(std::span<std::string_view const>(tags_data).first(0)),
            value{}};
}

std::string answer(std::string_view text) {
    static environment const names = sample_names();
    return test::answer_of_both(text, names, sample_row());
}

void check(std::vector<std::pair<std::string, std::string>> const& table) {
    test::check_answers(sample_names(), sample_row(), table);
}

bool walks(std::string_view text) {
    auto const made = compile_rule(text, sample_names());
    auto const& code = made.data().code;
    return std::any_of(code.begin(), code.end(),
                       [](auto const& i) { return i.kind == detail::instruction_kind::walk; });
}

} // namespace

TEST_CASE("sets of a record are lists of strings in rules", "[rule][collections]") {
    check({
        {"tags.exists(t, t.startsWith('vip'))", "true"},
        {"tags.exists(t, t == 'sport')", "true"},
        {"tags.exists(t, t in ['golf', 'sport'])", "true"},
        {"tags.all(t, t.startsWith('vip'))", "false"},
        {"tags.exists_one(t, t.endsWith('2024'))", "true"},
        {"size(tags) > 3", "true"},
        {"'vip' in tags", "true"},
        {"tags[1]", "'beauty'"},
        {"tags[4]", "error"},
        {"tags[?4].orValue('?')", "'?'"},
        {"tags.filter(t, t.contains('i')).size()", "2"},
        {"tags.map(t, t.size()).exists(n, n == 8)", "true"},
        {"tags.filter(t, t.startsWith('v')).join('|')", "'vip|vip-2024'"},
        {"(tags + ['new']).size()", "5"},
        {"none.exists(t, t == 'a')", "false"},
        {"none.all(t, t == 'a')", "true"},
        {"none.join()", "''"},
        {"gone_tags.exists(t, t == 'a')", "unknown"},
        {"gone_tags.exists(t, t.size() > 1)", "unknown"},
        {"gone_tags.size() > 1 || true", "true"},
        {"customer.?gone_tags.orValue(['a']).exists(t, t == 'a')", "true"},
        {"customer.?gone_tags.orValue([]).size()", "0"},
        {"customer.?tags.orValue([]).size()", "4"},
        {"(a > 3 ? tags : []).size()", "4"},
        {"(a > 30 ? tags : none).size()", "0"},
    });
}

TEST_CASE("any of, all of and none of: sets.contains, sets.equivalent, sets.intersects", "[rule][collections]") {
    check({
        {"sets.contains(tags, ['vip', 'sport'])", "true"},
        {"sets.contains(tags, ['vip', 'golf'])", "false"},
        {"sets.intersects(tags, ['golf', 'sport'])", "true"},
        {"!sets.intersects(tags, ['golf', 'opera'])", "true"},
        {"sets.intersects(['golf', 'sport'], tags)", "true"},
        {"sets.contains(['vip', 'beauty', 'vip-2024', 'sport', 'x'], tags)", "true"},
        {"sets.equivalent(tags, ['sport', 'vip', 'vip', 'beauty', 'vip-2024'])", "true"},
        {"sets.equivalent(tags, tags.filter(t, t != 'vip'))", "false"},
        {"sets.contains(tags, [])", "true"},
        {"sets.intersects(tags, [])", "false"},
        {"sets.contains([1, 2, 3], [a, b])", "false"},
        {"sets.contains([1, 2, 5], [a, b])", "true"},
        {"sets.intersects([1, 2], [a, gone])", "unknown"},
        {"sets.intersects(gone_tags, ['a'])", "unknown"},
        {"sets.contains(tags, [1])", "refused rule.type"},
        {"sets.contains(tags, 'a')", "refused rule.type"},
    });
    // Constants of a set are look-ups, as everything that reads rules knows them.
    CHECK_FALSE(walks("sets.intersects(tags, ['golf', 'sport'])"));
    CHECK_FALSE(walks("tags.exists(t, t in ['golf', 'sport'])"));
    CHECK(walks("tags.exists(t, t.startsWith('vip'))"));
}

TEST_CASE("macros over lists that are written out are plain conditions", "[rule][collections]") {
    check({
        {"[a, b].exists(v, v > 3)", "true"},
        {"[a, b].all(v, v > 3)", "false"},
        {"[a, b, 7].exists_one(v, v == 5)", "true"},
        {"[a, b].map(v, v * 2).exists(v, v == 10)", "true"},
        {"[a, b].map(v, v > 3, v * 2).size()", "1"},
        {"[1, 2, 3, 4].filter(v, v % 2 == 0).map(v, v * v) == [4, 16]", "true"},
        {"[1, 2.5, price].exists(v, v > 12)", "true"}, // each element has its own type
        {"['Suzhou', 'Beijing'].exists(c, c == city)", "true"},
        {"['su', 'be'].exists(p, city.lowerAscii().startsWith(p))", "true"},
        {"[[1, 2], [a, b]].exists(l, l.size() == 2 && l[0] == 5)", "true"},
        {"[a, b].all(i, v, v > i)", "false"},
        {"[a, b].exists(i, v, i == 0 && v == 5)", "true"},
        {"[a, b].existsOne(i, v, v == 5)", "true"},
        {"[10, 20].transformList(i, v, i + v) == [10, 21]", "true"},
        {"[10, 20].transformList(i, v, v > 15, i + v)[0]", "21"},
        {"[10, 20].transformMap(i, v, v + 1)[1]", "21"},
        {"['x', 'y'].transformMapEntry(i, v, {v: i})['y']", "1"},
        {"cel.bind(total, a + b, total > 5 && total < 7)", "true"},
        {"cel.bind(cities, ['Suzhou', 'Wuxi'], city in cities)", "true"},
        {"cel.bind(words, text.split(','), words.size() == 4 && words[0] == 'red')", "true"},
        {"[1, 2, 3].exists(a, a == 3)", "true"}, // the macro's own a
        {"[].all(v, v > 3)", "true"},
        {"[].exists(v, v > 3)", "false"},
    });
    CHECK_FALSE(walks("[a, b].exists(v, v > 3)"));
    CHECK_FALSE(walks("['su', 'be'].exists(p, city.lowerAscii().startsWith(p))"));
    CHECK_FALSE(walks("[1, 2].all(i, [3, 4].exists(j, i * j == a))"));
    CHECK_FALSE(walks("cel.bind(cities, ['Suzhou', 'Wuxi'], city in cities)"));
    CHECK(compile_rule("[1, 2, 3].map(v, v * 2).filter(v, v > 2).size() == 2", sample_names()).is_constant());
}

TEST_CASE("a missing element of a list that is written out is what || and && make of it", "[rule][collections]") {
    check({
        {"[a, gone].exists(v, v > 3)", "true"},
        {"[b, gone].exists(v, v > 3)", "unknown"},
        {"[b, gone].all(v, v > 3)", "false"},
        {"[a, gone].all(v, v > 3)", "unknown"},
        // The same where the list is made for each row.
        {"[a + 0, gone].exists(v, v > 3)", "true"},
        {"[b + 0, gone].exists(v, v > 3)", "unknown"},
        {"[b + 0, gone].all(v, v > 3)", "false"},
        {"[a + 0, gone].all(v, v > 3)", "unknown"},
        {"[a + 0, gone].map(v, v + 1).exists(v, v > 3)", "true"},
        {"([a + 0] + [gone]).exists(v, v > 3)", "true"},
        {"[a, gone].exists_one(v, v > 3)", "unknown"},
        {"[a, gone].filter(v, v > 3).size()", "unknown"},
        {"[a, gone].size()", "unknown"}, // of the whole list
        {"5 in [a + 0, gone]", "unknown"},
        {"[a, gone] == [5, 6]", "unknown"},
        {"[a + 0, gone][0]", "unknown"},
        {"{'k': gone}['k']", "unknown"},
        {"cel.bind(g, gone + 1, a > 3 || g > 3)", "true"},
    });
}

TEST_CASE("errors in macros are absorbed as && and || absorb them", "[rule][collections]") {
    check({
        {"[0, a].exists(v, 10 / v == 2)", "true"},
        {"[0, b].exists(v, 10 / v == 2)", "error"},
        {"[0, b].all(v, 10 / v == 2)", "false"},
        {"[0, a + 0].exists(v, 10 / v == 2)", "true"},
        {"[0, b + 0].exists(v, 10 / v == 2)", "error"},
        {"[0, gone].exists(v, 10 / v == 2)", "unknown"},
        {"[0, a].exists_one(v, 10 / v == 2)", "error"},
        {"[0, a].map(v, 10 / v).size()", "error"},
        {"[0, a].filter(v, 10 / v == 2).size()", "error"},
        // A list with an element that is an error is one (langdef.md has no partial lists).
        {"[10 / (a - 5), 9].exists(v, v == 9)", "error"},
        {"cel.bind(v, 10 / (a - 5), true)", "error"},
        {"tags.exists(t, t.charAt(7) == '9')", "error"},
        {"tags.exists(t, t.charAt(2) == 'p')", "true"},
    });
}

TEST_CASE("indexing, in, size, concatenation, split and join", "[rule][collections]") {
    check({
        {"text.split(',').size()", "4"},
        {"text.split(',')[1]", "'green'"},
        {"text.split(',', 2)[1]", "'green,,blue'"},
        {"text.split(',', 0).size()", "0"},
        {"'blue' in text.split(',')", "true"},
        {"text.split(',').filter(w, w != '').join('-')", "'red-green-blue'"},
        {"'a\xC3\xA9z'.split('').join('.')", "'a.\xC3\xA9.z'"},
        {"text.split(',').map(w, w.size()).all(n, n < 6)", "true"},
        {"[1, 2] + [3] == [1, 2, 3]", "true"},
        {"[a, b] + [3] != [5, 1, 4]", "true"},
        {"[1, 2][1]", "2"},
        {"[1, 2][-1]", "error"}, // with the warning rule.always_fails
        {"[a, b][a - 4]", "1"},
        {"[decimal('1.5'), 2][1]", "2.0"},
        {"3 in [a, b]", "false"},
        {"[1] in [[1], [2]]", "true"},
        {"{'red': 1, 'green': 2}['green']", "2"},
        {"{'red': 1, 'green': 2}[text.split(',')[0]]", "1"},
        {"{'red': 1}['blue'] == 1", "error"},
        {"{'red': 1, 'blue': a}.red", "1"},
        {"{'red': 1}[?city].orValue(0)", "0"},
        {"has({'red': a}.red)", "true"},
        {"has({'red': a}.blue)", "false"},
        {"'red' in {'red': a}", "true"},
        {"{'red': 1, 'green': 2}.exists(k, k == 'green')", "true"},
        {"{'red': 1, 'green': a}.exists(k, v, k == 'green' && v == 5)", "true"},
        {"{'red': 1, 'green': a}.map(k, k).join(',')", "'red,green'"},
        {"{a: 'x', 1: 'y'}[5]", "'x'"},
        {"{a: 'x', b + 4: 'y'}[5]", "error"}, // a key twice
        {"{'a': 1} == {'a': b}", "true"},
        {"size({'a': 1, 'b': a})", "2"},
        {"[?optional.of(a), ?optional.none(), 3] == [5, 3]", "true"},
        {"optional.of(a).optMap(v, v + 1).value()", "6"},
        {"customer.?gone.optMap(v, v + 1).orValue(-1)", "-1"},
        {"customer.?a.optMap(v, v + 1).orValue(-1)", "6"},
        {"customer.?gone.or(customer.?b).orValue(0)", "1"},
        {"customer.?a.optFlatMap(v, v > 9 ? optional.of(v) : optional.none()).hasValue()", "false"},
        {"optional.none().hasValue()", "false"},
        {"customer.?gone.or(optional.none()).value() == 1", "error"},
        {"dyn(a) == 5", "true"},
    });
}

TEST_CASE("lists and macros are checked when the rule is read", "[rule][collections]") {
    check({
        {"tags.exists(t, t > 3)", "refused rule.type"},
        {"tags.exists(t, tt == 'a')", "refused rule.unknown_name"},
        {"tags.exists(t, t.startWith('a'))", "refused rule.unknown_function"},
        {"tags.exists(t, t)", "refused rule.type"},
        {"tags.map(t, t)", "refused rule.result_type"},
        {"tags.all(t, size(t) > 0) && t == 'a'", "refused rule.unknown_name"},
        {"a.exists(v, v == 1)", "refused rule.type"},
        {"text.exists(v, v == 'a')", "refused rule.type"},
        {"[1, 'a'][0] == 1", "refused rule.type"},
        {"[a, x].size()", "refused rule.type"},
        {"[1, null].size()", "refused rule.type"},
        {"{1.5: 2}[1.5]", "refused rule.type"},
        {"{'a': 1, 'a': 2}['a']", "refused rule.bad_constant"},
        {"{'a': 1}[1]", "refused rule.type"},
        {"[1][true]", "refused rule.type"},
        {"text[0]", "refused rule.type"},
        {"tags == ['a']", "refused rule.type"},
        {"[1] < [2]", "refused rule.type"},
        {"1 in ['a'] + tags", "refused rule.type"},
        {"'a' in 'abc'.split('', a).map(s, 1)", "refused rule.type"},
        {"a.split(',').size()", "refused rule.type"},
        {"customer.?a.optMap(v, v + 'a')", "refused rule.type"},
        {"[[[[[[[[[1]]]]]]]]].size()", "refused rule.too_deep"},
        {"['2024-02-30'].exists(d, date(d) == born)", "refused rule.bad_constant"},
        {"tags.sort()[0]", "refused rule.unsupported"},
    });
    environment const names = sample_names();
    issue_list issues;
    CHECK_FALSE(compile_rule("tags.exists(tag, tga == 'a')", names, issues, "plan.json:3 /tags/x"));
    CHECK_THAT(issues.to_string(),
               Catch::Matchers::ContainsSubstring("plan.json:3 /tags/x 1:18") &&
                   Catch::Matchers::ContainsSubstring("Did you mean tag?") &&
                   Catch::Matchers::ContainsSubstring("  | tags.exists(tag, tga == 'a')\n  | .................^"));
}

TEST_CASE("nested macros have a limit of work", "[rule][collections]") {
    std::string list = "[0";
    for (int i = 1; i < 1'500; ++i)
        list += "," + std::to_string(i);
    list += "]";
    // 2,250,000 steps whatever the row: refused.
    CHECK(answer(list + ".exists(i, " + list + ".exists(j, i * j + a < 0))") == "refused rule.too_costly");
    // Elements known at run time only: an error, the same by rows and blocks, which nothing absorbs.
    environment names;
    names.variable("long", string_type);
    rule_scratch scratch;
    std::string const many(1'500, 'x');
    std::vector<value> const row{value::of_string(many)};
    std::string const nested = "long.split('').exists(i, long.split('').all(j, i == j && i == ''))";
    auto const costly = compile_rule("long.split('').all(i, long.split('').all(j, i == j))", names);
    CHECK(show(costly.evaluate(std::span<value const>(row), scratch)) == "error");
    test::table_of_values const table(names, {row});
    CHECK(show(test::row_of(costly.evaluate(table.all(), scratch), 0)) == "error");
    CHECK(show(compile_rule(nested, names).evaluate(std::span<value const>(row), scratch)) == "error");
    // Nesting that would write out 2^40 parts is a loop, and takes no time to read.
    std::string deep = "a > 0";
    for (int i = 0; i < 40; ++i)
        deep = "[1, 2].all(v" + std::to_string(i) + ", " + deep + ")";
    CHECK(answer(deep) == "refused rule.too_costly");
    // As does a name that stands for ever larger parts.
    std::string doubling = "v39 > 0";
    for (int i = 39; i > 0; --i)
        doubling = "cel.bind(v" + std::to_string(i) + ", v" + std::to_string(i - 1) + " > 0 || v" +
                   std::to_string(i - 1) + " < 0 ? 1 : 2, " + doubling + ")";
    CHECK(answer("cel.bind(v0, a, " + doubling + ")") == "true");
}

TEST_CASE("rules over lists allocate nothing after the first calls", "[rule][collections]") {
    environment const names = sample_names();
    auto const rule =
        compile_rule("tags.filter(t, t.startsWith('vip')).size() == 2 && text.split(',').map(w, w + '!')[0] == 'red!'"
                     " && [a + 0, gone].exists(v, v > 3)",
                     names);
    auto const row = sample_row();
    rule_scratch scratch;
    for (int i = 0; i < 3; ++i)
        REQUIRE(show(rule.evaluate(std::span<value const>(row), scratch)) == "true");
    auto const before = test::allocations();
    for (int i = 0; i < 100; ++i)
        (void)rule.evaluate(std::span<value const>(row), scratch);
    CHECK(test::allocations() == before);
}

TEST_CASE("age, anniversaries and 29 February", "[rule][civil]") {
    check({
        {"age(born, date('2024-02-28'))", "19"},
        {"age(born, date('2024-02-29'))", "20"},
        {"age(born, date('2023-02-27'))", "18"},
        {"age(born, date('2023-02-28'))", "19"}, // 28 February stands in
        {"age(born, date('2023-02-28'), 'march_1')", "18"},
        {"age(born, date('2023-03-01'), 'march_1')", "19"},
        {"age(born, date('2004-02-29'))", "0"},
        {"age(born, date('2004-02-28'))", "error"},
        {"daysUntilAnniversary(born, date('2024-02-29'))", "0"},
        {"daysUntilAnniversary(born, date('2023-02-28'))", "0"},
        {"daysUntilAnniversary(born, date('2023-02-28'), 'march_1')", "1"},
        {"daysUntilAnniversary(born, date('2023-03-01'))", "365"}, // 29 February 2024
        {"daysUntilAnniversary(born, date('2024-03-01'))", "364"}, // 28 February 2025
        {"daysUntilAnniversary(born, date('2024-12-31'), 'february_28')", "59"},
        {"daysUntilAnniversary(date('1990-12-25'), date('9999-12-31'))", "360"},
        {"age(born, date('2023-02-28'), 'never') == 1", "refused rule.bad_constant"},
        {"age(born) == 1", "refused rule.type"},
        {"age(customer.?gone.hasValue() ? born : date('1900-01-01'), date('2000-01-01'))", "100"},
    });
    // Against the calendar of the standard library, day by day through a leap year and its neighbours.
    using namespace std::chrono;
    environment names;
    names.variable("born", date_type);
    names.variable("on", date_type);
    auto const days_left = compile_rule("daysUntilAnniversary(born, on)", names);
    rule_scratch scratch;
    for (auto const birthday :
         {sys_days{1992y / February / 29}, sys_days{1991y / January / 1}, sys_days{1990y / December / 31}}) {
        for (sys_days on{2023y / January / 1}; on < sys_days{2026y / January / 1}; on += days{1}) {
            std::chrono::year_month_day const born{birthday};
            sys_days next = on;
            auto const is_anniversary = [&](std::chrono::year_month_day d) {
                bool const leap_born = born.month() == February && born.day() == day{29};
                if (leap_born && !d.year().is_leap()) return d.month() == February && d.day() == day{28};
                return d.month() == born.month() && d.day() == born.day();
            };
            while (!is_anniversary(std::chrono::year_month_day{next}))
                next += days{1};
            auto const number = [](sys_days d) {
                return civil_date{static_cast<std::int32_t>(d.time_since_epoch().count())};
            };
            std::vector<value> const row{value::of_date(number(birthday)), value::of_date(number(on))};
            REQUIRE(days_left.evaluate(std::span<value const>(row), scratch).result.as_int() == (next - on).count());
        }
    }
}

TEST_CASE("distances on the earth", "[rule][geo]") {
    auto const metres = [](std::string_view rule) {
        rule_scratch scratch;
        return compile_rule(rule, sample_names()).evaluate(std::span<value const>(), scratch).result.as_double();
    };
    constexpr double radius = 6'371'008.8;
    CHECK(metres("geo.distance(0, 0, 0, 90)") == Catch::Approx(radius * 1.5707963267948966).epsilon(1e-12));
    CHECK(metres("geo.distance(90.0, 0.0, -90.0, 0.0)") == Catch::Approx(radius * 3.141592653589793).epsilon(1e-12));
    CHECK(metres("geo.distance(0, 180, 0, -180)") < 1e-6);
    // Ed Williams, Aviation Formulary, "Distance between points": LAX to JFK is 0.623585 radians.
    CHECK(metres("geo.distance(33.95, -118.4, 40.633333333, -73.783333333)") / radius ==
          Catch::Approx(0.623585).margin(1e-6));
    CHECK(metres("geo.distance(decimal('31.230'), decimal('121.474'), 31.23, 121.474)") < 1e-6);
    check({
        {"geo.distance(x, x, x, x) < 1.0", "true"},
        {"geo.distance(91.0, 0.0, x, 0.0) < 1.0", "error"},
        {"geo.distance(0.0, 180.5, x, 0.0) < 1.0", "error"},
        {"geo.distance(gone, 0.0, x, 0.0) < 1.0", "unknown"},
        {"geo.distance(text, 0.0, x, 0.0) < 1.0", "refused rule.type"},
        {"geo.distanc(x, 0.0, x, 0.0) < 1.0", "refused rule.unknown_function"},
    });
}

TEST_CASE("text as input methods leave it", "[rule][text]") {
    check({
        {"'\xE3\x80\x80\xEF\xBC\xA1\xEF\xBC\xA2\xE3\x80\x80\xC2\xA0'.normalized()",
         "'AB'"}, // ideographic space, A, B, space, NBSP
        {"'\xC2\xA0 13\xEF\xBC\x98 '.normalized()", "'138'"},
        {"'a\xE3\x80\x80z'.normalized()", "'a z'"},
        {"text.normalized() == text", "true"},
    });
}

TEST_CASE("bad input: each kind is refused, unknown or an error", "[rule][hostile]") {
    auto const repeated = [](std::string_view what, std::size_t times) {
        std::string out;
        for (std::size_t i = 0; i < times; ++i)
            out += what;
        return out;
    };
    environment names;
    names.variable("n", int64_type);
    names.variable("x", float64_type);
    names.variable("text", string_type);
    names.variable("tags", category_set_type);
    constexpr auto low = std::numeric_limits<std::int64_t>::min();
    constexpr auto high = std::numeric_limits<std::int64_t>::max();
    rule_scratch scratch;
    auto const run = [&](std::string_view rule, std::vector<value> const& row) {
        issue_list issues;
        auto const made = compile_rule(rule, names, issues);
        if (!made) return "refused " + issues[0].code;
        auto const one = show(made->evaluate(std::span<value const>(row), scratch));
        test::table_of_values const table(names, {row});
        CHECK(show(test::row_of(made->evaluate(table.all(), scratch), 0)) == one);
        return one;
    };
    auto const with = [&](std::int64_t n, double x, std::string_view text) {
        return std::vector<value>{value::of_int(n), value::of_double(x), value::of_string(text), value{}};
    };
    std::vector<value> const row = with(0, 1, "a");

    SECTION("10,000-deep nesting") {
        CHECK(run(repeated("[", 10'000) + "1" + repeated("]", 10'000), row) == "refused rule.too_deep");
        CHECK(run(repeated("n.f(x, ", 9'000) + "true" + repeated(")", 9'000), row) ==
              "refused rule.too_large"); // 72,000 bytes
        CHECK(run(repeated("tags.exists(t, ", 3'000) + "true" + repeated(")", 3'000), row) == "refused rule.too_deep");
        auto const deepest = repeated("tags.exists(t, ", 190) + "t == ''" + repeated(")", 190);
        CHECK(run(deepest, row) == "unknown");
        std::string_view const two[] = {"a", "b"};
        CHECK(run(deepest, {value{}, value{}, value{}, value::of_set(std::span<std::string_view const>(two))}) ==
              "error");
        CHECK(run(repeated("{1: ", 10'000) + "1" + repeated("}", 10'000), row) == "refused rule.too_deep");
    }
    SECTION("a pattern that is catastrophic elsewhere") {
        std::string const many(50'000, 'a');
        CHECK(run("[text].exists(t, t.matches('^(a+)+$'))", with(0, 0, many)) == "true");
        CHECK(run("text.split(',').exists(t, t.matches('^(a+)+$'))", with(0, 0, many + "!")) == "false");
        CHECK(run("tags.exists(t, text.matches(t))", row) == "refused rule.unsupported"); // a pattern is a constant
    }
    SECTION("a rule of 1 MB") {
        CHECK(run("n in [" + repeated("1, ", 350'000) + "1]", row) == "refused rule.too_large");
    }
    SECTION("a list of a million values") {
        expression_limits roomy;
        roomy.max_bytes = std::size_t{1} << 26;
        issue_list issues;
        CHECK_FALSE(parse_expression("size([" + repeated("1,", 1'000'000) + "1]) > n", issues, {}, roomy));
        CHECK(issues[0].code == "rule.too_large");
        std::vector<std::string_view> const million(1'000'000, "a");
        std::vector<value> const large{value{}, value{}, value{},
                                       value::of_set(std::span<std::string_view const>(million))};
        CHECK(run("'b' in tags", large) == "false"); // looked through
        CHECK(run("size(tags)", large) == "1000000");
        CHECK(run("tags.exists(t, t.size() > 1)", large) == "error"); // a loop over it is past the limit
        CHECK(run("tags.exists(t, t.size() > 1) || true", large) == "true");
    }
    SECTION("NaN and infinities") {
        CHECK(run("[x].exists(v, v == v)", with(0, std::numeric_limits<double>::quiet_NaN(), "")) ==
              "unknown"); // NaN is missing
        CHECK(run("[x].exists(v, v > 1e308)", with(0, std::numeric_limits<double>::infinity(), "")) == "true");
        CHECK(run("[x, 1.0].map(v, v - v)[0]", with(0, std::numeric_limits<double>::infinity(), "")) == "error");
        CHECK(run("[x - x] == [x - x]", with(0, std::numeric_limits<double>::infinity(), "")) ==
              "false"); // NaN differs from itself
        CHECK(run("x - x in [x - x]", with(0, std::numeric_limits<double>::infinity(), "")) == "false");
    }
    SECTION("the ends of 64-bit integers") {
        CHECK(run("[n].map(v, v + 1)[0]", with(high, 0, "")) == "error");
        CHECK(run("[n].map(v, v - 1)[0]", with(low, 0, "")) == "error");
        CHECK(run("[n].exists(v, v == -9223372036854775808)", with(low, 0, "")) == "true");
        CHECK(run("['a', 'b'][n] == 'a'", with(low, 0, "")) == "error");
        CHECK(run("['a', 'b'][n] == 'a'", with(high, 0, "")) == "error");
        CHECK(run("text.split(',', n).size()", with(low, 0, "a,b")) == "2");
        CHECK(run("text.split(',', n).size()", with(high, 0, "a,b")) == "2");
        CHECK(run("[9223372036854775808].size()", row) == "refused rule.bad_literal");
    }
    SECTION("text that is not UTF-8") {
        CHECK(run("tags.exists(t, t == '\xFF')", row) == "refused rule.bad_literal");
        CHECK(run("text.split('').size()", with(0, 0, "a\xFF\xC3")) == "3");
        CHECK(run("text.split('').join('') == text", with(0, 0, "a\xFF\xC3")) == "true");
        CHECK(run("text.normalized().size()", with(0, 0, "\xFF\xE3\x80")) == "3");
    }
    SECTION("division by zero") {
        CHECK(run("[1, 2].map(v, v / n)[0]", row) == "error");
        CHECK(run("[0, 1].exists(v, 1 / v == 1)", row) == "true");
        CHECK(run("[0].map(v, 1 / v).size() == 1", row) == "error");
    }
    SECTION("a zone that does not exist") {
        CHECK(run("['2024-06-30T12:00:00Z'].exists(t, timestamp(t).getHours('Mars/Olympus') > 3)", row) ==
              "refused rule.bad_constant");
        CHECK(run("tags.exists(t, timestamp(t).getHours(t) > 3)", row) == "refused rule.unsupported");
    }
}
