// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_STRATEGY_VALUE_HPP
#define SEGMENTA_STRATEGY_VALUE_HPP

/// \file
/// Value of a customer: RFM with its well-known maps, and high, middle, low. Thin builders that write plan columns.
///
///     auto plan = plan_builder("shop");
///     for (auto const& c : rfm_columns({.recency = "recency_days", .frequency = "frequency", .monetary = "monetary"}))
///         ...  // columns r, f, m and segment

#include <segmenta/strategy/bands.hpp>
#include <segmenta/strategy/cell_map.hpp>
#include <segmenta/strategy/quantile_score.hpp>
#include <segmenta/strategy/share_bands.hpp>
#include <segmenta/strategy/use.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// The ten segments on recency and frequency that most published code uses; a partition of the 25 cells, and the
/// default. Scores 1...5 of `r` and `f`. `"map": "rf_ten"`.
[[nodiscard]] cell_map_options ten_segment_map();

/// The eight classes on high and low recency, frequency and monetary value, ids `111` ... `000` with 1 for the better
/// half. Scores 1 and 2 of `r`, `f`, `m`. Monetary value decides important or ordinary; (r, f) decides the rest: (1,1)
/// value, (0,1) keep, (1,0) develop, (0,0) win back. `"map": "rfm_eight"`.
[[nodiscard]] cell_map_options eight_segment_map();

/// The eleven segments of the R package rfm's old vignette. Their boxes overlap and leave 36 of the 125 cells out: so
/// the smallest box wins, and the rest is `others`. `lost` is published with the box of `hibernating` and described as
/// the lowest scores; here it is the cell 111, so that every segment has cells. Scores 1...5 of `r`, `f`, `m`.
/// `"map": "rfm_eleven"`.
[[nodiscard]] cell_map_options eleven_segment_map();

enum class rfm_map : std::uint8_t { ten, eight, eleven };

/// RFM from three columns to a segment.
struct rfm_options {
    std::string scheme = "rfm";
    std::string recency = "recency_days"; ///< names of the columns read
    std::string frequency = "frequency";
    std::string monetary = "monetary";
    rfm_map map = rfm_map::ten;
    /// ten and eleven: quintiles by this spec, and ties by dimension
    quantile_spec quantiles{};
    tie_policy recency_ties = tie_policy::same_score;
    tie_policy frequency_ties = tie_policy::same_score;
    tie_policy monetary_ties = tie_policy::same_score;
    /// eight: how high and low are told apart; `fixed` uses the three cuts
    cut_method halves = cut_method::mean;
    double recency_cut = 10;   ///< days or fewer; zhsmjxc's defaults, whose monetary is the mean amount of an order
    double frequency_cut = 3;  ///< orders or more
    double monetary_cut = 200; ///< or more
};

/// The columns `r`, `f`, `m` and `segment`. Throws `issue_error` for `halves` = `quantiles`.
[[nodiscard]] std::vector<strategy_column> rfm_columns(rfm_options const& options = {});

/// Low, middle, high by tertiles of one column.
[[nodiscard]] quantile_score_options value_by_tertile(std::string scheme, std::string reads);
/// Low below `middle_from`, middle below `high_from`, high from there on.
[[nodiscard]] bands_options value_by_cut(std::string scheme, std::string reads, double middle_from, double high_from);
/// High, middle, low by cumulative share: the largest that make up `high_share` of the total, then up to
/// `middle_share`. 0.8 and 0.95 are an example.
[[nodiscard]] share_bands_options value_by_share(std::string scheme, std::string reads, double high_share = 0.8,
                                                 double middle_share = 0.95,
                                                 crossing_policy crossing = crossing_policy::above);

} // namespace v0
} // namespace segmenta

#endif
