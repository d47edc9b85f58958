// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_CLI_RUN_COMMAND_HPP
#define SEGMENTA_SRC_CLI_RUN_COMMAND_HPP

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

namespace segmenta::cli {

/// What `segmenta run` was asked to do.
struct run_arguments {
    std::filesystem::path plan;
    std::vector<std::string> sources; ///< `orders=FILE[,FILE]`
    std::string as_of;
    std::filesystem::path out;
    unsigned threads = 1;
    std::string isa;    ///< `sse2`, `avx2`, `avx512`; empty: the best the machine has
    std::string locale; ///< of the labels on the screen; empty: the plan's
    std::filesystem::path save_fitted;
    std::filesystem::path fitted;
    bool quarantine = false;
    bool quiet = false;
};

/// Reads, segments, writes. Throws `issue_error`; nothing is half-written then.
void run(run_arguments const& arguments, std::stop_token stop);

} // namespace segmenta::cli

#endif
