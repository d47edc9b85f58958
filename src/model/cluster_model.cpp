// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/cluster_model.hpp>

#include "model/cluster_data.hpp"
#include "model/model_document.hpp"
#include "strategy/scheme.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

namespace segmenta {
inline namespace v0 {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t most_clusters = 65'534; // numbers of segments have 16 bits, one of which means none

// The names under which documents say which clustering they hold, and those of the clusterings themselves.
struct named_kind {
    std::string_view envelope;
    std::string_view fitted;
};
constexpr std::array kinds{named_kind{"kmeans", "k_means"}, named_kind{"kmedoids", "k_medoids"},
                           named_kind{"kprototypes", "k_prototypes"}, named_kind{"gmm", "gaussian_mixture"}};

std::size_t clusters_of(any_clustering const& any) {
    if (auto const* const mixture = std::get_if<gaussian_mixture>(&any)) return mixture->components();
    if (auto const* const medoids = std::get_if<k_medoids>(&any)) return medoids->clusters();
    if (auto const* const means = std::get_if<k_means>(&any)) return means->clusters();
    return std::get<k_prototypes>(any).clusters();
}

std::size_t numbers_of(any_clustering const& any) {
    if (auto const* const mixture = std::get_if<gaussian_mixture>(&any)) return mixture->features();
    if (auto const* const medoids = std::get_if<k_medoids>(&any)) return medoids->features();
    if (auto const* const means = std::get_if<k_means>(&any)) return means->features();
    return std::get<k_prototypes>(any).number_features();
}

std::size_t attributes_of(any_clustering const& any) {
    auto const* const prototypes = std::get_if<k_prototypes>(&any);
    return prototypes == nullptr ? 0 : prototypes->category_features();
}

void check_sizes(cluster_model_parts const& parts, issue_list& issues) {
    auto const same = [&](char const* what, std::size_t is, std::size_t must) {
        if (is != must)
            issues.error("cluster_model.sizes", what, "this number does not fit the clustering", std::to_string(is),
                         std::to_string(must), {});
    };
    std::size_t const columns = parts.numbers.size() + parts.attributes.size();
    same("numbers", parts.numbers.size(), numbers_of(parts.clustering));
    same("attributes", parts.attributes.size(), attributes_of(parts.clustering));
    if (parts.scaling) same("scaling", parts.scaling->features(), parts.numbers.size());
    if (!parts.segments.empty()) same("segments", parts.segments.size(), clusters_of(parts.clustering));
    if (columns == 0)
        issues.error("cluster_model.sizes", "clustering", "the clustering knows no features, so no new customer", {},
                     "one fitted on columns", {});
    if (columns > cluster_model::max_columns || clusters_of(parts.clustering) > most_clusters)
        issues.error("cluster_model.sizes", "clustering", "the clustering is too large",
                     std::to_string(columns) + " columns, " + std::to_string(clusters_of(parts.clustering)) +
                         " clusters",
                     "at most 64 columns and 65534 clusters", {});
}

void check_names(cluster_model_parts const& parts, issue_list& issues) {
    std::set<std::string_view> seen;
    auto const check = [&](std::string const& name) {
        if (name.empty() || !seen.insert(name).second)
            issues.error("cluster_model.names", "columns", "a column has no name, or one that another has", name,
                         "a name of its own for each column", {});
    };
    for (auto const& name : parts.numbers)
        check(name);
    for (auto const& attribute : parts.attributes)
        check(attribute.name);
    seen.clear();
    for (auto const& segment : parts.segments)
        if (!detail::is_local_id(segment.id) || !seen.insert(segment.id).second)
            issues.error("cluster_model.segments", "segments", "this is no id of a segment, or it is there twice",
                         segment.id, "ASCII letters, digits, _ and -, each once", {});
}

void check_categories_of(cluster_model_parts const& parts, issue_list& issues) {
    for (std::size_t a = 0; a < parts.attributes.size(); ++a) {
        auto const& attribute = parts.attributes[a];
        std::set<std::string_view> const distinct(attribute.categories.begin(), attribute.categories.end());
        if (distinct.empty() || distinct.size() != attribute.categories.size())
            issues.error("cluster_model.categories", attribute.name, "an attribute has no category, or one twice",
                         std::to_string(attribute.categories.size()), "each category once", {});
        auto const* const prototypes = std::get_if<k_prototypes>(&parts.clustering);
        if (prototypes == nullptr || a >= prototypes->category_features()) continue;
        for (std::size_t c = 0; c < prototypes->clusters(); ++c)
            if (prototypes->mode(c)[a] >= attribute.categories.size())
                issues.error("cluster_model.categories", attribute.name, "a prototype has a category that has no name",
                             std::to_string(prototypes->mode(c)[a]),
                             "below " + std::to_string(attribute.categories.size()), {});
    }
}

} // namespace

cluster_model::cluster_model(cluster_model_parts parts) : parts_(std::move(parts)) {
    issue_list issues;
    check_sizes(parts_, issues);
    check_names(parts_, issues);
    check_categories_of(parts_, issues);
    issues.throw_if_errors();
    if (parts_.segments.empty())
        for (std::size_t c = 1; c <= clusters_of(parts_.clustering); ++c)
            parts_.segments.push_back({std::to_string(c), {}});
    for (auto const& attribute : parts_.attributes) {
        auto& order = order_.emplace_back(attribute.categories.size());
        std::iota(order.begin(), order.end(), 0U);
        std::sort(order.begin(), order.end(), [&](std::uint32_t x, std::uint32_t y) {
            return attribute.categories[x] < attribute.categories[y];
        });
    }
}

std::string_view cluster_model::kind() const noexcept { return kinds[parts_.clustering.index()].envelope; }

std::uint32_t cluster_model::code_of(std::size_t attribute, std::string_view text) const noexcept {
    auto const& categories = parts_.attributes[attribute].categories;
    auto const at =
        std::lower_bound(order_[attribute].begin(), order_[attribute].end(), text,
                         [&](std::uint32_t code, std::string_view wanted) { return categories[code] < wanted; });
    return at != order_[attribute].end() && categories[*at] == text ? *at : missing_category;
}

// A row of numbers on the stack, as the clustering wants them.
struct cluster_model::scaled_row {
    scaled_row(std::span<double const> numbers, std::optional<feature_scaling> const& scaling) noexcept
        : size(numbers.size()) {
        std::copy(numbers.begin(), numbers.end(), memory.begin());
        if (scaling) scaling->apply(std::span(memory).first(size));
    }
    [[nodiscard]] std::span<double const> point() const noexcept { return std::span(memory).first(size); }

