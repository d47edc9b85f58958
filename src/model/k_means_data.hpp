// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_K_MEANS_DATA_HPP
#define SEGMENTA_MODEL_K_MEANS_DATA_HPP

// The customers of a k-means fit in single precision, moved and scaled so that every number is in [-1, 1], in tiles
// that fit the caches; and starts by k-means++ over them.

#include "model/cluster_data.hpp"
#include "model/k_means_kernels.hpp"

#include <segmenta/base/large_allocator.hpp>
#include <segmenta/base/random.hpp>
#include <segmenta/stats/number_columns.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

class packed_rows {
public:
    static constexpr std::size_t tile_rows = 4096;
    static constexpr std::size_t tile_groups = tile_rows / group_rows;

    packed_rows(number_columns columns, std::span<column_range const> ranges, thread_team& team);

    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
    [[nodiscard]] std::size_t features() const noexcept { return shift_.size(); }
    [[nodiscard]] std::size_t tiles() const noexcept { return (rows_ + tile_rows - 1) / tile_rows; }
    [[nodiscard]] float_tile tile(std::size_t t) const noexcept;
    // Length of the longest row of a tile.
    [[nodiscard]] double radius(std::size_t t) const noexcept { return radius_[t]; }

    // Blocks of whole tiles; how many there are hangs on the number of rows alone.
    [[nodiscard]] std::size_t blocks() const noexcept { return (tiles() + block_tiles() - 1) / block_tiles(); }
    [[nodiscard]] std::size_t block_tiles() const noexcept { return (tiles() + 255) / 256; }

    struct packed_centres {
        std::vector<float> values;
        std::vector<float> half_norms;
        std::vector<std::uint32_t> numbers;
        double radius = 0; // length of the longest centre
        [[nodiscard]] float_centres view() const noexcept {
            return {values.data(), half_norms.data(), numbers.data(), numbers.size()};
        }
    };
    [[nodiscard]] packed_centres pack(std::span<double const> centres) const;
    // Scores that differ by more than the margin are in the order of the distances in double precision.
    [[nodiscard]] float_errors errors(std::size_t t, packed_centres const& centres) const noexcept;
    // What k_means_kernels::nearest adds to the leads of a tile when centres have travelled so far (scaled), and what
    // k_means_kernels::select compares with: both on the safe side.
    [[nodiscard]] float start(std::size_t t, packed_centres const& centres, double travelled) const noexcept;
    [[nodiscard]] float limit(std::size_t t, packed_centres const& centres, double travelled) const noexcept;

    [[nodiscard]] double scale() const noexcept { return scale_; }
    // A packed number of feature j in the units of the columns.
    [[nodiscard]] double unpacked(double value, std::size_t j) const noexcept { return value / scale_ + shift_[j]; }

private:
    [[nodiscard]] double rounding_of_double(std::size_t t, packed_centres const& centres) const noexcept;
    void pack_tile(number_columns columns, std::size_t t);

    std::size_t rows_;
    std::size_t stride_;
    std::vector<double> shift_; // mean of each feature
    double scale_ = 1;          // a power of two
    double offset_ = 0;         // how large the shift is after scaling
    std::vector<float, large_allocator<float>> values_;
    std::vector<double> radius_;
};

// The rows at which centres start. Throws cluster.too_few_distinct.
std::vector<std::size_t> plus_plus_rows(packed_rows const& packed, number_columns columns,
                                        std::span<double const> weights, std::size_t clusters,
                                        random_generator& random, thread_team& team);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
