// SPDX-License-Identifier: Apache-2.0
#include "cli/command.hpp"
#include "support/catch.hpp"

using namespace segmenta;
using namespace segmenta::test;
using Catch::Matchers::ContainsSubstring;

namespace {

constexpr std::string_view shop = R"j({
  "segmenta": 1, "id": "shop", "currency": "CNY",
  "sources": {
    "people": {"kind": "customers", "fields": {"id": "int64", "age": "int64"}, "customer": "id"},
    "orders": {"fields": {"id": "int64", "at": "instant", "amount": "money"}, "customer": "id", "time": "at"}
  },
  "tags": {
    "gold": {"rule": "orders.within('P90D').sum('amount') > money('500 CNY')", "owner": "crm",
             "meaning": {"en": "spends much", "zh-Hans": "高消费"}, "title": {"en": "Gold", "zh-Hans": "金牌"}},
    "silver": {"rule": "orders.count() > 2", "meaning": "comes often"},
    "adult": {"rule": "age >= 18 && !tag.gold", "meaning": "of age"},
    "called": {"kind": "manual", "meaning": "was called"}
  },
  "taxonomy": {"value": {"children": {"tier": {"dimension": "exclusive", "order": ["gold", "silver"], "unknown": "tier_unknown"}}}}
})j";

} // namespace

TEST_CASE("segmenta tags: the catalogue of a plan in English and Chinese, and which tags read a field") {
    scratch_directory const where;
    where.write("shop.json", shop);
    auto const english = run_command(where, "tags shop.json");
    CHECK(english.code == 0);
    CHECK_THAT(english.out, ContainsSubstring("value/tier/gold (Gold)"));
    CHECK_THAT(english.out, ContainsSubstring("meaning: spends much"));
    CHECK_THAT(english.out, ContainsSubstring("reads: orders.amount"));
    CHECK_THAT(english.out, ContainsSubstring("rule: age \xE2\x89\xA5 18 and Gold is false"));
    CHECK_THAT(english.out, ContainsSubstring("5 tags"));
    auto const chinese = run_command(where, "tags shop.json --locale zh-Hans");
    CHECK_THAT(chinese.out, ContainsSubstring("\xE5\x90\xAB\xE4\xB9\x89: \xE9\xAB\x98\xE6\xB6\x88\xE8\xB4\xB9"));
    auto const readers = run_command(where, "tags shop.json --reads orders.amount --json");
    CHECK(readers.code == 0);
    auto const read = detail::parse_json(readers.out);
    std::vector<std::string> names;
    for (auto const& tag : read.at("tags").as_array())
        names.emplace_back(tag.at("name").as_string());
    CHECK(names == std::vector<std::string>{"gold", "silver", "adult", "tier_unknown"});
}

TEST_CASE("segmenta tags: what it cannot say is said") {
    scratch_directory const where;
    where.write("shop.json", shop);
    CHECK_THAT(run_command(where, "tags shop.json --reads orders.amuont").err, ContainsSubstring("Did you mean orders.amount?"));
    CHECK(run_command(where, "tags shop.json --locale fr").code == 2);
    CHECK(run_command(where, "tags").code == 2);
    CHECK(run_command(where, "tags none.json").code == 1);
}
