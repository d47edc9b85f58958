// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_CLI_IMPORT_COMMAND_HPP
#define SEGMENTA_SRC_CLI_IMPORT_COMMAND_HPP

#include <segmenta/rule/import.hpp>

#include <iosfwd>
#include <string>

namespace segmenta::cli {

struct import_arguments {
    std::string from;                // the name of a rule_dialect
    std::string schema;              // a file, or empty
    std::string missing = "unknown"; // or as-source
    bool allow_empty_groups = false;
    bool json = false;
};

/// Reads JSON Lines, or one JSON document over any number of lines, and writes one line for each: the text of the rule,
/// or with `json` `{"rule": "…"}` (and `"issues"` when there are warnings or notes) or `{"error": "…"}`. Without `json`
/// what was refused is an empty line, and its issues go to `messages`. Whether everything was read. Throws
/// `issue_error` for arguments and a schema that are none, and when `in` cannot be read.
[[nodiscard]] bool import_rules(import_arguments const& arguments, std::istream& in, std::ostream& out,
                                std::ostream& messages);

} // namespace segmenta::cli

#endif
