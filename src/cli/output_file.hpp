// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_CLI_OUTPUT_FILE_HPP
#define SEGMENTA_SRC_CLI_OUTPUT_FILE_HPP

// The file behind --out.

#include <filesystem>
#include <span>

namespace segmenta::cli {

/// Whether `-` was given: the standard output, as other commands have it. A file of that name is `./-`.
[[nodiscard]] bool is_standard_output(std::filesystem::path const& out);

/// Before hours of work rather than after: throws `issue_error` when the file is one of the inputs (`cli.overwrite`) or
/// cannot be written (`file.open`).
void check_output(std::filesystem::path const& out, std::span<std::filesystem::path const> inputs);

/// Throws `issue_error` (`cli.out`) for `-` where several files are written, or a folder is meant.
void refuse_standard_output(std::filesystem::path const& out, char const* option, char const* why);

} // namespace segmenta::cli

#endif
