// SPDX-License-Identifier: Apache-2.0
#include "rule/support.hpp"
#include "support/catch.hpp"

#include <segmenta/rule/lint.hpp>

#include <algorithm>
#include <array>
#include <iostream>
#include <map>
#include <random>
#include <string>
#include <vector>

using namespace segmenta;

namespace {

environment make_names() {
    environment names;
    names.variable("x", int64_type);
    names.variable("y", int64_type);
    names.variable("r", float64_type);
    names.variable("spent", money_type(currency("CNY"), 2));
    names.variable("city", category_type);
    names.variable("vip", boolean_type);
    names.variable("day", date_type);
    names.variable("at", instant_type);
    names.variable("seen", instant_type);
    names.variable("likes", category_set_type);
    return names;
}

// `code: seen` of each warning, in order.
std::vector<std::string> findings(issue_list const& issues) {
    std::vector<std::string> out;
    for (auto const& found : issues) {
        CHECK(found.level == severity::warning);
        CHECK_FALSE(found.remedy.empty());
        out.push_back(found.code + (found.seen.empty() ? "" : ": " + found.seen));
    }
    return out;
}

std::vector<std::string> lint(std::string_view text) {
    static environment const names = make_names();
    issue_list issues;
    CHECK(lint_rule(compile_rule(text, names), issues, "here"));
    return findings(issues);
}

struct listed {
    char const* name;
    char const* rule;
};

issue_list lint_list(std::vector<listed> const& rules, rule_relation relation, bool whole = false) {
    static environment const names = make_names();
    std::vector<named_rule> made;
    for (auto const& r : rules)
        made.push_back({r.name, std::string("/") + r.name, compile_rule(r.rule, names)});
    issue_list issues;
    CHECK(lint_rules(made, relation, issues, whole));
    return issues;
}

using found = std::vector<std::string>;

} // namespace

TEST_CASE("lint: contradictions, with the fewest conditions that exclude each other") {
    CHECK(lint("x > 5 && x < 3") == found{"rule.never_true: x > 5, x < 3"});
    CHECK(lint("x > 5 && vip && x < 3") == found{"rule.never_true: x > 5, x < 3"});
    // The inverted band of a published course: between(100000, 19999).
    CHECK(lint("spent >= money('100000 CNY') && spent <= money('19999 CNY')") ==
          found{"rule.never_true: spent >= money('100000 CNY'), spent <= money('19999 CNY')"});
    CHECK(lint("city == 'a' && city == 'b'") == found{"rule.never_true: city == 'a', city == 'b'"});
    CHECK(lint("city in ['a', 'b'] && !(city in ['a', 'b', 'c'])") ==
          found{"rule.never_true: city in ['a', 'b'], !(city in ['a', 'b', 'c'])"});
    CHECK(lint("!has(customer.x) && x > 3") == found{"rule.never_true: !has(customer.x), x > 3"});
    CHECK(lint("vip && !vip") == found{"rule.never_true: vip, !vip"});
    CHECK(lint("day < date('2024-01-01') && day > date('2024-06-30')").size() == 1);
    CHECK(lint("r * 2.0 > 10.0 && r < 4.0") == found{"rule.never_true: r * 2.0 > 10.0, r < 4.0"});
    CHECK(lint("x + 3 > 10 && 2 * x < 5") == found{"rule.never_true: x + 3 > 10, 2 * x < 5"});
    CHECK(lint("at < seen && !(at < seen)") == found{"rule.never_true: at < seen, !(at < seen)"});
    CHECK(lint("city == 'ab' && city.startsWith('b')") == found{"rule.never_true: city == 'ab', city.startsWith('b')"});
    CHECK(lint("'a' in likes && !('a' in likes)").size() == 1);
    CHECK(lint("vip || x > 5 && x < 3") == found{"rule.never_true: x > 5, x < 3"}); // redundant only when x is known
    CHECK(lint("x > 5 && x < 7 && x != 6") == found{"rule.never_true: x > 5, x < 7, x != 6"});
    CHECK(lint("customer.?x.orValue(0) > 3 && !has(customer.x)").size() == 1);
}

// Read a variable that the compiled rule does not ask for, and crashed: found by random schemas.
TEST_CASE("lint: a loop over a set behind what is never true") {
    CHECK_NOTHROW(lint("false && likes.exists(t, t < city)"));
    CHECK_NOTHROW(lint("x > 1 && (false ? likes.all(t, t >= city) : vip)"));
}

