// SPDX-License-Identifier: Apache-2.0
#include "tag/index_builder.hpp"

#include <segmenta/base/parallel.hpp>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <set>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

// A part costs each match a pass over all attributes, so clauses that few rules have are checked one by one instead.
constexpr std::size_t few_rules = 16;
constexpr std::size_t most_parts = 16;
constexpr std::size_t most_joint_rows = 128;

void set_bit(std::uint64_t* words, std::size_t i) noexcept { words[i / 64] |= std::uint64_t{1} << (i % 64); }
void flip_bit(std::uint64_t* words, std::size_t i) noexcept { words[i / 64] ^= std::uint64_t{1} << (i % 64); }

// The interval of a key: how many cuts are not above it.
std::size_t interval_of(std::vector<std::uint64_t> const& cuts, std::uint64_t key) noexcept {
    return static_cast<std::size_t>(std::upper_bound(cuts.begin(), cuts.end(), key) - cuts.begin());
}

std::size_t whole_blocks(std::size_t words) noexcept { return (words + block_words - 1) / block_words * block_words; }

template <class T>
std::size_t bytes_of(std::vector<T> const& v) noexcept {
    return v.capacity() * sizeof(T);
}

} // namespace

std::size_t rule_index_data::memory_bytes() const noexcept {
    std::size_t total = sizeof(*this) + bytes_of(position_of) + bytes_of(attributes) + bytes_of(variables) +
                        bytes_of(ranks) + bytes_of(cuts) + bytes_of(rankers) + bytes_of(sets) +
                        (rule_numbers.size() + keys.size() + table.size() + start.size()) * sizeof(std::uint64_t) +
                        bytes_of(joint) + bytes_of(table_columns) + bytes_of(joint_places) + bytes_of(fours) +
                        bytes_of(parts) + bytes_of(alternative_parts) + bytes_of(alternative_of) + bytes_of(toggles) +
                        bytes_of(literals) + bytes_of(clauses) + bytes_of(checks) + bytes_of(doubt_begin) +
                        bytes_of(doubts) + bytes_of(residual) + bytes_of(residual_before) + bytes_of(programs) +
                        bytes_of(first_attribute) + (checked.capacity() + residual_reads.capacity()) / 8;
    for (numbered_texts const& of : texts)
        total += sizeof of + of.codes.memory_bytes();
    return total;
}

index_builder::index_builder(std::vector<rule_clauses> const& rules,
                             std::vector<std::optional<program>> const& programs, texts_by_variable texts,
                             environment const& names, rule_index_options const& options)
    : rules_(rules), programs_(programs), texts_(std::move(texts)), names_(names), options_(options) {}

std::shared_ptr<rule_index_data const> index_builder::run() {
    data_.rules = rules_.size();
    data_.kernels = &match_kernels_for(usable_cpu_level(options_.level));
    find_lines();
    order(own_);
    order(alternatives_);
    number_rules();
    find_attributes();
    lay_out(own_, data_.parts);
    lay_out(alternatives_, data_.alternative_parts);
    data_.row_words = whole_blocks(data_.row_words);
    data_.start = aligned_words(data_.row_words);
    data_.rule_words = bitmap_words(data_.rules);
    start_lines(own_, data_.parts);
    start_lines(alternatives_, data_.alternative_parts);
    place_clauses(own_, data_.parts, 0);
    place_clauses(alternatives_, data_.alternative_parts, data_.rule_words * 64);
    find_thresholds();
    std::size_t const most = most_intervals();
    for (column& of : columns_)
        choose_cuts(of, most);
    keep_cuts();
    join_columns();
    fill_table();
    make_rankers();
    find_doubts();
    keep_residual();
    note_readers();
    if (!data_.alternative_of.empty()) data_.line_words = data_.rule_words + bitmap_words(data_.alternative_of.size());
    data_.only_table = data_.sets.empty() && data_.alternative_of.empty() && data_.checks.empty() &&
                       data_.doubts.empty() && data_.programs.empty();
    return made_;
}

std::uint32_t index_builder::attribute_of(literal_subject subject) const {
    auto const place = std::lower_bound(subjects_.begin(), subjects_.end(), subject);
    return static_cast<std::uint32_t>(place - subjects_.begin());
}

