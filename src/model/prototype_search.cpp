// SPDX-License-Identifier: Apache-2.0
#include "model/prototype_search.hpp"

#include <algorithm>
#include <functional>

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

class search {
public:
    search(prototype_data const& data, prototypes start, k_prototypes_options const& options, thread_team& team)
        : data_(data), options_(options), team_(team), at_(std::move(start)),
          labels_(data.rows, k_prototypes::no_cluster), blocks_(data.blocks()), tallies_(tallies_of(data)) {}

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
        out.fit.sizes = sizes_;
        out.at = std::move(at_);
        return out;
    }

private:
    using counts = std::vector<std::uint64_t>;

    // What a block of customers adds up; sums hang on their order, so they are merged in that of the blocks.
    struct block_sums {
        counts sizes;                // of the clusters
        std::vector<double> numbers; // clusters x features
        double cost = 0;
        bool changed = false;
    };
    // The categories of an attribute are counted by clusters x levels, in several parts of the customers where such a
    // table is small beside them.
    struct tally {
        std::size_t attribute;
        std::size_t part, parts;
        counts table{};
    };

    std::vector<tally> tallies_of(prototype_data const& data) const {
        constexpr std::size_t most = 8;
        std::vector<tally> out;
        for (std::size_t j = 0; j < data.levels.size(); ++j) {
            std::size_t const parts =
                std::clamp<std::size_t>(data.rows / (8 * options_.clusters * data.levels[j]), 1, most);
            for (std::size_t part = 0; part < parts; ++part)
                out.push_back({j, part, parts});
        }
        return out;
    }

    // Gives every customer its nearest prototype and adds up what the next means are made of; whether anybody moved.
    bool assign() {
        team_.for_blocks(blocks_.size(), [&](std::size_t b) { blocks_[b] = assign_block(b); });
        sizes_.assign(options_.clusters, 0);
        for (auto const& block : blocks_)
            add(sizes_, block.sizes);
        return std::any_of(blocks_.begin(), blocks_.end(), [](auto const& b) { return b.changed; });
    }

    template <class Number>
    static void add(std::vector<Number>& to, std::vector<Number> const& part) {
        std::transform(to.begin(), to.end(), part.begin(), to.begin(), std::plus<>());
    }

    // Its sums are made here, by the thread that adds to them: those of two blocks never lie in one line of the cache.
    block_sums assign_block(std::size_t block) {
        block_sums out{counts(options_.clusters), std::vector<double>(at_.means.size())};
        data_.for_rows(block, [&](row_block& rows, std::size_t first) {
            nearest(rows);
            label(rows, first, out);
            add_up(first, rows.size(), out);
        });
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

    void add_up(std::size_t first, std::size_t rows, block_sums& to) const noexcept {
        std::uint32_t const* const label = labels_.data() + first;
        for (std::size_t i = 0; i < rows; ++i)
            ++to.sizes[label[i]];
        std::size_t const d = data_.numbers.size();
        for (std::size_t j = 0; j < d; ++j)
            for (std::size_t i = 0; i < rows; ++i)
                to.numbers[label[i] * d + j] += data_.numbers[j][first + i];
    }

    void update(std::size_t& reseeded) {
        bool const empty = std::find(sizes_.begin(), sizes_.end(), 0U) != sizes_.end();
        auto distances = empty ? distances_now() : std::vector<double>{};
        update_means();
        update_modes();
        for (std::size_t c = 0; c < options_.clusters; ++c)
            if (sizes_[c] == 0) reseed(c, distances, reseeded);
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
            add(sums, block.numbers);
        for (std::size_t i = 0; i < sums.size(); ++i)
            if (auto const count = sizes_[i / data_.numbers.size()]; count > 0)
                at_.means[i] = sums[i] / static_cast<double>(count);
    }

    void update_modes() {
        team_.for_blocks(tallies_.size(), [&](std::size_t t) {
            auto& here = tallies_[t];
            here.table = counted(here);
            if (here.parts > 1) return;
            take_modes(here.attribute, here.table); // which nobody else needs
            here.table = {};
        });
        for (std::size_t t = 0; t < tallies_.size(); t += tallies_[t].parts) {
            auto& first = tallies_[t];
            if (first.parts == 1) continue;
            for (std::size_t part = 1; part < first.parts; ++part)
                add(first.table, tallies_[t + part].table);
            take_modes(first.attribute, first.table);
        }
    }

    [[nodiscard]] counts counted(tally const& what) const {
        std::size_t const levels = data_.levels[what.attribute];
        auto const column = data_.categories[what.attribute];
        counts out(options_.clusters * levels);
        std::size_t const end = data_.rows * (what.part + 1) / what.parts;
        for (std::size_t i = data_.rows * what.part / what.parts; i < end; ++i)
            ++out[labels_[i] * levels + column[i]];
        return out;
    }

    // The most frequent category of each cluster, the lowest code of equals.
    void take_modes(std::size_t attribute, counts const& table) {
        auto first = table.begin();
        for (std::size_t c = 0; c < options_.clusters; ++c) {
            auto const end = first + static_cast<std::ptrdiff_t>(data_.levels[attribute]);
            auto const best = std::max_element(first, end);
            if (*best > 0) // else there is nobody: it is placed anew
                at_.modes[c * data_.categories.size() + attribute] = static_cast<std::uint32_t>(best - first);
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
    std::vector<tally> tallies_;
    counts sizes_; // of the clusters
};

} // namespace

prototype_solution search_prototypes(prototype_data const& data, prototypes start, k_prototypes_options const& options,
                                     thread_team& team) {
    return search(data, std::move(start), options, team).run();
}

} // namespace detail
} // namespace v0
} // namespace segmenta
