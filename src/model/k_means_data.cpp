// SPDX-License-Identifier: Apache-2.0
#include "model/k_means_data.hpp"

#include "model/cluster_data.hpp"

#include <segmenta/base/cpu.hpp>
#include <segmenta/base/parallel.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

std::size_t padded(std::size_t rows) noexcept { return (rows + 15) / 16 * 16; }

using four_numbers = double __attribute__((vector_size(32)));
using four_floats = float __attribute__((vector_size(16)));

template <class Vector, class Number>
void load(Vector& v, Number const* p) noexcept {
    std::memcpy(&v, p, sizeof v);
}

} // namespace

packed_rows::packed_rows(number_columns columns, std::span<column_range const> ranges, thread_team& team)
    : rows_(row_count(columns)),
      // 16 more, so that features do not lie a multiple of 4 KiB apart
      stride_(padded(std::min(rows_, tile_rows)) + 16), shift_(columns.size()), radius_(tiles()) {
    double largest = 0;
    double shift_squared = 0;
    for (std::size_t j = 0; j < columns.size(); ++j) {
        auto const& range = ranges[j];
        shift_[j] = std::clamp(range.sum / static_cast<double>(rows_), range.low, range.high);
        largest = std::max({largest, range.high - shift_[j], shift_[j] - range.low});
        shift_squared += shift_[j] * shift_[j];
    }
    if (largest > 0) scale_ = std::ldexp(1.0, -std::max(std::ilogb(largest) + 1, -1000));
    offset_ = std::sqrt(shift_squared) * scale_;
    values_.resize(tiles() * stride_ * columns.size());
    team.for_blocks(tiles(), [&](std::size_t t) { pack_tile(columns, t); });
}

void packed_rows::pack_tile(number_columns columns, std::size_t t) {
    std::size_t const first = t * tile_rows;
    std::size_t const count = std::min(tile_rows, rows_ - first);
    std::vector<float> squared(stride_, 0.0F);
    for (std::size_t j = 0; j < columns.size(); ++j) {
        float* const out = values_.data() + (t * columns.size() + j) * stride_;
        double const* const in = columns[j].data() + first;
        std::size_t i = 0;
        for (; i + 4 <= count; i += 4) {
            four_numbers x;
            load(x, in + i);
            four_floats const packed = __builtin_convertvector((x - shift_[j]) * scale_, four_floats);
            std::memcpy(out + i, &packed, sizeof packed);
            four_floats sum;
            load(sum, squared.data() + i);
            sum += packed * packed;
            std::memcpy(squared.data() + i, &sum, sizeof sum);
        }
        for (; i < count; ++i) {
            out[i] = static_cast<float>((in[i] - shift_[j]) * scale_);
            squared[i] += out[i] * out[i];
        }
        std::fill(out + count, out + stride_, 0.0F);
    }
    four_floats longest{};
    for (std::size_t i = 0; i < stride_; i += 4) {
        four_floats here;
        load(here, squared.data() + i);
        longest = here > longest ? here : longest;
    }
    float const most = std::max(std::max(longest[0], longest[1]), std::max(longest[2], longest[3]));
    radius_[t] = std::sqrt(static_cast<double>(most)) * (1 + 1e-5);
}

float_tile packed_rows::tile(std::size_t t) const noexcept {
    return {values_.data() + t * features() * stride_, stride_, std::min(tile_rows, rows_ - t * tile_rows), features()};
}

packed_rows::packed_centres packed_rows::pack(std::span<double const> centres) const {
    packed_centres out;
    for (std::size_t at = 0; at < centres.size(); at += features()) {
        double squared = 0;
        for (std::size_t j = 0; j < features(); ++j) {
            double const v = (centres[at + j] - shift_[j]) * scale_;
            squared += v * v;
            out.values.push_back(static_cast<float>(v));
        }
        out.numbers.push_back(static_cast<std::uint32_t>(out.half_norms.size()));
        out.half_norms.push_back(static_cast<float>(squared / 2));
        out.radius = std::max(out.radius, std::sqrt(squared));
    }
    return out;
}

