// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/gaussian_mixture.hpp>

#include "model/cluster_data.hpp"
#include "model/log_shares.hpp"
#include "model/model_document.hpp"

#include <segmenta/base/parallel.hpp>
#include <segmenta/model/k_means.hpp>

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include <boost/json/array.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <optional>

namespace segmenta {
inline namespace v0 {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t block_rows = 1024;
using matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

constexpr bool has_matrices(covariance_kind kind) noexcept {
    return kind == covariance_kind::full || kind == covariance_kind::tied;
}

// Numbers of one component's covariance.
std::size_t covariance_size(covariance_kind kind, std::size_t features) noexcept {
    if (has_matrices(kind)) return features * features;
    return kind == covariance_kind::diagonal ? features : 1;
}
std::size_t covariance_count(covariance_kind kind, std::size_t components) noexcept {
    return kind == covariance_kind::tied ? 1 : components;
}

// The whitener of one covariance and the logarithm of its determinant; nothing when it is not positive definite.
struct whitener {
    std::vector<double> numbers;
    double log_determinant = 0;
};
std::optional<whitener> whiten(covariance_kind kind, std::span<double const> covariance, std::size_t features) {
    whitener out;
    if (!has_matrices(kind)) {
        for (std::size_t j = 0; j < features; ++j) {
            double const variance = covariance[kind == covariance_kind::diagonal ? j : 0];
            if (!(variance > 0) || !std::isfinite(variance)) return std::nullopt;
            out.numbers.push_back(1 / std::sqrt(variance));
            out.log_determinant += std::log(variance);
        }
        return out;
    }
    auto const d = static_cast<Eigen::Index>(features);
    Eigen::Map<matrix const> const sigma(covariance.data(), d, d);
    Eigen::LLT<matrix> const factor(sigma);
    if (factor.info() != Eigen::Success) return std::nullopt;
    matrix lower = factor.matrixL();
    for (Eigen::Index j = 0; j < d; ++j) {
        if (!(lower(j, j) > 0) || !std::isfinite(lower(j, j))) return std::nullopt;
        out.log_determinant += 2 * std::log(lower(j, j));
    }
    matrix const inverse = factor.matrixL().solve(matrix::Identity(d, d));
    out.numbers.assign(inverse.data(), inverse.data() + inverse.size());
    return out;
}

} // namespace

std::string_view to_string(covariance_kind kind) noexcept {
    switch (kind) {
    case covariance_kind::full: return "full";
    case covariance_kind::tied: return "tied";
    case covariance_kind::diagonal: return "diagonal";
    case covariance_kind::spherical: break;
    }
    return "spherical";
}

std::optional<covariance_kind> parse_covariance_kind(std::string_view text) noexcept {
    for (auto const kind :
         {covariance_kind::full, covariance_kind::tied, covariance_kind::diagonal, covariance_kind::spherical})
        if (text == to_string(kind)) return kind;
    return std::nullopt;
}

void gaussian_mixture_statistics::merge(gaussian_mixture_statistics const& other) noexcept {
    log_likelihood += other.log_likelihood;
    for (std::size_t i = 0; i < weights.size(); ++i)
        weights[i] += other.weights[i];
    for (std::size_t i = 0; i < sums.size(); ++i)
        sums[i] += other.sums[i];
    for (std::size_t i = 0; i < squares.size(); ++i)
        squares[i] += other.squares[i];
}

gaussian_mixture::gaussian_mixture(covariance_kind kind, std::vector<double> weights, std::vector<double> means,
                                   std::vector<double> covariances)
    : kind_(kind), weights_(std::move(weights)), means_(std::move(means)), covariances_(std::move(covariances)) {
    auto const refuse = [](char const* what, std::string seen, char const* allowed) {
        throw issue_error("mixture.parameters", "mixture", what, std::move(seen), allowed, {});
    };
    std::size_t const k = weights_.size();
    bool const shaped = k > 0 && !means_.empty() && means_.size() % k == 0;
    if (!shaped)
        refuse("the means do not fit the weights", std::to_string(means_.size()), "as many for each component");
    std::size_t const d = means_.size() / k;
    std::size_t const size = covariance_size(kind, d);
    if (covariances_.size() != size * covariance_count(kind, k))
        refuse("the covariances do not fit their kind", std::to_string(covariances_.size()),
               "as stated at covariance_kind");
    if (std::any_of(weights_.begin(), weights_.end(), [](double w) { return !(w > 0) || !std::isfinite(w); }))
        refuse("a weight is not above 0", {}, "finite weights above 0");
    if (std::any_of(means_.begin(), means_.end(), [](double m) { return !std::isfinite(m); }))
        refuse("a mean is not finite", {}, "finite means");
    double const total = std::accumulate(weights_.begin(), weights_.end(), 0.0);
    // dividing what already sums to 1 up to rounding would change bits each time a model is read
    if (std::abs(total - 1) > 1e-12)
        for (double& w : weights_)
            w /= total;
    for (std::size_t c = 0; c < k; ++c) {
        std::size_t const at = covariance_count(kind, k) == 1 ? 0 : c;
        auto const white = whiten(kind, std::span(covariances_).subspan(at * size, size), d);
        if (!white)
            refuse("a covariance is not positive definite", "component " + std::to_string(c),
                   "positive variances, and matrices with a Cholesky factor");
        whiteners_.insert(whiteners_.end(), white->numbers.begin(), white->numbers.end());
        constants_.push_back(std::log(weights_[c]) -
                             (white->log_determinant + static_cast<double>(d) * std::log(2 * std::numbers::pi)) / 2);
    }
}

std::size_t gaussian_mixture::parameter_count() const noexcept {
    std::size_t const d = features();
    std::size_t const one = has_matrices(kind_) ? d * (d + 1) / 2 : covariance_size(kind_, d);
    return one * covariance_count(kind_, components()) + components() * d + components() - 1;
}

double gaussian_mixture::bic() const noexcept {
    return static_cast<double>(parameter_count()) * std::log(static_cast<double>(customers_)) -
           2 * diagnostics_.log_likelihood;
}

double gaussian_mixture::aic() const noexcept {
    return 2 * static_cast<double>(parameter_count()) - 2 * diagnostics_.log_likelihood;
}

double gaussian_mixture::log_component(double const* customer, std::size_t component) const noexcept {
    std::size_t const d = features();
    double const* const centre = means_.data() + component * d;
    double squared = 0;
    if (has_matrices(kind_)) {
        double const* row = whiteners_.data() + component * d * d;
        for (std::size_t i = 0; i < d; ++i, row += d) {
            double z = 0;
            for (std::size_t j = 0; j <= i; ++j)
                z += row[j] * (customer[j] - centre[j]);
            squared += z * z;
        }
    } else {
        double const* const scale = whiteners_.data() + component * d;
        for (std::size_t j = 0; j < d; ++j) {
            double const z = scale[j] * (customer[j] - centre[j]);
            squared += z * z;
        }
    }
    return constants_[component] - squared / 2;
}

double gaussian_mixture::log_density(std::span<double const> customer) const noexcept {
    bool const usable = customer.size() == features() &&
                        std::all_of(customer.begin(), customer.end(), [](double v) { return std::isfinite(v); });
    if (!usable) return nan;
    double highest = -std::numeric_limits<double>::infinity();
    for (std::size_t c = 0; c < components(); ++c)
        highest = std::max(highest, log_component(customer.data(), c));
    if (!std::isfinite(highest)) return highest; // squares that overflow: the density is 0
    double sum = 0;
    for (std::size_t c = 0; c < components(); ++c)
        sum += std::exp(log_component(customer.data(), c) - highest);
    return highest + std::log(sum);
}

void gaussian_mixture::probabilities(std::span<double const> customer, std::span<double> out) const noexcept {
    double const total = log_density(customer);
    for (std::size_t c = 0; c < std::min(out.size(), components()); ++c)
        out[c] = std::isfinite(total) ? std::exp(log_component(customer.data(), c) - total) : nan;
}

double gaussian_mixture::probability(std::span<double const> customer, std::size_t component) const noexcept {
    double const total = log_density(customer);
    return std::isfinite(total) ? std::exp(log_component(customer.data(), component) - total) : nan;
}

std::uint32_t gaussian_mixture::nearest(std::span<double const> customer) const noexcept {
    if (std::isnan(log_density(customer))) return no_component;
    std::uint32_t best = 0;
    double highest = -std::numeric_limits<double>::infinity();
    for (std::uint32_t c = 0; c < components(); ++c) {
        double const here = log_component(customer.data(), c);
        if (!(here > highest)) continue;
        highest = here;
        best = c;
    }
    return best;
}

void gaussian_mixture::assign(number_columns columns, std::span<std::uint32_t> labels, unsigned threads) const {
    bool const fits = columns.size() == features() && std::all_of(columns.begin(), columns.end(), [&](auto const& c) {
                          return c.size() == labels.size();
                      });
    if (!fits)
        throw issue_error("data.ragged", "columns", "the columns do not fit the model or the labels",
                          std::to_string(columns.size()) + " columns",
                          std::to_string(features()) + " columns of " + std::to_string(labels.size()) + " rows", {});
    parallel_for_blocks(threads, (labels.size() + block_rows - 1) / block_rows, [&](std::size_t b) {
        std::vector<double> row(features());
        for (std::size_t i = b * block_rows; i < std::min(labels.size(), (b + 1) * block_rows); ++i) {
            for (std::size_t j = 0; j < row.size(); ++j)
                row[j] = columns[j][i];
            labels[i] = nearest(row);
        }
    });
}

namespace {

gaussian_mixture_statistics empty_statistics(covariance_kind kind, std::size_t components, std::size_t features) {
    gaussian_mixture_statistics out;
    out.weights.assign(components, 0.0);
    out.sums.assign(components * features, 0.0);
    std::size_t const one = has_matrices(kind) ? features * features : features;
    out.squares.assign(one * covariance_count(kind, components), 0.0);
    return out;
}

// Adds a customer with its shares in the components.
void add_row(covariance_kind kind, double const* x, std::size_t features, std::span<double const> shares,
             gaussian_mixture_statistics& into) noexcept {
    auto const add_products = [&](double* to, double share) {
        if (!has_matrices(kind)) {
            for (std::size_t j = 0; j < features; ++j)
                to[j] += share * x[j] * x[j];
            return;
        }
        for (std::size_t i = 0; i < features; ++i)
            for (std::size_t j = 0; j <= i; ++j)
                to[i * features + j] += share * x[i] * x[j];
    };
    std::size_t const one = has_matrices(kind) ? features * features : features;
    for (std::size_t c = 0; c < shares.size(); ++c) {
        into.weights[c] += shares[c];
        for (std::size_t j = 0; j < features; ++j)
            into.sums[c * features + j] += shares[c] * x[j];
        if (kind != covariance_kind::tied) add_products(into.squares.data() + c * one, shares[c]);
    }
    if (kind == covariance_kind::tied) add_products(into.squares.data(), 1);
}

struct mixture_parameters {
    std::vector<double> weights;
    std::vector<double> means;
    std::vector<double> covariances;
};

// The maximum given the shares; `s.squares` are about 0, which is the overall mean of the data.
mixture_parameters maximise(covariance_kind kind, gaussian_mixture_statistics const& s, std::size_t features,
                            double regularisation) {
    std::size_t const k = s.weights.size();
    mixture_parameters out;
    out.means = s.sums;
    double total = 0;
    for (std::size_t c = 0; c < k; ++c) {
        // a component that lost all customers keeps a trace, as in scikit-learn, instead of dividing by 0
        double const weight = s.weights[c] + 10 * std::numeric_limits<double>::epsilon();
        out.weights.push_back(weight);
        total += weight;
        for (std::size_t j = 0; j < features; ++j)
            out.means[c * features + j] /= weight;
    }
    std::size_t const one = has_matrices(kind) ? features * features : features;
    for (std::size_t m = 0; m < covariance_count(kind, k); ++m) {
        std::vector<double> sum(s.squares.begin() + static_cast<std::ptrdiff_t>(m * one),
                                s.squares.begin() + static_cast<std::ptrdiff_t>((m + 1) * one));
        bool const all = kind == covariance_kind::tied;
        double const weight = all ? total : out.weights[m];
        for (std::size_t c = all ? 0 : m; c < (all ? k : m + 1); ++c) {
            double const* const mean = out.means.data() + c * features;
            if (!has_matrices(kind)) {
                for (std::size_t j = 0; j < features; ++j)
                    sum[j] -= out.weights[c] * mean[j] * mean[j];
                continue;
            }
            for (std::size_t i = 0; i < features; ++i)
                for (std::size_t j = 0; j <= i; ++j)
                    sum[i * features + j] -= out.weights[c] * mean[i] * mean[j];
        }
        for (double& v : sum)
            v /= weight;
        if (has_matrices(kind)) {
            for (std::size_t i = 0; i < features; ++i) {
                sum[i * features + i] = std::max(sum[i * features + i], 0.0) + regularisation;
                for (std::size_t j = 0; j < i; ++j)
                    sum[j * features + i] = sum[i * features + j];
            }
        } else {
            for (double& v : sum)
                v = std::max(v, 0.0) + regularisation;
            if (kind == covariance_kind::spherical)
                sum = {std::accumulate(sum.begin(), sum.end(), 0.0) / static_cast<double>(features)};
        }
        out.covariances.insert(out.covariances.end(), sum.begin(), sum.end());
    }
    for (double& w : out.weights)
        w /= total;
    return out;
}

} // namespace

void gaussian_mixture::add_rows(std::span<double const> rows, gaussian_mixture_statistics& into) const {
    std::size_t const d = features();
    if (into.weights.size() != components()) into = empty_statistics(kind_, components(), d);
    std::vector<double> shares(components());
    for (std::size_t at = 0; at + d <= rows.size(); at += d) {
        for (std::size_t c = 0; c < shares.size(); ++c)
            shares[c] = log_component(rows.data() + at, c);
        into.log_likelihood += detail::shares_of_logs(shares);
        add_row(kind_, rows.data() + at, d, shares, into);
    }
}

namespace {

// EM over data moved so that its mean is 0: then products about 0 lose no digits.
class em {
public:
    em(number_columns columns, std::span<detail::column_range const> ranges, gaussian_mixture_options const& options,
       thread_team& team)
        : columns_(columns), options_(options), team_(team), d_(columns.size()), n_(row_count(columns)),
          rows_(n_ * d_) {
        for (auto const& range : ranges)
            shift_.push_back(range.sum / static_cast<double>(n_));
        team.for_blocks((n_ + block_rows - 1) / block_rows, [&](std::size_t b) {
            for (std::size_t j = 0; j < d_; ++j)
                for (std::size_t i = b * block_rows; i < std::min(n_, (b + 1) * block_rows); ++i)
                    rows_[i * d_ + j] = columns[j][i] - shift_[j];
        });
    }

