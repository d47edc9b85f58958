// SPDX-License-Identifier: Apache-2.0
#include <segmenta/evaluate/bootstrap.hpp>

#include <segmenta/base/parallel.hpp>
#include <segmenta/base/random.hpp>
#include <segmenta/stats/moments.hpp>
#include <segmenta/stats/quantile.hpp>

#include "evaluate/checks.hpp"
#include "evaluate/special_functions.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN(); // inside only: a resample without a figure

using row_numbers = std::vector<std::uint32_t>;

/// Rows by stratum, and where each stratum begins.
struct strata_rows {
    row_numbers rows;
    std::vector<std::size_t> begin;
};

strata_rows sort_strata(std::size_t rows, std::span<std::uint32_t const> strata) {
    strata_rows out;
    out.rows.resize(rows);
    std::iota(out.rows.begin(), out.rows.end(), 0U);
    if (strata.empty()) {
        out.begin = {0, rows};
        return out;
    }
    std::stable_sort(out.rows.begin(), out.rows.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return strata[a] < strata[b]; });
    out.begin.push_back(0);
    for (std::size_t i = 1; i < rows; ++i)
        if (strata[out.rows[i]] != strata[out.rows[i - 1]]) out.begin.push_back(i);
    out.begin.push_back(rows);
    return out;
}

void draw(strata_rows const& from, random_generator& random, row_numbers& into) {
    for (std::size_t s = 0; s + 1 < from.begin.size(); ++s) {
        std::size_t const begin = from.begin[s];
        std::size_t const size = from.begin[s + 1] - begin;
        for (std::size_t i = 0; i < size; ++i)
            into[begin + i] = from.rows[begin + static_cast<std::size_t>(random_below(random, size))];
    }
}

double figure_of(bootstrap_statistic const& statistic, std::span<std::uint32_t const> rows) {
    auto const value = statistic(rows);
    return value && std::isfinite(*value) ? *value : none;
}

/// As many as are asked for, and no more than there is work: each has memory of its own.
unsigned threads_for(bootstrap_options const& options, std::size_t work) {
    return static_cast<unsigned>(
        std::min<std::size_t>(usable_threads(options.threads), std::max<std::size_t>(work, 1)));
}

std::vector<double> resample(strata_rows const& from, bootstrap_statistic const& statistic,
                             bootstrap_options const& options) {
    std::vector<double> figures(options.resamples);
    unsigned const threads = threads_for(options, options.resamples);
    std::vector<row_numbers> drawn(threads);
    parallel_for_blocks(threads, options.resamples, [&](std::size_t i, unsigned worker) {
        auto& rows = drawn[worker];
        rows.resize(from.rows.size());
        random_generator random(options.seed, i);
        draw(from, random, rows);
        figures[i] = figure_of(statistic, rows);
    });
    return figures;
}

/// Efron's acceleration: the skewness of the jackknife's influence values over 6 times the root of their sum.
double acceleration(strata_rows const& from, bootstrap_statistic const& statistic, bootstrap_options const& options) {
    std::size_t const n = from.rows.size();
    std::size_t const blocks = options.jackknife_blocks == 0 ? n : std::min(options.jackknife_blocks, n);
    std::vector<double> left_out(blocks);
    unsigned const threads = threads_for(options, blocks);
    std::vector<row_numbers> kept(threads);
    parallel_for_blocks(threads, blocks, [&](std::size_t block, unsigned worker) {
        auto& rows = kept[worker];
        rows.clear();
        // Every blocks-th row, so that each part leaves out its share of each stratum.
        for (std::size_t i = 0; i < n; ++i)
            if (i % blocks != block) rows.push_back(from.rows[i]);
        left_out[block] = rows.empty() ? none : figure_of(statistic, rows);
    });
    std::erase_if(left_out, [](double v) { return std::isnan(v); });
    if (left_out.size() < 2) return 0;
    double const mean = compute_moments(left_out).mean;
    double squares = 0;
    double cubes = 0;
    for (double const v : left_out) {
        double const d = mean - v;
        squares += d * d;
        cubes += d * d * d;
    }
    return squares > 0 ? cubes / (6 * squares * std::sqrt(squares)) : 0;
}

/// The probability at which BCa reads the resampled figures in place of `p` (Efron and Tibshirani 1993, 14.10).
double corrected(double p, double bias, double accelerated) noexcept {
    double const z = bias + normal_quantile(p);
    double const scaled = 1 - accelerated * z;
    // past the pole the interval reaches to the end of the figures
    if (!(scaled > 0)) return p < 0.5 ? 0 : 1;
    return detail::normal_below(bias + z / scaled);
}

