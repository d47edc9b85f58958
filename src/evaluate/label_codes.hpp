// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_EVALUATE_LABEL_CODES_HPP
#define SEGMENTA_EVALUATE_LABEL_CODES_HPP

// Labels as numbers of a list of names.

#include <segmenta/error.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace segmenta {
inline namespace v0 {
namespace detail {

// evaluate.duplicate, evaluate.empty, evaluate.option (more than a table of all pairs may have) for a list of names.
void check_names(std::span<std::string const> names, std::string_view place, issue_list& issues);
// evaluate.segment: the first code that numbers no name.
void check_codes(std::span<std::uint32_t const> codes, std::size_t names, std::string_view place, issue_list& issues);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
