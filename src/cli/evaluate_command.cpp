// SPDX-License-Identifier: Apache-2.0
// `segmenta evaluate`: is the score, the segmentation, the experiment any good.
#include "cli/evaluate_command.hpp"

#include "cli/evaluations.hpp"
#include "cli/fit_models.hpp"
#include "cli/named_entries.hpp"
#include "cli/usage.hpp"

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

using name = std::string_view;
constexpr name of_scores[]{"binary", "probability", "stability", "uplift", "means"};
constexpr name of_outcomes[]{"binary", "probability", "survival", "uplift", "proportions"};
constexpr name of_arms[]{"uplift", "proportions", "means"};
constexpr name of_labels[]{"clusters", "agreement", "migration"};
constexpr name of_truths[]{"agreement", "migration"};
constexpr name clusters_alone[]{"clusters"};
constexpr name stability_alone[]{"stability"};
constexpr name survival_alone[]{"survival"};

constexpr std::array evaluation_options{
    option_use{"--score", of_scores},           option_use{"--outcome", of_outcomes},
    option_use{"--positive", of_outcomes},      option_use{"--group", of_arms},
    option_use{"--treated", of_arms},           option_use{"--control", of_arms},
    option_use{"--labels", of_labels},          option_use{"--truth", of_truths},
    option_use{"--features", clusters_alone},   option_use{"--reference", stability_alone},
    option_use{"--duration", survival_alone},
};

} // namespace

std::span<std::string_view const> evaluations() noexcept {
    static constexpr auto names = names_of_entries(known_evaluations);
    return names;
}

fit_report evaluate(evaluate_arguments const& arguments) {
    auto const& known =
        entry_named(known_evaluations, arguments.what, "cli.evaluation", "WHAT", "there is no such evaluation");
    check_options(evaluation_options, arguments.given, known.name);
    refuse_repeats(arguments.features, "--features");
    auto const delimiter = delimiter_of(arguments.delimiter);
    table_file(arguments.table, delimiter).require_rows();
    if (!arguments.reference.empty()) table_file(arguments.reference, delimiter).require_rows();
    return known.run(arguments);
}

void run_evaluate(evaluate_arguments const& arguments) {
    fit_report const report = evaluate(arguments);
    fmt::print("{}", arguments.json ? to_json(report, arguments.what) : to_text(report));
}

} // namespace segmenta::cli
