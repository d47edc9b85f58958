// SPDX-License-Identifier: Apache-2.0
#include <segmenta/stats/knee.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace segmenta {
inline namespace v0 {
namespace {

std::vector<double> scaled(std::span<double const> values, double low, double high) {
    std::vector<double> out;
    out.reserve(values.size());
    for (double const v : values)
        out.push_back((v - low) / (high - low));
    return out;
}

/// Turns every shape into the concave increasing one; `flipped` curves are read from their other end.
void make_concave_increasing(std::vector<double>& y, knee_options const& options, bool& flipped) {
    bool const convex = options.shape == curve_shape::convex;
    bool const decreasing = options.direction == curve_direction::decreasing;
    flipped = convex != decreasing;
    if (convex)
        for (double& v : y)
            v = 1 - v;
    if (flipped) std::reverse(y.begin(), y.end());
}

/// As scipy's argrelextrema in mode "clip": the ends compare with themselves.
template <class Compare>
bool is_extreme(std::vector<double> const& v, std::size_t i, Compare holds) {
    std::size_t const before = i == 0 ? 0 : i - 1;
    std::size_t const after = std::min(i + 1, v.size() - 1);
    return holds(v[i], v[before]) && holds(v[i], v[after]);
}

std::optional<std::size_t> knee_index(std::vector<double> const& x, std::vector<double> const& y, double sensitivity) {
    std::size_t const n = x.size();
    std::vector<double> difference(n);
    for (std::size_t i = 0; i < n; ++i)
        difference[i] = y[i] - x[i];
    double const step = (x.back() - x.front()) / static_cast<double>(n - 1);
    std::optional<std::size_t> maximum;
    double threshold = 0;
    for (std::size_t i = 0; i + 1 < n; ++i) {
        if (is_extreme(difference, i, std::greater_equal<>{})) {
            maximum = i;
            threshold = difference[i] - sensitivity * step;
        }
        if (!maximum) continue;
        if (is_extreme(difference, i, std::less_equal<>{})) threshold = 0;
        if (difference[i + 1] < threshold) return maximum;
    }
    return std::nullopt;
}

} // namespace

std::optional<knee_point> find_knee(std::span<double const> x, std::span<double const> y, knee_options const& options) {
    std::size_t const n = x.size();
    if (n < 3 || y.size() != n) return std::nullopt;
    for (std::size_t i = 0; i < n; ++i)
        if (!std::isfinite(x[i]) || !std::isfinite(y[i]) || (i > 0 && !(x[i] > x[i - 1]))) return std::nullopt;
    auto const [low, high] = std::minmax_element(y.begin(), y.end());
    if (*low == *high) return std::nullopt;

    auto const x_scaled = scaled(x, x.front(), x.back());
    auto y_scaled = scaled(y, *low, *high);
    bool flipped = false;
    make_concave_increasing(y_scaled, options, flipped);
    auto const found = knee_index(x_scaled, y_scaled, options.sensitivity);
    if (!found) return std::nullopt;
    std::size_t const index = flipped ? n - 1 - *found : *found;
    return knee_point{index, x[index], y[index]};
}

double return_rate::rate() const noexcept {
    if (silent == 0) return std::numeric_limits<double>::quiet_NaN();
    return static_cast<double>(returned) / static_cast<double>(silent);
}

std::vector<return_rate> return_rate_curve(std::span<silence const> customers, std::int64_t step, std::size_t points) {
    if (step < 1) return {};
    // counted by the last point each pause reaches, then added up from the far end
    std::vector<std::uint64_t> returned(points + 1, 0);
    std::vector<std::uint64_t> silent(points + 1, 0);
    auto const reached = [&](std::int64_t days) {
        if (days < step) return std::size_t{0};
        return std::min(static_cast<std::size_t>(days / step), points);
    };
    for (auto const& c : customers) {
        ++returned[reached(c.longest_gap)];
        ++silent[reached(std::max(c.longest_gap, c.current))];
    }
    std::vector<return_rate> curve(points);
    std::uint64_t returned_so_far = 0;
    std::uint64_t silent_so_far = 0;
    for (std::size_t i = points; i > 0; --i) {
        returned_so_far += returned[i];
        silent_so_far += silent[i];
        curve[i - 1] = {static_cast<std::int64_t>(i) * step, returned_so_far, silent_so_far};
    }
    return curve;
}

std::optional<return_rate> find_churn_knee(std::span<return_rate const> curve, churn_knee_options const& options) {
    struct pool {
        double returned;
        double silent;
        std::size_t points;
        double rate() const { return returned / silent; }
    };
    std::vector<double> days;
    std::vector<return_rate const*> kept;
    std::vector<pool> pools;
    for (auto const& point : curve) {
        if (point.silent == 0 || point.silent < options.minimum_silent) continue;
        days.push_back(static_cast<double>(point.days));
        kept.push_back(&point);
        pools.push_back({static_cast<double>(point.returned), static_cast<double>(point.silent), 1});
        // pool adjacent violators: a later point may not lie above an earlier one
        while (pools.size() > 1 && pools[pools.size() - 2].rate() < pools.back().rate()) {
            pool const last = pools.back();
            pools.pop_back();
            pools.back().returned += last.returned;
            pools.back().silent += last.silent;
            pools.back().points += last.points;
        }
    }
    std::vector<double> rates;
    for (auto const& p : pools)
        rates.insert(rates.end(), p.points, p.rate());
    auto const knee = find_knee(days, rates, {options.sensitivity, curve_shape::convex, curve_direction::decreasing});
    if (!knee) return std::nullopt;
    return *kept[knee->index];
}

} // namespace v0
} // namespace segmenta
