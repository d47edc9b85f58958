// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_REPEAT_SUMS_HPP
#define SEGMENTA_MODEL_REPEAT_SUMS_HPP

// What the fits and scores of NBD and of the beta-geometric models share.

#include <segmenta/base/parallel.hpp>
#include <segmenta/model/purchase_statistics.hpp>
#include <segmenta/model/purchase_summary.hpp>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Calls sum(begin, end, part) for blocks of [0, rows) in threads and adds the parts in order. The blocks are the same
// for any number of threads, so the sum is too.
template <class Part, class Sum>
Part sum_blocks(thread_team& team, std::size_t rows, Sum&& sum) {
    constexpr std::size_t block_rows = 8192;
    std::vector<Part> parts((rows + block_rows - 1) / block_rows);
    team.for_blocks(parts.size(), [&](std::size_t block) {
        std::size_t const begin = block * block_rows;
        sum(begin, std::min(rows, begin + block_rows), parts[block]);
    });
    Part total{};
    for (auto const& part : parts)
        total.add(part);
    return total;
}

// By j, how many customers have more than j repeat purchases; as long as data.counts().
std::vector<double> customers_with_more(purchase_statistics const& data);

// log((r)_(k x)) over all customers, and its derivatives by r.
struct rising_sums {
    double value = 0, slope = 0, curve = 0;
};
rising_sums sum_rising(purchase_statistics const& data, std::vector<double> const& more_than, double r, double steps);

// Throws `clv.empty` where there is no customer to fit.
void check_statistics(purchase_statistics const& data);
// The alpha at which r = 1 gives the rate of the data; without any repeat purchase as if there had been one.
double plain_alpha(purchase_statistics const& data, unsigned steps);

// Whether somebody can have bought so: a whole count from 0, 0 <= last <= age < infinity, and repeat purchases take
// time, as check_summary() has it.
bool is_customer(repeat_purchases const& customer) noexcept;
repeat_purchases customer_of(purchase_summary const& summary, std::size_t row) noexcept;
// Throws `clv.units` or `clv.ragged` unless `summary` can be scored by a model in `unit` into `out` numbers.
void check_scores(purchase_summary const& summary, model_time_unit unit, std::size_t out);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
