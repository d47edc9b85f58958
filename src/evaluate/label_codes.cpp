// SPDX-License-Identifier: Apache-2.0
#include "evaluate/label_codes.hpp"

#include <segmenta/base/text.hpp>

#include "base/indexed_place.hpp"
#include "evaluate/checks.hpp"

#include <algorithm>

namespace segmenta {
inline namespace v0 {
namespace detail {

label_codes code_labels(std::span<std::string const> first, std::span<std::string const> second) {
    label_codes out;
    out.names.assign(first.begin(), first.end());
    out.names.insert(out.names.end(), second.begin(), second.end());
    std::sort(out.names.begin(), out.names.end());
    out.names.erase(std::unique(out.names.begin(), out.names.end()), out.names.end());
    auto const code = [&](std::string const& name) {
        return static_cast<std::uint32_t>(std::lower_bound(out.names.begin(), out.names.end(), name) -
                                          out.names.begin());
    };
    std::transform(first.begin(), first.end(), std::back_inserter(out.first), code);
    std::transform(second.begin(), second.end(), std::back_inserter(out.second), code);
    return out;
}

void check_names(std::span<std::string const> names, std::string_view place, issue_list& issues) {
    check_not_empty(names.size(), place, issues);
    if (names.size() > most_names)
        issues.error("evaluate.option", std::string(place), "there are too many names for a table of all pairs",
                     std::to_string(names.size()), "at most " + std::to_string(most_names),
                     "Give the labels of segments, not of customers");
    std::vector<std::string_view> sorted(names.begin(), names.end());
    std::sort(sorted.begin(), sorted.end());
    auto const twice = std::adjacent_find(sorted.begin(), sorted.end());
    if (twice == sorted.end()) return;
    issues.error("evaluate.duplicate", std::string(place), "a name stands there twice", quoted(*twice), {},
                 "Name each once");
}

void check_codes(std::span<std::uint32_t const> codes, std::size_t names, std::string_view place, issue_list& issues) {
    auto const bad = std::find_if(codes.begin(), codes.end(), [&](std::uint32_t code) { return code >= names; });
    if (bad == codes.end()) return;
    issues.error("evaluate.segment", indexed_place(place, static_cast<std::size_t>(bad - codes.begin())),
                 "there is no segment of this number", std::to_string(*bad),
                 "below " + std::to_string(names) + ", the number of names",
                 "Give customers without a segment one that says so");
}

std::vector<std::uint64_t> count_pairs(std::span<std::uint32_t const> first, std::span<std::uint32_t const> second,
                                       std::size_t names) {
    std::vector<std::uint64_t> counts(names * names, 0);
    for (std::size_t i = 0; i < first.size(); ++i)
        ++counts[first[i] * names + second[i]];
    return counts;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
