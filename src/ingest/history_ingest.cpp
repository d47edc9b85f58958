// SPDX-License-Identifier: Apache-2.0
#include "ingest/history_ingest.hpp"

#include "feature/identity.hpp"
#include "ingest/aggregate.hpp"
#include "ingest/row_store.hpp"
#include "ingest/sort_rows.hpp"
#include "ingest/source_reader.hpp"

#include <segmenta/base/hash.hpp>
#include <segmenta/base/parallel.hpp>

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

/// Which columns of a block go into which lanes.
struct lane_plan {
    row_layout layout;
    std::vector<std::size_t> values;
    std::vector<std::size_t> distincts;
    std::optional<std::size_t> order;
    std::optional<std::size_t> event;
    std::vector<program> wheres;
    std::vector<lane_group> groups;
    bool text_ids = false;
    bool origin = false; ///< the last distinct lane is file and line, for the quarantine of repeated events
};

template <class T>
int place_of(std::vector<T>& list, T const& item) {
    auto const at = std::find(list.begin(), list.end(), item);
    if (at != list.end()) return static_cast<int>(at - list.begin());
    list.push_back(item);
    return static_cast<int>(list.size() - 1);
}

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

/// Packs the counting rows of one thread into its row store.
class history_sink final : public row_sink {
public:
    history_sink(source_program const& what, lane_plan const& lanes) : what_(what), lanes_(lanes), store(lanes.layout) {
        identities_.resize(2 + lanes.distincts.size() + 1);
        for (std::size_t i = 0; i < lanes.wheres.size(); ++i)
            scratch_.emplace_back();
    }

    void take(judged_block const& judged, std::int64_t const* times, row_origin const& origin) override {
        if (judged.counting.empty()) return;
        row_batch batch;
        batch.rows = judged.counting;
        batch.time = times;
        column_view const& id = judged.columns[what_.id];
        if (lanes_.text_ids) {
            codes_of(id, judged.counting);
            batch.code = codes_.data();
            batch.partition = partitions_.data();
        } else {
            batch.key = id.as<std::int64_t>().data();
        }
        for (std::size_t v = 0; v < lanes_.values.size(); ++v)
            // double lanes travel as their bits
            batch.values[v] = static_cast<std::int64_t const*>(judged.columns[lanes_.values[v]].data);
        if (lanes_.order) batch.order = identities(0, judged.columns[*lanes_.order], judged.counting);
        if (lanes_.event) batch.event = identities(1, judged.columns[*lanes_.event], judged.counting);
        for (std::size_t d = 0; d < lanes_.distincts.size(); ++d)
            batch.distincts[d] = identities(2 + d, judged.columns[lanes_.distincts[d]], judged.counting);
        if (lanes_.origin)
            batch.distincts[lanes_.distincts.size()] = origins(origin, judged.counting, judged.columns[what_.id].size);
        batch.bits = bits_of(judged);
        batch.only_values_missing = only_values_missing_;
        store.append(batch);
    }

private:
    source_program const& what_;
    lane_plan const& lanes_;

public:
    row_store store;
    string_pool ids;
    std::vector<std::uint64_t> missing = std::vector<std::uint64_t>(8); ///< per value lane: rows without it

private:
    void codes_of(column_view const& id, std::span<std::uint32_t const> rows) {
        texts_.clear();
        for (auto const row : rows)
            texts_.push_back(id.text(row));
        dense_codes_.resize(rows.size());
        hashes_.resize(rows.size());
        ids.intern_all(texts_, dense_codes_, hashes_);
        codes_.resize(id.size);
        partitions_.resize(id.size);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            codes_[rows[i]] = dense_codes_[i];
            partitions_[rows[i]] = static_cast<std::uint8_t>(hashes_[i] >> 56);
        }
    }

    std::uint64_t const* identities(std::size_t slot, column_view const& from, std::span<std::uint32_t const> rows) {
        if (!from.what.is_text() && element_size(from.what.base) == 8)
            return static_cast<std::uint64_t const*>(from.data);
        auto& to = identities_[slot];
        to.resize(from.size);
        for (auto const row : rows)
            to[row] = from.is_present(row) ? identity_of(from, row) : 0;
        return to.data();
    }

    std::uint64_t const* origins(row_origin const& from, std::span<std::uint32_t const> rows, std::size_t size) {
        auto& to = identities_.back();
        to.resize(size);
        for (auto const row : rows)
            to[row] = row_place(from.file, from.line(row));
        return to.data();
    }

    /// Null while every row has everything and there are no conditions.
    std::uint32_t const* bits_of(judged_block const& judged) {
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
            missing[v] += clear(lanes_.values[v], 1U << (row_bits::value + v));
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

    std::vector<std::uint32_t> codes_;
    std::vector<std::uint32_t> dense_codes_;
    std::vector<std::uint64_t> hashes_;
    std::vector<std::uint8_t> partitions_;
    std::vector<std::string_view> texts_;
    std::vector<std::vector<std::uint64_t>> identities_;
    std::vector<std::uint32_t> bits_;
    bool only_values_missing_ = false;
    std::vector<rule_scratch> scratch_;
};

