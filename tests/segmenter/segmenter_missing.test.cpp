// SPDX-License-Identifier: Apache-2.0
// Values that stand in for missing attributes, and customers who are left out for want of one.
#include "segmenter/small_shop.hpp"
#include "support/catch.hpp"

#include <segmenta/record/cell.hpp>

#include <map>
#include <string>

using namespace segmenta;
using namespace segmenta::test;

namespace {

std::string plan_with(std::string const& policies) {
    return R"({"segmenta": 1, "id": "m", "zone": "UTC", "when_missing": )" + policies + R"(,
  "columns": {
    "grown": "age >= 18",
    "here": "has(customer.city) ? city : 'nobody knows'",
    "rank": {"strategy": "quantile_score", "of": "age", "bins": 4},
    "rich": "income > 50.0"},
  "outputs": ["grown", "here", "rank", "rich", "age", "city"]})";
}

/// Every value occurs twice as often as the next larger one, ages from 20 on, a quarter missing.
std::vector<shopper> members(std::size_t size, std::uint64_t seed) {
    random_generator random(seed);
    std::vector<shopper> out = crowd(size, seed);
    for (auto& s : out) {
        s.orders.clear();
        s.age.reset();
        s.city.reset();
        if (random_bernoulli(random, 0.75)) s.age = random_integer(random, 20, 40);
        if (random_bernoulli(random, 0.75))
            s.city = std::string(1, static_cast<char>('a' + random_below(random, 1 + random_below(random, 5))));
    }
    return out;
}

struct made_shop {
    plan definition;
    customer_schema<shopper> own = shopper_schema();
    std::vector<shopper> shoppers;
    customer_columns columns;
    fitted_plan fitted;

    made_shop(std::string const& policies, std::size_t size, std::uint64_t seed)
        : definition(parse_plan(plan_with(policies))), shoppers(members(size, seed)),
          columns(columns_of(definition, own, shoppers, at(2024, 7, 1))),
          fitted(fit(definition, own, columns, at(2024, 7, 1))) {}
};

} // namespace

TEST_CASE("missing: median and mode are those of looking at every value, whatever stands in for the others") {
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        made_shop const shop(R"({"age": "median", "city": "mode"})", 1 + seed * 3, seed);
        std::vector<std::int64_t> ages;
        std::map<std::string, int> cities;
        for (auto const& s : shop.shoppers) {
            if (s.age) ages.push_back(*s.age);
            if (s.city) ++cities[*s.city];
        }
        std::sort(ages.begin(), ages.end());
        std::string most;
        for (auto const& [city, n] : cities)
            if (most.empty() || n > cities[most]) most = city; // ascending, so ties go to the smallest
        segmenter const seg = compile(shop.fitted, shop.own);
        classification now = seg.make_classification();
        shopper nobody = someone();
        nobody.age.reset();
        nobody.city.reset();
        seg.classify(shop.own.bind(nobody), {.as_of = at(2024, 7, 1)}, now);
        CAPTURE(seed);
        CHECK(now[seg.output("age")].result.as_int() == ages[(ages.size() - 1) / 2]);
        CHECK(now[seg.output("here")].result.as_string() == most);
    }
}

