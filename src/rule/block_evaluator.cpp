// SPDX-License-Identifier: Apache-2.0
// A block of rows: the code over columns.
#include "rule/block_logic.hpp"
#include "rule/code.hpp"
#include "rule/collection_walker.hpp"
#include "rule/scratch.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::uint8_t boolean_constants[2] = {0, 1};
constexpr std::uint32_t no_variable = 0xFFFF'FFFFU;

bool fits(type have, used_variable const& used) noexcept {
    return have == used.what || (have.is_text() && used.what.is_text());
}

// Rows of a category column are worth computing per distinct text when those are few.
bool is_small(string_pool const& pool, std::size_t rows) noexcept { return pool.size() > 0 && pool.size() * 2 <= rows; }

class block_machine final : private slot_source {
public:
    block_machine(program_data const& data, block const& rows, rule_scratch::state& scratch)
        : data_(data), block_(rows), scratch_(scratch), rows_(rows.size) {
        if (scratch.registers.size() < data.registers) scratch.registers.resize(data.registers);
        if (scratch.inputs.size() < data.variables.size()) scratch.inputs.resize(data.variables.size());
        for (std::size_t i = 0; i < data.variables.size(); ++i)
            scratch.inputs[i].done = block_input::progress::untouched;
    }

    block_result run() {
        run_range(0, data_.code.size());
        if (data_.answer.is_variable()) return bare_variable(data_.answer.number());
        return answer(value_of(data_.answer));
    }

private:
    // --- inputs ---
    // Which rows are missing; enough for presence.
    block_input& load_masks(std::uint32_t index) {
        block_input& input = scratch_.inputs[index];
        if (input.done != block_input::progress::untouched) return input;
        input.done = block_input::progress::masks;
        input.value = block_value{};
        used_variable const& used = data_.variables[index];
        bool const there = used.number < block_.columns.size() && block_.columns[used.number].size >= rows_ &&
                           fits(block_.columns[used.number].what, used);
        if (!there) {
            input.value.failed = input.value.constant = true;
            return input;
        }
        input.column = block_.columns[used.number];
        bool const real = used.where == lane::real && has_nan(input.column);
        if (input.column.valid == nullptr && !real) return input;
        std::size_t const words = (rows_ + 63) / 64;
        std::uint64_t* const unknown = input.unknown.room_for<std::uint64_t>(words);
        std::uint64_t any = 0;
        for (std::size_t w = 0; w < words; ++w) {
            unknown[w] = input.column.valid == nullptr ? 0 : ~input.column.valid[w] & word_rows(rows_, w);
            if (real) unknown[w] |= nan_rows(input.column, w);
            any |= unknown[w];
        }
        input.value.unknown = any != 0 ? unknown : nullptr;
        return input;
    }

    [[nodiscard]] bool has_nan(column_view const& column) const noexcept {
        double const* const v = static_cast<double const*>(column.data);
        bool found = false;
        for (std::size_t i = 0; i < rows_; ++i)
            found |= v[i] != v[i];
        return found;
    }
    [[nodiscard]] std::uint64_t nan_rows(column_view const& column, std::size_t w) const noexcept {
        double const* const v = static_cast<double const*>(column.data);
        std::uint64_t found = 0;
        for (std::size_t i = w * 64; i < std::min(rows_, w * 64 + 64); ++i)
            found |= static_cast<std::uint64_t>(v[i] != v[i]) << (i % 64);
        return found;
    }

    block_value load(std::uint32_t index) {
        if (index == dictionary_of_) return scratch_.dictionary.value;
        block_input& input = load_masks(index);
        if (input.done == block_input::progress::complete || input.value.failed) return input.value;
        input.done = block_input::progress::complete;
        switch (input.column.what.base) {
        case kind::date: widen_dates(input); break;
        case kind::category: read_texts(input); break;
        case kind::category_set: input.value.data = &input.column; break;
        default: input.value.data = input.column.data; break;
        }
        return input.value;
    }

