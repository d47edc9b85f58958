// SPDX-License-Identifier: Apache-2.0
// One row: the code over single values.
#include "rule/code.hpp"
#include "rule/collection_walker.hpp"
#include "rule/operation_traits.hpp"
#include "rule/scalar_text.hpp"
#include "rule/scratch.hpp"

#include <algorithm>
#include <cstddef>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

template <class Op, std::size_t... I>
inline void apply(operation_context const& context, slot const* const* arguments, slot& out,
                  std::index_sequence<I...>) {
    using t = traits<Op>;
    if (((arguments[I]->state != status::ok) || ...)) {
        status state = status::ok;
        ((state = combine(state, arguments[I]->state)), ...);
        out.state = state;
        return;
    }
    typename t::result made{};
    bool const answered = call_operation<Op>(context, made, get<typename t::template argument<I>>(*arguments[I])...);
    put(out, made);
    out.state = answered ? status::ok : status::error;
}

// `out` may be one of the arguments: it is written last.
inline void run_over(opcode code, operation_context const& context, slot const* const* arguments, slot& out) {
    switch (code) {
#define SEGMENTA_RULE_CASE(name)                                                                                       \
    case opcode::name:                                                                                                 \
        return apply<op::name>(context, arguments, out, std::make_index_sequence<traits<op::name>::count>());
        SEGMENTA_RULE_NUMERIC_OPERATIONS(SEGMENTA_RULE_CASE)
        SEGMENTA_RULE_CAREFUL_OPERATIONS(SEGMENTA_RULE_CASE)
#undef SEGMENTA_RULE_CASE
    }
}

} // namespace

slot run_operation(opcode code, operation_context const& context, std::array<slot, 4> const& arguments) {
    slot const* const pointers[4] = {&arguments[0], &arguments[1], &arguments[2], &arguments[3]};
    slot out;
    run_over(code, context, pointers, out);
    return out;
}

bool can_fail(opcode code) noexcept {
    switch (code) {
#define SEGMENTA_RULE_CASE(name)                                                                                       \
    case opcode::name: return traits<op::name>::can_fail;
        SEGMENTA_RULE_NUMERIC_OPERATIONS(SEGMENTA_RULE_CASE)
        SEGMENTA_RULE_CAREFUL_OPERATIONS(SEGMENTA_RULE_CASE)
#undef SEGMENTA_RULE_CASE
    }
    return true;
}

namespace {

bool fits(type have, used_variable const& used) noexcept {
    if (have == used.what) return true;
    return have.is_text() && used.what.is_text();
}

// Presence and the three values of && || follow docs/rules.md.
bool known_true(slot const& v) noexcept { return v.state == status::ok && v.integer != 0; }
bool known_false(slot const& v) noexcept { return v.state == status::ok && v.integer == 0; }

slot conjunction(slot const& a, slot const& b) noexcept {
    if (known_false(a) || known_false(b)) return boolean_slot(false);
    status const state = combine(a.state, b.state);
    return state == status::ok ? boolean_slot(true) : slot(state);
}

slot disjunction(slot const& a, slot const& b) noexcept {
    if (known_true(a) || known_true(b)) return boolean_slot(true);
    status const state = combine(a.state, b.state);
    return state == status::ok ? boolean_slot(false) : slot(state);
}

class row_machine final : private slot_source {
public:
    row_machine(program_data const& data, row_source const& row, rule_scratch::state& scratch) noexcept
        : data_(data), row_(row), scratch_(scratch) {}

    rule_result run() {
        std::size_t const end = data_.code.size();
        for (std::size_t at = 0; at < end;)
            at = step(at);
        return answer(load(data_.answer));
    }

private:
    [[nodiscard]] slot* registers() noexcept { return reinterpret_cast<slot*>(registers_); }

    slot read(std::uint32_t index, text_set& room) override {
        slot out;
        load_variable(index, out);
        if (out.state == status::ok && data_.variables[index].where == lane::set) {
            room = set_;
            out.set = &room;
        }
        return out;
    }

