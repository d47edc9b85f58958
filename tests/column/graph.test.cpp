// SPDX-License-Identifier: Apache-2.0
#include <segmenta/column/graph.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <random>
#include <set>

using namespace segmenta;

namespace {

column_node node(std::string name, std::vector<std::string> reads = {}, column_origin origin = column_origin::rule) {
    column_node made;
    made.place = "plan.json:1 /columns/" + name;
    made.name = std::move(name);
    made.reads = std::move(reads);
    made.origin = origin;
    return made;
}

column_node feature(std::string name, history_need need) {
    column_node made = node(std::move(name), {}, column_origin::feature);
    made.time_dependent = need.whole || !need.windows.empty();
    made.histories.push_back(std::move(need));
    return made;
}

std::vector<std::string> names(column_graph const& graph, std::span<std::uint32_t const> indices) {
    std::vector<std::string> result;
    for (auto const i : indices)
        result.push_back(graph[i].name);
    return result;
}

std::uint32_t at(column_graph const& graph, std::string_view name) {
    return static_cast<std::uint32_t>(graph.find(name).value());
}

using list = std::vector<std::string>;

} // namespace

TEST_CASE("columns are ordered after what they read, and otherwise as they were defined") {
    column_graph const graph({node("segment", {"r", "f"}), node("f", {"orders"}), node("r", {"recency"}),
                              node("recency"), node("orders"), node("vip", {"segment", "recency", "segment"})});
    CHECK(names(graph, graph.order()) == list{"recency", "r", "orders", "f", "segment", "vip"});
    CHECK(names(graph, graph.reads(at(graph, "vip"))) == list{"segment", "recency"});
    CHECK(names(graph, graph.read_by(at(graph, "recency"))) == list{"r", "vip"});
    std::vector<std::uint32_t> const outputs{at(graph, "r"), at(graph, "r")};
    CHECK(names(graph, graph.required_for(outputs)) == list{"recency", "r"});
    CHECK(names(graph, graph.affected_by(at(graph, "f"))) == list{"f", "segment", "vip"});
    CHECK_FALSE(graph.find("nobody"));
    CHECK(column_graph{}.order().empty());
}

TEST_CASE("scopes and dependence on time are inherited from what is read") {
    auto recency = feature("recency", {"orders", {}, {}, true});
    auto rank = node("f", {"frequency"}, column_origin::strategy);
    rank.scope = column_scope::population;
    auto score = node("r", {"recency"}, column_origin::strategy);
    score.scope = column_scope::fitted;
    column_graph const graph({node("age", {}, column_origin::attribute), recency, node("frequency"), rank, score,
                              node("segment", {"r", "f"}), node("adult", {"age"})});
    auto const segment = at(graph, "segment");
    CHECK(graph.reaches(segment, column_scope::population));
    CHECK(graph.reaches(segment, column_scope::fitted));
    CHECK_FALSE(graph.reaches(segment, column_scope::prior));
    CHECK(graph.time_dependent(segment));
    CHECK_FALSE(graph.reaches(at(graph, "r"), column_scope::population));
    CHECK_FALSE(graph.time_dependent(at(graph, "f")));
    CHECK_FALSE(graph.time_dependent(at(graph, "adult")));
}

TEST_CASE("required fields name each attribute once and the histories with their windows") {
    auto age = node("age", {}, column_origin::attribute);
    age.definition = 7;
    auto city = node("city", {}, column_origin::attribute);
    city.definition = 2;
    column_graph const graph({age, city, feature("spent", {"orders", {"amount"}, {"P90D"}, false}),
                              feature("big", {"orders", {"amount", "brand"}, {"P30D"}, false}),
                              feature("views", {"events", {"kind"}, {}, true}),
                              node("vip", {"age", "spent", "city", "big"}), node("all", {"vip", "views", "spent"})});
    std::vector<std::uint32_t> outputs{at(graph, "vip")};
    CHECK(graph.fields_for(outputs) ==
          required_fields{{"city", "age"}, {{"orders", {"amount", "brand"}, {"P30D", "P90D"}, false}}});
    outputs = {at(graph, "all")};
    CHECK(graph.fields_for(outputs).histories.size() == 2);
    CHECK(graph.fields_for(outputs).histories[0].history == "events");

    std::vector<history_need> needs{{"orders", {"amount"}, {"P90D"}, false}};
    merge(needs, {"orders", {"amount", "brand"}, {}, true});
    CHECK(needs == std::vector<history_need>{{"orders", {"amount", "brand"}, {}, true}});
    merge(needs, {"orders", {}, {"P9D"}, false});
    CHECK(needs[0].windows.empty());
}

