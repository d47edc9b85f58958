// SPDX-License-Identifier: Apache-2.0
#include "model/minimise.hpp"

#include <Eigen/Eigenvalues>
#include <Eigen/LU>

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

using vector = Eigen::VectorXd;
using matrix = Eigen::MatrixXd;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double rounding_gain = 1e-10; // of the value, when no step finds a lower one

// A point with its value and slope.
struct place {
    vector x;
    double value = infinity;
    vector gradient;

    [[nodiscard]] double slope() const { return gradient.cwiseAbs().maxCoeff(); }
};

class searcher {
public:
    searcher(smooth_function const& function, minimise_options const& options, curvature_function const& curvature)
        : function_(function), options_(options), curvature_(curvature) {}

    minimum run(vector const& start) {
        place at = look(start);
        if (!std::isfinite(at.value)) at = simplex(at.x);
        at = newton(std::move(at));
        if (!done(at) && !far(at.x)) at = quasi_newton(std::move(at));
        if (!done(at) && !far(at.x)) {
            place const tried = simplex(at.x);
            if (tried.value < at.value) at = newton(tried);
        }
        return finish(at);
    }

private:
    place look(vector const& x) {
        place out;
        out.x = x;
        out.gradient.setZero(x.size());
        ++evaluations_;
        out.value = function_(x, out.gradient);
        if (!std::isfinite(out.value) || !out.gradient.allFinite()) out.value = infinity;
        return out;
    }
    [[nodiscard]] bool done(place const& at) const {
        return std::isfinite(at.value) && (settled_ || at.slope() <= options_.gradient_tolerance);
    }
    [[nodiscard]] bool far(vector const& x) const { return x.cwiseAbs().maxCoeff() > options_.bound; }

    matrix curvature_at(place const& at) {
        if (curvature_) return curvature_(at.x);
        // Central differences; the step balances rounding of the gradient against the third derivative.
        double const h = 6e-6;
        auto const n = at.x.size();
        matrix out(n, n);
        for (Eigen::Index j = 0; j < n; ++j) {
            double const step = h * std::max(1.0, std::abs(at.x[j]));
            vector x = at.x;
            x[j] = at.x[j] + step;
            double const above = x[j];
            place const up = look(x);
            x[j] = at.x[j] - step;
            place const down = look(x);
            out.col(j) = (up.gradient - down.gradient) / (above - x[j]);
        }
        return (out + out.transpose()) / 2;
    }

    // Downhill even where the function curves the wrong way: eigenvalues are taken by their size.
    [[nodiscard]] vector newton_step(matrix const& curvature, vector const& gradient) const {
        Eigen::SelfAdjointEigenSolver<matrix> const parts(curvature);
        if (parts.info() != Eigen::Success) return -gradient;
        double const largest = parts.eigenvalues().cwiseAbs().maxCoeff();
        vector const sizes = parts.eigenvalues().cwiseAbs().cwiseMax(std::max(largest * 1e-13, 1e-300));
        vector const along = (parts.eigenvectors().transpose() * gradient).cwiseQuotient(sizes);
        return -(parts.eigenvectors() * along);
    }
    void shorten(vector& step) const {
        double const largest = step.cwiseAbs().maxCoeff();
        if (largest > options_.max_step) step *= options_.max_step / largest;
    }

    // The first of step, step/2, step/4, ... that goes down enough; false when none does. Close to the minimum values
    // differ by rounding only, and a smaller slope decides.
    bool advance(place& at, vector const& step) {
        double const slope = at.gradient.dot(step);
        double factor = 1;
        for (int halving = 0; halving < 40; ++halving, factor /= 2) {
            place next = look(at.x + factor * step);
            double const noise = 4 * std::numeric_limits<double>::epsilon() * std::abs(at.value);
            bool const lower = next.value <= at.value + 1e-4 * factor * slope;
            bool const level = next.value <= at.value + noise && next.slope() < at.slope();
            if (!lower && !level) continue;
            at = std::move(next);
            return true;
        }
        return false;
    }

    place newton(place at) {
        for (std::size_t i = 0; i < options_.max_steps && !done(at) && !far(at.x); ++i) {
            if (!std::isfinite(at.value)) return at;
            matrix const curvature = curvature_at(at);
            if (!curvature.allFinite()) return at;
            vector step = newton_step(curvature, at.gradient);
            // What a whole step would still gain, whatever the units of the data: below rounding there is no way down.
            bool const rounding = -at.gradient.dot(step) <= rounding_gain * std::max(1.0, std::abs(at.value));
            shorten(step);
            double const before = at.slope();
            bool const moved = advance(at, step);
            if (moved && (!rounding || at.slope() < before / 2)) continue;
            settled_ = rounding;
            return at;
        }
        return at;
    }

    // Two-loop recursion of L-BFGS (J. Nocedal and S. Wright, Numerical Optimization, 2nd ed., algorithm 7.4).
    place quasi_newton(place at) {
        struct pair {
            vector s, y;
            double rho;
        };
        std::deque<pair> memory;
        for (std::size_t i = 0; i < options_.max_steps && !done(at) && !far(at.x); ++i) {
            vector step = at.gradient;
            std::vector<double> alpha(memory.size());
            for (std::size_t k = memory.size(); k-- > 0;) {
                alpha[k] = memory[k].rho * memory[k].s.dot(step);
                step -= alpha[k] * memory[k].y;
            }
            if (!memory.empty()) step *= memory.back().s.dot(memory.back().y) / memory.back().y.squaredNorm();
            for (std::size_t k = 0; k < memory.size(); ++k)
                step += memory[k].s * (alpha[k] - memory[k].rho * memory[k].y.dot(step));
            step = -step;
            shorten(step);
            place const before = at;
            if (!advance(at, step)) return at;
            vector const s = at.x - before.x;
            vector const y = at.gradient - before.gradient;
            double const along = s.dot(y);
            if (along <= 1e-12 * s.norm() * y.norm()) continue;
            memory.push_back({s, y, 1 / along});
            if (memory.size() > 8) memory.pop_front();
        }
        return at;
    }

