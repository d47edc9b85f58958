// SPDX-License-Identifier: Apache-2.0
#include <segmenta/tag/rule_index.hpp>
#include <segmenta/tag/rule_matches.hpp>

#include "tag/compile_rules.hpp"
#include "tag/index_builder.hpp"
#include "tag/index_data.hpp"
#include "tag/value_ranks.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace segmenta {
inline namespace v0 {

struct rule_index_scratch::state {
    // By place: where the row is that was hit, and its number.
    std::vector<std::uint64_t> rows;
    std::vector<std::uint32_t> hits;
    std::vector<value> fetched; // a row that does not come as a span, or is too short
    detail::aligned_words made;
    std::vector<std::uint64_t> lines; // of rules and their alternatives, where there are any
    std::size_t most_places = 0;      // there is room for so many, and so on
    std::size_t most_row_words = 0;
    std::size_t most_line_words = 0;
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

inline void keep_place(rule_index_data const& data, match_state& state, std::uint32_t a, std::uint32_t row) noexcept {
    index_attribute const& of = data.attributes[a];
    state.hits[of.place] = row;
    state.rows[of.place] = of.first_row + std::uint64_t{row} * of.stride;
}

// Where several attributes share a column, the row is that of the combination.
inline void find_joint_rows(rule_index_data const& data, match_state& state) noexcept {
    static_assert(joint_column::most_members == 4);
    std::uint64_t* const rows = state.rows.data();
    std::uint64_t* to = rows + data.places;
    rows[data.all_places - 1] = 0; // nothing, whatever another index found there
    for (auto const& of : data.joint_places)
        *to++ = rows[of[0]] + rows[of[1]] + rows[of[2]] + rows[of[3]];
}

// Values of another form than usual, one by one.
void rank_odd(rule_index_data const& data, match_state& state, value const* row) noexcept {
    ranker const* const end_of_codes = data.plan.begin[static_cast<std::size_t>(ranking::long_codes) + 1];
    for (ranker const* of = data.plan.begin[0]; of != data.plan.begin[rankings]; ++of) {
        auto const* const bytes = reinterpret_cast<unsigned char const*>(row) + of->value;
        std::uint64_t const head = of < end_of_codes ? head_of_code(*of, bytes) : head_of_value(bytes);
        bool const present = (head & value_layout::present) != 0;
        if (!present || value_layout::same_head(head, of->head)) continue;
        keep_place(data, state, of->attribute,
                   rank_value(data.attributes[of->attribute], row[data.attributes[of->attribute].variable]).row);
    }
}

[[gnu::always_inline]] inline void rank_row(rule_index_data const& data, match_state& state,
                                            value const* row) noexcept {
    auto const* const bytes = reinterpret_cast<unsigned char const*>(row);
    bool const odd = data.kernels->rank(data.plan, bytes, {state.hits.data(), state.rows.data()});
    if (odd) rank_odd(data, state, row);
    if (!data.only_table)
        rank_sets(data, row, [&](std::uint32_t a, std::uint32_t hit) noexcept { keep_place(data, state, a, hit); });
}

// Whether an odd number of ascending toggles is not above `key`.
bool inside(std::span<std::uint64_t const> toggles, std::uint64_t key) noexcept {
    return (std::upper_bound(toggles.begin(), toggles.end(), key) - toggles.begin()) % 2 != 0;
}

bool holds(rule_index_data const& data, match_state const& state, value const* row, stored_clause const& c) noexcept {
    for (std::uint32_t i = 0; i < c.count; ++i) {
        stored_literal const& l = data.literals[c.first + i];
        index_attribute const& of = data.attributes[l.attribute];
        std::uint32_t const hit = state.hits[of.place];
        if (hit == of.intervals && l.when_missing) return true;
        if (hit >= of.intervals) continue;
        auto const toggles = std::span(data.toggles).subspan(l.first, l.count);
        if (inside(toggles, key_of_value(of, row[of.variable]))) return true;
    }
    return false;
}

void run_checks(rule_index_data const& data, match_state const& state, value const* row,
                std::span<clause_check const> checks, std::uint64_t* out) noexcept {
    for (clause_check const& check : checks) {
        std::uint64_t const bit = std::uint64_t{1} << (check.position % 64);
        std::uint64_t& word = out[check.position / 64];
        if ((word & bit) != 0 && !holds(data, state, row, data.clauses[check.clause])) word &= ~bit;
    }
}

void run_doubts(rule_index_data const& data, match_state const& state, value const* row, std::uint64_t* out) noexcept {
    if (data.doubts.empty()) return;
    for (std::size_t a = 0; a < data.attributes.size(); ++a) {
        index_attribute const& of = data.attributes[a];
        if (of.first_doubt == no_rule || state.hits[of.place] >= of.intervals) continue;
        std::uint32_t const* const begin = data.doubt_begin.data() + of.first_doubt + state.hits[of.place];
        run_checks(data, state, row, std::span(data.doubts).subspan(begin[0], begin[1] - begin[0]), out);
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

inline bool has_room(rule_index_data const& data, match_state const& state, bitmap const& out,
                     std::size_t rules) noexcept {
    return out.size() == rules && data.all_places <= state.most_places && data.row_words <= state.most_row_words &&
           data.line_words <= state.most_line_words;
}

[[gnu::noinline]] bool make_room(rule_index_data const& data, match_state& state, bitmap& out,
                                 std::size_t rules) noexcept {
    try {
        if (out.size() != rules) out.resize(rules);
        // Each by itself: memory may have run out between them before.
        if (state.rows.size() < data.all_places) state.rows.resize(data.all_places);
        if (state.hits.size() < data.all_places) state.hits.resize(data.all_places);
        if (state.made.size() < data.row_words) state.made = aligned_words(data.row_words);
        if (state.lines.size() < data.line_words) state.lines.resize(data.line_words);
        state.most_places = std::min(state.rows.size(), state.hits.size());
        state.most_row_words = state.made.size();
        state.most_line_words = state.lines.size();
        return true;
    } catch (...) { // out of memory
        out.fill(false);
        return false;
    }
}

// Rules that were removed go, those that were added are evaluated.
void apply_changes(std::size_t table_rules, rule_index_changes const& changes, match_state& state,
                   row_source const& row, bitmap& out) noexcept {
    for (std::size_t w = bitmap_words(table_rules); w < out.words().size(); ++w)
        out.words()[w] = 0;
    for (std::size_t i = 0; i < changes.added.size(); ++i) {
        auto const answer = changes.added[i].evaluate(row, state.programs);
        if (answer.state == status::ok && answer.result.as_bool()) out.set(table_rules + i);
    }
    for (std::size_t w = 0; w < changes.removed.words().size(); ++w)
        out.words()[w] &= ~changes.removed.words()[w];
}

void join_alternatives(rule_index_data const& data, std::uint64_t const* lines, std::uint64_t* out) noexcept {
    std::copy_n(lines, data.rule_words, out);
    lines += data.rule_words;
    for (std::size_t w = 0; w < bitmap_words(data.alternative_of.size()); ++w)
        for (std::uint64_t left = lines[w]; left != 0; left &= left - 1) {
            std::uint32_t const rule = data.alternative_of[w * 64 + static_cast<std::size_t>(std::countr_zero(left))];
            out[rule / 64] |= std::uint64_t{1} << rule % 64;
        }
}

// What the table does not say.
[[gnu::noinline]] void go_on_from_table(rule_index_data const& data, rule_index_changes const* changes,
                                        match_state& state, value const* values, row_source const& row,
                                        bitmap& out) noexcept {
    std::uint64_t const* const made = state.made.data();
    std::uint64_t* const words = out.words().data();
    bool const alternatives = !data.alternative_of.empty();
    std::uint64_t* const lines = alternatives ? state.lines.data() : words;
    data.kernels->fold(made, data.parts.data(), data.parts.size(), lines);
    if (alternatives)
        data.kernels->fold(made, data.alternative_parts.data(), data.alternative_parts.size(), lines + data.rule_words);
    if (!data.checks.empty()) run_checks(data, state, values, data.checks, lines);
    if (!data.doubts.empty()) run_doubts(data, state, values, lines);
    if (alternatives) join_alternatives(data, lines, words);
    if (!data.programs.empty()) run_programs(data, state, row, words);
    if (changes != nullptr) apply_changes(data.rules, *changes, state, row, out);
}

// From the rows that were hit to the rules that hold. `values` has all variables of the table.
[[gnu::always_inline]] inline void combine_rows(rule_index_data const& data, rule_index_changes const* changes,
                                                match_state& state, value const* values, row_source const& row,
                                                bitmap& out) noexcept {
    find_joint_rows(data, state);
    std::uint64_t* const made = state.made.data();
    data.kernels->all_rows(state.rows.data(), data.table_columns, data.start.data(), data.row_words / block_words,
                           made);
    if (data.only_table && changes == nullptr)
        data.kernels->fold(made, data.parts.data(), data.parts.size(), out.words().data());
    else
        go_on_from_table(data, changes, state, values, row, out);
}

constexpr value missing_value;

value const& value_at(std::span<value const> row, std::uint32_t variable) noexcept {
    return variable < row.size() ? row[variable] : missing_value;
}

// The values of the table's variables, each at its place; null when memory ran out.
template <class At>
value const* fetch(rule_index_data const& data, match_state& state, At const& at) noexcept {
    try {
        if (state.fetched.size() < data.least_row) state.fetched.resize(data.least_row);
    } catch (...) { // out of memory
        return nullptr;
    }
    for (std::uint32_t const variable : data.variables)
        state.fetched[variable] = at(variable);
    return state.fetched.data();
}

// Also of a row that is too short.
[[gnu::always_inline]] inline value const* whole_row(rule_index_data const& data, match_state& state,
                                                     std::span<value const> row) noexcept {
    if (row.size() >= data.least_row) return row.data();
    return fetch(data, state, [row](std::uint32_t variable) noexcept { return value_at(row, variable); });
}

[[gnu::always_inline]] inline status match_values(rule_index_data const& data, rule_index_changes const* changes,
                                                  match_state& state, value const* values, row_source const& row,
                                                  bitmap& out) noexcept {
    std::size_t const rules = data.rules + (changes == nullptr ? 0 : changes->added.size());
    if (!has_room(data, state, out, rules) && !make_room(data, state, out, rules)) return status::error;
    if (values == nullptr && data.least_row > 0) {
        out.fill(false);
        return status::error;
    }
    rank_row(data, state, values);
    combine_rows(data, changes, state, values, row, out);
    return status::ok;
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
std::uint32_t rule_index::rule_at(std::size_t position) const noexcept { return data_->rule_of()[position]; }
std::size_t rule_index::residual_rules() const noexcept { return data_->programs.size(); }
std::size_t rule_index::added_rules() const noexcept { return changes_ == nullptr ? 0 : changes_->added.size(); }
std::size_t rule_index::removed_rules() const noexcept { return changes_ == nullptr ? 0 : changes_->removed_count; }
std::size_t rule_index::table_bytes() const noexcept { return data_->table.size() * sizeof(std::uint64_t); }
std::size_t rule_index::memory_bytes() const noexcept {
    std::size_t const changed = changes_ == nullptr
                                    ? 0
                                    : sizeof(*changes_) + detail::bytes_of(changes_->added) +
                                          changes_->removed.words().size_bytes() + changes_->reads.capacity() / 8;
    return data_->memory_bytes() + changed;
}

status rule_index::match(std::span<value const> row, bitmap& out, rule_index_scratch& scratch) const noexcept {
    auto& state = scratch.inner();
    value const* const values = detail::whole_row(*data_, state, row);
    return detail::match_values(*data_, changes_.get(), state, values, row_source(row), out);
}

status rule_index::match(row_source const& row, bitmap& out, rule_index_scratch& scratch) const noexcept {
    auto& state = scratch.inner();
    auto const at = [&row](std::uint32_t variable) noexcept { return row[variable]; };
    value const* const values = detail::fetch(*data_, state, at);
    return detail::match_values(*data_, changes_.get(), state, values, row, out);
}

status rule_index::start(std::span<value const> row, rule_matches& customer,
                         rule_index_scratch& scratch) const noexcept {
    std::size_t const attributes = data_->attributes.size();
    customer.started_ = false; // until all is there
    try {
        customer.rows_.resize(data_->places);
        customer.keys_.resize(attributes);
    } catch (...) { // out of memory
        return status::error;
    }
    status const made = match(row, customer.matches_, scratch);
    if (made != status::ok) return made;
    std::copy_n(scratch.inner().hits.begin(), data_->places, customer.rows_.begin());
    for (std::size_t a = 0; a < attributes; ++a) {
        detail::index_attribute const& of = data_->attributes[a];
        bool const known = data_->checked[a] && customer.rows_[of.place] < of.intervals;
        customer.keys_[a] = known ? detail::key_of_value(of, detail::value_at(row, of.variable)) : 0;
    }
    customer.started_ = true;
    return status::ok;
}

rule_change rule_index::update(std::span<value const> row, std::span<std::uint32_t const> changed,
                               rule_matches& customer, bitmap& entered, bitmap& left,
                               rule_index_scratch& scratch) const noexcept {
    detail::rule_index_data const& data = *data_;
    std::size_t const attributes = data.attributes.size();
    bool const same = customer.rows_.size() == data.places && customer.matches_.size() == size();
    if (!customer.started_ || !same) return {status::error, false};
    bool anew = false;
    for (std::uint32_t const variable : changed) {
        anew = anew || detail::reads(data.residual_reads, variable);
        anew = anew || (changes_ != nullptr && detail::reads(changes_->reads, variable));
        if (variable + std::size_t{1} >= data.first_attribute.size()) continue;
        for (std::uint32_t a = data.first_attribute[variable]; a < data.first_attribute[variable + 1]; ++a) {
            detail::index_attribute const& of = data.attributes[a];
            auto const now = detail::rank_near(of, detail::value_at(row, variable), customer.rows_[of.place]);
            anew = anew || now.row != customer.rows_[of.place] || (data.checked[a] && now.key != customer.keys_[a]);
            customer.rows_[of.place] = now.row;
            customer.keys_[a] = data.checked[a] ? now.key : 0;
        }
    }
    if (!anew) return {};
    auto& state = scratch.inner();
    bool room = detail::make_room(data, state, state.next, size());
    room = room && detail::make_room(data, state, entered, size());
    room = room && detail::make_room(data, state, left, size());
    value const* const values = room ? detail::whole_row(data, state, row) : nullptr;
    room = room && (values != nullptr || data.least_row == 0);
    if (!room) {
        customer.started_ = false; // so that it is not taken for one that is up to date
        return {status::error, false};
    }
    for (std::size_t a = 0; a < attributes; ++a)
        detail::keep_place(data, state, static_cast<std::uint32_t>(a), customer.rows_[data.attributes[a].place]);
    detail::combine_rows(data, changes_.get(), state, values, row_source(row), state.next);
    return {status::ok, detail::take_over(customer.matches_, state.next, entered, left)};
}

std::optional<rule_index> rule_index::with_rule(expression const& rule, environment const& names, issue_list& issues,
                                                std::string_view place) const {
    if (added_rules() == most_added_rules) {
        issues.error("rule.index_full", std::string(place), "no more rules can be added to this index", {},
                     "at most " + std::to_string(most_added_rules), "Build a new index of all rules");
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
    std::uint32_t const* const rules = data_->rule_of();
    auto const words = matches.words();
    auto const [done, listed] = data_->kernels->list(words.data(), words.size(), rules, out.data(), out.size());
    std::size_t met = listed;
    for (std::size_t w = done; w < words.size(); ++w)
        for (std::uint64_t left = words[w]; left != 0; left &= left - 1, ++met)
            if (met < out.size()) out[met] = rules[w * 64 + static_cast<std::size_t>(std::countr_zero(left))];
    return met;
}

namespace {

template <class Rule>
std::optional<rule_index> build(std::span<Rule const> rules, environment const& names, issue_list& issues,
                                std::string_view place, rule_index_options const& options) {
    auto made = detail::compile_rules(rules, names, issues, place, detail::most_alternatives, options.threads);
    if (!made) return std::nullopt;
    return rule_index(
        detail::index_builder(made->clauses, made->programs, std::move(made->texts), names, options).run());
}

template <class Rule>
rule_index build(std::span<Rule const> rules, environment const& names, rule_index_options const& options) {
    issue_list issues;
    auto made = build(rules, names, issues, "rules", options);
    issues.throw_if_errors();
    return *std::move(made);
}

} // namespace

std::optional<rule_index> build_rule_index(std::span<expression const> rules, environment const& names,
                                           issue_list& issues, std::string_view place,
                                           rule_index_options const& options) {
    return build(rules, names, issues, place, options);
}
rule_index build_rule_index(std::span<expression const> rules, environment const& names,
                            rule_index_options const& options) {
    return build(rules, names, options);
}

std::optional<rule_index> parse_rule_index(std::span<std::string_view const> rules, environment const& names,
                                           issue_list& issues, std::string_view place,
                                           rule_index_options const& options) {
    return build(rules, names, issues, place, options);
}
rule_index parse_rule_index(std::span<std::string_view const> rules, environment const& names,
                            rule_index_options const& options) {
    return build(rules, names, options);
}

} // namespace v0
} // namespace segmenta
