// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_QUICK_TEST_HPP
#define SEGMENTA_RULE_QUICK_TEST_HPP

// Most conditions compare a handful of variables with constants. Such a rule is kept as jumps between tests of single
// values as well: no registers, and the three values of the logic are where a jump leads to. It answers where every
// value it looks at is missing or of its type, and says that it does not know elsewhere; then the code of the rule
// answers.

#include <segmenta/rule/evaluation.hpp>

#include "base/short_text.hpp"
#include "record/value_head.hpp"
#include "rule/key.hpp"
#include "rule/operations.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

struct program_data;

enum class quick_answer : std::uint8_t { no, yes, unknown, not_known };

// Two to a line of the cache. The step after a test is the one that the answer `goes_on` leads to, so that the
// processor need not read a step to find the next.
struct alignas(32) quick_step {
    enum class form : std::uint8_t {
        integer,  // low <= it <= low + width, as unsigned numbers that wrap; goes on when it is
        real,     // the same of its key
        text_8,   // is the text of `length` bytes, of which each word has 8; these follow each other
        text_4,   // ... 4
        text_2,   // ... 2
        text_1,   // ... 1
        presence, // is there
        integers, // is in a list
        text,     // is `text`
        texts,    // is in a list
        go,       // no test: to `elsewhere`
        answer,   // no test: `answer`
    };
    struct range {
        std::uint64_t low;
        std::uint64_t width;
    };

    value_head head = value_head::of_nothing(); // of a value of the declared type; of no value where there is no test
    union {
        range numbers;
        short_text words;
        std::string_view text;
        text_lookup const* texts;
        integer_lookup const* integers;
    };
    std::uint16_t variable = 0;
    form what = form::integer;
    std::uint8_t length = 0;
    bool goes_on = true;
    std::uint8_t elsewhere = 0;  // where the other answer leads to
    std::uint8_t on_missing = 0; // where a missing value leads to
    quick_answer answer = quick_answer::not_known;

    quick_step() noexcept : numbers{0, 0} {}
};
static_assert(sizeof(quick_step) == 32);

struct quick_test {
    std::vector<quick_step> steps; // begins with the first; an answer alone where the rule is not of this kind
    std::size_t variables = 0;     // one more than the greatest it reads; 0 where the rule is not of this kind
};

// The steps look into the tables of the rule, which must stay where they are.
quick_test make_quick_test(program_data const& data);

template <class Word>
bool is_short_text(quick_step const& step, value const& v) noexcept {
    std::string_view const text = v.as_string();
    return text.size() == step.length && short_text::of<Word>(text.data(), step.length) == step.words;
}
inline bool is_in_range(quick_step const& step, std::uint64_t number) noexcept {
    return number - step.numbers.low <= step.numbers.width;
}

// Of a value whose head is the one of the step; false for the forms that take more than a few instructions.
[[gnu::always_inline]] inline bool goes_on(quick_step const& step, value const& v) noexcept {
    using form = quick_step::form;
    if (step.what == form::integer) [[likely]]
        return is_in_range(step, static_cast<std::uint64_t>(v.as_int()));
    switch (step.what) {
    case form::real: return is_in_range(step, key_of(v.as_double()));
    case form::text_8: return is_short_text<std::uint64_t>(step, v) == step.goes_on;
    case form::text_4: return is_short_text<std::uint32_t>(step, v) == step.goes_on;
    case form::text_2: return is_short_text<std::uint16_t>(step, v) == step.goes_on;
    case form::text_1: return is_short_text<std::uint8_t>(step, v) == step.goes_on;
    case form::presence: return step.goes_on;
    default: return false;
    }
}

// Follows the jumps over values side by side, `test.variables` or more, up to an answer, or to a step that takes more
// than a few instructions: there `answer_from` goes on.
[[gnu::always_inline]] inline quick_step const* run_quick_test(quick_test const& test, value const* values) noexcept {
    using form = quick_step::form;
    quick_step const* const steps = test.steps.data();
    quick_step const* step = steps;
    for (;;) {
        value const& v = values[step->variable];
        if (value_head::of(v) == step->head) [[likely]] {
            if (goes_on(*step, v)) [[likely]] { // a jump, and never a choice between two addresses
                ++step;
                continue;
            }
            if (step->what > form::presence) return step;
        } else if (step->what != form::go) {
            return step;
        }
        step = steps + step->elsewhere;
    }
}

// The same of any row, from any step to the answer. Variables that were looked at and missing are noted.
quick_answer answer_from(quick_step const* step, quick_test const& test, row_source const& row,
                         rule_scratch::state& scratch);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
