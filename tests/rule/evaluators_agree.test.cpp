// SPDX-License-Identifier: Apache-2.0
// Random typed rules over random rows with missing values: the row evaluator, the block evaluator and a naive walk over
// the tree give the same value and status for every row. SEGMENTA_RULE_CASES sets the number of rules,
// SEGMENTA_RULE_SEED the first seed.
#include "rule/oracle.hpp"
#include "rule/random_rule.hpp"
#include "rule/support.hpp"
#include "support/catch.hpp"

#include <segmenta/rule/program.hpp>

#include <cstdlib>
#include <iostream>
#include <map>
#include <string>

using namespace segmenta;
using segmenta::test::show;

namespace {

environment random_names() {
    environment names;
    for (auto const* const suffix : {"1", "2"}) {
        std::string const s(suffix);
        names.variable("b" + s, boolean_type);
        names.variable("i" + s, int64_type);
        names.variable("r" + s, float64_type);
        names.variable("d2" + s, decimal_type(2));
        names.variable("d5" + s, decimal_type(5));
        names.variable("m2" + s, money_type(currency("CNY"), 2));
        names.variable("day" + s, date_type);
        names.variable("at" + s, instant_type);
        names.variable("len" + s, duration_type);
        names.variable("s" + s, string_type);
        names.variable("c" + s, category_type);
        names.variable("set" + s, category_set_type);
    }
    return names;
}

std::uint64_t number_from_environment(char const* name, std::uint64_t otherwise) {
    char const* const text = std::getenv(name);
    return text != nullptr && *text != '\0' ? std::strtoull(text, nullptr, 10) : otherwise;
}

} // namespace

TEST_CASE("row evaluator, block evaluator and oracle agree on random rules", "[rule][property]") {
    std::uint64_t const cases = number_from_environment("SEGMENTA_RULE_CASES", 6'000);
    std::uint64_t const first_seed = number_from_environment("SEGMENTA_RULE_SEED", 20'240'630);
    environment const names = random_names();
    rule_scratch row_scratch;
    rule_scratch block_scratch;
    std::map<std::string, std::uint64_t> seen;
    std::uint64_t compared = 0;
    std::uint64_t refused = 0;
    for (std::uint64_t seed = first_seed; seed < first_seed + cases; ++seed) {
        test::random_values random(seed);
        test::random_rule rules(random, names);
        auto const rule_text = rules.rule(rules.any_type(), 1 + static_cast<int>(random.below(5)));
        std::size_t const row_count = 1 + random.below(random.chance(30) ? 200 : 70);
        std::vector<std::vector<value>> rows(row_count);
        for (auto& row : rows)
            for (std::size_t c = 0; c < names.size(); ++c)
                row.push_back(random.any(names.what(c)));

        INFO("seed " << seed << ": " << rule_text);
        issue_list issues;
        auto const made = compile_rule(rule_text, names, issues);
        if (!made) {
            // Only what depends on constants may be wrong with a generated rule.
            for (auto const& problem : issues)
                if (problem.level == severity::error)
                    REQUIRE((problem.code == "rule.bad_constant" || problem.code == "rule.result_type"));
            ++refused;
            continue;
        }
        REQUIRE(parse_expression(to_string(made->source())) == made->source());
        test::table_of_values const table(names, rows);
        auto const block_answer = made->evaluate(table.all(), block_scratch);
        REQUIRE(block_answer.values.size == row_count);
        for (std::size_t r = 0; r < row_count; ++r) {
            std::string memory;
            auto const expected = test::oracle_answer(made->source(), names, rows[r], made->result_type(), memory);
            auto const by_row = made->evaluate(std::span<value const>(rows[r]), row_scratch);
            auto const by_block = test::row_of(block_answer, r);
            auto const expected_text = show(expected);
            ++compared;
            ++seen[std::string(to_string(by_row.state))];
            if (show(by_row) == expected_text && show(by_block) == expected_text) continue;
            std::string values;
            for (auto const variable : made->required_variables())
                values += std::string(names.name(variable)) + " = " + show(rows[r][variable]) + ", ";
            INFO("row " << r << ": " << values);
            REQUIRE(show(by_row) == expected_text);
            REQUIRE(show(by_block) == expected_text);
        }
    }
    std::cout << "rules: " << cases << " from seed " << first_seed << " (" << refused
              << " refused), rows compared: " << compared << "; ok " << seen["ok"] << ", unknown " << seen["unknown"]
              << ", error " << seen["error"] << "\n";
    CHECK(seen["ok"] > compared / 10);
    CHECK(seen["unknown"] > compared / 20);
    CHECK(seen["error"] > compared / 100);
    CHECK(refused < cases / 4);
}
