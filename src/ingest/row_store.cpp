// SPDX-License-Identifier: Apache-2.0
#include "ingest/row_store.hpp"

#include <segmenta/base/large_allocator.hpp>

#include <algorithm>
#include <cstring>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::size_t piece = 1024; // rows scattered at once: their destinations stay in L1
constexpr std::int64_t us = 1'000'000;

/// Whether the rows follow each other without a gap, as in most blocks.
bool contiguous(std::span<std::uint32_t const> rows) noexcept { return rows.back() - rows.front() + 1 == rows.size(); }

/// Not zero in the high half when a value lies outside int32 or is `missing_word`: no branch, no 64-bit comparison.
constexpr std::uint64_t beyond_word(std::int64_t value) noexcept {
    return static_cast<std::uint64_t>(value) + 0x7FFF'FFFFU;
}

/// What values have in common.
struct seen_values {
    std::uint64_t beyond = 0; ///< the high half is not zero when some lies outside int32 or is `missing_word`
    std::uint64_t bits = 0;   ///< all bits that some value has

    void add(std::int64_t value) noexcept {
        beyond |= beyond_word(value);
        bits |= static_cast<std::uint64_t>(value);
    }
    [[nodiscard]] bool outside_word() const noexcept { return beyond >> 32 != 0; }
};

seen_values look_at(std::int64_t const* values, std::span<std::uint32_t const> rows) noexcept {
    seen_values seen;
    if (contiguous(rows)) {
        for (auto const value : std::span(values + rows.front(), rows.size()))
            seen.add(value);
    } else {
        for (std::uint32_t const row : rows)
            seen.add(values[row]);
    }
    return seen;
}

template <class Get>
void store(std::uint32_t* const* to, std::size_t& at, bool wide, std::span<std::uint32_t const> rows,
           Get get) noexcept {
    if (wide) {
        for (std::size_t i = 0; i < rows.size(); ++i) {
            auto const v = static_cast<std::uint64_t>(get(rows[i]));
            to[i][at] = static_cast<std::uint32_t>(v);
            to[i][at + 1] = static_cast<std::uint32_t>(v >> 32);
        }
    } else {
        for (std::size_t i = 0; i < rows.size(); ++i)
            to[i][at] = static_cast<std::uint32_t>(get(rows[i]));
    }
    at += wide ? 2 : 1;
}

void store_keys(std::uint32_t* const* to, std::size_t& at, std::span<std::uint32_t const> rows,
                text_key const* keys) noexcept {
    for (std::size_t i = 0; i < rows.size(); ++i)
        std::memcpy(to[i] + at, &keys[rows[i]], sizeof(text_key));
    at += sizeof(text_key) / sizeof(std::uint32_t);
}

} // namespace

row_store::row_store(row_layout layout) : layout_(layout), destination_(piece), seconds_(piece) { widen(0); }

row_store::~row_store() { release(); }

void row_store::release() noexcept {
    for (auto* const slab : slabs_)
        free_large(slab, slab_bytes);
    slabs_.clear();
    slab_used_ = slab_chunks;
    for (auto& list : chunks_)
        list.clear();
    cursors_.fill({});
}

void row_store::widen(std::uint32_t lanes) {
    close_all();
    wide_ |= lanes;
    stride_ = layout_.words(wide_);
    chunk_rows_ = static_cast<std::uint32_t>(chunk_words / stride_);
}

void row_store::close_all() noexcept {
    for (std::size_t p = 0; p < partition_count; ++p) {
        if (!chunks_[p].empty()) chunks_[p].back().rows -= cursors_[p].left;
        cursors_[p] = {};
    }
}

void row_store::open_chunk(std::size_t partition) {
    if (slab_used_ == slab_chunks) {
        slabs_.push_back(static_cast<std::uint32_t*>(allocate_large(slab_bytes)));
        slab_used_ = 0;
    }
    auto* const words = slabs_.back() + slab_used_++ * chunk_words;
    // `rows` counts a chunk as full while it is open; close_all() and chunks() subtract what is left.
    chunks_[partition].push_back({words, chunk_rows_, wide_});
    cursors_[partition] = {words, chunk_rows_};
}

