// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/model_drift.hpp>

#include "model/model_document.hpp"
#include "model/reference_document.hpp"

#include "model/strategy_use.hpp"
#include "support/catch.hpp"

#include "base/json.hpp"

#include <segmenta/base/random.hpp>
#include <segmenta/model/cluster_model.hpp>
#include <segmenta/model/logistic.hpp>
#include <segmenta/model/model_strategies.hpp>
#include <segmenta/strategy/registry.hpp>

#include <array>
#include <cmath>
#include <string>
#include <vector>

using namespace segmenta;
using namespace segmenta::test;

namespace {

std::vector<double> spread(std::size_t n, double from, double to) {
    std::vector<double> out;
    for (std::size_t i = 0; i < n; ++i)
        out.push_back(from + (to - from) * static_cast<double>(i) / static_cast<double>(n));
    return out;
}

block rows_of(column_view const& view) { return {view.size, {&view, 1}}; }

column_view view_of(std::vector<double> const& values) {
    return {float64_type, values.size(), values.data(), nullptr, nullptr, nullptr};
}

/// A column of a table run, as a segmenter makes it.
batch_column scores_column(std::vector<double> const& scores) { return {"p", view_of(scores), {}, {}, {}}; }

double by_hand(std::vector<std::uint64_t> const& before, std::vector<std::uint64_t> const& now) {
    return population_stability(before, now, fill_share{}).value;
}

} // namespace

TEST_CASE("model drift: a clustering fitted in a plan remembers its segments, and says when others come") {
    // 60 customers near 0, 40 near 100.
    std::vector<double> then;
    for (int i = 0; i < 100; ++i)
        then.push_back(i < 60 ? i % 7 : 100 + i % 5);
    auto const mechanisms = registry_with_models();
    auto const what = use("k_means", {"spend"}, R"({"segments": ["low", "high"]})");
    auto const everyone = view_of(then);
    auto const made = mechanisms.fit(what, rows_of(everyone));
    auto const loaded = mechanisms.load(what, *made.to_json());
    auto const* const watch = drift_watch_of(loaded);
    REQUIRE(watch != nullptr);
    CHECK(watch->source == drift_source::fit);
    REQUIRE(watch->reference);
    CHECK(watch->thresholds == drift_thresholds{0.10, 0.25});

    string_pool pool;
    std::vector<std::uint32_t> codes(100, 0); // now 30 and 60, and ten whom nobody knows
    for (std::size_t i = 30; i < 90; ++i)
        codes[i] = 1;
    std::array<std::uint64_t, 2> const valid{~std::uint64_t{0}, (std::uint64_t{1} << (90 - 64)) - 1};
    column_view const segments{category_type, 100, codes.data(), valid.data(), &pool, nullptr};
    auto const now = drift_of(loaded, {"s", segments, {}, {}, loaded.segments()});
    REQUIRE(now);
    CHECK(now->customers == 100);
    CHECK(now->index->value == Approx(by_hand({40, 60, 0, 0}, {60, 30, 0, 10}))); // high, low, other, missing
    CHECK(now->level == drift_level::drifted);
    CHECK(now->by_chance < .1);
}

