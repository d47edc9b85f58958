// SPDX-License-Identifier: Apache-2.0
#include "rule/block_kernels.hpp"
#include "rule/scalar_numeric.hpp"

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

template <class Op>
block_kernel choose_form(bool first_is_constant, bool second_is_constant) noexcept {
    // Constants alone are folded before; a failing constant never comes here.
    if constexpr (traits<Op>::count == 2) {
        if (first_is_constant) return &numeric_kernel_of<Op, true, false>;
        if (second_is_constant) return &numeric_kernel_of<Op, false, true>;
    }
    return &numeric_kernel_of<Op, false, false>;
}

} // namespace

block_kernel numeric_kernel(opcode code, bool first_is_constant, bool second_is_constant) noexcept {
    switch (code) {
#define SEGMENTA_RULE_CASE(name)                                                                                       \
    case opcode::name: return choose_form<op::name>(first_is_constant, second_is_constant);
        SEGMENTA_RULE_NUMERIC_OPERATIONS(SEGMENTA_RULE_CASE)
#undef SEGMENTA_RULE_CASE
    default: return nullptr;
    }
}

} // namespace detail
} // namespace v0
} // namespace segmenta
