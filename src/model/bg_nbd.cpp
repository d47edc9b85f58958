// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/bg_nbd.hpp>

#include "model/beta_geometric_fit.hpp"

#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

constexpr std::string_view name = "bg_nbd";
constexpr bool leaves_at_once = false; // after the first purchase already

} // namespace

bg_nbd::bg_nbd(beta_geometric_parameters const& parameters, model_time_unit unit)
    : beta_geometric(name, leaves_at_once, parameters, unit, 1) {}
bg_nbd::bg_nbd(detail::beta_geometric_state state) : beta_geometric(name, leaves_at_once, std::move(state)) {}

bg_nbd bg_nbd::from_json(std::string_view text) { return bg_nbd(read(name, text)); }

bg_nbd fit_bg_nbd(purchase_statistics const& customers, beta_geometric_options const& options) {
    return bg_nbd(detail::fit_beta_geometric(customers, leaves_at_once, 1, options));
}
bg_nbd fit_bg_nbd(purchase_summary const& customers, beta_geometric_options const& options) {
    purchase_statistics statistics;
    statistics.add(customers, options.threads);
    return fit_bg_nbd(statistics, options);
}

} // namespace v0
} // namespace segmenta
