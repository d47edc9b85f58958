// SPDX-License-Identifier: Apache-2.0
// Models that were fitted elsewhere, as documents in a plan: a probability, or the points of a scorecard.
#include "model/model_document.hpp"
#include "model/model_strategy.hpp"
#include "strategy/kinds.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/model/logistic.hpp>
#include <segmenta/model/scorecard.hpp>

#include <algorithm>
#include <array>
#include <memory>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::string_view own_kind = "model_score";

struct loaded_model {
    std::size_t features = 0;
    std::function<double(std::span<double const>)> score;
};

loaded_model load_scorecard(std::string const& document) {
    auto const card = std::make_shared<scorecard const>(scorecard::from_json(document));
    for (scorecard_variable const& variable : card->variables())
        if (!variable.bins.layout().numeric)
            throw issue_error("model_score.document", "/document", "a variable of the scorecard is a text",
                              quoted(variable.bins.name()), "variables that are numbers",
                              "Leave it out of the card, or give it as a number of its own");
    return {card->variables().size(), [card](std::span<double const> row) {
                std::array<scorecard_value, most_model_columns> values;
                std::copy(row.begin(), row.end(), values.begin());
                return card->score({values.data(), row.size()});
            }};
}

loaded_model load_document(std::string const& document) {
    std::string const kind = model_of_document(document);
    if (kind == "logistic") {
        auto const model = std::make_shared<logistic const>(logistic::from_json(document));
        return {model->coefficients().size(), [model](std::span<double const> row) { return model->probability(row); }};
    }
    if (kind == "scorecard") return load_scorecard(document);
    throw issue_error("model_score.document", "/document/model", "scores of this model are not known here",
                      quoted(kind), "logistic, scorecard", "Other models are mechanisms of their own");
}

std::optional<model_use> read_use(strategy_use const& use, issue_list& issues) {
    auto const object = parameters_of(use, issues);
    if (!object) return std::nullopt;
    issue_list found;
    object_reader reader(*object, own_kind, use.place, found);
    auto const* const document = reader.need("document");
    score_cuts cuts;
    cuts.read(reader);
    reader.finish();
    cuts.check(own_kind, use.place, found);
    loaded_model model;
    if (document != nullptr) {
        try {
            model = load_document(write_json(*document));
            if (model.features != use.reads.size())
                found.error("model_score.reads", use.place + "/reads", "the model has another number of features",
                            std::to_string(use.reads.size()), std::to_string(model.features),
                            "Name a column for each feature, in the order of the document");
        } catch (issue_error const& e) {
            for (std::size_t i = 0; i < e.issues().size(); ++i) {
                issue one = e.issues()[i];
                one.place = use.place + "/document: " + one.place;
                found.add(one);
            }
        }
    }
    issues.append(found);
    if (found.has_errors()) return std::nullopt;
    model_use out;
    out.segments = cuts.locals();
    out.scores = cuts.cuts.empty(); // with cuts the answer is the segment
    out.needs_fit = false;
    out.make = [cuts, model](boost::json::object const&) -> model_function {
        return [cuts, model](std::span<double const> row, assignment& to) { cuts.assign(model.score(row), to); };
    };
    return out;
}

} // namespace

strategy_kind model_score_kind() {
    return model_kind(std::string(own_kind), "the score of a model that was fitted elsewhere", read_use);
}

} // namespace detail
} // namespace v0
} // namespace segmenta
