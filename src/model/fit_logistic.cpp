// SPDX-License-Identifier: Apache-2.0
#include "base/indexed_place.hpp"
#include "model/logistic_pass.hpp"
#include "model/minimise.hpp"

#include <segmenta/model/logistic.hpp>

#include <Eigen/Cholesky>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

using detail::logistic_data;
using detail::logistic_sums;
using vector = Eigen::VectorXd;
using matrix = Eigen::MatrixXd;
using index = Eigen::Index;

constexpr double infinity = std::numeric_limits<double>::infinity();

// --- Checks ---------------------------------------------------------------------------------------------------------

std::string name_of(logistic_options const& options, std::size_t column) {
    return options.names.empty() ? 'x' + std::to_string(column) : options.names[column];
}

void check_options(number_columns columns, logistic_options const& options, issue_list& issues) {
    auto const bad = [&](std::string_view field, std::string seen, std::string allowed) {
        issues.error("logistic.options", "logistic." + std::string(field), "this option cannot be used",
                     std::move(seen), std::move(allowed), {});
    };
    if (!(options.ridge >= 0 && std::isfinite(options.ridge))) bad("ridge", std::to_string(options.ridge), "0 or more");
    if (!(options.lasso >= 0 && std::isfinite(options.lasso))) bad("lasso", std::to_string(options.lasso), "0 or more");
    if (!(options.gradient_tolerance > 0))
        bad("gradient_tolerance", std::to_string(options.gradient_tolerance), "above 0");
    if (options.max_iterations == 0) bad("max_iterations", "0", "1 or more");
    if (!options.names.empty() && options.names.size() != columns.size()) {
        issues.error("logistic.names", "logistic.names", "there must be a name for each column",
                     std::to_string(options.names.size()), std::to_string(columns.size()), {});
    }
}

void check_rows(number_columns columns, std::span<std::uint8_t const> outcomes, logistic_options const& options,
                issue_list& issues) {
    std::size_t const rows = row_count(columns);
    auto const weights = options.weights;
    if (!weights.empty() && weights.size() != rows) {
        issues.error("logistic.weight", "logistic.weights", "there must be a weight for each row",
                     std::to_string(weights.size()), std::to_string(rows), {});
        return;
    }
    auto const odd = std::find_if(weights.begin(), weights.end(), [](double w) { return !(w >= 0 && w < infinity); });
    if (odd != weights.end()) {
        issues.error("logistic.weight",
                     detail::indexed_place("logistic.weights", static_cast<std::size_t>(odd - weights.begin())),
                     "a weight must be finite and 0 or more", std::to_string(*odd), {}, {});
    }
    if (outcomes.size() != rows) {
        issues.error("logistic.outcome", "outcomes", "there must be an outcome for each row",
                     std::to_string(outcomes.size()), std::to_string(rows), {});
        return;
    }
    bool seen[2] = {false, false};
    std::size_t const events = weights.empty() ? detail::count_events(outcomes) : detail::not_binary;
    bool const known = events != detail::not_binary;
    if (known) {
        seen[0] = events < rows;
        seen[1] = events > 0;
    }
    for (std::size_t i = 0; i < rows && !known; ++i) {
        if (outcomes[i] > 1) {
            issues.error("logistic.outcome", detail::indexed_place("outcomes", i), "this is no binary outcome",
                         std::to_string(outcomes[i]), "0 or 1", {});
            return;
        }
        seen[outcomes[i]] = seen[outcomes[i]] || weights.empty() || weights[i] > 0;
    }
    if (rows == 0 || (seen[0] && seen[1])) return;
    issues.error("logistic.one_class", "outcomes", "all rows have the same outcome, so nothing can be learnt",
                 seen[1] ? "only 1" : "only 0", "both", {});
}

// Lengths; numbers themselves are looked at only when a sum comes out wrong, since that is a pass of its own.
void check_shape(number_columns columns, issue_list& issues) {
    bool const even =
        std::all_of(columns.begin(), columns.end(), [&](auto const& c) { return c.size() == row_count(columns); });
    if (row_count(columns) == 0 || !even) check_columns(columns, issues, "columns");
}

