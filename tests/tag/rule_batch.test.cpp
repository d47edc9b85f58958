// SPDX-License-Identifier: Apache-2.0
#include <segmenta/tag/rule_batch.hpp>

#include "support/catch.hpp"
#include "support/counting_new.hpp"
#include "tag/support.hpp"

#include <segmenta/record/column.hpp>

#include <memory>
#include <string>
#include <vector>

using namespace segmenta;
using namespace segmenta::test;

namespace {

// A row of values as one row of columns; a value of another type than declared becomes a missing one.
void append(std::vector<column>& columns, environment const& names, std::span<value const> row,
            std::shared_ptr<string_pool> const& pool) {
    for (std::size_t v = 0; v < columns.size(); ++v) {
        value const here = v < row.size() ? row[v] : value{};
        type const what = names.what(v);
        bool const fits = here.present() && (here.what() == what || (here.what().is_text() && what.is_text()));
        if (!fits) {
            columns[v].push_missing();
            continue;
        }
        switch (what.base) {
        case kind::boolean: columns[v].push<std::uint8_t>(here.as_bool() ? 1 : 0); break;
        case kind::float64: columns[v].push<double>(here.as_double()); break;
        case kind::date: columns[v].push<std::int32_t>(here.as_date().days_since_epoch()); break;
        case kind::string: columns[v].push<std::string_view>(pool->view(pool->intern(here.as_string()))); break;
        case kind::category: columns[v].push<std::uint32_t>(pool->intern(here.as_string())); break;
        case kind::category_set: {
            std::vector<std::uint32_t> codes;
            for (auto const text : here.as_set())
                codes.push_back(pool->intern(text));
            columns[v].push_set(codes);
            break;
        }
        default: columns[v].push<std::int64_t>(here.as_int()); break;
        }
    }
}

struct rows_of_shop {
    std::shared_ptr<string_pool> pool = std::make_shared<string_pool>();
    std::vector<column> columns;
    std::vector<column_view> views;

    rows_of_shop(random_shop& shop, std::size_t rows) {
        for (std::size_t v = 0; v < shop.names.size(); ++v) {
            columns.emplace_back(shop.names.what(v));
            columns.back().set_pool(pool);
        }
        for (std::size_t i = 0; i < rows; ++i)
            append(columns, shop.names, random_row(shop).values, pool);
        for (auto const& c : columns)
            views.push_back(c.view());
    }
    [[nodiscard]] block all() const { return {views.empty() ? 0 : views[0].size, views}; }
};

} // namespace

TEST_CASE("rule_batch: counts and audiences of a few rows") {
    environment names;
    names.variable("age", int64_type);
    names.variable("city", category_type);
    auto const batch = build_rule_batch(
        parsed({"age >= 18", "age < 18", "!(city in ['SH', 'BJ'])", "!has(customer.age)", "age > 20 || city == 'SH'",
                "true", "false", "age + 0 >= 18", "customer.?age.orValue(30) > 20"}),
        names);
    CHECK(batch.size() == 9);
    CHECK(batch.residual_rules() == 1);
    CHECK(batch.conditions() >= 6);
    auto const pool = std::make_shared<string_pool>();
    column age(int64_type);
    column city(category_type);
    city.set_pool(pool);
    for (std::int64_t const v : {17, 18, 99})
        age.push<std::int64_t>(v);
    age.push_missing();
    for (auto const* text : {"SH", "GZ", "BJ", "SH"})
        city.push<std::uint32_t>(pool->intern(text));
    column_view const columns[] = {age.view(), city.view()};
    std::vector<std::uint64_t> counts(batch.size(), 1); // they are added to
    std::vector<bitmap> audiences(batch.size());
    rule_batch_scratch scratch;
    batch.find({4, columns}, counts, audiences, scratch);
    CHECK(counts == std::vector<std::uint64_t>{3, 2, 2, 2, 4, 5, 1, 3, 3});
    CHECK(audiences[0].words()[0] == 0b0110);
    CHECK(audiences[3].words()[0] == 0b1000);
    CHECK(audiences[4].words()[0] == 0b1101);
    CHECK(audiences[8].words()[0] == 0b1100);
    // Without the column of ages what reads it is an error, in no way missing.
    std::vector<std::uint64_t> fewer(batch.size());
    batch.count({4, std::array{column_view{}, city.view()}}, fewer, scratch);
    CHECK(fewer == std::vector<std::uint64_t>{0, 0, 1, 0, 2, 4, 0, 0, 0});
}

