// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_CLI_TAGS_COMMAND_HPP
#define SEGMENTA_SRC_CLI_TAGS_COMMAND_HPP

#include <filesystem>
#include <string>

namespace segmenta::cli {

/// What `segmenta tags` was asked to do.
struct tags_arguments {
    std::filesystem::path plan;
    std::string reads;  ///< only tags that read this field or column; empty: all
    std::string locale; ///< of titles, meanings and rules; empty: the plan's
    bool json = false;
};

/// Prints the catalogue of a plan's tags: place, meaning, rule in words, fields it is made of. Throws `issue_error`.
void list_tags(tags_arguments const& arguments);

} // namespace segmenta::cli

#endif
