// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_IO_QUARANTINE_HPP
#define SEGMENTA_IO_QUARANTINE_HPP

/// \file
/// Rows that do not count: how many for which reason, always, and if asked each of them in a file.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// A row that does not count.
struct rejected_row {
    std::string_view source;  ///< file or source name
    std::uint64_t line = 0;   ///< where the record begins; the first line is 1
    std::string_view reason;  ///< ASCII id: `to_string(read_error)`, `out_of_range`, `duplicate`, ...
    std::string_view message; ///< one plain sentence: which column, what was seen
    std::string_view record;  ///< the record as it stands in the file (UTF-8), without line end
};

/// Counts of rejected rows by reason.
///
/// Thread safety: one thread at a time; each thread counts for itself, then `merge`.
class reject_counts {
public:
    struct entry {
        std::string reason;
        std::uint64_t rows = 0;
        friend bool operator==(entry const&, entry const&) = default;
    };

    void add(std::string_view reason, std::uint64_t rows = 1);
    void merge(reject_counts const& other);
    /// Sorted by reason, so that the order does not depend on threads.
    [[nodiscard]] std::vector<entry> const& entries() const noexcept { return entries_; }
    [[nodiscard]] std::uint64_t of(std::string_view reason) const noexcept;
    [[nodiscard]] std::uint64_t total() const noexcept;

private:
    std::vector<entry> entries_;
};

/// Counts rejected rows and, given a path, writes them to a CSV file with the columns
/// `source,line,reason,message,record`, in the order they are added.
///
/// Memory: a buffer of 128 KiB. Records longer than `longest_record` bytes are written cut off, ending in `...`;
/// nothing else is left out. Errors are those of `csv_writer`.
/// Thread safety: one thread at a time: add rows in file order when the file must not depend on threads.
class quarantine {
public:
    /// Counts only.
    quarantine();
    /// Counts and writes. The file appears at `commit`.
    explicit quarantine(std::filesystem::path const& file, std::size_t longest_record = std::size_t{64} << 10);
    quarantine(quarantine&&) noexcept;
    quarantine& operator=(quarantine&&) noexcept;
    ~quarantine();

    void add(rejected_row const& row);
    [[nodiscard]] reject_counts const& counts() const noexcept { return counts_; }
    /// Whether rows are written as well.
    [[nodiscard]] bool writes() const noexcept { return file_ != nullptr; }
    /// Completes the file; without a file it does nothing.
    void commit();

private:
    struct file;
    reject_counts counts_;
    std::unique_ptr<file> file_;
    std::size_t longest_record_ = 0;
};

} // namespace v0
} // namespace segmenta

#endif
