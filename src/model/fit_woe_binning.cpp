// SPDX-License-Identifier: Apache-2.0
#include "model/woe_cuts.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/model/woe_binning.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

using detail::cut_limits;
using detail::cut_positions;

void check_events(std::size_t rows, std::span<std::uint8_t const> events, issue_list& issues, std::string const& name) {
    if (rows == 0)
        issues.error("woe.empty", name, "there is nothing to bin", {}, "at least one row of each outcome", {});
    if (rows != events.size()) {
        issues.error("woe.ragged", name, "there must be as many outcomes as values", std::to_string(events.size()),
                     std::to_string(rows), {});
    }
    auto const bad = std::find_if(events.begin(), events.end(), [](std::uint8_t e) { return e > 1; });
    if (bad != events.end()) {
        issues.error("woe.outcome", name, "row " + std::to_string(bad - events.begin()) + " has no binary outcome",
                     std::to_string(*bad), "0 or 1", {});
        return;
    }
    auto const ones = std::count(events.begin(), events.end(), std::uint8_t{1});
    if (rows == 0 || (ones > 0 && ones < std::ssize(events))) return;
    issues.error("woe.one_class", name, "there are only rows of one outcome, so nothing tells them apart",
                 ones == 0 ? "no event" : "events only", "both", {});
}

void check_options(woe_options const& options, issue_list& issues) {
    auto const bad = [&](std::string_view field, std::string seen, std::string allowed) {
        issues.error("woe.options", options.name + '.' + std::string(field), "this option cannot be used",
                     std::move(seen), std::move(allowed), {});
    };
    std::string const range = "2 to " + std::to_string(most_bins);
    if (options.fine_bins < 2 || options.fine_bins > most_bins)
        bad("fine_bins", std::to_string(options.fine_bins), range);
    if (options.max_bins < 2 || options.max_bins > most_bins) bad("max_bins", std::to_string(options.max_bins), range);
    if (!(options.min_share >= 0 && options.min_share <= 0.5))
        bad("min_share", std::to_string(options.min_share), "0 to 0.5");
    if (!(options.min_gain >= 0)) bad("min_gain", std::to_string(options.min_gain), "0 or more");
    if (!(options.chi_square_limit >= 0))
        bad("chi_square_limit", std::to_string(options.chi_square_limit), "0 or more");
}

cut_limits limits_of(woe_options const& options, std::size_t rows) {
    return {options.max_bins, options.min_share * static_cast<double>(rows), options.min_gain,
            options.chi_square_limit};
}

// Cuts between atoms, for the methods that search.
cut_positions search(std::vector<outcome_counts> const& atoms, woe_options const& options, std::size_t rows) {
    auto const allowed = detail::without_pure_atoms(atoms);
    auto const limits = limits_of(options, rows);
    return options.method == woe_method::chi_merge ? detail::chi_merge_cuts(atoms, allowed, limits)
                                                   : detail::tree_cuts(atoms, allowed, limits);
}

// --- Numbers --------------------------------------------------------------------------------------------------------

std::vector<double> distinct(std::vector<double> sorted) {
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    return sorted;
}

std::vector<double> quantile_breaks(std::span<double const> sorted, std::size_t bins, closed_side closed) {
    if (sorted.empty()) return {};
    bool const left = closed == closed_side::left;
    auto out = quantile_edges(sorted, nullptr, bins, {.closed = closed}).inner;
    std::erase_if(out, [&](double edge) { return edge <= sorted.front() || (!left && edge >= sorted.back()); });
    return distinct(std::move(out));
}

// The largest of 1, 2, 5 and 10 times a power of ten near the step (P. Heckbert, "Nice numbers for graph labels",
// 1990).
double round_step(double step) {
    double const scale = std::pow(10.0, std::floor(std::log10(step)));
    double const f = step / scale;
    if (f < 1.5) return scale;
    if (f < 3) return 2 * scale;
    return f < 7 ? 5 * scale : 10 * scale;
}

// Without what lies more than three times the distance of the quartiles outside of them.
std::span<double const> without_outliers(std::span<double const> sorted) {
    double low = quantile(sorted, 0.25);
    double high = quantile(sorted, 0.75);
    double const reach = 3 * (high - low);
    if (reach == 0) {
        low = quantile(sorted, 0.01);
        high = quantile(sorted, 0.99);
    }
    auto const first = std::lower_bound(sorted.begin(), sorted.end(), low - reach);
    auto const last = std::upper_bound(first, sorted.end(), high + reach);
    return {first, last};
}

