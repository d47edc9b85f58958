// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SAMPLE_SHOP_NAMES_HPP
#define SEGMENTA_SAMPLE_SHOP_NAMES_HPP

#include "sample/dice.hpp"
#include "sample/shop_places.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Invented names of people and organisations, Chinese or English.
std::string person_name(dice& chance, bool female, bool english);
// `word_zh`, `word_en`: what it is: 科技, Technology.
std::string company_name(dice& chance, city const& home, std::string_view word_zh, std::string_view word_en,
                         bool english);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
