// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_INGEST_SORT_ROWS_HPP
#define SEGMENTA_SRC_INGEST_SORT_ROWS_HPP

// Row numbers in the order of their ids.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

/// Row numbers by ascending key; equal keys by row number. Radix sort: linear in rows and in the bytes that vary.
[[nodiscard]] std::vector<std::uint32_t> order_of(std::span<std::int64_t const> keys);

/// Row numbers by ascending text (bytewise); every text occurs once.
[[nodiscard]] std::vector<std::uint32_t> order_of(std::span<std::string_view const> texts);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
