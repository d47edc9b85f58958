// SPDX-License-Identifier: Apache-2.0
#include "tag/compile_rules.hpp"

#include <string>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {

std::optional<compiled_rules> compile_rules(std::span<expression const> rules, environment const& names,
                                            issue_list& issues, std::string_view place, std::size_t most) {
    compiled_rules out;
    out.programs.reserve(rules.size());
    for (std::size_t i = 0; i < rules.size(); ++i) {
        std::string const here = std::string(place) + '[' + std::to_string(i) + ']';
        auto made = compile_rule(rules[i], names, issues, here, boolean_type);
        if (made) out.programs.push_back(*std::move(made));
    }
    if (out.programs.size() < rules.size()) return std::nullopt;
    find_ordered_texts(out.programs, out.texts);
    out.clauses.reserve(rules.size());
    for (program const& rule : out.programs)
        out.clauses.push_back(clauses_of(rule.data(), out.texts, most));
    return out;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
