// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/bitmap.hpp>
#include <segmenta/io/csv_reader.hpp>

#include "io/block_builder.hpp"
#include "io/csv_kernels.hpp"
#include "io/csv_record.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

// Text is scanned and converted in tiles that stay in the fastest cache.
constexpr std::uint32_t tile_bytes = 16 << 10;

constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

} // namespace

// Three ways through a tile, from fast to exact:
//  1. every record has the expected number of fields: the list of separators is a table, and columns are read straight
//  from it;
//  2. some have not: records are picked from the list one by one;
//  3. the kernels cannot tell (stray quotes, comments, blanks as separators): records are read byte by byte.
class csv_block_reader::implementation {
public:
    implementation(csv_layout const& layout, cpu_level level)
        : layout_(layout), dialect_(layout.dialect()), kernels_(detail::csv_kernels_of(level)),
          builder_(layout.wanted(), layout.dialect().missing, layout.fields()),
          fields_(static_cast<std::uint32_t>(layout.fields())), quote_(dialect_.blanks ? '\0' : dialect_.quote),
          syntax_{dialect_.delimiter, quote_, dialect_.blanks, dialect_.comment},
          by_byte_(dialect_.blanks || dialect_.comment != '\0') {
        for (std::uint32_t c = 0; c < layout.wanted().size(); ++c)
            by_position_.push_back(c);
        loose_columns_.resize(layout.wanted().size());
        std::sort(by_position_.begin(), by_position_.end(), [&](std::uint32_t a, std::uint32_t b) {
            auto const positions = layout.positions();
            return positions[a] != positions[b] ? positions[a] < positions[b] : a < b;
        });
    }

    parsed_block const& parse(text_chunk& chunk) {
        text_ = chunk.data_;
        size_ = static_cast<std::uint32_t>(chunk.size_);
        ascii_ = chunk.ascii_;
        bool const same_syntax = chunk.quote_ == quote_ && chunk.delimiter_ == dialect_.delimiter;
        chunk_quotes_ = quote_ == '\0' ? detail::quoting::none : same_syntax ? chunk.quotes_ : detail::quoting::unknown;
        record_per_line_ = same_syntax && chunk.record_per_line_;
        std::fill(loose_columns_.begin(), loose_columns_.end(), 0); // a chunk may differ from the one before
        scratch_ = static_cast<std::uint32_t>(chunk.scratch_begin());
        line_ = chunk.first_line_;
        row_begin_ = 0;
        builder_.begin(chunk.text(), chunk.sequence_);
        state_ = {};
        carried_ = 0;
        quotes_ = doubled_ = false;
        blank_lines_seen_ = 0;
        loose_position_ = no_fields;
        std::uint32_t at = 0;
        while (at < size_)
            at = by_byte_ ? read_by_byte(std::min(size_, at + tile_bytes)) : read_tile(at);
        return builder_.finish();
    }

private:
    static constexpr std::uint32_t no_fields = 0xFFFF'FFFFU; // a bad record: every field of it reads as empty

    // Separators of the records being read; [-1] is the one before row_begin_.
    [[nodiscard]] std::uint32_t* separators() noexcept { return positions_.data() + 1; }

    detail::scan_result scan(std::uint32_t begin, std::uint32_t end, std::uint32_t* out) noexcept {
        char const delimiter = dialect_.delimiter;
        if (chunk_quotes_ == detail::quoting::none) return kernels_.scan_plain(text_, begin, end, delimiter, out);
        auto const with_quotes = chunk_quotes_ == detail::quoting::clean ? kernels_.scan_clean : kernels_.scan;
        return with_quotes(text_, begin, end, delimiter, quote_, state_, out);
    }

    std::uint32_t read_tile(std::uint32_t begin) {
        std::uint32_t const end = size_ - begin <= tile_bytes ? size_ : begin + tile_bytes;
        std::size_t const needed = carried_ + (end - begin) + 128;
        if (positions_.size() < needed) positions_.resize(needed);
        positions_[0] = row_begin_ - 1;
        std::uint32_t* const out = separators() + carried_;
        detail::scan_result const found = scan(begin, end, out);
        auto const count = static_cast<std::uint32_t>(found.end - separators());
        // A record that goes on and on is left to the plain walk, which counts its fields without keeping them.
        if (found.stray || (found.newlines == 0 && count > fields_)) return read_by_byte(end);
        quotes_ = quotes_ || found.quotes; // also of the record that has begun in the tile before
        doubled_ = doubled_ || found.doubled;
        carried_ = count;
        if (found.newlines > 0) {
            std::uint32_t const used = take_table(found.newlines) ? found.newlines * fields_ : pick_records();
            carried_ = count - used;
            std::memmove(separators(), separators() + used, carried_ * sizeof(std::uint32_t));
            quotes_ = found.quotes;
            doubled_ = found.doubled;
        }
        return end;
    }

