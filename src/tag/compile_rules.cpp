// SPDX-License-Identifier: Apache-2.0
#include "tag/compile_rules.hpp"

#include "rule/compiler.hpp"

#include <segmenta/base/parallel.hpp>

#include <algorithm>

#include <string>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {

namespace {

constexpr std::size_t rules_at_once = 64;

} // namespace

std::optional<compiled_rules> compile_rules(std::span<expression const> rules, environment const& names,
                                            issue_list& issues, std::string_view place, std::size_t most,
                                            unsigned threads) {
    auto const place_of = [&](std::size_t i) { return std::string(place) + '[' + std::to_string(i) + ']'; };
    std::vector<std::shared_ptr<program_data>> checked(rules.size());
    std::vector<issue_list> problems((rules.size() + rules_at_once - 1) / rules_at_once);
    parallel_for_blocks(threads, problems.size(), [&](std::size_t block) {
        std::size_t const end = std::min(rules.size(), (block + 1) * rules_at_once);
        for (std::size_t i = block * rules_at_once; i < end; ++i)
            checked[i] = check_rule(rules[i], names, problems[block], place_of(i), boolean_type);
    });
    for (issue_list const& of_block : problems)
        issues.append(of_block);
    if (std::find(checked.begin(), checked.end(), nullptr) != checked.end()) return std::nullopt;
    compiled_rules out;
    find_ordered_texts(checked, out.texts);
    out.clauses.reserve(rules.size());
    out.programs.resize(rules.size());
    bool fits = true;
    for (std::size_t i = 0; i < checked.size(); ++i) {
        out.clauses.push_back(clauses_of(*checked[i], out.texts, most));
        // What is too large is refused, whether its code is needed or not.
        if (out.clauses.back().exact && checked[i]->tree.nodes.size() <= surely_small) {
            checked[i] = nullptr;
            continue;
        }
        out.programs[i] = finish_rule(std::move(checked[i]), names, issues, place_of(i));
        fits = fits && out.programs[i].has_value();
    }
    if (!fits) return std::nullopt;
    return out;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
