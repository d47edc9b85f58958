// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_DISTINCT_ROWS_HPP
#define SEGMENTA_MODEL_DISTINCT_ROWS_HPP

#include <algorithm>
#include <cstddef>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Rows up to `sorted` are in order and distinct, the rest is not: afterwards all are, and weights of equal rows are
// added up. Answers the sum of all weights.
template <class Row, class Before>
double merge_equal_rows(std::vector<Row>& rows, std::size_t sorted, Before before) {
    auto const middle = rows.begin() + static_cast<std::ptrdiff_t>(sorted);
    std::sort(middle, rows.end(), before);
    std::inplace_merge(rows.begin(), middle, rows.end(), before);
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
