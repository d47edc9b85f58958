// SPDX-License-Identifier: Apache-2.0
// Nearest-neighbour chains: from a group to its nearest, and on from there, until two are nearest to each other; these
// merge, which changes nothing for the rest of the chain (F. Murtagh, "A survey of recent advances in hierarchical
// clustering algorithms", The Computer Journal 26, 1983).
#include "model/agglomerative_search.hpp"

#include "base/large_array.hpp"
#include "model/cluster_data.hpp"
#include "model/row_block.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

struct neighbour {
    std::size_t group;
    double distance;
};

// Looks for the nearest of `count` groups in blocks of one size. Blocks are worth a thread: handing one over takes as
// long as looking at some thousands. nearest(first, end, nearer_than) answers the first of the nearest; `start` wins
// against equals.
class nearest_search {
public:
    explicit nearest_search(thread_team& team) : team_(team) {}

    template <class Nearest>
    neighbour operator()(std::size_t count, neighbour start, Nearest nearest) {
        found_.assign(blocks(count), start);
        for_blocks(count,
                   [&](std::size_t b, std::size_t first, std::size_t end) { found_[b] = nearest(first, end, start); });
        neighbour best = start;
        for (auto const& here : found_)
            if (here.distance < best.distance) best = here;
        return best;
    }
    // Calls work(block, first, end).
    template <class Work>
    void for_blocks(std::size_t count, Work work) {
        std::size_t const size = (count + blocks(count) - 1) / blocks(count);
        team_.for_blocks(blocks(count), [&](std::size_t b) { work(b, b * size, std::min(count, (b + 1) * size)); });
    }

private:
    static std::size_t blocks(std::size_t count) noexcept { return std::max<std::size_t>(count / 4096, 1); }

    thread_team& team_;
    std::vector<neighbour> found_;
};

// Ward's groups are known by their means and sizes: the squared distance is 2 a b / (a + b) times that of the means (so
// that of two customers is the Euclidean one). No distances are kept.
class ward_groups {
public:
    ward_groups(number_columns columns, thread_team& team)
        : sizes_(row_count(columns), 1.0), ids_(row_count(columns)), places_(row_count(columns)), search_(team) {
        std::iota(ids_.begin(), ids_.end(), std::size_t{0});
        std::iota(places_.begin(), places_.end(), std::size_t{0});
        for (auto const column : columns)
            means_.emplace_back(column.begin(), column.end());
        for (auto const& column : means_)
            columns_.emplace_back(column);
    }

    [[nodiscard]] std::size_t first() const noexcept {
        return ids_[static_cast<std::size_t>(
            std::find_if(sizes_.begin(), sizes_.end(), [](double s) { return s > 0; }) - sizes_.begin())];
    }

    neighbour nearest(std::size_t tip, std::size_t before) {
        std::size_t const at = places_[tip];
        auto const mean = row_of<double>(columns_, at);
        neighbour const start{before, before < places_.size() ? between(at, places_[before]) : INFINITY};
        return search_(ids_.size(), start, [&](std::size_t first, std::size_t end, neighbour best) {
            for_row_blocks(first, end, [&](row_block& rows, std::size_t from) {
                rows.measure(columns_, mean.data());
                auto const squared = rows.measured();
                bool const own = from <= at && at < from + rows.size();
                if (!own && !(nearest_of(sizes_[at], from, squared) < best.distance)) return;
                for (std::size_t i = 0; i < rows.size(); ++i) {
                    double const here = growth(sizes_[at], sizes_[from + i]) * squared[i];
                    if (here < best.distance && from + i != at) best = {ids_[from + i], here};
                }
            });
            return best;
        });
    }

    // Into the higher number of the two.
    cluster_merge merge(std::size_t a, std::size_t b, double distance) {
        std::size_t const from = places_[a];
        std::size_t const to = places_[b];
        double const sum = sizes_[from] + sizes_[to];
        for (auto& column : means_) {
            column[to] = (sizes_[from] * column[from] + sizes_[to] * column[to]) / sum;
            column[from] = INFINITY;
        }
        sizes_[to] = sum;
        sizes_[from] = 0;
        if (2 * ++gone_ > ids_.size()) leave_out_gone();
        return {a, b, std::sqrt(distance), static_cast<std::size_t>(sum)};
    }

private:
    static double growth(double a, double b) noexcept { return 2 * a * b / (a + b); }

    [[nodiscard]] double between(std::size_t a, std::size_t b) const noexcept {
        return growth(sizes_[a], sizes_[b]) * squared_distance(row_of<double>(columns_, b).data(),
                                                               row_of<double>(columns_, a).data(), columns_.size());
    }

    // The smallest distance of the groups from `from` on to a group of that size, two at a time. A group that is no
    // more has 0 times infinity, which is not below anything.
    [[nodiscard]] double nearest_of(double size, std::size_t from, std::span<double const> squared) const noexcept {
        using pair = double __attribute__((vector_size(16)));
        pair lowest{INFINITY, INFINITY};
        std::size_t i = 0;
        for (; i + 2 <= squared.size(); i += 2) {
            pair here;
            pair other;
            std::memcpy(&here, squared.data() + i, sizeof here);
            std::memcpy(&other, sizes_.data() + from + i, sizeof other);
            here *= 2 * size * other / (size + other);
            lowest = here < lowest ? here : lowest;
        }
        double out = std::min(lowest[0], lowest[1]);
        for (; i < squared.size(); ++i)
            out = std::min(out, growth(size, sizes_[from + i]) * squared[i]);
        return out;
    }

