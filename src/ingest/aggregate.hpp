// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_INGEST_AGGREGATE_HPP
#define SEGMENTA_SRC_INGEST_AGGREGATE_HPP

// One partition of packed rows → the features of its customers. Rows are gathered by customer, sorted by a total order
// over all their lanes (so the order of the input cannot show), repeated events are dropped, and each summary group is
// filled in one pass.

#include "feature/row_answers.hpp"
#include "ingest/row_store.hpp"
#include "ingest/text_names.hpp"

#include <segmenta/feature/feature_set.hpp>
#include <segmenta/time/zone.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

/// A summary group in terms of lanes.
struct lane_group {
    time_bounds bounds;
    int value = -1;    ///< value lane
    bool real = false; ///< the value lane holds the bits of doubles
    int distinct = -1; ///< distinct lane
    int where = -1;    ///< condition bit
    bool orders = false;
    bool extremes = false; ///< smallest and largest value, longest gap
};

/// A feature that looks at rows, in terms of lanes.
struct lane_task {
    row_task const* task = nullptr;
    int value = -1;    ///< value lane …
    bool real = false; ///< … with the bits of doubles
    int distinct = -1; ///< or distinct lane
    std::vector<int> steps;           ///< condition of each step
    std::vector<std::int64_t> starts; ///< what `period_starts` gave
};

/// What the aggregation of one history needs to know.
struct aggregation {
    feature_set const* features = nullptr;
    std::vector<lane_group> groups; ///< in the order of features->groups()
    std::vector<lane_task> tasks;   ///< in the order of features->tasks()
    text_names const* names = nullptr; ///< what the identities of tasks' texts mean
    bool dates_only = false;
    zone where;
    feature_moment at;
    std::optional<std::size_t> origin; ///< distinct lane that says where a row stood, to name dropped rows
};

/// Features of some customers, column by column. Bits are int64, or the bits of doubles; they belong to the aggregator.
struct partition_features {
    std::size_t customers = 0;
    std::vector<std::int64_t> keys;                              ///< integer ids, or global codes of string ids …
    std::vector<text_key> text_keys;                             ///< … or packed ones
    std::vector<std::span<std::uint64_t const>> bits;            ///< per feature
    std::vector<std::vector<std::uint32_t>> missing;             ///< per feature: rows without a value, ascending
    std::vector<std::pair<std::uint32_t, std::uint32_t>> failed; ///< row and feature whose sum left the int64 range
    std::uint64_t duplicates = 0;                                ///< rows dropped because their event was seen already
    std::vector<std::uint64_t> origins;                          ///< of dropped rows, when asked for
};

/// Scratch memory of one thread, and the features it computed.
class partition_aggregator {
public:
    partition_aggregator(row_layout layout, aggregation const& what);
    ~partition_aggregator();

    /// Puts the customers of one partition into `out`, which is empty. `codes[i]` maps the codes of store i to global
    /// ones; empty when the keys are integers or already global.
    void run(std::span<row_store const* const> stores, std::span<std::span<std::uint32_t const> const> codes,
             std::size_t partition, partition_features& out);

private:
    struct implementation;
    std::unique_ptr<implementation> self_;
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
