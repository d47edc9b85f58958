// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_BENCHMARKS_SUPPORT_ORDERS_HPP
#define SEGMENTA_BENCHMARKS_SUPPORT_ORDERS_HPP

// The orders of workloads W1 and W4: seeded, the same bytes on every machine.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace segmenta::bench {

struct order_options {
    std::uint64_t lines = 10'000'000;
    std::uint64_t customers = 0; // 0: one for ten lines
    std::uint64_t seed = 1;
    bool shuffled = false; // times in random order instead of ascending
    bool strings = false;  // UUID customers, quoted fields with commas, 5 % missing values
};

// What the lines say, for checking a reader.
struct order_sums {
    std::uint64_t lines = 0;
    std::uint64_t customers = 0; // sum of the ids; 0 with strings
    std::int64_t seconds = 0;    // sum of the times since 1970-01-01, of those present
    std::int64_t cents = 0;      // sum of the amounts present
    std::uint64_t missing = 0;   // missing values in all columns

    friend bool operator==(order_sums const&, order_sums const&) = default;
};

// The columns: customer_id,order_time,amount,category,channel
extern std::string_view const orders_header;

// Makes the file, header line first, in pieces of about a megabyte.
order_sums make_orders(order_options const& options, std::function<void(std::string_view)> const& write);

// Makes the file under `folder` unless it is there already; returns its path. The name tells the options.
std::string orders_file(order_options const& options, std::string const& folder, order_sums& sums);

} // namespace segmenta::bench

#endif
