// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_INGEST_CUSTOMER_ROWS_HPP
#define SEGMENTA_SRC_INGEST_CUSTOMER_ROWS_HPP

// Tables of customers with other rows: spread over more customers, merged, thinned out.

#include <segmenta/feature/feature_set.hpp>
#include <segmenta/ingest/ingest.hpp>

#include <cstdint>
#include <span>
#include <string>

namespace segmenta {
inline namespace v0 {
namespace detail {

/// No row.
inline constexpr std::uint32_t none = 0xFFFF'FFFFU;

/// Row i of the result is row `rows[i]`; where that is `none`, it is `empty`, or missing when that is.
[[nodiscard]] column spread(column const& from, std::span<std::uint32_t const> rows, feature_value const& empty);

[[nodiscard]] std::string id_text(customer_columns const& customers, std::size_t row);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
