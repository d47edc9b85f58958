// SPDX-License-Identifier: Apache-2.0
// No guard against a second meaning: each kernel file includes this once and compiles it for its instruction set, so
// everything stands in an unnamed namespace.
#ifndef SEGMENTA_MODEL_LOGISTIC_KERNEL_BODY_HPP
#define SEGMENTA_MODEL_LOGISTIC_KERNEL_BODY_HPP

#include "model/logistic_kernels.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

// `Lanes::vector` holds `Lanes::width` doubles, `Lanes::bits` as many 64-bit integers; `Lanes::fused(a, b, c)` is
// a * b + c. References, since vectors as values have no stable ABI without their instruction set.
template <class Lanes>
struct logistic_loops {
    using vector = typename Lanes::vector;
    using bits = typename Lanes::bits;
    static constexpr std::size_t width = Lanes::width;

    static vector load(double const* p) {
        vector v;
        std::memcpy(&v, p, sizeof v);
        return v;
    }
    static void store(double* p, vector const& v) { std::memcpy(p, &v, sizeof v); }
    static double sum(vector const& v) {
        double out = v[0];
        for (std::size_t i = 1; i < width; ++i)
            out += v[i];
        return out;
    }

    // exp of -708 to 0: 2^n exp(r) with |r| <= ln(2) / 2, Taylor's series to the 13th power (error below 1e-17).
    static vector exp_of_negative(vector const& given) {
        constexpr double round = 0x1.8p52;
        vector const low = vector{} - 708.0;
        vector const x = given < low ? low : given; // NaN stays
        vector const k = x * 1.4426950408889634 + round;
        vector const n = k - round;
        vector r = Lanes::fused(n, vector{} - 0x1.62e42feep-1, x);
        r = Lanes::fused(n, vector{} - 0x1.a39ef35793c76p-33, r);
        vector p = vector{} + 1.0 / 6227020800;
        constexpr double factors[] = {
            1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040, 1.0 / 720,
            1.0 / 120,       1.0 / 24,       1.0 / 6,       1.0 / 2,      1.0,         1.0};
        for (double const f : factors)
            p = Lanes::fused(p, r, vector{} + f);
        bits power;
        std::memcpy(&power, &k, sizeof power);
        power = (power << 52) + (std::int64_t{1023} << 52);
        vector two_to_n;
        std::memcpy(&two_to_n, &power, sizeof power);
        return p * two_to_n;
    }

    // One block of rows: padded to whole lots of four vectors, and what is known of each row.
    struct block {
        std::size_t first;
        std::size_t rows;
        std::size_t padded;
        double const* tail; // copies of all columns where rows do not fill the last lot; else null
        double* weighted;   // columns times the root of the curvature, then zeros up to a multiple of twelve
        double* log_odds;
        double* sign;
        double* weight;
        double* slope;    // derivative of the loss by the log-odds
        double* root;     // of the second derivative
        double* exponent; // exp(-|log-odds|)
    };

    // Sums in lanes, over all blocks.
    struct sums {
        double* gradient; // unknowns
        double* last_row; // unknowns, of the curvature: the other column is all ones
        double* tiles;
    };

    // Many short runs of many columns are nothing the machine foresees. So the next block is asked for, part by part
    // while there is arithmetic to do: asked for at once, it would have to be waited for.
    class fetcher {
    public:
        fetcher(logistic_rows const& rows, std::size_t row) : rows_(rows), row_(row) {}
        void fetch(std::size_t lines) {
            constexpr std::size_t line = 8; // doubles of a cache line
            for (; lines > 0 && column_ < rows_.features; --lines) {
                __builtin_prefetch(rows_.columns[column_] + row_ + at_);
                at_ += line;
                if (at_ < logistic_block_rows) continue;
                at_ = 0;
                ++column_;
            }
        }

    private:
        logistic_rows const& rows_;
        std::size_t row_;
        std::size_t column_ = 0;
        std::size_t at_ = 0;
    };

    logistic_rows const& rows;
    logistic_totals& totals;
    sums out{};
    double* memory;       // of the columns of a block
    double* coefficients; // of centred features in their own units

