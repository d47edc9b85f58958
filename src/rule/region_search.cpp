// SPDX-License-Identifier: Apache-2.0
#include "rule/region_search.hpp"

#include <algorithm>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {

region_search::region_search(decision_model const& model, std::size_t steps)
    : model_(model), steps_(steps), atoms_of_factor_(model.factors().size()), atom_masks_(model.atoms().size()),
      chosen_(model.factors().size(), 0) {
    for (factor const& of : model.factors())
        domains_.emplace_back(of.regions.size(), true);
    for (std::uint32_t i = 0; i < model.atoms().size(); ++i) {
        model_atom const& atom = model.atoms()[i];
        for (auto const number : atom.factors)
            atoms_of_factor_[number].push_back(i);
        if (atom.own) atoms_of_factor_[*atom.own].push_back(i);
    }
}

void region_search::bound_present(std::vector<std::uint32_t> factors, std::size_t count) {
    bounded_ = std::move(factors);
    most_present_ = count;
}

std::size_t region_search::count(domain const& d) noexcept {
    return static_cast<std::size_t>(std::count(d.begin(), d.end(), true));
}

bool region_search::spend(std::size_t steps) noexcept {
    steps_ = steps < steps_ ? steps_ - steps : 0;
    return steps_ > 0;
}

outcomes region_search::mask_of(model_atom const& atom) const {
    outcomes mask = 0;
    if (atom.by_region.empty()) {
        mask = any_outcome;
    } else {
        domain const& regions = domains_[atom.factors[0]];
        for (std::size_t r = 0; r < regions.size(); ++r)
            if (regions[r]) mask |= atom.by_region[r];
    }
    if (!atom.own) return mask;
    mask &= atom.possible;
    if (atom.strict) {
        bool some_missing = false;
        bool all_present = true;
        for (auto const number : atom.factors) {
            domain const& regions = domains_[number];
            bool const can_be_missing = regions[missing_region];
            bool const can_be_present = std::find(regions.begin() + 1, regions.end(), true) != regions.end();
            some_missing |= can_be_missing && !can_be_present;
            all_present &= !can_be_missing;
        }
        if (some_missing) mask &= comes_unknown;
        if (all_present) mask &= static_cast<outcomes>(~comes_unknown);
    }
    domain const& own = domains_[*atom.own];
    outcomes allowed = 0;
    for (std::size_t r = 0; r < own.size(); ++r)
        if (own[r]) allowed |= static_cast<outcomes>(1U << r); // regions stand in the order of the bits
    return mask & allowed;
}

void region_search::refresh(std::uint32_t factor) {
    for (auto const atom : atoms_of_factor_[factor])
        atom_masks_[atom] = mask_of(model_.atoms()[atom]);
}

void region_search::set_domain(std::uint32_t factor, domain to) {
    domains_[factor] = std::move(to);
    refresh(factor);
}

// Nodes and factors that the question is about.
void region_search::prepare(std::vector<requirement> const& wanted) {
    auto const& nodes = model_.nodes();
    std::vector<bool> under(nodes.size(), false);
    for (auto const& w : wanted)
        under[w.node] = true;
    std::vector<bool> used(domains_.size(), false);
    nodes_.clear();
    // Children stand before their parents.
    for (std::size_t i = nodes.size(); i-- > 0;) {
        if (!under[i]) continue;
        nodes_.push_back(static_cast<std::uint32_t>(i));
        for (auto const child : nodes[i].children)
            under[child] = true;
        if (nodes[i].kind != model_kind::atom) continue;
        model_atom const& atom = model_.atoms()[nodes[i].atom];
        for (auto const number : atom.factors)
            used[number] = true;
        if (atom.own) used[*atom.own] = true;
    }
    std::reverse(nodes_.begin(), nodes_.end());
    factors_.clear();
    for (std::uint32_t i = 0; i < used.size(); ++i)
        if (used[i]) factors_.push_back(i);
    for (std::uint32_t i = 0; i < atom_masks_.size(); ++i)
        atom_masks_[i] = mask_of(model_.atoms()[i]);
    node_masks_.assign(nodes.size(), 0);
    wanted_ = wanted;
}

bool region_search::within_bounds() const {
    auto const is_present = [&](std::uint32_t factor) { return !domains_[factor][missing_region]; };
    std::size_t const present = static_cast<std::size_t>(std::count_if(bounded_.begin(), bounded_.end(), is_present));
    if (!bounded_.empty() && present > most_present_) return false;
    return std::none_of(forbidden_.begin(), forbidden_.end(), [&](auto const& set) {
        return std::all_of(set.begin(), set.end(), is_present);
    });
}