    void widen_dates(block_input& input) const {
        auto const* const __restrict from = static_cast<std::int32_t const*>(input.column.data);
        auto* const __restrict to = input.data.room_for<std::int64_t>(rows_);
        for (std::size_t i = 0; i < rows_; ++i)
            to[i] = from[i];
        input.value.data = to;
    }
    void read_texts(block_input& input) const {
        auto const codes = input.column.as<std::uint32_t>();
        string_pool const& pool = *input.column.pool;
        auto* const to = input.data.room_for<std::string_view>(rows_);
        for (std::size_t i = 0; i < rows_; ++i)
            to[i] = codes[i] < pool.size() ? pool.view(codes[i]) : std::string_view{};
        input.value.data = to;
    }

    block_value value_of(operand from) {
        if (from.is_register()) return scratch_.registers[from.number()].value;
        if (from.is_variable()) return load(from.number());
        slot const& v = data_.tables.constants[from.number()];
        block_value out;
        out.constant = true;
        out.failed = v.state != status::ok;
        out.data = &v.integer; // every lane begins where the slot does
        return out;
    }
    // Booleans are bytes.
    block_value argument_of(operand from, lane where) {
        block_value out = value_of(from);
        if (where == lane::boolean && from.is_constant() && !out.failed) {
            out.data = &boolean_constants[data_.tables.constants[from.number()].integer != 0 ? 1 : 0];
        }
        return out;
    }

    // --- instructions ---
    void run_range(std::size_t begin, std::size_t end) {
        for (std::size_t at = begin; at < end;)
            at = step(at);
    }

    // The finished spare becomes register `to`.
    void commit(std::uint32_t to) noexcept { std::swap(scratch_.registers[to], scratch_.spare); }

    void run_operation_over(instruction const& here) {
        block_call call;
        call.context = {&data_.tables, &scratch_.arena, here.immediate};
        call.rows = rows_;
        bool failed = false;
        bool constant[2] = {false, false};
        for (std::size_t i = 0; i < here.count; ++i) {
            bool const boolean = here.arguments[i].is_constant() && takes_booleans(here.code);
            call.arguments[i] = argument_of(here.arguments[i], boolean ? lane::boolean : lane::integer);
            failed |= call.arguments[i].failed;
            if (i < 2) constant[i] = call.arguments[i].constant;
        }
        block_register& out = scratch_.spare;
        strict_masks({call.arguments.data(), here.count}, rows_, out);
        call.out = out.data.room(rows_ * lane_size(here.result));
        out.value.data = call.out;
        if (failed) {
            std::memset(call.out, 0, rows_ * lane_size(here.result));
            return commit(here.to);
        }
        call.fail = scratch_.fail.room_for<std::uint64_t>((rows_ + 63) / 64);
        bool const careful = is_careful(here.code);
        if (careful) call.skip = skipped_rows(out.value);
        block_kernel const kernel =
            careful ? careful_kernel(here.code) : numeric_kernel(here.code, constant[0], constant[1]);
        if (kernel(call)) add_failures(call.fail, rows_, out);
        commit(here.to);
    }
    [[nodiscard]] static bool takes_booleans(opcode code) noexcept {
        return (code >= opcode::equal_boolean && code <= opcode::greater_equal_boolean) ||
               code == opcode::logical_not || code == opcode::strict_or || code == opcode::boolean_to_text;
    }
    std::uint64_t const* skipped_rows(block_value const& masks) {
        if (masks.unknown == nullptr) return masks.error;
        if (masks.error == nullptr) return masks.unknown;
        std::size_t const words = (rows_ + 63) / 64;
        std::uint64_t* const both = scratch_.skip.room_for<std::uint64_t>(words);
        for (std::size_t w = 0; w < words; ++w)
            both[w] = masks.unknown[w] | masks.error[w];
        return both;
    }

