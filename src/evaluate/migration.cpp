// SPDX-License-Identifier: Apache-2.0
#include <segmenta/evaluate/migration.hpp>

#include <segmenta/error.hpp>

#include "evaluate/csv_text.hpp"

#include <algorithm>

namespace segmenta {
inline namespace v0 {
namespace {

constexpr detail::pair_counts::words in_messages{"before", "now", "segments"};

std::int64_t difference(std::uint64_t a, std::uint64_t b) noexcept {
    return static_cast<std::int64_t>(a) - static_cast<std::int64_t>(b);
}

} // namespace

migration_matrix::migration_matrix(std::span<std::uint32_t const> before, std::span<std::uint32_t const> now,
                                   std::vector<std::string> segments)
    : counts_(detail::pair_counts::of_codes(before, now, std::move(segments), in_messages)) {}

migration_matrix migration_matrix::of_labels(std::span<std::string const> before, std::span<std::string const> now) {
    return migration_matrix(detail::pair_counts::of_labels(before, now, in_messages));
}

migration_matrix migration_matrix::of_counts(std::vector<std::uint64_t> counts, std::vector<std::string> segments) {
    return migration_matrix(detail::pair_counts::of_counts(std::move(counts), std::move(segments), in_messages));
}

std::optional<std::size_t> migration_matrix::find(std::string_view segment) const noexcept {
    auto const at = std::find(segments().begin(), segments().end(), segment);
    if (at == segments().end()) return std::nullopt;
    return static_cast<std::size_t>(at - segments().begin());
}

std::optional<double> migration_matrix::row_share(std::size_t from, std::size_t to) const noexcept {
    return detail::share_of(count(from, to), before(from));
}

std::optional<double> migration_matrix::column_share(std::size_t from, std::size_t to) const noexcept {
    return detail::share_of(count(from, to), now(to));
}

double migration_matrix::stay_share() const noexcept {
    return static_cast<double>(stayers()) / static_cast<double>(total());
}

std::int64_t migration_matrix::net_flow(std::size_t segment) const noexcept {
    return difference(now(segment), before(segment));
}

std::int64_t migration_matrix::net_flow(std::size_t from, std::size_t to) const noexcept {
    return difference(count(from, to), count(to, from));
}

void migration_matrix::merge(migration_matrix const& other) {
    if (segments() != other.segments())
        throw issue_error("evaluate.segment", "other", "the parts have other segments", {}, {},
                          "Count all parts over one list of segments");
    counts_.merge(other.counts_);
}

std::string migration_matrix::to_csv() const {
    std::string text = "from,to,customers,share_of_from\n";
    for (std::size_t from = 0; from < size(); ++from) {
        for (std::size_t to = 0; to < size(); ++to) {
            if (count(from, to) == 0) continue;
            detail::append_csv(text, segments()[from]);
            text += ',';
            detail::append_csv(text, segments()[to]);
            text += ',' + std::to_string(count(from, to)) + ',' + detail::csv_number(*row_share(from, to)) + '\n';
        }
    }
    return text;
}

} // namespace v0
} // namespace segmenta
