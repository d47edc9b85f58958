// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"

#include <segmenta/tag/taxonomy.hpp>

#include <algorithm>
#include <set>
#include <string>

using namespace segmenta;

namespace {

tag_definition tag(std::string name, std::string in, std::string rule = "true") {
    tag_definition out;
    out.name = std::move(name);
    out.in = std::move(in);
    out.rule = std::move(rule);
    out.meanings = {{"en", "an example"}};
    return out;
}

taxonomy_node node(std::string name, std::vector<taxonomy_node> children = {}) {
    taxonomy_node out;
    out.name = std::move(name);
    out.children = std::move(children);
    return out;
}

// One exclusive dimension "tier": gold before silver before bronze, else plain, else unclear.
taxonomy tiers() {
    auto tier = node("tier");
    tier.kind = dimension_kind::exclusive;
    tier.order = {"gold", "silver", "bronze"};
    tier.otherwise = "plain";
    tier.unknown = "unclear";
    return taxonomy({node("value", {tier})},
                    {tag("bronze", "value/tier"), tag("unclear", "value/tier", ""), tag("gold", "value/tier"),
                     tag("plain", "value/tier", ""), tag("silver", "value/tier")});
}

issue_list issues_of(std::vector<taxonomy_node> roots, std::vector<tag_definition> tags) {
    issue_list issues;
    auto const made = taxonomy::make(std::move(roots), std::move(tags), issues, "shop.json");
    CHECK(made.has_value() == !issues.has_errors());
    return issues;
}

std::size_t count(issue_list const& issues, std::string_view code) {
    return static_cast<std::size_t>(
        std::count_if(issues.begin(), issues.end(), [&](issue const& i) { return i.code == code; }));
}

} // namespace

TEST_CASE("a taxonomy of five levels and more: paths, levels, tags below") {
    auto const roots =
        std::vector{node("a", {node("b", {node("c", {node("d", {node("e", {node("f")})})}), node("x")})}), node("z")};
    taxonomy const made(roots,
                        {tag("t", "a/b/c/d/e/f"), tag("u", "a/b/x"), tag("v", ""), tag("w", "z"), tag("s", "a")});
    CHECK(made.size() == 8);
    CHECK(made.depth() == 6);
    auto const deep = made.find_node("a/b/c/d/e/f");
    REQUIRE(deep);
    CHECK(made.level(*deep) == 6);
    CHECK(made.path(*deep) == "a/b/c/d/e/f");
    CHECK(made.node(*deep).name == "f");
    CHECK(made.path(made.parent(*deep).value()) == "a/b/c/d/e");
    CHECK_FALSE(made.parent(0));
    CHECK_FALSE(made.find_node("a/c"));
    CHECK_FALSE(made.find_node(""));
    CHECK(made.path_of_tag(0) == "a/b/c/d/e/f/t");
    CHECK(made.path_of_tag(2) == "v");
    CHECK_FALSE(made.node_of_tag(2));
    CHECK(made.tags_below(*made.find_node("a")) == std::vector<std::size_t>{0, 1, 4});
    CHECK(made.tags_below(*made.find_node("a/b")) == std::vector<std::size_t>{0, 1});
    CHECK(made.tags_at(*made.find_node("a")) == std::vector<std::size_t>{4});
    CHECK(made.tags_below(*made.find_node("z")) == std::vector<std::size_t>{3});
    CHECK(made.find_tag("u") == 1U);
    CHECK_FALSE(made.find_tag("a"));
    CHECK(made.dimensions().empty());
    CHECK_FALSE(made.dimension_of_tag(0));

    taxonomy const none;
    CHECK(none.size() == 0);
    CHECK(none.depth() == 0);
    CHECK(none.tags().empty());
    taxonomy const copy = made; // NOLINT: copies share
    CHECK(&copy.node(0) == &made.node(0));
}

