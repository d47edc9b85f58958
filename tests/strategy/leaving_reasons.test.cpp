// SPDX-License-Identifier: Apache-2.0
#include "strategy/strategy_test.hpp"
#include "support/catch.hpp"

#include <segmenta/error.hpp>
#include <segmenta/strategy/leaving_reasons.hpp>
#include <segmenta/strategy/strategy.hpp>

using namespace segmenta;
using test::frame;

static_assert(strategy<leaving_reasons>);

TEST_CASE("a complaint within 14 days of the last order is a reason", "[leaving_reasons]") {
    leaving_reasons_options o;
    o.reasons = {"service", "stock"};
    o.reads = {"last_order_day", "last_complaint_day", "last_stock_out_day"};
    leaving_reasons const s(o);
    frame f;
    f.days({100, 100, 100, 100, std::nullopt})
        .days({114, 115, 95, 103, 100})
        .days({std::nullopt, std::nullopt, 102, 97, 100});
    CHECK(test::segments_of(s, f.rows()) == std::vector<std::string>{"leaving.service", "leaving.unexplained",
                                                                     "leaving.stock", "leaving.service", "<unknown>"});
    auto const a = test::assign_all(s, f.rows());
    CHECK(a[0].score == 14);
    CHECK(a[2].also_matched == 0b01);
    CHECK(a[3].also_matched == 0b10); // equally far: the one listed first
    CHECK(s.describe(a[0].reason) == "last_complaint_day within 14 days of the last order");

    SECTION("what the customer said comes first") {
        o.survey = true;
        o.reads.emplace_back("answer");
        leaving_reasons const asked(o);
        f.texts({"stock", "bored", std::nullopt, "service", "stock"});
        CHECK(test::segments_of(asked, f.rows()) == std::vector<std::string>{"leaving.stock", "leaving.unexplained",
                                                                             "leaving.stock", "leaving.service",
                                                                             "<unknown>"});
        auto const b = test::assign_all(asked, f.rows());
        CHECK(asked.describe(b[0].reason) == "the customer said: stock");
        CHECK(b[0].also_matched == 0b01);
        CHECK(leaving_reasons::from_json(asked.to_json()).to_json() == asked.to_json());
    }
    o.reads.pop_back();
    CHECK_THROWS_AS(leaving_reasons(o), issue_error);
}
