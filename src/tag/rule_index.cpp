// SPDX-License-Identifier: Apache-2.0
#include <segmenta/tag/rule_index.hpp>

#include "tag/index_builder.hpp"
#include "tag/index_data.hpp"
#include "tag/rule_clauses.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <string>
#include <utility>

#if defined(__SSE4_2__)
#include <nmmintrin.h>
#endif

namespace segmenta {
inline namespace v0 {

struct rule_index_scratch::state {
    std::vector<std::uint64_t const*> rows; // by attribute: the row that was hit
    std::vector<std::uint64_t> keys;        // by attribute, of present values
    std::vector<std::uint32_t> hit;         // by attribute: the number of that row
    detail::aligned_words made;
    rule_scratch programs;
};

rule_index_scratch::rule_index_scratch() : state_(std::make_unique<state>()) {}
rule_index_scratch::rule_index_scratch(rule_index_scratch&&) noexcept = default;
rule_index_scratch& rule_index_scratch::operator=(rule_index_scratch&&) noexcept = default;
rule_index_scratch::~rule_index_scratch() = default;

namespace detail {
namespace {

using match_state = rule_index_scratch::state;

inline bool fits(value const& v, index_attribute const& wanted) noexcept {
    if (wanted.how == reading::text) return v.what().is_text();
    // Only decimals have a scale and a currency.
    return v.base() == wanted.what.base && (v.base() != kind::decimal || v.what() == wanted.what);
}

// How many of ascending `cuts` are not above `key`; no branch depends on the key.
inline std::uint32_t search(std::uint64_t const* cuts, std::uint32_t count, std::uint64_t key) noexcept {
    std::uint64_t const* base = cuts;
    std::size_t left = count;
    while (left > 1) {
        std::size_t const half = left / 2;
        base += half & (std::size_t{0} - static_cast<std::size_t>(base[half - 1] <= key));
        left -= half;
    }
    return static_cast<std::uint32_t>(base - cuts) + (left == 1 && *base <= key ? 1U : 0U);
}

// How many of `block_of_cuts` cuts are not above `key`.
inline std::size_t count_block(std::uint64_t const* cuts, std::uint64_t key) noexcept {
#if defined(__SSE4_2__)
    __m128i const sign = _mm_set1_epi64x(std::numeric_limits<std::int64_t>::min());
    __m128i const wanted = _mm_xor_si128(_mm_set1_epi64x(static_cast<std::int64_t>(key)), sign);
    __m128i above = _mm_setzero_si128();
    for (std::size_t i = 0; i < block_of_cuts; i += 2) {
        __m128i const cut = _mm_xor_si128(_mm_loadu_si128(reinterpret_cast<__m128i const*>(cuts + i)), sign);
        above = _mm_sub_epi64(above, _mm_cmpgt_epi64(cut, wanted));
    }
    return block_of_cuts - static_cast<std::size_t>(_mm_cvtsi128_si64(above) + _mm_extract_epi64(above, 1));
#else
    std::size_t made = 0;
    for (std::size_t i = 0; i < block_of_cuts; ++i)
        made += cuts[i] <= key ? 1 : 0;
    return made;
#endif
}

// The same as `search` for cuts with the largest key behind them, a block long.
inline std::uint32_t search_padded(std::uint64_t const* cuts, std::uint32_t count, std::uint64_t key) noexcept {
    std::uint64_t const* base = cuts;
    std::size_t left = count;
    while (left > block_of_cuts) {
        std::size_t const half = left / 2;
        base += half & (std::size_t{0} - static_cast<std::size_t>(base[half - 1] <= key));
        left -= half;
    }
    // All cuts behind those that are left are above the key, but for the padding if the key is the largest.
    std::size_t const made = static_cast<std::size_t>(base - cuts) + count_block(base, key);
    return static_cast<std::uint32_t>(std::min<std::size_t>(made, count));
}

inline std::uint32_t rank(index_attribute const& of, std::uint64_t key) noexcept {
    if (of.ranks == nullptr) return search_padded(of.cuts, of.count, key);
    std::uint64_t const above = std::max(key, of.lowest) - of.lowest;
    return of.ranks[std::min<std::uint64_t>(above, of.count - 1)];
}

inline std::uint64_t key_of_value(index_attribute const& of, value const& v) noexcept {
    switch (of.how) {
    case reading::integer: return key_of(v.as_int());
    case reading::real: return key_of(v.as_double());
    case reading::text: return of.texts->find(v.as_string());
    }
    return 0;
}

template <class Fetch>
void find_rows(rule_index_data const& data, match_state& state, Fetch&& fetch) noexcept {
    std::size_t const row_words = data.row_words;
    std::uint64_t const** const rows = state.rows.data();
    std::uint64_t* const keys = state.keys.data();
    std::uint32_t* const hit = state.hit.data();
    std::size_t a = 0;
    for (index_attribute const& of : data.attributes) {
        std::uint32_t row = of.intervals;
        fetch(of.variable, [&](value const& v) noexcept {
            if (v.missing()) return;
            if (!fits(v, of)) {
                ++row;
                return;
            }
            keys[a] = key_of_value(of, v);
            row = rank(of, keys[a]);
        });
        hit[a] = row;
        rows[a] = of.rows + row * row_words;
        ++a;
    }
}

bool holds(rule_index_data const& data, match_state const& state, stored_clause const& c) noexcept {
    for (std::uint32_t i = 0; i < c.count; ++i) {
        stored_literal const& l = data.literals[c.first + i];
        std::uint32_t const intervals = data.attributes[l.attribute].intervals;
        std::uint32_t const row = state.hit[l.attribute];
        if (row == intervals && l.when_missing) return true;
        if (row < intervals && search(data.toggles.data() + l.first, l.count, state.keys[l.attribute]) % 2 != 0)
            return true;
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

bool make_room(rule_index_data const& data, match_state& state, bitmap& out) noexcept {
    try {
        if (out.size() != data.rules) out.resize(data.rules);
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

template <class Fetch>
status match_row(rule_index_data const& data, match_state& state, row_source const& row, bitmap& out,
                 Fetch&& fetch) noexcept {
    if (!make_room(data, state, out)) return status::error;
    find_rows(data, state, fetch);
    std::uint64_t* const made = state.made.data();
    data.kernels->all_rows(state.rows.data(), data.attributes.size(), data.start.data(), data.row_words / block_words,
                           made);
    for (std::size_t p = 1; p < data.parts.size(); ++p) { // clauses that do not hold
        row_part const& part = data.parts[p];
        for (std::size_t w = 0; w < part.words; ++w)
            made[w] &= ~made[part.first_word + w];
    }
    run_checks(data, state, data.checks, made);
    run_doubts(data, state, made);
    run_programs(data, state, row, made);
    std::copy_n(made, out.words().size(), out.words().begin());
    return status::ok;
}

} // namespace
} // namespace detail

std::size_t rule_index::size() const noexcept { return data_->rules; }
std::uint32_t rule_index::position(std::size_t rule) const noexcept { return data_->position_of[rule]; }
std::uint32_t rule_index::rule_at(std::size_t position) const noexcept { return data_->rule_of[position]; }
std::size_t rule_index::residual_rules() const noexcept { return data_->programs.size(); }
std::size_t rule_index::table_bytes() const noexcept { return data_->table.size() * sizeof(std::uint64_t); }
std::size_t rule_index::memory_bytes() const noexcept { return data_->memory_bytes(); }

status rule_index::match(std::span<value const> row, bitmap& out, rule_index_scratch& scratch) const noexcept {
    auto const fetch = [row](std::uint32_t variable, auto const& hit) noexcept {
        if (variable < row.size()) hit(row[variable]);
    };
    return detail::match_row(*data_, scratch.inner(), row_source(row), out, fetch);
}

status rule_index::match(row_source const& row, bitmap& out, rule_index_scratch& scratch) const noexcept {
    auto const fetch = [&row](std::uint32_t variable, auto const& hit) noexcept { hit(row[variable]); };
    return detail::match_row(*data_, scratch.inner(), row, out, fetch);
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
    std::vector<program> programs;
    std::vector<detail::rule_clauses> clauses;
    detail::texts_by_variable texts;
    for (std::size_t i = 0; i < rules.size(); ++i) {
        std::string const here = std::string(place) + '[' + std::to_string(i) + ']';
        auto made = compile_rule(rules[i], names, issues, here, boolean_type);
        if (!made) continue;
        clauses.push_back(detail::clauses_of(made->data(), texts));
        programs.push_back(*std::move(made));
    }
    if (programs.size() < rules.size()) return std::nullopt;
    return rule_index(detail::index_builder(clauses, programs, std::move(texts), names, options).run());
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