namespace {

bool is_never(all_clauses const& clauses) {
    return std::any_of(clauses.begin(), clauses.end(), [](clause const& c) { return c.empty(); });
}

std::size_t clauses_over_several(all_clauses const& clauses) {
    if (is_never(clauses)) return 0;
    auto const many = std::count_if(clauses.begin(), clauses.end(), [](clause const& c) { return c.size() > 1; });
    return static_cast<std::size_t>(many);
}

} // namespace

void index_builder::find_lines() {
    for (std::uint32_t rule = 0; rule < rules_.size(); ++rule) {
        own_.lines.push_back({&rules_[rule].clauses, rule});
        for (all_clauses const& other : rules_[rule].alternatives)
            alternatives_.lines.push_back({&other, rule});
    }
}

void index_builder::order(region& of) const {
    std::size_t const n = of.lines.size();
    std::vector<std::size_t> having(most_parts, 0);
    for (line const& l : of.lines)
        for (std::size_t s = 0; s < std::min(clauses_over_several(*l.clauses), most_parts); ++s)
            ++having[s];
    of.part_lines.assign(1, n);
    std::size_t words = bitmap_words(n);
    for (std::size_t const lines : having) {
        std::size_t const with = words + bitmap_words(lines);
        // What fits into the last block of the row is free.
        if (lines < few_rules && (lines == 0 || whole_blocks(with) != whole_blocks(words))) break;
        of.part_lines.push_back(lines);
        words = with;
    }
    std::size_t const parts = of.part_lines.size() - 1;
    std::vector<std::pair<std::size_t, line>> sorted;
    for (line const& l : of.lines)
        sorted.emplace_back(std::min(clauses_over_several(*l.clauses), parts), l);
    std::stable_sort(sorted.begin(), sorted.end(), [](auto const& a, auto const& b) { return a.first > b.first; });
    for (std::size_t i = 0; i < n; ++i)
        of.lines[i] = sorted[i].second;
}

void index_builder::number_rules() {
    std::size_t const n = own_.lines.size();
    std::vector<std::uint32_t> order;
    for (line const& l : own_.lines)
        order.push_back(l.rule);
    // Listing may read one place past any word, and rules may be added.
    while (order.size() < bitmap_words(n + rule_index::most_added_rules) * 64 + 2)
        order.push_back(static_cast<std::uint32_t>(order.size()));
    data_.rule_numbers = aligned_words(order.size() / 2);
    std::memcpy(data_.rule_numbers.data(), order.data(), order.size() * sizeof order[0]);
    data_.position_of.resize(n);
    for (std::size_t i = 0; i < n; ++i)
        data_.position_of[order[i]] = static_cast<std::uint32_t>(i);
    for (line const& l : alternatives_.lines)
        data_.alternative_of.push_back(data_.position_of[l.rule]);
}

void index_builder::find_attributes() {
    std::set<literal_subject> used;
    for (region const* const of : {&own_, &alternatives_})
        for (line const& each : of->lines)
            for (clause const& c : *each.clauses)
                for (clause_literal const& l : c)
                    used.insert(l.of);
    subjects_.assign(used.begin(), used.end());
    for (literal_subject const& subject : subjects_) {
        index_attribute made;
        made.variable = subject.variable();
        made.what = names_.what(made.variable);
        if (made.what.base == kind::float64) made.how = reading::real;
        if (made.what.is_text()) {
            made.how = reading::text;
            (void)texts_[made.variable]; // none to compare with, where rules ask only whether it is there
        }
        if (subject.is_group()) {
            made.how = reading::elements;
            made.group = subject.group_number();
        }
        data_.attributes.push_back(made);
    }
    columns_.resize(data_.attributes.size());
    for (index_attribute const& of : data_.attributes)
        if (data_.variables.empty() || data_.variables.back() != of.variable) data_.variables.push_back(of.variable);
    if (!data_.variables.empty()) data_.least_row = data_.variables.back() + std::size_t{1};
}

