// SPDX-License-Identifier: Apache-2.0
// The compiled plan as a whole: names, needs, labels, reasons, columns that need everybody, and many threads.
#include <segmenta/segmenter/segmenter.hpp>

#include <segmenta/strategy/quantile_score.hpp>

#include "segmenter/small_shop.hpp"

#include "support/catch.hpp"

#include <segmenta/plan/plan_builder.hpp>
#include <segmenta/strategy/use.hpp>

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

using namespace segmenta;
using namespace segmenta::test;

TEST_CASE("segmenter: an unknown output is refused with the nearest name, a column that is no tag too") {
    segmenter const seg = compile(fit_small(), shopper_schema());
    std::string text;
    CHECK(refusal([&] { (void)seg.output("stgae"); }, &text) == "segmenter.unknown_output");
    CHECK(text.find("Did you mean stage?") != std::string::npos);
    CHECK(refusal([&] { (void)seg.tag("stage"); }) == "segmenter.no_tag");
    CHECK(refusal([&] { (void)seg.tag("vipp"); }) == "segmenter.unknown_output");
    REQUIRE(seg.outputs().size() == 9);
    CHECK(seg.outputs()[6] == seg.output("stage"));
    CHECK(seg.output("age") != seg.output("city")); // attributes that the plan reads are columns as well
    CHECK(refusal([&] { (void)seg.output("consent"); }) == "segmenter.unknown_output"); // nothing reads it
    CHECK(seg.hash() == fit_small().hash());
}

TEST_CASE("segmenter: fields_for names what a host must load, and no more") {
    segmenter const seg = compile(fit_small(), shopper_schema());
    using names = std::vector<std::string>;
    auto const of = [&](std::string_view name) {
        output_handle const wanted[] = {seg.output(name)};
        return seg.fields_for(wanted);
    };
    CHECK(of("wealthy") == required_fields{{"income"}, {}});
    CHECK(of("vip") == required_fields{{"age", "city"}, {{"orders", {"amount"}, {"P30D"}, false}}});
    CHECK(of("stage") == required_fields{{}, {{"orders", {}, {}, true}}}); // the day of the question is nothing to load
    CHECK(of("monetary") == required_fields{{}, {{"orders", {"amount"}, {}, true}}});
    required_fields const all = seg.fields_for();
    CHECK(all.attributes == names{"age", "city"}); // income and the greeting are no outputs
    REQUIRE(all.histories.size() == 1);
    CHECK(all.histories[0].whole);
    output_handle const strange[] = {output_handle{}};
    CHECK(seg.fields_for(strange) == required_fields{});
}

TEST_CASE("segmenter: only what fields_for names is needed") {
    // Asked for one output, a customer that has nothing but the fields named gets the same answer.
    auto const own = shopper_schema();
    segmenter const seg = compile(fit_small(), own);
    classification whole = seg.make_classification();
    classification bare = seg.make_classification();
    for (auto const& full : crowd(100, 21)) {
        for (auto const& output : seg.outputs()) {
            output_handle const wanted[] = {output};
            required_fields const needed = seg.fields_for(wanted);
            auto const lacks = [&](std::string_view name) {
                return std::find(needed.attributes.begin(), needed.attributes.end(), name) == needed.attributes.end();
            };
            shopper s = full;
            if (lacks("age")) s.age.reset();
            if (lacks("city")) s.city.reset();
            if (lacks("income")) s.income.reset();
            if (lacks("registered")) s.registered.reset();
            if (needed.histories.empty()) s.orders.clear();
            s.visits.clear();
            seg.classify(own.bind(full), {.as_of = at(2024, 7, 1), .purpose = {}, .prior = nullptr, .outputs = wanted}, whole);
            seg.classify(own.bind(s), {.as_of = at(2024, 7, 1), .purpose = {}, .prior = nullptr, .outputs = wanted}, bare);
            CHECK(whole[output].state == bare[output].state);
            CHECK(to_string(whole[output].result) == to_string(bare[output].result));
        }
    }
}

TEST_CASE("segmenter: labels in the language asked for, and the reason in words") {
    label_set labels("en");
    labels.add({"lifecycle", "en", {{"lifecycle.active", "Active"}}});
    labels.add({"lifecycle", "zh-Hans", {{"lifecycle.active", "\xE6\xB4\xBB\xE8\xB7\x83"}}});
    auto const own = shopper_schema();
    fitted_plan const fitted = fit_small();
    segmenter const seg = compile(rebase(fitted, fitted.definition().with_labels(labels)), own);
    output_handle const stage = seg.output("stage");
    CHECK(seg.label(stage, "active", "en") == "Active");
    CHECK(seg.label(stage, "active", "zh-CN") == "\xE6\xB4\xBB\xE8\xB7\x83");
    CHECK(seg.label(stage, "active", "fr") == "Active"); // the plan's locale
    CHECK(seg.label(stage, "lost", "en") == "lost");     // nobody named it
    CHECK(seg.label(stage, "no such segment", "en") == "no such segment");
    CHECK(seg.label(output_handle{}, "active", "en") == "active");
    CHECK(seg.hash() == compile(fitted, own).hash()); // labels decide nothing

    shopper const s = someone();
    classification now = seg.make_classification();
    seg.classify(own.bind(s), {.as_of = at(2024, 6, 25)}, now);
    CHECK_FALSE(seg.reason(stage, now[stage]).empty());
    output_handle const segment = seg.output("segment");
    std::string const reason = seg.reason(segment, now[segment]);
    CHECK(reason.find(now[segment].segment) != std::string::npos);
    CHECK(reason.find("cell") != std::string::npos);
    CHECK(seg.reason(seg.output("vip"), now[seg.output("vip")]).empty()); // rules are explained elsewhere
}

