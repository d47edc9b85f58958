// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"

#include <segmenta/base/random.hpp>
#include <segmenta/tag/coverage.hpp>

#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <vector>

using namespace segmenta;
using Catch::Matchers::WithinRel;

namespace {

constexpr std::uint64_t seed = 20'241'130;

tag_definition make_tag(std::string name, std::string in, std::string zh = {}, bool given = false) {
    tag_definition out;
    out.name = std::move(name);
    out.in = std::move(in);
    if (!given) out.rule = "true";
    if (!zh.empty()) out.titles = {{"zh-Hans", std::move(zh)}};
    out.meanings = {{"en", "an example"}};
    return out;
}

taxonomy world() {
    taxonomy_node tier;
    tier.name = "tier";
    tier.titles = {{"zh-Hans", "等级"}};
    tier.kind = dimension_kind::exclusive;
    tier.order = {"gold", "silver"};
    tier.otherwise = "plain";
    tier.unknown = "unclear";
    taxonomy_node interest;
    interest.name = "interest";
    interest.kind = dimension_kind::multi;
    return taxonomy({tier, interest},
                    {make_tag("gold", "tier", "金卡"), make_tag("silver", "tier", "银卡"),
                     make_tag("plain", "tier", "", true), make_tag("unclear", "tier", "未知", true),
                     make_tag("beauty", "interest"), make_tag("care", "interest"), make_tag("rare", "")});
}

bitmap rows(std::size_t from, std::size_t to) {
    bitmap out(100);
    for (std::size_t i = from; i < to; ++i)
        out.set(i);
    return out;
}

// 40 gold, 35 silver, 15 plain, 10 unknown; 60 beauty and care, 2 only care; nobody was asked about `rare`.
tag_set answers() {
    tag_set out(100);
    out.add("gold", tag_rows{rows(0, 40), [] {
                                 bitmap may = rows(0, 40);
                                 may.or_with(rows(90, 100));
                                 return may;
                             }()});
    out.add("silver", rows(40, 75));
    out.add("plain", rows(75, 90));
    out.add("unclear", rows(90, 100));
    out.add("beauty", rows(0, 60));
    out.add("care", rows(0, 62));
    out.add("stranger", rows(0, 1));
    return out;
}

std::string codes(issue_list const& issues) {
    std::string out;
    for (auto const& problem : issues)
        out += problem.code + ' ' + problem.place + '\n';
    return out;
}

} // namespace

TEST_CASE("coverage of tags and dimensions: 40 and 35 of 100 are 75 percent") {
    auto const report = coverage_of(answers(), world());
    CHECK(report.total == 100);
    CHECK(report.tags[0] == tag_coverage{"gold", 40, 90, 100, false});
    CHECK(report.tags[0].tagged_share() == 0.4);
    CHECK(report.tags[0].known_share() == 0.9);
    CHECK(report.tags[6] == tag_coverage{"rare", 0, 0, 100, true});
    REQUIRE(report.dimensions.size() == 2);
    CHECK(report.dimensions[0] == dimension_coverage{"tier", true, 75, 0, 15, 10, 0, 100});
    CHECK(report.dimensions[0].tagged_share() == 0.75);
    CHECK(report.dimensions[0].unknown_share() == 0.1);
    CHECK(report.dimensions[1] == dimension_coverage{"interest", false, 62, 60, 0, 0, 38, 100});
    CHECK(report.undefined == std::vector<std::string>{"stranger"});
    REQUIRE(report.similar.size() == 1);
    CHECK(report.similar[0].one == "beauty");
    CHECK(report.similar[0].other == "care");
    CHECK(report.similar[0].both == 60);
    CHECK(report.similar[0].either == 62);
    CHECK_THAT(report.similar[0].jaccard, WithinRel(60.0 / 62, 1e-15));
    CHECK_THAT(report.similar[0].lift, WithinRel(100.0 / 62, 1e-15));
}

TEST_CASE("a tag is of no use below half a percent, not at it; without customers nothing is") {
    taxonomy const tags({}, {make_tag("a", ""), make_tag("b", "")});
    std::vector<tag_counts> const counts{{"a", 4, 1000}, {"b", 5, 1000}};
    auto const report = coverage_of(1000, counts, tags);
    CHECK(report.tags[0].useless);
    CHECK_FALSE(report.tags[1].useless);
    CHECK_FALSE(coverage_of(1000, counts, tags, {.useless_below = 0.004}).tags[0].useless);
    CHECK_FALSE(coverage_of(tag_set(0), tags).tags[0].useless);
    CHECK(coverage_of(tag_set(0), tags).tags[0].tagged_share() == 0);
}

TEST_CASE("counts give the same report of tags and exclusive dimensions as the customers") {
    std::vector<tag_counts> const counts{{"gold", 40, 90},     {"silver", 35, 100}, {"plain", 15, 100},
                                         {"unclear", 10, 100}, {"beauty", 60, 100}, {"care", 62, 100},
                                         {"stranger", 1, 100}};
    auto const by_counts = coverage_of(100, counts, world());
    auto const by_rows = coverage_of(answers(), world());
    CHECK(by_counts.tags == by_rows.tags);
    REQUIRE(by_counts.dimensions.size() == 1);
    CHECK(by_counts.dimensions[0] == by_rows.dimensions[0]);
    CHECK(by_counts.undefined == by_rows.undefined);
    CHECK(by_counts.similar.empty());
}

