// SPDX-License-Identifier: Apache-2.0
#include <segmenta/evaluate/probability_scores.hpp>

#include <segmenta/error.hpp>
#include <segmenta/stats/exact_sum.hpp>

#include "evaluate/checks.hpp"
#include "evaluate/special_functions.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace segmenta {
inline namespace v0 {
namespace {

double real(std::uint64_t count) noexcept { return static_cast<double>(count); }

void check(std::span<double const> probabilities, std::span<std::uint8_t const> outcomes, issue_list& issues) {
    detail::check_not_empty(probabilities.size(), "probabilities", issues);
    detail::check_same_length(outcomes.size(), "outcomes", probabilities.size(), "probabilities", issues);
    detail::check_probabilities(probabilities, "probabilities", issues);
    detail::check_outcomes(outcomes, "outcomes", issues);
}

void check(std::span<double const> probabilities, std::span<std::uint8_t const> outcomes) {
    issue_list issues;
    check(probabilities, outcomes, issues);
    issues.throw_if_errors();
}

double squared(double v) noexcept { return v * v; }

/// Adds customers one by one and closes bands.
class band_maker {
public:
    void add(double probability, std::uint8_t outcome) noexcept {
        if (band_.customers == 0) band_.lowest = probability;
        band_.highest = probability;
        ++band_.customers;
        band_.positives += outcome;
        sum_.add(probability);
    }
    void close() {
        if (band_.customers == 0) return;
        band_.mean_probability = sum_.value() / real(band_.customers);
        band_.rate = real(band_.positives) / real(band_.customers);
        table_.push_back(band_);
        band_ = {};
        sum_ = {};
    }
    std::vector<calibration_band> take() && { return std::move(table_); }

private:
    calibration_band band_;
    exact_sum sum_;
    std::vector<calibration_band> table_;
};

/// The band of a probability among bands of equal width. Edges are k / bands, rounded once, as they are printed.
std::size_t width_band(double probability, std::size_t bands) noexcept {
    double const scaled = probability * real(bands);
    auto band = std::min(static_cast<std::size_t>(scaled), bands - 1);
    while (band > 0 && probability < real(band) / real(bands))
        --band;
    while (band + 1 < bands && probability >= real(band + 1) / real(bands))
        ++band;
    return band;
}

} // namespace

double brier_score(std::span<double const> probabilities, std::span<std::uint8_t const> outcomes) {
    check(probabilities, outcomes);
    exact_sum sum;
    for (std::size_t i = 0; i < probabilities.size(); ++i)
        sum.add(squared(probabilities[i] - outcomes[i]));
    return sum.value() / real(probabilities.size());
}

double log_loss(std::span<double const> probabilities, std::span<std::uint8_t const> outcomes, double clip) {
    issue_list issues;
    check(probabilities, outcomes, issues);
    if (!(clip >= 0 && clip < 0.5))
        issues.error("evaluate.option", "clip", "probabilities cannot be held so far from 0 and 1",
                     std::to_string(clip), "0 to below 0.5", {});
    issues.throw_if_errors();
    exact_sum sum;
    for (std::size_t i = 0; i < probabilities.size(); ++i) {
        double const p = std::clamp(probabilities[i], clip, 1 - clip);
        sum.add(outcomes[i] == 1 ? -std::log(p) : -std::log1p(-p));
    }
    return sum.value() / real(probabilities.size());
}

std::vector<calibration_band> calibration_table(std::span<double const> probabilities,
                                                std::span<std::uint8_t const> outcomes, calibration_bands by,
                                                std::size_t bands) {
    issue_list issues;
    check(probabilities, outcomes, issues);
    if (by != calibration_bands::distinct) detail::check_count(bands, 1, 10'000, "bands", issues);
    issues.throw_if_errors();
    std::size_t const n = probabilities.size();
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return probabilities[a] < probabilities[b]; });
    band_maker maker;
    std::size_t next = 1; // equal_size: the share next / bands ends the open band
    for (std::size_t i = 0; i < n; ++i) {
        double const p = probabilities[order[i]];
        maker.add(p, outcomes[order[i]]);
        if (i + 1 == n || probabilities[order[i + 1]] == p) continue; // equals stay together
        bool ends = by == calibration_bands::distinct;
        if (by == calibration_bands::equal_width)
            ends = width_band(probabilities[order[i + 1]], bands) != width_band(p, bands);
        if (by == calibration_bands::equal_size) {
            ends = real(i + 1) * real(bands) >= real(n) * real(next);
            while (real(i + 1) * real(bands) >= real(n) * real(next))
                ++next;
        }
        if (ends) maker.close();
    }
    maker.close();
    return std::move(maker).take();
}

brier_parts brier_decomposition(std::span<double const> probabilities, std::span<std::uint8_t const> outcomes,
                                calibration_bands by, std::size_t bands) {
    auto const table = calibration_table(probabilities, outcomes, by, bands);
    double const n = real(probabilities.size());
    double const rate = real(static_cast<std::uint64_t>(std::count(outcomes.begin(), outcomes.end(), 1))) / n;
    exact_sum reliability;
    exact_sum resolution;
    for (auto const& band : table) {
        reliability.add(real(band.customers) * squared(band.mean_probability - band.rate));
        resolution.add(real(band.customers) * squared(band.rate - rate));
    }
    brier_parts out;
    out.score = brier_score(probabilities, outcomes);
    out.reliability = reliability.value() / n;
    out.resolution = resolution.value() / n;
    out.uncertainty = rate * (1 - rate);
    out.within_bands = by == calibration_bands::distinct
                           ? 0 // by the identity; the difference would be rounding
                           : out.score - (out.reliability - out.resolution + out.uncertainty);
    if (out.uncertainty > 0) out.skill = 1 - out.score / out.uncertainty;
    return out;
}

hosmer_lemeshow hosmer_lemeshow_test(std::span<double const> probabilities, std::span<std::uint8_t const> outcomes,
                                     calibration_sample sample, std::size_t bands) {
    auto const table = calibration_table(probabilities, outcomes, calibration_bands::equal_size, bands);
    hosmer_lemeshow out;
    out.bands = table.size();
    for (auto const& band : table) {
        double const expected = real(band.customers) * band.mean_probability;
        double const variance = expected * (1 - band.mean_probability);
        double const apart = squared(real(band.positives) - expected);
        if (apart > 0) out.statistic += variance > 0 ? apart / variance : std::numeric_limits<double>::infinity();
    }
    std::size_t const lost = sample == calibration_sample::fitted ? 2 : 0;
    out.degrees = table.size() > lost ? table.size() - lost : 0;
    if (out.degrees > 0) out.p = detail::chi_squared_above(out.statistic, real(out.degrees));
    return out;
}

} // namespace v0
} // namespace segmenta
