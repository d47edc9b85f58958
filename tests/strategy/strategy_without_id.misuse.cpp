// SPDX-License-Identifier: Apache-2.0
// misuse: not a segmenta::strategy: no member `id`
#include <segmenta/strategy/strategy.hpp>

struct nameless {
#if SEGMENTA_MISUSE
    int id = 3;
#else
    std::string id = "nameless";
#endif
    std::span<std::string_view const> reads() const { return {}; }
    std::span<segmenta::segment_info const> segments() const { return {}; }
    void assign(segmenta::block const&, std::span<segmenta::assignment>) const {}
};

int main() {
    segmenta::any_strategy const s{nameless{}};
    return s.empty() ? 1 : 0;
}
