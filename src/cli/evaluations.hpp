// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_CLI_EVALUATIONS_HPP
#define SEGMENTA_SRC_CLI_EVALUATIONS_HPP

#include "cli/evaluate_command.hpp"

namespace segmenta::cli {

// Scores and probabilities against outcomes, and how they move (evaluate_scores.cpp).
fit_report evaluate_binary(evaluate_arguments const& a);
fit_report evaluate_probability(evaluate_arguments const& a);
fit_report evaluate_stability(evaluate_arguments const& a);
fit_report evaluate_survival(evaluate_arguments const& a);

// Clusters and segments (evaluate_segments.cpp).
fit_report evaluate_clusters(evaluate_arguments const& a);
fit_report evaluate_agreement(evaluate_arguments const& a);
fit_report evaluate_migration(evaluate_arguments const& a);

// Arms of an experiment (evaluate_experiments.cpp).
fit_report evaluate_uplift(evaluate_arguments const& a);
fit_report evaluate_proportions(evaluate_arguments const& a);
fit_report evaluate_means(evaluate_arguments const& a);

} // namespace segmenta::cli

#endif
