// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_STRATEGY_RFM_PACKAGE_HPP
#define SEGMENTA_TESTS_STRATEGY_RFM_PACKAGE_HPP

// The two maps published with the R package rfm, as custom maps.

#include <segmenta/strategy/cell_map.hpp>

#include <string>
#include <vector>

namespace segmenta::test {

inline map_segment rfm_box(std::string id, int rl, int ru, int fl, int fu, int ml, int mu) {
    auto const range = [](int low, int high) {
        return score_range{static_cast<std::uint8_t>(low), static_cast<std::uint8_t>(high)};
    };
    return {std::move(id), {{range(rl, ru), range(fl, fu), range(ml, mu)}}};
}

inline cell_map_options rfm_map_of(std::vector<map_segment> segments) {
    cell_map_options o;
    o.id = "rfm";
    o.reads = {"r", "f", "m"};
    o.levels = {5, 5, 5};
    o.segments = std::move(segments);
    o.order = map_order::listed;
    o.fallback = "others";
    return o;
}

/// The eleven segments of the old vignette.
inline cell_map_options vignette_map() {
    return rfm_map_of({rfm_box("champions", 4, 5, 4, 5, 4, 5), rfm_box("loyal", 2, 5, 3, 5, 3, 5),
                       rfm_box("potential", 3, 5, 1, 3, 1, 3), rfm_box("new", 4, 5, 1, 1, 1, 1),
                       rfm_box("promising", 3, 4, 1, 1, 1, 1), rfm_box("need_attention", 2, 3, 2, 3, 2, 3),
                       rfm_box("about_to_sleep", 2, 3, 1, 2, 1, 2), rfm_box("at_risk", 1, 2, 2, 5, 2, 5),
                       rfm_box("cant_lose", 1, 1, 4, 5, 4, 5), rfm_box("hibernating", 1, 2, 1, 2, 1, 2),
                       rfm_box("lost", 1, 2, 1, 2, 1, 2)});
}

/// The ten segments of the package's tests: the vignette without Hibernating.
inline cell_map_options package_test_map() {
    auto o = vignette_map();
    o.segments.erase(o.segments.begin() + 9);
    return o;
}

/// The map of the README of version 0.3.0.
inline cell_map_options readme_map() {
    return rfm_map_of({rfm_box("champions", 5, 5, 5, 5, 5, 5), rfm_box("potential", 3, 5, 3, 5, 2, 5),
                       rfm_box("loyal", 2, 4, 2, 4, 2, 4), rfm_box("promising", 3, 4, 1, 3, 3, 5),
                       rfm_box("new", 4, 5, 1, 3, 1, 5), rfm_box("cant_lose", 1, 2, 3, 4, 4, 5),
                       rfm_box("at_risk", 1, 2, 2, 5, 4, 5), rfm_box("need_attention", 1, 3, 3, 5, 3, 5),
                       rfm_box("about_to_sleep", 2, 3, 1, 3, 1, 4), rfm_box("lost", 1, 1, 1, 5, 1, 5)});
}

} // namespace segmenta::test

#endif
