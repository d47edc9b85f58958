// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_CNBD_K_HPP
#define SEGMENTA_MODEL_CNBD_K_HPP

/// \file
/// BG/CNBD-k and MBG/CNBD-k: as BG/NBD and MBG/NBD, for customers who buy at regular intervals: the times between
/// purchases are Erlang-k, sums of k exponential ones. See beta_geometric.hpp for the story, the scores and the sources
/// (Reutterer, Platzer and Schroeder, 2021). For k = 1 they are BG/NBD and MBG/NBD.

#include <segmenta/model/beta_geometric.hpp>

#include <string_view>

namespace segmenta {
inline namespace v0 {

/// How a fit is searched, and which k are tried.
struct cnbd_k_options : beta_geometric_options {
    /// k itself, 1 to 32; 0: the one with the highest likelihood, tried from 1 on until two more have not raised it.
    unsigned regularity = 0;
    unsigned max_regularity = 12; ///< the last k that is tried; 1 to 32
};

/// BG/CNBD-k: regular buyers, who may leave after each repeat purchase.
///
///     bg_cnbd_k const model = fit_bg_cnbd_k(summary);
///     model.regularity(); // 2, say: rather regular
///
/// Thread safety: immutable after construction; concurrent use is safe.
class bg_cnbd_k : public beta_geometric {
public:
    /// From given parameters and k; throws `issue_error` (`clv.bad_parameter`) unless all are finite and above 0 and
    /// 1 <= `regularity` <= 32.
    bg_cnbd_k(beta_geometric_parameters const& parameters, unsigned regularity, model_time_unit unit);
    /// What a fit makes.
    explicit bg_cnbd_k(detail::beta_geometric_state state);

    /// Reads what `to_json` wrote, equal in every bit; throws `issue_error` for what is damaged or another model.
    [[nodiscard]] static bg_cnbd_k from_json(std::string_view text);
};

/// MBG/CNBD-k: regular buyers, who may leave after the first purchase already.
///
/// Thread safety: immutable after construction; concurrent use is safe.
class mbg_cnbd_k : public beta_geometric {
public:
    /// As of `bg_cnbd_k`.
    mbg_cnbd_k(beta_geometric_parameters const& parameters, unsigned regularity, model_time_unit unit);
    /// What a fit makes.
    explicit mbg_cnbd_k(detail::beta_geometric_state state);

    /// As of `bg_cnbd_k`.
    [[nodiscard]] static mbg_cnbd_k from_json(std::string_view text);
};

/// Maximum likelihood for one k or for the best k, see `cnbd_k_options`. Throws `issue_error` with all that
/// check_summary() finds, `clv.no_log_times` when the customers lack `log_times` and k is not fixed to 1, and
/// `clv.bad_option` for a k out of range. O(n k) a step.
[[nodiscard]] bg_cnbd_k fit_bg_cnbd_k(purchase_summary const& customers, cnbd_k_options const& options = {});
[[nodiscard]] bg_cnbd_k fit_bg_cnbd_k(purchase_statistics const& customers, cnbd_k_options const& options = {});
[[nodiscard]] mbg_cnbd_k fit_mbg_cnbd_k(purchase_summary const& customers, cnbd_k_options const& options = {});
[[nodiscard]] mbg_cnbd_k fit_mbg_cnbd_k(purchase_statistics const& customers, cnbd_k_options const& options = {});

} // namespace v0
} // namespace segmenta

#endif