TEST_CASE("segmenter: a column that needs everybody answers a table, and one customer with not_applicable") {
    auto const own = shopper_schema();
    quantile_score_options ranked;
    ranked.id = "rank";
    ranked.reads = "orders_made";
    ranked.bins = 4;
    ranked.ties = tie_policy::rank_first;
    strategy_use const use = use_of(ranked);
    plan const definition = plan_builder("ranked")
                                .feature("orders_made", {aggregate::rows, "orders", "", "", ""})
                                .strategy("rank", strategy_definition{use.kind, "rank", use.reads, use.parameters})
                                .rule("top", "rank == 4")
                                .build();
    auto const shoppers = crowd(100);
    auto const columns = columns_of(definition, own, shoppers, at(2024, 7, 1));
    segmenter const seg = compile(fit(definition, own, columns, at(2024, 7, 1)), own);
    batch_result const table = seg.classify(columns, {at(2024, 7, 1), 2, false});
    std::array<int, 5> sizes{};
    for (std::size_t row = 0; row < 100; ++row) ++sizes[static_cast<std::size_t>(table.find("rank")->values.as<std::int64_t>()[row])];
    CHECK(sizes == std::array<int, 5>{0, 25, 25, 25, 25}); // even, as only ranks are
    classification now = seg.make_classification();
    seg.classify(own.bind(shoppers[0]), {.as_of = at(2024, 7, 1)}, now);
    CHECK(now[seg.output("rank")].state == status::not_applicable);
    CHECK(now[seg.tag("top")].state == status::not_applicable); // and what reads it
    CHECK(now[seg.output("orders_made")].ok());
}

TEST_CASE("segmenter: all problems of a plan and a host's schema are told at once") {
    plan const definition = plan_builder("broken")
                                .rule("a", "agee > 3")
                                .feature("b", {aggregate::sum, "orders", "channel", "", ""})
                                .rule("c", "income == 'much'")
                                .build();
    std::string text;
    CHECK_FALSE(refusal([&] { (void)compile(definition, shopper_schema()); }, &text).empty());
    CHECK(text.find("age") != std::string::npos);
    CHECK(text.find("channel") != std::string::npos);
    CHECK(text.find("/columns/c") != std::string::npos);
}

TEST_CASE("segmenter: many threads share one segmenter, and a new one takes its place meanwhile") {
    auto const own = shopper_schema();
    fitted_plan const fitted = fit_small();
    auto const shoppers = crowd(40, 8);
    segmenter const first = compile(fitted, own);
    std::vector<std::string> expected;
    classification alone = first.make_classification();
    auto const all_answers = [](segmenter const& seg, classification const& now) {
        std::string text;
        for (auto const& output : seg.outputs()) text += to_string(now[output].result) + ' ' + std::string(to_string(now[output].state)) + ';';
        return text;
    };
    for (auto const& s : shoppers) {
        first.classify(own.bind(s), {.as_of = at(2024, 7, 1)}, alone);
        expected.push_back(all_answers(first, alone));
    }
    auto const columns = columns_of(fitted.definition(), own, shoppers, at(2024, 7, 1));

    std::mutex guard;
    auto live = std::make_shared<segmenter const>(first);
    auto const current = [&] {
        std::lock_guard const lock(guard);
        return live;
    };
    instant const moment = at(2024, 7, 1);
    std::atomic<int> wrong{0};
    auto const ask = [&] {
        for (int round = 0; round < 30; ++round) {
            auto const seg = current();
            classification now = seg->make_classification();
            for (std::size_t i = 0; i < shoppers.size(); ++i) {
                seg->classify(own.bind(shoppers[i]), {.as_of = moment}, now);
                wrong += all_answers(*seg, now) == expected[i] ? 0 : 1;
            }
            wrong += seg->classify(columns, {moment, 2, false}).rows() == shoppers.size() ? 0 : 1;
        }
    };
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back(ask);
    for (int i = 0; i < 5; ++i) {
        auto next = std::make_shared<segmenter const>(compile(fitted, own)); // the same plan: the same answers
        std::lock_guard const lock(guard);
        live = std::move(next);
    }
    for (auto& t : threads) t.join();
    CHECK(wrong == 0);
}
