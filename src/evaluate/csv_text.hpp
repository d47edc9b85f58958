// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_EVALUATE_CSV_TEXT_HPP
#define SEGMENTA_EVALUATE_CSV_TEXT_HPP

// Results as CSV (RFC 4180, line feeds). The room must not include io/, which reads and writes tables.

#include <string>
#include <string_view>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Appends a field, quoted when it has to be.
void append_csv(std::string& text, std::string_view field);
// Shortest text that reads back to the same bits; nothing for NaN, `inf` and `-inf`.
std::string csv_number(double value);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
