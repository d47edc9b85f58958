// SPDX-License-Identifier: Apache-2.0
// All tags at once; that they are those of `classify` is a property in segmenter_agreement.test.cpp.
#include <segmenta/segmenter/tag_matches.hpp>

#include "support/catch.hpp"
#include "support/counting_new.hpp"

#include <segmenta/plan/plan.hpp>
#include <segmenta/record/customer_record.hpp>
#include <segmenta/segmenter/segmenter.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace segmenta;

namespace {

plan shop(std::string const& more = {}) {
    return parse_plan(R"j({
      "segmenta": 1, "id": "shop", "currency": "CNY",
      "sources": {
        "people": {"kind": "customers", "customer": "id",
                   "fields": {"id": "int64", "level": "int64", "income": {"type": "int64", "purposes": ["service", "ads"]}}},
        "orders": {"fields": {"id": "int64", "at": "instant", "amount": "money"}, "customer": "id", "time": "at"}
      },)j" + more +
                      R"j( "tags": {
        "high": {"rule": "level >= 8", "meaning": "m"},
        "rich": {"rule": "income > 100", "meaning": "m", "purposes": "service"},
        "buyer": {"rule": "orders.within('P7D').count() > 0 && level > 0", "meaning": "m"},
        "level_tag": {"column": "level", "meaning": "m"},
        "called": {"kind": "manual", "meaning": "m"}
      }
    })j");
}

instant const day{1'720'000'000'000'000};

std::vector<std::string> names(segmenter const& seg, tag_matches& found) {
    std::vector<std::string> out;
    for (std::uint32_t const tag : found.list())
        out.push_back(seg.tag_names()[tag]);
    std::sort(out.begin(), out.end());
    return out;
}

customer_record someone(schema const& what) {
    customer_record who{record_layout(what)};
    who.set("level", value::of_int(9));
    who.set("income", value::of_int(200));
    value const row[] = {value::of_int(1), value::of_instant(day - duration::hours(24)),
                         value::of_decimal(money_type(currency("CNY"), 2), 100)};
    CHECK(who.insert("orders", row));
    return who;
}

} // namespace

TEST_CASE("tag matches: the yes-or-no tags that hold, and until when") {
    plan const definition = shop();
    segmenter const seg = compile(definition, definition.source_schema());
    CHECK(std::vector<std::string>(seg.tag_names().begin(), seg.tag_names().end()) ==
          std::vector<std::string>{"high", "rich", "buyer"});
    tag_matches found = seg.make_tag_matches();
    CHECK(found.state() == status::not_requested);
    customer_record const who = someone(definition.source_schema());
    seg.match_tags(who.view(), {.as_of = day}, found);
    CHECK(found.state() == status::ok);
    CHECK(names(seg, found) == std::vector<std::string>{"buyer", "high", "rich"});
    CHECK(found.count() == 3);
    CHECK(found.valid_until() == day + duration::hours(24 * 6));
    seg.match_tags(who.view(), {.as_of = found.valid_until()}, found);
    CHECK(names(seg, found) == std::vector<std::string>{"high", "rich"});
    // for a purpose that a field or the tag does not serve
    seg.match_tags(who.view(), {.as_of = day, .purpose = "ads"}, found);
    CHECK(names(seg, found) == std::vector<std::string>{"buyer", "high"});
    seg.match_tags(who.view(), {.as_of = day, .purpose = "research"}, found);
    CHECK(names(seg, found) == std::vector<std::string>{"buyer", "high"});
}

TEST_CASE("tag matches: nothing is allocated after the first questions") {
    plan const definition = shop();
    segmenter const seg = compile(definition, definition.source_schema());
    customer_record const who = someone(definition.source_schema());
    tag_matches found = seg.make_tag_matches();
    for (int i = 0; i < 2; ++i)
        seg.match_tags(who.view(), {.as_of = day}, found);
    std::size_t const before = test::allocations();
    for (int i = 0; i < 100; ++i)
        seg.match_tags(who.view(), {.as_of = day + duration::hours(i)}, found);
    std::size_t const listed = found.list().size();
    CHECK(test::allocations() == before);
    CHECK(listed == 3);
}

TEST_CASE("tag matches: of another segmenter, and of who is left out, no tag holds") {
    plan const definition = shop();
    plan const other = shop(R"j( "when_missing": {"level": "drop"},)j");
    segmenter const seg = compile(definition, definition.source_schema());
    segmenter const dropping = compile(other, other.source_schema());
    customer_record const who = someone(definition.source_schema());
    tag_matches found = dropping.make_tag_matches();
    dropping.match_tags(who.view(), {.as_of = day}, found);
    CHECK(found.count() == 3);
    seg.match_tags(who.view(), {.as_of = day}, found);
    CHECK(found.state() == status::wrong_plan);
    CHECK(found.count() == 0);
    customer_record const nobody{record_layout(definition.source_schema())};
    dropping.match_tags(nobody.view(), {.as_of = day}, found);
    CHECK(found.state() == status::not_applicable);
    CHECK(found.count() == 0);
    tag_matches made_by_default;
    seg.match_tags(who.view(), {.as_of = day}, made_by_default);
    CHECK(made_by_default.state() == status::wrong_plan);
    CHECK(made_by_default.list().empty());
}

TEST_CASE("tag matches: a field that may not serve the purpose is not taken for a missing one") {
    plan const definition = parse_plan(R"j({
      "segmenta": 1, "id": "shop", "sources": {
        "people": {"kind": "customers", "customer": "id",
                   "fields": {"id": "int64", "level": "int64", "income": {"type": "int64", "purposes": "service"}}}},
      "columns": {"rich": "income > 100"},
      "tags": {
        "nobody": {"rule": "!has(customer.income)", "meaning": "m"},
        "either": {"rule": "level > 5 || income > 100", "meaning": "m"},
        "poor": {"rule": "customer.?income.orValue(0) < 100", "meaning": "m"},
        "through": {"rule": "level > 5 || rich", "meaning": "m"},
        "high": {"rule": "level > 5", "meaning": "m"}}})j");
    segmenter const seg = compile(definition, definition.source_schema());
    customer_record who{record_layout(definition.source_schema())};
    who.set("level", value::of_int(9));
    who.set("income", value::of_int(200));
    tag_matches found = seg.make_tag_matches();
    seg.match_tags(who.view(), {.as_of = day, .purpose = "service"}, found);
    CHECK(names(seg, found) == std::vector<std::string>{"either", "high", "through"});
    seg.match_tags(who.view(), {.as_of = day, .purpose = "ads"}, found);
    CHECK(names(seg, found) == std::vector<std::string>{"high"});
}
