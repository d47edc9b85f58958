// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TIME_POSIX_RULE_HPP
#define SEGMENTA_TIME_POSIX_RULE_HPP

// The standing rule of a zone, as the last line of its compiled file gives it (RFC 8536 section 3.3, POSIX TZ):
// `GMT0BST,M3.5.0/1,M10.5.0`. Compiled files list changes only up to 2037, and date-tz 3.0 stops there.

#include <segmenta/time/instant.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace segmenta {
inline namespace v0 {
namespace detail {

class posix_rule {
public:
    struct change {
        std::int64_t when;   // seconds since the epoch, UTC
        std::int64_t offset; // seconds to add to UTC from then on
    };

    // Nothing when the text is no such rule.
    static std::optional<posix_rule> parse(std::string_view text) noexcept;

    // Whether the offset changes within a year.
    [[nodiscard]] bool has_changes() const noexcept { return has_changes_; }
    [[nodiscard]] std::int64_t standard_offset() const noexcept { return standard_offset_; }

    // The two changes that begin in `year`, in order of time.
    [[nodiscard]] std::array<change, 2> changes_of(std::int32_t year) const noexcept;

private:
    enum class day_kind : std::uint8_t { month_week_day, julian_without_leap_day, day_of_year };
    struct rule_date {
        day_kind kind = day_kind::month_week_day;
        std::int32_t month = 0; // month_week_day
        std::int32_t week = 0;  // 1 to 5, 5: the last
        std::int32_t day = 0;   // weekday, Sunday 0; else the day's number
        std::int64_t time = 0;  // seconds after local midnight, perhaps negative or past a day
    };
    class reader;

    static civil_date date_in(rule_date const& date, std::int32_t year) noexcept;

    std::int64_t standard_offset_ = 0; // seconds to add to UTC
    std::int64_t summer_offset_ = 0;
    rule_date start_; // of summer time, in standard time
    rule_date end_;   // in summer time
    bool has_changes_ = false;
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
