// SPDX-License-Identifier: Apache-2.0
// Texts against the plain ways to write them: to_chars, to_string, format_date.
#include <segmenta/base/random.hpp>

#include "io/field_text.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

using namespace segmenta;

namespace {

template <class Put>
std::string written(Put put) {
    char buffer[2 * detail::longest_plain_field];
    std::fill(std::begin(buffer), std::end(buffer), '#');
    char* const end = put(buffer);
    char* const limit = buffer + detail::longest_plain_field;
    if (end > limit || std::any_of(limit, std::end(buffer), [](char c) { return c != '#'; }))
        FAIL("more than is allowed");
    return {buffer, end};
}

std::string real(double value) {
    return written([&](char* out) { return detail::put_real(value, out); });
}

std::string plain_real(double value) {
    char buffer[64];
    if (!std::isfinite(value)) return {};
    return {buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr};
}

std::string plain_decimal(std::int64_t units, unsigned scale) {
    std::string digits = std::to_string(units);
    std::string const sign = units < 0 ? "-" : "";
    digits.erase(0, sign.size());
    if (scale == 0) return sign + digits;
    if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
    return sign + digits.insert(digits.size() - scale, ".");
}

std::string plain_text(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
    std::string out = "\"";
    for (char const c : text)
        out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + '"';
}

// Whole numbers of every length and their neighbours.
std::vector<std::int64_t> numbers() {
    std::vector<std::int64_t> out{0, std::numeric_limits<std::int64_t>::min(),
                                  std::numeric_limits<std::int64_t>::max()};
    for (unsigned digits = 0; digits <= 18; ++digits)
        for (std::int64_t const near : {-1, 0, 1, 5})
            for (std::int64_t const sign : {-1, 1})
                out.push_back(sign * (detail::power_of_ten(digits) + near));
    random_generator random(31);
    for (int i = 0; i < 20'000; ++i)
        out.push_back(static_cast<std::int64_t>(random() >> random_below(random, 64)) * (i % 2 == 0 ? 1 : -1));
    return out;
}

} // namespace

TEST_CASE("field text: whole numbers and decimals", "[io][writer]") {
    std::size_t wrong = 0;
    for (std::int64_t const value : numbers()) {
        wrong += written([&](char* out) { return detail::put_integer(value, out); }) == std::to_string(value) ? 0 : 1;
        for (unsigned scale = 0; scale <= 18; ++scale)
            wrong += written([&](char* out) { return detail::put_decimal(value, scale, out); }) ==
                             plain_decimal(value, scale)
                         ? 0
                         : 1;
    }
    CHECK(wrong == 0);
    for (std::int64_t value = -11'000; value <= 110'000; ++value)
        wrong += written([&](char* out) { return detail::put_integer(value, out); }) == std::to_string(value) ? 0 : 1;
    CHECK(wrong == 0);
}

TEST_CASE("field text: doubles as to_chars writes them", "[io][writer]") {
    random_generator random(32);
    std::size_t wrong = 0;
    auto const check = [&](double value) {
        for (double const v : {value, -value}) {
            if (real(v) == plain_real(v)) continue;
            ++wrong;
            UNSCOPED_INFO(plain_real(v) << " was written as " << real(v));
        }
    };
    for (double const v : {0.0, 0.1, 0.01, 0.001, 0.0001, 0.0015, 0.00015, 1e5, 1e15, 1e16, 123456789012345678.0,
                           5e-324, 1.7976931348623157e308, std::nan(""), HUGE_VAL})
        check(v);
    for (std::int64_t const v : numbers()) {
        check(static_cast<double>(v));
        check(std::nextafter(static_cast<double>(v), 0));
        for (double const unit : {10.0, 100.0, 1000.0, 1e4, 1e7})
            check(static_cast<double>(v) / unit);
    }
    for (int i = 0; i < 100'000; ++i) {
        check(std::bit_cast<double>(random())); // any
        check(static_cast<double>(random_below(random, 800)) /
              static_cast<double>(1 + random_below(random, 60))); // means
        check(static_cast<double>(random_below(random, 100'000'000)) / 1000);
        check(std::exp2(static_cast<double>(random_below(random, 64)) - 14) *
              (1 + static_cast<double>(random() >> 11) * 0x1p-53));
    }
    CHECK(wrong == 0);
}

TEST_CASE("field text: dates and times", "[io][writer]") {
    std::size_t wrong = 0;
    auto const check_day = [&](std::int32_t day) {
        wrong += written([&](char* out) { return detail::put_date(day, out); }) == to_string(civil_date{day}) ? 0 : 1;
    };
    std::int32_t const first = civil_date::of(-1, 12, 20).days_since_epoch();
    std::int32_t const last = civil_date::of(10'000, 1, 20).days_since_epoch();
    for (std::int32_t day = first; day < last; day += 1)
        check_day(day);
    random_generator random(33);
    std::vector<instant> times{instant::never(), instant::earliest(), instant{0}, instant{-1}, instant{-1'000'000}};
    for (int i = 0; i < 20'000; ++i) {
        std::int64_t const second =
            random_integer(random, (first + 1) * std::int64_t{86'400}, last * std::int64_t{86'400});
        times.push_back(instant{second * 1'000'000});
        times.push_back(instant{second * 1'000'000 + random_integer(random, 0, 999'999)});
    }
    for (zone const& where : {zone::utc(), zone::fixed(8 * 3600), zone::parse("Europe/London")})
        for (instant const when : times)
            wrong += written([&](char* out) { return detail::put_instant(when, where, out); }) == to_string(when, where)
                         ? 0
                         : 1;
    CHECK(wrong == 0);
}

TEST_CASE("field text: texts of every length, with quotes where they need them", "[io][writer]") {
    random_generator random(34);
    std::size_t wrong = 0;
    for (std::size_t size = 0; size < 100; ++size)
        for (int round = 0; round < 60; ++round) {
            std::string text(size, 'x');
            for (char& c : text)
                c = static_cast<char>(random_below(random, 256));
            if (round % 2 == 0)
                std::replace_if(
                    text.begin(), text.end(),
                    [](char c) { return std::string_view(",\"\r\n").find(c) != std::string_view::npos; }, ' ');
            if (round % 3 == 0 && size > 0) text[random_below(random, size)] = ",\"\r\n"[round % 4];
            std::vector<char> out(detail::longest_text(size) + 1, '#');
            std::string const expected = plain_text(text);
            std::vector<char> const exact(text.begin(), text.end()); // nothing may be read past its end
            char* const end = detail::put_text({exact.data(), exact.size()}, out.data());
            wrong += std::string(out.data(), end) == expected && out.back() == '#' ? 0 : 1;
        }
    CHECK(wrong == 0);
}
