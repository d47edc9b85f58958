// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_RULE_SAMPLE_ROW_HPP
#define SEGMENTA_TESTS_RULE_SAMPLE_ROW_HPP

// A row with a variable of every type, and what rules answer about it.

#include "rule/both_evaluators.hpp"
#include "rule/support.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace segmenta::test {

inline currency const cny("CNY");
inline currency const gbp("GBP");

inline std::string_view const interests_data[] = {"beauty", "sport"};

/// The names of `sample_row`.
inline environment sample_names() {
    environment names;
    names.variable("age", int64_type);
    names.variable("city", category_type);
    names.variable("name", string_type);
    names.variable("vip", boolean_type);
    names.variable("ratio", float64_type);
    names.variable("price", decimal_type(3));
    names.variable("spent", money_type(cny, 2));
    names.variable("owed", money_type(gbp, 2));
    names.variable("born", date_type);
    names.variable("seen", instant_type);
    names.variable("stay", duration_type);
    names.variable("interests", category_set_type);
    names.variable("gone", int64_type); // missing in the sample row
    names.variable("gone_text", category_type);
    names.variable("gone_flag", boolean_type);
    names.variable("value.segment", category_type);
    names.variable("Customer ID", int64_type);
    return names;
}

inline std::vector<value> sample_row() {
    return {value::of_int(30),
            value::of_string("Shanghai"),
            value::of_string("Li \xE5\xB0\x8F\xE7\xBA\xA2"),
            value::of_bool(true),
            value::of_double(2.5),
            value::of_decimal(decimal_type(3), 12'345),
            value::of_decimal(money_type(cny, 2), 50'000),
            value::of_decimal(money_type(gbp, 2), 100),
            value::of_date(civil_date::of(1994, 2, 28)),
            value::of_instant(*parse_instant("2024-06-30T20:30:15.250Z", zone::utc())),
            value::of_duration_us(5'400'000'000),
            value::of_set(std::span<std::string_view const>(interests_data)),
            value{},
            value{},
            value{},
            value::of_string("champions"),
            value::of_int(17850)};
}

inline std::string answer(std::string_view text) {
    static environment const names = sample_names();
    return answer_of_both(text, names, sample_row());
}

/// Rules with their answers.
inline void check(std::vector<std::pair<std::string, std::string>> const& table) {
    check_answers(sample_names(), sample_row(), table);
}

} // namespace segmenta::test

#endif
