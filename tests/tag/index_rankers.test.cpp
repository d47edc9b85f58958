// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"
#include "tag/support.hpp"

#include <segmenta/base/random.hpp>

#include <array>
#include <string>
#include <vector>

using namespace segmenta;
using namespace segmenta::test;

// Four places were taken from the next multiple of four on, where a group begins anywhere behind the rankers before it.
TEST_CASE("rule_index: attributes ranked in all ways, any numbers of them, keep their places") {
    std::uint64_t const seed = 20'261'126;
    INFO("seed " << seed);
    random_generator random(seed);
    auto const below = [&random](std::uint64_t bound) { return random_below(random, bound); };
    // By way: texts of many and few intervals, integers near and far from each other and many, reals few and many.
    constexpr std::size_t ways = 8;
    constexpr int conditions[ways] = {300, 3, 4, 200, 20, 20, 12, 60};
    for (int round = 0; round < 60; ++round) {
        environment names;
        std::vector<std::string> texts;
        std::vector<std::size_t> way_of;
        for (std::size_t way = 0; way < ways; ++way)
            for (std::uint64_t i = 0, count = below(way == 0 ? 2 : 4); i < count; ++i) {
                std::string const name = "v" + std::to_string(way_of.size());
                bool const real = way >= 6;
                names.variable(name, way < 2 ? string_type : (real ? float64_type : int64_type));
                way_of.push_back(way);
                std::int64_t const step = way == 4 ? 1'000 : (way == 5 ? 1'000'000 : 1);
                for (int c = 0; c < conditions[way]; ++c) {
                    std::string const number = std::to_string((way == 3 ? 17 * c : c) * step) + (real ? ".5" : "");
                    texts.push_back(way < 2 ? name + " == 't" + std::to_string(c) + "'" : name + " > " + number);
                }
            }
        auto const rules = parsed(texts);
        std::vector<program> programs;
        for (auto const& text : texts)
            programs.push_back(compile_rule(text, names, boolean_type));
        string_pool pool;
        for (int i = 0; i < 320; ++i)
            pool.intern("t" + std::to_string(i));
        std::vector<rule_index> indexes;
        for (auto const level : {cpu_level::sse2, cpu_level::avx2, cpu_level::avx512})
            indexes.push_back(build_rule_index(rules, names, {std::size_t{64} << 20, level, &pool}));
        std::array<rule_index_scratch, 3> scratch;
        bitmap out;
        for (int r = 0; r < 10; ++r) {
            std::vector<value> row;
            for (std::size_t const way : way_of) {
                std::int64_t const step = way == 4 ? 1'000 : (way == 5 ? 1'000'000 : 1);
                auto const number = static_cast<std::int64_t>(below(210)) * step;
                auto const text = static_cast<std::uint32_t>(below(320));
                bool const real = way >= 6;
                row.push_back(way < 2 ? value::of_string(pool, text)
                                      : (real ? value::of_double(static_cast<double>(number)) : value::of_int(number)));
                if (below(6) == 0) row.back() = value{};
            }
            bitmap const expected = asked_one_by_one(programs, row, indexes[0]);
            for (std::size_t i = 0; i < indexes.size(); ++i) {
                REQUIRE(indexes[i].match(row, out, scratch[i]) == status::ok);
                REQUIRE(out == expected);
            }
        }
    }
}
