// SPDX-License-Identifier: Apache-2.0
// Every kernel of every instruction set against the exact conversion of one field: what a kernel reads, it reads the
// same; what it declines is not checked here, except that ordinary fields are not declined.
#include <segmenta/base/bitmap.hpp>
#include <segmenta/base/random.hpp>
#include <segmenta/time/parse.hpp>

#include "io/csv_kernels.hpp"
#include "io/field_convert.hpp"
#include "support/catch.hpp"

#include <bit>
#include <cstring>
#include <functional>
#include <string>
#include <utility>
#include <vector>

using namespace segmenta;

namespace {

constexpr cpu_level levels[] = {cpu_level::sse2, cpu_level::avx2, cpu_level::avx512};

// Fields of one column, with what stands between them, in text that may be read past both ends.
class field_text {
public:
    // `between`: what separates the fields of a row's column; the last bytes before it belong to the line end.
    explicit field_text(std::vector<std::string> fields, std::string const& between = ",", std::uint32_t end_bias = 0)
        : fields_(std::move(fields)), text_(128, '7') {
        for (std::string const& field : fields_) {
            bounds_.push_back(static_cast<std::uint32_t>(text_.size() - 128));
            text_ += between[0];
            text_ += field;
            text_ += std::string(end_bias, '\r');
            bounds_.push_back(static_cast<std::uint32_t>(text_.size() - 128));
            text_ += between;
        }
        text_ += std::string(128, '7');
        list_.text = text_.data() + 128;
        list_.bounds = bounds_.data();
        list_.start_bias = 1;
        list_.end_bias = end_bias;
        list_.rows = fields_.size();
    }
    [[nodiscard]] detail::field_list const& list() const { return list_; }
    [[nodiscard]] std::vector<std::string> const& fields() const { return fields_; }

private:
    std::vector<std::string> fields_;
    std::string text_;
    std::vector<std::uint32_t> bounds_;
    detail::field_list list_;
};

// Numbers of every shape, and what only looks like one.
std::string random_number(random_generator& random) {
    auto const digits = [&](std::uint64_t most) {
        std::string out;
        for (std::uint64_t n = random_below(random, most + 1); n > 0; --n)
            out += static_cast<char>('0' + random_below(random, 10));
        return out;
    };
    std::string out = random_below(random, 4) == 0 ? "-" : "";
    out += digits(random_below(random, 8) == 0 ? 20 : 7);
    if (random_below(random, 3) != 0) out += "." + digits(random_below(random, 3) == 0 ? 9 : 3);
    if (random_below(random, 6) == 0) {
        char const odd[] = {'-', '.', ' ', '/', ':', '"', '\0', '+', 'e', '\x80', '\xFF', 'x'};
        std::size_t const at = static_cast<std::size_t>(random_below(random, out.size() + 1));
        out.insert(at, 1, odd[random_below(random, sizeof odd)]);
    }
    return out;
}

std::string random_time(random_generator& random) {
    auto const two = [](std::uint64_t n) {
        return std::string{static_cast<char>('0' + n / 10), static_cast<char>('0' + n % 10)};
    };
    std::string out = two(random_below(random, 4) == 0 ? random_below(random, 100) : 19 + random_below(random, 3)) +
                      two(random_below(random, 100)) + "-" + two(1 + random_below(random, 13)) + "-" +
                      two(28 + random_below(random, 5)) + "T" + two(random_below(random, 25)) + ":" +
                      two(random_below(random, 61)) + ":" + two(random_below(random, 61));
    if (random_below(random, 3) == 0)
        out.replace(5, 5, two(random_below(random, 14)) + "-" + two(random_below(random, 34)));
    if (random_below(random, 8) == 0)
        out[random_below(random, out.size())] = static_cast<char>(random_below(random, 256));
    if (random_below(random, 16) == 0) out.resize(random_below(random, 19));
    if (random_below(random, 16) == 0) out += "Z";
    return out;
}

template <class T>
using exact_reader = std::function<bool(std::string const&, T&)>;

// Counts fields that the kernel reads otherwise than `exact`; `read` counts those it does not decline.
template <class T, class Kernel>
std::size_t differences(field_text const& fields, Kernel kernel, exact_reader<T> const& exact, std::size_t& read) {
    std::vector<T> values(fields.fields().size() + 8);
    std::vector<std::uint64_t> ok(bitmap_words(values.size()), 0xAAAA'AAAA'AAAA'AAAAULL);
    kernel(fields.list(), values.data(), ok.data());
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < fields.fields().size(); ++i) {
        if ((ok[i / 64] >> (i % 64) & 1) == 0) continue;
        ++read;
        T wanted{};
        bool const same = exact(fields.fields()[i], wanted) && std::memcmp(&wanted, &values[i], sizeof wanted) == 0;
        if (same) continue;
        ++wrong;
        UNSCOPED_INFO("field <" << fields.fields()[i] << "> was read as " << values[i]);
    }
    return wrong;
}

std::vector<std::string> many(std::size_t count, std::function<std::string()> const& make) {
    std::vector<std::string> out(count);
    for (std::string& field : out)
        field = make();
    return out;
}

exact_reader<std::int64_t> exact_instant(std::string const& format, std::int64_t offset) {
    return [parse = time_format(format), offset](std::string const& text, std::int64_t& out) {
        auto const when = parse.parse(text, zone::utc());
        if (when) out = when->microseconds() - offset;
        return when.has_value();
    };
}

} // namespace

