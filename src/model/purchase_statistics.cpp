// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/purchase_statistics.hpp>

#include "model/purchase_checks.hpp"

#include <segmenta/base/parallel.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

using column = purchase_statistics::column;
using rows = purchase_statistics::rows;

// Counts from here on are rare, and a histogram of them would be long.
constexpr double small_count = 4096;
// Rows of a block; the same for any number of threads.
constexpr std::size_t block_rows = 16384;

struct block_range {
    std::size_t begin, end;
};

std::size_t blocks_of(std::size_t n) { return (n + block_rows - 1) / block_rows; }
block_range range_of(std::size_t block, std::size_t n) {
    return {block * block_rows, std::min(n, (block + 1) * block_rows)};
}

// Times as whole numbers of one step: that of the unit, or of days.
struct time_grid {
    double per_unit;      // steps in one unit
    std::size_t last = 0; // the largest age

    [[nodiscard]] std::size_t code(double time) const noexcept {
        return static_cast<std::size_t>(static_cast<std::int64_t>(time * per_unit + 0.5));
    }
    // The time itself: what was divided is divided again.
    [[nodiscard]] double time(std::size_t code) const noexcept { return static_cast<double>(code) / per_unit; }
    // Cells of a table over the age and the age at the last purchase.
    [[nodiscard]] std::size_t cells() const noexcept { return (last + 1) * (last + 1); }
};

// Two at a time and without branches. A step that is the unit itself needs no division.
bool on_grid(double const* times, std::size_t n, time_grid const& grid) noexcept {
    using pair = double __attribute__((vector_size(16)));
    using flags = std::int64_t __attribute__((vector_size(16)));
    constexpr double magic = 0x1p52; // what is added to it is rounded to a whole number
    auto const all = [&](auto const& time_of) {
        flags off{};
        std::size_t i = 0;
        for (; i + 2 <= n; i += 2) {
            pair v;
            std::memcpy(&v, times + i, sizeof v);
            pair const code = v * grid.per_unit + magic - magic;
            off |= time_of(code) != v;
        }
        bool const last = i == n || grid.time(grid.code(times[i])) == times[i];
        return (off[0] | off[1]) == 0 && last;
    };
    if (grid.per_unit == 1) return all([](pair const& code) -> pair const& { return code; });
    return all([&](pair const& code) { return code / grid.per_unit; });
}

double oldest_of(purchase_summary const& s, thread_team& team) {
    std::vector<double> parts(blocks_of(s.size()));
    team.for_blocks(parts.size(), [&](std::size_t block) {
        auto const [begin, end] = range_of(block, s.size());
        double oldest = 0;
        for (std::size_t i = begin; i < end; ++i)
            oldest = s.age[i] > oldest ? s.age[i] : oldest;
        parts[block] = oldest;
    });
    return *std::max_element(parts.begin(), parts.end());
}

// A part of the rows, counted in a table by repeats, age and last purchase; and those with more repeats than it has.
struct grid_counts {
    std::vector<double> table;
    std::vector<std::size_t> others;
    double log_times = 0;
};

// Gives up as soon as some time is not on the grid, here or, when `off` is set, in another part.
grid_counts count_on_grid(purchase_summary const& s, block_range range, time_grid const& grid, std::size_t layers,
                          std::atomic<bool>& off) {
    constexpr std::size_t stretch = 1024; // is still near when it is counted
    std::size_t const side = grid.last + 1;
    grid_counts out;
    out.table.resize(layers * grid.cells());
    for (std::size_t begin = range.begin; begin < range.end; begin += stretch) {
        std::size_t const end = std::min(range.end, begin + stretch);
        if (off.load(std::memory_order_relaxed)) return out;
        if (!on_grid(s.age.data() + begin, end - begin, grid) || !on_grid(s.last.data() + begin, end - begin, grid)) {
            off = true;
            return out;
        }
        for (std::size_t i = begin; i < end; ++i) {
            double const w = s.weight.empty() ? 1 : s.weight[i];
            double const x = s.repeats[i];
            if (!s.log_times.empty()) out.log_times += w * s.log_times[i];
            if (x < static_cast<double>(layers)) {
                auto const layer = static_cast<std::size_t>(static_cast<std::int64_t>(x));
                out.table[(layer * side + grid.code(s.age[i])) * side + grid.code(s.last[i])] += w;
            } else {
                out.others.push_back(i);
            }
        }
    }
    return out;
}

