// SPDX-License-Identifier: Apache-2.0
#include "model/figure_checks.hpp"

using namespace segmenta;
using namespace segmenta::test;

TEST_CASE("figure checks: what nobody asked for is listed, and what is left out for nothing") {
    expected_figures const file(expected_figures::document{
        R"({"rows": 3, "note": "", "a": {"iv": 0.5, "edges": [1, 2], "definition": "", "of=x": {"n": 1}}})"});
    CHECK(file.at("rows").count() == 3);
    CHECK(file.unread() == figures_left_out{"note", "a/iv", "a/edges", "a/definition", "a/of=x/n"});
    CHECK(file.unread({"note", "a"}) == figures_left_out{});
    CHECK(file.at("a").at("edges").numbers() == std::vector<double>{1, 2});
    CHECK(file.unread({"*/definition", "*/note"}) == figures_left_out{"a/iv", "a/of=x/n"});
    CHECK(file.at("a").unread({"definition", "of"}) == figures_left_out{"iv", "of=x/n", "of leaves nothing out"});
    CHECK(file.at("a").at("of=x").at("n").number() == 1);
    CHECK(file.at("a").at("iv").number() == 0.5);
    CHECK(file.unread({"note", "a/definition", "a/iv"}) == figures_left_out{"a/iv leaves nothing out"});
}
