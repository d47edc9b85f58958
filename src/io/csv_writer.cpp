// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/string_pool.hpp>
#include <segmenta/io/csv_writer.hpp>
#include <segmenta/record/decimal.hpp>
#include <segmenta/time/parse.hpp>

#include "base/file.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

// Bytes that any number or time takes at most.
constexpr std::size_t longest_plain_field = 64;
static_assert(longest_time_text < longest_plain_field && longest_decimal_text < longest_plain_field);

constexpr std::uint64_t every_byte(std::uint64_t value) noexcept { return value * 0x0101'0101'0101'0101ULL; }

// Not zero when some byte is `c`.
constexpr std::uint64_t holds(std::uint64_t word, char c) noexcept {
    std::uint64_t const differs = word ^ every_byte(static_cast<unsigned char>(c));
    return (differs - every_byte(1)) & ~differs & every_byte(0x80);
}

bool needs_quotes(std::string_view text) noexcept {
    std::size_t at = 0;
    for (; text.size() - at >= 8; at += 8) {
        std::uint64_t word;
        std::memcpy(&word, text.data() + at, 8);
        if ((holds(word, ',') | holds(word, '"') | holds(word, '\n') | holds(word, '\r')) != 0) return true;
    }
    return std::any_of(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(),
                       [](char c) { return c == ',' || c == '"' || c == '\n' || c == '\r'; });
}

char* put_quoted(std::string_view text, char* out) noexcept {
    *out++ = '"';
    for (char const c : text) {
        if (c == '"') *out++ = '"';
        *out++ = c;
    }
    *out++ = '"';
    return out;
}

// `out` has room for twice the text and the quotes.
char* put_text(std::string_view text, char* out) noexcept {
    if (needs_quotes(text)) return put_quoted(text, out);
    if (!text.empty()) std::memcpy(out, text.data(), text.size());
    return out + text.size();
}

constexpr struct digit_pairs {
    char of[200];
} pairs = [] {
    digit_pairs all{};
    for (int i = 0; i < 100; ++i) {
        all.of[2 * i] = static_cast<char>('0' + i / 10);
        all.of[2 * i + 1] = static_cast<char>('0' + i % 10);
    }
    return all;
}();

char* put_unsigned(std::uint64_t value, char* out) noexcept {
    char digits[20];
    char* at = digits + sizeof digits;
    while (value >= 100) {
        at -= 2;
        std::memcpy(at, pairs.of + 2 * (value % 100), 2);
        value /= 100;
    }
    if (value >= 10) {
        at -= 2;
        std::memcpy(at, pairs.of + 2 * value, 2);
    } else {
        *--at = static_cast<char>('0' + value);
    }
    auto const size = static_cast<std::size_t>(digits + sizeof digits - at);
    std::memcpy(out, at, size);
    return out + size;
}

std::uint64_t magnitude_of(std::int64_t value) noexcept {
    return value < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
}

char* put_integer(std::int64_t value, char* out) noexcept {
    if (value < 0) *out++ = '-';
    return put_unsigned(magnitude_of(value), out);
}

char* put_decimal(std::int64_t units, unsigned scale, char* out) noexcept {
    if (scale == 0) return put_integer(units, out);
    if (units < 0) *out++ = '-';
    auto const one = static_cast<std::uint64_t>(detail::power_of_ten(scale));
    std::uint64_t const magnitude = magnitude_of(units);
    std::uint64_t rest = magnitude % one;
    out = put_unsigned(magnitude / one, out);
    *out++ = '.';
    for (char* at = out + scale; at != out; rest /= 10) *--at = static_cast<char>('0' + rest % 10);
    return out + scale;
}

char* put_real(double value, char* out) noexcept {
    if (!std::isfinite(value)) return out;
    return std::to_chars(out, out + longest_plain_field, value).ptr;
}

char* put_boolean(bool value, char* out) noexcept {
    std::string_view const word = value ? "true" : "false";
    std::memcpy(out, word.data(), word.size());
    return out + word.size();
}

char* put_duration(std::int64_t microseconds, char* out) noexcept { return put_integer(microseconds, out); }

// Everything but text; `row` is present.
char* put_plain(column_view const& column, std::size_t row, zone const& where, char* out) noexcept {
    switch (column.what.base) {
    case kind::boolean: return put_boolean(static_cast<std::uint8_t const*>(column.data)[row] != 0, out);
    case kind::int64: return put_integer(static_cast<std::int64_t const*>(column.data)[row], out);
    case kind::decimal: return put_decimal(static_cast<std::int64_t const*>(column.data)[row], column.what.scale, out);
    case kind::float64: return put_real(static_cast<double const*>(column.data)[row], out);
    case kind::date: return format_date(civil_date{static_cast<std::int32_t const*>(column.data)[row]}, out);
    case kind::instant:
        return format_instant(instant{static_cast<std::int64_t const*>(column.data)[row]}, where, out);
    case kind::duration: return put_duration(static_cast<std::int64_t const*>(column.data)[row], out);
    default: return out;
    }
}

} // namespace

