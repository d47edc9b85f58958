// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_DISTINCT_ROWS_HPP
#define SEGMENTA_MODEL_DISTINCT_ROWS_HPP

#include <segmenta/base/parallel.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Sorts in threads: blocks, then pairs of sorted runs, each pair cut where rows of the first run stand in the second.
// Blocks and cuts are the same for any number of threads, and equal rows of a later run come after those of an earlier
// one, so the order is the same too.
template <class Row, class Before>
class row_sorter {
public:
    row_sorter(unsigned threads, Before before) : threads_(threads), before_(before) {}

    void operator()(std::span<Row> rows) {
        std::size_t const n = rows.size();
        parallel_for_blocks(threads_, blocks_of(n, block_rows), [&](std::size_t block) {
            auto const part = rows.subspan(block * block_rows, std::min(block_rows, n - block * block_rows));
            std::sort(part.begin(), part.end(), before_);
        });
        if (n <= block_rows) return;
        std::vector<Row> other(n);
        std::span<Row> from = rows;
        std::span<Row> to = other;
        for (std::size_t run = block_rows; run < n; run *= 2) {
            merge_runs(from, to, run);
            std::swap(from, to);
        }
        if (from.data() != rows.data()) std::copy(from.begin(), from.end(), rows.begin());
    }

private:
    static constexpr std::size_t block_rows = 32768;
    static constexpr std::size_t piece_rows = 8192;

    static std::size_t blocks_of(std::size_t n, std::size_t size) { return (n + size - 1) / size; }

    // Piece k begins at row k * piece_rows of `from`; pieces of first runs are merged with their part of the second.
    void merge_runs(std::span<Row const> from, std::span<Row> to, std::size_t run) {
        std::size_t const n = from.size();
        parallel_for_blocks(threads_, blocks_of(n, piece_rows), [&](std::size_t piece) {
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

    unsigned threads_;
    Before before_;
};

// Rows up to `sorted` are in order and distinct, the rest is not: afterwards all are, and weights of equal rows are
// added up. Answers the sum of all weights.
template <class Row, class Before>
double merge_equal_rows(std::vector<Row>& rows, std::size_t sorted, Before before, unsigned threads = 1) {
    auto const middle = rows.begin() + static_cast<std::ptrdiff_t>(sorted);
    row_sorter<Row, Before>(threads, before)(std::span(rows).subspan(sorted));
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
