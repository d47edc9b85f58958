// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_MINIMISE_HPP
#define SEGMENTA_MODEL_MINIMISE_HPP

// Smooth functions of a few unknowns: damped Newton with the curvature from differences of gradients (or given), L-BFGS
// where that gets stuck, Nelder and Mead's simplex where even gradients do not help. Boost 1.81 has no such thing.

#include <segmenta/model/fit_diagnostics.hpp>

#include <Eigen/Core>

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// The value at x, and the derivatives into `gradient` (as long as x). What is not finite counts as "too far".
using smooth_function = std::function<double(Eigen::VectorXd const& x, Eigen::VectorXd& gradient)>;
// Second derivatives at x.
using curvature_function = std::function<Eigen::MatrixXd(Eigen::VectorXd const& x)>;

struct minimise_options {
    double gradient_tolerance = 1e-9; // largest absolute derivative
    std::size_t max_steps = 200;
    double max_step = 4; // largest change of one unknown in a step; unknowns are logarithms
    double bound = 25;   // an unknown whose size passes this runs away
};

struct minimum {
    Eigen::VectorXd x;
    double value = 0;
    Eigen::VectorXd gradient;
    Eigen::MatrixXd curvature; // at x, symmetric
    std::size_t evaluations = 0;
    bool converged = false; // the gradient is small
    bool ran_away = false;  // an unknown passed the bound
};

// From `start`. `curvature` may be empty: then central differences of the gradient.
minimum minimise(smooth_function const& function, Eigen::VectorXd const& start, minimise_options const& options = {},
                 curvature_function const& curvature = {});

// The best of several starts; ties go to the first.
minimum minimise(smooth_function const& function, std::span<Eigen::VectorXd const> starts,
                 minimise_options const& options = {}, curvature_function const& curvature = {});

// Largest by smallest eigenvalue; infinite when the smallest is not above 0.
double condition_number(Eigen::MatrixXd const& symmetric);

// What the end of a search over log-parameters means, where `function` was the mean negative log-likelihood of `weight`
// customers. A fit is not identified when an unknown ran away, or when the condition number passes 1e8 (statistics.md
// item 5.6: a ridge).
struct fitted_logs {
    std::vector<parameter_estimate> parameters; // exp of the unknowns, errors by the delta method
    fit_diagnostics diagnostics;
};
fitted_logs judge_fit(minimum const& at, std::span<std::string const> names, double weight);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
