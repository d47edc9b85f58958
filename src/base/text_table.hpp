// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_BASE_TEXT_TABLE_HPP
#define SEGMENTA_BASE_TEXT_TABLE_HPP

// Tables for people, with columns that line up also for Chinese.

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Columns a text takes on a terminal: wide East Asian characters take two, combining marks none.
[[nodiscard]] std::size_t display_width(std::string_view utf8) noexcept;

// Rows of cells under a heading; the first column is left-aligned, the others right-aligned unless they hold bars or
// words.
class text_table {
public:
    explicit text_table(std::vector<std::string> heading) : rows_{std::move(heading)} {}
    void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
    // Columns from this one on are left-aligned too.
    void left_from(std::size_t column) { left_from_ = column; }
    [[nodiscard]] std::string text() const;

private:
    std::vector<std::vector<std::string>> rows_;
    std::size_t left_from_ = ~std::size_t{0};
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
