// SPDX-License-Identifier: Apache-2.0
#include "strategy/scheme.hpp"

#include <algorithm>
#include <set>

namespace segmenta {
inline namespace v0 {
namespace detail {

void scheme::set(std::string scheme_id, std::vector<std::string> column_names, std::span<std::string const> locals) {
    id = std::move(scheme_id);
    reads = std::move(column_names);
    read_views.assign(reads.begin(), reads.end());
    segments.clear();
    std::int32_t order = 0;
    for (auto const& local : locals)
        segments.push_back({id + "." + local, order++, membership::exclusive});
}

bool is_local_id(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
}

void check_scheme(std::string_view kind, std::string_view scheme_id, std::span<std::string const> reads,
                  std::size_t columns, std::span<std::string const> locals, std::string_view place,
                  issue_list& issues) {
    if (!is_local_id(scheme_id))
        issues.error(code_of(kind, "scheme"), std::string(place), "the name of the scheme cannot be part of an id",
                     std::string(scheme_id), "ASCII letters, digits, _ and -");
    if (reads.size() != columns)
        issues.error(code_of(kind, "reads"), std::string(place), "the number of columns read does not fit",
                     std::to_string(reads.size()), std::to_string(columns), "Name the columns in `of`");
    std::set<std::string_view> known;
    for (auto const& local : locals) {
        if (!is_local_id(local))
            issues.error(code_of(kind, "id"), std::string(place), "a segment needs an id that can be part of a key",
                         local, "ASCII letters, digits, _ and -", "Put what people read into a label pack");
        else if (!known.insert(local).second)
            issues.error(code_of(kind, "duplicate"), std::string(place), "two segments have the same id", local);
    }
    if (locals.size() >= no_segment)
        issues.error(code_of(kind, "size"), std::string(place), "too many segments", std::to_string(locals.size()),
                     "at most 65,534");
}

} // namespace detail
} // namespace v0
} // namespace segmenta
