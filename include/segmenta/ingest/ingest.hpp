// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_INGEST_INGEST_HPP
#define SEGMENTA_INGEST_INGEST_HPP

/// \file
/// From files to one row per customer: reads the sources of a plan, cleans and derives as the plan says, counts every
/// row that does not count under a reason, and computes the plan's features. The order of rows and the number of
/// threads cannot be seen in the result.

#include <segmenta/base/cpu.hpp>
#include <segmenta/error.hpp>
#include <segmenta/plan/plan.hpp>
#include <segmenta/record/column.hpp>
#include <segmenta/time/instant.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// A file that holds rows of a source of the plan. A source may be spread over several files.
struct source_file {
    std::string source;
    std::filesystem::path path;
};

/// Rows of a source as columns in a host's memory, which must outlive the call. `names` are fields of the plan's
/// source; each column has the declared type (string and category serve each other) and the same number of rows.
struct memory_source {
    std::string source;
    std::vector<std::string> names;
    std::vector<column_view> columns;
};

/// How far reading has come.
struct ingest_progress {
    std::string_view source;
    std::uint64_t bytes_read = 0;
    std::uint64_t bytes_total = 0; ///< 0: not known
    std::uint64_t rows = 0;
};

/// How to read.
struct ingest_options {
    instant as_of{};                                      ///< rows after it are counted as `future`
    unsigned threads = 1;                                 ///< 0: what the machine has
    std::optional<cpu_level> level;                       ///< kernels to use; none: the best the machine has
    std::filesystem::path quarantine;                     ///< file for the rows that do not count; empty: none
    std::function<void(ingest_progress const&)> progress; ///< called now and then from the calling thread; may be empty
    std::stop_token stop; ///< when requested, reading ends with `issue_error` (`ingest.stopped`)
};

/// The first row (by file and line) that fell under a reason: for messages, no part of any result.
struct row_example {
    std::string place;   ///< `orders.csv:417`
    std::string seen;    ///< the row, shortened
    std::string message; ///< one sentence; of a field that cannot be read, with the field and its text
};

/// Rows that did not count, for one reason.
///
/// Reasons, in the order in which they are tried, so that a row falls under the first that holds:
/// `bad_record` (quotes or number of fields), `<kind>:<field>` for a field that cannot be read (`not_a_number`,
/// `bad_date`, `out_of_range`, `unknown_unit`, …), `missing:<field>` for the customer or the time, `bad_id:<field>` for
/// an id of blanks alone or with a NUL byte, `out_of_range:<field>` for the plan's minimum and maximum, `cancelled`,
/// the plan's `reject` reasons in their order (`unknown:<reason>` where a condition reads a missing field,
/// `error:<reason>` where it fails), `error:<derived field>`, `out_of_range:<time>` outside the years 0001 to 9999,
/// `future`, `duplicate`.
struct reason_count {
    std::string reason;
    std::uint64_t rows = 0;
    row_example first;
};

/// A feature whose sum leaves its range for some customers; they get the status `error` there, the others their
/// answers.
struct failed_feature {
    std::string feature;
    std::uint64_t customers = 0;
    std::string first; ///< the smallest id among them
};

/// Customers who are in the sources but not in the result, for one reason: `future` (all their rows that count
/// otherwise lie after `as_of`, and no source of customers names them), `missing:<attribute>` (they lack an attribute
/// that the plan's `when_missing` drops customers for; the first by name counts).
struct left_out_customers {
    std::string reason;
    std::uint64_t customers = 0;
    std::string first; ///< the least id of them, for messages
};

/// How ids were found to be one customer (`plan::identity`).
struct identity_quality {
    std::uint64_t links = 0;     ///< pairs of two different ids in the sources of links
    std::uint64_t merged = 0;    ///< ids that became part of another customer
    std::uint64_t customers = 0; ///< customers who have several ids
    /// Per key: values that several ids have and that link nobody all the same, being shared by too many or listed.
    std::vector<std::pair<std::string, std::uint64_t>> shared;
    /// Per attribute where there are any: customers whose ids have different values, of which the most trusted counts.
    std::vector<std::pair<std::string, std::uint64_t>> conflicts;
    /// Each id that became part of another customer, and that customer's, in the order of ids.
    std::vector<std::pair<std::string, std::string>> ids;
};

/// What happened to the rows of one source.
struct source_quality {
    std::string source;
    std::uint64_t rows = 0;      ///< records read, without header lines
    std::uint64_t counted = 0;   ///< rows that count
    std::uint64_t customers = 0; ///< customers with at least one row that counts
    std::vector<reason_count>
        reasons; ///< only those that occurred, sorted by name; with `counted` they add up to `rows`
    /// Rows that count although this field is missing: they are left out of its sums. Sorted by name.
    std::vector<std::pair<std::string, std::uint64_t>> missing;
    /// Features that could not be computed for some customers, because a sum leaves 64 bits or the range of double.
    std::vector<failed_feature> failed;
};

/// One row per customer: ids and the base columns of a plan (attributes and features).
///
/// Rows are sorted by id: numbers by value, strings by bytes.
struct customer_columns {
    bool integer_ids = true;
    std::vector<std::int64_t> ids;          ///< when `integer_ids`
    std::vector<std::string_view> text_ids; ///< otherwise
    std::shared_ptr<void const> id_owner;   ///< keeps the characters of `text_ids`
    std::vector<std::string> names;         ///< of `columns`
    std::vector<column> columns;

    /// A feature that could not be computed: missing in its column, `error` when the table is classified.
    struct failure {
        std::uint32_t column = 0;
        std::uint32_t row = 0;
        friend auto operator<=>(failure const&, failure const&) = default;
    };
    std::vector<failure> failed; ///< ascending

    [[nodiscard]] std::size_t size() const noexcept { return integer_ids ? ids.size() : text_ids.size(); }
    /// The column of this name, or null.
    [[nodiscard]] column const* find(std::string_view name) const noexcept;
};

/// Everything that came out of the files.
struct ingest_result {
    customer_columns customers;
    std::vector<source_quality> sources; ///< in the order of the plan
    std::vector<left_out_customers> left_out; ///< only reasons that occurred, sorted
    std::optional<identity_quality> identity; ///< of plans that merge ids
};

/// Reads `files` and computes every attribute and feature of the plan as of `options.as_of`.
///
/// Histories alone make the customers of their rows; a `customers` source adds customers without rows (counts 0,
/// everything else missing). Several sources must agree on the kind of id. Where the plan merges ids, rows of all ids
/// of a customer count for one, whose id is the least of the most trusted source that names any of them.
///
/// Throws `issue_error` with all issues: `ingest.unknown_source`, `ingest.no_file` (a source of the plan has none),
/// `ingest.no_rows` (nothing counted, with the reasons), `ingest.stopped`, and those of io.
/// A sum that leaves its range is no exception: see `customer_columns::failed` and `source_quality::failed`.
/// Memory: about 12 bytes per history row that counts (24 where customers are short texts or UUIDs), and the result.
[[nodiscard]] ingest_result ingest(plan const& definition, std::span<source_file const> files,
                                   ingest_options const& options);

/// The same from columns in memory instead of files: one entry per source of the plan. Nothing is copied but what the
/// result needs. Places in messages are `SOURCE:ROW`, rows counted from 1; there is no quarantine file, only counts.
///
/// Throws as above, and `ingest.missing_field`, `ingest.field_type`, `ingest.field_size`.
[[nodiscard]] ingest_result ingest(plan const& definition, std::span<memory_source const> columns,
                                   ingest_options const& options);

} // namespace v0
} // namespace segmenta

#endif
