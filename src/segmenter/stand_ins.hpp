// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_SEGMENTER_STAND_INS_HPP
#define SEGMENTA_SRC_SEGMENTER_STAND_INS_HPP

// Values that stand in for missing attributes: fitted, saved, loaded, and who is left out for want of one.

#include <segmenta/plan/resolve.hpp>
#include <segmenta/record/column.hpp>
#include <segmenta/segmenter/fitted_plan.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

/// What a policy of the plan does, ready to be used.
struct stand_in {
    std::string attribute;
    missing_action what = missing_action::drop;
    std::uint32_t node = 0;
    std::optional<std::uint32_t> flag;
    value put;                                 ///< missing for `drop`
    std::shared_ptr<std::string const> memory; ///< of its text
};

/// The policies of a plan; median and mode are to be fitted: their `put` is missing.
[[nodiscard]] std::vector<stand_in> stand_ins_to_fit(plan const& definition, resolved_plan const& resolved);

/// The policies of a plan; median and mode from `fitted`, which may be null. Problems go to `issues`
/// (`segmenter.unfitted`, `fitted.*`).
[[nodiscard]] std::vector<stand_in> load_stand_ins(plan const& definition, resolved_plan const& resolved,
                                                   fitted_plan const* fitted, issue_list& issues);

/// Fits the median or mode of the rows that have a value and are not left out (`dropped`: bitmap, may be empty), sets
/// `of.put` and gives what is saved. Throws `issue_error` (`fit.no_values`).
[[nodiscard]] fitted_column fit_stand_in(stand_in& of, column_view const& from, std::span<std::uint64_t const> dropped);

/// Rows without one of the attributes whose policy is to drop, as a bitmap; empty when there are none. `view_of(node)`
/// is the column of an attribute as it came.
template <class ViewOf>
std::vector<std::uint64_t> dropped_rows(std::span<stand_in const> policies, std::size_t rows, ViewOf view_of) {
    std::vector<std::uint64_t> out;
    for (auto const& policy : policies) {
        if (policy.what != missing_action::drop) continue;
        column_view const from = view_of(policy.node);
        if (from.valid == nullptr) continue;
        for (std::size_t row = 0; row < rows; ++row) {
            if (from.is_present(row)) continue;
            if (out.empty()) out.assign((rows + 63) / 64, 0);
            out[row / 64] |= std::uint64_t{1} << (row % 64);
        }
    }
    return out;
}

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