/// One pool for the ids of all threads, and what each thread's codes mean in it.
struct merged_ids {
    std::shared_ptr<string_pool const> pool;
    std::vector<std::vector<std::uint32_t>> maps; ///< per thread; empty when its codes are those of the pool
};

merged_ids merge_ids(std::span<history_sink* const> sinks) {
    merged_ids out;
    auto pool = std::make_shared<string_pool>(std::move(sinks[0]->ids));
    out.maps.resize(sinks.size());
    for (std::size_t s = 1; s < sinks.size(); ++s) {
        auto& map = out.maps[s];
        map.resize(sinks[s]->ids.size());
        for (std::uint32_t code = 0; code < map.size(); ++code)
            map[code] = pool->intern(sinks[s]->ids.view(code));
        sinks[s]->ids = {};
    }
    if (sinks.size() > 1) { // an identity map for the first: the aggregation maps all threads or none
        out.maps[0].resize(pool->size());
        std::iota(out.maps[0].begin(), out.maps[0].end(), 0U);
    }
    out.pool = std::move(pool);
    return out;
}

/// One feature of all partitions as a typed column; row i of the joined partitions goes to `place[i]`. Frees the parts.
column column_of(type what, std::vector<partition_features>& parts, std::size_t feature,
                 std::span<std::uint32_t const> place) {
    column out(what, place.size());
    std::size_t before = 0;
    for (auto& part : parts) {
        auto const& bits = part.bits[feature];
        if (what.base == kind::date) {
            auto const to = out.data<std::int32_t>();
            for (std::size_t i = 0; i < bits.size(); ++i)
                to[place[before + i]] = static_cast<std::int32_t>(bits[i]);
        } else {
            auto const to = out.data<std::uint64_t>();
            for (std::size_t i = 0; i < bits.size(); ++i)
                to[place[before + i]] = bits[i];
        }
        for (auto const row : part.missing[feature])
            out.set_missing(place[before + row]);
        before += bits.size();
        std::vector<std::uint64_t>().swap(part.bits[feature]);
    }
    return out;
}

void refuse_overflow(std::span<partition_features const> parts, std::span<std::string const> names,
                     string_pool const* ids) {
    issue_list issues;
    std::vector<std::pair<std::string, std::uint32_t>> failed;
    for (auto const& part : parts)
        for (auto const& [key, feature] : part.failed)
            failed.emplace_back(ids != nullptr ? std::string(ids->view(static_cast<std::uint32_t>(key)))
                                               : std::to_string(key),
                                feature);
    std::sort(failed.begin(), failed.end());
    for (std::size_t i = 0; i < failed.size() && i < 20; ++i)
        issues.error("ingest.sum_overflow", names[failed[i].second],
                     "the sum of customer " + failed[i].first + " leaves the range of 64 bits", {}, {},
                     "Reject the rows with impossible amounts, or sum a field with fewer decimals.");
    issues.throw_if_errors();
}

} // namespace