    struct result {
        mixture_parameters at;
        fit_diagnostics diagnostics;
    };

    [[nodiscard]] result run(std::uint64_t seed) const {
        result out;
        out.diagnostics.gradient_norm = out.diagnostics.condition_number = nan;
        out.at = make(start(seed));
        double before = -std::numeric_limits<double>::infinity();
        double const n = static_cast<double>(n_);
        while (true) {
            auto const sums = pass(model_of(out.at));
            ++out.diagnostics.evaluations;
            out.diagnostics.log_likelihood = sums.log_likelihood;
            if (std::abs(sums.log_likelihood / n - before) < options_.tolerance) {
                out.diagnostics.state = identification::identified;
                break;
            }
            if (out.diagnostics.evaluations > options_.max_iterations) {
                out.diagnostics.remark = "EM stopped after max_iterations; allow more, or a larger tolerance";
                break;
            }
            before = sums.log_likelihood / n;
            out.at = make(sums);
        }
        for (std::size_t i = 0; i < out.at.means.size(); ++i)
            out.at.means[i] += shift_[i % d_];
        return out;
    }

private:
    [[nodiscard]] mixture_parameters make(gaussian_mixture_statistics const& sums) const {
        return maximise(options_.kind, sums, d_, options_.regularisation);
    }

