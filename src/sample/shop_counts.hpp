// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SAMPLE_SHOP_COUNTS_HPP
#define SEGMENTA_SAMPLE_SHOP_COUNTS_HPP

// What was written, counted while writing.

#include <segmenta/sample/sample_shop.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

enum class counted : std::uint8_t {
    // facts
    organisations,
    buyers,
    repeat_buyers,
    silent_half_year,
    orders,
    order_lines,
    refund_lines,
    exchanges,
    net_fen,
    sessions,
    anonymous_events,
    stranger_events,
    survey_responses,
    credit_records_due,
    referrals_converted,
    touches_sent,
    touches_control,
    conversions_sent,
    conversions_control,
    unsubscribed,
    // dirt
    birth_date_missing,
    birth_date_placeholder,
    gender_missing,
    education_missing,
    income_missing,
    kind_unknown,
    industry_missing,
    urban_rural_unknown,
    ip_elsewhere,
    orders_cancelled,
    orders_unpaid,
    guest_orders,
    order_lines_repeated,
    events_repeated,
    events_unknown_type,
    last_dwell_missing,
    answers_missing,
    straight_liners,
    credit_unknown,
    credit_no_ratio,
    self_invites,
    edges_repeated,
    edges_reversed,
    inviters_unknown,
    size_
};
inline constexpr std::size_t counted_size = static_cast<std::size_t>(counted::size_);
inline constexpr std::size_t fact_count = static_cast<std::size_t>(counted::birth_date_missing);

class shop_counts {
public:
    void add(counted what, std::uint64_t n = 1) noexcept { values_[static_cast<std::size_t>(what)] += n; }
    void add(shop_counts const& other) noexcept {
        for (std::size_t i = 0; i < counted_size; ++i)
            values_[i] += other.values_[i];
    }
    [[nodiscard]] std::uint64_t operator[](counted what) const noexcept {
        return values_[static_cast<std::size_t>(what)];
    }

private:
    std::array<std::uint64_t, counted_size> values_{};
};

// Ids and meanings with their numbers.
std::vector<sample_count> facts_of(shop_counts const& counts);
std::vector<sample_count> dirt_of(shop_counts const& counts);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
