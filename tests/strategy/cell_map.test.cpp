// SPDX-License-Identifier: Apache-2.0
#include "strategy/rfm_package.hpp"
#include "strategy/strategy_test.hpp"
#include "support/catch.hpp"

#include <segmenta/base/random.hpp>
#include <segmenta/error.hpp>
#include <segmenta/strategy/cell_map.hpp>
#include <segmenta/strategy/strategy.hpp>

#include <algorithm>

using namespace segmenta;
using test::frame;

static_assert(strategy<cell_map>);

namespace {

issue_list issues_of(cell_map_options const& o) {
    issue_list issues;
    (void)cell_map::make(o, issues, "plan.json:7 /columns/segment");
    return issues;
}

std::string seen_under(issue_list const& issues, std::string_view code) {
    for (auto const& i : issues)
        if (i.code == code) return i.seen;
    return "none";
}

/// Two scores of two levels, four boxes.
cell_map_options square() {
    cell_map_options o;
    o.id = "square";
    o.reads = {"a", "b"};
    o.levels = {2, 2};
    for (std::uint8_t a = 1; a <= 2; ++a)
        for (std::uint8_t b = 1; b <= 2; ++b)
            o.segments.push_back({"s" + std::to_string(a) + std::to_string(b), {{{a, a}, {b, b}}}});
    return o;
}

} // namespace

TEST_CASE("the vignette's map: 36 cells uncovered, 42 claimed more than once, four segments unreachable",
          "[cell_map]") {
    auto const o = test::vignette_map();
    auto const cover = examine_map(o.levels, o.segments, map_order::listed);
    CHECK(cover.uncovered.size() == 36);
    CHECK(cover.multiply.size() == 42);
    CHECK(cover.unreachable == std::vector<std::string>{"new", "promising", "cant_lose", "lost"});
    // Champions, Loyal, Potential Loyalist, New, Promising, Need Attention, About To Sleep, At Risk, Can't Lose,
    // Hibernating, Lost
    CHECK(cover.cells == std::vector<std::size_t>{8, 28, 24, 0, 0, 3, 3, 20, 0, 3, 0});
    cell_map const made(o);
    CHECK(made.warnings().size() == 4);
    CHECK(made.warnings().contains("cell_map.unreachable"));
    CHECK(made.segments().size() == 12); // with the fallback

    SECTION("on the plane of recency and frequency everything is covered, 20 cells twice") {
        auto plane = o.segments;
        for (auto& s : plane)
            s.boxes[0].pop_back();
        std::vector<std::uint8_t> const levels{5, 5};
        auto const flat = examine_map(levels, plane, map_order::listed);
        CHECK(flat.uncovered.empty());
        CHECK(flat.multiply.size() == 20);
    }
    SECTION("by specificity only the segment whose box another has as well stays unreachable") {
        auto const specific = examine_map(o.levels, o.segments, map_order::specificity);
        CHECK(specific.unreachable == std::vector<std::string>{"lost"});
    }
    SECTION("without Hibernating: 36 and 39, Lost wins three cells") {
        auto const t = test::package_test_map();
        auto const c = examine_map(t.levels, t.segments, map_order::listed);
        CHECK(c.uncovered.size() == 36);
        CHECK(c.multiply.size() == 39);
        CHECK(c.cells.back() == 3);
    }
}

TEST_CASE("the README's map: ten cells uncovered, by name, and 58 overlaps", "[cell_map]") {
    auto const o = test::readme_map();
    auto const cover = examine_map(o.levels, o.segments, map_order::listed);
    CHECK(cover.uncovered ==
          std::vector<std::string>{"215", "241", "251", "252", "341", "351", "441", "451", "541", "551"});
    CHECK(cover.multiply.size() == 58);
}

TEST_CASE("a map that is not total and disjoint is refused with its cells named", "[cell_map]") {
    auto o = test::readme_map();
    o.order = map_order::disjoint;
    o.fallback.clear();
    auto const issues = issues_of(o);
    CHECK(seen_under(issues, "cell_map.uncovered") == "10 cells: 215, 241, 251, 252, 341, 351, 441, 451, 541, 551");
    CHECK(seen_under(issues, "cell_map.overlap").starts_with("58 cells: "));
    CHECK(issues[0].place == "plan.json:7 /columns/segment");
    CHECK_THROWS_AS(cell_map(o), issue_error);

    SECTION("an order alone does not fill holes") {
        o.order = map_order::listed;
        auto const left = issues_of(o);
        CHECK(left.contains("cell_map.uncovered"));
        CHECK_FALSE(left.contains("cell_map.overlap"));
    }
    SECTION("a disjoint map has no use for a fallback") {
        auto with = square();
        with.fallback = "rest";
        CHECK(issues_of(with).contains("cell_map.fallback"));
    }
}

