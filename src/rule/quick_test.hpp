// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_QUICK_TEST_HPP
#define SEGMENTA_RULE_QUICK_TEST_HPP

// Most conditions compare a handful of variables with constants. Such a rule is kept as jumps between tests of single
// values as well: no registers and no joining of three values. It answers where every value it looks at is there and of its
// type, and says that it does not know elsewhere; then the code of the rule answers.

#include <segmenta/rule/evaluation.hpp>

#include "rule/operations.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

struct program_data;

struct quick_step {
    enum class form : std::uint8_t {
        range,    // low <= integer <= high
        real,     // the number stands in `how` to `limit`
        integers, // is in a list
        text,     // is `text`
        texts,    // is in a list
        presence, // is there
    };
    form what = form::range;
    relation how{};
    type declared{};
    std::uint32_t variable = 0;
    std::uint32_t on_true = 0; // the next step, or an answer
    std::uint32_t on_false = 0;
    std::int64_t low = 0;
    std::int64_t high = 0;
    double limit = 0;
    std::string_view text;
    text_lookup const* texts = nullptr;
    integer_lookup const* integers = nullptr;
};

struct quick_test {
    static constexpr std::uint32_t yes = 0xFFFF'FFFEU;
    static constexpr std::uint32_t no = 0xFFFF'FFFFU;
    static constexpr std::size_t most_steps = 64;

    std::vector<quick_step> steps; // empty: the rule is not of this kind
    std::uint32_t first = no;
};

enum class quick_answer : std::uint8_t { no, yes, not_known };

// The steps look into the tables of the rule, which must stay where they are.
quick_test make_quick_test(program_data const& data);

quick_answer run_quick_test(quick_test const& test, row_source const& row) noexcept;

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
