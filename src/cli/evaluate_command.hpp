// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_CLI_EVALUATE_COMMAND_HPP
#define SEGMENTA_SRC_CLI_EVALUATE_COMMAND_HPP

#include "cli/fit_report.hpp"

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta::cli {

/// What `segmenta evaluate` was asked to do.
struct evaluate_arguments {
    std::string what;
    std::filesystem::path table;
    std::string delimiter;
    std::string score;
    std::string outcome;
    std::string positive = "1";
    std::string group;
    std::string treated = "1";
    std::string control; ///< empty: all other arms
    std::string labels;
    std::string truth;
    std::vector<std::string> features;
    std::filesystem::path reference;
    std::string duration;
    std::size_t bins = 10;
    double confidence = 0.95;
    bool json = false;
    std::vector<std::string> given; ///< options on the command line: one of another evaluation is refused
};

/// What can be evaluated, in the order of the help.
[[nodiscard]] std::span<std::string_view const> evaluations() noexcept;

/// Measures and prints. Throws `issue_error`.
void run_evaluate(evaluate_arguments const& arguments);

/// The same without printing.
[[nodiscard]] fit_report evaluate(evaluate_arguments const& arguments);

} // namespace segmenta::cli

#endif
