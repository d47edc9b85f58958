// SPDX-License-Identifier: Apache-2.0
#include <segmenta/stats/quantile.hpp>

#include <segmenta/error.hpp>

#include "stats/quantile_position.hpp"
#include "stats/select.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <string>

namespace segmenta {
inline namespace v0 {
namespace {

using detail::present_values;
using detail::quantile_position;

void check_bins(std::size_t bins) {
    if (bins >= 2 && bins <= most_bins) return;
    throw issue_error("quantile.bins", "bins", "that many bins cannot be cut", std::to_string(bins),
                      "2 to " + std::to_string(most_bins), "Choose a number inside");
}

void refuse_offset(quantile_spec const& spec) {
    if (spec.offset == 0) return;
    throw issue_error("quantile.offset", "offset", "an offset moves edges of values and has no meaning for ranks",
                      std::to_string(spec.offset), "0", "Leave the offset out or keep equal values together");
}

double with_offset(double edge, quantile_spec const& spec) {
    if (!std::isfinite(spec.offset))
        throw issue_error("quantile.offset", "offset", "the offset is not a finite number", std::to_string(spec.offset),
                          "a finite number");
    return edge + spec.offset;
}

exact_edge with_offset(exact_edge edge, quantile_spec const& spec) {
    double const offset = spec.offset;
    if (!(std::abs(offset) < 9.2e18) || offset != std::trunc(offset))
        throw issue_error("quantile.offset", "offset", "the offset of integer values must be a whole number",
                          std::to_string(offset), "a whole number of the column's units");
    if (__builtin_add_overflow(edge.floor, static_cast<std::int64_t>(offset), &edge.floor))
        throw issue_error("quantile.overflow", "offset", "an edge with this offset leaves the 64-bit range",
                          std::to_string(offset), "an offset that fits the values");
    return edge;
}

double between(double low, double high, quantile_position const& at) {
    if (at.weight == 0 || low == high) return low;
    return std::lerp(low, high, static_cast<double>(at.weight) / static_cast<double>(at.denominator));
}

exact_edge between(std::int64_t low, std::int64_t high, quantile_position const& at) {
    if (at.weight == 0 || low == high) return {low, 0, 1};
    auto const distance = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
    __extension__ using wide = unsigned __int128;
    wide const product = static_cast<wide>(distance) * at.weight;
    auto const whole = static_cast<std::uint64_t>(product / at.denominator);
    auto const rest = static_cast<std::uint64_t>(product % at.denominator);
    auto const floor = static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + whole);
    return {floor, rest, rest == 0 ? 1 : at.denominator};
}

/// Ranks of ascending positions: each is either new and last, or known.
void add_rank(std::vector<std::size_t>& ranks, std::size_t rank) {
    if (ranks.empty() || ranks.back() < rank) ranks.push_back(rank);
}

template <class T>
bin_edges<T> edges_around(detail::column_extremes<T> const& seen, closed_side closed) {
    bin_edges<T> out;
    out.closed = closed;
    out.count = seen.count;
    out.minimum = seen.minimum;
    out.maximum = seen.maximum;
    return out;
}

template <class T>
bin_edges<T> edges_of(present_values<T> column, std::size_t bins, quantile_spec const& spec, cpu_level level) {
    check_bins(bins);
    auto const& kernels = detail::quantile_kernels_for<T>(level);
    auto const ranks_of = [&](std::size_t count) {
        std::vector<std::size_t> ranks;
        for (std::size_t k = 1; k < bins; ++k) {
            auto const at = detail::position_of(count, k, bins, spec.type);
            add_rank(ranks, at.lower);
            add_rank(ranks, at.upper);
        }
        return ranks;
    };
    auto const found = detail::select_of_present<T>(column, ranks_of, kernels);
    bin_edges<T> out = edges_around<T>(found.seen, spec.closed);
    if (out.count == 0) return out;
    for (std::size_t k = 1; k < bins; ++k) {
        auto const at = detail::position_of(out.count, k, bins, spec.type);
        out.inner.push_back(with_offset(between(found.at(at.lower), found.at(at.upper), at), spec));
    }
    return out;
}

struct tie_counts {
    std::size_t below = 0;
    std::size_t equal = 0;
};

/// How many present values lie below `v` and equal it.
template <class T>
tie_counts count_ties(present_values<T> column, std::size_t count, T v, detail::quantile_kernels<T> const& kernels) {
    detail::bracket_counts counts;
    std::vector<T> scratch(2048);
    detail::for_each_run(column, [&](T const* run, std::size_t n) {
        // the open bracket (v, v) is empty, so nothing is kept
        kernels.scan(run, n, v, v, counts, scratch.data());
    });
    return {count - static_cast<std::size_t>(counts.not_below_low),
            static_cast<std::size_t>(counts.not_below_low - counts.above_low)};
}

double as_edge(double v) { return v; }
exact_edge as_edge(std::int64_t v) { return {v, 0, 1}; }

/// An edge that `v` lies below and every larger value above. No double lies above infinity: there it is that itself.
double edge_above(double v) { return std::nextafter(v, std::numeric_limits<double>::infinity()); }
exact_edge edge_above(std::int64_t v) {
    if (v == std::numeric_limits<std::int64_t>::max()) return {v, 1, 2};
    return {v + 1, 0, 1};
}

/// The border between two bins of ranks 1...n: ranks above `floor` (closed right) or from `ceiling` on (closed left).
exact_edge rank_border(std::size_t count, std::size_t k, std::size_t bins, quantile_spec const& spec) {
    auto const at = detail::position_of(count, k, bins, spec.type);
    return between(static_cast<std::int64_t>(at.lower) + 1, static_cast<std::int64_t>(at.upper) + 1, at);
}

/// How many of the ranks 1...n lie below the border.
std::size_t ranks_below(exact_edge border, closed_side closed) {
    auto const floor = static_cast<std::size_t>(border.floor);
    if (closed == closed_side::right) return floor;
    return border.numerator == 0 ? floor - 1 : floor;
}

template <class T>
bin_edges<T> midrank_edges_of(present_values<T> column, std::size_t bins, quantile_spec const& spec, cpu_level level) {
    check_bins(bins);
    refuse_offset(spec);
    auto const& kernels = detail::quantile_kernels_for<T>(level);
    // the rank, from 0, of the value at or just below a border
    auto const rank_at = [](exact_edge border) { return static_cast<std::size_t>(border.floor) - 1; };
    auto const ranks_of = [&](std::size_t count) {
        std::vector<std::size_t> ranks;
        for (std::size_t k = 1; k < bins; ++k)
            add_rank(ranks, rank_at(rank_border(count, k, bins, spec)));
        return ranks;
    };
    auto const found = detail::select_of_present<T>(column, ranks_of, kernels);
    bin_edges<T> out = edges_around<T>(found.seen, closed_side::left);
    for (std::size_t k = 1; k < bins && out.count > 0; ++k) {
        auto const border = rank_border(out.count, k, bins, spec);
        T const v = found.at(rank_at(border));
        auto const ties = count_ties(column, out.count, v, kernels);
        // twice the middle rank against twice the border, times its denominator: no rounding
        std::size_t const twice = 2 * ties.below + ties.equal + 1;
        std::size_t const scaled = twice * border.denominator;
        std::size_t const limit = 2 * (static_cast<std::size_t>(border.floor) * border.denominator + border.numerator);
        bool const above = spec.closed == closed_side::right ? scaled > limit : scaled >= limit;
        if (above) {
            out.inner.push_back(as_edge(v));
            continue;
        }
        // v stays below, so the bin begins with the next larger value, all of whose ranks lie above the border
        std::size_t const next = ties.below + ties.equal;
        std::size_t const next_rank[] = {next};
        out.inner.push_back(next < out.count ? as_edge(detail::select_ranks(column, out.count, next_rank, kernels)[0])
                                             : edge_above(v));
    }
    return out;
}

/// Edges as plain values for the kernels: integers compare with whole numbers only, so fractions may go.
std::span<double const> plain_edges(bin_edges<double> const& edges, std::array<double, most_bins>&) {
    return edges.inner;
}
std::span<std::int64_t const> plain_edges(bin_edges<std::int64_t> const& edges,
                                          std::array<std::int64_t, most_bins>& memory) {
    std::size_t count = 0;
    for (auto const& e : edges.inner) {
        // v > 2.5 is v > 2; v >= 2.5 is v >= 3
        bool const up = edges.closed == closed_side::left && e.numerator != 0;
        if (up && e.floor == std::numeric_limits<std::int64_t>::max()) break; // above all values, as are those behind
        memory[count++] = up ? e.floor + 1 : e.floor;
    }
    return {memory.data(), count};
}

template <class T>
void codes_of(present_values<T> column, bin_edges<T> const& edges, std::span<std::uint8_t> codes, cpu_level level) {
    if (edges.inner.size() >= most_bins) return; // no such edges come from here
    std::array<T, most_bins> memory;
    auto const plain = plain_edges(edges, memory);
    auto const& kernels = detail::quantile_kernels_for<T>(level);
    auto const kernel = edges.closed == closed_side::left ? kernels.codes_not_below : kernels.codes_above;
    kernel(column.values.data(), column.values.size(), plain.data(), plain.size(), codes.data());
    if (column.valid == nullptr) return;
    for (std::size_t begin = 0; begin < codes.size(); begin += 64) {
        std::uint64_t missing = ~column.valid[begin / 64];
        if (codes.size() - begin < 64) missing &= (std::uint64_t{1} << (codes.size() - begin)) - 1;
        for (; missing != 0; missing &= missing - 1)
            codes[begin + static_cast<std::size_t>(std::countr_zero(missing))] = missing_code;
    }
}

/// A value that a border of ranks falls on or beside, and its customers in the order that breaks ties.
template <class T>
struct border_value {
    T value;
    std::size_t seen = 0; ///< equal values met so far
};

template <class T>
std::size_t rank_first_of(present_values<T> column, std::span<std::uint32_t const> order, std::size_t bins,
                          quantile_spec const& spec, std::span<std::uint8_t> codes, cpu_level level) {
    check_bins(bins);
    refuse_offset(spec);
    std::fill(codes.begin(), codes.end(), missing_code);
    std::vector<std::uint64_t> listed; // rows outside `order` are missing
    if (!order.empty()) {
        listed.assign(column.values.size() / 64 + 1, 0);
        for (auto const row : order)
            if (column.present(row)) listed[row / 64] |= std::uint64_t{1} << (row % 64);
        column.valid = listed.data();
    }
    auto const& kernels = detail::quantile_kernels_for<T>(level);
    // border k: all smaller than value[k] and the first `quota[k]` of its equals lie below
    std::vector<std::size_t> below;
    auto const ranks_of = [&](std::size_t among) {
        std::vector<std::size_t> ranks;
        below.clear();
        for (std::size_t k = 1; k < bins; ++k) {
            below.push_back(ranks_below(rank_border(among, k, bins, spec), spec.closed));
            add_rank(ranks, std::min(below.back(), among - 1));
        }
        return ranks;
    };
    auto const found = detail::select_of_present<T>(column, ranks_of, kernels);
    std::size_t const count = found.seen.count;
    if (count == 0) return 0;
    std::vector<border_value<T>> borders; // distinct values
    std::vector<std::size_t> border_of;
    std::vector<std::size_t> quota;
    std::size_t split = 0;
    bool last_split = false;
    tie_counts ties;
    for (std::size_t const rank : below) {
        T const v = found.at(std::min(rank, count - 1));
        if (borders.empty() || borders.back().value != v) {
            borders.push_back({v});
            ties = count_ties(column, count, v, kernels);
            last_split = false;
        }
        border_of.push_back(borders.size() - 1);
        quota.push_back(rank - ties.below);
        bool const splits = quota.back() > 0 && quota.back() < ties.equal;
        if (splits && !last_split) ++split, last_split = true;
    }
    auto const place = [&](std::size_t row) {
        T const v = column.values[row];
        if (!column.present(row) || v != v) return;
        auto const found_border =
            std::lower_bound(borders.begin(), borders.end(), v,
                             [](border_value<T> const& b, T wanted_value) { return b.value < wanted_value; });
        bool const on_border = found_border != borders.end() && found_border->value == v;
        std::size_t const nth = on_border ? found_border->seen++ : 0;
        std::size_t code = 0;
        for (std::size_t k = 0; k < below.size(); ++k) {
            T const border = borders[border_of[k]].value;
            code += v > border || (v == border && nth >= quota[k]) ? 1U : 0U;
        }
        codes[row] = static_cast<std::uint8_t>(code);
    };
    if (order.empty()) {
        for (std::size_t row = 0; row < column.values.size(); ++row)
            place(row);
    } else {
        for (auto const row : order)
            place(row);
    }
    return split;
}

template <class T>
std::vector<T> statistics_of(present_values<T> column, std::span<std::size_t const> ranks, cpu_level level) {
    auto const& kernels = detail::quantile_kernels_for<T>(level);
    std::vector<std::size_t> sorted(ranks.begin(), ranks.end());
    std::sort(sorted.begin(), sorted.end());
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    auto const ranks_of = [&](std::size_t count) {
        return std::vector<std::size_t>(sorted.begin(), std::lower_bound(sorted.begin(), sorted.end(), count));
    };
    auto const found = detail::select_of_present<T>(column, ranks_of, kernels);
    if (!sorted.empty() && sorted.back() >= found.seen.count)
        throw issue_error("quantile.rank", "ranks", "there is no value of that rank", std::to_string(sorted.back()),
                          "ranks below " + std::to_string(found.seen.count));
    std::vector<T> out;
    out.reserve(ranks.size());
    for (auto const rank : ranks)
        out.push_back(found.at(rank));
    return out;
}

template <class T>
std::uint8_t code_of(T value, bin_edges<T> const& edges) {
    std::array<T, most_bins> memory;
    if (edges.inner.size() >= most_bins) return missing_code;
    std::size_t code = 0;
    for (T const edge : plain_edges(edges, memory))
        code += edges.closed == closed_side::left ? value >= edge : value > edge;
    return static_cast<std::uint8_t>(code);
}

/// The quantile at a probability that is no fraction is x[lower] + weight (x[upper] - x[lower]), ranks from 0.
struct rough_place {
    std::size_t lower;
    std::size_t upper;
    double weight;
};

rough_place place_of(std::size_t count, double probability, quantile_type type) {
    double const n = static_cast<double>(count);
    double h = 0; // n p + m
    switch (type) {
    case quantile_type::type_1:
    case quantile_type::type_2:
    case quantile_type::type_4: h = n * probability; break;
    case quantile_type::type_3: h = n * probability - 0.5; break;
    case quantile_type::type_5: h = n * probability + 0.5; break;
    case quantile_type::type_6: h = (n + 1) * probability; break;
    case quantile_type::type_7: h = (n - 1) * probability + 1; break;
    case quantile_type::type_8: h = (n + 1.0 / 3) * probability + 1.0 / 3; break;
    case quantile_type::type_9: h = (n + 0.25) * probability + 0.375; break;
    }
    constexpr double fuzz = 4 * std::numeric_limits<double>::epsilon();
    double const j = std::floor(h + fuzz);
    double weight = h - j;
    if (std::abs(weight) < fuzz) weight = 0;
    if (type == quantile_type::type_1) weight = weight > 0 ? 1 : 0;
    if (type == quantile_type::type_2) weight = weight > 0 ? 1 : 0.5;
    if (type == quantile_type::type_3) weight = weight == 0 && std::fmod(j, 2.0) == 0 ? 0 : 1;
    auto const rank = [n](double at) { return static_cast<std::size_t>(std::clamp(at, 1.0, n) - 1); };
    return {rank(j), rank(j + 1), weight};
}

} // namespace

bin_edges<double> quantile_edges(std::span<double const> values, std::uint64_t const* valid, std::size_t bins,
                                 quantile_spec const& spec, cpu_level level) {
    return edges_of<double>({values, valid}, bins, spec, level);
}

bin_edges<std::int64_t> quantile_edges(std::span<std::int64_t const> values, std::uint64_t const* valid,
                                       std::size_t bins, quantile_spec const& spec, cpu_level level) {
    return edges_of<std::int64_t>({values, valid}, bins, spec, level);
}

bin_edges<double> midrank_edges(std::span<double const> values, std::uint64_t const* valid, std::size_t bins,
                                quantile_spec const& spec, cpu_level level) {
    return midrank_edges_of<double>({values, valid}, bins, spec, level);
}

bin_edges<std::int64_t> midrank_edges(std::span<std::int64_t const> values, std::uint64_t const* valid,
                                      std::size_t bins, quantile_spec const& spec, cpu_level level) {
    return midrank_edges_of<std::int64_t>({values, valid}, bins, spec, level);
}

void bin_codes(std::span<double const> values, std::uint64_t const* valid, bin_edges<double> const& edges,
               std::span<std::uint8_t> codes, cpu_level level) noexcept {
    codes_of<double>({values, valid}, edges, codes, level);
}

void bin_codes(std::span<std::int64_t const> values, std::uint64_t const* valid, bin_edges<std::int64_t> const& edges,
               std::span<std::uint8_t> codes, cpu_level level) noexcept {
    codes_of<std::int64_t>({values, valid}, edges, codes, level);
}

std::uint8_t bin_code(double value, bin_edges<double> const& edges) noexcept {
    return value != value ? missing_code : code_of(value, edges);
}

std::uint8_t bin_code(std::int64_t value, bin_edges<std::int64_t> const& edges) noexcept {
    return code_of(value, edges);
}

std::size_t rank_first_codes(std::span<double const> values, std::uint64_t const* valid,
                             std::span<std::uint32_t const> order, std::size_t bins, quantile_spec const& spec,
                             std::span<std::uint8_t> codes, cpu_level level) {
    return rank_first_of<double>({values, valid}, order, bins, spec, codes, level);
}

std::size_t rank_first_codes(std::span<std::int64_t const> values, std::uint64_t const* valid,
                             std::span<std::uint32_t const> order, std::size_t bins, quantile_spec const& spec,
                             std::span<std::uint8_t> codes, cpu_level level) {
    return rank_first_of<std::int64_t>({values, valid}, order, bins, spec, codes, level);
}

std::vector<std::size_t> bin_sizes(std::span<std::uint8_t const> codes, std::size_t bins) {
    // four counters each: equal neighbours would wait for one another
    std::array<std::array<std::size_t, 256>, 4> counts{};
    for (std::size_t i = 0; i < codes.size(); ++i)
        ++counts[i % 4][codes[i]];
    std::vector<std::size_t> sizes(bins, 0);
    for (std::size_t code = 0; code < std::min<std::size_t>(bins, 256); ++code)
        for (auto const& lane : counts)
            sizes[code] += lane[code];
    return sizes;
}

std::vector<double> order_statistics(std::span<double const> values, std::uint64_t const* valid,
                                     std::span<std::size_t const> ranks, cpu_level level) {
    return statistics_of<double>({values, valid}, ranks, level);
}

std::vector<std::int64_t> order_statistics(std::span<std::int64_t const> values, std::uint64_t const* valid,
                                           std::span<std::size_t const> ranks, cpu_level level) {
    return statistics_of<std::int64_t>({values, valid}, ranks, level);
}

double quantile(std::span<double const> values, double probability, quantile_type type) {
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    if (!(probability >= 0 && probability <= 1)) return none;
    auto const ranks_of = [&](std::size_t count) {
        auto const at = place_of(count, probability, type);
        return at.lower == at.upper ? std::vector{at.lower} : std::vector{at.lower, at.upper};
    };
    auto const& kernels = detail::quantile_kernels_for<double>(detect_cpu_level());
    auto const found = detail::select_of_present<double>({values, nullptr}, ranks_of, kernels);
    if (found.seen.count == 0) return none;
    double const low = found.values.front();
    double const high = found.values.back();
    double const weight = place_of(found.seen.count, probability, type).weight;
    if (weight == 0 || low == high) return low;
    return weight == 1 ? high : std::lerp(low, high, weight);
}

} // namespace v0
} // namespace segmenta
