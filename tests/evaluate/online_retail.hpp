// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_EVALUATE_ONLINE_RETAIL_HPP
#define SEGMENTA_TESTS_EVALUATE_ONLINE_RETAIL_HPP

// Purchase days of the cleaned rows of online_retail.csv.gz: a customer, an invoice that is no cancellation, a quantity
// and a price above 0.

#include "evaluate/evaluate_data.hpp"

#include <segmenta/time/instant.hpp>

#include <cstdio>

namespace segmenta::test {

struct purchase_days {
    std::vector<std::uint64_t> customers;
    std::vector<civil_date> days;
};

inline purchase_days read_online_retail() {
    std::istringstream in(read_gz(test_data("online_retail.csv.gz")));
    purchase_days out;
    for (std::string line; std::getline(in, line);) {
        auto const fields = split_csv(line);
        // InvoiceNo, StockCode, Description, Quantity, InvoiceDate M/D/YYYY H:MM, UnitPrice, CustomerID, Country
        if (fields.size() != 8 || fields[6].empty() || fields[0].starts_with('C') || fields[0] == "InvoiceNo") continue;
        if (std::atoi(fields[3].c_str()) <= 0 || !(std::strtod(fields[5].c_str(), nullptr) > 0)) continue;
        int month = 0, day = 0, year = 0;
        if (std::sscanf(fields[4].c_str(), "%d/%d/%d", &month, &day, &year) != 3) continue;
        out.customers.push_back(std::strtoull(fields[6].c_str(), nullptr, 10));
        out.days.push_back(civil_date::of(year, static_cast<std::uint8_t>(month), static_cast<std::uint8_t>(day)));
    }
    return out;
}

} // namespace segmenta::test

#endif
