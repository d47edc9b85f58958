// SPDX-License-Identifier: Apache-2.0
#include "cli/fit_report.hpp"

#include "base/json.hpp"
#include "cli/screen.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace segmenta::cli {

std::string figure(double value) {
    if (std::isnan(value)) return "not known";
    if (std::isinf(value)) return value > 0 ? "infinite" : "-infinite";
    double const size = std::abs(value);
    if (value == std::floor(value) && size < 1e15)
        return value < 0 ? "-" + grouped(static_cast<std::uint64_t>(size)) : grouped(static_cast<std::uint64_t>(size));
    if (size >= 1e7 || size < 1e-4) return fmt::format("{:.6g}", value);
    // Seven significant digits, at most seven behind the point.
    int const before = size < 1 ? 0 : static_cast<int>(std::floor(std::log10(size))) + 1;
    return fmt::format("{:.{}f}", value, std::max(1, 7 - before));
}

namespace {

std::string shown(figure_cell const& cell) {
    if (auto const* text = std::get_if<std::string>(&cell)) return *text;
    return figure(std::get<double>(cell));
}

boost::json::value json_of(figure_cell const& cell) {
    if (auto const* text = std::get_if<std::string>(&cell)) return boost::json::value(*text);
    double const value = std::get<double>(cell);
    if (!std::isfinite(value)) return nullptr;
    if (value == std::floor(value) && std::abs(value) < 1e15) return static_cast<std::int64_t>(value);
    return value;
}

std::string key_of(std::string name) {
    for (char& c : name)
        if (c == ' ' || c == '-') c = '_';
    return name;
}

} // namespace

std::string to_json(fit_report const& report, std::string_view what) {
    boost::json::object out;
    out["evaluation"] = what;
    for (auto const& [name, value] : report.facts)
        out[key_of(name)] = json_of(value);
    boost::json::object tables;
    for (auto const& table : report.tables) {
        boost::json::array rows;
        for (auto const& row : table.rows) {
            boost::json::object made;
            for (std::size_t i = 0; i < row.size(); ++i)
                made[key_of(table.heading[i])] = json_of(row[i]);
            rows.push_back(std::move(made));
        }
        tables[key_of(table.title)] = std::move(rows);
    }
    if (!tables.empty()) out["tables"] = std::move(tables);
    if (!report.remarks.empty()) out["remarks"] = boost::json::array(report.remarks.begin(), report.remarks.end());
    return detail::write_json(out, 2) + "\n";
}

namespace {

/// From which column on all cells are words.
std::size_t first_text(figure_table const& of) {
    std::size_t out = of.heading.size();
    auto const words = [&](std::size_t column) {
        return std::all_of(of.rows.begin(), of.rows.end(), [column](auto const& row) {
            return column < row.size() && std::holds_alternative<std::string>(row[column]);
        });
    };
    while (out > 1 && words(out - 1))
        --out;
    return out;
}

} // namespace

std::string to_text(fit_report const& report) {
    std::string out = report.title + "\n";
    if (!report.parameters.empty()) {
        text_table table({"parameter", "estimate", "standard error"});
        for (auto const& p : report.parameters)
            table.row({p.name, figure(p.value), figure(p.standard_error)});
        out += "\n" + table.text();
    }
    text_table facts({"figure", "value"});
    for (auto const& [name, value] : report.facts)
        facts.row({name, shown(value)});
    if (report.diagnostics) {
        auto const& d = *report.diagnostics;
        facts.row({"log-likelihood", fmt::format("{:.6f}", d.log_likelihood)});
        facts.row({"state", std::string(to_string(d.state))});
        facts.row({"largest derivative", fmt::format("{:.2e}", d.gradient_norm)});
        facts.row({"condition number",
                   std::isfinite(d.condition_number) ? fmt::format("{:.4g}", d.condition_number) : "infinite"});
        facts.row({"evaluations", std::to_string(d.evaluations)});
    }
    if (report.diagnostics || !report.facts.empty()) out += "\n" + facts.text();
    for (auto const& t : report.tables) {
        text_table table(t.heading);
        table.left_from(first_text(t));
        for (auto const& row : t.rows) {
            std::vector<std::string> cells;
            for (auto const& cell : row)
                cells.push_back(shown(cell));
            table.row(std::move(cells));
        }
        out += "\n" + t.title + (t.title.empty() ? "" : "\n") + table.text();
    }
    if (report.diagnostics && !report.diagnostics->remark.empty()) out += "\n! " + report.diagnostics->remark + "\n";
    for (auto const& remark : report.remarks)
        out += "\n! " + remark + "\n";
    return out;
}

} // namespace segmenta::cli
