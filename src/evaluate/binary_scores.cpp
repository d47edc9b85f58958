// SPDX-License-Identifier: Apache-2.0
#include <segmenta/evaluate/binary_scores.hpp>

#include <segmenta/error.hpp>

#include "evaluate/checks.hpp"
#include "evaluate/score_groups.hpp"
#include "evaluate/special_functions.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>

namespace segmenta {
inline namespace v0 {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

double real(std::uint64_t count) noexcept { return static_cast<double>(count); }

std::optional<double> ratio(double numerator, double denominator) noexcept {
    if (!(denominator > 0)) return std::nullopt;
    return numerator / denominator;
}

void check_scores(std::span<double const> scores, std::span<std::uint8_t const> outcomes, std::string_view place) {
    issue_list issues;
    detail::check_not_empty(scores.size(), place, issues);
    detail::check_same_length(outcomes.size(), "outcomes", scores.size(), place, issues);
    detail::check_finite(scores, place, issues);
    detail::check_outcomes(outcomes, "outcomes", issues);
    issues.throw_if_errors();
}

void check_two_classes(std::uint64_t positives, std::uint64_t negatives) {
    if (positives > 0 && negatives > 0) return;
    throw issue_error("evaluate.one_class", "outcomes",
                      positives == 0 ? "nobody has the outcome, so there is no ranking to measure"
                                     : "everybody has the outcome, so there is no ranking to measure",
                      std::to_string(positives) + " with and " + std::to_string(negatives) + " without", "some of both",
                      "Measure over a longer time or more customers");
}

/// The keys of both classes, sorted.
class class_keys {
public:
    class_keys(std::span<double const> scores, std::span<std::uint8_t const> outcomes)
        : keys_(scores.size()), buffer_(scores.size()) {
        // Those with the outcome from the front, the others from the back, without a branch that nobody can foresee.
        std::size_t with = 0;
        std::size_t without = scores.size();
        for (std::size_t i = 0; i < scores.size(); ++i) {
            bool const in = outcomes[i] == 1;
            without -= in ? 0 : 1;
            keys_[in ? with : without] = detail::key_of_score(scores[i]);
            with += in ? 1 : 0;
        }
        std::span<std::uint64_t> const keys(keys_);
        std::span<std::uint64_t> const buffer(buffer_);
        positive = detail::sort_keys(keys.first(with), buffer.first(with));
        negative = detail::sort_keys(keys.subspan(with), buffer.subspan(with));
    }
    class_keys(class_keys const&) = delete;
    class_keys& operator=(class_keys const&) = delete;

    std::span<std::uint64_t const> positive;
    std::span<std::uint64_t const> negative;

private:
    detail::key_vector keys_;
    detail::key_vector buffer_;
};

/// How many equal `key` at the end of `keys`; shortens it by them.
std::uint64_t take_equals(std::span<std::uint64_t const>& keys, std::uint64_t key) noexcept {
    std::size_t size = keys.size();
    while (size > 0 && keys[size - 1] == key)
        --size;
    std::size_t const taken = keys.size() - size;
    keys = keys.first(size);
    return taken;
}

/// Calls `visit(key, positives, negatives)` for each score from the highest down.
template <class Visit>
void merge_classes(class_keys const& keys, Visit&& visit) {
    auto positive = keys.positive;
    auto negative = keys.negative;
    while (!positive.empty() || !negative.empty()) {
        std::uint64_t const key =
            std::max(positive.empty() ? 0 : positive.back(), negative.empty() ? 0 : negative.back());
        std::uint64_t const positives = take_equals(positive, key);
        visit(key, positives, take_equals(negative, key));
    }
}

/// Twice the number of (with, without) pairs in the right order, ties counting once: whole, so exact up to 2^63.
/// `visit` sees each group with twice the negatives below it plus those in it, and twice the positives above it plus
/// those in it.
template <class Visit>
void for_each_placement(std::span<score_group const> groups, std::uint64_t negatives, Visit&& visit) {
    std::uint64_t above_positive = 0;
    std::uint64_t above_negative = 0;
    for (auto const& group : groups) {
        std::uint64_t const below = negatives - above_negative - group.negatives;
        visit(group, 2 * below + group.negatives, 2 * above_positive + group.positives);
        above_positive += group.positives;
        above_negative += group.negatives;
    }
}

/// A class of one has no variance that could be estimated.
double divided(double squares, std::uint64_t count) noexcept {
    return count > 1 ? squares / (real(count) - 1) / real(count) : 0;
}

interval around(double value, double error, double confidence) noexcept {
    double const reach = normal_quantile(0.5 + confidence / 2) * error;
    return {std::max(0.0, value - reach), std::min(1.0, value + reach)};
}

// The areas from which `area` is no further than their own standard errors allow, by Hanley and McNeil's variance for
// as many of both classes: R. Newcombe, Statistics in Medicine 25, 2006, 559-573, method 5. It has a width also where
// the classes do not overlap, as Wilson's interval for shares.
interval around_by_score(double area, double positives, double negatives, double confidence) noexcept {
    double const z = normal_quantile(0.5 + confidence / 2);
    double const mean_size = (positives + negatives) / 2;
    auto const reach = [&](double t) {
        double const shared = 1 + (mean_size - 1) * ((1 - t) / (2 - t) + t / (1 + t));
        return z * std::sqrt(t * (1 - t) * shared / (positives * negatives));
    };
    // `inside` is compatible with `area`, `outside` is not
    auto const edge = [&](double inside, double outside) {
        for (int step = 0; step < 60; ++step) {
            double const middle = (inside + outside) / 2;
            (std::abs(middle - area) <= reach(middle) ? inside : outside) = middle;
        }
        return inside;
    };
    return {area > 0 ? edge(area, 0) : 0, area < 1 ? edge(area, 1) : 1};
}

} // namespace

std::optional<double> confusion_counts::precision() const noexcept {
    return ratio(real(true_positives), real(true_positives + false_positives));
}
std::optional<double> confusion_counts::recall() const noexcept {
    return ratio(real(true_positives), real(true_positives + false_negatives));
}
std::optional<double> confusion_counts::specificity() const noexcept {
    return ratio(real(true_negatives), real(true_negatives + false_positives));
}
std::optional<double> confusion_counts::f1() const noexcept {
    return ratio(2 * real(true_positives), 2 * real(true_positives) + real(false_positives) + real(false_negatives));
}
std::optional<double> confusion_counts::accuracy() const noexcept {
    double const right = real(true_positives) + real(true_negatives);
    return ratio(right, right + real(false_positives) + real(false_negatives));
}

binary_scores::binary_scores(std::span<double const> scores, std::span<std::uint8_t const> outcomes) {
    check_scores(scores, outcomes, "scores");
    class_keys const keys(scores, outcomes);
    std::size_t count = 0; // first, since growing an array of 24 bytes a score costs more than counting
    merge_classes(keys, [&](std::uint64_t, std::uint64_t, std::uint64_t) { ++count; });
    groups_.reserve(count);
    merge_classes(keys, [&](std::uint64_t key, std::uint64_t positives, std::uint64_t negatives) {
        groups_.push_back({detail::score_of_key(key), positives, negatives});
    });
    finish();
}

binary_scores::binary_scores(std::span<score_group const> groups) : groups_(groups.begin(), groups.end()) {
    issue_list issues;
    for (std::size_t i = 0; i < groups.size(); ++i)
        detail::check_finite({&groups[i].score, 1}, "groups[" + std::to_string(i) + "].score", issues);
    detail::check_not_empty(groups.size(), "groups", issues);
    issues.throw_if_errors();
    std::sort(groups_.begin(), groups_.end(), [](auto const& a, auto const& b) { return a.score > b.score; });
    std::size_t kept = 0;
    for (auto const& group : std::vector<score_group>(groups_.begin(), groups_.end())) {
        if (group.size() == 0) continue;
        if (kept > 0 && groups_[kept - 1].score == group.score) {
            groups_[kept - 1].positives += group.positives;
            groups_[kept - 1].negatives += group.negatives;
        } else {
            groups_[kept++] = group;
        }
    }
    groups_.resize(kept);
    finish();
}

void binary_scores::finish() {
    for (auto const& group : groups_) {
        positives_ += group.positives;
        negatives_ += group.negatives;
    }
    check_two_classes(positives_, negatives_);
}

double binary_scores::rate() const noexcept { return real(positives_) / real(size()); }

double binary_scores::auc() const noexcept {
    std::uint64_t twice = 0;
    for_each_placement(groups_, negatives_, [&](score_group const& group, std::uint64_t below, std::uint64_t) {
        twice += group.positives * below;
    });
    return real(twice) / (2 * real(positives_) * real(negatives_));
}

ks_distance binary_scores::ks() const noexcept {
    ks_distance best{0, groups_.front().score};
    std::uint64_t positives = 0;
    std::uint64_t negatives = 0;
    for (auto const& group : groups_) {
        positives += group.positives;
        negatives += group.negatives;
        double const apart = std::fabs(real(positives) / real(positives_) - real(negatives) / real(negatives_));
        if (apart > best.value) best = {apart, group.score};
    }
    return best;
}

double binary_scores::average_precision() const noexcept {
    std::uint64_t positives = 0;
    std::uint64_t customers = 0;
    double sum = 0;
    for (auto const& group : groups_) {
        positives += group.positives;
        customers += group.size();
        sum += real(group.positives) * (real(positives) / real(customers));
    }
    return sum / real(positives_);
}

std::vector<roc_point> binary_scores::roc_curve() const {
    std::vector<roc_point> points{{infinity, 0, 0}};
    points.reserve(groups_.size() + 1);
    std::uint64_t positives = 0;
    std::uint64_t negatives = 0;
    for (auto const& group : groups_) {
        positives += group.positives;
        negatives += group.negatives;
        points.push_back({group.score, real(positives) / real(positives_), real(negatives) / real(negatives_)});
    }
    return points;
}

confusion_counts binary_scores::confusion_at(double cut) const noexcept {
    confusion_counts out;
    for (auto const& group : groups_) {
        bool const above = group.score >= cut;
        (above ? out.true_positives : out.false_negatives) += group.positives;
        (above ? out.false_positives : out.true_negatives) += group.negatives;
    }
    return out;
}

std::vector<gains_band> binary_scores::gains_table(std::size_t bands) const {
    issue_list issues;
    detail::check_count(bands, 1, 10'000, "bands", issues);
    issues.throw_if_errors();
    std::vector<gains_band> table;
    std::uint64_t customers = 0; // so far
    std::uint64_t positives = 0;
    std::size_t next = 1; // the share next / bands ends the open band
    gains_band band;
    for (auto const& group : groups_) {
        if (band.customers == 0) band.highest_score = group.score;
        band.lowest_score = group.score;
        band.customers += group.size();
        band.positives += group.positives;
        customers += group.size();
        positives += group.positives;
        // customers / size >= next / bands, without rounding
        if (real(customers) * real(bands) < real(size()) * real(next)) continue;
        while (real(customers) * real(bands) >= real(size()) * real(next))
            ++next;
        band.rate = real(band.positives) / real(band.customers);
        band.lift = band.rate / rate();
        band.cumulative_customers = real(customers) / real(size());
        band.cumulative_positives = real(positives) / real(positives_);
        band.cumulative_lift = band.cumulative_positives / band.cumulative_customers;
        table.push_back(band);
        band = {};
    }
    return table;
}

auc_estimate binary_scores::auc_with_error(double confidence) const {
    issue_list issues;
    detail::check_inside(confidence, 0, 1, "confidence", issues);
    issues.throw_if_errors();
    double const area = auc();
    double of_positives = 0;
    double of_negatives = 0;
    for_each_placement(groups_, negatives_, [&](score_group const& group, std::uint64_t below, std::uint64_t above) {
        double const v10 = real(below) / (2 * real(negatives_)) - area;
        double const v01 = real(above) / (2 * real(positives_)) - area;
        of_positives += real(group.positives) * v10 * v10;
        of_negatives += real(group.negatives) * v01 * v01;
    });
    auc_estimate out;
    out.value = area;
    out.standard_error = std::sqrt(divided(of_positives, positives_) + divided(of_negatives, negatives_));
    // One score for everybody ranks nobody, here as elsewhere: 0.5 for sure.
    bool const unknown =
        groups_.size() > 1 && (!(out.standard_error > 0) || positives_ < 2 || negatives_ < 2);
    out.confidence = unknown ? around_by_score(area, real(positives_), real(negatives_), confidence)
                             : around(area, out.standard_error, confidence);
    return out;
}

namespace {

/// DeLong's placements: for each customer with the outcome the share of those without that it beats, and the reverse.
struct placements {
    std::vector<double> values;
    double area = 0;
};

placements placements_of(std::span<double const> scores, std::span<std::uint8_t const> outcomes) {
    std::size_t count = 0;
    auto const number = detail::group_numbers(scores, count);
    std::vector<score_group> groups(count);
    for (std::size_t i = 0; i < scores.size(); ++i) {
        auto& group = groups[number[i]];
        group.score = scores[i];
        (outcomes[i] == 1 ? group.positives : group.negatives) += 1;
    }
    binary_scores const ranked{std::span<score_group const>(groups)};
    std::vector<double> with(count);
    std::vector<double> without(count);
    std::size_t g = 0;
    for_each_placement(groups, ranked.negatives(), [&](score_group const&, std::uint64_t below, std::uint64_t above) {
        with[g] = real(below) / (2 * real(ranked.negatives()));
        without[g] = real(above) / (2 * real(ranked.positives()));
        ++g;
    });
    placements out{std::vector<double>(scores.size()), ranked.auc()};
    for (std::size_t i = 0; i < scores.size(); ++i)
        out.values[i] = (outcomes[i] == 1 ? with : without)[number[i]];
    return out;
}

} // namespace

auc_comparison compare_auc(std::span<double const> first, std::span<double const> second,
                           std::span<std::uint8_t const> outcomes) {
    check_scores(first, outcomes, "first");
    check_scores(second, outcomes, "second");
    auto const a = placements_of(first, outcomes);
    auto const b = placements_of(second, outcomes);
    auc_comparison out;
    out.difference = a.area - b.area;
    // the variance of the difference is that of the differences of placements, class by class
    double squares[2] = {0, 0};
    std::uint64_t counts[2] = {0, 0};
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        double const d = a.values[i] - b.values[i] - out.difference;
        squares[outcomes[i]] += d * d;
        ++counts[outcomes[i]];
    }
    out.standard_error = std::sqrt(divided(squares[0], counts[0]) + divided(squares[1], counts[1]));
    if (!(out.standard_error > 0)) return out;
    out.z = out.difference / out.standard_error;
    out.p = detail::normal_beyond(*out.z);
    return out;
}

bootstrap_result bootstrap_auc(std::span<double const> scores, std::span<std::uint8_t const> outcomes,
                               bootstrap_options const& options) {
    check_scores(scores, outcomes, "scores");
    auto const positives = static_cast<std::uint64_t>(std::count(outcomes.begin(), outcomes.end(), std::uint8_t{1}));
    check_two_classes(positives, outcomes.size() - positives);
    std::size_t count = 0;
    auto const number = detail::group_numbers(scores, count);
    auto const area = [&](std::span<std::uint32_t const> rows) -> std::optional<double> {
        std::vector<score_group> groups(count);
        std::uint64_t with = 0;
        for (auto const row : rows) {
            with += outcomes[row];
            (outcomes[row] == 1 ? groups[number[row]].positives : groups[number[row]].negatives) += 1;
        }
        std::uint64_t const without = rows.size() - with;
        if (with == 0 || without == 0) return std::nullopt;
        std::uint64_t twice = 0;
        for_each_placement(groups, without, [&](score_group const& group, std::uint64_t below, std::uint64_t) {
            twice += group.positives * below;
        });
        return real(twice) / (2 * real(with) * real(without));
    };
    std::vector<std::uint32_t> const strata(outcomes.begin(), outcomes.end());
    return bootstrap(scores.size(), area, options, strata);
}

} // namespace v0
} // namespace segmenta
