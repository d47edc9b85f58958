// SPDX-License-Identifier: Apache-2.0
// Any bytes: weights of tags are read or refused with issues. What is read, is written and reads back to the same
// weights, and can be read out, added to and merged.
#include "fuzz/replay.hpp"

#include <segmenta/error.hpp>
#include <segmenta/tag/tag_weight.hpp>

#include <cmath>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void use(segmenta::tag_weight weight) {
    for (auto const when : {segmenta::instant{}, segmenta::instant::earliest(), segmenta::instant::never()}) {
        require(!std::isnan(weight.at(when)));
        (void)weight.log2_at(when);
    }
    auto const before = weight;
    weight.merge(before);
    require(weight.newest() == before.newest());
    require(weight.add(segmenta::instant{}, 1));
    require(weight.buckets().size() <= static_cast<std::size_t>(segmenta::remembered_half_lives));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    segmenta::tag_weights weights;
    try {
        weights = segmenta::tag_weights_from_json(text, "fuzz");
    } catch (segmenta::issue_error const& error) {
        // refused: there must be a reason, and every reason has a place
        require(error.issues().has_errors());
        for (auto const& problem : error.issues())
            require(!problem.code.empty() && !problem.place.empty() && !problem.message.empty());
        return 0;
    }
    require(segmenta::tag_weights_from_json(segmenta::to_json(weights)) == weights);
    for (auto const& entry : weights.entries())
        use(entry.weight);
    return 0;
}
