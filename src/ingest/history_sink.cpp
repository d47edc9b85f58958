// SPDX-License-Identifier: Apache-2.0
#include "ingest/history_sink.hpp"

#include "feature/identity.hpp"

#include <algorithm>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

template <class T>
int place_of(std::vector<T>& list, T const& item) {
    auto const at = std::find(list.begin(), list.end(), item);
    if (at != list.end()) return static_cast<int>(at - list.begin());
    list.push_back(item);
    return static_cast<int>(list.size() - 1);
}

} // namespace

lane_plan plan_lanes(source_program const& what, feature_set const& features, ingest_options const& options,
                     ordered_quarantine const* quarantined, issue_list& issues) {
    lane_plan out;
    out.text_ids = what.what(what.id).is_text();
    std::vector<std::string> wheres;
    for (summary_group const& group : features.groups()) {
        lane_group lanes;
        lanes.bounds = bounds_at(group.window, options.as_of, what.where, what.dates_only);
        lanes.orders = group.orders;
        lanes.extremes = group.extremes;
        if (group.number) {
            lanes.value = place_of(out.values, *group.number);
            lanes.real = what.what(*group.number).base == kind::float64;
        }
        if (group.distinct) lanes.distinct = place_of(out.distincts, *group.distinct);
        if (!group.where.empty()) lanes.where = place_of(wheres, group.where);
        out.groups.push_back(lanes);
    }
    for (auto const& text : wheres) {
        auto test = compile_rule(text, what.names, issues, what.definition->place.to_string(), boolean_type);
        if (test) out.wheres.push_back(std::move(*test));
    }
    bool const orders = std::any_of(out.groups.begin(), out.groups.end(), [](auto const& g) { return g.orders; });
    if (!what.definition->order.empty() && orders) out.order = what.find(what.definition->order);
    if (!what.definition->event_id.empty()) out.event = what.find(what.definition->event_id);
    out.origin = out.event && quarantined != nullptr && quarantined->writes(); // files only
    std::size_t const distincts = out.distincts.size() + (out.origin ? 1 : 0);
    if (out.values.size() > 8 || distincts > 8 || wheres.size() > row_bits::max_where)
        issues.error("ingest.too_many_lanes", what.definition->place.to_string(),
                     "the features of one history use too many different fields or conditions",
                     std::to_string(out.values.size()) + " summed fields, " + std::to_string(distincts) +
                         " counted fields, " + std::to_string(wheres.size()) + " conditions",
                     "8, 8 and 15", "Split the history into two sources.");
    out.layout = {static_cast<std::uint32_t>(out.values.size()), static_cast<std::uint32_t>(distincts),
                  out.order.has_value(), out.event.has_value()};
    return out;
}

history_sink::history_sink(source_program const& what, lane_plan const& lanes) : what_(what), lanes_(lanes) {
    identities_.resize(2 + lanes.distincts.size() + 1);
    for (std::size_t i = 0; i < lanes.wheres.size(); ++i)
        scratch_.emplace_back();
}

std::uint64_t history_sink::rows() const noexcept {
    std::uint64_t all = 0;
    for (auto const& store : stores_)
        if (store != nullptr) all += store->rows();
    return all;
}

row_store& history_sink::store_for(id_form form) {
    auto& store = stores_[static_cast<std::size_t>(form)];
    if (store == nullptr) {
        row_layout layout = lanes_.layout;
        layout.text_keys = form != id_form::code;
        store = std::make_unique<row_store>(layout);
    }
    return *store;
}

void history_sink::take(judged_block const& judged, std::int64_t const* times, row_origin const& origin) {
    if (judged.counting.empty()) return;
    row_batch batch;
    batch.rows = judged.counting;
    batch.time = times;
    column_view const& given = judged.columns[what_.id];
    column_view const id = lanes_.who == nullptr ? given : customers_of(given, judged.counting);
    for (std::size_t v = 0; v < lanes_.values.size(); ++v)
        // double lanes travel as their bits
        batch.values[v] = static_cast<std::int64_t const*>(judged.columns[lanes_.values[v]].data);
    if (lanes_.order) batch.order = identities(0, judged.columns[*lanes_.order], judged.counting);
    if (lanes_.event) batch.event = identities(1, judged.columns[*lanes_.event], judged.counting);
    for (std::size_t d = 0; d < lanes_.distincts.size(); ++d)
        batch.distincts[d] = identities(2 + d, judged.columns[lanes_.distincts[d]], judged.counting);
    if (lanes_.origin) batch.distincts[lanes_.distincts.size()] = origins(origin, judged.counting, id.size);
    batch.bits = bits_of(judged);
    batch.only_values_missing = only_values_missing_;
    if (lanes_.text_ids) return append_texts(batch, id);
    batch.key = id.as<std::int64_t>().data();
    store_for(id_form::code).append(batch);
}