    // The first way: true if all records up to the last separator that ends one have their fields.
    bool take_table(std::uint32_t rows) {
        if (std::size_t{rows} * fields_ > carried_) return false;
        std::size_t const first_row = builder_.rows();
        detail::text_span* const spans = builder_.add_rows(rows);
        std::uint32_t const* ends = separators() + (fields_ - 1);
        std::uint32_t begin = row_begin_;
        std::uint32_t wrong = 0;
        std::uint32_t returns = 0;
        std::uint32_t blank = 0;
        for (std::uint32_t row = 0; row < rows; ++row, ends += fields_) {
            std::uint32_t const end = *ends;
            std::uint32_t const with_return = text_[static_cast<std::ptrdiff_t>(end) - 1] == '\r' ? 1 : 0;
            wrong |= text_[end] == '\n' ? 0U : 1U;
            returns += with_return;
            blank |= end - with_return == begin ? 1U : 0U; // possible in files of one column
            spans[row] = {begin, end - with_return};
            begin = end + 1;
        }
        if ((wrong | blank) != 0) {
            builder_.drop_rows(rows);
            return false;
        }
        end_rows(first_row, begin);
        bool const returns_vary = returns != 0 && returns != rows;
        for (std::uint32_t const c : by_position_) {
            std::uint32_t const position = layout_.positions()[c];
            bool const last = position + 1 == fields_;
            if (needs_loosening(c) || (last && returns_vary)) {
                if (position != loose_position_) loosen_table(position, rows);
                convert_loose(c, rows);
                continue;
            }
            detail::field_list fields;
            fields.text = text_;
            fields.bounds = positions_.data() + position;
            fields.stride = fields_;
            fields.start_bias = 1;
            fields.end_bias = last && returns != 0 ? 1 : 0;
            fields.quote = quotes_ ? quote_ : '\0';
            fields.rows = rows;
            std::size_t const quoted = builder_.columns()[c].append(fields, kernels_, ascii_, c, builder_.bad());
            if (quoted > rows / 16) loose_columns_[c] = 1;
        }
        loose_position_ = no_fields;
        return true;
    }

    // Whether a column of the table cannot be read as it stands. Numbers and times can where few are quoted: their
    // kernels decline quotes.
    [[nodiscard]] bool needs_loosening(std::uint32_t c) const noexcept {
        if (dialect_.trim) return true;
        if (!quotes_) return false;
        if (doubled_ || loose_columns_[c] || (quote_ != '"' && quote_ != '\'')) return true;
        kind const base = layout_.wanted()[c].what.base;
        return base == kind::category || base == kind::boolean;
    }

    // The second way; returns the number of separators used.
    std::uint32_t pick_records() {
        std::size_t const first_row = builder_.rows();
        std::uint32_t const* const ends = separators();
        std::uint32_t begin = row_begin_;
        std::uint32_t used = 0;
        picked_.clear();
        for (std::uint32_t i = 0; i < carried_; ++i) {
            if (text_[ends[i]] != '\n') continue;
            std::uint32_t const end = record_end(begin, ends[i]);
            std::uint32_t const count = i + 1 - used;
            if (count == 1 && end == begin) {
                builder_.add_blank_lines(1);
            } else {
                builder_.add_row(begin, end);
                picked_.push_back(count == fields_ ? used : no_fields);
                if (count != fields_) builder_.add_bad_record(read_error::wrong_field_count, count);
            }
            begin = ends[i] + 1;
            used = i + 1;
        }
        end_rows(first_row, begin);
        auto const rows = static_cast<std::uint32_t>(picked_.size());
        for (std::uint32_t const c : by_position_) {
            if (layout_.positions()[c] != loose_position_)
                loosen(layout_.positions()[c], rows, [this](std::uint32_t row) { return picked_[row]; });
            convert_loose(c, rows);
        }
        loose_position_ = no_fields;
        return used;
    }

