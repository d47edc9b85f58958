// SPDX-License-Identifier: Apache-2.0
#include "stats/select.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

/// Below this many rows a copy and nth_element are quicker than a sample.
constexpr std::size_t small_column = 16'384;

template <class T>
constexpr T lowest() {
    if constexpr (std::numeric_limits<T>::has_infinity)
        return -std::numeric_limits<T>::infinity();
    else
        return std::numeric_limits<T>::min();
}

template <class T>
constexpr T highest() {
    if constexpr (std::numeric_limits<T>::has_infinity)
        return std::numeric_limits<T>::infinity();
    else
        return std::numeric_limits<T>::max();
}

/// Values that bracket some wanted ranks, and what a scan found about them.
template <class T>
struct bracket {
    T low;
    T high;
    std::size_t first_rank; ///< index of the first wanted rank, into the list of ranks
    std::size_t last_rank;  ///< past the last
    bool whole = false;     ///< all of `counts` are known, not `above_low` alone
    bracket_counts counts{};
    std::vector<T> inside{};
};

/// Selects several ranks of `values`, which are rearranged; `ranks` ascend, `out` receives the values. `values` begin
/// at rank `base`. The middle rank first: then each half has its own, O(n log ranks).
template <class T>
void select_in_place(std::span<T> values, std::span<std::size_t const> ranks, std::size_t base, std::span<T> out) {
    if (ranks.empty()) return;
    std::size_t const middle = ranks.size() / 2;
    std::size_t const at = ranks[middle] - base;
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
    out[middle] = values[at];
    select_in_place<T>(values.first(at), ranks.first(middle), base, out.first(middle));
    select_in_place<T>(values.subspan(at + 1), ranks.subspan(middle + 1), base + at + 1, out.subspan(middle + 1));
}

/// About `wanted` present values, one from each of as many equal stretches of rows at a scattered place. Any sample
/// gives the right answer in the end; a scattered one makes periodic data as cheap as random data.
template <class T>
std::vector<T> sample_of(present_values<T> column, std::size_t wanted) {
    std::size_t const rows = column.values.size();
    std::vector<T> sample;
    sample.reserve(wanted);
    for (std::size_t i = 0; i < wanted; ++i) {
        std::size_t const begin = rows / wanted * i + rows % wanted * i / wanted;
        std::size_t const end = rows / wanted * (i + 1) + rows % wanted * (i + 1) / wanted;
        std::uint64_t const scattered = (i + 1) * 0x9E37'79B9'7F4A'7C15U;
        std::size_t const row = begin + static_cast<std::size_t>(scattered >> 32) % (end - begin);
        T const v = column.values[row];
        if (column.present(row) && v == v) sample.push_back(v); // NaN is no value
    }
    return sample;
}

/// Some order statistics of a sample, which is rearranged.
template <class T>
class sample_ranks {
public:
    sample_ranks(std::span<T> sample, std::vector<std::size_t> ranks) : ranks_(std::move(ranks)) {
        std::sort(ranks_.begin(), ranks_.end());
        ranks_.erase(std::unique(ranks_.begin(), ranks_.end()), ranks_.end());
        values_.resize(ranks_.size());
        select_in_place<T>(sample, ranks_, 0, values_);
    }
    T operator[](std::size_t rank) const {
        auto const at = std::lower_bound(ranks_.begin(), ranks_.end(), rank) - ranks_.begin();
        return values_[static_cast<std::size_t>(at)];
    }

private:
    std::vector<std::size_t> ranks_;
    std::vector<T> values_;
};