void merge(std::vector<grid_counts>& parts, thread_team& team) {
    constexpr std::size_t slice = 16384;
    auto& all = parts[0];
    team.for_blocks((all.table.size() + slice - 1) / slice, [&](std::size_t b) {
        for (std::size_t part = 1; part < parts.size(); ++part)
            for (std::size_t i = b * slice; i < std::min(all.table.size(), (b + 1) * slice); ++i)
                all.table[i] += parts[part].table[i];
    });
    for (std::size_t part = 1; part < parts.size(); ++part) {
        all.others.insert(all.others.end(), parts[part].others.begin(), parts[part].others.end());
        all.log_times += parts[part].log_times;
    }
}

// Nothing where some time is not on the grid. The parts are the same for any number of threads. Few: each has a table
// of its own.
std::optional<grid_counts> count_on_grid(purchase_summary const& s, time_grid const& grid, std::size_t layers,
                                         thread_team& team) {
    constexpr std::size_t least = 131072;
    constexpr std::size_t most_parts = 4;
    std::size_t const n = s.size();
    // mostly the first rows tell, and then no table has to be made
    std::size_t const first = std::min<std::size_t>(n, 64);
    if (!on_grid(s.age.data(), first, grid) || !on_grid(s.last.data(), first, grid)) return std::nullopt;
    std::size_t const count = std::clamp<std::size_t>(n / least, 1, most_parts);
    std::vector<grid_counts> parts(count);
    std::atomic<bool> off = false;
    team.for_blocks(count, [&](std::size_t part) {
        parts[part] = count_on_grid(s, {part * n / count, (part + 1) * n / count}, grid, layers, off);
    });
    if (off) return std::nullopt;
    merge(parts, team);
    return std::move(parts[0]);
}

void need_weights(rows& of) {
    if (of.weights.empty()) of.weights.assign(of.size(), 1.0);
}

// Rows of both kinds in one block of a summary.
struct block_counts {
    std::size_t singles = 0;
    double customers = 0, repeats = 0, age = 0, log_times = 0;
    std::vector<double> counts;
    std::vector<purchase_statistics::count> large;
};

block_counts count_block(purchase_summary const& s, block_range range) {
    block_counts out;
    std::array<double, 64> counts{}; // most are small
    for (std::size_t i = range.begin; i < range.end; ++i) {
        double const w = s.weight.empty() ? 1 : s.weight[i];
        double const x = s.repeats[i];
        out.singles += x == 0;
        out.customers += w;
        out.repeats += w * x;
        out.age += w * s.age[i];
        if (x < 64) {
            counts[static_cast<std::size_t>(static_cast<std::int64_t>(x))] += w;
        } else if (x < small_count) {
            auto const at = static_cast<std::size_t>(x);
            if (at >= out.counts.size()) out.counts.resize(at + 1);
            out.counts[at] += w;
        } else {
            out.large.push_back({x, w});
        }
    }
    for (std::size_t i = range.begin; i < range.end && !s.log_times.empty(); ++i)
        out.log_times += (s.weight.empty() ? 1 : s.weight[i]) * s.log_times[i];
    std::size_t const used =
        64 - static_cast<std::size_t>(std::find_if(counts.rbegin(), counts.rend(), [](double c) { return c != 0; }) -
                                      counts.rbegin());
    if (used > out.counts.size()) out.counts.resize(used);
    for (std::size_t x = 0; x < used; ++x)
        out.counts[x] += counts[x];
    return out;
}

