// SPDX-License-Identifier: Apache-2.0
// Clusters from the command line.
#include "cli/fit_models.hpp"

#include "cli/screen.hpp"
#include "model/reference_document.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/error.hpp>
#include <segmenta/model/cluster_model.hpp>
#include <segmenta/model/cluster_profile.hpp>
#include <segmenta/model/feature_scaling.hpp>
#include <segmenta/model/gaussian_mixture.hpp>
#include <segmenta/model/k_means.hpp>
#include <segmenta/model/k_prototypes.hpp>
#include <segmenta/model/model_drift.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>

namespace segmenta::cli {
namespace {

/// Customers that have all features.
struct cluster_table {
    std::vector<std::string> names; ///< of number columns
    std::vector<std::vector<double>> numbers;
    std::vector<std::string> category_names;
    std::vector<std::vector<std::uint32_t>> categories;
    std::vector<std::vector<std::string>> labels; ///< of each category column
    std::size_t left_out = 0;
    std::vector<std::string> columns_left_out;
    std::optional<feature_scaling> scaling;
    std::vector<std::vector<double>> scaled; ///< empty without scaling

    [[nodiscard]] std::vector<std::span<double const>> features() const {
        return as_columns(scaling ? scaled : numbers);
    }
    [[nodiscard]] std::size_t rows() const noexcept {
        return numbers.empty() ? categories[0].size() : numbers[0].size();
    }
};

template <class Column>
void keep(Column& column, std::vector<bool> const& whole) {
    std::size_t kept = 0;
    for (std::size_t row = 0; row < whole.size(); ++row)
        if (whole[row]) column[kept++] = column[row];
    column.resize(kept);
}

cluster_table table_of(fit_arguments const& a, bool categories) {
    if (a.clusters == 0)
        throw issue_error("cli.clusters", "--clusters", "how many clusters there are to be is not given", {},
                          "1 or more", {});
    table_file const file = customers_of(a);
    auto const features = features_of(a, file);
    if (!categories && (features.numeric.empty() || (!a.features.empty() && !features.categorical.empty())))
        throw issue_error("cli.features", "--features", "only columns of numbers can be clustered by " + a.model,
                          fmt::format("{}", fmt::join(features.categorical, ", ")), "columns of numbers",
                          "kprototypes takes both kinds");
    cluster_table out;
    out.columns_left_out = features.left_out;
    if (!categories)
        out.columns_left_out.insert(out.columns_left_out.end(), features.categorical.begin(),
                                    features.categorical.end());
    out.names = features.numeric;
    out.numbers = file.numbers(features.numeric);
    std::size_t const rows = out.numbers.empty() ? file.texts(file.columns()[0]).size() : out.numbers[0].size();
    std::vector<bool> whole(rows, true);
    for (auto const& column : out.numbers)
        for (std::size_t row = 0; row < rows; ++row)
            whole[row] = whole[row] && !std::isnan(column[row]);
    for (std::size_t i = 0; categories && i < features.categorical.size(); ++i) {
        auto coded = file.codes(features.categorical[i]);
        auto& column = out.categories.emplace_back();
        for (std::size_t row = 0; row < rows; ++row) {
            whole[row] = whole[row] && coded.codes[row] >= 0;
            column.push_back(static_cast<std::uint32_t>(std::max(coded.codes[row], 0)));
        }
        out.category_names.push_back(features.categorical[i]);
        out.labels.push_back(std::move(coded.labels));
    }
    out.left_out = static_cast<std::size_t>(std::count(whole.begin(), whole.end(), false));
    for (auto& column : out.numbers)
        keep(column, whole);
    for (auto& column : out.categories)
        keep(column, whole);
    return out;
}

void scale(fit_arguments const& a, cluster_table& table) {
    if (!a.standardise || table.numbers.empty()) return;
    table.scaling = fit_feature_scaling(as_columns(table.numbers), {.kind = scaling_kind::standard});
    table.scaled = table.scaling->apply(as_columns(table.numbers));
}

fit_report report_of(fit_arguments const& a, cluster_table const& table) {
    fit_report out;
    std::vector<std::string> names = table.names;
    names.insert(names.end(), table.category_names.begin(), table.category_names.end());
    out.title = fmt::format("{}: {} of {} by {}", a.model, counted(a.clusters, "cluster", "clusters"),
                            counted(table.rows(), "customer", "customers"), fmt::join(names, ", "));
    if (!table.columns_left_out.empty())
        out.remarks.push_back(
            fmt::format("left out, as no numbers or as names: {}", fmt::join(table.columns_left_out, ", ")));
    if (table.left_out != 0) {
        out.facts.emplace_back("rows left out", static_cast<double>(table.left_out));
        out.remarks.emplace_back("rows that miss a feature were left out");
    }
    if (a.standardise)
        out.remarks.emplace_back("features were brought to mean 0 and deviation 1; centres are in those units");
    return out;
}

/// The model with what is needed to use it, its clusters named after what sets them apart.
cluster_model model_of(cluster_table const& table, any_clustering clustering, std::vector<std::uint32_t> const& labels,
                       std::size_t clusters) {
    cluster_model_parts parts{std::move(clustering)};
    parts.numbers = table.names;
    parts.scaling = table.scaling;
    for (std::size_t i = 0; i < table.labels.size(); ++i)
        parts.attributes.push_back({table.category_names[i], table.labels[i]});
    auto const codes = as_categories(table.categories);
    auto const profiles = profile_clusters(as_columns(table.numbers), table.names,
                                           {codes, table.category_names, table.labels}, labels);
    parts.segments = name_clusters(profiles, clusters);
    return cluster_model(std::move(parts));
}

/// What the clusters are called, and why.
figure_table segments_of(cluster_model const& model) {
    figure_table out{"segments", {"cluster", "segment", "what sets it apart"}, {}};
    for (std::size_t c = 0; c < model.clusters(); ++c)
        out.rows.push_back({static_cast<double>(c), model.segments()[c].id, model.segments()[c].description});
    return out;
}

void finish(fit_report& out, cluster_table const& table, any_clustering clustering,
            std::vector<std::uint32_t> const& labels, std::size_t clusters) {
    auto const model = model_of(table, std::move(clustering), labels, clusters);
    out.tables.push_back(segments_of(model));
    // How these customers are distributed, so that others can be compared with them.
    std::vector<double> scores;
    std::vector<std::string> segments;
    std::vector<double> numbers(table.names.size());
    std::vector<std::string_view> texts(table.labels.size());
    for (std::size_t row = 0; row < table.rows(); ++row) {
        for (std::size_t j = 0; j < numbers.size(); ++j)
            numbers[j] = table.numbers[j][row];
        for (std::size_t j = 0; j < texts.size(); ++j)
            texts[j] = table.labels[j][table.categories[j][row]];
        auto const found = model.nearest(numbers, texts);
        scores.push_back(std::isfinite(found.score) ? found.score : std::nan(""));
        segments.push_back(model.segments()[labels[row]].id);
    }
    out.document = detail::with_reference(model.to_json(), freeze_answers(scores, segments));
}

} // namespace

fit_report fit_kmeans(fit_arguments const& a) {
    auto table = table_of(a, false);
    scale(a, table);
    k_means_options options;
    options.clusters = a.clusters;
    options.seed = a.seed;
    options.threads = a.threads;
    auto const model = fit_k_means(table.features(), options);
    auto out = report_of(a, table);
    out.facts.emplace_back("inertia", model.fit().inertia);
    out.facts.emplace_back("iterations", static_cast<double>(model.fit().iterations));
    figure_table centres{"centres", {"cluster", "customers"}, {}};
    centres.heading.insert(centres.heading.end(), table.names.begin(), table.names.end());
    for (std::size_t c = 0; c < model.clusters(); ++c) {
        std::vector<figure_cell> row{static_cast<double>(c), static_cast<double>(model.fit().sizes[c])};
        row.insert(row.end(), model.centre(c).begin(), model.centre(c).end());
        centres.rows.push_back(std::move(row));
    }
    out.tables.push_back(std::move(centres));
    std::vector<std::uint32_t> labels(table.rows());
    model.assign(table.features(), labels, a.threads);
    finish(out, table, model, labels, model.clusters());
    return out;
}

fit_report fit_gmm(fit_arguments const& a) {
    auto table = table_of(a, false);
    scale(a, table);
    auto const kind = parse_covariance_kind(a.covariance);
    if (!kind)
        throw issue_error("cli.covariance", "--covariance", "there is no such kind", segmenta::quoted(a.covariance),
                          "full, tied, diagonal, spherical", {});
    gaussian_mixture_options options;
    options.components = a.clusters;
    options.kind = *kind;
    options.starts = 10;
    options.k_means_starts = 1; // each start another one
    options.seed = a.seed;
    options.threads = a.threads;
    auto const model = fit_gaussian_mixture(table.features(), options);
    auto out = report_of(a, table);
    out.facts.emplace_back("log-likelihood", model.diagnostics().log_likelihood);
    if (model.diagnostics().state != identification::identified) out.remarks.push_back(model.diagnostics().remark);
    out.facts.emplace_back("covariance", std::string(to_string(*kind)));
    out.facts.emplace_back("bic", model.bic());
    out.facts.emplace_back("aic", model.aic());
    figure_table means{"components", {"component", "weight"}, {}};
    means.heading.insert(means.heading.end(), table.names.begin(), table.names.end());
    for (std::size_t c = 0; c < model.components(); ++c) {
        std::vector<figure_cell> row{static_cast<double>(c), model.weights()[c]};
        row.insert(row.end(), model.mean(c).begin(), model.mean(c).end());
        means.rows.push_back(std::move(row));
    }
    out.tables.push_back(std::move(means));
    std::vector<std::uint32_t> labels(table.rows());
    model.assign(table.features(), labels, a.threads);
    finish(out, table, model, labels, model.components());
    return out;
}

fit_report fit_kprototypes(fit_arguments const& a) {
    auto table = table_of(a, true);
    scale(a, table);
    k_prototypes_options options;
    options.clusters = a.clusters;
    options.seed = a.seed;
    options.threads = a.threads;
    auto const model = fit_k_prototypes(table.features(), as_categories(table.categories), options);
    auto out = report_of(a, table);
    out.facts.emplace_back("cost", model.fit().cost);
    out.facts.emplace_back("gamma", model.gamma());
    figure_table prototypes{"prototypes", {"cluster", "customers"}, {}};
    prototypes.heading.insert(prototypes.heading.end(), table.names.begin(), table.names.end());
    prototypes.heading.insert(prototypes.heading.end(), table.category_names.begin(), table.category_names.end());
    for (std::size_t c = 0; c < model.clusters(); ++c) {
        std::vector<figure_cell> row{static_cast<double>(c), static_cast<double>(model.fit().sizes[c])};
        row.insert(row.end(), model.mean(c).begin(), model.mean(c).end());
        for (std::size_t i = 0; i < table.labels.size(); ++i)
            row.emplace_back(table.labels[i][model.mode(c)[i]]);
        prototypes.rows.push_back(std::move(row));
    }
    out.tables.push_back(std::move(prototypes));
    std::vector<std::uint32_t> labels(table.rows());
    model.assign(table.features(), as_categories(table.categories), labels, a.threads);
    finish(out, table, model, labels, model.clusters());
    return out;
}

} // namespace segmenta::cli