// The number of a clause as it is kept for checks.
std::uint32_t index_builder::stored(std::uint32_t clause_number) {
    std::uint32_t& as = stored_as_[clause_number];
    if (as != no_rule) return as;
    stored_clause made{static_cast<std::uint32_t>(data_.literals.size()), 0};
    for (clause_literal const& l : *all_clauses_[clause_number]) {
        data_.literals.push_back({attribute_of(l.of), static_cast<std::uint32_t>(data_.toggles.size()),
                                  static_cast<std::uint32_t>(l.keys.toggles.size()), l.when_missing});
        data_.toggles.insert(data_.toggles.end(), l.keys.toggles.begin(), l.keys.toggles.end());
        ++made.count;
    }
    as = static_cast<std::uint32_t>(data_.clauses.size());
    data_.clauses.push_back(made);
    return as;
}

// Gives each clause its part of the row, or a check of its own.
void index_builder::place_clauses(region const& of, std::vector<row_part> const& parts, std::size_t first_position) {
    for (std::size_t i = 0; i < of.lines.size(); ++i) {
        all_clauses const& clauses = *of.lines[i].clauses;
        if (is_never(clauses)) continue;
        auto const position = static_cast<std::uint32_t>(first_position + i);
        std::size_t part = 0;
        for (clause const& c : clauses) {
            auto const number = static_cast<std::uint32_t>(all_clauses_.size());
            all_clauses_.push_back(&c);
            stored_as_.push_back(no_rule);
            bool const alone = c.size() == 1;
            if (!alone) ++part;
            if (!alone && part >= parts.size()) {
                data_.checks.push_back({position, stored(number)});
                continue;
            }
            std::size_t const bit = parts[alone ? 0 : part].first_word * 64 + i;
            for (clause_literal const& l : c)
                columns_[attribute_of(l.of)].entries.push_back({&l, bit, position, alone, number});
        }
    }
}

void index_builder::lay_out(region const& of, std::vector<row_part>& parts) {
    for (std::size_t const lines : of.part_lines) {
        parts.push_back({data_.row_words, bitmap_words(lines)});
        data_.row_words += bitmap_words(lines);
    }
}

void index_builder::start_lines(region const& of, std::vector<row_part> const& parts) {
    for (std::size_t p = 0; p < parts.size(); ++p)
        for (std::size_t i = 0; i < of.part_lines[p]; ++i)
            if (!is_never(*of.lines[i].clauses)) set_bit(data_.start.data() + parts[p].first_word, i);
}

void index_builder::find_thresholds() {
    std::vector<std::uint64_t> keys;
    for (column& of : columns_) {
        keys.clear();
        for (entry const& e : of.entries)
            for (std::uint64_t const key : e.says->keys.toggles)
                if (key != 0) keys.push_back(key);
        std::sort(keys.begin(), keys.end());
        for (std::uint64_t const key : keys) {
            if (of.thresholds.empty() || of.thresholds.back().key != key) of.thresholds.push_back({key, 0});
            ++of.thresholds.back().uses;
        }
    }
}

// How many intervals an attribute may have, so that the table keeps to its bound; at least one.
std::size_t index_builder::most_intervals() const {
    std::size_t const row_bytes = std::max<std::size_t>(1, data_.row_words) * sizeof(std::uint64_t);
    std::size_t const most_rows = options_.max_table_bytes / row_bytes;
    auto const fits = [&](std::size_t intervals) {
        std::size_t rows = 0;
        for (column const& of : columns_)
            rows += std::min(of.thresholds.size() + 1, intervals) + 2;
        return rows <= most_rows;
    };
    std::size_t low = 1;
    std::size_t high = 1;
    for (column const& of : columns_)
        high = std::max(high, of.thresholds.size() + 1);
    while (low < high) {
        std::size_t const middle = high - (high - low) / 2;
        if (fits(middle))
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

// Each interval gets about the same number of uses, so that few rules are in doubt whatever the value is.
void index_builder::choose_cuts(column& of, std::size_t most) {
    bool const all = of.thresholds.size() < most;
    std::size_t uses = 0;
    for (weighted_key const& t : of.thresholds)
        uses += t.uses;
    std::size_t const wanted = all ? 1 : uses / most + 1;
    std::size_t met = 0;
    for (weighted_key const& t : of.thresholds) {
        met += t.uses;
        if (met < wanted) continue;
        of.cuts.push_back(t.key);
        met = 0;
    }
}

namespace {

std::size_t rows_of(index_attribute const& of) noexcept { return of.intervals + std::size_t{2}; }

} // namespace

std::size_t index_builder::rows_of(joint_column const& of) const noexcept {
    return of.members.front().stride * detail::rows_of(data_.attributes[of.members.front().attribute]);
}

// Attributes with few rows, the fewest first, as long as their combinations are few and the table keeps to its bound.
void index_builder::join_columns() {
    std::vector<std::uint32_t> order(data_.attributes.size());
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return data_.attributes[a].intervals < data_.attributes[b].intervals;
    });
    std::size_t left = options_.max_table_bytes / sizeof(std::uint64_t) / std::max<std::size_t>(1, data_.row_words);
    for (index_attribute const& of : data_.attributes)
        left -= std::min(left, detail::rows_of(of));
    for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
        std::size_t rows = detail::rows_of(data_.attributes[order[begin]]);
        for (end = begin + 1; end < order.size(); ++end) {
            std::size_t const more = rows * detail::rows_of(data_.attributes[order[end]]);
            if (end - begin == joint_column::most_members || more > most_joint_rows || more > left) break;
            rows = more;
        }
        auto const chosen = std::span(order).subspan(begin, end - begin);
        if (chosen.size() > 1) {
            join(chosen);
            left -= rows;
        } else {
            own_columns_.push_back(chosen[0]);
        }
    }
}

