// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_MODEL_FIGURE_CHECKS_HPP
#define SEGMENTA_TESTS_MODEL_FIGURE_CHECKS_HPP

// The figures that come again and again in expected_*.json, against what the library says: moments, bins, logistic
// regressions, clusterings, principal components. Every check reads all figures of its part of the file. Tolerance:
// 1e-9 relative unless said otherwise.

#include <segmenta/evaluate/binary_scores.hpp>
#include <segmenta/evaluate/cluster_validity.hpp>
#include <segmenta/evaluate/probability_scores.hpp>
#include <segmenta/model/agglomerative.hpp>
#include <segmenta/model/feature_scaling.hpp>
#include <segmenta/model/k_means.hpp>
#include <segmenta/model/logistic.hpp>
#include <segmenta/model/principal_components.hpp>
#include <segmenta/model/woe_binning.hpp>
#include <segmenta/stats/moments.hpp>
#include <segmenta/stats/quantile.hpp>

#include "support/catch.hpp"
#include "support/encoded_columns.hpp"
#include "support/expected_figures.hpp"
#include "support/moment_figures.hpp"
#include "support/text_columns.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace segmenta::test {

using number_table = std::vector<std::vector<double>>;
using outcome_list = std::vector<std::uint8_t>;

/// {value: share of events}: the event rates of the bins of a binning where each value is one.
inline void check_rates(figures const& expected, std::vector<std::string> const& texts, outcome_list const& events) {
    INFO(expected.path());
    std::vector<std::string_view> const views(texts.begin(), texts.end());
    auto const fitted = fit_woe_binning(views, events, {.method = woe_method::each_value});
    CHECK(fitted.layout().groups.size() == expected.members().size());
    for (auto const& [value, rate] : expected.members()) {
        INFO(value);
        CHECK(fitted.table()[fitted.bin_of(std::string_view(value))].counts.event_rate() == near_figure(rate.number()));
    }
}

/// {iv, bins: {label: {n, bad, woe}}}; `order` has the row of the table of each label.
inline void check_bins(figures const& expected, woe_binning const& fitted, std::vector<std::size_t> const& order) {
    // An information value of 0 is a sum of roundings.
    CHECK(fitted.information_value() == near_figure(expected.at("iv").number()));
    auto const bins = expected.at("bins").members();
    auto const filled = std::count_if(fitted.table().begin(), fitted.table().end(),
                                      [](woe_bin const& bin) { return bin.counts.rows() > 0; });
    CHECK(std::size_t(filled) == bins.size());
    REQUIRE(order.size() == bins.size());
    for (std::size_t i = 0; i < bins.size(); ++i) {
        auto const& [label, wanted] = bins[i];
        INFO(label);
        woe_bin const& bin = fitted.table()[order[i]];
        CHECK(bin.counts.rows() == wanted.at("n").count());
        CHECK(bin.counts.events == wanted.at("bad").count());
        // WoE is a difference of logarithms of shares near each other, so the bound is absolute near 0.
        CHECK_THAT(bin.woe, Catch::Matchers::WithinAbs(wanted.at("woe").number(), 1e-12));
    }
}

inline void check_category_bins(figures const& expected, std::vector<std::string> const& texts,
                                outcome_list const& events) {
    INFO(expected.path());
    std::vector<std::string_view> const views(texts.begin(), texts.end());
    auto const fitted = fit_woe_binning(views, events, {.method = woe_method::each_value});
    std::vector<std::size_t> order;
    for (auto const& [label, bin] : expected.at("bins").members())
        order.push_back(fitted.bin_of(std::string_view(label)));
    check_bins(expected, fitted, order);
}

/// {iv, bins, edges} of pandas' qcut(10, duplicates = "drop"): right-closed.
inline void check_decile_bins(figures const& expected, std::vector<double> const& values, outcome_list const& events) {
    INFO(expected.path());
    auto const fitted =
        fit_woe_binning(values, events, {.method = woe_method::quantile, .closed = closed_side::right, .max_bins = 10});
    auto const edges = expected.at("edges").numbers();
    auto const& breaks = fitted.layout().breaks;
    REQUIRE(breaks.size() + 2 == edges.size());
    for (std::size_t i = 0; i < breaks.size(); ++i)
        CHECK_THAT(breaks[i], Catch::Matchers::WithinRel(edges[i + 1], 1e-12));
    auto present = values;
    std::erase_if(present, [](double v) { return std::isnan(v); });
    CHECK(*std::min_element(present.begin(), present.end()) == edges.front());
    CHECK(*std::max_element(present.begin(), present.end()) == edges.back());
    std::vector<std::size_t> order;
    std::size_t next = 0;
    for (auto const& [label, bin] : expected.at("bins").members())
        order.push_back(label == "(missing)" ? fitted.bin_of(std::numeric_limits<double>::quiet_NaN()) : next++);
    check_bins(expected, fitted, order);
}