interval bca_interval(std::vector<double> const& figures, double estimate, double accelerated, double tail) {
    double below = 0;
    for (double const f : figures)
        below += f < estimate ? 1 : f == estimate ? 0.5 : 0;
    double const n = static_cast<double>(figures.size());
    // an estimate outside all resamples has an infinite correction: half a resample stands for none
    double const share = std::clamp(below, 0.5, n - 0.5) / n;
    double const bias = normal_quantile(share);
    return {quantile(figures, corrected(tail, bias, accelerated)),
            quantile(figures, corrected(1 - tail, bias, accelerated))};
}

void check(std::size_t rows, bootstrap_options const& options, std::span<std::uint32_t const> strata) {
    issue_list issues;
    detail::check_not_empty(rows, "rows", issues);
    if (rows == 1) {
        issues.error("evaluate.too_few", "rows", "one customer says nothing about how others vary", "1", "at least 2",
                     {});
    }
    detail::check_count(rows, 0, std::numeric_limits<std::uint32_t>::max(), "rows", issues);
    if (!strata.empty()) detail::check_same_length(strata.size(), "strata", rows, "the sample", issues);
    detail::check_count(options.resamples, 100, 10'000'000, "resamples", issues);
    detail::check_inside(options.confidence, 0, 1, "confidence", issues);
    if (options.jackknife_blocks != 0)
        detail::check_count(options.jackknife_blocks, 2, std::numeric_limits<std::size_t>::max(), "jackknife_blocks",
                            issues);
    issues.throw_if_errors();
}

[[noreturn]] void refuse_undefined(std::string message, std::size_t seen) {
    throw issue_error("evaluate.undefined", "statistic", std::move(message), std::to_string(seen), {},
                      "Draw within classes (strata), or take a figure that small samples have too");
}

} // namespace

bootstrap_result bootstrap(std::size_t rows, bootstrap_statistic const& statistic, bootstrap_options const& options,
                           std::span<std::uint32_t const> strata) {
    check(rows, options, strata);
    auto const from = sort_strata(rows, strata);
    bootstrap_result out;
    out.estimate = figure_of(statistic, from.rows);
    if (std::isnan(out.estimate)) refuse_undefined("the sample itself has no such figure", rows);
    auto figures = resample(from, statistic, options);
    std::erase_if(figures, [](double v) { return std::isnan(v); });
    out.resamples = figures.size();
    out.undefined = options.resamples - figures.size();
    if (out.undefined > out.resamples)
        refuse_undefined("most resamples have no such figure, so there is no interval", out.undefined);
    auto const spread = compute_moments(figures);
    out.standard_error = std::sqrt(spread.variance);
    out.bias = spread.mean - out.estimate;
    double const tail = (1 - options.confidence) / 2;
    if (options.kind == bootstrap_interval::percentile || spread.minimum == spread.maximum)
        out.confidence = {quantile(figures, tail), quantile(figures, 1 - tail)};
    else
        out.confidence = bca_interval(figures, out.estimate, acceleration(from, statistic, options), tail);
    return out;
}

bootstrap_result bootstrap_mean(std::span<double const> values, bootstrap_options const& options) {
    issue_list issues;
    detail::check_finite(values, "values", issues);
    issues.throw_if_errors();
    auto const mean = [&](std::span<std::uint32_t const> rows) -> std::optional<double> {
        double sum = 0;
        for (auto const row : rows)
            sum += values[row];
        return sum / static_cast<double>(rows.size());
    };
    return bootstrap(values.size(), mean, options);
}

bootstrap_result bootstrap_mean_difference(std::span<double const> treated, std::span<double const> control,
                                           bootstrap_options const& options) {
    issue_list issues;
    detail::check_not_empty(treated.size(), "treated", issues);
    detail::check_not_empty(control.size(), "control", issues);
    detail::check_finite(treated, "treated", issues);
    detail::check_finite(control, "control", issues);
    issues.throw_if_errors();
    std::vector<std::uint32_t> strata(treated.size() + control.size(), 0);
    std::fill(strata.begin() + static_cast<std::ptrdiff_t>(treated.size()), strata.end(), 1U);
    auto const difference = [&](std::span<std::uint32_t const> rows) -> std::optional<double> {
        double sum[2] = {0, 0};
        std::size_t count[2] = {0, 0};
        for (auto const row : rows) {
            std::size_t const arm = row < treated.size() ? 0 : 1;
            sum[arm] += arm == 0 ? treated[row] : control[row - treated.size()];
            ++count[arm];
        }
        if (count[0] == 0 || count[1] == 0) return std::nullopt;
        return sum[0] / static_cast<double>(count[0]) - sum[1] / static_cast<double>(count[1]);
    };
    return bootstrap(strata.size(), difference, options, strata);
}

} // namespace v0
} // namespace segmenta
