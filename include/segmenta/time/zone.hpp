// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TIME_ZONE_HPP
#define SEGMENTA_TIME_ZONE_HPP

/// \file
/// Time zones: which civil day an instant belongs to, and at which instant a civil day starts, exact across clock
/// changes. Fixed offsets need no time zone database; IANA names are read from the system's once, at construction.

#include <segmenta/time/instant.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// Which instant a local time means that occurs twice, because clocks were set back.
enum class ambiguous_time : std::uint8_t {
    earliest, ///< the first pass
    latest,   ///< the second pass
};

/// What a local time means that does not occur, because clocks were set forward.
enum class nonexistent_time : std::uint8_t {
    shift_forward, ///< the first instant after the gap, so that sorted local times stay sorted
    refuse,        ///< nothing: an error of the data
};

namespace detail {

/// A zone's offsets as an immutable step function, with an index for constant-time look-up.
class zone_table {
public:
    struct segment {
        std::int64_t begin;  ///< microseconds since the epoch at which the offset starts to hold
        std::int64_t offset; ///< microseconds to add to UTC
    };

    /// `segments` are sorted by `begin`; the first begins at the smallest 64-bit number.
    explicit zone_table(std::string name, std::vector<segment> segments);

    [[nodiscard]] std::string const& name() const noexcept { return name_; }
    [[nodiscard]] std::vector<segment> const& segments() const noexcept { return segments_; }

    /// Index of the segment that holds at `microseconds`. Constant: one look-up in `index_` and nearly always one step.
    [[nodiscard]] std::size_t find(std::int64_t microseconds) const noexcept {
        if (microseconds < first_change_) return 0;
        if (microseconds >= last_change_) return segments_.size() - 1;
        std::size_t i = index_[static_cast<std::size_t>((microseconds - first_change_) >> bucket_bits)];
        // one change per bucket at most, as a rule: adding it without a branch spares a misprediction
        i += static_cast<std::size_t>(segments_[i + 1].begin <= microseconds);
        while (segments_[i + 1].begin <= microseconds)
            ++i;
        return i;
    }
    [[nodiscard]] std::int64_t offset_at(std::int64_t microseconds) const noexcept {
        return segments_[find(microseconds)].offset;
    }

private:
    static constexpr int bucket_bits = 42; // 51 days, shorter than nearly all distances of clock changes

    std::string name_;
    std::vector<segment> segments_;
    std::vector<std::uint16_t> index_; // bucket of 2^42 microseconds since the first change -> segment at its start
    std::int64_t first_change_ = 0;
    std::int64_t last_change_ = 0;
};

} // namespace detail

/// A time zone: UTC, a fixed offset, or an IANA zone. Default: UTC.
///
/// IANA zones hold the clock changes of the years 1900 to 2200 (by the zone's standing rule where the database ends
/// earlier); before and after, the offset at the ends holds.
///
/// Thread safety: an immutable value, cheap to copy; concurrent use is safe and takes no lock.
///
///     auto const london = zone::named("Europe/London");
///     london.civil_day_of(instant{});                              // 1970-01-01
///     london.start_of_day(civil_date::of(2024, 6, 30));            // 2024-06-29T23:00:00Z
class zone {
public:
    /// UTC.
    zone() = default;
    static zone utc() { return {}; }

    /// `seconds` east of Greenwich, at most 18 hours either way; throws `issue_error` (`time.offset_range`) otherwise.
    static zone fixed(std::int32_t seconds);

    /// An IANA zone such as `Europe/London`. Throws `issue_error`: `time.unknown_zone` with the nearest names, or
    /// `time.no_database` when the machine has no time zone database. Takes milliseconds the first time.
    static zone named(std::string_view iana_name);

    /// Text forms: `UTC`, `Z`, `+08:00`, `-03:30`, `+0800`, `+08`, `UTC+08:00`, or an IANA name. Throws as the above.
    static zone parse(std::string_view text);

    /// `UTC`, `+08:00` (`+08:00:30` when seconds matter) or the IANA name; `parse` reads it back.
    [[nodiscard]] std::string name() const;

