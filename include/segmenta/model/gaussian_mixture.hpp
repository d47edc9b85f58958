// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_GAUSSIAN_MIXTURE_HPP
#define SEGMENTA_MODEL_GAUSSIAN_MIXTURE_HPP

/// \file
/// Mixtures of normal distributions: groups that may be long, tilted and overlapping, and every customer's probability
/// of belonging to each.
///
///     auto const model = segmenta::fit_gaussian_mixture(columns, {.components = 3});
///     model.bic();                              // smaller is better: compare numbers of components and kinds
///
/// Method: EM (A. Dempster, N. Laird, D. Rubin, JRSS B 39, 1977) with densities in logarithms, started from k-means.
/// `regularisation` is added to every variance, as in scikit-learn.

#include <segmenta/model/fit_diagnostics.hpp>
#include <segmenta/stats/number_columns.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// What the components may differ in. In brackets: how many numbers a model of k components and d features keeps.
enum class covariance_kind : std::uint8_t {
    full,      ///< each its own matrix (k d d)
    tied,      ///< one matrix for all (d d)
    diagonal,  ///< each its own variances, no correlation (k d)
    spherical, ///< each one variance (k)
};

/// `full`, `tied`, `diagonal`, `spherical`.
[[nodiscard]] std::string_view to_string(covariance_kind kind) noexcept;
/// Nothing for other words.
[[nodiscard]] std::optional<covariance_kind> parse_covariance_kind(std::string_view text) noexcept;

struct gaussian_mixture_options {
    std::size_t components = 2;
    covariance_kind kind = covariance_kind::full;
    double regularisation = 1e-6;      ///< from 0, in squared units of the features
    double tolerance = 1e-7;           ///< stop when the mean log-likelihood grows by less
    std::size_t max_iterations = 1000; ///< of each start
    std::size_t starts = 1;            ///< the highest likelihood wins, the first of equals
    std::size_t k_means_starts = 10;   ///< of the k-means each start begins with
    std::uint64_t seed = 0;
    unsigned threads = 1; ///< results do not depend on it; 0: all the machine has
};

/// What a pass of EM adds up: partial -> merge -> finish.
///
/// Thread safety: a plain value.
struct gaussian_mixture_statistics {
    double log_likelihood = 0;
    std::vector<double> weights; ///< of each component
    std::vector<double> sums;    ///< components x features
    std::vector<double> squares; ///< as the covariances of the kind: sums of products, or of squares

    void merge(gaussian_mixture_statistics const& other) noexcept;
};

/// A fitted mixture.
///
/// Thread safety: immutable.
class gaussian_mixture {
public:
    /// Weights are made to sum to 1. `means` component after component; `covariances` as stated at `covariance_kind`
    /// (of spherical: the variance). Throws `issue_error` (`mixture.parameters`) for numbers that do not fit, weights
    /// not above 0, or covariances that are no positive definite matrices.
    gaussian_mixture(covariance_kind kind, std::vector<double> weights, std::vector<double> means,
                     std::vector<double> covariances);

    [[nodiscard]] covariance_kind kind() const noexcept { return kind_; }
    [[nodiscard]] std::size_t components() const noexcept { return weights_.size(); }
    [[nodiscard]] std::size_t features() const noexcept { return means_.size() / weights_.size(); }
    [[nodiscard]] std::span<double const> weights() const noexcept { return weights_; }
    [[nodiscard]] std::span<double const> mean(std::size_t component) const noexcept {
        return std::span(means_).subspan(component * features(), features());
    }
    [[nodiscard]] std::span<double const> covariances() const noexcept { return covariances_; }

    /// Of the fit; `gradient_norm` and `condition_number` are NaN, EM knows neither. Of a model made from parameters:
    /// `not_converged` and zeros.
    [[nodiscard]] fit_diagnostics const& diagnostics() const noexcept { return diagnostics_; }
    /// Customers of the fit.
    [[nodiscard]] std::size_t customers() const noexcept { return customers_; }
    /// Free parameters.
    [[nodiscard]] std::size_t parameter_count() const noexcept;
    /// parameters ln n - 2 log-likelihood (G. Schwarz, 1978), and 2 parameters - 2 log-likelihood (H. Akaike, 1974).
    [[nodiscard]] double bic() const noexcept;
    [[nodiscard]] double aic() const noexcept;

    /// The logarithm of the density at a customer; NaN for another number of features or one that is not finite.
    [[nodiscard]] double log_density(std::span<double const> customer) const noexcept;
    /// The probabilities of the components into `out` (as many). All NaN where `log_density` is.
    void probabilities(std::span<double const> customer, std::span<double> out) const noexcept;
    /// That of one component, the same number as `probabilities` gives. `component` is below `components()`.
    [[nodiscard]] double probability(std::span<double const> customer, std::size_t component) const noexcept;
    /// The most probable component, ties to the lower number; `no_component` where `log_density` is NaN.
    [[nodiscard]] std::uint32_t nearest(std::span<double const> customer) const noexcept;
    static constexpr std::uint32_t no_component = 0xFFFF'FFFFU;
    /// `nearest` for all customers. Throws `data.ragged` for other shapes.
    void assign(number_columns columns, std::span<std::uint32_t> labels, unsigned threads = 1) const;

    /// Adds the customers [begin, end) of row-major data to the sums of an EM pass.
    void add_rows(std::span<double const> rows, gaussian_mixture_statistics& into) const;

    [[nodiscard]] std::string to_json() const;
    /// Throws `issue_error`: codes of models (`model.*`) and `mixture.parameters`.
    static gaussian_mixture from_json(std::string_view text);

    friend bool operator==(gaussian_mixture const& a, gaussian_mixture const& b) noexcept {
        return a.kind_ == b.kind_ && a.weights_ == b.weights_ && a.means_ == b.means_ &&
               a.covariances_ == b.covariances_ && a.customers_ == b.customers_ &&
               a.diagnostics_.log_likelihood == b.diagnostics_.log_likelihood;
    }

private:
    friend gaussian_mixture fit_gaussian_mixture(number_columns, gaussian_mixture_options const&);
    [[nodiscard]] double log_component(double const* customer, std::size_t component) const noexcept;

    covariance_kind kind_;
    std::vector<double> weights_;
    std::vector<double> means_;
    std::vector<double> covariances_;
    std::vector<double> whiteners_; ///< inverse Cholesky factors (below the diagonal), or inverse deviations
    std::vector<double> constants_; ///< ln weight - ln sqrt det(2 pi covariance)
    fit_diagnostics diagnostics_;
    std::size_t customers_ = 0;
};

/// Throws `issue_error` with all issues: those of `check_columns`, `data.too_large`, `cluster.none`,
/// `cluster.too_many`, `cluster.too_few_distinct`, `cluster.bad_option`, and `mixture.collapsed` when a component
/// shrinks to fewer dimensions (only without regularisation). O(customers x components x features^2) an iteration.
[[nodiscard]] gaussian_mixture fit_gaussian_mixture(number_columns columns,
                                                    gaussian_mixture_options const& options = {});

} // namespace v0
} // namespace segmenta

#endif
