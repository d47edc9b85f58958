// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/shifted_beta_geometric.hpp>

#include "model/fit_document.hpp"
#include "model/gamma_functions.hpp"
#include "model/minimise.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace segmenta {
inline namespace v0 {

// Makes fitted models; only the fit and the reader of documents know how.
class shifted_beta_geometric_access {
public:
    static constexpr std::array<std::string_view, 2> names{"alpha", "beta"};

    static shifted_beta_geometric make(detail::stored_fit fit, model_time_unit unit) {
        shifted_beta_geometric out;
        out.values_ = {fit.parameters[0].value, fit.parameters[1].value};
        out.unit_ = unit;
        out.estimates_ = std::move(fit.parameters);
        out.diagnostics_ = std::move(fit.diagnostics);
        return out;
    }
};

namespace {

using access = shifted_beta_geometric_access;
using renewal = renewal_counts::renewal;

constexpr std::string_view model_name = "shifted_beta_geometric";
constexpr int version = 1;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

bool whole(double v) noexcept { return v >= 0 && v == std::floor(v) && std::isfinite(v); }

void check_cohort(std::span<double const> survivors, issue_list& issues, std::string_view place) {
    if (survivors.size() < 2) {
        issues.error("churn.too_short", std::string(place), "a cohort needs its size and one renewal",
                     std::to_string(survivors.size()) + " numbers", "at least two", {});
    }
    for (std::size_t i = 0; i < survivors.size(); ++i) {
        if (!(survivors[i] >= 0 && std::isfinite(survivors[i]))) {
            issues.error("churn.bad_count", std::string(place) + " number " + std::to_string(i + 1),
                         "this is no number of customers", std::to_string(survivors[i]), "a finite number from 0", {});
            return;
        }
        if (i > 0 && survivors[i] > survivors[i - 1]) {
            issues.error("churn.growing", std::string(place) + " number " + std::to_string(i + 1),
                         "more customers are left than before", std::to_string(survivors[i]),
                         std::to_string(survivors[i - 1]) + " at most",
                         "Count the customers of one cohort only, and nobody who came back");
            return;
        }
    }
}

void check_fit(renewal_counts const& counts, shifted_beta_geometric_options const& options, issue_list& issues) {
    double renewed = 0;
    double lost = 0;
    for (renewal const& r : counts.renewals()) {
        renewed += r.renewed;
        lost += r.lost;
    }
    if (renewed + lost == 0) {
        issues.error("churn.empty", "renewals", "there are no customers", {}, "at least one cohort", {});
    } else if (renewed == 0 || lost == 0) {
        issues.error("churn.all_alike", "renewals", renewed == 0 ? "nobody renewed" : "everybody renewed",
                     std::to_string(renewed) + " renewals, " + std::to_string(lost) + " losses", "some of each",
                     "Observe longer");
    }
    if (!options.start) return;
    detail::check_positive(access::names, std::array{options.start->alpha, options.start->beta}, "start", issues);
}

// Minus the mean log-likelihood by log alpha and log beta: renewal t is made with the odds beta + t - 1 to alpha.
class loss {
public:
    explicit loss(renewal_counts const& counts) : renewals_(counts.renewals()), customers_(counts.customers()) {}

    double operator()(Eigen::VectorXd const& logs, Eigen::VectorXd& gradient) const {
        auto const at = evaluate(logs);
        gradient = at.first;
        return at.value;
    }
    [[nodiscard]] Eigen::MatrixXd curvature(Eigen::VectorXd const& logs) const { return evaluate(logs).second; }

private:
    struct place {
        double value = 0;
        Eigen::Vector2d first = Eigen::Vector2d::Zero();
        Eigen::Matrix2d second = Eigen::Matrix2d::Zero();
    };

    [[nodiscard]] place evaluate(Eigen::VectorXd const& logs) const {
        double const alpha = std::exp(logs[0]);
        double const beta = std::exp(logs[1]);
        place out;
        double aa = 0, ab = 0, bb = 0;
        for (std::size_t i = 0; i < renewals_.size(); ++i) {
            auto const t = static_cast<double>(i);
            auto const [renewed, lost] = renewals_[i];
            double const all = renewed + lost;
            double const stays = 1 / (beta + t);
            double const either = 1 / (alpha + beta + t);
            out.value -= lost * std::log(alpha * either) + renewed * std::log((beta + t) * either);
            out.first[0] -= lost / alpha - all * either;
            out.first[1] -= renewed * stays - all * either;
            aa -= all * either * either - lost / (alpha * alpha);
            ab -= all * either * either;
            bb -= all * either * either - renewed * stays * stays;
        }
        out.value /= customers_;
        out.first = out.first.cwiseProduct(Eigen::Vector2d(alpha, beta)) / customers_;
        out.second << alpha * alpha * aa, alpha * beta * ab, alpha * beta * ab, beta * beta * bb;
        out.second /= customers_;
        out.second += out.first.asDiagonal();
        return out;
    }

    std::span<renewal const> renewals_;
    double customers_;
};

} // namespace

void renewal_counts::add_cohort(std::span<double const> survivors, std::string_view place) {
    issue_list issues;
    check_cohort(survivors, issues, place);
    issues.throw_if_errors();
    if (renewals_.size() + 1 < survivors.size()) renewals_.resize(survivors.size() - 1);
    for (std::size_t i = 1; i < survivors.size(); ++i) {
        renewals_[i - 1].renewed += survivors[i];
        renewals_[i - 1].lost += survivors[i - 1] - survivors[i];
    }
    customers_ += survivors[0];
}

void renewal_counts::merge(renewal_counts const& other) {
    std::vector<renewal> const theirs = other.renewals_; // other may be this very object
    if (renewals_.size() < theirs.size()) renewals_.resize(theirs.size());
    for (std::size_t i = 0; i < theirs.size(); ++i) {
        renewals_[i].renewed += theirs[i].renewed;
        renewals_[i].lost += theirs[i].lost;
    }
    customers_ += other.customers_;
}

shifted_beta_geometric::shifted_beta_geometric(shifted_beta_geometric_parameters const& parameters,
                                               model_time_unit unit)
    : values_(parameters), unit_(unit) {
    std::array const given{parameters.alpha, parameters.beta};
    issue_list issues;
    detail::check_positive(access::names, given, model_name, issues);
    issues.throw_if_errors();
    auto stored = detail::given_parameters(access::names, given);
    estimates_ = std::move(stored.parameters);
    diagnostics_ = std::move(stored.diagnostics);
}

double shifted_beta_geometric::survival(double renewals) const noexcept {
    if (!whole(renewals)) return nan;
    auto const& [alpha, beta] = values_;
    // products are exact to the last digits, but long for long lives
    constexpr double many = 10'000;
    if (renewals > many)
        return std::exp(detail::log_beta_function(alpha, beta + renewals) - detail::log_beta_function(alpha, beta));
    double out = 1;
    for (double t = 0; t < renewals; ++t)
        out *= (beta + t) / (alpha + beta + t);
    return out;
}

double shifted_beta_geometric::retention(double renewal) const noexcept {
    if (!whole(renewal) || renewal < 1) return nan;
    double const stays = values_.beta + renewal - 1;
    return stays / (values_.alpha + stays);
}

std::optional<double> shifted_beta_geometric::expected_lifetime_after(double renewals) const noexcept {
    if (!(values_.alpha > 1) || !whole(renewals)) return std::nullopt;
    return (values_.alpha + values_.beta + renewals - 1) / (values_.alpha - 1);
}

double shifted_beta_geometric::discounted_expected_residual_lifetime(double renewals,
                                                                     discount_rate rate) const noexcept {
    if (!whole(renewals) || !rate.valid()) return nan;
    double const alpha = values_.alpha;
    double const stays = values_.beta + renewals;
    double const z = std::exp(-rate.continuous_in(unit_));
    if (z >= 1) return alpha > 1 ? stays / (alpha - 1) : std::numeric_limits<double>::infinity();
    return stays / (alpha + stays) * detail::hypergeometric_one(stays + 1, alpha + stays + 1, z);
}

std::string shifted_beta_geometric::to_json() const {
    boost::json::object fields;
    fields["time_unit"] = to_string(unit_);
    detail::write_fit(fields, {estimates_, diagnostics_});
    return detail::write_model_document(model_name, version, std::move(fields));
}

shifted_beta_geometric shifted_beta_geometric::from_json(std::string_view text) {
    auto const fields = detail::read_model_document(text, model_name, version);
    issue_list issues;
    auto const unit = detail::read_time_unit(fields, issues);
    auto fit = detail::read_fit(fields, access::names, issues);
    issues.throw_if_errors();
    return access::make(std::move(fit), unit);
}

shifted_beta_geometric fit_shifted_beta_geometric(renewal_counts const& counts,
                                                  shifted_beta_geometric_options const& options) {
    issue_list issues;
    check_fit(counts, options, issues);
    issues.throw_if_errors();
    loss const of(counts);
    auto const begin = options.start.value_or(shifted_beta_geometric_parameters{});
    Eigen::VectorXd start(2);
    start << std::log(begin.alpha), std::log(begin.beta);
    auto const found = detail::minimise([&](Eigen::VectorXd const& x, Eigen::VectorXd& g) { return of(x, g); }, start,
                                        {}, [&](Eigen::VectorXd const& x) { return of.curvature(x); });
    std::array<std::string, 2> const names{"alpha", "beta"};
    auto judged = detail::judge_fit(found, names, counts.customers());
    return access::make({std::move(judged.parameters), std::move(judged.diagnostics)}, options.unit);
}

} // namespace v0
} // namespace segmenta
