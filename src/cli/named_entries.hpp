// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_CLI_NAMED_ENTRIES_HPP
#define SEGMENTA_SRC_CLI_NAMED_ENTRIES_HPP

// What a command can do, by name: a table of entries with a member `name`.

#include <segmenta/base/text.hpp>
#include <segmenta/error.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta::cli {

template <class Entry, std::size_t N>
constexpr std::array<std::string_view, N> names_of_entries(std::array<Entry, N> const& entries) {
    std::array<std::string_view, N> out;
    std::transform(entries.begin(), entries.end(), out.begin(), [](Entry const& e) { return e.name; });
    return out;
}

/// The entry of this name; throws `issue_error` with all names and the nearest one.
template <class Entry, std::size_t N>
Entry const& entry_named(std::array<Entry, N> const& entries, std::string_view name, char const* code,
                         char const* place, char const* message) {
    auto const found = std::find_if(entries.begin(), entries.end(), [&](Entry const& e) { return e.name == name; });
    if (found != entries.end()) return *found;
    auto const names = names_of_entries(entries);
    std::vector<std::string_view> const all(names.begin(), names.end());
    auto const near = nearest_name(name, all);
    throw issue_error(code, place, message, segmenta::quoted(name), join_names(all, all.size()),
                      near.empty() ? std::string() : "Did you mean " + std::string(near) + "?");
}

} // namespace segmenta::cli

#endif
