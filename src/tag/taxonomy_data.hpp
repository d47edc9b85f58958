// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TAG_TAXONOMY_DATA_HPP
#define SEGMENTA_TAG_TAXONOMY_DATA_HPP

// What a taxonomy holds: the nodes as given, flattened depth first, and the names to find them by.

#include <segmenta/tag/taxonomy.hpp>

#include <algorithm>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Names sorted once, and then found. Of equal names the first given wins.
class name_index {
public:
    void add(std::string_view name, std::size_t number) { names_.emplace_back(name, number); }
    void sort() { std::sort(names_.begin(), names_.end()); }

    [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const noexcept {
        auto const at = std::lower_bound(names_.begin(), names_.end(), name,
                                         [](auto const& entry, std::string_view n) { return entry.first < n; });
        if (at == names_.end() || at->first != name) return std::nullopt;
        return at->second;
    }
    // names that stand there more than once, in order
    [[nodiscard]] std::vector<std::string_view> repeated() const {
        std::vector<std::string_view> out;
        for (std::size_t i = 1; i < names_.size(); ++i)
            if (names_[i].first == names_[i - 1].first && (out.empty() || out.back() != names_[i].first))
                out.push_back(names_[i].first);
        return out;
    }
    [[nodiscard]] auto begin() const noexcept { return names_.begin(); }
    [[nodiscard]] auto end() const noexcept { return names_.end(); }

private:
    std::vector<std::pair<std::string_view, std::size_t>> names_;
};

} // namespace detail

struct taxonomy::contents {
    struct flat_node {
        taxonomy_node const* what;
        std::string path;
        std::size_t level;
        std::optional<std::size_t> parent;
        std::size_t end;                      // of what is below it
        std::optional<std::size_t> dimension; // index of `dimensions`
    };

    std::vector<taxonomy_node> roots;
    std::vector<tag_definition> tags;
    std::vector<flat_node> nodes;
    std::vector<std::optional<std::size_t>> places; // of each tag
    std::vector<tag_dimension> dimensions;
    detail::name_index node_paths;
    detail::name_index tag_names;
    std::size_t depth = 0;
};

} // namespace v0
} // namespace segmenta

#endif
