// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/distinct_purchases.hpp>

#include "model/distinct_rows.hpp"
#include "model/purchase_checks.hpp"

#include <string>

namespace segmenta {
inline namespace v0 {
namespace {

using row = distinct_purchases::row;

constexpr detail::row_order<row, &row::repeats, &row::last, &row::age> before;

void check_unit(model_time_unit wanted, model_time_unit seen, issue_list& issues, std::string_view place) {
    if (wanted == seen) return;
    issues.error("clv.units", std::string(place), "times are in another unit than the customers counted so far",
                 std::string(to_string(seen)), std::string(to_string(wanted)),
                 "Summarise all customers in one unit of time");
}

} // namespace

void distinct_purchases::add(purchase_summary const& summary, unsigned threads, std::string_view place) {
    issue_list issues;
    check_unit(unit_, summary.unit, issues, place);
    thread_team team(threads);
    detail::check_in_blocks(summary, team, issues, place);
    issues.throw_if_errors();
    std::size_t const sorted = rows_.size();
    detail::append_weighty(rows_, summary.size(), team, [&](std::size_t i) {
        return row{summary.repeats[i], summary.last[i], summary.age[i], summary.weight.empty() ? 1 : summary.weight[i]};
    });
    customers_ = detail::merge_equal_rows(rows_, sorted, before, team);
}

void distinct_purchases::merge(distinct_purchases const& other) {
    issue_list issues;
    check_unit(unit_, other.unit_, issues, "statistics");
    issues.throw_if_errors();
    std::vector<row> const theirs = other.rows_; // other may be this very object
    std::size_t const sorted = rows_.size();
    rows_.insert(rows_.end(), theirs.begin(), theirs.end());
    thread_team alone(1);
    customers_ = detail::merge_equal_rows(rows_, sorted, before, alone);
}

} // namespace v0
} // namespace segmenta
