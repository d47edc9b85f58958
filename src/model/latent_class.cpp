// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/latent_class.hpp>

#include "model/cluster_data.hpp"
#include "model/model_document.hpp"

#include <segmenta/base/parallel.hpp>
#include <segmenta/base/random.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

namespace segmenta {
inline namespace v0 {

namespace {
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double minus_infinity = -std::numeric_limits<double>::infinity();
} // namespace

latent_class::latent_class(std::vector<double> weights, std::vector<std::size_t> levels,
                           std::vector<double> probabilities)
    : weights_(std::move(weights)), levels_(std::move(levels)), probabilities_(std::move(probabilities)) {
    for (std::size_t const l : levels_) {
        first_.push_back(width_);
        width_ += l;
    }
    auto const bad = [](double p) { return !(std::isfinite(p) && p >= 0 && p <= 1 + 1e-9); };
    double const total = std::accumulate(weights_.begin(), weights_.end(), 0.0);
    bool const good = !weights_.empty() && width_ > 0 && probabilities_.size() == weights_.size() * width_ && total > 0 &&
                      std::isfinite(total) && std::none_of(probabilities_.begin(), probabilities_.end(), bad) &&
                      std::all_of(weights_.begin(), weights_.end(), [](double w) { return w >= 0; });
    if (!good)
        throw issue_error("latent.parameters", "latent class", "these are no parameters of a latent class model",
                          std::to_string(probabilities_.size()) + " probabilities",
                          "weights from 0, and a probability for each class, item and level", {});
    if (std::abs(total - 1) > 1e-12)
        for (double& w : weights_)
            w /= total;
    for (double const w : weights_)
        log_weights_.push_back(std::log(w));
    for (double const p : probabilities_)
        log_probabilities_.push_back(std::log(p));
}

std::size_t latent_class::parameter_count() const noexcept {
    return classes() * (width_ - items()) + classes() - 1;
}

double latent_class::bic() const noexcept {
    return static_cast<double>(parameter_count()) * std::log(static_cast<double>(customers_)) -
           2 * diagnostics_.log_likelihood;
}

double latent_class::aic() const noexcept {
    return 2 * static_cast<double>(parameter_count()) - 2 * diagnostics_.log_likelihood;
}

double latent_class::log_joint(std::span<std::uint32_t const> answers, std::size_t of_class) const noexcept {
    double sum = log_weights_[of_class];
    double const* const row = log_probabilities_.data() + of_class * width_;
    for (std::size_t j = 0; j < answers.size(); ++j) {
        if (answers[j] == missing_category) continue;
        sum += answers[j] < levels_[j] ? row[first_[j] + answers[j]] : minus_infinity;
    }
    return sum;
}

double latent_class::log_probability(std::span<std::uint32_t const> answers) const noexcept {
    if (answers.size() != items()) return nan;
    double highest = minus_infinity;
    for (std::size_t c = 0; c < classes(); ++c)
        highest = std::max(highest, log_joint(answers, c));
    if (highest == minus_infinity) return highest;
    double sum = 0;
    for (std::size_t c = 0; c < classes(); ++c)
        sum += std::exp(log_joint(answers, c) - highest);
    return highest + std::log(sum);
}

void latent_class::memberships(std::span<std::uint32_t const> answers, std::span<double> out) const noexcept {
    double const total = log_probability(answers);
    for (std::size_t c = 0; c < std::min(out.size(), classes()); ++c)
        out[c] = std::isfinite(total) ? std::exp(log_joint(answers, c) - total) : nan;
}

std::uint32_t latent_class::nearest(std::span<std::uint32_t const> answers) const noexcept {
    if (!std::isfinite(log_probability(answers))) return no_class;
    std::uint32_t best = 0;
    for (std::uint32_t c = 1; c < classes(); ++c)
        if (log_joint(answers, c) > log_joint(answers, best)) best = c;
    return best;
}

namespace {

// Customers with the same answers count once, with a weight: the sufficient statistics.
struct patterns {
    std::vector<std::vector<std::uint32_t>> answers;
    std::vector<double> weights;
    std::vector<std::size_t> levels;

    explicit patterns(category_columns items) : levels(items.size(), 1) {
        std::map<std::vector<std::uint32_t>, double> seen;
        std::vector<std::uint32_t> row(items.size());
        for (std::size_t i = 0; i < row_count(items); ++i) {
            for (std::size_t j = 0; j < items.size(); ++j) {
                row[j] = items[j][i];
                if (row[j] != missing_category) levels[j] = std::max<std::size_t>(levels[j], std::size_t{row[j]} + 1);
            }
            ++seen[row];
        }
        for (auto const& [answer, weight] : seen) {
            answers.push_back(answer);
            weights.push_back(weight);
        }
    }
    [[nodiscard]] std::size_t width() const noexcept {
        return std::accumulate(levels.begin(), levels.end(), std::size_t{0});
    }
};

// Weighted counts of classes and answers; `add` once for each pattern, then the maximum.
class answer_counts {
public:
    answer_counts(patterns const& data, std::size_t classes)
        : data_(data), width_(data.width()), classes_(classes), answers_(classes * width_) {}

    void add(std::size_t pattern, std::span<double const> shares) {
        double const weight = data_.weights[pattern];
        for (std::size_t c = 0; c < shares.size(); ++c) {
            classes_[c] += weight * shares[c];
            double* cell = answers_.data() + c * width_;
            for (std::size_t j = 0; j < data_.levels.size(); cell += data_.levels[j++]) {
                std::uint32_t const answer = data_.answers[pattern][j];
                if (answer != missing_category) cell[answer] += weight * shares[c];
            }
        }
    }

    [[nodiscard]] latent_class maximum() const {
        std::vector<double> probabilities = answers_;
        double* cell = probabilities.data();
        for (std::size_t c = 0; c < classes_.size(); ++c)
            for (std::size_t const levels : data_.levels) {
                double const total = std::accumulate(cell, cell + levels, 0.0);
                for (std::size_t l = 0; l < levels; ++l, ++cell)
                    *cell = total > 0 ? *cell / total : 1 / static_cast<double>(levels);
            }
        return {classes_, data_.levels, std::move(probabilities)};
    }

private:
    patterns const& data_;
    std::size_t width_;
    std::vector<double> classes_;
    std::vector<double> answers_;
};

struct latent_result {
    std::vector<latent_class> model; // one; latent_class has no empty state
    fit_diagnostics diagnostics;
};

latent_result run_em(patterns const& data, double customers, latent_class_options const& options, std::uint64_t start) {
    random_generator random(options.seed, start);
    std::vector<double> shares(options.classes);
    answer_counts first(data, options.classes);
    for (std::size_t p = 0; p < data.weights.size(); ++p) {
        double total = 0;
        for (double& s : shares)
            total += s = random_exponential(random); // uniform on the simplex once divided
        for (double& s : shares)
            s /= total;
        first.add(p, shares);
    }
    latent_result out;
    out.model.push_back(first.maximum());
    out.diagnostics.gradient_norm = out.diagnostics.condition_number = nan;
    double before = minus_infinity;
    while (true) {
        latent_class const& model = out.model[0];
        answer_counts counts(data, options.classes);
        double sum = 0;
        for (std::size_t p = 0; p < data.weights.size(); ++p) {
            sum += data.weights[p] * model.log_probability(data.answers[p]);
            model.memberships(data.answers[p], shares);
            counts.add(p, shares);
        }
        ++out.diagnostics.evaluations;
        out.diagnostics.log_likelihood = sum;
        if (std::abs(sum / customers - before) < options.tolerance) {
            out.diagnostics.state = identification::identified;
            return out;
        }
        if (out.diagnostics.evaluations > options.max_iterations) {
            out.diagnostics.remark = "EM stopped after max_iterations; allow more, or a larger tolerance";
            return out;
        }
        before = sum / customers;
        out.model[0] = counts.maximum();
    }
}

void check_items(category_columns items, latent_class_options const& o, issue_list& issues) {
    issue_list found;
    check_categories(items, found, "items");
    for (auto const& i : found)
        if (i.code != "data.missing") issues.add(i);
    detail::check_cluster_count(o.classes, row_count(items), issues);
    detail::check_at_least(o.starts, 1, "starts", issues);
    detail::check_at_least(o.max_iterations, 1, "max_iterations", issues);
    if (!(std::isfinite(o.tolerance) && o.tolerance >= 0))
        issues.error("cluster.bad_option", "options tolerance", "the tolerance is no number from 0",
                     std::to_string(o.tolerance), "0 or more", {});
    issues.throw_if_errors();
}

// A table of all answer patterns has this many free cells; more parameters cannot be found from it.
double free_cells(std::vector<std::size_t> const& levels) {
    double cells = 1;
    for (std::size_t const l : levels)
        cells *= static_cast<double>(l);
    return cells - 1;
}

} // namespace

latent_class fit_latent_class(category_columns items, latent_class_options const& options) {
    issue_list issues;
    check_items(items, options, issues);
    patterns const data(items);
    double const customers = static_cast<double>(row_count(items));
    std::vector<latent_result> results(options.starts);
    parallel_for_blocks(options.threads, options.starts,
                        [&](std::size_t s) { results[s] = run_em(data, customers, options, s); });
    std::size_t best = 0;
    for (std::size_t s = 1; s < results.size(); ++s)
        if (results[s].diagnostics.log_likelihood > results[best].diagnostics.log_likelihood) best = s;
    latent_class out = std::move(results[best].model[0]);
    out.diagnostics_ = std::move(results[best].diagnostics);
    out.customers_ = row_count(items);
    if (static_cast<double>(out.parameter_count()) > free_cells(data.levels)) {
        out.diagnostics_.state = identification::not_identified;
        out.diagnostics_.remark = "there are more parameters than answer patterns: ask for fewer classes, or more items";
    }
    return out;
}

std::string latent_class::to_json() const {
    boost::json::object fields;
    fields["weights"] = detail::numbers_of(weights_);
    boost::json::array levels;
    for (auto const l : levels_)
        levels.push_back(static_cast<std::uint64_t>(l));
    fields["levels"] = std::move(levels);
    fields["probabilities"] = detail::numbers_of(probabilities_);
    fields["customers"] = customers_;
    fields["log_likelihood"] = detail::number_or_null(diagnostics_.log_likelihood);
    fields["state"] = to_string(diagnostics_.state);
    fields["evaluations"] = diagnostics_.evaluations;
    fields["remark"] = diagnostics_.remark;
    return detail::write_model_document("latent_class", 1, std::move(fields));
}

latent_class latent_class::from_json(std::string_view text) {
    auto const fields = detail::read_model_document(text, "latent_class", 1);
    issue_list issues;
    detail::model_reader reader(fields, issues);
    auto weights = reader.numbers("weights");
    std::vector<std::size_t> levels;
    for (double const l : reader.numbers("levels"))
        levels.push_back(l >= 0 && l <= 65536 ? static_cast<std::size_t>(l) : 0);
    auto probabilities = reader.numbers("probabilities");
    fit_diagnostics diagnostics;
    diagnostics.gradient_norm = diagnostics.condition_number = nan;
    diagnostics.log_likelihood = reader.number("log_likelihood");
    auto const state = reader.text("state");
    for (auto const s : {identification::identified, identification::not_identified, identification::not_converged})
        if (state == to_string(s)) diagnostics.state = s;
    diagnostics.evaluations = static_cast<std::size_t>(reader.count("evaluations"));
    diagnostics.remark = reader.text("remark");
    auto const customers = static_cast<std::size_t>(reader.count("customers"));
    issues.throw_if_errors();
    latent_class out(std::move(weights), std::move(levels), std::move(probabilities));
    out.diagnostics_ = std::move(diagnostics);
    out.customers_ = customers;
    return out;
}

} // namespace v0
} // namespace segmenta
