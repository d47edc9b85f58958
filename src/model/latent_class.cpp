// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/latent_class.hpp>

#include "model/model_document.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
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
    bool const good = !weights_.empty() && width_ > 0 && probabilities_.size() == weights_.size() * width_ &&
                      total > 0 && std::isfinite(total) &&
                      std::none_of(probabilities_.begin(), probabilities_.end(), bad) &&
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

std::size_t latent_class::parameter_count() const noexcept { return classes() * (width_ - items()) + classes() - 1; }

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