void index_builder::join(std::span<std::uint32_t const> attributes) {
    joint_column made;
    std::uint32_t stride = 1;
    for (std::size_t i = attributes.size(); i > 0; --i) {
        made.members.insert(made.members.begin(), {attributes[i - 1], stride});
        stride *= static_cast<std::uint32_t>(detail::rows_of(data_.attributes[attributes[i - 1]]));
    }
    data_.joint.push_back(std::move(made));
}

void index_builder::fill_table() {
    std::size_t rows = 0;
    for (std::uint32_t const a : own_columns_)
        rows += detail::rows_of(data_.attributes[a]);
    for (joint_column const& of : data_.joint)
        rows += rows_of(of);
    data_.table = aligned_words(rows * data_.row_words);
    auto const row_bytes = static_cast<std::uint32_t>(data_.row_words * sizeof(std::uint64_t));
    std::vector<std::uint64_t*> first(data_.attributes.size()); // by attribute, then by joint column
    std::uint64_t* next = data_.table.data();
    auto const begin_at = [&](index_attribute& of, std::size_t count) {
        std::uint64_t* const here = next;
        of.first_row = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(here));
        next += count * data_.row_words;
        return here;
    };
    for (std::uint32_t const a : own_columns_) {
        index_attribute& of = data_.attributes[a];
        of.stride = row_bytes;
        first[a] = begin_at(of, detail::rows_of(of));
    }
    for (joint_column const& of : data_.joint) {
        for (joint_column::member const& m : of.members)
            data_.attributes[m.attribute].stride = m.stride * row_bytes;
        first.push_back(begin_at(data_.attributes[of.members.front().attribute], rows_of(of)));
    }
    parallel_for_blocks(options_.threads, first.size(), [&](std::size_t i) {
        if (first[i] == nullptr) return;
        if (i < columns_.size())
            fill_column(data_.attributes[i], columns_[i], first[i]);
        else
            fill_joint(data_.joint[i - columns_.size()], first[i]);
    });
}

// Each row is what all rows that it combines have in common.
void index_builder::fill_joint(joint_column const& to, std::uint64_t* rows) const {
    std::size_t const words = data_.row_words;
    std::size_t const all = rows_of(to);
    std::fill_n(rows, all * words, ~std::uint64_t{0});
    std::vector<std::uint64_t> own;
    for (joint_column::member const& m : to.members) {
        index_attribute const& of = data_.attributes[m.attribute];
        own.assign(detail::rows_of(of) * words, 0);
        fill_column(of, columns_[m.attribute], own.data());
        for (std::size_t row = 0; row < all; ++row) {
            std::uint64_t const* const from = own.data() + row / m.stride % detail::rows_of(of) * words;
            for (std::size_t w = 0; w < words; ++w)
                rows[row * words + w] &= from[w];
        }
    }
}

