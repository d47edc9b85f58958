// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_IO_PARSED_BLOCK_HPP
#define SEGMENTA_IO_PARSED_BLOCK_HPP

/// \file
/// What reading a chunk of text gives, the same for CSV and JSON Lines: typed columns, and what could not be read.

#include <segmenta/base/bitmap.hpp>
#include <segmenta/base/string_pool.hpp>
#include <segmenta/record/column.hpp>
#include <segmenta/record/type.hpp>
#include <segmenta/record/unit.hpp>
#include <segmenta/time/parse.hpp>
#include <segmenta/time/zone.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

namespace detail {

class block_builder;

struct text_span {
    std::uint32_t begin;
    std::uint32_t end;
    text_span() noexcept {} // NOLINT: rows are added by the thousand and filled in at once
    text_span(std::uint32_t from, std::uint32_t to) noexcept : begin(from), end(to) {}
};

} // namespace detail

/// One column to read. How text becomes a value is strict:
///
/// | kind | accepted | else |
/// |------|----------|------|
/// | int64 | `-?[0-9]+`, leading zeros allowed, no `+` | `not_an_integer`, `out_of_range` |
/// | decimal | `-?` digits, optionally with one point and digits; no exponent, no `+` | `not_a_number`,
/// `too_many_decimals` (non-zero digits past the scale), `out_of_range` | | float64 | as decimal, optionally with
/// exponent; correctly rounded; no `NaN`, no infinity | `not_a_number`, `out_of_range` (infinite; what is too small for
/// a double becomes 0 or subnormal) | | boolean | `true_words` and `false_words` | `not_a_boolean` | | instant |
/// `format`; a local time is one of `where` | `not_a_time` | | date | `format`; a time with offset gives the local date
/// in `where` | `not_a_date` | | string, category | valid UTF-8 | `bad_encoding` |
///
/// A point needs a digit on at least one side. Digits are grouped by nothing. In quoted fields the text between the
/// quotes counts. An empty field, quoted or not, is missing, and so is a field spelled like one of `missing`. With
/// `units` a number may also be what `read_quantity` takes. With `half_width` full-width characters count as plain
/// ones, and (but for text) blanks around as nothing.
struct wanted_column {
    std::string name;                   ///< column name in the header, or (JSON) key or dotted path
    type what{};                        ///< no duration, no category_set
    time_format format{};               ///< date and instant
    zone where{};                       ///< date and instant
    std::vector<std::string> missing{}; ///< spellings of missing beside those of the dialect
    std::vector<std::string> true_words{"true", "TRUE", "True", "1"};
    std::vector<std::string> false_words{"false", "FALSE", "False", "0"};
    std::shared_ptr<unit_table const> units{}; ///< int64, decimal and float64: words of units; null: none
    bool half_width = false;
};

/// Why a field or a record could not be read.
enum class read_error : std::uint8_t {
    none,
    wrong_field_count, ///< the record has more or fewer fields than the header
    stray_quote,       ///< a quote inside an unquoted field or text after a closing quote
    not_an_integer,
    not_a_number,
    too_many_decimals, ///< more digits after the point than the column's scale
    out_of_range,      ///< does not fit into the column's type
    not_a_boolean,
    not_a_time,
    not_a_date,
    unknown_unit,    ///< a number with a word that is none of the column's units
    bad_encoding,    ///< not valid in the declared encoding
    not_json,        ///< the line is not one JSON object
    duplicate_key,   ///< a JSON key occurs twice in one object
    wrong_json_type, ///< a JSON value of another kind than the column
};

/// ASCII id such as `wrong_field_count`, as written to quarantine files.
[[nodiscard]] std::string_view to_string(read_error reason) noexcept;

/// A field or record that could not be read. Its row is in the block, and what could not be read is missing there (all
/// of it when the whole record is bad): whoever uses a block must look at `bad_rows` first.
struct bad_field {
    static constexpr std::uint32_t whole_record = 0xFFFF'FFFFU;

    std::uint32_t row = 0;               ///< row in the block
    std::uint32_t column = whole_record; ///< index in the wanted columns, or `whole_record`
    read_error reason = read_error::none;
    std::uint32_t fields = 0; ///< `wrong_field_count`: the number of fields the record has, otherwise 0
    std::string_view text{};  ///< the field without its quotes, or the record; borrowed like everything in a block
};

/// The typed rows of one chunk. Everything is borrowed from the reader and the chunk, until either is used again.
///
/// Thread safety: belongs to its reader: one thread at a time.
class parsed_block {
public:
    [[nodiscard]] std::size_t rows() const noexcept { return rows_.size(); }
    /// In the order of the wanted columns; each of `rows()` rows. Category codes refer to `column_view::pool`, which
    /// belongs to the reader, keeps growing from block to block and never changes a code. `valid` is null when no row
    /// is missing; otherwise its bits past `rows()` are 0.
    [[nodiscard]] std::span<column_view const> columns() const noexcept { return columns_; }
    /// By row, then column. A row may have several.
    [[nodiscard]] std::span<bad_field const> bad_fields() const noexcept { return bad_; }
    /// The rows with bad fields; empty when there are none.
    [[nodiscard]] bitmap_view bad_rows() const noexcept;
    /// The text of a record as it stands in the chunk, without its line end.
    [[nodiscard]] std::string_view record(std::size_t row) const noexcept {
        return text_.substr(rows_[row].begin, rows_[row].end - rows_[row].begin);
    }
    /// The line on which a record begins. Constant in most blocks; linear in 32 KiB where records span lines.
    [[nodiscard]] std::uint64_t line(std::size_t row) const noexcept;
    /// Place of the block's chunk in the file.
    [[nodiscard]] std::uint64_t sequence() const noexcept { return sequence_; }
    /// Wholly empty lines and comment lines, which are no records.
    [[nodiscard]] std::size_t blank_lines() const noexcept { return blank_lines_; }
    [[nodiscard]] std::size_t comment_lines() const noexcept { return comment_lines_; }

    /// One plain sentence about a bad field of this block, for issues and quarantine files:
    /// `amount "1.2.3" is not a number`.
    [[nodiscard]] std::string message(bad_field const& problem) const;

private:
    friend class detail::block_builder;

    // What to do about blanks around a field that cannot be read for them; empty when there are none.
    [[nodiscard]] std::string blanks_around(bad_field const& problem) const;

    struct stretch {
        std::uint32_t first_row;
        bool one_line_each;       // its records have no line feeds inside and nothing between them
        std::uint32_t begin;      // where it begins in the text: at its first row or a blank line before it
        std::uint64_t first_line; // of that place
    };

    std::string_view text_;
    std::vector<detail::text_span> rows_;
    std::vector<column_view> columns_;
    std::vector<bad_field> bad_;
    std::vector<std::uint64_t> bad_rows_;
    std::vector<stretch> stretches_;
    std::span<wanted_column const> wanted_;
    std::size_t expected_fields_ = 0; // 0: records are no lists of fields
    std::uint64_t sequence_ = 0;
    std::size_t blank_lines_ = 0;
    std::size_t comment_lines_ = 0;
};

} // namespace v0
} // namespace segmenta

#endif
