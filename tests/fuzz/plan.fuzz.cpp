// SPDX-License-Identifier: Apache-2.0
// Any bytes: a plan is read or refused with issues. What is read, is written and reads back to the same plan.
#include "fuzz/replay.hpp"

#include <segmenta/plan/labels.hpp>
#include <segmenta/plan/plan.hpp>

#include <cstdlib>
#include <optional>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    static segmenta::strategy_registry const mechanisms = segmenta::strategy_registry::core();
    segmenta::issue_list issues;
    (void)segmenta::parse_label_pack(text, "fuzz", issues);
    std::optional<segmenta::plan> made;
    try {
        made = segmenta::parse_plan(text, "fuzz", mechanisms);
    } catch (segmenta::issue_error const& error) {
        // refused: there must be a reason, and every reason has a place
        if (!error.issues().has_errors()) std::abort();
        for (auto const& problem : error.issues())
            if (problem.code.empty() || problem.place.empty() || problem.message.empty()) std::abort();
        return 0;
    }
    auto const again = segmenta::parse_plan(made->to_json(), "fuzz", mechanisms);
    if (again.hash() != made->hash() || again.to_json() != made->to_json()) std::abort();
    return 0;
}