    // Register `to` becomes another name of a value that stays where it is.
    void alias(std::uint32_t to, operand from, block_value const& value) noexcept {
        if (!from.is_register()) scratch_.registers[to].value = value; // a register comes as `to` itself
    }

    std::size_t step(std::size_t at) {
        instruction const& here = data_.code[at];
        std::size_t const next = at + 1;
        switch (here.kind) {
        case instruction_kind::operation: run_operation_over(here); return next;
        case instruction_kind::presence:
            present_rows(load_masks(here.arguments[0].number()).value, rows_, scratch_.spare);
            commit(here.to);
            return next;
        case instruction_kind::jump_if_false:
        case instruction_kind::jump_if_true:
        case instruction_kind::choose: {
            block_value const condition = argument_of(here.arguments[0], lane::boolean);
            alias(here.to, here.arguments[0], condition);
            bool jump = false;
            if (here.kind == instruction_kind::jump_if_false) jump = all_false(condition, rows_);
            if (here.kind == instruction_kind::jump_if_true) jump = all_true(condition, rows_);
            if (here.kind == instruction_kind::choose) jump = !any_true(condition, rows_);
            return jump ? here.target : next;
        }
        case instruction_kind::conjunction:
        case instruction_kind::disjunction:
            join_conditions(here.kind == instruction_kind::conjunction, argument_of(here.arguments[0], lane::boolean),
                            argument_of(here.arguments[1], lane::boolean), rows_, scratch_.spare);
            commit(here.to);
            return next;
        case instruction_kind::end_then: return next;
        case instruction_kind::skip_else:
            return any_false(argument_of(here.arguments[0], lane::boolean), rows_) ? next : here.target;
        case instruction_kind::select:
            select_rows(argument_of(here.arguments[0], lane::boolean), argument_of(here.arguments[1], here.result),
                        argument_of(here.arguments[2], here.result), here.result, rows_, scratch_.spare);
            commit(here.to);
            return next;
        case instruction_kind::jump_if_decided: {
            block_value const value = argument_of(here.arguments[0], here.result);
            alias(here.to, here.arguments[0], value);
            return value.unknown == nullptr ? here.target : next;
        }
        case instruction_kind::coalesce:
            replace_unknown(argument_of(here.arguments[0], here.result), argument_of(here.arguments[1], here.result),
                            here.result, rows_, scratch_.spare);
            commit(here.to);
            return next;
        case instruction_kind::walk: run_walk(here); return next;
        case instruction_kind::dictionary: return run_dictionary(here, at) ? here.target : next;
        }
        return next;
    }

    // --- parts that compute with collections, row by row ---
    slot read(std::uint32_t index, text_set& room) override {
        block_value const v = load(index);
        if (v.failed) return slot(status::error);
        if (v.unknown != nullptr && ((v.unknown[row_ / 64] >> (row_ % 64)) & 1U) != 0) return slot(status::unknown);
        slot out(status::ok);
        switch (data_.variables[index].where) {
        case lane::boolean: out.integer = static_cast<std::uint8_t const*>(v.data)[row_] != 0 ? 1 : 0; break;
        case lane::real: out.real = static_cast<double const*>(v.data)[row_]; break;
        case lane::text: out.text = static_cast<std::string_view const*>(v.data)[row_]; break;
        case lane::set: {
            auto const& column = *static_cast<column_view const*>(v.data);
            room = text_set(column.codes(row_), *column.pool);
            out.set = &room;
            break;
        }
        default: out.integer = static_cast<std::int64_t const*>(v.data)[row_]; break;
        }
        return out;
    }

    static void store(void* to, lane where, std::size_t row, slot const& v) noexcept {
        bool const known = v.state == status::ok;
        switch (where) {
        case lane::boolean: static_cast<std::uint8_t*>(to)[row] = known && v.integer != 0 ? 1 : 0; break;
        case lane::real: static_cast<double*>(to)[row] = known ? v.real : 0; break;
        case lane::text: static_cast<std::string_view*>(to)[row] = known ? v.text : std::string_view{}; break;
        default: static_cast<std::int64_t*>(to)[row] = known ? v.integer : 0; break;
        }
    }

