// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SAMPLE_SHOP_CATALOGUE_HPP
#define SEGMENTA_SAMPLE_SHOP_CATALOGUE_HPP

// What the shop sells. Brands and products are invented.

#include "sample/dice.hpp"

#include <segmenta/time/instant.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// First level of the category tree.
enum class department : std::uint8_t {
    beauty,
    apparel,
    baby,
    food,
    home,
    digital,
    appliance,
    sports,
    pet,
    office,
    health
};
inline constexpr std::size_t department_count = 11;

// A leaf of the category tree.
struct category_leaf {
    department first;
    std::string_view path; // beauty/skincare/cream
    std::string_view path_zh;
    std::string_view name_en; // of one product
    int low, high;            // usual prices in yuan
    int returns;              // of 10,000 lines, how many come back
    bool replenished;         // bought again when used up
};

struct product {
    std::uint32_t number = 0; // 0, 1, 2, ...
    std::string sku;
    std::string name;
    std::string name_en;
    std::string_view brand;
    std::string_view brand_zh;
    category_leaf const* leaf = nullptr;
    std::int64_t list_price = 0; // fen
    std::int64_t cost = 0;       // fen
    civil_date launched;
    std::int32_t launch_day = 0;         // of shop days; negative: before the opening
    std::array<std::int8_t, 4> scores{}; // price, quality, service, brand: 10 to 50 tenths
};

// The products of one seed. Read-only after construction, safe to share between threads.
class shop_catalogue {
public:
    explicit shop_catalogue(std::uint64_t seed);

    [[nodiscard]] std::vector<product> const& products() const noexcept { return products_; }
    // A product of a department that is sold on `day`; popular ones more often.
    [[nodiscard]] product const& draw(dice& chance, department from, std::int32_t day) const noexcept;
    // products.csv with its header line.
    [[nodiscard]] std::string csv() const;

private:
    struct shelf {
        std::vector<std::uint32_t> products; // the first one has been sold since the opening
        std::vector<random_choice> popular;  // one element
    };
    std::vector<product> products_;
    std::array<shelf, department_count> shelves_;
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
