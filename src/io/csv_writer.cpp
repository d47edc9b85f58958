// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/string_pool.hpp>
#include <segmenta/io/csv_writer.hpp>

#include "base/file.hpp"
#include "io/field_text.hpp"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace {

using detail::longest_plain_field;

// The strings of a category column as they are written, most of them copied without a look at their length.
class written_strings {
public:
    explicit written_strings(string_pool const* pool) : pool_(pool) {
        if (pool != nullptr && pool->size() <= most_strings) slots_.resize(pool->size());
    }
    // At most `room` bytes for a string that has a slot.
    static constexpr std::size_t room = 32;

    // The end, or null: the string has no slot.
    char* put(std::uint32_t code, char* out) noexcept {
        if (code >= slots_.size()) return nullptr;
        slot& here = slots_[code];
        if (here.size > longest && !fill(here, pool_->view(code))) return nullptr;
        std::memcpy(out, &here, room); // always as many bytes: no call
        return out + here.size;
    }

private:
    static constexpr std::size_t most_strings = 1024;
    static constexpr std::uint8_t longest = room - 1;
    struct slot {
        char text[room - 1];
        std::uint8_t size = 0xFF; // not filled in
    };
    static_assert(sizeof(slot) == room);

    static bool fill(slot& out, std::string_view text) noexcept {
        char written[detail::longest_text(longest)];
        if (text.size() > longest) return false;
        auto const size = static_cast<std::size_t>(detail::put_text(text, written) - written);
        if (size > longest) return false;
        std::memcpy(out.text, written, size);
        out.size = static_cast<std::uint8_t>(size);
        return true;
    }

    string_pool const* pool_;
    std::vector<slot> slots_;
};

struct written_column {
    explicit written_column(column_view const& column)
        : view(column), strings(column.what.base == kind::category ? column.pool : nullptr) {}
    column_view view;
    written_strings strings;
};

template <class T>
T element(column_view const& column, std::size_t row) noexcept {
    return static_cast<T const*>(column.data)[row];
}

// Everything but text; `row` is present.
char* put_plain(column_view const& column, std::size_t row, zone const& where, char* out) noexcept {
    switch (column.what.base) {
    case kind::boolean: return detail::put_boolean(element<std::uint8_t>(column, row) != 0, out);
    case kind::int64:
    case kind::duration: return detail::put_integer(element<std::int64_t>(column, row), out);
    case kind::decimal: return detail::put_decimal(element<std::int64_t>(column, row), column.what.scale, out);
    case kind::float64: return detail::put_real(element<double>(column, row), out);
    case kind::date: return detail::put_date(element<std::int32_t>(column, row), out);
    case kind::instant: return detail::put_instant(instant{element<std::int64_t>(column, row)}, where, out);
    default: return out;
    }
}

// The bytes of strings lie anywhere: asks for those of a later row.
void prefetch_text(column_view const& column, std::size_t row, std::size_t end) noexcept {
    constexpr std::size_t ahead = 24;
    if (row + ahead >= end) return;
    auto const& later = static_cast<std::string_view const*>(column.data)[row + ahead];
    __builtin_prefetch(later.data());
    __builtin_prefetch(later.data() + later.size());
}

void join(column_view const& column, std::size_t row, std::string& out) {
    out.clear();
    for (std::uint32_t const code : column.codes(row)) {
        if (!out.empty()) out += '|';
        out += column.pool->view(code);
    }
}

} // namespace

// --- csv_text
// ---------------------------------------------------------------------------------------------------------

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

void csv_text::text(std::string_view value) {
    wrote(detail::put_text(value, begin_field(detail::longest_text(value.size()))));
}
void csv_text::integer(std::int64_t value) { wrote(detail::put_integer(value, begin_field(longest_plain_field))); }
void csv_text::decimal(std::int64_t units, unsigned scale) {
    wrote(detail::put_decimal(units, scale, begin_field(longest_plain_field)));
}
void csv_text::real(double value) { wrote(detail::put_real(value, begin_field(longest_plain_field))); }
void csv_text::boolean(bool value) { wrote(detail::put_boolean(value, begin_field(longest_plain_field))); }
void csv_text::date(std::int32_t days) { wrote(detail::put_date(days, begin_field(longest_plain_field))); }
void csv_text::instant_at(instant when, zone const& where) {
    wrote(detail::put_instant(when, where, begin_field(longest_plain_field)));
}
void csv_text::missing() { wrote(begin_field(0)); }

void csv_text::end_record() {
    char* out = room(3);
    // a line with nothing on it would be no record
    bool const nothing = fields_ == 1 && (size_ == 0 || out[-1] == '\n');
    if (nothing) out = detail::put_quoted({}, out);
    *out++ = '\n';
    wrote(out);
    fields_ = 0;
}

char* csv_text::put_long(std::string_view value, char* out, std::size_t more) {
    std::size_t const wanted = detail::longest_text(value.size()) + more;
    if (static_cast<std::size_t>(buffer_.data() + buffer_.size() - out) < wanted) {
        wrote(out);
        out = room(wanted);
    }
    return detail::put_text(value, out);
}

void csv_text::records(std::span<column_view const> columns, std::size_t first, std::size_t count, zone const& where) {
    std::vector<written_column> written(columns.begin(), columns.end());
    std::string joined;
    // of a row without its longer texts, each of which leaves as much for what follows it
    std::size_t const row_room = columns.size() * (longest_plain_field + 1) + 3;
    for (std::size_t row = first; row < first + count; ++row) {
        char* out = room(row_room);
        for (written_column& column : written) {
            column_view const& view = column.view;
            if (fields_++ > 0) *out++ = ',';
            if (!view.is_present(row)) continue;
            switch (view.what.base) {
            case kind::string:
                prefetch_text(view, row, first + count);
                out = put_long(element<std::string_view>(view, row), out, row_room);
                break;
            case kind::category: {
                auto const code = element<std::uint32_t>(view, row);
                char* const end = column.strings.put(code, out);
                out = end != nullptr ? end : put_long(view.pool->view(code), out, row_room);
                break;
            }
            case kind::category_set:
                join(view, row, joined);
                out = put_long(joined, out, row_room);
                break;
            default: out = put_plain(view, row, where, out);
            }
        }
        wrote(out);
        end_record();
    }
}

// --- csv_writer
// -------------------------------------------------------------------------------------------------------

struct csv_writer::file {
    explicit file(std::filesystem::path const& path) : out(path) {}
    detail::atomic_file out;
};

csv_writer::csv_writer(std::filesystem::path const& path, std::span<std::string const> header)
    : file_(std::make_unique<file>(path)) {
    for (std::string const& name : header)
        text_.text(name);
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