TEST_CASE("a dimension's values are in its order") {
    taxonomy const made = tiers();
    REQUIRE(made.dimensions().size() == 1);
    auto const& tier = made.dimensions()[0];
    CHECK(made.path(tier.node) == "value/tier");
    CHECK(tier.exclusive);
    CHECK(tier.values == std::vector<std::size_t>{2, 4, 0});
    CHECK(tier.otherwise == 3U);
    CHECK(tier.unknown == 1U);
    CHECK(made.dimension_of_tag(1) == 0U);
}

TEST_CASE("all problems of a taxonomy are said at once") {
    auto tier = node("tier");
    tier.kind = dimension_kind::exclusive;
    tier.order = {"gold", "gold", "platinum"};
    tier.otherwise = "plain";
    tier.unknown = "gone";
    auto group = node("group");
    group.order = {"a"};
    group.unknown = "b";
    auto manual = tag("hand", "", "true");
    manual.kind = tag_kind::manual;
    auto kept = tag("kept", "");
    kept.refresh = tag_refresh::keep;
    kept.meanings.clear();
    auto const issues = issues_of({node("value", {tier, tier}), group, node("a/b")},
                                  {tag("gold", "value/tier"), tag("silver", "value/tier"), tag("plain", "value/tier"),
                                   tag("silver", "value/teir"), tag("", "group"), tag("empty", "", ""), manual, kept});
    INFO(issues.to_string());
    CHECK(count(issues, "tag.duplicate_name") == 2); // value/tier and silver
    CHECK(count(issues, "tag.bad_name") == 2);
    CHECK(count(issues, "tag.unknown_place") == 1);
    CHECK(count(issues, "tag.no_rule") == 1);
    CHECK(count(issues, "tag.manual_rule") == 1);
    CHECK(count(issues, "tag.never_ends") == 1);
    CHECK(count(issues, "tag.no_meaning") == 1);
    CHECK(issues.contains("tag.order"));
    CHECK(issues.contains("tag.otherwise"));
    auto const misplaced =
        std::find_if(issues.begin(), issues.end(), [](issue const& i) { return i.code == "tag.unknown_place"; });
    CHECK(misplaced->place == "shop.json silver");
    CHECK(misplaced->remedy == "Did you mean value/tier?");
    CHECK_THROWS_AS(taxonomy({node("a"), node("a")}), issue_error);
}

TEST_CASE("what may be wrong with an order") {
    auto const with = [](auto change) {
        auto tier = node("tier");
        tier.kind = dimension_kind::exclusive;
        tier.order = {"gold", "silver"};
        tier.otherwise = "plain";
        change(tier);
        return issues_of({tier, node("other")}, {tag("gold", "tier"), tag("silver", "tier"), tag("plain", "tier", ""),
                                                 tag("elsewhere", "other")});
    };
    CHECK(with([](taxonomy_node&) {}).empty());
    CHECK(count(with([](taxonomy_node& n) { n.order = {"gold"}; }), "tag.order") == 1);
    CHECK(count(with([](taxonomy_node& n) { n.order.push_back("gold"); }), "tag.order") == 1);
    CHECK(count(with([](taxonomy_node& n) { n.order.push_back("elsewhere"); }), "tag.order") == 1);
    CHECK(count(with([](taxonomy_node& n) { n.order.push_back("plain"); }), "tag.order") == 1);
    CHECK(count(with([](taxonomy_node& n) { n.kind = dimension_kind::multi; }), "tag.order") == 1);
    CHECK(count(with([](taxonomy_node& n) { n.unknown = "plain"; }), "tag.otherwise") == 1);
    CHECK(count(with([](taxonomy_node& n) { n.unknown = "elsewhere"; }), "tag.otherwise") == 1);
    CHECK(count(with([](taxonomy_node& n) { n.otherwise = "gold"; }), "tag.otherwise") == 1); // it has a rule
}

