// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SAMPLE_SHOP_PLACES_HPP
#define SEGMENTA_SAMPLE_SHOP_PLACES_HPP

// Cities of China with the codes of GB/T 2260.

#include <cstdint>
#include <span>
#include <string_view>

namespace segmenta {
inline namespace v0 {
namespace detail {

struct city {
    std::int32_t code; // GB/T 2260 of the prefecture; the province is code / 10000 * 10000
    std::string_view province, province_en, name, name_en;
    std::string_view region; // east, north, south, central, southwest, northwest, northeast
    std::int8_t tier;        // 1 to 5; the so-called new first tier counts as 2
    std::int16_t weight;     // share of customers
    std::int16_t mountain;   // of 100 rural customers, how many live in mountain counties
};

std::span<city const> cities() noexcept;

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