    // J. Nelder and R. Mead, "A simplex method for function minimization", 1965; values only.
    place simplex(vector const& start) {
        auto const n = static_cast<std::size_t>(start.size());
        std::vector<place> corners{look(start)};
        for (std::size_t j = 0; j < n; ++j) {
            vector x = start;
            x[static_cast<Eigen::Index>(j)] += 1;
            corners.push_back(look(x));
        }
        auto const by_value = [](place const& a, place const& b) { return a.value < b.value; };
        for (std::size_t i = 0; i < options_.max_steps * 5; ++i) {
            std::stable_sort(corners.begin(), corners.end(), by_value);
            if (corners.back().value - corners.front().value <= 1e-10 * std::abs(corners.front().value)) break;
            vector middle = vector::Zero(start.size());
            for (std::size_t j = 0; j < n; ++j)
                middle += corners[j].x / static_cast<double>(n);
            place& worst = corners.back();
            place mirrored = look(2 * middle - worst.x);
            if (mirrored.value < corners.front().value) {
                place further = look(3 * middle - 2 * worst.x);
                worst = further.value < mirrored.value ? std::move(further) : std::move(mirrored);
            } else if (mirrored.value < corners[n - 1].value) {
                worst = std::move(mirrored);
            } else {
                place inside = look((middle + (mirrored.value < worst.value ? mirrored.x : worst.x)) / 2);
                if (inside.value < std::min(mirrored.value, worst.value)) {
                    worst = std::move(inside);
                } else {
                    for (std::size_t j = 1; j <= n; ++j)
                        corners[j] = look((corners[0].x + corners[j].x) / 2);
                }
            }
        }
        return *std::min_element(corners.begin(), corners.end(), by_value);
    }

    minimum finish(place const& at) {
        minimum out;
        out.x = at.x;
        out.value = at.value;
        out.gradient = at.gradient;
        out.converged = done(at);
        out.ran_away = far(at.x);
        out.curvature = curvature_at(at);
        out.evaluations = evaluations_;
        return out;
    }

    smooth_function const& function_;
    minimise_options const& options_;
    curvature_function const& curvature_;
    std::size_t evaluations_ = 0;
    bool settled_ = false; // at the minimum, as far as rounding lets it be seen
};

} // namespace

minimum minimise(smooth_function const& function, Eigen::VectorXd const& start, minimise_options const& options,
                 curvature_function const& curvature) {
    return searcher(function, options, curvature).run(start);
}

minimum minimise(smooth_function const& function, std::span<Eigen::VectorXd const> starts,
                 minimise_options const& options, curvature_function const& curvature) {
    minimum best;
    std::size_t evaluations = 0;
    for (std::size_t i = 0; i < starts.size(); ++i) {
        minimum next = minimise(function, starts[i], options, curvature);
        evaluations += next.evaluations;
        if (i == 0 || next.value < best.value) best = std::move(next);
    }
    best.evaluations = evaluations;
    return best;
}

double condition_number(Eigen::MatrixXd const& symmetric) {
    if (!symmetric.allFinite()) return infinity;
    Eigen::SelfAdjointEigenSolver<matrix> const parts(symmetric, Eigen::EigenvaluesOnly);
    double const smallest = parts.eigenvalues().minCoeff();
    double const largest = parts.eigenvalues().maxCoeff();
    return smallest > 0 ? largest / smallest : infinity;
}

fitted_logs judge_fit(minimum const& at, std::span<std::string const> names, double weight) {
    constexpr double ridge = 1e8;
    fitted_logs out;
    fit_diagnostics& d = out.diagnostics;
    d.log_likelihood = -at.value * weight;
    d.gradient_norm = at.gradient.cwiseAbs().maxCoeff();
    d.condition_number = condition_number(at.curvature);
    d.evaluations = at.evaluations;
    d.state = identification::identified;
    if (!at.converged) {
        d.state = identification::not_converged;
        d.remark = "the search stopped before the gradient was small; look for outliers, or fit more data";
    }
    if (at.ran_away || !(d.condition_number <= ridge)) {
        d.state = identification::not_identified;
        d.remark = "the data do not determine all parameters: the likelihood rises along a ridge without a maximum or "
                   "is flat there; observe longer, or fit a model with fewer parameters";
    }
    bool const known = d.state == identification::identified;
    matrix const covariance = known ? matrix(at.curvature.inverse() / weight) : matrix();
    for (std::size_t i = 0; i < names.size(); ++i) {
        auto const k = static_cast<Eigen::Index>(i);
        double const value = std::exp(at.x[k]);
        // Delta method: the derivative of exp is the value itself.
        double const error = known ? value * std::sqrt(covariance(k, k)) : std::numeric_limits<double>::quiet_NaN();
        out.parameters.push_back({names[i], value, error});
    }
    return out;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