std::vector<double> round_breaks(std::span<double const> sorted, std::size_t bins) {
    if (sorted.empty()) return {};
    auto const usual = without_outliers(sorted);
    auto values = distinct({usual.begin(), usual.end()});
    std::vector<double> out;
    constexpr std::size_t few = 10;
    if (values.size() < few) {
        out = std::move(values);
    } else {
        std::size_t const n = std::min(bins, values.size());
        double const step = round_step((values.back() - values.front()) / static_cast<double>(n - 1));
        auto const first = static_cast<long long>(std::floor(values.front() / step));
        auto const last = static_cast<long long>(std::ceil(values.back() / step));
        for (long long i = first; i <= last; ++i)
            out.push_back(static_cast<double>(i) * step);
    }
    std::erase_if(out, [&](double edge) { return edge <= sorted.front() || edge > sorted.back(); });
    return out;
}

// Rows with an ordinary value, in order.
struct sorted_rows {
    std::vector<double> values;
    std::vector<std::uint8_t> events;
};

sorted_rows ordinary_rows(std::span<double const> values, std::span<std::uint8_t const> events,
                          std::vector<double> const& special) {
    std::vector<std::pair<double, std::uint8_t>> rows;
    for (std::size_t i = 0; i < values.size(); ++i) {
        bool const ordinary =
            !std::isnan(values[i]) && std::find(special.begin(), special.end(), values[i]) == special.end();
        if (ordinary) rows.emplace_back(values[i], events[i]);
    }
    std::sort(rows.begin(), rows.end());
    sorted_rows out;
    for (auto const& [value, event] : rows) {
        out.values.push_back(value);
        out.events.push_back(event);
    }
    return out;
}

std::vector<outcome_counts> count_atoms(sorted_rows const& rows, std::vector<double> const& breaks,
                                        closed_side closed) {
    std::vector<outcome_counts> out(breaks.size() + 1);
    std::size_t bin = 0;
    for (std::size_t i = 0; i < rows.values.size(); ++i) {
        auto const past = [&](double edge) {
            return closed == closed_side::left ? rows.values[i] >= edge : rows.values[i] > edge;
        };
        while (bin < breaks.size() && past(breaks[bin]))
            ++bin;
        out[bin].add(rows.events[i] != 0);
    }
    return out;
}

std::vector<double> start_breaks(sorted_rows const& rows, woe_options const& options) {
    switch (options.method) {
    case woe_method::manual: return options.breaks;
    case woe_method::quantile: return quantile_breaks(rows.values, options.max_bins, options.closed);
    case woe_method::each_value: {
        auto out = distinct(rows.values);
        // A bin from each value on, or up to it.
        if (!out.empty()) out.erase(options.closed == closed_side::left ? out.begin() : out.end() - 1);
        return out;
    }
    case woe_method::tree:
    case woe_method::chi_merge: break;
    }
    return options.start == fine_cut::quantiles ? quantile_breaks(rows.values, options.fine_bins, options.closed)
                                                : round_breaks(rows.values, options.fine_bins);
}

std::vector<double> kept_breaks(std::vector<double> const& breaks, cut_positions const& cuts) {
    std::vector<double> out;
    for (std::size_t const at : cuts)
        out.push_back(breaks[at - 1]);
    return out;
}

bool searches(woe_method method) { return method == woe_method::tree || method == woe_method::chi_merge; }

void check_numbers(std::span<double const> values, woe_options const& options, issue_list& issues) {
    auto const infinite = std::find_if(values.begin(), values.end(), [](double v) { return std::isinf(v); });
    if (infinite != values.end()) {
        issues.error("woe.not_finite", options.name,
                     "row " + std::to_string(infinite - values.begin()) + " is infinite", {},
                     "finite numbers, and NaN for missing", "Give it a number, or NaN");
    }
    auto const other = std::find_if(values.begin(), values.end(), [&](double v) {
        return v != values[0] && !(std::isnan(v) && std::isnan(values[0]));
    });
    if (values.empty() || other != values.end()) return;
    issues.error("woe.constant", options.name, "all rows have the same value", std::to_string(values[0]),
                 "two different values, or some missing", "Leave this variable out");
}

// --- Categories -----------------------------------------------------------------------------------------------------

struct category_count {
    std::string text;
    outcome_counts counts;
};

std::vector<category_count> count_categories(std::span<std::string_view const> categories,
                                             std::span<std::uint8_t const> events) {
    std::map<std::string_view, outcome_counts> seen;
    for (std::size_t i = 0; i < categories.size(); ++i) {
        if (!categories[i].empty()) seen[categories[i]].add(events[i] != 0);
    }
    std::vector<category_count> out;
    for (auto const& [text, counts] : seen)
        out.push_back({std::string(text), counts});
    return out;
}

void check_categories(std::span<std::string_view const> categories, woe_options const& options, issue_list& issues) {
    if (options.method == woe_method::quantile) {
        issues.error("woe.method", options.name, "categories have no quantiles", "quantile",
                     "tree, chi_merge, manual, each_value", {});
    }
    auto const other =
        std::find_if(categories.begin(), categories.end(), [&](auto text) { return text != categories[0]; });
    if (categories.empty() || other != categories.end()) return;
    issues.error("woe.constant", options.name, "all rows have the same category", quoted(categories[0]),
                 "two different ones, or some missing", "Leave this variable out");
}