// Columns whose part of the curvature is made of earlier ones (in order, the intercept first): in-order elimination
// with the diagonal scaled to 1.
void check_rank(logistic_sums const& at_zero, logistic_options const& options, issue_list& issues) {
    constexpr double nothing_left = 1e-11;
    index const n = at_zero.curvature.rows() - 1; // the last one is the intercept
    std::vector<index> order;
    if (options.intercept) order.push_back(n);
    for (index j = 0; j < n; ++j)
        order.push_back(j);
    std::vector<index> kept;
    matrix const& c = at_zero.curvature;
    for (index const j : order) {
        auto const k = static_cast<index>(kept.size());
        matrix inner(k, k);
        vector along(k);
        for (index a = 0; a < k; ++a) {
            double const size = std::sqrt(c(kept[static_cast<std::size_t>(a)], kept[static_cast<std::size_t>(a)]));
            along[a] = c(kept[static_cast<std::size_t>(a)], j) / size;
            for (index b = 0; b < k; ++b) {
                auto const from = kept[static_cast<std::size_t>(b)];
                inner(a, b) = c(kept[static_cast<std::size_t>(a)], from) / size / std::sqrt(c(from, from));
            }
        }
        double const own = c(j, j);
        vector const made = k == 0 ? vector() : vector(inner.ldlt().solve(along));
        double const left = k == 0 ? own : own - along.dot(made);
        if (own > 0 && left > nothing_left * own) {
            kept.push_back(j);
            continue;
        }
        std::string others;
        bool other_column = false;
        for (index a = 0; a < k; ++a) {
            index const from = kept[static_cast<std::size_t>(a)];
            if (std::abs(made[a]) <= 1e-6 * std::sqrt(own) || from == n) continue;
            other_column = true;
            others += (others.empty() ? "" : ", ") + name_of(options, static_cast<std::size_t>(from));
        }
        auto const column = static_cast<std::size_t>(j);
        std::string const place = detail::indexed_place("columns", column) + ' ' + name_of(options, column);
        if (other_column) {
            issues.error("logistic.collinear", place,
                         "this column is a combination of others, so its coefficient is free", others, {},
                         "Leave it out, or give a ridge");
        } else {
            issues.error("logistic.constant_column", place,
                         options.intercept ? "this column is constant, as the intercept is"
                                           : "this column is all zeros",
                         {}, {}, "Leave it out");
        }
    }
}

// Columns that part the outcomes alone, but perhaps for rows on the border.
std::string parting_columns(number_columns columns, std::span<std::uint8_t const> outcomes,
                            logistic_options const& options) {
    std::string out;
    for (std::size_t j = 0; j < columns.size(); ++j) {
        double low[2] = {infinity, infinity};
        double high[2] = {-infinity, -infinity};
        for (std::size_t i = 0; i < outcomes.size(); ++i) {
            if (!options.weights.empty() && options.weights[i] == 0) continue;
            low[outcomes[i]] = std::min(low[outcomes[i]], columns[j][i]);
            high[outcomes[i]] = std::max(high[outcomes[i]], columns[j][i]);
        }
        if (low[1] >= high[0] || low[0] >= high[1]) out += (out.empty() ? "" : ", ") + name_of(options, j);
    }
    return out;
}

// --- The fit --------------------------------------------------------------------------------------------------------

// Penalties of scaled coefficients; the intercept has none.
struct penalty {
    vector ridge;
    vector lasso;

    penalty(logistic_data const& data, logistic_options const& options) {
        auto const n = static_cast<index>(data.features());
        ridge.setZero(n + 1);
        lasso.setZero(n + 1);
        for (index j = 0; j < n; ++j) {
            double const scale = options.scale_penalty ? 1 : data.scale()[static_cast<std::size_t>(j)];
            ridge[j] = options.ridge * scale * scale;
            lasso[j] = options.lasso * scale;
        }
    }
    [[nodiscard]] double of(vector const& at) const { return ridge.dot(at.cwiseAbs2()) / 2 + lasso.dot(at.cwiseAbs()); }
    [[nodiscard]] bool sparse() const { return lasso.maxCoeff() > 0; }
};

enum class separation { none, complete, quasi };

struct fitted {
    vector at;               // scaled coefficients, then the intercept
    logistic_sums sums;      // of the last point looked at
    double slope = infinity; // largest derivative of the mean, with penalties
    bool converged = false;
    bool whole_step = false; // the last one was not shortened
    std::size_t looks = 0;   // over all rows
    separation parted = separation::none;
};

class newton {
public:
    newton(logistic_data const& data, logistic_options const& options)
        : data_(data), options_(options), penalty_(data, options) {}

    [[nodiscard]] penalty const& penalties() const noexcept { return penalty_; }

