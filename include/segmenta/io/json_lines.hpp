// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_IO_JSON_LINES_HPP
#define SEGMENTA_IO_JSON_LINES_HPP

/// \file
/// JSON Lines (one JSON object per line) to the same typed columns as CSV.
///
///     record_source events{"events.jsonl", json_lines_rules()};
///     json_layout const layout{{{"customer.id", int64_type}, {"amount", decimal_type(2)}}};
///     json_block_reader reader{layout};
///     text_chunk chunk;
///     while (events.next(chunk)) use(reader.parse(chunk));

#include <segmenta/io/parsed_block.hpp>
#include <segmenta/io/record_source.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// How JSON Lines files are cut: UTF-8, a line is a record.
record_rules json_lines_rules(std::size_t record_limit = std::size_t{64} << 20);

/// Which values of an object to read. A name is a key; with dots it is also a path of keys into nested objects,
/// whichever the object has. A key that is absent, or whose value is null or an empty string, is missing; so is a
/// string spelled like one of the column's `missing`. Other keys are skipped, but the line must be valid JSON
/// throughout (RFC 8259, UTF-8, at most 64 levels deep), and a key that is wanted or leads to a wanted one must not
/// occur twice (`duplicate_key`).
///
/// Numbers are read from their digits, exactly as in CSV. Numeric columns take JSON numbers and strings; booleans take
/// `true`, `false` and strings; times take strings, or numbers under a `unix_*` format; text takes strings and also
/// numbers (their digits as written). Anything else is `wrong_json_type`.
///
/// Thread safety: immutable; shared by the readers of all threads and must outlive them.
class json_layout {
public:
    /// Throws `issue_error`: `json.column_type`, `json.column_name` (an empty name or key). The same key may be wanted
    /// twice.
    explicit json_layout(std::vector<wanted_column> wanted, std::string const& place = {});
    ~json_layout();
    json_layout(json_layout&&) noexcept;
    json_layout& operator=(json_layout&&) noexcept;

    [[nodiscard]] std::span<wanted_column const> wanted() const noexcept { return wanted_; }

private:
    friend class json_block_reader;
    struct tree;
    std::vector<wanted_column> wanted_;
    std::unique_ptr<tree> tree_;
};

/// Turns chunks into blocks; everything said of `csv_block_reader` holds here.
class json_block_reader {
public:
    explicit json_block_reader(json_layout const& layout);
    ~json_block_reader();
    json_block_reader(json_block_reader&&) noexcept;
    json_block_reader& operator=(json_block_reader&&) noexcept;

    /// Reads all lines of the chunk; an empty line is no record (it is counted).
    parsed_block const& parse(text_chunk& chunk);

private:
    class implementation;
    std::unique_ptr<implementation> implementation_;
};

} // namespace v0
} // namespace segmenta

#endif
