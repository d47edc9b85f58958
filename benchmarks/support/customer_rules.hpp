// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_BENCHMARKS_SUPPORT_CUSTOMER_RULES_HPP
#define SEGMENTA_BENCHMARKS_SUPPORT_CUSTOMER_RULES_HPP

// Workload CSW-1: rules as marketers write them over 24 attributes of a customer, and customers; seeded.

#include <segmenta/base/string_pool.hpp>
#include <segmenta/record/column.hpp>
#include <segmenta/record/value.hpp>
#include <segmenta/rule/environment.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta::bench {

inline constexpr std::size_t attribute_count = 24;

enum class rule_mode : std::uint8_t {
    pooled,    // thresholds out of 16 quantiles of each attribute
    wide,      // out of 65,536
    selective, // pooled, more clauses, and first one or two values of city or category
};
std::string_view to_string(rule_mode mode) noexcept;

// A condition on one attribute: a number inside bounds, or the code of a text or flag in a set of bits.
struct rule_leaf {
    std::uint32_t attribute = 0;
    bool is_set = false;
    std::int64_t low = 0; // numbers: low <= v <= high
    std::int64_t high = 0;
    std::uint64_t codes = 0; // sets: bit v
};
// Any of the leaves.
using rule_clause = std::vector<rule_leaf>;
struct customer_rule {
    std::vector<rule_clause> clauses; // all of them
    std::string text;                 // the same as a rule
};

// Numbers, and codes of texts and flags. A missing number is `no_number`, a missing code is `no_code`; no leaf holds
// for them.
using customer_codes = std::array<std::int64_t, attribute_count>;
inline constexpr std::int64_t no_number = INT64_MIN;
inline constexpr std::int64_t no_code = 63;

class customer_rules {
public:
    customer_rules();
    [[nodiscard]] environment const& names() const noexcept { return names_; }
    [[nodiscard]] string_pool const& pool() const noexcept { return pool_; }
    [[nodiscard]] std::vector<customer_rule> make(rule_mode mode, std::size_t rules) const;
    // `missing_percent` of the values are missing.
    [[nodiscard]] customer_codes customer(std::uint32_t number, unsigned missing_percent) const;
    // Texts live in this object, and know their codes in its pool.
    [[nodiscard]] std::vector<value> values_of(customer_codes const& codes) const;

    // Customers 0, 1, ... as columns; texts are categories.
    [[nodiscard]] std::vector<column> columns_of(std::uint32_t customers, unsigned missing_percent) const;
    [[nodiscard]] std::vector<std::string> attribute_names() const;
    // As it stands in a file: empty when missing.
    [[nodiscard]] std::string text_of(std::size_t attribute, std::int64_t code) const;

private:
    struct attribute {
        std::string name;
        kind what{};
        unsigned weight = 0;
        std::vector<std::int64_t> quantiles; // 65,536, ascending for numbers
        std::vector<std::string> texts;
        std::vector<std::uint32_t> codes; // of the texts in the pool
    };
    class maker;
    void add_number(std::string name, unsigned weight, double (*value_at)(double), double scale);
    void add_text(std::string name, unsigned weight, std::size_t texts);
    void add_flag(std::string name, unsigned weight, double share);

    string_pool pool_;
    std::vector<attribute> attributes_;
    environment names_;
};

} // namespace segmenta::bench

#endif