    void load_variable(std::uint32_t index, slot& out) {
        used_variable const& used = data_.variables[index];
        value const v = row_[used.number];
        if (v.missing()) {
            scratch_.note_missing(used.number);
            out.state = status::unknown;
            return;
        }
        if (!fits(v.what(), used)) {
            out.state = status::error;
            return;
        }
        out.state = status::ok;
        switch (used.where) {
        case lane::boolean: out.integer = v.as_bool() ? 1 : 0; break;
        case lane::real: out.real = v.as_double(); break;
        case lane::text: out.text = v.as_string(); break;
        case lane::set:
            set_ = v.as_set();
            out.set = &set_;
            break;
        default: out.integer = v.as_int(); break;
        }
    }

    // Where the value is; a variable is read into `room`.
    slot const* find(operand from, slot& room) {
        if (from.is_register()) return registers() + from.number();
        if (from.is_constant()) return data_.tables.constants.data() + from.number();
        load_variable(from.number(), room);
        return &room;
    }
    slot load(operand from) {
        slot room;
        return *find(from, room);
    }

    slot presence(std::uint32_t index) {
        slot v;
        load_variable(index, v);
        return v.state == status::error ? v : boolean_slot(v.state == status::ok);
    }

    void write(std::uint32_t to, slot const& v) noexcept { registers()[to] = v; }

    // Runs instruction `at` and returns the number of the next.
    std::size_t step(std::size_t at) {
        instruction const& here = data_.code[at];
        std::size_t const next = at + 1;
        switch (here.kind) {
        case instruction_kind::operation: {
            slot const* arguments[4];
            slot* const rooms = registers() + data_.registers; // past those the code uses
            for (std::size_t i = 0; i < here.count; ++i)
                arguments[i] = find(here.arguments[i], rooms[i]);
            run_over(here.code, {&data_.tables, &scratch_.arena, here.immediate}, arguments, registers()[here.to]);
            return next;
        }
        case instruction_kind::presence: write(here.to, presence(here.arguments[0].number())); return next;
        case instruction_kind::jump_if_false:
        case instruction_kind::jump_if_true: {
            slot const v = load(here.arguments[0]);
            write(here.to, v); // also when it does not decide: the join reads it from here, a variable only once
            bool const decided = here.kind == instruction_kind::jump_if_false ? known_false(v) : known_true(v);
            return decided ? here.target : next;
        }
        case instruction_kind::conjunction:
            write(here.to, conjunction(load(here.arguments[0]), load(here.arguments[1])));
            return next;
        case instruction_kind::disjunction:
            write(here.to, disjunction(load(here.arguments[0]), load(here.arguments[1])));
            return next;
        case instruction_kind::choose: {
            slot const v = load(here.arguments[0]);
            write(here.to, v); // as above
            return known_true(v) ? next : here.target;
        }
        case instruction_kind::end_then: return here.target;
        case instruction_kind::skip_else: return known_false(load(here.arguments[0])) ? next : here.target;
        case instruction_kind::select: {
            slot const condition = load(here.arguments[0]);
            slot out = condition;
            if (known_true(condition)) out = load(here.arguments[1]);
            if (known_false(condition)) out = load(here.arguments[2]);
            write(here.to, out);
            return next;
        }
        case instruction_kind::jump_if_decided: {
            slot const v = load(here.arguments[0]);
            write(here.to, v);
            return v.state == status::unknown ? next : here.target;
        }
        case instruction_kind::coalesce: {
            slot const v = load(here.arguments[0]);
            write(here.to, v.state == status::unknown ? load(here.arguments[1]) : v);
            return next;
        }
        case instruction_kind::walk: {
            auto const part = static_cast<typed_id>(here.immediate);
            write(here.to, walk_collections(data_, part, *this, scratch_.collections, scratch_.arena));
            return next;
        }
        case instruction_kind::dictionary: return next;
        }
        return next;
    }

    [[nodiscard]] rule_result answer(slot const& made) const noexcept {
        if (made.state != status::ok) return {value{}, made.state};
        switch (data_.answer_type.base) {
        case kind::boolean: return {value::of_bool(made.integer != 0), status::ok};
        case kind::int64: return {value::of_int(made.integer), status::ok};
        case kind::float64:
            if (made.real != made.real) return {value{}, status::error}; // columns hold no NaN
            return {value::of_double(made.real), status::ok};
        case kind::decimal: return {value::of_decimal(data_.answer_type, made.integer), status::ok};
        case kind::date: return {value::of_date(civil_date{static_cast<std::int32_t>(made.integer)}), status::ok};
        case kind::instant: return {value::of_instant(instant{made.integer}), status::ok};
        case kind::duration: return {value::of_duration_us(made.integer), status::ok};
        case kind::string:
        case kind::category: return {value::of_string(made.text), status::ok};
        case kind::category_set: return {value::of_set(*made.set), status::ok};
        }
        return {value{}, status::error};
    }

