// SPDX-License-Identifier: Apache-2.0
#include "cli/evaluations.hpp"
#include "cli/fit_models.hpp"
#include "cli/screen.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/error.hpp>
#include <segmenta/evaluate/binary_scores.hpp>
#include <segmenta/evaluate/probability_scores.hpp>
#include <segmenta/evaluate/stability_index.hpp>
#include <segmenta/stats/kaplan_meier.hpp>
#include <segmenta/stats/quantile.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace segmenta::cli {
namespace {

table_file file_of(evaluate_arguments const& a) { return table_file(a.table, delimiter_of(a.delimiter)); }

std::vector<double> scores_of(evaluate_arguments const& a, table_file const& file) {
    auto const column = given_column(a.score, "--score", file);
    auto out = file.numbers(column);
    auto const bad = std::find_if(out.begin(), out.end(), [](double v) { return std::isnan(v); });
    if (bad != out.end())
        throw issue_error("table.missing", file.name() + " row " + std::to_string(bad - out.begin() + 1),
                          "column " + column + " misses the score", "nothing", "a number in each row",
                          "Leave such rows out");
    return out;
}

double number(std::uint64_t n) { return static_cast<double>(n); }

} // namespace

fit_report evaluate_binary(evaluate_arguments const& a) {
    table_file const file = file_of(a);
    auto const scores = scores_of(a, file);
    auto const events = events_of(file, a.outcome, a.positive);
    binary_scores const ranked(scores, events);
    auto const auc = ranked.auc_with_error(a.confidence);
    auto const ks = ranked.ks();
    fit_report out;
    out.title =
        fmt::format("{} against {} = {}: {}", a.score, a.outcome, a.positive, counted(ranked.size(), "row", "rows"));
    out.facts = {{"positives", number(ranked.positives())},
                 {"rate", ranked.rate()},
                 {"auc", auc.value},
                 {"auc standard error", auc.standard_error},
                 {"auc low", auc.confidence.low},
                 {"auc high", auc.confidence.high},
                 {"gini", ranked.gini()},
                 {"ks", ks.value},
                 {"ks at score", ks.score},
                 {"average precision", ranked.average_precision()}};
    figure_table gains{
        "gains",
        {"lowest score", "customers", "positives", "rate", "lift", "cumulative positives", "cumulative lift"},
        {}};
    for (auto const& band : ranked.gains_table(a.bins))
        gains.rows.push_back({band.lowest_score, number(band.customers), number(band.positives), band.rate, band.lift,
                              band.cumulative_positives, band.cumulative_lift});
    out.tables.push_back(std::move(gains));
    return out;
}

fit_report evaluate_probability(evaluate_arguments const& a) {
    table_file const file = file_of(a);
    auto const scores = scores_of(a, file);
    auto const events = events_of(file, a.outcome, a.positive);
    auto const brier = brier_decomposition(scores, events, calibration_bands::equal_size, a.bins);
    auto const fits = hosmer_lemeshow_test(scores, events, calibration_sample::unseen, a.bins);
    fit_report out;
    out.title = fmt::format("{} as the probability of {} = {}: {}", a.score, a.outcome, a.positive,
                            counted(scores.size(), "row", "rows"));
    out.facts = {{"brier", brier.score},
                 {"reliability", brier.reliability},
                 {"resolution", brier.resolution},
                 {"uncertainty", brier.uncertainty},
                 {"within bands", brier.within_bands},
                 {"log loss", log_loss(scores, events)},
                 {"hosmer lemeshow", fits.statistic},
                 {"hosmer lemeshow p", fits.p ? *fits.p : std::nan("")}};
    figure_table table{"calibration", {"lowest", "highest", "customers", "positives", "predicted", "observed"}, {}};
    for (auto const& band : calibration_table(scores, events, calibration_bands::equal_size, a.bins))
        table.rows.push_back({band.lowest, band.highest, number(band.customers), number(band.positives),
                              band.mean_probability, band.rate});
    out.tables.push_back(std::move(table));
    out.remarks.emplace_back("the test takes the rows as ones the model was not fitted to");
    return out;
}

fit_report evaluate_stability(evaluate_arguments const& a) {
    table_file const now = file_of(a);
    if (a.reference.empty())
        throw issue_error("cli.reference", "--reference", "the file to compare with is not given", {},
                          "--reference FILE.csv", {});
    table_file const before(a.reference, delimiter_of(a.delimiter));
    auto const expected = scores_of(a, before);
    auto const actual = scores_of(a, now);
    // Bins are those of the reference, and stay.
    auto const edges = quantile_edges(std::span<double const>(expected), nullptr, a.bins);
    auto const counts = [&](std::vector<double> const& values) {
        std::vector<std::uint64_t> out(edges.bins());
        for (double const v : values)
            ++out[bin_code(v, edges)];
        return out;
    };
    auto const index = population_stability(counts(expected), counts(actual), fill_share{});
    fit_report out;
    out.title = fmt::format("{}: {} now against {} before", a.score, counted(actual.size(), "row", "rows"),
                            grouped(expected.size()));
    out.facts = {{"psi", index.value},
                 {"level", std::string(to_string(drift_thresholds{}.level_of(index.value)))},
                 {"psi by chance", expected_stability_index(index.bins.size(), expected.size(), actual.size())},
                 {"empty bins", number(index.filled)}};
    figure_table table{"bins", {"bin", "before", "now", "share before", "share now", "part"}, {}};
    for (std::size_t i = 0; i < index.bins.size(); ++i) {
        auto const& b = index.bins[i];
        table.rows.push_back(
            {number(i + 1), number(b.expected), number(b.actual), b.expected_share, b.actual_share, b.part});
    }
    out.tables.push_back(std::move(table));
    if (index.filled != 0)
        out.remarks.emplace_back("empty bins count as a share of 0.0001, and the index hangs on that");
    return out;
}

fit_report evaluate_survival(evaluate_arguments const& a) {
    table_file const file = file_of(a);
    auto const durations = file.numbers(given_column(a.duration, "--duration", file));
    auto const events = events_of(file, a.outcome, a.positive, false);
    kaplan_meier const curve(durations, events, {}, a.confidence);
    fit_report out;
    auto const left = static_cast<std::uint64_t>(std::count(events.begin(), events.end(), std::uint8_t{1}));
    out.title = fmt::format("{} until {} = {}: {} of {}", a.duration, a.outcome, a.positive, grouped(left),
                            counted(events.size(), "customer", "customers"));
    double const last = curve.points().back().time;
    out.facts = {{"median", curve.median() ? *curve.median() : std::nan("")},
                 {"survival at the end", curve.survival_at(last)},
                 {"mean until the end", curve.mean_until(last).mean},
                 {"end", last}};
    figure_table table{"survival", {"time", "at risk", "left", "survival", "low", "high"}, {}};
    for (auto const& point : curve.points())
        if (point.events != 0)
            table.rows.push_back(
                {point.time, point.at_risk, point.events, point.survival, point.confidence.low, point.confidence.high});
    out.tables.push_back(std::move(table));
    return out;
}

} // namespace segmenta::cli
