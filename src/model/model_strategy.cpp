// SPDX-License-Identifier: Apache-2.0
#include "model/model_strategy.hpp"

#include "evaluate/csv_text.hpp"
#include "model/model_document.hpp"
#include "model/reference_document.hpp"
#include "strategy/fitted.hpp"
#include "strategy/kinds.hpp"
#include "strategy/numbers.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/model/model_strategies.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::int64_t version = 1;

std::string near_remedy(std::string_view seen, std::span<std::string_view const> known) {
    auto const near = nearest_name(seen, known);
    return near.empty() ? std::string() : "Did you mean " + std::string(near) + "?";
}

std::vector<input_kind> inputs_of(strategy_use const& use, model_use const& read) {
    return read.inputs.empty() ? std::vector<input_kind>(use.reads.size(), input_kind::number) : read.inputs;
}

// The rows that have all columns.
training_rows complete_rows(block const& everyone, std::vector<input_kind> const& inputs) {
    training_rows out;
    out.numbers.resize(inputs.size());
    out.texts.resize(inputs.size());
    for (std::size_t i = 0; i < everyone.size; ++i) {
        bool whole = true;
        for (std::size_t c = 0; c < inputs.size() && whole; ++c) {
            column_view const& column = everyone.columns[c];
            whole = column.is_present(i) && (inputs[c] == input_kind::text || std::isfinite(number_at(column, i)));
        }
        if (!whole) continue;
        ++out.rows;
        for (std::size_t c = 0; c < inputs.size(); ++c)
            if (inputs[c] == input_kind::text)
                out.texts[c].emplace_back(everyone.columns[c].text(i));
            else
                out.numbers[c].push_back(number_at(everyone.columns[c], i));
    }
    return out;
}

// A strategy before it is saved.
std::shared_ptr<row_strategy::contents> contents_of(strategy_use const& use, model_use const& read,
                                                    boost::json::object const& fit) {
    auto made = std::make_shared<row_strategy::contents>();
    made->names.set(use.scheme, use.reads, read.segments);
    made->inputs = inputs_of(use, read);
    made->takes_missing = read.takes_missing;
    made->answer = read.make(fit);
    return made;
}

any_strategy finished(std::string_view name, strategy_use const& use, model_use const& read, boost::json::object fit,
                      std::shared_ptr<row_strategy::contents> made) {
    issue_list issues;
    auto const parameters = parameters_of(use, issues);
    issues.throw_if_errors();
    drift_watch watch{read.drift.source, read.drift.reference, read.drift.thresholds};
    if (!watch.reference) watch.reference = reference_of(fit);
    if (watch.source == drift_source::none && watch.reference) watch.source = drift_source::fit;
    made->watch = std::make_shared<drift_watch const>(std::move(watch));
    made->json = write_fitted(name, version, {use.scheme, use.reads, {}, *parameters, std::move(fit)});
    return any_strategy(row_strategy(std::move(made)));
}

// How the answers of everybody are distributed: what later customers are compared with.
std::optional<drift_reference> reference_of_everyone(std::shared_ptr<row_strategy::contents const> made,
                                                     block const& everyone) {
    row_strategy const strategy(std::move(made));
    std::vector<assignment> answers(everyone.size);
    strategy.assign(everyone, answers);
    std::vector<double> scores;
    std::vector<std::string> segments;
    for (auto const& one : answers) {
        bool const known = one.standing == status::ok;
        scores.push_back(known ? one.score : std::numeric_limits<double>::quiet_NaN());
        bool const placed = known && one.segment != no_segment;
        segments.emplace_back(placed ? local_id(strategy.segments()[one.segment].id) : std::string_view());
    }
    return freeze_answers(scores, segments);
}

// Of a plan's reference, features that no model answers.
void check_feature_names(drift_reference const& reference, std::string const& code, std::string const& place,
                         issue_list& issues) {
    std::array const known{score_feature, segment_feature};
    for (auto const& feature : reference.features())
        if (std::find(known.begin(), known.end(), feature.name) == known.end())
            issues.error(code, place, "a model answers no such feature", quoted(feature.name), join_names(known),
                         near_remedy(feature.name, known));
}

// Of a plan's reference, segments that the column does not have.
void check_segment_names(drift_feature const& feature, std::vector<std::string> const& segments,
                         std::string const& code, std::string const& place, issue_list& issues) {
    std::vector<std::string_view> const known(segments.begin(), segments.end());
    for (auto const& name : feature.categories)
        if (std::find(known.begin(), known.end(), name) == known.end())
            issues.error(code, place, "the column has no such segment", quoted(name), join_names(known),
                         near_remedy(local_id(name), known));
}

