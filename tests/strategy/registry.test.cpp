// SPDX-License-Identifier: Apache-2.0
#include "strategy/strategy_test.hpp"
#include "support/catch.hpp"

#include "base/json.hpp"

#include <segmenta/error.hpp>
#include <segmenta/strategy/registry.hpp>
#include <segmenta/strategy/value.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>

using namespace segmenta;
using test::frame;

namespace {

strategy_use use(std::string kind, std::string parameters, std::vector<std::string> reads = {"x"}) {
    strategy_use out;
    out.kind = std::move(kind);
    out.scheme = "s";
    out.reads = std::move(reads);
    out.parameters = std::move(parameters);
    out.place = "plan.json:3 /columns/s";
    return out;
}

struct expectation {
    strategy_use use;
    std::string code;
    std::string place;
};

} // namespace

TEST_CASE("what is wrong with parameters is said with its place", "[registry]") {
    auto const registry = strategy_registry::core();
    std::vector<expectation> const bad{
        {use("quantile", "{}"), "strategy.unknown_kind", ""},
        {use("quantile_score", R"({"bin": 5})"), "quantile_score.key", "/bin"},
        {use("quantile_score", R"({"bins": 1})"), "quantile_score.value", "/bins"},
        {use("quantile_score", R"({"bins": "five"})"), "quantile_score.value", "/bins"},
        {use("quantile_score", R"({"direction": "down"})"), "quantile_score.value", "/direction"},
        {use("quantile_score", R"({"method": "fixed", "cuts": [1], "bins": 5})"), "quantile_score.conflict", "/bins"},
        {use("quantile_score", R"({"method": "fixed"})"), "quantile_score.missing_key", ""},
        {use("quantile_score", R"({"cuts": [1]})"), "quantile_score.conflict", "/cuts"},
        {use("quantile_score", R"({"type": 10})"), "quantile_score.value", "/type"},
        {use("quantile_score", "{}", {"a", "b"}), "quantile_score.reads", ""},
        {use("quantile_score", "[]"), "quantile_score.value", ""},
        {use("quantile_score", R"({"bins": 5)"), "json.syntax", ""},
        {use("bands", R"({"bands": [{"id": "a", "to": 1}, {"id": "b", "from": 2}]})"), "bands.gap", "/bands/1 (b)"},
        {use("bands", R"({"bands": [{"id": "a", "up_to": 1}]})"), "bands.key", "/bands/0/up_to"},
        {use("bands", "{}"), "bands.missing_key", ""},
        {use("cell_map", R"({"map": "rf_nine"})", {"r", "f"}), "cell_map.value", "/map"},
        {use("cell_map", R"({"map": "rf_ten"})", {"r"}), "cell_map.reads", ""},
        {use("cell_map", R"({"map": "rf_ten", "levels": [5, 5]})", {"r", "f"}), "cell_map.conflict", "/levels"},
        {use("cell_map", R"({"levels": [2], "segments": [{"id": "a", "boxes": [[1]]}]})"), "cell_map.uncovered", ""},
        {use("cell_map", R"({"levels": [2], "segments": [{"id": "a", "boxes": [1]}]})"), "cell_map.value",
         "/segments/0/boxes"},
        {use("stages", R"({"limits": "own_gaps", "active_days": 3})", {}), "stages.conflict", "/active_days"},
        {use("stages", R"({"active_days": 90})", {}), "stages.limits", ""},
        {use("stages", "{}", {"as_of_day"}), "stages.reads", ""},
        {use("lookup", R"({"table": {"a": ["x"], "b": ["x"]}})"), "lookup.duplicate", "/table"},
        {use("share_bands", R"({"shares": [80, 95]})"), "share_bands.shares", "/shares"},
        {use("weighted_score", R"({"weights": [1, 2]})"), "weighted_score.reads", ""},
        {use("best_of", R"({"least": 1})", {"a", "b"}), "best_of.fallback", ""},
        {use("nested_score", R"({"directions": ["up"]})"), "nested_score.value", "/directions"},
        {use("level_stages", R"({"levels": [{"id": "a"}, {"id": "b"}]})", {}), "level_stages.levels", "/levels/0 (a)"},
        {use("leaving_reasons", R"({"survey": 1})"), "leaving_reasons.value", "/survey"},
    };
    for (auto const& b : bad) {
        issue_list issues;
        auto const outline = registry.check(b.use, issues);
        INFO(b.use.kind << " " << b.use.parameters << "\n" << issues.to_string());
        CHECK_FALSE(outline);
        auto const at = std::find_if(issues.begin(), issues.end(), [&](issue const& i) { return i.code == b.code; });
        REQUIRE(at != issues.end());
        if (b.code != "json.syntax") CHECK(at->place == b.use.place + b.place);
        if (b.code != "strategy.unknown_kind") CHECK_THROWS_AS(registry.fit(b.use, {}), issue_error);
    }
}