/// The ids of the rows as those of their customers.
column_view history_sink::customers_of(column_view const& id, std::span<std::uint32_t const> rows) {
    if (id.what.is_text()) {
        customer_texts_.resize(id.size);
        for (auto const row : rows)
            customer_texts_[row] = lanes_.who->of(id.text(row));
        return {string_type, id.size, customer_texts_.data(), nullptr, nullptr, nullptr};
    }
    customer_numbers_.resize(id.size);
    for (auto const row : rows)
        customer_numbers_[row] = lanes_.who->of(id.as<std::int64_t>()[row]);
    return {id.what, id.size, customer_numbers_.data(), nullptr, nullptr, nullptr};
}

void history_sink::append_texts(row_batch batch, column_view const& id) {
    pack_ids(id, batch.rows);
    batch.text = keys_.data();
    batch.code = codes_.data();
    batch.partition = partitions_.data();
    for (std::size_t form = 0; form < id_forms; ++form) {
        if (counts_[form] == 0) continue;
        batch.rows = std::span(rows_of_[form]).first(counts_[form]);
        store_for(static_cast<id_form>(form)).append(batch);
    }
}

/// Sorts the rows by the form of their ids and finds their keys or codes, and their partitions.
void history_sink::pack_ids(column_view const& id, std::span<std::uint32_t const> rows) {
    keys_.resize(id.size);
    codes_.resize(id.size);
    partitions_.resize(id.size);
    counts_ = {};
    for (auto& list : rows_of_)
        if (list.size() < rows.size()) list.resize(rows.size());
    texts_.clear();
    for (auto const row : rows) {
        auto const text = id.text(row);
        id_form const form = pack_id(text, keys_[row]);
        auto const f = static_cast<std::size_t>(form);
        rows_of_[f][counts_[f]++] = row;
        partitions_[row] = static_cast<std::uint8_t>(keys_[row].hash() >> 56);
        if (form == id_form::code) texts_.push_back(text);
    }
    if (texts_.empty()) return;
    dense_codes_.resize(texts_.size());
    hashes_.resize(texts_.size());
    ids.intern_all(texts_, dense_codes_, hashes_);
    auto const& interned = rows_of_[static_cast<std::size_t>(id_form::code)];
    for (std::size_t i = 0; i < texts_.size(); ++i) {
        codes_[interned[i]] = dense_codes_[i];
        partitions_[interned[i]] = static_cast<std::uint8_t>(hashes_[i] >> 56);
    }
}

std::uint64_t const* history_sink::identities(std::size_t slot, column_view const& from,
                                              std::span<std::uint32_t const> rows) {
    if (!from.what.is_text() && element_size(from.what.base) == 8) return static_cast<std::uint64_t const*>(from.data);
    auto& to = identities_[slot];
    to.resize(from.size);
    for (auto const row : rows)
        to[row] = from.is_present(row) ? identity_of(from, row) : 0;
    return to.data();
}

std::uint64_t const* history_sink::origins(row_origin const& from, std::span<std::uint32_t const> rows,
                                           std::size_t size) {
    auto& to = identities_.back();
    to.resize(size);
    for (auto const row : rows)
        to[row] = row_place(from.file, from.line(row));
    return to.data();
}

/// Null while every row has everything and there are no conditions.
std::uint32_t const* history_sink::bits_of(judged_block const& judged) {
    auto const some_missing = [&](std::size_t column) { return judged.columns[column].valid != nullptr; };
    bool const values = std::any_of(lanes_.values.begin(), lanes_.values.end(), some_missing);
    bool others = !lanes_.wheres.empty();
    others |= std::any_of(lanes_.distincts.begin(), lanes_.distincts.end(), some_missing);
    others |= lanes_.event && some_missing(*lanes_.event);
    only_values_missing_ = values && !others;
    if (!values && !others) return nullptr;
    std::size_t const n = judged.columns[what_.id].size;
    bits_.assign(n, row_bits::all_present);
    auto const clear = [&](std::size_t column, std::uint32_t mask) {
        column_view const& view = judged.columns[column];
        if (view.valid == nullptr) return std::uint64_t{0};
        std::uint64_t cleared = 0;
        for (auto const row : judged.counting) {
            if (view.is_present(row)) continue;
            bits_[row] &= ~mask;
            ++cleared;
        }
        return cleared;
    };
    for (std::size_t v = 0; v < lanes_.values.size(); ++v)
        missing_[v] += clear(lanes_.values[v], 1U << (row_bits::value + v));
    for (std::size_t d = 0; d < lanes_.distincts.size(); ++d)
        clear(lanes_.distincts[d], 1U << (row_bits::distinct + d));
    if (lanes_.event) clear(*lanes_.event, row_bits::has_event);
    for (std::size_t w = 0; w < lanes_.wheres.size(); ++w) {
        auto const truth = lanes_.wheres[w].evaluate(block{n, judged.columns}, scratch_[w]);
        for (auto const row : judged.counting)
            if (truth.is_true(row)) bits_[row] |= 1U << (row_bits::where + w);
    }
    return bits_.data();
}

} // namespace detail
} // namespace v0
} // namespace segmenta
