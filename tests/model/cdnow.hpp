// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_MODEL_CDNOW_HPP
#define SEGMENTA_TESTS_MODEL_CDNOW_HPP

// Transactions of the public data sets, and summaries of them made the plain way: purchases of one day are one
// purchase, times are days / 7.

#include "base/json.hpp"
#include "support/test_data.hpp"

#include <segmenta/model/purchase_summary.hpp>

#include <boost/json/object.hpp>

#include <chrono>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace segmenta::test {
inline namespace cdnow_files { // apart from those of purchase_data.hpp, which have the same names

/// Amounts by day (counted from 1970) of each customer.
using purchase_days = std::map<std::string, std::map<int, double>>;

inline int day_number(int year, unsigned month, unsigned day) {
    namespace chrono = std::chrono; // segmenta has days of its own
    chrono::year_month_day const date{chrono::year(year), chrono::month(month), chrono::day(day)};
    return static_cast<int>(chrono::sys_days(date).time_since_epoch().count());
}

inline purchase_days cdnow_sample() {
    purchase_days out;
    std::ifstream in(test_data("CDNOW_sample.txt"));
    std::string master, id, date;
    int cds = 0;
    double amount = 0;
    while (in >> master >> id >> date >> cds >> amount) {
        int const d = std::stoi(date);
        out[id][day_number(d / 10000, static_cast<unsigned>(d / 100 % 100), static_cast<unsigned>(d % 100))] += amount;
    }
    return out;
}

inline std::vector<std::string> fields_of(std::string line, char separator = ',') {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    std::vector<std::string> out;
    std::istringstream in(line);
    for (std::string field; std::getline(in, field, separator);)
        out.push_back(field);
    return out;
}

/// The rows of a data set below its first line.
inline std::vector<std::vector<std::string>> csv_rows(std::string const& name) {
    std::vector<std::vector<std::string>> out;
    std::ifstream in(test_data(name));
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line))
        out.push_back(fields_of(line));
    return out;
}

/// CLVTools' simulated apparel retailer.
inline purchase_days apparel() {
    purchase_days out;
    for (auto const& row : csv_rows("apparel_trans.csv")) {
        auto const date = fields_of(row[1], '-');
        out[row[0]][day_number(std::stoi(date[0]), static_cast<unsigned>(std::stoi(date[1])),
                               static_cast<unsigned>(std::stoi(date[2])))] += std::stod(row[2]);
    }
    return out;
}

/// Up to and including the day `end`; customers who come later are left out.
inline purchase_summary summary_at(purchase_days const& customers, int end) {
    purchase_summary out;
    for (auto const& [id, days] : customers) {
        int const first = days.begin()->first;
        if (first > end) continue;
        int last = first;
        double repeats = 0;
        double spend = 0;
        for (auto const& [day, amount] : days) {
            if (day == first || day > end) continue;
            last = day;
            ++repeats;
            spend += amount;
        }
        out.ids.push_back(id);
        out.repeats.push_back(repeats);
        out.last.push_back(static_cast<double>(last - first) / 7);
        out.age.push_back(static_cast<double>(end - first) / 7);
        out.mean_spend.push_back(repeats > 0 ? spend / repeats : 0);
    }
    return out;
}

/// The calibration period of the literature: to 1997-09-30.
inline purchase_summary cdnow_exact() { return summary_at(cdnow_sample(), day_number(1997, 9, 30)); }

/// The summary that the package lifetimes ships: times and spend rounded to two decimals.
inline purchase_summary cdnow_rounded() {
    purchase_summary out;
    for (auto const& row : csv_rows("cdnow_customers_summary_with_transactions.csv")) {
        out.ids.push_back(row[0]);
        out.repeats.push_back(std::stod(row[1]));
        out.last.push_back(std::stod(row[2]));
        out.age.push_back(std::stod(row[3]));
        out.mean_spend.push_back(std::stod(row[4]));
    }
    return out;
}

/// The reference values of one data set; definitions stand beside them.
inline boost::json::object expected_document(std::string const& name) {
    std::ifstream in(test_data(name));
    std::string const text((std::istreambuf_iterator<char>(in)), {});
    return detail::parse_json(text).as_object();
}

inline double number_at(boost::json::value const& object, std::string_view key) {
    return object.at(key).to_number<double>();
}

inline repeat_purchases customer(double repeats, double last, double age) {
    return {repeat_count(repeats), age_at_last_purchase(last), customer_age(age)};
}

} // namespace cdnow_files
} // namespace segmenta::test

#endif
