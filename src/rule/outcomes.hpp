// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_OUTCOMES_HPP
#define SEGMENTA_RULE_OUTCOMES_HPP

// Sets of what a condition may come to: true, false, unknown, error. Operations on sets give every outcome that some
// pair of members gives.

#include "rule/operations.hpp"

#include <segmenta/record/status.hpp>

#include <array>
#include <bit>
#include <cstdint>

namespace segmenta {
inline namespace v0 {
namespace detail {

using outcomes = std::uint8_t;
inline constexpr outcomes comes_true = 1;
inline constexpr outcomes comes_false = 2;
inline constexpr outcomes comes_unknown = 4;
inline constexpr outcomes comes_error = 8;
inline constexpr outcomes any_outcome = 15;

constexpr status state_of(outcomes single) noexcept {
    if (single == comes_unknown) return status::unknown;
    return single == comes_error ? status::error : status::ok;
}
constexpr outcomes outcome_of(status state) noexcept { return state == status::unknown ? comes_unknown : comes_error; }

// Of a value that is no truth value: true stands for known.
inline outcomes outcome_of(slot const& v, bool boolean) noexcept {
    if (v.state != status::ok) return outcome_of(v.state);
    return !boolean || v.integer != 0 ? comes_true : comes_false;
}

enum class outcome_operation : std::uint8_t {
    both,   // a && b
    either, // a || b
    strict_either, // both known, then ||
    differs, // true where the two differ, else false; for comparing rules
};

constexpr outcomes combine_single(outcome_operation how, outcomes a, outcomes b) noexcept {
    bool const known = (a | b) <= (comes_true | comes_false);
    switch (how) {
    case outcome_operation::both:
        if (a == comes_false || b == comes_false) return comes_false;
        break;
    case outcome_operation::either:
        if (a == comes_true || b == comes_true) return comes_true;
        return known ? comes_false : outcome_of(combine(state_of(a), state_of(b)));
    case outcome_operation::strict_either:
        if (known) return a == comes_true || b == comes_true ? comes_true : comes_false;
        break;
    case outcome_operation::differs: return a == b ? comes_false : comes_true;
    }
    return known ? comes_true : outcome_of(combine(state_of(a), state_of(b)));
}

namespace outcome_tables {

constexpr std::array<std::array<outcomes, 16>, 16> make(outcome_operation how) noexcept {
    std::array<std::array<outcomes, 16>, 16> table{};
    for (unsigned a = 0; a < 16; ++a)
        for (unsigned b = 0; b < 16; ++b)
            for (unsigned x = 1; x < 16; x <<= 1)
                for (unsigned y = 1; y < 16; y <<= 1)
                    if ((a & x) != 0 && (b & y) != 0)
                        table[a][b] = static_cast<outcomes>(
                            table[a][b] | combine_single(how, static_cast<outcomes>(x), static_cast<outcomes>(y)));
    return table;
}

inline constexpr std::array<std::array<std::array<outcomes, 16>, 16>, 4> tables{
    make(outcome_operation::both), make(outcome_operation::either), make(outcome_operation::strict_either),
    make(outcome_operation::differs)};

} // namespace outcome_tables

constexpr outcomes combine_sets(outcome_operation how, outcomes a, outcomes b) noexcept {
    return outcome_tables::tables[static_cast<std::size_t>(how)][a][b];
}
constexpr outcomes negated(outcomes a) noexcept {
    return static_cast<outcomes>((a & (comes_unknown | comes_error)) | (a & comes_true) << 1 | (a & comes_false) >> 1);
}
constexpr outcomes chosen(outcomes condition, outcomes then, outcomes otherwise) noexcept {
    unsigned out = condition & (comes_unknown | comes_error);
    if ((condition & comes_true) != 0) out |= then;
    if ((condition & comes_false) != 0) out |= otherwise;
    return static_cast<outcomes>(out);
}
constexpr bool is_single(outcomes a) noexcept { return std::has_single_bit(static_cast<unsigned>(a)); }

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
