// SPDX-License-Identifier: Apache-2.0
// Writes the rules and customers of workload CSW-1 as JSON (rules as JsonLogic), with the rules that hold for each
// customer as the rule index finds them, and how long it takes: what compare_json_logic.js holds another engine
// against.
#include "support/customer_rules.hpp"

#include <segmenta/rule/expression.hpp>
#include <segmenta/tag/rule_index.hpp>

#include <algorithm>
#include <bit>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace segmenta;
using namespace segmenta::bench;

constexpr char usage[] = "usage: make_rules [--rules N] [--customers N]\n"
                         "  --rules N      pooled rules (1000)\n"
                         "  --customers N  customers without missing values (1000)\n";

bool read_number(char const* text, std::size_t& out) {
    if (text == nullptr) return false;
    auto const [end, error] = std::from_chars(text, text + std::strlen(text), out);
    return error == std::errc{} && *end == '\0' && out > 0;
}

/// Names and texts of the workload need no escapes.
std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }

class json_logic {
public:
    explicit json_logic(customer_rules const& shop) : shop_(shop), names_(shop.attribute_names()) {}

    [[nodiscard]] std::string rule(customer_rule const& from) const {
        std::string out;
        for (rule_clause const& clause : from.clauses) {
            std::string any;
            for (rule_leaf const& l : clause)
                any += (any.empty() ? "" : ",") + leaf(l);
            out += (out.empty() ? "" : ",") + (clause.size() > 1 ? "{\"or\":[" + any + "]}" : any);
        }
        return from.clauses.size() > 1 ? "{\"and\":[" + out + "]}" : out;
    }
    [[nodiscard]] std::string customer(customer_codes const& codes) const {
        std::string out;
        for (std::size_t a = 0; a < attribute_count; ++a) {
            bool const text = shop_.names().what(a).is_text();
            std::string const value = shop_.text_of(a, codes[a]);
            out += (a == 0 ? "" : ",") + quoted(names_[a]) + ":" + (text ? quoted(value) : value);
        }
        return '{' + out + '}';
    }

private:
    [[nodiscard]] std::string leaf(rule_leaf const& from) const {
        std::string const variable = "{\"var\":" + quoted(names_[from.attribute]) + "}";
        if (!from.is_set) return bounds(variable, from);
        if (!shop_.names().what(from.attribute).is_text())
            return from.codes == 3   ? "true"
                   : from.codes == 0 ? "false"
                   : from.codes == 2 ? variable
                                     : "{\"!\":[" + variable + "]}";
        auto const texts = listed(from.attribute, from.codes);
        auto const others = listed(from.attribute, ~from.codes);
        if (others.size() < texts.size()) return "{\"!\":[" + among(variable, others) + "]}";
        return among(variable, texts);
    }
    static std::string bounds(std::string const& variable, rule_leaf const& from) {
        bool const low = from.low > INT64_MIN + 1;
        bool const high = from.high < INT64_MAX;
        if (low && high)
            return "{\"<=\":[" + std::to_string(from.low) + "," + variable + "," + std::to_string(from.high) + "]}";
        if (low) return "{\">=\":[" + variable + "," + std::to_string(from.low) + "]}";
        return high ? "{\"<=\":[" + variable + "," + std::to_string(from.high) + "]}" : "true";
    }
    [[nodiscard]] std::vector<std::string> listed(std::uint32_t attribute, std::uint64_t codes) const {
        std::vector<std::string> out;
        for (std::int64_t code = 0; code < text_counts[attribute]; ++code)
            if ((codes >> code & 1U) != 0) out.push_back(quoted(shop_.text_of(attribute, code)));
        return out;
    }
    static std::string among(std::string const& variable, std::vector<std::string> const& texts) {
        if (texts.size() == 1) return "{\"==\":[" + variable + "," + texts[0] + "]}";
        std::string list;
        for (auto const& text : texts)
            list += (list.empty() ? "" : ",") + text;
        return "{\"in\":[" + variable + ",[" + list + "]]}";
    }

    customer_rules const& shop_;
    std::vector<std::string> names_;
    static constexpr std::int64_t text_counts[attribute_count] = {0, 0, 0, 0, 0,  0,  0, 0, 0, 0,  0, 0,
                                                                  0, 0, 0, 0, 50, 31, 3, 8, 6, 40, 0, 0};
};

/// Of one pass over all customers, in microseconds each; the median of 51.
double time_of(rule_index const& index, std::vector<std::vector<value>> const& rows) {
    rule_index_scratch scratch;
    bitmap out;
    std::vector<double> passes;
    std::size_t held = 0;
    for (int pass = 0; pass < 51; ++pass) {
        auto const begin = std::chrono::steady_clock::now();
        for (auto const& row : rows) {
            (void)index.match(row, out, scratch);
            held += out.count();
        }
        passes.push_back(std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count());
    }
    if (held == 0) std::cerr << "make_rules: no rule holds for anybody\n"; // and so the work is done
    std::nth_element(passes.begin(), passes.begin() + 25, passes.end());
    return passes[25] / static_cast<double>(rows.size());
}

void write(std::size_t rule_count, std::size_t customer_count) {
    customer_rules const shop;
    json_logic const logic(shop);
    auto const rules = shop.make(rule_mode::pooled, rule_count);
    std::vector<expression> expressions;
    for (auto const& r : rules)
        expressions.push_back(parse_expression(r.text));
    rule_index const index = build_rule_index(expressions, shop.names());
    std::vector<std::vector<value>> rows;
    std::cout << "{\"rules\":[";
    for (std::size_t r = 0; r < rules.size(); ++r)
        std::cout << (r == 0 ? "\n" : ",\n") << logic.rule(rules[r]);
    std::cout << "],\n\"customers\":[";
    for (std::uint32_t c = 0; c < customer_count; ++c) {
        auto const codes = shop.customer(c, 0);
        std::cout << (c == 0 ? "\n" : ",\n") << logic.customer(codes);
        rows.push_back(shop.values_of(codes));
    }
    std::cout << "],\n\"matches\":[";
    rule_index_scratch scratch;
    bitmap out;
    std::vector<std::uint32_t> list(rules.size());
    for (std::size_t c = 0; c < rows.size(); ++c) {
        (void)index.match(rows[c], out, scratch);
        std::size_t const held = index.list_rules(out, list);
        std::sort(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(held));
        std::cout << (c == 0 ? "\n[" : ",\n[");
        for (std::size_t i = 0; i < held; ++i)
            std::cout << (i == 0 ? "" : ",") << list[i];
        std::cout << ']';
    }
    std::cout << "],\n\"microseconds_each\":" << time_of(index, rows) << "}\n";
}

} // namespace

int main(int argc, char** argv) {
    std::size_t rules = 1'000;
    std::size_t customers = 1'000;
    for (int i = 1; i < argc; i += 2) {
        std::string_view const option = argv[i];
        char const* const given = i + 1 < argc ? argv[i + 1] : nullptr;
        bool const good = option == "--rules"       ? read_number(given, rules)
                          : option == "--customers" ? read_number(given, customers)
                                                    : false;
        if (good) continue;
        std::cerr << "make_rules: " << option << " is not understood\n" << usage;
        return 2;
    }
    write(rules, customers);
    return 0;
}