    program_data const& data_;
    row_source const& row_;
    rule_scratch::state& scratch_;
    text_set set_; // an operation reads at most one
    // Every register is written before it is read, so nothing is set up here; slots are implicit-lifetime objects.
    alignas(slot) std::byte registers_[sizeof(slot) * (most_registers + 4)];
};

} // namespace
} // namespace detail

void rule_scratch::state::note_missing(std::uint32_t variable) {
    std::size_t const word = variable / 64;
    if (word >= missing_bits.size()) missing_bits.resize(word + 1, 0);
    std::uint64_t const bit = std::uint64_t{1} << (variable % 64);
    if ((missing_bits[word] & bit) != 0) return;
    missing.push_back(variable);
    missing_bits[word] |= bit;
}

void rule_scratch::state::forget_missing() noexcept {
    for (auto const variable : missing)
        missing_bits[variable / 64] = 0;
    missing.clear();
}

namespace detail {
namespace {

// Copied whole: making one takes a dozen small stores.
constexpr rule_result known_answers[] = {{value::of_bool(false), status::ok}, {value::of_bool(true), status::ok}};

// From a step of the jumps, and by the code of the rule where these do not know.
[[gnu::noinline]] rule_result evaluate_from(quick_step const* step, program_data const& data, row_source const& row,
                                            rule_scratch::state& scratch) noexcept {
    try {
        auto const quick = answer_from(step, data.quick, row, scratch);
        if (quick != quick_answer::not_known) {
            std::sort(scratch.missing.begin(), scratch.missing.end());
            if (quick == quick_answer::unknown) return {value{}, status::unknown};
            return known_answers[static_cast<std::size_t>(quick)];
        }
        scratch.forget_missing();
        scratch.arena.reset();
        rule_result const made = row_machine(data, row, scratch).run();
        std::sort(scratch.missing.begin(), scratch.missing.end());
        return made;
    } catch (...) { // out of memory
        return {value{}, status::error};
    }
}

} // namespace
} // namespace detail

rule_result program::evaluate(row_source const& row, rule_scratch& scratch) const noexcept {
    detail::program_data const& data = *data_;
    auto& inner = scratch.inner();
    if (!inner.missing.empty()) inner.forget_missing();
    detail::quick_step const* step = data.quick.steps.data();
    if (row.find(data.quick.variables - 1) != nullptr) {
        step = detail::run_quick_test(data.quick, row.find(0));
        if (step->answer <= detail::quick_answer::yes) // of an answer: a test has none
            return detail::known_answers[static_cast<std::size_t>(step->answer)];
    }
    return detail::evaluate_from(step, data, row, inner);
}

rule_scratch::rule_scratch() : state_(std::make_unique<state>()) {}
rule_scratch::rule_scratch(rule_scratch&&) noexcept = default;
rule_scratch& rule_scratch::operator=(rule_scratch&&) noexcept = default;
rule_scratch::~rule_scratch() = default;

std::span<std::uint32_t const> rule_scratch::missing() const noexcept { return state_->missing; }

std::size_t rule_scratch::memory_bytes() const noexcept {
    std::size_t total = sizeof(state) + state_->arena.memory_bytes() +
                        state_->missing.capacity() * sizeof(std::uint32_t) +
                        state_->missing_bits.capacity() * sizeof(std::uint64_t);
    for (auto const& r : state_->registers)
        total += sizeof r + r.data.capacity() + r.unknown.capacity() + r.error.capacity();
    for (auto const& input : state_->inputs)
        total += sizeof input + input.data.capacity() + input.unknown.capacity();
    total += state_->collections.memory_bytes();
    auto const& spare = state_->spare;
    total += spare.data.capacity() + spare.unknown.capacity() + spare.error.capacity();
    total += state_->dictionary.data.capacity() + state_->dictionary.unknown.capacity();
    return total + state_->fail.capacity() + state_->skip.capacity() + state_->answer.capacity() +
           state_->answer_known.capacity() + state_->answer_error.capacity();
}

} // namespace v0
} // namespace segmenta
