// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_CLI_USAGE_HPP
#define SEGMENTA_SRC_CLI_USAGE_HPP

// What is wrong with a command line, in words that say what to type instead.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
class ParseError;
} // namespace CLI

namespace segmenta::cli {

/// One line for a command line that cannot be read: a misspelt subcommand or option with the nearest name, an option
/// that was given twice, what is missing. `words` are the arguments behind the name of the program.
[[nodiscard]] std::string usage_message(CLI::App const& app, CLI::ParseError const& problem,
                                        std::span<std::string const> words);

/// The options that were given to a subcommand, as `--name`.
[[nodiscard]] std::vector<std::string> given_options(CLI::App const& command);

/// An option and what it is for: the models of `fit` and `score`, or the evaluations.
struct option_use {
    std::string_view option;
    std::span<std::string_view const> takers;
};

/// Refuses options that would be ignored. An option that `known` does not name is for everything. Throws `issue_error`
/// (`cli.option`) with all options that `what` does not take, and what takes them.
///
///     check_options(known, std::vector<std::string>{"--ridge"}, "kmeans"); // --ridge: kmeans takes no such option
void check_options(std::span<option_use const> known, std::span<std::string const> given, std::string_view what);

/// Refuses a list of columns that names one twice. Throws `issue_error` (`cli.features` of `--features`) with each that
/// it does.
void refuse_repeats(std::span<std::string const> columns, std::string_view option);

} // namespace segmenta::cli

#endif