TEST_CASE("lint: what is always true when it is known") {
    CHECK(lint("x > 3 || x < 5") == found{"rule.always_true: x > 3, x < 5"});
    CHECK(lint("city != 'a' || city != 'b'") == found{"rule.always_true: city != 'a', city != 'b'"});
    CHECK(lint("has(customer.x) || !has(customer.x)") == found{"rule.always_true: has(customer.x), !has(customer.x)"});
    CHECK(lint("x >= -9223372036854775807 - 1") == found{"rule.always_true: x >= -9223372036854775807 - 1"});
    CHECK(lint("x > 3 || x < 3").empty()); // not 3
    CHECK(lint("true").empty());           // as the rule for the rest
    CHECK(lint("r > 3.0 || r <= 3.0") == found{"rule.always_true: r > 3.0, r <= 3.0"});
}

TEST_CASE("lint: conditions that change nothing") {
    CHECK(lint("x > 5 && x > 3") == found{"rule.redundant_condition: x > 3, x > 5"});
    CHECK(lint("x > 5 || x > 3") == found{"rule.redundant_condition: x > 5, x > 3"});
    CHECK(lint("vip && x > 5 && vip") == found{"rule.redundant_condition: vip, vip"});
    CHECK(lint("city in ['a', 'b'] && city != 'c'") ==
          found{"rule.redundant_condition: city != 'c', city in ['a', 'b']"});
    CHECK(lint("x > 5 && y > 3").empty());
    // Without has() the rule is unknown where x is missing, with it false: not the same.
    CHECK(lint("has(customer.x) && x > 5").empty());
    CHECK(lint("vip && (x > 5 || !vip)").empty()); // x > 5 where vip is true, and unknown where vip is
}

TEST_CASE("lint: branches that nothing comes to") {
    CHECK(lint("x >= 100 ? 'vip' : x >= 1000 ? 'svip' : 'none'") ==
          found{"rule.unreachable_branch: x >= 100, x >= 1000"});
    CHECK(lint("x >= 1000 ? 'svip' : x >= 100 ? 'vip' : 'none'").empty());
    CHECK(lint("x > 5 ? 1 : x <= 5 ? 2 : 3") == found{"rule.unreachable_branch: x > 5, x <= 5"});
    CHECK(lint("(x > 5 && x < 3) ? 1 : 2") == found{"rule.never_true: x > 5, x < 3"});
}

TEST_CASE("lint: a warning says where, what and what to do") {
    static environment const names = make_names();
    issue_list issues;
    lint_rule(compile_rule("x > 5 && x < 3", names), issues, "shop.json:3 /tags/vip");
    REQUIRE(issues.size() == 1);
    CHECK(issues[0].place == "shop.json:3 /tags/vip 1:12");
    CHECK(issues[0].message == "the rule can never be true: these exclude each other");
    CHECK(issues[0].remedy ==
          "Drop one of them, or join them by || where either is meant.\n  | x > 5 && x < 3\n  | ...........^");
}

TEST_CASE("lint: vip before svip never lets svip come") {
    auto const wrong = lint_list({{"vip", "spent >= money('100 CNY')"}, {"svip", "spent >= money('1000 CNY')"}},
                                 rule_relation::first_match);
    REQUIRE(wrong.size() == 1);
    CHECK(wrong[0].code == "rule.unreachable_value");
    CHECK(wrong[0].place == "/svip");
    CHECK(wrong[0].message == "svip never comes: whenever it is true, the earlier vip is");
    CHECK(wrong[0].seen == "vip: spent >= money('100 CNY'); svip: spent >= money('1000 CNY')");
    CHECK(wrong[0].remedy == "Put svip before vip.");
    CHECK(lint_list({{"svip", "spent >= money('1000 CNY')"}, {"vip", "spent >= money('100 CNY')"}},
                    rule_relation::first_match)
              .empty());
    // Two earlier ones together.
    auto const both =
        lint_list({{"low", "x < 5"}, {"high", "x >= 5"}, {"other", "y > 0"}, {"rest", "x == 7 || x == 2"}},
                  rule_relation::first_match);
    REQUIRE(both.size() == 1);
    CHECK(both[0].message == "rest never comes: whenever it is true, one of the earlier low, high is");
}

