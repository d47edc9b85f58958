// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/mbg_nbd.hpp>

#include "model/beta_geometric_fit.hpp"

#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

constexpr std::string_view name = "mbg_nbd";
constexpr bool leaves_at_once = true; // after the first purchase already

} // namespace

mbg_nbd::mbg_nbd(beta_geometric_parameters const& parameters, model_time_unit unit)
    : beta_geometric(name, leaves_at_once, parameters, unit, 1) {}
mbg_nbd::mbg_nbd(detail::beta_geometric_state state) : beta_geometric(name, leaves_at_once, std::move(state)) {}

mbg_nbd mbg_nbd::from_json(std::string_view text) { return mbg_nbd(read(name, text)); }

mbg_nbd fit_mbg_nbd(purchase_statistics const& customers, beta_geometric_options const& options) {
    return mbg_nbd(detail::fit_beta_geometric(customers, leaves_at_once, 1, options));
}
mbg_nbd fit_mbg_nbd(purchase_summary const& customers, beta_geometric_options const& options) {
    purchase_statistics statistics;
    statistics.add(customers, options.threads);
    return fit_mbg_nbd(statistics, options);
}

} // namespace v0
} // namespace segmenta
