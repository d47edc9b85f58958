// SPDX-License-Identifier: Apache-2.0
// Rules against each other.
#include "rule/decision_model.hpp"
#include "rule/region_search.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/record/cell.hpp>
#include <segmenta/rule/lint.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr outcomes not_true = any_outcome & ~comes_true;

// Values for the variables of a question, tried on the rules themselves before anybody is told of them.
class example {
public:
    example(decision_model const& model, region_search const& search) {
        memory_.resize(model.factors().size());
        for (std::uint32_t i = 0; i < model.factors().size(); ++i) {
            factor const& of = model.factors()[i];
            if (of.kind != factor_kind::variable) continue;
            auto const sample = of.sample(search.region_of(i), memory_[i]);
            if (!sample) continue;
            values_.emplace(of.variable, value_of(*sample, of.what));
            names_.emplace(of.name, of.variable);
        }
    }

    [[nodiscard]] rule_result answer(program const& rule) const {
        rule_scratch scratch;
        row_source const row(this, [](void const* context, std::size_t variable) noexcept {
            auto const& values = static_cast<example const*>(context)->values_;
            auto const found = values.find(static_cast<std::uint32_t>(variable));
            return found == values.end() ? value{} : found->second;
        });
        return rule.evaluate(row, scratch);
    }
    [[nodiscard]] bool is_true(program const& rule) const {
        auto const made = answer(rule);
        return made.state == status::ok && made.result.as_bool();
    }
    [[nodiscard]] bool is_false(program const& rule) const {
        auto const made = answer(rule);
        return made.state == status::ok && !made.result.as_bool();
    }
    // `age = 18, city = "x"`
    [[nodiscard]] std::string text() const {
        std::string out;
        for (auto const& [name, variable] : names_)
            out += (out.empty() ? "" : ", ") + name + " = " + to_string(values_.at(variable));
        return out;
    }

private:
    std::vector<std::string> memory_;
    std::map<std::uint32_t, value> values_;
    std::map<std::string, std::uint32_t> names_;
};

class list_linter {
public:
    list_linter(std::span<named_rule const> rules, rule_relation relation, issue_list& issues,
                lint_limits const& limits)
        : rules_(rules), relation_(relation), issues_(issues), limits_(limits), reported_(rules.size(), false) {
        for (std::size_t i = 0; i < rules.size(); ++i)
            if (rules[i].rule.result_type() == boolean_type && can_be_true(i)) taking_part_.push_back(i);
    }

    bool run(bool whole) {
        find_pairs();
        if (relation_ == rule_relation::first_match) find_unreachable();
        if (whole && relation_ != rule_relation::independent) find_gap();
        return complete_;
    }

private:
    [[nodiscard]] std::optional<bool> decided(search_answer answer) {
        if (answer == search_answer::gave_up) {
            complete_ = false;
            return std::nullopt;
        }
        return answer == search_answer::found;
    }

    bool can_be_true(std::size_t i) {
        program_data const* const rule = &rules_[i].rule.data();
        decision_model const model({&rule, 1}, {});
        region_search search(model, limits_.steps_per_pair);
        return decided(search.find({{model.root(0), comes_true}})).value_or(true);
    }

    [[nodiscard]] bool share_a_variable(std::size_t a, std::size_t b) const {
        auto const x = rules_[a].rule.required_variables();
        auto const y = rules_[b].rule.required_variables();
        for (std::size_t i = 0, j = 0; i < x.size() && j < y.size();) {
            if (x[i] == y[j]) return true;
            x[i] < y[j] ? ++i : ++j;
        }
        return false;
    }

    void find_pairs() {
        std::size_t pairs = 0;
        for (std::size_t later = 0; later < taking_part_.size(); ++later) {
            for (std::size_t earlier = 0; earlier < later; ++earlier) {
                std::size_t const a = taking_part_[earlier];
                std::size_t const b = taking_part_[later];
                bool const related = share_a_variable(a, b) || relation_ == rule_relation::exclusive;
                if (!related) continue;
                if (++pairs > limits_.most_pairs) {
                    complete_ = false;
                    return;
                }
                compare(a, b);
            }
        }
    }

    void compare(std::size_t a, std::size_t b) {
        program_data const* const both[] = {&rules_[a].rule.data(), &rules_[b].rule.data()};
        decision_model const model(both, {});
        region_search search(model, limits_.steps_per_pair);
        auto const implies = [&](std::size_t x, std::size_t y) {
            return !decided(search.find({{model.root(x), comes_true}, {model.root(y), not_true}})).value_or(true);
        };
        bool const later_in_earlier = implies(1, 0);
        bool const earlier_in_later = implies(0, 1);
        if (later_in_earlier && earlier_in_later) {
            warn(b, "rule.duplicate_rule", "two rules are true for the same values", sides(a, b),
                 "Drop one of them, or correct the one that was meant differently");
            reported_[b] = true;
            return;
        } else if (relation_ == rule_relation::independent && (later_in_earlier || earlier_in_later)) {
            std::size_t const narrow = later_in_earlier ? b : a;
            std::size_t const wide = later_in_earlier ? a : b;
            warn(b, "rule.implied_rule",
                 "whenever " + named(narrow) + " is true, " + named(wide) + " is true as well", sides(a, b),
                 "If only one of them is meant to hold at a time, exclude the narrower from the wider");
        } else if (relation_ == rule_relation::first_match && later_in_earlier) {
            warn(b, "rule.unreachable_value",
                 named(b) + " never comes: whenever it is true, the earlier " + named(a) + " is", sides(a, b),
                 "Put " + named(b) + " before " + named(a));
            reported_[b] = true;
        }
        if (relation_ != rule_relation::exclusive) return;
        if (!decided(search.find({{model.root(0), comes_true}, {model.root(1), comes_true}})).value_or(false)) return;
        example const both_true(model, search);
        if (!both_true.is_true(rules_[a].rule) || !both_true.is_true(rules_[b].rule)) return;
        warn(b, "rule.overlap", named(a) + " and " + named(b) + " can be true at once: " + both_true.text(),
             sides(a, b), "Let one end where the other begins");
    }

