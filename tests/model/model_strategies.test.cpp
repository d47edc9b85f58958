// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/model_strategies.hpp>

#include "base/file.hpp"
#include "base/json.hpp"

#include "model/document_score.hpp"

#include "model/strategy_use.hpp"
#include "support/catch.hpp"
#include "support/counting_new.hpp"

#include <segmenta/base/random.hpp>
#include <segmenta/model/bg_nbd.hpp>
#include <segmenta/model/cluster_model.hpp>
#include <segmenta/model/gamma_gamma.hpp>
#include <segmenta/model/lifetime_value.hpp>
#include <segmenta/model/logistic.hpp>
#include <segmenta/model/scorecard.hpp>

#include <array>
#include <cmath>
#include <list>
#include <memory>
#include <string>
#include <vector>

using namespace segmenta;
using namespace segmenta::test;

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
    /// A column of texts behind the numbers; empty ones are missing.
    void add_texts(std::vector<std::string> texts) {
        auto& valid = text_valid_.emplace_back((texts.size() + 63) / 64, 0);
        auto const& kept = texts_.emplace_back(std::move(texts));
        auto& views = text_views_.emplace_back(kept.begin(), kept.end());
        for (std::size_t i = 0; i < kept.size(); ++i)
            if (!kept[i].empty()) valid[i / 64] |= std::uint64_t{1} << i % 64;
        views_.push_back({string_type, views.size(), views.data(), valid.data(), nullptr, nullptr});
    }
    [[nodiscard]] block rows() const { return {columns_[0].size(), views_}; }

private:
    std::vector<std::vector<double>> columns_;
    std::vector<std::vector<std::uint64_t>> valid_;
    std::list<std::vector<std::string>> texts_; // lists: views stay where they are
    std::list<std::vector<std::string_view>> text_views_;
    std::list<std::vector<std::uint64_t>> text_valid_;
    std::vector<column_view> views_;
};

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
    CHECK(code_of(use("model_score", {"y", "x"}, R"({"document": )" + model.to_json() + "}")) == "model_score.order");
    CHECK(code_of(use("model_score", {"a", "b"}, R"({"document": )" + model.to_json() + "}")) == "none");
    cluster_model const groups({k_means({0, 0, 10, 0}, 2), {"x", "y"}});
    CHECK(code_of(use("clusters", {"y", "x"}, R"({"document": )" + groups.to_json() + "}")) == "clusters.order");
    std::string changed = model.to_json();
    changed.replace(changed.find("-0.5"), 4, "-0.7");
    CHECK(code_of(use("model_score", {"x", "y"}, R"({"document": )" + changed + "}")) == "model.checksum");
    CHECK(code_of(use("model_score", {"x", "y"}, R"({"document": {}})")) == "model.kind");
    CHECK(code_of(use("model_score", {"x", "y"}, "{}")) == "model_score.missing_key");
}

TEST_CASE("model strategies: a clustering is fitted in the plan, with texts and probabilities") {
    random_generator random(8);
    std::vector<std::vector<double>> numbers(2);
    std::vector<std::string> channels;
    for (int i = 0; i < 300; ++i) {
        numbers[0].push_back(100.0 * (i % 3) + random_normal(random));
        numbers[1].push_back(random_normal(random));
        channels.push_back(i % 3 == 1 ? "web" : "shop");
    }
    test_block everyone(numbers);
    everyone.add_texts(channels);
    block const rows = everyone.rows();
    block const only_numbers{rows.size, rows.columns.first(2)};
    auto const mechanisms = registry_with_models();

    auto const mixed =
        use("clusters", {"spend", "visits", "channel"},
            R"({"model": "k_prototypes", "categories": "channel", "clusters": 3, "standardise": false})");
    auto const by_prototype = mechanisms.fit(mixed, rows);
    auto const first = answers(by_prototype, everyone);
    for (std::size_t i = 0; i < 300; ++i)
        if (first[i].segment != i % 3) FAIL("customer " << i);
    CHECK(by_prototype.segments()[1].id == "s.2");
    CHECK(by_prototype.describe(first[1].reason).find("channel is web") != std::string::npos);
    CHECK(answers(mechanisms.load(mixed, *by_prototype.to_json()), everyone) == first);
    CHECK(mechanisms.check(mixed, *std::make_unique<issue_list>())->inputs[2] == input_kind::text);

    std::string const mixture = R"({"model": "gaussian_mixture", "segments": ["low", "middle", "high"], "seed": 5)";
    auto const most = mechanisms.fit(use("clusters", {"x", "y"}, mixture + "}"), only_numbers);
    std::vector<assignment> by_mixture(rows.size);
    most.assign(only_numbers, by_mixture);
    for (std::size_t i = 0; i < 300; ++i)
        if (by_mixture[i].segment != i % 3 || !(by_mixture[i].score > .99)) FAIL("customer " << i);
    auto const of_high =
        mechanisms.fit(use("clusters", {"x", "y"}, mixture + R"(, "probability_of": "high"})"), only_numbers);
    std::vector<assignment> high(rows.size);
    of_high.assign(only_numbers, high);
    for (std::size_t i = 0; i < 300; ++i)
        if ((high[i].score > .99) != (i % 3 == 2) || high[i].segment != i % 3) FAIL("customer " << i);

    auto const means =
        mechanisms.fit(use("clusters", {"x", "y"}, R"({"model": "k_means", "clusters": 3, "seed": 5})"), only_numbers);
    auto const old = mechanisms.fit(use("k_means", {"x", "y"}, R"({"clusters": 3, "seed": 5})"), only_numbers);
    std::vector<assignment> a(rows.size);
    std::vector<assignment> b(rows.size);
    means.assign(only_numbers, a);
    old.assign(only_numbers, b);
    CHECK(a == b);
}

