// SPDX-License-Identifier: Apache-2.0
#include "io/block_builder.hpp"

#include <algorithm>

namespace segmenta {
inline namespace v0 {
namespace detail {

block_builder::block_builder(std::span<wanted_column const> wanted, std::vector<std::string> const& file_missing,
                             std::size_t fields) {
    columns_.reserve(wanted.size());
    for (wanted_column const& column : wanted) columns_.emplace_back(column, file_missing);
    block_.wanted_ = wanted;
    block_.expected_fields_ = fields;
    block_.columns_.resize(wanted.size());
}

void block_builder::begin(std::string_view text, std::uint64_t sequence) {
    for (column_builder& column : columns_) column.clear();
    block_.text_ = text;
    block_.sequence_ = sequence;
    block_.rows_.clear();
    block_.bad_.clear();
    block_.bad_rows_.clear();
    block_.stretches_.clear();
    block_.blank_lines_ = 0;
    block_.comment_lines_ = 0;
}

void block_builder::add_stretch(std::size_t first_row, std::uint32_t begin, std::uint64_t line,
                                bool one_line_each) {
    block_.stretches_.push_back({static_cast<std::uint32_t>(first_row), one_line_each, begin, line});
}

void block_builder::add_bad_record(read_error reason, std::uint32_t fields) {
    std::size_t const row = rows() - 1;
    block_.bad_.push_back(
        {static_cast<std::uint32_t>(row), bad_field::whole_record, reason, fields, block_.record(row)});
}

void block_builder::add_bad_field(std::uint32_t column, read_error reason, std::string_view text) {
    block_.bad_.push_back({static_cast<std::uint32_t>(rows() - 1), column, reason, 0, text});
}

parsed_block const& block_builder::finish() {
    for (std::size_t i = 0; i < columns_.size(); ++i) block_.columns_[i] = columns_[i].view();
    if (block_.bad_.empty()) return block_;
    std::sort(block_.bad_.begin(), block_.bad_.end(), [](bad_field const& a, bad_field const& b) {
        return a.row != b.row ? a.row < b.row : a.column < b.column;
    });
    block_.bad_rows_.assign(bitmap_words(rows()), 0);
    for (bad_field const& bad : block_.bad_) block_.bad_rows_[bad.row / 64] |= std::uint64_t{1} << (bad.row % 64);
    return block_;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
