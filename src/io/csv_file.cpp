// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/text.hpp>
#include <segmenta/error.hpp>
#include <segmenta/io/csv_reader.hpp>

#include "io/csv_record.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

constexpr bool is_line_end(char c) noexcept { return c == '\n' || c == '\r'; }

std::string shown(char c) { return v0::quoted(std::string_view(&c, 1)); }

csv_dialect checked(csv_dialect dialect, std::string const& place) {
    issue_list const problems = check(dialect, place);
    problems.throw_if_errors();
    return dialect;
}

record_rules rules_with(csv_dialect const& dialect, std::size_t chunk_bytes) {
    record_rules rules = rules_of(dialect);
    rules.chunk_bytes = chunk_bytes;
    return rules;
}

std::vector<std::string> fields_of(std::string record, csv_dialect const& dialect, bool& stray) {
    detail::record_syntax const syntax{dialect.delimiter, dialect.blanks ? '\0' : dialect.quote, dialect.blanks, '\0'};
    record += '\n';
    std::vector<detail::field_place> places;
    stray = detail::read_record(record, 0, syntax, &places, record.size()).stray;
    std::vector<std::string> fields;
    for (detail::field_place const& place : places) fields.push_back(detail::field_text(record, place, dialect.quote));
    return fields;
}

void refuse_duplicates(std::vector<std::string> const& names, std::string const& file) {
    issue_list problems;
    std::map<std::string, std::size_t> first;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i].empty()) continue;
        auto const [known, is_new] = first.emplace(names[i], i + 1);
        if (is_new) continue;
        problems.error("csv.duplicate_column", file,
                       "two columns have the same name: the " + std::to_string(known->second) + ". and the " +
                           std::to_string(i + 1) + ". of the header",
                       v0::quoted(names[i]), {}, "Rename one of them.");
    }
    problems.throw_if_errors();
}

/// Another delimiter that the header seems to have, as a plan writes it; empty when none does.
std::string_view other_delimiter(std::string_view header, csv_dialect const& dialect) {
    static constexpr std::array<std::pair<char, std::string_view>, 4> common{
        {{';', ";"}, {'\t', "tab"}, {'|', "|"}, {',', ","}}};
    std::string_view best;
    std::ptrdiff_t most = 0;
    for (auto const& [sign, name] : common) {
        auto const found = std::count(header.begin(), header.end(), sign);
        if ((sign == dialect.delimiter && !dialect.blanks) || found <= most) continue;
        best = name;
        most = found;
    }
    return best;
}

std::string without_blanks(std::string_view text) {
    auto const first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

std::string delimiter_remedy(std::string_view delimiter) {
    return "Say \"delimiter\": \"" + std::string(delimiter) + "\" in the format of the source.";
}

} // namespace

issue_list check(csv_dialect const& dialect, std::string const& place) {
    issue_list problems;
    auto const refuse = [&](std::string message, std::string seen = {}, std::string allowed = {}) {
        problems.error("csv.dialect", place, std::move(message), std::move(seen), std::move(allowed));
    };
    auto const special = [](char c) { return is_line_end(c) || static_cast<unsigned char>(c) > 0x7E; };
    if (!dialect.blanks) {
        if (special(dialect.delimiter) || dialect.delimiter == '\0')
            refuse("the delimiter cannot separate fields", shown(dialect.delimiter),
                   "any ASCII character but line ends");
        if (special(dialect.quote)) refuse("the quote is no ASCII character", shown(dialect.quote));
        if (dialect.quote == dialect.delimiter) refuse("quote and delimiter are the same", shown(dialect.quote));
    }
    if (dialect.comment != '\0' && (special(dialect.comment) || dialect.comment == dialect.delimiter ||
                                    dialect.comment == dialect.quote || dialect.comment == ' '))
        refuse("the comment character cannot begin a comment", shown(dialect.comment));
    if (!parse_encoding(dialect.encoding))
        refuse("the encoding is not known", v0::quoted(dialect.encoding), "utf-8, iso-8859-1, gb18030");
    if (dialect.header && !dialect.names.empty())
        refuse("names are given for a file that has a header line", {}, "names only with header = false");
    if (dialect.record_limit < 1 || dialect.record_limit > std::size_t{1} << 30)
        refuse("the record limit is out of range", std::to_string(dialect.record_limit), "1 to 1073741824 bytes");
    return problems;
}

