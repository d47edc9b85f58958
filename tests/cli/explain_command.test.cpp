// SPDX-License-Identifier: Apache-2.0
#include "cli/command.hpp"
#include "support/catch.hpp"

using namespace segmenta;
using namespace segmenta::test;
using Catch::Matchers::ContainsSubstring;

namespace {

constexpr std::string_view shop = R"j({
  "segmenta": 1, "id": "shop", "currency": "CNY", "zone": "Asia/Shanghai",
  "sources": {
    "people": {"kind": "customers", "fields": {"id": "int64", "age": "int64", "city": {"type": "string", "purposes": "service"}}, "customer": "id"},
    "orders": {"fields": {"id": "int64", "at": "instant", "amount": "money"}, "customer": "id", "time": "at"}
  },
  "tags": {
    "gold": {"rule": "orders.within('P30D').sum('amount') >= money('1000 CNY') && age >= 18", "meaning": "spends much"},
    "local": {"rule": "city == 'Xian'", "meaning": "lives here"}
  }
})j";
constexpr std::string_view ann = R"j({"age": 30, "city": "Xian", "orders": [{"at": "2024-06-19T12:00:00+08:00", "amount": "870.00"}]})j";

} // namespace

TEST_CASE("segmenta explain: why, until when, and what would change it") {
    scratch_directory const where;
    where.write("shop.json", shop);
    where.write("ann.json", ann);
    std::string const asked = "explain shop.json --customer ann.json --as-of 2024-06-20 ";
    auto const all = run_command(where, asked);
    CHECK(all.code == 0);
    CHECK_THAT(all.out, ContainsSubstring("tag.gold is false until 2024-07-19T12:00:00+08:00"));
    CHECK_THAT(all.out, ContainsSubstring("130.00 CNY more"));
    CHECK_THAT(all.out, ContainsSubstring("tag.local is true"));
    auto const one = run_command(where, asked + "--column gold --immutable age --json");
    auto const read = detail::parse_json(one.out);
    CHECK(read.at("column").as_string() == "tag.gold");
    CHECK(read.at("nearest_change").at("changes").at(0).at("difference").as_string() == "130.00 CNY");
    auto const chinese = run_command(where, asked + "--column gold --locale zh-Hans");
    CHECK_THAT(chinese.out, ContainsSubstring("\xE5\xB7\xAE 130.00 CNY")); // 差
    auto const piped = run_command(where, "explain shop.json --customer - --as-of 2024-06-20 --column gold < ann.json");
    CHECK_THAT(piped.out, ContainsSubstring("tag.gold is false"));
}

TEST_CASE("segmenta explain: what may not be told is not told, and slips are said") {
    scratch_directory const where;
    where.write("shop.json", shop);
    where.write("ann.json", ann);
    where.write("bad.json", R"j({"age": "old", "orders": 3})j");
    std::string const asked = "explain shop.json --customer ann.json --as-of 2024-06-20 ";
    auto const refused = run_command(where, asked + "--column local --purpose marketing");
    CHECK_THAT(refused.out, ContainsSubstring("refused"));
    CHECK(refused.out.find("Xian") == std::string::npos);
    where.write("slip.json", R"j({"id": 1, "agee": 30, "orders": [{"at": "2024-06-19T12:00:00+08:00", "amuont": "870.00"}]})j");
    auto const slip = run_command(where, "explain shop.json --customer slip.json --as-of 2024-06-20 --column gold");
    CHECK(slip.code == 0);
    CHECK_THAT(slip.err, ContainsSubstring("/agee: the plan knows no such field") && ContainsSubstring("Did you mean age?"));
    CHECK_THAT(slip.err, ContainsSubstring("/orders/0/amuont") && ContainsSubstring("Did you mean amount?"));
    CHECK(slip.err.find("/id") == std::string::npos);
    CHECK(run_command(where, asked).err == "");
    CHECK_THAT(run_command(where, asked + "--column glod").err, ContainsSubstring("segmenter.unknown_output"));
    CHECK(run_command(where, "explain shop.json --customer ann.json --as-of soon").code == 2);
    CHECK(run_command(where, asked + "--locale fr").code == 2);
    auto const bad = run_command(where, "explain shop.json --customer bad.json --as-of 2024-06-20");
    CHECK(bad.code == 1);
    CHECK_THAT(bad.err, ContainsSubstring("/age"));
    CHECK_THAT(bad.err, ContainsSubstring("/orders"));
    CHECK(run_command(where, "explain shop.json --customer none.json --as-of 2024-06-20").code == 1);
}
