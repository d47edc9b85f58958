// SPDX-License-Identifier: Apache-2.0
#include "cli/screen.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

namespace segmenta::cli {
namespace {

void pad(std::string& to, std::size_t blanks) { to.append(blanks, ' '); }

} // namespace

std::string grouped(std::uint64_t n) {
    std::string digits = std::to_string(n);
    for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, 1, ',');
    return digits;
}

std::string counted(std::uint64_t n, std::string_view one, std::string_view many) {
    return grouped(n) + " " + std::string(n == 1 ? one : many);
}

std::string percent(double share) { return fmt::format("{:.1f} %", share * 100); }

std::string bar(double share, std::size_t width) {
    static constexpr std::array<std::string_view, 8> parts{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    auto const eighths =
        static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * static_cast<double>(width) * 8 + 0.5);
    std::string out;
    for (std::size_t i = 0; i < eighths / 8; ++i) out += "█";
    out += parts[eighths % 8];
    return out;
}

progress_line::progress_line(std::string what, bool quiet)
    : what_(std::move(what)), quiet_(quiet), terminal_(::isatty(STDERR_FILENO) != 0),
      next_(std::chrono::steady_clock::now() + std::chrono::milliseconds(terminal_ ? 200 : 5000)) {}

progress_line::~progress_line() {
    if (drawn_ && terminal_) std::fputs("\r\x1b[K", stderr);
}

void progress_line::update(std::uint64_t done, std::uint64_t total, std::string_view detail) {
    if (quiet_) return;
    auto const now = std::chrono::steady_clock::now();
    if (now < next_) return;
    next_ = now + std::chrono::milliseconds(terminal_ ? 100 : 5000);
    double const share = total == 0 ? 0 : static_cast<double>(done) / static_cast<double>(total);
    std::string const how_far = total == 0 ? std::string() : percent(share);
    if (terminal_) {
        std::string cells = bar(share, 24);
        pad(cells, 24 - std::min<std::size_t>(24, display_width(cells)));
        fmt::print(stderr, "\r\x1b[K{} [{}] {} {}", what_, cells, how_far, detail);
        std::fflush(stderr);
    } else {
        fmt::print(stderr, "{}: {} {}\n", what_, how_far, detail);
    }
    drawn_ = true;
}

} // namespace segmenta::cli
