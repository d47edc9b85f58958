// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/cluster_profile.hpp>

#include <segmenta/stats/moments.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <set>

namespace segmenta {
inline namespace v0 {
namespace {

std::string ascii_word(std::string_view text) {
    std::string out;
    for (char const c : text) {
        bool const lower = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        bool const upper = c >= 'A' && c <= 'Z';
        out += lower ? c : (upper ? static_cast<char>(c - 'A' + 'a') : '_');
    }
    return out;
}

std::string name_of(cluster_profile const& profile, cluster_profile_options const& options) {
    std::string out;
    std::size_t words = 0;
    for (auto const& d : profile.drivers) {
        if (words == options.most_words || std::abs(d.difference) < options.notable) break;
        out += (words++ > 0 ? "_" : "") + std::string(d.difference > 0 ? "high_" : "low_") + ascii_word(d.name);
    }
    return out.empty() ? "average" : out;
}

void make_distinct(std::vector<cluster_profile>& profiles) {
    std::set<std::string> taken;
    for (auto& p : profiles) {
        std::string const wanted = p.name;
        for (int i = 2; !taken.insert(p.name).second; ++i)
            p.name = wanted + '_' + std::to_string(i);
    }
}

} // namespace

std::vector<cluster_profile> profile_clusters(number_columns columns, std::span<std::string const> names,
                                              std::span<std::uint32_t const> labels,
                                              cluster_profile_options const& options) {
    issue_list issues;
    check_columns(columns, issues, "columns");
    if (names.size() != columns.size())
        issues.error("profile.names", "names", "there must be one name per column", std::to_string(names.size()),
                     std::to_string(columns.size()), {});
    if (labels.size() != row_count(columns))
        issues.error("profile.labels", "labels", "there must be one label per customer", std::to_string(labels.size()),
                     std::to_string(row_count(columns)), {});
    issues.throw_if_errors();

    std::map<std::uint32_t, cluster_profile> found;
    for (std::uint32_t const label : labels)
        ++found[label].size;
    for (std::size_t j = 0; j < columns.size(); ++j) {
        auto const all = compute_moments(columns[j]);
        bool const constant = all.minimum == all.maximum;
        std::map<std::uint32_t, double> sums;
        for (std::size_t i = 0; i < labels.size(); ++i)
            sums[labels[i]] += columns[j][i];
        for (auto& [label, profile] : found) {
            double const mean = sums[label] / static_cast<double>(profile.size);
            double const difference = constant ? 0 : (mean - all.mean) / std::sqrt(all.population_variance);
            profile.drivers.push_back({j, names[j], mean, difference});
        }
    }
    std::vector<cluster_profile> out;
    for (auto& [label, profile] : found) {
        profile.cluster = label;
        profile.share = static_cast<double>(profile.size) / static_cast<double>(labels.size());
        std::stable_sort(profile.drivers.begin(), profile.drivers.end(), [](auto const& a, auto const& b) {
            return std::abs(a.difference) > std::abs(b.difference);
        });
        profile.name = name_of(profile, options);
        out.push_back(std::move(profile));
    }
    make_distinct(out);
    return out;
}

std::string describe(cluster_profile const& profile, cluster_profile_options const& options) {
    std::string out;
    for (auto const& d : profile.drivers) {
        if (std::abs(d.difference) < options.notable) break;
        char number[32];
        std::snprintf(number, sizeof number, "%.1f", std::abs(d.difference));
        out += (out.empty() ? "" : "; ") + d.name + " is " + number + " standard deviations " +
               (d.difference > 0 ? "above" : "below") + " the mean of all";
    }
    return out.empty() ? "near the mean of all customers" : out;
}

} // namespace v0
} // namespace segmenta
