// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/purchase_statistics.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>

namespace segmenta {
inline namespace v0 {
namespace {

// Counts from here on are rare, and a histogram of them would be long.
constexpr double small_count = 4096;
constexpr std::size_t most_cells = std::size_t{1} << 20;

// Times as whole numbers of one step: that of the unit, or of days.
struct time_grid {
    double per_unit;      // steps in one unit
    std::size_t last = 0; // the largest age

    [[nodiscard]] std::size_t code(double time) const noexcept {
        return static_cast<std::size_t>(time * per_unit + 0.5);
    }
    // The time itself: what was divided is divided again.
    [[nodiscard]] double time(std::size_t code) const noexcept { return static_cast<double>(code) / per_unit; }
};

bool on_grid(std::vector<double> const& times, time_grid const& grid) {
    // In stretches, so that the loop runs without branches and still ends early.
    constexpr std::size_t stretch = 1024;
    for (std::size_t begin = 0; begin < times.size(); begin += stretch) {
        std::size_t const end = std::min(times.size(), begin + stretch);
        unsigned off = 0;
        for (std::size_t i = begin; i < end; ++i) {
            double const steps = times[i] * grid.per_unit;
            double const whole = static_cast<double>(static_cast<std::int32_t>(std::min(steps, 1e9) + 0.5));
            off |= static_cast<unsigned>(whole / grid.per_unit != times[i]);
        }
        if (off != 0) return false;
    }
    return true;
}

// A grid on which a table over ages and ages at the last purchase is smaller than the data.
std::optional<time_grid> find_grid(purchase_summary const& s) {
    double const oldest = *std::max_element(s.age.begin(), s.age.end());
    for (double const per_unit : {1.0, days_in(s.unit)}) {
        time_grid grid{per_unit};
        if (oldest * per_unit > 1e6) continue;
        grid.last = grid.code(oldest);
        std::size_t const side = grid.last + 1;
        if (side * side > std::min(most_cells, s.size())) continue;
        if (on_grid(s.age, grid) && on_grid(s.last, grid)) return grid;
    }
    return std::nullopt;
}

} // namespace

void purchase_statistics::check_unit(model_time_unit unit) const {
    if (customers_ == 0 || unit == unit_) return;
    throw issue_error("clv.units", "summary", "summaries in different units of time cannot be put together",
                      std::string(to_string(unit)), std::string(to_string(unit_)), "Summarise all in one unit");
}

void purchase_statistics::count_repeats(double repeats, double customers) {
    if (repeats < small_count) {
        auto const at = static_cast<std::size_t>(repeats);
        if (at >= counts_.size()) counts_.resize(at + 1);
        counts_[at] += customers;
        return;
    }
    auto const less = [](count const& a, double b) { return a.repeats < b; };
    auto const at = std::lower_bound(large_counts_.begin(), large_counts_.end(), repeats, less);
    if (at != large_counts_.end() && at->repeats == repeats)
        at->customers += customers;
    else
        large_counts_.insert(at, {repeats, customers});
}

void purchase_statistics::add_single(double age, double weight) {
    singles_.ages.push_back(age);
    singles_.weights.push_back(weight);
}

void purchase_statistics::add_repeater(double repeats, double last, double age, double weight) {
    repeaters_.repeats.push_back(repeats);
    repeaters_.last.push_back(last);
    repeaters_.ages.push_back(age);
    repeaters_.weights.push_back(weight);
}

void purchase_statistics::add(purchase_summary const& s, std::string_view place) {
    issue_list issues;
    check_summary(s, issues, place);
    issues.throw_if_errors();
    check_unit(s.unit);
    unit_ = s.unit;
    std::size_t const n = s.size();
    auto const weight = [&](std::size_t i) { return s.weight.empty() ? 1.0 : s.weight[i]; };
    double customers = 0;
    double repeats = 0;
    double age = 0;
    for (std::size_t i = 0; i < n; ++i) {
        double const w = weight(i);
        customers += w;
        repeats += w * s.repeats[i];
        age += w * s.age[i];
        count_repeats(s.repeats[i], w);
        if (!s.log_times.empty()) log_times_ += w * s.log_times[i];
    }
    customers_ += customers;
    repeats_ += repeats;
    total_age_ += age;
    has_log_times_ = has_log_times_ && !s.log_times.empty();

    auto const grid = find_grid(s);
    if (!grid) {
        auto const once = static_cast<std::size_t>(std::count(s.repeats.begin(), s.repeats.end(), 0.0));
        for (auto* column : {&singles_.ages, &singles_.weights})
            column->reserve(column->size() + once);
        for (auto* column : {&repeaters_.repeats, &repeaters_.last, &repeaters_.ages, &repeaters_.weights})
            column->reserve(column->size() + n - once);
        for (std::size_t i = 0; i < n; ++i) {
            if (s.repeats[i] == 0)
                add_single(s.age[i], weight(i));
            else
                add_repeater(s.repeats[i], s.last[i], s.age[i], weight(i));
        }
        return;
    }
    std::size_t const side = grid->last + 1;
    std::size_t const layers = std::min(most_cells, n) / (side * side); // repeat counts 1 to layers
    std::vector<double> once(side);
    std::vector<double> table(layers * side * side);
    for (std::size_t i = 0; i < n; ++i) {
        std::size_t const age_code = grid->code(s.age[i]);
        if (s.repeats[i] == 0) {
            once[age_code] += weight(i);
        } else if (s.repeats[i] <= static_cast<double>(layers)) {
            auto const layer = static_cast<std::size_t>(s.repeats[i]) - 1;
            table[(layer * side + age_code) * side + grid->code(s.last[i])] += weight(i);
        } else {
            add_repeater(s.repeats[i], s.last[i], s.age[i], weight(i));
        }
    }
    for (std::size_t code = 0; code < side; ++code)
        if (once[code] > 0) add_single(grid->time(code), once[code]);
    for (std::size_t layer = 0; layer < layers; ++layer)
        for (std::size_t code = 0; code < side; ++code)
            for (std::size_t last = 0; last <= code; ++last) {
                double const w = table[(layer * side + code) * side + last];
                if (w > 0) add_repeater(static_cast<double>(layer) + 1, grid->time(last), grid->time(code), w);
            }
}

void purchase_statistics::merge(purchase_statistics const& other) {
    if (other.customers_ == 0) return;
    check_unit(other.unit_);
    unit_ = other.unit_;
    customers_ += other.customers_;
    repeats_ += other.repeats_;
    total_age_ += other.total_age_;
    log_times_ += other.log_times_;
    has_log_times_ = has_log_times_ && other.has_log_times_;
    for (std::size_t x = 0; x < other.counts_.size(); ++x)
        if (other.counts_[x] > 0) count_repeats(static_cast<double>(x), other.counts_[x]);
    for (auto const& c : other.large_counts_)
        count_repeats(c.repeats, c.customers);
    auto const append = [](std::vector<double>& to, std::vector<double> const& from) {
        to.insert(to.end(), from.begin(), from.end());
    };
    append(singles_.ages, other.singles_.ages);
    append(singles_.weights, other.singles_.weights);
    append(repeaters_.repeats, other.repeaters_.repeats);
    append(repeaters_.last, other.repeaters_.last);
    append(repeaters_.ages, other.repeaters_.ages);
    append(repeaters_.weights, other.repeaters_.weights);
}

purchase_statistics purchase_statistics::sample(std::size_t step) const {
    purchase_statistics out;
    out.unit_ = unit_;
    out.has_log_times_ = false;
    auto const take = [&](double repeats, double age, double w) {
        out.customers_ += w;
        out.repeats_ += w * repeats;
        out.total_age_ += w * age;
        out.count_repeats(repeats, w);
    };
    for (std::size_t i = 0; i < singles_.size(); i += step) {
        take(0, singles_.ages[i], singles_.weights[i]);
        out.add_single(singles_.ages[i], singles_.weights[i]);
    }
    for (std::size_t i = 0; i < repeaters_.size(); i += step) {
        take(repeaters_.repeats[i], repeaters_.ages[i], repeaters_.weights[i]);
        out.add_repeater(repeaters_.repeats[i], repeaters_.last[i], repeaters_.ages[i], repeaters_.weights[i]);
    }
    return out;
}

} // namespace v0
} // namespace segmenta
