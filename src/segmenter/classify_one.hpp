// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_SEGMENTER_CLASSIFY_ONE_HPP
#define SEGMENTA_SRC_SEGMENTER_CLASSIFY_ONE_HPP

#include "segmenter/request_plan.hpp"

#include <segmenta/feature/summarise.hpp>
#include <segmenta/record/customer.hpp>

namespace segmenta {
inline namespace v0 {
namespace detail {

/// Whether the customer has the schema of the plan, so that its fields may be read by their numbers. Remembers the last
/// schema that was, so that this is one comparison of addresses.
[[nodiscard]] bool is_of_schema(customer_view const& customer, request_plan const& plan,
                                classification::state& to) noexcept;

/// Fills the slots of `to`, whose plan is set.
void classify_one(classification::state& to, customer_view const& customer, query const& asked) noexcept;

/// Sets `changed` of every slot; `prior` null: nothing is known.
void compare_with(classification::state const* prior, classification::state& to) noexcept;

/// Makes `rows.view` show a history of a customer: the prepared one where there is one, else columns gathered from the
/// host's rows, of which at most `history_limit` of the newest are read.
void gather(customer_view const& customer, history_plan const& what, history_schema const& rows_of, zone const& where,
            gathered_history& rows) noexcept;

/// Rows of a host's own range that one request reads at most; prepared histories have no limit.
inline constexpr std::size_t history_limit = 100'000;

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
