// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_QUICK_TEST_HPP
#define SEGMENTA_RULE_QUICK_TEST_HPP

// Most conditions compare a handful of variables with constants. Such a rule is kept as jumps between tests of single
// values as well: no registers, and the three values of the logic are where a jump leads to. It answers where every value
// it looks at is missing or of its type, and says that it does not know elsewhere; then the code of the rule answers.

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

// Two to a line of the cache. The step after a test is the one that the answer `goes_on` leads to, so that the processor
// need not read a step to find the next.
struct alignas(32) quick_step {
    enum class form : std::uint8_t {
        integer,    // low <= it <= low + width
        real,       // the same of its key
        short_text, // is the text of `length` bytes
        presence,   // is there
        integers,   // is in a list
        text,       // is `text`
        texts,      // is in a list
        go,         // no test: to `elsewhere`
        answer,     // no test: `answer`
    };
    struct range {
        std::uint64_t low;
        std::uint64_t width;
    };

    value_head head = value_head::of(value{}); // of a value of the declared type
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
    quick_answer answer = quick_answer::no;

    quick_step() noexcept : numbers{0, 0} {}
};
static_assert(sizeof(quick_step) == 32);

struct quick_test {
    std::vector<quick_step> steps; // begins with the first; empty: the rule is not of this kind
    std::size_t variables = 0;     // one more than the greatest it reads
};

// The steps look into the tables of the rule, which must stay where they are.
quick_test make_quick_test(program_data const& data);

// Of a value whose head is the one of the step.
[[gnu::always_inline]] inline bool passes(quick_step const& step, value const& v) noexcept {
    using form = quick_step::form;
    if (step.what == form::integer)
        return static_cast<std::uint64_t>(v.as_int()) - step.numbers.low <= step.numbers.width;
    if (step.what == form::short_text) {
        std::string_view const text = v.as_string();
        return text.size() == step.length && short_text::of(text) == step.words;
    }
    switch (step.what) {
    case form::real: return key_of(v.as_double()) - step.numbers.low <= step.numbers.width;
    case form::integers: return step.integers->contains(v.as_int());
    case form::text: return v.as_string() == step.text;
    case form::texts: return step.texts->contains(v.as_string());
    default: return true; // presence
    }
}

// `at(variable)` is a value or a reference to one; `miss(variable)` is told which were looked at and missing.
template <class At, class Miss>
[[gnu::always_inline]] inline quick_answer run_quick_test(quick_test const& test, At const& at, Miss const& miss) {
    quick_step const* const steps = test.steps.data();
    quick_step const* step = steps;
    for (;;) {
        if (step->what >= quick_step::form::go) {
            if (step->what == quick_step::form::answer) return step->answer;
            step = steps + step->elsewhere;
            continue;
        }
        value const& v = at(step->variable);
        value_head const head = value_head::of(v);
        if (head != step->head) [[unlikely]] {
            if (head.is_present()) return quick_answer::not_known;
            miss(step->variable);
            step = steps + step->on_missing;
            continue;
        }
        if (passes(*step, v) == step->goes_on) [[likely]] // a jump, never a choice between two addresses
            ++step;
        else
            step = steps + step->elsewhere;
    }
}

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
