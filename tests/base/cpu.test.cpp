// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/cpu.hpp>

#include "support/catch.hpp"

using namespace segmenta;

TEST_CASE("CPU levels have names and a wish never exceeds the machine", "[cpu]") {
    for (auto const level : {cpu_level::sse2, cpu_level::avx2, cpu_level::avx512}) {
        CHECK(parse_cpu_level(to_string(level)) == level);
        CHECK(usable_cpu_level(level) <= detect_cpu_level());
        CHECK(usable_cpu_level(level) <= level);
    }
    CHECK_FALSE(parse_cpu_level("AVX2"));
    CHECK_FALSE(parse_cpu_level(""));
    CHECK(usable_cpu_level(std::nullopt) == detect_cpu_level());
}