    /// Whether one offset holds for ever.
    [[nodiscard]] bool is_fixed() const noexcept { return table_ == nullptr; }

    /// Microseconds to add to UTC at `when`.
    [[nodiscard]] std::int64_t offset_microseconds_at(instant when) const noexcept {
        return table_ == nullptr ? fixed_offset_ : table_->offset_at(when.microseconds());
    }
    /// Seconds to add to UTC at `when`.
    [[nodiscard]] std::int32_t offset_at(instant when) const noexcept {
        return static_cast<std::int32_t>(offset_microseconds_at(when) / microseconds_per_second);
    }

    /// The local date at `when`. `never()` and `earliest()` give the last and first representable days.
    [[nodiscard]] civil_date civil_day_of(instant when) const noexcept {
        return civil_date{
            static_cast<std::int32_t>(detail::floor_divide(local_microseconds(when), microseconds_per_day))};
    }

    /// The local date and time of day at `when`.
    [[nodiscard]] civil_time to_local(instant when) const noexcept {
        std::int64_t const local = local_microseconds(when);
        std::int64_t const day = detail::floor_divide(local, microseconds_per_day);
        return {civil_date{static_cast<std::int32_t>(day)}, local - day * microseconds_per_day};
    }

    /// The first instant whose local date is `date`. A day that begins inside a gap starts at the end of the gap; a day
    /// that was skipped altogether (Pacific/Apia, 2011-12-30) starts, empty, where the following day starts.
    /// Saturates at `earliest()` and `never()`.
    [[nodiscard]] instant start_of_day(civil_date date) const noexcept { return to_instant({date, 0}); }

    /// The first instant that is not before `local` on the zone's clock: the only instant of an ordinary local time,
    /// the first pass of an ambiguous one, the end of the gap for one that does not exist. Never decreases as `local`
    /// grows.
    [[nodiscard]] instant to_instant(civil_time local) const noexcept {
        std::int32_t const days = local.date.days_since_epoch();
        if (table_ != nullptr || days >= safe_days || days <= -safe_days) return to_instant_by_table(local);
        return instant{std::int64_t{days} * microseconds_per_day + local.time_of_day - fixed_offset_};
    }

    /// As above with stated policies; nothing only under `nonexistent_time::refuse`.
    [[nodiscard]] std::optional<instant> to_instant(civil_time local, ambiguous_time ambiguous,
                                                    nonexistent_time nonexistent) const noexcept;

    /// The instants of the local days `[range.begin, range.end)` as `[first, second)`.
    [[nodiscard]] std::pair<instant, instant> instants_of(date_range range) const noexcept {
        return {start_of_day(range.begin), start_of_day(range.end)};
    }

    /// The smallest local time that no instant before `when` has reached: `to_instant(local) >= when` exactly for
    /// `local >= local_not_before(when)`. It equals `to_local(when)` except at a change of clocks and after one that
    /// set them back.
    [[nodiscard]] civil_time local_not_before(instant when) const noexcept;

    /// Same name and, for fixed offsets, same offset.
    friend bool operator==(zone const& a, zone const& b) noexcept;

private:
    // Days inside this bound are safe to turn into microseconds, with two days and an offset to spare.
    static constexpr std::int32_t safe_days = 106'751'980;

    [[nodiscard]] instant to_instant_by_table(civil_time local) const noexcept;
    [[nodiscard]] static bool is_safe(civil_time local) noexcept {
        return local.date.days_since_epoch() > -safe_days && local.date.days_since_epoch() < safe_days;
    }
    [[nodiscard]] std::int64_t local_microseconds(instant when) const noexcept {
        std::int64_t const offset = offset_microseconds_at(when);
        if (auto const sum = detail::add_if_fits(when.microseconds(), offset)) return *sum;
        return when.microseconds(); // within a day of the ends of the time line
    }

    std::shared_ptr<detail::zone_table const> table_; // null: fixed offset
    std::int64_t fixed_offset_ = 0;                   // microseconds
};

} // namespace v0
} // namespace segmenta

#endif
