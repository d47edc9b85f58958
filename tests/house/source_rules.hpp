// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_HOUSE_SOURCE_RULES_HPP
#define SEGMENTA_TESTS_HOUSE_SOURCE_RULES_HPP

// The rules of the house that can be read off the sources: who may include whom, what a public header may show, what
// the library never calls, and which header has no test. Everything answers with `file:line` and a remedy.

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta::test {

struct violation {
    std::string place;   ///< path:line, relative to the root of the sources
    std::string message; ///< what is wrong and what to do
};

/// One per line, for a test's failure message.
std::string to_string(std::vector<violation> const& violations);

/// Room -> the rooms it may include (itself and "root" not listed).
using room_table = std::map<std::string, std::set<std::string>>;

/// Reads `segmenta_room(<name> DEPENDS …)` lines and closes the dependencies over themselves. Adds `model` and `cli`,
/// which may include every room. Throws std::runtime_error when the text holds no room.
room_table read_room_table(std::string_view text);

/// A line of code without comments, and with the contents of string and character literals removed (but kept for
/// #include lines).
struct code_line {
    std::size_t number = 0;
    std::string text;
};
std::vector<code_line> code_lines(std::string_view source);

/// The path and text of every .hpp and .cpp below include/ and src/ of `root`, in path order.
struct source_file {
    std::string path; ///< relative to the root, with '/'
    std::string text;
};
std::vector<source_file> library_sources(std::filesystem::path const& root);

std::vector<violation> include_violations(source_file const& file, room_table const& rooms);
std::vector<violation> heavy_include_violations(source_file const& file);
std::vector<violation> forbidden_call_violations(source_file const& file);
std::vector<violation> form_violations(source_file const& file);

/// Public headers without tests/<room>/<name>.test.cpp or tests/<room>/<name>_*.test.cpp. Headers of the root are
/// tested in tests/base.
std::vector<violation> untested_headers(std::filesystem::path const& root, std::set<std::string> const& exceptions);

/// `docs/<page>.md` named in a source (in comments and messages too) or linked from a page, that does not exist.
std::vector<violation> missing_pages(std::filesystem::path const& root, source_file const& file);

} // namespace segmenta::test

#endif
