// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TAG_TAXONOMY_HPP
#define SEGMENTA_TAG_TAXONOMY_HPP

/// \file
/// The tree that tags stand in, checked as a whole, and what its dimensions make of the answers of single tags.
///
/// A node may be a *dimension*: the tags directly at it are its values. Sources: five levels, the fourth the tag and
/// the fifth its value (rison168/spark-profile-tags, README); one value by order, "the first that fits" (volcengine.com
/// docs 6285/81177); values that exclude each other and exhaust the matter, an explicit "unknown" among them (the MECE
/// principle, yunthe.com 529912).

#include <segmenta/error.hpp>
#include <segmenta/tag/tag_definition.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// Most levels of nodes that a taxonomy may have. Five are ordinary.
inline constexpr std::size_t deepest_taxonomy = 16;

/// The values of one dimension, as indices of tags.
struct tag_dimension {
    std::size_t node = 0;                 ///< its node
    bool exclusive = false;               ///< at most one holds
    std::vector<std::size_t> values;      ///< in the node's order when exclusive, else in the order of definition
    std::optional<std::size_t> otherwise; ///< given when every value is known and is no
    std::optional<std::size_t> unknown;   ///< given when nothing else holds
};

/// Tags and the nodes they stand at. Nodes are numbered from 0, each before its children and in the order given; tags
/// are numbered in the order given.
///
/// Thread safety: an immutable value that shares its contents between copies; concurrent use is safe.
///
///     taxonomy const shop(default_taxonomy(), {vip});   // vip.in is "value/loyalty"
///     shop.path_of_tag(0);                              // "value/loyalty/vip"
class taxonomy {
public:
    /// No nodes and no tags.
    taxonomy();
    /// Throws `issue_error` with all problems, see `make`.
    explicit taxonomy(std::vector<taxonomy_node> roots, std::vector<tag_definition> tags = {});

    /// As the constructor; adds to `issues` instead, at `place` followed by the path of the node or the name of the
    /// tag, and gives nothing when there are errors:
    ///
    /// - `tag.bad_name`: see `is_tag_name`
    /// - `tag.duplicate_name`: two tags, or two children of one node, of the same name
    /// - `tag.unknown_place`: no node has the path `in`; the nearest is named
    /// - `tag.too_deep`: more than `deepest_taxonomy` levels; what is deeper is left out
    /// - `tag.order`: the order of an exclusive dimension misses a tag, names one twice, or names what is no value of
    /// it;
    ///   or a node that is not exclusive has one
    /// - `tag.otherwise`: `otherwise` or `unknown` names no tag of this node, both name one, the tag has a rule or
    /// column
    ///   of its own, or the node is no dimension
    /// - `tag.no_rule`: neither a rule nor a column nor a dimension gives the tag, and it is not manual
    /// - `tag.manual_rule`: a manual tag has a rule or column
    /// - warnings: `tag.no_meaning`, and `tag.never_ends` for a tag that is kept and has no validity
    [[nodiscard]] static std::optional<taxonomy> make(std::vector<taxonomy_node> roots,
                                                      std::vector<tag_definition> tags, issue_list& issues,
                                                      std::string_view place = {});

    [[nodiscard]] std::span<taxonomy_node const> roots() const noexcept;
    /// All tags, in the order given.
    [[nodiscard]] std::span<tag_definition const> tags() const noexcept;
    /// Number of the tag of this name. Logarithmic.
    [[nodiscard]] std::optional<std::size_t> find_tag(std::string_view name) const noexcept;

    /// How many nodes there are, over all levels.
    [[nodiscard]] std::size_t size() const noexcept;
    /// Levels of nodes: 0 when there are none, 1 when no node has children.
    [[nodiscard]] std::size_t depth() const noexcept;
    /// Number of the node of this path, such as `value/loyalty`. Logarithmic.
    [[nodiscard]] std::optional<std::size_t> find_node(std::string_view path) const noexcept;

    /// `node` must be smaller than `size()`, here and below. References live as long as any copy of the taxonomy.
    [[nodiscard]] taxonomy_node const& node(std::size_t node) const noexcept;
    /// Names from the top down, joined by `/`.
    [[nodiscard]] std::string const& path(std::size_t node) const noexcept;
    /// 1 for a node at the top.
    [[nodiscard]] std::size_t level(std::size_t node) const noexcept;
    /// Nothing at the top.
    [[nodiscard]] std::optional<std::size_t> parent(std::size_t node) const noexcept;
    /// Tags directly at the node, ascending.
    [[nodiscard]] std::vector<std::size_t> tags_at(std::size_t node) const;
    /// Tags at the node and at any node below it, ascending. O(tags).
    [[nodiscard]] std::vector<std::size_t> tags_below(std::size_t node) const;

    /// `tag` must be smaller than `tags().size()`. Nothing for a tag without a place.
    [[nodiscard]] std::optional<std::size_t> node_of_tag(std::size_t tag) const noexcept;
    /// The path of its node and its name: `value/loyalty/vip`; the name alone for a tag without a place.
    [[nodiscard]] std::string path_of_tag(std::size_t tag) const;

    /// Nodes that are dimensions, in the order of nodes.
    [[nodiscard]] std::span<tag_dimension const> dimensions() const noexcept;
    /// The dimension a tag is a value of (or its `otherwise` or `unknown`), as index of `dimensions()`.
    [[nodiscard]] std::optional<std::size_t> dimension_of_tag(std::size_t tag) const noexcept;

private:
    struct contents;
    explicit taxonomy(std::shared_ptr<contents const> made) noexcept : contents_(std::move(made)) {}

    std::shared_ptr<contents const> contents_;
};

/// What the dimension makes of the answers of its values: `answers[tag]` is yes, no, or nothing when it is not known,
/// and is replaced.
///
/// In an exclusive dimension the first value in order that fits is yes and all others are no. A value that is not known
/// may be the one: values that fit but stand behind it become unknown, exactly as in `a ? 'a' : b ? 'b' : 'c'` with an
/// unknown `a`; values behind one that fits are no. Then, in every dimension, `otherwise` is yes when all values were
/// known and no, no when one was yes, and else unknown; `unknown` is yes when no value and not `otherwise` is yes, and
/// else no. `answers` must reach past the highest tag of the dimension.
void settle_dimension(tag_dimension const& dimension, std::span<std::optional<bool>> answers) noexcept;

/// `settle_dimension` for all dimensions. `answers.size()` is `tags.tags().size()`. O(tags), allocates nothing.
void settle(taxonomy const& tags, std::span<std::optional<bool>> answers) noexcept;

/// Three branches with what is usual below them, titled in English and both Chinese scripts; no dimensions yet:
/// `basic` (demographic attributes), `value`, `behavior`.
[[nodiscard]] std::vector<taxonomy_node> default_taxonomy();

} // namespace v0
} // namespace segmenta

#endif
