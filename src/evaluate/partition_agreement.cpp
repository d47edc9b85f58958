// SPDX-License-Identifier: Apache-2.0
#include <segmenta/evaluate/partition_agreement.hpp>

#include <algorithm>
#include <cmath>
#include <string>

namespace segmenta {
inline namespace v0 {
namespace {

std::vector<std::uint32_t> distinct(std::span<std::uint32_t const> labels) {
    std::vector<std::uint32_t> out(labels.begin(), labels.end());
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

std::size_t index_of(std::vector<std::uint32_t> const& sorted, std::uint32_t label) {
    return static_cast<std::size_t>(std::lower_bound(sorted.begin(), sorted.end(), label) - sorted.begin());
}

double pairs(std::uint64_t n) noexcept {
    double const x = static_cast<double>(n);
    return x * (x - 1) / 2;
}

double sum_of_pairs(std::vector<std::uint64_t> const& sizes) noexcept {
    double sum = 0;
    for (auto const n : sizes)
        sum += pairs(n);
    return sum;
}

double entropy(std::vector<std::uint64_t> const& sizes, double n) noexcept {
    double sum = 0;
    for (auto const size : sizes) {
        double const p = static_cast<double>(size) / n;
        if (p > 0) sum -= p * std::log(p);
    }
    return sum;
}

// ln n! for n up to the number of customers; sums of logarithms, as std::lgamma is not thread-safe everywhere.
std::vector<double> log_factorials(std::size_t n) {
    std::vector<double> out(n + 1);
    double carry = 0; // Kahan: a million summands would cost six digits
    for (std::size_t i = 1; i <= n; ++i) {
        double const summand = std::log(static_cast<double>(i)) - carry;
        out[i] = out[i - 1] + summand;
        carry = (out[i] - out[i - 1]) - summand;
    }
    return out;
}

} // namespace

partition_agreement::partition_agreement(std::span<std::uint32_t const> first, std::span<std::uint32_t const> second)
    : customers_(first.size()) {
    issue_list issues;
    if (first.size() != second.size())
        issues.error("agreement.labels", "labels", "the two groupings are of different customers",
                     std::to_string(second.size()), std::to_string(first.size()), {});
    if (first.empty()) issues.error("agreement.empty", "labels", "there are no customers", "0", "1 or more", {});
    issues.throw_if_errors();
    first_labels_ = distinct(first);
    second_labels_ = distinct(second);
    counts_.resize(first_labels_.size() * second_labels_.size());
    first_sizes_.resize(first_labels_.size());
    second_sizes_.resize(second_labels_.size());
    for (std::size_t i = 0; i < first.size(); ++i) {
        auto const a = index_of(first_labels_, first[i]);
        auto const b = index_of(second_labels_, second[i]);
        ++counts_[a * second_labels_.size() + b];
        ++first_sizes_[a];
        ++second_sizes_[b];
    }
}

bool partition_agreement::trivial() const noexcept {
    std::size_t const a = first_sizes_.size();
    return a == second_sizes_.size() && (a == 1 || a == customers_);
}

double partition_agreement::rand_index() const noexcept {
    double const all = pairs(customers_);
    if (all == 0) return 1;
    double const both = sum_of_pairs(counts_);
    return (all + 2 * both - sum_of_pairs(first_sizes_) - sum_of_pairs(second_sizes_)) / all;
}

double partition_agreement::adjusted_rand() const noexcept {
    if (trivial()) return 1;
    double const both = sum_of_pairs(counts_);
    double const a = sum_of_pairs(first_sizes_);
    double const b = sum_of_pairs(second_sizes_);
    double const expected = a * b / pairs(customers_);
    return (both - expected) / ((a + b) / 2 - expected);
}

double partition_agreement::fowlkes_mallows() const noexcept {
    double const both = sum_of_pairs(counts_);
    if (both == 0) return 0;
    return std::sqrt(both / sum_of_pairs(first_sizes_)) * std::sqrt(both / sum_of_pairs(second_sizes_));
}

double partition_agreement::mutual_information() const noexcept {
    double const n = static_cast<double>(customers_);
    double sum = 0;
    for (std::size_t i = 0; i < first_sizes_.size(); ++i) {
        for (std::size_t j = 0; j < second_sizes_.size(); ++j) {
            double const both = static_cast<double>(count(i, j));
            if (both == 0) continue;
            double const product = static_cast<double>(first_sizes_[i]) * static_cast<double>(second_sizes_[j]);
            sum += both / n * std::log(n * both / product);
        }
    }
    return std::max(sum, 0.0);
}

double partition_agreement::expected_mutual_information() const noexcept {
    auto const factorial = log_factorials(customers_);
    double const n = static_cast<double>(customers_);
    double sum = 0;
    for (auto const a : first_sizes_) {
        for (auto const b : second_sizes_) {
            std::uint64_t const least = a + b > customers_ ? a + b - customers_ : 0;
            double const fixed = factorial[a] + factorial[b] + factorial[customers_ - a] + factorial[customers_ - b] -
                                 factorial[customers_];
            for (std::uint64_t both = std::max<std::uint64_t>(least, 1); both <= std::min(a, b); ++both) {
                double const x = static_cast<double>(both);
                double const log_probability = fixed - factorial[both] - factorial[a - both] - factorial[b - both] -
                                               factorial[customers_ - a - b + both];
                sum += x / n * std::log(n * x / (static_cast<double>(a) * static_cast<double>(b))) *
                       std::exp(log_probability);
            }
        }
    }
    return sum;
}

double partition_agreement::normaliser(information_normalisation by) const noexcept {
    double const n = static_cast<double>(customers_);
    double const a = entropy(first_sizes_, n);
    double const b = entropy(second_sizes_, n);
    switch (by) {
    case information_normalisation::arithmetic: break;
    case information_normalisation::geometric: return std::sqrt(a * b);
    case information_normalisation::minimum: return std::min(a, b);
    case information_normalisation::maximum: return std::max(a, b);
    }
    return (a + b) / 2;
}

double partition_agreement::normalised_mutual_information(information_normalisation by) const noexcept {
    if (first_sizes_.size() == 1 && second_sizes_.size() == 1) return 1;
    double const below = normaliser(by);
    return below > 0 ? mutual_information() / below : 0;
}

double partition_agreement::adjusted_mutual_information(information_normalisation by) const noexcept {
    if (trivial()) return 1;
    double const expected = expected_mutual_information();
    double below = normaliser(by) - expected;
    // Where both are equal up to rounding, the quotient would be noise: keep the sign, bound the size as scikit-learn.
    double const least = 0x1p-52;
    below = below < 0 ? std::min(below, -least) : std::max(below, least);
    return (mutual_information() - expected) / below;
}

std::vector<double> partition_agreement::best_jaccard() const {
    std::vector<double> out(first_sizes_.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
        for (std::size_t j = 0; j < second_sizes_.size(); ++j) {
            auto const both = count(i, j);
            auto const either = first_sizes_[i] + second_sizes_[j] - both;
            out[i] = std::max(out[i], static_cast<double>(both) / static_cast<double>(either));
        }
    }
    return out;
}

partition_agreement compare_partitions(std::span<std::uint32_t const> first, std::span<std::uint32_t const> second) {
    return {first, second};
}

} // namespace v0
} // namespace segmenta
