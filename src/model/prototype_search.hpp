// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_PROTOTYPE_SEARCH_HPP
#define SEGMENTA_MODEL_PROTOTYPE_SEARCH_HPP

#include "model/cluster_data.hpp"
#include "model/row_block.hpp"

#include <segmenta/base/parallel.hpp>
#include <segmenta/base/random.hpp>
#include <segmenta/model/k_prototypes.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

struct prototypes {
    std::vector<double> means;
    std::vector<std::uint32_t> modes;
};

// The customers, who stay where they are, cut into blocks for threads: how many there are hangs on the rows alone.
struct prototype_data {
    number_columns numbers;
    category_columns categories;
    double gamma;
    std::size_t rows;
    std::vector<std::size_t> levels; // of each attribute: the highest code and 1

    prototype_data(number_columns number_input, category_columns category_input,
                   std::span<category_range const> category_ranges, double gamma_);

    [[nodiscard]] std::size_t block_rows() const noexcept;
    [[nodiscard]] std::size_t blocks() const noexcept { return (rows + block_rows() - 1) / block_rows(); }
    // Calls work(row_block, first row) for the customers of a block.
    template <class Work>
    void for_rows(std::size_t block, Work work) const {
        std::size_t const first = block * block_rows();
        for_row_blocks(first, std::min(rows, first + block_rows()), work);
    }
    void measure(row_block& to, prototypes const& at, std::size_t cluster) const noexcept;
    // The customer as a prototype, behind those there are.
    void append(std::size_t row, prototypes& to) const;
    [[nodiscard]] bool same(std::size_t a, std::size_t b) const noexcept;
};

// Throws cluster.too_few_distinct.
prototypes start_prototypes(prototype_data const& data, k_prototypes_options const& options, random_generator& random,
                            thread_team& team);

struct prototype_solution {
    prototypes at;
    k_prototypes::summary fit;
};
prototype_solution search_prototypes(prototype_data const& data, prototypes start, k_prototypes_options const& options,
                                     thread_team& team);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