TEST_CASE("model strategies: a clustering as a document answers what the model answers, and says what is missing") {
    cluster_model_parts parts{k_prototypes(2, {0, 1}, {0, 1}, .5)};
    parts.numbers = {"spend"};
    parts.attributes = {{"channel", {"web", "shop"}}};
    parts.segments = {{"surfers", "channel is web"}, {"walkers", ""}};
    cluster_model const model(parts);
    auto const what = use("clusters", {"money", "way"}, R"({"document": )" + model.to_json() + "}");
    auto const outline = registry_with_models().check(what, *std::make_unique<issue_list>());
    REQUIRE(outline);
    CHECK_FALSE(outline->needs_fit);
    CHECK(outline->segments == std::vector<std::string>{"s.surfers", "s.walkers"});
    auto const strategy = registry_with_models().make(what);
    test_block rows({{.4, .6, .6, std::nan(""), .2}});
    rows.add_texts({"web", "web", "fax", "web", ""});
    auto const out = answers(strategy, rows);
    std::vector<std::string_view> const ways{"web", "web", "fax"};
    for (std::size_t i = 0; i < 3; ++i) {
        double const spend = rows.rows().columns[0].as<double>()[i];
        CHECK(out[i].segment == model.nearest({&spend, 1}, {&ways[i], 1}).cluster);
        CHECK(out[i].score == model.nearest({&spend, 1}, {&ways[i], 1}).score);
    }
    CHECK(strategy.describe(out[0].reason) == "channel is web");
    CHECK(strategy.describe(1) == "walkers");
    CHECK(out[3].standing == status::unknown);
    CHECK(strategy.describe(out[3].reason) == "missing: money");
    CHECK(strategy.describe(out[4].reason) == "missing: way");

    auto const renamed =
        use("clusters", {"m", "w"}, R"({"segments": ["a", "b"], "document": )" + model.to_json() + "}");
    CHECK(registry_with_models().make(renamed).segments()[0].id == "s.a");
    CHECK(code_of(use("clusters", {"m"}, R"({"document": )" + model.to_json() + "}")) == "clusters.reads");
    CHECK(code_of(use("clusters", {"m", "w"}, R"({"seed": 1, "document": )" + model.to_json() + "}")) ==
          "clusters.conflict");
    CHECK(code_of(use("clusters", {"m", "w"}, R"({"segments": ["a"], "document": )" + model.to_json() + "}")) ==
          "clusters.sizes");
    CHECK(
        code_of(use("clusters", {"m", "w"}, R"({"probability_of": "surfers", "document": )" + model.to_json() + "}")) ==
        "clusters.probability_of");
    CHECK(code_of(use("clusters", {"m", "w"}, R"({"document": {"model": "bg_nbd"}})")) == "model.kind");
    CHECK(code_of(use("clusters", {"m"}, R"({"clusters": 2})")) == "clusters.missing_key");
    CHECK(code_of(use("clusters", {"m", "w"}, R"({"model": "k_prototypes", "clusters": 2, "categories": ["m"]})")) ==
          "clusters.categories");
    CHECK(code_of(use("clusters", {"m"}, R"({"model": "k_means", "clusters": 2, "covariance": "full"})")) ==
          "clusters.key");
    CHECK(code_of(use("clusters", {"m"}, R"({"model": "k_medoids", "clusters": 2})")) == "clusters.value");
}

