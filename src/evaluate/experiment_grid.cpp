// SPDX-License-Identifier: Apache-2.0
#include <segmenta/evaluate/experiment_grid.hpp>

#include <segmenta/base/parallel.hpp>
#include <segmenta/base/text.hpp>
#include <segmenta/error.hpp>

#include "base/indexed_place.hpp"
#include "evaluate/checks.hpp"
#include "evaluate/csv_text.hpp"
#include "evaluate/label_codes.hpp"

#include <algorithm>
#include <limits>

namespace segmenta {
inline namespace v0 {
namespace {

constexpr std::size_t most_rows = 10'000'000;

std::string value_text(grid_value const& value) {
    if (auto const* const number = std::get_if<double>(&value)) return detail::csv_number(*number);
    if (auto const* const whole = std::get_if<std::int64_t>(&value)) return std::to_string(*whole);
    return std::get<std::string>(value);
}

[[noreturn]] void refuse_kind(std::string_view name, grid_value const& seen, char const* allowed) {
    throw issue_error("evaluate.parameter", "parameter " + quoted(name), "this parameter is of another kind",
                      value_text(seen), allowed, {});
}

/// Rows of the grid; `most_rows` + 1 when there are more than that.
std::size_t row_count(std::span<grid_parameter const> parameters, std::size_t seeds) {
    std::size_t rows = seeds;
    for (auto const& parameter : parameters) {
        if (parameter.values.empty()) return 0;
        if (rows > most_rows / parameter.values.size()) return most_rows + 1;
        rows *= parameter.values.size();
    }
    return rows;
}

void check(std::span<grid_parameter const> parameters, std::span<std::string const> measures,
           grid_options const& options) {
    issue_list issues;
    std::vector<std::string> columns{"seed", "error"};
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        detail::check_not_empty(parameters[i].values.size(), detail::indexed_place("parameters", i), issues);
        columns.push_back(parameters[i].name);
    }
    detail::check_not_empty(measures.size(), "measures", issues);
    detail::check_not_empty(options.seeds.size(), "seeds", issues);
    columns.insert(columns.end(), measures.begin(), measures.end());
    if (std::find(columns.begin(), columns.end(), "") != columns.end())
        issues.error("evaluate.option", "columns", "a column needs a name", "\"\"", "text", {});
    detail::check_names(columns, "columns", issues);
    detail::check_count(row_count(parameters, options.seeds.size()), 0, most_rows, "rows", issues);
    issues.throw_if_errors();
}

/// The combination of row `row`: the last parameter changes fastest, seeds fastest of all.
grid_row row_at(std::size_t row, std::span<grid_parameter const> parameters, std::span<std::uint64_t const> seeds) {
    grid_row out;
    out.seed = seeds[row % seeds.size()];
    row /= seeds.size();
    out.choice.resize(parameters.size());
    for (std::size_t i = parameters.size(); i-- > 0;) {
        out.choice[i] = row % parameters[i].values.size();
        row /= parameters[i].values.size();
    }
    return out;
}

std::string error_text(issue_list const& issues) {
    std::string text;
    for (auto const& problem : issues)
        text += (text.empty() ? "" : "; ") + problem.code + ": " + problem.message;
    return text;
}

} // namespace

grid_value const& grid_point::value(std::string_view name) const {
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
        if (parameters_[i].name == name) return parameters_[i].values[choice_[i]];
        names.push_back(parameters_[i].name);
    }
    auto const near = nearest_name(name, names);
    throw issue_error("evaluate.parameter", "parameter", "the grid has no such parameter", quoted(name),
                      join_names(names), near.empty() ? std::string() : "Did you mean " + std::string(near) + "?");
}

double grid_point::number(std::string_view name) const {
    auto const& found = value(name);
    if (auto const* const number = std::get_if<double>(&found)) return *number;
    if (auto const* const whole = std::get_if<std::int64_t>(&found)) return static_cast<double>(*whole);
    refuse_kind(name, found, "a number");
}

std::int64_t grid_point::integer(std::string_view name) const {
    auto const& found = value(name);
    if (auto const* const whole = std::get_if<std::int64_t>(&found)) return *whole;
    refuse_kind(name, found, "a whole number");
}

std::string const& grid_point::text(std::string_view name) const {
    auto const& found = value(name);
    if (auto const* const text = std::get_if<std::string>(&found)) return *text;
    refuse_kind(name, found, "a text");
}

std::optional<grid_table> run_grid_or_stop(std::vector<grid_parameter> parameters, std::vector<std::string> measures,
                                           grid_experiment const& experiment, grid_options const& options) {
    check(parameters, measures, options);
    std::vector<grid_row> rows(row_count(parameters, options.seeds.size()));
    auto const run = [&](std::size_t at) {
        auto& row = rows[at];
        row = row_at(at, parameters, options.seeds);
        try {
            row.measures = experiment(grid_point(parameters, row.choice, row.seed));
        } catch (issue_error const& problem) {
            row.error = error_text(problem.issues());
            row.measures.assign(measures.size(), std::numeric_limits<double>::quiet_NaN());
        }
        issue_list issues;
        detail::check_same_length(row.measures.size(), detail::indexed_place("rows", at), measures.size(),
                                  "the names of measures", issues);
        issues.throw_if_errors();
    };
    if (!parallel_for_blocks(options.threads, rows.size(), options.stop, run)) return std::nullopt;
    return grid_table(std::move(parameters), std::move(measures), std::move(rows));
}

grid_table run_grid(std::vector<grid_parameter> parameters, std::vector<std::string> measures,
                    grid_experiment const& experiment, grid_options const& options) {
    if (auto table = run_grid_or_stop(std::move(parameters), std::move(measures), experiment, options))
        return std::move(*table);
    throw issue_error("evaluate.stopped", "stop", "the grid was stopped before it was done", {}, {},
                      "Call run_grid_or_stop where a stop may be requested");
}

std::string grid_table::to_csv() const {
    std::string text;
    auto const add = [&](std::string_view field) {
        detail::append_csv(text, field);
        text += ',';
    };
    for (auto const& parameter : parameters_)
        add(parameter.name);
    add("seed");
    for (auto const& measure : measures_)
        add(measure);
    text += "error\n";
    for (auto const& row : rows_) {
        for (std::size_t i = 0; i < parameters_.size(); ++i)
            add(value_text(parameters_[i].values[row.choice[i]]));
        add(std::to_string(row.seed));
        for (double const measure : row.measures)
            add(detail::csv_number(measure));
        detail::append_csv(text, row.error);
        text += '\n';
    }
    return text;
}

} // namespace v0
} // namespace segmenta