TEST_CASE("a taxonomy deeper than sixteen levels is refused, sixteen are not") {
    auto chain = node("n16");
    for (int i = 15; i >= 1; --i)
        chain = node("n" + std::to_string(i), {chain});
    CHECK(taxonomy({chain}).depth() == 16);
    auto const issues = issues_of({node("n0", {chain})}, {});
    REQUIRE(issues.size() == 1);
    CHECK(issues[0].code == "tag.too_deep");
    auto endless = node("n");
    for (int i = 0; i < 2000; ++i)
        endless = node("n", {std::move(endless)});
    CHECK(count(issues_of({endless}, {}), "tag.too_deep") == 1);
}

TEST_CASE("the default taxonomy has three branches, in three languages") {
    taxonomy const made(default_taxonomy());
    REQUIRE(made.roots().size() == 3);
    CHECK(text_in(made.roots()[0].titles, "zh-Hans") == "基础属性");
    CHECK(text_in(made.roots()[1].titles, "zh-Hans") == "价值属性");
    CHECK(text_in(made.roots()[2].titles, "zh-Hans") == "行为属性");
    for (std::size_t i = 0; i < made.size(); ++i) {
        std::set<std::string> locales;
        for (auto const& [locale, text] : made.node(i).titles)
            if (!text.empty()) locales.insert(locale);
        CHECK(locales == std::set<std::string>{"en", "zh-Hans", "zh-Hant"});
    }
    CHECK(made.find_node("behavior/interest"));
}

// An answer is what all ways to fill in the unknown answers agree on.
TEST_CASE("settling says exactly what every completion of the unknown answers agrees on") {
    taxonomy const made = tiers();
    auto const& tier = made.dimensions()[0];
    auto const truth = [&](std::vector<std::optional<bool>> const& known) { // nothing unknown
        std::optional<std::size_t> winner = tier.otherwise;
        for (auto at = tier.values.rbegin(); at != tier.values.rend(); ++at)
            if (known[*at] == true) winner = *at;
        return *winner;
    };
    for (int code = 0; code < 27; ++code) {
        std::vector<std::optional<bool>> answers(5);
        std::vector<std::size_t> open;
        for (int i = 0, rest = code; i < 3; ++i, rest /= 3) {
            if (rest % 3 == 2)
                open.push_back(tier.values[i]);
            else
                answers[tier.values[i]] = rest % 3 == 1;
        }
        std::set<std::size_t> winners;
        for (unsigned fill = 0; fill < 1U << open.size(); ++fill) {
            auto filled = answers;
            for (std::size_t i = 0; i < open.size(); ++i)
                filled[open[i]] = ((fill >> i) & 1U) != 0;
            winners.insert(truth(filled));
        }
        settle(made, answers);
        CAPTURE(code);
        for (std::size_t const t : {std::size_t{0}, std::size_t{2}, std::size_t{3}, std::size_t{4}}) {
            std::optional<bool> expected;
            if (winners.count(t) == 0)
                expected = false;
            else if (winners.size() == 1)
                expected = true;
            CHECK(answers[t] == expected);
        }
        CHECK(answers[*tier.unknown] == (winners.size() > 1));
    }
}

TEST_CASE("a dimension of several values keeps its answers and says when nothing holds") {
    auto interests = node("interest");
    interests.kind = dimension_kind::multi;
    interests.otherwise = "nothing";
    interests.unknown = "unclear";
    taxonomy const made({interests}, {tag("beauty", "interest"), tag("sport", "interest"),
                                      tag("nothing", "interest", ""), tag("unclear", "interest", "")});
    using row = std::vector<std::optional<bool>>;
    auto const settled = [&](std::optional<bool> beauty, std::optional<bool> sport) {
        row answers{beauty, sport, std::nullopt, std::nullopt};
        settle(made, answers);
        return answers;
    };
    CHECK(settled(true, true) == row{true, true, false, false});
    CHECK(settled(true, std::nullopt) == row{true, std::nullopt, false, false});
    CHECK(settled(false, false) == row{false, false, true, false});
    CHECK(settled(false, std::nullopt) == row{false, std::nullopt, std::nullopt, true});
}
