// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_MBG_NBD_HPP
#define SEGMENTA_MODEL_MBG_NBD_HPP

/// \file
/// The MBG/NBD model of repeat buying: as BG/NBD, but a customer may leave after the first purchase already. See
/// beta_geometric.hpp for the story, the scores and the sources (Batislam, Denizel and Filiztekin, 2007).

#include <segmenta/model/beta_geometric.hpp>

#include <string_view>

namespace segmenta {
inline namespace v0 {

/// MBG/NBD: who never bought again may have left.
///
///     mbg_nbd const model = fit_mbg_nbd(summary);
///     model.probability_alive({repeat_count(0), age_at_last_purchase(0), customer_age(38.86)}); // below 1
///
/// Thread safety: immutable after construction; concurrent use is safe.
class mbg_nbd : public beta_geometric {
public:
    /// From given parameters; throws `issue_error` (`clv.bad_parameter`) unless all are finite and above 0.
    mbg_nbd(beta_geometric_parameters const& parameters, model_time_unit unit);
    /// What a fit makes.
    explicit mbg_nbd(detail::beta_geometric_state state);

    /// Reads what `to_json` wrote, equal in every bit; throws `issue_error` for what is damaged or another model.
    [[nodiscard]] static mbg_nbd from_json(std::string_view text);
};

/// Maximum likelihood by Newton's method in the logarithms of the parameters with exact derivatives, standard errors by
/// the delta method. Throws `issue_error` with all that check_summary() finds. Data that do not determine the
/// parameters give a model whose `diagnostics()` say `not_identified`. O(n) a step, of which large
/// data need about three.
[[nodiscard]] mbg_nbd fit_mbg_nbd(purchase_summary const& customers, beta_geometric_options const& options = {});
/// The same from collected statistics; throws `issue_error` (`clv.empty`) when they hold no customer.
[[nodiscard]] mbg_nbd fit_mbg_nbd(purchase_statistics const& customers, beta_geometric_options const& options = {});

} // namespace v0
} // namespace segmenta

#endif
