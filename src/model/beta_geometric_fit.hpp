// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_BETA_GEOMETRIC_FIT_HPP
#define SEGMENTA_MODEL_BETA_GEOMETRIC_FIT_HPP

#include <segmenta/model/beta_geometric.hpp>
#include <segmenta/model/cnbd_k.hpp>

namespace segmenta {
inline namespace v0 {
namespace detail {

inline constexpr unsigned largest_regularity = 32;

// The maximum-likelihood fit of a model of the family with k fixed.
beta_geometric_state fit_beta_geometric(purchase_statistics const& data, bool first_drops, unsigned regularity,
                                        beta_geometric_options const& options);
// With k chosen as `options` say.
beta_geometric_state fit_cnbd_k(purchase_statistics const& data, bool first_drops, cnbd_k_options const& options);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
