// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_DISTINCT_ROWS_HPP
#define SEGMENTA_MODEL_DISTINCT_ROWS_HPP

#include <segmenta/base/parallel.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <type_traits>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// The order of rows by fields that are numbers from 0, the first one first.
template <class Row, double Row::*... Fields>
struct row_order {
    static constexpr std::array fields{Fields...};

    bool operator()(Row const& a, Row const& b) const noexcept {
        for (auto const field : fields)
            if (a.*field != b.*field) return a.*field < b.*field;
        return false;
    }
};

// Sorts a few rows by the bytes of their fields, from the last one on; bytes that all rows share are left out. Numbers
// from 0 are in the order of their bits.
template <class Order, class Row>
void sort_by_bytes(std::span<Row> rows, std::span<Row> other) {
    constexpr std::size_t bytes = sizeof(double);
    auto const bits_of = [](double v) { return std::bit_cast<std::uint64_t>(v + 0.0); }; // -0 is 0
    std::span<Row> from = rows;
    std::span<Row> to = other;
    for (std::size_t k = Order::fields.size(); k-- > 0;) {
        auto const field = Order::fields[k];
        std::array<std::array<std::uint32_t, 256>, bytes> counts{};
        for (Row const& r : from) {
            std::uint64_t const bits = bits_of(r.*field);
            for (std::size_t byte = 0; byte < bytes; ++byte)
                ++counts[byte][bits >> (8 * byte) & 255];
        }
        for (std::size_t byte = 0; byte < bytes; ++byte) {
            auto const digit = [&](Row const& r) { return bits_of(r.*field) >> (8 * byte) & 255; };
            auto& places = counts[byte];
            if (places[digit(from[0])] == from.size()) continue;
            std::exclusive_scan(places.begin(), places.end(), places.begin(), std::uint32_t{0});
            for (Row const& r : from)
                to[places[digit(r)]++] = r;
            std::swap(from, to);
        }
    }
    if (from.data() != rows.data()) std::copy(from.begin(), from.end(), rows.begin());
}

// Sorts in threads: blocks, then pairs of sorted runs, each pair cut where rows of the first run stand in the second.
// Blocks and cuts are the same for any number of threads, and equal rows of a later run come after those of an earlier
// one, so the order is the same too.
template <class Row, class Order>
class row_sorter {
public:
    explicit row_sorter(thread_team& team) : team_(team) {}

    void operator()(std::span<Row> rows) {
        std::size_t const n = rows.size();
        // not set: the threads that write it first get its pages
        static_assert(std::is_trivially_copyable_v<Row> && alignof(Row) <= alignof(std::max_align_t));
        auto const memory = std::make_unique_for_overwrite<std::byte[]>(n * sizeof(Row));
        std::span<Row> from = rows;
        std::span<Row> to(reinterpret_cast<Row*>(memory.get()), n);
        team_.for_blocks(blocks_of(n, block_rows), [&](std::size_t block) {
            std::size_t const begin = block * block_rows;
            std::size_t const size = std::min(block_rows, n - begin);
            if (size > few)
                sort_by_bytes<Order>(from.subspan(begin, size), to.subspan(begin, size));
            else
                std::stable_sort(from.begin() + offset(begin), from.begin() + offset(begin + size), before_);
        });
        for (std::size_t run = block_rows; run < n; run *= 2) {
            merge_runs(from, to, run);
            std::swap(from, to);
        }
        if (from.data() != rows.data()) std::copy(from.begin(), from.end(), rows.begin());
    }

private:
    static constexpr std::size_t few = 256; // below, comparing is cheaper
    static constexpr std::size_t block_rows = 32768;
    static constexpr std::size_t piece_rows = 8192;

    static std::size_t blocks_of(std::size_t n, std::size_t size) { return (n + size - 1) / size; }

    // Piece k begins at row k * piece_rows of `from`; pieces of first runs are merged with their part of the second.
    void merge_runs(std::span<Row const> from, std::span<Row> to, std::size_t run) {
        std::size_t const n = from.size();
        team_.for_blocks(blocks_of(n, piece_rows), [&](std::size_t piece) {
            std::size_t const begin = piece * piece_rows;
            std::size_t const first = begin / (2 * run) * 2 * run;
            if (begin - first >= run) return; // in a second run
            std::size_t const middle = std::min(n, first + run);
            std::size_t const last = std::min(n, first + 2 * run);
            std::size_t const end = std::min(middle, begin + piece_rows);
            auto const second = from.subspan(middle, last - middle);
            std::size_t const skipped = begin == first ? 0 : rank_in(second, from[begin]);
            std::size_t const taken = end == middle ? second.size() : rank_in(second, from[end]);
            std::merge(from.begin() + offset(begin), from.begin() + offset(end), second.begin() + offset(skipped),
                       second.begin() + offset(taken), to.begin() + offset(begin + skipped), before_);
        });
    }
    static std::ptrdiff_t offset(std::size_t i) { return static_cast<std::ptrdiff_t>(i); }
    std::size_t rank_in(std::span<Row const> rows, Row const& row) const {
        return static_cast<std::size_t>(std::lower_bound(rows.begin(), rows.end(), row, before_) - rows.begin());
    }

    thread_team& team_;
    Order before_;
};

// Appends those of take(0), ..., take(n - 1) that have a weight, in that order; take is called twice for each.
template <class Row, class Take>
void append_weighty(std::vector<Row>& rows, std::size_t n, thread_team& team, Take const& take) {
    constexpr std::size_t block_rows = 16384;
    std::vector<std::size_t> places((n + block_rows - 1) / block_rows);
    auto const in_blocks = [&](auto const& work) {
        team.for_blocks(places.size(), [&](std::size_t block) {
            work(block, block * block_rows, std::min(n, (block + 1) * block_rows));
        });
    };
    in_blocks([&](std::size_t block, std::size_t begin, std::size_t end) {
        std::size_t kept = 0;
        for (std::size_t i = begin; i < end; ++i)
            kept += take(i).weight > 0 ? 1 : 0;
        places[block] = kept;
    });
    std::size_t const more = std::reduce(places.begin(), places.end());
    std::exclusive_scan(places.begin(), places.end(), places.begin(), rows.size());
    rows.resize(rows.size() + more);
    in_blocks([&](std::size_t block, std::size_t begin, std::size_t end) {
        std::size_t to = places[block];
        for (std::size_t i = begin; i < end; ++i) {
            Row const row = take(i);
            if (row.weight > 0) rows[to++] = row;
        }
    });
}

// Rows up to `sorted` are in order and distinct, the rest is not: afterwards all are, and weights of equal rows are
// added up. Answers the sum of all weights.
template <class Row, class Order>
double merge_equal_rows(std::vector<Row>& rows, std::size_t sorted, Order before, thread_team& team) {
    auto const middle = rows.begin() + static_cast<std::ptrdiff_t>(sorted);
    row_sorter<Row, Order> sort(team);
    sort(std::span<Row>(rows).subspan(sorted));
    if (sorted > 0) std::inplace_merge(rows.begin(), middle, rows.end(), before);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        bool const same = kept > 0 && !before(rows[kept - 1], rows[i]);
        if (same)
            rows[kept - 1].weight += rows[i].weight;
        else
            rows[kept++] = rows[i];
    }
    rows.resize(kept);
    double total = 0;
    for (Row const& r : rows)
        total += r.weight;
    return total;
}

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
