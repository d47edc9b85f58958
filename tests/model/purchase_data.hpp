// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_MODEL_PURCHASE_DATA_HPP
#define SEGMENTA_TESTS_MODEL_PURCHASE_DATA_HPP

#include <segmenta/model/summarise_purchases.hpp>

#include "support/test_data.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace segmenta::test {

struct purchases {
    std::vector<std::int64_t> customers;
    std::vector<civil_date> days;
    std::vector<double> amounts;

    [[nodiscard]] purchase_rows<std::int64_t> rows() const { return {customers, days, amounts}; }
    void add(std::int64_t customer, civil_date day, double amount) {
        customers.push_back(customer);
        days.push_back(day);
        amounts.push_back(amount);
    }
};

inline civil_date day_of(long yyyymmdd) {
    return civil_date::of(static_cast<std::int32_t>(yyyymmdd / 10000),
                          static_cast<std::uint8_t>(yyyymmdd / 100 % 100), static_cast<std::uint8_t>(yyyymmdd % 100));
}

/// Id in the master file, id, day, number of disks, dollars.
inline purchases cdnow_sample() {
    purchases out;
    std::ifstream file(test_data("CDNOW_sample.txt"));
    long master = 0;
    long customer = 0;
    long day = 0;
    int disks = 0;
    double dollars = 0;
    while (file >> master >> customer >> day >> disks >> dollars)
        out.add(customer, day_of(day), dollars);
    return out;
}

/// A header line, then customer, day, number of disks, dollars.
inline purchases cdnow_master() {
    purchases out;
    std::ifstream file(test_data("CDNOW_master.txt"));
    std::string header;
    std::getline(file, header);
    long customer = 0;
    long day = 0;
    int disks = 0;
    double dollars = 0;
    while (file >> customer >> day >> disks >> dollars)
        out.add(customer, day_of(day), dollars);
    return out;
}

inline std::vector<std::string> split(std::string const& line, char by) {
    std::vector<std::string> out;
    std::istringstream in(line);
    for (std::string part; std::getline(in, part, by);)
        out.push_back(part);
    return out;
}

inline civil_date iso_day(std::string const& text) { // 2005-01-02
    return day_of(std::stol(text.substr(0, 4)) * 10000 + std::stol(text.substr(5, 2)) * 100 +
                  std::stol(text.substr(8, 2)));
}

/// Id, Date, Price.
inline purchases apparel() {
    purchases out;
    std::ifstream file(test_data("apparel_trans.csv"));
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
        auto const parts = split(line, ',');
        out.add(std::stol(parts[0]), iso_day(parts[1]), std::stod(parts[2]));
    }
    return out;
}

/// date, id; without amounts.
inline purchases lifetimes_example() {
    purchases out;
    std::ifstream file(test_data("lifetimes_example_transactions.csv"));
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
        auto const parts = split(line, ',');
        out.customers.push_back(std::stol(parts[1]));
        out.days.push_back(iso_day(parts[0]));
    }
    return out;
}

/// The sample up to 1997-09-30, in weeks: what the literature fits.
inline purchase_summary cdnow_calibration() {
    summarise_purchases_options options;
    options.observation_end = civil_date::of(1997, 9, 30);
    return summarise_purchases(cdnow_sample().rows(), options).summary;
}

/// The summary that comes with lifetimes, whose times are rounded to 0.01 weeks.
inline purchase_summary cdnow_rounded() {
    purchase_summary out;
    std::ifstream file(test_data("cdnow_customers_summary.csv"));
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
        auto const parts = split(line, ',');
        out.repeats.push_back(std::stod(parts[1]));
        out.last.push_back(std::stod(parts[2]));
        out.age.push_back(std::stod(parts[3]));
    }
    return out;
}

inline boost::json::value expected(std::string const& name) {
    std::ifstream file(test_data(name));
    std::ostringstream text;
    text << file.rdbuf();
    return boost::json::parse(text.str());
}

inline double number(boost::json::value const& at, std::string const& pointer) {
    return at.at_pointer(pointer).to_number<double>();
}

inline repeat_purchases customer(double repeats, double last, double age) {
    return {repeat_count(repeats), age_at_last_purchase(last), customer_age(age)};
}

inline repeat_purchases customer(purchase_summary const& s, std::size_t i) {
    return customer(s.repeats[i], s.last[i], s.age[i]);
}

} // namespace segmenta::test

#endif
