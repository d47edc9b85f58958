// SPDX-License-Identifier: Apache-2.0
#include "sample/shop_counts.hpp"

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

struct counted_text {
    std::string_view id, meaning;
};

// In the order of `counted`.
constexpr std::array<counted_text, counted_size> texts{{
    {"fact.organisations",
     "customers that are organisations (account_kind other than consumer; home offices included)"},
    {"fact.buyers", "customers with at least one order that counts (finished, shipped or paid, with a customer)"},
    {"fact.repeat_buyers", "customers with at least two such orders"},
    {"fact.silent_half_year", "buyers whose last such order was paid more than 180 days before as_of"},
    {"fact.orders", "orders of any status, walk-ins included"},
    {"fact.order_lines", "their lines, each once"},
    {"fact.refund_lines", "rows of kind refund"},
    {"fact.exchanges", "exchanges, two rows of kind exchange each that sum to 0"},
    {"fact.net_fen", "sum of amount in fen: orders that count and have a customer, each line once, less their refunds"},
    {"fact.sessions", "browsing sessions"},
    {"fact.anonymous_events",
     "events before the registration, with the device D... of a later customer and no customer_id"},
    {"fact.stranger_events", "events of visitors who never registered, with a device V... and no customer"},
    {"fact.survey_responses", "filled-in questionnaires"},
    {"fact.credit_records_due", "customers whose last credit assessment is due for review before as_of"},
    {"fact.referrals_converted", "referrals whose invited customer has an order that counts"},
    {"fact.touches_sent", "treated campaign touches"},
    {"fact.touches_control", "held-out campaign touches (control)"},
    {"fact.conversions_sent", "treated touches followed by an order within seven days"},
    {"fact.conversions_control", "held-out touches followed by an order within seven days"},
    {"fact.unsubscribed", "customers who unsubscribed after a touch"},
    {"dirt.birth_date_missing", "customers.csv: consumers without birth_date"},
    {"dirt.birth_date_placeholder", "customers.csv: birth_date 1900-01-01, which nobody has"},
    {"dirt.gender_missing", "customers.csv: consumers without gender"},
    {"dirt.education_missing", "customers.csv: consumers without education"},
    {"dirt.income_missing", "customers.csv: consumers without income_band"},
    {"dirt.kind_unknown", "customers.csv: account_kind unknown"},
    {"dirt.industry_missing", "customers.csv: organisations, other than home offices, without industry_code"},
    {"dirt.urban_rural_unknown", "customers.csv: urban_rural_code 999, which the standard does not have"},
    {"dirt.ip_elsewhere", "customers.csv: ip_region_code contradicts region_code"},
    {"dirt.orders_cancelled", "orders.csv: orders of status cancelled, some of them with paid_at"},
    {"dirt.orders_unpaid", "orders.csv: orders of status unpaid"},
    {"dirt.guest_orders", "orders.csv: orders without customer_id"},
    {"dirt.order_lines_repeated", "orders.csv: rows that are a second copy of an order line"},
    {"dirt.events_repeated", "events.csv: rows that are a second copy of an event"},
    {"dirt.events_unknown_type", "events.csv: events of the undocumented type hover_beta, copies not counted"},
    {"dirt.last_dwell_missing",
     "events.csv: page views without dwell_ms, the last of their session, copies not counted"},
    {"dirt.answers_missing", "surveys.csv: rows without answer"},
    {"dirt.straight_liners", "surveys.csv: motives questionnaires with the same answer to all items"},
    {"dirt.credit_unknown", "credit.csv: credit_status unknown"},
    {"dirt.credit_no_ratio", "credit.csv: rows without debt_ratio"},
    {"dirt.self_invites", "referrals.csv: customers who invited themselves"},
    {"dirt.edges_repeated", "referrals.csv: referrals recorded a second time under another id"},
    {"dirt.edges_reversed", "referrals.csv: referrals recorded backwards too, which makes a cycle"},
    {"dirt.inviters_unknown", "referrals.csv: inviters X... who are not in customers.csv"},
}};

std::vector<sample_count> list(shop_counts const& counts, std::size_t begin, std::size_t end) {
    std::vector<sample_count> result;
    for (std::size_t i = begin; i < end; ++i)
        result.push_back({std::string(texts[i].id), std::string(texts[i].meaning), counts[static_cast<counted>(i)]});
    return result;
}

} // namespace

std::vector<sample_count> facts_of(shop_counts const& counts) { return list(counts, 0, fact_count); }
std::vector<sample_count> dirt_of(shop_counts const& counts) { return list(counts, fact_count, counted_size); }

} // namespace detail

std::uint64_t sample_summary::count(std::string_view id) const noexcept {
    for (auto const* list : {&facts, &dirt})
        for (auto const& one : *list)
            if (one.id == id) return one.count;
    return 0;
}

} // namespace v0
} // namespace segmenta
