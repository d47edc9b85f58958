// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_CLI_SCREEN_HPP
#define SEGMENTA_SRC_CLI_SCREEN_HPP

// What a person sees: a progress bar on a terminal and plain lines elsewhere, tables with columns that line up also for
// Chinese, numbers one can read.

#include "base/text_table.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace segmenta::cli {

using detail::display_width;
using detail::text_table;

/// `1,234,567`
[[nodiscard]] std::string grouped(std::uint64_t n);
/// `1 row`, `2,000 rows`: the number grouped, and the word that fits it.
std::string counted(std::uint64_t n, std::string_view one, std::string_view many);
/// `14.6 %`
[[nodiscard]] std::string percent(double share);
/// A bar of `width` cells filled by `share` in eighths.
[[nodiscard]] std::string bar(double share, std::size_t width);

/// Progress of one long piece of work on standard error.
class progress_line {
public:
    /// `quiet`: nothing at all.
    progress_line(std::string what, bool quiet);
    ~progress_line();
    progress_line(progress_line const&) = delete;
    progress_line& operator=(progress_line const&) = delete;
    /// At most ten times a second on a terminal, once every five seconds elsewhere.
    void update(std::uint64_t done, std::uint64_t total, std::string_view detail);

private:
    std::string what_;
    bool quiet_;
    bool terminal_;
    bool drawn_ = false;
    std::chrono::steady_clock::time_point next_;
};

} // namespace segmenta::cli

#endif
