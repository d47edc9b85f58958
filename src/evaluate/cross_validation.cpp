// SPDX-License-Identifier: Apache-2.0
#include <segmenta/evaluate/cross_validation.hpp>

#include <segmenta/base/random.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <string>

namespace segmenta {
inline namespace v0 {
namespace {

void check_fold_count(std::size_t folds, std::size_t least, std::size_t most) {
    if (folds >= least && folds <= most) return;
    throw issue_error("folds.number", "folds", "so many folds cannot be made", std::to_string(folds),
                      most < least ? "nothing: there are too few rows"
                                   : std::to_string(least) + " to " + std::to_string(most),
                      {});
}

// From the fold each row is tested in.
std::vector<train_test_rows> folds_of(std::vector<std::size_t> const& fold, std::size_t folds) {
    std::vector<train_test_rows> out(folds);
    for (std::size_t row = 0; row < fold.size(); ++row)
        for (std::size_t f = 0; f < folds; ++f)
            (fold[row] == f ? out[f].test : out[f].train).push_back(row);
    return out;
}

std::map<std::uint32_t, std::vector<std::size_t>> rows_by_label(std::span<std::uint32_t const> labels) {
    std::map<std::uint32_t, std::vector<std::size_t>> out;
    for (std::size_t i = 0; i < labels.size(); ++i)
        out[labels[i]].push_back(i);
    return out;
}

void check_share(double share) {
    if (share > 0 && share < 1) return;
    throw issue_error("folds.share", "share", "this is no part of the rows", std::to_string(share),
                      "above 0 and below 1", {});
}

train_test_rows sorted(train_test_rows rows) {
    if (rows.train.empty() || rows.test.empty())
        throw issue_error("folds.empty_side", "rows", "one side of the split has no rows",
                          std::to_string(rows.train.size()) + " to fit on, " + std::to_string(rows.test.size()) +
                              " to measure on",
                          "at least one on each side", "Move the cut, change the share, or bring more rows");
    std::sort(rows.train.begin(), rows.train.end());
    std::sort(rows.test.begin(), rows.test.end());
    return rows;
}

// Moves a part of `rows` to the test side.
void draw(std::vector<std::size_t> rows, double share, random_generator& random, train_test_rows& into) {
    random_shuffle(random, std::span(rows));
    auto const tested = static_cast<std::ptrdiff_t>(std::llround(share * static_cast<double>(rows.size())));
    into.test.insert(into.test.end(), rows.begin(), rows.begin() + tested);
    into.train.insert(into.train.end(), rows.begin() + tested, rows.end());
}

std::vector<std::size_t> all_rows(std::size_t rows) {
    std::vector<std::size_t> out(rows);
    std::iota(out.begin(), out.end(), std::size_t{0});
    return out;
}

} // namespace

std::vector<train_test_rows> k_folds(std::size_t rows, k_folds_options const& options) {
    check_fold_count(options.folds, 2, rows);
    auto order = all_rows(rows);
    if (options.shuffle) {
        random_generator random(options.seed);
        random_shuffle(random, std::span(order));
    }
    // the first rows % folds folds have one more
    std::vector<std::size_t> fold(rows);
    for (std::size_t f = 0, at = 0; f < options.folds; ++f)
        for (std::size_t i = 0; i < rows / options.folds + (f < rows % options.folds ? 1 : 0); ++i)
            fold[order[at++]] = f;
    return folds_of(fold, options.folds);
}

std::vector<train_test_rows> stratified_k_folds(std::span<std::uint32_t const> labels, k_folds_options const& options) {
    check_fold_count(options.folds, 2, labels.size());
    random_generator random(options.seed);
    std::vector<std::size_t> fold(labels.size());
    std::size_t next = 0; // goes on from label to label, so that the folds' sizes stay equal too
    issue_list issues;
    for (auto& [label, rows] : rows_by_label(labels)) {
        if (rows.size() < options.folds)
            issues.error("folds.small_class", "labels", "label " + std::to_string(label) + " has fewer rows than folds",
                         std::to_string(rows.size()), "at least " + std::to_string(options.folds),
                         "Ask for fewer folds, or join the label with another");
        if (options.shuffle) random_shuffle(random, std::span(rows));
        for (std::size_t const row : rows)
            fold[row] = next++ % options.folds;
    }
    issues.throw_if_errors();
    return folds_of(fold, options.folds);
}

std::vector<train_test_rows> time_folds(std::span<std::int64_t const> times, std::size_t folds) {
    std::set<std::int64_t> const different(times.begin(), times.end());
    check_fold_count(folds, 1, different.empty() ? 0 : different.size() - 1);
    auto order = all_rows(times.size());
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return times[a] < times[b]; });
    // Ends of the runs: at the share of the rows, moved on to where the time changes, each run with a time of its own.
    std::vector<std::size_t> ends;
    std::size_t left = different.size(); // times not yet in a run
    std::size_t at = 0;
    for (std::size_t run = 0; run <= folds; ++run) {
        std::size_t const wanted = times.size() * (run + 1) / (folds + 1);
        std::size_t const needed = folds - run; // times the later runs must have
        bool first = true;
        while (at < order.size() && (first || (at < wanted && left > needed))) {
            std::int64_t const now = times[order[at]];
            while (at < order.size() && times[order[at]] == now)
                ++at;
            --left;
            first = false;
        }
        ends.push_back(at);
    }
    std::vector<train_test_rows> out(folds);
    for (std::size_t f = 0; f < folds; ++f) {
        auto const begin = order.begin();
        auto const middle = begin + static_cast<std::ptrdiff_t>(ends[f]);
        out[f].train.assign(begin, middle);
        out[f].test.assign(middle, begin + static_cast<std::ptrdiff_t>(ends[f + 1]));
        out[f] = sorted(std::move(out[f]));
    }
    return out;
}

train_test_rows split_by_time(std::span<std::int64_t const> times, std::int64_t cut) {
    train_test_rows out;
    for (std::size_t i = 0; i < times.size(); ++i)
        (times[i] < cut ? out.train : out.test).push_back(i);
    return sorted(std::move(out));
}

train_test_rows split_at_random(std::size_t rows, double share, std::uint64_t seed) {
    check_share(share);
    random_generator random(seed);
    train_test_rows out;
    draw(all_rows(rows), share, random, out);
    return sorted(std::move(out));
}

train_test_rows split_stratified(std::span<std::uint32_t const> labels, double share, std::uint64_t seed) {
    check_share(share);
    random_generator random(seed);
    train_test_rows out;
    for (auto& [label, rows] : rows_by_label(labels))
        draw(std::move(rows), share, random, out);
    return sorted(std::move(out));
}

} // namespace v0
} // namespace segmenta
