// SPDX-License-Identifier: Apache-2.0
#include <segmenta/tag/live_rule_index.hpp>

#include <utility>

namespace segmenta {
inline namespace v0 {

live_rule_index::live_rule_index(std::vector<expression> rules, environment names, rule_index_options options)
    : rules_(std::move(rules)), removed_(rules_.size(), false), names_(std::move(names)), options_(options),
      index_(build_rule_index(rules_, names_, options_)) {}

rule_index live_rule_index::current() const {
    std::lock_guard const lock(exchange_);
    return index_;
}

void live_rule_index::publish(rule_index next) {
    std::lock_guard const lock(exchange_);
    std::swap(index_, next); // what was there is released after the lock, if at all here
}

std::optional<std::uint32_t> live_rule_index::add(expression const& rule, issue_list& issues, std::string_view place) {
    std::lock_guard const lock(changing_);
    if (current().added_rules() == rule_index::most_added_rules) rebuild_locked();
    auto next = current().with_rule(rule, names_, issues, place);
    if (!next) return std::nullopt;
    auto const number = static_cast<std::uint32_t>(rules_.size());
    removed_.reserve(rules_.size() + 1); // so that nothing fails between the two
    rules_.push_back(rule);
    removed_.push_back(false);
    publish(*std::move(next));
    return number;
}

std::uint32_t live_rule_index::add(expression const& rule) {
    issue_list issues;
    auto const number = add(rule, issues);
    issues.throw_if_errors();
    return *number;
}

bool live_rule_index::remove(std::uint32_t rule) {
    std::lock_guard const lock(changing_);
    if (rule >= rules_.size() || removed_[rule]) return false;
    publish(current().without_rule(rule));
    removed_[rule] = true;
    return true;
}

void live_rule_index::rebuild() {
    std::lock_guard const lock(changing_);
    rebuild_locked();
}

void live_rule_index::rebuild_locked() {
    std::vector<expression> kept = rules_;
    expression const never = parse_expression("false");
    for (std::size_t i = 0; i < kept.size(); ++i)
        if (removed_[i]) kept[i] = never;
    publish(build_rule_index(kept, names_, options_));
    rules_ = std::move(kept); // the texts of removed rules are not needed any more
}

} // namespace v0
} // namespace segmenta