// First each row has what differs from the row before it; then they are added up. `rows` are zeros.
void index_builder::fill_column(index_attribute const& to, column const& from, std::uint64_t* rows) const {
    std::size_t const words = data_.row_words;
    for (std::size_t const row : {std::size_t{0}, std::size_t{to.intervals}, std::size_t{to.intervals} + 1})
        std::fill_n(rows + row * words, words, ~std::uint64_t{0});
    for (entry const& e : from.entries)
        fill_entry(to, from, e, rows);
    for (std::size_t i = words; i < to.intervals * words; ++i)
        rows[i] ^= rows[i - words];
}

void index_builder::fill_entry(index_attribute const& to, column const& from, entry const& e,
                               std::uint64_t* rows) const {
    std::size_t const words = data_.row_words;
    std::size_t const bit = e.bit;
    std::uint64_t* const missing = rows + to.intervals * words;
    if (e.alone) { // those rows began as "says nothing"; in later parts that is "does not hold"
        flip_bit(rows, bit);
        flip_bit(missing, bit);
        flip_bit(missing + words, bit);
    }
    if (e.says->when_missing) flip_bit(missing, bit);
    auto const& toggles = e.says->keys.toggles;
    for (std::size_t i = 0, end = 0; i < toggles.size(); i += 2) {
        bool const open = i + 1 == toggles.size();
        std::size_t const begin = std::max(end, interval_of(from.cuts, toggles[i]));
        end = std::max(begin, open ? to.intervals : interval_of(from.cuts, toggles[i + 1] - 1) + 1);
        if (begin == end) continue;
        flip_bit(rows + begin * words, bit);
        if (end < to.intervals) flip_bit(rows + end * words, bit);
    }
}

// Intervals with a threshold inside: whose clause must be looked at when such an interval is hit.
void index_builder::find_doubts() {
    if (data_.doubt_begin.empty()) return;
    struct doubt {
        std::size_t interval;
        clause_check check;
    };
    std::vector<doubt> found;
    for (std::size_t a = 0; a < columns_.size(); ++a) {
        index_attribute const& of = data_.attributes[a];
        if (of.first_doubt == no_rule) continue;
        auto const& cuts = columns_[a].cuts;
        for (entry const& e : columns_[a].entries) {
            std::size_t last = data_.doubt_begin.size();
            for (std::uint64_t const key : e.says->keys.toggles) {
                std::size_t const interval = interval_of(cuts, key);
                bool const begins = key == 0 || (interval > 0 && cuts[interval - 1] == key);
                if (begins || interval == last) continue;
                found.push_back({of.first_doubt + interval, {e.position, stored(e.clause)}});
                last = interval;
            }
        }
    }
    std::stable_sort(found.begin(), found.end(),
                     [](doubt const& a, doubt const& b) { return a.interval < b.interval; });
    for (doubt const& d : found) {
        ++data_.doubt_begin[d.interval + 1];
        data_.doubts.push_back(d.check);
    }
    std::partial_sum(data_.doubt_begin.begin(), data_.doubt_begin.end(), data_.doubt_begin.begin());
}

// What a changed value may touch.
void index_builder::note_readers() {
    data_.first_attribute.assign(names_.size() + 1, 0);
    for (index_attribute const& of : data_.attributes)
        ++data_.first_attribute[of.variable + 1];
    std::partial_sum(data_.first_attribute.begin(), data_.first_attribute.end(), data_.first_attribute.begin());
    data_.checked.assign(data_.attributes.size(), false);
    for (stored_literal const& l : data_.literals)
        data_.checked[l.attribute] = true;
    data_.residual_reads.assign(names_.size(), false);
    for (program const& rule : data_.programs)
        for (std::uint32_t const variable : rule.required_variables())
            data_.residual_reads[variable] = true;
}

void index_builder::keep_residual() {
    std::size_t const words = bitmap_words(data_.rules);
    bool const any = std::any_of(rules_.begin(), rules_.end(), [](rule_clauses const& r) { return !r.exact; });
    if (!any) return;
    data_.residual.assign(words, 0);
    data_.residual_before.assign(words, 0);
    for (std::size_t i = 0; i < data_.rules; ++i) {
        if (i % 64 == 0) data_.residual_before[i / 64] = static_cast<std::uint32_t>(data_.programs.size());
        std::size_t const rule = data_.rule_of()[i];
        if (rules_[rule].exact) continue;
        set_bit(data_.residual.data(), i);
        data_.programs.push_back(*programs_[rule]);
    }
}

} // namespace detail
} // namespace v0
} // namespace segmenta
