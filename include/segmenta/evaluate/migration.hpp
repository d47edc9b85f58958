// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_EVALUATE_MIGRATION_HPP
#define SEGMENTA_EVALUATE_MIGRATION_HPP

/// \file
/// Who moved where: the segments of the same customers at two dates, or under two plans.

#include <segmenta/evaluate/pair_counts.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// Customers by the segment they were in (rows) and are in now (columns), over one list of segments.
///
/// A customer who was not there at one of the dates belongs to a segment that says so, `not_yet` or `gone`, so that
/// totals stay whole.
///
/// Thread safety: immutable after construction; concurrent reads are safe.
///
///     auto const moved = migration_matrix::of_labels(std::vector<std::string>{"active", "active", "lost"},
///                                                    std::vector<std::string>{"active", "lost", "lost"});
///     moved.row_share(0, 1);   // 0.5: half of the active ones were lost
class migration_matrix {
public:
    /// `before[i]` and `now[i]` number the segments of customer i in `segments`. Throws `issue_error` with all of
    /// `evaluate.empty` (no customers or no segments), `evaluate.length`, `evaluate.segment` (a number past the list),
    /// `evaluate.duplicate` (a segment named twice) and `evaluate.option` (more than 4096 segments).
    /// O(customers + segments^2).
    migration_matrix(std::span<std::uint32_t const> before, std::span<std::uint32_t const> now,
                     std::vector<std::string> segments);
    /// Segments by name, in the order of their names.
    [[nodiscard]] static migration_matrix of_labels(std::span<std::string const> before,
                                                    std::span<std::string const> now);
    /// From counts, row after row; throws `evaluate.length` unless there are segments^2, and as above.
    static migration_matrix of_counts(std::vector<std::uint64_t> counts, std::vector<std::string> segments);

    [[nodiscard]] std::vector<std::string> const& segments() const noexcept { return counts_.names(); }
    [[nodiscard]] std::size_t size() const noexcept { return counts_.size(); }
    /// Number of a segment; nothing when there is none of that name.
    [[nodiscard]] std::optional<std::size_t> find(std::string_view segment) const noexcept;

    /// Customers who were in `from` and are in `to`; both below `size()`, here and below.
    [[nodiscard]] std::uint64_t count(std::size_t from, std::size_t to) const noexcept {
        return counts_.count(from, to);
    }
    /// Customers who were in the segment.
    [[nodiscard]] std::uint64_t before(std::size_t segment) const noexcept { return counts_.first(segment); }
    /// Customers who are in the segment.
    [[nodiscard]] std::uint64_t now(std::size_t segment) const noexcept { return counts_.second(segment); }
    [[nodiscard]] std::uint64_t total() const noexcept { return counts_.total(); }

    /// Of those who were in `from`, the share that is in `to`; nothing when nobody was in `from`.
    [[nodiscard]] std::optional<double> row_share(std::size_t from, std::size_t to) const noexcept;
    /// Of those who are in `to`, the share that came from `from`; nothing when nobody is in `to`.
    [[nodiscard]] std::optional<double> column_share(std::size_t from, std::size_t to) const noexcept;
    /// Customers whose segment did not change.
    [[nodiscard]] std::uint64_t stayers() const noexcept { return counts_.equal(); }
    /// `stayers()` of all customers.
    [[nodiscard]] double stay_share() const noexcept;
    /// Customers gained minus customers lost: now minus before. Sums to 0 over all segments.
    [[nodiscard]] std::int64_t net_flow(std::size_t segment) const noexcept;
    /// Customers who went from `from` to `to` minus those who went back.
    [[nodiscard]] std::int64_t net_flow(std::size_t from, std::size_t to) const noexcept;

    /// Adds the customers of another part of the base. Throws `evaluate.segment` unless the segments are the same.
    void merge(migration_matrix const& other);

    /// One row for each pair of segments that occurs: `from,to,customers,share_of_from`. Names with commas, quotes or
    /// line ends are quoted (RFC 4180).
    [[nodiscard]] std::string to_csv() const;

private:
    explicit migration_matrix(detail::pair_counts counts) : counts_(std::move(counts)) {}

    detail::pair_counts counts_; ///< before and now
};

} // namespace v0
} // namespace segmenta

#endif
