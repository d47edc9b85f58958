// SPDX-License-Identifier: Apache-2.0
#include "sample/shop_calendar.hpp"

#include <algorithm>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

// Thousandths of a plain day.
constexpr std::array<int, 12> consumer_months{1050, 800, 950, 930, 1020, 1120, 880, 900, 980, 1000, 1250, 1080};
constexpr std::array<int, 12> business_months{900, 750, 1100, 1000, 1000, 1100, 980, 980, 1080, 950, 1050, 1250};
constexpr std::array<int, 7> consumer_weekdays{940, 930, 940, 950, 1000, 1130, 1110};
constexpr std::array<int, 7> business_weekdays{1250, 1300, 1300, 1250, 1150, 180, 120};

// Days from `first` to `last` in every year (or the one year), times these factors in thousandths.
struct season {
    int year; // 0: every year
    std::uint8_t month, day;
    int days;
    int steady, bargain, business;
    int promotion;
};

constexpr season seasons[] = {
    {0, 1, 1, 1, 1050, 1100, 100, 1},                                         // New Year's Day
    {0, 3, 6, 2, 1300, 1600, 1000, 2},                                        // women's day sale
    {0, 3, 8, 1, 1900, 2600, 1000, 2},     {0, 5, 1, 4, 1100, 1150, 100, 1},  // Labour Day
    {0, 5, 18, 2, 1150, 1200, 1000, 1},                                       // 520
    {0, 5, 20, 1, 1800, 1900, 1000, 1},    {0, 6, 1, 1, 1900, 2900, 1000, 3}, // 618
    {0, 6, 2, 14, 1100, 1250, 1000, 2},    {0, 6, 16, 2, 1500, 2300, 1050, 3},     {0, 6, 18, 1, 3800, 6800, 1100, 3},
    {0, 10, 1, 7, 1150, 1150, 100, 1}, // National Day
    {0, 10, 24, 8, 950, 750, 1000, 0}, // waiting for Double 11
    {0, 11, 1, 1, 2500, 4000, 1000, 3},    {0, 11, 2, 8, 1100, 1300, 1000, 2},     {0, 11, 10, 1, 2000, 3000, 1050, 3},
    {0, 11, 11, 1, 5500, 10500, 1150, 3},  {0, 12, 10, 2, 1200, 1500, 1000, 2},    {0, 12, 12, 1, 2500, 3900, 1050, 3},
    {2022, 8, 4, 1, 1500, 1500, 1000, 1},                                          // Qixi
    {2023, 8, 22, 1, 1500, 1500, 1000, 1}, {2022, 1, 11, 14, 1350, 1450, 1000, 2}, // the weeks before Spring Festival
                                                                                   // (1 February 2022)
    {2022, 1, 31, 7, 380, 380, 60, 0},     {2023, 1, 1, 14, 1350, 1450, 1000, 2},  // 22 January 2023
    {2023, 1, 21, 7, 380, 380, 60, 0},     {2024, 1, 20, 14, 1350, 1450, 1000, 2}, // 10 February 2024
    {2024, 2, 9, 8, 380, 380, 60, 0},
};

bool within(season const& one, civil_date date) {
    auto const begin = civil_date::of(one.year == 0 ? date.year() : one.year, one.month, one.day);
    return begin <= date && date - begin < one.days;
}

int month_end_rush(civil_date date) {
    bool const quarter_ends = date.month() % 3 == 0;
    return quarter_ends && last_day_of_month(date.year(), date.month()) - date.day() < 6 ? 1350 : 1000;
}

constexpr std::array<std::uint16_t, 24> consumer_hours{14, 6,  3,  2,  2,  4,  10, 22, 36, 52, 66, 58,
                                                       62, 60, 50, 48, 46, 46, 50, 66, 92, 98, 70, 37};
constexpr std::array<std::uint16_t, 24> business_hours{0,  0,  0,   0,   0,   0,  1,  6,  40, 120, 140, 110,
                                                       40, 70, 120, 130, 110, 70, 25, 10, 4,  2,   1,   1};

} // namespace

shop_calendar::shop_calendar() {
    for (std::int32_t day = 0; day < shop_days; ++day) {
        civil_date const date = shop_first_day + day;
        auto const month = static_cast<std::size_t>(date.month() - 1);
        auto const weekday = static_cast<std::size_t>(date.day_of_week()) - 1;
        std::int64_t steady = std::int64_t{consumer_months[month]} * consumer_weekdays[weekday] / 1000;
        std::int64_t bargain = steady;
        std::int64_t business =
            std::int64_t{business_months[month]} * business_weekdays[weekday] / 1000 * month_end_rush(date) / 1000;
        int promotion = 0;
        for (auto const& one : seasons) {
            if (!within(one, date)) continue;
            steady = steady * one.steady / 1000;
            bargain = bargain * one.bargain / 1000;
            business = business * one.business / 1000;
            promotion = std::max(promotion, one.promotion);
        }
        auto const d = static_cast<std::size_t>(day);
        busy_[0][d + 1] = busy_[0][d] + steady;
        busy_[1][d + 1] = busy_[1][d] + bargain;
        busy_[2][d + 1] = busy_[2][d] + business;
        promotion_[d] = static_cast<std::int8_t>(promotion);
        std::string name;
        append_date(name, date);
        std::copy_n(name.begin(), names_[d].size(), names_[d].begin());
    }
}

std::int64_t shop_calendar::position(rhythm of, shop_time time) const noexcept {
    std::int32_t const day = std::clamp(day_of(time), 0, shop_days - 1);
    std::int64_t const begin = busy_before(of, day);
    std::int64_t const size = busy_before(of, day + 1) - begin;
    return begin + size * (time - start_of(day)) / day_seconds;
}

