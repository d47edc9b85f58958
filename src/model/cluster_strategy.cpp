// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/cluster_strategy.hpp>

#include "model/cluster_data.hpp"
#include "model/model_document.hpp"
#include "strategy/numbers.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace segmenta {
inline namespace v0 {

struct cluster_strategy::contents {
    cluster_strategy_options options;
    feature_scaling scaling;
    k_means model;
    std::vector<std::string_view> reads{};
    std::vector<segment_info> segments{};
};

cluster_strategy_options name_clusters(std::string id, std::span<std::string const> reads,
                                       std::span<cluster_profile const> profiles) {
    cluster_strategy_options out{.id = std::move(id), .reads = {reads.begin(), reads.end()}, .segments = {}};
    for (auto const& p : profiles) {
        out.segments.push_back(p.name);
        out.descriptions.push_back(describe(p));
    }
    return out;
}

namespace {

bool is_word(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    });
}

void check(cluster_strategy_options const& o, feature_scaling const& scaling, k_means const& model) {
    issue_list issues;
    std::set<std::string> seen;
    if (!is_word(o.id))
        issues.error("cluster_strategy.id", "id", "this is no id", o.id, "ASCII letters, digits and _", {});
    for (auto const& s : o.segments)
        if (!is_word(s) || !seen.insert(s).second)
            issues.error("cluster_strategy.id", "segments", "this is no id of a segment, or it is there twice", s,
                         "ASCII letters, digits and _, each once", {});
    auto const same = [&](char const* what, std::size_t is, std::size_t must) {
        if (is != must)
            issues.error("cluster_strategy.sizes", what, "this number does not fit the model", std::to_string(is),
                         std::to_string(must), {});
    };
    same("reads", o.reads.size(), model.features());
    same("scaling", scaling.features(), model.features());
    same("segments", o.segments.size(), model.clusters());
    if (!o.descriptions.empty()) same("descriptions", o.descriptions.size(), model.clusters());
    if (model.features() > cluster_strategy::max_features || model.clusters() >= no_segment)
        issues.error("cluster_strategy.sizes", "model", "the model is too large for a strategy",
                     std::to_string(model.features()) + " features, " + std::to_string(model.clusters()) + " clusters",
                     "at most 64 features and 65534 clusters", {});
    issues.throw_if_errors();
}

} // namespace

cluster_strategy::cluster_strategy(cluster_strategy_options options, feature_scaling scaling, k_means model) {
    check(options, scaling, model);
    auto made = std::make_shared<contents>(contents{std::move(options), std::move(scaling), std::move(model)});
    made->reads.assign(made->options.reads.begin(), made->options.reads.end());
    for (std::size_t c = 0; c < made->options.segments.size(); ++c)
        made->segments.push_back({made->options.id + '.' + made->options.segments[c], static_cast<std::int32_t>(c)});
    contents_ = std::move(made);
}

std::string_view cluster_strategy::id() const noexcept { return contents_->options.id; }
std::span<std::string_view const> cluster_strategy::reads() const noexcept { return contents_->reads; }
std::span<segment_info const> cluster_strategy::segments() const noexcept { return contents_->segments; }
feature_scaling const& cluster_strategy::scaling() const noexcept { return contents_->scaling; }
k_means const& cluster_strategy::model() const noexcept { return contents_->model; }

std::string cluster_strategy::describe(std::uint32_t reason) const {
    auto const& o = contents_->options;
    if (reason < o.descriptions.size()) return o.descriptions[reason];
    return reason < contents_->segments.size() ? contents_->segments[reason].id : std::string();
}

void cluster_strategy::assign(block const& rows, std::span<assignment> out) const noexcept {
    auto const& c = *contents_;
    std::size_t const features = c.model.features();
    bool const fits = rows.columns.size() == features &&
                      std::all_of(rows.columns.begin(), rows.columns.end(), [](column_view const& v) {
                          return detail::is_ordered_number(v.what.base) || v.what.base == kind::boolean;
                      });
    if (!fits) return detail::fill_status(out, status::error);
    std::array<double, max_features> memory;
    auto const customer = std::span(memory).first(features);
    for (std::size_t row = 0; row < rows.size; ++row) {
        bool const known = std::all_of(rows.columns.begin(), rows.columns.end(),
                                       [row](column_view const& v) { return v.is_present(row); });
        if (!known) {
            out[row] = no_answer(status::unknown);
            continue;
        }
        for (std::size_t j = 0; j < features; ++j)
            customer[j] = detail::number_at(rows.columns[j], row);
        c.scaling.apply(customer);
        std::uint32_t const cluster = c.model.nearest(customer);
        if (cluster == k_means::no_cluster) {
            out[row] = no_answer(status::error);
            continue;
        }
        out[row] = assignment{};
        out[row].score = std::sqrt(detail::squared_distance(customer.data(), c.model.centre(cluster).data(), features));
        out[row].reason = cluster;
        out[row].segment = static_cast<std::uint16_t>(cluster);
    }
}

std::string cluster_strategy::to_json() const {
    auto const list = [](std::vector<std::string> const& texts) {
        boost::json::array out;
        for (auto const& t : texts)
            out.push_back(boost::json::value(t));
        return out;
    };
    auto const& c = *contents_;
    boost::json::object fields;
    fields["id"] = c.options.id;
    fields["reads"] = list(c.options.reads);
    fields["segments"] = list(c.options.segments);
    fields["descriptions"] = list(c.options.descriptions);
    // as documents of their own: each is checked by its own checksum and reader
    fields["scaling"] = c.scaling.to_json();
    fields["clusters"] = c.model.to_json();
    return detail::write_model_document("cluster_strategy", 1, std::move(fields));
}

cluster_strategy cluster_strategy::from_json(std::string_view text) {
    auto const fields = detail::read_model_document(text, "cluster_strategy", 1);
    issue_list issues;
    detail::model_reader reader(fields, issues);
    cluster_strategy_options options{.id = reader.text("id"),
                                     .reads = reader.texts("reads"),
                                     .segments = reader.texts("segments"),
                                     .descriptions = reader.texts("descriptions")};
    auto const scaling = reader.text("scaling");
    auto const model = reader.text("clusters");
    issues.throw_if_errors();
    return {std::move(options), feature_scaling::from_json(scaling), k_means::from_json(model)};
}

} // namespace v0
} // namespace segmenta
