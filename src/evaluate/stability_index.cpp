// SPDX-License-Identifier: Apache-2.0
#include <segmenta/evaluate/stability_index.hpp>

#include <segmenta/error.hpp>

#include "base/indexed_place.hpp"
#include "evaluate/checks.hpp"

#include <cmath>
#include <limits>
#include <numeric>
#include <string>

namespace segmenta {
inline namespace v0 {
namespace {

double real(std::uint64_t count) noexcept { return static_cast<double>(count); }

std::uint64_t total_of(std::span<std::uint64_t const> counts) noexcept {
    return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

void check_counts(std::span<std::uint64_t const> expected, std::span<std::uint64_t const> actual, issue_list& issues) {
    detail::check_not_empty(total_of(expected), "expected", issues);
    detail::check_not_empty(total_of(actual), "actual", issues);
    detail::check_same_length(actual.size(), "actual", expected.size(), "expected", issues);
}

void check_policy(empty_bin_policy const& policy, issue_list& issues) {
    if (auto const* const fill = std::get_if<fill_share>(&policy))
        detail::check_inside(fill->share, 0, 1, "fill_share", issues);
    if (auto const* const add = std::get_if<add_count>(&policy))
        detail::check_inside(add->count, 0, std::numeric_limits<double>::max(), "add_count", issues);
}

void refuse_empty(std::span<std::uint64_t const> expected, std::span<std::uint64_t const> actual, issue_list& issues) {
    for (std::size_t i = 0; i < std::min(expected.size(), actual.size()); ++i) {
        if ((expected[i] == 0) == (actual[i] == 0)) continue;
        issues.error("evaluate.empty_bin", detail::indexed_place(expected[i] == 0 ? "expected" : "actual", i),
                     "this bin is empty, so the index is infinite", "0", "at least one customer",
                     "Merge the bin with a neighbour, or say what stands in its place: fill_share, add_count");
    }
}

double part_of(double expected, double actual) noexcept {
    if (expected == actual) return 0;
    return (actual - expected) * std::log(actual / expected);
}

} // namespace

stability_index population_stability(std::span<std::uint64_t const> expected, std::span<std::uint64_t const> actual,
                                     empty_bin_policy const& policy) {
    issue_list issues;
    check_counts(expected, actual, issues);
    check_policy(policy, issues);
    if (std::holds_alternative<refuse_empty_bins>(policy)) refuse_empty(expected, actual, issues);
    issues.throw_if_errors();

    double const added = std::holds_alternative<add_count>(policy) ? std::get<add_count>(policy).count : 0;
    double const fill = std::holds_alternative<fill_share>(policy) ? std::get<fill_share>(policy).share : 0;
    double const bins = static_cast<double>(expected.size());
    double const expected_total = real(total_of(expected)) + added * bins;
    double const actual_total = real(total_of(actual)) + added * bins;
    stability_index out;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        stability_bin bin{expected[i], actual[i], (real(expected[i]) + added) / expected_total,
                          (real(actual[i]) + added) / actual_total, 0};
        bool const lacking = (expected[i] == 0) != (actual[i] == 0);
        if (lacking) {
            ++out.filled;
            if (bin.expected_share == 0) bin.expected_share = fill;
            if (bin.actual_share == 0) bin.actual_share = fill;
        }
        if (bin.expected_share > 0 && bin.actual_share > 0) bin.part = part_of(bin.expected_share, bin.actual_share);
        out.value += bin.part;
        out.bins.push_back(bin);
    }
    return out;
}

double characteristic_shift(std::span<std::uint64_t const> expected, std::span<std::uint64_t const> actual,
                            std::span<double const> points) {
    issue_list issues;
    check_counts(expected, actual, issues);
    detail::check_same_length(points.size(), "points", expected.size(), "expected", issues);
    detail::check_finite(points, "points", issues);
    issues.throw_if_errors();
    double const expected_total = real(total_of(expected));
    double const actual_total = real(total_of(actual));
    double shift = 0;
    for (std::size_t i = 0; i < expected.size(); ++i)
        shift += (real(actual[i]) / actual_total - real(expected[i]) / expected_total) * points[i];
    return shift;
}

std::string_view to_string(drift_level level) noexcept {
    switch (level) {
    case drift_level::stable: return "stable";
    case drift_level::shifted: return "shifted";
    case drift_level::drifted: break;
    }
    return "drifted";
}

double expected_stability_index(std::size_t bins, std::uint64_t expected, std::uint64_t actual) noexcept {
    if (bins < 2) return 0;
    return static_cast<double>(bins - 1) * (1 / real(expected) + 1 / real(actual));
}

} // namespace v0
} // namespace segmenta
