// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_REPEAT_LIKELIHOOD_HPP
#define SEGMENTA_MODEL_REPEAT_LIKELIHOOD_HPP

// The log-likelihood of BG/NBD, MBG/NBD and their Erlang-k relatives over many customers, as a function of the
// logarithms of r, alpha, a, b.

#include "model/repeat_kernels.hpp"

#include <segmenta/base/parallel.hpp>
#include <segmenta/model/purchase_statistics.hpp>

#include <Eigen/Core>

#include <array>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Which model of the family, and how it is computed.
struct repeat_family {
    bool first_drops = false; // the customer may leave after the first purchase already
    unsigned steps = 1;       // k of Erlang-k times between purchases
    cpu_level level = cpu_level::sse2;
};

// Value and derivatives by r, alpha, a, b themselves.
struct repeat_derivatives {
    double value = 0;
    std::array<double, 4> slope{};
    std::array<std::array<double, 4>, 4> curve{}; // the upper triangle

    void add(repeat_derivatives const& other) noexcept;
};

// The mean negative log-likelihood. Looks at the customers once per new point: value, slope and (for k = 1) curvature
// come from the same pass.
class repeat_objective {
public:
    repeat_objective(purchase_statistics const& data, repeat_family const& family, thread_team& team);

    double operator()(Eigen::VectorXd const& logs, Eigen::VectorXd& gradient);
    // Exact, for k = 1 only.
    Eigen::MatrixXd curvature(Eigen::VectorXd const& logs);

private:
    void look(Eigen::VectorXd const& logs);
    void add_counts(std::array<double, 4> const& p, repeat_derivatives& sum) const;
    void add_customers(std::array<double, 4> const& p, repeat_derivatives& sum) const;
    void add_regular_customers(std::array<double, 4> const& p, repeat_derivatives& sum) const;

    purchase_statistics const& data_;
    repeat_family family_;
    thread_team& team_;
    std::vector<double> more_than_; // customers with more than j repeat purchases
    std::vector<double> nothing_;   // zeros: counts and last purchases of who bought once
    Eigen::VectorXd at_;
    double value_ = 0;
    Eigen::VectorXd gradient_;
    Eigen::MatrixXd curvature_;
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