// The `reference` of a plan speaks of what the column answers, its score or its segments by name, or else it would be
// compared with nothing, without a word. Those of fits and documents do, and hold more.
void check_plan_reference(std::string_view kind, std::string const& at, model_use const& read, issue_list& issues) {
    if (read.drift.source != drift_source::plan) return;
    drift_reference const& reference = *read.drift.reference;
    std::string const code = code_of(kind, "drift");
    std::string const place = at + "/drift/reference";
    check_feature_names(reference, code, place, issues);
    auto const answer = reference.find(read.scores ? score_feature : segment_feature);
    if (!answer) {
        issues.error(code, place,
                     read.scores ? "the column holds a score, and the reference has none"
                                 : "the column holds segments, and the reference has none",
                     {}, std::string(read.scores ? score_feature : segment_feature),
                     "Freeze what the column answers, with freeze_answers");
        return;
    }
    if (!read.scores) check_segment_names(reference.features()[*answer], read.segments, code, place, issues);
}

model_use read_or_throw(model_use_reader const& read, strategy_use const& use) {
    issue_list issues;
    auto out = read(use, issues);
    issues.throw_if_errors();
    return *std::move(out);
}

} // namespace

void append_document_issues(issue_error const& from, std::string const& place, issue_list& to) {
    for (std::size_t i = 0; i < from.issues().size(); ++i) {
        issue one = from.issues()[i];
        one.place = place + ": " + one.place;
        to.add(one);
    }
}

void check_reads(std::string_view kind, strategy_use const& use, std::span<std::string const> names,
                 issue_list& issues) {
    std::string const remedy =
        "Name a column for each, in the order of the document: " + join_names(names, names.size());
    if (names.size() != use.reads.size()) {
        issues.error(std::string(kind) + ".reads", use.place + "/of", "the model reads another number of columns",
                     std::to_string(use.reads.size()), std::to_string(names.size()), remedy);
        return;
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
        bool const elsewhere =
            names[i] != use.reads[i] && std::find(names.begin(), names.end(), use.reads[i]) != names.end();
        if (!elsewhere) continue;
        issues.error(std::string(kind) + ".order", use.place + "/of",
                     "this column stands where the model reads another", quoted(use.reads[i]), quoted(names[i]),
                     remedy);
        return;
    }
}

void refuse_undetermined(fit_diagnostics const& fit, std::string_view place) {
    if (fit.state == identification::identified) return;
    throw issue_error("model." + std::string(to_string(fit.state)), std::string(place),
                      "the customers do not determine the model", std::string(to_string(fit.state)), "identified",
                      fit.remark);
}

void drift_use::read(object_reader& reader) {
    auto const* const found = reader.find("drift");
    if (found == nullptr) return;
    if (!found->is_object()) return reader.bad_value("drift", *found, "an object with shifted, drifted, reference");
    object_reader inner(found->get_object(), reader.kind(), reader.place_of("drift"), reader.issues());
    inner.read("shifted", thresholds.shifted);
    inner.read("drifted", thresholds.drifted);
    auto const* const given = inner.find("reference");
    inner.finish();
    if (!(thresholds.shifted > 0 && thresholds.shifted <= thresholds.drifted && std::isfinite(thresholds.drifted)))
        reader.bad_value("drift", *found, "0 < shifted <= drifted");
    if (given == nullptr) return;
    try {
        reference = read_reference(*given);
        source = drift_source::plan;
    } catch (issue_error const& e) {
        append_document_issues(e, inner.place_of("reference"), reader.issues());
    }
}

void drift_use::read_document(boost::json::object const& document) {
    if (reference) return;
    reference = reference_of(document);
    if (reference) source = drift_source::document;
}

void score_cuts::read(object_reader& reader) {
    reader.read("cuts", cuts);
    reader.read("segments", segments);
}

void score_cuts::check(std::string_view kind, std::string const& place, issue_list& issues) const {
    bool const ascending = std::adjacent_find(cuts.begin(), cuts.end(), std::greater_equal<>{}) == cuts.end() &&
                           std::all_of(cuts.begin(), cuts.end(), [](double c) { return std::isfinite(c); });
    if (!ascending)
        issues.error(code_of(kind, "cuts"), place + "/cuts", "cuts must be numbers, each larger than the one before");
    if (locals().size() != cuts.size() + 1)
        issues.error(code_of(kind, "sizes"), place + "/segments", "there must be one id more than cuts",
                     std::to_string(segments.size()), std::to_string(cuts.size() + 1));
}