TEST_CASE("lint: rules that say the same, and rules that include one another") {
    CHECK(findings(lint_list({{"a", "x > 3 && y > 2"}, {"b", "2 < y && x >= 4"}}, rule_relation::independent)) ==
          found{"rule.duplicate_rule: a: x > 3 && y > 2; b: 2 < y && x >= 4"});
    auto const implied = lint_list({{"a", "x > 3"}, {"b", "x > 3 && vip"}, {"c", "y > 3"}}, rule_relation::independent);
    CHECK(findings(implied) == found{"rule.implied_rule: a: x > 3; b: x > 3 && vip"});
    CHECK(implied[0].message == "whenever b is true, a is true as well");
    CHECK(lint_list({{"a", "x > 3"}, {"b", "!(x <= 3) && (vip || !vip)"}}, rule_relation::independent).size() == 1);
    CHECK(lint_list({{"a", "x > 3"}, {"b", "x > 2 && x != 3"}}, rule_relation::independent).size() == 1);
    // A rule that never holds is said by lint_rule and implies nothing.
    CHECK(lint_list({{"a", "x > 3"}, {"b", "x > 5 && x < 4"}}, rule_relation::independent).empty());
}

TEST_CASE("lint: overlapping bands and gaps between them come with an example") {
    // 极度/较/一般 敏感 of a published course: >= 1, 0.4 to 1, 0.1 to 0.3.
    std::vector<listed> const bands{{"extreme", "r >= 1.0"},
                                    {"rather", "r >= 0.4 && r < 1.0"},
                                    {"normal", "r >= 0.1 && r <= 0.3"},
                                    {"none", "r < 0.1"}};
    auto const gap = lint_list(bands, rule_relation::exclusive, true);
    REQUIRE(findings(gap) == found{"rule.gap"});
    CHECK(gap[0].message.find("no rule is true for r = 0.3") == 0);
    auto const overlap =
        lint_list({{"1-49", "x >= 1 && x <= 49"}, {"49-99", "x >= 49 && x < 100"}}, rule_relation::exclusive);
    REQUIRE(overlap.size() == 1);
    CHECK(overlap[0].code == "rule.overlap");
    CHECK(overlap[0].message == "1-49 and 49-99 can be true at once: x = 49");
    CHECK(lint_list({{"a", "x < 5"}, {"b", "x >= 5"}}, rule_relation::exclusive, true).empty());
    auto const money_gap = lint_list({{"a", "spent < money('10.00 CNY')"}, {"b", "spent > money('10.00 CNY')"}},
                                     rule_relation::exclusive, true);
    REQUIRE(money_gap.size() == 1);
    CHECK(money_gap[0].message == "no rule is true for spent = 10.00 CNY");
    auto const cities =
        lint_list({{"a", "city in ['x', 'y']"}, {"b", "city in ['y', 'z']"}}, rule_relation::exclusive, true);
    REQUIRE(cities.size() == 2);
    CHECK(cities[0].message == "a and b can be true at once: city = \"y\"");
}

TEST_CASE("lint: limits are kept, and said") {
    static environment const names = make_names();
    issue_list issues;
    lint_limits tiny;
    tiny.steps_per_rule = 3;
    CHECK_FALSE(lint_rule(compile_rule("x > 5 && x < 3 && y > 2 && vip", names), issues, {}, tiny));
    std::vector<named_rule> many(4, {"a", "", compile_rule("x > 3", names)});
    tiny.most_pairs = 2;
    CHECK_FALSE(lint_rules(many, rule_relation::independent, issues, false, tiny));
}

