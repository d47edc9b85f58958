// SPDX-License-Identifier: Apache-2.0
// Every kernel of every instruction set against the exact conversion of one field: what a kernel reads, it reads the
// same; what it declines is not checked here, except that ordinary fields are not declined.
#include <segmenta/base/bitmap.hpp>
#include <segmenta/base/random.hpp>
#include <segmenta/time/parse.hpp>

#include "io/csv_kernels.hpp"
#include "io/field_convert.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>
#include <string>
#include <utility>
#include <vector>

using namespace segmenta;

namespace {

constexpr cpu_level levels[] = {cpu_level::sse2, cpu_level::avx2, cpu_level::avx512};

// Fields of one column, in text that may be read past both ends.
class field_text {
public:
    explicit field_text(std::vector<std::string> fields, std::uint32_t end_bias = 0)
        : fields_(std::move(fields)), text_(128, '7') {
        for (std::string const& field : fields_) {
            // before the first field stands nothing: its separator is at -1
            bounds_.push_back(static_cast<std::uint32_t>(text_.size() - 129));
            text_ += field;
            text_ += std::string(end_bias, '\r');
            bounds_.push_back(static_cast<std::uint32_t>(text_.size() - 128));
            text_ += ',';
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
            field_text const fields(many(count, [&] { return random_number(random); }), end_bias);
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

namespace {

// What quotes do, character by character.
struct plain_scan {
    std::vector<std::uint32_t> separators;
    std::uint32_t newlines = 0;
    std::uint32_t all_newlines = 0;
    bool quotes = false;
    bool doubled = false;
    bool stray = false;
    bool inside = false;
};

plain_scan scan_plainly(std::string const& text) {
    plain_scan out;
    bool field_start = true;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char const c = text[i];
        char const next = i + 1 < text.size() ? text[i + 1] : ',';
        out.quotes |= c == '"';
        out.all_newlines += c == '\n' ? 1 : 0;
        if (c == '"' && !out.inside) {
            out.stray |= !field_start;
            out.inside = true;
        } else if (c == '"' && next == '"') {
            out.doubled = true;
            ++i;
        } else if (c == '"') {
            out.inside = false;
            bool const line_end = next == '\r' && (i + 2 >= text.size() || text[i + 2] == '\n');
            out.stray |= next != ',' && next != '\n' && !line_end;
        }
        bool const separator = !out.inside && (c == ',' || c == '\n');
        if (separator) out.separators.push_back(static_cast<std::uint32_t>(i));
        out.newlines += separator && c == '\n' ? 1 : 0;
        field_start = separator;
    }
    return out;
}

std::string random_quoting(random_generator& random) {
    std::string out;
    for (std::uint64_t fields = random_below(random, 60); fields > 0; --fields) {
        std::string field(random_below(random, random_below(random, 20) == 0 ? 200 : 8), 'x');
        if (random_below(random, 3) == 0) {
            for (char const* const odd : {",", "\n", "\"\"", "\r\n", "\xC3\xA4"})
                if (random_below(random, 6) == 0) field.insert(random_below(random, field.size() + 1), odd);
            field = "\"" + field + "\"";
        }
        out += field;
        char const* const ends[] = {",", ",", ",", "\n", "\r\n"};
        out += ends[random_below(random, 5)];
    }
    if (random_below(random, 3) == 0)
        out.insert(random_below(random, out.size() + 1), 1, "\"\r,\n"[random_below(random, 4)]);
    return out;
}

} // namespace

TEST_CASE("csv kernels: separators and quotes as a walk finds them", "[io][kernels]") {
    random_generator random(23);
    std::size_t strays = 0;
    std::size_t cleans = 0;
    for (int round = 0; round < 3000; ++round) {
        std::string const text = random_quoting(random);
        std::string const padded = std::string(128, '"') + text + std::string(128, '\n');
        char const* const begin = padded.data() + 128;
        auto const size = static_cast<std::uint32_t>(text.size());
        plain_scan const wanted = scan_plainly(text);
        (wanted.stray ? strays : cleans) += 1;
        for (cpu_level const level : levels) {
            detail::csv_kernels const& kernels = detail::csv_kernels_of(level);
            auto const seen = kernels.survey_quoted(begin, size, ',', '"');
            auto const simple = kernels.survey(begin, size, '"');
            bool const ascii = text.find('\xC3') == std::string::npos;
            bool same = seen.stray == wanted.stray && seen.all.quotes == wanted.quotes &&
                        simple.quotes == wanted.quotes && seen.all.newlines == wanted.all_newlines &&
                        simple.newlines == wanted.all_newlines && seen.all.ascii == ascii && simple.ascii == ascii;
            if (!wanted.stray) {
                same &= seen.ends_inside == wanted.inside &&
                        seen.newlines_inside == (wanted.newlines != wanted.all_newlines);
                for (auto const scan : {kernels.scan, kernels.scan_clean}) {
                    std::vector<std::uint32_t> found(size + 128);
                    detail::scan_state state;
                    std::uint32_t const middle = size / 128 * 64; // in two calls
                    auto const first = scan(begin, 0, middle, ',', '"', state, found.data());
                    auto const second = scan(begin, middle, size, ',', '"', state, first.end);
                    found.resize(static_cast<std::size_t>(second.end - found.data()));
                    same &= found == wanted.separators && first.newlines + second.newlines == wanted.newlines &&
                            (first.doubled || second.doubled) == wanted.doubled &&
                            (first.quotes || second.quotes) == wanted.quotes && !first.stray && !second.stray;
                }
            }
            if (!wanted.quotes) {
                std::vector<std::uint32_t> found(size + 128);
                auto const plain = kernels.scan_plain(begin, 0, size, ',', found.data());
                found.resize(static_cast<std::size_t>(plain.end - found.data()));
                same &= found == wanted.separators && plain.newlines == wanted.newlines;
            }
            INFO("level " << to_string(level) << ", text <" << text << ">");
            REQUIRE(same);
        }
    }
    CHECK(strays > 300);
    CHECK(cleans > 300);
}

TEST_CASE("csv kernels: categories are found by all of their bytes", "[io][kernels]") {
    random_generator random(24);
    constexpr std::uint64_t seed = 0x9E37'79B9'7F4A'7C15ULL;
    std::vector<std::string> known;
    std::vector<detail::short_string_slot> slots(64); // small, so that many are not where they are looked for first
    for (std::uint32_t code = 0; code < 20; ++code) {
        std::string text = "abcdefghijklmnop";
        text.resize(1 + random_below(random, 16));
        text[random_below(random, text.size())] = static_cast<char>(random_below(random, 4));
        if (std::find(known.begin(), known.end(), text) != known.end()) continue;
        detail::short_string_slot slot{0, 0, static_cast<std::uint32_t>(text.size()), code};
        std::memcpy(&slot.low, text.data(), std::min<std::size_t>(8, text.size()));
        if (text.size() > 8) std::memcpy(&slot.high, text.data() + 8, text.size() - 8);
        std::uint32_t at = detail::short_string_home(slot.low, slot.high, seed, 63);
        while (slots[at].size != 0)
            at = (at + 1) & 63;
        slots[at] = slot;
        known.resize(code);
        known.push_back(text);
    }
    field_text const fields(many(5000, [&]() -> std::string {
        std::string text = known[random_below(random, known.size())];
        std::uint64_t const change = random_below(random, 8);
        if (change == 0) return "";
        if (change == 1) text += '\0';
        if (change == 2) text[random_below(random, text.size())] ^= 1;
        if (change == 3 && text.size() > 1) text.pop_back();
        if (change == 4) text += "a longer one";
        return text;
    }));
    for (cpu_level const level : levels) {
        std::vector<std::uint32_t> codes(5000);
        std::vector<std::uint64_t> ok(bitmap_words(codes.size()));
        detail::csv_kernels_of(level).category(fields.list(), {slots.data(), 63, seed}, codes.data(), ok.data());
        std::size_t wrong = 0;
        for (std::size_t i = 0; i < codes.size(); ++i) {
            auto const at = std::find(known.begin(), known.end(), fields.fields()[i]);
            bool const present = at != known.end() && !fields.fields()[i].empty();
            bool const read = (ok[i / 64] >> (i % 64) & 1) != 0;
            wrong += read == present && (!read || codes[i] == static_cast<std::uint32_t>(at - known.begin())) ? 0 : 1;
        }
        INFO("level " << to_string(level));
        CHECK(wrong == 0);
    }
}