void check_groups(std::vector<category_count> const& seen, woe_options const& options, issue_list& issues) {
    for (category_count const& c : seen) {
        auto const holds = [&](std::vector<std::string> const& group) {
            return std::find(group.begin(), group.end(), c.text) != group.end();
        };
        if (std::any_of(options.groups.begin(), options.groups.end(), holds)) continue;
        issues.error("woe.groups", options.name + ".groups", "this category of the data is in no group", quoted(c.text),
                     {}, "Put it into a group");
    }
}

std::vector<std::vector<std::string>> found_groups(std::vector<category_count> seen, woe_options const& options,
                                                   std::size_t rows) {
    std::vector<std::vector<std::string>> out;
    if (options.method == woe_method::each_value) {
        for (category_count& c : seen)
            out.push_back({std::move(c.text)});
        return out;
    }
    std::stable_sort(seen.begin(), seen.end(), [](category_count const& a, category_count const& b) {
        return a.counts.event_rate() < b.counts.event_rate();
    });
    std::vector<outcome_counts> atoms;
    for (category_count const& c : seen)
        atoms.push_back(c.counts);
    auto const cuts = search(atoms, options, rows);
    out.resize(cuts.size() + 1);
    std::size_t bin = 0;
    for (std::size_t i = 0; i < seen.size(); ++i) {
        while (bin < cuts.size() && cuts[bin] <= i)
            ++bin;
        out[bin].push_back(std::move(seen[i].text));
    }
    return out;
}

} // namespace

woe_binning fit_woe_binning(std::span<double const> values, std::span<std::uint8_t const> events,
                            woe_options const& options) {
    issue_list issues;
    check_events(values.size(), events, issues, options.name);
    check_options(options, issues);
    check_numbers(values, options, issues);
    if (options.method == woe_method::manual && options.breaks.empty())
        issues.error("woe.breaks", options.name + ".breaks", "there are no breaks", {}, "at least one", {});
    auto const& breaks_given = options.breaks;
    auto const finite = [](double b) { return std::isfinite(b); };
    bool const ascending =
        std::all_of(breaks_given.begin(), breaks_given.end(), finite) &&
        std::adjacent_find(breaks_given.begin(), breaks_given.end(), std::greater_equal<>{}) == breaks_given.end();
    if (!ascending)
        issues.error("woe.breaks", options.name + ".breaks", "breaks must be finite and ascend", {}, {}, {});
    issues.throw_if_errors();

    auto const rows = ordinary_rows(values, events, options.special_values);
    auto const breaks = start_breaks(rows, options);
    auto const atoms = count_atoms(rows, breaks, options.closed);
    cut_positions cuts;
    for (std::size_t i = 1; i < atoms.size(); ++i)
        cuts.push_back(i);
    if (searches(options.method)) cuts = search(atoms, options, values.size());
    cuts = detail::monotone_cuts(atoms, cuts, options.trend);

    woe_layout layout;
    layout.closed = options.closed;
    layout.special = options.special_values;
    layout.breaks = kept_breaks(breaks, cuts);
    auto counts = detail::counts_between(atoms, cuts);
    counts.resize(layout.bins());
    std::size_t const first_special = layout.breaks.size() + 1;
    for (std::size_t i = 0; i < values.size(); ++i) {
        auto const special = std::find(layout.special.begin(), layout.special.end(), values[i]);
        auto const k = static_cast<std::size_t>(special - layout.special.begin());
        if (std::isnan(values[i]) || special != layout.special.end()) counts[first_special + k].add(events[i] != 0);
    }
    return {options.name, std::move(layout), std::move(counts), options.settings};
}

woe_binning fit_woe_binning(std::span<std::string_view const> categories, std::span<std::uint8_t const> events,
                            woe_options const& options) {
    issue_list issues;
    check_events(categories.size(), events, issues, options.name);
    check_options(options, issues);
    check_categories(categories, options, issues);
    issues.throw_if_errors();
    auto const seen = count_categories(categories, events);
    bool const manual = options.method == woe_method::manual;
    if (manual) check_groups(seen, options, issues);
    issues.throw_if_errors();

    woe_layout layout;
    layout.numeric = false;
    layout.groups = manual ? options.groups : found_groups(seen, options, categories.size());
    std::vector<outcome_counts> counts(layout.bins());
    std::map<std::string_view, std::size_t> bin_of;
    for (std::size_t i = 0; i < layout.groups.size(); ++i) {
        for (std::string const& text : layout.groups[i])
            bin_of.emplace(text, i);
    }
    for (category_count const& c : seen)
        counts[bin_of.at(c.text)].merge(c.counts);
    for (std::size_t i = 0; i < categories.size(); ++i) {
        if (categories[i].empty()) counts[layout.groups.size()].add(events[i] != 0);
    }
    return {options.name, std::move(layout), std::move(counts), options.settings};
}

} // namespace v0
} // namespace segmenta
