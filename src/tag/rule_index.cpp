// SPDX-License-Identifier: Apache-2.0
#include <segmenta/tag/rule_index.hpp>
#include <segmenta/tag/rule_matches.hpp>

#include "tag/index_builder.hpp"
#include "tag/index_data.hpp"
#include "tag/compile_rules.hpp"
#include "tag/value_ranks.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace segmenta {
inline namespace v0 {

struct rule_index_scratch::state {
    std::vector<std::uint64_t const*> rows; // by attribute: the row that was hit
    std::vector<std::uint64_t> keys;        // by attribute, of present values
    std::vector<std::uint32_t> hit;         // by attribute: the number of that row
    detail::aligned_words made;
    bitmap next; // matches after a change
    rule_scratch programs;
};

rule_index_scratch::rule_index_scratch() : state_(std::make_unique<state>()) {}
rule_index_scratch::rule_index_scratch(rule_index_scratch&&) noexcept = default;
rule_index_scratch& rule_index_scratch::operator=(rule_index_scratch&&) noexcept = default;
rule_index_scratch::~rule_index_scratch() = default;

namespace detail {
namespace {

template <class T>
std::size_t bytes_of(std::vector<T> const& v) noexcept {
    return v.capacity() * sizeof(T);
}

using match_state = rule_index_scratch::state;

inline void keep_place(rule_index_data const& data, match_state& state, std::uint32_t a, ranked found) noexcept {
    state.hit[a] = found.row;
    state.keys[a] = found.key;
    state.rows[a] = data.attributes[a].rows + found.row * data.row_words;
}

// Whether an odd number of ascending toggles is not above `key`.
bool inside(std::span<std::uint64_t const> toggles, std::uint64_t key) noexcept {
    return (std::upper_bound(toggles.begin(), toggles.end(), key) - toggles.begin()) % 2 != 0;
}

bool holds(rule_index_data const& data, match_state const& state, stored_clause const& c) noexcept {
    for (std::uint32_t i = 0; i < c.count; ++i) {
        stored_literal const& l = data.literals[c.first + i];
        std::uint32_t const intervals = data.attributes[l.attribute].intervals;
        std::uint32_t const row = state.hit[l.attribute];
        if (row == intervals && l.when_missing) return true;
        auto const toggles = std::span(data.toggles).subspan(l.first, l.count);
        if (row < intervals && inside(toggles, state.keys[l.attribute])) return true;
    }
    return false;
}

void run_checks(rule_index_data const& data, match_state const& state, std::span<clause_check const> checks,
                std::uint64_t* out) noexcept {
    for (clause_check const& check : checks) {
        std::uint64_t const bit = std::uint64_t{1} << (check.position % 64);
        std::uint64_t& word = out[check.position / 64];
        if ((word & bit) != 0 && !holds(data, state, data.clauses[check.clause])) word &= ~bit;
    }
}

void run_doubts(rule_index_data const& data, match_state const& state, std::uint64_t* out) noexcept {
    if (data.doubts.empty()) return;
    for (std::size_t a = 0; a < data.attributes.size(); ++a) {
        index_attribute const& of = data.attributes[a];
        if (of.first_doubt == no_rule || state.hit[a] >= of.intervals) continue;
        std::uint32_t const* const begin = data.doubt_begin.data() + of.first_doubt + state.hit[a];
        run_checks(data, state, std::span(data.doubts).subspan(begin[0], begin[1] - begin[0]), out);
    }
}

void run_programs(rule_index_data const& data, match_state& state, row_source const& row, std::uint64_t* out) noexcept {
    for (std::size_t w = 0; w < data.residual.size(); ++w) {
        std::uint64_t const residual = data.residual[w];
        for (std::uint64_t left = out[w] & residual; left != 0; left &= left - 1) {
            std::uint64_t const bit = left & (~left + 1);
            auto const before = static_cast<std::size_t>(std::popcount(residual & (bit - 1)));
            auto const answer = data.programs[data.residual_before[w] + before].evaluate(row, state.programs);
            if (answer.state != status::ok || !answer.result.as_bool()) out[w] &= ~bit;
        }
    }
}

bool make_room(rule_index_data const& data, match_state& state, bitmap& out, std::size_t rules) noexcept {
    try {
        if (out.size() != rules) out.resize(rules);
        std::size_t const attributes = data.attributes.size();
        if (state.rows.size() < attributes) {
            state.rows.resize(attributes);
            state.keys.resize(attributes);
            state.hit.resize(attributes);
        }
        if (state.made.size() < data.row_words) state.made = aligned_words(data.row_words);
        return true;
    } catch (...) { // out of memory
        out.fill(false);
        return false;
    }
}

// Rules that were removed go, those that were added are evaluated.
void apply_changes(std::size_t table_rules, rule_index_changes const& changes, match_state& state, row_source const& row,
                   bitmap& out) noexcept {
    for (std::size_t w = bitmap_words(table_rules); w < out.words().size(); ++w)
        out.words()[w] = 0;
    for (std::size_t i = 0; i < changes.added.size(); ++i) {
        auto const answer = changes.added[i].evaluate(row, state.programs);
        if (answer.state == status::ok && answer.result.as_bool()) out.set(table_rules + i);
    }
    for (std::size_t w = 0; w < changes.removed.words().size(); ++w)
        out.words()[w] &= ~changes.removed.words()[w];
}

// From the rows that were hit to the rules that hold.
void combine_rows(rule_index_data const& data, rule_index_changes const* changes, match_state& state,
                  row_source const& row, bitmap& out) noexcept {
    std::uint64_t* const made = state.made.data();
    data.kernels->all_rows(state.rows.data(), data.attributes.size(), data.start.data(), data.row_words / block_words,
                           made);
    std::uint64_t* const words = out.words().data();
    data.kernels->fold(made, data.parts.data(), data.parts.size(), words);
    if (!data.checks.empty()) run_checks(data, state, data.checks, words);
    run_doubts(data, state, words);
    run_programs(data, state, row, words);
    if (changes != nullptr) apply_changes(data.rules, *changes, state, row, out);
}

template <class At>
status match_row(rule_index_data const& data, rule_index_changes const* changes, match_state& state,
                 row_source const& row, bitmap& out, At const& at) noexcept {
    std::size_t const rules = data.rules + (changes == nullptr ? 0 : changes->added.size());
    if (!make_room(data, state, out, rules)) return status::error;
    rank_all(data, at, [&](std::uint32_t a, ranked found) noexcept { keep_place(data, state, a, found); });
    combine_rows(data, changes, state, row, out);
    return status::ok;
}

constexpr value missing_value;

value const& value_at(std::span<value const> row, std::uint32_t variable) noexcept {
    return variable < row.size() ? row[variable] : missing_value;
}

bool reads(std::vector<bool> const& by_variable, std::uint32_t variable) noexcept {
    return variable < by_variable.size() && by_variable[variable];
}

// Sets `entered` and `left`, and makes `before` the same as `after`. Whether there is a difference.
bool take_over(bitmap& before, bitmap const& after, bitmap& entered, bitmap& left) noexcept {
    std::uint64_t any = 0;
    for (std::size_t w = 0; w < after.words().size(); ++w) {
        std::uint64_t const was = before.words()[w];
        std::uint64_t const is = after.words()[w];
        entered.words()[w] = is & ~was;
        left.words()[w] = was & ~is;
        before.words()[w] = is;
        any |= is ^ was;
    }
    return any != 0;
}

} // namespace
} // namespace detail

std::size_t rule_index::size() const noexcept { return data_->rules + added_rules(); }
std::uint32_t rule_index::position(std::size_t rule) const noexcept {
    return rule < data_->rules ? data_->position_of[rule] : static_cast<std::uint32_t>(rule);
}
std::uint32_t rule_index::rule_at(std::size_t position) const noexcept { return data_->rule_of[position]; }
std::size_t rule_index::residual_rules() const noexcept { return data_->programs.size(); }
std::size_t rule_index::added_rules() const noexcept { return changes_ == nullptr ? 0 : changes_->added.size(); }
std::size_t rule_index::removed_rules() const noexcept { return changes_ == nullptr ? 0 : changes_->removed_count; }
std::size_t rule_index::table_bytes() const noexcept { return data_->table.size() * sizeof(std::uint64_t); }
std::size_t rule_index::memory_bytes() const noexcept {
    std::size_t const changed = changes_ == nullptr ? 0
                                                    : sizeof(*changes_) + detail::bytes_of(changes_->added) +
                                                          changes_->removed.words().size_bytes() +
                                                          changes_->reads.capacity() / 8;
    return data_->memory_bytes() + changed;
}

status rule_index::match(std::span<value const> row, bitmap& out, rule_index_scratch& scratch) const noexcept {
    value const* const values = row.data();
    if (row.size() >= data_->least_row) {
        auto const at = [values](std::uint32_t variable) noexcept -> value const& { return values[variable]; };
        return detail::match_row(*data_, changes_.get(), scratch.inner(), row_source(row), out, at);
    }
    auto const at = [row](std::uint32_t variable) noexcept -> value const& { return detail::value_at(row, variable); };
    return detail::match_row(*data_, changes_.get(), scratch.inner(), row_source(row), out, at);
}

status rule_index::match(row_source const& row, bitmap& out, rule_index_scratch& scratch) const noexcept {
    auto const at = [&row](std::uint32_t variable) noexcept { return row[variable]; };
    return detail::match_row(*data_, changes_.get(), scratch.inner(), row, out, at);
}

status rule_index::start(std::span<value const> row, rule_matches& customer,
                         rule_index_scratch& scratch) const noexcept {
    std::size_t const attributes = data_->attributes.size();
    try {
        customer.rows_.resize(attributes);
        customer.keys_.resize(attributes);
    } catch (...) { // out of memory
        return status::error;
    }
    status const made = match(row, customer.matches_, scratch);
    if (made != status::ok) return made;
    std::copy_n(scratch.inner().hit.begin(), attributes, customer.rows_.begin());
    std::copy_n(scratch.inner().keys.begin(), attributes, customer.keys_.begin());
    return status::ok;
}

rule_change rule_index::update(std::span<value const> row, std::span<std::uint32_t const> changed,
                               rule_matches& customer, bitmap& entered, bitmap& left,
                               rule_index_scratch& scratch) const noexcept {
    detail::rule_index_data const& data = *data_;
    std::size_t const attributes = data.attributes.size();
    if (customer.rows_.size() != attributes || customer.matches_.size() != size()) return {status::error, false};
    bool anew = false;
    for (std::uint32_t const variable : changed) {
        anew = anew || detail::reads(data.residual_reads, variable);
        anew = anew || (changes_ != nullptr && detail::reads(changes_->reads, variable));
        if (variable + std::size_t{1} >= data.first_attribute.size()) continue;
        for (std::uint32_t a = data.first_attribute[variable]; a < data.first_attribute[variable + 1]; ++a) {
            auto const now = detail::rank_value(data.attributes[a], detail::value_at(row, variable));
            anew = anew || now.row != customer.rows_[a] || (data.checked[a] && now.key != customer.keys_[a]);
            customer.rows_[a] = now.row;
            customer.keys_[a] = now.key;
        }
    }
    if (!anew) return {};
    auto& state = scratch.inner();
    bool room = detail::make_room(data, state, state.next, size());
    room = room && detail::make_room(data, state, entered, size());
    room = room && detail::make_room(data, state, left, size());
    if (!room) {
        customer.rows_.clear(); // so that it is not taken for one that is up to date
        return {status::error, false};
    }
    for (std::size_t a = 0; a < attributes; ++a) {
        detail::ranked const place{customer.rows_[a], customer.keys_[a]};
        detail::keep_place(data, state, static_cast<std::uint32_t>(a), place);
    }
    detail::combine_rows(data, changes_.get(), state, row_source(row), state.next);
    return {status::ok, detail::take_over(customer.matches_, state.next, entered, left)};
}

std::optional<rule_index> rule_index::with_rule(expression const& rule, environment const& names, issue_list& issues,
                                                std::string_view place) const {
    if (added_rules() == most_added_rules) {
        issues.error("rule.index_full", std::string(place), "no more rules can be added to this index");
        return std::nullopt;
    }
    auto made = compile_rule(rule, names, issues, place, boolean_type);
    if (!made) return std::nullopt;
    auto next = std::make_shared<detail::rule_index_changes>();
    if (changes_ != nullptr) *next = *changes_;
    for (std::uint32_t const variable : made->required_variables()) {
        if (variable >= next->reads.size()) next->reads.resize(variable + std::size_t{1}, false);
        next->reads[variable] = true;
    }
    next->added.push_back(*std::move(made));
    return rule_index(data_, std::move(next));
}

rule_index rule_index::without_rule(std::size_t rule) const {
    auto next = std::make_shared<detail::rule_index_changes>();
    if (changes_ != nullptr) *next = *changes_;
    std::uint32_t const at = position(rule);
    if (next->removed.size() < size()) next->removed.resize(size());
    next->removed_count += next->removed.test(at) ? 0 : 1;
    next->removed.set(at);
    return rule_index(data_, std::move(next));
}

std::size_t rule_index::list_rules(bitmap_view matches, std::span<std::uint32_t> out) const noexcept {
    std::uint32_t const* const rules = data_->rule_of.data();
    auto const words = matches.words();
    auto const [done, listed] = data_->kernels->list(words.data(), words.size(), rules, out.data(), out.size());
    std::size_t met = listed;
    for (std::size_t w = done; w < words.size(); ++w)
        for (std::uint64_t left = words[w]; left != 0; left &= left - 1, ++met)
            if (met < out.size()) out[met] = rules[w * 64 + static_cast<std::size_t>(std::countr_zero(left))];
    return met;
}

std::optional<rule_index> build_rule_index(std::span<expression const> rules, environment const& names,
                                           issue_list& issues, std::string_view place,
                                           rule_index_options const& options) {
    auto made = detail::compile_rules(rules, names, issues, place);
    if (!made) return std::nullopt;
    return rule_index(
        detail::index_builder(made->clauses, made->programs, std::move(made->texts), names, options).run());
}

rule_index build_rule_index(std::span<expression const> rules, environment const& names,
                            rule_index_options const& options) {
    issue_list issues;
    auto made = build_rule_index(rules, names, issues, "rules", options);
    issues.throw_if_errors();
    return *std::move(made);
}

} // namespace v0
} // namespace segmenta