/// Largest slope of the log-likelihood (not of its mean) at a model, row by row.
inline double largest_slope(logistic const& model, encoded_columns const& data, outcome_list const& events,
                            std::vector<double> const& probabilities) {
    long double constant = 0;
    for (std::size_t i = 0; i < events.size(); ++i)
        constant += static_cast<long double>(probabilities[i]) - events[i];
    long double largest = std::abs(constant);
    for (std::size_t j = 0; j < model.coefficients().size(); ++j) {
        long double slope = 0;
        for (std::size_t i = 0; i < events.size(); ++i)
            slope += (static_cast<long double>(probabilities[i]) - events[i]) * data.columns[j][i];
        largest = std::max(largest, std::abs(slope));
    }
    return static_cast<double>(largest);
}

/// A regression in sample without penalty. `iterations` of the reference are an upper bound here.
inline void check_regression(figures const& expected, encoded_columns const& data, outcome_list const& events) {
    INFO(expected.path());
    CHECK(expected.at("encoding").text() ==
          "Unpenalised logistic regression, maximum likelihood, in sample. numeric: z-score (population sd); "
          "categorical: one-hot on the sorted values with the first level dropped; intercept.");
    auto const columns = as_columns(data.columns);
    logistic_options options;
    options.names = data.names;
    // `identified` is: nothing separates, and the columns have full rank.
    auto const model = fit_logistic(columns, events, options);
    CHECK(model.diagnostics().state == identification::identified);
    CHECK(expected.at("levels_with_one_outcome_only").texts().empty());
    CHECK(expected.at("note_on_separation").text() == "none");
    CHECK(model.parameters().size() == expected.at("rank_with_intercept").count());
    CHECK(data.columns.size() == expected.at("n_columns_without_intercept").count());
    CHECK(events.size() == expected.at("n").count());
    CHECK(std::uint64_t(std::count(events.begin(), events.end(), 1)) == expected.at("positives").count());
    CHECK(model.diagnostics().evaluations <= expected.at("iterations").count());
    CHECK(model.diagnostics().log_likelihood == near_figure(expected.at("log_likelihood").number()));
    CHECK(model.deviance() == near_figure(expected.at("deviance").number()));
    CHECK(model.intercept() == near_figure(expected.at("intercept").number()));
    auto const coefficients = expected.at("coefficients");
    REQUIRE(coefficients.members().size() == data.names.size());
    for (std::size_t j = 0; j < data.names.size(); ++j) {
        INFO(data.names[j]);
        CHECK(model.coefficients()[j] == near_figure(coefficients.at(data.names[j]).number()));
    }
    std::vector<double> probabilities(events.size());
    model.probability(columns, probabilities);
    auto const first = expected.at("probability_first_5_rows").numbers();
    for (std::size_t i = 0; i < first.size(); ++i)
        CHECK(probabilities[i] == near_figure(first[i]));
    // Both are 0 up to rounding. A row's rounding is 1e-16 of terms of size 1 to 10.
    CHECK(expected.at("max_abs_gradient").number() < 1e-11);
    CHECK(largest_slope(model, data, events, probabilities) < 1e-8);
    binary_scores const ranked(probabilities, events);
    CHECK(ranked.auc() == near_figure(expected.at("auc").number()));
    CHECK(ranked.gini() == near_figure(expected.at("gini").number()));
    CHECK(ranked.ks().value == near_figure(expected.at("ks").number()));
    CHECK(brier_score(probabilities, events) == near_figure(expected.at("brier").number()));
}

