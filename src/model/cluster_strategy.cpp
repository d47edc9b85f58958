// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/cluster_strategy.hpp>

#include "model/cluster_answers.hpp"
#include "model/model_document.hpp"

#include <cmath>

namespace segmenta {
inline namespace v0 {
namespace detail {

std::vector<input_kind> inputs_of(cluster_model const& model) {
    std::vector<input_kind> out(model.numbers().size(), input_kind::number);
    out.insert(out.end(), model.attributes().size(), input_kind::text);
    return out;
}

std::vector<std::string> segment_ids(cluster_model const& model) {
    std::vector<std::string> out;
    for (auto const& segment : model.segments())
        out.push_back(segment.id);
    return out;
}

namespace {

std::string describe_cluster(cluster_model const& model, std::uint32_t cluster) {
    if (cluster >= model.clusters()) return {};
    auto const& segment = model.segments()[cluster];
    return segment.description.empty() ? segment.id : segment.description;
}

} // namespace

model_answer cluster_answers(std::shared_ptr<cluster_model const> model, std::optional<std::size_t> probability_of) {
    auto const assign = [model, probability_of](model_row const& row, assignment& out) {
        std::size_t const numbers = model->numbers().size();
        auto const values = row.numbers.first(numbers);
        auto const found = model->nearest(values, row.texts.subspan(numbers));
        out.score = found.score;
        if (probability_of && *probability_of != found.cluster)
            out.score = model->probability(values, *probability_of);
        if (found.cluster == cluster_answer::no_cluster || !std::isfinite(out.score)) {
            out = no_answer(status::error);
            return;
        }
        out.segment = static_cast<std::uint16_t>(found.cluster);
        out.reason = found.cluster;
    };
    return {assign, [model](std::uint32_t reason) { return describe_cluster(*model, reason); }};
}

} // namespace detail

struct cluster_strategy::contents {
    cluster_model model;
    detail::row_strategy rows;
};

cluster_strategy::cluster_strategy(std::string id, cluster_model model) {
    auto const shared = std::make_shared<cluster_model const>(std::move(model));
    std::vector<std::string> reads(shared->numbers().begin(), shared->numbers().end());
    for (auto const& attribute : shared->attributes())
        reads.push_back(attribute.name);
    auto const locals = detail::segment_ids(*shared);
    issue_list issues;
    detail::check_scheme("cluster_strategy", id, reads, reads.size(), locals, "cluster_strategy", issues);
    issues.throw_if_errors();
    auto made = std::make_shared<detail::row_strategy::contents>();
    made->names.set(std::move(id), std::move(reads), locals);
    made->inputs = detail::inputs_of(*shared);
    made->answer = detail::cluster_answers(shared);
    contents_ = std::make_shared<contents const>(contents{*shared, detail::row_strategy(std::move(made))});
}

std::string_view cluster_strategy::id() const noexcept { return contents_->rows.id(); }
std::span<std::string_view const> cluster_strategy::reads() const noexcept { return contents_->rows.reads(); }
std::span<segment_info const> cluster_strategy::segments() const noexcept { return contents_->rows.segments(); }
cluster_model const& cluster_strategy::model() const noexcept { return contents_->model; }
std::string cluster_strategy::describe(std::uint32_t reason) const { return contents_->rows.describe(reason); }
void cluster_strategy::assign(block const& rows, std::span<assignment> out) const noexcept {
    contents_->rows.assign(rows, out);
}

std::string cluster_strategy::to_json() const {
    boost::json::object fields;
    fields["id"] = id();
    fields["clusters"] = detail::parse_json(model().to_json());
    return detail::write_model_document("cluster_strategy", 1, std::move(fields));
}

cluster_strategy cluster_strategy::from_json(std::string_view text) {
    auto const fields = detail::read_model_document(text, "cluster_strategy", 1);
    issue_list issues;
    detail::model_reader reader(fields, issues);
    auto id = reader.text("id");
    auto const* const clusters = reader.object("clusters");
    issues.throw_if_errors();
    return {std::move(id), cluster_model::from_json(detail::write_json(*clusters))};
}

} // namespace v0
} // namespace segmenta
