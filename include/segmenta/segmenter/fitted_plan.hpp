// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SEGMENTER_FITTED_PLAN_HPP
#define SEGMENTA_SEGMENTER_FITTED_PLAN_HPP

/// \file
/// A plan together with what a fit froze: quantile edges, pooled gaps, means. It is data: saved, loaded, compared,
/// refused when it does not belong to the plan it is used with.

#include <segmenta/ingest/ingest.hpp>
#include <segmenta/plan/plan.hpp>
#include <segmenta/record/schema.hpp>
#include <segmenta/strategy/registry.hpp>
#include <segmenta/time/instant.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// The parameters of one fitted column, or the value that stands in for a missing attribute.
struct fitted_column {
    std::string name;
    std::string kind;       ///< of the mechanism; `when_missing.median`, `when_missing.mode`
    std::string parameters; ///< JSON as the mechanism wrote it, with its own version and checksum
    friend bool operator==(fitted_column const&, fitted_column const&) = default;
};

/// Range of a base column in the data of the fit.
struct fitted_range {
    std::string name;
    type what{};
    std::uint64_t missing = 0;
    std::string minimum; ///< as text; empty when every value is missing
    std::string maximum;
    friend bool operator==(fitted_range const&, fitted_range const&) = default;
};

/// A plan and its frozen parameters.
///
/// Thread safety: immutable and cheap to copy; concurrent reads are safe.
class fitted_plan {
public:
    [[nodiscard]] plan const& definition() const noexcept;
    [[nodiscard]] std::span<fitted_column const> columns() const noexcept;
    /// The parameters of a column, or null when it needs none.
    [[nodiscard]] fitted_column const* find(std::string_view name) const noexcept;
    [[nodiscard]] instant as_of() const noexcept;           ///< of the data it was fitted on
    [[nodiscard]] std::uint64_t customers() const noexcept; ///< in that data
    /// The base columns (attributes and features) the fit saw, with their types and ranges: the fingerprint.
    [[nodiscard]] std::span<fitted_range const> data() const noexcept;
    /// 32 hexadecimal digits over the plan's hash and all parameters: two fitted plans with one hash classify alike.
    [[nodiscard]] std::string const& hash() const noexcept;

    /// The file format, version 1: JSON with the plan inside and a checksum over everything.
    [[nodiscard]] std::string to_json() const;
    /// Writes the file, whole or not at all. Throws `issue_error` (`file.*`).
    void save(std::filesystem::path const& path) const;

    struct contents;
    explicit fitted_plan(std::shared_ptr<contents const> made) noexcept : contents_(std::move(made)) {}

private:
    std::shared_ptr<contents const> contents_;
};

/// Reads what `to_json` wrote. Throws `issue_error`: `fitted.kind`, `fitted.version`, `fitted.checksum`,
/// `fitted.content`, and what the plan inside says. Label packs are not part of the file.
[[nodiscard]] fitted_plan parse_fitted_plan(std::string_view text, std::string const& name = "fitted plan",
                                            strategy_registry const& mechanisms = strategy_registry::core());
/// Reads a file. Throws as `parse_fitted_plan`, and `file.*`.
[[nodiscard]] fitted_plan read_fitted_plan(std::filesystem::path const& path,
                                           strategy_registry const& mechanisms = strategy_registry::core());
/// The fitted plan with labels, titles and texts of `current`, which must have the same hash: otherwise
/// `fitted.other_plan` says what differs.
[[nodiscard]] fitted_plan rebase(fitted_plan const& fitted, plan const& current);

/// Fits every column of the plan that needs it, in order, on one row per customer sorted by id (as `ingest` gives
/// them). Throws `issue_error`: `segmenter.missing_column` when `customers` lacks a base column of the plan, and what
/// the mechanisms say (`fit.no_values`, …). `threads` 0: what the machine has; the result does not depend on it.
[[nodiscard]] fitted_plan fit(plan const& definition, customer_columns const& customers, instant as_of,
                              unsigned threads = 1, strategy_registry const& mechanisms = strategy_registry::core());
/// The same for a plan checked against a host's schema instead of its own sources.
[[nodiscard]] fitted_plan fit(plan const& definition, schema const& what, customer_columns const& customers,
                              instant as_of, unsigned threads = 1,
                              strategy_registry const& mechanisms = strategy_registry::core());

} // namespace v0
} // namespace segmenta

#endif
