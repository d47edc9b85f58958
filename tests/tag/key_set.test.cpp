// SPDX-License-Identifier: Apache-2.0
#include "tag/key_set.hpp"
#include "support/catch.hpp"
#include "tag/text_codes.hpp"

#include <segmenta/base/random.hpp>

#include <algorithm>
#include <limits>
#include <string>

using namespace segmenta;
using namespace segmenta::detail;

TEST_CASE("keys keep the order of integers and of doubles") {
    constexpr std::int64_t integers[] = {std::numeric_limits<std::int64_t>::min(), -2, -1, 0, 1,
                                         std::numeric_limits<std::int64_t>::max()};
    for (std::size_t i = 0; i + 1 < std::size(integers); ++i)
        CHECK(key_of(integers[i]) < key_of(integers[i + 1]));
    for (auto const v : integers)
        CHECK(integer_of(key_of(v)) == v);
    constexpr double infinity = std::numeric_limits<double>::infinity();
    constexpr double reals[] = {-infinity, -1e300, -1.5, -1e-310, 0.0, 1e-310, 1.5, 1e300, infinity};
    for (std::size_t i = 0; i + 1 < std::size(reals); ++i)
        CHECK(key_of(reals[i]) < key_of(reals[i + 1]));
    for (auto const v : reals)
        CHECK(real_of(key_of(v)) == v);
    CHECK(key_of(-0.0) == key_of(0.0));
}

TEST_CASE("sets of keys agree with sets of bits") {
    constexpr std::uint64_t domain = 24;
    random_generator random(11);
    auto const draw = [&random] {
        key_set made;
        for (std::uint64_t key = 0; key < domain; ++key)
            if (random_bernoulli(random, 0.3)) made.toggles.push_back(key);
        return made;
    };
    for (int round = 0; round < 500; ++round) {
        key_set const a = draw();
        key_set const b = draw();
        key_set const both = key_sets::intersect(a, b);
        key_set const any = key_sets::unite(a, b);
        key_set const none = key_sets::complement(a);
        bool good = true;
        for (std::uint64_t key = 0; key <= domain; ++key) {
            good &= both.contains(key) == (a.contains(key) && b.contains(key));
            good &= any.contains(key) == (a.contains(key) || b.contains(key));
            good &= none.contains(key) == !a.contains(key);
        }
        REQUIRE(good);
        REQUIRE(std::is_sorted(any.toggles.begin(), any.toggles.end()));
        REQUIRE(key_sets::complement(none) == a);
    }
}

TEST_CASE("points of a set may touch and may be the largest key") {
    constexpr auto largest = ~std::uint64_t{0};
    std::uint64_t const keys[] = {0, 3, 4, 7, largest - 1, largest};
    key_set const made = key_sets::of_points(keys);
    CHECK(made.toggles == decltype(key_set::toggles){0, 1, 3, 5, 7, 8, largest - 1});
    CHECK(made.contains(largest));
    CHECK(key_sets::of_points({}) == key_set::none());
    CHECK(key_set::above(largest) == key_set::none());
}

TEST_CASE("texts of every length are found again, others are not") {
    text_codes codes;
    CHECK(codes.find("a") == 0);
    std::vector<std::string> texts;
    for (std::size_t size = 0; size < 40; ++size)
        for (char const c : {'a', '\0', '\xff'}) {
            std::string text(size, 'x');
            if (size > 0) text[size / 2] = c;
            if (std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(text);
        }
    for (std::size_t i = 0; i < texts.size(); ++i)
        CHECK(codes.intern(texts[i]) == i);
    for (std::size_t i = 0; i < texts.size(); ++i) {
        CHECK(codes.intern(texts[i]) == i);
        CHECK(codes.find(texts[i]) == i);
        CHECK(codes.find(texts[i] + "?") == codes.size());
    }
    CHECK(codes.size() == texts.size());
}

TEST_CASE("ordered texts rank every text among them") {
    random_generator random(404);
    for (int round = 0; round < 200; ++round) {
        auto const draw = [&random] {
            std::string text = random_below(random, 4) == 0 ? "" : "common beginning/";
            for (auto left = random_below(random, 12); left > 0; --left)
                text += "ab\xff\x01"[random_below(random, 4)];
            return text;
        };
        text_codes codes;
        std::vector<std::string> texts;
        for (auto left = random_below(random, 20); left > 0; --left) {
            texts.push_back(draw());
            (void)codes.intern(texts.back());
        }
        std::sort(texts.begin(), texts.end());
        texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
        codes.put_in_order();
        if (round % 2 == 0) codes.settle();
        for (std::size_t i = 0; i < texts.size(); ++i)
            REQUIRE(codes.find(texts[i]) == 2 * i + 1);
        for (int i = 0; i < 50 && !texts.empty(); ++i) {
            std::string const other = draw();
            auto const below = std::lower_bound(texts.begin(), texts.end(), other) - texts.begin();
            bool const known = std::binary_search(texts.begin(), texts.end(), other);
            REQUIRE(codes.find(other) == static_cast<std::uint32_t>(2 * below + (known ? 1 : 0)));
        }
    }
}