TEST_CASE("csv kernels: numbers as the exact conversion reads them", "[io][kernels]") {
    random_generator random(20);
    for (std::size_t const count : {1U, 3U, 4U, 5U, 63U, 64U, 67U, 131U, 3000U}) {
        for (std::uint32_t const end_bias : {0U, 1U}) {
            field_text const fields(many(count, [&] { return random_number(random); }), ",", end_bias);
            for (cpu_level const level : levels) {
                detail::csv_kernels const& kernels = detail::csv_kernels_of(level);
                INFO("level " << to_string(level) << ", rows " << count);
                std::size_t read = 0;
                CHECK(differences<std::int64_t>(
                          fields, kernels.int64,
                          [](std::string const& text, std::int64_t& out) {
                              return detail::read_int64(text, out) == read_error::none;
                          },
                          read) == 0);
                for (unsigned const scale : {0U, 1U, 2U, 3U, 7U, 8U, 18U})
                    CHECK(differences<std::int64_t>(
                              fields,
                              [&](auto const& list, std::int64_t* out, std::uint64_t* ok) {
                                  kernels.decimal(list, scale, out, ok);
                              },
                              [&](std::string const& text, std::int64_t& out) {
                                  return detail::read_decimal(text, scale, out) == read_error::none;
                              },
                              read) == 0);
                CHECK(differences<double>(
                          fields, kernels.float64,
                          [](std::string const& text, double& out) {
                              return detail::read_float64(text, out) == read_error::none;
                          },
                          read) == 0);
                if (count == 3000) CHECK(read > 6000); // of ten passes, some for whole numbers only
            }
        }
    }
}

