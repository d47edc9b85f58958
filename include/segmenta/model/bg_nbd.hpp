// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_BG_NBD_HPP
#define SEGMENTA_MODEL_BG_NBD_HPP

/// \file
/// The BG/NBD model of repeat buying: customers buy at random and may leave after each repeat purchase. See
/// beta_geometric.hpp for the story, the scores and the sources (Fader, Hardie and Lee, 2005).

#include <segmenta/model/beta_geometric.hpp>

#include <string_view>

namespace segmenta {
inline namespace v0 {

/// BG/NBD: who never bought again counts as alive for sure; where that is wrong, see `mbg_nbd`.
///
///     bg_nbd const model = fit_bg_nbd(summary);
///     if (model.diagnostics().state == identification::identified)
///         use(model.conditional_expected_transactions(customer, horizon(39)));
///
/// Thread safety: immutable after construction; concurrent use is safe.
class bg_nbd : public beta_geometric {
public:
    /// From given parameters; throws `issue_error` (`clv.bad_parameter`) unless all are finite and above 0.
    bg_nbd(beta_geometric_parameters const& parameters, model_time_unit unit);
    /// What a fit makes.
    explicit bg_nbd(detail::beta_geometric_state state);

    /// Reads what `to_json` wrote, equal in every bit; throws `issue_error` for what is damaged or another model.
    [[nodiscard]] static bg_nbd from_json(std::string_view text);
};

/// Maximum likelihood by Newton's method in the logarithms of the parameters with exact derivatives, standard errors by
/// the delta method. Throws `issue_error` with all that check_summary() finds. Data that do not determine the
/// parameters give a model whose `diagnostics()` say `not_identified`. O(n) a step, of which large
/// data need about three.
[[nodiscard]] bg_nbd fit_bg_nbd(purchase_summary const& customers, beta_geometric_options const& options = {});
/// The same from collected statistics; throws `issue_error` (`clv.empty`) when they hold no customer.
[[nodiscard]] bg_nbd fit_bg_nbd(purchase_statistics const& customers, beta_geometric_options const& options = {});

} // namespace v0
} // namespace segmenta

#endif
