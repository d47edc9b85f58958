// SPDX-License-Identifier: Apache-2.0
// Building a taxonomy: everything that can be wrong with it is found in one run.
#include <segmenta/base/text.hpp>
#include <segmenta/tag/taxonomy.hpp>

#include "tag/taxonomy_data.hpp"

#include <algorithm>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

constexpr std::string_view name_rule =
    "1 to 255 bytes of UTF-8 without control characters, backquotes and /, no blanks at the ends";

std::string joined(std::string_view place, std::string_view what) {
    if (place.empty()) return std::string(what);
    if (what.empty()) return std::string(place);
    return std::string(place) + ' ' + std::string(what);
}

// Whether `names` has each name once; the first repeated one else.
std::optional<std::string_view> first_repeated(std::span<std::string const> names) {
    std::vector<std::string_view> sorted(names.begin(), names.end());
    std::sort(sorted.begin(), sorted.end());
    auto const at = std::adjacent_find(sorted.begin(), sorted.end());
    if (at == sorted.end()) return std::nullopt;
    return *at;
}

bool contains(std::span<std::string const> names, std::string_view name) noexcept {
    return std::find(names.begin(), names.end(), name) != names.end();
}

} // namespace

namespace detail {

// One run over the nodes and the tags.
template <class Contents>
class taxonomy_checker {
public:
    taxonomy_checker(Contents& made, issue_list& issues, std::string_view place)
        : made_(made), issues_(issues), place_(place) {}

    void check() {
        flatten(made_.roots, "", std::nullopt, 1);
        for (std::size_t i = 0; i < made_.nodes.size(); ++i)
            made_.node_paths.add(made_.nodes[i].path, i);
        made_.node_paths.sort();
        check_tag_names();
        at_node_.resize(made_.nodes.size());
        for (std::size_t tag = 0; tag < made_.tags.size(); ++tag)
            place_tag(tag);
        for (std::size_t node = 0; node < made_.nodes.size(); ++node)
            check_dimension(node);
        for (std::size_t tag = 0; tag < made_.tags.size(); ++tag)
            check_tag(tag);
    }

private:
    void error(std::string_view code, std::string_view where, std::string message, std::string seen,
               std::string allowed, std::string remedy) {
        issues_.error(std::string(code), joined(place_, where), std::move(message), std::move(seen), std::move(allowed),
                      std::move(remedy));
    }

    void flatten(std::vector<taxonomy_node> const& nodes, std::string const& above, std::optional<std::size_t> parent,
                 std::size_t level) {
        if (nodes.empty()) return;
        if (level > deepest_taxonomy) {
            error("tag.too_deep", above, "the taxonomy has more levels than this", quoted(nodes.front().name),
                  std::to_string(deepest_taxonomy) + " levels", "Join levels that say one thing.");
            return;
        }
        made_.depth = std::max(made_.depth, level);
        name_index siblings;
        for (auto const& node : nodes) {
            std::string path = above.empty() ? node.name : above + '/' + node.name;
            if (!is_tag_name(node.name))
                error("tag.bad_name", path, "this cannot be the name of a node", quoted(node.name),
                      std::string(name_rule), "Rename it; titles can say anything.");
            siblings.add(node.name, 0);
            std::size_t const at = made_.nodes.size();
            made_.nodes.push_back({&node, path, level, parent, at, std::nullopt});
            flatten(node.children, path, at, level + 1);
            made_.nodes[at].end = made_.nodes.size();
        }
        siblings.sort();
        for (auto const name : siblings.repeated())
            error("tag.duplicate_name", above, "two children of this node have the same name", quoted(name), {},
                  "Rename one of the two.");
    }

    void check_tag_names() {
        for (std::size_t tag = 0; tag < made_.tags.size(); ++tag) {
            auto const& name = made_.tags[tag].name;
            made_.tag_names.add(name, tag);
            if (!is_tag_name(name))
                error("tag.bad_name", name, "this cannot be the name of a tag", quoted(name), std::string(name_rule),
                      "Rename it; titles can say anything.");
        }
        made_.tag_names.sort();
        for (auto const name : made_.tag_names.repeated())
            error("tag.duplicate_name", name, "two tags have the same name", quoted(name), {},
                  "Rename one of the two; where a tag stands is no part of its name.");
    }

    void place_tag(std::size_t tag) {
        auto const& definition = made_.tags[tag];
        made_.places.emplace_back();
        if (definition.in.empty()) return;
        auto const node = made_.node_paths.find(definition.in);
        if (node) {
            made_.places.back() = node;
            at_node_[*node].push_back(tag);
            return;
        }
        std::vector<std::string_view> paths;
        for (auto const& flat : made_.nodes)
            paths.push_back(flat.path);
        auto const near = nearest_name(definition.in, paths);
        error("tag.unknown_place", definition.name, "the taxonomy has no node of this path", quoted(definition.in),
              join_names(paths),
              near.empty() ? std::string("Add the node, or name another.") : "Did you mean " + std::string(near) + '?');
    }

    // The tag that a dimension gives by itself, found by name among the tags at the node.
    std::optional<std::size_t> given_by_node(std::size_t node, std::string const& name, std::string_view key) {
        if (name.empty()) return std::nullopt;
        auto const tag = made_.tag_names.find(name);
        auto const& path = made_.nodes[node].path;
        if (!tag || made_.places[*tag] != node) {
            error("tag.otherwise", path, std::string(key) + " names no tag of this node", quoted(name),
                  names_of(at_node_[node]), "Define the tag and place it here.");
            return std::nullopt;
        }
        if (!made_.tags[*tag].rule.empty() || !made_.tags[*tag].column.empty())
            error("tag.otherwise", path, "the tag that " + std::string(key) + " names has a rule or column of its own",
                  quoted(name), {}, "Take the rule away: its dimension gives this tag.");
        return tag;
    }

