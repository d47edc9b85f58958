// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_IO_BLOCK_BUILDER_HPP
#define SEGMENTA_SRC_IO_BLOCK_BUILDER_HPP

// What the readers of CSV and JSON Lines share: growing typed columns and the parsed_block that shows them.

#include <segmenta/io/parsed_block.hpp>

#include "io/csv_kernels.hpp"
#include "io/field_convert.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// The strings of a category column that are short enough for the category kernel.
class short_string_table {
public:
    short_string_table();
    // `text` has 1 to longest_short_string bytes and is not in the table yet. Ignored once the table is large.
    void insert(std::string_view text, std::uint32_t code);
    [[nodiscard]] short_strings view() const noexcept {
        return {slots_.data(), static_cast<std::uint32_t>(slots_.size() - 1), seed_};
    }

private:
    // Whether the slot it prefers was free.
    bool place(short_string_slot const& entry) noexcept;
    // Whether all of them have the slots they prefer.
    bool place_all(std::vector<short_string_slot> const& entries);

    std::vector<short_string_slot> slots_;
    std::uint64_t seed_ = 0x9E37'79B9'7F4A'7C15ULL;
    std::size_t used_ = 0;
};

// One growing column.
class column_builder {
public:
    column_builder(wanted_column const& wanted, std::vector<std::string> const& file_missing);

    // Forgets the rows, keeping memory and categories.
    void clear() noexcept;
    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }

    // Appends the fields; bad ones become missing and are reported as `column` in `bad`, by ascending row. `ascii`: no
    // byte of the text is above 0x7F. Returns how many values the kernel left to the slow conversion.
    std::size_t append(field_list const& fields, csv_kernels const& kernels, bool ascii, std::uint32_t column,
                       std::vector<bad_field>& bad);
    // Appends one value given as text; missing when empty or spelled so.
    read_error append_text(std::string_view text);
    void append_missing();
    void append_bool(bool value); // boolean columns

    [[nodiscard]] wanted_column const& wanted() const noexcept { return *wanted_; }
    [[nodiscard]] column_view view() const noexcept;

private:
    enum class time_kernel : std::uint8_t { none, any_separator, fixed_separator };

    template <class T>
    [[nodiscard]] T* data() const noexcept {
        return reinterpret_cast<T*>(data_.get());
    }
    void reserve(std::size_t rows);
    void clear_element(std::size_t row) noexcept;
    void find_time_kernel();
    void learn_missing_values();
    void learn_words();
    void convert_fast(field_list const& fields, csv_kernels const& kernels, bool ascii);
    void convert_times(field_list const& fields, csv_kernels const& kernels);
    void convert_strings(field_list const& fields, bool ascii);
    void convert_booleans(field_list const& fields, csv_kernels const& kernels);
    void to_instants(std::size_t count);
    void decline_missing_values(std::size_t count);
    // Writes element `row`; `missing` tells whether the text says so.
    read_error convert(std::string_view text, std::size_t row, bool ascii, bool& missing);
    read_error convert_plain(std::string_view text, std::size_t row, bool ascii);
    read_error convert_quantity(std::string_view text, std::size_t row);
    // The text with plain characters for full-width ones; holds until the rows are forgotten.
    [[nodiscard]] std::string_view folded(std::string_view text);
    read_error convert_time(std::string_view text, std::size_t row);
    read_error convert_category(std::string_view text, std::size_t row, bool ascii);
    void append_valid(std::uint64_t bits, std::size_t count);

    wanted_column const* wanted_;
    word_set missing_;
    word_set true_words_;
    word_set false_words_;
    std::vector<std::int64_t> missing_integers_; // what the kernels would read `missing_` as
    std::vector<double> missing_reals_;
    time_kernel time_kernel_ = time_kernel::none;
    char separator_ = 'T';
    std::int64_t offset_ = 0; // of a fixed zone, microseconds

    std::unique_ptr<std::byte[]> data_;
    std::size_t capacity_ = 0; // rows
    std::size_t rows_ = 0;
    std::vector<std::uint64_t> valid_; // capacity_ / 64 + 2 words
    bool some_missing_ = false;
    std::unique_ptr<string_pool> pool_;
    short_string_table short_strings_;
    std::string last_time_; // the last text that time_format read, and what it means
    std::int64_t last_time_value_ = 0;
    std::vector<std::uint64_t> ok_;
    std::vector<std::uint32_t> codes_;
    std::deque<std::string> folded_; // texts of this block that had full-width characters
};

// Builds one block after the other.
class block_builder {
public:
    // `wanted` must outlive the builder. `fields`: expected per record, for messages.
    block_builder(std::span<wanted_column const> wanted, std::vector<std::string> const& file_missing,
                  std::size_t fields);

    void begin(std::string_view text, std::uint64_t sequence);
    // Rows from `first_row` on stand in the text after `begin`, which is on `line`, each on a line of its own and
    // nothing between them if `one_line_each`.
    void add_stretch(std::size_t first_row, std::uint32_t begin, std::uint64_t line, bool one_line_each);
    void add_row(std::uint32_t begin, std::uint32_t end) { block_.rows_.push_back({begin, end}); }
    // Adds `count` rows, whose places the caller fills in at once.
    text_span* add_rows(std::size_t count) {
        block_.rows_.resize(block_.rows_.size() + count);
        return block_.rows_.data() + (block_.rows_.size() - count);
    }
    void drop_rows(std::size_t count) { block_.rows_.resize(block_.rows_.size() - count); }
    void add_blank_lines(std::size_t count) noexcept { block_.blank_lines_ += count; }
    void add_comment_line() noexcept { ++block_.comment_lines_; }
    // About the row added last.
    void add_bad_record(read_error reason, std::uint32_t fields = 0);
    void add_bad_field(std::uint32_t column, read_error reason, std::string_view text);

    [[nodiscard]] std::size_t rows() const noexcept { return block_.rows_.size(); }
    [[nodiscard]] std::size_t blank_lines() const noexcept { return block_.blank_lines_; }
    [[nodiscard]] std::span<column_builder> columns() noexcept { return columns_; }
    // Bad fields of whole columns, as column_builder::append reports them.
    [[nodiscard]] std::vector<bad_field>& bad() noexcept { return block_.bad_; }
    parsed_block const& finish();

private:
    std::vector<column_builder> columns_;
    parsed_block block_;
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
