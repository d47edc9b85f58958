// SPDX-License-Identifier: Apache-2.0
#include "rule/bound_names.hpp"

#include "support/catch.hpp"

#include <segmenta/rule/expression.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace segmenta;

namespace {

/// The names that are left, in alphabetical order.
std::string columns_of(std::string_view text) {
    auto const rule = parse_expression(text);
    auto const bound = detail::bound_names(rule.tree());
    std::vector<std::string> names;
    for (std::size_t i = 0; i < bound.size(); ++i)
        if (rule.tree().nodes[i].kind == detail::syntax_kind::name && !bound[i]) names.push_back(rule.tree().nodes[i].text);
    std::sort(names.begin(), names.end());
    std::string out;
    for (auto const& name : names)
        out += (out.empty() ? "" : " ") + name;
    return out;
}

} // namespace

TEST_CASE("names that a macro gives are no columns", "[rule]") {
    CHECK(columns_of("a + b") == "a b");
    CHECK(columns_of("tags.exists(t, t == a)") == "a tags");
    CHECK(columns_of("t.exists(t, t == a) || t") == "a t t"); // the range and what follows are outside
    CHECK(columns_of("xs.all(i, v, v > i && i > n)") == "n xs");
    CHECK(columns_of("xs.map(x, x > 1, ys.filter(y, y > x + n))") == "n xs ys");
    CHECK(columns_of("xs.transformMapEntry(k, v, k > 0, {v: k})") == "xs");
    CHECK(columns_of("cel.bind(s, s + 1, s > n)") == "n s"); // the value is outside
    CHECK(columns_of("customer.?age.optMap(x, x + .x).orValue(0)") == "customer x");
    CHECK(columns_of("xs.exists(x, x.field == y.x)") == "xs y");
    CHECK(columns_of("cel.x + cel.bind(a, 1, a)") == "cel");
}