std::int32_t shop_calendar::day_at(rhythm of, std::int64_t position) const noexcept {
    auto const& sums = busy_[static_cast<std::size_t>(of)];
    auto const next = std::upper_bound(sums.begin(), sums.end(), position);
    if (next == sums.end()) return shop_days;
    return static_cast<std::int32_t>(next - sums.begin()) - 1;
}

std::int64_t shop_calendar::time_of_day(dice& chance, rhythm of) noexcept {
    auto const hour = chance.pick_from(of == rhythm::business ? business_hours : consumer_hours);
    return static_cast<std::int64_t>(hour) * 3600 + chance.between(0, 3599);
}

void shop_calendar::append_time(std::string& out, shop_time time) const {
    out += ',';
    if (time == no_time) return;
    auto const day = day_of(time);
    if (day >= 0 && day < shop_days)
        out.append(names_[static_cast<std::size_t>(day)].data(), names_[0].size());
    else
        append_date(out, shop_first_day + day);
    std::int64_t const second = time - start_of(day);
    auto const two = [](std::int64_t value, char* to) {
        to[0] = static_cast<char>('0' + value / 10);
        to[1] = static_cast<char>('0' + value % 10);
    };
    char clock[] = "T00:00:00+08:00";
    two(second / 3600, clock + 1);
    two(second / 60 % 60, clock + 4);
    two(second % 60, clock + 7);
    out.append(clock, sizeof clock - 1);
}

namespace {

constexpr std::int32_t on(int year, std::uint8_t month, std::uint8_t day) {
    return shop_day(civil_date::of(year, month, day));
}

constexpr campaign campaign_list[] = {
    {"welcome_2022", "新客礼", "Welcome gift", "first_purchase", "newcomer coupon", "app", audience_kind::newcomers,
     on(2022, 4, 11), on(2022, 4, 24), "WELCOME", 3'000'000, 700, 3000},
    {"mid_year_2022", "618年中大促", "Mid-year sale 618", "sales", "full reduction", "all", audience_kind::everybody,
     on(2022, 6, 10), on(2022, 6, 18), "MID618", 20'000'000, 900, 1500},
    {"office_2022", "企业采购节", "Business buying days", "b2b_sales", "contract prices", "phone",
     audience_kind::business, on(2022, 9, 13), on(2022, 9, 26), "OFFICE", 8'000'000, 800, 3500},
    {"double_11_2022", "双11狂欢", "Double 11", "sales", "full reduction", "all", audience_kind::everybody,
     on(2022, 11, 3), on(2022, 11, 11), "D11", 40'000'000, 1200, 1700},
    {"new_year_2023", "年货节", "New Year goods", "sales", "gift boxes", "all", audience_kind::everybody,
     on(2023, 1, 3), on(2023, 1, 15), "NEWYEAR", 15'000'000, 800, 1200},
    {"win_back_2023", "老友回归", "Win-back", "reactivation", "win-back coupon", "sms", audience_kind::lapsed,
     on(2023, 3, 20), on(2023, 4, 2), "COMEBACK", 6'000'000, 350, 1500},
    {"welcome_2023", "新客礼", "Welcome gift", "first_purchase", "newcomer coupon", "app", audience_kind::newcomers,
     on(2023, 5, 8), on(2023, 5, 21), "WELCOME", 3'000'000, 700, 3000},
    {"mid_year_2023", "618年中大促", "Mid-year sale 618", "sales", "full reduction", "all", audience_kind::everybody,
     on(2023, 6, 10), on(2023, 6, 18), "MID618", 24'000'000, 900, 1500},
    {"office_2023", "企业采购节", "Business buying days", "b2b_sales", "contract prices", "phone",
     audience_kind::business, on(2023, 9, 12), on(2023, 9, 25), "OFFICE", 9'000'000, 800, 3500},
    {"double_11_2023", "双11狂欢", "Double 11", "sales", "full reduction", "all", audience_kind::everybody,
     on(2023, 11, 3), on(2023, 11, 11), "D11", 45'000'000, 1200, 1700},
    {"new_year_2024", "年货节", "New Year goods", "sales", "gift boxes", "all", audience_kind::everybody,
     on(2024, 1, 22), on(2024, 2, 3), "NEWYEAR", 16'000'000, 800, 1200},
    {"win_back_2024", "老友回归", "Win-back", "reactivation", "win-back coupon", "sms", audience_kind::lapsed,
     on(2024, 3, 18), on(2024, 3, 31), "COMEBACK", 7'000'000, 350, 1500},
    {"mid_year_2024", "618年中大促", "Mid-year sale 618", "sales", "full reduction", "all", audience_kind::everybody,
     on(2024, 6, 10), on(2024, 6, 18), "MID618", 26'000'000, 900, 1500},
};

} // namespace

std::span<campaign const> campaigns() noexcept { return campaign_list; }

std::string_view name_of(audience_kind audience) noexcept {
    constexpr std::array<std::string_view, 4> names{"everybody", "business", "newcomers", "lapsed"};
    return names[static_cast<std::size_t>(audience)];
}

std::string campaigns_csv() {
    std::string out =
        "campaign_id,name,name_en,objective,theme,place,materials,audience,starts_on,ends_on,coupon_code,budget,"
        "expected_conversion,currency\n";
    for (auto const& one : campaigns()) {
        csv_row row(out);
        row.code(one.id).text(one.name).text(one.name_en).code(one.objective).text(one.theme).code(one.place);
        row.text(one.objective == "sales" ? "banner, coupon, live room" : "message, coupon");
        row.code(name_of(one.audience)).date(shop_first_day + one.first_day).date(shop_first_day + one.last_day);
        row.code(one.coupon_code).money(one.budget).decimal(one.expected, 4).code("CNY").end();
    }
    return out;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
