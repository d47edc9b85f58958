// SPDX-License-Identifier: Apache-2.0
#include "model/document_score.hpp"

#include "model/model_document.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/model/logistic.hpp>
#include <segmenta/model/one_hot.hpp>
#include <segmenta/model/scorecard.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <limits>
#include <memory>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::size_t most_features = 1024; // encoded on the stack
constexpr std::string_view encoding_key = "encoding";

// A logistic regression and how its features come from columns.
struct encoded_logistic {
    logistic model;
    std::size_t numbers = 0;
    std::vector<std::vector<std::string>> categories; // of each attribute, the base first
    std::vector<std::vector<std::uint32_t>> order;    // of each attribute: codes by ascending text

    [[nodiscard]] std::uint32_t code_of(std::size_t attribute, std::string_view text) const noexcept {
        auto const& names = categories[attribute];
        auto const at =
            std::lower_bound(order[attribute].begin(), order[attribute].end(), text,
                             [&](std::uint32_t code, std::string_view wanted) { return names[code] < wanted; });
        return at != order[attribute].end() && names[*at] == text ? *at : missing_category;
    }

    [[nodiscard]] row_score score(model_row const& row) const noexcept {
        row_score out;
        std::array<double, most_features> memory;
        std::copy_n(row.numbers.begin(), numbers, memory.begin());
        std::size_t used = numbers;
        for (std::size_t a = 0; a < categories.size(); ++a) {
            std::uint32_t const code = code_of(a, row.texts[numbers + a]);
            if (code == missing_category) out.unseen |= std::uint64_t{1} << (numbers + a);
            std::size_t const width = categories[a].size() - 1;
            std::fill_n(memory.begin() + static_cast<std::ptrdiff_t>(used), width, 0.0);
            if (code != missing_category && code > 0) memory[used + code - 1] = 1;
            used += width;
        }
        bool const seen = out.unseen == 0;
        out.score = seen ? model.probability(std::span(memory).first(used)) : std::numeric_limits<double>::quiet_NaN();
        return out;
    }
};

void too_many(std::size_t columns, std::size_t features) {
    if (columns <= most_model_columns && features <= most_features) return;
    throw issue_error("model_score.document", "/document", "the model is too large",
                      std::to_string(columns) + " columns, " + std::to_string(features) + " features",
                      "at most 64 columns and 1024 features", {});
}

outcome_encoding read_encoding(boost::json::object const& fields, logistic const& model) {
    outcome_encoding out;
    if (!fields.contains(encoding_key)) {
        for (std::size_t i = 0; i < model.coefficients().size(); ++i)
            out.numbers.push_back(i < model.names().size() ? model.names()[i] : "x" + std::to_string(i + 1));
        return out;
    }
    issue_list issues;
    model_reader outer(fields, issues);
    if (auto const* const encoding = outer.object(encoding_key)) {
        model_reader reader(*encoding, issues, "/encoding");
        out.numbers = reader.texts("numbers");
        for (auto& one : read_categories(reader, "/encoding"))
            out.attributes.push_back({std::move(one.first), std::move(one.second)});
    }
    issues.throw_if_errors();
    std::size_t features = out.numbers.size();
    for (auto const& attribute : out.attributes) {
        auto sorted = attribute.categories;
        std::sort(sorted.begin(), sorted.end());
        if (sorted.empty() || std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end())
            throw issue_error("model.bad_field", "model /encoding/categories/" + attribute.name,
                              "an attribute has no category, or one twice", std::to_string(sorted.size()),
                              "each category once", {});
        features += attribute.categories.size() - 1;
    }
    if (features != model.coefficients().size())
        throw issue_error("model.bad_field", "model /encoding", "the encoding does not fit the coefficients",
                          std::to_string(features), std::to_string(model.coefficients().size()), {});
    return out;
}

document_score logistic_score(std::string const& document) {
    auto const model = std::make_shared<encoded_logistic>(encoded_logistic{logistic::from_json(document), 0, {}, {}});
    auto const encoding = read_encoding(read_model_document(document, "logistic", 1), model->model);
    too_many(encoding.numbers.size() + encoding.attributes.size(), model->model.coefficients().size());
    document_score out;
    out.kind = "logistic";
    out.names = encoding.numbers;
    out.inputs.assign(encoding.numbers.size(), input_kind::number);
    model->numbers = encoding.numbers.size();
    for (auto const& attribute : encoding.attributes) {
        out.names.push_back(attribute.name);
        out.inputs.push_back(input_kind::text);
        model->categories.push_back(attribute.categories);
        auto& order = model->order.emplace_back();
        for (std::uint32_t code = 0; code < attribute.categories.size(); ++code)
            order.push_back(code);
        std::sort(order.begin(), order.end(), [&](std::uint32_t x, std::uint32_t y) {
            return attribute.categories[x] < attribute.categories[y];
        });
    }
    out.score = [model = std::shared_ptr<encoded_logistic const>(model)](model_row const& row) {
        return model->score(row);
    };
    out.probability = [](double score) { return score; };
    return out;
}

