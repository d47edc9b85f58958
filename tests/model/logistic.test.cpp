// SPDX-License-Identifier: Apache-2.0
// On real data: credit_data.test.cpp, churn_data.test.cpp, online_shoppers_data.test.cpp, small_sets_data.test.cpp.
#include <segmenta/model/logistic.hpp>

#include <segmenta/base/random.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

using namespace segmenta;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

namespace {

using table = std::vector<std::vector<double>>;
using outcomes = std::vector<std::uint8_t>;

struct sample {
    table columns;
    outcomes happened;
    std::vector<double> weights;
};

sample make_sample(std::uint64_t seed, std::size_t rows, std::size_t features) {
    random_generator random(seed);
    sample out;
    out.columns.assign(features, std::vector<double>(rows));
    out.happened.resize(rows);
    out.weights.resize(rows);
    for (std::size_t i = 0; i < rows; ++i) {
        double odds = -0.5;
        for (std::size_t j = 0; j < features; ++j) {
            double const x = random_normal(random) + (j > 0 ? 0.3 * out.columns[j - 1][i] : 0);
            out.columns[j][i] = x;
            odds += x * (j % 3 == 0 ? 0.8 : j % 3 == 1 ? -0.4 : 0);
        }
        out.happened[i] = random_bernoulli(random, logistic_function(odds));
        out.weights[i] = random_uniform(random, 0, 3);
    }
    return out;
}

/// The negative log-likelihood and its slope, row by row; the intercept comes last.
struct naive_look {
    double loss = 0;
    std::vector<double> gradient;

    naive_look(logistic const& model, sample const& data, bool weighted) : gradient(data.columns.size() + 1) {
        for (std::size_t i = 0; i < data.happened.size(); ++i) {
            double odds = model.intercept();
            for (std::size_t j = 0; j < data.columns.size(); ++j)
                odds += model.coefficients()[j] * data.columns[j][i];
            double const weight = weighted ? data.weights[i] : 1;
            double const p = 1 / (1 + std::exp(-odds));
            loss -= weight * std::log(data.happened[i] != 0 ? p : 1 - p);
            double const pull = weight * (p - data.happened[i]);
            for (std::size_t j = 0; j < data.columns.size(); ++j)
                gradient[j] += pull * data.columns[j][i];
            gradient.back() += pull;
        }
    }
};

struct failure {
    std::vector<std::string> codes;
    std::string text;
};
failure failure_of(table const& columns, outcomes const& happened, logistic_options const& options = {}) {
    failure out;
    try {
        (void)fit_logistic(as_columns(columns), happened, options);
    } catch (issue_error const& e) {
        out.text = e.what();
        for (issue const& i : e.issues())
            out.codes.push_back(i.code);
    }
    return out;
}
using codes = std::vector<std::string>;

} // namespace

TEST_CASE("logistic: the slope is zero at the answer, for weights, threads and instruction sets alike") {
    auto const rows = GENERATE(std::size_t{60}, std::size_t{1001}, std::size_t{40000});
    auto const weighted = GENERATE(false, true);
    CAPTURE(rows, weighted);
    auto const data = make_sample(rows, rows, 5);
    logistic_options options;
    if (weighted) options.weights = data.weights;
    auto const model = fit_logistic(as_columns(data.columns), data.happened, options);
    CHECK(model.diagnostics().state == identification::identified);
    naive_look const look(model, data, weighted);
    CHECK_THAT(-model.diagnostics().log_likelihood, WithinRel(look.loss, 1e-11));
    for (double const slope : look.gradient)
        CHECK(std::abs(slope) < 1e-9 * double(rows));
    options.threads = 3;
    CHECK(fit_logistic(as_columns(data.columns), data.happened, options).to_json() == model.to_json());
    options.level = cpu_level::sse2;
    auto const portable = fit_logistic(as_columns(data.columns), data.happened, options);
    for (std::size_t j = 0; j < 6; ++j) {
        CHECK_THAT(portable.parameters()[j].value, WithinRel(model.parameters()[j].value, 1e-10));
        CHECK_THAT(portable.parameters()[j].standard_error, WithinRel(model.parameters()[j].standard_error, 1e-7));
    }
}

