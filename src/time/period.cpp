// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/text.hpp>
#include <segmenta/time/period.hpp>

namespace segmenta {
inline namespace v0 {
namespace {

constexpr std::int64_t most_days = 3'652'500; // 10,000 years
constexpr std::int64_t most_months = 120'000;
constexpr std::int64_t most_microseconds = most_days * microseconds_per_day;
constexpr char const* forms = "P90D, P2W, P3M, P1Y, P1Y6M, PT36H, PT15M, PT30S";

// Why a text is no period.
struct refusal {
    char const* code;
    char const* message;
};

constexpr refusal malformed{"time.period", "this is no ISO 8601 period"};
constexpr refusal negative{"time.period_range", "a period must not be negative"};
constexpr refusal zero{"time.period_range", "a period must not be zero"};
constexpr refusal too_long{"time.period_range", "the period is longer than 10,000 years"};
constexpr refusal mixed{"time.period_mixed", "a period is either civil (years, months, weeks, days) or exact (hours, "
                                             "minutes, seconds), not both"};
constexpr refusal weeks_mixed{"time.period_mixed", "weeks stand alone in an ISO 8601 period"};
constexpr refusal fraction{"time.period", "only seconds may have decimals, six at most"};

struct amount {
    std::int64_t value = 0;
    std::int64_t decimals = 0; // in millionths
    bool has_decimals = false;
};

// Sums of a period's parts.
struct parts {
    std::int64_t months = 0;
    std::int64_t days = 0;
    std::int64_t microseconds = 0;
    bool civil = false;
    bool weeks = false;
    bool exact = false;
};

class period_reader {
public:
    explicit period_reader(std::string_view text) noexcept : rest_(text) {}

    // The first mistake, or null.
    refusal const* read(parts& out) noexcept {
        if (accept('-')) return &negative;
        if (!accept('P') || rest_.empty()) return &malformed;
        if (auto const* wrong = section("YMWD", out, false)) return wrong;
        if (!accept('T')) return rest_.empty() ? check(out) : &malformed;
        if (rest_.empty()) return &malformed;
        if (auto const* wrong = section("HMS", out, true)) return wrong;
        return rest_.empty() ? check(out) : &malformed;
    }

private:
    bool accept(char c) noexcept {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }

    [[nodiscard]] bool at_digit() const noexcept {
        return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9';
    }

    refusal const* number(amount& out) noexcept {
        for (; at_digit(); rest_.remove_prefix(1)) {
            out.value = out.value * 10 + (rest_.front() - '0');
            if (out.value > most_microseconds) return &too_long;
        }
        if (!accept('.') && !accept(',')) return nullptr; // ISO 8601 allows both marks
        out.has_decimals = true;
        std::int64_t unit = 100'000;
        if (!at_digit()) return &malformed;
        for (; at_digit(); rest_.remove_prefix(1), unit /= 10) {
            if (unit == 0) return &fraction;
            out.decimals += unit * (rest_.front() - '0');
        }
        return nullptr;
    }

    // Numbers with the designators of `order`, each at most once and in that order.
    refusal const* section(std::string_view order, parts& out, bool exact) noexcept {
        while (!rest_.empty() && rest_.front() != 'T') {
            if (rest_.front() == '-') return &negative;
            if (!at_digit()) return &malformed;
            amount n;
            if (auto const* wrong = number(n)) return wrong;
            std::size_t const at = rest_.empty() ? std::string_view::npos : order.find(rest_.front());
            if (at == std::string_view::npos) return &malformed;
            char const designator = rest_.front();
            if (n.has_decimals && designator != 'S') return &fraction;
            rest_.remove_prefix(1);
            order.remove_prefix(at + 1);
            if (auto const* wrong = exact ? add_exact(designator, n, out) : add_civil(designator, n, out)) return wrong;
        }
        return nullptr;
    }

    static refusal const* add_civil(char designator, amount const& n, parts& out) noexcept {
        if (out.weeks || (designator == 'W' && out.civil)) return &weeks_mixed;
        if (n.value > most_days) return &too_long;
        out.civil = true;
        out.weeks = designator == 'W';
        if (designator == 'Y' || designator == 'M')
            out.months += n.value * (designator == 'Y' ? 12 : 1);
        else
            out.days += n.value * (designator == 'W' ? 7 : 1);
        return nullptr;
    }

    static refusal const* add_exact(char designator, amount const& n, parts& out) noexcept {
        std::int64_t const unit = designator == 'H' ? 3600 : designator == 'M' ? 60 : 1;
        if (n.value > most_microseconds / (unit * microseconds_per_second)) return &too_long;
        out.exact = true;
        out.microseconds += n.value * unit * microseconds_per_second + n.decimals;
        return nullptr;
    }

    static refusal const* check(parts const& p) noexcept {
        if (p.civil && p.exact) return &mixed;
        if (p.months == 0 && p.days == 0 && p.microseconds == 0) return &zero;
        if (p.months > most_months || p.days > most_days || p.microseconds > most_microseconds) return &too_long;
        return nullptr;
    }

    std::string_view rest_;
};

char const* remedy_for(refusal const& why) noexcept {
    if (&why == &mixed) return "Write P2D for two days on the calendar or PT36H for 36 hours";
    if (&why == &weeks_mixed) return "Write the weeks as days";
    if (&why == &zero) return "Write at least one unit, such as P1D, or leave the period out";
    if (&why == &negative) return "Windows look back by themselves; leave the minus sign out";
    return "";
}

void append(std::string& text, std::int64_t n, char designator) {
    if (n == 0) return;
    text += std::to_string(n);
    text += designator;
}

civil_date moved(period const& length, civil_date date, std::int32_t sign, leap_day_policy policy) noexcept {
    if (length.is_exact()) {
        std::int64_t const us = length.length().microseconds();
        return date + sign * static_cast<std::int32_t>((us + microseconds_per_day - 1) / microseconds_per_day);
    }
    if (length.months() != 0) date = add_months(date, sign * length.months(), policy);
    return date + sign * length.days();
}

bool is_real(instant when) noexcept { return !when.is_never() && !when.is_earliest(); }

} // namespace

period period::civil(std::int32_t months, std::int32_t days) {
    if (months < 0 || days < 0 || (months == 0 && days == 0) || months > most_months || days > most_days)
        throw issue_error("time.period_range", "period", "a period must be positive and not longer than 10,000 years",
                          std::to_string(months) + " months, " + std::to_string(days) + " days");
    return {months, days, duration{}};
}

period period::exact(duration length) {
    if (length.microseconds() <= 0 || length.microseconds() > most_microseconds)
        throw issue_error("time.period_range", "period", "a period must be positive and not longer than 10,000 years",
                          std::to_string(length.microseconds()) + " microseconds");
    return {0, 0, length};
}

std::optional<period> parse_period(std::string_view text, std::string_view place, issue_list& issues) {
    parts p;
    if (auto const* const wrong = period_reader(text).read(p)) {
        issues.error(wrong->code, std::string(place.empty() ? "period" : place), wrong->message, quoted(text), forms,
                     remedy_for(*wrong));
        return std::nullopt;
    }
    if (p.exact) return period::exact(duration{p.microseconds});
    return period::civil(static_cast<std::int32_t>(p.months), static_cast<std::int32_t>(p.days));
}

period parse_period(std::string_view text, std::string_view place) {
    issue_list issues;
    auto const result = parse_period(text, place, issues);
    issues.throw_if_errors();
    return *result;
}

std::string to_string(period const& length) {
    std::string text = "P";
    if (!length.is_exact()) {
        append(text, length.months() / 12, 'Y');
        append(text, length.months() % 12, 'M');
        append(text, length.days(), 'D');
        return text;
    }
    std::int64_t const seconds = length.length().microseconds() / microseconds_per_second;
    std::int64_t const micros = length.length().microseconds() % microseconds_per_second;
    text += 'T';
    append(text, seconds / 3600, 'H');
    append(text, seconds / 60 % 60, 'M');
    if (micros == 0) {
        append(text, seconds % 60, 'S');
        return text;
    }
    std::string decimals = std::to_string(microseconds_per_second + micros).substr(1);
    decimals.erase(decimals.find_last_not_of('0') + 1);
    return text + std::to_string(seconds % 60) + "." + decimals + "S";
}

civil_date add(period const& length, civil_date date, leap_day_policy policy) noexcept {
    return moved(length, date, 1, policy);
}

civil_date subtract(period const& length, civil_date date, leap_day_policy policy) noexcept {
    return moved(length, date, -1, policy);
}

instant add(period const& length, instant when, zone const& where, leap_day_policy policy) noexcept {
    if (!is_real(when)) return when;
    if (length.is_exact()) return when + length.length();
    civil_time const local = where.to_local(when);
    return where.to_instant({moved(length, local.date, 1, policy), local.time_of_day});
}

instant subtract(period const& length, instant when, zone const& where, leap_day_policy policy) noexcept {
    if (!is_real(when)) return when;
    if (length.is_exact()) return when - length.length();
    civil_time const local = where.to_local(when);
    return where.to_instant({moved(length, local.date, -1, policy), local.time_of_day});
}

// The start of the window depends on `as_of` through its local time L alone, and `to_instant` never decreases. So the
// answer is the first instant whose clock shows the smallest L with to_instant(L - length) >= event, that is with
// L - length >= local_not_before(event).
instant expiry(period const& length, instant event, zone const& where, leap_day_policy policy) noexcept {
    if (!is_real(event)) return event;
    if (length.is_exact()) return event + length.length();
    civil_time const bound = where.local_not_before(event);
    civil_date date = moved(length, bound.date, 1, policy);
    while (moved(length, date, -1, policy) >= bound.date)
        date = date - 1;
    while (moved(length, date, -1, policy) < bound.date)
        date = date + 1;
    bool const same_day = moved(length, date, -1, policy) == bound.date;
    return where.to_instant({date, same_day ? bound.time_of_day : 0});
}

} // namespace v0
} // namespace segmenta
