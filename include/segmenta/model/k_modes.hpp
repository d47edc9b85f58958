// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_K_MODES_HPP
#define SEGMENTA_MODEL_K_MODES_HPP

/// \file
/// k-modes: groups of customers of whom only categories are known. The centre of a group is the most frequent category
/// of each attribute, the distance how many attributes differ. This is k-prototypes without numbers and with gamma 1,
/// and the model is one: `model.mode(c)`, `model.nearest({}, categories)`, `model.fit().cost`.
///
///     auto const model = segmenta::fit_k_modes(categories, {.clusters = 4});
///
/// Source: Z. Huang, "A fast clustering algorithm to cluster very large categorical data sets in data mining", 1997.

#include <segmenta/model/k_prototypes.hpp>

namespace segmenta {
inline namespace v0 {

struct k_modes_options {
    std::size_t clusters = 8;
    prototype_start start = prototype_start::huang;
    std::size_t starts = 10; ///< the lowest cost wins, the first of equals
    std::size_t max_iterations = 100;
    std::uint64_t seed = 0;
    unsigned threads = 1; ///< results do not depend on it; 0: all the machine has
};

/// Issues as for `fit_k_prototypes`.
[[nodiscard]] inline k_prototypes fit_k_modes(category_columns categories, k_modes_options const& options = {}) {
    return fit_k_prototypes({}, categories,
                            {.clusters = options.clusters,
                             .gamma = 1,
                             .start = options.start,
                             .starts = options.starts,
                             .max_iterations = options.max_iterations,
                             .seed = options.seed,
                             .threads = options.threads});
}

} // namespace v0
} // namespace segmenta

#endif
