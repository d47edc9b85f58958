// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_CLI_FIT_REPORT_HPP
#define SEGMENTA_SRC_CLI_FIT_REPORT_HPP

#include <segmenta/model/fit_diagnostics.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace segmenta::cli {

/// Words or a number.
using figure_cell = std::variant<std::string, double>;

/// A table of figures: a heading, and rows of cells below it.
struct figure_table {
    std::string title;
    std::vector<std::string> heading;
    std::vector<std::vector<figure_cell>> rows;
};

/// What a fit or an evaluation found, for the screen.
struct fit_report {
    std::string title;                                      ///< `bg_nbd: 2,357 customers, times in weeks`
    std::vector<parameter_estimate> parameters;             ///< may be empty
    std::optional<fit_diagnostics> diagnostics;             ///< of maximum-likelihood fits
    std::vector<std::pair<std::string, figure_cell>> facts; ///< name and value, one a line
    std::vector<figure_table> tables;
    std::vector<std::string> remarks; ///< what should be known before the figures are used
    std::string document;             ///< the model (or the figures) as JSON
};

/// A number with as many digits as say something: `0.2425945`, `1,413.5`, `not known` for NaN.
[[nodiscard]] std::string figure(double value);

/// Facts, tables and remarks as JSON: {"evaluation": what, "auc": 0.79, ..., "tables": {"gains": [{...}]}}. Names are
/// written with underscores.
[[nodiscard]] std::string to_json(fit_report const& report, std::string_view what);

/// The report as text.
[[nodiscard]] std::string to_text(fit_report const& report);

} // namespace segmenta::cli

#endif
