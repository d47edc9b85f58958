// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_CLI_SCREEN_HPP
#define SEGMENTA_SRC_CLI_SCREEN_HPP

// What a person sees: a progress bar on a terminal and plain lines elsewhere, tables with columns that line up also for
// Chinese, numbers one can read.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta::cli {

/// Columns a text takes on a terminal: wide East Asian characters take two, combining marks none.
[[nodiscard]] std::size_t display_width(std::string_view utf8) noexcept;

/// `1,234,567`
[[nodiscard]] std::string grouped(std::uint64_t n);
/// `1 row`, `2,000 rows`: the number grouped, and the word that fits it.
std::string counted(std::uint64_t n, std::string_view one, std::string_view many);
/// `14.6 %`
[[nodiscard]] std::string percent(double share);
/// A bar of `width` cells filled by `share` in eighths.
[[nodiscard]] std::string bar(double share, std::size_t width);

/// Rows of cells under a heading; the first column is left-aligned, the others right-aligned unless they hold bars.
class text_table {
public:
    explicit text_table(std::vector<std::string> heading) : rows_{std::move(heading)} {}
    void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
    /// Columns from this one on are left-aligned too.
    void left_from(std::size_t column) { left_from_ = column; }
    [[nodiscard]] std::string text() const;

private:
    std::vector<std::vector<std::string>> rows_;
    std::size_t left_from_ = ~std::size_t{0};
};

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
