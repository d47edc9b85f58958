// SPDX-License-Identifier: Apache-2.0
#include <segmenta/evaluate/drift_monitor.hpp>

#include <segmenta/base/text.hpp>
#include <segmenta/error.hpp>

#include "base/json.hpp"
#include "evaluate/checks.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>

namespace segmenta {
inline namespace v0 {
namespace {

void check_name(std::string const& name, issue_list& issues) {
    if (!name.empty()) return;
    issues.error("evaluate.option", "name", "a feature needs a name", quoted(name), "text", {});
}

void check_no_infinity(std::span<double const> values, std::string_view place, issue_list& issues) {
    auto const bad = std::find_if(values.begin(), values.end(), [](double v) { return std::isinf(v); });
    if (bad != values.end()) detail::check_finite({&*bad, 1}, place, issues);
}

/// The bins of a feature without those for others and missing values.
std::size_t own_bins(drift_feature const& feature) noexcept {
    return feature.edges ? feature.edges->bins() : feature.categories.size() + 1;
}

void count_numbers(drift_feature const& feature, std::span<double const> values, std::vector<std::uint64_t>& counts) {
    std::size_t const missing = feature.edges->bins();
    for (double const value : values) {
        auto const code = bin_code(value, *feature.edges);
        ++counts[code == missing_code ? missing : code];
    }
}

void count_categories(drift_feature const& feature, std::span<std::string const> values,
                      std::vector<std::uint64_t>& counts) {
    auto const& names = feature.categories;
    for (auto const& value : values) {
        if (value.empty()) {
            ++counts[names.size() + 1];
            continue;
        }
        auto const at = std::lower_bound(names.begin(), names.end(), value);
        bool const known = at != names.end() && *at == value;
        ++counts[known ? static_cast<std::size_t>(at - names.begin()) : names.size()];
    }
}

} // namespace

std::uint64_t drift_feature::customers() const noexcept {
    return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

std::string drift_feature::bin_name(std::size_t bin) const {
    if (bin + 1 == counts.size()) return "(missing)";
    if (!edges) return bin < categories.size() ? categories[bin] : "(other)";
    auto const text = [](double v) { return detail::format_double(v); };
    if (edges->inner.empty()) return "(all)";
    if (bin == 0) return "to " + text(edges->inner.front());
    if (bin == edges->inner.size()) return "from " + text(edges->inner.back());
    return text(edges->inner[bin - 1]) + " to " + text(edges->inner[bin]);
}

drift_feature freeze_numbers(std::string name, std::span<double const> values, std::size_t bins) {
    issue_list issues;
    check_name(name, issues);
    check_no_infinity(values, "values", issues);
    detail::check_count(bins, 2, most_bins, "bins", issues);
    auto const present = std::count_if(values.begin(), values.end(), [](double v) { return !std::isnan(v); });
    detail::check_not_empty(static_cast<std::size_t>(present), "values", issues);
    issues.throw_if_errors();
    drift_feature out;
    out.name = std::move(name);
    out.edges = quantile_edges(values, nullptr, bins);
    out.counts.assign(out.edges->bins() + 1, 0);
    count_numbers(out, values, out.counts);
    return out;
}

drift_feature freeze_categories(std::string name, std::span<std::string const> values, std::size_t most) {
    issue_list issues;
    check_name(name, issues);
    detail::check_count(most, 1, 100'000, "most", issues);
    std::map<std::string_view, std::uint64_t> counts;
    for (auto const& value : values)
        if (!value.empty()) ++counts[value];
    detail::check_not_empty(counts.size(), "values", issues);
    issues.throw_if_errors();
    std::vector<std::pair<std::string_view, std::uint64_t>> ranked(counts.begin(), counts.end());
    std::stable_sort(ranked.begin(), ranked.end(), [](auto const& a, auto const& b) { return a.second > b.second; });
    if (ranked.size() > most) ranked.resize(most);
    drift_feature out;
    out.name = std::move(name);
    for (auto const& [category, count] : ranked)
        out.categories.emplace_back(category);
    std::sort(out.categories.begin(), out.categories.end());
    out.counts.assign(out.categories.size() + 2, 0);
    count_categories(out, values, out.counts);
    return out;
}

namespace {

void bad_field(std::string const& place, std::string message, std::string allowed, issue_list& issues) {
    issues.error("drift.bad_field", place, std::move(message), {}, std::move(allowed),
                 "Make the reference anew from the data of that time");
}

void check_edges(bin_edges<double> const& edges, std::string const& place, issue_list& issues) {
    bool const finite = std::all_of(edges.inner.begin(), edges.inner.end(), [](double v) { return std::isfinite(v); });
    if (!finite || !std::is_sorted(edges.inner.begin(), edges.inner.end()))
        bad_field(place + "/edges", "the edges are no ascending numbers", "finite numbers in order", issues);
    if (!std::isfinite(edges.minimum) || !std::isfinite(edges.maximum) || edges.minimum > edges.maximum)
        bad_field(place + "/minimum", "the range of the values is none", "minimum <= maximum", issues);
    if (edges.bins() > most_bins)
        bad_field(place + "/edges", "there are too many edges", "at most " + std::to_string(most_bins - 1), issues);
}

void check_feature(drift_feature const& feature, std::string const& place, issue_list& issues) {
    if (feature.name.empty()) bad_field(place + "/name", "a feature needs a name", "text", issues);
    if (feature.edges) check_edges(*feature.edges, place, issues);
    auto const& names = feature.categories;
    bool const ascending = std::adjacent_find(names.begin(), names.end(), std::greater_equal<>{}) == names.end();
    if (!ascending || (!names.empty() && names.front().empty()))
        bad_field(place + "/categories", "the categories are not sorted, or one stands twice or is empty",
                  "names in ascending order, once each", issues);
    if (feature.edges.has_value() && !names.empty())
        bad_field(place + "/categories", "a number has no categories", "edges or categories", issues);
    if (feature.counts.size() != own_bins(feature) + 1) {
        bad_field(place + "/counts", "there is not one count for each bin", std::to_string(own_bins(feature) + 1),
                  issues);
        return;
    }
    detail::check_not_empty(feature.customers(), place + "/counts", issues);
}

} // namespace

drift_reference::drift_reference(std::vector<drift_feature> features) : features_(std::move(features)) {
    issue_list issues;
    detail::check_not_empty(features_.size(), "features", issues);
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < features_.size(); ++i) {
        check_feature(features_[i], "/features/" + std::to_string(i), issues);
        names.push_back(features_[i].name);
    }
    std::sort(names.begin(), names.end());
    auto const twice = std::adjacent_find(names.begin(), names.end());
    if (twice != names.end())
        issues.error("evaluate.duplicate", "features", "two features have one name", quoted(*twice), {},
                     "Name each once");
    issues.throw_if_errors();
}

std::optional<std::size_t> drift_reference::find(std::string_view name) const noexcept {
    auto const at = std::find_if(features_.begin(), features_.end(), [&](auto const& f) { return f.name == name; });
    if (at == features_.end()) return std::nullopt;
    return static_cast<std::size_t>(at - features_.begin());
}

drift_monitor::drift_monitor(drift_reference reference, empty_bin_policy policy, drift_thresholds thresholds)
    : reference_(std::move(reference)), policy_(policy), thresholds_(thresholds) {
    issue_list issues;
    if (!(thresholds_.shifted > 0 && thresholds_.shifted <= thresholds_.drifted && std::isfinite(thresholds_.drifted)))
        issues.error("evaluate.option", "thresholds", "these thresholds are not in order",
                     std::to_string(thresholds_.shifted) + " and " + std::to_string(thresholds_.drifted),
                     "0 < shifted <= drifted", {});
    issues.throw_if_errors();
    // the policy's number is checked where it is used; a monitor refuses it before anything is counted
    std::vector<std::uint64_t> const one{1};
    (void)population_stability(one, one, policy_);
    for (auto const& feature : reference_.features())
        counts_.emplace_back(feature.bins(), 0);
}

namespace {

std::size_t find_feature(drift_reference const& reference, std::string_view name, bool numbers) {
    auto const at = reference.find(name);
    if (!at) {
        std::vector<std::string_view> names;
        for (auto const& feature : reference.features())
            names.push_back(feature.name);
        auto const near = nearest_name(name, names);
        throw issue_error("drift.unknown_feature", "feature", "the reference has no such feature", quoted(name),
                          join_names(names), near.empty() ? std::string() : "Did you mean " + std::string(near) + "?");
    }
    bool const is_number = reference.features()[*at].edges.has_value();
    if (is_number == numbers) return *at;
    throw issue_error("drift.feature_kind", "feature " + quoted(name),
                      is_number ? "this feature is a number in the reference"
                                : "this feature is a category in the reference",
                      numbers ? "numbers" : "texts", is_number ? "numbers" : "texts", {});
}

} // namespace

void drift_monitor::add(std::string_view feature, std::span<double const> values) {
    std::size_t const at = find_feature(reference_, feature, true);
    issue_list issues;
    check_no_infinity(values, feature, issues);
    issues.throw_if_errors();
    count_numbers(reference_.features()[at], values, counts_[at]);
}

void drift_monitor::add(std::string_view feature, std::span<std::string const> values) {
    std::size_t const at = find_feature(reference_, feature, false);
    count_categories(reference_.features()[at], values, counts_[at]);
}

void drift_monitor::merge(drift_monitor const& other) {
    auto const mine = reference_.features();
    auto const theirs = other.reference_.features();
    if (!std::equal(mine.begin(), mine.end(), theirs.begin(), theirs.end()))
        throw issue_error("drift.bad_field", "other", "the parts were compared with different references", {}, {},
                          "Read one reference for all parts");
    for (std::size_t i = 0; i < counts_.size(); ++i)
        for (std::size_t bin = 0; bin < counts_[i].size(); ++bin)
            counts_[i][bin] += other.counts_[i][bin];
}

std::vector<drift_report_row> drift_monitor::report() const {
    std::vector<drift_report_row> rows;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        auto const& feature = reference_.features()[i];
        drift_report_row row;
        row.name = feature.name;
        row.customers = std::accumulate(counts_[i].begin(), counts_[i].end(), std::uint64_t{0});
        if (row.customers > 0) {
            row.index = population_stability(feature.counts, counts_[i], policy_);
            row.level = thresholds_.level_of(row.index->value);
            auto const held = std::count_if(row.index->bins.begin(), row.index->bins.end(),
                                            [](auto const& bin) { return bin.expected + bin.actual > 0; });
            row.by_chance =
                expected_stability_index(static_cast<std::size_t>(held), feature.customers(), row.customers);
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

} // namespace v0
} // namespace segmenta
