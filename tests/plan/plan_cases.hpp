// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_PLAN_PLAN_CASES_HPP
#define SEGMENTA_TESTS_PLAN_PLAN_CASES_HPP

#include <segmenta/plan/plan.hpp>

#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace segmenta::test {

/// A plan that uses most keys and is right. Tests break it in one place at a time.
inline std::string const whole_plan = R"json(// comments are fine
{
  "segmenta": 1,
  "id": "shop", /* here too */
  "title": {"en": "A shop", "zh-Hans": "商店"},
  "zone": "+08:00",
  "currency": "CNY",
  "sources": {
    "orders": {
      "format": {"encoding": "gb18030", "delimiter": "tab", "missing": ["", "NA"]},
      "fields": {
        "customer_id": "int64",
        "order_id": {"type": "string", "column": "Order No"},
        "quantity": {"type": "int64", "minimum": -1000, "maximum": 1000},
        "price": {"type": "money(3)", "minimum": "0.001"},
        "paid_at": {"type": "instant", "format": "M/D/YYYY H:MM"},
        "brand": "category"
      },
      "customer": "customer_id",
      "time": "paid_at",
      "order": "order_id",
      "derive": {"amount": "price * quantity", "big": "quantity > 10"},
      "cancelled": "order_id.startsWith('C')",
      "reject": {"no_quantity": "quantity == 0", "odd": "big && brand == 'odd'"}
    },
    "people": {
      "kind": "customers",
      "format": {"type": "jsonl"},
      "fields": {"id": "int64", "age": {"type": "int64", "minimum": 0, "maximum": 130}, "city": "category"},
      "customer": "id"
    }
  },
  "columns": {
    "vip": {"rule": "spent > money('1000 CNY') && r >= 4", "meaning": "for the hotline", "source": "example",
            "applies_to": "age >= 18"},
    "spent": {"feature": "sum", "of": "orders", "field": "amount", "window": "P90D", "where": "brand != 'x'"},
    "silence": {"feature": "recency_days", "of": "orders"},
    "brands": {"feature": "distinct", "of": "orders", "field": "brand"},
    "r": {"strategy": "quantile_score", "of": "silence", "bins": 5, "direction": "descending"},
    "local": "city in ['Beijing', 'Shanghai'] ? brands : 0"
  },
  "outputs": ["r", "vip", "local", "age"]
}
)json";

/// `text` with the first `from` replaced; fails loudly when there is none.
inline std::string replaced(std::string text, std::string_view from, std::string_view to) {
    auto const at = text.find(from);
    if (at == std::string::npos) throw std::logic_error("no such text: " + std::string{from});
    return text.replace(at, from.size(), to);
}

inline std::string broken(std::string_view from, std::string_view to) { return replaced(whole_plan, from, to); }

/// The issues of reading, errors and warnings; empty when it can be read without any.
inline issue_list issues_of(std::string const& text) {
    try {
        return parse_plan(text, "plan.json").warnings();
    } catch (issue_error const& error) {
        return error.issues();
    }
}

inline std::string read_text(std::filesystem::path const& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw std::logic_error("cannot read " + path.string());
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

} // namespace segmenta::test

#endif