/// Seconds of the rows into `seconds_`; false when a time has a fraction or lies outside int32.
bool row_store::whole_seconds(std::span<std::uint32_t const> rows, std::int64_t const* time) noexcept {
    std::int64_t rest = 0;
    std::uint64_t high = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        std::int64_t const t = time[rows[i]];
        seconds_[i] = t / us;
        rest |= t - seconds_[i] * us;
        high |= static_cast<std::uint64_t>(seconds_[i]) + 0x8000'0000U;
    }
    return rest == 0 && high >> 32 == 0;
}

bool row_store::has_value(row_batch const& batch, std::uint32_t lane, std::uint32_t row) const noexcept {
    unsigned const bit = layout_.value_bit(lane);
    auto const* const word = bit < 32 ? batch.bits : batch.more_bits[bit / 32 - 1];
    return ((word[row] >> (bit % 32)) & 1U) != 0;
}

bool row_store::outside_word_where_present(row_batch const& batch, std::uint32_t lane,
                                           std::span<std::uint32_t const> rows) const noexcept {
    std::uint64_t seen = 0;
    for (std::uint32_t const row : rows)
        seen |= beyond_word(has_value(batch, lane, row) ? batch.values[lane][row] : 0);
    return seen >> 32 != 0;
}

/// The lanes that must be wide for these rows.
std::uint32_t row_store::needs_of(row_batch const& batch, std::span<std::uint32_t const> rows) noexcept {
    std::uint32_t needs = 0;
    if (batch.key != nullptr) {
        auto const seen = look_at(batch.key, rows);
        key_bits_ |= seen.bits;
        if (seen.outside_word()) needs |= 1U;
    } else {
        key_bits_ = ~std::uint64_t{0}; // codes and packed texts are no numbers
    }
    if (!whole_seconds(rows, batch.time)) needs |= 2U;
    std::uint32_t values = 0;
    for (std::uint32_t v = 0; v < layout_.values; ++v) {
        values |= 4U << v;
        auto const* const units = batch.values[v];
        bool const outside =
            batch.bits == nullptr ? look_at(units, rows).outside_word() : outside_word_where_present(batch, v, rows);
        if (outside) needs |= 4U << v;
    }
    bool const say_it_themselves = batch.only_values_missing && ((wide_ | needs) & values) == 0;
    if (batch.bits != nullptr && !say_it_themselves) needs |= with_bits;
    return needs;
}

/// Whether rows are an id, a second and one value of one word each: the usual history of a shop.
bool row_store::is_small(row_batch const& batch) const noexcept {
    bool const has_ids = layout_.text_keys ? batch.text != nullptr : batch.key != nullptr;
    return wide_ == 0 && has_ids && layout_ == row_layout{.values = 1, .text_keys = layout_.text_keys};
}

/// In one loop: going over the destinations once per lane takes twice as long. `put(row, words)` writes the id and
/// returns where the rest goes; `value(row)` is the value or `missing_word`.
template <class Partition, class Put, class Value>
void row_store::append_small(std::span<std::uint32_t const> rows, Partition partition, Put put, Value value) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        std::uint32_t const row = rows[i];
        std::size_t const p = partition(row);
        if (cursors_[p].left == 0) open_chunk(p);
        cursor& c = cursors_[p];
        std::uint32_t* const rest = put(row, c.next);
        rest[0] = static_cast<std::uint32_t>(seconds_[i]);
        rest[1] = static_cast<std::uint32_t>(value(row));
        c.next += stride_;
        --c.left;
    }
}

