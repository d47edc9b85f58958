// SPDX-License-Identifier: Apache-2.0
#include <segmenta/segmenter/customer_explanation.hpp>

#include "base/json.hpp"
#include "support/catch.hpp"

#include <segmenta/plan/plan.hpp>
#include <segmenta/record/customer_record.hpp>
#include <segmenta/segmenter/segmenter.hpp>
#include <segmenta/time/parse.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

using namespace segmenta;
using Catch::Matchers::ContainsSubstring;

namespace {

plan const shop = parse_plan(R"j({
  "segmenta": 1, "id": "shop", "zone": "Asia/Shanghai", "currency": "CNY",
  "sources": {
    "people": {"kind": "customers", "customer": "id",
               "fields": {"id": "int64", "level": "int64", "city": "category", "illness": {"type": "string", "purposes": "service"}}},
    "orders": {"fields": {"id": "int64", "at": "instant", "amount": "money"}, "customer": "id", "time": "at"}
  },
  "columns": {
    "spent": {"feature": "sum", "of": "orders", "field": "amount"},
    "big": {"rule": "spent > money('500 CNY')", "meaning": "spent much"},
    "band": {"strategy": "bands", "of": "spent", "source": "example",
             "bands": [{"id": "low", "to": 100}, {"id": "high", "from": 100}]}
  },
  "tags": {
    "gold": {"rule": "orders.within('P30D').sum('amount') >= money('1000 CNY') && level >= 3",
             "meaning": {"en": "spends much", "zh-Hans": "高消费"}, "title": {"en": "Gold", "zh-Hans": "金卡"}},
    "both": {"rule": "big && city == 'Xian'", "meaning": "m", "applies_to": "level > 0"},
    "ill": {"rule": "illness == 'flu'", "meaning": "m"}
  }
})j");

instant const now = *parse_instant("2024-06-20T12:00:00+08:00", {});

customer_record someone() {
    customer_record who{record_layout(shop.source_schema(), zone::parse("Asia/Shanghai"))};
    who.set("level", value::of_int(4));
    who.set("illness", value::of_string("flu"));
    value const row[] = {value::of_int(1), value::of_instant(now - duration::hours(24)),
                         value::of_decimal(money_type(currency("CNY"), 2), 87'000)};
    CHECK(who.insert("orders", row));
    return who;
}

} // namespace

TEST_CASE("explain: what was seen and needed, how much is short, and until when") {
    segmenter const seg = compile(shop, shop.source_schema());
    customer_record const who = someone();
    auto const why = seg.explain(who.view(), {.as_of = now}, seg.tag("gold").of, {.immutable = {"level"}});
    CHECK(why.answer.column == "tag.gold");
    CHECK(why.answer.value == "false");
    REQUIRE(why.answer.why);
    REQUIRE(why.answer.change);
    REQUIRE(why.answer.change->outcome == change_outcome::found);
    REQUIRE(why.answer.change->changes.size() == 1);
    CHECK(why.answer.change->changes[0].name == "orders.within('P30D').sum('amount')");
    auto const english = to_text(why);
    CHECK_THAT(english, ContainsSubstring("Gold (tag.gold) is false until 2024-07-19"));
    CHECK_THAT(english, ContainsSubstring("sum of amount of orders in the last 30 days"));
    CHECK_THAT(english, ContainsSubstring("870.00 CNY"));
    CHECK_THAT(english, ContainsSubstring("130.00 CNY more"));
    CHECK_THAT(english, ContainsSubstring("nearest change (before 2024-07-19T12:00:00+08:00):"));
    auto const chinese = to_text(why, "zh-Hans");
    CHECK_THAT(chinese, ContainsSubstring("130.00 CNY"));
    CHECK_THAT(chinese, ContainsSubstring("近30天"));
    CHECK_THAT(chinese, ContainsSubstring("金卡 (tag.gold):false,有效至"));
    CHECK_THAT(chinese, ContainsSubstring("含义:高消费"));
    auto const read = detail::parse_json(to_json(why));
    CHECK(read.at("column") == "tag.gold");
    CHECK(read.at("title").at("zh-Hans") == "金卡");
    CHECK(read.at("version").as_string() == seg.hash());
    CHECK(read.at("nearest_change").at("changes").at(0).at("difference") == "130.00 CNY");
    CHECK(read.at("why").at("state") == "false");
}

TEST_CASE("explain: what would decide an unknown answer, and the columns it is made of") {
    segmenter const seg = compile(shop, shop.source_schema());
    customer_record const who = someone();
    auto const why = seg.explain(who.view(), {.as_of = now}, seg.tag("both").of);
    CHECK(why.answer.state == status::unknown);
    CHECK(why.answer.deciding == std::vector<std::vector<std::string>>{{"city"}});
    REQUIRE(why.answer.made_of.size() == 1);
    CHECK(why.answer.made_of[0].column == "big");
    CHECK(text_in(why.answer.made_of[0].meanings, "en") == "spent much");
    CHECK(why.answer.made_of[0].value == "true");
    CHECK_THAT(to_text(why), ContainsSubstring("would be decided by: city"));
    REQUIRE(why.answer.applies_to);
    CHECK(why.answer.applies_to->whole.state == part_state::is_true);
    // a segment, with the reason of its mechanism
    auto const band = seg.explain(who.view(), {.as_of = now}, seg.output("band"));
    CHECK(band.answer.value == "high");
    CHECK_FALSE(band.answer.change);
}

TEST_CASE("explain: who may not know is told nothing") {
    segmenter const seg = compile(shop, shop.source_schema());
    customer_record const who = someone();
    auto const why = seg.explain(who.view(), {.as_of = now, .purpose = "marketing"}, seg.tag("ill").of);
    CHECK(why.answer.state == status::refused);
    CHECK(to_json(why).find("flu") == std::string::npos);
    CHECK(to_text(why).find("flu") == std::string::npos);
    CHECK_THAT(to_json(seg.explain(who.view(), {.as_of = now}, seg.tag("ill").of)), ContainsSubstring("flu"));
    CHECK(seg.explain(who.view(), {.as_of = now}, {}).answer.state == status::wrong_plan);
}