TEST_CASE("model strategies: texts of a logistic regression, and categories it has never seen") {
    logistic const model(-1, {2, 3, 5}, {"x", "way=shop", "way=web"});
    auto const document = detail::with_encoding(model.to_json(), {{"x"}, {{"way", {"fax", "shop", "web"}}}});
    CHECK(logistic::from_json(document).coefficients()[2] == 5); // the same model to whoever knows no encoding
    auto const what = use("model_score", {"number", "way"}, R"({"document": )" + document + "}");
    auto const scores = registry_with_models().make(what);
    test_block rows({{.5, .5, .5, .5, std::nan("")}});
    rows.add_texts({"fax", "shop", "web", "pigeon", "web"});
    auto const out = answers(scores, rows);
    CHECK(out[0].score == model.probability(std::array{.5, 0.0, 0.0}));
    CHECK(out[1].score == model.probability(std::array{.5, 1.0, 0.0}));
    CHECK(out[2].score == model.probability(std::array{.5, 0.0, 1.0}));
    CHECK(out[3].standing == status::unknown);
    CHECK(scores.describe(out[3].reason) == "not seen at the fit: way");
    CHECK(out[4].standing == status::unknown);
    CHECK(scores.describe(out[4].reason) == "missing: number");
    // an encoding that does not fit the coefficients
    auto const wrong = detail::with_encoding(model.to_json(), {{"x"}, {{"way", {"fax", "shop"}}}});
    CHECK(code_of(use("model_score", {"x", "way"}, R"({"document": )" + wrong + "}")) == "model.bad_field");
    auto const twice = detail::with_encoding(model.to_json(), {{"x"}, {{"way", {"fax", "fax", "web"}}}});
    CHECK(code_of(use("model_score", {"x", "way"}, R"({"document": )" + twice + "}")) == "model.bad_field");
}

TEST_CASE("model strategies: a scorecard with texts scores as the card does and says where points were lost") {
    random_generator random(77);
    std::vector<double> ages;
    std::vector<std::string> housing;
    std::vector<std::uint8_t> bad;
    for (int i = 0; i < 2'000; ++i) {
        double const age = i % 50 == 0 ? std::nan("") : 20 + 50 * random_unit(random);
        std::string const home = i % 3 == 0 ? "own" : (i % 3 == 1 ? "rent" : "free");
        ages.push_back(age);
        housing.push_back(home);
        bad.push_back(random_bernoulli(random, .1 + (home == "rent" ? .3 : 0) + (age < 35 ? .2 : 0)) ? 1 : 0);
    }
    std::vector<std::string_view> const views(housing.begin(), housing.end());
    scorecard_options options;
    options.variables.resize(2);
    options.variables[0].name = "age";
    options.variables[1].name = "housing";
    std::vector<scorecard_column> const columns{{ages, {}}, {{}, views}};
    auto const card = fit_scorecard(columns, bad, options);
    auto const what = use("model_score", {"age", "home"}, R"({"document": )" + card.to_json() + "}");
    auto const scores = registry_with_models().make(what);
    test_block rows({{22, 60, 22, std::nan(""), 60}});
    rows.add_texts({"rent", "own", "tent", "", "rent"});
    auto const out = answers(scores, rows);
    std::vector<std::string> const texts{"rent", "own", "tent", "", "rent"};
    for (std::size_t i = 0; i < 5; ++i) {
        std::array<scorecard_value, 2> const customer{rows.rows().columns[0].as<double>()[i],
                                                      std::string_view(texts[i])};
        INFO(i);
        CHECK(out[i].standing == status::ok);
        CHECK(out[i].score == card.score(customer));
        std::string expected;
        for (auto const& reason : card.reasons(customer))
            if (reason.shortfall > 0) expected += (expected.empty() ? "" : ", ") + std::string(reason.variable);
        expected = expected.empty() ? "no points were lost" : "most points were lost by " + expected;
        CHECK(scores.describe(out[i].reason) == expected);
    }
    // with cuts the segment is the answer, and the reason the same
    auto const cut = use("model_score", {"age", "home"},
                         R"({"cuts": [500], "segments": ["risky", "safe"], "document": )" + card.to_json() + "}");
    CHECK(answers(registry_with_models().make(cut), rows)[0].reason == out[0].reason);
}

TEST_CASE("model strategies: answering one customer needs no memory and does not throw") {
    logistic const model(-1, {2, 3}, {"x", "way=web"});
    cluster_model_parts parts{k_prototypes(2, {0, 1}, {0, 1}, .5)};
    parts.numbers = {"x"};
    parts.attributes = {{"way", {"web", "shop"}}};
    std::vector<strategy_use> const uses{
        use("model_score", {"x", "way"},
            R"({"document": )" + detail::with_encoding(model.to_json(), {{"x"}, {{"way", {"shop", "web"}}}}) + "}"),
        use("clusters", {"x", "way"}, R"({"document": )" + cluster_model(parts).to_json() + "}")};
    test_block rows({{.4, .6, std::nan("")}});
    rows.add_texts({"web", "a way that nobody ever went", "web"});
    for (auto const& what : uses) {
        auto const strategy = registry_with_models().make(what);
        std::vector<assignment> out(3);
        block const all = rows.rows();
        auto const before = test::allocations();
        for (int round = 0; round < 100; ++round)
            strategy.assign(all, out);
        CHECK(test::allocations() == before);
        static_assert(noexcept(strategy.assign(all, out)));
    }
}

TEST_CASE("model strategies: the schema for editors names them") {
    auto const schema =
        detail::parse_json(detail::read_file(std::string(SEGMENTA_SOURCE_DIR) + "/docs/plan.schema.json"));
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
