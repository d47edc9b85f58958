// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_CODE_HPP
#define SEGMENTA_RULE_CODE_HPP

// The code of a rule: a list of instructions over registers, variables and constants. The row evaluator runs it on one
// value per register, the block evaluator on one column per register. Jumps skip what cannot change the answer; the
// block evaluator takes one only where all its rows agree.

#include "rule/quick_test.hpp"
#include "rule/typed.hpp"

#include <segmenta/rule/environment.hpp>
#include <segmenta/rule/expression.hpp>
#include <segmenta/rule/program.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Where an argument comes from: two bits of kind, the rest a number.
class operand {
public:
    constexpr operand() = default;
    static constexpr operand reg(std::uint32_t number) noexcept { return operand(number << 2); }
    static constexpr operand variable(std::uint32_t number) noexcept { return operand(number << 2 | 1U); }
    static constexpr operand constant(std::uint32_t number) noexcept { return operand(number << 2 | 2U); }
    [[nodiscard]] constexpr bool is_register() const noexcept { return (bits_ & 3U) == 0; }
    [[nodiscard]] constexpr bool is_variable() const noexcept { return (bits_ & 3U) == 1; }
    [[nodiscard]] constexpr bool is_constant() const noexcept { return (bits_ & 3U) == 2; }
    // Register, or index into program_data::variables or rule_tables::constants.
    [[nodiscard]] constexpr std::uint32_t number() const noexcept { return bits_ >> 2; }

private:
    constexpr explicit operand(std::uint32_t bits) noexcept : bits_(bits) {}
    std::uint32_t bits_ = 0;
};

enum class instruction_kind : std::uint8_t {
    operation,       // to = code(arguments)
    presence,        // to = is variable `arguments[0]` present?
    jump_if_false,   // to = arguments[0]; when it is known and false: jump
    jump_if_true,    // to = arguments[0]; when it is known and true: jump
    conjunction,     // to = arguments[0] && arguments[1]
    disjunction,     // to = arguments[0] || arguments[1]
    choose,          // to = arguments[0], a condition; unless it is known and true: jump (to skip_else)
    end_then,        // jump (to the select); the block evaluator goes on instead, some rows may need the else part
    skip_else,       // arguments[0] is the condition; unless it is known and false: jump (to the select)
    select,          // to = arguments[0] ? arguments[1] : arguments[2]
    jump_if_decided, // to = arguments[0]; unless it is unknown: jump
    coalesce,        // to = arguments[0], or arguments[1] where that is unknown
    walk,            // to = part `immediate` of the tree, which computes with lists, maps or optionals
    dictionary,      // the instructions up to `target` read only text variable `arguments[0]` and make register `to`
};

struct instruction {
    instruction_kind kind = instruction_kind::operation;
    opcode code{};
    lane result = lane::boolean; // of register `to`
    std::uint8_t count = 0;      // of arguments
    std::uint32_t to = 0;
    std::uint32_t target = 0; // of jumps: number of an instruction
    std::array<operand, 4> arguments{};
    std::uint64_t immediate = 0;
};

// A variable the code reads.
struct used_variable {
    std::uint32_t number = 0; // in the environment
    std::string name;
    type what{};
    lane where = lane::integer;
};

inline constexpr std::uint32_t most_registers = 256;
inline constexpr std::size_t most_instructions = 200'000;

struct program_data {
    explicit program_data(expression text) : source(std::move(text)) {}

    expression source;
    typed_tree tree;
    rule_tables tables;
    std::vector<used_variable> variables; // by number
    std::vector<std::uint32_t> required;  // their numbers
    std::vector<instruction> code;
    operand answer;
    lane answer_lane = lane::boolean;
    type answer_type{};
    std::uint32_t registers = 0;
    quick_test quick; // for rows whose values are there
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
