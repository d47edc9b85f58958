// SPDX-License-Identifier: Apache-2.0
#include "model/prototype_search.hpp"

#include <boost/align/aligned_allocator.hpp>

#include <algorithm>
#include <functional>
#include <span>

namespace segmenta {
inline namespace v0 {
namespace detail {

prototype_data::prototype_data(number_columns number_input, category_columns category_input,
                               std::span<category_range const> category_ranges, double gamma_)
    : numbers(number_input), categories(category_input), gamma(gamma_),
      rows(number_input.empty() ? row_count(category_input) : row_count(number_input)) {
    for (auto const& range : category_ranges)
        levels.push_back(range.levels);
}

// At most 256 blocks, since each has sums of its own.
std::size_t prototype_data::block_rows() const noexcept { return std::max<std::size_t>(4096, (rows + 255) / 256); }

void prototype_data::measure(row_block& to, prototypes const& at, std::size_t cluster) const noexcept {
    to.measure(numbers, at.means.data() + cluster * numbers.size());
    to.measure(categories, at.modes.data() + cluster * categories.size(), gamma);
}

void prototype_data::append(std::size_t row, prototypes& to) const {
    for (auto const column : numbers)
        to.means.push_back(column[row]);
    for (auto const column : categories)
        to.modes.push_back(column[row]);
}

bool prototype_data::same(std::size_t a, std::size_t b) const noexcept {
    auto const equal = [&](auto const& column) { return column[a] == column[b]; };
    return std::all_of(numbers.begin(), numbers.end(), equal) &&
           std::all_of(categories.begin(), categories.end(), equal);
}

namespace {

// In cache lines of its own, since threads add to theirs all the time.
template <class Number>
using thread_numbers = std::vector<Number, boost::alignment::aligned_allocator<Number, 64>>;

class search {
public:
    search(prototype_data const& data, prototypes start, k_prototypes_options const& options, thread_team& team)
        : data_(data), options_(options), team_(team), at_(std::move(start)),
          labels_(data.rows, k_prototypes::no_cluster), blocks_(data.blocks()), workers_(team.threads()) {
        std::size_t cells = options.clusters;
        for (std::size_t const levels : data.levels) {
            first_cell_.push_back(cells);
            cells += options.clusters * levels;
        }
        workers_[0].counts.resize(cells);
    }

    prototype_solution run() {
        prototype_solution out;
        bool changed = assign();
        while (changed && out.fit.iterations < options_.max_iterations) {
            ++out.fit.iterations;
            update(out.fit.reseeded);
            changed = assign();
        }
        out.fit.converged = !changed;
        for (auto const& block : blocks_)
            out.fit.cost += block.cost;
        auto const sizes = counts().first(options_.clusters);
        out.fit.sizes.assign(sizes.begin(), sizes.end());
        out.at = std::move(at_);
        return out;
    }

private:
    // Sums hang on their order, so each block of customers has its own; ...
    struct block_sums {
        std::vector<double> numbers; // clusters x features
        double cost = 0;
        bool changed = false;
    };
    // ... counts do not, so each thread that has anything to do has them.
    struct worker_sums {
        thread_numbers<std::uint64_t> counts; // of the clusters; then for each attribute clusters x levels
        thread_numbers<double> sums;          // of the block at hand
    };

    // After assign(): of all customers.
    [[nodiscard]] std::span<std::uint64_t const> counts() const noexcept { return workers_[0].counts; }

    // Gives every customer its nearest prototype and adds up what the next ones are made of; whether anybody moved.
    bool assign() {
        for (auto& worker : workers_)
            std::fill(worker.counts.begin(), worker.counts.end(), 0U);
        team_.for_blocks(blocks_.size(), [&](std::size_t b, unsigned w) { blocks_[b] = assign(b, workers_[w]); });
        for (std::size_t w = 1; w < workers_.size(); ++w)
            std::transform(workers_[w].counts.begin(), workers_[w].counts.end(), workers_[0].counts.begin(),
                           workers_[0].counts.begin(), std::plus<>()); // nothing for a thread that had nothing to do
        return std::any_of(blocks_.begin(), blocks_.end(), [](auto const& b) { return b.changed; });
    }

    block_sums assign(std::size_t block, worker_sums& worker) {
        block_sums out;
        worker.counts.resize(workers_[0].counts.size());
        worker.sums.assign(at_.means.size(), 0.0);
        data_.for_rows(block, [&](row_block& rows, std::size_t first) {
            nearest(rows);
            label(rows, first, out);
            add_up(first, rows.size(), worker);
        });
        out.numbers.assign(worker.sums.begin(), worker.sums.end());
        return out;
    }

    void nearest(row_block& rows) const noexcept {
        for (std::uint32_t c = 0; c < options_.clusters; ++c) {
            data_.measure(rows, at_, c);
            rows.offer(c);
        }
    }

    void label(row_block const& rows, std::size_t first, block_sums& out) noexcept {
        for (std::size_t i = 0; i < rows.size(); ++i) {
            // where gamma makes all distances infinite the first is as near as any
            std::uint32_t const best = rows.centre(i) == row_block::no_centre ? 0 : rows.centre(i);
            out.changed |= labels_[first + i] != best;
            labels_[first + i] = best;
            out.cost += rows.distance(i);
        }
    }

    void add_up(std::size_t first, std::size_t rows, worker_sums& to) const noexcept {
        std::uint32_t const* const label = labels_.data() + first;
        for (std::size_t i = 0; i < rows; ++i)
            ++to.counts[label[i]];
        std::size_t const d = data_.numbers.size();
        for (std::size_t j = 0; j < d; ++j)
            for (std::size_t i = 0; i < rows; ++i)
                to.sums[label[i] * d + j] += data_.numbers[j][first + i];
        for (std::size_t j = 0; j < data_.categories.size(); ++j)
            for (std::size_t i = 0; i < rows; ++i)
                ++to.counts[first_cell_[j] + label[i] * data_.levels[j] + data_.categories[j][first + i]];
    }

    void update(std::size_t& reseeded) {
        auto const sizes = counts().first(options_.clusters);
        bool const empty = std::find(sizes.begin(), sizes.end(), 0U) != sizes.end();
        auto distances = empty ? distances_now() : std::vector<double>{};
        update_means();
        for (std::size_t j = 0; j < data_.categories.size(); ++j)
            update_modes(j);
        for (std::size_t c = 0; c < options_.clusters; ++c)
            if (sizes[c] == 0) reseed(c, distances, reseeded);
    }

    // Of all customers from their prototypes. Seldom wanted, and keeping them would cost every pass.
    [[nodiscard]] std::vector<double> distances_now() const {
        std::vector<double> out(data_.rows);
        team_.for_blocks(blocks_.size(), [&](std::size_t b) {
            data_.for_rows(b, [&](row_block& rows, std::size_t first) {
                nearest(rows);
                for (std::size_t i = 0; i < rows.size(); ++i)
                    out[first + i] = rows.distance(i);
            });
        });
        return out;
    }

    void update_means() {
        std::vector<double> sums(at_.means.size());
        for (auto const& block : blocks_)
            std::transform(sums.begin(), sums.end(), block.numbers.begin(), sums.begin(), std::plus<>());
        for (std::size_t i = 0; i < sums.size(); ++i)
            if (auto const count = counts()[i / data_.numbers.size()]; count > 0)
                at_.means[i] = sums[i] / static_cast<double>(count);
    }

    // The most frequent category of each cluster, the lowest code of equals.
    void update_modes(std::size_t j) {
        auto first = counts().begin() + static_cast<std::ptrdiff_t>(first_cell_[j]);
        for (std::size_t c = 0; c < options_.clusters; ++c) {
            auto const end = first + static_cast<std::ptrdiff_t>(data_.levels[j]);
            auto const best = std::max_element(first, end);
            if (*best > 0) // else there is nobody: it is placed anew
                at_.modes[c * data_.categories.size() + j] = static_cast<std::uint32_t>(best - first);
            first = end;
        }
    }

    // At the farthest customer.
    void reseed(std::size_t cluster, std::vector<double>& distances, std::size_t& reseeded) {
        ++reseeded;
        auto const far = std::max_element(distances.begin(), distances.end());
        if (!(*far > 0)) return;
        *far = 0; // not again for the next empty cluster
        prototypes there;
        data_.append(static_cast<std::size_t>(far - distances.begin()), there);
        std::copy(there.means.begin(), there.means.end(),
                  at_.means.begin() + static_cast<std::ptrdiff_t>(cluster * there.means.size()));
        std::copy(there.modes.begin(), there.modes.end(),
                  at_.modes.begin() + static_cast<std::ptrdiff_t>(cluster * there.modes.size()));
    }

    prototype_data const& data_;
    k_prototypes_options const& options_;
    thread_team& team_;
    prototypes at_;
    std::vector<std::uint32_t> labels_;
    std::vector<block_sums> blocks_;
    std::vector<worker_sums> workers_;
    std::vector<std::size_t> first_cell_; // of an attribute, in the counts
};

} // namespace

prototype_solution search_prototypes(prototype_data const& data, prototypes start, k_prototypes_options const& options,
                                     thread_team& team) {
    return search(data, std::move(start), options, team).run();
}

} // namespace detail
} // namespace v0
} // namespace segmenta
