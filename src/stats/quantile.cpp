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

/// The wanted ranks, ascending and each once, and where each one landed.
class rank_list {
public:
    std::size_t add(std::size_t rank) {
        if (ranks_.empty() || ranks_.back() < rank) ranks_.push_back(rank);
        return static_cast<std::size_t>(std::lower_bound(ranks_.begin(), ranks_.end(), rank) - ranks_.begin());
    }
    std::span<std::size_t const> ranks() const { return ranks_; }

private:
    std::vector<std::size_t> ranks_; // quantile positions ascend, so a rank is either new and last or known
};

template <class T>
bin_edges<T> edges_of(present_values<T> column, std::size_t bins, quantile_spec const& spec, cpu_level level) {
    check_bins(bins);
    auto const& kernels = detail::quantile_kernels_for<T>(level);
    auto const seen = detail::find_extremes(column, kernels);
    bin_edges<T> out;
    out.closed = spec.closed;
    out.count = seen.count;
    if (seen.count == 0) return out;
    out.minimum = seen.minimum;
    out.maximum = seen.maximum;
    rank_list wanted;
    std::vector<quantile_position> positions;
    for (std::size_t k = 1; k < bins; ++k) {
        positions.push_back(detail::position_of(seen.count, k, bins, spec.type));
        wanted.add(positions.back().lower);
        wanted.add(positions.back().upper);
    }
    auto const values = detail::select_ranks(column, seen.count, wanted.ranks(), kernels);
    for (auto const& at : positions) {
        T const low = values[wanted.add(at.lower)];
        T const high = values[wanted.add(at.upper)];
        out.inner.push_back(with_offset(between(low, high, at), spec));
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

double next_above(double v) { return std::nextafter(v, std::numeric_limits<double>::infinity()); }
std::int64_t next_above(std::int64_t v) { return v == std::numeric_limits<std::int64_t>::max() ? v : v + 1; }

double as_edge(double v) { return v; }
exact_edge as_edge(std::int64_t v) { return {v, 0, 1}; }

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
    auto const seen = detail::find_extremes(column, kernels);
    bin_edges<T> out;
    out.closed = closed_side::left;
    out.count = seen.count;
    if (seen.count == 0) return out;
    out.minimum = seen.minimum;
    out.maximum = seen.maximum;
    rank_list wanted;
    std::vector<std::size_t> borders; // rank, from 0, of the value at or just below each border
    for (std::size_t k = 1; k < bins; ++k) {
        auto const border = rank_border(seen.count, k, bins, spec);
        borders.push_back(static_cast<std::size_t>(border.floor) - 1);
        wanted.add(borders.back());
    }
    auto const values = detail::select_ranks(column, seen.count, wanted.ranks(), kernels);
    for (std::size_t k = 1; k < bins; ++k) {
        auto const border = rank_border(seen.count, k, bins, spec);
        T const v = values[wanted.add(borders[k - 1])];
        auto const ties = count_ties(column, seen.count, v, kernels);
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
        T const begin =
            next < seen.count ? detail::select_ranks(column, seen.count, next_rank, kernels)[0] : next_above(v);
        out.inner.push_back(as_edge(begin));
    }
    return out;
}

/// Edges as plain values for the kernels: integers compare with whole numbers only, so fractions may go.
std::span<double const> plain_edges(bin_edges<double> const& edges, std::array<double, most_bins>&) {
    return edges.inner;
}
std::span<std::int64_t const> plain_edges(bin_edges<std::int64_t> const& edges,
                                          std::array<std::int64_t, most_bins>& memory) {
    for (std::size_t i = 0; i < edges.inner.size(); ++i) {
        auto const& e = edges.inner[i];
        // v > 2.5 is v > 2; v >= 2.5 is v >= 3
        bool const up = edges.closed == closed_side::left && e.numerator != 0;
        memory[i] = up ? next_above(e.floor) : e.floor;
    }
    return {memory.data(), edges.inner.size()};
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
    auto const count = detail::find_extremes(column, kernels).count;
    if (count == 0) return 0;

    // border k: all smaller than value[k] and the first `quota[k]` of its equals lie below
    rank_list wanted;
    std::vector<std::size_t> below;
    for (std::size_t k = 1; k < bins; ++k) {
        below.push_back(ranks_below(rank_border(count, k, bins, spec), spec.closed));
        wanted.add(std::min(below.back(), count - 1));
    }
    auto const values = detail::select_ranks(column, count, wanted.ranks(), kernels);
    std::vector<border_value<T>> borders; // distinct values
    std::vector<std::size_t> border_of;
    std::vector<std::size_t> quota;
    std::size_t split = 0;
    bool last_split = false;
    tie_counts ties;
    for (std::size_t const rank : below) {
        T const v = values[wanted.add(std::min(rank, count - 1))];
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
        auto const found =
            std::lower_bound(borders.begin(), borders.end(), v,
                             [](border_value<T> const& b, T wanted_value) { return b.value < wanted_value; });
        bool const on_border = found != borders.end() && found->value == v;
        std::size_t const nth = on_border ? found->seen++ : 0;
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
    auto const count = detail::find_extremes(column, kernels).count;
    if (!sorted.empty() && sorted.back() >= count)
        throw issue_error("quantile.rank", "ranks", "there is no value of that rank", std::to_string(sorted.back()),
                          "ranks below " + std::to_string(count));
    auto const values = detail::select_ranks(column, count, sorted, kernels);
    std::vector<T> out;
    out.reserve(ranks.size());
    for (auto const rank : ranks)
        out.push_back(
            values[static_cast<std::size_t>(std::lower_bound(sorted.begin(), sorted.end(), rank) - sorted.begin())]);
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
    present_values<double> const column{values, nullptr};
    auto const& kernels = detail::quantile_kernels_for<double>(detect_cpu_level());
    auto const count = detail::find_extremes(column, kernels).count;
    if (count == 0) return none;
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
    std::size_t const ranks[] = {rank(j), rank(j + 1)};
    bool const one = ranks[0] == ranks[1];
    auto const found = detail::select_ranks(column, count, std::span(ranks).first(one ? 1 : 2), kernels);
    double const low = found.front();
    double const high = found.back();
    if (weight == 0 || low == high) return low;
    return weight == 1 ? high : std::lerp(low, high, weight);
}

} // namespace v0
} // namespace segmenta
