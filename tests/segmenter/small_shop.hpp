// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_SEGMENTER_SMALL_SHOP_HPP
#define SEGMENTA_TESTS_SEGMENTER_SMALL_SHOP_HPP

// A plan one can follow by hand, over the customers of shop.hpp.

#include "segmenter/shop.hpp"

#include <segmenta/plan/plan.hpp>
#include <segmenta/segmenter/customer_columns_builder.hpp>
#include <segmenta/segmenter/segmenter.hpp>

#include <string_view>

namespace segmenta::test {

/// RFM with scores that need a fit, lifecycle, a tag, a rule for adults alone.
inline constexpr std::string_view small_plan = R"({
  "segmenta": 1, "id": "small", "zone": "Asia/Shanghai", "currency": "CNY",
  "columns": {
    "recency_days": {"feature": "recency_days", "of": "orders"},
    "frequency": {"feature": "orders", "of": "orders"},
    "monetary": {"feature": "sum", "of": "orders", "field": "amount"},
    "spent_30": {"feature": "sum", "of": "orders", "field": "amount", "window": "P30D"},
    "r": {"strategy": "quantile_score", "of": "recency_days", "bins": 5, "direction": "descending"},
    "f": {"strategy": "quantile_score", "of": "frequency", "bins": 5},
    "segment": {"strategy": "cell_map", "of": ["r", "f"], "map": "rf_ten", "scheme": "rfm"},
    "last": {"feature": "last_day", "of": "orders"},
    "first": {"feature": "first_day", "of": "orders"},
    "previous": {"feature": "previous_day", "of": "orders"},
    "stage": {"strategy": "stages", "of": ["as_of_day", "frequency", "last", "previous"], "scheme": "lifecycle",
              "active_days": 30, "silent_days": 90, "source": "example"},
    "band": {"strategy": "bands", "of": "recency_days", "ends": "both",
             "bands": [{"id": "warm", "from": 0, "to": 10}, {"id": "cold", "from": 11}]},
    "vip": {"rule": "spent_30 >= money('100 CNY') && age >= 18", "applies_to": "city != 'Lima'"},
    "wealthy": "income > 50.0",
    "greeting": "city + '!'"
  },
  "outputs": ["recency_days", "frequency", "monetary", "r", "f", "segment", "stage", "band", "vip"]
})";

inline instant at(int year, std::uint8_t month, std::uint8_t day, int hour = 12) {
    return zone::parse("Asia/Shanghai").start_of_day(civil_date::of(year, month, day)) + duration::hours(hour);
}

inline shopper someone() {
    shopper s;
    s.id = 1;
    s.age = 30;
    s.city = "Paris";
    s.consent = true;
    s.income = 60;
    for (auto const& [day, cents] : {std::pair{5, 4'000}, {10, 8'000}, {20, 5'000}})
        s.orders.push_back({at(2024, 6, static_cast<std::uint8_t>(day)), cents, "web", "A" + std::to_string(day), 1, {}});
    return s;
}

inline std::vector<shopper> crowd(std::size_t size, std::uint64_t seed = 5) {
    random_generator random(seed);
    std::vector<shopper> out;
    for (std::size_t i = 0; i < size; ++i)
        out.push_back(random_shopper(random, static_cast<std::int64_t>(i), 1 + random_below(random, 9), at(2024, 7, 1)));
    return out;
}

template <class Schema>
customer_columns columns_of(plan const& definition, Schema const& described, std::vector<shopper> const& shoppers,
                            instant as_of) {
    customer_columns_builder everybody(definition, described, as_of);
    for (auto const& s : shoppers) everybody.add(s.id, described.bind(s));
    return everybody.finish();
}

inline fitted_plan fit_small() {
    auto const own = shopper_schema();
    plan const definition = parse_plan(small_plan, "small");
    return fit(definition, own, columns_of(definition, own, crowd(200), at(2024, 7, 1)), at(2024, 7, 1));
}

/// The code of the first issue that `work` throws, with the text of all in `text`; empty when it does not throw.
template <class Work>
std::string refusal(Work const& work, std::string* text = nullptr) {
    try {
        work();
    } catch (issue_error const& problem) {
        if (text != nullptr) *text = problem.what();
        return problem.issues()[0].code;
    }
    return "";
}

} // namespace segmenta::test

#endif
