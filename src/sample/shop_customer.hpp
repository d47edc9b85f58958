// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SAMPLE_SHOP_CUSTOMER_HPP
#define SEGMENTA_SAMPLE_SHOP_CUSTOMER_HPP

// Who a customer is: what the shop knows (customers.csv) and what only the generator knows (the traits that drive
// purchases, visits and answers).

#include "sample/shop_calendar.hpp"
#include "sample/shop_catalogue.hpp"
#include "sample/shop_counts.hpp"
#include "sample/shop_places.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace segmenta {
inline namespace v0 {
namespace detail {

enum class account_kind : std::uint8_t {
    consumer,
    enterprise,
    retailer,
    dealer,
    school,
    medical_institution,
    integrator,
    channel,
    home
};
enum class sales_channel : std::uint8_t { app, mini_program, web, marketplace, store };

// Read-only, shared by all threads.
struct shop {
    explicit shop(std::uint64_t seed_number) : seed(seed_number), catalogue(seed_number) {}

    std::uint64_t seed;
    shop_calendar calendar;
    shop_catalogue catalogue;

    [[nodiscard]] dice chance(std::uint64_t customer, purpose_stream purpose) const noexcept {
        return {seed, customer, purpose};
    }
};

// Never written; everything else follows from these.
struct customer_traits {
    rhythm pace = rhythm::steady;
    bool buys = true;                                    // false: registered, never orders
    double rate = 0;                                     // orders a year while alive
    double dropout = 0;                                  // chance after each order that it was the last
    double regularity = 1;                               // shape of the gaps: 1 is exponential
    double level = 0.5;                                  // 0 ... 1: prefers dear products
    double sensitivity = 0.5;                            // 0 ... 1: waits for offers, uses coupons
    double satisfaction = 0.7;                           // 0 ... 1
    double returns = 1;                                  // factor on the chance of a return
    double visits = 1;                                   // browsing sessions a month without an order
    double bulk = 1;                                     // factor on quantities (organisations)
    std::int64_t habit = 2000;                           // of 10,000 lines, how many repeat an earlier product
    std::int64_t social = 500;                           // of 10,000 chances to share, comment or like
    std::array<double, 4> mind{};                        // rational, emotional, functional, image: -1 ... 1
    std::array<std::uint32_t, department_count> taste{}; // weights
    std::array<std::uint16_t, 5> channels{};             // weights by sales_channel
    std::int64_t risk = 0;                               // 0 good ... 3 bad
};

struct shop_customer {
    std::uint64_t number = 0; // from 1; C0000001
    shop_time registered = 0;
    account_kind kind = account_kind::consumer;
    city const* home = nullptr;
    bool consent = true;
    int income = -1; // band 0 ... 5, -1: an organisation
    bool income_known = true;
    std::size_t device = 0; // index into device_names
    customer_traits traits;

    [[nodiscard]] bool organisation() const noexcept {
        return kind != account_kind::consumer && kind != account_kind::home;
    }
};

inline constexpr std::array<std::string_view, 4> device_names{"android", "ios", "windows", "mac"};
std::string_view name_of(account_kind kind) noexcept;
std::string_view name_of(sales_channel channel) noexcept;

// When customer `number` registered, from its own stream alone: others look it up without making the customer.
shop_time registration_time(shop const& in, std::uint64_t number) noexcept;

inline constexpr std::string_view customers_header =
    "customer_id,account_kind,name,gender,birth_date,education,occupation,income_band,household,life_stage,children,"
    "industry_code,company_size,employees,founded_on,region_code,province_code,province,province_en,city,city_en,"
    "region,"
    "city_tier,urban_rural_code,mountain,ip_region_code,registered_at,first_seen_at,first_channel,lead_source,"
    "landing_page,free_offer,entry_need,source,consent_marketing,consent_profiling\n";

// Makes the customer and appends its row.
shop_customer make_customer(shop const& in, std::uint64_t number, std::string& row, shop_counts& counts);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
