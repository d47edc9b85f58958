// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/k_means.hpp>

#include "model/cluster_data.hpp"
#include "model/k_means_data.hpp"
#include "model/k_means_search.hpp"
#include "model/model_document.hpp"

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

void follow_batches(std::vector<double>& centres, number_columns columns, mini_batch_options const& options,
                    random_generator& random, thread_team& team) {
    constexpr std::size_t block_rows = 256;
    std::size_t const features = columns.size();
    std::vector<std::uint64_t> hits(options.clusters);
    std::vector<double> batch(options.batch_rows * features);
    std::vector<std::uint32_t> nearest(options.batch_rows);
    std::vector<std::size_t> rows(options.batch_rows);
    for (std::size_t step = 0; step < options.steps; ++step) {
        for (std::size_t& row : rows)
            row = static_cast<std::size_t>(random_below(random, row_count(columns)));
        team.for_blocks((rows.size() + block_rows - 1) / block_rows, [&](std::size_t b) {
            for (std::size_t i = b * block_rows; i < std::min(rows.size(), (b + 1) * block_rows); ++i) {
                for (std::size_t j = 0; j < features; ++j)
                    batch[i * features + j] = columns[j][rows[i]];
                nearest[i] = detail::find_nearest(batch.data() + i * features, centres, features).cluster;
            }
        });
        for (std::size_t i = 0; i < options.batch_rows; ++i) {
            double const rate = 1 / static_cast<double>(++hits[nearest[i]]);
            double* const centre = centres.data() + nearest[i] * features;
            for (std::size_t j = 0; j < features; ++j)
                centre[j] += rate * (batch[i * features + j] - centre[j]);
        }
    }
}

// Inertia and sizes of centres.
k_means::summary measure(number_columns columns, std::vector<double> const& centres, std::size_t clusters,
                         thread_team& team) {
    std::vector<std::uint32_t> labels(row_count(columns));
    k_means(centres, clusters).assign(columns, labels, team.threads());
    std::size_t const features = columns.size();
    constexpr std::size_t block_rows = 4096;
    std::vector<double> inertia((labels.size() + block_rows - 1) / block_rows);
    team.for_blocks(inertia.size(), [&](std::size_t b) {
        for (std::size_t i = b * block_rows; i < std::min(labels.size(), (b + 1) * block_rows); ++i)
            for (std::size_t j = 0; j < features; ++j) {
                double const gap = columns[j][i] - centres[labels[i] * features + j];
                inertia[b] += gap * gap;
            }
    });
    k_means::summary out;
    out.inertia = std::accumulate(inertia.begin(), inertia.end(), 0.0);
    out.sizes.assign(clusters, 0);
    for (std::uint32_t const label : labels)
        ++out.sizes[label];
    return out;
}

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
    std::size_t const blocks = (labels.size() + block_rows - 1) / block_rows;
    parallel_for_blocks(threads, blocks, [&](std::size_t b) {
        std::size_t const first = b * block_rows;
        std::size_t const rows = std::min(block_rows, labels.size() - first);
        std::vector<double> here(rows);
        std::vector<double> best(rows, INFINITY);
        auto const out = labels.subspan(first, rows);
        std::fill(out.begin(), out.end(), no_cluster);
        for (std::size_t c = 0; c < clusters_; ++c) {
            std::fill(here.begin(), here.end(), 0.0);
            for (std::size_t j = 0; j < features_; ++j) {
                double const at = centres_[c * features_ + j];
                double const* const x = columns[j].data() + first;
                for (std::size_t i = 0; i < rows; ++i)
                    here[i] += (x[i] - at) * (x[i] - at);
            }
            for (std::size_t i = 0; i < rows; ++i) {
                if (!(here[i] < best[i])) continue; // also for NaN and infinity
                best[i] = here[i];
                out[i] = static_cast<std::uint32_t>(c);
            }
        }
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

k_means fit_mini_batch_k_means(number_columns columns, mini_batch_options const& options) {
    issue_list issues;
    thread_team team(options.threads);
    auto const ranges = detail::ranges_of(columns, team);
    detail::check_cluster_data(columns, ranges, options.clusters, {}, issues);
    detail::check_at_least(options.batch_rows, 1, "batch_rows", issues);
    detail::check_at_least(options.steps, 1, "steps", issues);
    detail::check_at_least(options.starts, 1, "starts", issues);
    issues.throw_if_errors();
    packed_rows const packed(columns, ranges, team);
    solution best;
    for (std::size_t s = 0; s < options.starts; ++s) {
        random_generator random(options.seed, s);
        solution here;
        here.centres = rows_of(columns, detail::plus_plus_rows(packed, columns, {}, options.clusters, random, team));
        follow_batches(here.centres, columns, options, random, team);
        here.fit = measure(columns, here.centres, options.clusters, team);
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
