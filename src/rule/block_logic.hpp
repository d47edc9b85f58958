// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_BLOCK_LOGIC_HPP
#define SEGMENTA_RULE_BLOCK_LOGIC_HPP

// What is not strict: three-valued logic, choices, defaults; and the masks of strict operations.

#include "rule/block_kernels.hpp"

#include <span>

namespace segmenta {
inline namespace v0 {
namespace detail {

// The three answers of 64 rows of a condition; what is in none of the words is an error.
struct logic_word {
    std::uint64_t yes = 0;
    std::uint64_t no = 0;
    std::uint64_t unknown = 0;
};
logic_word read_logic(block_value const& from, std::size_t rows, std::size_t w) noexcept;

bool any_true(block_value const& condition, std::size_t rows) noexcept;
bool any_false(block_value const& condition, std::size_t rows) noexcept;
bool all_true(block_value const& condition, std::size_t rows) noexcept;
bool all_false(block_value const& condition, std::size_t rows) noexcept;

std::size_t lane_size(lane where) noexcept;

// Masks of a strict operation of `arguments`; `out.value` gets them. A failed argument makes all known rows errors.
void strict_masks(std::span<block_value const> arguments, std::size_t rows, block_register& out);
// Adds rows that failed.
void add_failures(std::uint64_t const* fail, std::size_t rows, block_register& out);

void join_conditions(bool all, block_value const& a, block_value const& b, std::size_t rows, block_register& out);
void select_rows(block_value const& condition, block_value const& then, block_value const& otherwise, lane where,
                 std::size_t rows, block_register& out);
void replace_unknown(block_value const& value, block_value const& otherwise, lane where, std::size_t rows,
                     block_register& out);
void present_rows(block_value const& value, std::size_t rows, block_register& out);
// out[i] = from[codes[i]]; rows of `unknown` are unknown.
void gather_rows(block_value const& from, std::size_t from_rows, std::span<std::uint32_t const> codes,
                 std::uint64_t const* unknown, lane where, block_register& out);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
