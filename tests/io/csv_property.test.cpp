// SPDX-License-Identifier: Apache-2.0
// A slow, plain reader of CSV and random texts: every chunk size, instruction set and number of threads must agree with it.
#include <segmenta/base/random.hpp>
#include <segmenta/io/csv_reader.hpp>

#include "io/csv_dump.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string>
#include <vector>

using namespace segmenta;

namespace {

// --- the oracle: states and characters, no positions, no masks -----------------------------------------------------------

struct plain_record {
    std::size_t line = 0;
    std::string raw;
    std::vector<std::string> fields;
    bool stray = false;
};

struct plain_text {
    std::vector<plain_record> records;
    std::size_t blank_lines = 0;
    std::optional<std::size_t> open_quote_line;
};

plain_text read_plainly(std::string text, csv_dialect const& dialect) {
    plain_text out;
    if (!text.empty() && text.back() != '\n') text += '\n';
    enum class state { start, unquoted, quoted, after_quote, junk } now = state::start;
    plain_record record;
    std::string field;
    std::size_t line = 1;
    std::size_t quote_line = 0;
    bool begun = false;
    auto const end_field = [&] {
        record.fields.push_back(field);
        field.clear();
        now = state::start;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        char const c = text[i];
        if (!begun) {
            record = {};
            record.line = line;
            begun = true;
        }
        bool const feed = c == '\n';
        bool const return_and_feed = c == '\r' && text[i + 1] == '\n';
        if (feed) ++line;
        if (now == state::quoted) {
            record.raw += c;
            if (c != dialect.quote)
                field += c;
            else if (i + 1 < text.size() && text[i + 1] == dialect.quote) {
                record.raw += text[++i];
                field += c;
            } else {
                now = state::after_quote;
            }
            continue;
        }
        if (feed) {
            if (!record.raw.empty() && record.raw.back() == '\r') {
                record.raw.pop_back();
                if ((now == state::unquoted || now == state::start) && !field.empty() && field.back() == '\r') field.pop_back();
            }
            if (record.raw.empty()) {
                ++out.blank_lines;
                field.clear();
                now = state::start;
            } else {
                end_field();
                out.records.push_back(record);
            }
            begun = false;
            continue;
        }
        record.raw += c;
        if (c == dialect.delimiter) {
            end_field();
            continue;
        }
        bool const quote = dialect.quote != '\0' && c == dialect.quote;
        switch (now) {
        case state::start:
            if (quote) {
                now = state::quoted;
                quote_line = line;
                break;
            }
            now = state::unquoted;
            field += c;
            break;
        case state::unquoted:
            if (quote) record.stray = true;
            field += c;
            break;
        case state::after_quote:
            if (return_and_feed) break;
            record.stray = true;
            now = state::junk;
            break;
        default:
            if (quote) record.stray = true;
            break;
        }
    }
    if (now == state::quoted) out.open_quote_line = quote_line;
    return out;
}

bool all_digits(std::string const& text, std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i)
        if (text[i] < '0' || text[i] > '9') return false;
    return true;
}

// Text of a value or of an error, as dump writes them.
struct plain_value {
    std::string value = "-";
    std::string error;
};

// Digits as a number of at most 39 digits, or nothing.
__extension__ typedef __int128 wide;
std::optional<wide> wide_number(std::string const& digits) {
    std::string const rest = digits.substr(std::min(digits.find_first_not_of('0'), digits.size()));
    if (rest.size() > 36) return std::nullopt;
    wide value = 0;
    for (char const c : rest) value = value * 10 + (c - '0');
    return value;
}