    // A point near the maximum, from parts of large data; where that fails, the best constant.
    vector start() const {
        vector const constant = best_constant();
        vector at = constant;
        for (std::size_t const every : {std::size_t{64}, std::size_t{4}}) {
            std::size_t const rows = data_.rows() / every;
            if (rows < 200 * (data_.features() + 10)) continue;
            double const wanted = 1 / std::sqrt(static_cast<double>(rows)); // no closer than the part is to the whole
            fitted const part = climb(at, every, wanted * 0.3, 12);
            if (!part.converged || !part.at.allFinite() || part.sums.lowest_margin > 0) return constant;
            at = part.at;
        }
        return at;
    }

    fitted fit(vector const& from) const {
        return climb(from, 1, options_.gradient_tolerance, options_.max_iterations);
    }

private:
    [[nodiscard]] vector best_constant() const {
        vector at = vector::Zero(static_cast<index>(data_.features()) + 1);
        if (options_.intercept)
            at[at.size() - 1] = std::log(data_.event_weight() / (data_.weight() - data_.event_weight()));
        return at;
    }

    // The slope with penalties; where a coefficient is 0, what the lasso leaves of it.
    [[nodiscard]] vector slope_at(vector const& at, logistic_sums const& sums) const {
        vector out = sums.gradient + penalty_.ridge.cwiseProduct(at);
        for (index j = 0; j < at.size(); ++j) {
            double const l = penalty_.lasso[j];
            if (l == 0) continue;
            if (at[j] != 0)
                out[j] += at[j] > 0 ? l : -l;
            else
                out[j] = std::abs(out[j]) <= l ? 0 : out[j] - (out[j] > 0 ? l : -l);
        }
        return out;
    }

    [[nodiscard]] matrix penalised(logistic_sums const& sums) const {
        matrix out = sums.curvature;
        out.diagonal() += penalty_.ridge;
        if (!options_.intercept) out(out.rows() - 1, out.rows() - 1) = 1;
        return out;
    }

    // Minimum of the quadratic model, with the lasso by coordinate descent on it.
    [[nodiscard]] vector step_from(vector const& at, logistic_sums const& sums, vector const& slope) const {
        matrix const curvature = penalised(sums);
        if (!penalty_.sparse()) {
            vector const size = curvature.diagonal().cwiseMax(1e-300).cwiseSqrt();
            matrix const unit = size.cwiseInverse().asDiagonal() * curvature * size.cwiseInverse().asDiagonal();
            return -(unit.ldlt().solve(slope.cwiseQuotient(size)).cwiseQuotient(size));
        }
        vector to = at;
        vector pull = sums.gradient + penalty_.ridge.cwiseProduct(at); // of the model at `to`, without the lasso
        index const unknowns = options_.intercept ? at.size() : at.size() - 1;
        for (int sweep = 0; sweep < 10000; ++sweep) {
            double largest = 0;
            for (index j = 0; j < unknowns; ++j) {
                double const own = curvature(j, j);
                if (!(own > 0)) continue;
                double const free = to[j] - pull[j] / own;
                double const reach = penalty_.lasso[j] / own;
                double const next = free > reach ? free - reach : free < -reach ? free + reach : 0;
                double const change = next - to[j];
                if (change == 0) continue;
                to[j] = next;
                pull += change * curvature.col(j);
                largest = std::max(largest, std::abs(change));
            }
            if (largest <= 1e-14 * std::max(1.0, to.cwiseAbs().maxCoeff())) break;
        }
        return to - at;
    }

