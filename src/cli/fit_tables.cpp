// SPDX-License-Identifier: Apache-2.0
// What fits of customer tables share: the file, its features and outcomes.
#include "cli/fit_models.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace segmenta::cli {

std::optional<char> delimiter_of(std::string const& text) {
    if (text.empty()) return std::nullopt;
    if (text == "tab" || text == "\\t") return '\t';
    if (text.size() == 1) return text[0];
    throw issue_error("cli.delimiter", "--delimiter", "this is not one character", segmenta::quoted(text),
                      "a character, or tab", {});
}

std::string given_column(std::string const& column, char const* option, table_file const& file) {
    if (!column.empty()) return column;
    throw issue_error("cli.column", option, "the column is not given", {},
                      fmt::format("one of {}", fmt::join(file.columns(), ", ")), {});
}

table_file customers_of(fit_arguments const& a) {
    if (a.summary.empty())
        throw issue_error("cli.summary", "--summary", a.model + " needs a file with one customer a row", {},
                          "--summary FILE.csv", {});
    return table_file(a.summary, delimiter_of(a.delimiter));
}

namespace {

/// Names and ids group nobody.
bool differs_in_most_rows(table_file const& file, std::string const& column) {
    constexpr std::size_t few = 20;
    auto const coded = file.codes(column);
    return coded.labels.size() > few && coded.labels.size() * 2 > coded.codes.size();
}

} // namespace

chosen_features features_of(fit_arguments const& a, table_file const& file) {
    std::vector<std::string> names = a.features;
    if (names.empty()) {
        for (auto const& column : file.columns())
            if (column != a.outcome && column != a.weight &&
                std::find(id_names.begin(), id_names.end(), column) == id_names.end())
                names.push_back(column);
    }
    for (auto const& name : a.categorical)
        if (std::find(names.begin(), names.end(), name) == names.end())
            throw issue_error("cli.categorical", "--categorical", "this is no feature", segmenta::quoted(name),
                              fmt::format("{}", fmt::join(names, ", ")), {});
    chosen_features out;
    std::vector<std::string> maybe_numeric;
    auto const is_asked = [&](std::string const& name) {
        return std::find(a.categorical.begin(), a.categorical.end(), name) != a.categorical.end();
    };
    std::copy_if(names.begin(), names.end(), std::back_inserter(maybe_numeric),
                 [&](auto const& n) { return !is_asked(n); });
    auto const numeric = file.are_numbers(maybe_numeric);
    for (auto const& name : names) {
        auto const at = std::find(maybe_numeric.begin(), maybe_numeric.end(), name) - maybe_numeric.begin();
        if (!is_asked(name) && numeric[static_cast<std::size_t>(at)])
            out.numeric.push_back(name);
        else if (a.features.empty() && !is_asked(name) && differs_in_most_rows(file, name))
            out.left_out.push_back(name);
        else
            out.categorical.push_back(name);
    }
    return out;
}

std::vector<std::uint8_t> events_of(table_file const& file, std::string const& column, std::string const& positive,
                                    bool both) {
    if (column.empty())
        throw issue_error("cli.outcome", "--outcome", "the column of the outcome is not given", {},
                          fmt::format("{}", fmt::join(file.columns(), ", ")), {});
    auto const texts = file.texts(column);
    std::vector<std::uint8_t> out;
    std::size_t events = 0;
    for (std::size_t row = 0; row < texts.size(); ++row) {
        if (texts[row].empty())
            throw issue_error("table.missing", file.name() + " row " + std::to_string(row + 1),
                              "column " + column + " misses the outcome", "nothing", "an outcome in each row",
                              "Leave such rows out");
        out.push_back(texts[row] == positive ? 1 : 0);
        events += out.back();
    }
    if (out.empty())
        throw issue_error("table.empty", file.name(), "there are no rows", {}, "at least one row below the header", {});
    if (!both || (events != 0 && events != out.size())) return out;
    std::vector<std::string> distinct = texts;
    std::sort(distinct.begin(), distinct.end());
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    if (distinct.size() > 8) distinct.resize(8);
    throw issue_error("table.one_outcome", file.name(),
                      events == 0 ? "no row has this outcome" : "every row has this outcome",
                      segmenta::quoted(positive), fmt::format("one of {}", fmt::join(distinct, ", ")),
                      "Say with --positive which outcome is looked for");
}

} // namespace segmenta::cli