    std::array<double, max_columns> memory; // the first `size` of them
    std::size_t size;
};

cluster_answer cluster_model::nearest(std::span<double const> numbers,
                                      std::span<std::string_view const> texts) const noexcept {
    cluster_answer out{cluster_answer::no_cluster, nan};
    if (numbers.size() != parts_.numbers.size() || texts.size() != parts_.attributes.size()) return out;
    scaled_row const row(numbers, parts_.scaling);
    auto const point = row.point();
    auto const distance = [&](std::span<double const> from) {
        return detail::squared_distance(point.data(), from.data(), point.size());
    };
    if (auto const* const means = std::get_if<k_means>(&parts_.clustering)) {
        out.cluster = means->nearest(point);
        if (out.cluster != cluster_answer::no_cluster) out.score = std::sqrt(distance(means->centre(out.cluster)));
    } else if (auto const* const medoids = std::get_if<k_medoids>(&parts_.clustering)) {
        out.cluster = medoids->nearest(point);
        if (out.cluster != cluster_answer::no_cluster) out.score = std::sqrt(distance(medoids->medoid(out.cluster)));
    } else if (auto const* const mixture = std::get_if<gaussian_mixture>(&parts_.clustering)) {
        out.cluster = mixture->nearest(point);
        if (out.cluster != cluster_answer::no_cluster) out.score = mixture->probability(point, out.cluster);
    } else if (auto const* const prototypes = std::get_if<k_prototypes>(&parts_.clustering)) {
        std::array<std::uint32_t, max_columns> codes;
        for (std::size_t a = 0; a < texts.size(); ++a)
            codes[a] = code_of(a, texts[a]);
        auto const categories = std::span<std::uint32_t const>(codes).first(texts.size());
        out.cluster = prototypes->nearest(point, categories);
        if (out.cluster == cluster_answer::no_cluster) return out;
        auto const mode = prototypes->mode(out.cluster);
        std::size_t different = 0;
        for (std::size_t a = 0; a < mode.size(); ++a)
            different += mode[a] != categories[a] ? 1 : 0;
        out.score = distance(prototypes->mean(out.cluster)) + prototypes->gamma() * static_cast<double>(different);
    }
    return out;
}

bool cluster_model::has_probabilities() const noexcept {
    return std::holds_alternative<gaussian_mixture>(parts_.clustering);
}

void cluster_model::probabilities(std::span<double const> numbers, std::span<double> out) const noexcept {
    std::fill(out.begin(), out.end(), nan);
    auto const* const mixture = std::get_if<gaussian_mixture>(&parts_.clustering);
    if (mixture == nullptr || numbers.size() != parts_.numbers.size()) return;
    mixture->probabilities(scaled_row(numbers, parts_.scaling).point(), out);
}

double cluster_model::probability(std::span<double const> numbers, std::size_t cluster) const noexcept {
    auto const* const mixture = std::get_if<gaussian_mixture>(&parts_.clustering);
    if (mixture == nullptr || numbers.size() != parts_.numbers.size()) return nan;
    return mixture->probability(scaled_row(numbers, parts_.scaling).point(), cluster);
}

std::string cluster_model::to_json() const {
    boost::json::object out;
    out["features"] = boost::json::array(parts_.numbers.begin(), parts_.numbers.end());
    if (parts_.scaling) out["scaling"] = detail::parse_json(parts_.scaling->to_json());
    boost::json::array categories;
    for (auto const& attribute : parts_.attributes)
        categories.push_back(detail::write_categories(attribute.name, attribute.categories));
    if (!categories.empty()) out["categories"] = std::move(categories);
    boost::json::array segments;
    for (auto const& segment : parts_.segments)
        segments.push_back({{"id", segment.id}, {"description", segment.description}});
    out["segments"] = std::move(segments);
    out["fitted"] =
        std::visit([](auto const& model) { return detail::parse_json(model.to_json()); }, parts_.clustering);
    return detail::write_model_document(kind(), 1, std::move(out));
}

namespace {

any_clustering read_clustering(std::string_view fitted, std::string const& text) {
    if (fitted == "k_means") return k_means::from_json(text);
    if (fitted == "k_medoids") return k_medoids::from_json(text);
    if (fitted == "gaussian_mixture") return gaussian_mixture::from_json(text);
    return k_prototypes::from_json(text);
}

cluster_model alone(any_clustering model) {
    cluster_model_parts parts{std::move(model)};
    for (std::size_t i = 1; i <= numbers_of(parts.clustering); ++i)
        parts.numbers.push_back("x" + std::to_string(i));
    return cluster_model(std::move(parts));
}

void read_segments(boost::json::array const& from, cluster_model_parts& to, issue_list& issues) {
    for (auto const& one : from) {
        if (!one.is_object()) {
            issues.error("model.bad_field", "model /segments", "a segment is an object",
                         std::string(detail::kind_name(one)), "an object with id and description", {});
            return;
        }
        detail::model_reader reader(one.get_object(), issues, "/segments");
        to.segments.push_back({reader.text("id"), reader.text("description")});
    }
}

} // namespace

cluster_model cluster_model::from_json(std::string_view text) {
    std::string const name = detail::model_of_document(text);
    for (auto const& known : kinds)
        if (name == known.fitted) return alone(read_clustering(known.fitted, std::string(text)));
    auto const known = std::find_if(kinds.begin(), kinds.end(), [&](auto const& k) { return name == k.envelope; });
    if (known == kinds.end())
        throw issue_error("model.kind", "model /model", "this is no clustering", name,
                          "kmeans, kmedoids, kprototypes, gmm", "Write one with segmenta fit");
    auto const fields = detail::read_model_document(text, known->envelope, 1);
    issue_list issues;
    detail::model_reader reader(fields, issues);
    auto const* const fitted = reader.object("fitted");
    issues.throw_if_errors();
    cluster_model_parts parts{read_clustering(known->fitted, detail::write_json(*fitted))};
    parts.numbers = reader.texts("features");
    if (reader.has("scaling"))
        if (auto const* const scaling = reader.object("scaling"))
            parts.scaling = feature_scaling::from_json(detail::write_json(*scaling));
    if (reader.has("categories"))
        for (auto& one : detail::read_categories(reader, {}))
            parts.attributes.push_back({std::move(one.first), std::move(one.second)});
    if (reader.has("segments"))
        if (auto const* const segments = reader.array("segments")) read_segments(*segments, parts, issues);
    issues.throw_if_errors();
    return cluster_model(std::move(parts));
}

std::vector<cluster_segment> name_clusters(std::span<cluster_profile const> profiles, std::size_t clusters) {
    std::vector<cluster_segment> out(clusters);
    for (auto const& profile : profiles)
        if (profile.cluster < clusters) out[profile.cluster] = {profile.name, describe(profile)};
    for (std::size_t c = 0; c < clusters; ++c)
        if (out[c].id.empty()) out[c] = {"nobody_" + std::to_string(c + 1), "nobody was here at the fit"};
    return out;
}

} // namespace v0
} // namespace segmenta
