// SPDX-License-Identifier: Apache-2.0
#include "segmenter/compiled.hpp"

#include <segmenta/base/parallel.hpp>

#include <algorithm>
#include <bit>
#include <cstring>
#include <mutex>
#include <type_traits>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

bool serves(type given, type wanted) noexcept { return given == wanted || (given.is_text() && wanted.is_text()); }

void clear_bit(std::vector<std::uint64_t>& words, std::size_t row) {
    words[row / 64] &= ~(std::uint64_t{1} << (row % 64));
}

/// Whether the first `rows` bits are all set.
bool all_set(std::vector<std::uint64_t> const& words, std::size_t rows) {
    for (std::size_t w = 0; w < rows / 64; ++w)
        if (words[w] != ~std::uint64_t{0}) return false;
    std::size_t const rest = rows % 64;
    return rest == 0 || (~words[rows / 64] & ((std::uint64_t{1} << rest) - 1)) == 0;
}

} // namespace

batch_run::batch_run(compiled_plan const& compiled, customer_columns const& customers, batch_options const& options)
    : compiled_(compiled), customers_(customers), options_(options), rows_(customers.size()),
      nodes_(compiled.graph().size()) {
    options_.threads = usable_threads(options_.threads);
    dropped_ = dropped_rows(compiled_.stand_ins, rows_, [&](std::uint32_t node) {
        column const* const found = customers_.find(compiled_.graph()[node].name);
        return found != nullptr && found->size() == rows_ ? found->view() : column_view{}; // check() says the rest
    });
}

void batch_run::check(issue_list& issues) const {
    for (std::uint32_t node = 0; node < nodes_.size(); ++node) {
        column_node const& n = compiled_.graph()[node];
        if (!compiled_.is_base(node)) continue;
        column const* const found = customers_.find(n.name);
        if (found == nullptr)
            issues.error("segmenter.missing_column", n.place, "the table has no column " + n.name, {},
                         to_string(n.what), "Load the field, or read the files with the same plan.");
        else if (!serves(found->what(), n.what))
            issues.error("segmenter.column_type", n.place, "the column " + n.name + " of the table has another type",
                         to_string(found->what()), to_string(n.what));
        else if (found->size() != rows_)
            issues.error("segmenter.column_size", n.place, "the column " + n.name + " has another number of rows",
                         std::to_string(found->size()), std::to_string(rows_));
    }
}

template <class Work>
void batch_run::for_tiles(Work work) {
    std::size_t const tiles = (rows_ + tile - 1) / tile;
    parallel_for_blocks(options_.threads, tiles, [&](std::size_t t, unsigned worker) {
        std::size_t const first = t * tile;
        work(first, std::min(tile, rows_ - first), worker);
    });
}

void batch_run::allocate(node_column& to, type what) {
    std::size_t const bytes = rows_ * element_size(what.base);
    to.data.assign((bytes + 7) / 8, 0);
    to.valid.assign((rows_ + 63) / 64, ~std::uint64_t{0});
    to.view.what = what;
    to.view.size = rows_;
    to.view.data = to.data.data();
}

void batch_run::need(std::uint32_t node) {
    std::uint32_t const wanted[] = {node};
    for (std::uint32_t const n : compiled_.graph().required_for(wanted)) {
        node_column& to = nodes_[n];
        if (to.done) continue;
        to.done = true;
        switch (compiled_.graph()[n].origin) {
        case column_origin::rule:
            rule(n);
            say_why_unknown(n);
            break;
        case column_origin::strategy:
            strategy(n);
            say_why_unknown(n);
            break;
        default:
            if (auto const which = compiled_.moment_of(n))
                moment(n, *which);
            else if (auto const of = compiled_.flag_of(n))
                flag(n, compiled_.stand_ins[*of]);
            else
                base(n);
        }
        if (compiled_.resolved.conditions[n]) condition(n);
        if (!dropped_.empty()) leave_out(n);
        if (!to.valid.empty()) {
            if (all_set(to.valid, rows_))
                std::vector<std::uint64_t>().swap(to.valid);
            else
                to.view.valid = to.valid.data();
        }
    }
}

