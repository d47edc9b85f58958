// SPDX-License-Identifier: Apache-2.0
#include "model/k_means_search.hpp"

#include "model/cluster_data.hpp"

#include <segmenta/base/cpu.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::uint32_t no_label = 0x7FFF'FFFFU;
constexpr std::size_t anew_every = 32; // iterations between sums made anew, so that differences do not pile up
constexpr std::size_t padded(std::size_t rows) noexcept { return (rows + 15) / 16 * 16; }

// Below this the columns stay in the caches, and there is nothing to gain by summing packed rows.
constexpr std::size_t many_numbers = std::size_t{1} << 17;

double mean_variance(number_columns columns) {
    double sum = 0;
    for (auto const column : columns) {
        double const n = static_cast<double>(column.size());
        double mean = 0;
        for (double const v : column)
            mean += v;
        mean /= n;
        double squares = 0;
        for (double const v : column)
            squares += (v - mean) * (v - mean);
        sum += squares / n;
    }
    return sum / static_cast<double>(columns.size());
}

// The rows of a tile, cluster after cluster.
struct rows_by_label {
    std::vector<std::size_t> end; // of each cluster
    std::vector<std::uint32_t> rows;

    explicit rows_by_label(std::size_t clusters) : end(clusters + 1), rows(packed_rows::tile_rows) {}

    void sort(std::span<std::uint32_t const> labels) noexcept {
        std::fill(end.begin(), end.end(), 0);
        for (auto const label : labels)
            ++end[label + 1];
        for (std::size_t c = 1; c < end.size(); ++c)
            end[c] += end[c - 1];
        for (std::uint32_t i = 0; i < labels.size(); ++i)
            rows[end[labels[i]]++] = i; // each begin becomes the end
    }
    [[nodiscard]] std::span<std::uint32_t const> of(std::size_t cluster) const noexcept {
        std::size_t const begin = cluster == 0 ? 0 : end[cluster - 1];
        return {rows.data() + begin, end[cluster] - begin};
    }
};

// In four lanes, since additions wait for each other.
template <class Number, class Weight>
column_sums sums_of(std::span<std::uint32_t const> rows, Number const* x, double centre, Weight weight) noexcept {
    column_sums lanes[4];
    auto const add = [&](column_sums& to, std::uint32_t row) {
        auto const value = static_cast<double>(x[row]);
        double const w = weight(row);
        to.sum += w * value;
        to.squares += w * (value - centre) * (value - centre);
    };
    std::size_t i = 0;
    for (; i + 4 <= rows.size(); i += 4) {
        add(lanes[0], rows[i]);
        add(lanes[1], rows[i + 1]);
        add(lanes[2], rows[i + 2]);
        add(lanes[3], rows[i + 3]);
    }
    for (; i < rows.size(); ++i)
        add(lanes[0], rows[i]);
    return {(lanes[0].sum + lanes[1].sum) + (lanes[2].sum + lanes[3].sum),
            (lanes[0].squares + lanes[1].squares) + (lanes[2].squares + lanes[3].squares)};
}

} // namespace

void k_means_search::change::clear() noexcept {
    std::fill(sums.weights.begin(), sums.weights.end(), 0.0);
    std::fill(sums.sums.begin(), sums.sums.end(), 0.0);
    std::fill(counts.begin(), counts.end(), 0);
    moved = 0;
}

k_means_search::k_means_search(packed_rows const& packed, number_columns columns, k_means_options const& options,
                               thread_team& team)
    : packed_(packed), columns_(columns), options_(options), team_(team),
      variance_(options.tolerance > 0 ? mean_variance(columns) : 0), kernels_(k_means_kernels_for(detect_cpu_level())),
      labels_(padded(packed.rows())), reach_(packed.tiles() * packed_rows::tile_groups), scratch_(team.threads()) {}

k_means_solution k_means_search::run(std::vector<double> centres) {
    begin(std::move(centres));
    k_means_solution out;
    bool settled = false; // labels belong to the centres
    while (out.fit.iterations < options_.max_iterations) {
        bool const first = out.fit.iterations++ == 0;
        bool const changed = relabel();
        if (!changed) exact_ = true;
        bool const due = exact_ && out.fit.iterations % anew_every == 0;
        if (first || (!changed && !fresh_) || due) sum_anew();
        double const movement = move_centres(out.fit.reseeded);
        settled = !changed && movement == 0;
        out.fit.converged = settled || (options_.tolerance > 0 && movement <= options_.tolerance * variance_);
        if (out.fit.converged) break;
    }
    if (!exact_) {
        exact_ = true;
        sum_anew();
        move_centres(out.fit.reseeded);
    }
    if (options_.empty == empty_cluster_policy::drop) drop_empty();
    if (!settled) relabel();
    finish(out);
    return out;
}