// Sorts the rows of a block by kind, without branches: both kinds are written, and one of them is kept.
void fill_block(purchase_summary const& s, block_range range, rows& singles, std::size_t single, rows& back,
                std::size_t repeater) {
    constexpr std::size_t stretch = 512;
    std::array<double, stretch + 1> age_once, repeats, last, age;
    for (std::size_t begin = range.begin; begin < range.end; begin += stretch) {
        std::size_t const end = std::min(range.end, begin + stretch);
        std::size_t once = 0;
        std::size_t again = 0;
        for (std::size_t i = begin; i < end; ++i) {
            age_once[once] = s.age[i];
            repeats[again] = s.repeats[i];
            last[again] = s.last[i];
            age[again] = s.age[i];
            once += s.repeats[i] == 0;
            again += s.repeats[i] != 0;
        }
        auto const copy = [](auto const& from, std::size_t n, column& to, std::size_t at) {
            std::copy(from.begin(), from.begin() + static_cast<std::ptrdiff_t>(n),
                      to.begin() + static_cast<std::ptrdiff_t>(at));
        };
        copy(age_once, once, singles.ages, single);
        copy(repeats, again, back.repeats, repeater);
        copy(last, again, back.last, repeater);
        copy(age, again, back.ages, repeater);
        single += once;
        repeater += again;
    }
}

void fill_weights(purchase_summary const& s, block_range range, rows& singles, std::size_t single, rows& back,
                  std::size_t repeater) {
    for (std::size_t i = range.begin; i < range.end; ++i) {
        double const w = s.weight.empty() ? 1 : s.weight[i];
        if (s.repeats[i] == 0)
            singles.weights[single++] = w;
        else
            back.weights[repeater++] = w;
    }
}

