// SPDX-License-Identifier: Apache-2.0
#include <segmenta/tag/rule_batch.hpp>

#include "support/catch.hpp"
#include "support/counting_new.hpp"
#include "tag/support.hpp"

#include <segmenta/record/column.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <utility>
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

// A table whose columns are stored as narrowly as their values allow, or in any other way that holds them; missing rows
// are anything. Every other column begins beside the boundaries that vectors like.
class narrow_rows {
public:
    narrow_rows(std::span<column const> plain, std::uint64_t seed) : random_(seed) {
        for (column const& c : plain)
            add(c);
    }
    [[nodiscard]] narrow_block all() const { return {columns_.empty() ? 0 : columns_[0].column.size, columns_}; }
    [[nodiscard]] std::size_t narrow() const noexcept { return narrow_; }

private:
    template <class T>
    void store(column_view const& from, auto const& at) {
        bytes_.emplace_back((from.size + 16) * sizeof(T) + 64);
        auto const address = reinterpret_cast<std::uintptr_t>(bytes_.back().data());
        T* const out = reinterpret_cast<T*>(bytes_.back().data() + (64 - address % 64) % 64) + bytes_.size() % 2;
        for (std::size_t i = 0; i < from.size; ++i)
            out[i] = static_cast<T>(from.is_present(i) ? at(i) : static_cast<decltype(at(i))>(random_() % 256));
        narrow_column made(from);
        made.column.data = out;
        made.stored = storage_of<T>();
        columns_.push_back(made);
        ++narrow_;
    }
    template <class T>
    static bool holds(column_view const& from, auto const& at) {
        for (std::size_t i = 0; i < from.size; ++i)
            if (from.is_present(i) && !std::in_range<T>(at(i))) return false;
        return true;
    }
    template <class... T>
    bool store_one_of(column_view const& from, auto const& at) {
        std::size_t const skipped = random_() % 3; // of the storages that would do
        std::size_t fitting = 0;
        bool stored = false;
        for (int pass = 0; pass < 2 && !stored; ++pass)
            ((stored =
                  stored || (holds<T>(from, at) && (pass == 1 || fitting++ == skipped) && (store<T>(from, at), true))),
             ...);
        return stored;
    }
    void add(column const& of) {
        column_view const from = of.view();
        bool stored = false;
        switch (from.what.base) {
        case kind::boolean: {
            words_.emplace_back((from.size + 63) / 64);
            for (std::size_t i = 0; i < from.size; ++i)
                words_.back()[i / 64] |= std::uint64_t{from.is_present(i) ? from.as<std::uint8_t>()[i] : 1U}
                                         << (i % 64);
            columns_.push_back(narrow_column::of_bits(words_.back().data(), from.size, from.valid));
            ++narrow_;
            return;
        }
        case kind::float64: store<float>(from, [&](std::size_t i) { return from.as<double>()[i]; }); return;
        case kind::category:
            stored = store_one_of<std::uint8_t, std::uint16_t>(
                from, [&](std::size_t i) { return from.as<std::uint32_t>()[i]; });
            break;
        case kind::date: stored = store_numbers(from, [&](std::size_t i) { return from.as<std::int32_t>()[i]; }); break;
        case kind::string:
        case kind::category_set: break;
        default: stored = store_numbers(from, [&](std::size_t i) { return from.as<std::int64_t>()[i]; }); break;
        }
        if (!stored) columns_.emplace_back(from);
    }
    bool store_numbers(column_view const& from, auto const& at) {
        return store_one_of<std::uint8_t, std::int8_t, std::int16_t, std::uint16_t, std::int32_t, std::uint32_t>(from,
                                                                                                                 at);
    }

