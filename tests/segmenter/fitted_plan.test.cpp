// SPDX-License-Identifier: Apache-2.0
#include <segmenta/segmenter/fitted_plan.hpp>

#include "segmenter/small_shop.hpp"

#include "base/file.hpp"
#include "support/catch.hpp"

#include <filesystem>
#include <string>
#include <unistd.h>

using namespace segmenta;
using namespace segmenta::test;

TEST_CASE("fitted_plan: saved and read again it has the same hash, parameters and answers") {
    auto const own = shopper_schema();
    fitted_plan const fitted = fit_small();
    CHECK(fitted.customers() == 200);
    CHECK(fitted.as_of() == at(2024, 7, 1));
    REQUIRE(fitted.columns().size() == 2); // r and f; the others need no fit
    CHECK(fitted.find("r") != nullptr);
    CHECK(fitted.find("segment") == nullptr);
    auto const path = std::filesystem::temp_directory_path() / ("segmenta-fitted-" + std::to_string(::getpid()) + ".json");
    fitted.save(path);
    fitted_plan const again = read_fitted_plan(path);
    std::filesystem::remove(path);
    CHECK(again.hash() == fitted.hash());
    CHECK(again.to_json() == fitted.to_json());
    CHECK(again.definition().hash() == fitted.definition().hash());
    CHECK(std::equal(again.columns().begin(), again.columns().end(), fitted.columns().begin(), fitted.columns().end()));
    CHECK(std::equal(again.data().begin(), again.data().end(), fitted.data().begin(), fitted.data().end()));

    segmenter const a = compile(fitted, own);
    segmenter const b = compile(again, own);
    auto x = a.make_classification();
    auto y = b.make_classification();
    for (auto const& s : crowd(50, 77)) {
        a.classify(own.bind(s), {.as_of = at(2024, 7, 3)}, x);
        b.classify(own.bind(s), {.as_of = at(2024, 7, 3)}, y);
        for (char const* const name : {"r", "f", "segment", "stage", "band"}) {
            CHECK(x[a.output(name)].index == y[b.output(name)].index);
            CHECK(x[a.output(name)].score == y[b.output(name)].score);
        }
    }
}

TEST_CASE("fitted_plan: what was altered, cut off or is something else is refused with the reason") {
    std::string const good = fit_small().to_json();
    auto const code = [](std::string const& text) { return refusal([&] { (void)parse_fitted_plan(text); }); };
    CHECK(code(good).empty());
    std::string altered = good;
    std::size_t const edge = altered.find("\"inner\"");
    REQUIRE(edge != std::string::npos);
    std::size_t const digit = altered.find_first_of("123456789", edge);
    altered[digit] = altered[digit] == '9' ? '8' : static_cast<char>(altered[digit] + 1);
    CHECK(code(altered) == "fitted.checksum");
    CHECK(code(good.substr(0, good.size() / 2)) == "json.syntax");
    CHECK(code("{}") == "fitted.kind");
    CHECK(code(std::string(small_plan)) == "fitted.kind");
    std::string newer = good;
    newer.replace(newer.find("\"version\": 1"), 12, "\"version\": 2");
    CHECK(code(newer) == "fitted.version");
}

TEST_CASE("fitted_plan: it serves its own plan, whatever its labels, and no other") {
    fitted_plan const fitted = fit_small();
    std::string text(small_plan);
    CHECK(rebase(fitted, parse_plan(text)).hash() == fitted.hash());
    text.replace(text.find("\"bins\": 5"), 9, "\"bins\": 4");
    text.replace(text.find("\"map\": \"rf_ten\""), 15, "\"levels\": [4, 5], \"order\": \"listed\", \"fallback\": \"rest\", \"segments\": [{\"id\": \"top\", \"boxes\": [[[4, 4], [5, 5]]]}]");
    CHECK(refusal([&] { (void)rebase(fitted, parse_plan(text)); }) == "fitted.other_plan");
}

TEST_CASE("fitted_plan: compiling without a fit names the columns; a retyped attribute is refused") {
    plan const definition = parse_plan(small_plan);
    std::string text;
    CHECK(refusal([&] { (void)compile(definition, shopper_schema()); }, &text) == "segmenter.unfitted");
    CHECK(text.find("column r ") != std::string::npos);
    CHECK(text.find("column f ") != std::string::npos);

    schema const now = shopper_schema().what();
    schema retyped;
    for (auto f : now.attributes()) {
        if (f.name == "age") f.what = float64_type;
        retyped.attribute(f);
    }
    for (auto const& h : now.histories()) retyped.history(h);
    CHECK(refusal([&] { (void)compile(fit_small(), retyped); }) == "segmenter.retyped");
}

TEST_CASE("fitted_plan: a fit does not depend on threads") {
    auto const own = shopper_schema();
    plan const definition = parse_plan(small_plan);
    auto const columns = columns_of(definition, own, crowd(40'000), at(2024, 7, 1));
    auto const one = fit(definition, own, columns, at(2024, 7, 1), 1);
    CHECK(fit(definition, own, columns, at(2024, 7, 1), 2).hash() == one.hash());
    CHECK(fit(definition, own, columns, at(2024, 7, 1), 7).hash() == one.hash());
}

TEST_CASE("fitted_plan: customers that a column does not apply to move no edge and no rank") {
    plan const definition = parse_plan(R"j({"segmenta": 1, "id": "persons", "columns": {
        "score": {"strategy": "quantile_score", "of": "spent", "bins": 2, "applies_to": "person"},
        "rank": {"strategy": "quantile_score", "of": "spent", "bins": 2, "ties": "rank_first", "applies_to": "person"},
        "level": {"strategy": "quantile_score", "of": "spent", "bins": 2, "segments": ["low", "high"],
                  "applies_to": "person"}}})j");
    schema what;
    what.attribute("spent", int64_type).attribute("person", boolean_type);
    constexpr std::size_t rows = 100; // ten persons who spent 0 to 9 among firms that spent thousands
    customer_columns customers;
    customers.names = {"spent", "person"};
    customers.columns = {column(int64_type, rows), column(boolean_type, rows)};
    for (std::size_t row = 0; row < rows; ++row) {
        bool const person = row % 10 == 3;
        customers.ids.push_back(static_cast<std::int64_t>(row));
        customers.columns[0].data<std::int64_t>()[row] = static_cast<std::int64_t>(person ? row / 10 : 1000 + row);
        customers.columns[1].data<std::uint8_t>()[row] = person ? 1 : 0;
    }
    customers.columns[0].set_missing(4); // a firm
    instant const when = at(2024, 7, 1);
    segmenter const seg = compile(fit(definition, what, customers, when, 1), what);
    batch_result const result = seg.classify(customers, {when, 1, false});
    for (std::size_t row = 0; row < rows; ++row) {
        CAPTURE(row);
        bool const person = row % 10 == 3;
        for (auto const& answer : result.columns())
            CHECK(answer.state(row) == (person ? status::ok : status::not_applicable));
        if (!person) continue;
        std::int64_t const half = row / 10 < 5 ? 1 : 2;
        CHECK(result.find("score")->values.as<std::int64_t>()[row] == half);
        CHECK(result.find("rank")->values.as<std::int64_t>()[row] == half);
        CHECK(result.find("level")->values.text(row) == (half == 1 ? "low" : "high"));
    }
}
