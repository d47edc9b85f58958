// SPDX-License-Identifier: Apache-2.0
// `segmenta evaluate`: is the score, the segmentation, the experiment any good.
#include "cli/evaluate_command.hpp"

#include "cli/evaluations.hpp"
#include "cli/named_entries.hpp"

#include <fmt/format.h>

#include <array>

namespace segmenta::cli {
namespace {

struct known_evaluation {
    std::string_view name;
    fit_report (*run)(evaluate_arguments const&);
};

constexpr std::array known_evaluations{
    known_evaluation{"binary", evaluate_binary},       known_evaluation{"probability", evaluate_probability},
    known_evaluation{"clusters", evaluate_clusters},   known_evaluation{"agreement", evaluate_agreement},
    known_evaluation{"stability", evaluate_stability}, known_evaluation{"migration", evaluate_migration},
    known_evaluation{"uplift", evaluate_uplift},       known_evaluation{"proportions", evaluate_proportions},
    known_evaluation{"means", evaluate_means},         known_evaluation{"survival", evaluate_survival},
};

} // namespace

std::span<std::string_view const> evaluations() noexcept {
    static constexpr auto names = names_of_entries(known_evaluations);
    return names;
}

fit_report evaluate(evaluate_arguments const& arguments) {
    return entry_named(known_evaluations, arguments.what, "cli.evaluation", "WHAT", "there is no such evaluation")
        .run(arguments);
}

void run_evaluate(evaluate_arguments const& arguments) {
    fit_report const report = evaluate(arguments);
    fmt::print("{}", arguments.json ? to_json(report, arguments.what) : to_text(report));
}

} // namespace segmenta::cli