    [[nodiscard]] gaussian_mixture model_of(mixture_parameters const& p) const {
        try {
            return {options_.kind, p.weights, p.means, p.covariances};
        } catch (issue_error const&) {
            throw issue_error("mixture.collapsed", "columns",
                              "a component has no extent in some direction: its likelihood has no maximum", {}, {},
                              "Give a regularisation above 0, fewer components, or leave out constant columns");
        }
    }

    [[nodiscard]] gaussian_mixture_statistics start(std::uint64_t seed) const {
        auto const means = fit_k_means(columns_, {.clusters = options_.components,
                                                  .starts = options_.k_means_starts,
                                                  .seed = seed,
                                                  .threads = options_.threads});
        std::vector<std::uint32_t> labels(n_);
        means.assign(columns_, labels, options_.threads);
        return sum_blocks([&](std::size_t first, std::size_t rows, gaussian_mixture_statistics& part) {
            part = empty_statistics(options_.kind, options_.components, d_);
            std::vector<double> shares(options_.components);
            for (std::size_t i = first; i < first + rows; ++i) {
                shares[labels[i]] = 1;
                add_row(options_.kind, rows_.data() + i * d_, d_, shares, part);
                shares[labels[i]] = 0;
            }
        });
    }

    [[nodiscard]] gaussian_mixture_statistics pass(gaussian_mixture const& model) const {
        return sum_blocks([&](std::size_t first, std::size_t rows, gaussian_mixture_statistics& part) {
            model.add_rows(std::span(rows_).subspan(first * d_, rows * d_), part);
        });
    }