void batch_run::base(std::uint32_t node) {
    column const* const given = customers_.find(compiled_.graph()[node].name);
    node_column& to = nodes_[node];
    to.view = given->view();
    auto const index = static_cast<std::uint32_t>(given - customers_.columns.data());
    auto const first =
        std::lower_bound(customers_.failed.begin(), customers_.failed.end(), customer_columns::failure{index, 0});
    for (auto failed = first; failed != customers_.failed.end() && failed->column == index; ++failed) {
        spell_out_states(to);
        to.states[failed->row] = static_cast<std::uint8_t>(status::error);
    }
    auto const with = compiled_.stand_in_of(node);
    if (with && to.view.valid != nullptr) fill(node, compiled_.stand_ins[*with]);
}

namespace {

/// The code of a text in the column's pool, or in `own`, which then is that pool with the text added.
std::uint32_t code_in(string_pool const* pool, std::string_view text, std::shared_ptr<string_pool>& own) {
    if (pool != nullptr)
        if (std::uint32_t const known = pool->find(text); known != string_pool::none) return known;
    own = pool != nullptr ? std::make_shared<string_pool>(*pool) : std::make_shared<string_pool>();
    return own->intern(text);
}

} // namespace

/// A copy of the column with the value where there was none.
void batch_run::fill(std::uint32_t node, stand_in const& with) {
    node_column& to = nodes_[node];
    column_view const from = to.view;
    std::size_t const size = element_size(from.what.base);
    to.data.resize((rows_ * size + 7) / 8);
    if (rows_ > 0) std::memcpy(to.data.data(), from.data, rows_ * size);
    auto const put = [&](auto const& element) {
        auto* const elements = reinterpret_cast<std::remove_cvref_t<decltype(element)>*>(to.data.data());
        for (std::size_t row = 0; row < rows_; ++row)
            if (!from.is_present(row)) elements[row] = element;
    };
    switch (from.what.base) {
    case kind::boolean: put(static_cast<std::uint8_t>(with.put.as_bool())); break;
    case kind::float64: put(with.put.as_double()); break;
    case kind::date: put(with.put.as_date().days_since_epoch()); break;
    case kind::string: put(with.put.as_string()); break;
    case kind::category: put(code_in(from.pool, with.put.as_string(), to.pool)); break;
    default: put(with.put.as_int());
    }
    to.view.data = to.data.data();
    to.view.valid = nullptr;
    if (to.pool) to.view.pool = to.pool.get();
}

void batch_run::flag(std::uint32_t node, stand_in const& of) {
    node_column& to = nodes_[node];
    allocate(to, boolean_type);
    column_view const from = customers_.find(of.attribute)->view();
    auto* const flags = reinterpret_cast<std::uint8_t*>(to.data.data());
    for (std::size_t row = 0; row < rows_; ++row)
        flags[row] = from.is_present(row) ? 0 : 1;
}

/// Customers left out have no answer, and nobody's edges or ranks depend on them.
void batch_run::leave_out(std::uint32_t node) {
    node_column& to = nodes_[node];
    spell_out_states(to);
    own_validity(to);
    for (std::size_t row = 0; row < rows_; ++row) {
        if (((dropped_[row / 64] >> (row % 64)) & 1U) == 0) continue;
        to.states[row] = static_cast<std::uint8_t>(status::not_applicable);
        clear_bit(to.valid, row);
    }
}

std::vector<imputed_count> batch_run::imputed() const {
    std::vector<imputed_count> out;
    for (auto const& with : compiled_.stand_ins) {
        if (with.put.missing()) continue;
        column_view const from = customers_.find(with.attribute)->view();
        imputed_count count{with.attribute, 0};
        for (std::size_t row = 0; row < rows_ && from.valid != nullptr; ++row) {
            bool const left_out = !dropped_.empty() && ((dropped_[row / 64] >> (row % 64)) & 1U) != 0;
            count.rows += !left_out && !from.is_present(row) ? 1 : 0;
        }
        out.push_back(std::move(count));
    }
    return out;
}

void batch_run::moment(std::uint32_t node, std::size_t which) {
    node_column& to = nodes_[node];
    allocate(to, moment_columns[which].second);
    if (which == 0) {
        std::fill(to.data.begin(), to.data.end(), static_cast<std::uint64_t>(options_.as_of.microseconds()));
    } else {
        auto* const days = reinterpret_cast<std::int32_t*>(to.data.data());
        std::fill(days, days + rows_, compiled_.where.civil_day_of(options_.as_of).days_since_epoch());
    }
}

