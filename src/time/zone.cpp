// SPDX-License-Identifier: Apache-2.0
#include <segmenta/time/zone.hpp>

#include <algorithm>
#include <limits>

namespace segmenta {
inline namespace v0 {
namespace {

constexpr std::int64_t high = std::numeric_limits<std::int64_t>::max();
// No offset reaches a day, so segments this far away cannot hold a local time.
constexpr std::int64_t two_days = 2 * microseconds_per_day;

std::int64_t local_number(civil_time local) noexcept {
    return std::int64_t{local.date.days_since_epoch()} * microseconds_per_day + local.time_of_day;
}

instant beyond(civil_time local) noexcept {
    return local.date.days_since_epoch() < 0 ? instant::earliest() : instant::never();
}

using segment_list = std::vector<detail::zone_table::segment>;

// Local time at which segment i ends.
std::int64_t local_end(segment_list const& segments, std::size_t i) noexcept {
    return i + 1 == segments.size() ? high : segments[i + 1].begin + segments[i].offset;
}

// First segment whose clock goes past `local`.
std::size_t first_reaching(detail::zone_table const& table, std::int64_t local) noexcept {
    std::size_t i = table.find(local - two_days);
    while (local_end(table.segments(), i) <= local)
        ++i;
    return i;
}

} // namespace

detail::zone_table::zone_table(std::string name, std::vector<segment> segments)
    : name_(std::move(name)), segments_(std::move(segments)) {
    first_change_ = segments_.size() > 1 ? segments_[1].begin : high;
    last_change_ = segments_.size() > 1 ? segments_.back().begin : high;
    if (segments_.size() < 2) return;
    auto const buckets = static_cast<std::size_t>((last_change_ - first_change_) >> bucket_bits) + 1;
    index_.reserve(buckets);
    std::size_t i = 1;
    for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
        std::int64_t const begin = first_change_ + (static_cast<std::int64_t>(bucket) << bucket_bits);
        while (i + 1 < segments_.size() && segments_[i + 1].begin <= begin)
            ++i;
        index_.push_back(static_cast<std::uint16_t>(i));
    }
}

instant zone::to_instant_by_table(civil_time local) const noexcept {
    if (!is_safe(local)) return beyond(local);
    std::int64_t const number = local_number(local);
    std::size_t const i = first_reaching(*table_, number);
    auto const& segment = table_->segments()[i];
    return instant{std::max(segment.begin, number - segment.offset)};
}

std::optional<instant> zone::to_instant(civil_time local, ambiguous_time ambiguous,
                                        nonexistent_time nonexistent) const noexcept {
    if (table_ == nullptr || !is_safe(local)) return to_instant(local);
    auto const& segments = table_->segments();
    std::int64_t const number = local_number(local);
    std::size_t const i = first_reaching(*table_, number);
    if (number - segments[i].offset < segments[i].begin) { // jumped over
        if (nonexistent == nonexistent_time::refuse) return std::nullopt;
        return instant{segments[i].begin};
    }
    std::int64_t answer = number - segments[i].offset;
    if (ambiguous == ambiguous_time::earliest) return instant{answer};
    for (std::size_t k = i + 1; k < segments.size() && segments[k].begin <= number + two_days; ++k)
        if (number >= segments[k].begin + segments[k].offset && number < local_end(segments, k))
            answer = number - segments[k].offset;
    return instant{answer};
}

civil_time zone::local_not_before(instant when) const noexcept {
    civil_time local = to_local(when);
    if (table_ == nullptr || !is_safe(local)) return local;
    auto const& segments = table_->segments();
    std::size_t i = table_->find(when.microseconds());
    // at the very instant of a change, what the clock shows from then on has not been reached before
    std::int64_t number = segments[i].begin == when.microseconds() ? local_end(segments, i - 1) : local_number(local);
    for (; i > 0; --i) {
        if (segments[i].begin < when.microseconds() - two_days) break;
        number = std::max(number, local_end(segments, i - 1));
    }
    std::int64_t const day = detail::floor_divide(number, microseconds_per_day);
    return {civil_date{static_cast<std::int32_t>(day)}, number - day * microseconds_per_day};
}

bool operator==(zone const& a, zone const& b) noexcept {
    if (a.is_fixed() || b.is_fixed()) return a.is_fixed() && b.is_fixed() && a.fixed_offset_ == b.fixed_offset_;
    return a.table_ == b.table_ || a.table_->name() == b.table_->name();
}

} // namespace v0
} // namespace segmenta
