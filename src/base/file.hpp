// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_BASE_FILE_HPP
#define SEGMENTA_BASE_FILE_HPP

// Files, whole or not at all. Errors are issue_error with the path as place, the system's words and a remedy:
//   file.not_found, file.open, file.read, file.write, file.too_large, file.not_regular

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Writes a file so that its name never shows a half-written one: bytes go to a temporary file in the same folder, which
// takes the name on `commit` after it has reached the disk. Without `commit` (exception, interruption) the destructor
// removes the temporary and the old file, if any, stays. A symbolic link is followed; a device or pipe is written
// directly.
//
// Thread safety: one thread at a time.
class atomic_file {
public:
    // Opens the temporary. Throws issue_error (file.open).
    explicit atomic_file(std::filesystem::path path);
    atomic_file(atomic_file&& other) noexcept;
    atomic_file& operator=(atomic_file&&) = delete;
    ~atomic_file();

    // Appends; buffered. Throws issue_error (file.write), for instance when the disk is full.
    void write(std::string_view bytes);
    // Flushes, syncs, renames. Throws issue_error (file.write); after it nothing may be written.
    void commit();

    // Bytes given to `write` so far.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::filesystem::path const& path() const noexcept { return path_; }

private:
    void flush();
    void write_through(std::string_view bytes);
    void discard() noexcept;

    std::filesystem::path path_;      // as given
    std::filesystem::path target_;    // links resolved
    std::filesystem::path temporary_; // empty: written directly
    std::string buffer_;
    std::size_t size_ = 0;
    int file_ = -1;
};

// atomic_file in one call.
void write_file(std::filesystem::path const& path, std::string_view bytes);

// The whole file. Throws issue_error (file.not_found, file.open, file.read, file.too_large). Pipes are read too.
std::string read_file(std::filesystem::path const& path, std::size_t max_bytes = std::size_t{256} << 20);

// A file mapped read-only. The bytes must not be changed by others while it is mapped. Pages are read on demand and can
// be given back, so that a file larger than memory can be scanned.
//
// Thread safety: concurrent reads are safe.
class mapped_file {
public:
    // Throws issue_error (file.not_found, file.open, file.not_regular).
    explicit mapped_file(std::filesystem::path const& path);
    mapped_file(mapped_file&& other) noexcept;
    mapped_file& operator=(mapped_file&& other) noexcept;
    ~mapped_file();

    [[nodiscard]] std::string_view bytes() const noexcept { return {data_, size_}; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    // The range will not be read again soon: its pages need not stay in memory.
    void release(std::size_t offset, std::size_t length) const noexcept;

private:
    char const* data_ = nullptr;
    std::size_t size_ = 0;
};

// What to do about a file that is not there, for the issue that says so: the file of the folder whose name is nearest,
// or the folder that is missing, too.
std::string remedy_for_missing(std::filesystem::path const& path);

// Text of an errno value, thread-safe.
std::string system_message(int error);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
