// SPDX-License-Identifier: Apache-2.0
#include <segmenta/evaluate/segment_checklist.hpp>

#include <segmenta/error.hpp>
#include <segmenta/stats/moments.hpp>

#include "base/indexed_place.hpp"
#include "evaluate/checks.hpp"

#include <algorithm>
#include <cmath>

namespace segmenta {
inline namespace v0 {

std::string_view to_string(segment_mark mark) noexcept {
    switch (mark) {
    case segment_mark::measurable: return "measurable";
    case segment_mark::substantial: return "substantial";
    case segment_mark::reachable: return "reachable";
    case segment_mark::different: return "different";
    case segment_mark::stable: break;
    }
    return "stable";
}

std::string_view to_string(mark_result result) noexcept {
    switch (result) {
    case mark_result::met: return "met";
    case mark_result::failed: return "failed";
    case mark_result::unknown: break;
    }
    return "unknown";
}

bool segment_check::usable() const noexcept {
    return std::all_of(marks.begin(), marks.end(), [](auto const& m) { return m.result == mark_result::met; });
}

bool segment_check::passes() const noexcept {
    return std::none_of(marks.begin(), marks.end(), [](auto const& m) { return m.result == mark_result::failed; });
}

namespace {

std::string_view finding_of(segment_mark mark) noexcept {
    switch (mark) {
    case segment_mark::measurable: return "not_measurable";
    case segment_mark::substantial: return "too_small";
    case segment_mark::reachable: return "not_reachable";
    case segment_mark::different: return "not_different";
    case segment_mark::stable: break;
    }
    return "unstable";
}

mark_check compare(segment_mark mark, std::optional<double> value, double threshold) {
    mark_check out{mark, mark_result::unknown, value, threshold, {}};
    if (!value) return out;
    out.result = *value >= threshold ? mark_result::met : mark_result::failed;
    if (out.result == mark_result::failed) out.finding = finding_of(mark);
    return out;
}

std::optional<double> share(std::optional<std::uint64_t> part, std::uint64_t whole) {
    if (!part || whole == 0) return std::nullopt;
    return static_cast<double>(*part) / static_cast<double>(whole);
}

void check_part(std::optional<std::uint64_t> part, std::uint64_t whole, std::string place, issue_list& issues) {
    if (!part || *part <= whole) return;
    issues.error("evaluate.proportion", std::move(place), "the part is larger than the whole", std::to_string(*part),
                 "at most " + std::to_string(whole), {});
}

void check_number(std::optional<double> value, std::string const& place, issue_list& issues) {
    if (value) detail::check_finite({&*value, 1}, place, issues);
}

void check(std::span<segment_facts const> segments, std::uint64_t total, checklist_thresholds const& thresholds) {
    issue_list issues;
    detail::check_not_empty(segments.size(), "segments", issues);
    detail::check_not_empty(total, "total", issues);
    for (std::size_t i = 0; i < segments.size(); ++i) {
        auto const& s = segments[i];
        auto const place = detail::indexed_place("segments", i);
        check_part(s.customers, total, place + ".customers", issues);
        check_part(s.known, s.customers, place + ".known", issues);
        check_part(s.reachable, s.customers, place + ".reachable", issues);
        check_number(s.difference, place + ".difference", issues);
        check_number(s.stability, place + ".stability", issues);
    }
    detail::check_at_least(thresholds.share, 0, "thresholds.share", issues);
    detail::check_at_least(thresholds.known, 0, "thresholds.known", issues);
    detail::check_at_least(thresholds.reachable, 0, "thresholds.reachable", issues);
    detail::check_at_least(thresholds.difference, 0, "thresholds.difference", issues);
    detail::check_at_least(thresholds.stability, 0, "thresholds.stability", issues);
    issues.throw_if_errors();
}

} // namespace

std::vector<segment_check> check_segments(std::span<segment_facts const> segments, std::uint64_t total,
                                          checklist_thresholds const& thresholds) {
    check(segments, total, thresholds);
    std::vector<segment_check> out;
    for (auto const& s : segments) {
        auto difference = s.difference;
        if (difference) difference = std::fabs(*difference);
        auto size = compare(segment_mark::substantial, share(s.customers, total), thresholds.share);
        if (s.customers == 0) { // also when the threshold is 0
            size.result = mark_result::failed;
            size.finding = finding_of(segment_mark::substantial);
        }
        out.push_back({s.name,
                       s.customers,
                       {compare(segment_mark::measurable, share(s.known, s.customers), thresholds.known), size,
                        compare(segment_mark::reachable, share(s.reachable, s.customers), thresholds.reachable),
                        compare(segment_mark::different, difference, thresholds.difference),
                        compare(segment_mark::stable, s.stability, thresholds.stability)}});
    }
    return out;
}

std::optional<double> standardised_difference(std::span<double const> segment, std::span<double const> others) {
    issue_list issues;
    detail::check_finite(segment, "segment", issues);
    detail::check_finite(others, "others", issues);
    issues.throw_if_errors();
    if (segment.size() < 2 || others.size() < 2) return std::nullopt;
    auto const a = compute_moments(segment);
    auto const b = compute_moments(others);
    double const n1 = static_cast<double>(a.count);
    double const n2 = static_cast<double>(b.count);
    double const pooled = ((n1 - 1) * a.variance + (n2 - 1) * b.variance) / (n1 + n2 - 2);
    if (!(pooled > 0)) return std::nullopt;
    return (a.mean - b.mean) / std::sqrt(pooled);
}

} // namespace v0
} // namespace segmenta
