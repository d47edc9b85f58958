// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_SCORECARD_HPP
#define SEGMENTA_MODEL_SCORECARD_HPP

/// \file
/// Scorecards: points for each bin of each variable, from a logistic regression on weights of evidence. A score is
/// offset - factor x ln(odds of the event), so that it is `points0` at `odds0` and `pdo` points halve the odds; the
/// points of a bin are its share of that, and the points of a customer add up to the score exactly.
///
/// Source: N. Siddiqi, "Credit Risk Scorecards", 2006, ch. 6 (scaling, reason codes); defaults of the package
/// scorecard.
///
///     scorecard const card = fit_scorecard(columns, bad, {.variables = {{.name = "age"}, {.name = "housing"}}});
///     std::array<scorecard_value, 2> const customer{35.0, "own"};
///     card.score(customer);
///     card.reasons(customer)[0].variable;   // where most points were lost

#include <segmenta/error.hpp>
#include <segmenta/model/logistic.hpp>
#include <segmenta/model/woe_binning.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// Where the points go that hang on no variable.
enum class base_points : std::uint8_t {
    own,    ///< a number of their own, beside the variables
    shared, ///< in equal parts to the variables; the card then has no base
};

/// From odds to points.
struct scorecard_scale {
    double points0 = 600;    ///< the score at `odds0`
    double odds0 = 1.0 / 19; ///< events for one non-event (one bad to nineteen good), above 0
    double pdo = 50;         ///< points that halve the odds, above 0: a higher score is safer
    base_points base = base_points::own;
    bool whole_points = false; ///< points of each bin and of the base are rounded, halves away from 0

    /// pdo / ln 2.
    [[nodiscard]] double factor() const noexcept;
    /// points0 + factor x ln(odds0): the score at odds of 1.
    [[nodiscard]] double offset() const noexcept;
    friend bool operator==(scorecard_scale const&, scorecard_scale const&) = default;
};

/// What a customer has of one variable: a number (NaN: missing) or a text (empty: missing).
using scorecard_value = std::variant<double, std::string_view>;

/// One variable of many customers: numbers or texts, the other one empty.
struct scorecard_column {
    std::span<double const> numbers{};
    std::span<std::string_view const> texts{};

    [[nodiscard]] std::size_t size() const noexcept { return texts.empty() ? numbers.size() : texts.size(); }
};

/// One variable of a card.
struct scorecard_variable {
    woe_binning bins;
    double coefficient = 0;     ///< of its weight of evidence
    std::vector<double> points; ///< for each row of the table of `bins`

    /// Of the best bin that had rows in training.
    [[nodiscard]] double best_points() const noexcept;

    friend bool operator==(scorecard_variable const&, scorecard_variable const&) = default;
};

/// What one variable did to a score.
struct score_reason {
    std::string_view variable; ///< the name of its bins, which lives as long as the card
    std::string_view bin;      ///< the label of the customer's bin, likewise
    double points = 0;
    double shortfall = 0; ///< points of the best bin seen in training, less these
};

/// How to fit a card.
struct scorecard_options {
    std::vector<woe_options> variables{}; ///< one for each column
    logistic_options regression{};        ///< names are those of the variables
    scorecard_scale scale{};
};

/// A scorecard.
///
/// Thread safety: immutable; concurrent use is safe.
class scorecard {
public:
    /// For researchers: a card of known parts, one coefficient for each variable. Throws `issue_error` with all of
    /// `scorecard.variables` (none, a name twice, another number of coefficients, a weight of evidence of either sign
    /// convention beside the other), `scorecard.parameters` (not finite), `scorecard.scale`.
    scorecard(std::vector<woe_binning> variables, double intercept, std::vector<double> const& coefficients,
              scorecard_scale scale = {});

    [[nodiscard]] std::span<scorecard_variable const> variables() const noexcept { return variables_; }
    [[nodiscard]] scorecard_scale const& scale() const noexcept { return scale_; }
    [[nodiscard]] double intercept() const noexcept { return intercept_; }
    /// Points before those of the variables; 0 when they are shared.
    [[nodiscard]] double base() const noexcept { return base_; }
    /// `scorecard.wrong_sign` for each variable whose coefficient turns its own weight of evidence around, so that
    /// riskier bins get more points: mostly a variable that says nothing, or repeats another.
    [[nodiscard]] issue_list const& warnings() const noexcept { return warnings_; }

    /// base + points, summed in the order of the variables. `customer` has one value for each variable. NaN where a
    /// weight of evidence is (see `fallback_woe::not_a_number`).
    [[nodiscard]] double score(std::span<scorecard_value const> customer) const noexcept;
    /// Of many customers; one column for each variable, all as long as `out`.
    void score(std::span<scorecard_column const> columns, std::span<double> out) const noexcept;
    /// Of the event, by the regression; without the rounding of points.
    [[nodiscard]] double probability(std::span<scorecard_value const> customer) const noexcept;
    /// Of the event at a score: 1 / (1 + exp((score - offset) / factor)).
    [[nodiscard]] double probability_at(double score) const noexcept;

    /// One for each variable, the largest shortfall first, equal ones in the order of the variables. Their points and
    /// the base add up to the score; the best score less their shortfalls does too.
    [[nodiscard]] std::vector<score_reason> reasons(std::span<scorecard_value const> customer) const;
    /// The score of a customer in the best bin of each variable.
    [[nodiscard]] double best_score() const noexcept;

    [[nodiscard]] std::string to_json() const;
    /// Throws `issue_error`: what the documents of models say, and what the constructors say.
    static scorecard from_json(std::string_view text);

private:
    [[nodiscard]] static std::size_t bin_of(woe_binning const& bins, scorecard_value const& value) noexcept;
    void give_points();
    void find_wrong_signs();

    std::vector<scorecard_variable> variables_;
    double intercept_ = 0;
    scorecard_scale scale_;
    double base_ = 0;
    issue_list warnings_;
};

/// Bins each column against `events` and fits a logistic regression on the weights of evidence. Warnings of the card
/// say which coefficients make no sense. Throws `issue_error`: `scorecard.variables` (another number of options than
/// columns), what `fit_woe_binning` says of each column, and what `fit_logistic` says.
[[nodiscard]] scorecard fit_scorecard(std::span<scorecard_column const> columns, std::span<std::uint8_t const> events,
                                      scorecard_options const& options);

} // namespace v0
} // namespace segmenta

#endif
