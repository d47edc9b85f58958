// SPDX-License-Identifier: Apache-2.0
#include <segmenta/strategy/registry.hpp>

#include "strategy/kinds.hpp"

#include <segmenta/base/text.hpp>

#include <algorithm>

namespace segmenta {
inline namespace v0 {

bool accepts(input_kind wanted, type given) noexcept {
    switch (wanted) {
    case input_kind::ordered:
        return given.is_numeric() || given.base == kind::date || given.base == kind::instant ||
               given.base == kind::duration;
    case input_kind::number: return given.is_numeric();
    case input_kind::whole: return given.base == kind::int64;
    case input_kind::date: return given.base == kind::date;
    case input_kind::text: return given.is_text();
    }
    return false;
}

std::string_view to_string(input_kind wanted) noexcept {
    switch (wanted) {
    case input_kind::ordered: return "a number, date, instant or duration";
    case input_kind::number: return "a number (int64, double, decimal, money)";
    case input_kind::whole: return "a whole number (int64)";
    case input_kind::date: return "a date";
    case input_kind::text: return "a text (string, category)";
    }
    return "";
}

strategy_registry strategy_registry::core() {
    strategy_registry out;
    for (auto make :
         {detail::quantile_score_kind, detail::nested_score_kind, detail::bands_kind, detail::share_bands_kind,
          detail::cell_map_kind, detail::lookup_kind, detail::weighted_score_kind, detail::best_of_kind,
          detail::stages_kind, detail::level_stages_kind, detail::leaving_reasons_kind})
        out.add(make());
    return out;
}

void strategy_registry::add(strategy_kind kind) {
    if (find(kind.name) != nullptr)
        throw issue_error("strategy.duplicate_kind", "registry", "a mechanism of this name is registered already",
                          kind.name, {}, "Choose another name");
    kinds_.push_back(std::move(kind));
}

strategy_kind const* strategy_registry::find(std::string_view name) const noexcept {
    auto const at =
        std::find_if(kinds_.begin(), kinds_.end(), [name](strategy_kind const& k) { return k.name == name; });
    return at == kinds_.end() ? nullptr : &*at;
}

namespace {

void unknown_kind(strategy_use const& use, std::span<strategy_kind const> kinds, issue_list& issues) {
    std::vector<std::string> known;
    for (auto const& k : kinds)
        known.push_back(k.name);
    auto const near = nearest_name(use.kind, known);
    issues.error("strategy.unknown_kind", use.place, "there is no mechanism of this name", use.kind,
                 join_names(known, known.size()),
                 near.empty() ? "Correct the name, or register the mechanism before the plan is read"
                              : "Did you mean " + std::string(near) + "?");
}

strategy_kind const& known_kind(strategy_registry const& registry, strategy_use const& use) {
    if (auto const* found = registry.find(use.kind)) return *found;
    issue_list issues;
    unknown_kind(use, registry.kinds(), issues);
    throw issue_error(issues);
}

} // namespace

std::optional<strategy_outline> strategy_registry::check(strategy_use const& use, issue_list& issues) const {
    if (auto const* found = find(use.kind)) return found->check(use, issues);
    unknown_kind(use, kinds_, issues);
    return std::nullopt;
}

any_strategy strategy_registry::fit(strategy_use const& use, block const& everyone,
                                    std::span<std::uint32_t const> id_order) const {
    return known_kind(*this, use).fit(use, everyone, id_order);
}

any_strategy strategy_registry::load(strategy_use const& use, std::string_view json) const {
    return known_kind(*this, use).load(json, use);
}

} // namespace v0
} // namespace segmenta