k_means_solution k_means_search::measure(std::vector<double> centres) {
    begin(std::move(centres));
    relabel();
    k_means_solution out;
    finish(out);
    return out;
}

void k_means_search::begin(std::vector<double> centres) {
    centres_ = std::move(centres);
    std::fill(labels_.begin(), labels_.end(), no_label);
    std::fill(reach_.begin(), reach_.end(), -INFINITY);
    travelled_ = 0;
    exact_ = packed_.rows() * features() < many_numbers;
    fresh_ = false;
    total_ = k_means_statistics(clusters(), features());
    changes_.assign(packed_.blocks(), {total_, std::vector<std::int64_t>(clusters()), 0});
}

template <class Work>
void k_means_search::for_tiles(std::size_t block, Work work) const {
    std::size_t const end = std::min(packed_.tiles(), (block + 1) * packed_.block_tiles());
    for (std::size_t t = block * packed_.block_tiles(); t < end; ++t)
        work(t);
}

void k_means_search::gather(std::size_t row, std::vector<double>& out) const noexcept {
    for (std::size_t j = 0; j < out.size(); ++j)
        out[j] = columns_[j][row];
}

// --- Labels ---------------------------------------------------------------------------------------------------------

// Gives every customer its nearest centre and brings the sums up to date; whether anybody moved.
bool k_means_search::relabel() {
    auto const centres = packed_.pack(centres_);
    team_.for_blocks(packed_.blocks(), [&](std::size_t b, unsigned worker) {
        for_tiles(b, [&](std::size_t t) { relabel_tile(t, centres, changes_[b], scratch_[worker]); });
    });
    bool moved = false;
    for (auto& c : changes_) {
        if (c.moved == 0) continue;
        moved = true;
        total_.merge(c.sums);
        for (std::size_t i = 0; i < clusters(); ++i)
            total_.counts[i] += static_cast<std::uint64_t>(c.counts[i]); // wraps as it must
        c.clear();
    }
    if (moved) fresh_ = false;
    return moved;
}

void k_means_search::relabel_tile(std::size_t t, packed_rows::packed_centres const& centres, change& out,
                                  scratch& use) {
    std::size_t const first = t * packed_rows::tile_rows;
    auto const tile = packed_.tile(t);
    float* const reach = reach_.data() + t * packed_rows::tile_groups;
    std::size_t const groups = kernels_.select(reach, (tile.rows + group_rows - 1) / group_rows,
                                               packed_.limit(t, centres, travelled_), use.list.data());
    if (groups == 0) return;
    use.room.resize(16 * features());
    std::size_t const count =
        kernels_.nearest(tile, {use.list.data(), groups}, centres.view(), packed_.errors(t, centres),
                         packed_.start(t, centres, travelled_),
                         {labels_.data() + first, use.events.data(), use.found.data(), reach, use.room.data()});
    follow(t, {use.events.data(), count}, out, use);
}

void k_means_search::follow(std::size_t t, std::span<std::uint32_t const> events, change& out, scratch& use) {
    constexpr std::size_t ahead = 16; // events whose numbers are fetched before they are needed
    std::size_t const first = t * packed_rows::tile_rows;
    auto const tile = packed_.tile(t);
    use.row.resize(features());
    for (std::size_t e = 0; e < events.size(); ++e) {
        if (exact_ && e + ahead < events.size())
            for (auto const& column : columns_)
                __builtin_prefetch(column.data() + first + events[e + ahead]);
        std::size_t const i = events[e];
        std::size_t const row = first + i;
        std::uint32_t now = use.found[e];
        if ((now & doubtful_label) != 0) {
            gather(row, use.row);
            now = find_nearest(use.row.data(), centres_, features()).cluster;
        }
        if (now == labels_[row]) continue;
        ++out.moved;
        if (labels_[row] != no_label) move(out, row, now, tile.values + i, tile.stride); // the first sums: in one go
        labels_[row] = now;
    }
}

