// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/model_strategies.hpp>

#include "base/file.hpp"
#include "base/json.hpp"

#include "support/catch.hpp"

#include <segmenta/base/random.hpp>
#include <segmenta/model/bg_nbd.hpp>
#include <segmenta/model/gamma_gamma.hpp>
#include <segmenta/model/lifetime_value.hpp>
#include <segmenta/model/logistic.hpp>
#include <segmenta/model/scorecard.hpp>

#include <cmath>
#include <string>
#include <vector>

using namespace segmenta;

namespace {

/// Columns of doubles, of which some rows may be missing.
class test_block {
public:
    explicit test_block(std::vector<std::vector<double>> columns) : columns_(std::move(columns)) {
        for (auto const& column : columns_) {
            auto& valid = valid_.emplace_back((column.size() + 63) / 64, 0);
            for (std::size_t i = 0; i < column.size(); ++i)
                if (!std::isnan(column[i])) valid[i / 64] |= std::uint64_t{1} << i % 64;
        }
        for (std::size_t c = 0; c < columns_.size(); ++c)
            views_.push_back(
                {float64_type, columns_[c].size(), columns_[c].data(), valid_[c].data(), nullptr, nullptr});
    }
    [[nodiscard]] block rows() const { return {columns_[0].size(), views_}; }

private:
    std::vector<std::vector<double>> columns_;
    std::vector<std::vector<std::uint64_t>> valid_;
    std::vector<column_view> views_;
};

strategy_use use(std::string kind, std::vector<std::string> reads, std::string parameters) {
    strategy_use out;
    out.kind = std::move(kind);
    out.scheme = "s";
    out.reads = std::move(reads);
    out.parameters = std::move(parameters);
    out.place = "plan.json:1 /columns/s";
    return out;
}

std::string code_of(strategy_use const& what) {
    issue_list issues;
    (void)registry_with_models().check(what, issues);
    return issues.empty() ? "none" : issues[0].code;
}

std::string fit_code(strategy_use const& what, test_block const& everyone) {
    try {
        (void)registry_with_models().fit(what, everyone.rows());
    } catch (issue_error const& e) {
        return e.issues()[0].code;
    }
    return "none";
}

std::vector<assignment> answers(any_strategy const& of, test_block const& rows) {
    std::vector<assignment> out(rows.rows().size);
    of.assign(rows.rows(), out);
    return out;
}

// Buyers of half a year to two, in weeks. Who leaves does so after a repeat purchase, or after any purchase.
test_block buyers(std::size_t n, std::uint64_t seed, bool first_too) {
    random_generator random(seed);
    std::vector<std::vector<double>> out(4);
    for (std::size_t i = 0; i < n; ++i) {
        double const u = random_unit(random);
        double const rate = 0.02 + 0.4 * u * u;
        double const v = random_unit(random);
        double const leaves = v * v;
        double const age = 26 + 78 * random_unit(random);
        double repeats = 0;
        double last = 0;
        for (double now = 0; (repeats == 0 && !first_too) || !random_bernoulli(random, leaves);) {
            now -= std::log1p(-random_unit(random)) / rate;
            if (now > age) break;
            last = now;
            ++repeats;
        }
        out[0].push_back(repeats);
        out[1].push_back(last);
        out[2].push_back(age);
        out[3].push_back(repeats == 0 ? 0 : 20 + 30 * random_unit(random) + 10 * random_unit(random));
    }
    return test_block(std::move(out));
}

} // namespace

TEST_CASE("model strategies: clusters are named by their centres, and the saved form answers the same") {
    random_generator random(3);
    std::vector<std::vector<double>> columns(2);
    for (int i = 0; i < 300; ++i) {
        columns[0].push_back(100.0 * (i % 3) + random_normal(random));
        columns[1].push_back(random_normal(random));
    }
    columns[0].push_back(std::nan(""));
    columns[1].push_back(0);
    test_block const everyone(columns);
    auto const what =
        use("k_means", {"x", "y"}, R"({"segments": ["low", "middle", "high"], "seed": 5, "standardise": false})");
    auto const mechanisms = registry_with_models();
    auto const fitted = mechanisms.fit(what, everyone.rows());
    auto const first = answers(fitted, everyone);
    for (std::size_t i = 0; i < 300; ++i)
        if (first[i].segment != i % 3) FAIL("customer " << i);
    CHECK(first[300].standing == status::unknown);
    CHECK(fitted.segments()[2].id == "s.high");
    auto const loaded = mechanisms.load(what, *fitted.to_json());
    CHECK(answers(loaded, everyone) == first);
    // Whatever the seed, the names stay.
    auto const other = mechanisms.fit(
        use("k_means", {"x", "y"}, R"({"segments": ["low", "middle", "high"], "seed": 99, "standardise": false})"),
        everyone.rows());
    CHECK(answers(other, everyone)[0].segment == 0);
}

