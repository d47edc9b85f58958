// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/text.hpp>
#include <segmenta/io/parsed_block.hpp>

#include <algorithm>
#include <functional>
#include <string>

namespace segmenta {
inline namespace v0 {
namespace {

std::string number(std::uint64_t value) { return std::to_string(value); }

} // namespace

std::string_view to_string(read_error reason) noexcept {
    switch (reason) {
    case read_error::none: return "none";
    case read_error::wrong_field_count: return "wrong_field_count";
    case read_error::stray_quote: return "stray_quote";
    case read_error::not_an_integer: return "not_an_integer";
    case read_error::not_a_number: return "not_a_number";
    case read_error::too_many_decimals: return "too_many_decimals";
    case read_error::out_of_range: return "out_of_range";
    case read_error::not_a_boolean: return "not_a_boolean";
    case read_error::not_a_time: return "not_a_time";
    case read_error::not_a_date: return "not_a_date";
    case read_error::unknown_unit: return "unknown_unit";
    case read_error::bad_encoding: return "bad_encoding";
    case read_error::not_json: return "not_json";
    case read_error::duplicate_key: return "duplicate_key";
    case read_error::wrong_json_type: return "wrong_json_type";
    }
    return "none";
}

bitmap_view parsed_block::bad_rows() const noexcept {
    if (bad_rows_.empty()) return {};
    return {bad_rows_, rows()};
}

std::uint64_t parsed_block::line(std::size_t row) const noexcept {
    auto const after = std::upper_bound(stretches_.begin(), stretches_.end(), row,
                                        [](std::size_t wanted, stretch const& s) { return wanted < s.first_row; });
    stretch const& here = *(after - 1);
    if (here.one_line_each) return here.first_line + (row - here.first_row);
    auto const begin = text_.begin() + static_cast<std::ptrdiff_t>(here.begin);
    auto const end = text_.begin() + static_cast<std::ptrdiff_t>(rows_[row].begin);
    return here.first_line + static_cast<std::uint64_t>(std::count(begin, end, '\n'));
}

std::string parsed_block::blanks_around(bad_field const& problem) const {
    auto const is_blank = [](char c) { return c == ' ' || c == '\t'; };
    if (problem.text.empty() || (!is_blank(problem.text.front()) && !is_blank(problem.text.back()))) return {};
    char const* const begin = problem.text.data();
    bool const in_text = std::less<>{}(text_.data(), begin) && std::less_equal<>{}(begin, text_.data() + text_.size());
    bool const trimmable = expected_fields_ > 0 && !(in_text && begin[-1] == '"');
    return trimmable ? "; blanks around it are taken off with \"trim\": true in the format of the source"
                     : "; the blanks around it count";
}

std::string parsed_block::message(bad_field const& problem) const {
    if (problem.reason == read_error::wrong_field_count)
        return "the record has " + number(problem.fields) + (problem.fields == 1 ? " field" : " fields") +
               " instead of " + number(expected_fields_);
    if (problem.reason == read_error::stray_quote)
        return "a quote stands inside an unquoted field, or text follows a closing quote";
    if (problem.reason == read_error::not_json) return "the line is not one JSON object";
    bool const whole = problem.column >= wanted_.size();
    if (problem.reason == read_error::duplicate_key)
        return (whole ? std::string("a key") : "the key " + wanted_[problem.column].name) + " occurs twice";
    if (whole) return std::string(to_string(problem.reason));
    wanted_column const& column = wanted_[problem.column];
    std::string const subject = column.name + " " + quoted(problem.text);
    switch (problem.reason) {
    case read_error::not_an_integer: return subject + " is not a whole number" + blanks_around(problem);
    case read_error::not_a_number: return subject + " is not a number" + blanks_around(problem);
    case read_error::too_many_decimals:
        return subject + " has more than " + number(column.what.scale) + " digits after the point";
    case read_error::out_of_range: return subject + " is too large or too small for " + to_string(column.what);
    case read_error::not_a_boolean:
        return subject + " is none of " + join_names(column.true_words) + ", " + join_names(column.false_words) +
               blanks_around(problem);
    case read_error::not_a_time:
        return subject + " is not a time of the format " + column.format.text() + blanks_around(problem);
    case read_error::not_a_date:
        return subject + " is not a date of the format " + column.format.text() + blanks_around(problem);
    case read_error::unknown_unit:
        return subject + " has an unknown unit; allowed: " + (column.units ? column.units->words() : std::string());
    case read_error::bad_encoding: return subject + " is not valid UTF-8; declare the encoding of the file";
    case read_error::wrong_json_type:
        return subject + " is of a JSON type that " + to_string(column.what) + " cannot take";
    default: return subject + ": " + std::string(to_string(problem.reason));
    }
}

} // namespace v0
} // namespace segmenta