    // Calls sum(first row, rows, part) for blocks of rows and merges the parts in order.
    template <class Sum>
    [[nodiscard]] gaussian_mixture_statistics sum_blocks(Sum const& sum) const {
        // as many blocks as memory for their sums allows, never depending on the threads
        std::size_t const rows = std::max(block_rows, (n_ + 255) / 256);
        std::size_t const blocks = (n_ + rows - 1) / rows;
        std::vector<gaussian_mixture_statistics> parts(blocks);
        team_.for_blocks(blocks, [&](std::size_t b) {
            std::size_t const first = b * rows;
            sum(first, std::min(rows, n_ - first), parts[b]);
        });
        for (std::size_t b = 1; b < blocks; ++b)
            parts[0].merge(parts[b]);
        return std::move(parts[0]);
    }

    number_columns columns_;
    gaussian_mixture_options const& options_;
    thread_team& team_;
    std::size_t d_;
    std::size_t n_;
    std::vector<double> shift_;
    std::vector<double> rows_;
};

} // namespace

gaussian_mixture fit_gaussian_mixture(number_columns columns, gaussian_mixture_options const& options) {
    issue_list issues;
    thread_team team(options.threads);
    auto const ranges = detail::ranges_of(columns, team);
    detail::check_cluster_data(columns, ranges, options.components, {}, issues);
    detail::check_at_least(options.starts, 1, "starts", issues);
    detail::check_at_least(options.k_means_starts, 1, "k_means_starts", issues);
    detail::check_at_least(options.max_iterations, 1, "max_iterations", issues);
    for (auto const& [name, value] :
         {std::pair{"regularisation", options.regularisation}, std::pair{"tolerance", options.tolerance}})
        if (!(std::isfinite(value) && value >= 0))
            issues.error("cluster.bad_option", std::string("options ") + name, "this option is no number from 0",
                         std::to_string(value), "0 or more", {});
    issues.throw_if_errors();
    em const search(columns, ranges, options, team);
    std::optional<em::result> best;
    for (std::size_t s = 0; s < options.starts; ++s) {
        auto here = search.run(options.seed + s);
        if (!best || here.diagnostics.log_likelihood > best->diagnostics.log_likelihood) best = std::move(here);
    }
    gaussian_mixture out(options.kind, std::move(best->at.weights), std::move(best->at.means),
                         std::move(best->at.covariances));
    out.diagnostics_ = std::move(best->diagnostics);
    out.customers_ = row_count(columns);
    return out;
}

std::string gaussian_mixture::to_json() const {
    boost::json::object fields;
    fields["kind"] = to_string(kind_);
    fields["weights"] = detail::numbers_of(weights_);
    fields["means"] = detail::numbers_of(means_);
    fields["covariances"] = detail::numbers_of(covariances_);
    fields["customers"] = customers_;
    fields["log_likelihood"] = detail::number_or_null(diagnostics_.log_likelihood);
    fields["converged"] = diagnostics_.state == identification::identified;
    fields["evaluations"] = diagnostics_.evaluations;
    fields["remark"] = diagnostics_.remark;
    return detail::write_model_document("gaussian_mixture", 1, std::move(fields));
}

gaussian_mixture gaussian_mixture::from_json(std::string_view text) {
    auto const fields = detail::read_model_document(text, "gaussian_mixture", 1);
    issue_list issues;
    detail::model_reader reader(fields, issues);
    auto const kind = parse_covariance_kind(reader.text("kind"));
    if (!kind)
        issues.error("model.bad_field", "model /kind", "this is no kind of covariance", {},
                     "full, tied, diagonal or spherical", {});
    auto weights = reader.numbers("weights");
    auto means = reader.numbers("means");
    auto covariances = reader.numbers("covariances");
    auto const customers = static_cast<std::size_t>(reader.count("customers"));
    fit_diagnostics diagnostics;
    diagnostics.log_likelihood = reader.number("log_likelihood");
    diagnostics.state = reader.flag("converged") ? identification::identified : identification::not_converged;
    diagnostics.evaluations = static_cast<std::size_t>(reader.count("evaluations"));
    diagnostics.remark = reader.text("remark");
    diagnostics.gradient_norm = diagnostics.condition_number = nan;
    issues.throw_if_errors();
    gaussian_mixture out(*kind, std::move(weights), std::move(means), std::move(covariances));
    out.diagnostics_ = std::move(diagnostics);
    out.customers_ = customers;
    return out;
}

} // namespace v0
} // namespace segmenta
