// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SAMPLE_SHOP_CALENDAR_HPP
#define SEGMENTA_SAMPLE_SHOP_CALENDAR_HPP

// The shop's days: how busy each is for whom, what is on offer, and the campaigns.

#include "sample/csv_row.hpp"
#include "sample/dice.hpp"

#include <segmenta/time/instant.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace segmenta {
inline namespace v0 {
namespace detail {

inline constexpr civil_date shop_first_day = civil_date::of(2022, 1, 1);
inline constexpr civil_date shop_as_of = civil_date::of(2024, 7, 1);
inline constexpr std::int32_t shop_days = shop_as_of - shop_first_day;
inline constexpr std::int64_t day_seconds = 86'400;

// Local seconds since 2022-01-01T00:00:00+08:00; China has had no clock changes since 1991. Before the opening:
// negative.
using shop_time = std::int64_t;
inline constexpr shop_time shop_end = std::int64_t{shop_days} * day_seconds;
inline constexpr shop_time no_time = INT64_MIN;

constexpr std::int32_t day_of(shop_time time) noexcept {
    return static_cast<std::int32_t>(floor_divide(time, day_seconds));
}
constexpr shop_time start_of(std::int32_t day) noexcept { return std::int64_t{day} * day_seconds; }
constexpr std::int32_t shop_day(civil_date date) noexcept { return date - shop_first_day; }

// How purchases follow the calendar.
enum class rhythm : std::uint8_t { steady, bargain, business };

class shop_calendar {
public:
    shop_calendar();

    // Busy-ness of all days before `day`, in thousandths of a plain day. `day` in [0, shop_days].
    [[nodiscard]] std::int64_t busy_before(rhythm of, std::int32_t day) const noexcept {
        return busy_[static_cast<std::size_t>(of)][static_cast<std::size_t>(day)];
    }
    // The moment's position on the busy-ness axis, and the day of a position (shop_days when past the end).
    [[nodiscard]] std::int64_t position(rhythm of, shop_time time) const noexcept;
    [[nodiscard]] std::int32_t day_at(rhythm of, std::int64_t position) const noexcept;
    // Mean busy-ness of one day.
    [[nodiscard]] std::int64_t mean(rhythm of) const noexcept { return busy_before(of, shop_days) / shop_days; }
    // 0: nothing on offer ... 3: the great sales days.
    [[nodiscard]] int promotion(std::int32_t day) const noexcept { return promotion_[static_cast<std::size_t>(day)]; }

    // A time of day in seconds, at the hours when such customers shop.
    static std::int64_t time_of_day(dice& chance, rhythm of) noexcept;

    // Appends ",2023-11-11T20:03:15+08:00", or "," for no_time, as a field of a row begun with `csv_row`.
    void append_time(std::string& out, shop_time time) const;

private:
    using day_sums = std::array<std::int64_t, static_cast<std::size_t>(shop_days) + 1>;
    std::array<day_sums, 3> busy_{};
    std::array<std::int8_t, static_cast<std::size_t>(shop_days)> promotion_{};
    std::array<std::array<char, 10>, static_cast<std::size_t>(shop_days)>
        names_{}; // dates as text: most of all text written
};

enum class audience_kind : std::uint8_t { everybody, business, newcomers, lapsed };

struct campaign {
    std::string_view id;
    std::string_view name;
    std::string_view name_en;
    std::string_view objective;
    std::string_view theme;
    std::string_view place;
    audience_kind audience;
    std::int32_t first_day; // of shop days
    std::int32_t last_day;  // included
    std::string_view coupon_code;
    std::int64_t budget; // fen
    int expected;        // conversions in 10,000 touches
    int lift;            // extra orders in 10,000 of those who click
};

std::span<campaign const> campaigns() noexcept;
std::string_view name_of(audience_kind audience) noexcept;

// campaigns.csv with its header line; the number of rows is campaigns().size().
std::string campaigns_csv();

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
