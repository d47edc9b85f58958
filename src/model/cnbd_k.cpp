// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/cnbd_k.hpp>

#include "model/beta_geometric_fit.hpp"

#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

constexpr std::string_view bg_name = "bg_cnbd_k";
constexpr std::string_view mbg_name = "mbg_cnbd_k";

purchase_statistics statistics_of(purchase_summary const& customers, unsigned threads) {
    purchase_statistics out;
    out.add(customers, threads);
    return out;
}

} // namespace

bg_cnbd_k::bg_cnbd_k(beta_geometric_parameters const& parameters, unsigned regularity, model_time_unit unit)
    : beta_geometric(bg_name, false, parameters, unit, regularity) {}
bg_cnbd_k::bg_cnbd_k(detail::beta_geometric_state state) : beta_geometric(bg_name, false, std::move(state)) {}
bg_cnbd_k bg_cnbd_k::from_json(std::string_view text) { return bg_cnbd_k(read(bg_name, text)); }

mbg_cnbd_k::mbg_cnbd_k(beta_geometric_parameters const& parameters, unsigned regularity, model_time_unit unit)
    : beta_geometric(mbg_name, true, parameters, unit, regularity) {}
mbg_cnbd_k::mbg_cnbd_k(detail::beta_geometric_state state) : beta_geometric(mbg_name, true, std::move(state)) {}
mbg_cnbd_k mbg_cnbd_k::from_json(std::string_view text) { return mbg_cnbd_k(read(mbg_name, text)); }

bg_cnbd_k fit_bg_cnbd_k(purchase_statistics const& customers, cnbd_k_options const& options) {
    return bg_cnbd_k(detail::fit_cnbd_k(customers, false, options));
}
bg_cnbd_k fit_bg_cnbd_k(purchase_summary const& customers, cnbd_k_options const& options) {
    return fit_bg_cnbd_k(statistics_of(customers, options.threads), options);
}
mbg_cnbd_k fit_mbg_cnbd_k(purchase_statistics const& customers, cnbd_k_options const& options) {
    return mbg_cnbd_k(detail::fit_cnbd_k(customers, true, options));
}
mbg_cnbd_k fit_mbg_cnbd_k(purchase_summary const& customers, cnbd_k_options const& options) {
    return fit_mbg_cnbd_k(statistics_of(customers, options.threads), options);
}

} // namespace v0
} // namespace segmenta
