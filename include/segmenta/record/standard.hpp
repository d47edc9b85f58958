// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RECORD_STANDARD_HPP
#define SEGMENTA_RECORD_STANDARD_HPP

/// \file
/// Ready-made schemas of a shop: customers of any kind, order lines with returns, behaviour events. They are a common
/// vocabulary, not a requirement: take one, change it, or write your own. docs/records.md explains every field; the
/// files of the sample shop have exactly these.

#include <segmenta/record/schema.hpp>
#include <segmenta/record/type.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// Kinds of account that schemes may tell apart: `consumer`, `enterprise`, `dealer`, `retailer`, `integrator`,
/// `channel`, `medical_institution`, `school`, `home`. The list is open: a shop may have codes of its own, which
/// schemes for these do not apply to.
[[nodiscard]] std::span<std::string_view const> standard_account_kinds() noexcept;

/// Attributes of a customer; every one may be missing. Fields about a person are marked `personal`.
[[nodiscard]] schema standard_customer();

/// Order lines: `orders`, by `paid_at`. One row per line that was paid for, came back, or was exchanged. `kind` is
/// `sale`, `refund` or `exchange`; `amount` is what was paid for the line, and negative where money went back, at the
/// time it did. So the sum over a window is net: 1000 paid and 400 returned are 600. A refund has an `order_id` of its
/// own; `refund_of` names the order it belongs to. `cost` fields are marked `internal`. Amounts are in `unit` at its
/// minor unit, or at `scale` digits. Throws `issue_error` (`money.unknown_currency`).
[[nodiscard]] history_schema standard_orders(currency unit);
[[nodiscard]] history_schema standard_orders(currency unit, std::uint8_t scale);

/// Behaviour events: `events`, by `occurred_at`. The codes of `type` are an open list.
[[nodiscard]] history_schema standard_events();

/// All of the above.
[[nodiscard]] schema standard_shop(currency unit);

/// A category path and all its ancestors, outermost first, as views into `path`: `beauty/skincare/cream` gives
/// `beauty`, `beauty/skincare` and itself, so that a line counts for each. Paths, not last names, because two branches
/// may use one name. Empty steps are left out: `/a//b/` gives `/a` and `/a//b`.
[[nodiscard]] std::vector<std::string_view> category_ancestors(std::string_view path, char separator = '/');

/// The section (`A` to `T`) of an industry code of GB/T 4754-2017, which begins with the section's letter (`J`, `J66`)
/// or with the two digits of a division (`66`, `6621`); nothing when it is none. Source: GB/T 4754-2017, table 1.
[[nodiscard]] std::optional<char> industry_section(std::string_view code) noexcept;
/// ASCII id of a section: `J` is `finance`, `Q` is `health_and_social_work`, `P` is `education`. Empty when it is none.
[[nodiscard]] std::string_view industry_section_id(char section) noexcept;

} // namespace v0
} // namespace segmenta

#endif