    logistic_loops(logistic_rows const& of, logistic_totals& to, double* scratch) : rows(of), totals(to) {
        auto const take = [&scratch](std::size_t numbers) {
            double* const here = scratch;
            scratch += numbers;
            return here;
        };
        std::size_t const unknowns = rows.features + 1;
        std::size_t const tiles = 12 * logistic_tiles(rows.features);
        out.gradient = take(unknowns * width);
        out.last_row = take(unknowns * width);
        out.tiles = take(tiles * width);
        std::fill(out.gradient, out.tiles + tiles * width, 0.0);
        coefficients = take(rows.features);
        for (std::size_t j = 0; j < rows.features; ++j)
            coefficients[j] = rows.coefficients[j] * rows.scale[j];
        memory = scratch;
    }

    [[nodiscard]] block lay_out(std::size_t first) const {
        constexpr std::size_t lot = 4 * width;
        block b{};
        b.first = first;
        b.rows = std::min(logistic_block_rows, rows.end - first);
        b.padded = (b.rows + lot - 1) / lot * lot;
        double* free = memory;
        auto const take = [&free](std::size_t columns) {
            double* const here = free;
            free += columns * logistic_stride;
            return here;
        };
        b.weighted = take(logistic_padded(rows.features));
        double* const tail = take(rows.features);
        b.log_odds = take(1);
        b.sign = take(1);
        b.weight = take(1);
        b.slope = take(1);
        b.root = take(1);
        b.exponent = take(1);
        if (b.padded == b.rows) return b;
        for (std::size_t j = 0; j < rows.features; ++j) {
            double* const to = tail + j * logistic_stride;
            std::copy_n(rows.columns[j] + first, b.rows, to);
            std::fill(to + b.rows, to + b.padded, rows.shift[j]);
        }
        b.tail = tail;
        return b;
    }

    [[nodiscard]] double const* column(block const& b, std::size_t j) const {
        return b.tail == nullptr ? rows.columns[j] + b.first : b.tail + j * logistic_stride;
    }

    // Rows past the end have no weight, and a sign that makes them certain.
    void bring_in(block const& b, fetcher& next, std::size_t lines) const {
        for (std::size_t i = 0; i < b.rows; ++i)
            b.sign[i] = 2.0 * rows.outcomes[b.first + i] - 1.0; // 0 or 1 go in
        if (rows.weights == nullptr)
            std::fill(b.weight, b.weight + b.rows, 1.0);
        else
            std::copy_n(rows.weights + b.first, b.rows, b.weight);
        for (std::size_t i = 0; i < b.padded; i += 4 * width) {
            vector odds[4];
            for (auto& v : odds)
                v = vector{} + rows.coefficients[rows.features];
            for (std::size_t j = 0; j < rows.features; ++j) {
                double const* const x = column(b, j) + i;
                vector const shift = vector{} + rows.shift[j];
                vector const coefficient = vector{} + coefficients[j];
                odds[0] = Lanes::fused(coefficient, load(x) - shift, odds[0]);
                odds[1] = Lanes::fused(coefficient, load(x + width) - shift, odds[1]);
                odds[2] = Lanes::fused(coefficient, load(x + 2 * width) - shift, odds[2]);
                odds[3] = Lanes::fused(coefficient, load(x + 3 * width) - shift, odds[3]);
            }
            store(b.log_odds + i, odds[0]);
            store(b.log_odds + i + width, odds[1]);
            store(b.log_odds + i + 2 * width, odds[2]);
            store(b.log_odds + i + 3 * width, odds[3]);
            next.fetch(lines);
        }
        for (std::size_t i = b.rows; i < b.padded; ++i) {
            b.sign[i] = 1;
            b.weight[i] = 0;
            b.log_odds[i] = 1000;
        }
    }

