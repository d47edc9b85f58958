// SPDX-License-Identifier: Apache-2.0
// Random typed rules over random rows with missing values: the row evaluator, the block evaluator and a naive walk over
// the tree give the same value and status for every row. SEGMENTA_RULE_CASES sets the number of rules, SEGMENTA_RULE_SEED the
// first seed.
#include "rule/oracle.hpp"
#include "rule/support.hpp"
#include "support/catch.hpp"

#include <segmenta/rule/program.hpp>

#include <cstdlib>
#include <iostream>
#include <limits>
#include <map>
#include <random>
#include <string>

using namespace segmenta;
using segmenta::test::show;

namespace {

enum class want { boolean, integer, natural, real, decimal0, decimal2, decimal5, money2, date, instant, duration, text };

environment random_names() {
    environment names;
    for (auto const* const suffix : {"1", "2"}) {
        std::string const s(suffix);
        names.variable("b" + s, boolean_type);
        names.variable("i" + s, int64_type);
        names.variable("r" + s, float64_type);
        names.variable("d2" + s, decimal_type(2));
        names.variable("d5" + s, decimal_type(5));
        names.variable("m2" + s, money_type(currency("CNY"), 2));
        names.variable("day" + s, date_type);
        names.variable("at" + s, instant_type);
        names.variable("len" + s, duration_type);
        names.variable("s" + s, string_type);
        names.variable("c" + s, category_type);
        names.variable("set" + s, category_set_type);
    }
    return names;
}

std::string_view const texts[] = {"", "a", "b", "ab", "aba", "A1", "C123", "\xE5\xB0\x8F", "a\xE5\xB0\x8F" "b", " a ", "12", "-3"};
std::string_view const sets[][3] = {{"a", "b", "ab"}, {"", "A1", "a"}, {"C123", "b", "12"}};

class generator {
public:
    explicit generator(std::uint64_t seed) : engine_(seed) {}

    std::size_t below(std::size_t n) { return engine_() % n; }
    bool chance(std::size_t percent) { return below(100) < percent; }

    std::string rule(want w, int depth) {
        if (depth <= 0 || chance(12)) return leaf(w);
        if (chance(8)) return "(" + rule(want::boolean, depth - 1) + " ? " + rule(w, depth - 1) + " : " + rule(w, depth - 1) + ")";
        bool const has_variable = w != want::natural && w != want::decimal0;
        if (has_variable && chance(5)) return "customer.?" + variable(w) + ".orValue(" + rule(w, depth - 1) + ")";
        switch (w) {
        case want::boolean: return boolean_rule(depth - 1);
        case want::integer: return integer_rule(depth - 1);
        case want::natural: return natural_rule(depth - 1);
        case want::real: return real_rule(depth - 1);
        case want::decimal0:
        case want::decimal2:
        case want::decimal5:
        case want::money2: return decimal_rule(w, depth - 1);
        case want::date: return date_rule(depth - 1);
        case want::instant: return instant_rule(depth - 1);
        case want::duration: return duration_rule(depth - 1);
        case want::text: return text_rule(depth - 1);
        }
        return leaf(w);
    }

