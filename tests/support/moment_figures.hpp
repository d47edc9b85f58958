// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_SUPPORT_MOMENT_FIGURES_HPP
#define SEGMENTA_TESTS_SUPPORT_MOMENT_FIGURES_HPP

// Moments and counts of expected_*.json. Every check reads all figures of its part of the file.

#include <segmenta/stats/moments.hpp>
#include <segmenta/stats/quantile.hpp>

#include "support/catch.hpp"
#include "support/expected_figures.hpp"

#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace segmenta::test {

using figures = expected_figures::part;

/// Within a part of the figure, or 1e-13 where that is less (figures that are 0 but for rounding).
inline Approx near_figure(double figure, double relative = 1e-9) {
    return Approx(figure).epsilon(relative).margin(1e-13);
}

/// {n, sum, mean, ..., q95, excess_kurtosis_g2_biased}; a missing value is NaN.
inline void check_moments(figures const& expected, std::vector<double> values) {
    INFO(expected.path());
    std::erase_if(values, [](double v) { return std::isnan(v); });
    auto const m = compute_moments(values);
    CHECK(values.size() == expected.at("n").count());
    CHECK(m.sum == near_figure(expected.at("sum").number()));
    CHECK(m.mean == near_figure(expected.at("mean").number()));
    CHECK(std::sqrt(m.variance) == near_figure(expected.at("std_ddof1").number()));
    CHECK(m.minimum == near_figure(expected.at("min").number()));
    CHECK(m.maximum == near_figure(expected.at("max").number())); // may be a sum of its own
    CHECK(m.skewness == near_figure(expected.at("skew_g1_biased").number()));
    CHECK(m.excess_kurtosis == near_figure(expected.at("excess_kurtosis_g2_biased").number()));
    CHECK(quantile(values, 0.05) == near_figure(expected.at("q05").number()));
    CHECK(quantile(values, 0.25) == near_figure(expected.at("q25").number()));
    CHECK(quantile(values, 0.5) == near_figure(expected.at("median").number()));
    CHECK(quantile(values, 0.75) == near_figure(expected.at("q75").number()));
    CHECK(quantile(values, 0.95) == near_figure(expected.at("q95").number()));
}

/// {value: how often}.
inline void check_counts(figures const& expected, std::vector<std::string> const& texts) {
    INFO(expected.path());
    std::map<std::string, std::uint64_t> seen;
    for (std::string const& text : texts)
        ++seen[text];
    std::map<std::string, std::uint64_t> wanted;
    for (auto const& [value, count] : expected.members())
        wanted[value] = count.count();
    CHECK(seen == wanted);
}

} // namespace segmenta::test

#endif
