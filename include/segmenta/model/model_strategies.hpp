// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_MODEL_STRATEGIES_HPP
#define SEGMENTA_MODEL_MODEL_STRATEGIES_HPP

/// \file
/// Statistical models as mechanisms of plans: fitted with the plan on everybody, saved in the fitted plan, answering
/// one customer at a time without allocation.
///
/// | mechanism | reads | parameters | answers |
/// |---|---|---|---|
/// | `k_means` | number columns | `clusters`, `seed`, `starts`, `standardise`, `segments` | segment: nearest centre;
/// score: distance to it | | `repeat_buying` | repeat purchases, age at the last one, age (and mean spend) | `model`,
/// `answer`, `unit`, `horizon`, `discount_per_year`, `cuts`, `segments` | score: probability to be alive, expected
/// purchases or lifetime value | | `model_score` | the features of the document | `document`, `cuts`, `segments` |
/// score of a logistic regression (a probability) or of a scorecard (points), as `segmenta fit` wrote it |
///
/// Columns that are missing make a row `unknown`, a score that is not finite `error`. A row with a missing column is
/// left out of a fit. A fit whose parameters the data do not determine is refused (`model.not_identified`): a plan must
/// not answer with what nobody knows.

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