TEST_CASE("model strategies: repeat buying answers what the model answers") {
    test_block const everyone = buyers(2'000, 11, false);
    test_block const of_mbg = buyers(2'000, 12, true);
    auto const rows = everyone.rows();
    std::vector<std::string> const reads{"repeats", "last", "age"};
    auto const mechanisms = registry_with_models();
    for (std::string const model : {"bg_nbd", "mbg_nbd", "pareto_nbd"}) {
        INFO(model);
        block const three{rows.size, (model == "mbg_nbd" ? of_mbg : everyone).rows().columns.first(3)};
        auto const what = use("repeat_buying", reads,
                              R"({"answer": "probability_alive", "unit": "week", "model": ")" + model +
                                  R"(", "cuts": [0.5], "segments": ["gone", "here"]})");
        auto const fitted = mechanisms.fit(what, three);
        std::vector<assignment> out(rows.size);
        fitted.assign(three, out);
        for (auto const& a : out) {
            if (!(a.score > 0 && a.score <= 1)) FAIL(a.score);
            if (a.segment != (a.score >= 0.5 ? 1 : 0)) FAIL(a.segment);
        }
        auto const loaded = mechanisms.load(what, *fitted.to_json());
        std::vector<assignment> again(rows.size);
        loaded.assign(three, again);
        CHECK(again == out);
    }

    auto const value = use("repeat_buying", {"repeats", "last", "age", "spend"},
                           R"({"answer": "lifetime_value", "unit": "week", "horizon": 52, "discount_per_year": 0.1})");
    auto const fitted = mechanisms.fit(value, rows);
    auto const document = detail::parse_json(*fitted.to_json()).at("body").at("fit");
    auto const model = bg_nbd::from_json(detail::write_json(document.at("model")));
    auto const spend = gamma_gamma::from_json(detail::write_json(document.at("spend")));
    lifetime_value_options options;
    options.step = of_weeks(52.0 / 12);
    options.rate = discount_rate::per_year(0.1);
    lifetime_value const valuation(options);
    auto const out = answers(fitted, everyone);
    for (std::size_t i = 0; i < 50; ++i) {
        repeat_purchases const who{repeat_count(rows.columns[0].as<double>()[i]),
                                   age_at_last_purchase(rows.columns[1].as<double>()[i]),
                                   customer_age(rows.columns[2].as<double>()[i])};
        CHECK(out[i].score ==
              Catch::Approx(valuation.of(model, spend, who, mean_spend(rows.columns[3].as<double>()[i]))));
    }
}

TEST_CASE("model strategies: a fit that nobody can know is refused") {
    // Everybody buys like clockwork and nobody leaves: nothing says how fast customers leave.
    std::vector<std::vector<double>> columns(3);
    for (int i = 0; i < 200; ++i) {
        columns[0].push_back(10);
        columns[1].push_back(52);
        columns[2].push_back(52);
    }
    auto const what = use("repeat_buying", {"a", "b", "c"}, R"({"answer": "probability_alive", "unit": "week"})");
    auto const code = fit_code(what, test_block(columns));
    CHECK((code == "model.not_identified" || code == "model.not_converged"));
    columns[1][7] = 60; // after the end of observation
    CHECK(fit_code(what, test_block(columns)) == "clv.last_after_end");
    double const nan = std::nan("");
    CHECK(fit_code(what, test_block({{nan}, {1}, {2}})) == "model.no_rows");
    CHECK(fit_code(use("k_means", {"x"}, R"({"clusters": 3})"), test_block({{1, 1, 1, 1}})) ==
          "cluster.too_few_distinct");
}

