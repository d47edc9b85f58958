// SPDX-License-Identifier: Apache-2.0
#include <segmenta/strategy/strategy.hpp>

#include <segmenta/error.hpp>

#include <algorithm>

namespace segmenta {
inline namespace v0 {
namespace {

bool fits(block const& rows, std::size_t reads, std::size_t out) {
    return out == rows.size && rows.columns.size() == reads;
}

} // namespace

void any_strategy::assign(block const& rows, std::span<assignment> out) const noexcept {
    if (!rep_) {
        std::fill(out.begin(), out.end(), no_answer(status::not_applicable));
        return;
    }
    if (!fits(rows, rep_->reads.size(), out.size())) {
        std::fill(out.begin(), out.end(), no_answer(status::error));
        return;
    }
    std::fill(out.begin(), out.end(), assignment{});
    try {
        rep_->assign(rows, out);
    } catch (...) { // a host's code; on this path nothing may escape
        std::fill(out.begin(), out.end(), no_answer(status::error));
    }
}

void any_strategy::assign_everyone(block const& rows, std::span<std::uint32_t const> id_order,
                                   std::span<assignment> out) const {
    if (!rep_ || !rep_->population) return assign(rows, out);
    if (!fits(rows, rep_->reads.size(), out.size()))
        throw issue_error("strategy.block", std::string(id()), "the columns or the answers do not fit the rows",
                          std::to_string(rows.columns.size()) + " columns, " + std::to_string(out.size()) + " answers",
                          std::to_string(rep_->reads.size()) + " columns, " + std::to_string(rows.size) + " answers");
    std::fill(out.begin(), out.end(), assignment{});
    rep_->assign_everyone(rows, id_order, out);
}

} // namespace v0
} // namespace segmenta