    fitted climb(vector const& from, std::size_t every, double tolerance, std::size_t most) const {
        double const weight = data_.weight() / static_cast<double>(every);
        using want = logistic_data::want;
        fitted now;
        now.at = from;
        now.sums = data_.look(from, want::curvature, every);
        now.looks = 1;
        double before = 0; // squared length of the last step, by the curvature
        double before_slope = infinity;
        double ratio = 1;
        vector last_step;
        for (std::size_t i = 0; i < most; ++i) {
            if (!std::isfinite(now.sums.loss) || !now.sums.gradient.allFinite()) return now;
            if (now.sums.lowest_margin > 0 && unpenalised()) {
                now.parted = separation::complete;
                return now;
            }
            vector const slope = slope_at(now.at, now.sums);
            now.slope = slope.cwiseAbs().maxCoeff() / weight;
            vector const step = step_from(now.at, now.sums, slope);
            if (!step.allFinite()) return now;
            double const length = step.dot(now.sums.curvature * step);
            ratio = before > 0 ? length / before : 1;
            before = length;
            last_step = step;
            double const next_slope = every == 1 ? foreseen_slope(now, before_slope) : infinity;
            // A part is only as near as chance lets it be, and a step squares the distance.
            double const chance = std::sqrt(static_cast<double>(step.size() * static_cast<index>(every)) /
                                            static_cast<double>(data_.rows()));
            bool const near_enough = every > 1 && length <= 0.3 * chance * weight;
            if (now.slope <= tolerance || next_slope <= 0.5 * tolerance || near_enough) {
                now.converged = true;
                now.slope = std::min(now.slope, next_slope);
                now.sums.loss += now.sums.gradient.dot(step) + length / 2;
                now.at += step;
                break;
            }
            before_slope = now.slope;
            if (!advance(now, step, slope, every)) break;
        }
        // Newton's steps shrink ever faster towards a maximum; towards infinity each is about as long as the last.
        if (every == 1 && unpenalised() && (ratio > 0.05 || !now.converged)) check_direction(now, last_step);
        return now;
    }

    [[nodiscard]] bool unpenalised() const noexcept { return options_.ridge == 0 && options_.lasso == 0; }

    // The slope after one more step. Close to the maximum each step squares the distance, so slopes s, t are followed
    // by t (t / s)^2. Only of large data, where one look more to see it costs as much as all others.
    [[nodiscard]] double foreseen_slope(fitted const& now, double before) const noexcept {
        auto const unknowns = static_cast<double>(data_.features() + 1);
        bool const large = static_cast<double>(data_.rows()) * unknowns * unknowns > 1e7;
        double const part = now.slope / before;
        if (!large || !now.whole_step || penalty_.sparse() || !(part < 0.05)) return infinity;
        return now.slope * part * part;
    }

    bool advance(fitted& now, vector const& step, vector const& slope, std::size_t every) const {
        double const value = now.sums.loss + penalty_.of(now.at);
        double const down = slope.dot(step);
        double factor = 1;
        for (int halving = 0; halving < 30; ++halving, factor /= 2) {
            vector const to = now.at + factor * step;
            auto sums = data_.look(to, logistic_data::want::curvature, every);
            ++now.looks;
            double const next = sums.loss + penalty_.of(to);
            double const noise = 1e-13 * std::abs(value);
            if (!(next <= value + 1e-4 * factor * std::min(down, 0.0) + noise)) continue;
            now.at = to;
            now.sums = std::move(sums);
            now.whole_step = halving == 0;
            return true;
        }
        return false;
    }

    // Whether the step leads no row the wrong way, and some row far the right way: a direction without end.
    void check_direction(fitted& now, vector const& step) const {
        auto const along = data_.look(step, logistic_data::want::slope);
        ++now.looks;
        bool const far = along.highest_margin > 0.1;
        if (far && along.lowest_margin > -1e-3 * along.highest_margin) now.parted = separation::quasi;
    }

    logistic_data const& data_;
    logistic_options const& options_;
    penalty penalty_;
};

issue separation_issue(separation parted, std::string const& columns) {
    issue out;
    bool const complete = parted == separation::complete;
    out.code = complete ? "logistic.separated" : "logistic.quasi_separated";
    out.place = columns.empty() ? "columns" : "columns " + columns;
    out.message = complete ? "the features part the outcomes without an error, so there is no finite best coefficient"
                           : "a combination of features tells the outcome of some rows for certain, so there is no "
                             "finite best coefficient";
    out.seen = columns.empty() ? "a combination of columns" : "alone: " + columns;
    out.remedy = "Give a ridge, merge rare categories, or leave out what is known only after the outcome";
    return out;
}

// Variances of the coefficients in the units of the columns, the intercept last.
vector variances(logistic_data const& data, matrix const& curvature, matrix const& penalised) {
    index const unknowns = curvature.rows();
    matrix back = matrix::Identity(unknowns, unknowns);
    for (index j = 0; j + 1 < unknowns; ++j) {
        auto const k = static_cast<std::size_t>(j);
        back(j, j) = data.scale()[k];
        back(unknowns - 1, j) = -data.scale()[k] * data.shift()[k];
    }
    vector const size = penalised.diagonal().cwiseMax(1e-300).cwiseSqrt();
    matrix const unit = size.cwiseInverse().asDiagonal() * penalised * size.cwiseInverse().asDiagonal();
    matrix const scaled = size.cwiseInverse().asDiagonal() * back.transpose();
    matrix const half = size.cwiseInverse().asDiagonal() * unit.ldlt().solve(scaled); // inverse x back'
    return (half.transpose() * curvature * half).diagonal();
}