/// Brackets of three and a half standard deviations around each rank's place in the sample, which is rearranged;
/// overlapping ones become one. One rank in two thousand then falls outside and costs another pass; wider brackets
/// would cost more every time.
template <class T>
std::vector<bracket<T>> brackets_from(std::span<T> sample, std::size_t count, std::span<std::size_t const> ranks) {
    struct place {
        std::ptrdiff_t low;
        std::ptrdiff_t high;
        std::size_t first;
        std::size_t last;
    };
    std::vector<place> places;
    double const size = static_cast<double>(sample.size());
    for (std::size_t i = 0; i < ranks.size(); ++i) {
        double const p = (static_cast<double>(ranks[i]) + 0.5) / static_cast<double>(count);
        double const reach = 3.5 * std::sqrt(size * p * (1.0 - p)) + 2.0;
        place const next{static_cast<std::ptrdiff_t>(std::floor(p * size - reach)),
                         static_cast<std::ptrdiff_t>(std::ceil(p * size + reach)), i, i + 1};
        if (!places.empty() && next.low <= places.back().high) {
            places.back().high = next.high;
            places.back().last = next.last;
        } else {
            places.push_back(next);
        }
    }
    auto const last = static_cast<std::ptrdiff_t>(sample.size());
    std::vector<std::size_t> wanted;
    for (place const& p : places)
        for (std::ptrdiff_t const end : {p.low, p.low + 1, p.high - 1, p.high})
            if (end >= 0 && end < last) wanted.push_back(static_cast<std::size_t>(end));
    sample_ranks<T> const sampled(sample, std::move(wanted));
    auto const at = [&](std::ptrdiff_t rank) {
        if (rank < 0) return lowest<T>();
        return rank < last ? sampled[static_cast<std::size_t>(rank)] : highest<T>();
    };
    std::vector<bracket<T>> brackets;
    for (place const& p : places) {
        // Where the sample has equals of an end, a wanted rank may well be one.
        bool const ties = at(p.low) == at(p.low + 1) || at(p.high) == at(p.high - 1);
        brackets.push_back({at(p.low), at(p.high), p.first, p.last, ties});
        if (ties) continue; // few lie inside
        double const share = static_cast<double>(p.high - p.low) / size;
        brackets.back().inside.resize(static_cast<std::size_t>(1.1 * share * static_cast<double>(count)) + 4096);
    }
    return brackets;
}

/// Fills brackets run by run.
template <class T>
class bracket_scan {
public:
    bracket_scan(std::span<bracket<T>> brackets, quantile_kernels<T> const& kernels)
        : brackets_(brackets), kernels_(kernels), used_(brackets.size(), 0) {}

    void operator()(T const* run, std::size_t n) {
        for (std::size_t b = 0; b < brackets_.size(); ++b) {
            auto& box = brackets_[b];
            if (box.inside.size() < used_[b] + n) box.inside.resize(2 * box.inside.size() + n);
            T* const to = box.inside.data() + used_[b];
            used_[b] += box.whole ? kernels_.scan(run, n, box.low, box.high, box.counts, to)
                                  : kernels_.sift(run, n, box.low, box.high, box.counts.above_low, to);
        }
    }
    void finish() {
        for (std::size_t b = 0; b < brackets_.size(); ++b)
            brackets_[b].inside.resize(used_[b]);
    }

private:
    std::span<bracket<T>> brackets_;
    quantile_kernels<T> const& kernels_;
    std::vector<std::size_t> used_;
};

template <class T>
void scan_brackets(present_values<T> column, quantile_kernels<T> const& kernels, std::span<bracket<T>> brackets) {
    bracket_scan<T> scan(brackets, kernels);
    for_each_run(column, scan);
    scan.finish();
}

template <class T>
void resolve(bracket<T>& box, std::size_t count, std::span<std::size_t const> ranks, std::span<T> out,
             present_values<T> column, quantile_kernels<T> const& kernels);

/// A bracket that missed: everything strictly between two values, whose neighbours in rank are known, is collected.
template <class T>
void rescan(T low, T high, std::size_t count, std::size_t rank, T& out, present_values<T> column,
            quantile_kernels<T> const& kernels) {
    std::size_t const wanted[] = {rank};
    bracket<T> box{low, high, 0, 1, true};
    scan_brackets<T>(column, kernels, {&box, 1});
    resolve<T>(box, count, wanted, {&out, 1}, column, kernels);
}

