// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/random.hpp>
#include <segmenta/base/string_pool.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <string>

using namespace segmenta;

TEST_CASE("a pool agrees with a map from strings to the order of their first appearance", "[string_pool]") {
    random_generator random(11);
    string_pool pool;
    std::map<std::string, std::uint32_t> oracle;
    for (int i = 0; i < 60'000; ++i) {
        // short alphabet and length: many repeats; all lengths across the chunk's end
        std::string text(random_below(random, 1 + static_cast<std::uint64_t>(i % 40)), ' ');
        for (char& c : text)
            c = static_cast<char>(random_below(random, 4)); // zero bytes too
        std::uint32_t const before = pool.find(text);
        auto const [known, added] = oracle.try_emplace(text, static_cast<std::uint32_t>(oracle.size()));
        REQUIRE(before == (added ? string_pool::none : known->second));
        REQUIRE(pool.intern(text) == known->second);
    }
    REQUIRE(pool.size() == oracle.size());
    for (auto const& [text, code] : oracle)
        REQUIRE(pool.view(code) == text);

    // std::map is sorted by bytes only for unsigned char, as string_view is
    auto const ranks = pool.ranks();
    std::uint32_t expected = 0;
    for (auto const& [text, code] : oracle)
        REQUIRE(ranks[code] == expected++);
}

TEST_CASE("views survive growth and moves; copies are independent", "[string_pool]") {
    string_pool pool;
    std::string_view const first = pool.view(pool.intern("first"));
    for (int i = 0; i < 100'000; ++i)
        pool.intern("string number " + std::to_string(i));
    CHECK(first == "first");
    CHECK(first.data() == pool.view(0).data());

    string_pool copy = pool;
    CHECK(copy.size() == pool.size());
    CHECK(copy.find("string number 99999") == pool.find("string number 99999"));
    CHECK(copy.view(0).data() != first.data());
    copy.intern("only here");
    CHECK_FALSE(pool.contains("only here"));

    string_pool const moved = std::move(pool);
    CHECK(moved.view(0).data() == first.data());
    string_pool& emptied = pool; // moved-from pools are empty and usable
    CHECK(emptied.empty());
    CHECK(emptied.find("first") == string_pool::none);
    CHECK(emptied.intern("again") == 0);
    string_pool& same = copy;
    copy = same;
    CHECK(copy.contains("only here"));
}

TEST_CASE("pools cope with empty and very long strings", "[string_pool]") {
    string_pool pool;
    CHECK(pool.find("") == string_pool::none);
    CHECK(pool.intern({}) == 0);
    CHECK(pool.intern("") == 0);
    CHECK(pool.view(0).empty());
    std::string const huge(5'000'000, 'h');
    CHECK(pool.intern(huge) == 1);
    CHECK(pool.intern("after") == 2);
    CHECK(pool.view(1) == huge);
    CHECK(pool.view(2) == "after");
}

TEST_CASE("a pool of a million ids stays compact", "[string_pool]") {
    string_pool pool;
    std::string id = "00000000-0000-4000-8000-000000000000";
    for (std::uint32_t i = 0; i < 1'000'000; ++i) {
        std::uint32_t rest = i * 2654435761U;
        for (std::size_t k = 0; k < 8; ++k, rest >>= 4)
            id[k] = "0123456789abcdef"[rest & 15U];
        pool.intern(id);
    }
    CHECK(pool.size() == 1'000'000);
    CHECK(pool.memory_bytes() < 40'000'000 + 54'000'000); // characters with their lengths; 41 bytes and unused capacity
}

TEST_CASE("string_pool: intern_all gives the codes of one call after the other") {
    segmenta::random_generator random(5);
    std::vector<std::string> owned;
    for (int i = 0; i < 20'000; ++i)
        owned.push_back(std::string(random() % 40, 'x') + std::to_string(random() % 3000)); // repeats, also inside one call
    std::vector<std::string_view> const texts(owned.begin(), owned.end());
    segmenta::string_pool single;
    segmenta::string_pool batched;
    std::vector<std::uint32_t> codes(texts.size());
    batched.intern_all(std::span(texts).first(7), std::span(codes).first(7));
    batched.intern_all(std::span(texts).subspan(7), std::span(codes).subspan(7));
    for (std::size_t i = 0; i < texts.size(); ++i) REQUIRE(codes[i] == single.intern(texts[i]));
    CHECK(batched.size() == single.size());
}
