// SPDX-License-Identifier: Apache-2.0
#include "cli/table_file.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/error.hpp>
#include <segmenta/io/csv_reader.hpp>
#include <segmenta/record/type.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <unordered_map>

namespace segmenta::cli {
namespace {

constexpr std::size_t most_shown = 5; // bad lines in a message

csv_dialect dialect_of(char delimiter) {
    csv_dialect out;
    out.delimiter = delimiter;
    out.missing = {"NA", "NaN", "nan", "null", "NULL"};
    out.trim = true;
    return out;
}

char detected_delimiter(std::filesystem::path const& path) {
    record_source source(path, rules_of(dialect_of(',')));
    std::string const header = source.peek_record();
    constexpr std::array candidates{',', ';', '\t'};
    return *std::max_element(candidates.begin(), candidates.end(), [&](char a, char b) {
        return std::count(header.begin(), header.end(), a) < std::count(header.begin(), header.end(), b);
    });
}

/// Calls `take` with every block of the wanted columns; collects what cannot be read, and throws it.
template <class Take>
void read_blocks(std::filesystem::path const& path, char delimiter, std::vector<wanted_column> wanted, Take&& take) {
    csv_file file(path, dialect_of(delimiter));
    csv_layout const layout(file, std::move(wanted));
    csv_block_reader reader(layout);
    text_chunk chunk;
    issue_list issues;
    std::size_t bad = 0;
    while (file.source().next(chunk)) {
        auto const& block = reader.parse(chunk);
        for (auto const& problem : block.bad_fields()) {
            if (++bad > most_shown) continue;
            issues.error("table." + std::string(to_string(problem.reason)),
                         path.string() + ":" + std::to_string(block.line(problem.row)), block.message(problem));
        }
        if (bad == 0) take(block);
    }
    if (bad > most_shown)
        issues.error("table.more", path.string(), std::to_string(bad - most_shown) + " more fields cannot be read", {},
                     {}, "Leave such rows out, or name other columns");
    issues.throw_if_errors();
}

/// What was met in a column.
struct number_census {
    std::uint64_t numbers = 0;
    std::uint64_t others = 0;
    std::uint64_t line = 0; ///< of the first other
    std::string text;
};
constexpr std::uint64_t few = 20; ///< one in so many is a slip

/// A table is read once for its header and then once for each use: a pipe would have lost its beginning by then.
void refuse_pipe(std::filesystem::path const& path) {
    std::error_code ignored;
    auto const status = std::filesystem::status(path, ignored);
    bool const standard_input = path == "-" && !std::filesystem::exists(status);
    bool const stream = std::filesystem::is_fifo(status) || std::filesystem::is_character_file(status);
    if (!standard_input && !stream) return;
    throw issue_error("file.not_regular", path.string(),
                      "a table is read more than once, which a pipe or device cannot be", {}, "a regular file",
                      "Write the rows to a file first");
}

wanted_column wanted(std::string name, type what) {
    wanted_column out;
    out.name = std::move(name);
    out.what = what;
    return out;
}

} // namespace

table_file::table_file(std::filesystem::path path, std::optional<char> delimiter) : path_(std::move(path)) {
    refuse_pipe(path_);
    delimiter_ = delimiter ? *delimiter : detected_delimiter(path_);
    columns_ = csv_file(path_, dialect_of(delimiter_)).columns();
}

void table_file::require_rows() const {
    csv_file file(path_, dialect_of(delimiter_));
    csv_layout const layout(file, {wanted(columns_.front(), string_type)});
    csv_block_reader reader(layout);
    text_chunk chunk;
    while (file.source().next(chunk))
        if (reader.parse(chunk).rows() > 0) return;
    throw issue_error("table.empty", path_.string(), "there are no rows", {}, "at least one row below the header");
}

bool table_file::has(std::string_view column) const noexcept {
    return std::find(columns_.begin(), columns_.end(), column) != columns_.end();
}

std::optional<std::string> table_file::first_of(std::span<std::string_view const> names) const {
    for (auto const name : names)
        if (has(name)) return std::string(name);
    return std::nullopt;
}

std::vector<std::vector<double>> table_file::numbers(std::span<std::string const> names) const {
    std::vector<wanted_column> columns;
    for (auto const& name : names)
        columns.push_back(wanted(name, float64_type));
    std::vector<std::vector<double>> out(names.size());
    read_blocks(path_, delimiter_, std::move(columns), [&](parsed_block const& block) {
        for (std::size_t c = 0; c < out.size(); ++c) {
            column_view const& from = block.columns()[c];
            auto const values = from.as<double>();
            for (std::size_t row = 0; row < block.rows(); ++row)
                out[c].push_back(from.is_present(row) ? values[row] : std::numeric_limits<double>::quiet_NaN());
        }
    });
    return out;
}

std::vector<double> table_file::numbers(std::string const& name) const {
    return std::move(numbers(std::span(&name, 1))[0]);
}

std::vector<std::string> table_file::texts(std::string const& name) const {
    std::vector<std::string> out;
    read_blocks(path_, delimiter_, {wanted(name, string_type)}, [&](parsed_block const& block) {
        column_view const& from = block.columns()[0];
        for (std::size_t row = 0; row < block.rows(); ++row)
            out.emplace_back(from.is_present(row) ? from.text(row) : std::string_view());
    });
    return out;
}

table_file::coded table_file::codes(std::string const& name) const {
    coded out;
    std::unordered_map<std::string, std::int32_t> known;
    for (std::string& text : [&] { return texts(name); }()) {
        if (text.empty()) {
            out.codes.push_back(-1);
            continue;
        }
        auto const [place, is_new] = known.try_emplace(text, static_cast<std::int32_t>(out.labels.size()));
        if (is_new) out.labels.push_back(text);
        out.codes.push_back(place->second);
    }
    return out;
}

std::vector<std::int32_t> table_file::days(std::string const& name, std::string const& format) const {
    wanted_column column = wanted(name, date_type);
    if (!format.empty()) column.format = time_format(format, "--time-format");
    std::vector<std::int32_t> out;
    read_blocks(path_, delimiter_, {column}, [&](parsed_block const& block) {
        column_view const& from = block.columns()[0];
        auto const values = from.as<std::int32_t>();
        for (std::size_t row = 0; row < block.rows(); ++row) {
            if (!from.is_present(row))
                throw issue_error("table.missing", path_.string() + ":" + std::to_string(block.line(row)),
                                  "column " + name + " misses the day", "nothing", "a date in each row",
                                  "Leave such rows out, or name a column that has them all");
            out.push_back(values[row]);
        }
    });
    return out;
}

std::vector<bool> table_file::are_numbers(std::span<std::string const> names) const {
    std::vector<wanted_column> columns;
    for (auto const& name : names)
        columns.push_back(wanted(name, float64_type));
    csv_file file(path_, dialect_of(delimiter_));
    csv_layout const layout(file, std::move(columns));
    csv_block_reader reader(layout);
    text_chunk chunk;
    std::vector<number_census> counts(names.size());
    while (file.source().next(chunk)) {
        auto const& block = reader.parse(chunk);
        for (auto const& problem : block.bad_fields()) {
            if (problem.column >= names.size()) continue;
            number_census& of = counts[problem.column];
            if (of.others++ == 0) of.line = block.line(problem.row), of.text = std::string(problem.text);
        }
        for (std::size_t c = 0; c < names.size(); ++c)
            for (std::size_t row = 0; row < block.rows(); ++row)
                counts[c].numbers += block.columns()[c].is_present(row) ? 1 : 0;
    }
    issue_list issues;
    std::vector<bool> out;
    for (std::size_t c = 0; c < names.size(); ++c) {
        number_census const& of = counts[c];
        out.push_back(of.others == 0 && of.numbers > 0);
        if (of.others == 0 || of.others * few > of.numbers) continue;
        issues.error("table.nearly_numbers", path_.string() + ":" + std::to_string(of.line),
                     "the other " + std::to_string(of.numbers) + " fields of column " + names[c] + " are numbers",
                     segmenta::quoted(of.text), "a number, or nothing",
                     "Correct or empty it; --categorical takes the column as categories");
    }
    issues.throw_if_errors();
    return out;
}

} // namespace segmenta::cli