TEST_CASE("missing: the fit is saved with the plan and used from there, on requests and on other tables") {
    made_shop const shop(R"({"age": "median", "city": {"constant": "none"}})", 200, 3);
    REQUIRE(shop.fitted.find("age") != nullptr);
    CHECK(shop.fitted.find("age")->kind == "when_missing.median");
    CHECK(shop.fitted.find("city") == nullptr); // a constant needs no fit
    fitted_plan const again = parse_fitted_plan(shop.fitted.to_json());
    CHECK(again.hash() == shop.fitted.hash());
    segmenter const seg = compile(again, shop.own);
    std::int64_t const median = [&] {
        classification now = seg.make_classification();
        shopper s = someone();
        s.age.reset();
        seg.classify(shop.own.bind(s), {.as_of = at(2024, 7, 1)}, now);
        return now[seg.output("age")].result.as_int();
    }();

    // a table whose own median is another one, and where nobody has a city
    auto older = members(50, 9);
    for (auto& s : older) {
        if (s.age) *s.age += 100;
        s.city.reset();
    }
    auto const columns = columns_of(shop.definition, shop.own, older, at(2024, 7, 1));
    batch_result const table = seg.classify(columns, {.as_of = at(2024, 7, 1)});
    classification now = seg.make_classification();
    std::uint64_t without_age = 0;
    for (std::size_t row = 0; row < older.size(); ++row) {
        shopper const& s = older[row];
        seg.classify(shop.own.bind(s), {.as_of = at(2024, 7, 1)}, now);
        for (std::size_t o = 0; o < seg.outputs().size(); ++o)
            CHECK(to_string(now[seg.outputs()[o]].result) == to_string(cell(table.columns()[o].values, row)));
        CHECK(now[seg.output("age")].result.as_int() == s.age.value_or(median));
        CHECK(now[seg.output("here")].result.as_string() == "none");
        without_age += s.age ? 0 : 1;
    }
    REQUIRE(table.imputed().size() == 2);
    CHECK(table.imputed()[0].attribute == "age");
    CHECK(table.imputed()[0].rows == without_age);
    CHECK(table.imputed()[1].rows == 50);
    CHECK(table.left_out() == 0);
    CHECK(without_age > 5);

    // what is saved is what is checked
    std::string altered = shop.fitted.to_json();
    auto const where = altered.find("\"value\": ", altered.find("when_missing.median"));
    REQUIRE(where != std::string::npos);
    altered.replace(where + 9, 2, "99");
    CHECK(refusal([&] { (void)parse_fitted_plan(altered); }) == "fitted.checksum");
    std::string text;
    CHECK(refusal([&] { (void)compile(shop.definition, shop.own); }, &text) == "segmenter.unfitted");
    CHECK(text.find("missing age") != std::string::npos);
}

TEST_CASE("missing: an answer says on which stand-ins it rests, in words as well") {
    made_shop const shop(R"({"age": "median", "city": "mode", "income": {"constant": 0}})", 100, 4);
    segmenter const seg = compile(shop.fitted, shop.own);
    classification now = seg.make_classification();
    shopper s = someone();
    seg.classify(shop.own.bind(s), {.as_of = at(2024, 7, 1)}, now);
    for (auto const& output : seg.outputs())
        CHECK(now[output].imputed == 0);
    CHECK(seg.reason(seg.output("grown"), now[seg.output("grown")]).empty());

    s.age.reset();
    s.income.reset();
    seg.classify(shop.own.bind(s), {.as_of = at(2024, 7, 1)}, now);
    CHECK(now[seg.output("age")].imputed == 1);
    CHECK(now[seg.output("grown")].imputed == 1);
    CHECK(now[seg.output("rank")].imputed == 1);
    CHECK(now[seg.output("here")].imputed == 0);
    CHECK(now[seg.output("rich")].imputed == 4); // bit i: the i-th by name
    std::string const why = seg.reason(seg.output("rank"), now[seg.output("rank")]);
    CHECK(why.find("age was missing, ") != std::string::npos);
    CHECK(why.find("(median) stands in") != std::string::npos);
    CHECK(seg.reason(seg.output("rich"), now[seg.output("rich")]) == "income was missing, 0 (constant) stands in");
    s = someone();
    seg.classify(shop.own.bind(s), {.as_of = at(2024, 7, 1)}, now); // nothing stays from the one before
    CHECK(now[seg.output("age")].imputed == 0);
}

TEST_CASE("missing: the flag is a column of its own, and has() sees the value that stands in") {
    std::string const text = R"x({"segmenta": 1, "id": "m", "zone": "UTC", "when_missing": {"age": {"constant": 30}},
  "columns": {
    "there": "has(customer.age)", "sure": "age >= 18 && !age_imputed", "grown": "age >= 18",
    "here": "has(customer.city) ? city : 'nobody knows'", "rich": "income > 50.0"},
  "outputs": ["there", "sure", "grown", "here", "rich", "age", "age_imputed"]})x";
    auto const own = shopper_schema();
    segmenter const seg = compile(parse_plan(text), own);
    classification now = seg.make_classification();
    shopper s = someone();
    s.age.reset();
    seg.classify(own.bind(s), {.as_of = at(2024, 7, 1)}, now);
    CHECK(now[seg.tag("there")].holds() == true);
    CHECK(now[seg.tag("grown")].holds() == true);
    CHECK(now[seg.tag("sure")].holds() == false);
    CHECK(now[seg.tag("age_imputed")].holds() == true);
    CHECK(now[seg.tag("age_imputed")].valid_until == instant::never());
    shopper other = someone();
    other.id = 2;
    seg.classify(own.bind(other), {.as_of = at(2024, 7, 1)}, now);
    CHECK(now[seg.tag("sure")].holds() == true);
    CHECK(now[seg.tag("age_imputed")].holds() == false);
    CHECK(seg.fields_for().attributes ==
          std::vector<std::string>{"age", "city", "income"}); // flags are nothing to load
    auto const columns = columns_of(parse_plan(text), own, {s, other}, at(2024, 7, 1));
    CHECK(std::find(columns.names.begin(), columns.names.end(), "age_imputed") == columns.names.end());
}

