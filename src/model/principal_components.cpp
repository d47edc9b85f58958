// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/principal_components.hpp>

#include "model/cluster_data.hpp"
#include "model/model_document.hpp"

#include <Eigen/Core>
#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>
#include <limits>

namespace segmenta {
inline namespace v0 {

principal_components::principal_components(std::vector<double> means, std::vector<double> scales,
                                           std::vector<double> loadings, std::vector<double> explained_variance,
                                           double total_variance)
    : means_(std::move(means)), scales_(std::move(scales)), loadings_(std::move(loadings)),
      explained_(std::move(explained_variance)), total_(total_variance) {
    auto const finite = [](std::vector<double> const& v) {
        return std::all_of(v.begin(), v.end(), [](double x) { return std::isfinite(x); });
    };
    bool const good = !means_.empty() && scales_.size() == means_.size() && !explained_.empty() &&
                      loadings_.size() == means_.size() * explained_.size() && finite(means_) && finite(scales_) &&
                      finite(loadings_) && finite(explained_) && std::isfinite(total_) &&
                      std::all_of(scales_.begin(), scales_.end(), [](double s) { return s > 0; });
    if (!good)
        throw issue_error("components.parameters", "principal components", "these are no principal components",
                          std::to_string(loadings_.size()) + " loadings for " + std::to_string(means_.size()) +
                              " features and " + std::to_string(explained_.size()) + " components",
                          "finite numbers that fit each other, and scales above 0", {});
}

std::vector<double> principal_components::explained_share() const {
    std::vector<double> out;
    for (double const v : explained_)
        out.push_back(total_ > 0 ? v / total_ : 0);
    return out;
}

void principal_components::transform(std::span<double const> customer, std::span<double> out) const noexcept {
    for (std::size_t c = 0; c < std::min(out.size(), components()); ++c) {
        auto const weights = loadings(c);
        double sum = customer.size() == features() ? 0 : std::numeric_limits<double>::quiet_NaN();
        for (std::size_t j = 0; j < std::min(customer.size(), weights.size()); ++j)
            sum += weights[j] * ((customer[j] - means_[j]) / scales_[j]);
        out[c] = sum;
    }
}

void principal_components::invert(std::span<double const> scores, std::span<double> customer) const noexcept {
    for (std::size_t j = 0; j < std::min(customer.size(), features()); ++j) {
        double sum = 0;
        for (std::size_t c = 0; c < std::min(scores.size(), components()); ++c)
            sum += scores[c] * loadings(c)[j];
        customer[j] = means_[j] + scales_[j] * sum;
    }
}

std::vector<std::vector<double>> principal_components::transform(number_columns columns) const {
    if (columns.size() != features())
        throw issue_error("data.ragged", "columns", "the columns do not fit the components",
                          std::to_string(columns.size()), std::to_string(features()), {});
    std::vector<std::vector<double>> out(components(), std::vector<double>(row_count(columns)));
    std::vector<double> row(features());
    std::vector<double> scores(components());
    for (std::size_t i = 0; i < row_count(columns); ++i) {
        for (std::size_t j = 0; j < row.size(); ++j)
            row[j] = columns[j][i];
        transform(row, scores);
        for (std::size_t c = 0; c < scores.size(); ++c)
            out[c][i] = scores[c];
    }
    return out;
}

principal_components fit_principal_components(number_columns columns, principal_components_options const& options) {
    issue_list issues;
    check_columns(columns, issues, "columns");
    detail::check_squares(columns, issues);
    if (row_count(columns) == 1)
        issues.error("components.too_few", "columns", "one customer does not vary", "1", "2 or more", {});
    if (!(options.variance_share > 0 && options.variance_share <= 1))
        issues.error("cluster.bad_option", "options variance_share", "this is no part of the variance",
                     std::to_string(options.variance_share), "above 0, at most 1", {});
    issues.throw_if_errors();

    auto const n = static_cast<Eigen::Index>(row_count(columns));
    auto const d = static_cast<Eigen::Index>(columns.size());
    Eigen::MatrixXd centred(n, d);
    std::vector<double> means;
    std::vector<double> scales(columns.size(), 1.0);
    for (Eigen::Index j = 0; j < d; ++j) {
        auto const column = columns[static_cast<std::size_t>(j)];
        Eigen::Map<Eigen::VectorXd const> const values(column.data(), n);
        bool const constant = (values.array() == values(0)).all();
        double const mean = constant ? values(0) : values.mean();
        means.push_back(mean);
        centred.col(j) = values.array() - mean;
        double const deviation = std::sqrt(centred.col(j).squaredNorm() / static_cast<double>(n - 1));
        if (!options.correlation || !(deviation > 0)) continue;
        scales[static_cast<std::size_t>(j)] = deviation;
        centred.col(j) /= deviation;
    }
    Eigen::MatrixXd const covariance = centred.transpose() * centred / static_cast<double>(n - 1);
    Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> const solver(covariance);
    double const total = covariance.trace();
    Eigen::Index const most =
        options.components == 0 ? d : std::min(d, static_cast<Eigen::Index>(options.components));
    std::vector<double> loadings;
    std::vector<double> explained;
    double so_far = 0;
    for (Eigen::Index c = 0; c < most; ++c) {
        if (c > 0 && options.variance_share < 1 && so_far >= options.variance_share * total) break;
        Eigen::VectorXd vector = solver.eigenvectors().col(d - 1 - c); // ascending there
        Eigen::Index largest = 0;
        vector.cwiseAbs().maxCoeff(&largest);
        if (vector(largest) < 0) vector = -vector;
        loadings.insert(loadings.end(), vector.data(), vector.data() + d);
        explained.push_back(std::max(solver.eigenvalues()(d - 1 - c), 0.0));
        so_far += explained.back();
    }
    return {std::move(means), std::move(scales), std::move(loadings), std::move(explained), total};
}

std::string principal_components::to_json() const {
    boost::json::object fields;
    fields["means"] = detail::numbers_of(means_);
    fields["scales"] = detail::numbers_of(scales_);
    fields["loadings"] = detail::numbers_of(loadings_);
    fields["explained_variance"] = detail::numbers_of(explained_);
    fields["total_variance"] = total_;
    return detail::write_model_document("principal_components", 1, std::move(fields));
}

principal_components principal_components::from_json(std::string_view text) {
    auto const fields = detail::read_model_document(text, "principal_components", 1);
    issue_list issues;
    detail::model_reader reader(fields, issues);
    auto means = reader.numbers("means");
    auto scales = reader.numbers("scales");
    auto loadings = reader.numbers("loadings");
    auto explained = reader.numbers("explained_variance");
    double const total = reader.number("total_variance");
    issues.throw_if_errors();
    return {std::move(means), std::move(scales), std::move(loadings), std::move(explained), total};
}

} // namespace v0
} // namespace segmenta