// The distances in double precision round too, and so did taking away the mean.
double packed_rows::rounding_of_double(std::size_t t, packed_centres const& centres) const noexcept {
    double const n = static_cast<double>(features()) + 4;
    double const longest = radius_[t] + centres.radius;
    return 0x1p-50 * n * (longest * longest + offset_ * longest);
}

float_errors packed_rows::errors(std::size_t t, packed_centres const& centres) const noexcept {
    double const n = static_cast<double>(features()) + 4;
    double const row = radius_[t];
    double const centre = centres.radius;
    // Rounding of a score in single precision: of the coordinates, of the products and sums, of the half norm; twice,
    // as two scores are compared, and a quarter more for what is quadratic in the rounding.
    // In the last bits there is the number of the centre.
    double const marks = 2 * static_cast<double>(label_bits(centres.half_norms.size()));
    double const single = 2.5 * 0x1p-24 * (n + marks) * (row * centre + centre * centre);
    double const margin = single + rounding_of_double(t, centres) + 1e-36;
    // A squared distance is the squared length of the row and two scores.
    double const squared = 2 * margin + 2.5 * 0x1p-24 * n * row * row;
    return {static_cast<float>(margin) * 1.0001F, static_cast<float>(squared) * 1.0001F};
}

float packed_rows::start(std::size_t t, packed_centres const& centres, double travelled) const noexcept {
    // Roots, differences and the sum are rounded, each by at most 2^-24 of what is at most this.
    double const largest = 2 * (radius_[t] + centres.radius) + travelled;
    return static_cast<float>(travelled - 0x1p-21 * largest);
}

float packed_rows::limit(std::size_t t, packed_centres const& centres, double travelled) const noexcept {
    // Half the squares of two distances that differ by s differ by s^2 / 2 at least.
    double const sure = std::sqrt(2 * rounding_of_double(t, centres));
    return static_cast<float>((travelled + sure) * (1 + 0x1p-22));
}

namespace {

// k-means++ with several candidates a step.
class plus_plus {
public:
    plus_plus(packed_rows const& packed, number_columns columns, std::span<double const> weights, thread_team& team)
        : packed_(packed), columns_(columns), weights_(weights), team_(team),
          kernels_(k_means_kernels_for(detect_cpu_level())),
          squared_(packed.tiles() * packed_rows::tile_rows, INFINITY), mass_(packed.tiles(), 0.0) {}

    std::vector<std::size_t> run(std::size_t clusters, random_generator& random) {
        std::size_t const candidates = 2 + static_cast<std::size_t>(std::log(static_cast<double>(clusters)));
        take(first(random));
        while (chosen_.size() < clusters) {
            if (total() > 0) {
                take(best_of(candidates, random));
                continue;
            }
            auto const other = first_unlike();
            if (other == packed_.rows()) too_few_distinct(chosen_.size(), clusters);
            take(other);
        }
        return std::move(chosen_);
    }

private:
    [[nodiscard]] double weight(std::size_t row) const noexcept { return weights_.empty() ? 1.0 : weights_[row]; }

    [[nodiscard]] double total() const noexcept {
        double sum = 0;
        for (double const m : mass_)
            sum += m;
        return sum;
    }

    [[nodiscard]] std::size_t first(random_generator& random) const {
        if (weights_.empty()) return static_cast<std::size_t>(random_below(random, packed_.rows()));
        double sum = 0;
        for (double const w : weights_)
            sum += w;
        double left = random_unit(random) * sum;
        std::size_t last = 0;
        for (std::size_t i = 0; i < weights_.size(); ++i) {
            if (weights_[i] == 0) continue;
            last = i;
            if ((left -= weights_[i]) < 0) break;
        }
        return last;
    }

    // Drawn with probability in proportion to weight and squared distance.
    [[nodiscard]] std::size_t draw(random_generator& random) const {
        return draw_row(random, mass_, packed_rows::tile_rows, packed_.rows(),
                        [&](std::size_t i) { return weight(i) * static_cast<double>(squared_[i]); });
    }