std::vector<column_view> batch_run::inputs(std::uint32_t node) const {
    std::vector<column_view> out;
    for (auto const& name : compiled_.resolved.strategies[node]->reads)
        out.push_back(view(static_cast<std::uint32_t>(*compiled_.graph().find(name))));
    return out;
}

namespace {

/// Columns of a tile in the order of a resolved plan's variables; only those that a program reads.
class tile_columns {
public:
    tile_columns(compiled_plan const& compiled, program const& what)
        : order_(compiled.graph().order()), reads_(what.required_variables()) {
        columns_.resize(reads_.empty() ? 0 : reads_.back() + 1);
    }
    template <class View>
    block slice(std::size_t first, std::size_t count, View view) {
        for (auto const variable : reads_)
            columns_[variable] = view(order_[variable]).slice(first, count);
        return {count, columns_};
    }

private:
    std::span<std::uint32_t const> order_;
    std::span<std::uint32_t const> reads_;
    std::vector<column_view> columns_;
};

} // namespace

void batch_run::rule(std::uint32_t node) {
    program const& what = *compiled_.resolved.rules[node];
    type const result = what.result_type();
    if (result.is_text()) return text_rule(node);
    if (result.base == kind::category_set) return set_rule(node);
    node_column& to = nodes_[node];
    allocate(to, result);
    std::vector<rule_scratch> scratch(options_.threads);
    std::vector<tile_columns> columns(options_.threads, tile_columns(compiled_, what));
    std::mutex guard;
    bool any_error = false;
    std::vector<std::uint8_t> states(rows_, 0);
    for_tiles([&](std::size_t first, std::size_t count, unsigned worker) {
        auto const rows = columns[worker].slice(first, count, [&](std::uint32_t n) { return nodes_[n].view; });
        auto const answers = what.evaluate(rows, scratch[worker]);
        std::size_t const size = element_size(result.base);
        std::memcpy(reinterpret_cast<std::byte*>(to.data.data()) + first * size, answers.values.data, count * size);
        if (answers.values.valid == nullptr) return;
        std::memcpy(to.valid.data() + first / 64, answers.values.valid, (count + 63) / 64 * 8);
        if (answers.error == nullptr) return;
        for (std::size_t row = 0; row < count; ++row)
            states[first + row] = static_cast<std::uint8_t>(answers.state(row));
        std::lock_guard const lock(guard);
        any_error = true;
    });
    if (!any_error) return;
    to.states = std::move(states);
    for (std::size_t row = 0; row < rows_; ++row) // tiles without an error left theirs to the bitmap
        if (to.states[row] == 0 && ((to.valid[row / 64] >> (row % 64)) & 1U) == 0)
            to.states[row] = static_cast<std::uint8_t>(status::unknown);
}

void batch_run::text_rule(std::uint32_t node) {
    program const& what = *compiled_.resolved.rules[node];
    node_column& to = nodes_[node];
    allocate(to, category_type);
    to.pool = std::make_shared<string_pool>();
    to.view.pool = to.pool.get();
    to.states.assign(rows_, 0);
    auto* const codes = reinterpret_cast<std::uint32_t*>(to.data.data());
    rule_scratch scratch;
    tile_columns columns(compiled_, what);
    // One thread: codes are given in row order, so they do not depend on threads.
    for (std::size_t first = 0; first < rows_; first += tile) {
        std::size_t const count = std::min(tile, rows_ - first);
        auto const rows = columns.slice(first, count, [&](std::uint32_t n) { return nodes_[n].view; });
        auto const answers = what.evaluate(rows, scratch);
        for (std::size_t row = 0; row < count; ++row) {
            to.states[first + row] = static_cast<std::uint8_t>(answers.state(row));
            if (answers.values.is_present(row))
                codes[first + row] = to.pool->intern(answers.values.text(row));
            else
                clear_bit(to.valid, first + row);
        }
    }
}