plain_value plain_number(std::string text, kind what, std::size_t scale) {
    std::string const original = text;
    char const* const none = what == kind::int64 ? "not_an_integer" : "not_a_number";
    bool const negative = text[0] == '-';
    if (negative) text.erase(0, 1);
    std::size_t const point = text.find('.');
    std::size_t const exponent = what == kind::float64 ? std::min(text.find('e'), text.find('E')) : std::string::npos;
    std::size_t const end = std::min(exponent, text.size());
    if (what == kind::int64 && point != std::string::npos) return {"-", none};
    std::size_t const middle = std::min(point, end);
    std::size_t const after = std::min(middle + 1, end);
    if (!all_digits(text, 0, middle) || !all_digits(text, after, end) || middle + (end - after) == 0) return {"-", none};
    if (what == kind::float64) {
        if (exponent != std::string::npos) {
            std::size_t from = exponent + 1;
            if (from < text.size() && (text[from] == '+' || text[from] == '-')) ++from;
            if (from >= text.size() || !all_digits(text, from, text.size())) return {"-", none};
        }
        double const value = std::strtod(original.c_str(), nullptr);
        if (std::isinf(value)) return {"-", "out_of_range"};
        return {test::real_text(value), {}};
    }
    std::string decimals = text.substr(after, end - after);
    if (decimals.size() > scale && decimals.find_first_not_of('0', scale) != std::string::npos)
        return {"-", "too_many_decimals"};
    decimals.resize(scale, '0');
    auto value = wide_number(text.substr(0, middle) + decimals);
    if (value && negative) value = -*value;
    if (!value || *value > std::numeric_limits<std::int64_t>::max() || *value < std::numeric_limits<std::int64_t>::min())
        return {"-", "out_of_range"};
    return {std::to_string(static_cast<std::int64_t>(*value)), {}};
}

plain_value plain_convert(std::string const& text, wanted_column const& column) {
    if (text.empty()) return {};
    for (auto const& word : column.missing)
        if (text == word) return {};
    switch (column.what.base) {
    case kind::int64:
    case kind::decimal:
    case kind::float64: return plain_number(text, column.what.base, column.what.scale);
    case kind::boolean:
        if (text == "1" || text == "true" || text == "TRUE" || text == "True") return {"true", {}};
        if (text == "0" || text == "false" || text == "FALSE" || text == "False") return {"false", {}};
        return {"-", "not_a_boolean"};
    case kind::instant: {
        auto const when = column.format.parse(text, column.where);
        return when ? plain_value{std::to_string(when->microseconds()), {}} : plain_value{"-", "not_a_time"};
    }
    case kind::date: {
        auto const day = column.format.parse_date(text, column.where);
        return day ? plain_value{std::to_string(day->days_since_epoch()), {}} : plain_value{"-", "not_a_date"};
    }
    default: return {"'" + text + "'", {}};
    }
}

std::vector<std::string> plain_dump(plain_text const& read, std::vector<std::size_t> const& positions,
                                    std::vector<wanted_column> const& wanted, std::size_t fields) {
    std::vector<std::string> lines;
    for (plain_record const& record : read.records) {
        std::string values;
        std::string errors;
        bool const counted = record.fields.size() == fields;
        for (std::size_t c = 0; c < wanted.size(); ++c) {
            plain_value const value = record.stray || !counted
                                          ? plain_value{}
                                          : plain_convert(record.fields[positions[c]], wanted[c]);
            values += " " + value.value;
            if (!value.error.empty())
                errors += " !" + value.error + "@" + std::to_string(c) + "(" + record.fields[positions[c]] + ")";
        }
        if (record.stray)
            errors = " !stray_quote";
        else if (!counted)
            errors = " !wrong_field_count=" + std::to_string(record.fields.size());
        lines.push_back(std::to_string(record.line) + ":" + values + errors + " <" + record.raw + ">");
    }
    return lines;
}

// --- random texts ---------------------------------------------------------------------------------------------------------

std::string pick(random_generator& random, std::vector<std::string> const& words) {
    return words[random_below(random, words.size())];
}

std::string random_digits(random_generator& random, std::uint64_t most) {
    std::string digits;
    for (std::uint64_t n = random_below(random, most + 1); n > 0; --n)
        digits += static_cast<char>('0' + random_below(random, 10));
    return digits;
}