/// {definition, k=...: {inertia, ...}}. With `starts` random starts the inertia is at most `slack` above (0.1 %). From
/// the published centres it is the published optimum, with its centres, sizes and measures.
inline void check_clusterings(figures const& expected, number_table const& data, std::size_t starts,
                              double slack = 1e-3) {
    auto const columns = as_columns(data);
    for (auto const& [key, wanted] : expected.members()) {
        if (!key.starts_with("k=")) continue;
        INFO(wanted.path());
        std::size_t const k = std::stoul(key.substr(2));
        double const inertia = wanted.at("inertia").number();
        CHECK(fit_k_means(columns, {.clusters = k, .starts = starts, .seed = 1}).fit().inertia <=
              inertia * (1 + slack));
        auto const centres = wanted.at("centers_sorted_by_size").table();
        auto const model = fit_k_means(columns, {.clusters = k, .first_centres = centres});
        CHECK(model.fit().inertia == near_figure(inertia));
        REQUIRE(model.centres().size() == centres.size());
        for (std::size_t i = 0; i < centres.size(); ++i)
            CHECK(model.centres()[i] == near_figure(centres[i]));
        CHECK(model.fit().sizes == wanted.at("sizes_sorted").counts());
        std::vector<std::uint32_t> labels(data[0].size());
        model.assign(columns, labels);
        CHECK(within_cluster_sum_of_squares(columns, labels) == near_figure(inertia));
        CHECK(mean_silhouette(columns, labels) == near_figure(wanted.at("silhouette_mean_euclidean").number()));
        CHECK(davies_bouldin(columns, labels) == near_figure(wanted.at("davies_bouldin").number()));
        CHECK(calinski_harabasz(columns, labels) == near_figure(wanted.at("calinski_harabasz").number()));
    }
}

/// {explained_variance_ddof1, explained_variance_ratio, abs_first_component}.
inline void check_components(figures const& expected, number_table const& data) {
    INFO(expected.path());
    auto const model = fit_principal_components(as_columns(data));
    auto const variances = expected.at("explained_variance_ddof1").numbers();
    auto const shares = expected.at("explained_variance_ratio").numbers();
    REQUIRE(model.components() >= variances.size());
    for (std::size_t c = 0; c < variances.size(); ++c) {
        CHECK(model.explained_variance()[c] == near_figure(variances[c]));
        CHECK(model.explained_share()[c] == near_figure(shares[c]));
    }
    auto const loadings = expected.at("abs_first_component").numbers();
    REQUIRE(model.features() == loadings.size());
    for (std::size_t j = 0; j < loadings.size(); ++j)
        CHECK(std::abs(model.loadings(0)[j]) == near_figure(loadings[j]));
}

/// Sizes of the clusters of Ward's tree.
inline void check_ward_sizes(figures const& expected, number_table const& data) {
    INFO(expected.path());
    auto const sizes = expected.counts();
    std::vector<std::uint64_t> seen(sizes.size());
    for (auto const label : fit_agglomerative(as_columns(data)).cut(sizes.size()))
        ++seen[label];
    std::sort(seen.rbegin(), seen.rend());
    CHECK(seen == sizes);
}

inline number_table scaled(number_table const& data, bool log1p = false) {
    return fit_feature_scaling(as_columns(data), {.log1p = log1p}).apply(as_columns(data));
}

inline number_table numbers_of(text_columns const& file, std::vector<std::string> const& names) {
    number_table out;
    for (auto const& name : names)
        out.push_back(file.numbers(name));
    return out;
}

inline void fill_with_median(std::vector<double>& values) {
    auto present = values;
    std::erase_if(present, [](double v) { return std::isnan(v); });
    double const median = quantile(present, 0.5);
    for (double& v : values)
        v = std::isnan(v) ? median : v;
}

/// How many values are missing.
inline std::uint64_t missing_in(std::vector<double> const& values) {
    return std::uint64_t(std::count_if(values.begin(), values.end(), [](double v) { return std::isnan(v); }));
}

/// Rows that are equal, in all columns of `names`, to an earlier row.
inline std::uint64_t repeated_rows(text_columns const& file, std::vector<std::string> const& names) {
    std::set<std::vector<std::string>> rows;
    std::size_t const n = file.texts(names[0]).size();
    for (std::size_t i = 0; i < n; ++i) {
        std::vector<std::string> row;
        for (auto const& name : names)
            row.push_back(file.texts(name)[i]);
        rows.insert(std::move(row));
    }
    return n - rows.size();
}

} // namespace segmenta::test

#endif
