// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_LATENT_CLASS_HPP
#define SEGMENTA_MODEL_LATENT_CLASS_HPP

/// \file
/// Latent class analysis: customers fall into classes that nobody sees, and within a class the answers to all items are
/// independent. The model of survey segments.
///
///     auto const model = segmenta::fit_latent_class(items, {.classes = 4});
///     model.bic();                                   // smaller is better: compare numbers of classes
///
/// Method: EM with probabilities in logarithms over the different answer patterns, from random starts.
/// Source: L. Goodman, "Exploratory latent structure analysis using both identifiable and unidentifiable models",
/// Biometrika 61, 1974; as R's poLCA. Missing answers are taken as missing at random.

#include <segmenta/model/category_columns.hpp>
#include <segmenta/model/fit_diagnostics.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

struct latent_class_options {
    std::size_t classes = 2;
    std::size_t starts = 10;           ///< the highest likelihood wins, the first of equals
    std::size_t max_iterations = 2000; ///< of each start
    double tolerance = 1e-9;           ///< stop when the mean log-likelihood grows by less
    std::uint64_t seed = 0;
    unsigned threads = 1; ///< results do not depend on it; 0: all the machine has
};

/// A fitted model.
///
/// Thread safety: immutable.
class latent_class {
public:
    /// `weights` of the classes, made to sum to 1; `levels` of each item; `probabilities` class after class, in it item
    /// after item, in it level after level. Throws `issue_error` (`latent.parameters`) for numbers that do not fit or
    /// are no probabilities.
    latent_class(std::vector<double> weights, std::vector<std::size_t> levels, std::vector<double> probabilities);

    [[nodiscard]] std::size_t classes() const noexcept { return weights_.size(); }
    [[nodiscard]] std::size_t items() const noexcept { return levels_.size(); }
    [[nodiscard]] std::span<std::size_t const> levels() const noexcept { return levels_; }
    [[nodiscard]] std::span<double const> weights() const noexcept { return weights_; }
    /// Of the answer `level` to `item` in a class.
    [[nodiscard]] double probability(std::size_t of_class, std::size_t item, std::size_t level) const noexcept {
        return probabilities_[of_class * width_ + first_[item] + level];
    }

    /// `gradient_norm` and `condition_number` are NaN. `not_identified` when there are more parameters than different
    /// answer patterns could determine. Of a model made from parameters: `not_converged` and zeros.
    [[nodiscard]] fit_diagnostics const& diagnostics() const noexcept { return diagnostics_; }
    [[nodiscard]] std::size_t customers() const noexcept { return customers_; }
    [[nodiscard]] std::size_t parameter_count() const noexcept;
    /// parameters ln n - 2 log-likelihood, and 2 parameters - 2 log-likelihood.
    [[nodiscard]] double bic() const noexcept;
    [[nodiscard]] double aic() const noexcept;

    /// The logarithm of the probability of a customer's answers; `missing_category` is no answer. NaN for another
    /// number of items, minus infinity for an answer that no class gives.
    [[nodiscard]] double log_probability(std::span<std::uint32_t const> answers) const noexcept;
    /// The probabilities of the classes into `out` (as many); NaN where `log_probability` is not finite.
    void memberships(std::span<std::uint32_t const> answers, std::span<double> out) const noexcept;
    /// The most probable class, ties to the lower number; `no_class` where `log_probability` is not finite.
    [[nodiscard]] std::uint32_t nearest(std::span<std::uint32_t const> answers) const noexcept;
    static constexpr std::uint32_t no_class = 0xFFFF'FFFFU;

    [[nodiscard]] std::string to_json() const;
    /// Throws `issue_error`: codes of models (`model.*`) and `latent.parameters`.
    static latent_class from_json(std::string_view text);

    friend bool operator==(latent_class const& a, latent_class const& b) noexcept {
        return a.weights_ == b.weights_ && a.levels_ == b.levels_ && a.probabilities_ == b.probabilities_ &&
               a.customers_ == b.customers_ && a.diagnostics_.log_likelihood == b.diagnostics_.log_likelihood;
    }

private:
    friend latent_class fit_latent_class(category_columns, latent_class_options const&);
    [[nodiscard]] double log_joint(std::span<std::uint32_t const> answers, std::size_t of_class) const noexcept;

    std::vector<double> weights_;
    std::vector<std::size_t> levels_;
    std::vector<double> probabilities_;
    std::vector<std::size_t> first_; ///< where an item's levels begin
    std::size_t width_ = 0;          ///< levels of all items
    std::vector<double> log_weights_;
    std::vector<double> log_probabilities_;
    fit_diagnostics diagnostics_;
    std::size_t customers_ = 0;
};

/// Throws `issue_error` with all issues: those of `check_categories` except `data.missing`, `cluster.none`,
/// `cluster.too_many`, `cluster.bad_option`. O(starts x iterations x patterns x classes x items); needs 8 bytes a
/// customer, the patterns, and 24 bytes for each class and level of a start, of as many starts as fit into some 64 MB.
[[nodiscard]] latent_class fit_latent_class(category_columns items, latent_class_options const& options = {});

} // namespace v0
} // namespace segmenta

#endif