TEST_CASE("rule_batch: random rules agree with one evaluation per rule and row") {
    struct setting {
        std::size_t rules;
        std::size_t rows;
        int thresholds;
        int other;
    };
    setting const settings[] = {{1, 1, 3, 0}, {40, 63, 5, 10}, {60, 2'048, 8, 3}, {60, 2'049, 300, 3},
                                {150, 5'000, 40'000, 2}};
    std::uint64_t seed = 880'000;
    for (setting const& s : settings) {
        random_shop shop(++seed, s.thresholds);
        std::vector<std::string> texts;
        for (std::size_t i = 0; i < s.rules; ++i)
            texts.push_back(shop.condition(2, s.other));
        auto const rules = parsed(texts);
        rows_of_shop const rows(shop, s.rows);
        std::vector<rule_batch> batches;
        for (auto const level : {cpu_level::sse2, cpu_level::avx2, cpu_level::avx512})
            batches.push_back(build_rule_batch(rules, shop.names, {level}));
        rule_batch_scratch scratch;
        std::vector<std::vector<bitmap>> found;
        std::vector<std::vector<std::uint64_t>> counts;
        for (rule_batch const& batch : batches) {
            found.emplace_back(s.rules);
            counts.emplace_back(s.rules);
            batch.find(rows.all(), counts.back(), found.back(), scratch);
            std::vector<std::uint64_t> alone(s.rules);
            batch.count(rows.all(), alone, scratch);
            CHECK(alone == counts.back());
        }
        rule_scratch programs;
        for (std::size_t r = 0; r < s.rules; ++r) {
            INFO("seed " << seed << ": " << texts[r]);
            auto const alone = compile_rule(texts[r], shop.names, boolean_type);
            auto const answer = alone.evaluate(rows.all(), programs);
            bitmap expected(s.rows);
            for (std::size_t i = 0; i < s.rows; ++i)
                expected.set(i, answer.is_true(i));
            for (std::size_t l = 0; l < batches.size(); ++l) {
                REQUIRE(counts[l][r] == expected.count());
                REQUIRE(found[l][r] == expected);
            }
        }
    }
}

TEST_CASE("rule_batch: no rules, no rows, and problems at their places") {
    environment names;
    names.variable("age", int64_type);
    rule_batch_scratch scratch;
    build_rule_batch({}, names).count({}, {}, scratch);
    auto const batch = build_rule_batch(parsed({"age > 1"}), names);
    std::vector<std::uint64_t> counts(1);
    batch.count({}, counts, scratch);
    CHECK(counts[0] == 0);
    issue_list issues;
    CHECK_FALSE(build_rule_batch(parsed({"age > 3", "age + 1", "agee > 1"}), names, issues, "x").has_value());
    CHECK(issues.size() == 2);
    CHECK(issues[1].place.starts_with("x[2] 1:"));
    CHECK_THROWS_AS(build_rule_batch(parsed({"age"}), names), issue_error);
}

TEST_CASE("rule_batch: nothing is allocated after the first count") {
    random_shop shop(31, 20);
    std::vector<std::string> texts;
    for (int i = 0; i < 50; ++i)
        texts.push_back(shop.condition(2, 0));
    auto const batch = build_rule_batch(parsed(texts), shop.names);
    rows_of_shop const rows(shop, 3'000);
    std::vector<std::uint64_t> first(batch.size());
    std::vector<std::uint64_t> second(batch.size());
    rule_batch_scratch scratch;
    batch.count(rows.all(), first, scratch);
    std::size_t const before = allocations();
    batch.count(rows.all(), second, scratch);
    CHECK(allocations() == before);
    CHECK(first == second);
}
