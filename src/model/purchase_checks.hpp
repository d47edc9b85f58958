// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_PURCHASE_CHECKS_HPP
#define SEGMENTA_MODEL_PURCHASE_CHECKS_HPP

#include <segmenta/base/parallel.hpp>
#include <segmenta/model/purchase_summary.hpp>

#include <string_view>

namespace segmenta {
inline namespace v0 {
namespace detail {

// The findings of check_summary(), in much less time where there are none.
void check_in_blocks(purchase_summary const& summary, thread_team& team, issue_list& issues, std::string_view place);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
