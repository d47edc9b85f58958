// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_CLI_FIT_COMMAND_HPP
#define SEGMENTA_SRC_CLI_FIT_COMMAND_HPP

#include "cli/fit_report.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta::cli {

/// What `segmenta fit` was asked to do.
struct fit_arguments {
    std::string model;                ///< `bg_nbd`, `logistic`, ...
    std::filesystem::path summary;    ///< one customer a row
    std::vector<std::string> sources; ///< `orders=FILE`: one transaction a row
    std::string unit = "week";        ///< of times of repeat purchases
    std::filesystem::path out;        ///< the model as JSON; empty: nowhere; -: standard output
    std::string delimiter;            ///< one character or `tab`; empty: found out

    // Names of columns; empty: the usual ones.
    std::string customer, time, amount;                     // of transactions
    std::string repeats, last, age, spend, weight, periods; // of summaries
    std::string time_format;
    std::string observation_end; ///< empty: the last day of the file

    std::vector<std::string> features;    ///< empty: all columns but the outcome and ids
    std::vector<std::string> categorical; ///< of the features
    std::string outcome;
    std::string positive = "1"; ///< the outcome that is looked for

    std::size_t clusters = 0;
    std::uint64_t seed = 1;
    std::size_t erlang = 0; ///< 0: found out
    bool standardise = false;
    double ridge = 0;
    double lasso = 0;
    std::string covariance = "full";
    double points = 600;
    double odds = 50; ///< non-events to an event
    double points_to_double = 20;
    double least_information = 0.02; ///< information value below which a variable is left out

    unsigned threads = 0;
    bool json = false;
    bool quiet = false;
    std::vector<std::string> given; ///< options on the command line, `--repeats`: one of another model is refused
};

/// The models `segmenta fit` knows, in the order of its help.
[[nodiscard]] std::span<std::string_view const> fit_models() noexcept;

/// Fits, writes the model and prints what was found. Throws `issue_error`; `cli.option` for options that the model does
/// not take.
void run_fit(fit_arguments const& arguments);

/// The same without printing and writing.
[[nodiscard]] fit_report fit_model(fit_arguments const& arguments);

/// Refuses `given` options of other models, for `fit` and `score` (`cli.option`).
void check_model_options(std::span<std::string const> given, std::string_view model);

} // namespace segmenta::cli

#endif
