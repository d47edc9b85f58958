// SPDX-License-Identifier: Apache-2.0
#include <segmenta/rule/program.hpp>

#include "rule/support.hpp"
#include "support/catch.hpp"

#include <limits>
#include <string>
#include <utility>
#include <vector>

using namespace segmenta;
using segmenta::test::show;

namespace {

currency const cny("CNY");
currency const gbp("GBP");
constexpr std::int64_t int_min = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t int_max = std::numeric_limits<std::int64_t>::max();

std::string_view const interests_data[] = {"beauty", "sport"};

environment sample_names() {
    environment names;
    names.variable("age", int64_type);
    names.variable("city", category_type);
    names.variable("name", string_type);
    names.variable("vip", boolean_type);
    names.variable("ratio", float64_type);
    names.variable("price", decimal_type(3));
    names.variable("spent", money_type(cny, 2));
    names.variable("owed", money_type(gbp, 2));
    names.variable("born", date_type);
    names.variable("seen", instant_type);
    names.variable("stay", duration_type);
    names.variable("interests", category_set_type);
    names.variable("gone", int64_type); // missing in the sample row
    names.variable("gone_text", category_type);
    names.variable("gone_flag", boolean_type);
    names.variable("value.segment", category_type);
    names.variable("Customer ID", int64_type);
    return names;
}

std::vector<value> sample_row() {
    return {value::of_int(30),
            value::of_string("Shanghai"),
            value::of_string("Li \xE5\xB0\x8F\xE7\xBA\xA2"),
            value::of_bool(true),
            value::of_double(2.5),
            value::of_decimal(decimal_type(3), 12'345),
            value::of_decimal(money_type(cny, 2), 50'000),
            value::of_decimal(money_type(gbp, 2), 100),
            value::of_date(civil_date::of(1994, 2, 28)),
            value::of_instant(*parse_instant("2024-06-30T20:30:15.250Z", zone::utc())),
            value::of_duration_us(5'400'000'000),
            value::of_set(std::span<std::string_view const>(interests_data)),
            value{},
            value{},
            value{},
            value::of_string("champions"),
            value::of_int(17850)};
}

/// The answer of both evaluators, which must agree, or `refused <codes>`.
std::string answer(std::string_view text) {
    static environment const names = sample_names();
    issue_list issues;
    auto const made = compile_rule(text, names, issues);
    if (!made) {
        std::string codes = "refused";
        for (auto const& problem : issues)
            codes += " " + problem.code;
        return codes;
    }
    auto const row = sample_row();
    rule_scratch scratch;
    std::string const one = show(made->evaluate(std::span<value const>(row), scratch));
    test::table_of_values const table(names, {row, row});
    rule_scratch other;
    auto const many = made->evaluate(table.all(), other);
    CHECK(show(test::row_of(many, 0)) == one);
    CHECK(show(test::row_of(many, 1)) == one);
    return one;
}

void check(std::vector<std::pair<std::string, std::string>> const& table) {
    for (auto const& [text, expected] : table) {
        INFO(text);
        CHECK(answer(text) == expected);
    }
}

} // namespace

TEST_CASE("literals, operators and precedence", "[rule]") {
    check({
        {"1 + 2 * 3", "7"},
        {"(1 + 2) * 3", "9"},
        {"7 / 2", "3"},
        {"-7 / 2", "-3"},
        {"-7 % 3", "-1"},
        {"7.0 / 2.0", "3.5"},
        {"age + 1", "31"},
        {"customer.age", "30"},
        {"`Customer ID` - 1", "17849"},
        {"customer.`Customer ID`", "17850"},
        {"value.segment == 'champions'", "true"},
        {"customer.value.segment == 'lost'", "false"},
        {"age >= 25 && age < 35", "true"},
        {"age < 25 || vip", "true"},
        {"!vip", "false"},
        {"vip ? 'yes' : 'no'", "'yes'"},
        {"age > 40 ? 1 : age > 20 ? 2 : 3", "2"},
        {"'a' + \"b\" + r'\\c'", "'ab\\c'"},
        {"'a' < 'b' && 'a' < 'aa' && b'\\xff' > b'a'", "true"},
        {"false < true", "true"},
        {"int(3u) + int(2u * 4u)", "11"},
        {"age in [1, 30, 5]", "true"},
        {"age in []", "false"},
        {"city in ['Beijing', 'Shanghai']", "true"},
        {"!(city in ['Beijing'])", "true"},
        {"'sport' in interests", "true"},
        {"city in interests", "false"},
        {"size(interests)", "2"},
        {"interests", "{beauty,sport,}"},
        {"null == null", "true"},
        {"b'abc' == bytes('abc')", "true"},
        {"string(b'abc')", "'abc'"},
        {"size(b'\\xff\\xfe')", "2"},
    });
}

TEST_CASE("integers: overflow and division by zero are errors", "[rule]") {
    check({
        {"9223372036854775807 + age", "error"},
        {"-9223372036854775807 - age", "error"},
        {"9223372036854775807 * age", "error"},
        {"-9223372036854775808 / (age - 31)", "error"},
        {"-9223372036854775808 % (age - 31)", "error"},
        {"-(-9223372036854775808 + age - 30)", "error"},
        {"math.abs(-9223372036854775808 + age - 30)", "error"},
        {"age / (age - 30)", "error"},
        {"age % (age - 30)", "error"},
        {"int(uint(age) - 31u)", "error"},
        {"int(uint(age) / (uint(age) - 30u))", "error"},
        {"uint(-age) == 1u", "error"},
        {"int(18446744073709551615u)", "error"},
        {"-9223372036854775808 + age", "-9223372036854775778"},
        {"9223372036854775807 - age", "9223372036854775777"},
        // Constant mistakes are found when the rule is read, but keep their meaning.
        {"1 / 0 == 1", "error"},
        {"false && 1 / 0 == 1", "false"},
        {"1 / 0 == 1 || true", "true"},
        {"vip || 1 / 0 == 1", "true"},
        {"gone == 1 && 1 / 0 == 1", "unknown"},
        {"1 / 0 == 1 ? 1 : 2", "error"},
        {"vip ? 1 : 1 / 0", "1"},
    });
    issue_list issues;
    environment const names = sample_names();
    CHECK(compile_rule("age > 3 || 1 / 0 == 1", names, issues));
    CHECK(issues.contains("rule.always_fails"));
    CHECK_FALSE(issues.has_errors());
}

TEST_CASE("doubles follow IEEE 754, and NaN is no answer", "[rule]") {
    check({
        {"ratio * 2.0", "5"},
        {"ratio / 0.0", "inf"},
        {"-ratio / 0.0", "-inf"},
        {"(ratio - 2.5) / 0.0", "error"},
        {"0.0 / 0.0", "error"},
        {"0.0 / 0.0 == 0.0 / 0.0", "false"},
        {"0.0 / 0.0 != ratio", "true"},
        {"math.isNaN(0.0 / 0.0)", "true"},
        {"math.isInf(ratio / 0.0)", "true"},
        {"math.isFinite(ratio)", "true"},
        {"math.ceil(ratio)", "3"},
        {"math.floor(-ratio)", "-3"},
        {"math.round(ratio)", "3"},
        {"math.round(-ratio)", "-3"},
        {"math.trunc(-ratio)", "-2"},
        {"math.sqrt(ratio * 10.0)", "5"},
        {"math.sign(-ratio)", "-1"},
        {"math.abs(-ratio)", "2.5"},
        {"math.least(ratio, 1.5, 3.0)", "1.5"},
        {"math.greatest(age, 1, 31)", "31"},
        {"math.greatest(1u, 2u) == 2u", "true"},
        {"int(ratio)", "2"},
        {"int(-ratio)", "-2"},
        {"int(ratio * 1e300)", "error"},
        {"int(9223372036854775808.0)", "error"},
        {"int(0.0 / 0.0)", "error"},
        {"uint(-0.5) == 0u", "error"},
        {"double(age)", "30"},
        {"double('2.5e1')", "25"},
        {"double(price)", "12.345000000000001"}, // nearest double to 12.345
    });
}

TEST_CASE("decimals and money are exact", "[rule]") {
    check({
        {"price", "12.345"},
        {"age * price", "370.350"},
        {"price * price", "152.399025"},
        {"price + decimal('0.0005')", "12.3455"},
        {"price - 1", "11.345"},
        {"1 - price", "-11.345"},
        {"-price", "-12.345"},
        {"price / 2", "6.1725000000000003"}, // a double
        {"price / decimal('0.0')", "error"},
        {"price / age", "0.41150000000000003"},
        {"price / ratio", "4.9380000000000006"},
        {"price > decimal('0')", "true"},
        {"price > 12", "true"},
        {"price == 12.345", "false"}, // the double 12.345 is not 12345/1000
        {"price > 12.345", "false"},  // it is a little more
        {"price < 12.345", "true"},
        {"price == decimal('12.3450')", "true"},
        {"price == decimal('12.34501')", "false"},
        {"decimal('0.5') == 0.5", "true"},
        {"decimal('3') == 3u", "true"},
        {"price in [1, decimal('12.345'), 2.5]", "true"},
        {"age in [decimal('30.00'), decimal('0.5')]", "true"},
        {"spent > money('499.99 CNY')", "true"},
        {"spent == money('500 CNY')", "true"},
        {"spent > 0", "true"},
        {"spent + money('0.005 CNY')", "CNY 500.005"},
        {"spent * 2", "CNY 1000.00"},
        {"price * spent", "CNY 6172.50000"},
        {"spent / money('2.5 CNY')", "200"},
        {"spent / 4", "125"},
        {"money(price, 'GBP') + owed", "GBP 13.345"},
        {"decimal(spent)", "500.00"},
        {"decimal(age)", "30."},
        {"decimal(age, 2)", "30.00"},
        {"decimal('1.5', 4)", "1.5000"},
        {"decimal(string(price), 3)", "12.345"},
        {"decimal('x' + name, 2)", "error"},
        {"money('3 JPY')", "JPY 3."},
        {"money('3 CNY')", "CNY 3.00"},
        {"math.round(price)", "12."},
        {"math.ceil(price)", "13."},
        {"math.floor(-price)", "-13."},
        {"math.trunc(-price)", "-12."},
        {"math.round(decimal('2.5'))", "3."},
        {"math.round(decimal('-2.5'))", "-3."},
        {"math.abs(-price)", "12.345"},
        {"math.least(price, age)", "12.345"},
        {"int(price)", "12"},
        {"int(-price)", "-12"},
        {"string(-price)", "'-12.345'"},
        {"string(decimal('-0.05'))", "'-0.05'"},
        {"vip ? price : 0", "12.345"},
        {"vip ? 0 : spent", "CNY 0.00"},
        {"price * 9223372036854775807", "error"},
        {"decimal('9223372036854775807') + decimal('0.1') * age > 0", "error"}, // beyond 64 bits when scaled
        {"decimal('9223372036854775807') > decimal('9223372036854775806.9')", "refused rule.bad_constant"},
    });
}

TEST_CASE("numbers of different types compare on one line", "[rule]") {
    check({
        {"9007199254740993 > 9007199254740992.0", "true"},
        {"9007199254740993 == 9007199254740992.0", "false"},
        {"9223372036854775807 < 9223372036854775808.0", "true"},
        {"-9223372036854775808 == -9223372036854775808.0", "true"},
        {"age == 30.0", "true"},
        {"age < 30.5", "true"},
        {"age < 1e300 && age > -1e300", "true"},
        {"age < 1.0 / 0.0", "true"},
        {"age < 0.0 / 0.0", "false"},
        {"age != 0.0 / 0.0", "true"},
        {"age == 30u", "true"},
        {"age < 18446744073709551615u", "true"},
        {"-age < 0u", "true"},
        {"18446744073709551615u < 18446744073709551616.0", "true"},
        {"18446744073709551615u == 18446744073709551615.0", "false"},
        {"1u > 0.5 && 1u < 1.5 && 1u == 1.0 && 0u > -0.1", "true"},
        {"0.5 < 1u && 30.5 > age && 12.0 < price", "true"},
        {"ratio in [1, 2u, 2.5]", "true"},
        {"age in [30.0, 1.5]", "true"},
        {"age in [30.5]", "false"},
        {"age in [30u]", "true"},
    });
}

TEST_CASE("text functions count code points", "[rule]") {
    check({
        {"size(name)", "5"},
        {"name.size()", "5"},
        {"name.startsWith('Li')", "true"},
        {"name.endsWith('\xE7\xBA\xA2')", "true"},
        {"name.contains(' ')", "true"},
        {"name.charAt(3)", "'\xE5\xB0\x8F'"},
        {"name.charAt(5)", "''"},
        {"name.charAt(6)", "error"},
        {"name.charAt(-1)", "error"},
        {"name.indexOf('\xE7\xBA\xA2')", "4"},
        {"name.indexOf('x')", "-1"},
        {"name.indexOf('')", "0"},
        {"name.indexOf('', 5)", "5"},
        {"name.indexOf('i', 2)", "-1"},
        {"name.indexOf('i', 6)", "error"},
        {"'hello'.lastIndexOf('l')", "3"},
        {"'hello'.lastIndexOf('l', 2)", "2"},
        {"'hello'.lastIndexOf('')", "5"},
        {"name.substring(3)", "'\xE5\xB0\x8F\xE7\xBA\xA2'"},
        {"name.substring(1, 4)", "'i \xE5\xB0\x8F'"},
        {"name.substring(5)", "''"},
        {"name.substring(6)", "error"},
        {"name.substring(4, 3)", "error"},
        {"name.substring(0, 9)", "error"},
        {"name.replace('Li', 'Wang')", "'Wang \xE5\xB0\x8F\xE7\xBA\xA2'"},
        {"'aaaa'.replace('a', 'b', 2)", "'bbaa'"},
        {"'aaaa'.replace('a', 'b', 0)", "'aaaa'"},
        {"'ab'.replace('', '-')", "'-a-b-'"},
        {"'ab'.replace('', '-', 2)", "'-a-b'"},
        {"name.lowerAscii()", "'li \xE5\xB0\x8F\xE7\xBA\xA2'"},
        {"city.upperAscii()", "'SHANGHAI'"},
        {"('  ' + name + '\\u3000\\u00a0\\n').trim() == name", "true"},
        {"name.reverse()", "'\xE7\xBA\xA2\xE5\xB0\x8F iL'"},
        {"('　１３８－' + city).halfWidth() + '￥'.halfWidth()", "' 138-Shanghai\xC2\xA5'"},
        {"name.halfWidth() == name", "true"},
        {"'１３８－0013－8000'.phoneKey('CN') == '+86 138 0013 8000'.phoneKey('CN')", "true"},
        {"('010-1234' + '5678转801').phoneKey('CN')", "'+861012345678;ext=801'"},
        {"('(415) 555-' + '2671').phoneKey('US')", "'+14155552671'"},
        {"city.phoneKey('CN')", "error"},
        {"city.isPhone('CN')", "false"},
        {"city.isPhone('CN') ? city.phoneKey('CN') : ''", "''"},
        {"city + '/' + name.substring(0, 2)", "'Shanghai/Li'"},
        {"city.matches('^Sh.*i$') && !city.matches('x+')", "true"},
        {"matches(city, 'hang')", "true"},
        {"string(age) + string(true) + string(1u) + string(2.5)", "'30true12.5'"},
        {"string(born) + string(seen) + string(stay)", "'1994-02-282024-06-30T20:30:15.250Z5400s'"},
        {"string(duration('-1.5ms'))", "'-0.0015s'"},
        {"int('-12') + int(string(age))", "18"},
        {"int(name)", "error"},
        {"bool('t') && !bool('False')", "true"},
        {"double(name)", "error"},
    });
}

TEST_CASE("times", "[rule]") {
    check({
        {"timestamp('2024-06-30T12:00:00+08:00')", "2024-06-30T04:00:00Z"},
        {"timestamp('2024-06-30T12:00:00.123456000Z') < seen", "true"},
        {"timestamp(0)", "1970-01-01T00:00:00Z"},
        {"int(seen)", "1719779415"},
        {"seen - duration('1h30m')", "2024-06-30T19:00:15.250Z"},
        {"seen - timestamp('2024-06-30T20:30:00Z')", "15250000us"},
        {"duration('1h') + stay", "9000000000us"},
        {"-stay", "-5400000000us"},
        {"stay > duration('89m59.999999s')", "true"},
        {"seen + duration('315576000000s')", "error"}, // past the year 9999
        {"timestamp('9999-12-31T23:59:59Z') + stay", "error"},
        {"seen.getFullYear()", "2024"},
        {"seen.getMonth()", "5"},
        {"seen.getDate()", "30"},
        {"seen.getDayOfMonth()", "29"},
        {"seen.getDayOfWeek()", "0"},
        {"seen.getDayOfYear()", "181"},
        {"seen.getHours()", "20"},
        {"seen.getHours('Asia/Shanghai')", "4"},
        {"seen.getDate('+08:00')", "1"},
        {"seen.getMinutes()", "30"},
        {"seen.getSeconds()", "15"},
        {"seen.getMilliseconds()", "250"},
        {"stay.getHours()", "1"},
        {"stay.getMinutes()", "90"},
        {"stay.getSeconds()", "5400"},
        {"date('1994-02-28') == born", "true"},
        {"born + 1", "1994-03-01"},
        {"1 + born", "1994-03-01"},
        {"born - 59", "1993-12-31"},
        {"date('2024-06-30') - born", "11080"},
        {"born + 99999999", "error"},
        {"born.getFullYear() + born.getMonth()", "1995"},
        {"date(seen)", "2024-06-30"},
        {"date(seen, 'Asia/Shanghai')", "2024-07-01"},
        {"timestamp(born)", "1994-02-28T00:00:00Z"},
        {"timestamp(born, 'Asia/Shanghai')", "1994-02-27T16:00:00Z"},
    });
}

TEST_CASE("a missing value is unknown, through every function and relation", "[rule]") {
    check({
        {"gone", "unknown"},
        {"gone == 1", "unknown"},
        {"gone != 1", "unknown"},
        {"!(gone == 1)", "unknown"},
        {"gone < 1 || gone >= 1", "unknown"},
        {"gone + 1", "unknown"},
        {"gone / 0", "unknown"}, // unknown takes precedence over error
        {"age / 0 + gone", "unknown"},
        {"age / (age - 30) == gone", "unknown"},
        {"gone in [1, 2]", "unknown"},
        {"gone in []", "unknown"},
        {"age in [30, gone]", "unknown"}, // the list is built first
        {"gone_text.startsWith('a')", "unknown"},
        {"gone_text in ['a']", "unknown"},
        {"gone_text in interests", "unknown"},
        {"gone_flag ? 1 : 1", "unknown"},
        {"vip ? gone : 1", "unknown"},
        {"vip ? 1 : gone", "1"},
        {"has(gone)", "false"},
        {"has(age)", "true"},
        {"has(customer.gone) || has(customer.city)", "true"},
        {"has(interests)", "true"},
        {"customer.?gone.orValue(18)", "18"},
        {"customer.?age.orValue(18)", "30"},
        {"customer.?gone.orValue(gone)", "unknown"},
        {"customer.?gone.orValue(age / 0)", "error"},
        {"customer.?gone_text.orValue('none') + '!'", "'none!'"},
        {"customer.?price.orValue(0)", "12.345"},
        {"customer.?gone.hasValue()", "false"},
        {"customer.?gone.value()", "unknown"},
        {"has(gone) && gone > 3", "false"},
    });
}

TEST_CASE("Kleene logic with errors, as CEL", "[rule]") {
    // t, f, u, e in both positions; unknown takes precedence over error.
    std::string const texts[4] = {"vip", "!vip", "gone_flag", "age / (age - 30) == 1"};
    char const* const names[4] = {"true", "false", "unknown", "error"};
    char const* const all[4][4] = {{"true", "false", "unknown", "error"},
                                   {"false", "false", "false", "false"},
                                   {"unknown", "false", "unknown", "unknown"},
                                   {"error", "false", "unknown", "error"}};
    char const* const any[4][4] = {{"true", "true", "true", "true"},
                                   {"true", "false", "unknown", "error"},
                                   {"true", "unknown", "unknown", "unknown"},
                                   {"true", "error", "unknown", "error"}};
    for (std::size_t a = 0; a < 4; ++a) {
        CHECK(answer("!(" + texts[a] + ")") == (a < 2 ? names[1 - a] : names[a]));
        CHECK(answer("(" + texts[a] + ") ? 1 : 2") == (a < 2 ? std::to_string(a + 1) : names[a]));
        for (std::size_t b = 0; b < 4; ++b) {
            INFO(texts[a] << " with " << texts[b]);
            CHECK(answer("(" + texts[a] + ") && (" + texts[b] + ")") == all[a][b]);
            CHECK(answer("(" + texts[a] + ") || (" + texts[b] + ")") == any[a][b]);
        }
    }
}

TEST_CASE("what cannot be meant is refused when the rule is read", "[rule]") {
    check({
        {"agee > 3", "refused rule.unknown_name"},
        {"customer.agee > 3", "refused rule.unknown_name"},
        {"customer == 3", "refused rule.unknown_name"},
        {"age.year > 3", "refused rule.type"},
        {"agee > 3 && citty == 'x'", "refused rule.unknown_name rule.unknown_name"},
        {"name.startWith('a')", "refused rule.unknown_function"},
        {"startsWith(name, 'a')", "refused rule.unknown_function"},
        {"name.startsWith(3)", "refused rule.type"},
        {"age + 1.5", "refused rule.type"},
        {"age + 'x'", "refused rule.type"},
        {"age + 1u", "refused rule.type"},
        {"price * ratio", "refused rule.type"},
        {"price % 2", "refused rule.type"},
        {"age == 'x'", "refused rule.type"},
        {"age == null", "refused rule.type"},
        {"born == '1994-02-28'", "refused rule.type"},
        {"born < seen", "refused rule.type"},
        {"interests == 'a'", "refused rule.type"},
        {"age && vip", "refused rule.type"},
        {"!age", "refused rule.type"},
        {"age ? 1 : 2", "refused rule.type"},
        {"vip ? 1 : 'x'", "refused rule.type"},
        {"vip ? 1 : 2.0", "refused rule.type"},
        {"age in ['x']", "refused rule.type"},
        {"age in interests", "refused rule.type"},
        {"name in 'abc'", "refused rule.type"},
        {"spent > owed", "refused rule.currency"},
        {"spent + 1", "refused rule.currency"},
        {"spent > 100", "refused rule.currency"},
        {"spent > 0.5", "refused rule.currency"},
        {"spent * owed", "refused rule.currency"},
        {"spent / owed", "refused rule.currency"},
        {"money(spent, 'GBP')", "refused rule.currency"},
        {"spent in [money('1 GBP')]", "refused rule.currency"},
        {"decimal('0.0000000001') * decimal('0.000000001')", "refused rule.scale"},
        {"decimal('0.1234567890123456789')", "refused rule.scale"},
        {"decimal(name)", "refused rule.scale"},
        {"decimal(price, 1)", "refused rule.scale"},
        {"decimal('1,5')", "refused rule.bad_constant"},
        {"decimal('99999999999999999999')", "refused rule.bad_constant"},
        {"money('500')", "refused rule.bad_constant"},
        {"money('x CNY')", "refused rule.bad_constant"},
        {"money(5, 'yuan')", "refused rule.bad_constant"},
        {"date('2023-02-29') == born", "refused rule.bad_constant"},
        {"timestamp('2024-06-30') < seen", "refused rule.bad_constant"},
        {"timestamp('2024-06-30T12:00:00') < seen", "refused rule.bad_constant"},
        {"timestamp('2024-06-30T12:00:00.1234567Z') < seen", "refused rule.bad_constant"},
        {"duration('1 day') < stay", "refused rule.bad_constant"},
        {"duration('') < stay", "refused rule.bad_constant"},
        {"duration('99999999999h') < stay", "refused rule.bad_constant"},
        {"seen.getHours('Mars/Olympus') > 3", "refused rule.bad_constant"},
        {"seen.getHours(name) > 3", "refused rule.unsupported"},
        {"stay.getFullYear() > 3", "refused rule.type"},
        {"name.matches('(')", "refused rule.bad_constant"},
        {"name.matches(city)", "refused rule.unsupported"},
        {"name.matches('(a)\\\\1')", "refused rule.bad_constant"},
        {"[1, 2]", "refused rule.result_type"},
        {"{'a': 1}", "refused rule.result_type"},
        {"interests.exists(x, y == 'a')", "refused rule.unknown_name"},
        {"interests['a']", "refused rule.type"},
        {"name.split(',')", "refused rule.result_type"},
        {"type(age) == int", "refused rule.unsupported rule.unknown_name"},
        {"customer.?age", "refused rule.result_type"},
        {"age.?x.orValue(1)", "refused rule.type"},
        {"customer.?agee.orValue(1)", "refused rule.unknown_name"},
        {"1u", "refused rule.result_type"},
        {"b'a'", "refused rule.result_type"},
        {"null", "refused rule.result_type"},
    });
}

TEST_CASE("issues of types name place, types, choices and remedy", "[rule]") {
    environment const names = sample_names();
    auto const text_of = [&](std::string_view rule) {
        issue_list issues;
        REQUIRE_FALSE(compile_rule(rule, names, issues, "plan.json:3 /tags/x"));
        return issues.to_string();
    };
    using Catch::Matchers::ContainsSubstring;
    CHECK_THAT(text_of("agee > 3"), ContainsSubstring("plan.json:3 /tags/x 1:1") && ContainsSubstring("Did you mean age?") &&
                                        ContainsSubstring("  | agee > 3\n  | ^"));
    CHECK_THAT(text_of("vip && name.startWith('a')"),
               ContainsSubstring("1:13") && ContainsSubstring("Did you mean startsWith?"));
    CHECK_THAT(text_of("startsWith(name, 'a')"), ContainsSubstring("string.startsWith(string)"));
    CHECK_THAT(text_of("age + 1.5"), ContainsSubstring("int, double") && ContainsSubstring("int + int") &&
                                         ContainsSubstring("double(...)"));
    CHECK_THAT(text_of("spent > 100"), ContainsSubstring("money('1.00 CNY')"));
    CHECK_THAT(text_of("age == null"), ContainsSubstring("has(...)"));
    CHECK_THAT(text_of("born == '1994-02-28'"), ContainsSubstring("date('2024-06-30')"));
    CHECK_THAT(text_of("seen.getHours('Europe/Londn') > 3"), ContainsSubstring("Europe/London"));
}

TEST_CASE("the wanted type of an answer", "[rule]") {
    environment const names = sample_names();
    auto const typed = [&](std::string_view rule, type wanted) {
        issue_list issues;
        auto const made = compile_rule(rule, names, issues, {}, wanted);
        if (!made) return "refused " + issues[0].code;
        auto const row = sample_row();
        rule_scratch scratch;
        return to_string(made->result_type()) + " " + show(made->evaluate(std::span<value const>(row), scratch));
    };
    CHECK(typed("vip", boolean_type) == "bool true");
    CHECK(typed("age", boolean_type) == "refused rule.result_type");
    CHECK(typed("age", decimal_type(2)) == "decimal(2) 30.00");
    CHECK(typed("age * price", decimal_type(3)) == "decimal(3) 370.350");
    CHECK(typed("price * price", decimal_type(3)) == "refused rule.result_type");
    CHECK(typed("age * price", money_type(gbp, 3)) == "money(GBP,3) GBP 370.350");
    CHECK(typed("spent", money_type(gbp, 2)) == "refused rule.result_type");
    CHECK(typed("price", float64_type) == "double 12.345000000000001");
    CHECK(typed("spent", float64_type) == "refused rule.result_type");
    CHECK(typed("ratio", int64_type) == "refused rule.result_type");
    CHECK(typed("city", category_type) == "category 'Shanghai'");
    CHECK(typed("city", string_type) == "category 'Shanghai'");
    CHECK(typed("city + ''", category_type) == "string 'Shanghai'");
    CHECK(typed("born", instant_type) == "refused rule.result_type");
    CHECK_THROWS_AS(compile_rule("age +", names), issue_error);
}

TEST_CASE("a program says what it reads and what was missing", "[rule]") {
    environment const names = sample_names();
    auto const made = compile_rule("age > 3 && (gone > 1 || gone_text == 'a') && has(city)", names);
    CHECK(made.required_names() == std::vector<std::string>{"age", "city", "gone", "gone_text"});
    CHECK(made.result_type() == boolean_type);
    CHECK_FALSE(made.is_constant());
    CHECK(made.source().text().starts_with("age > 3"));
    auto const row = sample_row();
    rule_scratch scratch;
    CHECK(made.evaluate(std::span<value const>(row), scratch).state == status::unknown);
    std::vector<std::string> missing;
    for (auto const variable : scratch.missing())
        missing.emplace_back(made.variable_name(variable));
    CHECK(missing == std::vector<std::string>{"gone", "gone_text"});

    auto const certain = compile_rule("age < 3 && gone > 1", names);
    CHECK(show(certain.evaluate(std::span<value const>(row), scratch)) == "false");
    CHECK(scratch.missing().empty());

    auto const folded = compile_rule("1 + 1 == 2 || age > 3", names);
    CHECK(folded.is_constant());
    CHECK(folded.required_names().empty());
}

TEST_CASE("hostile rules and values", "[rule]") {
    environment names;
    names.variable("text", string_type);
    names.variable("n", int64_type);
    names.variable("x", float64_type);
    rule_scratch scratch;
    auto const run = [&](std::string_view rule, std::vector<value> row) {
        return show(compile_rule(rule, names).evaluate(std::span<value const>(row), scratch));
    };
    // Catastrophic for a backtracking engine: 2^50000 steps.
    std::string const many(50'000, 'a');
    CHECK(run("text.matches('^(a+)+$')", {value::of_string(many + "!")}) == "false");
    CHECK(run("text.matches('^(a+)+$')", {value::of_string(many)}) == "true");
    // Data need not be UTF-8.
    CHECK(run("size(text) == 3 && text.substring(1, 2) == text.charAt(1)", {value::of_string("a\xFF\xC3")}) == "true");
    CHECK(run("text.reverse().size()", {value::of_string("a\xFF\xE5\xB0\x8F")}) == "3");
    CHECK(run("text.matches('^a.c$')", {value::of_string("a\xFF" "c")}) == "false");
    // Text grows up to a bound.
    std::string doubling = "text";
    for (int i = 0; i < 30; ++i)
        doubling = "(" + doubling + ").replace('a', 'aa')";
    CHECK(run("size(" + doubling + ")", {value::of_string("a")}) == "error");
    CHECK(run("n - 1", {value{}, value::of_int(int_min)}) == "error");
    CHECK(run("n + 1", {value{}, value::of_int(int_max)}) == "error");
    CHECK(run("n == -9223372036854775808", {value{}, value::of_int(int_min)}) == "true");
    CHECK(run("has(x)", {value{}, value{}, value::of_double(std::numeric_limits<double>::quiet_NaN())}) == "false");
    CHECK(run("x == x", {value{}, value{}, value::of_double(std::numeric_limits<double>::infinity())}) == "true");
    // A value of another type than declared, and a row that is too short.
    CHECK(run("n > 1", {value{}, value::of_double(3)}) == "error");
    CHECK(run("n > 1 || true", {value{}, value::of_double(3)}) == "true");
    CHECK(run("n > 1", {}) == "unknown");
    // A hundred levels of conditions and ten thousand elements.
    std::string nested = "n";
    for (int i = 0; i < 90; ++i)
        nested = "(n > " + std::to_string(i) + " ? " + nested + " + 1 : 0)";
    CHECK(run(nested, {value{}, value::of_int(1000)}) == "1090");
    std::string list = "n in [0";
    for (int i = 1; i < 10'000; ++i)
        list += "," + std::to_string(i * 2);
    CHECK(run(list + "]", {value{}, value::of_int(19'998)}) == "true");
    CHECK(run(list + "]", {value{}, value::of_int(19'999)}) == "false");
}
