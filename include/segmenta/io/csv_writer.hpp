// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_IO_CSV_WRITER_HPP
#define SEGMENTA_IO_CSV_WRITER_HPP

/// \file
/// Writing RFC 4180 CSV in UTF-8 with LF line ends, fast and whole-or-not-at-all.

#include <segmenta/record/column.hpp>
#include <segmenta/time/zone.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace segmenta {
inline namespace v0 {

/// Appends CSV text to a string, field by field; `csv_writer` is the one that owns a file.
///
/// Missing is the empty field; a string that is present and empty is written the same (CSV cannot tell them apart). A
/// field is quoted when it holds a comma, quote or line end, and where a single empty field would make a blank line.
///
/// Thread safety: one thread at a time.
class csv_text {
public:
    csv_text() = default;

    void text(std::string_view value);
    void integer(std::int64_t value);
    /// `units` of 10^-scale, with exactly `scale` digits after the point; scale 0...18.
    void decimal(std::int64_t units, unsigned scale);
    /// The shortest text that reads back as the same double; whole numbers without point. NaN and infinities, which no
    /// column holds, as missing.
    void real(double value);
    void boolean(bool value); ///< `true`, `false`
    void date(std::int32_t days);
    /// `YYYY-MM-DDTHH:MM:SSZ`, with the zone's offset instead of `Z` when it is not UTC.
    void instant_at(instant when, zone const& where);
    void missing();
    void end_record();

    /// Whole rows [first, first + count) of equally long columns: the fast way. Category sets are written as their
    /// strings joined by `|`, durations as microseconds.
    void records(std::span<column_view const> columns, std::size_t first, std::size_t count, zone const& where = {});

    /// What has been written and not taken yet.
    [[nodiscard]] std::string_view pending() const noexcept { return {buffer_.data(), size_}; }
    /// Forgets it, keeping the memory.
    void clear() noexcept { size_ = 0; }

private:
    char* room(std::size_t bytes);
    char* begin_field(std::size_t bytes);
    void wrote(char const* end) noexcept;
    // Writes a text of any length at `out`, or where there is room for it and `more`; returns its end.
    char* put_long(std::string_view value, char* out, std::size_t more);

    std::string buffer_; // its first size_ bytes
    std::size_t size_ = 0;
    std::size_t fields_ = 0; // in the current record
};

/// A CSV file that appears under its name only when it is complete.
///
/// Errors are thrown as `issue_error`: `file.open`, `file.write` (disk full, no right to write, with the system's
/// reason). Thread safety: one thread at a time.
class csv_writer {
public:
    /// Opens a temporary file beside `path` and writes the header record.
    csv_writer(std::filesystem::path const& path, std::span<std::string const> header);
    csv_writer(csv_writer&&) noexcept;
    csv_writer& operator=(csv_writer&&) noexcept;
    /// Without `commit` the temporary file is removed and an older file of that name stays.
    ~csv_writer();

    /// Fields and records go here; call `flush_if_full` now and then (after each record or block).
    [[nodiscard]] csv_text& out() noexcept { return text_; }
    void flush_if_full() {
        if (text_.pending().size() >= std::size_t{128} << 10) flush();
    }
    /// Text that is CSV already: what several `csv_text` made in parallel, in order.
    void append(std::string_view records);
    /// Writes the rest and gives the file its name.
    void commit();

private:
    void flush();

    csv_text text_;
    struct file;
    std::unique_ptr<file> file_;
};

} // namespace v0
} // namespace segmenta

#endif