// --- never falsely
// ------------------------------------------------------------------------------------------------
namespace {

// All rows over a small domain, missing values included.
class small_world {
public:
    small_world() {
        names_.variable("x", int64_type);
        names_.variable("y", int64_type);
        names_.variable("c", category_type);
        names_.variable("b", boolean_type);
        names_.variable("r", float64_type);
        value const numbers[] = {value{},          value::of_int(-1), value::of_int(0), value::of_int(1),
                                 value::of_int(2), value::of_int(3),  value::of_int(4)};
        value const texts[] = {value{},
                               value::of_string("a"),
                               value::of_string("b"),
                               value::of_string("c"),
                               value::of_string("bb"),
                               value::of_string("")};
        value const truths[] = {value{}, value::of_bool(false), value::of_bool(true)};
        value const reals[] = {value{}, value::of_double(0.5), value::of_double(1), value::of_double(2),
                               value::of_double(2.5)};
        for (auto const x : numbers)
            for (auto const y : numbers)
                for (auto const c : texts)
                    for (auto const b : truths)
                        for (auto const r : reals)
                            rows_.push_back({x, y, c, b, r});
    }
    [[nodiscard]] environment const& names() const { return names_; }
    [[nodiscard]] std::string answers(program const& rule) const {
        std::string out;
        rule_scratch scratch;
        for (auto const& row : rows_) {
            auto const made = rule.evaluate(std::span<value const>(row), scratch);
            out += made.state == status::unknown ? 'u'
                   : made.state != status::ok    ? 'e'
                   : made.result.as_bool()       ? 't'
                                                 : 'f';
        }
        return out;
    }

private:
    environment names_;
    std::vector<std::array<value, 5>> rows_;
};

class rule_maker {
public:
    explicit rule_maker(std::uint64_t seed) : engine_(seed) {}
    std::size_t below(std::size_t n) { return engine_() % n; }
    std::string number() { return std::to_string(below(6)); }
    std::string leaf() {
        static char const* const relations[] = {"<", "<=", ">", ">=", "==", "!="};
        std::string const relation = std::string(" ") + relations[below(6)] + " ";
        switch (below(15)) {
        case 0:
        case 1: return "x" + relation + number();
        case 2: return "y" + relation + number();
        case 3: return "x in [" + number() + ", " + number() + "]";
        case 4: return "c == 'a'";
        case 5: return "c in ['a', 'b']";
        case 6: return "b";
        case 7: return "has(customer.x)";
        case 8: return "customer.?x.orValue(2)" + relation + number();
        case 9: return "r" + relation + (below(2) == 0 ? "2.0" : "1.5");
        case 10: return "x" + relation + "y";
        case 11: return "c.startsWith('b')";
        case 12: return "c < 'b'";
        case 13: return "2 - x * 3" + relation + number();
        default: return "x % 2 == 0";
        }
    }
    std::string make(int depth) {
        if (depth == 0 || below(4) == 0) return leaf();
        switch (below(6)) {
        case 0: return "!(" + make(depth - 1) + ")";
        case 1: return "((" + make(depth - 1) + ") ? (" + make(depth - 1) + ") : (" + make(depth - 1) + "))";
        case 2:
        case 3: return "(" + make(depth - 1) + " && " + make(depth - 1) + ")";
        default: return "(" + make(depth - 1) + " || " + make(depth - 1) + ")";
        }
    }

private:
    std::mt19937_64 engine_;
};

bool has_char(std::string const& text, char c) { return text.find(c) != std::string::npos; }

} // namespace

TEST_CASE("lint: what it says of one rule holds for every row, and of simple rules nothing is overlooked") {
    std::uint64_t const seed = 5;
    std::cout << "lint seed " << seed << '\n';
    static small_world const world;
    rule_maker maker(seed);
    std::map<std::string, std::size_t> reported;
    std::size_t known = 0;
    for (int round = 0; round < 3'000; ++round) {
        std::string const text = maker.make(3);
        auto const rule = compile_rule(text, world.names());
        auto const answers = world.answers(rule);
        issue_list issues;
        lint_rule(rule, issues);
        for (auto const& issue : issues) {
            ++reported[issue.code];
            CAPTURE(text, issue.message, issue.seen);
            bool const whole = issue.message.starts_with("the rule");
            if (issue.code == "rule.never_true" && whole) CHECK_FALSE(has_char(answers, 't'));
            if (issue.code == "rule.always_true" && whole) CHECK_FALSE(has_char(answers, 'f'));
            if (issue.code == "rule.never_true" && !whole && issue.seen.find(", ") == std::string::npos)
                CHECK_FALSE(has_char(world.answers(compile_rule(issue.seen, world.names())), 't'));
        }
        bool const never = !has_char(answers, 't') && issues.contains("rule.never_true");
        known += never ? 1 : 0;
    }
    for (auto const& [code, count] : reported)
        std::cout << "  " << code << ' ' << count << '\n';
    CHECK(reported["rule.never_true"] > 100);
    CHECK(reported["rule.always_true"] > 50);
    CHECK(reported["rule.redundant_condition"] > 100);
    CHECK(known > 10);
}

