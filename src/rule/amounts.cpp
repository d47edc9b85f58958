// SPDX-License-Identifier: Apache-2.0
#include "rule/amounts.hpp"

#include "rule/phrases.hpp"

#include <segmenta/record/cell.hpp>
#include <segmenta/record/decimal.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

// When it fits.
std::optional<std::int64_t> distance(std::int64_t a, std::int64_t b) noexcept {
    std::int64_t out = 0;
    if (__builtin_sub_overflow(std::max(a, b), std::min(a, b), &out)) return std::nullopt;
    return out;
}

double real_of_number(slot const& v, rule_type what) noexcept {
    if (what.base == rule_kind::float64) return v.real;
    if (what.base == rule_kind::uint64) return static_cast<double>(v.natural);
    return static_cast<double>(v.integer) / std::pow(10.0, what.scale);
}

// 1 day 2 hours, of microseconds.
std::string time_text(std::int64_t microseconds, bool chinese) {
    constexpr std::array<std::pair<std::int64_t, wording>, 6> units{{{86'400'000'000, {"day", "天"}},
                                                                     {3'600'000'000, {"hour", "小时"}},
                                                                     {60'000'000, {"minute", "分钟"}},
                                                                     {1'000'000, {"second", "秒"}},
                                                                     {1'000, {"millisecond", "毫秒"}},
                                                                     {1, {"microsecond", "微秒"}}}};
    std::string out;
    for (auto const& [length, words] : units) {
        std::int64_t const count = microseconds / length;
        microseconds %= length;
        if (count == 0) continue;
        if (!out.empty()) out += ' ';
        out += std::to_string(count) + " ";
        out += chinese ? std::string(words.chinese) : std::string(words.english) + (count == 1 ? "" : "s");
    }
    return out.empty() ? "0" : out;
}

} // namespace

std::optional<int> measure(slot const& a, rule_type x, slot const& b, rule_type y, explained_margin& out) {
    auto const sign = [](auto p, auto q) { return p < q ? -1 : p > q ? 1 : 0; };
    if (x.is_exact() && y.is_exact()) {
        std::uint8_t const scale = std::max(x.scale, y.scale);
        auto const p = rescale({a.integer, x.scale}, scale);
        auto const q = rescale({b.integer, y.scale}, scale);
        if (!p || !q) return std::nullopt;
        auto const far = distance(p->units, q->units);
        if (!far) return std::nullopt;
        currency const unit = x.unit.empty() ? y.unit : x.unit;
        bool const whole = scale == 0 && unit.empty();
        out.amount = whole ? value::of_int(*far) : value::of_decimal({kind::decimal, scale, unit}, *far);
        return sign(p->units, q->units);
    }
    if (x.is_numeric() && y.is_numeric()) {
        double const p = real_of_number(a, x);
        double const q = real_of_number(b, y);
        double const far = std::fabs(p - q);
        if (!std::isfinite(far)) return std::nullopt;
        out.amount = value::of_double(far);
        return sign(p, q);
    }
    if (x.base != y.base) return std::nullopt;
    bool const time = x.base == rule_kind::instant || x.base == rule_kind::duration;
    if (!time && x.base != rule_kind::date) return std::nullopt;
    auto const far = distance(a.integer, b.integer);
    if (!far) return std::nullopt;
    out.days = !time;
    out.amount = time ? value::of_duration_us(*far) : value::of_int(*far);
    return sign(a.integer, b.integer);
}

bool is_zero(explained_margin const& margin) noexcept {
    if (margin.amount.base() == kind::float64) return margin.amount.as_double() == 0;
    return margin.amount.as_int() == 0;
}

std::string amount_text(explained_margin const& margin, bool chinese) {
    // The years 1 to 9999 have fewer days; what is larger is no date.
    constexpr std::int64_t most_days = 100'000'000;
    constexpr std::int64_t day = 86'400'000'000;
    if (margin.days) return time_text(std::min(margin.amount.as_int(), most_days) * day, chinese);
    if (margin.amount.base() == kind::duration) return time_text(margin.amount.as_duration_us(), chinese);
    return to_string(margin.amount);
}

} // namespace detail
} // namespace v0
} // namespace segmenta
