// SPDX-License-Identifier: Apache-2.0
// Models that were fitted elsewhere, as documents in a plan: a probability, or the points of a scorecard.
#include "model/document_score.hpp"
#include "model/model_document.hpp"
#include "model/model_strategy.hpp"
#include "strategy/kinds.hpp"

#include <segmenta/base/text.hpp>

#include <cmath>
#include <memory>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::string_view own_kind = "model_score";

model_answer answer_of(std::shared_ptr<document_score const> model, score_cuts const& cuts) {
    auto const assign = [model, cuts](model_row const& row, assignment& out) {
        auto const scored = model->score(row);
        if (scored.unseen != 0) { // nobody knows what the model would have said
            out = no_answer(status::unknown);
            out.reason = unseen_reason(scored.unseen);
            return;
        }
        if (std::isnan(scored.score) && model->takes_missing) { // the card leaves it to whoever asks
            out = no_answer(status::unknown);
            out.reason = scored.reason;
            return;
        }
        cuts.assign(scored.score, out);
        if (scored.reason != no_reason && out.standing == status::ok) out.reason = scored.reason;
    };
    return {assign, model->describe ? model->describe : describe_cuts(cuts)};
}

std::optional<model_use> read_use(strategy_use const& use, issue_list& issues) {
    auto const object = parameters_of(use, issues);
    if (!object) return std::nullopt;
    issue_list found;
    object_reader reader(*object, own_kind, use.place, found);
    auto const* const document = reader.need("document");
    score_cuts cuts;
    cuts.read(reader);
    drift_use drift;
    drift.read(reader);
    reader.finish();
    cuts.check(own_kind, use.place, found);
    std::shared_ptr<document_score const> model;
    if (document != nullptr) {
        try {
            model = std::make_shared<document_score const>(read_document_score(write_json(*document)));
            check_reads(own_kind, use, model->names, found);
            drift.read_document(document->get_object()); // an object, since it has been read
        } catch (issue_error const& e) {
            append_document_issues(e, use.place + "/document", found);
        }
    }
    issues.append(found);
    if (found.has_errors()) return std::nullopt;
    model_use out;
    out.segments = cuts.locals();
    out.inputs = model->inputs;
    out.scores = cuts.cuts.empty(); // with cuts the answer is the segment
    out.needs_fit = false;
    out.takes_missing = model->takes_missing;
    out.drift = std::move(drift);
    out.make = [cuts, model](boost::json::object const&) { return answer_of(model, cuts); };
    return out;
}

} // namespace

strategy_kind model_score_kind() {
    return model_kind(std::string(own_kind), "the score of a model that was fitted elsewhere", read_use);
}

} // namespace detail
} // namespace v0
} // namespace segmenta