TEST_CASE("shapes of boxes are checked, all problems at once", "[cell_map]") {
    auto o = square();
    o.segments[0].boxes[0] = {{1, 1}};
    o.segments[1].boxes[0] = {{2, 1}, {1, 1}};
    o.segments[2].boxes[0] = {{1, 3}, {1, 1}};
    o.segments[3].boxes.clear();
    o.segments[3].id = "s11";
    auto const issues = issues_of(o);
    CHECK(std::count_if(issues.begin(), issues.end(), [](issue const& i) { return i.code == "cell_map.box"; }) == 4);
    CHECK(issues.contains("cell_map.duplicate"));
    o = square();
    o.reads.pop_back();
    CHECK(issues_of(o).contains("cell_map.reads"));
    o = square();
    o.levels = {0, 2};
    CHECK(issues_of(o).contains("cell_map.levels"));
    o.levels = {255, 255, 255};
    CHECK(issues_of(o).contains("cell_map.size"));
    CHECK(issues_of(cell_map_options{}).contains("cell_map.empty"));
}

TEST_CASE("finding cells", "[cell_map]") {
    cell_map const m(square());
    frame f;
    f.whole({1, 2, 2, std::nullopt, 3, 0}).whole({2, 1, 2, 1, 1, std::nullopt});
    CHECK(test::segments_of(m, f.rows()) ==
          std::vector<std::string>{"square.s12", "square.s21", "square.s22", "<unknown>", "<error>", "<unknown>"});
    CHECK(m.describe(m.find(std::vector<std::uint8_t>{2, 1}).reason) == "cell 21: square.s21");
    CHECK(m.find(std::vector<std::uint8_t>{0, 1}).standing == status::unknown);
    CHECK(m.find(std::vector<std::uint8_t>{3, 1}).standing == status::error);
    CHECK(m.find(std::vector<std::uint8_t>{1}).standing == status::error);
    std::vector<std::uint8_t> const a{1, 2, 0, 2};
    std::vector<std::uint8_t> const b{2, 1, 1, 3};
    std::vector<std::uint8_t const*> const columns{a.data(), b.data()};
    std::vector<std::uint16_t> out(4);
    m.find_all(columns, out);
    CHECK(out == std::vector<std::uint16_t>{1, 2, no_segment, no_segment});
    auto const text = m.to_json();
    CHECK(cell_map::from_json(text).to_json() == text);
    CHECK_THROWS_AS(cell_map::from_json(test::replaced(text, "s12", "s13")), issue_error);
}

TEST_CASE("random maps against a search through all boxes", "[cell_map]") {
    for (std::uint64_t seed = 1; seed < 60; ++seed) {
        random_generator random(seed);
        cell_map_options o;
        o.order = seed % 2 == 0 ? map_order::listed : map_order::specificity;
        std::size_t const dimensions = 1 + random_below(random, 3);
        for (std::size_t d = 0; d < dimensions; ++d) {
            o.levels.push_back(static_cast<std::uint8_t>(1 + random_below(random, d == 0 ? 11 : 5)));
            o.reads.push_back("d" + std::to_string(d));
        }
        std::size_t const segments = 1 + random_below(random, 12);
        for (std::size_t s = 0; s < segments; ++s) {
            map_segment one{"s" + std::to_string(s), {}};
            for (std::size_t b = 0; b <= random_below(random, 3); ++b) {
                cell_box box;
                for (auto const l : o.levels) {
                    auto low = static_cast<std::uint8_t>(1 + random_below(random, l));
                    auto high = static_cast<std::uint8_t>(1 + random_below(random, l));
                    box.push_back({std::min(low, high), std::max(low, high)});
                }
                one.boxes.push_back(box);
            }
            o.segments.push_back(one);
        }
        o.fallback = seed % 3 == 0 ? "s0" : "rest";
        cell_map const m(o);
        std::vector<std::uint8_t> scores(dimensions, 1);
        for (;;) {
            std::vector<std::pair<std::size_t, std::size_t>> matching; // size of the smallest box, segment
            for (std::size_t s = 0; s < segments; ++s) {
                std::size_t smallest = 0;
                for (auto const& box : o.segments[s].boxes) {
                    std::size_t cells = 1;
                    bool inside = true;
                    for (std::size_t d = 0; d < dimensions; ++d) {
                        inside = inside && scores[d] >= box[d].low && scores[d] <= box[d].high;
                        cells *= static_cast<std::size_t>(box[d].high - box[d].low + 1);
                    }
                    if (inside && (smallest == 0 || cells < smallest)) smallest = cells;
                }
                if (smallest != 0) matching.emplace_back(o.order == map_order::listed ? 0 : smallest, s);
            }
            std::size_t winner = o.fallback == "s0" ? 0 : segments;
            if (!matching.empty()) winner = std::min_element(matching.begin(), matching.end())->second;
            std::uint64_t also = 0;
            for (auto const& [size, s] : matching)
                if (s != winner) also |= std::uint64_t{1} << s;
            auto const found = m.find(scores);
            REQUIRE(found.segment == winner);
            REQUIRE(found.also_matched == also);
            std::size_t d = 0;
            while (d < dimensions && ++scores[d] > o.levels[d])
                scores[d++] = 1;
            if (d == dimensions) break;
        }
    }
}
