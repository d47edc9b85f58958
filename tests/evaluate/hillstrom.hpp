// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_EVALUATE_HILLSTROM_HPP
#define SEGMENTA_TESTS_EVALUATE_HILLSTROM_HPP

// The e-mail campaign of hillstrom_email.csv: three arms, what was known before, and what happened.

#include "evaluate/evaluate_data.hpp"

#include <segmenta/evaluate/experiment_test.hpp>

#include <set>

namespace segmenta::test {

class hillstrom {
public:
    hillstrom()
        : texts_(read_plain_csv(test_data("hillstrom_email.csv"))), arm_(texts_.at("segment")),
          visit_(as_numbers(texts_.at("visit"))), conversion_(as_numbers(texts_.at("conversion"))),
          spend_(as_numbers(texts_.at("spend"))), history_(as_numbers(texts_.at("history"))) {}

    std::size_t size() const { return arm_.size(); }
    std::vector<std::string> const& column(std::string const& name) const { return texts_.at(name); }
    std::vector<std::string> const& arm() const { return arm_; }
    std::vector<double> const& visit() const { return visit_; }
    std::vector<double> const& conversion() const { return conversion_; }
    std::vector<double> const& spend() const { return spend_; }
    std::vector<double> const& history() const { return history_; }

    /// Rows that are equal to an earlier one in every column.
    std::uint64_t repeated_rows() const {
        std::set<std::vector<std::string>> distinct;
        for (std::size_t i = 0; i < size(); ++i) {
            std::vector<std::string> row;
            for (auto const& [_, values] : texts_)
                row.push_back(values[i]);
            distinct.insert(std::move(row));
        }
        return size() - distinct.size();
    }

    /// Of the rows of one arm (and one level of a column, when given).
    std::vector<double> of(std::string_view arm, std::vector<double> const& values, std::string const& column = {},
                           std::string_view level = {}) const {
        std::vector<double> out;
        for (std::size_t i = 0; i < size(); ++i) {
            if (arm_[i] != arm) continue;
            if (!column.empty() && texts_.at(column)[i] != level) continue;
            out.push_back(values[i]);
        }
        return out;
    }
    proportion rate(std::string_view arm, std::vector<double> const& values, std::string const& column = {},
                    std::string_view level = {}) const {
        auto const chosen = of(arm, values, column, level);
        proportion out{0, chosen.size()};
        for (double const v : chosen)
            out.successes += v > 0 ? 1 : 0;
        return out;
    }

private:
    std::map<std::string, std::vector<std::string>> texts_;
    std::vector<std::string> arm_;
    std::vector<double> visit_;
    std::vector<double> conversion_;
    std::vector<double> spend_;
    std::vector<double> history_;
};

} // namespace segmenta::test

#endif
