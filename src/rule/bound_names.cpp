// SPDX-License-Identifier: Apache-2.0
#include "rule/bound_names.hpp"

#include <string_view>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

// The names that hold at a node: the latest, and those before it.
struct scope {
    std::string_view name;
    std::size_t before = 0;
};

// How many of a macro's parts, after the first, are names: as the parser reads them.
std::size_t variables_of(std::string_view name, std::size_t parts) noexcept {
    bool const quantifier = name == "all" || name == "exists" || name == "existsOne";
    return name.starts_with("transform") || (quantifier && parts == 4) ? 2 : 1;
}

class scope_reader {
public:
    explicit scope_reader(syntax_tree const& tree)
        : tree_(tree), bound_(tree.nodes.size(), false), at_(tree.nodes.size(), 0) {}

    std::vector<bool> run() {
        for (std::size_t node = tree_.nodes.size(); node-- > 0;) // parents come after their children
            read(static_cast<std::uint32_t>(node));
        return std::move(bound_);
    }

private:
    void read(std::uint32_t node) {
        syntax_node const& here = tree_[node];
        if (here.kind == syntax_kind::name) {
            for (std::size_t s = at_[node]; s != 0 && !here.flag; s = scopes_[s].before)
                if (scopes_[s].name == here.text) bound_[node] = true;
            return;
        }
        if (here.kind == syntax_kind::macro) return read_macro(node);
        for (std::uint32_t const child : tree_.children_of(node))
            at_[child] = at_[node];
    }

    void read_macro(std::uint32_t node) {
        auto const parts = tree_.children_of(node);
        bool const bind = tree_[node].text == "bind"; // [cel, name, value, body]
        std::size_t const variables = bind ? 1 : variables_of(tree_[node].text, parts.size());
        std::size_t inside = at_[node];
        for (std::size_t i = 1; i <= variables; ++i) {
            scopes_.push_back({tree_[parts[i]].text, inside});
            inside = scopes_.size() - 1;
            at_[parts[i]] = inside;
        }
        at_[parts[0]] = at_[node];
        for (std::size_t i = 1 + variables; i < parts.size(); ++i)
            at_[parts[i]] = bind && i == 2 ? at_[node] : inside;
        if (!bind) return;
        scopes_.push_back({tree_[parts[0]].text, 0});
        at_[parts[0]] = scopes_.size() - 1;
    }

    syntax_tree const& tree_;
    std::vector<bool> bound_;
    std::vector<std::size_t> at_; // by node: the latest name, or 0
    std::vector<scope> scopes_ = std::vector<scope>(1);
};

} // namespace

std::vector<bool> bound_names(syntax_tree const& tree) { return scope_reader(tree).run(); }

} // namespace detail
} // namespace v0
} // namespace segmenta
