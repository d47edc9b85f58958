// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_PROTOTYPE_SEARCH_HPP
#define SEGMENTA_MODEL_PROTOTYPE_SEARCH_HPP

#include <segmenta/base/random.hpp>
#include <segmenta/model/k_prototypes.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Customers row after row.
struct prototype_data {
    std::size_t rows = 0;
    std::size_t number_features = 0;
    std::size_t category_features = 0;
    std::vector<double> numbers;
    std::vector<std::uint32_t> categories;
    std::vector<std::size_t> levels; // of each attribute: the highest code and 1
    double gamma = 1;

    prototype_data(number_columns numbers, category_columns categories, double gamma);
    [[nodiscard]] double distance(std::size_t row, double const* mean, std::uint32_t const* mode) const noexcept;
    [[nodiscard]] double between(std::size_t a, std::size_t b) const noexcept;
    // Where the same, true for two rows.
    [[nodiscard]] bool same(std::size_t a, std::size_t b) const noexcept;
};

struct prototypes {
    std::vector<double> means;
    std::vector<std::uint32_t> modes;
};

// Throws cluster.too_few_distinct.
prototypes start_prototypes(prototype_data const& data, k_prototypes_options const& options, random_generator& random);

struct prototype_solution {
    prototypes at;
    k_prototypes::summary fit;
};
prototype_solution search_prototypes(prototype_data const& data, prototypes start, k_prototypes_options const& options);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
