// SPDX-License-Identifier: Apache-2.0
#include "plan/purposes.hpp"

#include <segmenta/base/text.hpp>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {

std::optional<sensitivity> read_sensitivity(json_node const& node) {
    static constexpr std::array<std::string_view, 4> names{"open", "internal", "personal", "special"};
    auto const text = node.text();
    if (!text) return std::nullopt;
    auto const level = parse_sensitivity(*text);
    if (!level)
        node.error("plan.unknown_name", "there is no such sensitivity", shown(*text), join_names(names),
                   did_you_mean(*text, names));
    return level;
}

std::vector<std::string> read_purposes(json_node const& node) {
    auto purposes = node.text_list(true);
    for (auto const& purpose : purposes)
        if (!is_identifier(purpose))
            node.error("plan.bad_name", "a purpose is an identifier", shown(purpose),
                       "letters, digits and underscores, not starting with a digit");
    if (purposes.empty() && (node.is_array() || node.is_string()))
        node.error("plan.wrong_type", "nothing would be allowed", {}, {}, "Name a purpose, or remove the key.");
    std::sort(purposes.begin(), purposes.end());
    purposes.erase(std::unique(purposes.begin(), purposes.end()), purposes.end());
    return purposes;
}

void handling::add(field const& read) {
    level = std::max(level, read.level);
    if (read.purposes.empty() || contradictory) return;
    auto allowed = read.purposes;
    std::sort(allowed.begin(), allowed.end());
    if (purposes.empty()) {
        purposes = std::move(allowed);
        return;
    }
    std::vector<std::string> common;
    std::set_intersection(purposes.begin(), purposes.end(), allowed.begin(), allowed.end(), std::back_inserter(common));
    contradictory = common.empty();
    purposes = std::move(common);
}

} // namespace detail
} // namespace v0
} // namespace segmenta