TEST_CASE("logistic: large data that start from a part of them end where the slope is zero") {
    auto const data = make_sample(3, 400000, 3);
    auto const model = fit_logistic(as_columns(data.columns), data.happened);
    CHECK(model.diagnostics().state == identification::identified);
    CHECK(model.diagnostics().evaluations <= 3);
    naive_look const look(model, data, false);
    for (double const slope : look.gradient)
        CHECK(std::abs(slope) < 1e-8 * 400000);
    CHECK_THAT(-model.diagnostics().log_likelihood, WithinRel(look.loss, 1e-12));
    CHECK(model.diagnostics().gradient_norm < 1e-8);
}

TEST_CASE("logistic: one column of 0 and 1 has the log-odds ratio and Woolf's standard error") {
    // 30 of 100 and 60 of 120: the closed form of a two by two table.
    table columns(1);
    outcomes happened;
    for (int i = 0; i < 220; ++i) {
        columns[0].push_back(i < 100 ? 0 : 1);
        happened.push_back(i < 30 || (i >= 100 && i < 160) ? 1 : 0);
    }
    auto const model = fit_logistic(as_columns(columns), happened, {.names = {"treated"}});
    CHECK_THAT(model.intercept(), WithinRel(std::log(30. / 70), 1e-12));
    CHECK_THAT(model.coefficients()[0], WithinRel(std::log(70. / 30), 1e-12));
    double const error = std::sqrt(1. / 30 + 1. / 70 + 1. / 60 + 1. / 60);
    CHECK(model.parameters()[1].name == "treated");
    CHECK_THAT(model.parameters()[0].standard_error, WithinRel(std::sqrt(1. / 30 + 1. / 70), 1e-8));
    CHECK_THAT(model.parameters()[1].standard_error, WithinRel(error, 1e-8));
    auto const wald = model.wald();
    CHECK_THAT(wald[1].z, WithinRel(std::log(70. / 30) / error, 1e-8));
    CHECK_THAT(wald[1].p_value, WithinRel(std::erfc(wald[1].z / std::sqrt(2.)), 1e-12));
    double const best = 30 * std::log(.3) + 70 * std::log(.7) + 120 * std::log(.5);
    CHECK_THAT(model.deviance(), WithinRel(-2 * best, 1e-12));
    CHECK_THAT(model.aic(), WithinRel(-2 * best + 4, 1e-12));
    double const p = 90. / 220;
    CHECK_THAT(model.null_deviance(), WithinRel(-2 * (90 * std::log(p) + 130 * std::log(1 - p)), 1e-12));
}

TEST_CASE("logistic: a penalised answer meets the conditions of a minimum") {
    auto const seed = GENERATE(1U, 2U, 3U);
    CAPTURE(seed);
    auto const data = make_sample(seed, 800, 8);
    logistic_options options;
    options.ridge = GENERATE(0.0, 3.0);
    options.lasso = GENERATE(0.0, 12.0, 60.0);
    options.intercept = GENERATE(true, false);
    auto const model = fit_logistic(as_columns(data.columns), data.happened, options);
    naive_look const look(model, data, false);
    std::size_t zeros = 0;
    for (std::size_t j = 0; j < 8; ++j) {
        double const b = model.coefficients()[j];
        double const slope = look.gradient[j] + options.ridge * b;
        if (b == 0)
            CHECK(std::abs(slope) <= options.lasso + 1e-6);
        else
            CHECK_THAT(slope, WithinAbs(b > 0 ? -options.lasso : options.lasso, 1e-6));
        zeros += b == 0;
    }
    if (options.intercept)
        CHECK_THAT(look.gradient[8], WithinAbs(0, 1e-6));
    else
        CHECK(model.intercept() == 0);
    if (options.lasso == 0) CHECK(zeros == 0);
    if (options.lasso == 60) CHECK(zeros > 0);
    CHECK(std::isnan(model.parameters()[0].standard_error) == (options.lasso > 0));
    CHECK(model.parameters().size() == (options.intercept ? 9 : 8));
}

TEST_CASE("logistic: a scaled penalty does not see units, and nothing else does without penalty") {
    auto const data = make_sample(9, 500, 3);
    auto other = data;
    for (double& v : other.columns[1])
        v = 1e6 + 1000 * v;
    for (double const ridge : {0.0, 5.0}) {
        logistic_options options;
        options.ridge = ridge;
        options.scale_penalty = true;
        auto const a = fit_logistic(as_columns(data.columns), data.happened, options);
        auto const b = fit_logistic(as_columns(other.columns), other.happened, options);
        CHECK_THAT(b.coefficients()[0], WithinRel(a.coefficients()[0], 1e-9));
        CHECK_THAT(1000 * b.coefficients()[1], WithinRel(a.coefficients()[1], 1e-9));
        CHECK_THAT(1000 * b.parameters()[2].standard_error, WithinRel(a.parameters()[2].standard_error, 1e-7));
        CHECK_THAT(b.diagnostics().log_likelihood, WithinRel(a.diagnostics().log_likelihood, 1e-12));
    }
}

