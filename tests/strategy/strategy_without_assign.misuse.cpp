// SPDX-License-Identifier: Apache-2.0
// misuse: not a segmenta::strategy: no const member function `assign.segmenta::block const&, std::span
#include <segmenta/strategy/strategy.hpp>

struct almost {
    static constexpr std::string_view id = "almost";
    std::span<std::string_view const> reads() const { return {}; }
    std::span<segmenta::segment_info const> segments() const { return {}; }
    void assign(segmenta::block const&, std::span<segmenta::assignment>)
#if !SEGMENTA_MISUSE
        const
#endif
    {
    }
};

int main() {
    segmenta::any_strategy const s{almost{}};
    return s.empty() ? 1 : 0;
}
