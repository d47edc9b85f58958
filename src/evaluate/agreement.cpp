// SPDX-License-Identifier: Apache-2.0
#include <segmenta/evaluate/agreement.hpp>

#include <segmenta/error.hpp>

#include "evaluate/checks.hpp"
#include "evaluate/label_codes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace segmenta {
inline namespace v0 {
namespace {

constexpr detail::pair_counts::words in_messages{"assigned", "research", "classes"};

double real(std::uint64_t count) noexcept { return static_cast<double>(count); }
double squared(double v) noexcept { return v * v; }

void check_confidence(double confidence) {
    issue_list issues;
    detail::check_inside(confidence, 0, 1, "confidence", issues);
    issues.throw_if_errors();
}

std::vector<double> weights_of(kappa_weights kind, std::size_t classes) {
    std::vector<double> weights(classes * classes);
    for (std::size_t i = 0; i < classes; ++i) {
        for (std::size_t j = 0; j < classes; ++j) {
            double const apart = i == j ? 0 : std::fabs(real(i) - real(j)) / real(classes - 1);
            weights[i * classes + j] = kind == kappa_weights::none     ? (i == j ? 1 : 0)
                                       : kind == kappa_weights::linear ? 1 - apart
                                                                       : 1 - apart * apart;
        }
    }
    return weights;
}

} // namespace

agreement_table::agreement_table(std::span<std::uint32_t const> assigned, std::span<std::uint32_t const> research,
                                 std::vector<std::string> classes)
    : counts_(detail::pair_counts::of_codes(assigned, research, std::move(classes), in_messages)) {}

agreement_table agreement_table::of_labels(std::span<std::string const> assigned,
                                           std::span<std::string const> research) {
    return agreement_table(detail::pair_counts::of_labels(assigned, research, in_messages));
}

agreement_table agreement_table::of_counts(std::vector<std::uint64_t> counts, std::vector<std::string> classes) {
    return agreement_table(detail::pair_counts::of_counts(std::move(counts), std::move(classes), in_messages));
}

double agreement_table::accuracy() const noexcept { return real(agreed()) / real(total()); }

interval agreement_table::accuracy_interval(double confidence) const {
    check_confidence(confidence);
    return *wilson_interval(agreed(), total(), confidence);
}

std::vector<class_agreement> agreement_table::by_class(double confidence) const {
    check_confidence(confidence);
    std::vector<class_agreement> out;
    for (std::size_t i = 0; i < size(); ++i) {
        class_agreement one;
        one.name = classes()[i];
        one.assigned = counts_.first(i);
        one.research = counts_.second(i);
        one.agreed = count(i, i);
        one.precision = detail::share_of(one.agreed, one.assigned);
        one.precision_interval = wilson_interval(one.agreed, one.assigned, confidence);
        one.recall = detail::share_of(one.agreed, one.research);
        one.recall_interval = wilson_interval(one.agreed, one.research, confidence);
        one.f1 = detail::share_of(2 * one.agreed, one.assigned + one.research);
        out.push_back(std::move(one));
    }
    return out;
}

double agreement_table::macro_f1() const {
    double sum = 0;
    double classes = 0;
    for (auto const& one : by_class()) {
        if (!one.f1) continue;
        sum += *one.f1;
        ++classes;
    }
    return sum / classes; // there is a customer, so there is a class
}

std::optional<kappa_estimate> agreement_table::kappa(kappa_weights weights, double confidence) const {
    return kappa(weights_of(weights, size()), confidence);
}

std::optional<kappa_estimate> agreement_table::kappa(std::span<double const> weights, double confidence) const {
    issue_list issues;
    detail::check_same_length(weights.size(), "weights", size() * size(), "classes times classes", issues);
    detail::check_probabilities(weights, "weights", issues);
    detail::check_inside(confidence, 0, 1, "confidence", issues);
    issues.throw_if_errors();

    double const n = real(total());
    auto const weight = [&](std::size_t i, std::size_t j) { return weights[i * size() + j]; };
    kappa_estimate out;
    std::vector<double> row_mean(size(), 0); // weight of a row against chance columns, and the reverse
    std::vector<double> column_mean(size(), 0);
    for (std::size_t i = 0; i < size(); ++i) {
        for (std::size_t j = 0; j < size(); ++j) {
            out.observed += weight(i, j) * real(count(i, j)) / n;
            out.expected += weight(i, j) * (real(counts_.first(i)) / n) * (real(counts_.second(j)) / n);
            row_mean[i] += weight(i, j) * real(counts_.second(j)) / n;
            column_mean[j] += weight(i, j) * real(counts_.first(i)) / n;
        }
    }
    // Beyond rounding, that is: with one class only the sum is 1 but for the last digit.
    if (!(1 - out.expected > 1e-12)) return std::nullopt;
    out.value = (out.observed - out.expected) / (1 - out.expected);
    double spread = 0;
    for (std::size_t i = 0; i < size(); ++i)
        for (std::size_t j = 0; j < size(); ++j)
            spread += real(count(i, j)) / n * squared(weight(i, j) - (row_mean[i] + column_mean[j]) * (1 - out.value));
    double const variance =
        (spread - squared(out.value - out.expected * (1 - out.value))) / (n * squared(1 - out.expected));
    out.standard_error = std::sqrt(std::max(0.0, variance));
    double const reach = normal_quantile(0.5 + confidence / 2) * out.standard_error;
    out.confidence = {out.value - reach, std::min(1.0, out.value + reach)};
    return out;
}

namespace {

std::uint64_t agreed_by(std::span<double const> values, std::span<std::uint32_t const> research,
                        std::span<double const> cuts) {
    std::uint64_t agreed = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        auto const place = std::upper_bound(cuts.begin(), cuts.end(), values[i]) - cuts.begin();
        agreed += static_cast<std::uint32_t>(place) == research[i] ? 1 : 0;
    }
    return agreed;
}

/// Distinct values, ascending, and how many customers of each research class have them.
struct value_groups {
    std::vector<double> values;
    std::vector<std::uint64_t> counts; // [group * classes + class]
};

value_groups group_values(std::span<double const> values, std::span<std::uint32_t const> research,
                          std::size_t classes) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](auto a, auto b) { return values[a] < values[b]; });
    value_groups out;
    for (auto const row : order) {
        if (out.values.empty() || out.values.back() != values[row]) {
            out.values.push_back(values[row]);
            out.counts.resize(out.counts.size() + classes, 0);
        }
        ++out.counts[out.counts.size() - classes + research[row]];
    }
    return out;
}