TEST_CASE("model strategies: documents of models in plans") {
    logistic const model(-1, {2, -0.5}, {"x", "y"});
    auto const what = use("model_score", {"x", "y"},
                          R"({"document": )" + model.to_json() + R"(, "cuts": [0.5], "segments": ["no", "yes"]})");
    CHECK(code_of(what) == "none");
    auto const scores = registry_with_models().make(what);
    test_block const rows({{0, 1, std::nan("")}, {0, 1, 1}});
    auto const out = answers(scores, rows);
    CHECK(out[0].score == Catch::Approx(logistic_function(-1)));
    CHECK(out[0].segment == 0);
    CHECK(out[1].score == Catch::Approx(logistic_function(0.5)));
    CHECK(out[1].segment == 1);
    CHECK(out[2].standing == status::unknown);
    CHECK(code_of(use("model_score", {"x"}, R"({"document": )" + model.to_json() + "}")) == "model_score.reads");
    std::string changed = model.to_json();
    changed.replace(changed.find("-0.5"), 4, "-0.7");
    CHECK(code_of(use("model_score", {"x", "y"}, R"({"document": )" + changed + "}")) == "model.checksum");
    CHECK(code_of(use("model_score", {"x", "y"}, R"({"document": {}})")) == "model.kind");
    CHECK(code_of(use("model_score", {"x", "y"}, "{}")) == "model_score.missing_key");
}

TEST_CASE("model strategies: the schema for editors names them") {
    auto const schema = detail::parse_json(detail::read_file(std::string(SEGMENTA_SOURCE_DIR) + "/docs/plan.schema.json"));
    auto const* const named = detail::find_pointer(schema, "/$defs/strategy/properties/strategy/enum");
    REQUIRE(named != nullptr);
    auto const mechanisms = registry_with_models();
    CHECK(named->get_array().size() == mechanisms.kinds().size());
    for (auto const& name : named->get_array())
        CHECK(mechanisms.find(std::string_view(name.get_string())) != nullptr);
}

TEST_CASE("model strategies: parameters are checked when the plan is read") {
    std::vector<std::string> const three{"a", "b", "c"};
    CHECK(code_of(use("repeat_buying", three, R"({"answer": "probability_alive", "unit": "week"})")) == "none");
    CHECK(code_of(use("repeat_buying", three, R"({"unit": "week"})")) == "repeat_buying.missing_key");
    CHECK(code_of(use("repeat_buying", three, R"({"answer": "p_alive", "unit": "week"})")) == "repeat_buying.value");
    CHECK(code_of(use("repeat_buying", three, R"({"answer": "expected_purchases", "unit": "week"})")) ==
          "repeat_buying.missing_key");
    CHECK(code_of(use("repeat_buying", three, R"({"answer": "expected_purchases", "unit": "week", "horizon": -1})")) ==
          "repeat_buying.horizon");
    CHECK(code_of(use("repeat_buying", three, R"({"answer": "lifetime_value", "unit": "week", "horizon": 1})")) ==
          "repeat_buying.reads");
    CHECK(code_of(use("repeat_buying", {"a"}, R"({"answer": "probability_alive", "unit": "week"})")) ==
          "repeat_buying.reads");
    CHECK(code_of(
              use("repeat_buying", three,
                  R"({"answer": "probability_alive", "unit": "week", "cuts": [1, 0], "segments": ["a", "b", "c"]})")) ==
          "repeat_buying.cuts");
    CHECK(code_of(use("k_means", {"x"}, "{}")) == "k_means.sizes");
    CHECK(code_of(use("k_means", {"x"}, R"({"clusters": 2, "segments": ["a"]})")) == "k_means.sizes");
    CHECK(code_of(use("k_means", {"x"}, R"({"clusters": 0})")) == "k_means.value");
    CHECK(code_of(use("k_means", {"x"}, R"({"clusters": 2, "cluster": 3})")) == "k_means.key");
    CHECK(code_of(use("k_means", {"x"}, R"({"clusters": 2, "standardise": 1})")) == "k_means.value");
    strategy_registry twice = registry_with_models();
    CHECK_THROWS_AS(add_models(twice), issue_error);
}
