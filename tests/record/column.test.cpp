// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/random.hpp>
#include <segmenta/record/column.hpp>

#include "support/catch.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace segmenta;

TEST_CASE("copies of a column share no memory", "[column]") {
    column a(int64_type, 3);
    a.data<std::int64_t>()[1] = 5;
    column b = a;
    b.data<std::int64_t>()[1] = 7;
    b.set_missing(0);
    CHECK(a.view().as<std::int64_t>()[1] == 5);
    CHECK(a.is_present(0));
    a = b;
    b.data<std::int64_t>()[1] = 9;
    CHECK(a.view().as<std::int64_t>()[1] == 7);
    CHECK(a.missing_count() == 1);
}

TEST_CASE("new rows are zero and present, or missing when asked", "[column]") {
    CHECK(column(float64_type, 2).view().as<double>()[1] == 0.0);
    CHECK(column(string_type, 2).view().text(1).empty());
    column missing(date_type, 70, false);
    CHECK(missing.missing_count() == 70);
    missing.set_present(64);
    CHECK(missing.missing_count() == 69);
    missing.resize(130);
    CHECK(missing.missing_count() == 69);
    CHECK(missing.is_present(129));
    missing.resize(65);
    CHECK(missing.missing_count() == 64);
    missing.resize(66); // the row that was cut off and comes back is present
    CHECK(missing.is_present(65));
}

TEST_CASE("pushing, marking and resizing agree with a vector of optionals", "[column]") {
    random_generator random(7);
    for (int round = 0; round < 20; ++round) {
        column c(int64_type);
        std::vector<std::optional<std::int64_t>> expected;
        for (int step = 0; step < 400; ++step) {
            switch (random_below(random, 6)) {
            case 0:
                c.push_missing();
                expected.emplace_back();
                break;
            case 1:
                if (!expected.empty()) {
                    auto const row = static_cast<std::size_t>(random_below(random, expected.size()));
                    c.set_missing(row);
                    expected[row].reset();
                }
                break;
            case 2:
                if (step % 50 == 0) {
                    auto const rows = static_cast<std::size_t>(random_below(random, 2 * expected.size() + 1));
                    c.resize(rows);
                    expected.resize(rows, 0);
                }
                break;
            default: {
                auto const v = static_cast<std::int64_t>(random());
                c.push(v);
                expected.emplace_back(v);
            }
            }
        }
        REQUIRE(c.size() == expected.size());
        std::size_t missing = 0;
        for (std::size_t row = 0; row < expected.size(); ++row) {
            REQUIRE(c.is_present(row) == expected[row].has_value());
            REQUIRE(c.view().is_present(row) == expected[row].has_value());
            if (expected[row]) REQUIRE(c.view().as<std::int64_t>()[row] == *expected[row]);
            missing += expected[row] ? 0U : 1U;
        }
        CHECK(c.missing_count() == missing);
    }
}

TEST_CASE("sets keep their members through pushes, gaps and gathering", "[column]") {
    auto pool = std::make_shared<string_pool>();
    auto const a = pool->intern("a");
    auto const b = pool->intern("b");
    column sets(category_set_type);
    sets.set_pool(pool);
    sets.push_set(std::vector{a, b});
    sets.push_missing();
    sets.push_set({});
    sets.push_set(std::vector{b});
    sets.resize(5);
    CHECK(sets.view().codes(0).size() == 2);
    CHECK_FALSE(sets.is_present(1));
    CHECK(sets.view().codes(2).empty());
    CHECK(sets.view().codes(3)[0] == b);
    CHECK(sets.view().codes(4).empty());

    column const picked = gather(sets.view(), std::vector<std::uint32_t>{3, 1, 0, 3}, pool);
    CHECK(picked.size() == 4);
    CHECK(picked.view().codes(0)[0] == b);
    CHECK_FALSE(picked.is_present(1));
    CHECK(picked.view().codes(2).size() == 2);
    CHECK(picked.view().pool->view(picked.view().codes(2)[0]) == "a");

    sets.resize(1);
    sets.push_set(std::vector{a});
    CHECK(sets.view().codes(1)[0] == a);
}

TEST_CASE("a slice shows the rows it was cut from", "[column]") {
    column numbers(int64_type, 200);
    for (std::size_t i = 0; i < 200; ++i)
        numbers.data<std::int64_t>()[i] = static_cast<std::int64_t>(i);
    numbers.set_missing(130);
    auto const part = numbers.view().slice(128, 10);
    CHECK(part.size == 10);
    CHECK(part.as<std::int64_t>()[2] == 130);
    CHECK_FALSE(part.is_present(2));
    CHECK(part.is_present(3));
}

TEST_CASE("string columns keep their owner alive", "[column]") {
    column names(string_type);
    {
        auto text = std::make_shared<std::string>("a string that is too long to live inside a string object");
        names.push(std::string_view(*text));
        names.keep_alive(text);
    }
    column const copy = names;
    names = column{};
    CHECK(copy.view().text(0).starts_with("a string that"));
}
