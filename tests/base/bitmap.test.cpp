// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/bitmap.hpp>
#include <segmenta/base/random.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <vector>

using namespace segmenta;

namespace {

std::vector<cpu_level> usable_levels() {
    std::vector<cpu_level> levels;
    for (auto const level : {cpu_level::sse2, cpu_level::avx2, cpu_level::avx512})
        if (level <= detect_cpu_level()) levels.push_back(level);
    return levels;
}

std::vector<bool> random_bits(random_generator& random, std::size_t size) {
    std::vector<bool> bits(size);
    for (std::size_t i = 0; i < size; ++i)
        bits[i] = random_bernoulli(random, 0.4);
    return bits;
}

bitmap make(std::vector<bool> const& bits) {
    bitmap result(bits.size());
    for (std::size_t i = 0; i < bits.size(); ++i)
        result.set(i, bits[i]);
    return result;
}

} // namespace

TEST_CASE("bitmap operations agree with vector<bool> at every size and level", "[bitmap]") {
    random_generator random(5);
    for (std::size_t const size : {0U, 1U, 63U, 64U, 65U, 127U, 128U, 511U, 513U, 4099U}) {
        auto const a = random_bits(random, size);
        auto const b = random_bits(random, size);
        for (auto const level : usable_levels()) {
            bitmap const x = make(a);
            bitmap const y = make(b);
            bitmap both = x, any = x, only = x;
            both.and_with(y, level);
            any.or_with(y, level);
            only.andnot_with(y, level);
            std::size_t count_both = 0;
            for (std::size_t i = 0; i < size; ++i) {
                REQUIRE(both.test(i) == (a[i] && b[i]));
                REQUIRE(any.test(i) == (a[i] || b[i]));
                REQUIRE(only.test(i) == (a[i] && !b[i]));
                count_both += a[i] && b[i] ? 1 : 0;
            }
            CHECK(both.count(level) == count_both);
            CHECK(count_and_words(x.words(), y.words(), level) == count_both);
            std::vector<std::size_t> rows;
            x.for_each([&](std::size_t row) { rows.push_back(row); });
            CHECK(rows.size() == x.count(level));
            CHECK(std::is_sorted(rows.begin(), rows.end()));
            CHECK(std::all_of(rows.begin(), rows.end(), [&](std::size_t row) { return a[row]; }));
        }
    }
}

TEST_CASE("bits past the end stay 0", "[bitmap]") {
    bitmap bits(70, true);
    CHECK(bits.count() == 70);
    bits.flip();
    CHECK(bits.none());
    bits.fill(true);
    CHECK(bits.words()[1] == 0x3FU);
    bits.resize(65, false);
    CHECK(bits.count() == 65);
    bits.resize(200, true);
    CHECK(bits.count() == 200);
    bits.resize(130, false);
    bits.resize(140, false);
    CHECK(bits.count() == 130);

    bitmap grown;
    for (std::size_t i = 0; i < 200; ++i)
        grown.push_back(i % 3 == 0);
    CHECK(grown.size() == 200);
    CHECK(grown.count() == 67);
    bitmap same(200);
    for (std::size_t i = 0; i < 200; i += 3)
        same.set(i);
    CHECK(grown == same);
    same.reset(0);
    CHECK_FALSE(grown == same);
    CHECK(same.view().size() == 200);
}
