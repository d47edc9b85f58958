// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_PRINCIPAL_COMPONENTS_HPP
#define SEGMENTA_MODEL_PRINCIPAL_COMPONENTS_HPP

/// \file
/// Principal components: the directions in which customers differ most, so that a few numbers stand for many features.
///
///     auto const model = segmenta::fit_principal_components(columns, {.variance_share = 0.9});
///     model.transform(customer, scores);      // model.components() numbers
///
/// Method: eigenvectors of the covariance matrix (divided by n - 1); K. Pearson, 1901; H. Hotelling, 1933. The sign of
/// a component is such that its largest loading by size (the first of equals) is positive, as in scikit-learn from 1.5
/// on.

#include <segmenta/stats/number_columns.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

struct principal_components_options {
    std::size_t components = 0; ///< at most this many; 0: all
    double variance_share = 1;  ///< and no more than explain this part of the variance; above 0, at most 1
    bool correlation = false;   ///< of the standardised features: then their units do not matter
};

/// A fitted rotation.
///
/// Thread safety: immutable.
class principal_components {
public:
    /// `loadings` component after component; `scales` what features are divided by. Throws `issue_error`
    /// (`components.parameters`) for numbers that do not fit or are not finite, or scales not above 0.
    principal_components(std::vector<double> means, std::vector<double> scales, std::vector<double> loadings,
                         std::vector<double> explained_variance, double total_variance);

    [[nodiscard]] std::size_t features() const noexcept { return means_.size(); }
    [[nodiscard]] std::size_t components() const noexcept { return explained_.size(); }
    [[nodiscard]] std::span<double const> means() const noexcept { return means_; }
    /// 1 unless correlations were asked for.
    [[nodiscard]] std::span<double const> scales() const noexcept { return scales_; }
    /// Weights of the features in a component; of length 1.
    [[nodiscard]] std::span<double const> loadings(std::size_t component) const noexcept {
        return std::span(loadings_).subspan(component * features(), features());
    }
    /// Variances of the components, descending, and their parts of the whole (0 when all customers are equal).
    [[nodiscard]] std::span<double const> explained_variance() const noexcept { return explained_; }
    [[nodiscard]] std::vector<double> explained_share() const;

    /// Scores of a customer into `out` (`components()` numbers); all NaN for another number of features.
    void transform(std::span<double const> customer, std::span<double> out) const noexcept;
    /// The customer of given scores; exact when all components are kept.
    void invert(std::span<double const> scores, std::span<double> customer) const noexcept;
    /// All customers, as columns. Throws `data.ragged` for another number of columns.
    [[nodiscard]] std::vector<std::vector<double>> transform(number_columns columns) const;

    [[nodiscard]] std::string to_json() const;
    /// Throws `issue_error`: codes of models (`model.*`) and `components.parameters`.
    static principal_components from_json(std::string_view text);

    friend bool operator==(principal_components const&, principal_components const&) = default;

private:
    std::vector<double> means_;
    std::vector<double> scales_;
    std::vector<double> loadings_;
    std::vector<double> explained_;
    double total_;
};

/// Throws `issue_error` with all issues: those of `check_columns`, `data.too_large`, `components.too_few` (fewer than 2
/// customers), `cluster.bad_option`. A constant column has loadings of 0. O(n features^2 + features^3).
[[nodiscard]] principal_components fit_principal_components(number_columns columns,
                                                            principal_components_options const& options = {});

} // namespace v0
} // namespace segmenta

#endif