    // With margin t: loss max(-t, 0) + log(1 + exp(-|t|)); its logarithm is taken of a product, once a lane.
    void look(block const& b) const {
        vector hinge{};
        vector product = vector{} + 1.0;
        vector lowest = vector{} + totals.lowest_margin;
        vector highest = vector{} + totals.highest_margin;
        vector const zero{};
        for (std::size_t i = 0; i < b.padded; i += width) {
            vector const sign = load(b.sign + i);
            vector const weight = load(b.weight + i);
            vector const t = sign * load(b.log_odds + i);
            vector const size = t < zero ? t : -t; // -|t|
            vector const e = exp_of_negative(size);
            vector const d = 1.0 / (1.0 + e);
            vector const wrong = t < zero ? d : e * d; // probability of the other outcome
            store(b.slope + i, -(weight * sign * wrong));
            store(b.root + i, Lanes::root(weight * e) * d);
            store(b.exponent + i, e);
            hinge = hinge + weight * (t < zero ? -t : zero);
            product = product * (1.0 + e);
            lowest = weight > zero && t < lowest ? t : lowest;
            highest = weight > zero && t > highest ? t : highest;
        }
        totals.loss += sum(hinge);
        if (rows.weights == nullptr) {
            for (std::size_t i = 0; i < width; ++i)
                totals.loss += std::log(product[i]);
        } else {
            for (std::size_t i = 0; i < b.rows; ++i)
                totals.loss += b.weight[i] * std::log1p(b.exponent[i]);
        }
        for (std::size_t i = 0; i < width; ++i) {
            totals.lowest_margin = lowest[i] < totals.lowest_margin ? lowest[i] : totals.lowest_margin;
            totals.highest_margin = highest[i] > totals.highest_margin ? highest[i] : totals.highest_margin;
        }
    }

    void add_slopes(block const& b, fetcher& next, std::size_t lines) const {
        for (std::size_t j = 0; j < rows.features; ++j) {
            double const* const x = column(b, j);
            vector const shift = vector{} + rows.shift[j];
            vector even = load(out.gradient + j * width);
            vector odd{};
            for (std::size_t i = 0; i < b.padded; i += 2 * width) {
                even = Lanes::fused(load(x + i) - shift, load(b.slope + i), even);
                odd = Lanes::fused(load(x + i + width) - shift, load(b.slope + i + width), odd);
            }
            store(out.gradient + j * width, even + odd);
            next.fetch(lines);
        }
        add_up(b.slope, b.padded, out.gradient + rows.features * width);
    }

    static void add_up(double const* x, std::size_t count, double* lanes) {
        vector all = load(lanes);
        for (std::size_t i = 0; i < count; i += width)
            all = all + load(x + i);
        store(lanes, all);
    }

    // Slopes, the last row of the curvature, and the columns its other rows are made of.
    void weigh(block const& b) const {
        for (std::size_t j = 0; j < rows.features; ++j) {
            double const* const x = column(b, j);
            double* const to = b.weighted + j * logistic_stride;
            vector const shift = vector{} + rows.shift[j];
            vector const scale = vector{} + rows.scale[j];
            vector slopes = load(out.gradient + j * width);
            vector all = load(out.last_row + j * width);
            for (std::size_t i = 0; i < b.padded; i += width) {
                vector const scaled = (load(x + i) - shift) * scale;
                vector const root = load(b.root + i);
                vector const weighted = scaled * root;
                slopes = Lanes::fused(scaled, load(b.slope + i), slopes);
                all = Lanes::fused(weighted, root, all);
                store(to + i, weighted);
            }
            store(out.gradient + j * width, slopes);
            store(out.last_row + j * width, all);
        }
        add_up(b.slope, b.padded, out.gradient + rows.features * width);
        vector all = load(out.last_row + rows.features * width);
        for (std::size_t i = 0; i < b.padded; i += width)
            all = Lanes::fused(load(b.root + i), load(b.root + i), all);
        store(out.last_row + rows.features * width, all);
        // Columns that only fill up the last tile.
        for (std::size_t j = rows.features; j < logistic_padded(rows.features); ++j)
            std::fill_n(b.weighted + j * logistic_stride, b.padded, 0.0);
    }