    void check_dimension(std::size_t at) {
        auto const& flat = made_.nodes[at];
        auto const& node = *flat.what;
        if (node.kind != dimension_kind::exclusive && !node.order.empty())
            error("tag.order", flat.path, "only an exclusive dimension has an order", quoted(node.order.front()), {},
                  "Make the node exclusive, or take the order away.");
        if (node.kind == dimension_kind::none) {
            if (!node.otherwise.empty() || !node.unknown.empty())
                error("tag.otherwise", flat.path, "a node that is no dimension gives no tags",
                      quoted(node.otherwise.empty() ? node.unknown : node.otherwise), {},
                      "Make the node exclusive or multi.");
            return;
        }
        tag_dimension dimension;
        dimension.node = at;
        dimension.exclusive = node.kind == dimension_kind::exclusive;
        dimension.otherwise = given_by_node(at, node.otherwise, "otherwise");
        dimension.unknown = given_by_node(at, node.unknown, "unknown");
        if (!node.otherwise.empty() && node.otherwise == node.unknown)
            error("tag.otherwise", flat.path, "otherwise and unknown name the same tag", quoted(node.unknown), {},
                  "Knowing that nothing fits and not knowing are two things: give each its tag.");
        for (std::size_t const tag : at_node_[at])
            if (dimension.otherwise != tag && dimension.unknown != tag) dimension.values.push_back(tag);
        if (dimension.exclusive) order_values(node, flat.path, dimension.values);
        made_.nodes[at].dimension = made_.dimensions.size();
        made_.dimensions.push_back(std::move(dimension));
    }

    void order_values(taxonomy_node const& node, std::string const& path, std::vector<std::size_t>& values) {
        if (auto const name = first_repeated(node.order))
            error("tag.order", path, "the order names a tag twice", quoted(*name), {}, "Name it once.");
        for (auto const& name : node.order) {
            auto const tag = made_.tag_names.find(name);
            if (tag && std::find(values.begin(), values.end(), *tag) != values.end()) continue;
            error("tag.order", path, "the order names what is no value of this dimension", quoted(name),
                  names_of(values), "Place the tag here, or take it out of the order.");
        }
        for (std::size_t const tag : values)
            if (!contains(node.order, made_.tags[tag].name))
                error("tag.order", path, "a tag of this exclusive dimension is not in its order",
                      quoted(made_.tags[tag].name), join_names(node.order),
                      "Say where it stands: of several that fit the first is given.");
        auto const rank = [&](std::size_t tag) {
            return std::find(node.order.begin(), node.order.end(), made_.tags[tag].name) - node.order.begin();
        };
        std::stable_sort(values.begin(), values.end(), [&](std::size_t a, std::size_t b) { return rank(a) < rank(b); });
    }

    [[nodiscard]] bool given_by_dimension(std::size_t tag) const noexcept {
        auto const place = made_.places[tag];
        if (!place) return false;
        auto const& node = *made_.nodes[*place].what;
        auto const& name = made_.tags[tag].name;
        return node.otherwise == name || node.unknown == name;
    }

    void check_tag(std::size_t tag) {
        auto const& definition = made_.tags[tag];
        bool const computed = !definition.rule.empty() || !definition.column.empty();
        if (definition.kind == tag_kind::manual && computed)
            error("tag.manual_rule", definition.name, "a manual tag is not computed",
                  quoted(definition.rule.empty() ? definition.column : definition.rule), {},
                  "Take the rule away, or say another kind. People can give tags of every kind.");
        if (definition.kind != tag_kind::manual && !computed && !given_by_dimension(tag))
            error("tag.no_rule", definition.name, "nothing gives this tag", std::string(to_string(definition.kind)),
                  "a rule, a column, or kind manual", "Say by which rule or column it is given.");
        if (definition.meanings.empty())
            issues_.warning("tag.no_meaning", joined(place_, definition.name),
                            "the tag does not say what it means for the business", quoted(definition.name));
        if (definition.refresh == tag_refresh::keep && !definition.valid_for)
            issues_.warning("tag.never_ends", joined(place_, definition.name),
                            "a tag that is kept and has no validity never ends", quoted(definition.name));
    }

    [[nodiscard]] std::string names_of(std::span<std::size_t const> tags) const {
        std::vector<std::string_view> names;
        for (std::size_t const tag : tags)
            names.push_back(made_.tags[tag].name);
        return join_names(names);
    }

    Contents& made_;
    issue_list& issues_;
    std::string_view place_;
    std::vector<std::vector<std::size_t>> at_node_; // tags directly at each node
};

} // namespace detail

std::optional<taxonomy> taxonomy::make(std::vector<taxonomy_node> roots, std::vector<tag_definition> tags,
                                       issue_list& issues, std::string_view place) {
    auto made = std::make_shared<contents>();
    made->roots = std::move(roots);
    made->tags = std::move(tags);
    issue_list found;
    detail::taxonomy_checker<contents>(*made, found, place).check();
    issues.append(found);
    if (found.has_errors()) return std::nullopt;
    return taxonomy(std::shared_ptr<contents const>(std::move(made)));
}

} // namespace v0
} // namespace segmenta