    value random_value(type what) {
        if (chance(20)) return {};
        switch (what.base) {
        case kind::boolean: return value::of_bool(chance(50));
        case kind::int64: return value::of_int(integer());
        case kind::float64: return value::of_double(real());
        case kind::decimal: return value::of_decimal(what, integer());
        case kind::date: return value::of_date(civil_date{static_cast<std::int32_t>(below(40'000)) - 10'000});
        case kind::instant:
            if (chance(3)) return value::of_instant(instant::never());
            return value::of_instant(instant{static_cast<std::int64_t>(below(4'000'000'000'000'000)) - 1'000'000'000'000'000});
        case kind::duration: return value::of_duration_us(static_cast<std::int64_t>(below(400'000'000'000)) - 200'000'000'000);
        case kind::string:
        case kind::category: return value::of_string(texts[below(std::size(texts))]);
        case kind::category_set: return value::of_set(std::span<std::string_view const>(sets[below(3)]).first(below(4)));
        }
        return {};
    }

private:
    std::int64_t integer() {
        switch (below(8)) {
        case 0: return std::numeric_limits<std::int64_t>::max() - static_cast<std::int64_t>(below(3));
        case 1: return std::numeric_limits<std::int64_t>::min() + static_cast<std::int64_t>(below(3));
        case 2: return static_cast<std::int64_t>(engine_());
        case 3: return static_cast<std::int64_t>(below(2'000'000'000)) - 1'000'000'000;
        default: return static_cast<std::int64_t>(below(12)) - 4;
        }
    }
    double real() {
        switch (below(8)) {
        case 0: return std::numeric_limits<double>::infinity() * (chance(50) ? 1 : -1);
        case 1: return std::ldexp(static_cast<double>(engine_()), static_cast<int>(below(300)) - 200);
        case 2: return static_cast<double>(static_cast<std::int64_t>(engine_()));
        case 3: return -0.0;
        case 4: return std::numeric_limits<double>::quiet_NaN();
        default: return (static_cast<double>(below(40)) - 15) / 4;
        }
    }

    std::string pick(std::initializer_list<std::string> choices) { return choices.begin()[below(choices.size())]; }
    std::string variable(want w) {
        std::string const s = chance(50) ? "1" : "2";
        switch (w) {
        case want::boolean: return "b" + s;
        case want::integer:
        case want::natural: return "i" + s;
        case want::real: return "r" + s;
        case want::decimal0:
        case want::decimal2: return "d2" + s;
        case want::decimal5: return "d5" + s;
        case want::money2: return "m2" + s;
        case want::date: return "day" + s;
        case want::instant: return "at" + s;
        case want::duration: return "len" + s;
        case want::text: return (chance(50) ? "s" : "c") + s;
        }
        return "i1";
    }
    std::string text_literal() { return "'" + std::string(texts[below(std::size(texts))]) + "'"; }
    std::string two_digits(std::size_t most) {
        auto const text = std::to_string(1 + below(most));
        return text.size() < 2 ? "0" + text : text;
    }
    std::string date_text() { return std::to_string(1950 + below(100)) + "-" + two_digits(12) + "-" + two_digits(28); }
    std::string decimal_text(std::size_t digits) {
        std::string out = (chance(30) ? "-" : "") + std::to_string(below(50));
        if (digits > 0) out += ".";
        for (std::size_t i = 0; i < digits; ++i)
            out += static_cast<char>('0' + below(10));
        return out;
    }
    std::string leaf(want w) {
        bool const natural = w == want::natural || w == want::decimal0;
        if (!natural && chance(70)) return variable(w);
        switch (w) {
        case want::boolean: return chance(50) ? "true" : "false";
        case want::integer: return chance(10) ? std::to_string(integer()) : std::to_string(static_cast<int>(below(12)) - 4);
        case want::natural: return chance(50) ? "uint(" + variable(w) + ")" : std::to_string(below(20)) + "u";
        case want::real: return pick({"0.0", "1.5", "-2.0", "0.1", "1e300"});
        case want::decimal0: return chance(50) ? "decimal(i1)" : "decimal('" + decimal_text(0) + "')";
        case want::decimal2: return "decimal('" + decimal_text(2) + "')";
        case want::decimal5: return "decimal('" + decimal_text(5) + "')";
        case want::money2: return "money('" + decimal_text(2) + " CNY')";
        case want::date: return "date('" + date_text() + "')";
        case want::instant: return "timestamp('" + date_text() + "T" + pick({"00", "07", "23"}) + ":00:00Z')";
        case want::duration: return "duration('" + std::to_string(below(100'000)) + "s')";
        case want::text: return text_literal();
        }
        return "true";
    }

    std::string number(int depth) {
        static want const kinds[] = {want::integer, want::natural, want::real, want::decimal2, want::decimal5};
        return rule(kinds[below(5)], depth);
    }
    std::string relation() { return pick({" == ", " != ", " < ", " <= ", " > ", " >= "}); }
    std::string list(want w, int depth, bool constant) {
        std::string out = "[";
        for (std::size_t i = below(4); i-- > 0;) {
            std::string const element = constant ? (w == want::text ? text_literal() : w == want::integer ? std::to_string(below(9)) : decimal_text(1)) : rule(w, depth);
            out += element + ", ";
        }
        return out + "]";
    }
    std::string boolean_rule(int depth) {
        static want const ordered[] = {want::boolean, want::money2, want::date, want::instant, want::duration, want::text};
        switch (below(14)) {
        case 0:
        case 1: return "(" + rule(want::boolean, depth) + " && " + rule(want::boolean, depth) + (chance(30) ? " && " + rule(want::boolean, depth) : "") + ")";
        case 2:
        case 3: return "(" + rule(want::boolean, depth) + " || " + rule(want::boolean, depth) + ")";
        case 4: return "!" + rule(want::boolean, depth);
        case 5:
        case 6: return "(" + number(depth) + relation() + number(depth) + ")";
        case 7: {
            want const w = ordered[below(std::size(ordered))];
            return "(" + rule(w, depth) + relation() + rule(w, depth) + ")";
        }
        case 8: return "has(" + std::string(chance(50) ? "customer." : "") + variable(static_cast<want>(below(12))) + ")";
        case 9: return "(" + rule(want::text, depth) + " in " + (chance(60) ? list(want::text, depth, chance(60)) : chance(50) ? "set1" : "set2") + ")";
        case 10: return "(" + rule(want::integer, depth) + " in " + list(want::integer, depth, chance(60)) + ")";
        case 11: return "(" + rule(want::real, depth) + " in " + list(want::real, depth, chance(60)) + ")";
        case 12: return rule(want::text, depth) + "." + pick({"startsWith", "endsWith", "contains"}) + "(" + rule(want::text, depth) + ")";
        default: return "math." + pick({"isNaN", "isInf", "isFinite"}) + "(" + rule(want::real, depth) + ")";
        }
    }
    std::string integer_rule(int depth) {
        switch (below(11)) {
        case 0:
        case 1:
        case 2: return "(" + rule(want::integer, depth) + pick({" + ", " - ", " * ", " / ", " % "}) + rule(want::integer, depth) + ")";
        case 3: return "-(" + rule(want::integer, depth) + ")";
        case 4: return "int(" + (chance(50) ? number(depth) : chance(50) ? rule(want::text, depth) : rule(want::instant, depth)) + ")";
        case 5: return chance(30) ? "size(set1)" : "size(" + rule(want::text, depth) + ")";
        case 6: return rule(want::text, depth) + pick({".indexOf(", ".lastIndexOf("}) + rule(want::text, depth) + (chance(40) ? ", " + rule(want::integer, depth) : "") + ")";
        case 7: return "math." + pick({"least", "greatest"}) + "(" + rule(want::integer, depth) + ", " + rule(want::integer, depth) + ")";
        case 8: return pick({"math.abs(", "math.sign("}) + rule(want::integer, depth) + ")";
        case 9: {
            if (chance(30)) return rule(want::date, depth) + "." + pick({"getFullYear()", "getMonth()", "getDate()", "getDayOfWeek()", "getDayOfYear()"});
            if (chance(40)) return rule(want::duration, depth) + "." + pick({"getHours()", "getMinutes()", "getSeconds()", "getMilliseconds()"});
            return rule(want::instant, depth) + "." + pick({"getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear", "getHours", "getMinutes", "getSeconds", "getMilliseconds"}) + pick({"()", "('+08:00')"});
        }
        default: return "(" + rule(want::date, depth) + " - " + rule(want::date, depth) + ")";
        }
    }
    std::string natural_rule(int depth) {
        if (chance(40)) return "uint(" + number(depth) + ")";
        return "(" + rule(want::natural, depth) + pick({" + ", " - ", " * ", " / ", " % "}) + rule(want::natural, depth) + ")";
    }
    std::string real_rule(int depth) {
        switch (below(6)) {
        case 0: return "double(" + number(depth) + ")";
        case 1: return "-(" + rule(want::real, depth) + ")";
        case 2: return "math." + pick({"abs", "ceil", "floor", "round", "trunc"}) + "(" + rule(want::real, depth) + ")";
        case 3: return "math." + pick({"least", "greatest"}) + "(" + rule(want::real, depth) + ", " + rule(want::real, depth) + ")";
        case 4: return "(" + rule(pick({"2", "5"}) == "2" ? want::decimal2 : want::decimal5, depth) + " / " + number(depth) + ")";
        default: return "(" + rule(want::real, depth) + pick({" + ", " - ", " * ", " / "}) + rule(want::real, depth) + ")";
        }
    }
    std::string decimal_rule(want w, int depth) {
        std::string const same = rule(w, depth);
        switch (below(6)) {
        case 0: return "(" + same + pick({" + ", " - "}) + rule(w, depth) + ")";
        case 1: return w == want::money2 ? "-(" + same + ")" : "(" + same + pick({" + ", " - "}) + rule(want::integer, depth) + ")";
        case 2: return "(" + rule(want::integer, depth) + " * " + same + ")";
        case 3: return "math.abs(" + same + ")";
        case 4: return "math." + pick({"least", "greatest"}) + "(" + same + ", " + rule(w, depth) + ")";
        default:
            if (w == want::decimal0) return "math." + pick({"ceil", "floor", "round", "trunc"}) + "(" + rule(want::decimal2, depth) + ")";
            if (w == want::decimal2) return chance(50) ? "decimal(" + rule(want::money2, depth) + ")" : "decimal(" + rule(want::text, depth) + ", 2)";
            if (w == want::decimal5) return "decimal(" + rule(want::decimal2, depth) + ", 5)";
            return "money(" + rule(want::decimal2, depth) + ", 'CNY')";
        }
    }
    std::string date_rule(int depth) {
        if (chance(40)) return "date(" + rule(want::instant, depth) + pick({")", ", '+08:00')"});
        return "(" + rule(want::date, depth) + pick({" + ", " - "}) + rule(want::integer, depth) + ")";
    }
    std::string instant_rule(int depth) {
        if (chance(30)) return "timestamp(" + rule(want::date, depth) + ")";
        return "(" + rule(want::instant, depth) + pick({" + ", " - "}) + rule(want::duration, depth) + ")";
    }
    std::string duration_rule(int depth) {
        if (chance(15)) return "-(" + rule(want::duration, depth) + ")";
        if (chance(40)) return "(" + rule(want::instant, depth) + " - " + rule(want::instant, depth) + ")";
        return "(" + rule(want::duration, depth) + pick({" + ", " - "}) + rule(want::duration, depth) + ")";
    }
    std::string text_rule(int depth) {
        std::string const text = rule(want::text, depth);
        switch (below(7)) {
        case 0: return "(" + text + " + " + rule(want::text, depth) + ")";
        case 1: return text + pick({".lowerAscii()", ".upperAscii()", ".trim()", ".reverse()", ".halfWidth()"});
        case 2: return text + ".substring(" + rule(want::integer, depth) + (chance(50) ? ", " + rule(want::integer, depth) : "") + ")";
        case 3: return text + ".charAt(" + rule(want::integer, depth) + ")";
        case 4: return text + ".replace(" + rule(want::text, depth) + ", " + rule(want::text, depth) + (chance(40) ? ", " + rule(want::integer, depth) : "") + ")";
        case 5: return "string(" + rule(static_cast<want>(below(3)), depth) + ")";
        default: return "string(" + rule(chance(50) ? want::decimal2 : want::decimal5, depth) + ")";
        }
    }

    std::mt19937_64 engine_;
};

std::uint64_t number_from_environment(char const* name, std::uint64_t otherwise) {
    char const* const text = std::getenv(name);
    return text != nullptr && *text != '\0' ? std::strtoull(text, nullptr, 10) : otherwise;
}

} // namespace

TEST_CASE("row evaluator, block evaluator and oracle agree on random rules", "[rule][property]") {
    std::uint64_t const cases = number_from_environment("SEGMENTA_RULE_CASES", 6'000);
    std::uint64_t const first_seed = number_from_environment("SEGMENTA_RULE_SEED", 20'240'630);
    environment const names = random_names();
    rule_scratch row_scratch;
    rule_scratch block_scratch;
    std::map<std::string, std::uint64_t> seen;
    std::uint64_t compared = 0;
    std::uint64_t refused = 0;
    for (std::uint64_t seed = first_seed; seed < first_seed + cases; ++seed) {
        generator random(seed);
        auto const rule_text = random.rule(static_cast<want>(random.below(12)), 1 + static_cast<int>(random.below(5)));
        std::size_t const row_count = 1 + random.below(random.chance(30) ? 200 : 70);
        std::vector<std::vector<value>> rows(row_count);
        for (auto& row : rows)
            for (std::size_t c = 0; c < names.size(); ++c)
                row.push_back(random.random_value(names.what(c)));

        INFO("seed " << seed << ": " << rule_text);
        issue_list issues;
        auto const made = compile_rule(rule_text, names, issues);
        if (!made) {
            // Only what depends on constants may be wrong with a generated rule.
            for (auto const& problem : issues)
                if (problem.level == severity::error)
                    REQUIRE((problem.code == "rule.bad_constant" || problem.code == "rule.result_type"));
            ++refused;
            continue;
        }
        REQUIRE(parse_expression(to_string(made->source())) == made->source());
        test::table_of_values const table(names, rows);
        auto const block_answer = made->evaluate(table.all(), block_scratch);
        REQUIRE(block_answer.values.size == row_count);
        for (std::size_t r = 0; r < row_count; ++r) {
            std::string memory;
            auto const expected = test::oracle_answer(made->source(), names, rows[r], made->result_type(), memory);
            auto const by_row = made->evaluate(std::span<value const>(rows[r]), row_scratch);
            auto const by_block = test::row_of(block_answer, r);
            auto const expected_text = show(expected);
            ++compared;
            ++seen[std::string(to_string(by_row.state))];
            if (show(by_row) == expected_text && show(by_block) == expected_text) continue;
            std::string values;
            for (auto const variable : made->required_variables())
                values += std::string(names.name(variable)) + " = " + show(rows[r][variable]) + ", ";
            INFO("row " << r << ": " << values);
            REQUIRE(show(by_row) == expected_text);
            REQUIRE(show(by_block) == expected_text);
        }
    }
    std::cout << "rules: " << cases << " from seed " << first_seed << " (" << refused << " refused), rows compared: " << compared
              << "; ok " << seen["ok"] << ", unknown " << seen["unknown"] << ", error " << seen["error"] << "\n";
    CHECK(seen["ok"] > compared / 10);
    CHECK(seen["unknown"] > compared / 20);
    CHECK(seen["error"] > compared / 100);
    CHECK(refused < cases / 4);
}