TEST_CASE("model drift: a document carries the reference of its scores; the plan may name another and other thresholds") {
    logistic const model(-1, {2}, {"x"});
    auto const x = spread(1'000, -2, 2);
    std::vector<double> scores(x.size());
    std::array<std::span<double const>, 1> const columns{x};
    model.probability(columns, scores);
    auto const document = detail::with_reference(model.to_json(), freeze_answers(scores, {}));
    CHECK(logistic::from_json(document).coefficients()[0] == 2); // whoever reads the model alone passes over it
    auto const made = registry_with_models().make(use("model_score", {"x"}, R"({"document": )" + document + "}"));
    CHECK(drift_watch_of(made)->source == drift_source::document);
    auto const same = drift_of(made, scores_column(scores));
    REQUIRE(same);
    CHECK(same->index->value == 0);
    CHECK(same->level == drift_level::stable);

    std::vector<double> later(scores.begin() + 400, scores.end()); // the 400 lowest do not come any more
    auto const moved = drift_of(made, scores_column(later));
    CHECK(moved->index->value == Approx(by_hand({100, 100, 100, 100, 100, 100, 100, 100, 100, 100},
                                                {0, 0, 0, 0, 100, 100, 100, 100, 100, 100})));
    CHECK(moved->level == drift_level::drifted);
    later[0] = std::nan(""); // has no answer: the bin of missing values, empty before
    CHECK(drift_of(made, scores_column(later))->customers == 600);

    auto const lax = use("model_score", {"x"}, R"({"drift": {"shifted": 2, "drifted": 9}, "document": )" + document + "}");
    CHECK(drift_of(registry_with_models().make(lax), scores_column(later))->level == drift_level::shifted);
    auto const named = use("model_score", {"x"},
                           R"({"drift": {"reference": )" + freeze_answers(later, {})->to_json() + R"(}, "document": )" +
                               document + "}");
    auto const other = registry_with_models().make(named);
    CHECK(drift_watch_of(other)->source == drift_source::plan);
    CHECK(drift_of(other, scores_column(later))->index->value == 0);

    // Nothing can be said: no reference, or one of something else.
    auto const without = registry_with_models().make(use("model_score", {"x"}, R"({"document": )" + model.to_json() + "}"));
    CHECK(drift_watch_of(without)->source == drift_source::none);
    CHECK_FALSE(drift_of(without, scores_column(later)));
    CHECK_FALSE(drift_of(any_strategy(), scores_column(later)));
    CHECK(drift_watch_of(any_strategy()) == nullptr);
}

TEST_CASE("model drift: segments of a document that the plan calls otherwise are the same segments") {
    cluster_model_parts parts{k_means({0, 10}, 2), {"x"}};
    parts.segments = {{"low"}, {"high"}};
    std::vector<std::string> const then{"low", "low", "low", "high"};
    auto const document =
        detail::with_reference(cluster_model(parts).to_json(), freeze_answers(std::vector<double>{1, 2, 3, 4}, then));
    auto const made = registry_with_models().make(
        use("clusters", {"x"}, R"({"segments": ["poor", "rich"], "document": )" + document + "}"));
    std::vector<std::uint32_t> const codes{0, 1, 0, 0};
    column_view const segments{category_type, 4, codes.data(), nullptr, nullptr, nullptr};
    auto const now = drift_of(made, {"s", segments, {}, {}, made.segments()});
    REQUIRE(now);
    CHECK(now->index->value == 0);
    CHECK(drift_of(made, scores_column({1, 2, 3, 4}))->index->value == 0);
    // of a mixture the score may be asked to be another one: then the document's says nothing
    cluster_model_parts mixed{gaussian_mixture(covariance_kind::spherical, {.5, .5}, {0, 10}, {1, 1}), {"x"}};
    mixed.segments = parts.segments;
    auto const mixture =
        detail::with_reference(cluster_model(mixed).to_json(), freeze_answers(std::vector<double>{1, 1, 1, 1}, then));
    auto const of_high = registry_with_models().make(
        use("clusters", {"x"}, R"({"probability_of": "high", "document": )" + mixture + "}"));
    CHECK_FALSE(drift_of(of_high, scores_column({1, 1, 1, 1})));
}

TEST_CASE("model drift: parameters that cannot be are refused") {
    std::string const document = logistic(-1, {2}, {"x"}).to_json();
    auto const with = [&](std::string const& drift) {
        return code_of(use("model_score", {"x"}, R"({"drift": )" + drift + R"(, "document": )" + document + "}"));
    };
    CHECK(with(R"({"shifted": 0.2})") == "none");
    CHECK(with(R"({"shifted": 0.3})") == "model_score.value"); // above drifted
    CHECK(with(R"({"shifted": 0})") == "model_score.value");
    CHECK(with(R"({"limit": 1})") == "model_score.key");
    CHECK(with("true") == "model_score.value");
    CHECK(with(R"({"reference": {}})") == "drift.kind");
    std::vector<double> const ages{1, 2, 3};
    auto const of_ages = drift_reference({freeze_numbers("age", ages)}).to_json();
    CHECK(with(R"({"reference": )" + of_ages + "}") == "drift.bad_field");
    std::vector<std::string> const words{"a", "b"};
    auto const wrong_kind = drift_reference({freeze_categories("score", words)}).to_json();
    CHECK(with(R"({"reference": )" + wrong_kind + "}") == "drift.bad_field");
    auto const changed = detail::with_reference(document, freeze_answers(ages, {}));
    auto broken = detail::parse_json(changed).get_object();
    broken["reference"].get_object()["features"].get_array().clear();
    broken.erase("model");
    broken.erase("version");
    broken.erase("checksum");
    auto const text = detail::write_model_document("logistic", 1, broken);
    CHECK(code_of(use("model_score", {"x"}, R"({"document": )" + text + "}")) == "drift.checksum");
    CHECK_FALSE(freeze_answers(std::vector<double>{std::nan("")}, {}));
    CHECK_THROWS_AS(freeze_answers(std::vector<double>{INFINITY, 1}, {}), issue_error);
}

TEST_CASE("model drift: a plan's reference speaks of what the column answers") {
    std::string const document = logistic(-1, {2}, {"x"}).to_json();
    auto const issues_with = [&](std::string const& more, drift_reference const& reference) {
        issue_list issues;
        (void)registry_with_models().check(use("model_score", {"x"},
                                               R"({"drift": {"reference": )" + reference.to_json() + "}, " + more +
                                                   R"("document": )" + document + "}"),
                                           issues);
        return issues;
    };
    std::vector<double> const scores{.1, .2, .3};
    std::vector<std::string> const segments{"low", "high", "low"};
    std::string const cut = R"("cuts": [0.5], "segments": ["low", "high"], )";
    CHECK(issues_with("", *freeze_answers(scores, {})).empty());
    CHECK(issues_with("", *freeze_answers(scores, segments)).empty());
    CHECK(issues_with(cut, *freeze_answers({}, segments)).empty());
    CHECK(issues_with(cut, *freeze_answers(scores, segments)).empty());

    // It would never have been compared.
    auto const of_segments = issues_with("", *freeze_answers({}, segments));
    REQUIRE(of_segments.size() == 1);
    CHECK(of_segments[0].code == "model_score.drift");
    CHECK(of_segments[0].place == "plan.json:1 /columns/s/drift/reference");
    CHECK(of_segments[0].allowed == "score");
    CHECK(issues_with(cut, *freeze_answers(scores, {}))[0].allowed == "segment");
    // Names that are nearly right.
    auto const slip = issues_with("", drift_reference({freeze_numbers("scroe", scores)}));
    REQUIRE(slip.size() == 1);
    CHECK(slip[0].remedy == "Did you mean score?");
    drift_reference const both({freeze_numbers("score", scores), freeze_categories("segmnt", segments)});
    auto const also = issues_with("", both);
    REQUIRE(also.size() == 1);
    CHECK(also[0].seen == "\"segmnt\"");
    CHECK(also[0].remedy == "Did you mean segment?");
    // Segments that the column does not have would all be somebody else.
    auto const others = issues_with(cut, *freeze_answers({}, std::vector<std::string>{"low", "hihg", "s.low"}));
    REQUIRE(others.size() == 2);
    CHECK(others[0].seen == "\"hihg\"");
    CHECK(others[0].remedy == "Did you mean high?");
    CHECK(others[1].remedy == "Did you mean low?");
}