// Reasons of a card as a number: six bits for each variable, those where most points were lost first, and how many.
constexpr std::uint32_t card_reason = 0x4000'0000U;
constexpr unsigned bits_of_variable = 6;
constexpr unsigned bits_of_reasons = bits_of_variable * most_reasons;

struct scored_card {
    scorecard model;
    std::vector<double> best; // points of the best bin of each variable

    [[nodiscard]] row_score score(model_row const& row) const noexcept {
        auto const variables = model.variables();
        std::array<scorecard_value, most_model_columns> values;
        std::array<std::pair<double, std::uint32_t>, most_reasons + 1> lost; // shortfall and variable
        std::size_t reasons = 0;
        for (std::uint32_t i = 0; i < variables.size(); ++i) {
            woe_binning const& bins = variables[i].bins;
            bool const number = bins.layout().numeric;
            values[i] = number ? scorecard_value(row.numbers[i]) : scorecard_value(row.texts[i]);
            std::size_t const bin = number ? bins.bin_of(row.numbers[i]) : bins.bin_of(row.texts[i]);
            double const shortfall = best[i] - variables[i].points[bin];
            if (!(shortfall > 0)) continue;
            std::size_t at = reasons;
            for (; at > 0 && lost[at - 1].first < shortfall; --at)
                lost[at] = lost[at - 1];
            lost[at] = {shortfall, i};
            reasons = std::min(reasons + 1, most_reasons);
        }
        row_score out;
        out.score = model.score(std::span<scorecard_value const>(values).first(variables.size()));
        out.reason = card_reason | static_cast<std::uint32_t>(reasons) << bits_of_reasons;
        for (std::size_t i = 0; i < reasons; ++i)
            out.reason |= lost[i].second << (bits_of_variable * i);
        return out;
    }

    [[nodiscard]] std::vector<std::string> reasons(std::uint32_t reason) const {
        std::vector<std::string> out;
        if ((reason & card_reason) == 0 || reason == no_reason) return out;
        std::size_t const count = std::min<std::size_t>((reason & ~card_reason) >> bits_of_reasons, most_reasons);
        for (std::size_t i = 0; i < count; ++i) {
            std::size_t const variable = (reason >> (bits_of_variable * i)) & ((1U << bits_of_variable) - 1);
            if (variable < model.variables().size()) out.push_back(model.variables()[variable].bins.name());
        }
        return out;
    }
};

document_score scorecard_score(std::string const& document) {
    auto card = scorecard::from_json(document);
    too_many(card.variables().size(), card.variables().size());
    document_score out;
    out.kind = "scorecard";
    out.takes_missing = true;
    std::vector<double> best;
    for (scorecard_variable const& variable : card.variables()) {
        out.names.push_back(variable.bins.name());
        out.inputs.push_back(variable.bins.layout().numeric ? input_kind::number : input_kind::text);
        best.push_back(variable.best_points());
    }
    auto const model = std::make_shared<scored_card const>(scored_card{std::move(card), std::move(best)});
    out.score = [model](model_row const& row) { return model->score(row); };
    out.probability = [model](double score) { return model->model.probability_at(score); };
    out.reasons = [model](std::uint32_t reason) { return model->reasons(reason); };
    out.describe = [model](std::uint32_t reason) {
        auto const names = model->reasons(reason);
        return names.empty() ? std::string("no points were lost")
                             : "most points were lost by " + join_names(names, names.size());
    };
    return out;
}

} // namespace

std::string with_encoding(std::string_view logistic_document, outcome_encoding const& encoding) {
    boost::json::array categories;
    for (auto const& attribute : encoding.attributes)
        categories.push_back(write_categories(attribute.name, attribute.categories));
    boost::json::object out{{"numbers", boost::json::array(encoding.numbers.begin(), encoding.numbers.end())}};
    out["categories"] = std::move(categories);
    return with_member(logistic_document, encoding_key, std::move(out));
}

document_score read_document_score(std::string const& document) {
    std::string const kind = model_of_document(document);
    if (kind == "logistic") return logistic_score(document);
    if (kind == "scorecard") return scorecard_score(document);
    throw issue_error("model_score.document", "/document/model", "scores of this model are not known here",
                      quoted(kind), "logistic, scorecard", "Other models are mechanisms of their own");
}

} // namespace detail
} // namespace v0
} // namespace segmenta