/// A rule that is a bare set.
void batch_run::set_rule(std::uint32_t node) {
    program const& what = *compiled_.resolved.rules[node];
    node_column& to = nodes_[node];
    to.data.assign(((rows_ + 1) * sizeof(std::uint32_t) + 7) / 8, 0);
    to.valid.assign((rows_ + 63) / 64, ~std::uint64_t{0});
    to.pool = std::make_shared<string_pool>();
    auto* const offsets = reinterpret_cast<std::uint32_t*>(to.data.data());
    rule_scratch scratch;
    tile_columns columns(compiled_, what);
    for (std::size_t first = 0; first < rows_; first += tile) {
        std::size_t const count = std::min(tile, rows_ - first);
        auto const rows = columns.slice(first, count, [&](std::uint32_t n) { return nodes_[n].view; });
        auto const answers = what.evaluate(rows, scratch);
        for (std::size_t row = 0; row < count; ++row) {
            if (answers.values.is_present(row)) {
                for (auto const code : answers.values.codes(row))
                    to.set_codes.push_back(to.pool->intern(answers.values.pool->view(code)));
            } else {
                clear_bit(to.valid, first + row);
            }
            offsets[first + row + 1] = static_cast<std::uint32_t>(to.set_codes.size());
        }
    }
    to.view = {category_set_type, rows_, to.data.data(), nullptr, to.pool.get(), to.set_codes.data()};
}

status batch_run::state(std::uint32_t node, std::size_t row) const noexcept {
    node_column const& n = nodes_[node];
    if (!n.states.empty()) return static_cast<status>(n.states[row]);
    return n.view.is_present(row) ? status::ok : status::unknown;
}

/// A status per row, where presence alone said it until now.
void batch_run::spell_out_states(node_column& to) const {
    if (!to.states.empty()) return;
    bool const own = !to.valid.empty();
    to.states.assign(rows_, 0);
    for (std::size_t row = 0; row < rows_; ++row) {
        bool const present = own ? ((to.valid[row / 64] >> (row % 64)) & 1U) != 0 : to.view.is_present(row);
        if (!present) to.states[row] = static_cast<std::uint8_t>(status::unknown);
    }
}

/// An unknown that comes from an error, or from what does not apply, says so, as it does for one customer.
void batch_run::say_why_unknown(std::uint32_t node) {
    auto const reads = compiled_.graph().reads(node);
    if (std::all_of(reads.begin(), reads.end(), [&](std::uint32_t n) { return nodes_[n].states.empty(); })) return;
    node_column& to = nodes_[node];
    spell_out_states(to);
    for (std::size_t row = 0; row < rows_; ++row) {
        if (to.states[row] != static_cast<std::uint8_t>(status::unknown)) continue;
        status why = status::ok;
        for (std::uint32_t const read : reads)
            why = combine(why, state(read, row));
        if (why != status::ok) to.states[row] = static_cast<std::uint8_t>(why);
    }
}

void batch_run::write(node_column& to, std::uint32_t node, std::span<assignment const> from, std::size_t first) {
    bool const scores = compiled_.scores(node);
    bool const whole = scores && compiled_.resolved.strategies[node]->whole_scores;
    for (std::size_t i = 0; i < from.size(); ++i) {
        assignment const& a = from[i];
        std::size_t const row = first + i;
        bool const no_number = scores && !whole && a.score != a.score; // a host's strategy that computed NaN
        bool const has = a.standing == status::ok && (scores ? !no_number : a.segment != no_segment);
        if (!has) {
            clear_bit(to.valid, row);
            status const state = a.standing != status::ok ? a.standing : no_number ? status::error : status::unknown;
            to.states[row] = static_cast<std::uint8_t>(state);
            continue;
        }
        if (whole)
            to.data[row] = static_cast<std::uint64_t>(static_cast<std::int64_t>(a.score));
        else if (scores)
            to.data[row] = std::bit_cast<std::uint64_t>(a.score);
        else
            reinterpret_cast<std::uint32_t*>(to.data.data())[row] = a.segment;
        if (!to.valid_until.empty()) to.valid_until[row] = a.valid_until.microseconds();
    }
}

/// A table has no histories, so nobody knows when rows leave a window: only strategies whose one input that time can
/// change is the day say how long their answers hold.
bool batch_run::tells_valid_until(std::uint32_t node) const noexcept {
    if (!compiled_.resolved.strategies[node]->time_dependent || compiled_.resolved.conditions[node]) return false;
    auto const reads = compiled_.graph().reads(node);
    return std::all_of(reads.begin(), reads.end(), [&](std::uint32_t n) {
        return !compiled_.graph().time_dependent(n) || compiled_.moment_of(n) == std::optional<std::size_t>(1);
    });
}

