// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_INGEST_ROW_JUDGE_HPP
#define SEGMENTA_SRC_INGEST_ROW_JUDGE_HPP

// Which rows of a block count, and why the others do not. Nothing is dropped without a reason.

#include "ingest/id_list.hpp"
#include "ingest/source_program.hpp"

#include <segmenta/ingest/ingest.hpp>
#include <segmenta/io/quarantine.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

/// Counts by reason with the first example of each, over files and threads.
class reason_log {
public:
    /// Number of a reason; numbers are small and stay.
    [[nodiscard]] std::uint16_t number(std::string_view reason);
    [[nodiscard]] std::string const& name(std::uint16_t number) const noexcept { return names_[number]; }
    void add(std::uint16_t reason, std::uint64_t rows) { counts_[reason] += rows; }
    /// Whether a row at this place would be the first example of its reason.
    [[nodiscard]] bool is_first(std::uint16_t reason, std::size_t file, std::uint64_t line) const noexcept;
    void set_first(std::uint16_t reason, std::size_t file, std::uint64_t line, row_example example);
    void merge(reason_log const& other);
    /// Those that occurred, sorted by reason.
    [[nodiscard]] std::vector<reason_count> entries() const;

private:
    struct first_row {
        std::size_t file = ~std::size_t{0};
        std::uint64_t line = ~std::uint64_t{0};
        row_example example;
    };
    std::vector<std::string> names_;
    std::vector<std::uint64_t> counts_;
    std::vector<first_row> firsts_;
};

/// Puts the rejected rows of several threads into a quarantine file in file order. Thread-safe.
class ordered_quarantine {
public:
    explicit ordered_quarantine(std::filesystem::path const& file);
    [[nodiscard]] bool writes() const noexcept { return file_.writes(); }
    struct row {
        std::string source;
        std::uint64_t line;
        std::string reason;
        std::string message;
        std::string record;
    };
    /// Starts counting chunks from 0 again: a new file of a source begins.
    void begin_file();
    /// The rows of chunk `sequence`, by line; also called when there are none.
    void add(std::uint64_t sequence, std::vector<row> rows);
    void commit() { file_.commit(); }

private:
    void write(std::vector<row> const& rows);
    std::mutex guard_;
    quarantine file_;
    std::uint64_t next_ = 0;
    std::map<std::uint64_t, std::vector<row>> waiting_;
};

/// A judged block: its columns with the derived ones, and the rows that count.
struct judged_block {
    std::vector<column_view> columns;    ///< fields, then derived fields
    std::vector<std::uint32_t> counting; ///< row numbers, ascending
};

/// Where the rows of a block come from: a file, or columns in memory.
struct row_origin {
    parsed_block const* block = nullptr; ///< null: columns in memory
    std::uint64_t first_row = 1;         ///< then: number of the first row, counted from 1
    std::size_t file = 0;                ///< number of the file in the source
    std::string const* name = nullptr;   ///< of the file, or of the source

    [[nodiscard]] std::uint64_t line(std::size_t row) const noexcept {
        return block != nullptr ? block->line(row) : first_row + row;
    }
};

/// Judges the rows of the blocks of one thread.
class row_judge {
public:
    row_judge(source_program const& what, instant as_of);
    row_judge(row_judge const&) = delete;

    /// `columns` are the fields of the source in order. The result holds until the next call.
    judged_block const& judge(std::size_t rows, std::span<column_view const> columns, row_origin const& origin,
                              ordered_quarantine* quarantined);

    [[nodiscard]] reason_log const& reasons() const noexcept { return log_; }
    [[nodiscard]] std::uint64_t rows() const noexcept { return rows_; }
    /// Customers of rows that would count but for their time, after `as_of`.
    [[nodiscard]] id_list const& future() const noexcept { return future_ids_; }
    /// Times of the rows in microseconds UTC (histories); holds until the next call.
    [[nodiscard]] std::int64_t const* times() const noexcept { return times_; }

private:
    static std::int64_t bounds_at_end(source_program const& what, instant as_of) noexcept;
    void reject(std::size_t row, std::uint16_t reason) {
        if (verdicts_[row] == counts) verdicts_[row] = reason;
    }
    void judge_missing(std::size_t column, std::uint16_t reason);
    void judge_ids(std::size_t file);
    void judge_pairs();
    void judge_codes(column_view const& ids, std::size_t file);
    void judge_range(std::size_t field);
    void judge_condition(std::size_t index);
    void judge_times();
    void judge_derived();
    void remember_future(std::size_t row);
    [[nodiscard]] std::string message_of(std::uint16_t reason, std::size_t row) const;
    void report(row_origin const& origin, ordered_quarantine* quarantined);

    static constexpr std::uint16_t counts = 0xFFFF;

    source_program const& what_;
    std::int64_t latest_; ///< last instant that counts
    std::int64_t first_year_begins_; ///< times before, and those after the last year, are out of range
    std::int64_t last_year_ends_;
    reason_log log_;
    std::uint64_t rows_ = 0;
    std::vector<std::uint16_t> verdicts_;
    std::vector<rule_scratch> scratch_; ///< one per program: their results live in it
    std::vector<block_result> derived_;
    std::vector<std::int64_t> day_starts_; ///< times of date-only rows
    std::int64_t const* times_ = nullptr;
    judged_block out_;
    std::uint16_t missing_id_, missing_other_, missing_time_, bad_id_, bad_other_, bad_time_, future_;
    std::vector<std::uint8_t> bad_codes_; ///< per code of the ids' pool, as far as known
    bool any_bad_code_ = false;
    string_pool const* judged_pool_ = nullptr;
    std::size_t judged_file_ = 0;
    id_list future_ids_;
    std::vector<std::uint16_t> range_reasons_;                                    ///< per ranged field
    std::vector<std::uint16_t> reject_reasons_, unknown_reasons_, error_reasons_; ///< per condition
    std::vector<std::uint16_t> derive_errors_;
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