/// The best class of each group, never falling: most[k] is the best agreement so far when the last group has class k.
std::vector<std::uint32_t> best_classes(value_groups const& groups, std::size_t classes) {
    std::size_t const count = groups.values.size();
    std::vector<std::uint64_t> most(classes, 0);
    std::vector<std::uint8_t> came_from(count * classes); // classes <= 256
    for (std::size_t g = 0; g < count; ++g) {
        std::size_t best = 0;
        std::vector<std::uint64_t> next(classes);
        for (std::size_t k = 0; k < classes; ++k) {
            if (most[k] > most[best]) best = k;
            came_from[g * classes + k] = static_cast<std::uint8_t>(best);
            next[k] = most[best] + groups.counts[g * classes + k];
        }
        most = std::move(next);
    }
    std::vector<std::uint32_t> out(count);
    auto at = static_cast<std::size_t>(std::max_element(most.begin(), most.end()) - most.begin());
    for (std::size_t g = count; g-- > 0;) {
        out[g] = static_cast<std::uint32_t>(at);
        at = came_from[g * classes + at];
    }
    return out;
}

void check_cuts(std::span<double const> values, std::span<std::uint32_t const> research,
                std::span<double const> current) {
    issue_list issues;
    detail::check_not_empty(values.size(), "values", issues);
    detail::check_same_length(research.size(), "research", values.size(), "values", issues);
    detail::check_finite(values, "values", issues);
    detail::check_count(current.size(), 1, 255, "current", issues);
    detail::check_codes(research, current.size() + 1, "research", issues);
    detail::check_finite(current, "current", issues);
    if (!std::is_sorted(current.begin(), current.end()))
        issues.error("evaluate.option", "current", "the cuts are not in order", {}, "ascending numbers", {});
    issues.throw_if_errors();
}

} // namespace

cut_suggestion suggest_cuts(std::span<double const> values, std::span<std::uint32_t const> research,
                            std::span<double const> current) {
    check_cuts(values, research, current);
    std::size_t const classes = current.size() + 1;
    cut_suggestion out;
    out.customers = values.size();
    out.agreed_current = agreed_by(values, research, current);
    auto const groups = group_values(values, research, classes);
    auto const place = best_classes(groups, classes);
    for (std::size_t k = 1; k < classes; ++k) {
        // the lowest value whose class is k or above; above all values when there is none
        auto const first = std::lower_bound(place.begin(), place.end(), static_cast<std::uint32_t>(k));
        out.cuts.push_back(first == place.end()
                               ? std::nextafter(groups.values.back(), std::numeric_limits<double>::infinity())
                               : groups.values[static_cast<std::size_t>(first - place.begin())]);
    }
    out.agreed = agreed_by(values, research, out.cuts);
    if (!out.improves()) {
        out.cuts.assign(current.begin(), current.end());
        out.agreed = out.agreed_current;
    }
    return out;
}

} // namespace v0
} // namespace segmenta
