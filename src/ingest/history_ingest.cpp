// SPDX-License-Identifier: Apache-2.0
#include "ingest/history_ingest.hpp"

#include "ingest/aggregate.hpp"
#include "ingest/history_ids.hpp"
#include "ingest/history_sink.hpp"

#include <segmenta/base/parallel.hpp>

#include <algorithm>
#include <bit>
#include <numeric>
#include <type_traits>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

/// One feature of all partitions as a typed column; row i of the joined partitions goes to `place[i]`.
column column_of(type what, std::vector<partition_features>& parts, std::size_t feature,
                 std::span<std::uint32_t const> place) {
    column out(what, place.size());
    std::size_t before = 0;
    for (auto& part : parts) {
        auto const& bits = part.bits[feature];
        auto const put = [&](auto to) {
            for (std::size_t i = 0; i < bits.size(); ++i)
                to[place[before + i]] = static_cast<std::remove_reference_t<decltype(to[0])>>(bits[i]);
        };
        if (what.base == kind::date)
            put(out.data<std::int32_t>());
        else if (what.base == kind::boolean)
            put(out.data<std::uint8_t>());
        else
            put(out.data<std::uint64_t>());
        for (auto const row : part.missing[feature])
            out.set_missing(place[before + row]);
        before += bits.size();
    }
    return out;
}

/// A feature whose bits are identities of texts. The codes are in the order of the rows.
column text_column_of(std::vector<partition_features>& parts, std::size_t feature, std::span<std::uint32_t const> place,
                      text_names const& names) {
    column const identities = column_of(int64_type, parts, feature, place);
    auto const pool = std::make_shared<string_pool>();
    column out(category_type, place.size());
    auto const codes = out.data<std::uint32_t>();
    column_view const from = identities.view();
    long_texts const look_up = names.look_up();
    for (std::size_t row = 0; row < from.size; ++row) {
        if (!from.is_present(row)) {
            out.set_missing(row);
            continue;
        }
        task_row const said{.value = from.as<std::uint64_t>()[row]};
        codes[row] = pool->intern(text_of(said, look_up));
    }
    out.set_pool(pool);
    return out;
}

/// Where features could not be computed, in the rows of the joined partitions.
std::vector<customer_columns::failure> failures_of(std::span<partition_features const> parts,
                                                   std::span<std::uint32_t const> place) {
    std::vector<customer_columns::failure> out;
    std::size_t before = 0;
    for (auto const& part : parts) {
        for (auto const& [row, feature] : part.failed)
            out.push_back({feature, place[before + row]});
        before += part.customers;
    }
    std::sort(out.begin(), out.end());
    return out;
}

/// Which features failed for how many customers.
std::vector<failed_feature> failed_features(customer_columns const& customers) {
    std::vector<failed_feature> out;
    for (auto const& [feature, row] : customers.failed) {
        if (out.empty() || out.back().feature != customers.names[feature])
            out.push_back(
                {customers.names[feature], 0,
                 customers.integer_ids ? std::to_string(customers.ids[row]) : std::string(customers.text_ids[row])});
        ++out.back().customers;
    }
    return out;
}

/// The features of every partition of every form of id, and what they live in.
struct aggregated {
    std::vector<std::unique_ptr<partition_aggregator>> aggregators;
    std::vector<partition_features> parts;
};

aggregated aggregate_all(history_ids const& ids, aggregation const& task, unsigned threads) {
    auto const groups = ids.groups();
    aggregated out;
    out.parts.resize(groups.size() * partition_count);
    out.aggregators.resize(threads * groups.size());
    parallel_for_blocks(threads, out.parts.size(), [&](std::size_t p, unsigned worker) {
        id_group const& group = groups[p / partition_count];
        auto& aggregator = out.aggregators[worker * groups.size() + p / partition_count];
        if (aggregator == nullptr) aggregator = std::make_unique<partition_aggregator>(group.layout, task);
        aggregator->run(group.stores, group.maps, p % partition_count, out.parts[p]);
    });
    return out;
}

} // namespace

source_columns ingest_history(plan const& definition, source_definition const& source,
                              std::span<feature_request const> requests, std::span<std::string const> names,
                              source_input const& input, ingest_options const& options, ordered_quarantine* quarantined,
                              identity_map const& who) {
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
    lane_plan lanes = plan_lanes(what, features, options, quarantined, issues);
    issues.throw_if_errors();
    if (!who.empty()) lanes.who = &who;

    unsigned const threads = usable_threads(options.threads);
    std::vector<std::unique_ptr<row_sink>> sinks;
    auto const own = add_sinks<history_sink>(sinks, threads, what, lanes);
    read_outcome outcome = read_source(what, input, options, sinks, quarantined);

    history_ids ids(own, lanes.text_ids);
    std::uint64_t const kept = std::accumulate(own.begin(), own.end(), std::uint64_t{0},
                                               [](std::uint64_t n, auto const* sink) { return n + sink->rows(); });
    aggregation task;
    task.features = &features;
    task.groups = lanes.groups;
    task.where = what.where;
    task.at = feature_moment(options.as_of, what.where);
    if (lanes.origin) task.origin = lanes.distincts.size();
    text_names names_of;
    for (auto const* const sink : own)
        names_of.add(sink->names);
    task.tasks = lanes.tasks;
    task.names = &names_of;
    task.dates_only = lanes.dates_only;
    auto all = aggregate_all(ids, task, threads);
    auto& parts = all.parts;
    for (auto* const sink : own)
        sink->release();

    source_columns out;
    std::vector<std::uint64_t> duplicate_origins;
    std::uint64_t duplicates = 0;
    for (auto const& part : parts) {
        duplicates += part.duplicates;
        duplicate_origins.insert(duplicate_origins.end(), part.origins.begin(), part.origins.end());
    }
    customer_columns& customers = out.customers;
    auto const place = ids.assign(parts, customers);
    customers.failed = failures_of(parts, place);
    for (std::size_t f = 0; f < features.size(); ++f) {
        customers.names.push_back(names[f]);
        type const result = features.result(f);
        customers.columns.push_back(result.is_text() ? text_column_of(parts, f, place, names_of)
                                                     : column_of(result, parts, f, place));
    }

    if (duplicates > 0) {
        auto const reason = outcome.reasons.number("duplicate");
        outcome.reasons.add(reason, duplicates);
        if (lanes.origin)
            quarantine_rows(what, input.files, std::move(duplicate_origins), *quarantined,
                            "an event with this id counts already");
    }
    out.quality = {source.name,
                   outcome.rows,
                   kept - duplicates,
                   customers.size(),
                   outcome.reasons.entries(),
                   {},
                   failed_features(customers)};
    for (std::size_t v = 0; v < lanes.values.size(); ++v) {
        std::uint64_t total = 0;
        for (auto const* const sink : own)
            total += sink->missing(v);
        if (total > 0) out.quality.missing.emplace_back(std::string(what.names.name(lanes.values[v])), total);
    }
    std::sort(out.quality.missing.begin(), out.quality.missing.end());
    out.future = std::move(outcome.future);
    return out;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