    // The third way: records that begin before `end`, from row_begin_ on; returns where the next one begins.
    std::uint32_t read_by_byte(std::uint32_t end) {
        std::string_view const text(text_, size_);
        std::size_t const first_row = builder_.rows();
        std::size_t at = row_begin_;
        places_.clear();
        picked_.clear();
        while (at < end) {
            std::size_t const before = places_.size();
            detail::record_place const place = detail::read_record(text, at, syntax_, &places_, fields_);
            at = place.next;
            if (place.what == detail::record_place::kind::blank) builder_.add_blank_lines(1);
            if (place.what == detail::record_place::kind::comment) builder_.add_comment_line();
            if (place.what != detail::record_place::kind::record) continue;
            builder_.add_row(static_cast<std::uint32_t>(place.begin), static_cast<std::uint32_t>(place.end));
            bool const good = !place.stray && place.fields == fields_;
            picked_.push_back(good ? static_cast<std::uint32_t>(before) : no_fields);
            if (good) continue;
            places_.resize(before);
            if (place.stray)
                builder_.add_bad_record(read_error::stray_quote);
            else
                builder_.add_bad_record(read_error::wrong_field_count, static_cast<std::uint32_t>(place.fields));
        }
        quotes_ = true; // where line feeds may be is not known
        end_rows(first_row, static_cast<std::uint32_t>(at));
        convert_places();
        state_ = {};
        carried_ = 0;
        quotes_ = doubled_ = false;
        return row_begin_;
    }

    void convert_places() {
        auto const rows = static_cast<std::uint32_t>(picked_.size());
        for (std::uint32_t const c : by_position_) {
            std::uint32_t const position = layout_.positions()[c];
            if (position != loose_position_) {
                reserve_loose(rows);
                for (std::uint32_t row = 0; row < rows; ++row) {
                    if (picked_[row] == no_fields) {
                        set_loose(row, 0, 0);
                        continue;
                    }
                    detail::field_place const& place = places_[picked_[row] + position];
                    auto begin = static_cast<std::uint32_t>(place.begin);
                    auto end = static_cast<std::uint32_t>(place.end);
                    if (place.doubled) undouble(begin, end);
                    if (dialect_.trim && !place.quoted) trim(begin, end);
                    set_loose(row, begin, end);
                }
                loose_position_ = position;
            }
            convert_loose(c, rows);
        }
        loose_position_ = no_fields;
    }

    // The record's end without CR.
    [[nodiscard]] std::uint32_t record_end(std::uint32_t begin, std::uint32_t feed) const noexcept {
        return feed > begin && text_[feed - 1] == '\r' ? feed - 1 : feed;
    }

    // Rows since `first_row` lie between row_begin_ and `end`.
    void end_rows(std::size_t first_row, std::uint32_t end) {
        std::size_t const rows = builder_.rows() - first_row;
        bool const counted = record_per_line_ || !quotes_; // unless there are blank lines, each line is a record
        std::size_t const lines = !counted || rows == 0 || builder_.blank_lines() != blank_lines_seen_
                                      ? kernels_.survey(text_ + row_begin_, end - row_begin_, quote_).newlines
                                      : rows;
        blank_lines_seen_ = builder_.blank_lines();
        builder_.add_stretch(first_row, row_begin_, line_, lines == rows);
        line_ += lines;
        row_begin_ = end;
    }

    void reserve_loose(std::uint32_t rows) {
        if (loose_.size() < std::size_t{2} * rows) loose_.resize(std::size_t{2} * rows);
    }

    void set_loose(std::uint32_t row, std::uint32_t begin, std::uint32_t end) noexcept {
        loose_[std::size_t{2} * row] = begin;
        loose_[std::size_t{2} * row + 1] = end;
    }

    // Finds the text of one field in each row, without quotes and outer blanks. `first_separator` tells where in
    // positions_ a row's separators begin.
    template <class FirstSeparator>
    void loosen(std::uint32_t position, std::uint32_t rows, FirstSeparator first_separator) {
        reserve_loose(rows);
        bool const last = position + 1 == fields_;
        for (std::uint32_t row = 0; row < rows; ++row) {
            std::uint32_t const first = first_separator(row);
            if (first == no_fields) {
                set_loose(row, 0, 0);
                continue;
            }
            std::uint32_t begin = positions_[std::size_t{first} + position] + 1;
            std::uint32_t end = positions_[std::size_t{first} + position + 1];
            if (last) end = record_end(begin, end);
            if (quotes_ && begin < end && text_[begin] == quote_) {
                ++begin;
                --end;
                if (doubled_ && std::memchr(text_ + begin, quote_, end - begin) != nullptr) undouble(begin, end);
            } else if (dialect_.trim) {
                trim(begin, end);
            }
            set_loose(row, begin, end);
        }
        loose_position_ = position;
    }

