// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_EVALUATE_DRIFT_MONITOR_HPP
#define SEGMENTA_EVALUATE_DRIFT_MONITOR_HPP

/// \file
/// Is the segmentation still true: the distribution of each feature and score when a model was made, kept in a file,
/// and compared with the customers of today by the stability index.
///
///     auto const reference = drift_reference({freeze_numbers("age", ages), freeze_categories("city", cities)});
///     write_file("drift.json", reference.to_json());
///     // a month later
///     drift_monitor monitor(drift_reference::from_json(text), fill_share{});
///     monitor.add("age", ages_now);
///     for (auto const& row : monitor.report()) ...   // row.level is stable, shifted or drifted

#include <segmenta/evaluate/stability_index.hpp>
#include <segmenta/stats/quantile.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// How one feature was distributed, in bins that never change again.
struct drift_feature {
    std::string name;
    /// Bins of a number: those of `edges`, and one for missing values (NaN). Nothing for a feature of categories.
    std::optional<bin_edges<double>> edges;
    /// Categories by name, sorted: a bin each, one for all others, and one for missing values (empty text).
    std::vector<std::string> categories;
    std::vector<std::uint64_t> counts; ///< customers by bin, when the reference was made

    [[nodiscard]] std::size_t bins() const noexcept { return counts.size(); }
    [[nodiscard]] std::uint64_t customers() const noexcept;
    /// `18.0 to 25.0`, `(missing)`, `London`, `(other)`: for people. `bin` below `bins()`.
    [[nodiscard]] std::string bin_name(std::size_t bin) const;

    friend bool operator==(drift_feature const&, drift_feature const&) = default;
};

/// Bins cut at quantiles (type 7) of these values; equal values stay together, so there may be fewer that hold anybody.
/// NaN is a missing value. Throws `issue_error` with all of `evaluate.empty` (no value present), `evaluate.not_finite`
/// (an infinite one), `evaluate.option` (no name; bins not 2 to 100). Linear.
[[nodiscard]] drift_feature freeze_numbers(std::string name, std::span<double const> values, std::size_t bins = 10);
/// The `most` most frequent categories (of equals the first by name); the rest are "other". Empty text is missing.
/// Throws `evaluate.empty`, `evaluate.option` (no name, `most` not 1 to 100,000). O(n log n).
[[nodiscard]] drift_feature freeze_categories(std::string name, std::span<std::string const> values,
                                              std::size_t most = 50);

/// The features of a plan or model when it was made.
///
/// Thread safety: immutable after construction; concurrent reads are safe.
class drift_reference {
public:
    /// Throws `issue_error` with all of `evaluate.empty` (no features, or one of nobody), `evaluate.duplicate` (a name
    /// stands twice) and `drift.bad_field` (edges that do not ascend or are no numbers, categories that are not sorted,
    /// counts that do not match the bins).
    explicit drift_reference(std::vector<drift_feature> features);

    [[nodiscard]] std::span<drift_feature const> features() const noexcept { return features_; }
    /// Nothing when there is none of that name.
    [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const noexcept;

    /// `{"drift_reference": 1, "features": [...], "checksum": ...}`; `from_json` gives back the same in every bit.
    [[nodiscard]] std::string to_json() const;
    /// Throws `issue_error`: the codes of a JSON text (`json.syntax`, ...), `drift.kind` (it is something else),
    /// `drift.version` (written by a newer segmenta), `drift.checksum` (changed or cut off), `drift.bad_field`, and
    /// those of the constructor.
    [[nodiscard]] static drift_reference from_json(std::string_view text);

private:
    std::vector<drift_feature> features_;
};

/// One feature compared.
struct drift_report_row {
    std::string name;
    std::uint64_t customers = 0; ///< seen now
    /// Nothing when nobody has been seen for this feature.
    std::optional<stability_index> index;
    std::optional<drift_level> level;
    double by_chance = 0; ///< what the index would be on average if nothing had changed (`expected_stability_index`,
                          ///< over bins that hold anybody): near it or below, a level means little
};

/// Counts today's customers into the reference's bins.
///
/// Thread safety: `add` and `merge` change it; one thread at a time. Parts counted by several threads or on several
/// days are merged, in any order, with the same result.
class drift_monitor {
public:
    /// Throws `issue_error` (`evaluate.option`) unless 0 < shifted <= drifted and the policy's number is in range.
    explicit drift_monitor(drift_reference reference, empty_bin_policy policy, drift_thresholds thresholds = {});

    [[nodiscard]] drift_reference const& reference() const noexcept { return reference_; }
    /// Customers of now; may be called often. Throws `issue_error`: `drift.unknown_feature` (with the nearest name),
    /// `drift.feature_kind` (numbers for categories or the reverse), `evaluate.not_finite` (an infinite number);
    /// nothing is counted then. Values beyond the reference's range belong to its end bins, categories it has not seen
    /// to "other".
    void add(std::string_view feature, std::span<double const> values);
    void add(std::string_view feature, std::span<std::string const> values);
    /// Throws `drift.bad_field` when the other one compares with another reference.
    void merge(drift_monitor const& other);

    /// A row for each feature, in the reference's order. Throws `evaluate.empty_bin` under `refuse_empty_bins`.
    [[nodiscard]] std::vector<drift_report_row> report() const;

private:
    drift_reference reference_;
    empty_bin_policy policy_;
    drift_thresholds thresholds_;
    std::vector<std::vector<std::uint64_t>> counts_; ///< by feature and bin
};

} // namespace v0
} // namespace segmenta

#endif