TEST_CASE("every core mechanism is made from a plan, used, saved and loaded", "[registry]") {
    auto const registry = strategy_registry::core();
    frame f;
    f.whole({1, 2, 3, 4}).real({1.5, 2.5, 9.0, 0.5}).texts({"a", "b", "c", "a"});
    f.days({100, 100, 100, 100}).days({99, 60, 1, 100}).days({90, std::nullopt, std::nullopt, 1});
    struct made {
        strategy_use use;
        std::vector<std::size_t> columns;
        std::vector<std::string> expected;
    };
    std::string const levels =
        R"({"levels": [{"id": "few", "most_orders": 2, "active_days": 10, "warning_days": 50}, {"id": "many", "active_days": 5, "warning_days": 7}], "dead_days": 70})";
    std::vector<made> const all{
        {use("quantile_score", R"({"bins": 2, "type": 6, "ties": "midrank"})"), {0}, {"s.1", "s.1", "s.2", "s.2"}},
        {use("quantile_score", R"({"bins": 2, "ties": "rank_first"})"), {0}, {"s.1", "s.1", "s.2", "s.2"}},
        {use("quantile_score", R"({"method": "median", "segments": ["low", "high"]})"),
         {1},
         {"s.low", "s.high", "s.high", "s.low"}},
        {use("nested_score", R"({"bins": 2, "directions": ["ascending"]})"), {0}, {"s.1", "s.1", "s.2", "s.2"}},
        {use("bands", R"({"ends": "both", "bands": [{"id": "a", "to": 2}, {"id": "b", "from": 3}]})"),
         {0},
         {"s.a", "s.a", "s.b", "s.b"}},
        {use("share_bands", R"({"shares": [0.5], "segments": ["top", "rest"]})"),
         {1},
         {"s.rest", "s.rest", "s.top", "s.rest"}},
        {use("cell_map",
             R"({"levels": [4], "order": "listed", "fallback": "z", "segments": [{"id": "a", "boxes": [[[1, 2]], [4]]}]})"),
         {0},
         {"s.a", "s.a", "s.z", "s.a"}},
        {use("lookup", R"({"table": {"one": "a", "two": ["b"]}, "fallback": "rest"})"),
         {2},
         {"s.one", "s.two", "s.rest", "s.one"}},
        {use("weighted_score", R"({"weights": [1, 2], "cuts": [6.5], "segments": ["low", "high"]})", {"x", "y"}),
         {0, 1},
         {"s.low", "s.high", "s.high", "s.low"}},
        {use("best_of", "{}", {"x", "y"}), {0, 1}, {"s.y", "s.y", "s.y", "s.x"}},
        {use("stages", R"({"dead_days": 95})", {}), {3, 0, 4, 5}, {"s.new", "s.silent", "s.dead", "s.reactivated"}},
        {use("level_stages", levels, {}), {3, 0, 4}, {"s.few_active", "s.few_warning", "s.many_dead", "s.many_active"}},
        {use("leaving_reasons", R"({"reasons": ["service"]})", {"last", "complaint"}),
         {4, 5},
         {"s.service", "s.unexplained", "s.unexplained", "s.unexplained"}},
    };
    for (auto const& m : all) {
        INFO(m.use.kind << " " << m.use.parameters);
        issue_list issues;
        auto const outline = registry.check(m.use, issues);
        REQUIRE(outline);
        REQUIRE(outline->reads.size() == m.columns.size());
        std::vector<column_view> views;
        for (auto const c : m.columns)
            views.push_back(f[c]);
        block const rows{4, views};
        for (std::size_t i = 0; i < views.size(); ++i)
            CHECK(accepts(outline->inputs[i], views[i].what));
        auto const s = registry.fit(m.use, rows);
        CHECK(s.id() == "s");
        CHECK(std::equal(s.reads().begin(), s.reads().end(), outline->reads.begin(), outline->reads.end()));
        REQUIRE(s.segments().size() == outline->segments.size());
        for (std::size_t i = 0; i < s.segments().size(); ++i)
            CHECK(s.segments()[i].id == outline->segments[i]);
        CHECK(s.is_population() == (outline->scope == column_scope::population));
        std::vector<assignment> answers(4);
        s.assign_everyone(rows, {}, answers);
        std::vector<std::string> ids;
        for (auto const& a : answers) {
            ids.push_back(test::segment_of(s, a));
            CHECK_FALSE(s.describe(a.reason).empty());
        }
        CHECK(ids == m.expected);
        auto const text = s.to_json();
        REQUIRE(text);
        auto const loaded = registry.load(m.use, *text);
        CHECK(loaded.to_json() == text);
        std::vector<assignment> again(4);
        loaded.assign_everyone(rows, {}, again);
        CHECK(again == answers);
        auto other = m.use;
        other.scheme = "t";
        CHECK_THROWS_AS(registry.load(other, *text), issue_error);
        CHECK_THROWS_AS(registry.load(m.use, test::replaced(*text, "\"version\":1", "\"version\":9")), issue_error);
    }
}

