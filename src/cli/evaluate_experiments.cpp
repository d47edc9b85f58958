// SPDX-License-Identifier: Apache-2.0
#include "cli/evaluations.hpp"
#include "cli/fit_models.hpp"
#include "cli/screen.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/error.hpp>
#include <segmenta/evaluate/experiment_test.hpp>
#include <segmenta/evaluate/uplift_curves.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace segmenta::cli {
namespace {

constexpr double not_known = std::numeric_limits<double>::quiet_NaN();
constexpr double broken_ratio = 0.001; // see sample_ratio

/// The rows of the two arms.
struct arms {
    std::vector<std::size_t> treated;
    std::vector<std::size_t> control;
};

arms arms_of(evaluate_arguments const& a, table_file const& file) {
    auto const groups = file.texts(given_column(a.group, "--group", file));
    arms out;
    for (std::size_t row = 0; row < groups.size(); ++row) {
        if (groups[row].empty())
            throw issue_error("table.missing", file.name() + " row " + std::to_string(row + 1), "the arm is missing",
                              {}, "an arm in each row of column " + a.group, "Leave such rows out");
        if (groups[row] == a.treated)
            out.treated.push_back(row);
        else if (a.control.empty() || groups[row] == a.control)
            out.control.push_back(row);
    }
    auto const refuse = [&](char const* option, std::string const& name) {
        throw issue_error("table.empty_arm", file.name(), "nobody is in this arm", segmenta::quoted(name), {},
                          std::string("Name an arm of column ") + a.group + " with " + option);
    };
    if (out.treated.empty()) refuse("--treated", a.treated);
    if (out.control.empty()) refuse("--control", a.control.empty() ? "all others" : a.control);
    return out;
}

void add_sample_ratio(fit_report& to, arms const& of) {
    std::vector<std::uint64_t> const sizes{of.treated.size(), of.control.size()};
    auto const ratio = sample_ratio(sizes);
    double const p = ratio.p ? *ratio.p : 1;
    to.facts.emplace_back("sample ratio p", p);
    if (p < broken_ratio)
        to.remarks.emplace_back("the arms are not of one size; unless they were meant to differ, the assignment or the "
                                "counting is broken and nothing else here should be believed");
}

double or_unknown(std::optional<double> const& v) { return v ? *v : not_known; }

template <class T>
std::vector<T> chosen(std::vector<T> const& from, std::vector<std::size_t> const& rows) {
    std::vector<T> out;
    for (std::size_t const row : rows)
        out.push_back(from[row]);
    return out;
}

} // namespace

fit_report evaluate_proportions(evaluate_arguments const& a) {
    table_file const file(a.table, delimiter_of(a.delimiter));
    arms const of = arms_of(a, file);
    auto const events = events_of(file, a.outcome, a.positive);
    auto const count = [&](std::vector<std::size_t> const& rows) {
        proportion out;
        out.trials = rows.size();
        for (std::size_t const row : rows)
            out.successes += events[row];
        return out;
    };
    proportion const treated = count(of.treated);
    proportion const control = count(of.control);
    auto const test = two_proportions(treated, control, a.confidence);
    fit_report out;
    out.title = fmt::format("{} = {} by {}: {} of {} against {} of {}", a.outcome, a.positive, a.group,
                            grouped(treated.successes), grouped(treated.trials), grouped(control.successes),
                            grouped(control.trials));
    out.facts = {{"rate treated", test.rate_treated},
                 {"rate control", test.rate_control},
                 {"difference", test.difference},
                 {"difference low", test.newcombe.low},
                 {"difference high", test.newcombe.high},
                 {"relative lift", or_unknown(test.relative_lift)},
                 {"z", or_unknown(test.z)},
                 {"p", test.p},
                 {"fisher exact p", fisher_exact(treated, control)}};
    add_sample_ratio(out, of);
    return out;
}

fit_report evaluate_means(evaluate_arguments const& a) {
    table_file const file(a.table, delimiter_of(a.delimiter));
    arms const of = arms_of(a, file);
    auto const values = file.numbers(given_column(a.score, "--score", file));
    auto const treated = chosen(values, of.treated);
    auto const control = chosen(values, of.control);
    auto const test = welch_test(treated, control, a.confidence);
    auto const ranks = mann_whitney(treated, control);
    fit_report out;
    out.title = fmt::format("{} by {}: {} treated against {}", a.score, a.group, grouped(treated.size()),
                            grouped(control.size()));
    out.facts = {{"mean treated", test.mean_treated},
                 {"mean control", test.mean_control},
                 {"difference", test.difference},
                 {"difference low", test.confidence.low},
                 {"difference high", test.confidence.high},
                 {"relative lift", or_unknown(test.relative_lift)},
                 {"t", or_unknown(test.t)},
                 {"degrees", or_unknown(test.degrees)},
                 {"p", or_unknown(test.p)},
                 {"superiority", ranks.superiority},
                 {"rank test p", ranks.p}};
    add_sample_ratio(out, of);
    return out;
}

fit_report evaluate_uplift(evaluate_arguments const& a) {
    table_file const file(a.table, delimiter_of(a.delimiter));
    arms const of = arms_of(a, file);
    auto const all_scores = file.numbers(given_column(a.score, "--score", file));
    auto const all_events = events_of(file, a.outcome, a.positive);
    auto scores = chosen(all_scores, of.treated);
    auto const of_control = chosen(all_scores, of.control);
    scores.insert(scores.end(), of_control.begin(), of_control.end());
    std::vector<double> outcomes;
    for (auto const* rows : {&of.treated, &of.control})
        for (std::size_t const row : *rows)
            outcomes.push_back(all_events[row]);
    std::vector<std::uint8_t> treated(scores.size(), 0);
    std::fill_n(treated.begin(), of.treated.size(), std::uint8_t{1});
    uplift_curves const curves(scores, treated, outcomes);
    fit_report out;
    out.title = fmt::format("{} as a score of uplift in {} = {}: {}", a.score, a.outcome, a.positive,
                            counted(curves.size(), "customer", "customers"));
    auto const qini = curves.area(uplift_curve_kind::qini);
    auto const uplift = curves.area(uplift_curve_kind::uplift);
    out.facts = {{"average effect", curves.average_effect()},
                 {"qini", qini.raw()},
                 {"qini under curve", qini.under_curve},
                 {"auuc", uplift.under_curve},
                 {"auuc above chance", uplift.raw()},
                 {"qini by perfect curve",
                  or_unknown(curves.coefficient(uplift_curve_kind::qini, uplift_normalisation::perfect_curve))},
                 {"auuc by perfect curve",
                  or_unknown(curves.coefficient(uplift_curve_kind::uplift, uplift_normalisation::perfect_curve))}};
    figure_table first{"uplift at", {"first share", "treated", "control", "uplift", "incremental"}, {}};
    for (std::size_t i = 1; i <= a.bins; ++i) {
        double const share = static_cast<double>(i) / static_cast<double>(a.bins);
        auto const at = curves.uplift_at_share(share);
        first.rows.push_back({share, at.treated, at.control, or_unknown(at.uplift),
                              curves.incremental_at(uplift_curve_kind::qini, share)});
    }
    out.tables.push_back(std::move(first));
    add_sample_ratio(out, of);
    return out;
}

} // namespace segmenta::cli
