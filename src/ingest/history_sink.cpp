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

/// Builds a lane plan; made for one call.
class lane_planner {
public:
    lane_planner(source_program const& what, feature_set const& features, ingest_options const& options)
        : what_(what), features_(features), options_(options) {}

    lane_plan plan(ordered_quarantine const* quarantined, issue_list& issues) {
        out_.text_ids = what_.what(what_.id).is_text();
        out_.dates_only = what_.dates_only;
        for (summary_group const& group : features_.groups())
            add_group(group);
        for (row_task const& task : features_.tasks())
            add_task(task);
        for (auto const& text : wheres_) {
            auto test = compile_rule(text, what_.names, issues, what_.definition->place.to_string(), boolean_type);
            if (test) out_.wheres.push_back(std::move(*test));
        }
        add_ids(quarantined);
        set_layout(issues);
        return std::move(out_);
    }

private:
    void add_group(summary_group const& group) {
        lane_group lanes;
        lanes.bounds = bounds_at(group.window, options_.as_of, what_.where, what_.dates_only);
        lanes.orders = group.orders;
        lanes.extremes = group.extremes;
        if (group.number) {
            lanes.value = place_of(out_.values, *group.number);
            lanes.real = what_.what(*group.number).base == kind::float64;
        }
        if (group.distinct) lanes.distinct = place_of(out_.distincts, *group.distinct);
        if (!group.where.empty()) lanes.where = place_of(wheres_, group.where);
        out_.groups.push_back(lanes);
    }

    void add_task(row_task const& task) {
        lane_task lanes;
        lanes.task = &task;
        bool const number = task.field && task.field_type.is_numeric();
        lanes.real = number && task.field_type.base == kind::float64;
        if (number) lanes.value = place_of(out_.values, *task.field);
        if (task.field && !number) lanes.distinct = place_of(out_.distincts, *task.field);
        out_.named.resize(out_.distincts.size());
        if (task.field_type.is_text()) out_.named[static_cast<std::size_t>(lanes.distinct)] = true;
        for (auto const& step : task.steps)
            lanes.steps.push_back(place_of(wheres_, step));
        feature_moment const at(options_.as_of, what_.where);
        period_starts(task, {at, &what_.where, what_.dates_only}, lanes.starts);
        out_.tasks.push_back(std::move(lanes));
    }

    void add_ids(ordered_quarantine const* quarantined) {
        source_definition const& source = *what_.definition;
        bool const orders = std::any_of(out_.groups.begin(), out_.groups.end(), [](auto const& g) { return g.orders; });
        if (!source.order.empty() && orders) out_.order = what_.find(source.order);
        if (!source.event_id.empty()) out_.event = what_.find(source.event_id);
        out_.origin = out_.event && quarantined != nullptr && quarantined->writes(); // files only
    }

    void set_layout(issue_list& issues) {
        std::size_t const distincts = out_.distincts.size() + (out_.origin ? 1 : 0);
        if (out_.values.size() > most_values || distincts > most_distincts || wheres_.size() > most_wheres)
            issues.error("ingest.too_many_lanes", what_.definition->place.to_string(),
                         "the features of one history use too many different fields or conditions",
                         std::to_string(out_.values.size()) + " summed fields, " + std::to_string(distincts) +
                             " counted fields, " + std::to_string(wheres_.size()) + " conditions",
                         std::to_string(most_values) + ", " + std::to_string(most_distincts) + " and " +
                             std::to_string(most_wheres),
                         "Split the history into two sources.");
        out_.layout = {static_cast<std::uint32_t>(out_.values.size()), static_cast<std::uint32_t>(distincts),
                       out_.order.has_value(), out_.event.has_value()};
        out_.layout.more_bits = out_.layout.more_bits_for(wheres_.size());
    }

    source_program const& what_;
    feature_set const& features_;
    ingest_options const& options_;
    std::vector<std::string> wheres_;
    lane_plan out_;
};

} // namespace

lane_plan plan_lanes(source_program const& what, feature_set const& features, ingest_options const& options,
                     ordered_quarantine const* quarantined, issue_list& issues) {
    return lane_planner(what, features, options).plan(quarantined, issues);
}

history_sink::history_sink(source_program const& what, lane_plan const& lanes)
    : what_(what), lanes_(lanes), missing_(lanes.values.size()), more_bits_(lanes.layout.more_bits) {
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
    for (std::size_t d = 0; d < lanes_.distincts.size(); ++d) {
        column_view const& from = judged.columns[lanes_.distincts[d]];
        batch.distincts[d] = identities(2 + d, from, judged.counting);
        if (d < lanes_.named.size() && lanes_.named[d]) collect_names(batch.distincts[d], from, judged.counting);
    }
    if (lanes_.origin) batch.distincts[lanes_.distincts.size()] = origins(origin, judged.counting, id.size);
    batch.bits = bits_of(judged);
    if (batch.bits != nullptr)
        for (std::size_t w = 0; w < more_bits_.size(); ++w)
            batch.more_bits[w] = more_bits_[w].data();
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
    bool const themselves =
        !from.what.is_text() && from.what.base != kind::float64 && element_size(from.what.base) == 8;
    if (themselves && from.valid == nullptr) return static_cast<std::uint64_t const*>(from.data);
    auto& to = identities_[slot];
    to.resize(from.size);
    for (auto const row : rows)
        to[row] = from.is_present(row) ? identity_of(from, row) : identity_of_missing;
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

void history_sink::collect_names(std::uint64_t const* identities, column_view const& from,
                                 std::span<std::uint32_t const> rows) {
    for (auto const row : rows)
        if (from.is_present(row)) names.add(identities[row], from.text(row));
}

/// Everything is present, and no condition holds.
void history_sink::start_bits(std::size_t rows) {
    bits_.assign(rows, row_bits::all_present);
    for (std::size_t w = 0; w < more_bits_.size(); ++w)
        more_bits_[w].assign(rows, w == 0 && lanes_.layout.more_lanes() ? ~0U : 0U);
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
    start_bits(n);
    auto const clear = [&](std::size_t column, unsigned bit) {
        column_view const& view = judged.columns[column];
        if (view.valid == nullptr) return std::uint64_t{0};
        std::uint64_t cleared = 0;
        std::uint32_t* const word = word_of(bit);
        for (auto const row : judged.counting) {
            if (view.is_present(row)) continue;
            word[row] &= ~(1U << (bit % 32));
            ++cleared;
        }
        return cleared;
    };
    row_layout const& layout = lanes_.layout;
    for (std::uint32_t v = 0; v < lanes_.values.size(); ++v)
        missing_[v] += clear(lanes_.values[v], layout.value_bit(v));
    for (std::uint32_t d = 0; d < lanes_.distincts.size(); ++d)
        clear(lanes_.distincts[d], layout.distinct_bit(d));
    if (lanes_.event) clear(*lanes_.event, row_bits::event);
    for (std::uint32_t w = 0; w < lanes_.wheres.size(); ++w) {
        auto const truth = lanes_.wheres[w].evaluate(block{n, judged.columns}, scratch_[w]);
        unsigned const bit = layout.where_bit(w);
        std::uint32_t* const word = word_of(bit);
        for (auto const row : judged.counting)
            if (truth.is_true(row)) word[row] |= 1U << (bit % 32);
    }
    return bits_.data();
}

} // namespace detail
} // namespace v0
} // namespace segmenta
