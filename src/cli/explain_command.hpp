// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_CLI_EXPLAIN_COMMAND_HPP
#define SEGMENTA_SRC_CLI_EXPLAIN_COMMAND_HPP

#include <filesystem>
#include <string>
#include <vector>

namespace segmenta::cli {

/// What `segmenta explain` was asked to do.
struct explain_arguments {
    std::filesystem::path plan;
    std::string customer; ///< file with one customer as JSON; `-`: standard input
    std::string as_of;
    std::vector<std::string> columns; ///< tags or columns; empty: all tags that are computed
    std::vector<std::string> immutable;
    std::string purpose;
    std::string locale;
    std::filesystem::path fitted;
    bool json = false;
};

/// Prints why a customer has what it has. Throws `issue_error`.
void explain(explain_arguments const& arguments);

} // namespace segmenta::cli

#endif
