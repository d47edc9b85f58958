// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_INGEST_HISTORY_IDS_HPP
#define SEGMENTA_SRC_INGEST_HISTORY_IDS_HPP

// From the ids of partitions to the sorted ids of customers.

#include "ingest/history_sink.hpp"

#include <segmenta/ingest/ingest.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

/// The stores of one form of id, which are aggregated together.
struct id_group {
    id_form form = id_form::code;
    row_layout layout;
    std::vector<row_store const*> stores;
    std::vector<std::span<std::uint32_t const>> maps; ///< as `partition_aggregator::run` wants them
};

/// What the ids in the stores of all threads mean. Parts are in the order of groups and, within one, of partitions.
class history_ids {
public:
    /// The sinks must outlive the groups; their pools are emptied.
    history_ids(std::span<history_sink* const> sinks, bool text_ids);

    /// Only of the forms that occur.
    [[nodiscard]] std::span<id_group const> groups() const noexcept { return groups_; }
    /// Fills the ids of `to` in order; frees those of the parts. Returns, for the customers of all parts one after the
    /// other, their row in `to`.
    [[nodiscard]] std::vector<std::uint32_t> assign(std::span<partition_features> parts, customer_columns& to) const;

private:
    void merge_pools(std::span<history_sink* const> sinks);
    [[nodiscard]] std::vector<std::uint32_t> assign_numbers(std::span<partition_features> parts,
                                                            customer_columns& to) const;
    [[nodiscard]] std::vector<std::uint32_t> assign_texts(std::span<partition_features> parts,
                                                          customer_columns& to) const;

    bool text_ids_;
    std::vector<id_group> groups_;
    string_pool pool_;                             // of the ids of form `code`
    std::vector<std::vector<std::uint32_t>> maps_; // per sink: what its codes are in `pool_`
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
