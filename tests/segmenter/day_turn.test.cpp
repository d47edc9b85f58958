// SPDX-License-Identifier: Apache-2.0
// Answers that count days, where clocks go back over midnight into the day before: St. John's, 2009-11-01, from 00:01 to 23:01
// of 31 October. They were valid for too long, or until an instant that was past.
#include "feature/day_turn.hpp"

#include "support/catch.hpp"

#include <segmenta/plan/plan.hpp>
#include <segmenta/record/cell.hpp>
#include <segmenta/record/customer_record.hpp>
#include <segmenta/segmenter/segmenter.hpp>
#include <segmenta/time/parse.hpp>

#include <string>
#include <vector>

using namespace segmenta;

namespace {

zone const newfoundland = zone::named("America/St_Johns");

instant at(std::string_view text) { return *parse_instant(text, zone{}); }

std::string shown(answer const& given) { return std::string(to_string(given.state)) + " " + to_string(given.result); }

} // namespace

TEST_CASE("day_turn: the next instant at which the civil day is another one") {
    auto const turn = [](std::string_view when) {
        return to_string(detail::day_turn(newfoundland, at(when), newfoundland.civil_day_of(at(when))));
    };
    CHECK(turn("2009-10-31T12:00:00Z") == "2009-11-01T02:30:00Z");
    CHECK(turn("2009-11-01T02:30:59Z") == "2009-11-01T02:31:00Z"); // the new day is over for an hour
    CHECK(turn("2009-11-01T02:31:00Z") == "2009-11-01T03:30:00Z");
    CHECK(turn("2009-11-01T03:30:00Z") == "2009-11-02T03:30:00Z");
    zone const london = zone::named("Europe/London");
    for (auto const* day : {"2024-03-31T00:00:00Z", "2024-10-26T23:30:00Z", "2024-06-01T12:34:56Z"})
        CHECK(detail::day_turn(london, at(day), london.civil_day_of(at(day))) ==
              london.start_of_day(london.civil_day_of(at(day)) + 1));
}

TEST_CASE("segmenter: nothing changes before valid_until where a day begins twice") {
    plan const definition = parse_plan(R"j({
      "segmenta": 1, "id": "newfoundland", "zone": "America/St_Johns",
      "sources": {"people": {"kind": "customers", "fields": {"id": "int64", "level": "int64"}, "customer": "id"},
                  "orders": {"fields": {"id": "int64", "at": "instant"}, "customer": "id", "time": "at"}},
      "columns": {
        "silence": {"feature": "recency_days", "of": "orders"},
        "today": {"feature": "rows", "of": "orders", "calendar": "today"},
        "month": {"feature": "rows", "of": "orders", "calendar": "this_month"},
        "faded": {"feature": "decayed_count", "of": "orders", "half_life": "P2D"},
        "count": {"feature": "orders", "of": "orders"}, "last": {"feature": "last_day", "of": "orders"},
        "previous": {"feature": "previous_day", "of": "orders"},
        "stage": {"strategy": "stages", "of": ["as_of_day", "count", "last", "previous"], "active_days": 1, "silent_days": 3,
                  "source": "example"},
        "one": "silence >= 1", "two": "silence >= 2", "first": "as_of_day >= date('2009-11-01')"}})j");
    segmenter const seg = compile(definition, definition.source_schema());
    customer_record who{record_layout(definition.source_schema(), newfoundland)};
    value const row[] = {value::of_int(1), value::of_instant(at("2009-10-31T15:00:00Z"))};
    REQUIRE(who.insert("orders", row));
    classification first = seg.make_classification();
    classification later = seg.make_classification();
    std::vector<instant> moments;
    for (instant t = at("2009-10-31T23:00:00Z"); t < at("2009-11-03T06:00:00Z"); t = t + duration{600'000'000})
        moments.push_back(t);
    for (instant t = at("2009-11-01T02:28:00Z"); t < at("2009-11-01T02:34:00Z"); t = t + duration{30'000'000})
        moments.push_back(t);
    std::size_t changed = 0;
    for (instant const now : moments) {
        seg.classify(who.view(), {.as_of = now}, first);
        for (instant const t : moments) {
            if (t <= now) continue;
            seg.classify(who.view(), {.as_of = t}, later);
            for (auto const& output : seg.outputs()) {
                CAPTURE(seg.graph()[output.node].name, to_string(now), to_string(t), to_string(first[output].valid_until));
                if (first[output].valid_until <= now) REQUIRE(first[output].valid_until > now);
                if (shown(first[output]) == shown(later[output])) continue;
                ++changed;
                if (t < first[output].valid_until) REQUIRE(t >= first[output].valid_until);
            }
        }
    }
    CHECK(changed > 10'000);
}