/// Where all wanted ranks lie inside, equals of the ends do not matter; else their number is found by another pass.
template <class T>
void complete(bracket<T>& box, std::size_t count, std::span<std::size_t const> ranks, present_values<T> column,
              quantile_kernels<T> const& kernels) {
    if (box.whole) return;
    auto& counts = box.counts;
    std::size_t const first = count - static_cast<std::size_t>(counts.above_low);
    if (ranks[box.first_rank] >= first && ranks[box.last_rank - 1] < first + box.inside.size()) {
        counts.not_below_low = counts.above_low;
        counts.not_below_high = counts.above_high = counts.above_low - box.inside.size();
        return;
    }
    box.whole = true;
    counts = {};
    scan_brackets<T>(column, kernels, {&box, 1});
}

/// The ranks of one bracket from its counts and the values inside it.
template <class T>
void resolve(bracket<T>& box, std::size_t count, std::span<std::size_t const> ranks, std::span<T> out,
             present_values<T> column, quantile_kernels<T> const& kernels) {
    complete<T>(box, count, ranks, column, kernels);
    std::size_t const below_low = count - box.counts.not_below_low;
    std::size_t const up_to_low = count - box.counts.above_low;
    std::size_t const below_high = count - box.counts.not_below_high;
    std::size_t const up_to_high = count - box.counts.above_high;
    std::vector<std::size_t> inner; // ranks whose value lies inside
    std::size_t first_inner = box.last_rank;
    for (std::size_t i = box.first_rank; i < box.last_rank; ++i) {
        std::size_t const rank = ranks[i];
        if (rank < below_low) {
            rescan(lowest<T>(), box.low, count, rank, out[i], column, kernels);
        } else if (rank < up_to_low) {
            out[i] = box.low;
        } else if (rank < below_high) {
            first_inner = std::min(first_inner, i);
            inner.push_back(rank - up_to_low);
        } else if (rank < up_to_high) {
            out[i] = box.high;
        } else {
            rescan(box.high, highest<T>(), count, rank, out[i], column, kernels);
        }
    }
    if (inner.empty()) return;
    std::span<T> const target = out.subspan(first_inner, inner.size());
    if (box.inside.size() > count / 2) { // many ranks close together: another sample would not narrow it down
        select_in_place<T>(box.inside, inner, 0, target);
        return;
    }
    // the values inside are a column of their own: large ones are sampled again
    auto const found = select_ranks<T>({box.inside, nullptr}, box.inside.size(), inner, kernels);
    std::copy(found.begin(), found.end(), target.begin());
}

template <class T>
std::vector<T> select_small(present_values<T> column, std::span<std::size_t const> ranks) {
    std::vector<T> copy;
    copy.reserve(column.values.size());
    for (std::size_t row = 0; row < column.values.size(); ++row) {
        T const v = column.values[row];
        if (column.present(row) && v == v) copy.push_back(v);
    }
    std::vector<T> out(ranks.size());
    select_in_place<T>(copy, ranks, 0, out);
    return out;
}

