// SPDX-License-Identifier: Apache-2.0
#include "model/logistic_pass.hpp"

#include <segmenta/base/random.hpp>

#include "support/catch.hpp"

#include <cmath>

using namespace segmenta;
using namespace segmenta::detail;

namespace {

struct rows_of_chance {
    std::vector<std::vector<double>> columns;
    std::vector<std::uint8_t> outcomes;
    std::vector<double> weights;

    rows_of_chance(std::size_t rows, std::size_t features, std::uint64_t seed)
        : columns(features, std::vector<double>(rows)), outcomes(rows), weights(rows) {
        random_generator random(seed);
        for (std::size_t j = 0; j < features; ++j)
            for (double& v : columns[j]) // far from 0 for its size, so that a sum without the shift would show
                v = 1000.0 * static_cast<double>(j) + random_normal(random) * std::pow(10.0, static_cast<double>(j % 5) - 2);
        for (auto& y : outcomes)
            y = static_cast<std::uint8_t>(random_below(random, 2));
        for (double& w : weights)
            w = random_below(random, 4) == 0 ? 0.0 : random_uniform(random, 0, 3);
    }
};

// Row by row, as the definition says.
logistic_sums naive(logistic_data const& data, rows_of_chance const& of, bool weighted, Eigen::VectorXd const& at) {
    auto const unknowns = at.size();
    logistic_sums out;
    out.gradient.setZero(unknowns);
    out.curvature.setZero(unknowns, unknowns);
    for (std::size_t i = 0; i < of.outcomes.size(); ++i) {
        Eigen::VectorXd x(unknowns);
        for (Eigen::Index j = 0; j + 1 < unknowns; ++j) {
            auto const k = static_cast<std::size_t>(j);
            x[j] = (of.columns[k][i] - data.shift()[k]) * data.scale()[k];
        }
        x[unknowns - 1] = 1;
        double const w = weighted ? of.weights[i] : 1;
        double const margin = (of.outcomes[i] != 0 ? 1 : -1) * at.dot(x);
        double const p = 1 / (1 + std::exp(-at.dot(x)));
        out.loss += w * (margin < 0 ? std::log1p(std::exp(margin)) - margin : std::log1p(std::exp(-margin)));
        out.gradient += w * (p - of.outcomes[i]) * x;
        out.curvature += w * p * (1 - p) * x * x.transpose();
        if (w == 0) continue;
        out.lowest_margin = std::min(out.lowest_margin, margin);
        out.highest_margin = std::max(out.highest_margin, margin);
    }
    return out;
}

} // namespace

TEST_CASE("logistic pass: sums of any number of rows and columns, on all instruction sets, are those of the definition") {
    for (auto const level : {cpu_level::sse2, usable_cpu_level(cpu_level::avx2)}) {
        for (std::size_t const rows : {1U, 2U, 7U, 15U, 16U, 17U, 127U, 128U, 129U, 300U, 128U * 130U + 5U}) {
            for (std::size_t const features : {0U, 1U, 3U, 4U, 5U, 12U, 13U, 20U}) {
                if (rows > 10'000 && features != 5) continue;
                INFO("rows " << rows << ", features " << features << ", " << to_string(level));
                rows_of_chance const of(rows, features, rows * 31 + features);
                random_generator random(features);
                Eigen::VectorXd at(static_cast<Eigen::Index>(features) + 1);
                for (double& v : at)
                    v = random_uniform(random, -1, 1);
                for (bool const weighted : {false, true}) {
                    logistic_options options;
                    options.level = level;
                    if (weighted) options.weights = of.weights;
                    auto const columns = as_columns(of.columns);
                    thread_team team(1);
                    logistic_data const data(columns, of.outcomes, options, team);
                    auto const expected = naive(data, of, weighted, at);
                    auto const sums = data.look(at, logistic_data::want::curvature);
                    auto const slope = data.look(at, logistic_data::want::slope);
                    double const size = static_cast<double>(rows);
                    CHECK(std::abs(sums.loss - expected.loss) <= 1e-11 * size);
                    CHECK((sums.gradient - expected.gradient).cwiseAbs().maxCoeff() <= 1e-11 * size);
                    CHECK((sums.curvature - expected.curvature).cwiseAbs().maxCoeff() <= 1e-11 * size);
                    CHECK((slope.gradient - expected.gradient).cwiseAbs().maxCoeff() <= 1e-11 * size);
                    CHECK(slope.loss == sums.loss);
                    CHECK(sums.lowest_margin == Approx(expected.lowest_margin).epsilon(1e-9));
                    CHECK(sums.highest_margin == Approx(expected.highest_margin).epsilon(1e-9));
                }
            }
        }
    }
}

TEST_CASE("logistic pass: a part of the rows is every so many runs of them, and threads change no bit") {
    std::size_t const rows = 128 * 1000 + 77;
    rows_of_chance const of(rows, 3, 8);
    auto const columns = as_columns(of.columns);
    Eigen::VectorXd const at = Eigen::VectorXd::Constant(4, 0.1);
    for (std::size_t const every : {1U, 4U, 64U}) {
        thread_team alone(1);
        thread_team team(3);
        logistic_data const one(columns, of.outcomes, {}, alone);
        logistic_data const three(columns, of.outcomes, {}, team);
        auto const a = one.look(at, logistic_data::want::curvature, every);
        auto const b = three.look(at, logistic_data::want::curvature, every);
        CHECK(a.loss == b.loss);
        CHECK(a.gradient == b.gradient);
        CHECK(a.curvature == b.curvature);
        auto const whole = one.look(at, logistic_data::want::curvature);
        CHECK(a.loss * static_cast<double>(every) == Approx(whole.loss).epsilon(0.1));
    }
}

TEST_CASE("logistic pass: events are counted, and what is neither 0 nor 1 is seen anywhere") {
    for (std::size_t const rows : {0U, 1U, 7U, 8U, 9U, 100U}) {
        std::vector<std::uint8_t> outcomes(rows);
        for (std::size_t i = 0; i < rows; i += 3)
            outcomes[i] = 1;
        CHECK(count_events(outcomes) == (rows + 2) / 3);
        for (std::size_t i = 0; i < rows; ++i) {
            auto broken = outcomes;
            broken[i] = i % 2 == 0 ? 2 : 128;
            CHECK(count_events(broken) == not_binary);
        }
    }
}