std::string random_number(random_generator& random) {
    std::string text = random_bernoulli(random, 0.2) ? "-" : "";
    text += random_digits(random, random_bernoulli(random, 0.1) ? 25 : 9);
    if (random_bernoulli(random, 0.6)) text += "." + random_digits(random, random_bernoulli(random, 0.1) ? 12 : 4);
    if (random_bernoulli(random, 0.05)) text += pick(random, {"e3", "E-7", "e", "e400", "e-400", ".", "-", " ", "+", "\xC3\xA9"});
    return text;
}

std::string random_time(random_generator& random) {
    auto const two = [&](std::uint64_t bound) {
        auto const v = random_below(random, bound);
        return std::string(v < 10 ? "0" : "") + std::to_string(v);
    };
    std::string text = pick(random, {"2024-", "1969-", "2000-", "1899-", "2156-", "9999-"}) + two(14) + "-" + two(33);
    if (random_bernoulli(random, 0.8)) {
        text += pick(random, {"T", "T", " ", "t"}) + two(25) + ":" + two(61) + ":" + two(61);
        if (random_bernoulli(random, 0.2)) text += pick(random, {"Z", "+08:00", ".5", "x"});
    }
    if (random_bernoulli(random, 0.05)) text[random_below(random, text.size())] = static_cast<char>(random_below(random, 127) + 1);
    return text;
}

std::string random_word(random_generator& random) {
    if (random_bernoulli(random, 0.5)) return pick(random, {"a", "web", "store", "true", "0", "exactly 16 bytes", "exactly 16 byteZ", "17 bytes of text."});
    std::string text;
    for (std::uint64_t n = random_below(random, 24); n > 0; --n) text += static_cast<char>('a' + random_below(random, 3));
    return text;
}

std::string random_field(random_generator& random) {
    std::string text;
    switch (random_below(random, 4)) {
    case 0: text = random_number(random); break;
    case 1: text = random_time(random); break;
    case 2: text = random_word(random); break;
    default: text = pick(random, {"", "NA", "-99", "1", "false", "x"}); break;
    }
    return text;
}

// `dirt` is the probability of whatever a field should not have.
std::string random_text(random_generator& random, std::size_t fields, double dirt, double quotes, csv_dialect const& dialect) {
    std::string text;
    std::string const feed = pick(random, {"\n", "\r\n"});
    std::string const quote(1, dialect.quote);
    for (std::uint64_t rows = random_below(random, 60); rows > 0; --rows) {
        if (random_bernoulli(random, dirt)) text += pick(random, {"\n", "\r\n", "\r", "\"", ",", std::string(1, '\0')});
        for (std::size_t f = 0; f < fields; ++f) {
            if (f > 0) text += dialect.delimiter;
            std::string field = random_field(random);
            if (random_bernoulli(random, quotes)) {
                if (random_bernoulli(random, 0.3)) field += pick(random, {"\n", "\r\n", ",", quote + quote, quote + quote + "\n", ";"});
                field = quote + field + quote;
            }
            if (random_bernoulli(random, dirt)) field.insert(random_below(random, field.size() + 1), pick(random, {quote, ",", "\n", "\r", " ", quote + quote}));
            text += field;
        }
        text += random_bernoulli(random, dirt) ? pick(random, {"", "\n", "\r\n", "\r", "\n\n"}) : feed;
    }
    return text;
}

struct layout_under_test {
    std::vector<wanted_column> wanted;
    std::vector<std::size_t> positions;
};

layout_under_test random_layout(random_generator& random, std::size_t fields) {
    layout_under_test out;
    std::vector<type> const types{int64_type,   decimal_type(0), decimal_type(2), decimal_type(3), decimal_type(9),
                                  float64_type, boolean_type,    instant_type,    date_type,       string_type,
                                  category_type};
    zone const zones[] = {zone::utc(), zone::fixed(8 * 3600)};
    for (std::uint64_t n = random_below(random, 7); n > 0; --n) {
        wanted_column column;
        std::size_t const position = random_below(random, fields);
        column.name = std::to_string(position + 1);
        column.what = types[random_below(random, types.size())];
        column.where = zones[random_below(random, 2)];
        if (random_bernoulli(random, 0.2)) column.format = time_format("YYYY-MM-DD HH:MM:SS");
        if (random_bernoulli(random, 0.3)) column.missing = {"NA", "-99", "1", "2024-02-03"};
        out.positions.push_back(position);
        out.wanted.push_back(std::move(column));
    }
    return out;
}

} // namespace