TEST_CASE("all problems of a graph are reported at once, with the path of each cycle") {
    issue_list issues;
    auto const graph =
        column_graph::build({node("a", {"b"}), node("b", {"c", "mone"}), node("c", {"a"}), node("money"), node("money"),
                             node("x", {"y"}), node("y", {"x"}), node("after", {"a", "x"}), node("self", {"self"})},
                            issues);
    CHECK_FALSE(graph);
    list cycles;
    for (auto const& i : issues)
        if (i.code == "column.cycle") cycles.push_back(i.seen);
    CHECK(cycles == list{"a -> b -> c -> a", "x -> y -> x", "self -> self"});
    REQUIRE(issues.contains("column.unknown"));
    REQUIRE(issues.contains("column.duplicate"));
    for (auto const& i : issues) {
        if (i.code == "column.unknown") {
            CHECK(i.place == "plan.json:1 /columns/b");
            CHECK(i.seen == "mone");
            CHECK(i.remedy == "Did you mean money?");
        }
    }
    CHECK_THROWS_AS(column_graph({node("self", {"self"})}), issue_error);
}

TEST_CASE("a long chain and a wide fan are no problem") {
    std::vector<column_node> nodes;
    nodes.push_back(node("n0"));
    for (int i = 1; i < 100'000; ++i)
        nodes.push_back(node("n" + std::to_string(i), {"n" + std::to_string(i - 1)}));
    column_graph const graph(nodes);
    CHECK(graph.order().back() == 99'999);
    std::vector<std::uint32_t> const last{99'999};
    CHECK(graph.required_for(last).size() == 100'000);

    nodes.front().reads = {"n99999"};
    issue_list issues;
    CHECK_FALSE(column_graph::build(std::move(nodes), issues));
    CHECK(issues.size() == 1);
}

TEST_CASE("random graphs agree with a naive closure") {
    auto const seed = GENERATE(range(1U, 40U));
    CAPTURE(seed);
    std::mt19937 random(seed);
    std::size_t const size = 1 + random() % 40;
    // reads point along a hidden permutation, so there is no cycle
    std::vector<std::size_t> hidden(size);
    for (std::size_t i = 0; i < size; ++i)
        hidden[i] = i;
    for (std::size_t i = size; i > 1; --i)
        std::swap(hidden[i - 1], hidden[random() % i]);
    std::vector<column_node> nodes(size);
    std::vector<std::set<std::uint32_t>> reads(size);
    for (std::size_t i = 0; i < size; ++i) {
        nodes[i] = node("n" + std::to_string(i));
        nodes[i].scope = static_cast<column_scope>(random() % 4);
        for (std::size_t j = 0; j < size; ++j) {
            if (hidden[j] >= hidden[i] || random() % 5 != 0) continue;
            nodes[i].reads.push_back("n" + std::to_string(j));
            reads[i].insert(static_cast<std::uint32_t>(j));
        }
    }
    column_graph const graph(nodes);

    std::vector<std::size_t> position(size);
    for (std::size_t i = 0; i < size; ++i)
        position[graph.order()[i]] = i;
    for (std::size_t i = 0; i < size; ++i)
        for (auto const read : reads[i])
            CHECK(position[read] < position[i]);

    for (std::uint32_t output = 0; output < size; ++output) {
        std::set<std::uint32_t> closure{output};
        for (bool grown = true; grown;) {
            grown = false;
            for (auto const member : std::set<std::uint32_t>(closure))
                for (auto const read : reads[member])
                    grown = closure.insert(read).second || grown;
        }
        std::vector<std::uint32_t> const outputs{output};
        auto const required = graph.required_for(outputs);
        CHECK(std::set<std::uint32_t>(required.begin(), required.end()) == closure);
        CHECK(std::is_sorted(required.begin(), required.end(),
                             [&](auto a, auto b) { return position[a] < position[b]; }));
        for (int scope = 0; scope < 4; ++scope) {
            bool const expected = std::any_of(closure.begin(), closure.end(), [&](auto member) {
                return nodes[member].scope == static_cast<column_scope>(scope);
            });
            CHECK(graph.reaches(output, static_cast<column_scope>(scope)) == expected);
        }
    }
}
