// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_REGION_SEARCH_HPP
#define SEGMENTA_RULE_REGION_SEARCH_HPP

// Is there a choice of regions for which rules come to given outcomes? Regions that alone contradict the question are
// struck out again and again; what is left is tried, the variable with the fewest regions first.

#include "rule/decision_model.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

struct requirement {
    std::uint32_t node = 0;
    outcomes allowed = any_outcome;
};

enum class search_answer : std::uint8_t { found, none, gave_up };

class region_search {
public:
    // `steps`: nodes and conditions looked at, over all questions to this object.
    region_search(decision_model const& model, std::size_t steps);

    // Regions a factor may be in; all unless changed. For all questions from now on.
    void allow(std::uint32_t factor, std::vector<bool> regions) { domains_[factor] = std::move(regions); }
    // At most `count` of these factors may be in a region other than the missing one.
    void bound_present(std::vector<std::uint32_t> factors, std::size_t count);
    // These factors must not all be present.
    void forbid_present(std::vector<std::uint32_t> factors) { forbidden_.push_back(std::move(factors)); }

    // Whether all requirements can hold at once. When found, `region_of` tells one choice.
    search_answer find(std::vector<requirement> const& wanted);
    [[nodiscard]] std::uint32_t region_of(std::uint32_t factor) const noexcept { return chosen_[factor]; }
    [[nodiscard]] std::size_t steps_left() const noexcept { return steps_; }

private:
    using domain = std::vector<bool>;

    [[nodiscard]] outcomes mask_of(model_atom const& atom) const;
    void refresh(std::uint32_t factor);
    [[nodiscard]] bool feasible();
    [[nodiscard]] bool settled() const;
    [[nodiscard]] bool within_bounds() const;
    [[nodiscard]] bool strike_out(std::vector<std::uint32_t>& open);
    search_answer search();
    void prepare(std::vector<requirement> const& wanted);
    void set_domain(std::uint32_t factor, domain to);
    [[nodiscard]] static std::size_t count(domain const& d) noexcept;
    bool spend(std::size_t steps) noexcept;

    decision_model const& model_;
    std::size_t steps_;
    std::vector<domain> domains_;
    std::vector<std::vector<std::uint32_t>> atoms_of_factor_;
    std::vector<outcomes> atom_masks_;
    std::vector<outcomes> node_masks_;
    std::vector<std::uint32_t> nodes_; // under the question, children before parents
    std::vector<std::uint32_t> factors_; // of the question
    std::vector<requirement> wanted_;
    std::vector<std::uint32_t> bounded_;
    std::size_t most_present_ = 0;
    std::vector<std::vector<std::uint32_t>> forbidden_;
    std::vector<std::uint32_t> chosen_;
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
