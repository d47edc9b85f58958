// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_K_MEANS_SEARCH_HPP
#define SEGMENTA_MODEL_K_MEANS_SEARCH_HPP

// Lloyd's iterations over one packed data set, from as many starts as are wanted.
//
// What makes them fast: rows whose second nearest centre was farther than the nearest by more than any two centres
// have travelled since keep their label unseen (the lower bound of G. Hamerly, "Making k-means even faster", SDM 2010,
// with the upper bound taken off). One number for two rows; the other pairs are looked at in single precision, eight
// rows at a time. Doubts are settled in double, so labels are always those of double arithmetic at the present centres.
//
// As long as rows move, large data are summed from the packed rows that are at hand anyhow: centres are off by what
// single precision rounds away, which only changes the way. When nobody moves any more, the columns themselves are
// summed and the iterations go on from there as the textbook has them. Where the packed rows cannot tell centres apart
// (or a cluster is empty), that begins at once.

#include "model/k_means_data.hpp"
#include "model/k_means_kernels.hpp"

#include <segmenta/base/large_allocator.hpp>
#include <segmenta/base/parallel.hpp>
#include <segmenta/model/k_means.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

struct k_means_solution {
    std::vector<double> centres;
    k_means::summary fit;
};

// Of one column over some rows.
struct column_sums {
    double sum = 0;     // of weights times numbers
    double squares = 0; // of weights times squared distances to a centre
};

class k_means_search {
public:
    // All stay where they are while this lives.
    k_means_search(packed_rows const& packed, number_columns columns, k_means_options const& options,
                   thread_team& team);

    k_means_solution run(std::vector<double> centres);
    // The centres as they are: their inertia and the sizes of their clusters.
    k_means_solution measure(std::vector<double> centres);

private:
    // What moved between clusters in a block.
    struct change {
        k_means_statistics sums;
        std::vector<std::int64_t> counts; // may be negative
        std::size_t moved;
        void clear() noexcept;
    };
    struct scratch {
        std::vector<std::uint32_t> list = std::vector<std::uint32_t>(packed_rows::tile_groups + 15);
        std::vector<std::uint32_t> found = std::vector<std::uint32_t>(packed_rows::tile_rows);
        std::vector<std::uint32_t> events = std::vector<std::uint32_t>(packed_rows::tile_rows);
        std::vector<float> room{};
        std::vector<double> row{};
    };
    template <class Work>
    void for_tiles(std::size_t block, Work work) const;

    [[nodiscard]] std::size_t features() const noexcept { return packed_.features(); }
    [[nodiscard]] std::size_t clusters() const noexcept { return centres_.size() / features(); }
    [[nodiscard]] double weight(std::size_t row) const noexcept {
        return options_.weights.empty() ? 1.0 : options_.weights[row];
    }
    void gather(std::size_t row, std::vector<double>& out) const noexcept;

    void begin(std::vector<double> centres);
    bool relabel();
    void relabel_tile(std::size_t t, packed_rows::packed_centres const& centres, change& out, scratch& use);
    void follow(std::size_t t, std::span<std::uint32_t const> events, change& out, scratch& use);
    void move(change& out, std::size_t row, std::uint32_t to, float const* packed, std::size_t stride) const noexcept;

    void sum_anew();
    [[nodiscard]] double inertia_of_means(double squares) const;
    template <class Add>
    void for_clusters(std::size_t block, Add add) const;
    template <class Number>
    column_sums add_up(std::size_t first, std::span<std::uint32_t const> rows, Number const* x,
                       double centre) const noexcept;
    void count(k_means_statistics& part, std::size_t cluster, std::size_t first,
               std::span<std::uint32_t const> rows) const noexcept;
    double move_centres(std::size_t& reseeded);
    bool means_of_packed(std::vector<double>& next) const;
    void means_of_columns(std::vector<double>& next, std::size_t& reseeded);
    [[nodiscard]] std::size_t farthest(std::vector<std::size_t> const& taken) const;
    void travel(std::vector<double> const& next);
    void drop_empty();
    void finish(k_means_solution& out) const;

    packed_rows const& packed_;
    number_columns columns_;
    k_means_options const& options_;
    thread_team& team_;
    double variance_;
    k_means_kernels const& kernels_;
    std::vector<std::uint32_t, large_allocator<std::uint32_t>> labels_;
    std::vector<float, large_allocator<float>> reach_; // see k_means_kernels::nearest
    double travelled_ = 0;                             // by the two fastest centres of each iteration, scaled
    std::vector<double> centres_;
    k_means_statistics total_{0, 0}; // counts are those of customers with a weight
    bool exact_ = false;             // total_ is of the columns, not of the packed rows
    bool fresh_ = false;             // and was made anew since somebody moved
    double inertia_ = 0;             // around the means, where it is fresh; NaN: not known well enough
    std::vector<change> changes_;    // of each block
    std::vector<scratch> scratch_;   // of each worker
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
