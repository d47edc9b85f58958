// SPDX-License-Identifier: Apache-2.0
#include <segmenta/evaluate/pair_counts.hpp>

#include <segmenta/base/text.hpp>
#include <segmenta/error.hpp>

#include "base/indexed_place.hpp"
#include "evaluate/checks.hpp"
#include "evaluate/label_codes.hpp"

#include <algorithm>
#include <iterator>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

// A table of all pairs of names has to fit: 4096 of them take 128 MiB.
constexpr std::size_t most_names = 4096;

} // namespace

void check_names(std::span<std::string const> names, std::string_view place, issue_list& issues) {
    check_not_empty(names.size(), place, issues);
    if (names.size() > most_names)
        issues.error("evaluate.option", std::string(place), "there are too many names for a table of all pairs",
                     std::to_string(names.size()), "at most " + std::to_string(most_names),
                     "Give the labels of segments, not of customers");
    std::vector<std::string_view> sorted(names.begin(), names.end());
    std::sort(sorted.begin(), sorted.end());
    auto const twice = std::adjacent_find(sorted.begin(), sorted.end());
    if (twice == sorted.end()) return;
    issues.error("evaluate.duplicate", std::string(place), "a name stands there twice", quoted(*twice), {},
                 "Name each once");
}

void check_codes(std::span<std::uint32_t const> codes, std::size_t names, std::string_view place, issue_list& issues) {
    auto const bad = std::find_if(codes.begin(), codes.end(), [&](std::uint32_t code) { return code >= names; });
    if (bad == codes.end()) return;
    issues.error("evaluate.segment", indexed_place(place, static_cast<std::size_t>(bad - codes.begin())),
                 "there is no segment of this number", std::to_string(*bad),
                 "below " + std::to_string(names) + ", the number of names",
                 "Give customers without a segment one that says so");
}

pair_counts::pair_counts(std::vector<std::uint64_t> counts, std::vector<std::string> names)
    : names_(std::move(names)), counts_(std::move(counts)) {
    count_totals();
}

pair_counts pair_counts::of_codes(std::span<std::uint32_t const> first, std::span<std::uint32_t const> second,
                                  std::vector<std::string> names, words const& say) {
    issue_list issues;
    check_names(names, say.names, issues);
    check_not_empty(first.size(), say.first, issues);
    check_same_length(second.size(), say.second, first.size(), say.first, issues);
    check_codes(first, names.size(), say.first, issues);
    check_codes(second, names.size(), say.second, issues);
    issues.throw_if_errors();
    std::vector<std::uint64_t> counts(names.size() * names.size(), 0);
    for (std::size_t i = 0; i < first.size(); ++i)
        ++counts[first[i] * names.size() + second[i]];
    return {std::move(counts), std::move(names)};
}

pair_counts pair_counts::of_labels(std::span<std::string const> first, std::span<std::string const> second,
                                   words const& say) {
    std::vector<std::string> names(first.begin(), first.end());
    names.insert(names.end(), second.begin(), second.end());
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    auto const codes = [&](std::span<std::string const> labels) {
        std::vector<std::uint32_t> out;
        std::transform(labels.begin(), labels.end(), std::back_inserter(out), [&](std::string const& label) {
            return static_cast<std::uint32_t>(std::lower_bound(names.begin(), names.end(), label) - names.begin());
        });
        return out;
    };
    auto const first_codes = codes(first);
    auto const second_codes = codes(second);
    // Without customers there are no names either; that is one mistake, not two.
    if (names.empty()) names.emplace_back("none");
    return of_codes(first_codes, second_codes, std::move(names), say);
}

pair_counts pair_counts::of_counts(std::vector<std::uint64_t> counts, std::vector<std::string> names,
                                   words const& say) {
    issue_list issues;
    check_names(names, say.names, issues);
    check_same_length(counts.size(), "counts", names.size() * names.size(),
                      std::string(say.names) + " times " + std::string(say.names), issues);
    issues.throw_if_errors();
    pair_counts out(std::move(counts), std::move(names));
    check_not_empty(out.total_, "counts", issues);
    issues.throw_if_errors();
    return out;
}

std::uint64_t pair_counts::equal() const noexcept {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < size(); ++i)
        sum += count(i, i);
    return sum;
}

void pair_counts::merge(pair_counts const& other) noexcept {
    for (std::size_t i = 0; i < counts_.size(); ++i)
        counts_[i] += other.counts_[i];
    count_totals();
}

void pair_counts::count_totals() noexcept {
    first_.assign(size(), 0);
    second_.assign(size(), 0);
    total_ = 0;
    for (std::size_t i = 0; i < size(); ++i) {
        for (std::size_t j = 0; j < size(); ++j) {
            first_[i] += count(i, j);
            second_[j] += count(i, j);
            total_ += count(i, j);
        }
    }
}

} // namespace detail
} // namespace v0
} // namespace segmenta
