// SPDX-License-Identifier: Apache-2.0
#include <segmenta/plan/lineage.hpp>

#include "support/catch.hpp"

#include <segmenta/plan/plan.hpp>

using namespace segmenta;
using Catch::Matchers::ContainsSubstring;
using list = std::vector<std::string>;

TEST_CASE("lineage: which tags read a field, and what a tag is made of") {
    plan const shop = parse_plan(R"j({"segmenta": 1, "id": "shop", "currency": "CNY", "sources": {
        "people": {"kind": "customers", "fields": {"id": "int64", "age": "int64", "city": "category"}, "customer": "id"},
        "orders": {"fields": {"id": "int64", "at": "instant", "amount": "money", "brand": "category"},
                   "customer": "id", "time": "at"}},
        "columns": {"spent": {"feature": "sum", "of": "orders", "field": "amount", "where": "brand != 'x'"},
                    "rich": "spent > money('100 CNY')"},
        "tags": {"vip": {"rule": "rich && age > 20", "meaning": "m"},
                 "local": {"rule": "city == 'Xi\\'an' && !tag.vip", "meaning": "m"},
                 "buyer": {"rule": "orders.where(o, o.brand == 'y').count() > 1", "meaning": "m"}}})j");
    auto const resolved = resolve(shop, shop.source_schema());
    CHECK(readers_of(resolved, "orders.amount") == list{"spent", "rich", "tag.vip", "tag.local"});
    CHECK(readers_of(resolved, "age") == list{"tag.vip", "tag.local"});
    CHECK(readers_of(resolved, "tag.vip") == list{"tag.local"});
    CHECK(readers_of(resolved, "tag.local").empty());
    CHECK(readers_of(resolved, "orders.brand") ==
          list{"spent", "rich", "tag.vip", "tag.local", "orders.where(row, row.brand == 'y').count()", "tag.buyer"});
    CHECK(readers_of(resolved, "orders").size() == 6);
    CHECK_THROWS_WITH(readers_of(resolved, "orders.amuont"), ContainsSubstring("Did you mean orders.amount?"));

    auto const vip = lineage_of(resolved, "tag.vip");
    CHECK(vip.fields == list{"age", "orders.amount", "orders.brand"});
    CHECK(vip.columns == list{"spent", "rich"});
    CHECK(lineage_of(resolved, "age").fields == list{"age"});
    CHECK_THROWS_WITH(lineage_of(resolved, "tag.vpi"), ContainsSubstring("Did you mean tag.vip?"));
}
