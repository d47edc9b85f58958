// SPDX-License-Identifier: Apache-2.0
#include "rule/support.hpp"
#include "support/catch.hpp"

#include <segmenta/rule/explanation.hpp>

#include <array>
#include <functional>
#include <iostream>
#include <random>
#include <string>
#include <vector>

using namespace segmenta;

namespace {

environment make_names() {
    environment names;
    names.variable("purchases", int64_type);
    names.variable("spent", money_type(currency("CNY"), 2));
    names.variable("city", category_type);
    names.variable("last_paid", date_type);
    names.variable("at", instant_type);
    names.variable("vip", boolean_type);
    names.variable("ratio", float64_type);
    names.variable("likes", category_set_type);
    return names;
}

explanation explain(std::string_view rule, std::vector<value> const& row) {
    static environment const names = make_names();
    return explain_rule(compile_rule(rule, names), std::span<value const>(row));
}

std::vector<value> const shopper{value::of_int(1),
                                 value::of_decimal(money_type(currency("CNY"), 2), 87'000),
                                 value::of_string("Rome"),
                                 value::of_date(civil_date{19'900}),
                                 value::of_instant(instant{1'000'000'000'000'000}),
                                 value::of_bool(true),
                                 value::of_double(0.25)};

readable_options labelled(readable_language language) {
    readable_options options;
    options.language = language;
    options.names = [](std::string_view name, readable_language in) -> std::optional<readable_name> {
        if (in != readable_language::chinese) return std::nullopt;
        if (name == "purchases") return readable_name{"购买次数", "单"};
        if (name == "spent") return readable_name{"消费金额", ""};
        if (name == "city") return readable_name{"城市", ""};
        return std::nullopt;
    };
    return options;
}

} // namespace

TEST_CASE("explanation: conditions, values seen and needed, margins, and where the answer comes from") {
    auto const why = explain("purchases >= 2 && city == 'Rome'", shopper);
    CHECK(to_text(why) == "✗ purchases ≥ 2 and city is Rome\n"
                          "  ✗ purchases ≥ 2: is 1, 1 more needed (decides)\n"
                          "  ✓ city is Rome: is \"Rome\"\n");
    CHECK(to_text(why, labelled(readable_language::chinese)) == "✗ 购买次数 ≥ 2 单 且 城市 是 Rome\n"
                                                                "  ✗ 购买次数 ≥ 2 单：现为 1，差 1 单（决定结果）\n"
                                                                "  ✓ 城市 是 Rome：现为 \"Rome\"\n");
    CHECK(to_json(why) ==
          R"({"condition":"purchases >= 2 && city == 'Rome'","kind":"all","state":"false","decides":true,"parts":[)"
          R"({"condition":"purchases >= 2","kind":"comparison","state":"false","decides":true,"seen":"1","relation":">=","needed":"2",)"
          R"("margin":{"amount":"1","direction":"more","beyond":false},"inputs":{"purchases":"1"}},)"
          R"({"condition":"city == 'Rome'","kind":"comparison","state":"true","decides":false,"seen":"\"Rome\"","relation":"==",)"
          R"("needed":"\"Rome\"","inputs":{"city":"\"Rome\""}}]})");
}

TEST_CASE("explanation: margins of money, dates, instants and numbers, in the direction that is needed") {
    CHECK(to_text(explain("spent >= money('1000 CNY')", shopper)) ==
          "✗ spent ≥ 1000 CNY: is 870.00 CNY, 130.00 CNY more needed\n");
    CHECK(to_text(explain("money('1000 CNY') < spent", shopper)) ==
          "✗ spent > 1000 CNY: is 870.00 CNY, more than 130.00 CNY more needed\n");
    CHECK(to_text(explain("spent < money('1000 CNY')", shopper)) == "✓ spent < 1000 CNY: is 870.00 CNY, 130.00 CNY to spare\n");
    CHECK(to_text(explain("last_paid >= date('2024-07-01')", shopper)) ==
          "✗ last_paid ≥ 2024-07-01: is 2024-06-26, 5 days more needed\n");
    CHECK(to_text(explain("at - timestamp('2001-09-09T00:00:00Z') <= duration('30m')", shopper)) ==
          "✗ at - 2001-09-09T00:00:00Z ≤ 30 minutes: is PT6400S (at = 2001-09-09T01:46:40Z), 1 hour 16 minutes 40 seconds less "
          "needed\n");
    CHECK(to_text(explain("ratio > 0.5", shopper)) == "✗ ratio > 0.5: is 0.25, more than 0.25 more needed\n");
    CHECK(to_text(explain("purchases == 3", shopper)) == "✗ purchases = 3: is 1, 2 more needed\n");
    CHECK(to_text(explain("purchases > 1", shopper)) == "✗ purchases > 1: is 1, more is needed\n");
    CHECK(to_text(explain("purchases >= 1", shopper)) == "✓ purchases ≥ 1: is 1, just enough\n");
    CHECK(to_text(explain("purchases + 2 * purchases < 3", shopper)) ==
          "✗ purchases + 2 × purchases < 3: is 3 (purchases = 1), less is needed\n");
    // Where the distance does not fit, there is none.
    auto extreme = shopper;
    extreme[0] = value::of_int(std::numeric_limits<std::int64_t>::min());
    CHECK_FALSE(explain("purchases > 5", extreme).whole.margin);
}

TEST_CASE("explanation: unknown names what is missing, errors name what failed, and neither hides in the rest") {
    std::vector<value> poor(7);
    poor[0] = value::of_int(1);
    CHECK(to_text(explain("city == 'Rome' || purchases > 3", poor)) == "? city is Rome or purchases > 3\n"
                                                                       "  ? city is Rome: city is missing (decides)\n"
                                                                       "  ✗ purchases > 3: is 1, more than 2 more needed\n");
    auto const failing = explain("10 / (purchases - 1) > 3 && vip", poor);
    CHECK(failing.whole.state == part_state::unknown); // unknown takes precedence
    CHECK(failing.whole.missing == std::vector<std::string>{"vip"});
    CHECK(failing.whole.parts[0].state == part_state::error);
    CHECK(failing.whole.parts[0].failed == "10 / (purchases - 1)");
    CHECK(to_text(explain("10 / (purchases - 1) > 3", poor)) == "! 10 ÷ (purchases - 1) > 3: 10 / (purchases - 1) failed\n");
    // An error that does not count is shown all the same.
    auto const absorbed = explain("purchases > 3 && 10 / (purchases - 1) > 3", poor);
    CHECK(absorbed.whole.state == part_state::is_false);
    CHECK(absorbed.whole.parts[1].state == part_state::error);
    CHECK_FALSE(absorbed.whole.parts[1].decides);
}

TEST_CASE("explanation: choices, membership, presence, values") {
    CHECK(to_text(explain("purchases > 3 ? 'gold' : vip ? 'vip' : 'none'", shopper)) ==
          "= if purchases > 3 then \"gold\", else (if vip is true then \"vip\", else \"none\"): is \"vip\"\n"
          "  ✗ purchases > 3: is 1, more than 2 more needed (decides)\n"
          "  = \"gold\": is \"gold\"\n"
          "  = if vip is true then \"vip\", else \"none\": is \"vip\" (decides)\n"
          "    ✓ vip is true (decides)\n"
          "    = \"vip\": is \"vip\" (decides)\n"
          "    = \"none\": is \"none\"\n");
    auto const in = explain("city in ['Oslo', 'Bergen']", shopper);
    CHECK(in.whole.seen == "\"Rome\"");
    CHECK(in.whole.needed == "\"Oslo\", \"Bergen\"");
    CHECK(to_text(explain("!has(customer.likes) && city.startsWith('R')", shopper)) ==
          "✓ likes is missing and city starts with \"R\"\n"
          "  ✓ likes is missing\n"
          "    ✗ likes is known\n"
          "  ✓ city starts with \"R\": city = \"Rome\"\n");
    // Folded away, and still explained.
    CHECK(explain("true || purchases > 3", shopper).whole.parts[1].state == part_state::is_false);
    std::vector<value> wrong = shopper;
    wrong[0] = value::of_string("many");
    auto const other_type = explain("purchases > 3", wrong);
    CHECK(other_type.whole.state == part_state::error);
    CHECK(other_type.whole.inputs[0].second == "of another type");
}

// Against the evaluator itself: the state of the whole and of every boolean part compiled alone, and that parts called
// deciding are enough: with every other part's variables changed the answer stays.
TEST_CASE("explanation: every part is what it is by itself") {
    std::uint64_t const seed = 11;
    std::cout << "explanation seed " << seed << '\n';
    std::mt19937_64 engine(seed);
    auto const below = [&](std::size_t n) { return engine() % n; };
    environment names;
    for (auto const* const name : {"a", "b", "c"})
        names.variable(name, int64_type);
    std::function<std::string(int)> const make = [&](int depth) -> std::string {
        if (depth == 0) {
            static char const* const leaves[] = {"a > 1", "b <= 2", "c == 0", "6 / a > 2", "has(customer.b)", "a in [1, b]", "a + b < c"};
            return leaves[below(std::size(leaves))];
        }
        switch (below(5)) {
        case 0: return "!(" + make(depth - 1) + ")";
        case 1: return "((" + make(depth - 1) + ") ? (" + make(depth - 1) + ") : (" + make(depth - 1) + "))";
        case 2:
        case 3: return "(" + make(depth - 1) + " && " + make(depth - 1) + ")";
        default: return "(" + make(depth - 1) + " || " + make(depth - 1) + ")";
        }
    };
    std::size_t parts = 0;
    for (int round = 0; round < 2'000; ++round) {
        auto const rule = compile_rule(make(3), names);
        std::array<value, 3> row;
        for (auto& v : row)
            if (below(4) != 0) v = value::of_int(static_cast<std::int64_t>(below(4)));
        auto const why = explain_rule(rule, std::span<value const>(row));
        std::function<void(explained_part const&)> const check = [&](explained_part const& part) {
            rule_scratch scratch;
            auto const alone = compile_rule(part.condition, names).evaluate(std::span<value const>(row), scratch);
            std::string const expected = alone.state == status::ok ? (alone.result.as_bool() ? "true" : "false")
                                                                   : std::string(to_string(alone.state));
            CAPTURE(why.whole.condition, part.condition);
            if (to_string(part.state) != expected) FAIL("is " << to_string(part.state) << ", alone " << expected);
            CHECK(part.missing.empty() == (part.state != part_state::unknown));
            bool decided_by_some = part.parts.empty();
            for (auto const& child : part.parts)
                decided_by_some |= child.decides;
            if (part.decides) CHECK(decided_by_some);
            ++parts;
            for (auto const& child : part.parts)
                check(child);
        };
        check(why.whole);
    }
    CHECK(parts > 10'000);
}
