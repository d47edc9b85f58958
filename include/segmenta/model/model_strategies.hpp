// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_MODEL_STRATEGIES_HPP
#define SEGMENTA_MODEL_MODEL_STRATEGIES_HPP

/// \file
/// Statistical models as mechanisms of plans: fitted with the plan on everybody, saved in the fitted plan, answering
/// one customer at a time without allocation.
///
/// | mechanism | reads | parameters | answers |
/// |---|---|---|---|
/// | `clusters` | number columns, then columns of categories | `document` (of a `cluster_model`, as `segmenta fit`
/// wrote it), or to fit with the plan: `model` (`k_means`, `k_prototypes`, `gaussian_mixture`), `clusters`, `seed`,
/// `starts`, `standardise`, `covariance`, `categories`; `segments`, `probability_of` | segment: the cluster; score: see
/// `cluster_answer`, or the probability of one segment |
/// | `k_means` | number columns | `clusters`, `seed`, `starts`, `standardise`, `segments` | as `clusters` |
/// | `repeat_buying` | repeat purchases, age at the last one, age (and mean spend) | `model`, `answer`, `unit`,
/// `horizon`, `discount_per_year`, `cuts`, `segments` | score: probability to be alive, expected purchases or lifetime
/// value |
/// | `model_score` | the columns of the document, in its order | `document`, `cuts`, `segments` | score of a logistic
/// regression (a probability) or of a scorecard (points), as `segmenta fit` wrote it |
///
/// Columns that are missing make a row `unknown`, and its reason names them; a scorecard has bins for what is missing
/// and scores it. A category that a logistic regression has not seen makes a row `unknown`, too; to k-prototypes it
/// differs from all, and a scorecard's document says what it weighs. A score that is not finite is an `error`. The
/// reason of a cluster is what sets it apart, that of a scorecard the variables that lost most points (at most four),
/// that of a segment between cuts its bounds. A row with a missing column is left out of a fit. A fit whose parameters
/// the data do not determine is refused (`model.not_identified`): a plan must not answer with what nobody knows.

#include <segmenta/strategy/registry.hpp>

namespace segmenta {
inline namespace v0 {

/// Adds the mechanisms above. Throws `issue_error` (`strategy.duplicate_kind`) when a name is taken.
///
///     auto mechanisms = segmenta::strategy_registry::core();
///     segmenta::add_models(mechanisms);
///     auto const plan = segmenta::read_plan("shop.json", mechanisms);
void add_models(strategy_registry& mechanisms);

/// `strategy_registry::core()` with models.
[[nodiscard]] strategy_registry registry_with_models();

} // namespace v0
} // namespace segmenta

#endif