csv_file::csv_file(std::filesystem::path const& path, csv_dialect dialect, std::string name, std::size_t chunk_bytes)
    : csv_file(
          dialect,
          record_source(path, rules_with(checked(dialect, name.empty() ? path.string() : name), chunk_bytes), name)) {}

csv_file csv_file::of_text(std::string bytes, csv_dialect dialect, std::string name, std::size_t chunk_bytes) {
    csv_dialect const usable = checked(std::move(dialect), name);
    return {usable, record_source::of_text(std::move(bytes), rules_with(usable, chunk_bytes), name)};
}

csv_file::csv_file(csv_dialect dialect, record_source source)
    : source_(std::move(source)), dialect_(std::move(dialect)) {
    read_columns();
}

void csv_file::read_columns() {
    bool stray = false;
    if (!dialect_.header) {
        columns_ = dialect_.names;
        if (columns_.empty()) {
            std::size_t const count = fields_of(source_.peek_record(), dialect_, stray).size();
            for (std::size_t i = 1; i <= count; ++i) columns_.push_back(std::to_string(i));
        }
        refuse_duplicates(columns_, name());
        return;
    }
    std::string const header = source_.take_record();
    if (header.empty())
        throw issue_error("csv.no_header", name(), "the file is empty: it has no header line", {}, {},
                          "Write the column names on the first line, or declare that the file has no header.");
    if (header.find('\0') != std::string::npos)
        throw issue_error("csv.header", name() + ":1",
                          "the header line holds zero bytes: this is no text in " + dialect_.encoding,
                          v0::quoted(header), {}, "If it is UTF-16, save the file as UTF-8.");
    if (!is_valid_utf8(header))
        throw issue_error("csv.header", name() + ":1", "the header line is not valid UTF-8", v0::quoted(header),
                          {}, "Declare the encoding the file has.");
    columns_ = fields_of(header, dialect_, stray);
    if (dialect_.trim)
        for (auto& column : columns_) column = without_blanks(column);
    bool const old_line_ends = std::any_of(columns_.begin(), columns_.end(), [](std::string const& column) {
        return column.find('\r') != std::string::npos && column.find('\n') == std::string::npos;
    });
    if (old_line_ends)
        throw issue_error("csv.line_ends", name() + ":1", "the lines end in a carriage return alone",
                          v0::quoted(header), "line feeds, with or without a carriage return before",
                          "Convert the file, for example with: tr '\\r' '\\n'");
    if (stray) {
        auto const other = columns_.size() < 2 ? other_delimiter(header, dialect_) : std::string_view{};
        throw issue_error("csv.header", name() + ":1",
                          "a quote in the header line stands inside an unquoted field, or text follows a closing quote",
                          v0::quoted(header), {},
                          other.empty() ? "Quote the whole name and double the quotes in it."
                                        : delimiter_remedy(other));
    }
    refuse_duplicates(columns_, name());
}

csv_layout::csv_layout(csv_file const& file, std::vector<wanted_column> wanted)
    : wanted_(std::move(wanted)), dialect_(file.dialect()), fields_(file.columns().size()) {
    issue_list problems;
    bool one_column = false; // said once, not for every column that is wanted
    for (wanted_column const& column : wanted_) {
        kind const base = column.what.base;
        if (base == kind::duration || base == kind::category_set)
            problems.error("csv.column_type", file.name() + " " + column.name, "a text column cannot be of this type",
                           to_string(column.what),
                           "bool, int64, double, decimal, money, date, instant, string, category");
        auto const found = std::find(file.columns().begin(), file.columns().end(), column.name);
        positions_.push_back(static_cast<std::uint32_t>(found - file.columns().begin()));
        if (found != file.columns().end() && !column.name.empty()) continue;
        auto const other = file.columns().size() == 1 && dialect_.header
                               ? other_delimiter(file.columns().front(), dialect_)
                               : std::string_view{};
        if (!other.empty()) {
            if (!std::exchange(one_column, true))
                problems.error("csv.no_column", file.name() + ":1", "the header line is one single column",
                               v0::quoted(file.columns().front()), {}, delimiter_remedy(other));
            continue;
        }
        std::string_view const near = nearest_name(column.name, file.columns());
        problems.error("csv.no_column", file.name(), "the file has no column of this name", v0::quoted(column.name),
                       join_names(file.columns()),
                       near.empty() ? std::string{} : "Did you mean " + std::string(near) + "?");
    }
    problems.throw_if_errors();
}

} // namespace v0
} // namespace segmenta
