// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SAMPLE_CSV_ROW_HPP
#define SEGMENTA_SAMPLE_CSV_ROW_HPP

// Appends CSV records to a string: comma, LF, quotes only where needed, empty field for missing.

#include <segmenta/time/instant.hpp>

#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

namespace segmenta {
inline namespace v0 {
namespace detail {

// `value` in decimal, with zeros in front up to `width`.
inline void append_number(std::string& out, std::int64_t value, std::size_t width = 0) {
    std::array<char, 24> digits;
    auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    auto const length = static_cast<std::size_t>(end - digits.data());
    if (length < width) out.append(width - length, '0');
    out.append(digits.data(), length);
}

// 2023-11-11
inline void append_date(std::string& out, civil_date date) {
    auto const ymd = date.to_year_month_day();
    append_number(out, ymd.year, 4);
    out += '-';
    append_number(out, ymd.month, 2);
    out += '-';
    append_number(out, ymd.day, 2);
}

class csv_row {
public:
    explicit csv_row(std::string& out) noexcept : out_(out) {}

    // Text that needs no quotes: codes and ids.
    csv_row& code(std::string_view text) {
        separate();
        out_ += text;
        return *this;
    }
    csv_row& text(std::string_view text) {
        if (text.find_first_of(",\"\n\r") == std::string_view::npos) return code(text);
        separate();
        out_ += '"';
        for (char const c : text) {
            if (c == '"') out_ += '"';
            out_ += c;
        }
        out_ += '"';
        return *this;
    }
    csv_row& number(std::int64_t value) {
        separate();
        append_number(out_, value);
        return *this;
    }
    // `units` of 10^-digits: decimal(12345, 2) is 123.45
    csv_row& decimal(std::int64_t units, std::size_t digits) {
        separate();
        if (units < 0) out_ += '-';
        std::int64_t scale = 1;
        for (std::size_t i = 0; i < digits; ++i)
            scale *= 10;
        std::int64_t const size = units < 0 ? -units : units;
        append_number(out_, size / scale);
        out_ += '.';
        append_number(out_, size % scale, digits);
        return *this;
    }
    csv_row& money(std::int64_t fen) { return decimal(fen, 2); }
    csv_row& flag(bool value) { return code(value ? "true" : "false"); }
    csv_row& date(civil_date value) {
        separate();
        append_date(out_, value);
        return *this;
    }
    // An id: letter, customer number, and a running number when it is not negative.
    csv_row& id(char letter, std::uint64_t customer, std::int64_t running = -1) {
        separate();
        append_id(out_, letter, customer, running);
        return *this;
    }
    csv_row& empty() {
        separate();
        return *this;
    }
    void end() { out_ += '\n'; }

    static void append_id(std::string& out, char letter, std::uint64_t customer, std::int64_t running = -1) {
        out += letter;
        append_number(out, static_cast<std::int64_t>(customer), 7);
        if (running < 0) return;
        out += '-';
        append_number(out, running, 3);
    }

private:
    void separate() {
        if (!first_) out_ += ',';
        first_ = false;
    }

    std::string& out_;
    bool first_ = true;
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
