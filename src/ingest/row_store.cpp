// SPDX-License-Identifier: Apache-2.0
#include "ingest/row_store.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <limits>
#include <new>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::size_t piece = 1024; // rows scattered at once: their destinations stay in L1
constexpr std::int64_t us = 1'000'000;

bool fits_int32(std::int64_t v) noexcept {
    return v >= std::numeric_limits<std::int32_t>::min() && v <= std::numeric_limits<std::int32_t>::max();
}

template <class Get>
bool all_fit(std::span<std::uint32_t const> rows, Get get) noexcept {
    // No early exit: the loop has no dependent branch and nearly always runs to its end.
    bool fit = true;
    for (std::uint32_t const row : rows) fit &= fits_int32(get(row));
    return fit;
}

bool whole_seconds_fit(std::span<std::uint32_t const> rows, std::int64_t const* time) noexcept {
    bool fit = true;
    for (std::uint32_t const row : rows) {
        std::int64_t const s = time[row] / us;
        fit &= (s * us == time[row]) & fits_int32(s);
    }
    return fit;
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
        for (std::size_t i = 0; i < rows.size(); ++i) to[i][at] = static_cast<std::uint32_t>(get(rows[i]));
    }
    at += wide ? 2 : 1;
}

} // namespace

row_store::row_store(row_layout layout) : layout_(layout), destination_(piece) { widen(0); }

row_store::~row_store() {
    for (auto* const slab : slabs_) ::munmap(slab, slab_chunks * chunk_words * sizeof(std::uint32_t));
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
        void* const memory = ::mmap(nullptr, slab_chunks * chunk_words * sizeof(std::uint32_t),
                                    PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) throw std::bad_alloc();
        slabs_.push_back(static_cast<std::uint32_t*>(memory));
        slab_used_ = 0;
    }
    auto* const words = slabs_.back() + slab_used_++ * chunk_words;
    // `rows` counts a chunk as full while it is open; close_all() and chunks() subtract what is left.
    chunks_[partition].push_back({words, chunk_rows_, wide_});
    cursors_[partition] = {words, chunk_rows_};
}

void row_store::append(row_batch const& batch) {
    for (std::size_t first = 0; first < batch.rows.size(); first += piece) {
        auto const rows = batch.rows.subspan(first, std::min(piece, batch.rows.size() - first));
        std::uint32_t needs = 0;
        if (batch.key != nullptr && !all_fit(rows, [&](std::uint32_t r) { return batch.key[r]; })) needs |= 1U;
        if (!whole_seconds_fit(rows, batch.time)) needs |= 2U;
        for (std::uint32_t v = 0; v < layout_.values; ++v)
            if (!all_fit(rows, [&](std::uint32_t r) { return batch.values[v][r]; })) needs |= 4U << v;
        if (batch.bits != nullptr) needs |= with_bits;
        if ((needs & ~wide_) != 0) widen(needs);

        for (std::size_t i = 0; i < rows.size(); ++i) {
            std::size_t const p = batch.key != nullptr ? partition_of(batch.key[rows[i]])
                                                       : batch.code_partition[batch.code[rows[i]]];
            if (cursors_[p].left == 0) open_chunk(p);
            auto& c = cursors_[p];
            destination_[i] = c.next;
            c.next += stride_;
            --c.left;
        }
        auto* const* const to = destination_.data();
        std::size_t at = 0;
        if (batch.key != nullptr)
            store(to, at, (wide_ & 1U) != 0, rows, [&](std::uint32_t r) { return batch.key[r]; });
        else
            store(to, at, (wide_ & 1U) != 0, rows, [&](std::uint32_t r) { return batch.code[r]; });
        if ((wide_ & 2U) != 0)
            store(to, at, true, rows, [&](std::uint32_t r) { return batch.time[r]; });
        else
            store(to, at, false, rows, [&](std::uint32_t r) { return batch.time[r] / us; });
        for (std::uint32_t v = 0; v < layout_.values; ++v)
            store(to, at, (wide_ & (4U << v)) != 0, rows, [&](std::uint32_t r) { return batch.values[v][r]; });
        if (layout_.order) store(to, at, true, rows, [&](std::uint32_t r) { return batch.order[r]; });
        if (layout_.event) store(to, at, true, rows, [&](std::uint32_t r) { return batch.event[r]; });
        for (std::uint32_t d = 0; d < layout_.distincts; ++d)
            store(to, at, true, rows, [&](std::uint32_t r) { return batch.distincts[d][r]; });
        if ((wide_ & with_bits) != 0)
            store(to, at, false, rows,
                  [&](std::uint32_t r) { return batch.bits != nullptr ? batch.bits[r] : row_bits::all_present; });
        rows_ += rows.size();
    }
}

std::vector<row_chunk> row_store::chunks(std::size_t partition) const {
    auto list = chunks_[partition];
    if (!list.empty()) list.back().rows -= cursors_[partition].left;
    return list;
}

void row_store::release(std::size_t partition) noexcept {
    for (auto const& chunk : chunks_[partition])
        ::madvise(chunk.words, chunk_words * sizeof(std::uint32_t), MADV_DONTNEED);
    chunks_[partition].clear();
    cursors_[partition] = {};
}

} // namespace detail
} // namespace v0
} // namespace segmenta
