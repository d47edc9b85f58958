// SPDX-License-Identifier: Apache-2.0
#include "time/posix_rule.hpp"

#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Reads from the front; after a mistake everything fails.
class posix_rule::reader {
public:
    explicit reader(std::string_view text) noexcept : rest_(text) {}

    [[nodiscard]] bool good() const noexcept { return good_; }
    [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }

    bool accept(char c) noexcept {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    void expect(char c) noexcept { good_ = accept(c) && good_; }

    std::int32_t number() noexcept {
        std::int32_t value = 0;
        std::size_t digits = 0;
        while (digits < 4 && !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
            value = value * 10 + (rest_.front() - '0');
            rest_.remove_prefix(1);
            ++digits;
        }
        good_ = good_ && digits > 0;
        return value;
    }

    void name() noexcept {
        bool const quoted = accept('<');
        std::size_t n = 0;
        auto const is_letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
        while (n < rest_.size() && (quoted ? rest_[n] != '>' : is_letter(rest_[n])))
            ++n;
        good_ = good_ && n > 0;
        rest_.remove_prefix(n);
        if (quoted) expect('>');
    }

    // [+-]hh[:mm[:ss]] in seconds
    std::int64_t clock() noexcept {
        bool const negative = accept('-');
        if (!negative) accept('+');
        std::int64_t seconds = std::int64_t{number()} * 3600;
        if (accept(':')) seconds += std::int64_t{number()} * 60;
        if (accept(':')) seconds += number();
        return negative ? -seconds : seconds;
    }

    rule_date date() noexcept {
        rule_date result;
        if (accept('M')) {
            result.month = number();
            expect('.');
            result.week = number();
            expect('.');
            result.day = number();
            good_ = good_ && result.month >= 1 && result.month <= 12 && result.week >= 1 && result.week <= 5 &&
                    result.day <= 6;
        } else {
            result.kind = accept('J') ? day_kind::julian_without_leap_day : day_kind::day_of_year;
            result.day = number();
            good_ = good_ && result.day <= 365;
        }
        result.time = accept('/') ? clock() : 2 * 3600;
        return result;
    }

private:
    std::string_view rest_;
    bool good_ = true;
};

std::optional<posix_rule> posix_rule::parse(std::string_view text) noexcept {
    reader in(text);
    posix_rule rule;
    in.name();
    rule.standard_offset_ = -in.clock(); // POSIX counts westwards
    if (in.good() && in.at_end()) return rule;

    in.name();
    bool const states_offset = in.good() && !in.at_end() && !in.accept(',');
    rule.summer_offset_ = states_offset ? -in.clock() : rule.standard_offset_ + 3600;
    if (states_offset) in.expect(',');
    rule.start_ = in.date();
    in.expect(',');
    rule.end_ = in.date();
    if (!in.good() || !in.at_end()) return std::nullopt;
    rule.has_changes_ = rule.summer_offset_ != rule.standard_offset_;
    return rule;
}

civil_date posix_rule::date_in(rule_date const& date, std::int32_t year) noexcept {
    civil_date const new_year = civil_date::of(year, 1, 1);
    if (date.kind == day_kind::day_of_year) return new_year + date.day;
    if (date.kind == day_kind::julian_without_leap_day) {
        bool const after_february = date.day >= 60; // day 60 is always 1 March
        return new_year + (date.day - 1) + (after_february && is_leap_year(year) ? 1 : 0);
    }
    auto const month = static_cast<std::uint8_t>(date.month);
    civil_date const first = civil_date::of(year, month, 1);
    std::int32_t const first_weekday = static_cast<std::int32_t>(first.day_of_week()) % 7; // Sunday 0
    std::int32_t const until = (date.day - first_weekday + 7) % 7;
    std::int32_t offset = until + 7 * (date.week - 1);
    if (offset >= last_day_of_month(year, month)) offset -= 7;
    return first + offset;
}

std::array<posix_rule::change, 2> posix_rule::changes_of(std::int32_t year) const noexcept {
    auto const seconds = [&](rule_date const& date) {
        return std::int64_t{date_in(date, year).days_since_epoch()} * seconds_per_day + date.time;
    };
    change const to_summer{seconds(start_) - standard_offset_, summer_offset_};
    change const to_standard{seconds(end_) - summer_offset_, standard_offset_};
    if (to_summer.when <= to_standard.when) return {to_summer, to_standard};
    return {to_standard, to_summer};
}

} // namespace detail
} // namespace v0
} // namespace segmenta
