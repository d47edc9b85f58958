// SPDX-License-Identifier: Apache-2.0
#include "model/prototype_search.hpp"

#include "model/cluster_data.hpp"

#include <segmenta/base/parallel.hpp>

#include <algorithm>
#include <cmath>

namespace segmenta {
inline namespace v0 {
namespace detail {

prototype_data::prototype_data(number_columns number_input, category_columns category_input, double gamma_)
    : rows(number_input.empty() ? row_count(category_input) : row_count(number_input)),
      number_features(number_input.size()), category_features(category_input.size()), numbers(row_major(number_input)),
      categories(rows * category_features), levels(category_features), gamma(gamma_) {
    for (std::size_t j = 0; j < category_features; ++j)
        for (std::size_t i = 0; i < rows; ++i) {
            std::uint32_t const code = category_input[j][i];
            categories[i * category_features + j] = code;
            levels[j] = std::max<std::size_t>(levels[j], std::size_t{code} + 1);
        }
}

double prototype_data::distance(std::size_t row, double const* mean, std::uint32_t const* mode) const noexcept {
    std::uint32_t const* const codes = categories.data() + row * category_features;
    std::size_t different = 0;
    for (std::size_t j = 0; j < category_features; ++j)
        different += codes[j] != mode[j] ? 1 : 0;
    return squared_distance(numbers.data() + row * number_features, mean, number_features) +
           gamma * static_cast<double>(different);
}

double prototype_data::between(std::size_t a, std::size_t b) const noexcept {
    return distance(a, numbers.data() + b * number_features, categories.data() + b * category_features);
}

bool prototype_data::same(std::size_t a, std::size_t b) const noexcept {
    auto const equal = [&](auto const& values, std::size_t n) {
        return std::equal(values.begin() + static_cast<std::ptrdiff_t>(a * n),
                          values.begin() + static_cast<std::ptrdiff_t>((a + 1) * n),
                          values.begin() + static_cast<std::ptrdiff_t>(b * n));
    };
    return equal(numbers, number_features) && equal(categories, category_features);
}

namespace {

// Rows that prototypes start at, never two that are the same.
class starter {
public:
    starter(prototype_data const& data, std::size_t clusters) : data_(data), clusters_(clusters) {}

    prototypes run(prototype_start how, random_generator& random) {
        switch (how) {
        case prototype_start::plus_plus: plus_plus(random); break;
        case prototype_start::huang: huang(random); break;
        case prototype_start::cao: cao(); break;
        }
        prototypes out;
        for (std::size_t const row : chosen_) {
            auto const* const x = data_.numbers.data() + row * data_.number_features;
            auto const* const c = data_.categories.data() + row * data_.category_features;
            out.means.insert(out.means.end(), x, x + data_.number_features);
            out.modes.insert(out.modes.end(), c, c + data_.category_features);
        }
        return out;
    }

private:
    [[nodiscard]] bool is_new(std::size_t row) const noexcept {
        return std::none_of(chosen_.begin(), chosen_.end(), [&](std::size_t c) { return data_.same(c, row); });
    }

    void take_any_new() {
        for (std::size_t i = 0; i < data_.rows; ++i) {
            if (!is_new(i)) continue;
            chosen_.push_back(i);
            return;
        }
        too_few_distinct(chosen_.size(), clusters_);
    }

    void plus_plus(random_generator& random) {
        chosen_.push_back(static_cast<std::size_t>(random_below(random, data_.rows)));
        std::vector<double> nearest(data_.rows, INFINITY);
        while (chosen_.size() < clusters_) {
            double total = 0;
            for (std::size_t i = 0; i < data_.rows; ++i) {
                nearest[i] = std::min(nearest[i], data_.between(i, chosen_.back()));
                total += nearest[i];
            }
            if (!(total > 0)) {
                take_any_new(); // gamma of 0, or nothing left that differs
                continue;
            }
            double left = random_unit(random) * total;
            std::size_t last = 0;
            for (std::size_t i = 0; i < data_.rows; ++i) {
                if (!(nearest[i] > 0)) continue;
                last = i;
                if ((left -= nearest[i]) < 0) break;
            }
            chosen_.push_back(last);
        }
    }

    // Of all rows not like a chosen one, the one with the largest `score`; the first of equals.
    template <class Score>
    void take_best(Score score) {
        std::size_t best = data_.rows;
        double highest = 0;
        for (std::size_t i = 0; i < data_.rows; ++i) {
            double const here = score(i);
            if ((best < data_.rows && !(here > highest)) || !is_new(i)) continue;
            best = i;
            highest = here;
        }
        if (best == data_.rows) too_few_distinct(chosen_.size(), clusters_);
        chosen_.push_back(best);
    }

    void huang(random_generator& random) {
        std::size_t const m = data_.category_features;
        while (chosen_.size() < clusters_) {
            std::vector<std::uint32_t> wanted(m);
            for (std::size_t j = 0; j < m; ++j) // the category of a customer drawn at random: by frequency
                wanted[j] = data_.categories[static_cast<std::size_t>(random_below(random, data_.rows)) * m + j];
            std::size_t const middle = static_cast<std::size_t>(random_below(random, data_.rows));
            double const* const mean = data_.numbers.data() + middle * data_.number_features;
            take_best([&](std::size_t i) { return -data_.distance(i, mean, wanted.data()); });
        }
    }

    void cao() {
        std::size_t const m = data_.category_features;
        std::vector<std::vector<double>> share(m);
        for (std::size_t j = 0; j < m; ++j) {
            share[j].resize(data_.levels[j]);
            for (std::size_t i = 0; i < data_.rows; ++i)
                share[j][data_.categories[i * m + j]] += 1 / static_cast<double>(data_.rows);
        }
        std::vector<double> density(data_.rows);
        for (std::size_t i = 0; i < data_.rows; ++i)
            for (std::size_t j = 0; j < m; ++j)
                density[i] += share[j][data_.categories[i * m + j]] / static_cast<double>(m);
        take_best([&](std::size_t i) { return density[i]; });
        while (chosen_.size() < clusters_)
            take_best([&](std::size_t i) {
                double nearest = INFINITY;
                for (std::size_t const c : chosen_)
                    nearest = std::min(nearest, differences(i, c) * density[i]);
                return nearest;
            });
    }

    [[nodiscard]] double differences(std::size_t a, std::size_t b) const noexcept {
        std::size_t const m = data_.category_features;
        double out = 0;
        for (std::size_t j = 0; j < m; ++j)
            out += data_.categories[a * m + j] != data_.categories[b * m + j] ? 1 : 0;
        return out;
    }

    prototype_data const& data_;
    std::size_t clusters_;
    std::vector<std::size_t> chosen_;
};

class search {
public:
    search(prototype_data const& data, prototypes start, k_prototypes_options const& options)
        : data_(data), options_(options), team_(options.threads), at_(std::move(start)),
          labels_(data.rows, k_prototypes::no_cluster), distances_(data.rows) {}

    prototype_solution run() {
        prototype_solution out;
        bool changed = assign();
        while (changed && out.fit.iterations < options_.max_iterations) {
            ++out.fit.iterations;
            update(out.fit.reseeded);
            changed = assign();
        }
        out.fit.converged = !changed;
        out.fit.sizes.assign(options_.clusters, 0);
        for (std::size_t i = 0; i < data_.rows; ++i) {
            out.fit.cost += distances_[i];
            ++out.fit.sizes[labels_[i]];
        }
        out.at = std::move(at_);
        return out;
    }

private:
    bool assign() {
        constexpr std::size_t block_rows = 4096;
        std::size_t const blocks = (data_.rows + block_rows - 1) / block_rows;
        std::vector<std::uint8_t> changed(blocks, 0);
        team_.for_blocks(blocks, [&](std::size_t b) {
            for (std::size_t i = b * block_rows; i < std::min(data_.rows, (b + 1) * block_rows); ++i) {
                std::uint32_t best = 0;
                double lowest = INFINITY;
                for (std::uint32_t c = 0; c < options_.clusters; ++c) {
                    double const here = data_.distance(i, at_.means.data() + c * data_.number_features,
                                                       at_.modes.data() + c * data_.category_features);
                    if (!(here < lowest)) continue;
                    lowest = here;
                    best = c;
                }
                if (labels_[i] != best) changed[b] = 1;
                labels_[i] = best;
                distances_[i] = lowest;
            }
        });
        return std::find(changed.begin(), changed.end(), 1) != changed.end();
    }

    void update(std::size_t& reseeded) {
        std::vector<double> count;
        team_.for_blocks(1 + data_.category_features, [&](std::size_t block) {
            if (block == 0)
                count = update_means();
            else
                update_modes(block - 1);
        });
        for (std::size_t c = 0; c < options_.clusters; ++c)
            if (count[c] == 0) reseed(c, reseeded);
    }

    // Answers how many each cluster has.
    std::vector<double> update_means() {
        std::size_t const k = options_.clusters;
        std::size_t const d = data_.number_features;
        std::vector<double> count(k);
        std::vector<double> sums(k * d);
        for (std::size_t i = 0; i < data_.rows; ++i) {
            ++count[labels_[i]];
            for (std::size_t j = 0; j < d; ++j)
                sums[labels_[i] * d + j] += data_.numbers[i * d + j];
        }
        for (std::size_t c = 0; c < k; ++c)
            for (std::size_t j = 0; j < d && count[c] > 0; ++j)
                at_.means[c * d + j] = sums[c * d + j] / count[c];
        return count;
    }

    // The most frequent category of each cluster, the lowest code of equals.
    void update_modes(std::size_t j) {
        std::size_t const m = data_.category_features;
        std::vector<std::size_t> tally(options_.clusters * data_.levels[j]);
        for (std::size_t i = 0; i < data_.rows; ++i)
            ++tally[labels_[i] * data_.levels[j] + data_.categories[i * m + j]];
        for (std::size_t c = 0; c < options_.clusters; ++c) {
            auto const first = tally.begin() + static_cast<std::ptrdiff_t>(c * data_.levels[j]);
            auto const best = std::max_element(first, first + static_cast<std::ptrdiff_t>(data_.levels[j]));
            if (*best == 0) continue; // nobody: it is placed anew
            at_.modes[c * m + j] = static_cast<std::uint32_t>(best - first);
        }
    }

    void reseed(std::size_t cluster, std::size_t& reseeded) {
        ++reseeded;
        auto const far = std::max_element(distances_.begin(), distances_.end());
        if (!(*far > 0)) return;
        auto const row = static_cast<std::size_t>(far - distances_.begin());
        *far = 0; // not again for the next empty cluster
        std::copy_n(data_.numbers.data() + row * data_.number_features, data_.number_features,
                    at_.means.data() + cluster * data_.number_features);
        std::copy_n(data_.categories.data() + row * data_.category_features, data_.category_features,
                    at_.modes.data() + cluster * data_.category_features);
    }

    prototype_data const& data_;
    k_prototypes_options const& options_;
    thread_team team_;
    prototypes at_;
    std::vector<std::uint32_t> labels_;
    std::vector<double> distances_;
};

} // namespace

prototypes start_prototypes(prototype_data const& data, k_prototypes_options const& options, random_generator& random) {
    return starter(data, options.clusters).run(options.start, random);
}

prototype_solution search_prototypes(prototype_data const& data, prototypes start,
                                     k_prototypes_options const& options) {
    return search(data, std::move(start), options).run();
}

} // namespace detail
} // namespace v0
} // namespace segmenta
