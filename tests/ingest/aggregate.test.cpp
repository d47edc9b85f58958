// SPDX-License-Identifier: Apache-2.0
// Packed, partitioned aggregation against a map of vectors.
#include "ingest/aggregate.hpp"

#include <segmenta/base/random.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <tuple>
#include <vector>

using namespace segmenta;
using namespace segmenta::detail;

namespace {

struct plain_row {
    std::int64_t key;
    std::int64_t time;
    std::int64_t value;
    std::uint64_t order;
    std::uint64_t event;
    std::uint64_t product;
    bool has_value;
    bool passes; ///< the condition
};

struct shape {
    bool order, event, product, condition, missing, wide, seconds, text, dense;
};

std::vector<plain_row> random_rows(random_generator& random, std::size_t n, shape s) {
    std::vector<plain_row> rows(n);
    for (auto& r : rows) {
        auto const pick = [&](std::uint64_t below) { return static_cast<std::int64_t>(random() % below); };
        r.key = s.dense ? pick(900) : pick(60) - 10; // dense: the ids are nearly all the numbers up to some number
        if (s.wide && pick(5) == 0) r.key += 5'000'000'000LL;
        r.time = 1'700'000'000'000'000LL + pick(400) * 6 * 3'600'000'000LL;
        if (!s.seconds && pick(3) == 0) r.time += 1 + pick(900'000); // fractions of a second need the wide lane
        r.value = pick(2000) - 500;
        if (s.wide && pick(7) == 0) r.value *= 10'000'000'000LL;
        if (s.wide && pick(50) == 0) r.value = missing_word; // a value like any other
        r.order = static_cast<std::uint64_t>(pick(40));
        r.event = static_cast<std::uint64_t>(pick(static_cast<std::uint64_t>(n)));
        r.product = static_cast<std::uint64_t>(pick(6));
        r.has_value = !s.missing || pick(4) != 0;
        r.passes = pick(2) == 0;
    }
    return rows;
}

/// What the aggregation should say: per customer, the features as text.
std::map<std::int64_t, std::vector<std::string>> naive(std::vector<plain_row> rows, feature_set const& features,
                                                       aggregation const& task, shape s) {
    auto const total_order = [](plain_row const& r) {
        return std::tuple(r.time, r.has_value ? r.value : 0, r.order, r.event, r.product, r.passes, r.has_value);
    };
    std::map<std::int64_t, std::vector<plain_row>> by_customer;
    std::sort(rows.begin(), rows.end(), [&](auto const& a, auto const& b) { return total_order(a) < total_order(b); });
    for (auto const& r : rows) {
        auto& own = by_customer[r.key];
        bool const repeated =
            s.event && std::any_of(own.begin(), own.end(), [&](auto const& o) { return o.event == r.event; });
        if (!repeated) own.push_back(r);
    }
    std::map<std::int64_t, std::vector<std::string>> out;
    for (auto const& [key, own] : by_customer) {
        std::vector<history_summary> summaries;
        for (auto const& group : task.groups) {
            summary_builder b;
            std::set<std::uint64_t> orders;
            std::set<std::uint64_t> products;
            for (auto const& r : own) {
                if (!group.bounds.contains(r.time) || (group.where >= 0 && !r.passes)) continue;
                b.add_row(r.time, task.where.civil_day_of(instant{r.time}).days_since_epoch());
                if (group.value >= 0 && r.has_value) b.add_value(r.value);
                orders.insert(r.order);
                products.insert(r.product);
            }
            auto summary = b.finish();
            if (group.orders && s.order) summary.orders = static_cast<std::int64_t>(orders.size());
            if (group.distinct >= 0) summary.distinct = static_cast<std::int64_t>(products.size());
            summaries.push_back(summary);
        }
        for (std::size_t f = 0; f < features.size(); ++f) {
            auto const v = features.read(f, summaries, task.at);
            out[key].push_back(
                v.state == status::ok
                    ? std::to_string(v.result.base() == kind::float64
                                         ? static_cast<std::int64_t>(std::bit_cast<std::uint64_t>(v.result.as_double()))
                                         : v.result.as_int())
                    : "-");
        }
    }
    return out;
}

std::int64_t number_of(text_key const& key) {
    std::string text(unpacked_size(id_form::short_text, key), ' ');
    unpack_id(id_form::short_text, key, text.data());
    return std::stoll(text);
}

std::map<std::int64_t, std::vector<std::string>> fast(std::vector<plain_row> const& rows, feature_set const& features,
                                                      aggregation const& task, shape s, std::size_t threads,
                                                      std::size_t batch_rows) {
    row_layout const layout{1, s.product ? 1U : 0U, s.order, s.event, s.text};
    std::vector<std::unique_ptr<row_store>> stores;
    for (std::size_t t = 0; t < threads; ++t)
        stores.push_back(std::make_unique<row_store>(layout));
    for (std::size_t first = 0, b = 0; first < rows.size(); first += batch_rows, ++b) {
        std::size_t const n = std::min(batch_rows, rows.size() - first);
        std::vector<std::int64_t> key, time, value;
        std::vector<std::uint64_t> order, event, product;
        std::vector<std::uint32_t> bits;
        std::vector<text_key> text(n);
        std::vector<std::uint8_t> partition(n);
        for (std::size_t i = 0; i < n; ++i) {
            auto const& r = rows[first + i];
            key.push_back(r.key);
            time.push_back(r.time);
            value.push_back(r.has_value ? r.value : r.time); // what stands in a missing cell must not matter
            static_cast<void>(pack_id(std::to_string(r.key), text[i]));
            partition[i] = static_cast<std::uint8_t>(text[i].hash() >> 56);
            order.push_back(r.order);
            event.push_back(r.event);
            product.push_back(r.product);
            bits.push_back((row_bits::all_present & ~(r.has_value ? 0U : 1U)) |
                           (r.passes && s.condition ? 1U << row_bits::where : 0U));
        }
        std::vector<std::uint32_t> index(n);
        std::iota(index.begin(), index.end(), 0U);
        row_batch batch;
        batch.rows = index;
        if (s.text) {
            batch.text = text.data();
            batch.partition = partition.data();
        } else {
            batch.key = key.data();
        }
        batch.time = time.data();
        batch.values[0] = value.data();
        if (s.order) batch.order = order.data();
        if (s.event) batch.event = event.data();
        if (s.product) batch.distincts[0] = product.data();
        if (s.condition || s.missing) batch.bits = bits.data();
        batch.only_values_missing = s.missing && !s.condition;
        stores[b % threads]->append(batch);
    }
    std::vector<row_store const*> views;
    for (auto const& store : stores)
        views.push_back(store.get());
    partition_aggregator aggregator(layout, task);
    std::map<std::int64_t, std::vector<std::string>> out;
    for (std::size_t p = 0; p < partition_count; ++p) {
        partition_features part;
        aggregator.run(views, {}, p, part);
        for (std::size_t row = 0; row < part.keys.size() + part.text_keys.size(); ++row)
            for (std::size_t f = 0; f < features.size(); ++f) {
                bool const missing = std::binary_search(part.missing[f].begin(), part.missing[f].end(), row);
                out[s.text ? number_of(part.text_keys[row]) : part.keys[row]].push_back(
                    missing ? "-" : std::to_string(static_cast<std::int64_t>(part.bits[f][row])));
            }
    }
    return out;
}

} // namespace

TEST_CASE("aggregate: packed partitions agree with a map of vectors in every shape, order and number of threads") {
    history_schema const history{
        "orders",
        "time",
        {{"time", instant_type, {}, {}}, {"amount", decimal_type(2), {}, {}}, {"product", int64_type, {}, {}}}};
    random_generator random(7);
    zone const where = zone::fixed(8 * 3600);
    for (int round = 0; round < 120; ++round) {
        std::uint64_t const dice = random();
        shape const s{(dice & 1) != 0,  (dice & 2) != 0,  (dice & 4) != 0,   (dice & 8) != 0,  (dice & 16) != 0,
                      (dice & 32) != 0, (dice & 64) != 0, (dice & 128) != 0, (dice & 256) != 0};
        CAPTURE(round, s.dense, s.text, s.order, s.event, s.product, s.condition, s.missing, s.wide, s.seconds);
        std::vector<feature_request> requests;
        for (auto const& info : aggregates()) {
            if (info.reads_rows || (info.what == aggregate::distinct && !s.product)) continue;
            std::string const field = info.what == aggregate::distinct ? "product" : info.needs_field ? "amount" : "";
            requests.push_back({info.what, "orders", field, "", ""});
            requests.push_back({info.what, "orders", field, "P30D", s.condition ? "x" : ""});
        }
        issue_list issues;
        feature_set const features(history, requests, issues);
        REQUIRE(issues.empty());
        aggregation task;
        task.features = &features;
        task.where = where;
        task.at = feature_moment(instant{1'700'000'000'000'000LL + 300 * 6 * 3'600'000'000LL}, where);
        for (auto const& group : features.groups()) {
            lane_group lanes;
            lanes.bounds = bounds_at(group.window, task.at.as_of, where, false);
            lanes.value = group.number ? 0 : -1;
            lanes.distinct = group.distinct ? 0 : -1;
            lanes.where = group.where.empty() ? -1 : 0;
            lanes.orders = group.orders;
            lanes.extremes = group.extremes;
            task.groups.push_back(lanes);
        }
        auto rows = random_rows(random, 1 + random() % 3000, s);
        auto const expected = naive(rows, features, task, s);
        REQUIRE(fast(rows, features, task, s, 1, 700) == expected);
        for (std::size_t i = rows.size(); i > 1; --i)
            std::swap(rows[i - 1], rows[random() % i]);
        REQUIRE(fast(rows, features, task, s, 3, 97) == expected);
    }
}

TEST_CASE("row_store: each last byte of an id falls into another partition, and the partition gives it back") {
    random_generator random(8);
    for (int i = 0; i < 20'000; ++i) {
        auto const key = static_cast<std::int64_t>(random() >> (random() % 64)) * (i % 2 == 0 ? 1 : -1);
        std::uint32_t const p = partition_of(key);
        REQUIRE(p < partition_count);
        REQUIRE(key_in_partition(key >> 8, p) == key);
    }
    for (std::int64_t const step : {1, 2, 10, 100, 256, 1000, 65'536}) { // ids of every step are spread
        std::array<int, partition_count> hit{};
        for (std::int64_t i = 0; i < 25'600; ++i)
            ++hit[partition_of(i * step)];
        CAPTURE(step);
        CHECK(*std::max_element(hit.begin(), hit.end()) < 400);
    }
}

TEST_CASE("row_store: values outside int32 do not disturb what was packed before them") {
    row_store store(row_layout{1, 0, false, false});
    std::vector<std::uint32_t> const index{0, 1};
    auto const append = [&](std::int64_t key, std::int64_t value) {
        std::vector<std::int64_t> const keys{key, key + 1};
        std::vector<std::int64_t> const times{1'000'000, 2'000'000};
        std::vector<std::int64_t> const values{value, -value};
        row_batch batch;
        batch.rows = index;
        batch.key = keys.data();
        batch.time = times.data();
        batch.values[0] = values.data();
        store.append(batch);
    };
    append(1, 5);
    append(1, 5'000'000'000LL);
    append(9'000'000'000LL, 5);
    CHECK(store.rows() == 6);
    std::uint64_t rows = 0;
    for (std::size_t p = 0; p < partition_count; ++p)
        for (auto const& chunk : store.chunks(p))
            rows += chunk.rows;
    CHECK(rows == 6);
}