matrix unit_diagonal(matrix const& m, index used) {
    vector const size = m.diagonal().head(used).cwiseMax(1e-300).cwiseSqrt();
    return size.cwiseInverse().asDiagonal() * m.topLeftCorner(used, used) * size.cwiseInverse().asDiagonal();
}

double null_deviance_of(logistic_data const& data, bool intercept) {
    double const p = intercept ? data.event_weight() / data.weight() : 0.5;
    return -2 * (data.event_weight() * std::log(p) + (data.weight() - data.event_weight()) * std::log1p(-p));
}

} // namespace

logistic fit_logistic(number_columns columns, std::span<std::uint8_t const> outcomes, logistic_options const& options) {
    issue_list issues;
    check_shape(columns, issues);
    check_options(columns, options, issues);
    if (!issues.has_errors()) check_rows(columns, outcomes, options, issues);
    if (issues.has_errors()) {
        bool const told = issues.contains("data.empty") || issues.contains("data.ragged");
        if (!told) check_columns(columns, issues, "columns");
        issues.throw_if_errors();
    }

    thread_team team(options.threads);
    logistic_data const data(columns, outcomes, options, team);
    newton const search(data, options);
    bool const penalised = options.ridge > 0 || options.lasso > 0;
    fitted best = search.fit(search.start());
    if (!best.sums.gradient.allFinite()) {
        check_columns(columns, issues, "columns");
        issues.throw_if_errors();
    }
    auto const unknowns = static_cast<index>(data.features()) + 1;
    index const used = options.intercept ? unknowns : unknowns - 1;
    matrix full = best.sums.curvature;
    full.diagonal() += search.penalties().ridge;
    double condition = detail::condition_number(unit_diagonal(full, used));
    if (!penalised && !(condition < 1e8)) {
        // Weights near 0 can hide a column too; at equal weights only columns count.
        check_rank(data.look(vector::Zero(unknowns), logistic_data::want::curvature), options, issues);
        issues.throw_if_errors();
    }
    bool const parted = best.parted != separation::none;
    issue told;
    if (parted) {
        told = separation_issue(best.parted, parting_columns(columns, outcomes, options));
        if (options.separation == on_separation::refuse) {
            issues.add(told);
            issues.throw_if_errors();
        }
    }

    std::vector<double> coefficients;
    double intercept = best.at[unknowns - 1];
    for (std::size_t j = 0; j < data.features(); ++j) {
        double const b = best.at[static_cast<index>(j)] * data.scale()[j];
        coefficients.push_back(b);
        intercept -= b * data.shift()[j];
    }
    logistic out(options.intercept ? intercept : 0, std::move(coefficients), options.names);
    fit_diagnostics& d = out.diagnostics_;
    d.log_likelihood = -best.sums.loss;
    d.gradient_norm = best.slope;
    d.condition_number = condition;
    d.evaluations = best.looks;
    d.state = best.converged ? identification::identified : identification::not_converged;
    d.remark = best.converged ? "" : "the search stopped before the gradient was small; allow more iterations";
    if (!penalised && !(condition < 1e8)) {
        d.state = identification::not_identified;
        d.remark = "columns are so nearly combinations of others that single coefficients must not be read; leave some "
                   "out, or give a ridge";
    }
    if (parted) {
        d.state = identification::not_identified;
        d.remark = told.message + " (" + told.seen + "); " + told.remedy;
    }
    out.null_deviance_ = null_deviance_of(data, options.intercept);
    if (!options.intercept) out.parameters_.erase(out.parameters_.begin());
    bool const known = d.state == identification::identified && options.lasso == 0;
    if (!known) return out;
    if (!options.intercept) full(unknowns - 1, unknowns - 1) = 1;
    vector const variance = variances(data, best.sums.curvature, full);
    if (options.intercept) out.parameters_[0].standard_error = std::sqrt(variance[unknowns - 1]);
    std::size_t const first = options.intercept ? 1 : 0;
    for (std::size_t j = 0; j < data.features(); ++j)
        out.parameters_[first + j].standard_error = std::sqrt(variance[static_cast<index>(j)]);
    return out;
}

} // namespace v0
} // namespace segmenta