    // Four columns against three: twelve sums that stay in registers.
    static void add_tile(block const& block, std::size_t a0, std::size_t b0, double* lanes) {
        double const* const a = block.weighted + a0 * logistic_stride;
        double const* const b = block.weighted + b0 * logistic_stride;
        constexpr std::size_t s = logistic_stride;
        constexpr std::size_t w = width;
        vector s00 = load(lanes), s01 = load(lanes + w), s02 = load(lanes + 2 * w), s10 = load(lanes + 3 * w),
               s11 = load(lanes + 4 * w), s12 = load(lanes + 5 * w), s20 = load(lanes + 6 * w),
               s21 = load(lanes + 7 * w), s22 = load(lanes + 8 * w), s30 = load(lanes + 9 * w),
               s31 = load(lanes + 10 * w), s32 = load(lanes + 11 * w);
        for (std::size_t i = 0; i < block.padded; i += width) {
            vector const b_0 = load(b + i);
            vector const b_1 = load(b + s + i);
            vector const b_2 = load(b + 2 * s + i);
            vector x = load(a + i);
            s00 = Lanes::fused(x, b_0, s00);
            s01 = Lanes::fused(x, b_1, s01);
            s02 = Lanes::fused(x, b_2, s02);
            x = load(a + s + i);
            s10 = Lanes::fused(x, b_0, s10);
            s11 = Lanes::fused(x, b_1, s11);
            s12 = Lanes::fused(x, b_2, s12);
            x = load(a + 2 * s + i);
            s20 = Lanes::fused(x, b_0, s20);
            s21 = Lanes::fused(x, b_1, s21);
            s22 = Lanes::fused(x, b_2, s22);
            x = load(a + 3 * s + i);
            s30 = Lanes::fused(x, b_0, s30);
            s31 = Lanes::fused(x, b_1, s31);
            s32 = Lanes::fused(x, b_2, s32);
        }
        vector const sums[12] = {s00, s01, s02, s10, s11, s12, s20, s21, s22, s30, s31, s32};
        std::memcpy(lanes, sums, sizeof sums);
    }

    void add_curvature(block const& b, fetcher& next, std::size_t lines) const {
        double* lanes = out.tiles;
        for (std::size_t band = 0; 4 * band < rows.features; ++band) {
            for (std::size_t tile = 0; tile < logistic_tiles_of_band(band, rows.features);
                 ++tile, lanes += 12 * width) {
                next.fetch(lines);
                add_tile(b, 4 * band, 3 * tile, lanes);
            }
        }
    }

    void finish() const {
        std::size_t const unknowns = rows.features + 1;
        bool const curved = totals.curvature != nullptr;
        for (std::size_t j = 0; j < unknowns; ++j) {
            double const scale = curved || j == rows.features ? 1 : rows.scale[j]; // curved: scaled already
            totals.gradient[j] += scale * sum(load(out.gradient + j * width));
            if (curved) totals.curvature[rows.features * unknowns + j] += sum(load(out.last_row + j * width));
        }
        if (!curved) return;
        double const* lanes = out.tiles;
        for (std::size_t band = 0; 4 * band < rows.features; ++band) {
            for (std::size_t tile = 0; tile < logistic_tiles_of_band(band, rows.features); ++tile) {
                for (std::size_t i = 0; i < 12; ++i, lanes += width) {
                    std::size_t const a = 4 * band + i / 3;
                    std::size_t const b = 3 * tile + i % 3;
                    if (a < rows.features && b <= a) totals.curvature[a * unknowns + b] += sum(load(lanes));
                }
            }
        }
    }

    static void add(logistic_rows const& rows, logistic_totals& totals, double* scratch) {
        logistic_loops const loops(rows, totals, scratch);
        bool const curved = totals.curvature != nullptr;
        constexpr std::size_t lots = logistic_block_rows / (4 * width);
        constexpr std::size_t lines = logistic_block_rows / 8; // of a column
        std::size_t const tiles = std::max<std::size_t>(1, logistic_tiles(rows.features));
        for (std::size_t n = 0; n < rows.blocks; ++n) {
            block const b = loops.lay_out(rows.first + n * logistic_block_rows);
            // A last block may be short, but to fetch behind the end of a column does no harm.
            fetcher next(rows, n + 1 < rows.blocks ? b.first + logistic_block_rows : b.first);
            loops.bring_in(b, next, curved ? 0 : rows.features * lines / 2 / lots);
            loops.look(b);
            if (!curved) {
                loops.add_slopes(b, next, (lines + 1) / 2 + 1);
                continue;
            }
            loops.weigh(b);
            loops.add_curvature(b, next, rows.features * lines / tiles + 1);
        }
        loops.finish();
    }
};

} // namespace
} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
