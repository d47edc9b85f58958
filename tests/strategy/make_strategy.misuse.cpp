// SPDX-License-Identifier: Apache-2.0
// misuse: segmenta::make_strategy: the function is callable neither as
#include <segmenta/strategy/strategy.hpp>

int main() {
    auto const s = segmenta::make_strategy("x", {}, {},
#if SEGMENTA_MISUSE
                                           [](int row) { return row; }
#else
                                           [](segmenta::block const&, std::span<segmenta::assignment>) {}
#endif
    );
    return s.empty() ? 1 : 0;
}
