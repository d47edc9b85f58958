// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_NEAREST_CHANGE_HPP
#define SEGMENTA_RULE_NEAREST_CHANGE_HPP

/// \file
/// The smallest change of a row that makes a rule answer otherwise: what a customer is short of for the next tier.

#include <segmenta/record/type.hpp>
#include <segmenta/record/value.hpp>
#include <segmenta/rule/evaluation.hpp>
#include <segmenta/rule/explanation.hpp>
#include <segmenta/rule/program.hpp>
#include <segmenta/rule/readable.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// What is asked, and how far to look.
struct nearest_change_options {
    bool wanted = true;                        ///< the answer to reach
    std::vector<std::uint32_t> immutable;      ///< numbers of variables that stay as they are: age, gender, birth date
    std::size_t most_changes = 3;              ///< attributes changed at once, at most
    std::size_t most_evaluations = 200'000;    ///< of the rule, in the search
    std::size_t most_candidates = 1'000;       ///< values tried of one attribute
};

/// One attribute and the value it would have.
struct attribute_change {
    std::uint32_t variable = 0; ///< in the environment
    std::string name;
    value to;                   ///< texts and sets are in `memory`
    std::string from;           ///< the value it has, as `to_string(value)` writes it; `missing`
    /// How far `to` is from the value it has, of numbers, money and times; `more` when `to` is the larger. `beyond`:
    /// `to` is only the next double behind a limit, and `limit` says which.
    std::optional<explained_margin> difference;
    std::optional<double> limit;
    bool any_other = false;     ///< a text, and any other that the rule does not mention would do as well
    std::shared_ptr<void const> memory;
};

/// How a search ended.
enum class change_outcome : std::uint8_t {
    found,         ///< `changes` make the rule answer as wanted
    already,       ///< it answers so as it is
    none,          ///< no values tried of up to `most_changes` attributes do; proven for all values when `exact`
    limit_reached, ///< none was found within `most_evaluations` or `most_candidates`, and not all was tried
};

/// `found`, `already`, `none`, `limit_reached`.
[[nodiscard]] std::string_view to_string(change_outcome outcome) noexcept;

/// The nearest change, or why there is none.
struct nearest_change {
    change_outcome outcome = change_outcome::none;
    std::vector<attribute_change> changes; ///< by number of the variable
    double cost = 0;                       ///< see `find_nearest_change`
    /// Whether no smaller change exists: all values were covered by those tried, and all of them were tried.
    bool exact = true;
};

/// Finds the change with the fewest attributes, and among those with the least cost: the sum over attributes of
/// |to - from| / max(1, |from|) for numbers and money (in whole units), durations (in days) and |to - from| in years of
/// 365.25 days for dates and instants, and 1 for truth values, texts, sets (for each element that comes or goes) and
/// for attributes that are missing now. Of equal costs the one whose attributes were declared first. An attribute is
/// never made missing.
///
/// For each attribute the values tried are the nearest ones of the regions in which the conditions of the rule do not
/// change, the other attributes being as they are. That covers all values where every condition reads one attribute and
/// compares it with constants, also after arithmetic with constants; `exact` is false where other conditions are there
/// (two attributes compared, patterns, parts of dates): then a smaller change may exist. What is found always makes the
/// rule answer as wanted: it was tried.
///
///     // spent >= money('1000 CNY') && city == 'Rome' for 870.00 CNY in Rome:
///     // spent to 1000.00 CNY, difference 130.00 CNY more, cost 0.149...
///
/// A rule that is not boolean has no change (`none`). Bounded by the options; does not throw but `std::bad_alloc`.
/// Thread safety: reads only.
[[nodiscard]] nearest_change find_nearest_change(program const& rule, row_source const& row,
                                                 nearest_change_options const& options = {});

/// One line for each change: `spent: 130.00 CNY more (870.00 CNY to 1000.00 CNY)`, in Chinese
/// `消费金额：增加 130.00 CNY（870.00 CNY → 1000.00 CNY）`; empty when nothing was found. With names and units from
/// `options`; throws what `options.names` throws.
[[nodiscard]] std::string to_text(nearest_change const& change, readable_options const& options = {});

} // namespace v0
} // namespace segmenta

#endif
