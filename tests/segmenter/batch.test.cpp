// SPDX-License-Identifier: Apache-2.0
#include <segmenta/segmenter/batch.hpp>

#include "segmenter/small_shop.hpp"

#include "support/catch.hpp"

#include <string>

using namespace segmenta;
using namespace segmenta::test;

TEST_CASE("batch: columns in the order of the outputs, with states and segments") {
    auto const own = shopper_schema();
    plan const definition = parse_plan(small_plan);
    auto shoppers = crowd(300);
    shoppers[7].orders.clear();
    shoppers[8].city = "Lima";
    auto const columns = columns_of(definition, own, shoppers, at(2024, 7, 1));
    segmenter const seg = compile(fit(definition, own, columns, at(2024, 7, 1)), own);
    batch_result const result = seg.classify(columns, {at(2024, 7, 1), 1, true});
    REQUIRE(result.rows() == 300);
    REQUIRE(result.columns().size() == definition.outputs().size());
    for (std::size_t i = 0; i < result.columns().size(); ++i) CHECK(result.columns()[i].name == definition.outputs()[i]);
    CHECK(result.find("greeting") == nullptr); // no output

    batch_column const& segment = *result.find("segment");
    CHECK(segment.segments.size() == 10);
    CHECK(segment.state(7) == status::unknown); // nobody without an order has a recency
    for (std::size_t row = 0; row < 300; ++row)
        if (segment.values.is_present(row))
            CHECK(segment.values.text(row) == local_id(segment.segments[segment.values.as<std::uint32_t>()[row]].id));
    batch_column const& stage = *result.find("stage");
    CHECK(stage.values.text(7) == "potential");
    REQUIRE(stage.valid_until.size() == 300);
    CHECK(stage.valid_until[7] == instant::never().microseconds());
    CHECK(result.find("vip")->state(8) == status::not_applicable);
    CHECK(result.find("recency_days")->state(7) == status::unknown);
    CHECK(result.find("frequency")->values.as<std::int64_t>()[7] == 0);
}

TEST_CASE("batch: any number of threads gives the same columns") {
    auto const own = shopper_schema();
    plan const definition = parse_plan(small_plan);
    auto const columns = columns_of(definition, own, crowd(40'000), at(2024, 7, 1));
    segmenter const seg = compile(fit(definition, own, columns, at(2024, 7, 1)), own);
    batch_result const one = seg.classify(columns, {at(2024, 7, 1), 1, true});
    for (unsigned const threads : {2U, 5U}) {
        batch_result const many = seg.classify(columns, {at(2024, 7, 1), threads, true});
        for (std::size_t c = 0; c < one.columns().size(); ++c) {
            auto const& a = one.columns()[c];
            auto const& b = many.columns()[c];
            std::size_t differences = 0;
            for (std::size_t row = 0; row < one.rows(); ++row)
                differences += a.state(row) != b.state(row) || to_string(cell(a.values, row)) != to_string(cell(b.values, row));
            CAPTURE(a.name, threads);
            CHECK(differences == 0);
            CHECK(std::equal(a.valid_until.begin(), a.valid_until.end(), b.valid_until.begin(), b.valid_until.end()));
        }
    }
}

TEST_CASE("batch: a table without a base column, or with another type, is refused by name") {
    auto const own = shopper_schema();
    plan const definition = parse_plan(small_plan);
    auto columns = columns_of(definition, own, crowd(50), at(2024, 7, 1));
    segmenter const seg = compile(fit(definition, own, columns, at(2024, 7, 1)), own);
    for (std::size_t i = 0; i < columns.names.size(); ++i) {
        if (columns.names[i] == "age") columns.columns[i] = column(float64_type, columns.size());
        if (columns.names[i] == "monetary") columns.names[i] = "turnover";
    }
    try {
        (void)seg.classify(columns, {at(2024, 7, 1), 1, false});
        FAIL("accepted");
    } catch (issue_error const& problem) {
        CHECK(problem.issues().contains("segmenter.missing_column"));
        CHECK(problem.issues().contains("segmenter.column_type"));
        CHECK(std::string(problem.what()).find("monetary") != std::string::npos);
    }
}