/// Of a small column none: it is quicker without.
template <class T>
std::vector<T> sample_for(present_values<T> column) {
    std::size_t const rows = column.values.size();
    if (rows < small_column) return {};
    // it grows as the two thirds power: then sample and candidates shrink alike
    auto const wanted = static_cast<std::size_t>(1.4 * std::pow(static_cast<double>(rows), 2.0 / 3));
    return sample_of(column, std::clamp<std::size_t>(wanted, 512, 65'536));
}

/// Which of two equal zeros was met first must not show.
template <class T>
std::vector<T> without_sign_of_zero(std::vector<T> values) {
    for (T& v : values)
        v = v + T{}; // -0.0 + 0.0 is 0.0
    return values;
}

template <class T>
std::vector<T> resolve_all(std::span<bracket<T>> brackets, std::size_t count, std::span<std::size_t const> ranks,
                           present_values<T> column, quantile_kernels<T> const& kernels) {
    std::vector<T> out(ranks.size());
    for (auto& box : brackets)
        resolve<T>(box, count, ranks, out, column, kernels);
    return without_sign_of_zero(std::move(out));
}

template <class T>
value_extremes<T> no_extremes() {
    return {0, highest<T>(), lowest<T>()};
}

template <class T>
column_extremes<T> column_of(value_extremes<T> const& seen, std::size_t rows) {
    std::size_t const count = rows - static_cast<std::size_t>(seen.nan);
    if (count == 0) return {};
    return {count, seen.minimum + T{}, seen.maximum + T{}}; // -0.0 + 0.0 is 0.0
}

template <class T>
std::size_t present_rows(present_values<T> column) {
    std::size_t const rows = column.values.size();
    std::size_t out = 0;
    for (std::size_t word = 0; word < rows / 64; ++word)
        out += static_cast<std::size_t>(std::popcount(column.valid[word]));
    if (rows % 64 != 0) out += static_cast<std::size_t>(std::popcount(column.valid[rows / 64] << (64 - rows % 64)));
    return out;
}

} // namespace

template <class T>
column_extremes<T> find_extremes(present_values<T> column, quantile_kernels<T> const& kernels) {
    value_extremes<T> seen = no_extremes<T>();
    std::size_t rows = 0;
    for_each_run(column, [&](T const* run, std::size_t n) {
        kernels.extremes(run, n, seen);
        rows += n;
    });
    return column_of(seen, rows);
}

template <class T>
std::vector<T> select_ranks(present_values<T> column, std::size_t count, std::span<std::size_t const> ranks,
                            quantile_kernels<T> const& kernels) {
    if (ranks.empty()) return {};
    std::vector<T> sample = sample_for(column);
    if (sample.empty()) return without_sign_of_zero(select_small(column, ranks));
    auto brackets = brackets_from<T>(sample, count, ranks);
    scan_brackets<T>(column, kernels, brackets);
    return resolve_all<T>(brackets, count, ranks, column, kernels);
}

template <class T>
ordered_column<T> select_of_present(present_values<T> column, ranks_of_count const& ranks_of,
                                    quantile_kernels<T> const& kernels) {
    ordered_column<T> out;
    std::vector<T> sample = sample_for(column);
    std::size_t const present = column.valid == nullptr ? column.values.size() : present_rows(column);
    out.ranks = sample.empty() || present == 0 ? std::vector<std::size_t>{} : ranks_of(present);
    if (out.ranks.empty()) {
        out.seen = find_extremes(column, kernels);
        if (out.seen.count > 0) out.ranks = ranks_of(out.seen.count);
        out.values = select_ranks<T>(column, out.seen.count, out.ranks, kernels);
        return out;
    }
    auto brackets = brackets_from<T>(sample, present, out.ranks);
    value_extremes<T> extremes = no_extremes<T>();
    bracket_scan<T> scan(brackets, kernels);
    for_each_run(column, [&](T const* run, std::size_t n) {
        kernels.extremes(run, n, extremes);
        scan(run, n);
    });
    scan.finish();
    out.seen = column_of(extremes, present);
    if (out.seen.count == present) {
        out.values = resolve_all<T>(brackets, present, out.ranks, column, kernels);
    } else { // NaN among them: they are fewer than was thought
        out.ranks = ranks_of(out.seen.count);
        out.values = select_ranks<T>(column, out.seen.count, out.ranks, kernels);
    }
    return out;
}

template column_extremes<double> find_extremes(present_values<double>, quantile_kernels<double> const&);
template column_extremes<std::int64_t> find_extremes(present_values<std::int64_t>,
                                                     quantile_kernels<std::int64_t> const&);
template ordered_column<double> select_of_present(present_values<double>, ranks_of_count const&,
                                                  quantile_kernels<double> const&);
template ordered_column<std::int64_t> select_of_present(present_values<std::int64_t>, ranks_of_count const&,
                                                        quantile_kernels<std::int64_t> const&);
template std::vector<double> select_ranks(present_values<double>, std::size_t, std::span<std::size_t const>,
                                          quantile_kernels<double> const&);
template std::vector<std::int64_t> select_ranks(present_values<std::int64_t>, std::size_t, std::span<std::size_t const>,
                                                quantile_kernels<std::int64_t> const&);

} // namespace detail
} // namespace v0
} // namespace segmenta