void row_store::append_small(row_batch const& batch, std::span<std::uint32_t const> rows) {
    auto const* const values = batch.values[0];
    auto const with = [&](auto partition, auto put) {
        if (batch.bits == nullptr)
            append_small(rows, partition, put, [values](std::uint32_t row) { return values[row]; });
        else
            append_small(rows, partition, put, [this, &batch, values](std::uint32_t row) {
                return has_value(batch, 0, row) ? values[row] : std::int64_t{missing_word};
            });
    };
    if (layout_.text_keys)
        with([&batch](std::uint32_t row) { return batch.partition[row]; },
             [&batch](std::uint32_t row, std::uint32_t* to) {
                 std::memcpy(to, &batch.text[row], sizeof(text_key));
                 return to + sizeof(text_key) / sizeof *to;
             });
    else
        with([&batch](std::uint32_t row) { return partition_of(batch.key[row]); },
             [&batch](std::uint32_t row, std::uint32_t* to) {
                 *to = static_cast<std::uint32_t>(batch.key[row]);
                 return to + 1;
             });
}

void row_store::append(row_batch const& batch) {
    for (std::size_t first = 0; first < batch.rows.size(); first += piece) {
        auto const rows = batch.rows.subspan(first, std::min(piece, batch.rows.size() - first));
        std::uint32_t const needs = needs_of(batch, rows);
        if ((needs & ~wide_) != 0) widen(needs);
        rows_ += rows.size();
        if (is_small(batch)) {
            append_small(batch, rows);
            continue;
        }

        for (std::size_t i = 0; i < rows.size(); ++i) {
            std::size_t const p = batch.key != nullptr ? partition_of(batch.key[rows[i]]) : batch.partition[rows[i]];
            if (cursors_[p].left == 0) open_chunk(p);
            auto& c = cursors_[p];
            destination_[i] = c.next;
            c.next += stride_;
            --c.left;
        }
        auto* const* const to = destination_.data();
        std::size_t at = 0;
        if (layout_.text_keys)
            store_keys(to, at, rows, batch.text);
        else if (batch.key != nullptr)
            store(to, at, (wide_ & 1U) != 0, rows, [&](std::uint32_t r) { return batch.key[r]; });
        else
            store(to, at, (wide_ & 1U) != 0, rows, [&](std::uint32_t r) { return batch.code[r]; });
        if ((wide_ & 2U) != 0)
            store(to, at, true, rows, [&](std::uint32_t r) { return batch.time[r]; });
        else
            for (std::size_t i = 0; i < rows.size(); ++i)
                to[i][at] = static_cast<std::uint32_t>(seconds_[i]);
        at += (wide_ & 2U) != 0 ? 0 : 1;
        for (std::uint32_t v = 0; v < layout_.values; ++v) {
            bool const wide = (wide_ & (4U << v)) != 0;
            auto const* const units = batch.values[v];
            if (batch.bits == nullptr)
                store(to, at, wide, rows, [&](std::uint32_t r) { return units[r]; });
            else
                store(to, at, wide, rows,
                      [&](std::uint32_t r) { return has_value(batch, v, r) ? units[r] : std::int64_t{missing_word}; });
        }
        if (layout_.order) store(to, at, true, rows, [&](std::uint32_t r) { return batch.order[r]; });
        if (layout_.event) store(to, at, true, rows, [&](std::uint32_t r) { return batch.event[r]; });
        for (std::uint32_t d = 0; d < layout_.distincts; ++d)
            store(to, at, true, rows, [&](std::uint32_t r) { return batch.distincts[d][r]; });
        for (std::uint32_t w = 0; w < layout_.more_bits; ++w) {
            auto const* const word = batch.more_bits[w];
            store(to, at, false, rows, [&](std::uint32_t r) { return word != nullptr ? word[r] : ~0U; });
        }
        if ((wide_ & with_bits) != 0)
            store(to, at, false, rows,
                  [&](std::uint32_t r) { return batch.bits != nullptr ? batch.bits[r] : row_bits::all_present; });
    }
}

std::vector<row_chunk> row_store::chunks(std::size_t partition) const {
    auto list = chunks_[partition];
    if (!list.empty()) list.back().rows -= cursors_[partition].left;
    return list;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
