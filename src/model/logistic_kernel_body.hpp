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

    struct rows {
        std::size_t padded;
        double* features; // columns, the last one of ones, then zeros up to a multiple of twelve
        double* weighted; // the same by their weight in the curvature
        double* log_odds;
        double* sign;
        double* weight;
        double* slope;     // derivative of the loss by the log-odds
        double* curvature; // second derivative
        double* exponent;  // exp(-|log-odds|)
    };

    static rows lay_out(logistic_block const& block, double* scratch) {
        std::size_t const unknowns = logistic_unknowns_padded(block.features);
        rows out{};
        out.padded = (block.rows + width - 1) / width * width;
        auto const take = [&scratch](std::size_t columns) {
            double* const here = scratch;
            scratch += columns * logistic_stride;
            return here;
        };
        out.features = take(unknowns);
        out.weighted = take(unknowns);
        out.log_odds = take(1);
        out.sign = take(1);
        out.weight = take(1);
        out.slope = take(1);
        out.curvature = take(1);
        out.exponent = take(1);
        return out;
    }

    // Many short runs of many columns are nothing the machine foresees. So the next block is asked for, part by part
    // while there is arithmetic to do: asked for at once, it would have to be waited for.
    static void fetch(logistic_block const& block, std::size_t part, std::size_t parts) {
        constexpr std::size_t line = 8; // doubles of a cache line
        constexpr std::size_t lines = logistic_block_rows / line;
        std::size_t const all = block.features * lines;
        std::size_t const end = all * (part + 1) / parts;
        for (std::size_t i = all * part / parts; i < end; ++i)
            __builtin_prefetch(block.columns[i / lines] + block.next + i % lines * line);
    }

    // Rows past the end are zeros whose sign makes them certain, so that they add nothing.
    static void bring_in(logistic_block const& block, rows const& r) {
        for (std::size_t i = 0; i < block.rows; ++i)
            r.sign[i] = 2.0 * block.outcomes[block.first + i] - 1.0; // 0 or 1 go in
        for (std::size_t i = 0; i < block.rows; ++i)
            r.weight[i] = block.weights == nullptr ? 1.0 : block.weights[block.first + i];
        for (std::size_t i = 0; i < r.padded; ++i)
            r.log_odds[i] = block.coefficients[block.features];
        for (std::size_t j = 0; j < block.features; ++j) {
            double const* const from = block.columns[j] + block.first;
            double* const to = r.features + j * logistic_stride;
            double const shift = block.shift[j];
            double const scale = block.scale[j];
            vector const coefficient = vector{} + block.coefficients[j];
            std::size_t i = 0;
            for (; i + width <= block.rows; i += width) {
                vector const x = (load(from + i) - shift) * scale;
                store(to + i, x);
                store(r.log_odds + i, Lanes::fused(coefficient, x, load(r.log_odds + i)));
            }
            for (; i < block.rows; ++i) {
                to[i] = (from[i] - shift) * scale;
                r.log_odds[i] += block.coefficients[j] * to[i];
            }
            for (; i < r.padded; ++i)
                to[i] = 0;
        }
        double* const ones = r.features + block.features * logistic_stride;
        for (std::size_t i = 0; i < r.padded; ++i)
            ones[i] = i < block.rows ? 1.0 : 0.0;
        for (std::size_t i = block.rows; i < r.padded; ++i) {
            r.sign[i] = 1;
            r.weight[i] = 0;
            r.log_odds[i] = 1000;
        }
    }

    // With margin t: loss max(-t, 0) + log(1 + exp(-|t|)); its logarithm is taken of a product, once a lane.
    static void look(logistic_block const& block, rows const& r, logistic_totals& totals) {
        vector hinge{};
        vector product = vector{} + 1.0;
        vector lowest = vector{} + totals.lowest_margin;
        vector highest = vector{} + totals.highest_margin;
        vector const zero{};
        for (std::size_t i = 0; i < r.padded; i += width) {
            vector const sign = load(r.sign + i);
            vector const weight = load(r.weight + i);
            vector const t = sign * load(r.log_odds + i);
            vector const size = t < zero ? t : -t; // -|t|
            vector const e = exp_of_negative(size);
            vector const d = 1.0 / (1.0 + e);
            vector const wrong = t < zero ? d : e * d; // probability of the other outcome
            store(r.slope + i, -(weight * sign * wrong));
            store(r.curvature + i, weight * e * d * d);
            store(r.exponent + i, e);
            hinge = hinge + weight * (t < zero ? -t : zero);
            product = product * (1.0 + e);
            lowest = weight > zero && t < lowest ? t : lowest;
            highest = weight > zero && t > highest ? t : highest;
        }
        totals.loss += sum(hinge);
        if (block.weights == nullptr) {
            for (std::size_t i = 0; i < width; ++i)
                totals.loss += std::log(product[i]);
        } else {
            for (std::size_t i = 0; i < block.rows; ++i)
                totals.loss += r.weight[i] * std::log1p(r.exponent[i]);
        }
        for (std::size_t i = 0; i < width; ++i) {
            totals.lowest_margin = lowest[i] < totals.lowest_margin ? lowest[i] : totals.lowest_margin;
            totals.highest_margin = highest[i] > totals.highest_margin ? highest[i] : totals.highest_margin;
        }
    }

    static void add_gradient(logistic_block const& block, rows const& r, double* gradient) {
        for (std::size_t j = 0; j <= block.features; ++j) {
            double const* const x = r.features + j * logistic_stride;
            vector even{};
            vector odd{};
            std::size_t i = 0;
            for (; i + 2 * width <= r.padded; i += 2 * width) {
                even = Lanes::fused(load(x + i), load(r.slope + i), even);
                odd = Lanes::fused(load(x + i + width), load(r.slope + i + width), odd);
            }
            if (i < r.padded) even = Lanes::fused(load(x + i), load(r.slope + i), even);
            gradient[j] += sum(even) + sum(odd);
        }
    }

    // Also the last row of the curvature, whose other column is all ones.
    static void weigh(logistic_block const& block, rows const& r, double* last_row) {
        for (std::size_t j = 0; j <= block.features; ++j) {
            double const* const x = r.features + j * logistic_stride;
            double* const to = r.weighted + j * logistic_stride;
            vector all{};
            for (std::size_t i = 0; i < r.padded; i += width) {
                vector const weighted = load(x + i) * load(r.curvature + i);
                store(to + i, weighted);
                all = all + weighted;
            }
            last_row[j] += sum(all);
        }
        // Columns that only fill up the last tile.
        std::size_t const unknowns = logistic_unknowns_padded(block.features);
        for (std::size_t j = block.features + 1; j < unknowns; ++j) {
            std::memset(r.features + j * logistic_stride, 0, r.padded * sizeof(double));
            std::memset(r.weighted + j * logistic_stride, 0, r.padded * sizeof(double));
        }
    }

    // Four weighted columns against three plain ones: twelve sums that stay in registers.
    static void add_tile(rows const& r, std::size_t a0, std::size_t b0, std::size_t unknowns, double* curvature) {
        double const* const a = r.weighted + a0 * logistic_stride;
        double const* const b = r.features + b0 * logistic_stride;
        constexpr std::size_t s = logistic_stride;
        vector s00{}, s01{}, s02{}, s10{}, s11{}, s12{}, s20{}, s21{}, s22{}, s30{}, s31{}, s32{};
        for (std::size_t i = 0; i < r.padded; i += width) {
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
        double const sums[4][3] = {{sum(s00), sum(s01), sum(s02)},
                                   {sum(s10), sum(s11), sum(s12)},
                                   {sum(s20), sum(s21), sum(s22)},
                                   {sum(s30), sum(s31), sum(s32)}};
        for (std::size_t i = 0; i < 4; ++i) {
            for (std::size_t j = 0; j < 3; ++j) {
                if (a0 + i + 1 < unknowns && b0 + j <= a0 + i) curvature[(a0 + i) * unknowns + b0 + j] += sums[i][j];
            }
        }
    }

    static void add(logistic_block const& block, logistic_totals& totals, double* scratch) {
        rows const r = lay_out(block, scratch);
        bring_in(block, r);
        bool const curved = totals.curvature != nullptr;
        if (!curved) fetch(block, 0, 1);
        look(block, r, totals);
        add_gradient(block, r, totals.gradient);
        if (!curved) return;
        std::size_t const unknowns = block.features + 1;
        weigh(block, r, totals.curvature + block.features * unknowns);
        std::size_t const bands = (block.features + 3) / 4;
        for (std::size_t band = 0; band < bands; ++band) {
            std::size_t const a = 4 * band;
            std::size_t const tiles = (std::min(a + 4, block.features) + 2) / 3;
            for (std::size_t tile = 0; tile < tiles; ++tile) {
                fetch(block, band * tiles + tile, bands * tiles);
                add_tile(r, a, 3 * tile, unknowns, totals.curvature);
            }
        }
    }
};

} // namespace
} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