    random_generator random_;
    std::vector<narrow_column> columns_;
    std::vector<std::vector<std::byte>> bytes_;
    std::vector<std::vector<std::uint64_t>> words_;
    std::size_t narrow_ = 0;
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
    setting const settings[] = {
        {1, 1, 3, 0}, {40, 63, 5, 10}, {60, 2'048, 8, 3}, {60, 2'049, 300, 3}, {150, 5'000, 40'000, 2}};
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

TEST_CASE("rule_batch: narrow columns answer as the plain ones they are") {
    struct setting {
        std::size_t rules;
        std::size_t rows;
        int thresholds;
    };
    setting const settings[] = {{30, 1, 3}, {60, 63, 10}, {60, 4'096, 8}, {60, 2'049, 300}, {100, 5'000, 40'000}};
    std::uint64_t seed = 990'000;
    std::size_t narrow = 0;
    for (setting const& s : settings) {
        random_shop shop(++seed, s.thresholds);
        std::vector<std::string> texts;
        for (std::size_t i = 0; i < s.rules; ++i)
            texts.push_back(shop.condition(2, 3));
        auto const rules = parsed(texts);
        rows_of_shop rows(shop, s.rows);
        for (column& c : rows.columns)
            for (std::size_t i = 0; c.what().base == kind::float64 && i < c.size(); ++i)
                c.data<double>()[i] = static_cast<double>(static_cast<float>(c.data<double>()[i]));
        narrow_rows const stored(rows.columns, seed);
        narrow += stored.narrow();
        for (auto const level : {cpu_level::sse2, cpu_level::avx2, cpu_level::avx512}) {
            auto const batch = build_rule_batch(rules, shop.names, {level});
            rule_batch_scratch scratch;
            std::vector<std::uint64_t> expected(s.rules);
            std::vector<std::uint64_t> counts(s.rules);
            std::vector<bitmap> plain(s.rules);
            std::vector<bitmap> found(s.rules);
            batch.find(rows.all(), expected, plain, scratch); // as one evaluation per rule and row: see above
            batch.find(stored.all(), counts, found, scratch);
            for (std::size_t r = 0; r < s.rules; ++r) {
                INFO("seed " << seed << ": " << texts[r]);
                REQUIRE(counts[r] == expected[r]);
                REQUIRE(found[r] == plain[r]);
            }
        }
    }
    CHECK(narrow > 20);
}

TEST_CASE("rule_batch: narrow columns at their ends, zeros, NaN and thresholds that no element can reach") {
    environment names;
    names.variable("n", int64_type);
    names.variable("x", float64_type);
    names.variable("flag", boolean_type);
    names.variable("seen", date_type);
    std::vector<std::string> const texts = {"n >= 0",
                                            "n >= 255",
                                            "n > 255",
                                            "n >= -1",
                                            "n < 1",
                                            "n == 200",
                                            "n != 200",
                                            "x >= 0.0",
                                            "x > 0.0",
                                            "x < 0.0",
                                            "x == 0.0",
                                            "x >= 1e300",
                                            "x > -1e300",
                                            "x <= 0.1",
                                            "x > 0.1",
                                            "has(customer.x)",
                                            "!has(customer.x)",
                                            "flag",
                                            "!flag",
                                            "flag == true",
                                            "seen >= date('1970-01-03')",
                                            "seen < date('1900-01-01')",
                                            "x + 1.0 > 1.5 && n + 1 > 2"};
    auto const rules = parsed(texts);
    constexpr float big = std::numeric_limits<float>::max();
    constexpr float tiny = std::numeric_limits<float>::denorm_min();
    std::vector<std::uint8_t> const n = {0, 1, 127, 128, 200, 254, 255, 5};
    std::vector<float> const x = {0.0F, -0.0F, tiny,          -tiny,
                                  0.1F, big,   std::nanf(""), -std::numeric_limits<float>::infinity()};
    std::uint64_t const flags = 0b1011'0010;
    std::vector<std::uint16_t> const days = {0, 1, 2, 3, 40'000, 65'535, 5, 6};
    narrow_column const narrow[] = {narrow_column(int64_type, std::span<std::uint8_t const>(n)),
                                    narrow_column(float64_type, std::span<float const>(x)),
                                    narrow_column::of_bits(&flags, 8),
                                    narrow_column(date_type, std::span<std::uint16_t const>(days))};
    auto const batch = build_rule_batch(rules, names);
    rule_batch_scratch scratch;
    std::vector<std::uint64_t> counts(rules.size());
    std::vector<bitmap> found(rules.size());
    batch.find({8, narrow}, counts, found, scratch);
    rule_scratch programs;
    for (std::size_t r = 0; r < rules.size(); ++r) {
        INFO(texts[r]);
        auto const alone = compile_rule(texts[r], names, boolean_type);
        for (std::size_t i = 0; i < 8; ++i) {
            INFO("row " << i);
            value const row[] = {value::of_int(n[i]), value::of_double(static_cast<double>(x[i])),
                                 value::of_bool((flags >> i & 1U) != 0), value::of_date(civil_date{days[i]})};
            auto const answer = alone.evaluate(std::span<value const>(row), programs);
            CHECK(found[r].test(i) == (answer.state == status::ok && answer.result.as_bool()));
        }
    }
    // What may not be stored so is a column of another type: whatever reads it is an error.
    narrow_column odd[] = {narrow[0], narrow[1], narrow[2], narrow[3]};
    odd[0].stored = storage::bits;
    counts.assign(rules.size(), 0);
    batch.count({8, odd}, counts, scratch);
    CHECK(counts[0] == 0);
    CHECK(counts[4] == 0);
    CHECK(counts[17] == 4);
}

// Wide codes are looked up sixteen at a time in tables of few texts, narrow ones are compared as they lie.
TEST_CASE("rule_batch: categories of one to many texts, in any order, by every instruction set") {
    environment names;
    names.variable("city", category_type);
    names.variable("flag", boolean_type);
    std::mt19937 random(20'261'127);
    rule_batch_scratch scratch;
    for (std::uint32_t const texts : {1U, 2U, 15U, 16U, 17U, 40U, 127U, 128U, 129U, 200U}) {
        auto const pool = std::make_shared<string_pool>();
        std::vector<std::string> known;
        for (std::uint32_t i = 0; i < texts; ++i) {
            known.push_back("city_" + std::to_string((i * 7 + 3) % texts));
            (void)pool->intern(known.back());
        }
        std::size_t const rows = 2'048 * 2 + random() % 100;
        column cities(category_type);
        column flags(boolean_type);
        cities.set_pool(pool);
        std::vector<std::uint8_t> narrow;
        for (std::size_t i = 0; i < rows; ++i) {
            auto const code = static_cast<std::uint32_t>(random() % texts);
            cities.push<std::uint32_t>(code);
            narrow.push_back(static_cast<std::uint8_t>(code));
            flags.push<std::uint8_t>(static_cast<std::uint8_t>(random() % 3)); // any byte but 0 is true
        }
        std::vector<expression> rules;
        std::vector<std::vector<std::string>> wanted;
        for (std::size_t r = 0; r < 20; ++r) {
            std::string text;
            wanted.emplace_back();
            for (std::size_t k = 0; k <= r % 7; ++k) {
                wanted[r].push_back(k == 3 ? "nowhere" : known[random() % texts]);
                text += (k == 0 ? "(city == '" : " || city == '") + wanted[r].back() + "'";
            }
            rules.push_back(parse_expression(text + (r % 2 == 0 ? ") && flag" : ") && !flag")));
        }
        std::vector<std::uint64_t> expected(rules.size(), 0);
        for (std::size_t i = 0; i < rows; ++i)
            for (std::size_t r = 0; r < rules.size(); ++r) {
                bool const here =
                    std::find(wanted[r].begin(), wanted[r].end(), cities.view().text(i)) != wanted[r].end();
                expected[r] += here && (flags.data<std::uint8_t>()[i] != 0) == (r % 2 == 0) ? 1 : 0;
            }
        for (auto const level : {cpu_level::sse2, cpu_level::avx2, cpu_level::avx512}) {
            if (detect_cpu_level() < level) continue;
            auto const batch = build_rule_batch(rules, names, {level});
            column_view const wide[] = {cities.view(), flags.view()};
            narrow_column const stored[] = {narrow_column(std::span<std::uint8_t const>(narrow), *pool), flags.view()};
            CAPTURE(texts, to_string(level));
            std::vector<std::uint64_t> counts(rules.size());
            batch.count(block{rows, wide}, counts, scratch);
            CHECK(counts == expected);
            counts.assign(rules.size(), 0);
            batch.count(narrow_block{rows, stored}, counts, scratch);
            CHECK(counts == expected);
        }
    }
}

TEST_CASE("rule_batch: any byte of a boolean but 0 is true, with and without missing rows") {
    environment names;
    names.variable("flag", boolean_type);
    auto const batch =
        build_rule_batch(parsed({"flag", "!flag", "flag == true", "flag != true", "flag != false"}), names);
    std::vector<std::uint8_t> const flags = {0, 1, 2, 255, 0, 1};
    rule_batch_scratch scratch;
    for (std::uint64_t const valid : {0b11'1111U, 0b01'1111U}) {
        narrow_column const plain(column_view{boolean_type, flags.size(), flags.data(), &valid});
        std::vector<std::uint64_t> counts(batch.size());
        batch.count(narrow_block{6, {&plain, 1}}, counts, scratch);
        std::uint64_t const set = valid == 0b11'1111U ? 4 : 3;
        CHECK(counts == std::vector<std::uint64_t>{set, 2, set, 2, set});
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