TEST_CASE("logistic: perfect separation is refused, named, or reported, and a ridge makes it finite") {
    table const columns{{1, 2, 3, 4, 5, 6}, {5, 1, 4, 2, 6, 3}};
    outcomes const happened{0, 0, 0, 1, 1, 1};
    logistic_options options;
    options.names = {"days_late", "noise"};
    auto const refused = failure_of(columns, happened, options);
    CHECK(refused.codes == codes{"logistic.separated"});
    CHECK_THAT(refused.text, ContainsSubstring("days_late") && !ContainsSubstring("noise"));
    options.separation = on_separation::report;
    auto const reported = fit_logistic(as_columns(columns), happened, options);
    CHECK(reported.diagnostics().state == identification::not_identified);
    CHECK_THAT(reported.diagnostics().remark, ContainsSubstring("days_late"));
    CHECK(std::isnan(reported.parameters()[1].standard_error));
    CHECK(logistic::from_json(reported.to_json()).to_json() == reported.to_json());
    options.ridge = 0.1;
    options.separation = on_separation::refuse;
    auto const finite = fit_logistic(as_columns(columns), happened, options);
    CHECK(finite.diagnostics().state == identification::identified);
    CHECK(finite.coefficients()[0] > 0);
    CHECK(finite.coefficients()[0] < 10);
}

TEST_CASE("logistic: quasi-complete separation by a category with one outcome only is refused") {
    auto data = make_sample(5, 300, 2);
    data.columns.emplace_back(300, 0.0);
    int marked = 0;
    for (std::size_t i = 0; i < 300 && marked < 4; ++i) {
        if (data.happened[i] == 0) continue;
        data.columns[2][i] = 1;
        ++marked;
    }
    auto const refused = failure_of(data.columns, data.happened, {.names = {"a", "b", "city=rare"}});
    CHECK(refused.codes == codes{"logistic.quasi_separated"});
    CHECK_THAT(refused.text, ContainsSubstring("city=rare"));
    // On the border of both outcomes: quasi-complete without a category.
    auto const border = failure_of({{1, 2, 3, 3, 4, 5}}, {0, 0, 0, 1, 1, 1});
    CHECK(border.codes == codes{"logistic.quasi_separated"});
    // Only a combination tells.
    table const pair{{0, 1, 2, 3, 0, 1, 2, 3, 1.5, 1, 0.5}, {1, 2, 3, 4, -1, 0, 1, 2, 1.5, 1, 0.5}};
    CHECK(failure_of(pair, {1, 1, 1, 1, 0, 0, 0, 0, 1, 0, 1}).codes == codes{"logistic.quasi_separated"});
    CHECK(failure_of({{1, 2, 3, 3, 4, 2}}, {0, 0, 0, 1, 1, 1}).codes.empty());
}

TEST_CASE("logistic: constant and collinear columns are named, all of them") {
    auto data = make_sample(6, 200, 2);
    data.columns.emplace_back(200, 7.0);
    data.columns.push_back(data.columns[0]);
    for (std::size_t i = 0; i < 200; ++i)
        data.columns[3][i] = 2 * data.columns[0][i] - data.columns[1][i] + 4;
    data.columns.emplace_back(200, 0.0);
    logistic_options options;
    options.names = {"a", "b", "seven", "mix", "zero"};
    auto const refused = failure_of(data.columns, data.happened, options);
    CHECK(refused.codes == codes{"logistic.constant_column", "logistic.collinear", "logistic.constant_column"});
    CHECK_THAT(refused.text, ContainsSubstring("seven") && ContainsSubstring("a, b") && ContainsSubstring("zero"));
    options.ridge = 1;
    auto const model = fit_logistic(as_columns(data.columns), data.happened, options);
    CHECK(model.diagnostics().state == identification::identified);
    CHECK_THAT(model.coefficients()[2], WithinAbs(0, 1e-9));
    CHECK(model.coefficients()[4] == 0);
}

