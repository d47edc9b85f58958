// SPDX-License-Identifier: Apache-2.0
// Where prototypes start: customers, never two that are the same.
#include "model/cluster_data.hpp"
#include "model/prototype_search.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

class starter {
public:
    starter(prototype_data const& data, std::size_t clusters, thread_team& team)
        : data_(data), clusters_(clusters), team_(team) {}

    prototypes run(prototype_start how, random_generator& random) {
        switch (how) {
        case prototype_start::plus_plus: plus_plus(random); break;
        case prototype_start::huang: huang(random); break;
        case prototype_start::cao: cao(); break;
        }
        return std::move(at_);
    }

private:
    void take(std::size_t row) {
        chosen_.push_back(row);
        data_.append(row, at_);
    }

    [[nodiscard]] bool is_new(std::size_t row) const noexcept {
        return std::none_of(chosen_.begin(), chosen_.end(), [&](std::size_t c) { return data_.same(c, row); });
    }

    void take_any_new() {
        for (std::size_t i = 0; i < data_.rows; ++i) {
            if (!is_new(i)) continue;
            take(i);
            return;
        }
        too_few_distinct(chosen_.size(), clusters_);
    }

    void plus_plus(random_generator& random) {
        take(static_cast<std::size_t>(random_below(random, data_.rows)));
        std::vector<double> nearest(data_.rows, INFINITY);
        while (chosen_.size() < clusters_) {
            auto const totals = bring_nearer(nearest);
            if (std::accumulate(totals.begin(), totals.end(), 0.0) > 0)
                take(draw_row(random, totals, data_.block_rows(), data_.rows,
                              [&](std::size_t i) { return nearest[i]; }));
            else
                take_any_new(); // gamma of 0, or nothing left that differs
        }
    }

    // Distances to the nearest chosen customer, after another was chosen; answers their sums by block.
    std::vector<double> bring_nearer(std::vector<double>& nearest) {
        std::vector<double> totals(data_.blocks());
        team_.for_blocks(totals.size(), [&](std::size_t b) {
            double total = 0;
            data_.for_rows(b, [&](row_block& block, std::size_t first) {
                data_.measure(block, at_, chosen_.size() - 1);
                for (std::size_t i = 0; i < block.size(); ++i)
                    total += nearest[first + i] = std::min(nearest[first + i], block.measured()[i]);
            });
            totals[b] = total;
        });
        return totals;
    }

    struct scored {
        std::size_t row;
        double score;
    };

    // Of all customers not like a chosen one, the one with the largest score; the first of equals. Calls
    // score(row_block, first row), which answers the scores of the block.
    template <class Score>
    void take_best(Score score) {
        std::vector<scored> bests(data_.blocks(), {data_.rows, 0});
        team_.for_blocks(bests.size(), [&](std::size_t b) {
            auto& best = bests[b];
            data_.for_rows(b, [&](row_block& block, std::size_t first) {
                auto const scores = score(block, first);
                for (std::size_t i = 0; i < block.size(); ++i)
                    if ((best.row == data_.rows || scores[i] > best.score) && is_new(first + i))
                        best = {first + i, scores[i]};
            });
        });
        scored best{data_.rows, 0};
        for (auto const& here : bests)
            if (here.row < data_.rows && (best.row == data_.rows || here.score > best.score)) best = here;
        if (best.row == data_.rows) too_few_distinct(chosen_.size(), clusters_);
        take(best.row);
    }

    void huang(random_generator& random) {
        while (chosen_.size() < clusters_) {
            prototypes wanted;
            for (auto const column : data_.categories) // the category of a customer drawn at random: by frequency
                wanted.modes.push_back(column[static_cast<std::size_t>(random_below(random, data_.rows))]);
            std::size_t const middle = static_cast<std::size_t>(random_below(random, data_.rows));
            for (auto const column : data_.numbers)
                wanted.means.push_back(column[middle]);
            take_best([&](row_block& block, std::size_t) {
                std::vector<double> scores(block.size());
                data_.measure(block, wanted, 0);
                std::transform(block.measured().begin(), block.measured().end(), scores.begin(), std::negate<>());
                return scores;
            });
        }
    }

    void cao() {
        auto const density = densities();
        take_best([&](row_block&, std::size_t first) { return density.data() + first; });
        while (chosen_.size() < clusters_)
            take_best(
                [&](row_block& block, std::size_t first) { return far_and_dense(block, density.data() + first); });
    }

    // The mean over the attributes of how many share the customer's category.
    [[nodiscard]] std::vector<double> densities() const {
        std::vector<double> out(data_.rows);
        for (std::size_t j = 0; j < data_.categories.size(); ++j) {
            auto const column = data_.categories[j];
            std::vector<std::size_t> count(data_.levels[j]);
            for (std::uint32_t const code : column)
                ++count[code];
            std::vector<double> share(count.size());
            std::transform(count.begin(), count.end(), share.begin(), [&](std::size_t n) {
                return static_cast<double>(n) / static_cast<double>(data_.rows * data_.categories.size());
            });
            for (std::size_t i = 0; i < data_.rows; ++i)
                out[i] += share[column[i]];
        }
        return out;
    }

    [[nodiscard]] std::vector<double> far_and_dense(row_block& block, double const* density) const {
        std::vector<double> out(block.size(), INFINITY);
        for (std::size_t c = 0; c < chosen_.size(); ++c) {
            block.measure(number_columns{}, nullptr);
            block.measure(data_.categories, at_.modes.data() + c * data_.categories.size(), 1);
            for (std::size_t i = 0; i < out.size(); ++i)
                out[i] = std::min(out[i], block.measured()[i] * density[i]);
        }
        return out;
    }

    prototype_data const& data_;
    std::size_t clusters_;
    thread_team& team_;
    std::vector<std::size_t> chosen_;
    prototypes at_;
};

} // namespace

prototypes start_prototypes(prototype_data const& data, k_prototypes_options const& options, random_generator& random,
                            thread_team& team) {
    return starter(data, options.clusters, team).run(options.start, random);
}

} // namespace detail
} // namespace v0
} // namespace segmenta