std::vector<std::string> score_cuts::locals() const {
    return segments.empty() && cuts.empty() ? std::vector<std::string>{"all"} : segments;
}

void score_cuts::assign(double score, assignment& out) const noexcept {
    if (!std::isfinite(score)) {
        out = no_answer(status::error);
        return;
    }
    auto const above = std::upper_bound(cuts.begin(), cuts.end(), score) - cuts.begin();
    out.score = score;
    out.segment = static_cast<std::uint16_t>(above);
    out.reason = static_cast<std::uint32_t>(above);
}

std::function<std::string(std::uint32_t)> describe_cuts(score_cuts const& of) {
    if (of.cuts.empty()) return {};
    return [cuts = of.cuts](std::uint32_t above) {
        if (above > cuts.size()) return std::string();
        std::string const from = above > 0 ? "from " + csv_number(cuts[above - 1]) : std::string();
        std::string const below = above < cuts.size() ? "below " + csv_number(cuts[above]) : std::string();
        return "the score is " + from + (from.empty() || below.empty() ? "" : ", ") + below;
    };
}

strategy_kind model_kind(std::string name, std::string summary, model_use_reader read) {
    strategy_kind out;
    out.name = name;
    out.summary = std::move(summary);
    out.check = [name, read](strategy_use const& use, issue_list& issues) -> std::optional<strategy_outline> {
        issue_list found;
        auto const checked = read(use, found);
        if (checked) check_plan_reference(name, use.place, *checked, found);
        if (checked) check_scheme(name, use.scheme, use.reads, use.reads.size(), checked->segments, use.place, found);
        if (use.reads.empty() || use.reads.size() > most_model_columns)
            found.error(code_of(name, "reads"), use.place + "/reads", "a model reads a few columns",
                        std::to_string(use.reads.size()), "1 to " + std::to_string(most_model_columns));
        issues.append(found);
        if (found.has_errors() || !checked) return std::nullopt;
        strategy_outline described;
        described.needs_fit = checked->needs_fit;
        if (described.needs_fit) described.scope = column_scope::fitted;
        described.reads = use.reads;
        described.inputs = inputs_of(use, *checked);
        described.scores = checked->scores;
        for (auto const& local : checked->segments)
            described.segments.push_back(use.scheme + "." + local);
        return described;
    };
    out.fit = [name, read](strategy_use const& use, block const& everyone, std::span<std::uint32_t const>) {
        model_use const checked = read_or_throw(read, use);
        if (!checked.needs_fit) return finished(name, use, checked, {}, contents_of(use, checked, {}));
        bool const fits = everyone.columns.size() == use.reads.size();
        auto const rows = fits ? complete_rows(everyone, inputs_of(use, checked)) : training_rows{};
        if (rows.rows == 0)
            throw issue_error("model.no_rows", use.place, "no customer has all the columns the model is fitted on", {},
                              join_names(use.reads, use.reads.size()),
                              "Give missing values a default, or other columns");
        auto fit = checked.fit(rows);
        auto made = contents_of(use, checked, fit);
        if (auto const reference = reference_of_everyone(made, everyone))
            fit["reference"] = parse_json(reference->to_json());
        return finished(name, use, checked, std::move(fit), std::move(made));
    };
    out.load = [name, read](std::string_view json, strategy_use const& use) {
        auto const body = read_fitted(json, name, version);
        issue_list issues;
        std::vector<std::string_view> const reads(body.reads.begin(), body.reads.end());
        check_same_use(name, body.scheme, reads, use);
        auto const checked = read_or_throw(read, use);
        return finished(name, use, checked, body.fit, contents_of(use, checked, body.fit));
    };
    return out;
}

} // namespace detail

void add_models(strategy_registry& mechanisms) {
    for (auto make :
         {detail::clusters_kind, detail::k_means_kind, detail::repeat_buying_kind, detail::model_score_kind})
        mechanisms.add(make());
}

strategy_registry registry_with_models() {
    strategy_registry out = strategy_registry::core();
    add_models(out);
    return out;
}

} // namespace v0
} // namespace segmenta