    // Later rules that two or more earlier ones together leave nothing to.
    void find_unreachable() {
        for (std::size_t later = 2; later < taking_part_.size(); ++later) {
            std::size_t const b = taking_part_[later];
            if (reported_[b]) continue;
            std::vector<std::size_t> earlier;
            for (std::size_t i = 0; i < later; ++i)
                if (share_a_variable(taking_part_[i], b)) earlier.push_back(taking_part_[i]);
            if (earlier.size() < 2 || !leave_nothing(earlier, b)) continue;
            for (std::size_t i = earlier.size(); i-- > 0 && earlier.size() > 1;) {
                auto fewer = earlier;
                fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
                if (leave_nothing(fewer, b)) earlier = std::move(fewer);
            }
            std::string names;
            std::string seen = rules_[b].rule.source().text().empty() ? "" : side(b);
            for (std::size_t const a : earlier) {
                names += (names.empty() ? "" : ", ") + named(a);
                seen += ", " + side(a);
            }
            warn(b, "rule.unreachable_value",
                 named(b) + " never comes: whenever it is true, one of the earlier " + names + " is", seen,
                 "Put " + named(b) + " before them, or drop it");
        }
    }

    bool leave_nothing(std::vector<std::size_t> const& earlier, std::size_t b) {
        std::vector<program_data const*> all{&rules_[b].rule.data()};
        for (std::size_t const a : earlier)
            all.push_back(&rules_[a].rule.data());
        decision_model const model(all, {});
        std::vector<requirement> wanted{{model.root(0), comes_true}};
        for (std::size_t i = 1; i < all.size(); ++i)
            wanted.push_back({model.root(i), not_true});
        region_search search(model, limits_.steps_per_rule);
        return !decided(search.find(wanted)).value_or(true);
    }

    // Values, all of them present, for which every rule is known and false.
    void find_gap() {
        if (taking_part_.empty()) return;
        std::vector<program_data const*> all;
        for (std::size_t const i : taking_part_)
            all.push_back(&rules_[i].rule.data());
        decision_model const model(all, {});
        region_search search(model, limits_.steps_per_rule);
        for (std::uint32_t i = 0; i < model.factors().size(); ++i) {
            if (model.factors()[i].kind != factor_kind::variable) continue;
            std::vector<bool> present(model.factors()[i].regions.size(), true);
            present[missing_region] = false;
            search.allow(i, std::move(present));
        }
        std::vector<requirement> wanted;
        for (std::size_t i = 0; i < all.size(); ++i)
            wanted.push_back({model.root(i), comes_false});
        if (!decided(search.find(wanted)).value_or(false)) return;
        example const nobody(model, search);
        bool const sure = std::all_of(taking_part_.begin(), taking_part_.end(),
                                      [&](std::size_t i) { return nobody.is_false(rules_[i].rule); });
        if (!sure) return;
        warn(taking_part_.back(), "rule.gap", "no rule is true for " + nobody.text(), {},
             "Add a last rule for the rest, or let one begin where the other ends");
    }

    [[nodiscard]] std::string named(std::size_t i) const { return rules_[i].name.empty() ? side(i) : rules_[i].name; }
    [[nodiscard]] std::string side(std::size_t i) const {
        std::string text = to_string(rules_[i].rule.source());
        return rules_[i].name.empty() ? text : rules_[i].name + ": " + text;
    }
    [[nodiscard]] std::string sides(std::size_t a, std::size_t b) const { return side(a) + "; " + side(b); }
    void warn(std::size_t at, std::string code, std::string message, std::string seen, std::string remedy) {
        issues_.warning(std::move(code), rules_[at].place, std::move(message), std::move(seen), {},
                        std::move(remedy) + ".");
    }

    std::span<named_rule const> rules_;
    rule_relation relation_;
    issue_list& issues_;
    lint_limits limits_;
    std::vector<std::size_t> taking_part_; // can be true
    std::vector<bool> reported_;           // as never coming or as a duplicate
    bool complete_ = true;
};

} // namespace
} // namespace detail

bool lint_rules(std::span<named_rule const> rules, rule_relation relation, issue_list& issues, bool whole,
                lint_limits const& limits) {
    return detail::list_linter(rules, relation, issues, limits).run(whole);
}

} // namespace v0
} // namespace segmenta