    // The same for the first way, without branches where it can.
    void loosen_table(std::uint32_t position, std::uint32_t rows) {
        if (doubled_ || dialect_.trim) {
            loosen(position, rows, [this](std::uint32_t row) { return row * fields_; });
            return;
        }
        reserve_loose(rows);
        if (position + 1 == fields_)
            loosen_clean<true>(position, rows);
        else
            loosen_clean<false>(position, rows);
        loose_position_ = position;
    }

    template <bool Last>
    void loosen_clean(std::uint32_t position, std::uint32_t rows) noexcept {
        char const* const text = text_;
        char const quote =
            quotes_ ? quote_ : '\n'; // no field begins with a line feed that has something before its end
        std::size_t const stride = fields_;
        std::uint32_t const* bounds = positions_.data() + position;
        std::uint32_t* out = loose_.data();
        std::uint32_t const* const out_end = out + std::size_t{2} * rows;
        for (; out != out_end; bounds += stride, out += 2) {
            std::uint32_t const begin = bounds[0] + 1;
            std::uint32_t end = bounds[1];
            if constexpr (Last) end = record_end(begin, end);
            // an empty field begins with a separator
            std::uint32_t const quoted = text[begin] == quote && begin < end ? 1 : 0;
            out[0] = begin + quoted;
            out[1] = end - quoted;
        }
    }

    void trim(std::uint32_t& begin, std::uint32_t& end) const noexcept {
        while (begin < end && is_blank(text_[begin]))
            ++begin;
        while (begin < end && is_blank(text_[end - 1]))
            --end;
    }

    // Moves to the chunk's scratch, with doubled quotes made single.
    void undouble(std::uint32_t& begin, std::uint32_t& end) noexcept {
        char* const out = text_ + scratch_;
        char* const out_end = detail::unquote({text_ + begin, end - begin}, quote_, out);
        begin = scratch_;
        scratch_ += static_cast<std::uint32_t>(out_end - out);
        end = scratch_;
    }

    void convert_loose(std::uint32_t column, std::uint32_t rows) {
        detail::field_list fields;
        fields.text = text_;
        fields.bounds = loose_.data();
        fields.rows = rows;
        builder_.columns()[column].append(fields, kernels_, ascii_, column, builder_.bad());
    }

    csv_layout const& layout_;
    csv_dialect const& dialect_;
    detail::csv_kernels const& kernels_;
    detail::block_builder builder_;
    std::uint32_t fields_;
    char quote_; // '\0': none
    detail::record_syntax syntax_;
    bool by_byte_;
    std::vector<std::uint32_t> by_position_; // wanted columns by their position in the record

    char* text_ = nullptr;
    std::uint32_t size_ = 0;
    bool ascii_ = true;
    detail::quoting chunk_quotes_ = detail::quoting::unknown;
    bool record_per_line_ = false; // known: no line feed stands inside a record
    std::uint32_t scratch_ = 0;    // where free scratch begins
    std::uint64_t line_ = 1;       // of row_begin_
    std::uint32_t row_begin_ = 0;  // the first record that has not been read
    std::size_t blank_lines_seen_ = 0;
    detail::scan_state state_;
    std::uint32_t carried_ = 0; // separators of that record
    bool quotes_ = false;       // and whether it, or the tile, has quotes
    bool doubled_ = false;
    std::vector<char> loose_columns_; // by wanted column: not 0 when many of its fields were quoted lately
    std::vector<std::uint32_t> positions_;
    std::vector<std::uint32_t> picked_;
    std::vector<detail::field_place> places_;
    std::vector<std::uint32_t> loose_;         // where the fields of one column begin and end, by turns
    std::uint32_t loose_position_ = no_fields; // which one
};

csv_block_reader::csv_block_reader(csv_layout const& layout, cpu_level level)
    : implementation_(std::make_unique<implementation>(layout, level)) {}
csv_block_reader::~csv_block_reader() = default;
csv_block_reader::csv_block_reader(csv_block_reader&&) noexcept = default;
csv_block_reader& csv_block_reader::operator=(csv_block_reader&&) noexcept = default;

parsed_block const& csv_block_reader::parse(text_chunk& chunk) { return implementation_->parse(chunk); }

} // namespace v0
} // namespace segmenta
