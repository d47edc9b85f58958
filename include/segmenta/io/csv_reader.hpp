// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_IO_CSV_READER_HPP
#define SEGMENTA_IO_CSV_READER_HPP

/// \file
/// Delimited text to typed columns, chunk by chunk: only the wanted columns are converted.
///
///     csv_file orders{"orders.csv", csv_dialect{}};
///     csv_layout const layout{orders, {{"customer_id", int64_type}, {"amount", decimal_type(2)}}};
///     csv_block_reader reader{layout};             // one per thread
///     text_chunk chunk;
///     while (orders.source().next(chunk)) {
///         parsed_block const& block = reader.parse(chunk);
///         for (bad_field const& bad : block.bad_fields()) ...
///         auto const amounts = block.columns()[1].as<std::int64_t>();
///     }

#include <segmenta/base/cpu.hpp>
#include <segmenta/io/csv_dialect.hpp>
#include <segmenta/io/parsed_block.hpp>
#include <segmenta/io/record_source.hpp>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// A CSV file that is open and whose column names are known.
class csv_file {
public:
    /// Opens the file and reads the header line. Throws `issue_error`: what `check(csv_dialect)` and `record_source`
    /// say, `csv.no_header` (an empty file), `csv.duplicate_column` (the same name twice; empty names may repeat),
    /// `csv.header` (the header line itself has a stray quote or zero bytes).
    csv_file(std::filesystem::path const& path, csv_dialect dialect, std::string name = {},
             std::size_t chunk_bytes = std::size_t{256} << 10);
    /// From memory.
    static csv_file of_text(std::string bytes, csv_dialect dialect, std::string name = "text",
                            std::size_t chunk_bytes = std::size_t{256} << 10);

    [[nodiscard]] std::string const& name() const noexcept { return source_.name(); }
    [[nodiscard]] csv_dialect const& dialect() const noexcept { return dialect_; }
    /// Column names in file order, exactly as written (also outer blanks). A file without header line and names has
    /// "1", "2", ... as many as its first record has fields.
    [[nodiscard]] std::vector<std::string> const& columns() const noexcept { return columns_; }
    /// The chunks after the header.
    [[nodiscard]] record_source& source() noexcept { return source_; }

private:
    csv_file(csv_dialect dialect, record_source source);
    void read_columns();

    record_source source_;
    csv_dialect dialect_;
    std::vector<std::string> columns_;
};

/// Which columns of a file to read, and how.
///
/// Thread safety: immutable; shared by the readers of all threads and must outlive them.
class csv_layout {
public:
    /// Throws `issue_error` with all problems: `csv.no_column` (with the nearest name), `csv.column_type` (a kind that
    /// text columns cannot have). The same column may be wanted twice.
    csv_layout(csv_file const& file, std::vector<wanted_column> wanted);

    [[nodiscard]] std::span<wanted_column const> wanted() const noexcept { return wanted_; }
    [[nodiscard]] csv_dialect const& dialect() const noexcept { return dialect_; }
    /// Fields per record.
    [[nodiscard]] std::size_t fields() const noexcept { return fields_; }
    /// Position in the record of each wanted column, from 0.
    [[nodiscard]] std::span<std::uint32_t const> positions() const noexcept { return positions_; }

private:
    std::vector<wanted_column> wanted_;
    csv_dialect dialect_;
    std::size_t fields_ = 0;
    std::vector<std::uint32_t> positions_;
};

/// Turns chunks into blocks. Reuses its memory: no allocation per chunk after the first few, except for categories not
/// seen before and for what is bad.
///
/// Thread safety: one thread at a time. Each reader has its own category pools; codes of two readers do not mean the
/// same.
class csv_block_reader {
public:
    /// `level`: instruction set of the kernels; the blocks do not depend on it.
    explicit csv_block_reader(csv_layout const& layout, cpu_level level = detect_cpu_level());
    ~csv_block_reader();
    csv_block_reader(csv_block_reader&&) noexcept;
    csv_block_reader& operator=(csv_block_reader&&) noexcept;

    /// Reads all records of the chunk. The block, and the chunk's memory behind its strings, are good until either is
    /// used again. Never fails on bad data: see `parsed_block::bad_fields`.
    parsed_block const& parse(text_chunk& chunk);

private:
    class implementation;
    std::unique_ptr<implementation> implementation_;
};

} // namespace v0
} // namespace segmenta

#endif
