// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/k_medoids.hpp>

#include "model/cluster_data.hpp"
#include "model/model_document.hpp"

#include <segmenta/model/dissimilarity.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace segmenta {
inline namespace v0 {
namespace {

// Build and swaps over one matrix.
class pam {
public:
    pam(std::span<double const> matrix, std::size_t n) : matrix_(matrix), n_(n), near_(n), second_(n) {}

    void build(std::size_t clusters) {
        std::vector<double> best(n_, std::numeric_limits<double>::infinity());
        std::vector<bool> taken(n_, false);
        while (medoids_.size() < clusters) {
            double lowest = std::numeric_limits<double>::infinity();
            std::size_t choice = n_;
            for (std::size_t j = 0; j < n_; ++j) {
                if (taken[j]) continue;
                double sum = 0;
                for (std::size_t o = 0; o < n_; ++o)
                    sum += std::min(best[o], distance(j, o));
                if (!(sum < lowest)) continue;
                lowest = sum;
                choice = j;
            }
            taken[choice] = true;
            medoids_.push_back(choice);
            for (std::size_t o = 0; o < n_; ++o)
                best[o] = std::min(best[o], distance(choice, o));
        }
        find_nearest();
    }

    // Whether a pass over all candidates found no swap.
    bool swap(std::size_t max_passes) {
        // With one medoid BUILD tried every customer.
        if (medoids_.size() == 1) return true;
        std::size_t idle = 0; // candidates since the last swap
        for (std::size_t step = 0; step < max_passes * n_; ++step) {
            if (idle >= n_) return true;
            idle = try_candidate(step % n_) ? 0 : idle + 1;
        }
        return idle >= n_;
    }

    [[nodiscard]] double objective() const {
        double sum = 0;
        for (auto const& p : near_)
            sum += p.distance;
        return sum / static_cast<double>(n_);
    }
    [[nodiscard]] std::size_t swaps() const noexcept { return swaps_; }
    // Ascending, with the labels that belong to that order.
    std::vector<std::size_t> finish(std::vector<std::uint32_t>& labels) {
        std::sort(medoids_.begin(), medoids_.end());
        find_nearest();
        for (auto const& p : near_)
            labels.push_back(p.medoid);
        return medoids_;
    }

private:
    struct place {
        std::uint32_t medoid = 0;
        double distance = 0;
    };

    [[nodiscard]] double distance(std::size_t a, std::size_t b) const noexcept { return matrix_[a * n_ + b]; }

    void find_nearest() {
        for (std::size_t o = 0; o < n_; ++o) {
            place first{0, std::numeric_limits<double>::infinity()};
            place second = first;
            for (std::uint32_t m = 0; m < medoids_.size(); ++m) {
                double const d = distance(medoids_[m], o);
                if (d < first.distance) {
                    second = first;
                    first = {m, d};
                } else if (d < second.distance) {
                    second = {m, d};
                }
            }
            near_[o] = first;
            second_[o] = second;
        }
        removal_.assign(medoids_.size(), 0.0);
        for (std::size_t o = 0; o < n_; ++o)
            removal_[near_[o].medoid] += second_[o].distance - near_[o].distance;
    }

    bool try_candidate(std::size_t candidate) {
        if (std::find(medoids_.begin(), medoids_.end(), candidate) != medoids_.end()) return false;
        auto change = removal_;
        double shared = 0; // what the candidate gains whichever medoid leaves
        for (std::size_t o = 0; o < n_; ++o) {
            double const d = distance(candidate, o);
            if (d < near_[o].distance) {
                shared += d - near_[o].distance;
                change[near_[o].medoid] += near_[o].distance - second_[o].distance;
            } else if (d < second_[o].distance) {
                change[near_[o].medoid] += d - second_[o].distance;
            }
        }
        auto const best = std::min_element(change.begin(), change.end());
        double const slack = 1e-12 * (objective_scale() + std::abs(shared)); // rounding must not swap forever
        if (!(*best + shared < -slack)) return false;
        medoids_[static_cast<std::size_t>(best - change.begin())] = candidate;
        ++swaps_;
        find_nearest();
        return true;
    }

    [[nodiscard]] double objective_scale() const noexcept {
        return std::accumulate(removal_.begin(), removal_.end(), 0.0);
    }

    std::span<double const> matrix_;
    std::size_t n_;
    std::vector<std::size_t> medoids_;
    std::vector<place> near_;
    std::vector<place> second_;
    std::vector<double> removal_; // what the objective loses when a medoid just leaves
    std::size_t swaps_ = 0;
};

} // namespace

k_medoids::k_medoids(std::vector<std::size_t> medoids, std::vector<double> values)
    : medoids_(std::move(medoids)), values_(std::move(values)) {
    bool const fits = !medoids_.empty() && values_.size() % medoids_.size() == 0 &&
                      std::all_of(values_.begin(), values_.end(), [](double v) { return std::isfinite(v); });
    if (!fits)
        throw issue_error("cluster.bad_medoids", "medoids", "these are no medoids",
                          std::to_string(values_.size()) + " numbers for " + std::to_string(medoids_.size()) + " medoids",
                          "finite numbers, as many for each medoid", {});
}

std::uint32_t k_medoids::nearest(std::span<double const> customer) const noexcept {
    bool const usable = !values_.empty() && customer.size() == features() &&
                        std::all_of(customer.begin(), customer.end(), [](double v) { return std::isfinite(v); });
    return usable ? detail::find_nearest(customer.data(), values_, features()).cluster : no_cluster;
}

std::uint32_t k_medoids::nearest_of(std::span<double const> dissimilarities) const noexcept {
    std::uint32_t best = no_cluster;
    double lowest = std::numeric_limits<double>::infinity();
    for (std::size_t m = 0; m < std::min(dissimilarities.size(), medoids_.size()); ++m) {
        if (!(dissimilarities[m] < lowest)) continue;
        lowest = dissimilarities[m];
        best = static_cast<std::uint32_t>(m);
    }
    return best;
}

std::string k_medoids::to_json() const {
    boost::json::object fields;
    boost::json::array medoids;
    for (auto const m : medoids_)
        medoids.push_back(static_cast<std::uint64_t>(m));
    fields["medoids"] = std::move(medoids);
    fields["values"] = detail::numbers_of(values_);
    fields["build_objective"] = build_objective_;
    fields["objective"] = objective_;
    fields["swaps"] = swaps_;
    fields["converged"] = converged_;
    return detail::write_model_document("k_medoids", 1, std::move(fields));
}

k_medoids k_medoids::from_json(std::string_view text) {
    auto const fields = detail::read_model_document(text, "k_medoids", 1);
    issue_list issues;
    detail::model_reader reader(fields, issues);
    std::vector<std::size_t> medoids;
    for (double const m : reader.numbers("medoids"))
        medoids.push_back(m >= 0 && m < 0x1p53 ? static_cast<std::size_t>(m) : 0);
    auto values = reader.numbers("values");
    double const build = reader.number("build_objective");
    double const objective = reader.number("objective");
    auto const swaps = static_cast<std::size_t>(reader.count("swaps"));
    bool const converged = reader.flag("converged");
    issues.throw_if_errors();
    k_medoids out(std::move(medoids), std::move(values));
    out.build_objective_ = build;
    out.objective_ = objective;
    out.swaps_ = swaps;
    out.converged_ = converged;
    return out;
}

k_medoids fit_k_medoids(std::span<double const> dissimilarities, k_medoids_options const& options) {
    auto const n = static_cast<std::size_t>(std::llround(std::sqrt(static_cast<double>(dissimilarities.size()))));
    issue_list issues;
    bool const whole = n > 0 && n * n == dissimilarities.size();
    auto const bad = std::find_if(dissimilarities.begin(), dissimilarities.end(),
                                  [](double v) { return !(std::isfinite(v) && v >= 0); });
    if (!whole)
        issues.error("cluster.bad_matrix", "dissimilarities", "this is no square matrix",
                     std::to_string(dissimilarities.size()) + " numbers", "a square number of them", {});
    else if (bad != dissimilarities.end())
        issues.error("cluster.bad_matrix", "dissimilarities",
                     "customers " + std::to_string((bad - dissimilarities.begin()) / static_cast<std::ptrdiff_t>(n)) +
                         " and " + std::to_string((bad - dissimilarities.begin()) % static_cast<std::ptrdiff_t>(n)) +
                         " have no dissimilarity",
                     std::to_string(*bad), "finite numbers from 0",
                     "Leave out customers that share no known attribute");
    detail::check_cluster_count(options.clusters, n, issues);
    detail::check_at_least(options.max_passes, 1, "max_passes", issues);
    issues.throw_if_errors();
    pam search(dissimilarities, n);
    search.build(options.clusters);
    double const build = search.objective();
    bool const converged = search.swap(options.max_passes);
    std::vector<std::uint32_t> labels;
    auto medoids = search.finish(labels);
    k_medoids out(std::move(medoids));
    out.labels_ = std::move(labels);
    out.build_objective_ = build;
    out.objective_ = search.objective();
    out.swaps_ = search.swaps();
    out.converged_ = converged;
    return out;
}

k_medoids fit_k_medoids(number_columns columns, k_medoids_options const& options) {
    issue_list issues;
    detail::check_cluster_data(columns, options.clusters, {}, issues);
    issues.throw_if_errors();
    auto out = fit_k_medoids(euclidean_dissimilarities(columns, options.threads), options);
    for (auto const m : out.medoids_)
        for (auto const column : columns)
            out.values_.push_back(column[m]);
    return out;
}

} // namespace v0
} // namespace segmenta
