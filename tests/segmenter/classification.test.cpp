// SPDX-License-Identifier: Apache-2.0
// What one answer says: statuses, purposes, what changed, until when; and that asking allocates nothing.
#include "support/counting_new.hpp"
#include "segmenter/small_shop.hpp"
#include "support/catch.hpp"

#include <segmenta/plan/plan_builder.hpp>
#include <segmenta/time/parse.hpp>

using namespace segmenta;
using namespace segmenta::test;

namespace {

struct ready {
    customer_schema<shopper> own = shopper_schema();
    segmenter seg = compile(fit_small(), own);
    classification now = seg.make_classification();

    answer ask(shopper const& s, instant t, std::string_view output, query more = {}) {
        output_handle const wanted[] = {seg.output(output)};
        more.as_of = t;
        more.outputs = wanted;
        seg.classify(own.bind(s), more, now);
        return now[wanted[0]];
    }
};

} // namespace

TEST_CASE("classification: a customer one can follow by hand") {
    ready shop;
    shopper const s = someone();
    shop.seg.classify(shop.own.bind(s), {.as_of = at(2024, 6, 25)}, shop.now);
    auto const given = [&](std::string_view name) { return shop.now[shop.seg.output(name)]; };
    CHECK(given("recency_days").result.as_int() == 5);
    CHECK(given("frequency").result.as_int() == 3);
    CHECK(given("monetary").result.as_units() == 17'000);
    CHECK(given("monetary").result.what() == yuan);
    CHECK(given("stage").segment == "active");
    CHECK(given("band").segment == "warm");
    CHECK(shop.now[shop.seg.tag("vip")].holds() == true);
    CHECK(shop.now.as_of() == at(2024, 6, 25));

    // Each date by hand: silence 31 days begins on 21 July, 11 days on 1 July; with 30 days back from noon of the 25th
    // to the 26th of May all orders count, and the first leaves on 5 July at noon.
    CHECK(given("stage").valid_until == at(2024, 7, 21, 0));
    CHECK(given("band").valid_until == at(2024, 7, 1, 0));
    CHECK(given("vip").valid_until == at(2024, 7, 5));
    CHECK(given("frequency").valid_until.is_never());
    CHECK(given("recency_days").valid_until == at(2024, 6, 26, 0));
    CHECK(shop.now.valid_until() == at(2024, 6, 26, 0)); // the earliest of the plan's outputs

    CHECK(shop.ask(s, at(2024, 7, 20, 23), "stage").segment == "active");
    CHECK(shop.ask(s, at(2024, 7, 21, 0), "stage").segment == "silent");
    CHECK(shop.ask(s, at(2024, 6, 30, 23), "band").segment == "warm");
    CHECK(shop.ask(s, at(2024, 7, 1, 0), "band").segment == "cold");
    CHECK(shop.ask(s, at(2024, 7, 1, 0), "band").valid_until.is_never());
}

TEST_CASE("classification: only what was asked for is answered") {
    ready shop;
    shopper const s = someone();
    CHECK(shop.now[shop.seg.output("stage")].state == status::not_requested);
    CHECK(shop.ask(s, at(2024, 6, 25), "stage").ok());
    CHECK(shop.now[shop.seg.output("segment")].state == status::not_requested);
    CHECK(shop.now[shop.seg.output("last")].ok()); // stage reads it
    CHECK(shop.now.valid_until() == at(2024, 7, 21, 0));
    CHECK(shop.ask(s, at(2024, 6, 25), "wealthy").holds() == true); // no output of the plan, but a column
    CHECK(shop.ask(s, at(2024, 6, 25), "greeting").result.as_string() == "Paris!");
    CHECK_FALSE(shop.ask(s, at(2024, 6, 25), "stage").holds().has_value());
    shop.seg.classify(shop.own.bind(s), {.as_of = at(2024, 6, 25)}, shop.now);
    CHECK(shop.now[shop.seg.output("wealthy")].state == status::not_requested);
}

TEST_CASE("classification: missing data is unknown, and unknown is not false") {
    ready shop;
    shopper s = someone();
    s.age.reset();
    CHECK(shop.ask(s, at(2024, 6, 25), "vip").state == status::unknown);
    CHECK_FALSE(shop.ask(s, at(2024, 6, 25), "vip").holds().has_value());
    CHECK(shop.ask(s, at(2024, 12, 25), "vip").holds() == false); // spent nothing in 30 days, whatever the age
    s.orders.clear();
    CHECK(shop.ask(s, at(2024, 6, 25), "recency_days").state == status::unknown);
    CHECK(shop.ask(s, at(2024, 6, 25), "r").state == status::unknown);
    CHECK(shop.ask(s, at(2024, 6, 25), "segment").state == status::unknown);
    CHECK(shop.ask(s, at(2024, 6, 25), "segment").segment.empty());
    CHECK(shop.ask(s, at(2024, 6, 25), "frequency").result.as_int() == 0);
    CHECK(shop.ask(s, at(2024, 6, 25), "monetary").result.as_units() == 0);
}

TEST_CASE("classification: a rule that does not apply says so") {
    ready shop;
    shopper s = someone();
    s.city = "Lima";
    CHECK(shop.ask(s, at(2024, 6, 25), "vip").state == status::not_applicable);
    s.city.reset();
    CHECK(shop.ask(s, at(2024, 6, 25), "vip").state == status::unknown);
}

TEST_CASE("classification: handles and memory of another plan or another schema") {
    ready shop;
    shopper const s = someone();
    plan const other = plan_builder("other").rule("adult", "age >= 18").build();
    segmenter const seg = compile(other, shop.own);
    classification now = seg.make_classification();
    seg.classify(shop.own.bind(s), {.as_of = at(2024, 6, 25)}, now);
    CHECK(now[seg.tag("adult")].holds() == true);
    CHECK(now[shop.seg.output("stage")].state == status::wrong_plan);
    shop.seg.classify(shop.own.bind(s), {.as_of = at(2024, 6, 25)}, now); // memory of the other plan
    CHECK(now[shop.seg.output("stage")].state == status::wrong_plan);
    CHECK(now[seg.tag("adult")].state == status::wrong_plan);
    CHECK(now.valid_until().is_never());
    CHECK(classification()[seg.tag("adult")].state == status::wrong_plan);

    // The same plan over a schema whose attributes have other numbers: nothing is read by the wrong number.
    auto const shifted = schema_of<shopper>().attribute("income", &shopper::income).attribute("age", &shopper::age);
    seg.classify(shifted.bind(s), {.as_of = at(2024, 6, 25)}, now);
    CHECK(now[seg.tag("adult")].state == status::wrong_plan);
    segmenter const over_shifted = compile(other, shifted);
    CHECK(over_shifted.tag("adult") != seg.tag("adult"));
    over_shifted.classify(shifted.bind(s), {.as_of = at(2024, 6, 25)}, now);
    CHECK(now[seg.tag("adult")].state == status::wrong_plan);
    seg.classify(shop.own.bind(s), {.as_of = at(2024, 6, 25)}, now);
    CHECK(now[seg.tag("adult")].holds() == true);

    // A copy of a segmenter is the same segmenter.
    segmenter const copy = seg;
    copy.classify(shop.own.bind(s), {.as_of = at(2024, 6, 25)}, now);
    CHECK(now[seg.tag("adult")].holds() == true);
}

TEST_CASE("classification: fields serve only their purposes") {
    history_schema rows{"orders", "paid_at",
                        {{"paid_at", instant_type, sensitivity::open, {}},
                         {"amount", yuan, sensitivity::internal, {"service"}},
                         {"channel", category_type, sensitivity::open, {}}}};
    struct member {
        int age;
        double income;
        history orders;
    };
    auto const own = schema_of<member>()
                         .attribute("age", &member::age)
                         .attribute("income", &member::income)
                         .mark(sensitivity::personal, {"service", "credit"})
                         .history(rows, &member::orders);
    plan const definition = plan_builder("purposes")
                                .feature("count", {aggregate::rows, "orders", "", "", ""})
                                .feature("spent", {aggregate::sum, "orders", "amount", "", ""})
                                .feature("large", {aggregate::rows, "orders", "", "", "amount > money('5 CNY')"})
                                .rule("adult", "age >= 18")
                                .rule("rich", "income > 10.0")
                                .rule("either", "adult || rich")
                                .rule("generous", "spent > money('1 CNY')")
                                .build();
    segmenter const seg = compile(definition, own);
    classification now = seg.make_classification();
    member m{30, 20, history(rows)};
    value const row[] = {value::of_instant(at(2024, 6, 1)), value::of_decimal(yuan, 600), value::of_string("web")};
    REQUIRE(m.orders.insert(row));
    auto const state = [&](std::string_view purpose, std::string_view name) {
        seg.classify(own.bind(m), {.as_of = at(2024, 6, 25), .purpose = purpose}, now);
        return now[seg.output(name)].state;
    };
    for (auto const* name : {"count", "spent", "large", "adult", "rich", "either", "generous"}) {
        CAPTURE(name);
        CHECK(state("", name) == status::ok);
        CHECK(state("service", name) == status::ok);
        bool const advertising = std::string_view(name) == "count" || std::string_view(name) == "adult";
        CHECK(state("advertising", name) == (advertising ? status::ok : status::refused));
    }
    CHECK(state("credit", "rich") == status::ok);
    CHECK(state("credit", "spent") == status::refused);
    (void)state("advertising", "rich");
    CHECK(now[seg.output("rich")].result.missing()); // nothing leaks
    CHECK(now[seg.output("either")].result.missing());
    CHECK(now[seg.output("spent")].result.missing());
}

TEST_CASE("classification: what changed since the last answer") {
    ready shop;
    shopper const s = someone();
    classification before = shop.seg.make_classification();
    shop.seg.classify(shop.own.bind(s), {.as_of = at(2024, 6, 25)}, before);
    auto const changed = [&](instant t, std::string_view name) {
        shop.seg.classify(shop.own.bind(s), {.as_of = t, .purpose = {}, .prior = &before}, shop.now);
        return shop.now[shop.seg.output(name)].changed;
    };
    CHECK(changed(at(2024, 6, 26), "stage") == false);
    CHECK(changed(at(2024, 6, 26), "recency_days") == true);
    CHECK(changed(at(2024, 6, 26), "frequency") == false);
    CHECK(changed(at(2024, 8, 26), "stage") == true);
    CHECK(changed(at(2024, 8, 26), "band") == true);
    CHECK(changed(at(2024, 8, 26), "vip") == true);
    CHECK_FALSE(changed(at(2024, 8, 26), "wealthy").has_value()); // was not asked for
    shop.seg.classify(shop.own.bind(s), {.as_of = at(2024, 6, 26)}, shop.now);
    CHECK_FALSE(shop.now[shop.seg.output("stage")].changed.has_value()); // no prior
    classification const other;
    shop.seg.classify(shop.own.bind(s), {.as_of = at(2024, 6, 26), .purpose = {}, .prior = &other}, shop.now);
    CHECK_FALSE(shop.now[shop.seg.output("stage")].changed.has_value());
    shop.seg.classify(shop.own.bind(s), {.as_of = at(2024, 6, 26), .purpose = {}, .prior = &shop.now}, shop.now);
    CHECK_FALSE(shop.now[shop.seg.output("stage")].changed.has_value()); // of itself nothing is known
}

TEST_CASE("classification: rows after the question do not count, but end an answer when their time comes") {
    ready shop;
    shopper const s = someone();
    instant const before = at(2024, 6, 15);
    CHECK(shop.ask(s, before, "frequency").result.as_int() == 2);
    CHECK(shop.ask(s, before, "frequency").valid_until == at(2024, 6, 20));
    CHECK(shop.ask(s, before, "band").valid_until == at(2024, 6, 20));
    CHECK(shop.ask(s, before, "stage").valid_until == at(2024, 6, 20));
}

TEST_CASE("classification: an answer ends with the day that its applies_to reads") {
    auto const own = shopper_schema();
    std::string text(small_plan);
    auto const put = [&](std::string_view from, std::string_view to) { text.replace(text.find(from), from.size(), to); };
    std::string const june = R"j("applies_to": "as_of_day < date('2024-07-01')")j";
    put(R"("active_days": 30)", june + R"(, "active_days": 30)");
    put(R"("monetary": {)", R"("monetary": {)" + june + ", ");
    put(R"("band": {)", R"("band": {)" + june + ", ");
    put(R"("applies_to": "city != 'Lima'")", june);
    plan const definition = parse_plan(text, "june");
    segmenter const seg =
        compile(fit(definition, own, columns_of(definition, own, crowd(50), at(2024, 6, 1)), at(2024, 6, 1)), own);
    shopper const s = someone();
    classification now = seg.make_classification();
    // a feature, a strategy that says itself when it changes, one that is tabulated, and a rule
    for (auto const* name : {"monetary", "stage", "band", "vip"}) {
        CAPTURE(name);
        output_handle const one[] = {seg.output(name)};
        seg.classify(own.bind(s), {.as_of = at(2024, 6, 30), .purpose = {}, .prior = nullptr, .outputs = one}, now);
        CHECK(now[one[0]].ok());
        CHECK(now[one[0]].valid_until == at(2024, 7, 1, 0));
        seg.classify(own.bind(s), {.as_of = at(2024, 7, 1, 0), .purpose = {}, .prior = nullptr, .outputs = one}, now);
        CHECK(now[one[0]].state == status::not_applicable);
        CHECK(now[one[0]].valid_until == at(2024, 7, 2, 0)); // when the condition may hold again
    }
}

TEST_CASE("classification: a history past the limit is truncated where older rows could matter") {
    ready shop;
    shopper s = someone();
    s.orders.clear();
    for (int i = 0; i < 100'001; ++i)
        s.orders.push_back({at(2024, 6, 20) - duration::minutes(100'001 - i), 100, "web", {}, 1, {}});
    CHECK(shop.ask(s, at(2024, 6, 25), "frequency").state == status::truncated);
    CHECK(shop.ask(s, at(2024, 6, 25), "frequency").result.missing());
    CHECK(shop.ask(s, at(2024, 6, 25), "f").state == status::truncated); // and so is what reads it
    CHECK(shop.ask(s, at(2024, 6, 25), "recency_days").result.as_int() == 5); // decided by the newest row
    CHECK(shop.ask(s, at(2024, 6, 25), "spent_30").result.as_units() > 0);    // 30 days lie within the limit
    // Prepared, the same history has no limit.
    auto const whole = prepared_schema();
    prepared_shopper const p = prepare(s, shop.own, zone::parse("Asia/Shanghai"));
    shop.seg.classify(whole.bind(p), {.as_of = at(2024, 6, 25)}, shop.now);
    CHECK(shop.now[shop.seg.output("frequency")].result.as_int() == 100'001);
}

TEST_CASE("classification: asking allocates nothing after the first call") {
    auto const own = shopper_schema();
    auto const whole = prepared_schema();
    segmenter const seg = compile(fit_small(), own);
    std::vector<output_handle> const few{seg.output("stage"), seg.output("vip")};
    random_generator random(3);
    for (std::size_t const rows : {0U, 1U, 10U, 1'000U}) {
        shopper const s = random_shopper(random, 1, rows, at(2024, 7, 1));
        prepared_shopper const p = prepare(s, own, zone::parse("Asia/Shanghai"));
        prepared_shopper const elsewhere = prepare(s, own, zone::utc()); // days of another zone: read row by row
        classification now = seg.make_classification();
        classification before = seg.make_classification();
        instant const today = at(2024, 7, 1); // looks up a zone, which allocates
        instant const tomorrow = at(2024, 7, 2);
        auto const everything = [&] {
            for (auto const& who : {own.bind(s), whole.bind(p), whole.bind(elsewhere)}) {
                seg.classify(who, {.as_of = today}, now);
                seg.classify(who, {.as_of = tomorrow, .purpose = "service", .prior = &before, .outputs = few}, now);
            }
        };
        everything();
        std::size_t const first = allocations();
        for (int i = 0; i < 10; ++i) everything();
        answer const given = now[few[0]];
        std::size_t const last = allocations(); // before Catch allocates
        CAPTURE(rows);
        CHECK(last == first);
        CHECK((given.ok() || given.state == status::unknown));
    }
}

TEST_CASE("classification: every kind of column answers without allocating") {
    // Random plans hold all of them; text made by rules is the stated exception.
    auto const own = shopper_schema();
    plan const definition = plan_builder("kinds")
                                .feature("web", {aggregate::rows, "orders", "", "P1Y", "channel == 'web'"})
                                .feature("kinds", {aggregate::distinct, "orders", "channel", "", ""})
                                .feature("largest", {aggregate::maximum, "orders", "amount", "", "units > 1"})
                                .feature("deviation", {aggregate::gap_deviation_days, "orders", "", "", ""})
                                .feature("pages", {aggregate::sum, "visits", "pages", "P30D", ""})
                                .rule("bare", "city")
                                .rule("either", "city == 'Paris' || city.startsWith('Lon')")
                                .rule("ratio", "web / (kinds + 1)")
                                .rule("day", "as_of_day > registered", {"consent", "", ""})
                                .build();
    segmenter const seg = compile(definition, own);
    classification now = seg.make_classification();
    random_generator random(4);
    shopper const s = random_shopper(random, 1, 50, at(2024, 7, 1));
    instant const today = at(2024, 7, 1); // looks up a zone, which allocates
    seg.classify(own.bind(s), {.as_of = today}, now);
    std::size_t const first = allocations();
    seg.classify(own.bind(s), {.as_of = today}, now);
    std::size_t const last = allocations(); // before Catch allocates
    CHECK(last == first);
    CHECK(now[seg.output("kinds")].result.as_int() > 0);
}