// Whether, as far as single nodes tell, the question may still be answered by what the domains allow.
bool region_search::feasible() {
    if (!within_bounds()) return false;
    auto const& nodes = model_.nodes();
    for (auto const number : nodes_) {
        model_node const& node = nodes[number];
        outcomes made = 0;
        switch (node.kind) {
        case model_kind::constant: made = node.constant; break;
        case model_kind::atom: made = atom_masks_[node.atom]; break;
        case model_kind::negation: made = negated(node_masks_[node.children[0]]); break;
        case model_kind::choice:
            made = chosen(node_masks_[node.children[0]], node_masks_[node.children[1]], node_masks_[node.children[2]]);
            break;
        case model_kind::combination:
            made = node_masks_[node.children[0]];
            for (std::size_t i = 1; i < node.children.size(); ++i)
                made = combine_sets(node.how, made, node_masks_[node.children[i]]);
            break;
        }
        node_masks_[number] = made;
        if (node.kind == model_kind::atom && made == 0) return false;
    }
    return std::all_of(wanted_.begin(), wanted_.end(),
                       [&](requirement const& w) { return (node_masks_[w.node] & w.allowed) != 0; });
}

// Whether every choice that is left answers the question.
bool region_search::settled() const {
    return std::all_of(wanted_.begin(), wanted_.end(),
                       [&](requirement const& w) { return (node_masks_[w.node] & ~w.allowed) == 0; });
}

// Strikes out regions that alone contradict the question; false when a factor has none left.
bool region_search::strike_out(std::vector<std::uint32_t>& open) {
    for (bool changed = true; changed;) {
        changed = false;
        for (auto const number : factors_) {
            domain const before = domains_[number];
            if (count(before) < 2) continue;
            domain left = before;
            for (std::size_t r = 0; r < before.size(); ++r) {
                if (!before[r]) continue;
                domain single(before.size(), false);
                single[r] = true;
                set_domain(number, std::move(single));
                if (!spend(nodes_.size() + 1)) {
                    set_domain(number, before);
                    return true;
                }
                left[r] = feasible();
            }
            set_domain(number, left);
            if (count(left) == 0) return false;
            changed |= left != before;
        }
    }
    open.clear();
    for (auto const number : factors_)
        if (count(domains_[number]) > 1) open.push_back(number);
    return true;
}

search_answer region_search::search() {
    if (!spend(nodes_.size() + 1)) return search_answer::gave_up;
    if (!feasible()) return search_answer::none;
    bool const bounded = !bounded_.empty() || !forbidden_.empty();
    if (settled() && !bounded) return search_answer::found;
    std::vector<domain> const before = domains_;
    auto const undo = [&] {
        domains_ = before;
        for (auto const number : factors_)
            refresh(number);
    };
    std::vector<std::uint32_t> open;
    if (!strike_out(open)) return undo(), search_answer::none;
    if (steps_ == 0) return undo(), search_answer::gave_up;
    (void)feasible();
    if (open.empty() || (settled() && !bounded)) return search_answer::found;
    auto const least = *std::min_element(open.begin(), open.end(), [&](std::uint32_t a, std::uint32_t b) {
        return count(domains_[a]) < count(domains_[b]);
    });
    domain const choices = domains_[least];
    for (std::size_t r = 0; r < choices.size(); ++r) {
        if (!choices[r]) continue;
        domain single(choices.size(), false);
        single[r] = true;
        std::vector<domain> const here = domains_;
        set_domain(least, std::move(single));
        search_answer const below = search();
        if (below == search_answer::found) return below;
        if (below == search_answer::gave_up) return undo(), below;
        domains_ = here;
        for (auto const number : factors_)
            refresh(number);
    }
    undo();
    return search_answer::none;
}

search_answer region_search::find(std::vector<requirement> const& wanted) {
    std::vector<domain> const before = domains_;
    prepare(wanted);
    search_answer const answer = search();
    if (answer == search_answer::found) {
        // Of what is left, the first present region, for examples.
        for (std::uint32_t i = 0; i < domains_.size(); ++i) {
            std::uint32_t pick = 0;
            for (std::uint32_t r = static_cast<std::uint32_t>(domains_[i].size()); r-- > 0;)
                if (domains_[i][r] && (r != missing_region || count(domains_[i]) == 1)) pick = r;
            chosen_[i] = pick;
        }
    }
    domains_ = before;
    return answer;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