TEST_CASE("counts and options that cannot be are refused together") {
    std::vector<tag_counts> const counts{{"gold", 60, 50}, {"silver", 70, 101}, {"silver", 1, 1}, {"plain", 50, 50}};
    try {
        (void)coverage_of(100, counts, world(), {.useless_below = -1, .similar_from = std::nan("")});
        FAIL("it was counted");
    } catch (issue_error const& error) {
        CHECK(codes(error.issues()) == "coverage.options useless_below\ncoverage.options similar_from\n"
                                       "coverage.counts gold\ncoverage.counts silver\ncoverage.counts silver\n"
                                       "coverage.counts tier\n");
    }
    CHECK_THROWS_AS(coverage_of(answers(), world(), {.similar_from = 0}), issue_error);
}

TEST_CASE("the report as JSON: golden text") {
    taxonomy const tags({}, {make_tag("vip", "")});
    tag_set set(8);
    set.add("vip", tag_rows{bitmap(8), bitmap(8, true)});
    CHECK(to_json(coverage_of(set, tags)) ==
          R"({"customers":8,"useless_below":0.005,"similar_from":0.95,)"
          R"("tags":[{"tag":"vip","tagged":0,"tagged_share":0.0,"known":0,"known_share":0.0,"useless":true}],)"
          R"("dimensions":[],"similar":[],"undefined":[]})");
    auto const text = to_json(coverage_of(answers(), world()), 2);
    CHECK(text.find(R"("path": "tier")") != std::string::npos);
    CHECK(text.find(R"("tagged_share": 0.75)") != std::string::npos);
}

TEST_CASE("the report as a table, in English and Chinese") {
    auto const report = coverage_of(answers(), world());
    CHECK(to_table(report, world(), "fr") == to_table(report, world()));
    CHECK(to_table(report, world(), "zh-Hans") == R"(客户数: 100

  标签    命中   覆盖率      已知  备注
  ─────────────────────────────────────
  金卡      40  40.00 %   90.00 %
  银卡      35  35.00 %  100.00 %
  plain     15  15.00 %  100.00 %
  未知      10  10.00 %  100.00 %
  beauty    60  60.00 %  100.00 %
  care      62  62.00 %  100.00 %
  rare       0   0.00 %    0.00 %  无用

  维度      命中   覆盖率  多值  均不符  未知  无值
  ─────────────────────────────────────────────────
  等级        75  75.00 %     0      15    10     0
  interest    62  62.00 %    60       0     0    38

  标签    相似  同时命中   杰卡德  提升度
  ───────────────────────────────────────
  beauty  care        60  96.77 %    1.61

未定义: stranger
)");
    CHECK(to_table(report, world(), "zh-TW").starts_with("客戶數: 100"));
    CHECK(to_table(report, world(), "en").find("  Tier") == std::string::npos); // no English title: the Chinese one
}

TEST_CASE("similar tags are those that comparing all pairs finds") {
    INFO("seed " << seed);
    random_generator random(seed);
    for (int round = 0; round < 60; ++round) {
        std::size_t const customers = 1 + random_below(random, 300);
        std::vector<tag_definition> definitions;
        std::vector<std::set<std::size_t>> holders(12);
        tag_set set(customers);
        for (std::size_t tag = 0; tag < holders.size(); ++tag) {
            definitions.push_back(make_tag("t" + std::to_string(tag), ""));
            if (tag % 3 != 0) holders[tag] = holders[tag - 1]; // some are nearly the same
            for (std::size_t i = 0; i < (tag % 3 == 0 ? customers / 2 : 3); ++i)
                holders[tag].insert(random_below(random, customers));
            bitmap holds(customers);
            for (std::size_t const row : holders[tag])
                holds.set(row);
            set.add(definitions.back().name, holds);
        }
        taxonomy const tags({}, definitions);
        double const from = 0.3 + 0.6 * random_unit(random);
        auto const report = coverage_of(set, tags, {.similar_from = from});
        std::set<std::pair<std::string, std::string>> expected;
        for (std::size_t a = 0; a < holders.size(); ++a)
            for (std::size_t b = a + 1; b < holders.size(); ++b) {
                std::set<std::size_t> either = holders[a];
                either.insert(holders[b].begin(), holders[b].end());
                auto const both = holders[a].size() + holders[b].size() - either.size();
                if (!either.empty() && static_cast<double>(both) / static_cast<double>(either.size()) >= from)
                    expected.insert({definitions[a].name, definitions[b].name});
            }
        std::set<std::pair<std::string, std::string>> found;
        for (std::size_t i = 0; i < report.similar.size(); ++i) {
            found.insert({report.similar[i].one, report.similar[i].other});
            if (i > 0) CHECK(report.similar[i - 1].jaccard >= report.similar[i].jaccard);
        }
        CAPTURE(round);
        REQUIRE(found == expected);
        auto const few = coverage_of(set, tags, {.similar_from = from, .most_similar = 2});
        REQUIRE(few.similar.size() == std::min<std::size_t>(2, expected.size()));
    }
}
