// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_BASE_INDEXED_PLACE_HPP
#define SEGMENTA_BASE_INDEXED_PLACE_HPP

#include <cstddef>
#include <string>
#include <string_view>

namespace segmenta {
inline namespace v0 {
namespace detail {

// The place of an issue in the i-th of several: `rules[3]`.
inline std::string indexed_place(std::string_view place, std::size_t i) {
    return std::string(place) + '[' + std::to_string(i) + ']';
}

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
