// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_SUPPORT_ENCODED_COLUMNS_HPP
#define SEGMENTA_TESTS_SUPPORT_ENCODED_COLUMNS_HPP

#include <cmath>
#include <set>
#include <string>
#include <vector>

namespace segmenta::test {

/// Columns as expected_*.json encode them: numbers as z-scores with the population deviation, texts as one column for
/// each value in order but the first.
struct encoded_columns {
    std::vector<std::string> names;
    std::vector<std::vector<double>> columns;

    void number(std::string const& name, std::vector<double> values) {
        double mean = 0;
        for (double const v : values)
            mean += v;
        mean /= static_cast<double>(values.size());
        double squares = 0;
        for (double const v : values)
            squares += (v - mean) * (v - mean);
        double const deviation = std::sqrt(squares / static_cast<double>(values.size()));
        for (double& v : values)
            v = (v - mean) / deviation;
        names.push_back(name);
        columns.push_back(std::move(values));
    }
    void text(std::string const& name, std::vector<std::string> const& values) {
        std::set<std::string> const levels(values.begin(), values.end());
        for (auto level = std::next(levels.begin()); level != levels.end(); ++level) {
            names.push_back(name + '=' + *level);
            auto& column = columns.emplace_back();
            for (std::string const& v : values)
                column.push_back(v == *level ? 1 : 0);
        }
    }
};

} // namespace segmenta::test

#endif
