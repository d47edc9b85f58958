// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_EVALUATE_MULTIPLE_TESTS_HPP
#define SEGMENTA_EVALUATE_MULTIPLE_TESTS_HPP

/// \file
/// Many tests at once: of twenty segments that a campaign did nothing for, one looks significant at 5 %.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// What is kept small.
enum class p_adjustment : std::uint8_t {
    bonferroni, ///< the chance of any false finding: p n
    holm, ///< the same, and never less powerful (S. Holm, "A Simple Sequentially Rejective Multiple Test Procedure",
          ///< 1979)
    benjamini_hochberg, ///< the expected share of false ones among the findings, for independent tests (Y. Benjamini
                        ///< and Y. Hochberg, "Controlling the False Discovery Rate", 1995)
};

/// `bonferroni`, `holm`, `benjamini_hochberg`.
[[nodiscard]] std::string_view to_string(p_adjustment method) noexcept;
/// The reverse; nothing for other names.
[[nodiscard]] std::optional<p_adjustment> parse_p_adjustment(std::string_view name) noexcept;

/// p-values that can be compared with the level wanted for all of them together, in the order given, at most 1. As R's
/// `p.adjust`. No values give none. Throws `issue_error` (`evaluate.probability`) for a value not in [0, 1].
/// O(n log n).
///
///     adjust_p_values(std::vector{.01, .04, .03}, p_adjustment::holm);   // .03, .06, .06
[[nodiscard]] std::vector<double> adjust_p_values(std::span<double const> p_values, p_adjustment method);

} // namespace v0
} // namespace segmenta

#endif