TEST_CASE("a host registers a mechanism of its own", "[registry]") {
    auto registry = strategy_registry::core();
    strategy_kind own;
    own.name = "parity";
    own.check = [](strategy_use const& u, issue_list&) {
        strategy_outline out;
        out.reads = u.reads;
        out.inputs = {input_kind::whole};
        out.segments = {u.scheme + ".even", u.scheme + ".odd"};
        return std::optional(out);
    };
    own.fit = [](strategy_use const& u, block const&, std::span<std::uint32_t const>) {
        return make_strategy(u.scheme, u.reads, {{u.scheme + ".even", 0}, {u.scheme + ".odd", 1}},
                             [](block const& rows, std::size_t row) {
                                 assignment a;
                                 a.segment = rows.columns[0].as<std::int64_t>()[row] % 2 == 0 ? 0 : 1;
                                 return a;
                             });
    };
    registry.add(own);
    CHECK_THROWS_AS(registry.add(own), issue_error);
    frame f;
    f.whole({1, 2});
    CHECK(test::segments_of(registry.make(use("parity", "{}")), f.rows()) ==
          std::vector<std::string>{"s.odd", "s.even"});
    CHECK(registry.find("parity") != nullptr);
    CHECK(registry.find("oddity") == nullptr);
    CHECK(to_string(input_kind::whole) == "a whole number (int64)");
}

TEST_CASE("docs/strategies.md describes every mechanism, and its examples are accepted", "[registry]") {
    auto const registry = strategy_registry::core();
    auto const page = test::text_of_file(std::filesystem::path(SEGMENTA_SOURCE_DIR) / "docs" / "strategies.md");
    REQUIRE_FALSE(page.empty());
    std::map<std::string, int> examples;
    std::string_view const mark = "```json strategy\n";
    for (auto at = page.find(mark); at != std::string::npos; at = page.find(mark, at + 1)) {
        auto const begin = at + mark.size();
        auto object = detail::parse_json(page.substr(begin, page.find("```", begin) - begin)).as_object();
        strategy_use u = use(std::string(object.at("strategy").as_string()), "", {});
        if (auto const* of = object.if_contains("of")) {
            if (of->is_string())
                u.reads.emplace_back(of->get_string());
            else
                for (auto const& name : of->as_array())
                    u.reads.emplace_back(name.as_string());
        }
        object.erase("strategy");
        object.erase("of");
        u.parameters = detail::write_json(object);
        ++examples[u.kind];
        issue_list issues;
        auto const outline = registry.check(u, issues);
        INFO(u.kind << " " << u.parameters << "\n" << issues.to_string());
        CHECK(outline);
    }
    for (auto const& kind : registry.kinds()) {
        INFO(kind.name);
        CHECK(examples[kind.name] > 0);
        auto const section = page.find("\n## " + kind.name + "\n");
        REQUIRE(section != std::string::npos);
        // a table of keys that names each one the mechanism's own examples use
        CHECK(page.find("| key | default | meaning |", section) != std::string::npos);
    }
}
