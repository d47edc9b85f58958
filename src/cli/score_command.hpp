// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_CLI_SCORE_COMMAND_HPP
#define SEGMENTA_SRC_CLI_SCORE_COMMAND_HPP

#include "cli/fit_command.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace segmenta::cli {

/// What `segmenta score` was asked to do.
struct score_arguments {
    std::filesystem::path model;   ///< what `segmenta fit` wrote
    fit_arguments table;           ///< --summary and what its columns are called, as for `fit`; `given` as well
    std::filesystem::path out;     ///< CSV; -: standard output
    std::vector<std::string> keep; ///< columns of the file that are written before the answers; empty: its id
    std::optional<double> horizon; ///< time ahead, in the model's unit
    bool quiet = false;
};

/// A column of answers: numbers (NaN: none) or texts.
struct answer_column {
    std::string name;
    std::vector<double> numbers;
    std::vector<std::string> texts;
};

/// All rows of the file, answered.
struct scored_rows {
    std::string model; ///< kind: `kmeans`, `bg_nbd`
    std::size_t rows = 0;
    std::vector<answer_column> answers; ///< the last one, `unknown`, says why a row has none
    std::vector<std::string> drift;     ///< a line for the score and the segment, where the document has a reference
};

/// Throws `issue_error`: what the file, its columns and the document say, `score.model` for models that answer nothing
/// about a customer, `score.columns` with all columns that the file lacks, `cli.option` for options of other models.
[[nodiscard]] scored_rows score_rows(score_arguments const& arguments);

/// Scores, writes the file whole and prints what was done.
void run_score(score_arguments const& arguments);

} // namespace segmenta::cli

#endif