TEST_CASE("logistic: bad input is named") {
    table const columns{{1, 2, 3, 2, 1, 4}};
    outcomes const happened{0, 1, 0, 1, 1, 0};
    double const nan_value = std::numeric_limits<double>::quiet_NaN();
    CHECK(failure_of(columns, happened).codes.empty());
    CHECK(failure_of({}, {}).codes == codes{"data.empty"});
    CHECK(failure_of({{}}, {}).codes == codes{"data.empty"});
    CHECK(failure_of({{1, 2}, {1}}, {0, 1}).codes == codes{"data.ragged"});
    CHECK(failure_of({{1, nan_value, 3, 2, 1, 4}}, happened).codes == codes{"data.not_finite"});
    CHECK(failure_of({{1, INFINITY, 3, 2, 1, 4}}, happened).codes == codes{"data.not_finite"});
    CHECK(failure_of(columns, {0, 1, 0, 1}).codes == codes{"logistic.outcome"});
    CHECK(failure_of(columns, {0, 1, 0, 1, 2, 0}).codes == codes{"logistic.outcome"});
    CHECK(failure_of(columns, {1, 1, 1, 1, 1, 1}).codes == codes{"logistic.one_class"});
    CHECK(failure_of(columns, {0, 0, 0, 0, 0, 0}).codes == codes{"logistic.one_class"});
    std::vector<double> weights{1, 1, 1, 1, 1};
    CHECK(failure_of(columns, happened, {.weights = weights}).codes == codes{"logistic.weight"});
    weights = {1, -1, 1, 1, 1, 1};
    CHECK(failure_of(columns, happened, {.weights = weights}).codes == codes{"logistic.weight"});
    weights = {1, 0, 1, 0, 0, 1};
    CHECK(failure_of(columns, happened, {.weights = weights}).codes == codes{"logistic.one_class"});
    CHECK(failure_of(columns, happened, {.names = {"a", "b"}, .ridge = -1}).codes ==
          codes{"logistic.options", "logistic.names"});
    CHECK_THROWS_AS(logistic(nan_value, {1}), issue_error);
    CHECK_THROWS_AS(logistic(0, {1}, {"a", "b"}), issue_error);
}

TEST_CASE("logistic: scoring one row, many rows, and far out") {
    logistic const model(0.5, {2, -1});
    std::array const row{1.0, 3.0};
    CHECK(model.log_odds(row) == -0.5);
    CHECK(model.probability(row) == logistic_function(-0.5));
    CHECK(logistic_function(0) == 0.5);
    CHECK(logistic_function(-1000) == 0);
    CHECK(logistic_function(1000) == 1);
    CHECK_THAT(logistic_function(-40) * std::exp(40), WithinRel(1.0, 1e-15));
    CHECK(std::isnan(logistic_function(std::nan(""))));
    auto const data = make_sample(7, 3000, 2);
    std::vector<double> out(3000);
    auto const columns = as_columns(data.columns);
    model.log_odds(columns, out);
    bool equal = true;
    for (std::size_t i = 0; i < out.size(); ++i)
        equal = equal && out[i] == model.log_odds(std::array{data.columns[0][i], data.columns[1][i]});
    CHECK(equal);
    CHECK(model.diagnostics().state == identification::not_converged);
    CHECK(model.diagnostics().remark == "given, not fitted");
}

TEST_CASE("logistic: a document gives back the same model, and a damaged one is refused") {
    auto const data = make_sample(8, 300, 2);
    logistic_options options;
    options.intercept = GENERATE(true, false);
    auto const model = fit_logistic(as_columns(data.columns), data.happened, options);
    auto const text = model.to_json();
    auto const back = logistic::from_json(text);
    CHECK(back.to_json() == text);
    CHECK(back.intercept() == model.intercept());
    CHECK(std::equal(back.coefficients().begin(), back.coefficients().end(), model.coefficients().begin()));
    CHECK(back.deviance() == model.deviance());
    CHECK(back.parameters()[0].standard_error == model.parameters()[0].standard_error);
    auto damaged = text;
    damaged.replace(damaged.find("x0"), 2, "x9");
    CHECK_THROWS_AS(logistic::from_json(damaged), issue_error);
    CHECK_THROWS_AS(logistic::from_json(text.substr(0, 80)), issue_error);
}