void append(rows& to, rows const& from) {
    if (to.weights.empty() != from.weights.empty() && to.size() + from.size() > 0) need_weights(to);
    auto const add = [](column& a, column const& b) { a.insert(a.end(), b.begin(), b.end()); };
    if (!to.weights.empty() && from.weights.empty())
        to.weights.insert(to.weights.end(), from.size(), 1.0);
    else
        add(to.weights, from.weights);
    add(to.repeats, from.repeats);
    add(to.last, from.last);
    add(to.ages, from.ages);
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

void purchase_statistics::add(purchase_summary const& s, unsigned threads, std::string_view place) {
    issue_list issues;
    thread_team team(threads);
    detail::check_in_blocks(s, team, issues, place);
    issues.throw_if_errors();
    check_unit(s.unit);
    unit_ = s.unit;
    has_log_times_ = has_log_times_ && !s.log_times.empty();
    double const oldest = oldest_of(s, team);
    for (double const steps : {1.0, days_in(s.unit)})
        if (oldest * steps < 1e5 && add_grouped(s, oldest, steps, team)) return;
    add_single_rows(s, team);
}

// Not where the grid is no smaller than the data by much: there equal customers are few, and telling them costs more
// than it saves.
bool purchase_statistics::add_grouped(purchase_summary const& s, double oldest, double steps_per_unit,
                                      thread_team& team) {
    time_grid grid{steps_per_unit};
    grid.last = grid.code(oldest);
    if (grid.cells() * 32 > s.size()) return false;
    std::size_t const side = grid.last + 1;
    std::size_t const layers = std::max<std::size_t>(1, s.size() / 4 / grid.cells()); // repeat counts 0 to layers - 1
    auto const found = count_on_grid(s, grid, layers, team);
    if (!found) return false;
    auto const& counted = *found;
    auto const& table = counted.table;
    log_times_ += counted.log_times;
    need_weights(repeaters_);
    need_weights(singles_);
    auto const add_repeater = [&](double repeats, double last, double age, double weight) {
        repeaters_.repeats.push_back(repeats);
        repeaters_.last.push_back(last);
        repeaters_.ages.push_back(age);
        repeaters_.weights.push_back(weight);
    };
    for (std::size_t const i : counted.others) {
        double const w = s.weight.empty() ? 1 : s.weight[i];
        add_repeater(s.repeats[i], s.last[i], s.age[i], w);
        customers_ += w;
        repeats_ += w * s.repeats[i];
        total_age_ += w * s.age[i];
        count_repeats(s.repeats[i], w);
    }
    for (std::size_t x = 0; x < layers; ++x) {
        double customers = 0;
        auto const repeats = static_cast<double>(x);
        for (std::size_t age = 0; age < side; ++age) {
            double const time = grid.time(age);
            double so_old = 0; // customers
            for (std::size_t last = 0; last <= age; ++last) {
                double const w = table[(x * side + age) * side + last];
                if (w == 0) continue;
                so_old += w;
                if (x > 0) {
                    add_repeater(repeats, grid.time(last), time, w);
                } else {
                    singles_.ages.push_back(time);
                    singles_.weights.push_back(w);
                }
            }
            customers += so_old;
            total_age_ += so_old * time;
        }
        customers_ += customers;
        repeats_ += customers * repeats;
        if (customers > 0) count_repeats(repeats, customers);
    }
    return true;
}

void purchase_statistics::add_single_rows(purchase_summary const& s, thread_team& team) {
    std::size_t const n = s.size();
    std::vector<block_counts> blocks(blocks_of(n));
    team.for_blocks(blocks.size(), [&](std::size_t block) { blocks[block] = count_block(s, range_of(block, n)); });
    std::vector<std::size_t> first_single(blocks.size());
    std::vector<std::size_t> first_repeater(blocks.size());
    std::size_t single = singles_.size();
    std::size_t repeater = repeaters_.size();
    for (std::size_t b = 0; b < blocks.size(); ++b) {
        auto const& part = blocks[b];
        first_single[b] = single;
        first_repeater[b] = repeater;
        single += part.singles;
        repeater += range_of(b, n).end - range_of(b, n).begin - part.singles;
        customers_ += part.customers;
        repeats_ += part.repeats;
        total_age_ += part.age;
        log_times_ += part.log_times;
        for (std::size_t x = 0; x < part.counts.size(); ++x)
            if (part.counts[x] > 0) count_repeats(static_cast<double>(x), part.counts[x]);
        for (auto const& c : part.large)
            count_repeats(c.repeats, c.customers);
    }
    bool const weighted = !s.weight.empty() || !singles_.weights.empty() || !repeaters_.weights.empty();
    if (weighted) {
        need_weights(singles_);
        need_weights(repeaters_);
        singles_.weights.resize(single);
        repeaters_.weights.resize(repeater);
    }
    singles_.ages.resize(single);
    for (auto* to : {&repeaters_.repeats, &repeaters_.last, &repeaters_.ages})
        to->resize(repeater);
    team.for_blocks(blocks.size(), [&](std::size_t b) {
        fill_block(s, range_of(b, n), singles_, first_single[b], repeaters_, first_repeater[b]);
        if (weighted) fill_weights(s, range_of(b, n), singles_, first_single[b], repeaters_, first_repeater[b]);
    });
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
    append(singles_, other.singles_);
    append(repeaters_, other.repeaters_);
}

purchase_statistics purchase_statistics::sample(std::size_t step) const {
    constexpr std::size_t stretch = 64; // neighbours: a single row would cost a line of the cache
    auto const copy = [&](column const& from, column& to) {
        std::size_t const whole = from.size() / (stretch * step);
        to.resize(whole * stretch + std::min(stretch, from.size() - whole * stretch * step));
        double* next = to.data();
        for (std::size_t begin = 0; begin < from.size(); begin += stretch * step)
            next = std::copy(from.data() + begin, from.data() + std::min(from.size(), begin + stretch), next);
    };
    purchase_statistics out;
    out.unit_ = unit_;
    out.has_log_times_ = false;
    for (auto const member : {&rows::repeats, &rows::last, &rows::ages, &rows::weights}) {
        copy(singles_.*member, out.singles_.*member);
        copy(repeaters_.*member, out.repeaters_.*member);
    }
    for (std::size_t i = 0; i < out.singles_.size(); ++i) {
        double const w = out.singles_.weight(i);
        out.customers_ += w;
        out.total_age_ += w * out.singles_.ages[i];
        out.count_repeats(0, w);
    }
    for (std::size_t i = 0; i < out.repeaters_.size(); ++i) {
        double const w = out.repeaters_.weight(i);
        out.customers_ += w;
        out.repeats_ += w * out.repeaters_.repeats[i];
        out.total_age_ += w * out.repeaters_.ages[i];
        out.count_repeats(out.repeaters_.repeats[i], w);
    }
    return out;
}

} // namespace v0
} // namespace segmenta
