// SPDX-License-Identifier: Apache-2.0
// Models of an outcome from the command line.
#include "cli/fit_models.hpp"

#include "cli/screen.hpp"
#include "model/document_score.hpp"
#include "model/reference_document.hpp"

#include <segmenta/error.hpp>
#include <segmenta/model/logistic.hpp>
#include <segmenta/model/model_drift.hpp>
#include <segmenta/model/scorecard.hpp>
#include <segmenta/model/woe_binning.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace segmenta::cli {
namespace {

/// Numeric columns and a column of 0 and 1 for each category but the first; rows that miss anything are left out.
struct design {
    std::vector<std::string> names;
    std::vector<std::vector<double>> columns;
    std::vector<std::uint8_t> events;
    std::size_t left_out = 0;
    detail::outcome_encoding encoding;        ///< how features come from the columns of the file
    std::vector<std::string> columns_left_out;
};

void keep_rows(design& d, std::vector<bool> const& whole) {
    auto const keep = [&](auto& values) {
        std::size_t kept = 0;
        for (std::size_t row = 0; row < whole.size(); ++row)
            if (whole[row]) values[kept++] = values[row];
        values.resize(kept);
    };
    d.left_out = static_cast<std::size_t>(std::count(whole.begin(), whole.end(), false));
    if (d.left_out == 0) return;
    for (auto& column : d.columns)
        keep(column);
    keep(d.events);
}

design design_of(fit_arguments const& a, table_file const& file) {
    auto const features = features_of(a, file);
    design out;
    out.events = events_of(file, a.outcome, a.positive);
    std::vector<bool> whole(out.events.size(), true);
    out.columns_left_out = features.left_out;
    out.names = features.numeric;
    out.encoding.numbers = features.numeric;
    out.columns = file.numbers(features.numeric);
    for (auto const& column : out.columns)
        for (std::size_t row = 0; row < whole.size(); ++row)
            whole[row] = whole[row] && !std::isnan(column[row]);
    for (auto const& name : features.categorical) {
        auto const coded = file.codes(name);
        std::vector<std::string> labels = coded.labels;
        std::sort(labels.begin(), labels.end());
        out.encoding.attributes.push_back({name, labels});
        for (std::size_t i = 1; i < labels.size(); ++i) {
            auto const code = std::find(coded.labels.begin(), coded.labels.end(), labels[i]) - coded.labels.begin();
            out.names.push_back(name + "=" + labels[i]);
            auto& column = out.columns.emplace_back();
            for (std::int32_t const c : coded.codes)
                column.push_back(c == code ? 1 : 0);
        }
        for (std::size_t row = 0; row < whole.size(); ++row)
            whole[row] = whole[row] && coded.codes[row] >= 0;
    }
    keep_rows(out, whole);
    return out;
}

} // namespace

fit_report fit_logistic(fit_arguments const& a) {
    table_file const file = customers_of(a);
    design const d = design_of(a, file);
    logistic_options options;
    options.names = d.names;
    options.ridge = a.ridge;
    options.lasso = a.lasso;
    options.scale_penalty = a.standardise;
    options.threads = a.threads;
    auto const model = segmenta::fit_logistic(as_columns(d.columns), d.events, options);
    auto const events = std::count(d.events.begin(), d.events.end(), std::uint8_t{1});
    fit_report out;
    out.title = fmt::format("logistic: {} = {}, {} of {}", a.outcome, a.positive,
                            grouped(static_cast<std::uint64_t>(events)), counted(d.events.size(), "row", "rows"));
    out.parameters = model.parameters();
    out.diagnostics = model.diagnostics();
    out.facts = {{"deviance", model.deviance()}, {"aic", model.aic()}};
    if (d.left_out != 0) out.facts.emplace_back("rows left out", static_cast<double>(d.left_out));
    figure_table tests{"tests of coefficients", {"parameter", "z", "p"}, {}};
    for (auto const& test : model.wald())
        tests.rows.push_back({test.name, test.z, test.p_value});
    out.tables.push_back(std::move(tests));
    if (d.left_out != 0) out.remarks.emplace_back("rows that miss a feature were left out");
    if (!d.columns_left_out.empty())
        out.remarks.push_back(
            fmt::format("left out, as texts that differ in most rows: {}", fmt::join(d.columns_left_out, ", ")));
    for (auto const& attribute : d.encoding.attributes)
        if (!attribute.categories.empty())
            out.remarks.push_back("compared with " + attribute.name + ": " + attribute.categories[0]);
    std::vector<double> scores(d.events.size());
    model.probability(as_columns(d.columns), scores);
    out.document =
        detail::with_reference(detail::with_encoding(model.to_json(), d.encoding), freeze_answers(scores, {}));
    return out;
}

