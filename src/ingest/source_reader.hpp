// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_INGEST_SOURCE_READER_HPP
#define SEGMENTA_SRC_INGEST_SOURCE_READER_HPP

// The files of one source, read by several threads: each worker judges the blocks it gets and hands them to a sink.

#include "ingest/row_judge.hpp"

#include <segmenta/ingest/ingest.hpp>

#include <concepts>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

/// What one worker does with a judged block. Called by one thread at a time per worker.
class row_sink {
public:
    virtual ~row_sink() = default;
    /// `times` as of `row_judge::times()`; `origin` gives line numbers.
    virtual void take(judged_block const& judged, std::int64_t const* times, row_origin const& origin) = 0;
};

/// Adds one sink for each thread to `all`; returns them with their own type.
template <class Sink, class... Arguments>
std::vector<Sink*> add_sinks(std::vector<std::unique_ptr<row_sink>>& all, unsigned threads, Arguments const&... with) {
    std::vector<Sink*> own;
    for (unsigned t = 0; t < threads; ++t) {
        auto made = std::make_unique<Sink>(with...);
        own.push_back(made.get());
        all.push_back(std::move(made));
    }
    return own;
}

/// What reading a source gives beside what its sinks hold.
struct read_outcome {
    reason_log reasons;
    std::uint64_t rows = 0;
    id_list future; ///< customers with rows after `as_of`
};

/// Where the rows of a source are: in files, or in memory.
struct source_input {
    std::span<source_file const> files;
    memory_source const* columns = nullptr;
};

/// What messages and quarantine files call a file: its name, or the path as given when two files have one name.
[[nodiscard]] std::string shown_name(std::span<source_file const> files, std::size_t file);

/// Reads all of a source. `sinks` has one element per thread. Throws what io throws, and `ingest.stopped`.
read_outcome read_source(source_program const& what, source_input const& input, ingest_options const& options,
                         std::span<std::unique_ptr<row_sink> const> sinks, ordered_quarantine* quarantined);

/// File and line of a row in one number; files come first, so places sort like rows are read.
constexpr std::uint64_t row_place(std::size_t file, std::uint64_t line) noexcept {
    return static_cast<std::uint64_t>(file) << 48 | line;
}
constexpr std::size_t file_of(std::uint64_t place) noexcept { return static_cast<std::size_t>(place >> 48); }
constexpr std::uint64_t line_of(std::uint64_t place) noexcept { return place & ((std::uint64_t{1} << 48) - 1); }

/// Reads the files again and puts the rows at `places`, which were found to repeat others only after reading, into the
/// quarantine under `duplicate`.
void quarantine_rows(source_program const& what, std::span<source_file const> files, std::vector<std::uint64_t> places,
                     ordered_quarantine& quarantined, std::string const& message);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
