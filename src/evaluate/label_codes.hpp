// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_EVALUATE_LABEL_CODES_HPP
#define SEGMENTA_EVALUATE_LABEL_CODES_HPP

// Labels of two assignments of the same customers as numbers of one list of names.

#include <segmenta/error.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

struct label_codes {
    std::vector<std::string> names; // sorted
    std::vector<std::uint32_t> first;
    std::vector<std::uint32_t> second;
};
label_codes code_labels(std::span<std::string const> first, std::span<std::string const> second);

// A table of all pairs of names has to fit: 4096 of them take 128 MiB.
inline constexpr std::size_t most_names = 4096;

// evaluate.duplicate, evaluate.empty, evaluate.option (more than most_names) for a list of names.
void check_names(std::span<std::string const> names, std::string_view place, issue_list& issues);
// evaluate.segment: the first code that numbers no name.
void check_codes(std::span<std::uint32_t const> codes, std::size_t names, std::string_view place, issue_list& issues);

// counts[first * names + second]
std::vector<std::uint64_t> count_pairs(std::span<std::uint32_t const> first, std::span<std::uint32_t const> second,
                                       std::size_t names);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