    void run_walk(instruction const& here) {
        std::size_t const words = (rows_ + 63) / 64;
        block_register& out = scratch_.spare;
        out.value = block_value{};
        void* const data = out.data.room(rows_ * lane_size(here.result));
        std::uint64_t* const unknown = out.unknown.room_for<std::uint64_t>(words);
        std::uint64_t* const error = out.error.room_for<std::uint64_t>(words);
        std::fill(unknown, unknown + words, 0);
        std::fill(error, error + words, 0);
        for (row_ = 0; row_ < rows_; ++row_) {
            auto const part = static_cast<typed_id>(here.immediate);
            slot const made = walk_collections(data_, part, *this, scratch_.collections, scratch_.arena);
            store(data, here.result, row_, made);
            std::uint64_t const bit = std::uint64_t{1} << (row_ % 64);
            if (made.state == status::ok) continue;
            std::uint64_t* const mask = made.state == status::unknown ? unknown : error;
            mask[row_ / 64] |= bit;
            (made.state == status::unknown ? out.value.unknown : out.value.error) = mask; // else they stay null
        }
        out.value.data = data;
        commit(here.to);
    }

    // Computes the part once per distinct text; false when it must be computed per row.
    bool run_dictionary(instruction const& here, std::size_t at) {
        std::uint32_t const index = here.arguments[0].number();
        block_input const& input = load_masks(index);
        if (input.value.failed || input.column.what.base != kind::category) return false;
        string_pool const& pool = *input.column.pool;
        if (!is_small(pool, rows_)) return false;
        auto* const texts = scratch_.dictionary.data.room_for<std::string_view>(pool.size());
        for (std::size_t code = 0; code < pool.size(); ++code)
            texts[code] = pool.view(static_cast<std::uint32_t>(code));
        scratch_.dictionary.value = block_value{};
        scratch_.dictionary.value.data = texts;

        std::size_t const all_rows = std::exchange(rows_, pool.size());
        dictionary_of_ = index;
        run_range(at + 1, here.target);
        dictionary_of_ = no_variable;
        rows_ = all_rows;

        auto const codes = input.column.as<std::uint32_t>().first(rows_);
        gather_rows(scratch_.registers[here.to].value, pool.size(), codes, input.value.unknown, here.result,
                    scratch_.spare);
        commit(here.to);
        return true;
    }

    // --- the answer ---
    block_result bare_variable(std::uint32_t index) {
        block_input const& input = load_masks(index);
        if (input.value.failed) return answer(input.value);
        block_result out;
        out.values = input.column;
        out.values.size = rows_;
        if (data_.answer_type.base == kind::decimal)
            out.values.what = data_.answer_type; // int as decimal, plain as money
        if (input.value.unknown == nullptr) out.values.valid = nullptr;
        else if (input.column.what.base == kind::float64) out.values.valid = known_rows(input.value);
        return out;
    }

    std::uint64_t const* known_rows(block_value const& v) {
        std::size_t const words = (rows_ + 63) / 64;
        std::uint64_t* const known = scratch_.answer_known.room_for<std::uint64_t>(words);
        for (std::size_t w = 0; w < words; ++w) {
            std::uint64_t const unknown = v.unknown != nullptr ? v.unknown[w] : 0;
            std::uint64_t const error = v.error != nullptr ? v.error[w] : 0;
            known[w] = word_rows(rows_, w) & ~unknown & ~error;
        }
        return known;
    }

