// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_INGEST_SOURCE_PROGRAM_HPP
#define SEGMENTA_SRC_INGEST_SOURCE_PROGRAM_HPP

// A source of a plan, compiled: which columns to read, the programs that derive, cancel and reject, and where the id
// and the time are.

#include <segmenta/io/parsed_block.hpp>
#include <segmenta/plan/plan.hpp>
#include <segmenta/rule/program.hpp>
#include <segmenta/time/zone.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

/// A condition over the fields of a row, and the reason it gives.
struct row_condition {
    std::string reason;
    program test;
};

/// Immutable; shared by all workers of a source.
struct source_program {
    source_definition const* definition = nullptr;
    zone where;
    environment names;                 ///< fields, then derived fields; variable i is column i of a block
    std::vector<wanted_column> wanted; ///< one per field, in order
    std::vector<program> derive;       ///< in order
    std::vector<row_condition> reject; ///< `cancelled` first, then the plan's, in order
    std::vector<std::size_t> ranged;   ///< fields with a minimum or maximum
    std::size_t id = 0;                ///< column of the customer's id
    std::size_t same_as = 0;           ///< links: column of the other id
    std::size_t time = 0;              ///< histories: column of the time
    bool dates_only = false;           ///< histories: the time is a date

    [[nodiscard]] std::size_t fields() const noexcept { return wanted.size(); }
    [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const noexcept { return names.find(name); }
    [[nodiscard]] type what(std::size_t column) const noexcept { return names.what(column); }
};

/// Compiles a source; problems are added to `issues`.
[[nodiscard]] source_program compile_source(source_definition const& definition, plan const& whole, issue_list& issues);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