TEST_CASE("csv property: like the plain reader, for every chunk size, instruction set and number of threads", "[io][csv][property]") {
    std::size_t bad = 0;
    std::size_t good = 0;
    std::size_t open = 0;
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        random_generator random(20240601, seed);
        csv_dialect dialect;
        dialect.header = false;
        if (random_bernoulli(random, 0.1)) dialect.quote = '\0';
        if (random_bernoulli(random, 0.2)) dialect.delimiter = ';';
        std::size_t const fields = 1 + random_below(random, 6);
        for (std::size_t i = 1; i <= fields; ++i) dialect.names.push_back(std::to_string(i));
        double const dirt = random_bernoulli(random, 0.5) ? 0 : 0.01;
        double const quotes = random_bernoulli(random, 0.4) ? 0 : 0.2;
        std::string const text = random_text(random, fields, dirt, dialect.quote == '\0' ? 0 : quotes, dialect);
        auto const layout = random_layout(random, fields);
        plain_text const oracle = read_plainly(text, dialect);
        auto const expected = plain_dump(oracle, layout.positions, layout.wanted, fields);
        INFO("seed " << seed << ", text of " << text.size() << " bytes");
        for (auto const& line : expected) (line.find('!') == std::string::npos ? good : bad) += 1;
        for (int trial = 0; trial < 4; ++trial) {
            std::size_t const chunk = trial == 0 ? 1 << 18 : 1 + random_below(random, 300);
            for (auto const level : test::usable_levels()) {
                auto const threads = static_cast<unsigned>(1 + random_below(random, 3));
                auto const read = test::read_text(text, dialect, layout.wanted, chunk, level, threads);
                INFO("chunk " << chunk << ", " << to_string(level) << ", " << threads << " threads");
                if (oracle.open_quote_line) {
                    ++open;
                    REQUIRE(read.error == "csv.unterminated_quote text:" + std::to_string(*oracle.open_quote_line));
                    continue;
                }
                REQUIRE(read.error.empty());
                REQUIRE(read.lines == expected);
                REQUIRE(read.blank_lines == oracle.blank_lines);
            }
        }
    }
    // the random texts are of every sort
    CHECK(good > 1000);
    CHECK(bad > 1000);
    CHECK(open > 10);
}

TEST_CASE("csv property: records longer than tiles and chunks", "[io][csv][property]") {
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
        random_generator random(77, seed);
        csv_dialect dialect;
        dialect.header = false;
        dialect.names = {"1", "2"};
        std::string text;
        for (int row = 0; row < 40; ++row) {
            std::string field(random_below(random, 3) == 0 ? random_below(random, 90'000) : random_below(random, 30), 'x');
            if (random_bernoulli(random, 0.3)) field.insert(field.size() / 2, "\"\"\n,");
            bool const quoted = field.find('"') != std::string::npos || random_bernoulli(random, 0.3);
            text += std::to_string(row) + "," + (quoted ? "\"" + field + "\"" : field) + "\n";
            if (random_bernoulli(random, 0.05)) text += "9,a\"b\n";
        }
        std::vector<wanted_column> const wanted{{"1", int64_type}, {"2", string_type}};
        auto const expected = plain_dump(read_plainly(text, dialect), {0, 1}, wanted, 2);
        for (std::size_t const chunk : {100U, 20'000U, 1U << 20})
            for (auto const level : test::usable_levels()) {
                INFO("seed " << seed << ", chunk " << chunk << ", " << to_string(level));
                REQUIRE(test::read_text(text, dialect, wanted, chunk, level, 2).lines == expected);
            }
    }
}
