// SPDX-License-Identifier: Apache-2.0
// From answers about a customer to what is remembered of the customer's tags.
#include "support/catch.hpp"

#include <segmenta/plan/plan.hpp>
#include <segmenta/record/customer_record.hpp>
#include <segmenta/segmenter/segmenter.hpp>

using namespace segmenta;

namespace {

plan const shop = parse_plan(R"j({
  "segmenta": 1, "id": "shop", "zone": "Asia/Shanghai",
  "sources": {
    "people": {"kind": "customers", "fields": {"id": "int64", "level": "int64", "city": "category"}, "customer": "id"},
    "orders": {"fields": {"id": "int64", "at": "instant"}, "customer": "id", "time": "at"}
  },
  "tags": {
    "svip": {"rule": "level >= 8", "meaning": "m"}, "vip": {"rule": "level >= 5", "meaning": "m"},
    "recent": {"rule": "orders.within('P7D').count() > 0", "meaning": "m", "valid_for": "P30D", "refresh": "keep"},
    "home": {"column": "city", "meaning": "m"},
    "called": {"kind": "manual", "meaning": "m"}
  },
  "taxonomy": {"tier": {"dimension": "exclusive", "order": ["svip", "vip"], "unknown": "tier_unknown"}}
})j");

instant const day{1'720'000'000'000'000};

std::vector<std::string> tags_of(tag_change_set const& next) {
    std::vector<std::string> out;
    for (auto const& held : next.state.held(next.state.as_of(), shop.tag_taxonomy()))
        out.emplace_back(held.tag());
    return out;
}

struct fixture {
    segmenter seg = compile(shop, shop.source_schema());
    customer_record who{record_layout(shop.source_schema(), zone::parse("Asia/Shanghai"))};
    classification now = seg.make_classification();

    tag_change_set advance(tag_state const& state, instant at) {
        seg.classify(who.view(), {.as_of = at, .outputs = seg.tag_outputs()}, now);
        return seg.advance_tags(state, now);
    }
};

} // namespace

TEST_CASE("tags are given, kept while they are valid, and taken away") {
    fixture shopper;
    shopper.who.set("level", value::of_int(6));
    shopper.who.set("city", value::of_string("Xi'an"));
    value const row[] = {value::of_int(1), value::of_instant(day - duration::hours(24))};
    CHECK(shopper.who.insert("orders", row));
    auto const first = shopper.advance({}, day);
    CHECK(tags_of(first) == std::vector<std::string>{"home", "recent", "vip"});
    CHECK(first.entered.size() == 3);
    // a week later nothing was bought, and the tag stays until its 30 days are over
    auto const second = shopper.advance(first.state, day + duration::hours(24 * 10));
    CHECK(tags_of(second) == std::vector<std::string>{"home", "recent", "vip"});
    CHECK(second.left.empty());
    auto const third = shopper.advance(second.state, day + duration::hours(24 * 31));
    CHECK(tags_of(third) == std::vector<std::string>{"home", "vip"});
    REQUIRE(third.left.size() == 1);
    CHECK(third.left[0].cause == tag_cause::expired);
    CHECK(third.left[0].at == day + duration::hours(24 * 30));
}

TEST_CASE("what is not known is neither given nor taken away") {
    fixture shopper;
    shopper.who.set("level", value::of_int(6));
    auto const first = shopper.advance({}, day);
    CHECK(tags_of(first) == std::vector<std::string>{"vip"});
    shopper.who.clear();
    auto const second = shopper.advance(first.state, day + duration::hours(1));
    CHECK(tags_of(second) == std::vector<std::string>{"vip"});
    CHECK(tags_of(shopper.advance({}, day)) == std::vector<std::string>{"tier_unknown"});
}

TEST_CASE("a value of a dimension that was deleted makes room for the next that fits") {
    fixture shopper;
    shopper.who.set("level", value::of_int(9));
    auto first = shopper.advance({}, day);
    CHECK(tags_of(first) == std::vector<std::string>{"svip"});
    CHECK(first.state.erase({.tag = "svip", .at = day + duration::hours(1), .reason = "by the customer", .by = "app"}) == tag_edit::done);
    auto const second = shopper.advance(first.state, day + duration::hours(2));
    CHECK(tags_of(second) == std::vector<std::string>{"vip"});
}

TEST_CASE("a tag that is not for a customer is taken away, and gives way to the next of its dimension") {
    plan const adults = parse_plan(R"j({
      "segmenta": 1, "id": "adults", "sources": {
        "people": {"kind": "customers", "fields": {"id": "int64", "age": "int64", "level": "int64"}, "customer": "id"}},
      "tags": {"gold": {"rule": "level > 1", "applies_to": "age >= 18", "meaning": "m"}, "silver": {"rule": "level > 0", "meaning": "m"}},
      "taxonomy": {"tier": {"dimension": "exclusive", "order": ["gold", "silver"], "unknown": "none"}}})j");
    segmenter const seg = compile(adults, adults.source_schema());
    classification answers = seg.make_classification();
    customer_record child{record_layout(adults.source_schema())};
    child.set("age", value::of_int(30));
    child.set("level", value::of_int(5));
    seg.classify(child.view(), {.as_of = day, .outputs = seg.tag_outputs()}, answers);
    auto const first = seg.advance_tags({}, answers);
    CHECK(first.state.holds("gold", day));
    child.set("age", value::of_int(12));
    seg.classify(child.view(), {.as_of = day + duration::hours(1), .outputs = seg.tag_outputs()}, answers);
    auto const second = seg.advance_tags(first.state, answers);
    CHECK_FALSE(second.state.holds("gold", day + duration::hours(1)));
    CHECK(second.state.holds("silver", day + duration::hours(1)));
}