    void leave_out_gone() {
        std::size_t kept = 0;
        for (std::size_t i = 0; i < ids_.size(); ++i) {
            if (sizes_[i] == 0) continue;
            for (auto& column : means_)
                column[kept] = column[i];
            sizes_[kept] = sizes_[i];
            places_[ids_[i]] = kept;
            ids_[kept++] = ids_[i];
        }
        sizes_.resize(kept);
        ids_.resize(kept);
        gone_ = 0;
    }

    std::vector<std::vector<double>> means_;
    std::vector<std::span<double const>> columns_; // of the means
    std::vector<double> sizes_;                    // 0: merged into another
    std::vector<std::size_t> ids_;                 // ascending
    std::vector<std::size_t> places_;              // by group
    std::size_t gone_ = 0;
    nearest_search search_;
};

// The other linkages: the distances of the groups that are left, below the diagonal.
class linked_groups {
public:
    linked_groups(number_columns columns, linkage by, thread_team& team)
        : by_(by), left_(row_count(columns)), sizes_(left_.size(), 1), between_(left_.size() * (left_.size() - 1) / 2),
          search_(team) {
        std::iota(left_.begin(), left_.end(), std::size_t{0});
        auto const rows = row_major(columns);
        std::size_t const d = columns.size();
        constexpr std::size_t block_rows = 64;
        team.for_blocks((left_.size() + block_rows - 1) / block_rows, [&](std::size_t b) {
            for (std::size_t i = b * block_rows; i < std::min(left_.size(), (b + 1) * block_rows); ++i)
                for (std::size_t j = 0; j < i; ++j)
                    between(i, j) = std::sqrt(squared_distance(rows.data() + i * d, rows.data() + j * d, d));
        });
    }

    [[nodiscard]] std::size_t first() const noexcept { return left_.front(); }

    neighbour nearest(std::size_t tip, std::size_t before) {
        neighbour const start{before, before < sizes_.size() ? between(tip, before) : INFINITY};
        return search_(left_.size(), start, [&](std::size_t first, std::size_t end, neighbour best) {
            for (std::size_t i = first; i < end; ++i) {
                std::size_t const j = left_[i];
                if (j == tip) continue;
                if (double const here = between(tip, j); here < best.distance) best = {j, here};
            }
            return best;
        });
    }

    cluster_merge merge(std::size_t a, std::size_t b, double distance) {
        double const na = static_cast<double>(sizes_[a]);
        double const nb = static_cast<double>(sizes_[b]);
        search_.for_blocks(left_.size(), [&](std::size_t, std::size_t first, std::size_t end) {
            for (std::size_t i = first; i < end; ++i) {
                std::size_t const k = left_[i];
                if (k == a || k == b) continue;
                double const da = between(k, a);
                double& db = between(k, b);
                if (by_ == linkage::complete)
                    db = std::max(da, db);
                else if (by_ == linkage::single)
                    db = std::min(da, db);
                else
                    db = (na * da + nb * db) / (na + nb);
            }
        });
        sizes_[b] += sizes_[a];
        left_.erase(std::lower_bound(left_.begin(), left_.end(), a));
        return {a, b, distance, sizes_[b]};
    }

private:
    double& between(std::size_t i, std::size_t j) noexcept {
        if (i < j) std::swap(i, j);
        return between_[i * (i - 1) / 2 + j];
    }

    linkage by_;
    std::vector<std::size_t> left_; // ascending
    std::vector<std::size_t> sizes_;
    large_array<double> between_;
    nearest_search search_;
};

// Groups keep the higher of two numbers when they merge.
template <class Groups>
std::vector<cluster_merge> follow_chains(Groups groups, std::size_t n) {
    std::vector<std::size_t> path;
    std::vector<cluster_merge> out;
    while (out.size() + 1 < n) {
        if (path.empty()) path.push_back(groups.first());
        std::size_t const tip = path.back();
        // ties go to the group one came from: else the chain could run in circles
        std::size_t const before = path.size() > 1 ? path[path.size() - 2] : n;
        auto const next = groups.nearest(tip, before);
        if (next.group == before) {
            path.resize(path.size() - 2);
            out.push_back(groups.merge(std::min(tip, before), std::max(tip, before), next.distance));
        } else {
            path.push_back(next.group);
        }
    }
    return out;
}

std::vector<cluster_merge> renumbered(std::vector<cluster_merge> merges) {
    std::size_t const n = merges.size() + 1;
    std::stable_sort(merges.begin(), merges.end(), [](auto const& a, auto const& b) { return a.height < b.height; });
    joined_groups known(n);
    auto const size_of = [&](std::size_t group) { return group < n ? 1 : merges[group - n].size; };
    for (std::size_t m = 0; m < merges.size(); ++m) {
        auto const a = known.find(merges[m].first);
        auto const b = known.find(merges[m].second);
        known.join(a, b, n + m);
        merges[m].first = std::min(a, b);
        merges[m].second = std::max(a, b);
        merges[m].size = size_of(merges[m].first) + size_of(merges[m].second);
    }
    return merges;
}

} // namespace

std::vector<cluster_merge> merge_all(number_columns columns, linkage by, thread_team& team) {
    std::size_t const n = row_count(columns);
    return renumbered(by == linkage::ward ? follow_chains(ward_groups(columns, team), n)
                                          : follow_chains(linked_groups(columns, by, team), n));
}

} // namespace detail
} // namespace v0
} // namespace segmenta
