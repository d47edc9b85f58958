// SPDX-License-Identifier: Apache-2.0
#include "model/logistic_pass.hpp"

#include <segmenta/base/parallel.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

// Kernel blocks a thread takes at once; their sums are merged in order. Of a part of the rows as many as stand
// together: the fewer rows, the shorter the runs, so that they come from everywhere.
constexpr std::size_t blocks_together(std::size_t every) noexcept {
    if (every == 1) return 128;
    return every < 32 ? 32 / every : 1;
}

} // namespace

std::size_t count_events(std::span<std::uint8_t const> outcomes) noexcept {
    std::uint64_t all = 0;
    std::size_t count = 0;
    std::size_t i = 0;
    for (; i + 8 <= outcomes.size(); i += 8) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, outcomes.data() + i, sizeof eight);
        all |= eight;
        count += static_cast<std::size_t>(std::popcount(eight));
    }
    for (; i < outcomes.size(); ++i) {
        all |= outcomes[i];
        count += outcomes[i];
    }
    return (all & 0xFEFE'FEFE'FEFE'FEFEU) == 0 ? count : not_binary;
}

void logistic_sums::merge(logistic_sums const& other) {
    loss += other.loss;
    lowest_margin = std::min(lowest_margin, other.lowest_margin);
    highest_margin = std::max(highest_margin, other.highest_margin);
    gradient += other.gradient;
    curvature += other.curvature;
}

logistic_data::logistic_data(number_columns columns, std::span<std::uint8_t const> outcomes,
                             logistic_options const& options, thread_team& team)
    : outcomes_(outcomes), weights_(options.weights), intercept_(options.intercept), team_(team),
      kernel_(logistic_kernel_for(options.level)) {
    for (auto const column : columns)
        columns_.push_back(column.data());
    if (weights_.empty()) {
        weight_ = static_cast<double>(rows());
        events_ = static_cast<double>(count_events(outcomes_));
    } else {
        for (std::size_t i = 0; i < rows(); ++i) {
            weight_ += weights_[i];
            events_ += outcomes_[i] != 0 ? weights_[i] : 0;
        }
    }
    bool const penalised = options.ridge > 0 || options.lasso > 0;
    find_scale(penalised && options.scale_penalty);
}

// Mean and deviation: of all rows where penalties hang on them, else of a part, which does as well for the numerics.
// Without an intercept nothing may be shifted.
void logistic_data::find_scale(bool all_rows) {
    constexpr std::size_t enough = std::size_t{1} << 12;
    // Runs of rows, since each costs a walk to memory.
    constexpr std::size_t run = 64;
    std::size_t const step = all_rows ? run : run * std::max<std::size_t>(1, rows() / enough);
    shift_.assign(features(), 0);
    scale_.assign(features(), 1);
    for (std::size_t j = 0; j < features(); ++j) {
        double const* const x = columns_[j];
        double sum = 0;
        double weight = 0;
        auto const weight_of = [this](std::size_t i) { return weights_.empty() ? 1 : weights_[i]; };
        auto const each_row = [&](auto const& work) {
            for (std::size_t first = 0; first < rows(); first += step) {
                std::size_t const end = std::min(rows(), first + run);
                for (std::size_t i = first; i < end; ++i)
                    work(i);
            }
        };
        each_row([&](std::size_t i) {
            weight += weight_of(i);
            sum += weight_of(i) * x[i];
        });
        double const mean = weight > 0 ? sum / weight : 0;
        double squares = 0;
        each_row([&](std::size_t i) { squares += weight_of(i) * (x[i] - mean) * (x[i] - mean); });
        double const deviation = weight > 0 ? std::sqrt(squares / weight) : 0;
        if (intercept_ && std::isfinite(mean)) shift_[j] = mean;
        // What varies by rounding only is constant; it keeps its size and is found by the curvature.
        if (std::isfinite(deviation) && deviation > 1e-13 * std::abs(mean)) scale_[j] = 1 / deviation;
    }
}

logistic_sums logistic_data::look(Eigen::VectorXd const& at, want wanted, std::size_t every) const {
    auto const unknowns = static_cast<Eigen::Index>(features() + 1);
    bool const curved = wanted == want::curvature;
    auto const empty = [&] {
        logistic_sums out;
        out.gradient.setZero(unknowns);
        if (curved) out.curvature.setZero(unknowns, unknowns);
        return out;
    };
    std::size_t const blocks = (rows() + logistic_block_rows - 1) / logistic_block_rows;
    std::size_t const together = blocks_together(every);
    std::size_t const groups = (blocks + together * every - 1) / (together * every);
    std::vector<logistic_sums> parts(groups, empty());

    auto const work = [&](std::size_t group) {
        std::vector<double> scratch(logistic_scratch(features()));
        logistic_sums& part = parts[group];
        logistic_totals totals;
        totals.gradient = part.gradient.data();
        totals.curvature = curved ? part.curvature.data() : nullptr;
        logistic_rows some;
        some.columns = columns_.data();
        some.outcomes = outcomes_.data();
        some.weights = weights_.empty() ? nullptr : weights_.data();
        some.features = features();
        some.shift = shift_.data();
        some.scale = scale_.data();
        some.coefficients = at.data();
        std::size_t const first = group * together * every;
        some.first = first * logistic_block_rows;
        some.blocks = std::min(together, blocks - first);
        some.end = rows();
        kernel_(some, totals, scratch.data());
        part.loss = totals.loss;
        part.lowest_margin = totals.lowest_margin;
        part.highest_margin = totals.highest_margin;
    };
    team_.for_blocks(groups, work);

    logistic_sums out = empty();
    for (logistic_sums const& part : parts)
        out.merge(part);
    // The kernel fills the lower triangle by rows, which is Eigen's upper triangle by columns.
    if (curved) out.curvature.triangularView<Eigen::StrictlyLower>() = out.curvature.transpose();
    if (!intercept_) {
        out.gradient[unknowns - 1] = 0;
        if (curved) {
            out.curvature.row(unknowns - 1).setZero();
            out.curvature.col(unknowns - 1).setZero();
        }
    }
    return out;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
