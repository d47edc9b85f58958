// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_SLOTS_HPP
#define SEGMENTA_RULE_SLOTS_HPP

// Values of rows as slots and back, and the three values of && and || over slots.

#include "rule/code.hpp"

#include <segmenta/record/value.hpp>

namespace segmenta {
inline namespace v0 {
namespace detail {

inline bool is_true(slot const& v) noexcept { return v.state == status::ok && v.integer != 0; }
inline bool is_false(slot const& v) noexcept { return v.state == status::ok && v.integer == 0; }

inline slot truth_slot(bool v) noexcept {
    slot out(status::ok);
    out.integer = v ? 1 : 0;
    return out;
}

inline slot all_of_two(slot const& a, slot const& b) noexcept {
    if (is_false(a) || is_false(b)) return truth_slot(false);
    status const state = combine(a.state, b.state);
    return state == status::ok ? truth_slot(true) : slot(state);
}

inline slot any_of_two(slot const& a, slot const& b) noexcept {
    if (is_true(a) || is_true(b)) return truth_slot(true);
    status const state = combine(a.state, b.state);
    return state == status::ok ? truth_slot(false) : slot(state);
}

// `set` keeps the set that the slot then points at.
slot slot_of(value const& v, used_variable const& used, text_set& set) noexcept;
// Of a type that columns have; text and sets are views.
value value_of(slot const& from, rule_type what) noexcept;

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
