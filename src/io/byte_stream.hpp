// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_IO_BYTE_STREAM_HPP
#define SEGMENTA_SRC_IO_BYTE_STREAM_HPP

// Bytes in order: of a file or of memory, decompressed, converted to UTF-8. Each layer wraps the one below.

#include <segmenta/base/text.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Thread safety: one thread at a time.
class byte_stream {
public:
    virtual ~byte_stream() = default;
    // Up to `size` bytes to `out`; 0 only at the end. Throws issue_error.
    virtual std::size_t read(char* out, std::size_t size) = 0;
    // Of the file underneath; total is 0 when unknown.
    [[nodiscard]] virtual std::uint64_t bytes_read() const noexcept = 0;
    [[nodiscard]] virtual std::uint64_t bytes_total() const noexcept = 0;
};

std::unique_ptr<byte_stream> open_file(std::filesystem::path const& path, std::string const& name);
std::unique_ptr<byte_stream> read_memory(std::string bytes);

// `below`, or its decompressed bytes if it begins like a gzip file.
std::unique_ptr<byte_stream> decompressed(std::unique_ptr<byte_stream> below, std::string const& name);

// `below` in UTF-8 and without its byte order mark. A mark that contradicts `from` is an error (io.encoding).
// `line_limit`: longest line in bytes (csv.record_too_long).
std::unique_ptr<byte_stream> as_utf8(std::unique_ptr<byte_stream> below, encoding from, std::string const& name,
                                     std::size_t line_limit);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
