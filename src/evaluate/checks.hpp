// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_EVALUATE_CHECKS_HPP
#define SEGMENTA_EVALUATE_CHECKS_HPP

// Checks that all measures share, so that the same mistake has the same code everywhere.

#include <segmenta/error.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace segmenta {
inline namespace v0 {
namespace detail {

// evaluate.empty: nothing to measure.
void check_not_empty(std::size_t count, std::string_view place, issue_list& issues);
// evaluate.length: `place` must have as many entries as `other`.
void check_same_length(std::size_t count, std::string_view place, std::size_t wanted, std::string_view other,
                       issue_list& issues);
// evaluate.not_finite: the first NaN or infinity, with its row.
void check_finite(std::span<double const> values, std::string_view place, issue_list& issues);
// evaluate.probability: the first value that is not in [0, 1].
void check_probabilities(std::span<double const> values, std::string_view place, issue_list& issues);
// evaluate.outcome: the first value that is neither 0 nor 1.
void check_outcomes(std::span<std::uint8_t const> outcomes, std::string_view place, issue_list& issues);
// evaluate.option: `value` must lie inside (low, high).
void check_inside(double value, double low, double high, std::string_view place, issue_list& issues);
// evaluate.option: `value` must be finite and at least `low`.
void check_at_least(double value, double low, std::string_view place, issue_list& issues);
void check_count(std::size_t value, std::size_t low, std::size_t high, std::string_view place, issue_list& issues);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