void k_means_search::move(change& out, std::size_t row, std::uint32_t to, float const* packed,
                          std::size_t stride) const noexcept {
    std::uint32_t const from = labels_[row];
    double const w = weight(row);
    std::int64_t const one = w > 0 ? 1 : 0;
    out.counts[to] += one;
    out.counts[from] -= one;
    out.sums.weights[to] += w;
    out.sums.weights[from] -= w;
    double* const gains = out.sums.sums.data() + to * features();
    double* const losses = out.sums.sums.data() + from * features();
    for (std::size_t j = 0; j < columns_.size(); ++j, packed += stride) {
        double const value = w * (exact_ ? columns_[j][row] : static_cast<double>(*packed));
        gains[j] += value;
        losses[j] -= value;
    }
}

// --- Centres --------------------------------------------------------------------------------------------------------

// Calls add(tile, cluster, its rows) for the tiles of a block.
template <class Add>
void k_means_search::for_clusters(std::size_t block, Add add) const {
    rows_by_label order(clusters());
    for_tiles(block, [&](std::size_t t) {
        order.sort({labels_.data() + t * packed_rows::tile_rows, packed_.tile(t).rows});
        for (std::size_t c = 0; c < clusters(); ++c)
            if (auto const rows = order.of(c); !rows.empty()) add(t, c, rows);
    });
}

// The sums of a column from its row `first` on; without weights each is 1.
template <class Number>
column_sums k_means_search::add_up(std::size_t first, std::span<std::uint32_t const> rows, Number const* x,
                                   double centre) const noexcept {
    if (options_.weights.empty()) return sums_of(rows, x, centre, [](std::uint32_t) { return 1.0; });
    double const* const w = options_.weights.data() + first;
    return sums_of(rows, x, centre, [w](std::uint32_t i) { return w[i]; });
}

void k_means_search::count(k_means_statistics& part, std::size_t cluster, std::size_t first,
                           std::span<std::uint32_t const> rows) const noexcept {
    if (options_.weights.empty()) {
        part.counts[cluster] += rows.size();
        part.weights[cluster] += static_cast<double>(rows.size());
        return;
    }
    for (std::uint32_t const i : rows) {
        part.counts[cluster] += options_.weights[first + i] > 0 ? 1U : 0U;
        part.weights[cluster] += options_.weights[first + i];
    }
}

// Of the columns also the squares, since this is mostly the last time that they are looked at.
void k_means_search::sum_anew() {
    std::vector<k_means_statistics> parts(packed_.blocks(), k_means_statistics(clusters(), features()));
    std::vector<double> squares(packed_.blocks());
    team_.for_blocks(packed_.blocks(), [&](std::size_t b) {
        for_clusters(b, [&](std::size_t t, std::size_t c, std::span<std::uint32_t const> rows) {
            auto const tile = packed_.tile(t);
            std::size_t const first = t * packed_rows::tile_rows;
            count(parts[b], c, first, rows);
            for (std::size_t j = 0; j < features(); ++j) {
                double const centre = centres_[c * features() + j];
                auto const sums = exact_ ? add_up(first, rows, columns_[j].data() + first, centre)
                                         : add_up(first, rows, tile.values + j * tile.stride, 0);
                parts[b].sums[c * features() + j] += sums.sum;
                squares[b] += sums.squares;
            }
        });
    });
    total_ = k_means_statistics(clusters(), features());
    for (auto const& p : parts)
        total_.merge(p);
    fresh_ = exact_;
    if (exact_) inertia_ = inertia_of_means(std::accumulate(squares.begin(), squares.end(), 0.0));
}

// From the weighted squares around the present centres, which are near: else too little would be left.
double k_means_search::inertia_of_means(double squares) const {
    double less = 0;
    std::vector<double> mean(features());
    for (std::size_t c = 0; c < clusters(); ++c)
        if (total_.mean(c, mean))
            less += total_.weights[c] * squared_distance(mean.data(), centres_.data() + c * features(), features());
    return less <= 1e-3 * squares ? squares - less : NAN;
}

// The squared movement of all centres.
double k_means_search::move_centres(std::size_t& reseeded) {
    std::vector<double> next = centres_;
    if (!exact_ && !means_of_packed(next)) {
        exact_ = true;
        sum_anew();
        next = centres_;
    }
    if (exact_) means_of_columns(next, reseeded);
    double const movement = squared_distance(next.data(), centres_.data(), next.size());
    travel(next);
    centres_ = std::move(next);
    return movement;
}

