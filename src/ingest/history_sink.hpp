// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_INGEST_HISTORY_SINK_HPP
#define SEGMENTA_SRC_INGEST_HISTORY_SINK_HPP

// The counting rows of one thread on their way into row stores.

#include "ingest/aggregate.hpp"
#include "ingest/identity.hpp"
#include "ingest/row_store.hpp"
#include "ingest/source_reader.hpp"
#include "ingest/text_key.hpp"

#include <segmenta/base/string_pool.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

/// Which columns of a block go into which lanes.
struct lane_plan {
    row_layout layout;
    std::vector<std::size_t> values;
    std::vector<std::size_t> distincts;
    std::optional<std::size_t> order;
    std::optional<std::size_t> event;
    std::vector<program> wheres;
    std::vector<lane_group> groups;
    std::vector<lane_task> tasks;
    std::vector<bool> named; ///< per distinct lane: a text that a feature may answer
    bool dates_only = false;
    bool text_ids = false;
    identity_map const* who = nullptr; ///< null: every id is a customer of its own
    bool origin = false; ///< the last distinct lane is file and line, for the quarantine of repeated events
};

/// The lanes that the features need. Adds issues for what does not fit into a row.
[[nodiscard]] lane_plan plan_lanes(source_program const& what, feature_set const& features,
                                   ingest_options const& options, ordered_quarantine const* quarantined,
                                   issue_list& issues);

/// Packs the counting rows of one thread. Integer ids and the codes of long texts go to one store, packed texts of each
/// form to one of their own.
class history_sink final : public row_sink {
public:
    history_sink(source_program const& what, lane_plan const& lanes);

    void take(judged_block const& judged, std::int64_t const* times, row_origin const& origin) override;

    /// The rows whose ids have this form; null when there was none. Integer ids: form `code`.
    [[nodiscard]] row_store const* store(id_form form) const noexcept {
        return stores_[static_cast<std::size_t>(form)].get();
    }
    [[nodiscard]] std::uint64_t rows() const noexcept;
    /// Rows without the value of a lane.
    [[nodiscard]] std::uint64_t missing(std::size_t lane) const noexcept { return missing_[lane]; }
    /// Gives back the memory of all rows.
    void release() noexcept { stores_ = {}; }

    string_pool ids;      ///< of the texts of form `code`
    text_collector names; ///< of the lanes that are `named`

private:
    row_store& store_for(id_form form);
    column_view customers_of(column_view const& id, std::span<std::uint32_t const> rows);
    void append_texts(row_batch batch, column_view const& id);
    void pack_ids(column_view const& id, std::span<std::uint32_t const> rows);
    std::uint64_t const* identities(std::size_t slot, column_view const& from, std::span<std::uint32_t const> rows);
    std::uint64_t const* origins(row_origin const& from, std::span<std::uint32_t const> rows, std::size_t size);
    void collect_names(std::uint64_t const* identities, column_view const& from, std::span<std::uint32_t const> rows);
    std::uint32_t const* bits_of(judged_block const& judged);
    void start_bits(std::size_t rows);
    /// The word that holds a bit, by row.
    [[nodiscard]] std::uint32_t* word_of(unsigned bit) noexcept {
        return bit < 32 ? bits_.data() : more_bits_[bit / 32 - 1].data();
    }

    source_program const& what_;
    lane_plan const& lanes_;
    std::array<std::unique_ptr<row_store>, id_forms> stores_;
    std::vector<std::uint64_t> missing_; // per value lane

    // by row of the block
    std::vector<text_key> keys_;
    std::vector<std::uint32_t> codes_;
    std::vector<std::uint8_t> partitions_;
    std::vector<std::uint32_t> bits_;
    std::vector<std::vector<std::uint32_t>> more_bits_;
    std::vector<std::int64_t> customer_numbers_; // what `who` makes of the ids
    std::vector<std::string_view> customer_texts_;
    bool only_values_missing_ = false;
    std::vector<std::vector<std::uint64_t>> identities_;
    std::vector<rule_scratch> scratch_;

    std::array<std::vector<std::uint32_t>, id_forms> rows_of_; // row numbers, the first `counts_` of each
    std::array<std::size_t, id_forms> counts_{};
    std::vector<std::string_view> texts_; // of the rows of form `code`
    std::vector<std::uint32_t> dense_codes_;
    std::vector<std::uint64_t> hashes_;
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