void batch_run::strategy(std::uint32_t node) {
    any_strategy const& made = compiled_.strategies[node];
    node_column& to = nodes_[node];
    allocate(to, compiled_.graph()[node].what);
    to.states.assign(rows_, 0);
    to.view.pool = compiled_.segment_pools[node].get();
    if (options_.valid_until && tells_valid_until(node)) to.valid_until.assign(rows_, instant::never().microseconds());
    if (made.is_population()) {
        std::vector<assignment> everyone(rows_);
        auto const applicable = inputs_of_everyone(node);
        made.assign_everyone(block{rows_, applicable.views}, {}, everyone); // rows are sorted by id
        write(to, node, everyone, 0);
    } else {
        auto const views = inputs(node);
        std::vector<std::vector<assignment>> answers(options_.threads);
        for_tiles([&](std::size_t first, std::size_t count, unsigned worker) {
            std::vector<column_view> parts;
            for (auto const& v : views)
                parts.push_back(v.slice(first, count));
            answers[worker].assign(count, assignment{});
            made.assign(block{count, parts}, answers[worker]);
            write(to, node, answers[worker], first);
        });
    }
    bool const plain = std::all_of(to.states.begin(), to.states.end(), [](std::uint8_t s) { return s == 0; });
    if (plain) std::vector<std::uint8_t>().swap(to.states);
}

/// Calls `work(first, count, answers)` for the answers of the node's `applies_to` on each tile.
template <class Work>
void batch_run::for_condition(std::uint32_t node, Work work) const {
    program const& test = *compiled_.resolved.conditions[node];
    rule_scratch scratch;
    tile_columns columns(compiled_, test);
    for (std::size_t first = 0; first < rows_; first += tile) {
        std::size_t const count = std::min(tile, rows_ - first);
        auto const rows = columns.slice(first, count, [&](std::uint32_t n) { return nodes_[n].view; });
        work(first, count, test.evaluate(rows, scratch));
    }
}

/// The column of a table has bits that are not ours to clear.
void batch_run::own_validity(node_column& to) const {
    if (!to.valid.empty()) return;
    to.valid.assign((rows_ + 63) / 64, ~std::uint64_t{0});
    if (to.view.valid != nullptr) std::copy_n(to.view.valid, (rows_ + 63) / 64, to.valid.begin());
}

/// Where `applies_to` is false the answer is `not_applicable`; where it is not known, neither is the answer.
void batch_run::condition(std::uint32_t node) {
    node_column& to = nodes_[node];
    spell_out_states(to);
    own_validity(to);
    for_condition(node, [&](std::size_t first, std::size_t count, block_result const& answers) {
        for (std::size_t row = 0; row < count; ++row) {
            if (answers.is_true(row)) continue;
            status const state = answers.values.is_present(row) ? status::not_applicable : answers.state(row);
            to.states[first + row] = static_cast<std::uint8_t>(state);
            clear_bit(to.valid, first + row);
        }
    });
}

everyone_inputs batch_run::inputs_of_everyone(std::uint32_t node) const {
    everyone_inputs out{inputs(node), {}};
    if (!compiled_.resolved.conditions[node]) return out;
    std::vector<std::uint64_t> applies((rows_ + 63) / 64, ~std::uint64_t{0});
    for_condition(node, [&](std::size_t first, std::size_t count, block_result const& answers) {
        for (std::size_t row = 0; row < count; ++row)
            if (!answers.is_true(row)) clear_bit(applies, first + row);
    });
    for (auto& view : out.views) {
        auto& valid = out.valid.emplace_back(applies);
        for (std::size_t word = 0; word < valid.size() && view.valid != nullptr; ++word)
            valid[word] &= view.valid[word];
        view.valid = valid.data();
    }
    return out;
}

batch_column batch_run::column_of(std::uint32_t node) const {
    node_column const& n = nodes_[node];
    batch_column out;
    out.name = compiled_.graph()[node].name;
    out.values = n.view;
    out.states = n.states;
    out.valid_until = n.valid_until;
    if (compiled_.graph()[node].origin == column_origin::strategy && !compiled_.scores(node))
        out.segments = compiled_.strategies[node].segments();
    return out;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
