// SPDX-License-Identifier: Apache-2.0
#include "evaluate/checks.hpp"

#include "base/indexed_place.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

std::string number_text(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "infinity" : "-infinity";
    return std::to_string(value);
}

} // namespace

void check_not_empty(std::size_t count, std::string_view place, issue_list& issues) {
    if (count > 0) return;
    issues.error("evaluate.empty", std::string(place), "there is nothing to measure", {}, "at least one entry", {});
}

void check_same_length(std::size_t count, std::string_view place, std::size_t wanted, std::string_view other,
                       issue_list& issues) {
    if (count == wanted) return;
    issues.error("evaluate.length", std::string(place), "this has another length than " + std::string(other),
                 std::to_string(count), std::to_string(wanted), "Give one entry for each customer, in the same order");
}

void check_finite(std::span<double const> values, std::string_view place, issue_list& issues) {
    auto const bad = std::find_if(values.begin(), values.end(), [](double v) { return !std::isfinite(v); });
    if (bad == values.end()) return;
    issues.error("evaluate.not_finite", indexed_place(place, static_cast<std::size_t>(bad - values.begin())),
                 "this is no number", number_text(*bad), "finite numbers",
                 "Leave customers without a value out, in all columns alike");
}

void check_probabilities(std::span<double const> values, std::string_view place, issue_list& issues) {
    auto const bad = std::find_if(values.begin(), values.end(), [](double v) { return !(v >= 0 && v <= 1); });
    if (bad == values.end()) return;
    issues.error("evaluate.probability", indexed_place(place, static_cast<std::size_t>(bad - values.begin())),
                 "this is no probability", number_text(*bad), "numbers from 0 to 1",
                 "Scores that are no probabilities can be ranked, but have to be calibrated before they are compared "
                 "with outcomes");
}

void check_outcomes(std::span<std::uint8_t const> outcomes, std::string_view place, issue_list& issues) {
    auto const bad = std::find_if(outcomes.begin(), outcomes.end(), [](std::uint8_t v) { return v > 1; });
    if (bad == outcomes.end()) return;
    issues.error("evaluate.outcome", indexed_place(place, static_cast<std::size_t>(bad - outcomes.begin())),
                 "an outcome happened or did not", std::to_string(*bad), "0 or 1",
                 "Leave customers whose outcome is not known yet out");
}

void check_inside(double value, double low, double high, std::string_view place, issue_list& issues) {
    if (value > low && value < high) return;
    issues.error("evaluate.option", std::string(place), "this value is out of range", number_text(value),
                 "between " + number_text(low) + " and " + number_text(high) + ", neither included", {});
}

void check_at_least(double value, double low, std::string_view place, issue_list& issues) {
    if (std::isfinite(value) && value >= low) return;
    issues.error("evaluate.option", std::string(place), "this value is out of range", number_text(value),
                 number_text(low) + " or more", {});
}

void check_count(std::size_t value, std::size_t low, std::size_t high, std::string_view place, issue_list& issues) {
    if (value >= low && value <= high) return;
    issues.error("evaluate.option", std::string(place), "this number is out of range", std::to_string(value),
                 std::to_string(low) + " to " + std::to_string(high), {});
}

} // namespace detail
} // namespace v0
} // namespace segmenta
