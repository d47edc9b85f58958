// SPDX-License-Identifier: Apache-2.0
#include "cli/standard_input.hpp"

#include "base/file.hpp"

#include <segmenta/error.hpp>

#include <array>
#include <cerrno>
#include <cstdio>
#include <iostream>

namespace segmenta::cli {
namespace {

/// `std::cin` reads by way of `stdin` and shows a failure as an end; `stdin` keeps it.
bool has_failed(std::istream const& in) { return in.bad() || (&in == &std::cin && std::ferror(stdin) != 0); }

/// Of a stream that ended. `error`: errno after the last reading.
void refuse_failed(std::istream const& in, int error) {
    if (!has_failed(in)) return;
    std::string const why = error == 0 ? std::string() : ": " + detail::system_message(error);
    throw issue_error("file.read", "standard input", "the standard input could not be read" + why, {}, {},
                      error == EISDIR ? "Give it a file, not a folder" : "Check where it comes from");
}

} // namespace

bool next_line(std::istream& in, std::string& line) {
    errno = 0;
    bool const is_there = static_cast<bool>(std::getline(in, line));
    // Also behind half a line, which would be taken for a whole one.
    if (!is_there || in.eof()) refuse_failed(in, errno);
    return is_there;
}

std::string rest_of(std::istream& in) {
    std::string out;
    std::array<char, 1U << 16> piece; // filled by each reading
    errno = 0;
    while (in.read(piece.data(), piece.size()), in.gcount() > 0)
        out.append(piece.data(), static_cast<std::size_t>(in.gcount()));
    refuse_failed(in, errno);
    return out;
}

} // namespace segmenta::cli