    // NaN is no answer: columns hold none.
    void refuse_nan(block_value& v) {
        column_view as_column;
        as_column.data = v.data;
        if (data_.answer_lane != lane::real || v.constant || !has_nan(as_column)) return;
        std::size_t const words = (rows_ + 63) / 64;
        std::uint64_t* const error = scratch_.answer_error.room_for<std::uint64_t>(words);
        for (std::size_t w = 0; w < words; ++w) {
            std::uint64_t const unknown = v.unknown != nullptr ? v.unknown[w] : 0;
            std::uint64_t const before = v.error != nullptr ? v.error[w] : 0;
            error[w] = before | (nan_rows(as_column, w) & ~unknown);
        }
        v.error = error;
    }

    // Whole column of one value, or of zeros when that fails.
    void fill_constant(block_value& v, std::size_t size) {
        std::byte* const to = scratch_.answer.room(rows_ * size);
        if (v.failed) {
            std::memset(to, 0, rows_ * size);
            std::uint64_t* const error = scratch_.answer_error.room_for<std::uint64_t>((rows_ + 63) / 64);
            for (std::size_t w = 0; w * 64 < rows_; ++w)
                error[w] = word_rows(rows_, w);
            v.error = error;
        } else {
            for (std::size_t i = 0; i < rows_; ++i)
                std::memcpy(to + i * size, v.data, size);
        }
        v.data = to;
    }

    block_result answer(block_value v) {
        std::size_t const size = lane_size(data_.answer_lane);
        if (v.constant) {
            bool const boolean = data_.answer_lane == lane::boolean;
            if (boolean && !v.failed) v = argument_of(data_.answer, lane::boolean);
            bool const nan = data_.answer_lane == lane::real && !v.failed && is_nan_constant(v);
            v.failed |= nan;
            fill_constant(v, size);
        } else {
            refuse_nan(v);
        }
        block_result out;
        out.values.what = data_.answer_type;
        out.values.size = rows_;
        out.error = v.error;
        bool const masked = v.unknown != nullptr || v.error != nullptr;
        if (masked) {
            out.values.valid = known_rows(v);
            v.data = cleared(v.data, out.values.valid, size);
        }
        if (data_.answer_type.base == kind::date) v.data = narrowed(v.data);
        out.values.data = v.data;
        if (data_.answer_type.is_text()) out.values.what = string_type;
        return out;
    }
    [[nodiscard]] static bool is_nan_constant(block_value const& v) noexcept {
        double const d = *static_cast<double const*>(v.data);
        return d != d;
    }

    // A copy with zeros where nothing is known.
    void const* cleared(void const* data, std::uint64_t const* known, std::size_t size) {
        std::byte* const to = scratch_.answer.room(rows_ * size);
        if (data != to) std::memcpy(to, data, rows_ * size);
        for (std::size_t w = 0; w * 64 < rows_; ++w) {
            std::uint64_t lost = word_rows(rows_, w) & ~known[w];
            for (; lost != 0; lost &= lost - 1)
                std::memset(to + (w * 64 + static_cast<std::size_t>(std::countr_zero(lost))) * size, 0, size);
        }
        return to;
    }

    void const* narrowed(void const* data) {
        auto const* const from = static_cast<std::int64_t const*>(data);
        auto* const to = scratch_.skip.room_for<std::int32_t>(rows_); // free by now
        for (std::size_t i = 0; i < rows_; ++i)
            to[i] = static_cast<std::int32_t>(from[i]);
        return to;
    }

    program_data const& data_;
    block const& block_;
    rule_scratch::state& scratch_;
    std::size_t rows_;
    std::size_t row_ = 0; // of a walk
    std::uint32_t dictionary_of_ = no_variable;
};

} // namespace
} // namespace detail

block_result program::evaluate(block const& rows, rule_scratch& scratch) const {
    auto& inner = scratch.inner();
    inner.arena.reset();
    inner.forget_missing();
    if (rows.size == 0) {
        block_result empty;
        empty.values.what = data_->answer_type;
        return empty;
    }
    return detail::block_machine(*data_, rows, inner).run();
}

} // namespace v0
} // namespace segmenta