namespace {

/// The columns a scorecard is made of; texts are kept here.
struct card_columns {
    std::vector<std::string> names;
    std::vector<std::vector<double>> numbers;
    std::vector<std::vector<std::string>> texts;
    std::vector<std::vector<std::string_view>> views;
    std::vector<scorecard_column> columns;
};

void read_card_columns(fit_arguments const& a, table_file const& file, card_columns& to) {
    auto const features = features_of(a, file);
    to.names = features.numeric;
    to.names.insert(to.names.end(), features.categorical.begin(), features.categorical.end());
    to.numbers = file.numbers(features.numeric);
    for (auto const& name : features.categorical)
        to.texts.push_back(file.texts(name));
    for (auto const& column : to.texts)
        to.views.emplace_back(column.begin(), column.end());
    for (auto const& column : to.numbers)
        to.columns.push_back({column, {}});
    for (auto const& column : to.views)
        to.columns.push_back({{}, column});
}

woe_options binning_of(std::string const& name) {
    woe_options out;
    out.name = name;
    return out;
}

/// 0 for a variable that cannot be binned because all rows are alike.
double information_value_of(std::string const& name, scorecard_column const& column,
                            std::vector<std::uint8_t> const& events) {
    try {
        return column.texts.empty() ? fit_woe_binning(column.numbers, events, binning_of(name)).information_value()
                                    : fit_woe_binning(column.texts, events, binning_of(name)).information_value();
    } catch (issue_error const& e) {
        if (e.issues()[0].code != "woe.constant") throw;
        return 0;
    }
}

/// Variables that say less than `least` are left out, as scorecards are made (N. Siddiqi, "Credit Risk Scorecards",
/// 2006: below 0.02 a variable does not foretell).
void keep_informative(card_columns& read, std::vector<std::uint8_t> const& events, double least,
                      figure_table& left_out) {
    std::vector<std::string> names;
    std::vector<scorecard_column> columns;
    for (std::size_t i = 0; i < read.names.size(); ++i) {
        std::string const& name = read.names[i];
        auto const& column = read.columns[i];
        double const information = information_value_of(name, column, events);
        if (information < least) {
            left_out.rows.push_back({name, information});
            continue;
        }
        names.push_back(name);
        columns.push_back(column);
    }
    if (names.empty())
        throw issue_error("cli.features", "--features", "no variable foretells the outcome", {},
                          "an information value of at least " + std::to_string(least),
                          "Give other features, or --least-information 0");
    read.names = std::move(names);
    read.columns = std::move(columns);
}

scorecard_scale scale_of(fit_arguments const& a) {
    if (!(a.odds > 0))
        throw issue_error("cli.odds", "--odds", "odds are above 0", std::to_string(a.odds),
                          "50 for 50 non-events to an event", {});
    scorecard_scale out;
    out.points0 = a.points;
    out.odds0 = 1 / a.odds; // events to a non-event
    out.pdo = a.points_to_double;
    return out;
}

} // namespace

fit_report fit_scorecard(fit_arguments const& a) {
    table_file const file = customers_of(a);
    card_columns read;
    read_card_columns(a, file, read);
    auto const events = events_of(file, a.outcome, a.positive);
    figure_table left_out{"left out", {"variable", "information value"}, {}};
    keep_informative(read, events, a.least_information, left_out);
    scorecard_options options;
    options.scale = scale_of(a);
    options.regression.threads = a.threads;
    options.regression.names = read.names;
    for (auto const& name : read.names)
        options.variables.push_back(binning_of(name));
    auto const model = segmenta::fit_scorecard(read.columns, events, options);
    fit_report out;
    out.title = fmt::format("scorecard: {} = {}, {}", a.outcome, a.positive, counted(events.size(), "row", "rows"));
    out.facts = {{"base points", model.base()}, {"best score", model.best_score()}};
    figure_table values{"information values", {"variable", "information value", "coefficient"}, {}};
    figure_table points{"points", {"variable", "bin", "events", "non events", "woe", "points"}, {}};
    for (auto const& variable : model.variables()) {
        values.rows.push_back({variable.bins.name(), variable.bins.information_value(), variable.coefficient});
        auto const table = variable.bins.table();
        for (std::size_t i = 0; i < table.size(); ++i)
            points.rows.push_back({variable.bins.name(), table[i].label, static_cast<double>(table[i].counts.events),
                                   static_cast<double>(table[i].counts.non_events), table[i].woe, variable.points[i]});
    }
    out.tables.push_back(std::move(values));
    if (!left_out.rows.empty()) out.tables.push_back(std::move(left_out));
    out.tables.push_back(std::move(points));
    for (std::size_t i = 0; i < model.warnings().size(); ++i)
        out.remarks.push_back(to_string(model.warnings()[i]));
    std::vector<double> scores(events.size());
    model.score(read.columns, scores);
    out.document = detail::with_reference(model.to_json(), freeze_answers(scores, {}));
    return out;
}

} // namespace segmenta::cli
