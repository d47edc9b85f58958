// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/k_medoids.hpp>

#include "base/large_array.hpp"
#include "model/cluster_data.hpp"
#include "model/dissimilarities.hpp"
#include "model/model_document.hpp"

#include <segmenta/base/parallel.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

namespace segmenta {
inline namespace v0 {
namespace {

// In four lanes, since additions wait for each other.
double sum_of_smaller(double const* a, double const* b, std::size_t n) noexcept {
    using pair = double __attribute__((vector_size(16)));
    auto const load = [](pair& to, double const* from) { std::memcpy(&to, from, sizeof to); };
    pair sums[2] = {};
    std::size_t i = 0;
    for (; i + 4 <= n; i += 4)
        for (std::size_t k = 0; k < 2; ++k) {
            pair x;
            pair y;
            load(x, a + i + 2 * k);
            load(y, b + i + 2 * k);
            sums[k] += x < y ? x : y;
        }
    for (; i < n; ++i)
        sums[0][0] += std::min(a[i], b[i]);
    return (sums[0][0] + sums[0][1]) + (sums[1][0] + sums[1][1]);
}

// Build and swaps over one matrix. Candidates are tried by several threads, and what they would change does not hang on
// who tries them.
class pam {
public:
    pam(std::span<double const> matrix, std::size_t n, thread_team& team)
        : matrix_(matrix), n_(n), team_(team), near_(n), second_(n) {}

    void build(std::size_t clusters) {
        std::vector<double> best(n_, std::numeric_limits<double>::infinity());
        std::vector<bool> taken(n_, false);
        std::vector<double> sums(n_);
        while (medoids_.size() < clusters) {
            team_.for_blocks(n_, [&](std::size_t j) {
                if (!taken[j]) sums[j] = sum_of_smaller(best.data(), row(j), n_);
            });
            std::size_t choice = n_;
            for (std::size_t j = 0; j < n_; ++j)
                if (!taken[j] && (choice == n_ || sums[j] < sums[choice])) choice = j;
            taken[choice] = true;
            medoids_.push_back(choice);
            for (std::size_t o = 0; o < n_; ++o)
                best[o] = std::min(best[o], distance(choice, o));
        }
        find_nearest();
    }

    // Whether a pass over all candidates found no swap. The next candidates are tried at once, as if one came after the
    // other: behind the first that is taken in, the others have to wait for their turn.
    bool swap(std::size_t max_passes) {
        // With one medoid BUILD tried every customer.
        if (medoids_.size() == 1) return true;
        constexpr std::size_t most = 64;
        std::size_t const least = team_.threads();
        std::size_t together = least;
        std::size_t idle = 0; // candidates since the last swap
        for (std::size_t step = 0; step < max_passes * n_ && idle < n_;) {
            std::size_t const count = std::min({together, n_ - idle, max_passes * n_ - step});
            std::vector<trial> trials(count);
            team_.for_blocks(count, [&](std::size_t i) { trials[i] = try_candidate((step + i) % n_); });
            auto const taken = std::find_if(trials.begin(), trials.end(), [](trial const& t) { return t.better; });
            if (taken == trials.end()) {
                step += count;
                idle += count;
                together = std::max(least, std::min(2 * together, most));
                continue;
            }
            step += static_cast<std::size_t>(taken - trials.begin()) + 1;
            idle = 0;
            together = least;
            medoids_[taken->leaves] = taken->candidate;
            ++swaps_;
            find_nearest();
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

    struct trial {
        std::size_t candidate = 0;
        std::size_t leaves = 0; // number of the medoid
        bool better = false;
    };

    [[nodiscard]] double const* row(std::size_t a) const noexcept { return matrix_.data() + a * n_; }
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

    [[nodiscard]] trial try_candidate(std::size_t candidate) const {
        if (std::find(medoids_.begin(), medoids_.end(), candidate) != medoids_.end()) return {};
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
        return {candidate, static_cast<std::size_t>(best - change.begin()), *best + shared < -slack};
    }

    [[nodiscard]] double objective_scale() const noexcept {
        return std::accumulate(removal_.begin(), removal_.end(), 0.0);
    }

    std::span<double const> matrix_;
    std::size_t n_;
    thread_team& team_;
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
                          std::to_string(values_.size()) + " numbers for " + std::to_string(medoids_.size()) +
                              " medoids",
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

namespace {

// The first number that is no dissimilarity; how many there are when all are.
std::size_t first_bad(std::span<double const> dissimilarities, thread_team& team) {
    constexpr std::size_t block = std::size_t{1} << 16;
    std::vector<std::size_t> found((dissimilarities.size() + block - 1) / block, dissimilarities.size());
    team.for_blocks(found.size(), [&](std::size_t b) {
        auto const part = dissimilarities.subspan(b * block, std::min(block, dissimilarities.size() - b * block));
        auto const bad = std::find_if(part.begin(), part.end(), [](double v) { return !(std::isfinite(v) && v >= 0); });
        if (bad != part.end()) found[b] = b * block + static_cast<std::size_t>(bad - part.begin());
    });
    return found.empty() ? 0 : *std::min_element(found.begin(), found.end());
}

} // namespace

k_medoids fit_k_medoids(std::span<double const> dissimilarities, k_medoids_options const& options) {
    auto const n = static_cast<std::size_t>(std::llround(std::sqrt(static_cast<double>(dissimilarities.size()))));
    issue_list issues;
    thread_team team(options.threads);
    bool const whole = n > 0 && n * n == dissimilarities.size();
    std::size_t const bad = first_bad(dissimilarities, team);
    if (!whole)
        issues.error("cluster.bad_matrix", "dissimilarities", "this is no square matrix",
                     std::to_string(dissimilarities.size()) + " numbers", "a square number of them", {});
    else if (bad < dissimilarities.size())
        issues.error("cluster.bad_matrix", "dissimilarities",
                     "customers " + std::to_string(bad / n) + " and " + std::to_string(bad % n) +
                         " have no dissimilarity",
                     std::to_string(dissimilarities[bad]), "finite numbers from 0",
                     "Leave out customers that share no known attribute");
    detail::check_cluster_count(options.clusters, n, issues);
    detail::check_at_least(options.max_passes, 1, "max_passes", issues);
    issues.throw_if_errors();
    pam search(dissimilarities, n, team);
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
    thread_team team(options.threads);
    detail::large_array<double> matrix(row_count(columns) * row_count(columns));
    detail::euclidean_into(columns, matrix.all(), team);
    auto out = fit_k_medoids(matrix.all(), options);
    for (auto const m : out.medoids_)
        for (auto const column : columns)
            out.values_.push_back(column[m]);
    return out;
}

} // namespace v0
} // namespace segmenta
