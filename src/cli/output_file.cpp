// SPDX-License-Identifier: Apache-2.0
#include "cli/output_file.hpp"

#include "base/file.hpp"

#include <segmenta/error.hpp>

namespace segmenta::cli {

namespace fs = std::filesystem;

bool is_standard_output(fs::path const& out) { return out == "-"; }

void check_output(fs::path const& out, std::span<fs::path const> inputs) {
    if (is_standard_output(out)) return;
    std::error_code ignored;
    for (auto const& input : inputs)
        if (fs::equivalent(out, input, ignored))
            throw issue_error("cli.overwrite", out.string(), "the result would be written over an input", {}, {},
                              "Choose another file");
    auto const status = fs::status(out, ignored);
    if (fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status))
        return;                           // opening a pipe ends it
    detail::atomic_file const probe(out); // never committed: removes its temporary file
}

void refuse_standard_output(fs::path const& out, char const* option, char const* why) {
    if (!is_standard_output(out)) return;
    throw issue_error("cli.out", option, why, "-", {}, "Give it a name; - itself would be ./-");
}

} // namespace segmenta::cli
