// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_FEATURE_SCALING_HPP
#define SEGMENTA_MODEL_FEATURE_SCALING_HPP

/// \file
/// Features brought to a common scale, fitted once and kept with the model, so that a new customer is scaled as the
/// customers of the fit were.
///
///     auto const scaling = segmenta::fit_feature_scaling(columns, {.kind = segmenta::scaling_kind::standard});
///     auto const model = segmenta::fit_k_means(segmenta::as_columns(scaling.apply(columns)), ...);

#include <segmenta/stats/number_columns.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// What is taken away, and by what it is divided.
enum class scaling_kind : std::uint8_t {
    standard, ///< mean; standard deviation divided by n, as scikit-learn's StandardScaler
    min_max,  ///< smallest; largest less smallest: into [0, 1]
    robust,   ///< median; distance of the quartiles (type 7), as RobustScaler: outliers do not matter
    none,     ///< 0; 1
};

/// `standard`, `min_max`, `robust`, `none`.
[[nodiscard]] std::string_view to_string(scaling_kind kind) noexcept;
/// Nothing for other words.
[[nodiscard]] std::optional<scaling_kind> parse_scaling_kind(std::string_view text) noexcept;

struct feature_scaling_options {
    scaling_kind kind = scaling_kind::standard;
    bool log1p = false; ///< first ln(1 + x), for counts and amounts with a long tail; x must be above -1
};

/// (f(x) - centre) / scale for each feature, with f(x) = x or ln(1 + x).
///
/// Thread safety: immutable.
class feature_scaling {
public:
    /// Throws `issue_error` (`scaling.parameters`) unless there are as many finite centres as finite scales above 0.
    feature_scaling(scaling_kind kind, std::vector<double> centres, std::vector<double> scales, bool log1p = false);

    [[nodiscard]] scaling_kind kind() const noexcept { return kind_; }
    [[nodiscard]] bool log1p() const noexcept { return log1p_; }
    [[nodiscard]] std::size_t features() const noexcept { return centres_.size(); }
    [[nodiscard]] std::span<double const> centres() const noexcept { return centres_; }
    /// 1 for a constant column, which becomes 0.
    [[nodiscard]] std::span<double const> scales() const noexcept { return scales_; }

    /// One customer, in place; numbers past `features()` stay. NaN stays NaN; with log1p, what is not above -1 gets
    /// NaN.
    void apply(std::span<double> customer) const noexcept;
    /// Back to the units of the data.
    void invert(std::span<double> customer) const noexcept;
    /// All customers. Throws `data.ragged` for another number of columns.
    [[nodiscard]] std::vector<std::vector<double>> apply(number_columns columns) const;

    [[nodiscard]] std::string to_json() const;
    /// Throws `issue_error`: codes of models (`model.*`) and `scaling.parameters`.
    static feature_scaling from_json(std::string_view text);

    friend bool operator==(feature_scaling const&, feature_scaling const&) = default;

private:
    scaling_kind kind_;
    std::vector<double> centres_;
    std::vector<double> scales_;
    bool log1p_;
};

/// Throws `issue_error` with all issues: those of `check_columns`, and `scaling.log` for a number not above -1 where
/// logarithms are asked for. O(n) a feature.
[[nodiscard]] feature_scaling fit_feature_scaling(number_columns columns, feature_scaling_options const& options = {});

} // namespace v0
} // namespace segmenta

#endif
