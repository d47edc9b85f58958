// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/large_allocator.hpp>

#include "support/catch.hpp"

#include <cstdint>
#include <numeric>
#include <vector>

using segmenta::detail::huge_page;
using segmenta::detail::large_allocator;

TEST_CASE("large_allocator: arrays of every size hold what is written, also while they grow and move") {
    using numbers = std::vector<std::uint64_t, large_allocator<std::uint64_t>>;
    std::vector<numbers> kept;
    // around the size from which pages are asked for, and sizes that end inside a page
    for (std::size_t const size : {std::size_t{0}, std::size_t{1}, huge_page / 8 - 1, huge_page / 8, huge_page / 8 + 1,
                                   huge_page / 4 + 511, std::size_t{1'000'003}}) {
        numbers n(size);
        CHECK(std::accumulate(n.begin(), n.end(), std::uint64_t{0}) == 0);
        std::iota(n.begin(), n.end(), std::uint64_t{7});
        n.push_back(1);
        kept.push_back(n);
        kept.push_back(std::move(n));
    }
    for (auto const& n : kept) {
        for (std::size_t i = 0; i + 1 < n.size(); ++i)
            REQUIRE(n[i] == i + 7);
        CHECK(n.back() == 1);
    }
}

TEST_CASE("large_allocator: large arrays begin on a huge page and are zero") {
    void* const memory = segmenta::detail::allocate_large(3 * huge_page + 5);
    auto* const bytes = static_cast<unsigned char*>(memory);
#if defined(__linux__)
    CHECK(reinterpret_cast<std::uintptr_t>(memory) % huge_page == 0);
#endif
    unsigned seen = 0;
    for (std::size_t i = 0; i < 3 * huge_page + 5; ++i)
        seen |= bytes[i];
    CHECK(seen == 0);
    bytes[3 * huge_page + 4] = 1;
    segmenta::detail::free_large(memory, 3 * huge_page + 5);
}

TEST_CASE("large_allocator: what cannot be had is bad_alloc") {
    CHECK_THROWS_AS(large_allocator<std::uint64_t>().allocate(SIZE_MAX / 4), std::bad_alloc);
    CHECK_THROWS_AS(segmenta::detail::allocate_large(SIZE_MAX / 4), std::bad_alloc);
}
