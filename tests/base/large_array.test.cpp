// SPDX-License-Identifier: Apache-2.0
#include "base/large_array.hpp"

#include "support/catch.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <numeric>

using segmenta::detail::large_array;

TEST_CASE("large_array: zeros of every size, which move with what is written") {
    for (std::size_t const size : {std::size_t{0}, std::size_t{1}, std::size_t{511}, std::size_t{1'000'003}}) {
        large_array<std::uint64_t> made(size);
        REQUIRE(made.size() == size);
        REQUIRE(made.all().size() == size);
        REQUIRE(std::all_of(made.all().begin(), made.all().end(), [](auto v) { return v == 0; }));
        std::iota(made.all().begin(), made.all().end(), std::uint64_t{7});
        auto const moved = std::move(made);
        REQUIRE(moved.size() == size);
        if (size > 0) {
            CHECK(moved.all().front() == 7);
            CHECK(moved.all().back() == size + 6);
        }
    }
}

TEST_CASE("large_array: what cannot be had is bad_alloc") {
    CHECK_THROWS_AS(large_array<double>(std::numeric_limits<std::size_t>::max() / 4), std::bad_alloc);
    CHECK_THROWS_AS(large_array<double>(std::numeric_limits<std::size_t>::max() / 32), std::bad_alloc);
}