// --- csv_text ---------------------------------------------------------------------------------------------------------

char* csv_text::room(std::size_t bytes) {
    if (buffer_.size() - size_ < bytes) buffer_.resize(std::max(2 * buffer_.size(), size_ + bytes + 4096));
    return buffer_.data() + size_;
}

void csv_text::wrote(char const* end) noexcept { size_ = static_cast<std::size_t>(end - buffer_.data()); }

char* csv_text::begin_field(std::size_t bytes) {
    char* out = room(bytes + 1);
    if (fields_++ > 0) *out++ = ',';
    return out;
}

void csv_text::text(std::string_view value) { wrote(put_text(value, begin_field(2 * value.size() + 2))); }
void csv_text::integer(std::int64_t value) { wrote(put_integer(value, begin_field(longest_plain_field))); }
void csv_text::decimal(std::int64_t units, unsigned scale) {
    wrote(put_decimal(units, scale, begin_field(longest_plain_field)));
}
void csv_text::real(double value) { wrote(put_real(value, begin_field(longest_plain_field))); }
void csv_text::boolean(bool value) { wrote(put_boolean(value, begin_field(longest_plain_field))); }
void csv_text::date(std::int32_t days) { wrote(format_date(civil_date{days}, begin_field(longest_plain_field))); }
void csv_text::instant_at(instant when, zone const& where) {
    wrote(format_instant(when, where, begin_field(longest_plain_field)));
}
void csv_text::missing() { wrote(begin_field(0)); }

void csv_text::end_record() {
    char* out = room(3);
    // a line with nothing on it would be no record
    bool const nothing = fields_ == 1 && (size_ == 0 || out[-1] == '\n');
    if (nothing) out = put_quoted({}, out);
    *out++ = '\n';
    wrote(out);
    fields_ = 0;
}

void csv_text::set_of(column_view const& column, std::size_t row) {
    std::string joined;
    for (std::uint32_t const code : column.codes(row)) {
        if (!joined.empty()) joined += '|';
        joined += column.pool->view(code);
    }
    text(joined);
}

void csv_text::records(std::span<column_view const> columns, std::size_t first, std::size_t count, zone const& where) {
    for (std::size_t row = first; row < first + count; ++row) {
        room(columns.size() * (longest_plain_field + 1) + 3);
        for (column_view const& column : columns) {
            if (!column.is_present(row)) {
                missing();
            } else if (column.what.is_text()) {
                text(column.text(row));
                room(columns.size() * (longest_plain_field + 1) + 3);
            } else if (column.what.base == kind::category_set) {
                set_of(column, row);
                room(columns.size() * (longest_plain_field + 1) + 3);
            } else {
                char* out = buffer_.data() + size_;
                if (fields_++ > 0) *out++ = ',';
                wrote(put_plain(column, row, where, out));
            }
        }
        end_record();
    }
}

// --- csv_writer -------------------------------------------------------------------------------------------------------

struct csv_writer::file {
    explicit file(std::filesystem::path const& path) : out(path) {}
    detail::atomic_file out;
};

csv_writer::csv_writer(std::filesystem::path const& path, std::span<std::string const> header)
    : file_(std::make_unique<file>(path)) {
    for (std::string const& name : header) text_.text(name);
    text_.end_record();
}

csv_writer::csv_writer(csv_writer&&) noexcept = default;
csv_writer& csv_writer::operator=(csv_writer&&) noexcept = default;
csv_writer::~csv_writer() = default;

void csv_writer::flush() {
    file_->out.write(text_.pending());
    text_.clear();
}

void csv_writer::append(std::string_view records) {
    flush();
    file_->out.write(records);
}

void csv_writer::commit() {
    flush();
    file_->out.commit();
}

} // namespace v0
} // namespace segmenta
