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

bool has_letters(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    });
}

// `high_spend`, `channel_web`.
std::string words_of(cluster_driver const& d, profile_attributes const& attributes, std::size_t numbers) {
    if (d.feature < numbers) return (d.difference > 0 ? "high_" : "low_") + ascii_word(d.name);
    if (has_letters(d.category)) return ascii_word(d.name) + '_' + ascii_word(d.category);
    auto const& categories = attributes.categories[d.feature - numbers];
    auto const at = std::find(categories.begin(), categories.end(), d.category) - categories.begin();
    return ascii_word(d.name) + '_' + std::to_string(at + 1);
}

std::string name_of(cluster_profile const& profile, profile_attributes const& attributes,
                    cluster_profile_options const& options) {
    std::size_t const numbers = profile.drivers.size() - attributes.columns.size();
    std::string out;
    std::size_t words = 0;
    for (auto const& d : profile.drivers) {
        if (words == options.most_words || std::abs(d.difference) < options.notable) break;
        out += (words++ > 0 ? "_" : "") + words_of(d, attributes, numbers);
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

namespace {

void check(number_columns columns, std::span<std::string const> names, profile_attributes const& attributes,
           std::span<std::uint32_t const> labels) {
    issue_list issues;
    if (!columns.empty() || attributes.columns.empty()) check_columns(columns, issues, "columns");
    if (!attributes.columns.empty()) check_categories(attributes.columns, issues, "attributes");
    auto const same = [&](char const* code, char const* place, char const* what, std::size_t is, std::size_t must) {
        if (is != must) issues.error(code, place, what, std::to_string(is), std::to_string(must), {});
    };
    same("profile.names", "names", "there must be one name per column", names.size(), columns.size());
    same("profile.names", "attributes", "there must be one name per column", attributes.names.size(),
         attributes.columns.size());
    same("profile.names", "attributes", "there must be one list of categories per column", attributes.categories.size(),
         attributes.columns.size());
    std::size_t const customers = columns.empty() ? row_count(attributes.columns) : row_count(columns);
    same("profile.labels", "labels", "there must be one label per customer", labels.size(), customers);
    if (!columns.empty() && !attributes.columns.empty())
        same("profile.labels", "attributes", "there must be one category per customer", row_count(attributes.columns),
             customers);
    issues.throw_if_errors();
    for (std::size_t a = 0; a < attributes.columns.size(); ++a)
        for (std::uint32_t const code : attributes.columns[a])
            if (code >= attributes.categories[a].size())
                throw issue_error("profile.names", attributes.names[a], "a category has no name", std::to_string(code),
                                  "below " + std::to_string(attributes.categories[a].size()), {});
}

using profiles_by_label = std::map<std::uint32_t, cluster_profile>;

void add_number(std::size_t feature, std::string const& name, std::span<double const> column,
                std::span<std::uint32_t const> labels, profiles_by_label& to) {
    auto const all = compute_moments(column);
    bool const constant = all.minimum == all.maximum;
    std::map<std::uint32_t, double> sums;
    for (std::size_t i = 0; i < labels.size(); ++i)
        sums[labels[i]] += column[i];
    for (auto& [label, profile] : to) {
        double const mean = sums[label] / static_cast<double>(profile.size);
        double const difference = constant ? 0 : (mean - all.mean) / std::sqrt(all.population_variance);
        profile.drivers.push_back({feature, name, mean, difference});
    }
}

// A share on the scale on which differences are equally hard to see everywhere.
double arcsine(double share) { return 2 * std::asin(std::sqrt(std::clamp(share, 0.0, 1.0))); }

void add_attribute(std::size_t feature, std::string const& name, std::span<std::uint32_t const> column,
                   std::vector<std::string> const& categories, std::span<std::uint32_t const> labels,
                   profiles_by_label& to) {
    std::vector<std::size_t> all(categories.size());
    std::map<std::uint32_t, std::vector<std::size_t>> counts;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        auto& own = counts[labels[i]];
        own.resize(categories.size());
        ++own[column[i]];
        ++all[column[i]];
    }
    for (auto& [label, profile] : to) {
        cluster_driver best{feature, name, 0, -1, {}};
        for (std::size_t c = 0; c < categories.size(); ++c) {
            double const share = static_cast<double>(counts[label][c]) / static_cast<double>(profile.size);
            double const h = arcsine(share) - arcsine(static_cast<double>(all[c]) / static_cast<double>(labels.size()));
            if (h > best.difference) best = {feature, name, share, h, categories[c]};
        }
        profile.drivers.push_back(std::move(best));
    }
}

} // namespace

std::vector<cluster_profile> profile_clusters(number_columns columns, std::span<std::string const> names,
                                              std::span<std::uint32_t const> labels,
                                              cluster_profile_options const& options) {
    return profile_clusters(columns, names, {}, labels, options);
}

std::vector<cluster_profile> profile_clusters(number_columns columns, std::span<std::string const> names,
                                              profile_attributes const& attributes,
                                              std::span<std::uint32_t const> labels,
                                              cluster_profile_options const& options) {
    check(columns, names, attributes, labels);
    profiles_by_label found;
    for (std::uint32_t const label : labels)
        ++found[label].size;
    for (std::size_t j = 0; j < columns.size(); ++j)
        add_number(j, names[j], columns[j], labels, found);
    for (std::size_t a = 0; a < attributes.columns.size(); ++a)
        add_attribute(columns.size() + a, attributes.names[a], attributes.columns[a], attributes.categories[a], labels,
                      found);
    std::vector<cluster_profile> out;
    for (auto& [label, profile] : found) {
        profile.cluster = label;
        profile.share = static_cast<double>(profile.size) / static_cast<double>(labels.size());
        std::stable_sort(profile.drivers.begin(), profile.drivers.end(), [](auto const& a, auto const& b) {
            return std::abs(a.difference) > std::abs(b.difference);
        });
        profile.name = name_of(profile, attributes, options);
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
        out += (out.empty() ? "" : "; ") + d.name + " is ";
        if (!d.category.empty()) {
            std::snprintf(number, sizeof number, "%.0f", d.mean * 100);
            out += d.category + " for " + number + " %, more than of all";
            continue;
        }
        std::snprintf(number, sizeof number, "%.1f", std::abs(d.difference));
        out += std::string(number) + " standard deviations " + (d.difference > 0 ? "above" : "below") +
               " the mean of all";
    }
    return out.empty() ? "near the mean of all customers" : out;
}

} // namespace v0
} // namespace segmenta
