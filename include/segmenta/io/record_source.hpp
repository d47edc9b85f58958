// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_IO_RECORD_SOURCE_HPP
#define SEGMENTA_IO_RECORD_SOURCE_HPP

/// \file
/// Files as a sequence of text chunks that are cut between records, so that several threads can read one file.

#include <segmenta/io/csv_dialect.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace segmenta {
inline namespace v0 {

namespace detail {

// What is known about the quotes of a text.
enum class quoting : std::uint8_t {
    unknown,
    none,  // there are none
    clean, // all stand where they may
};

} // namespace detail

/// Whole records as UTF-8 text in a reused, padded buffer. Move-only; a default-made chunk is empty.
///
/// Thread safety: one thread at a time.
class text_chunk {
public:
    text_chunk() = default;

    /// The records, each with its line end (the last one of a file gets one if it had none). Valid until the chunk is
    /// filled again.
    [[nodiscard]] std::string_view text() const noexcept { return {data_, size_}; }
    /// 0, 1, 2, ... in file order.
    [[nodiscard]] std::uint64_t sequence() const noexcept { return sequence_; }
    /// Position of the first byte in the decompressed UTF-8 text, not counting a byte order mark.
    [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }
    /// Line number of the first record; the first line of the file is 1.
    [[nodiscard]] std::uint64_t first_line() const noexcept { return first_line_; }
    /// Whether every byte is ASCII.
    [[nodiscard]] bool ascii() const noexcept { return ascii_; }
    /// Bytes that may be read before `text()` begins and after it ends; their values mean nothing.
    static constexpr std::size_t padding = 128;

private:
    friend class record_source;
    friend class csv_block_reader;

    /// Room for `bytes` of text, keeping the first `keep`, and as much again for a reader's scratch text.
    void reserve(std::size_t bytes, std::size_t keep);
    [[nodiscard]] std::size_t scratch_begin() const noexcept { return capacity_ + padding; }

    std::unique_ptr<char[]> memory_; // padding, text, padding, scratch, padding
    char* data_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
    std::uint64_t sequence_ = 0;
    std::uint64_t offset_ = 0;
    std::uint64_t first_line_ = 1;
    bool ascii_ = true;
    // What a reader of the same quote and delimiter need not find out again.
    detail::quoting quotes_ = detail::quoting::unknown;
    bool record_per_line_ = false;
    char delimiter_ = '\0';
    char quote_ = '\0';
};

/// How to cut a file into records.
struct record_rules {
    std::string encoding = "utf-8";                   ///< as in `csv_dialect::encoding`
    char delimiter = ',';                             ///< only where quotes are: a quote is special after it
    char quote = '"';                                 ///< '\0': line ends always end a record
    bool blanks = false;                              ///< as in `csv_dialect::blanks`
    char comment = '\0';                              ///< as in `csv_dialect::comment`
    std::size_t record_limit = std::size_t{64} << 20; ///< longest record in bytes
    std::size_t chunk_bytes = std::size_t{256} << 10; ///< bytes per chunk; a longer record makes a longer chunk
};

/// The rules that cut files of a CSV dialect.
record_rules rules_of(csv_dialect const& dialect);

/// Hands out the chunks of one file, plain or gzip (recognised by its first bytes, several members allowed), in order.
///
/// Memory: one chunk per calling thread and 256 KiB; nothing of the file stays mapped or resident.
/// Thread safety: `next` may be called from several threads; each gets other chunks.
/// Errors are thrown as `issue_error`, with the file and where known the line as place: `file.not_found`, `file.open`,
/// `file.read`, `io.gzip` (broken or cut-off file), `io.encoding` (bytes that are none in the declared encoding,
/// UTF-16), `csv.record_too_long`, `csv.unterminated_quote` (both with the line where the record or quote began). After
/// an error `next` throws it again.
class record_source {
public:
    /// Opens the file. `name` is what messages call it; empty: its path.
    record_source(std::filesystem::path const& path, record_rules const& rules, std::string name = {});
    /// Reads from memory; takes the bytes as a file would hold them.
    static record_source of_text(std::string bytes, record_rules const& rules, std::string name = "text");
    ~record_source();
    record_source(record_source&&) noexcept;
    record_source& operator=(record_source&&) noexcept;

    /// Fills `chunk` with the next records, or returns false when there are none left.
    [[nodiscard]] bool next(text_chunk& chunk);

    /// The first record (a header line) without its line end; empty when the file has none. Blank and comment lines
    /// before it are skipped. `take_record` also removes it. Call these before the first `next`.
    [[nodiscard]] std::string peek_record();
    [[nodiscard]] std::string take_record();

    [[nodiscard]] std::string const& name() const noexcept;
    /// Bytes of the file (compressed if it is) consumed so far and in all; 0 in all when it cannot be known (a pipe).
    [[nodiscard]] std::uint64_t bytes_read() const noexcept;
    [[nodiscard]] std::uint64_t bytes_total() const noexcept;

private:
    class implementation;
    explicit record_source(std::unique_ptr<implementation> made) noexcept;
    std::unique_ptr<implementation> implementation_;
};

} // namespace v0
} // namespace segmenta

#endif
