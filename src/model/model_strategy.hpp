// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_MODEL_STRATEGY_HPP
#define SEGMENTA_MODEL_MODEL_STRATEGY_HPP

// What mechanisms of models have in common: rows of numbers in, an assignment out, parameters and fit as JSON.

#include "strategy/object_reader.hpp"
#include "strategy/scheme.hpp"

#include <segmenta/error.hpp>
#include <segmenta/record/column.hpp>
#include <segmenta/strategy/registry.hpp>
#include <segmenta/strategy/segment.hpp>

#include <boost/json/object.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

inline constexpr std::size_t most_model_columns = 64; // a row of them is kept on the stack

// One customer's numbers, all there; `out` is fresh. Thread-safe, does not throw.
using model_function = std::function<void(std::span<double const> row, assignment& out)>;

// Segments cut from a score, as in weighted_score.
struct score_cuts {
    std::vector<double> cuts;
    std::vector<std::string> segments; // local ids, one more than cuts

    void read(object_reader& reader);
    void check(std::string_view kind, std::string const& place, issue_list& issues) const;
    [[nodiscard]] std::vector<std::string> locals() const;
    void assign(double score, assignment& out) const noexcept;
};

// A use of such a mechanism, read and checked.
struct model_use {
    std::vector<std::string> segments; // local ids
    bool needs_fit = true;
    bool scores = true;
    // From the complete rows of everybody, column by column, to what is saved. Throws issue_error.
    std::function<boost::json::object(std::vector<std::vector<double>> const& columns)> fit;
    // From what was saved. Throws issue_error.
    std::function<model_function(boost::json::object const& fit)> make;
};

// Reads parameters; nothing after an issue.
using model_use_reader = std::function<std::optional<model_use>(strategy_use const& use, issue_list& issues)>;

strategy_kind model_kind(std::string name, std::string summary, model_use_reader read);

strategy_kind k_means_kind();
strategy_kind repeat_buying_kind();
strategy_kind model_score_kind();

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
