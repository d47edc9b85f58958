// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/feature_scaling.hpp>

#include "base/indexed_place.hpp"
#include "model/model_document.hpp"

#include <segmenta/stats/moments.hpp>
#include <segmenta/stats/quantile.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace segmenta {
inline namespace v0 {

std::string_view to_string(scaling_kind kind) noexcept {
    switch (kind) {
    case scaling_kind::standard: return "standard";
    case scaling_kind::min_max: return "min_max";
    case scaling_kind::robust: return "robust";
    case scaling_kind::none: break;
    }
    return "none";
}

std::optional<scaling_kind> parse_scaling_kind(std::string_view text) noexcept {
    for (auto const kind : {scaling_kind::standard, scaling_kind::min_max, scaling_kind::robust, scaling_kind::none})
        if (text == to_string(kind)) return kind;
    return std::nullopt;
}

feature_scaling::feature_scaling(scaling_kind kind, std::vector<double> centres, std::vector<double> scales, bool log1p)
    : kind_(kind), centres_(std::move(centres)), scales_(std::move(scales)), log1p_(log1p) {
    bool const good = !centres_.empty() && centres_.size() == scales_.size() &&
                      std::all_of(centres_.begin(), centres_.end(), [](double v) { return std::isfinite(v); }) &&
                      std::all_of(scales_.begin(), scales_.end(), [](double v) { return std::isfinite(v) && v > 0; });
    if (!good)
        throw issue_error("scaling.parameters", "scaling", "these are no parameters of a scaling",
                          std::to_string(centres_.size()) + " centres, " + std::to_string(scales_.size()) + " scales",
                          "as many finite centres as finite scales above 0", {});
}

void feature_scaling::apply(std::span<double> customer) const noexcept {
    for (std::size_t j = 0; j < std::min(customer.size(), features()); ++j) {
        double& x = customer[j];
        if (log1p_) x = x > -1 ? std::log1p(x) : std::numeric_limits<double>::quiet_NaN();
        x = (x - centres_[j]) / scales_[j];
    }
}

void feature_scaling::invert(std::span<double> customer) const noexcept {
    for (std::size_t j = 0; j < std::min(customer.size(), features()); ++j) {
        double& x = customer[j];
        x = x * scales_[j] + centres_[j];
        if (log1p_) x = std::expm1(x);
    }
}

std::vector<std::vector<double>> feature_scaling::apply(number_columns columns) const {
    if (columns.size() != features())
        throw issue_error("data.ragged", "columns", "the columns do not fit the scaling",
                          std::to_string(columns.size()), std::to_string(features()), {});
    std::vector<std::vector<double>> out;
    for (std::size_t j = 0; j < columns.size(); ++j) {
        feature_scaling const one(kind_, {centres_[j]}, {scales_[j]}, log1p_);
        out.emplace_back(columns[j].begin(), columns[j].end());
        for (double& v : out.back())
            one.apply(std::span(&v, 1));
    }
    return out;
}

namespace {

struct centre_and_scale {
    double centre = 0;
    double scale = 1;
};

centre_and_scale fit_one(std::vector<double> const& values, scaling_kind kind) {
    centre_and_scale out;
    switch (kind) {
    case scaling_kind::none: return out;
    case scaling_kind::standard: {
        auto const m = compute_moments(values);
        out = {m.mean, std::sqrt(m.population_variance)};
        // all equal, but for the rounding of their mean
        if (m.minimum == m.maximum) out = {m.minimum, 1};
        break;
    }
    case scaling_kind::min_max: {
        auto const [low, high] = std::minmax_element(values.begin(), values.end());
        out = {*low, *high - *low};
        break;
    }
    case scaling_kind::robust:
        out = {quantile(values, .5), quantile(values, .75) - quantile(values, .25)};
        break;
    }
    if (!(out.scale > 0) || !std::isfinite(out.scale)) out.scale = 1;
    return out;
}

void check_logs(number_columns columns, issue_list& issues) {
    for (std::size_t j = 0; j < columns.size(); ++j) {
        auto const bad = std::find_if(columns[j].begin(), columns[j].end(), [](double v) { return v <= -1; });
        if (bad == columns[j].end()) continue;
        issues.error("scaling.log", detail::indexed_place("columns", j),
                     "row " + std::to_string(bad - columns[j].begin()) + " has no logarithm of 1 + x",
                     std::to_string(*bad), "numbers above -1", "Leave log1p off, or shift the column");
    }
}

} // namespace

feature_scaling fit_feature_scaling(number_columns columns, feature_scaling_options const& options) {
    issue_list issues;
    check_columns(columns, issues, "columns");
    if (options.log1p) check_logs(columns, issues);
    issues.throw_if_errors();
    std::vector<double> centres;
    std::vector<double> scales;
    for (auto const column : columns) {
        std::vector<double> values(column.begin(), column.end());
        if (options.log1p)
            for (double& v : values)
                v = std::log1p(v);
        auto const fitted = fit_one(values, options.kind);
        centres.push_back(fitted.centre);
        scales.push_back(fitted.scale);
    }
    return {options.kind, std::move(centres), std::move(scales), options.log1p};
}

std::string feature_scaling::to_json() const {
    boost::json::object fields;
    fields["kind"] = to_string(kind_);
    fields["log1p"] = log1p_;
    fields["centres"] = detail::numbers_of(centres_);
    fields["scales"] = detail::numbers_of(scales_);
    return detail::write_model_document("feature_scaling", 1, std::move(fields));
}

feature_scaling feature_scaling::from_json(std::string_view text) {
    auto const fields = detail::read_model_document(text, "feature_scaling", 1);
    issue_list issues;
    detail::model_reader reader(fields, issues);
    auto const kind = parse_scaling_kind(reader.text("kind"));
    if (!kind)
        issues.error("model.bad_field", "model /kind", "this is no kind of scaling", {},
                     "standard, min_max, robust or none", {});
    bool const logs = reader.flag("log1p");
    auto centres = reader.numbers("centres");
    auto scales = reader.numbers("scales");
    issues.throw_if_errors();
    return {*kind, std::move(centres), std::move(scales), logs};
}

} // namespace v0
} // namespace segmenta