TEST_CASE("lint: a condition called redundant can be left out") {
    static small_world const world;
    rule_maker maker(6);
    std::size_t tried = 0;
    for (int round = 0; round < 4'000; ++round) {
        std::vector<std::string> parts;
        for (std::size_t i = 2 + maker.below(3); i-- > 0;)
            parts.push_back(maker.make(1));
        std::string const word = maker.below(2) == 0 ? " && " : " || ";
        auto const join = [&](std::vector<std::string> const& of) {
            std::string out;
            for (auto const& part : of)
                out += (out.empty() ? "(" : word + "(") + part + ")";
            return out;
        };
        auto const rule = compile_rule(join(parts), world.names());
        issue_list issues;
        lint_rule(rule, issues);
        for (auto const& issue : issues) {
            if (issue.code != "rule.redundant_condition") continue;
            // Which part it is: the first of `seen`, in canonical form.
            for (std::size_t i = parts.size(); i-- > 0;) {
                auto const canonical = to_string(parse_expression(parts[i]));
                if (issue.seen != canonical && !issue.seen.starts_with(canonical + ", ")) continue;
                auto fewer = parts;
                fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
                ++tried;
                CAPTURE(join(parts), issue.seen);
                CHECK(world.answers(rule) == world.answers(compile_rule(join(fewer), world.names())));
                break;
            }
            break; // later ones are redundant beside what is left
        }
    }
    CHECK(tried > 300);
}

TEST_CASE("lint: what it says of two rules holds for every row") {
    static small_world const world;
    rule_maker maker(7);
    std::map<std::string, std::size_t> reported;
    for (int round = 0; round < 2'000; ++round) {
        std::vector<named_rule> rules;
        std::vector<std::string> answers;
        for (char const* const name : {"A", "B", "C"}) {
            rules.push_back({name, name, compile_rule(maker.make(2), world.names())});
            answers.push_back(world.answers(rules.back().rule));
        }
        auto const implies = [&](std::size_t a, std::size_t b) {
            for (std::size_t r = 0; r < answers[a].size(); ++r)
                if (answers[a][r] == 't' && answers[b][r] != 't') return false;
            return true;
        };
        for (auto const relation : {rule_relation::independent, rule_relation::first_match, rule_relation::exclusive}) {
            issue_list issues;
            lint_rules(rules, relation, issues, true);
            for (auto const& issue : issues) {
                ++reported[issue.code];
                CAPTURE(issue.message, issue.seen);
                std::size_t const later = static_cast<std::size_t>(issue.place[0] - 'A');
                if (issue.code == "rule.duplicate_rule") {
                    bool some = false;
                    for (std::size_t i = 0; i < later; ++i)
                        some |= implies(i, later) && implies(later, i);
                    CHECK(some);
                }
                if (issue.code == "rule.implied_rule") {
                    std::size_t const narrow = static_cast<std::size_t>(issue.message[9] - 'A');
                    std::size_t const wide = static_cast<std::size_t>(issue.message[20] - 'A');
                    CHECK(implies(narrow, wide));
                }
                if (issue.code == "rule.unreachable_value")
                    for (std::size_t r = 0; r < answers[later].size(); ++r) {
                        bool earlier = false;
                        for (std::size_t i = 0; i < later; ++i)
                            earlier |= answers[i][r] == 't';
                        if (answers[later][r] == 't' && !earlier) FAIL("it comes");
                    }
            }
        }
    }
    for (auto const* const code :
         {"rule.duplicate_rule", "rule.implied_rule", "rule.unreachable_value", "rule.overlap", "rule.gap"}) {
        CAPTURE(code);
        CHECK(reported[code] > 20);
    }
}

TEST_CASE("lint: lists and macros are taken as conditions that may come to anything") {
    environment names;
    names.variable("tags", category_set_type);
    names.variable("age", int64_type);
    auto const said = [&](std::string_view text) {
        issue_list issues;
        lint_rule(compile_rule(text, names), issues, "t");
        return issues.to_string();
    };
    CHECK(said("tags.exists(t, t == 'a') && tags.exists(t, t == 'b')") == "");
    CHECK(said("tags.map(t, size(t)).exists(n, n > age) && age > 3") == "");
    CHECK(said("tags.exists(t, size(t) > age) && !tags.exists(t, size(t) > age + 1)") == "");
    CHECK(said("[age, 3].exists(x, x > 5)").find("error") == std::string::npos);
    CHECK(said("tags.exists(t, t == 'a') && age > 5 && age < 3") != "");
}
