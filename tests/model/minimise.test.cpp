// SPDX-License-Identifier: Apache-2.0
#include "model/minimise.hpp"

#include "support/catch.hpp"

#include <cmath>
#include <limits>

using namespace segmenta;
using namespace segmenta::detail;

namespace {

double rosenbrock(Eigen::VectorXd const& x, Eigen::VectorXd& g) {
    double const a = 1 - x[0];
    double const b = x[1] - x[0] * x[0];
    g[0] = -2 * a - 400 * x[0] * b;
    g[1] = 200 * b;
    return a * a + 100 * b * b;
}

Eigen::VectorXd at(double a, double b) {
    Eigen::VectorXd out(2);
    out << a, b;
    return out;
}

} // namespace

TEST_CASE("minimise: Rosenbrock's valley, from several starts") {
    for (auto const& start : {at(-1.2, 1), at(5, -5), at(0, 0)}) {
        auto const found = minimise(rosenbrock, start);
        CHECK(found.converged);
        CHECK_FALSE(found.ran_away);
        CHECK(found.x[0] == Catch::Approx(1).epsilon(1e-8));
        CHECK(found.x[1] == Catch::Approx(1).epsilon(1e-8));
        CHECK(found.gradient.cwiseAbs().maxCoeff() <= 1e-9);
        // The curvature there is {{802, -400}, {-400, 200}}.
        CHECK(found.curvature(0, 0) == Catch::Approx(802).epsilon(1e-5));
        CHECK(found.curvature(0, 1) == Catch::Approx(-400).epsilon(1e-5));
        CHECK(condition_number(found.curvature) == Catch::Approx(2508.0).epsilon(1e-3));
    }
}

TEST_CASE("minimise: a start where the function is not finite is left") {
    auto const wall = [](Eigen::VectorXd const& x, Eigen::VectorXd& g) {
        if (x[0] < -1) return std::numeric_limits<double>::quiet_NaN();
        g[0] = 2 * (x[0] - 3);
        g[1] = 2 * x[1];
        return (x[0] - 3) * (x[0] - 3) + x[1] * x[1];
    };
    auto const found = minimise(wall, at(-1.5, 0.5));
    CHECK(found.converged);
    CHECK(found.x[0] == Catch::Approx(3));
}

TEST_CASE("minimise: what falls forever runs away, what is flat has no condition") {
    auto const falls = [](Eigen::VectorXd const& x, Eigen::VectorXd& g) {
        g[0] = -std::exp(-x[0]);
        g[1] = 2 * x[1];
        return std::exp(-x[0]) + x[1] * x[1];
    };
    auto const found = minimise(falls, at(0, 1));
    std::vector<std::string> const names{"a", "b"};
    auto const judged = judge_fit(found, names, 100);
    CHECK(judged.diagnostics.state == identification::not_identified);
    CHECK(std::isnan(judged.parameters[0].standard_error));
    CHECK_FALSE(judged.diagnostics.remark.empty());
    CHECK(std::isinf(condition_number(Eigen::MatrixXd::Zero(2, 2))));
}

TEST_CASE("minimise: standard errors are those of the delta method") {
    // 100 observations of an exponential with mean 2 have log-likelihood -100 (log m + 2 / m); se(m) = m / sqrt(100).
    auto const mean = [](Eigen::VectorXd const& x, Eigen::VectorXd& g) {
        double const m = std::exp(x[0]);
        g[0] = 1 - 2 / m;
        return x[0] + 2 / m;
    };
    auto const found = minimise(mean, Eigen::VectorXd::Zero(1));
    std::vector<std::string> const names{"mean"};
    auto const judged = judge_fit(found, names, 100);
    CHECK(judged.diagnostics.state == identification::identified);
    CHECK(judged.parameters[0].value == Catch::Approx(2).epsilon(1e-9));
    CHECK(judged.parameters[0].standard_error == Catch::Approx(0.2).epsilon(1e-6));
    CHECK(judged.diagnostics.log_likelihood == Catch::Approx(-100 * (std::log(2.0) + 1)));
}
