// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/k_means.hpp>

#include "model/cluster_data.hpp"
#include "model/k_means_data.hpp"
#include "model/k_means_search.hpp"
#include "model/model_document.hpp"
#include "model/row_block.hpp"

#include <segmenta/base/parallel.hpp>
#include <segmenta/base/random.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace segmenta {
inline namespace v0 {

using detail::packed_rows;
using solution = detail::k_means_solution;

k_means_statistics::k_means_statistics(std::size_t clusters, std::size_t feature_count)
    : features(feature_count), counts(clusters), weights(clusters), sums(clusters * feature_count) {}

void k_means_statistics::add(std::span<double const> row, std::size_t cluster, double weight) noexcept {
    counts[cluster] += weight > 0 ? 1 : 0;
    weights[cluster] += weight;
    double* const sum = sums.data() + cluster * features;
    for (std::size_t j = 0; j < features; ++j)
        sum[j] += weight * row[j];
}

void k_means_statistics::merge(k_means_statistics const& other) noexcept {
    for (std::size_t c = 0; c < counts.size(); ++c) {
        counts[c] += other.counts[c];
        weights[c] += other.weights[c];
    }
    for (std::size_t i = 0; i < sums.size(); ++i)
        sums[i] += other.sums[i];
}

bool k_means_statistics::mean(std::size_t cluster, std::span<double> centre) const noexcept {
    if (counts[cluster] == 0 || !(weights[cluster] > 0)) return false;
    for (std::size_t j = 0; j < features; ++j)
        centre[j] = sums[cluster * features + j] / weights[cluster];
    return true;
}

namespace {

std::vector<double> rows_of(number_columns columns, std::span<std::size_t const> rows) {
    std::vector<double> out;
    for (std::size_t const r : rows)
        for (auto const column : columns)
            out.push_back(column[r]);
    return out;
}

void check_centres(std::span<double const> centres, std::size_t clusters, issue_list& issues) {
    bool const shaped = clusters > 0 && !centres.empty() && centres.size() % clusters == 0;
    if (shaped && std::all_of(centres.begin(), centres.end(), [](double v) { return std::isfinite(v); })) return;
    issues.error("cluster.bad_centres", "centres", "these are no centres",
                 std::to_string(centres.size()) + " numbers for " + std::to_string(clusters) + " clusters",
                 "finite numbers, as many for each cluster", {});
}

void check_options(number_columns columns, k_means_options const& o, issue_list& issues) {
    detail::check_at_least(o.starts, 1, "starts", issues);
    detail::check_at_least(o.max_iterations, 1, "max_iterations", issues);
    if (!(std::isfinite(o.tolerance) && o.tolerance >= 0))
        issues.error("cluster.bad_option", "options tolerance", "the tolerance is no number from 0",
                     std::to_string(o.tolerance), "0 or more", {});
    if (o.first_centres.empty()) return;
    check_centres(o.first_centres, o.clusters, issues);
    if (o.first_centres.size() != o.clusters * columns.size())
        issues.error("cluster.bad_centres", "options first_centres", "there must be one number per cluster and feature",
                     std::to_string(o.first_centres.size()), std::to_string(o.clusters * columns.size()), {});
}

// Sculley's steps: each customer drawn moves its centre by 1 / (times that centre was hit). The centre then is the mean
// of the customers that hit it, so a batch can be summed in any order, and by several threads.
class mini_batches {
public:
    mini_batches(number_columns columns, mini_batch_options const& options, thread_team& team)
        : columns_(columns), options_(options), team_(team),
          block_rows_(std::max(stretch, (options.batch_rows + most_blocks - 1) / most_blocks)),
          blocks_((options.batch_rows + block_rows_ - 1) / block_rows_) {}

    void run(std::vector<double>& centres, random_generator& random) {
        std::vector<std::uint64_t> hits(options_.clusters);
        auto rows = draw(random);
        for (std::size_t step = 0; step < options_.steps; ++step) {
            std::vector<std::size_t> next;
            std::vector<k_means_statistics> sums(blocks_, {0, 0});
            team_.for_blocks(blocks_ + 1, [&](std::size_t b) {
                if (b > 0)
                    sums[b - 1] = add_up(std::span(rows).subspan((b - 1) * block_rows_), centres);
                else if (step + 1 < options_.steps)
                    next = draw(random); // for the next step, which then need not wait for it
            });
            for (std::size_t b = 1; b < blocks_; ++b)
                sums[0].merge(sums[b]);
            move(centres, hits, sums[0]);
            rows.swap(next);
        }
    }

private:
    static constexpr std::size_t stretch = 128;     // customers that are asked for before the first is needed
    static constexpr std::size_t most_blocks = 256; // since each has sums of its own

    [[nodiscard]] std::vector<std::size_t> draw(random_generator& random) const {
        std::vector<std::size_t> out(options_.batch_rows);
        for (std::size_t& row : out)
            row = static_cast<std::size_t>(random_below(random, row_count(columns_)));
        return out;
    }

    // The first customers of `rows` as they lie from their nearest centres.
    [[nodiscard]] k_means_statistics add_up(std::span<std::size_t const> rows,
                                            std::vector<double> const& centres) const {
        k_means_statistics sums(options_.clusters, columns_.size());
        rows = rows.first(std::min(rows.size(), block_rows_));
        for (; !rows.empty(); rows = rows.subspan(std::min(rows.size(), stretch)))
            add(rows.first(std::min(rows.size(), stretch)), centres, sums);
        return sums;
    }

    void add(std::span<std::size_t const> rows, std::vector<double> const& centres, k_means_statistics& sums) const {
        for (auto const column : columns_) // they lie far from each other
            for (std::size_t const row : rows)
                __builtin_prefetch(column.data() + row);
        std::vector<double> customer(columns_.size());
        for (std::size_t const row : rows) {
            for (std::size_t j = 0; j < customer.size(); ++j)
                customer[j] = columns_[j][row];
            auto const nearest = detail::find_nearest(customer.data(), centres, customer.size()).cluster;
            for (std::size_t j = 0; j < customer.size(); ++j)
                customer[j] -= centres[nearest * customer.size() + j];
            sums.add(customer, nearest);
        }
    }

    void move(std::vector<double>& centres, std::vector<std::uint64_t>& hits, k_means_statistics const& sums) const {
        for (std::size_t c = 0; c < options_.clusters; ++c) {
            if (sums.counts[c] == 0) continue;
            hits[c] += sums.counts[c];
            for (std::size_t j = 0; j < columns_.size(); ++j)
                centres[c * columns_.size() + j] += sums.sums[c * columns_.size() + j] / static_cast<double>(hits[c]);
        }
    }

    number_columns columns_;
    mini_batch_options const& options_;
    thread_team& team_;
    std::size_t block_rows_;
    std::size_t blocks_;
};

} // namespace

k_means::k_means(std::vector<double> centres, std::size_t clusters)
    : centres_(std::move(centres)), clusters_(clusters) {
    issue_list issues;
    check_centres(centres_, clusters, issues);
    issues.throw_if_errors();
    features_ = centres_.size() / clusters;
    fit_.sizes.assign(clusters, 0);
}

std::uint32_t k_means::nearest(std::span<double const> customer) const noexcept {
    bool const usable = customer.size() == features_ &&
                        std::all_of(customer.begin(), customer.end(), [](double v) { return std::isfinite(v); });
    return usable ? detail::find_nearest(customer.data(), centres_, features_).cluster : no_cluster;
}

void k_means::assign(number_columns columns, std::span<std::uint32_t> labels, unsigned threads) const {
    bool const fits = columns.size() == features_ && std::all_of(columns.begin(), columns.end(), [&](auto const& c) {
                          return c.size() == labels.size();
                      });
    if (!fits)
        throw issue_error("data.ragged", "columns", "the columns do not fit the model or the labels",
                          std::to_string(columns.size()) + " columns",
                          std::to_string(features_) + " columns of " + std::to_string(labels.size()) + " rows", {});
    constexpr std::size_t block_rows = 1024;
    parallel_for_blocks(threads, (labels.size() + block_rows - 1) / block_rows, [&](std::size_t b) {
        std::size_t const end = std::min(labels.size(), (b + 1) * block_rows);
        detail::for_row_blocks(b * block_rows, end, [&](detail::row_block& rows, std::size_t first) {
            for (std::uint32_t c = 0; c < clusters_; ++c) {
                rows.measure(columns, centre(c).data());
                rows.offer(c);
            }
            for (std::size_t i = 0; i < rows.size(); ++i)
                labels[first + i] = rows.centre(i) != detail::row_block::no_centre
                                        ? rows.centre(i)
                                        : nearest(detail::row_of(columns, first + i));
        });
    });
}

std::string k_means::to_json() const {
    boost::json::object fields;
    fields["clusters"] = clusters_;
    fields["features"] = features_;
    fields["centres"] = detail::numbers_of(centres_);
    fields["inertia"] = detail::number_or_null(fit_.inertia);
    fields["iterations"] = fit_.iterations;
    fields["start"] = fit_.start;
    fields["reseeded"] = fit_.reseeded;
    fields["converged"] = fit_.converged;
    boost::json::array sizes;
    for (auto const s : fit_.sizes)
        sizes.push_back(s);
    fields["sizes"] = std::move(sizes);
    return detail::write_model_document("k_means", 1, std::move(fields));
}

k_means k_means::from_json(std::string_view text) {
    auto const fields = detail::read_model_document(text, "k_means", 1);
    issue_list issues;
    detail::model_reader reader(fields, issues);
    auto centres = reader.numbers("centres");
    auto const clusters = static_cast<std::size_t>(reader.count("clusters"));
    summary fit;
    fit.inertia = reader.number("inertia");
    fit.iterations = static_cast<std::size_t>(reader.count("iterations"));
    fit.start = static_cast<std::size_t>(reader.count("start"));
    fit.reseeded = static_cast<std::size_t>(reader.count("reseeded"));
    fit.converged = reader.flag("converged");
    for (double const s : reader.numbers("sizes"))
        fit.sizes.push_back(s >= 0 && s < 0x1p63 ? static_cast<std::uint64_t>(s) : 0);
    check_centres(centres, clusters, issues);
    if (fit.sizes.size() != clusters)
        issues.error("cluster.bad_centres", "model /sizes", "there must be one size per cluster",
                     std::to_string(fit.sizes.size()), std::to_string(clusters), {});
    issues.throw_if_errors();
    k_means out(std::move(centres), clusters);
    out.fit_ = std::move(fit);
    return out;
}

k_means fit_k_means(number_columns columns, k_means_options const& options) {
    issue_list issues;
    thread_team team(options.threads);
    auto const ranges = detail::ranges_of(columns, team);
    detail::check_cluster_data(columns, ranges, options.clusters, options.weights, issues);
    check_options(columns, options, issues);
    issues.throw_if_errors();
    packed_rows const packed(columns, ranges, team);
    detail::k_means_search search(packed, columns, options, team);
    solution best;
    bool const given = !options.first_centres.empty();
    for (std::size_t s = 0; s < (given ? 1 : options.starts); ++s) {
        std::vector<double> start(options.first_centres.begin(), options.first_centres.end());
        if (!given) {
            random_generator random(options.seed, s);
            start = rows_of(columns,
                            detail::plus_plus_rows(packed, columns, options.weights, options.clusters, random, team));
        }
        auto here = search.run(std::move(start));
        here.fit.start = s;
        if (s == 0 || here.fit.inertia < best.fit.inertia) best = std::move(here);
    }
    k_means out(std::move(best.centres), best.fit.sizes.size());
    out.fit_ = std::move(best.fit);
    return out;
}

constexpr std::size_t most_batch_rows = 100'000'000;

k_means fit_mini_batch_k_means(number_columns columns, mini_batch_options const& options) {
    issue_list issues;
    thread_team team(options.threads);
    auto const ranges = detail::ranges_of(columns, team);
    detail::check_cluster_data(columns, ranges, options.clusters, {}, issues);
    detail::check_at_least(options.batch_rows, 1, "batch_rows", issues);
    if (options.batch_rows > most_batch_rows)
        issues.error("cluster.bad_option", "options batch_rows", "this option is too large",
                     std::to_string(options.batch_rows), "at most " + std::to_string(most_batch_rows),
                     "A batch of that size is a whole fit: use k-means");
    detail::check_at_least(options.steps, 1, "steps", issues);
    detail::check_at_least(options.starts, 1, "starts", issues);
    issues.throw_if_errors();
    packed_rows const packed(columns, ranges, team);
    k_means_options const whole{.clusters = options.clusters, .threads = options.threads};
    detail::k_means_search search(packed, columns, whole, team);
    mini_batches batches(columns, options, team);
    solution best;
    for (std::size_t s = 0; s < options.starts; ++s) {
        random_generator random(options.seed, s);
        auto centres = rows_of(columns, detail::plus_plus_rows(packed, columns, {}, options.clusters, random, team));
        batches.run(centres, random);
        auto here = search.measure(std::move(centres));
        here.fit.iterations = options.steps;
        here.fit.start = s;
        if (s == 0 || here.fit.inertia < best.fit.inertia) best = std::move(here);
    }
    k_means out(std::move(best.centres), options.clusters);
    out.fit_ = std::move(best.fit);
    return out;
}

} // namespace v0
} // namespace segmenta