TEST_CASE("csv kernels: ordinary fields are not left to the slow conversion", "[io][kernels]") {
    random_generator random(21);
    auto const all_read = [](std::size_t rows, auto&& run) {
        for (cpu_level const level : levels) {
            std::vector<std::uint64_t> ok(bitmap_words(rows));
            run(detail::csv_kernels_of(level), ok.data());
            std::size_t bits = 0;
            for (std::uint64_t const word : ok)
                bits += static_cast<std::size_t>(std::popcount(word));
            INFO("level " << to_string(level));
            CHECK(bits == rows);
        }
    };
    constexpr std::size_t rows = 1003;
    std::vector<std::int64_t> out(rows);
    std::vector<double> reals(rows);
    for (std::uint64_t const largest : {9ULL, 1'000'000ULL, 10'000'000'000ULL, 9'999'999'999'999'999ULL}) {
        field_text const whole(many(rows, [&] { return std::to_string(random_below(random, largest)); }));
        all_read(rows, [&](auto const& k, std::uint64_t* ok) { k.int64(whole.list(), out.data(), ok); });
    }
    field_text const amounts(many(rows, [&] {
        std::uint64_t const cents = random_below(random, std::uint64_t{1} << random_below(random, 40));
        std::string const text = std::to_string(cents / 100);
        std::uint64_t const shape = random_below(random, 4);
        if (shape == 0) return text.substr(0, 8);
        if (shape == 1) return "-" + text.substr(0, 5) + ".5";
        return text + "." + std::to_string(cents % 100 + 100).substr(1);
    }));
    all_read(rows, [&](auto const& k, std::uint64_t* ok) { k.decimal(amounts.list(), 2, out.data(), ok); });
    all_read(rows, [&](auto const& k, std::uint64_t* ok) { k.float64(amounts.list(), reals.data(), ok); });
    field_text const times(many(rows, [&] {
        return to_string(instant{random_integer(random, -2'000'000'000, 4'000'000'000) * 1'000'000}).substr(0, 19);
    }));
    all_read(rows, [&](auto const& k, std::uint64_t* ok) { k.instant(times.list(), 'T', 0, out.data(), ok); });
}

TEST_CASE("csv kernels: times and dates as the exact conversion reads them", "[io][kernels]") {
    random_generator random(22);
    for (std::size_t const count : {1U, 7U, 8U, 9U, 64U, 70U, 20'000U}) {
        field_text const fields(many(count, [&] { return random_time(random); }));
        field_text const dates(many(count, [&] { return random_time(random).substr(0, 10); }));
        for (cpu_level const level : levels) {
            detail::csv_kernels const& kernels = detail::csv_kernels_of(level);
            INFO("level " << to_string(level) << ", rows " << count);
            std::size_t read = 0;
            for (std::int64_t const offset : {std::int64_t{0}, std::int64_t{28'800'000'000}})
                CHECK(differences<std::int64_t>(
                          fields,
                          [&](auto const& list, std::int64_t* out, std::uint64_t* ok) {
                              kernels.instant(list, 'T', offset, out, ok);
                          },
                          exact_instant("YYYY-MM-DDTHH:MM:SS", offset), read) == 0);
            if (count == 20'000) CHECK(read > 3000);
            CHECK(differences<std::int32_t>(
                      dates, kernels.date,
                      [parse = time_format("YYYY-MM-DD")](std::string const& text, std::int32_t& out) {
                          auto const day = parse.parse_date(text, zone::utc());
                          if (day) out = day->days_since_epoch();
                          return day.has_value();
                      },
                      read) == 0);
        }
    }
}

TEST_CASE("csv kernels: every day from 1900 to 2155 has its number", "[io][kernels]") {
    std::vector<std::string> days;
    std::int32_t const first = civil_date::of(1899, 12, 1).days_since_epoch();
    std::int32_t const last = civil_date::of(2156, 2, 1).days_since_epoch();
    for (std::int32_t day = first; day <= last; ++day)
        days.push_back(to_string(civil_date{day}) + "T23:59:59");
    field_text const fields(std::move(days));
    for (cpu_level const level : levels) {
        std::vector<std::int64_t> out(fields.fields().size());
        std::vector<std::uint64_t> ok(bitmap_words(out.size()));
        detail::csv_kernels_of(level).instant(fields.list(), 'T', 0, out.data(), ok.data());
        std::size_t wrong = 0;
        for (std::size_t i = 0; i < out.size(); ++i) {
            bool const inside = i >= 31 && fields.fields()[i] < "2156";
            bool const read = (ok[i / 64] >> (i % 64) & 1) != 0;
            std::int64_t const wanted =
                (std::int64_t{first} + static_cast<std::int64_t>(i) + 1) * 86'400'000'000 - 1'000'000;
            wrong += read == inside && (!read || out[i] == wanted) ? 0 : 1;
        }
        CHECK(wrong == 0);
    }
}
