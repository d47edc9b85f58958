// SPDX-License-Identifier: Apache-2.0
#include "model/row_block.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

using numbers = double __attribute__((vector_size(16)));
using flags = std::int64_t __attribute__((vector_size(16)));
using codes = std::uint32_t __attribute__((vector_size(16)));

template <class Vector, class Number>
void load(Vector& v, Number const* p) noexcept {
    std::memcpy(&v, p, sizeof v);
}

template <class Vector, class Number>
void store(Number* p, Vector const& v) noexcept {
    std::memcpy(p, &v, sizeof v);
}

// Eight customers a turn, in four vectors of the machine: the loop itself would cost as much as two.
void add_squares(double const* x, double at, double* sums, std::size_t rows) noexcept {
    using eight = double __attribute__((vector_size(64)));
    std::size_t i = 0;
    for (; i + 8 <= rows; i += 8) {
        eight v;
        eight sum;
        load(v, x + i);
        load(sum, sums + i);
        v -= at;
        store(sums + i, sum + v * v);
    }
    for (; i < rows; ++i)
        sums[i] += (x[i] - at) * (x[i] - at);
}

void count_unlike(std::uint32_t const* x, std::uint32_t mode, std::uint32_t* counts, std::size_t rows) noexcept {
    std::size_t i = 0;
    for (; i + 4 <= rows; i += 4) {
        codes v;
        codes count;
        load(v, x + i);
        load(count, counts + i);
        store(counts + i, count + 1 + reinterpret_cast<codes>(v == mode)); // true is all ones: one less
    }
    for (; i < rows; ++i)
        counts[i] += x[i] != mode ? 1U : 0U;
}

} // namespace

row_block::row_block(std::size_t first, std::size_t rows) noexcept : first_(first), rows_(std::min(rows, most_rows)) {
    std::fill_n(lowest_, rows_, INFINITY);
    std::fill_n(centre_, rows_, std::int64_t{no_centre});
}

void row_block::measure(number_columns columns, double const* centre) noexcept {
    std::fill_n(here_, rows_, 0.0);
    for (std::size_t j = 0; j < columns.size(); ++j)
        add_squares(columns[j].data() + first_, centre[j], here_, rows_);
}

void row_block::measure(category_columns columns, std::uint32_t const* mode, double gamma) noexcept {
    if (columns.empty()) return;
    std::fill_n(different_, rows_, 0U);
    for (std::size_t j = 0; j < columns.size(); ++j)
        count_unlike(columns[j].data() + first_, mode[j], different_, rows_);
    for (std::size_t i = 0; i < rows_; ++i)
        here_[i] += gamma * static_cast<double>(different_[i]);
}

void row_block::offer(std::uint32_t centre) noexcept {
    if (!offered_) {
        offered_ = true;
        std::fill_n(lowest_, rows_, INFINITY);
        std::fill_n(centre_, rows_, std::int64_t{no_centre});
    }
    std::size_t i = 0;
    for (; i + 2 <= rows_; i += 2) {
        numbers here;
        numbers lowest;
        flags taken;
        load(here, here_ + i);
        load(lowest, lowest_ + i);
        load(taken, centre_ + i);
        auto const nearer = here < lowest;
        store(lowest_ + i, nearer ? here : lowest);
        store(centre_ + i, nearer ? flags{centre, centre} : taken);
    }
    for (; i < rows_; ++i) {
        if (!(here_[i] < lowest_[i])) continue;
        lowest_[i] = here_[i];
        centre_[i] = centre;
    }
}

} // namespace detail
} // namespace v0
} // namespace segmenta
