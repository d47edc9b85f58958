// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_EVALUATE_PAIR_COUNTS_HPP
#define SEGMENTA_EVALUATE_PAIR_COUNTS_HPP

/// \file
/// What agreement tables and migration matrices are made of: how many customers have each pair of two labels.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

/// Customers by a first label (rows) and a second one (columns), over one list of names.
///
/// Thread safety: immutable but for `merge`; concurrent reads are safe.
class pair_counts {
public:
    /// What labels and names are called in messages.
    struct words {
        std::string_view first;
        std::string_view second;
        std::string_view names;
    };

    /// Labels as numbers of the names. Throws `issue_error` with all of `evaluate.empty` (no customers or no names),
    /// `evaluate.length`, `evaluate.segment` (a number past the list), `evaluate.duplicate` (a name stands there twice)
    /// and `evaluate.option` (more than 4096 names). O(customers + names^2).
    static pair_counts of_codes(std::span<std::uint32_t const> first, std::span<std::uint32_t const> second,
                                std::vector<std::string> names, words const& say);
    /// Names are all labels, sorted.
    static pair_counts of_labels(std::span<std::string const> first, std::span<std::string const> second,
                                 words const& say);
    /// From counts, row after row; throws `evaluate.length` unless there are names^2, and as above.
    static pair_counts of_counts(std::vector<std::uint64_t> counts, std::vector<std::string> names, words const& say);

    [[nodiscard]] std::vector<std::string> const& names() const noexcept { return names_; }
    [[nodiscard]] std::size_t size() const noexcept { return names_.size(); }
    /// Both below `size()`, here and below.
    [[nodiscard]] std::uint64_t count(std::size_t first, std::size_t second) const noexcept {
        return counts_[first * size() + second];
    }
    /// Customers with that first or second label, and all.
    [[nodiscard]] std::uint64_t first(std::size_t name) const noexcept { return first_[name]; }
    [[nodiscard]] std::uint64_t second(std::size_t name) const noexcept { return second_[name]; }
    [[nodiscard]] std::uint64_t total() const noexcept { return total_; }
    /// Customers whose labels are the same.
    [[nodiscard]] std::uint64_t equal() const noexcept;

    /// Adds the customers of a table over the same names.
    void merge(pair_counts const& other) noexcept;

private:
    pair_counts(std::vector<std::uint64_t> counts, std::vector<std::string> names);
    void count_totals() noexcept;

    std::vector<std::string> names_;
    std::vector<std::uint64_t> counts_;
    std::vector<std::uint64_t> first_;
    std::vector<std::uint64_t> second_;
    std::uint64_t total_ = 0;
};

/// `part` of `whole`; nothing of nothing.
[[nodiscard]] inline std::optional<double> share_of(std::uint64_t part, std::uint64_t whole) noexcept {
    if (whole == 0) return std::nullopt;
    return static_cast<double>(part) / static_cast<double>(whole);
}

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