// Whether single precision tells the centres apart, with much to spare.
bool k_means_search::means_of_packed(std::vector<double>& next) const {
    constexpr double apart = 0x1p-10; // packed rows are rounded by 2^-25
    std::vector<double> means(next.size());
    for (std::size_t c = 0; c < clusters(); ++c) {
        auto const mean = std::span(means).subspan(c * features(), features());
        if (!total_.mean(c, mean)) return false;
        for (std::size_t b = 0; b < c; ++b)
            if (squared_distance(mean.data(), means.data() + b * features(), features()) < apart * apart) return false;
        for (std::size_t j = 0; j < features(); ++j)
            next[c * features() + j] = packed_.unpacked(mean[j], j);
    }
    return true;
}

void k_means_search::means_of_columns(std::vector<double>& next, std::size_t& reseeded) {
    std::vector<std::size_t> taken;
    for (std::size_t c = 0; c < clusters(); ++c) {
        auto const centre = std::span(next).subspan(c * features(), features());
        if (total_.mean(c, centre)) continue;
        ++reseeded;
        if (options_.empty != empty_cluster_policy::farthest) continue;
        std::size_t const row = farthest(taken);
        if (row == packed_.rows()) continue; // every customer is a centre already
        taken.push_back(row);
        for (std::size_t j = 0; j < features(); ++j)
            centre[j] = columns_[j][row];
    }
}

// The customer farthest from its centre that is not taken yet; rows() when nobody is off the centre.
std::size_t k_means_search::farthest(std::vector<std::size_t> const& taken) const {
    std::size_t best = packed_.rows();
    double squared = 0;
    std::vector<double> row(features());
    for (std::size_t i = 0; i < packed_.rows(); ++i) {
        gather(i, row);
        double const here = squared_distance(row.data(), centres_.data() + labels_[i] * features(), features());
        if (!(here > squared) || weight(i) == 0 || std::find(taken.begin(), taken.end(), i) != taken.end()) continue;
        squared = here;
        best = i;
    }
    return best;
}

// A row comes nearer to another centre than to its own by no more than both have moved.
void k_means_search::travel(std::vector<double> const& next) {
    double fastest = 0;
    double second = 0;
    for (std::size_t at = 0; at < next.size(); at += features()) {
        double const moved = std::sqrt(squared_distance(next.data() + at, centres_.data() + at, features()));
        second = std::max(second, std::min(moved, fastest));
        fastest = std::max(fastest, moved);
    }
    travelled_ += (fastest + second) * packed_.scale() * (1 + 1e-12);
}

void k_means_search::drop_empty() {
    std::vector<double> kept;
    for (std::size_t c = 0; c < clusters(); ++c)
        if (total_.counts[c] > 0)
            kept.insert(kept.end(), centres_.begin() + static_cast<std::ptrdiff_t>(c * features()),
                        centres_.begin() + static_cast<std::ptrdiff_t>((c + 1) * features()));
    if (kept.size() == centres_.size()) return;
    begin(std::move(kept));
    exact_ = true;
    relabel();
}

void k_means_search::finish(k_means_solution& out) const {
    out.centres = centres_;
    if (fresh_ && options_.weights.empty() && !std::isnan(inertia_)) {
        out.fit.inertia = inertia_;
        out.fit.sizes = total_.counts;
        return;
    }
    std::vector<double> inertia(packed_.blocks(), 0.0);
    std::vector<std::vector<std::uint64_t>> sizes(packed_.blocks(), std::vector<std::uint64_t>(clusters()));
    team_.for_blocks(packed_.blocks(), [&](std::size_t b) {
        for_clusters(b, [&](std::size_t t, std::size_t c, std::span<std::uint32_t const> rows) {
            std::size_t const first = t * packed_rows::tile_rows;
            sizes[b][c] += rows.size();
            for (std::size_t j = 0; j < features(); ++j)
                inertia[b] += add_up(first, rows, columns_[j].data() + first, centres_[c * features() + j]).squares;
        });
    });
    out.fit.sizes.assign(clusters(), 0);
    for (std::size_t b = 0; b < packed_.blocks(); ++b) {
        out.fit.inertia += inertia[b];
        for (std::size_t c = 0; c < clusters(); ++c)
            out.fit.sizes[c] += sizes[b][c];
    }
}

} // namespace detail
} // namespace v0
} // namespace segmenta