    [[nodiscard]] std::vector<float> coordinates(std::size_t row) const {
        auto const tile = packed_.tile(row / packed_rows::tile_rows);
        std::vector<float> out(tile.features);
        for (std::size_t j = 0; j < tile.features; ++j)
            out[j] = tile.values[j * tile.stride + row % packed_rows::tile_rows];
        return out;
    }

    // The smaller of the squared distances so far and those to `centre`, of one tile; and their weighted sum, in eight
    // lanes that do not hang on the machine. `out` may be where the distances so far are.
    double nearer(std::size_t t, std::vector<float> const& centre, float* out) const {
        auto const tile = packed_.tile(t);
        double const sum = kernels_.nearer(tile, centre.data(), squared_.data() + t * packed_rows::tile_rows, out);
        if (weights_.empty()) return sum;
        double lanes[8] = {};
        double const* const w = weights_.data() + t * packed_rows::tile_rows;
        for (std::size_t i = 0; i < tile.rows; ++i)
            lanes[i % 8] += w[i] * static_cast<double>(out[i]);
        double weighted = 0;
        for (double const l : lanes)
            weighted += l;
        return weighted;
    }

    std::size_t best_of(std::size_t candidates, random_generator& random) {
        std::vector<std::size_t> rows(candidates);
        std::vector<std::vector<float>> centres(candidates);
        for (std::size_t c = 0; c < candidates; ++c) {
            rows[c] = draw(random);
            centres[c] = coordinates(rows[c]);
        }
        std::vector<double> sums(packed_.tiles() * candidates);
        team_.for_blocks(packed_.blocks(), [&](std::size_t b) {
            std::vector<float> scratch(packed_rows::tile_rows);
            for_tiles(b, [&](std::size_t t) {
                for (std::size_t c = 0; c < candidates; ++c)
                    sums[t * candidates + c] = nearer(t, centres[c], scratch.data());
            });
        });
        std::vector<double> totals(candidates, 0.0);
        for (std::size_t t = 0; t < packed_.tiles(); ++t)
            for (std::size_t c = 0; c < candidates; ++c)
                totals[c] += sums[t * candidates + c];
        return rows[static_cast<std::size_t>(std::min_element(totals.begin(), totals.end()) - totals.begin())];
    }

    template <class Work>
    void for_tiles(std::size_t block, Work work) const {
        std::size_t const end = std::min(packed_.tiles(), (block + 1) * packed_.block_tiles());
        for (std::size_t t = block * packed_.block_tiles(); t < end; ++t)
            work(t);
    }

    void take(std::size_t row) {
        chosen_.push_back(row);
        auto const centre = coordinates(row);
        team_.for_blocks(packed_.blocks(), [&](std::size_t b) {
            for_tiles(
                b, [&](std::size_t t) { mass_[t] = nearer(t, centre, squared_.data() + t * packed_rows::tile_rows); });
        });
    }

    // The first row that is none of the chosen ones, in double precision; rows() when there is none.
    [[nodiscard]] std::size_t first_unlike() const {
        auto const same = [&](std::size_t a, std::size_t b) {
            return std::all_of(columns_.begin(), columns_.end(),
                               [&](auto const& column) { return column[a] == column[b]; });
        };
        for (std::size_t i = 0; i < packed_.rows(); ++i) {
            if (weight(i) == 0) continue;
            if (std::none_of(chosen_.begin(), chosen_.end(), [&](std::size_t c) { return same(i, c); })) return i;
        }
        return packed_.rows();
    }

    packed_rows const& packed_;
    number_columns columns_;
    std::span<double const> weights_;
    thread_team& team_;
    k_means_kernels const& kernels_;
    std::vector<float, large_allocator<float>> squared_; // to the nearest chosen row
    std::vector<double> mass_;                           // of each tile: the sum of weight times squared distance
    std::vector<std::size_t> chosen_;
};

} // namespace

std::vector<std::size_t> plus_plus_rows(packed_rows const& packed, number_columns columns,
                                        std::span<double const> weights, std::size_t clusters, random_generator& random,
                                        thread_team& team) {
    return plus_plus(packed, columns, weights, team).run(clusters, random);
}

} // namespace detail
} // namespace v0
} // namespace segmenta