TEST_CASE("missing: who is left out has no answer and is no part of any fit") {
    made_shop const shop(R"({"age": "median", "city": "drop"})", 300, 6);
    std::vector<shopper> stay;
    for (auto const& s : shop.shoppers)
        if (s.city) stay.push_back(s);
    REQUIRE(stay.size() < 290);
    auto const kept = columns_of(shop.definition, shop.own, stay, at(2024, 7, 1));
    fitted_plan const without = fit(shop.definition, shop.own, kept, at(2024, 7, 1));
    CHECK(without.find("age")->parameters == shop.fitted.find("age")->parameters);
    segmenter const among_those = compile(without, shop.own);
    batch_result const alone = among_those.classify(kept, {.as_of = at(2024, 7, 1)});

    segmenter const seg = compile(shop.fitted, shop.own);
    batch_result const all = seg.classify(shop.columns, {.as_of = at(2024, 7, 1)});
    CHECK(all.left_out() == shop.shoppers.size() - stay.size());
    classification now = seg.make_classification();
    for (std::size_t row = 0; row < shop.shoppers.size(); ++row) {
        bool const left_out = !shop.shoppers[row].city;
        output_handle const one[] = {seg.output("rank")};
        seg.classify(shop.own.bind(shop.shoppers[row]),
                     {.as_of = at(2024, 7, 1), .purpose = {}, .prior = nullptr, .outputs = one}, now);
        CHECK((now[one[0]].state == status::not_applicable) == left_out);
        CHECK((all.find("rank")->state(row) == status::not_applicable) == left_out);
        CHECK((all.find("age")->state(row) == status::not_applicable) == left_out);
        CHECK(now[seg.output("rich")].state == status::not_requested);
        if (left_out) continue;
        auto const at_kept = static_cast<std::size_t>(
            std::lower_bound(kept.ids.begin(), kept.ids.end(), shop.shoppers[row].id) - kept.ids.begin());
        CHECK(to_string(now[one[0]].result) == to_string(cell(alone.find("rank")->values, at_kept)));
    }
    output_handle const grown[] = {seg.output("grown")};
    CHECK(seg.fields_for(grown).attributes == std::vector<std::string>{"age", "city"}); // to know who is left out
}

TEST_CASE("missing: policies that cannot work are refused with what is allowed") {
    auto const own = shopper_schema();
    auto const code = [&](std::string const& policies) {
        return refusal([&] { (void)resolve(parse_plan(plan_with(policies)), own.what()); });
    };
    CHECK(code(R"({"age": "median"})").empty());
    CHECK(code(R"({"agee": "median"})") == "plan.unknown_column");
    CHECK(code(R"({"city": "median"})") == "plan.bad_missing");
    CHECK(code(R"({"city": {"constant": 5}})") == "plan.bad_missing");
    CHECK(code(R"({"age": {"constant": 5.5}})") == "plan.bad_missing");
    CHECK(code(R"({"registered": {"constant": "2024-02-30"}})") == "plan.bad_missing");
    CHECK(code(R"({"age": "mean"})") == "plan.unknown_name");
    CHECK(code(R"({"age": {"constant": 5, "value": 6}})") == "plan.unknown_key");
    CHECK(code(R"({"age": {}})") == "plan.missing_key");
    CHECK(code(R"({"age": 5})") == "plan.wrong_type");
    CHECK(code(R"({"grown": "mode"})") == "plan.unknown_column"); // a column is no attribute

    auto const definition = parse_plan(plan_with(R"({"city": "mode"})"));
    auto nowhere = members(20, 8);
    for (auto& s : nowhere)
        s.city.reset();
    CHECK(refusal([&] {
              (void)fit(definition, own, columns_of(definition, own, nowhere, at(2024, 7, 1)), at(2024, 7, 1));
          }) == "fit.no_values");
}
