// SPDX-License-Identifier: Apache-2.0
#include <segmenta/tag/taxonomy.hpp>

#include "tag/taxonomy_data.hpp"

#include <algorithm>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

taxonomy_node branch(std::string name, std::string en, std::string hans, std::string hant,
                     std::vector<taxonomy_node> children = {}) {
    taxonomy_node out;
    out.name = std::move(name);
    out.titles = {{"en", std::move(en)}, {"zh-Hans", std::move(hans)}, {"zh-Hant", std::move(hant)}};
    out.children = std::move(children);
    return out;
}

void settle_in_order(std::span<std::size_t const> order, std::span<std::optional<bool>> answers) noexcept {
    bool taken = false;
    bool perhaps_taken = false;
    for (std::size_t const tag : order) {
        auto& answer = answers[tag];
        if (taken) {
            answer = false;
            continue;
        }
        taken = answer == true;
        if (taken && perhaps_taken) answer = std::nullopt;
        perhaps_taken = perhaps_taken || !answer.has_value();
    }
}

} // namespace

taxonomy::taxonomy() : contents_(std::make_shared<contents const>()) {}

taxonomy::taxonomy(std::vector<taxonomy_node> roots, std::vector<tag_definition> tags) {
    issue_list issues;
    auto made = make(std::move(roots), std::move(tags), issues, "taxonomy");
    issues.throw_if_errors();
    *this = *std::move(made);
}

std::span<taxonomy_node const> taxonomy::roots() const noexcept { return contents_->roots; }
std::span<tag_definition const> taxonomy::tags() const noexcept { return contents_->tags; }
std::optional<std::size_t> taxonomy::find_tag(std::string_view name) const noexcept {
    return contents_->tag_names.find(name);
}

std::size_t taxonomy::size() const noexcept { return contents_->nodes.size(); }
std::size_t taxonomy::depth() const noexcept { return contents_->depth; }
std::optional<std::size_t> taxonomy::find_node(std::string_view path) const noexcept {
    return contents_->node_paths.find(path);
}

taxonomy_node const& taxonomy::node(std::size_t node) const noexcept { return *contents_->nodes[node].what; }
std::string const& taxonomy::path(std::size_t node) const noexcept { return contents_->nodes[node].path; }
std::size_t taxonomy::level(std::size_t node) const noexcept { return contents_->nodes[node].level; }
std::optional<std::size_t> taxonomy::parent(std::size_t node) const noexcept { return contents_->nodes[node].parent; }

std::vector<std::size_t> taxonomy::tags_at(std::size_t node) const {
    std::vector<std::size_t> out;
    for (std::size_t tag = 0; tag < contents_->tags.size(); ++tag)
        if (contents_->places[tag] == node) out.push_back(tag);
    return out;
}

std::vector<std::size_t> taxonomy::tags_below(std::size_t node) const {
    // nodes are numbered depth first, so that what is below a node follows it
    std::size_t const end = contents_->nodes[node].end;
    std::vector<std::size_t> out;
    for (std::size_t tag = 0; tag < contents_->tags.size(); ++tag) {
        auto const place = contents_->places[tag];
        if (place && *place >= node && *place < end) out.push_back(tag);
    }
    return out;
}

std::optional<std::size_t> taxonomy::node_of_tag(std::size_t tag) const noexcept { return contents_->places[tag]; }

std::string taxonomy::path_of_tag(std::size_t tag) const {
    auto const& name = contents_->tags[tag].name;
    auto const place = contents_->places[tag];
    return place ? path(*place) + '/' + name : name;
}

std::span<tag_dimension const> taxonomy::dimensions() const noexcept { return contents_->dimensions; }

std::optional<std::size_t> taxonomy::dimension_of_tag(std::size_t tag) const noexcept {
    auto const place = contents_->places[tag];
    return place ? contents_->nodes[*place].dimension : std::nullopt;
}

void settle_dimension(tag_dimension const& dimension, std::span<std::optional<bool>> answers) noexcept {
    bool any_holds = false;
    bool all_known = true;
    for (std::size_t const tag : dimension.values) {
        any_holds = any_holds || answers[tag] == true;
        all_known = all_known && answers[tag].has_value();
    }
    if (dimension.exclusive) settle_in_order(dimension.values, answers);
    bool const otherwise = all_known && !any_holds;
    if (dimension.otherwise)
        answers[*dimension.otherwise] = otherwise || any_holds ? std::optional<bool>(otherwise) : std::optional<bool>();
    if (!dimension.unknown) return;
    bool const settled = std::any_of(dimension.values.begin(), dimension.values.end(),
                                     [&](std::size_t tag) { return answers[tag] == true; });
    answers[*dimension.unknown] = !settled && !(dimension.otherwise && otherwise);
}

void settle(taxonomy const& tags, std::span<std::optional<bool>> answers) noexcept {
    for (auto const& dimension : tags.dimensions())
        settle_dimension(dimension, answers);
}

std::vector<taxonomy_node> default_taxonomy() {
    return {
        branch("basic", "Basic attributes", "基础属性", "基礎屬性",
               {
                   branch("demographic", "Age, gender, family", "人口属性", "人口屬性"),
                   branch("region", "Region", "地域", "地域"),
                   branch("account", "Account and membership", "账户与会员", "帳戶與會員"),
               }),
        branch("value", "Value attributes", "价值属性", "價值屬性",
               {
                   branch("spending", "Spending power", "消费能力", "消費能力"),
                   branch("loyalty", "Loyalty", "忠诚度", "忠誠度"),
                   branch("potential", "Potential and risk", "潜力与风险", "潛力與風險"),
               }),
        branch("behavior", "Behaviour attributes", "行为属性", "行為屬性",
               {
                   branch("purchase", "Purchase habits", "消费习惯", "消費習慣"),
                   branch("interest", "Interests and preferences", "兴趣偏好", "興趣偏好"),
                   branch("activity", "Activity", "活跃程度", "活躍程度"),
                   branch("channel", "Channels and contact", "渠道与触达", "管道與觸達"),
               }),
    };
}

} // namespace v0
} // namespace segmenta
