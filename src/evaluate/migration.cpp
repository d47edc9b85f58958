// SPDX-License-Identifier: Apache-2.0
#include <segmenta/evaluate/migration.hpp>

#include <segmenta/error.hpp>

#include "evaluate/checks.hpp"
#include "evaluate/csv_text.hpp"
#include "evaluate/label_codes.hpp"

#include <algorithm>

namespace segmenta {
inline namespace v0 {
namespace {

std::optional<double> ratio(std::uint64_t part, std::uint64_t whole) noexcept {
    if (whole == 0) return std::nullopt;
    return static_cast<double>(part) / static_cast<double>(whole);
}

std::int64_t difference(std::uint64_t a, std::uint64_t b) noexcept {
    return static_cast<std::int64_t>(a) - static_cast<std::int64_t>(b);
}

} // namespace

migration_matrix::migration_matrix(std::vector<std::string> segments)
    : segments_(std::move(segments)), before_(segments_.size(), 0), now_(segments_.size(), 0) {}

migration_matrix::migration_matrix(std::span<std::uint32_t const> before, std::span<std::uint32_t const> now,
                                   std::vector<std::string> segments)
    : migration_matrix(std::move(segments)) {
    issue_list issues;
    detail::check_names(segments_, "segments", issues);
    detail::check_not_empty(before.size(), "before", issues);
    detail::check_same_length(now.size(), "now", before.size(), "before", issues);
    detail::check_codes(before, segments_.size(), "before", issues);
    detail::check_codes(now, segments_.size(), "now", issues);
    issues.throw_if_errors();
    counts_ = detail::count_pairs(before, now, segments_.size());
    count_totals();
}

migration_matrix migration_matrix::of_labels(std::span<std::string const> before, std::span<std::string const> now) {
    auto codes = detail::code_labels(before, now);
    // Without customers there are no names either; that is one mistake, not two.
    if (codes.names.empty()) codes.names.emplace_back("none");
    return {codes.first, codes.second, std::move(codes.names)};
}

migration_matrix migration_matrix::of_counts(std::vector<std::uint64_t> counts, std::vector<std::string> segments) {
    migration_matrix out(std::move(segments));
    issue_list issues;
    detail::check_names(out.segments_, "segments", issues);
    detail::check_same_length(counts.size(), "counts", out.size() * out.size(), "segments times segments", issues);
    issues.throw_if_errors();
    out.counts_ = std::move(counts);
    out.count_totals();
    detail::check_not_empty(out.total_, "counts", issues);
    issues.throw_if_errors();
    return out;
}

void migration_matrix::count_totals() {
    std::fill(before_.begin(), before_.end(), 0);
    std::fill(now_.begin(), now_.end(), 0);
    total_ = 0;
    for (std::size_t from = 0; from < size(); ++from) {
        for (std::size_t to = 0; to < size(); ++to) {
            before_[from] += count(from, to);
            now_[to] += count(from, to);
            total_ += count(from, to);
        }
    }
}

std::optional<std::size_t> migration_matrix::find(std::string_view segment) const noexcept {
    auto const at = std::find(segments_.begin(), segments_.end(), segment);
    if (at == segments_.end()) return std::nullopt;
    return static_cast<std::size_t>(at - segments_.begin());
}

std::optional<double> migration_matrix::row_share(std::size_t from, std::size_t to) const noexcept {
    return ratio(count(from, to), before_[from]);
}

std::optional<double> migration_matrix::column_share(std::size_t from, std::size_t to) const noexcept {
    return ratio(count(from, to), now_[to]);
}

std::uint64_t migration_matrix::stayers() const noexcept {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < size(); ++i)
        sum += count(i, i);
    return sum;
}

double migration_matrix::stay_share() const noexcept {
    return static_cast<double>(stayers()) / static_cast<double>(total_);
}

std::int64_t migration_matrix::net_flow(std::size_t segment) const noexcept {
    return difference(now_[segment], before_[segment]);
}

std::int64_t migration_matrix::net_flow(std::size_t from, std::size_t to) const noexcept {
    return difference(count(from, to), count(to, from));
}

void migration_matrix::merge(migration_matrix const& other) {
    if (segments_ != other.segments_)
        throw issue_error("evaluate.segment", "other", "the parts have other segments", {}, {},
                          "Count all parts over one list of segments");
    for (std::size_t i = 0; i < counts_.size(); ++i)
        counts_[i] += other.counts_[i];
    count_totals();
}

std::string migration_matrix::to_csv() const {
    std::string text = "from,to,customers,share_of_from\n";
    for (std::size_t from = 0; from < size(); ++from) {
        for (std::size_t to = 0; to < size(); ++to) {
            if (count(from, to) == 0) continue;
            detail::append_csv(text, segments_[from]);
            text += ',';
            detail::append_csv(text, segments_[to]);
            text += ',' + std::to_string(count(from, to)) + ',' + detail::csv_number(*row_share(from, to)) + '\n';
        }
    }
    return text;
}

} // namespace v0
} // namespace segmenta
