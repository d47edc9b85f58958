// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/random.hpp>
#include <segmenta/record/customer_ids.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <vector>

using namespace segmenta;

TEST_CASE("ids are found whether they ascend or not", "[customer_ids]") {
    random_generator random(1);
    for (std::size_t const size : {0U, 1U, 2U, 3U, 100U, 5000U}) {
        std::map<std::int64_t, std::size_t> expected;
        std::vector<std::int64_t> ids;
        while (ids.size() < size) {
            auto const id = random_integer(random, -20'000, 20'000);
            if (expected.emplace(id, ids.size()).second) ids.push_back(id);
        }
        std::vector<std::string> texts;
        for (auto const id : ids)
            texts.push_back(std::to_string(id));
        auto const by_number = customer_ids::of(ids);
        auto const by_text = customer_ids::of(texts);
        std::vector<std::int64_t> ascending = ids;
        std::sort(ascending.begin(), ascending.end());
        auto const sorted = customer_ids::borrow(ascending);
        CHECK(by_number.size() == size);
        CHECK(by_text.size() == size);
        for (std::int64_t id = -20'100; id <= 20'100; ++id) {
            auto const known = expected.find(id);
            constexpr auto none = static_cast<std::size_t>(-1);
            std::size_t const row = known == expected.end() ? none : known->second;
            if (by_number.find(id).value_or(none) != row) FAIL(id);
            if (by_text.find(std::to_string(id)).value_or(none) != row) FAIL(id);
            auto const at = std::lower_bound(ascending.begin(), ascending.end(), id);
            auto const place = at != ascending.end() && *at == id
                                   ? std::optional<std::size_t>(static_cast<std::size_t>(at - ascending.begin()))
                                   : std::nullopt;
            if (sorted.find(id) != place) FAIL(id);
        }
        if (size > 0) {
            CHECK_FALSE(by_number.find(texts[0]).has_value()); // numbers are no texts
            CHECK_FALSE(by_text.find(ids[0]).has_value());
            CHECK(by_number.text(0) == texts[0]);
            CHECK(by_text.text(0) == texts[0]);
        }
    }
    CHECK(customer_ids().size() == 0);
    CHECK_FALSE(customer_ids().find(std::int64_t{0}).has_value());
}

TEST_CASE("two rows of one id are named", "[customer_ids]") {
    try {
        (void)customer_ids::of(std::vector<std::int64_t>{5, 7, 9, 7, 5});
        FAIL("accepted");
    } catch (issue_error const& e) {
        REQUIRE(e.issues().size() == 2);
        CHECK(e.issues()[0].code == "table.duplicate_id");
        CHECK(e.issues()[0].place == "rows 1 and 3");
        CHECK(e.issues()[0].seen == "7");
        CHECK(e.issues()[1].place == "rows 0 and 4");
    }
    CHECK_THROWS_AS(customer_ids::of(std::vector<std::string>{"", "a", ""}), issue_error);
    CHECK_THROWS_AS(customer_ids::of(std::vector<std::int64_t>{1, 1}), issue_error);
    try {
        (void)customer_ids::of(std::vector<std::int64_t>(1000, 3));
        FAIL("accepted");
    } catch (issue_error const& e) {
        CHECK(e.issues().size() == 20);
    }
}

TEST_CASE("copies outlive the original and keep an owner alive", "[customer_ids]") {
    customer_ids copy;
    {
        auto const texts = std::make_shared<std::vector<std::string_view>>(std::vector<std::string_view>{"b", "a"});
        copy = customer_ids::borrow(*texts, texts);
    }
    CHECK(copy.find("a") == 1);
    CHECK_FALSE(copy.is_integer());
}