source_columns ingest_history(plan const& definition, source_definition const& source,
                              std::span<feature_request const> requests, std::span<std::string const> names,
                              source_input const& input, ingest_options const& options,
                              ordered_quarantine* quarantined) {
    issue_list issues;
    source_program const what = compile_source(source, definition, issues);
    issues.throw_if_errors();
    history_schema rows;
    rows.name = source.name;
    rows.time = source.time;
    for (std::size_t i = 0; i < what.names.size(); ++i)
        rows.fields.push_back({std::string(what.names.name(i)), what.what(i), {}, {}});
    feature_set const features(rows, requests, issues, names);
    issues.throw_if_errors();
    lane_plan const lanes = plan_lanes(what, features, options, quarantined, issues);
    issues.throw_if_errors();

    unsigned const threads = options.threads == 0 ? hardware_threads() : options.threads;
    std::vector<std::unique_ptr<row_sink>> sinks;
    std::vector<history_sink*> own;
    for (unsigned t = 0; t < threads; ++t) {
        own.push_back(new history_sink(what, lanes));
        sinks.emplace_back(own.back());
    }
    read_outcome outcome = read_source(what, input, options, sinks, quarantined);

    merged_ids ids;
    if (lanes.text_ids) ids = merge_ids(own);
    std::vector<row_store const*> stores;
    std::vector<std::span<std::uint32_t const>> maps;
    std::uint64_t kept = 0;
    for (auto const* const sink : own) {
        stores.push_back(&sink->store);
        kept += sink->store.rows();
    }
    if (ids.maps.size() > 1) maps.assign(ids.maps.begin(), ids.maps.end());

    aggregation const task{&features, lanes.groups, what.where, feature_moment(options.as_of, what.where),
                           lanes.origin ? std::optional<std::size_t>(lanes.distincts.size()) : std::nullopt};
    std::vector<partition_features> parts(partition_count);
    std::vector<std::unique_ptr<partition_aggregator>> aggregators;
    for (unsigned t = 0; t < threads; ++t)
        aggregators.push_back(std::make_unique<partition_aggregator>(lanes.layout, task));
    parallel_for_blocks(threads, partition_count,
                        [&](std::size_t p, unsigned worker) { aggregators[worker]->run(stores, maps, p, parts[p]); });
    aggregators.clear();
    for (auto* const sink : own)
        sink->store.release();
    refuse_overflow(parts, names, ids.pool.get());

    source_columns out;
    std::vector<std::int64_t> keys;
    std::vector<std::uint64_t> duplicate_origins;
    std::uint64_t duplicates = 0;
    keys.reserve(std::accumulate(parts.begin(), parts.end(), std::size_t{0},
                                 [](std::size_t n, auto const& part) { return n + part.keys.size(); }));
    for (auto& part : parts) {
        keys.insert(keys.end(), part.keys.begin(), part.keys.end());
        duplicates += part.duplicates;
        duplicate_origins.insert(duplicate_origins.end(), part.origins.begin(), part.origins.end());
    }
    customer_columns& customers = out.customers;
    customers.integer_ids = !lanes.text_ids;
    std::vector<std::uint32_t> order;
    if (lanes.text_ids) {
        customers.id_pool = ids.pool;
        order = order_of_codes(keys, *ids.pool);
        customers.text_ids.reserve(keys.size());
        for (auto const row : order)
            customers.text_ids.push_back(ids.pool->view(static_cast<std::uint32_t>(keys[row])));
    } else {
        order = order_of(keys);
        customers.ids.reserve(keys.size());
        for (auto const row : order)
            customers.ids.push_back(keys[row]);
    }
    std::vector<std::uint32_t> place(order.size());
    for (std::uint32_t i = 0; i < order.size(); ++i)
        place[order[i]] = i;
    for (std::size_t f = 0; f < features.size(); ++f) {
        customers.names.push_back(names[f]);
        customers.columns.push_back(column_of(features.result(f), parts, f, place));
    }

    if (duplicates > 0) {
        auto const reason = outcome.reasons.number("duplicate");
        outcome.reasons.add(reason, duplicates);
        if (lanes.origin)
            quarantine_rows(what, input.files, std::move(duplicate_origins), *quarantined,
                            "an event with this id counts already");
    }
    out.quality = {source.name, outcome.rows, kept - duplicates, keys.size(), outcome.reasons.entries(), {}};
    for (std::size_t v = 0; v < lanes.values.size(); ++v) {
        std::uint64_t total = 0;
        for (auto const* const sink : own)
            total += sink->missing[v];
        if (total > 0) out.quality.missing.emplace_back(std::string(what.names.name(lanes.values[v])), total);
    }
    std::sort(out.quality.missing.begin(), out.quality.missing.end());
    return out;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
