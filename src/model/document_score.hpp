// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_DOCUMENT_SCORE_HPP
#define SEGMENTA_MODEL_DOCUMENT_SCORE_HPP

// Documents of models of an outcome as functions of a row of numbers and texts.

#include "model/row_strategy.hpp"

#include <boost/json/object.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Columns that give the features of a regression: numbers as they are, and for each attribute a column of 0 and 1 for
// each category but the first.
struct outcome_encoding {
    struct attribute {
        std::string name;
        std::vector<std::string> categories; // the first is the base
    };
    std::vector<std::string> numbers;
    std::vector<attribute> attributes;
};

// The document of a logistic regression with its encoding, which logistic::from_json reads as well:
// "encoding": {"numbers": [...], "categories": [{"name": "purpose", "values": ["car", ...]}]}
[[nodiscard]] std::string with_encoding(std::string_view logistic_document, outcome_encoding const& encoding);

// A score, and what can be said of it.
struct row_score {
    double score = 0;                // NaN: there is none
    std::uint64_t unseen = 0;        // columns whose category was not seen at the fit, where that has no answer
    std::uint32_t reason = no_reason; // scorecards: where points were lost, for document_score::describe
};

struct document_score {
    std::string kind;                 // logistic, scorecard
    std::vector<std::string> names;   // of the columns; `x1`, ... where the document has none
    std::vector<input_kind> inputs;   // one for each
    bool takes_missing = false;       // a scorecard has bins for what is missing
    std::function<row_score(model_row const&)> score;     // does not throw or allocate
    std::function<double(double score)> probability;      // of the event
    std::function<std::string(std::uint32_t)> describe{}; // reasons of `score`
    std::function<std::vector<std::string>(std::uint32_t)> reasons{}; // names of variables, most points lost first
};

// Throws issue_error: the codes of models, and `model_score.document` for other models, or more than 64 columns.
[[nodiscard]] document_score read_document_score(std::string const& document);

// As many key factors as are told of a credit score: 15 U.S.C. 1681g(f)(1)(C).
inline constexpr std::size_t most_reasons = 4;

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
