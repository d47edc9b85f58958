// SPDX-License-Identifier: Apache-2.0
// k-means in a plan: clusters have names, in the order of their centres.
#include "model/model_document.hpp"
#include "model/model_strategy.hpp"
#include "strategy/fitted.hpp"
#include "strategy/kinds.hpp"

#include <segmenta/model/feature_scaling.hpp>
#include <segmenta/model/k_means.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::string_view own_kind = "k_means";

struct k_means_use {
    std::size_t clusters = 0;
    std::uint64_t seed = 0;
    std::size_t starts = 10;
    bool standardise = true;
};

// Clusters from the lowest to the highest centre, by the first column, then the next: the numbers of a fit are chance.
std::vector<double> ordered_centres(k_means const& model) {
    std::vector<std::size_t> order(model.clusters());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        auto const x = model.centre(a);
        auto const y = model.centre(b);
        return std::lexicographical_compare(x.begin(), x.end(), y.begin(), y.end());
    });
    std::vector<double> out;
    for (std::size_t const c : order)
        out.insert(out.end(), model.centre(c).begin(), model.centre(c).end());
    return out;
}

boost::json::object fit_clusters(k_means_use const& use, std::vector<std::vector<double>> const& columns) {
    auto const scaling = fit_feature_scaling(as_columns(columns),
                                             {.kind = use.standardise ? scaling_kind::standard : scaling_kind::none});
    auto const scaled = scaling.apply(as_columns(columns));
    k_means_options options;
    options.clusters = use.clusters;
    options.seed = use.seed;
    options.starts = use.starts;
    auto const model = fit_k_means(as_columns(scaled), options);
    boost::json::object out;
    out["scaling"] = parse_json(scaling.to_json());
    out["clusters"] = parse_json(k_means(ordered_centres(model), use.clusters).to_json());
    out["inertia"] = model.fit().inertia;
    out["customers"] = columns[0].size();
    return out;
}

model_function nearest_centre(boost::json::object const& fit, std::size_t columns, std::size_t clusters) {
    auto const* const of_scaling = fit.if_contains("scaling");
    auto const* const of_clusters = fit.if_contains("clusters");
    if (of_scaling == nullptr || of_clusters == nullptr) bad_content(own_kind, "the centres are missing");
    auto const scaling = feature_scaling::from_json(write_json(*of_scaling));
    auto const model = k_means::from_json(write_json(*of_clusters));
    if (scaling.features() != columns || model.features() != columns || model.clusters() != clusters)
        bad_content(own_kind, "the centres do not fit the parameters");
    return [model, scaling](std::span<double const> row, assignment& out) {
        std::array<double, most_model_columns> scaled;
        std::copy(row.begin(), row.end(), scaled.begin());
        std::span<double> const point(scaled.data(), row.size());
        scaling.apply(point);
        std::uint32_t const cluster = model.nearest(point);
        if (cluster == k_means::no_cluster) {
            out = no_answer(status::error);
            return;
        }
        auto const centre = model.centre(cluster);
        double sum = 0;
        for (std::size_t j = 0; j < row.size(); ++j)
            sum += (point[j] - centre[j]) * (point[j] - centre[j]);
        out.score = std::sqrt(sum);
        out.segment = static_cast<std::uint16_t>(cluster);
        out.reason = cluster;
    };
}

std::optional<model_use> read_use(strategy_use const& use, issue_list& issues) {
    auto const object = parameters_of(use, issues);
    if (!object) return std::nullopt;
    issue_list found;
    object_reader reader(*object, own_kind, use.place, found);
    k_means_use read;
    std::vector<std::string> segments;
    reader.read_whole("clusters", read.clusters, 1, 1'000);
    reader.read_whole("seed", read.seed, 0, INT64_MAX);
    reader.read_whole("starts", read.starts, 1, 10'000);
    reader.read("standardise", read.standardise);
    reader.read("segments", segments);
    if (!reader.has("clusters")) read.clusters = segments.size();
    reader.finish();
    if (segments.empty())
        for (std::size_t i = 1; i <= read.clusters; ++i)
            segments.push_back(std::to_string(i));
    if (read.clusters == 0 || segments.size() != read.clusters)
        found.error("k_means.sizes", use.place + "/segments", "there must be one id for each cluster",
                    std::to_string(segments.size()), std::to_string(read.clusters), "Give clusters, segments or both");
    issues.append(found);
    if (found.has_errors()) return std::nullopt;
    model_use out;
    out.segments = std::move(segments);
    out.scores = false;
    out.fit = [read](std::vector<std::vector<double>> const& columns) { return fit_clusters(read, columns); };
    out.make = [read, columns = use.reads.size()](boost::json::object const& fit) {
        return nearest_centre(fit, columns, read.clusters);
    };
    return out;
}

} // namespace

strategy_kind k_means_kind() {
    return model_kind(std::string(own_kind),
                      "clusters around centres, fitted on everybody; each customer is in the nearest", read_use);
}

} // namespace detail
} // namespace v0
} // namespace segmenta
