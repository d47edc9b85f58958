// SPDX-License-Identifier: Apache-2.0
#include "rule/block_kernels.hpp"
#include "rule/scalar_text.hpp"

namespace segmenta {
inline namespace v0 {
namespace detail {

block_kernel careful_kernel(opcode code) noexcept {
    switch (code) {
#define SEGMENTA_RULE_CASE(name)                                                                                       \
    case opcode::name: return &careful_kernel_of<op::name>;
        SEGMENTA_RULE_CAREFUL_OPERATIONS(SEGMENTA_RULE_CASE)
#undef SEGMENTA_RULE_CASE
    default: return nullptr;
    }
}

} // namespace detail
} // namespace v0
} // namespace segmenta
