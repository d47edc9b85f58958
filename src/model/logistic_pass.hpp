// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_LOGISTIC_PASS_HPP
#define SEGMENTA_MODEL_LOGISTIC_PASS_HPP

// One look at all rows, or at every k-th run of them, for the fit of a logistic regression.

#include "model/logistic_kernels.hpp"

#include <segmenta/base/parallel.hpp>
#include <segmenta/model/logistic.hpp>

#include <Eigen/Core>

#include <cstddef>
#include <span>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// What rows add up to; parts of the rows are merged by adding.
struct logistic_sums {
    double loss = 0;
    double lowest_margin = 1e300;
    double highest_margin = -1e300;
    Eigen::VectorXd gradient;
    Eigen::MatrixXd curvature; // symmetric; empty when not wanted

    void merge(logistic_sums const& other);
};

// How many outcomes are 1; not_binary when some are neither 0 nor 1.
inline constexpr std::size_t not_binary = static_cast<std::size_t>(-1);
std::size_t count_events(std::span<std::uint8_t const> outcomes) noexcept;

class logistic_data {
public:
    // The spans of `columns` stay where they are while this lives.
    logistic_data(number_columns columns, std::span<std::uint8_t const> outcomes, logistic_options const& options,
                  thread_team& team);

    [[nodiscard]] std::size_t features() const noexcept { return columns_.size(); }
    [[nodiscard]] std::size_t rows() const noexcept { return outcomes_.size(); }
    [[nodiscard]] double weight() const noexcept { return weight_; }       // of all rows
    [[nodiscard]] double event_weight() const noexcept { return events_; } // of rows with the outcome
    [[nodiscard]] std::vector<double> const& shift() const noexcept { return shift_; }
    [[nodiscard]] std::vector<double> const& scale() const noexcept { return scale_; }

    enum class want { slope, curvature };
    // At coefficients of the scaled features, then the intercept. `every` 1: all rows; else every so many runs.
    [[nodiscard]] logistic_sums look(Eigen::VectorXd const& at, want wanted, std::size_t every = 1) const;

private:
    void find_scale(bool all_rows);

    std::vector<double const*> columns_;
    std::span<std::uint8_t const> outcomes_;
    std::span<double const> weights_;
    std::vector<double> shift_;
    std::vector<double> scale_;
    double weight_ = 0;
    double events_ = 0;
    bool intercept_;
    thread_team& team_;
    logistic_kernel kernel_;
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
