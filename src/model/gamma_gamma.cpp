// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/gamma_gamma.hpp>

#include "model/distinct_rows.hpp"
#include "model/gamma_functions.hpp"
#include "model/gamma_gamma_access.hpp"
#include "model/purchase_checks.hpp"
#include "model/spend_moments.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace segmenta {
inline namespace v0 {
namespace {

constexpr std::string_view model_name = "gamma_gamma";
constexpr int version = 1;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

constexpr detail::row_order<spend_statistics::row, &spend_statistics::row::repeats, &spend_statistics::row::mean>
    before;

} // namespace

void spend_statistics::add(purchase_summary const& summary, unsigned threads, std::string_view place) {
    issue_list issues;
    thread_team team(threads);
    detail::check_in_blocks(summary, team, issues, place);
    if (summary.mean_spend.empty() && summary.size() > 0) {
        issues.error("clv.no_spend", std::string(place), "the summary has no amounts", {},
                     "the mean amount of each customer's repeat purchases",
                     "Name the column of amounts when purchases are summarised");
    }
    issues.throw_if_errors();
    std::size_t const sorted = rows_.size();
    detail::append_weighty(rows_, summary.size(), team, [&](std::size_t i) {
        double const weight = summary.weight.empty() ? 1 : summary.weight[i];
        return row{summary.repeats[i], summary.mean_spend[i], summary.repeats[i] > 0 ? weight : 0};
    });
    customers_ = detail::merge_equal_rows(rows_, sorted, before, team);
}

void spend_statistics::merge(spend_statistics const& other) {
    std::vector<row> const theirs = other.rows_; // other may be this very object
    std::size_t const sorted = rows_.size();
    rows_.insert(rows_.end(), theirs.begin(), theirs.end());
    thread_team alone(1);
    customers_ = detail::merge_equal_rows(rows_, sorted, before, alone);
}

double spend_statistics::correlation() const noexcept {
    thread_team alone(1);
    return detail::spend_moments(rows_, customers_, alone).correlation();
}

gamma_gamma::gamma_gamma(gamma_gamma_parameters const& parameters) : values_(parameters), correlation_(nan) {
    std::array const given{parameters.p, parameters.q, parameters.v};
    issue_list issues;
    detail::check_positive(gamma_gamma_access::names, given, model_name, issues);
    issues.throw_if_errors();
    auto stored = detail::given_parameters(gamma_gamma_access::names, given);
    estimates_ = std::move(stored.parameters);
    diagnostics_ = std::move(stored.diagnostics);
    warn();
}

void gamma_gamma::warn() {
    if (!(values_.q > 1)) {
        warnings_.warning("clv.mean_does_not_exist", "gamma_gamma q",
                          "the mean does not exist: amounts are so uneven that customers without repeat purchases, and "
                          "the population, have no finite mean spend",
                          std::to_string(values_.q), "q above 1",
                          "Look for amounts that are no purchases, cut or transform the largest ones, or value only "
                          "customers with repeat purchases");
    }
    if (std::abs(correlation_) > correlation_limit_) {
        warnings_.warning("clv.spend_correlated", "gamma_gamma", "how often and how much customers buy is correlated",
                          std::to_string(correlation_), std::to_string(correlation_limit_) + " at most",
                          "The model takes them as independent: fit groups of customers apart");
    }
}

std::optional<double> gamma_gamma::population_mean() const noexcept {
    if (!(values_.q > 1)) return std::nullopt;
    return values_.p * values_.v / (values_.q - 1);
}

double gamma_gamma::expected_spend(repeat_count repeats, mean_spend spend) const noexcept {
    auto const& [p, q, v] = values_;
    double const x = repeats.value;
    double const total = x == 0 ? 0 : x * spend.value;
    bool const possible = x >= 0 && std::isfinite(total) && (x == 0 || spend.value > 0);
    double const shape = p * x + q - 1;
    return possible && shape > 0 ? p * (v + total) / shape : nan;
}

void gamma_gamma::expected_spend(std::span<double const> repeats, std::span<double const> spend,
                                 std::span<double> out) const noexcept {
    std::size_t const n = std::min({repeats.size(), spend.size(), out.size()});
    for (std::size_t i = 0; i < n; ++i)
        out[i] = expected_spend(repeat_count(repeats[i]), mean_spend(spend[i]));
}

double gamma_gamma::log_likelihood(repeat_count repeats, mean_spend spend) const noexcept {
    auto const& [p, q, v] = values_;
    double const x = repeats.value;
    double const total = x * spend.value;
    if (!(x > 0 && spend.value > 0) || !std::isfinite(total)) return nan;
    return -detail::log_beta_function(p * x, q) - p * x * std::log1p(v / total) - q * std::log1p(total / v) -
           std::log(spend.value);
}

std::string gamma_gamma::to_json() const {
    boost::json::object fields;
    detail::write_fit(fields, {estimates_, diagnostics_});
    fields["correlation"] = detail::number_or_null(correlation_);
    fields["correlation_limit"] = correlation_limit_;
    return detail::write_model_document(model_name, version, std::move(fields));
}

gamma_gamma gamma_gamma::from_json(std::string_view text) {
    auto const fields = detail::read_model_document(text, model_name, version);
    issue_list issues;
    auto fit = detail::read_fit(fields, gamma_gamma_access::names, issues);
    detail::model_reader in(fields, issues);
    double const correlation = in.number("correlation");
    double const limit = in.number("correlation_limit");
    issues.throw_if_errors();
    return gamma_gamma_access::make(std::move(fit), correlation, limit);
}

} // namespace v0
} // namespace segmenta
