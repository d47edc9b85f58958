// SPDX-License-Identifier: Apache-2.0
#include <segmenta/column/graph.hpp>

#include <segmenta/base/text.hpp>

#include <algorithm>
#include <functional>
#include <queue>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

void insert_sorted(std::vector<std::string>& names, std::string const& name) {
    auto const at = std::lower_bound(names.begin(), names.end(), name);
    if (at == names.end() || *at != name) names.insert(at, name);
}

/// One cycle through nodes that are all stuck, as the indices on it in reading order, starting with the smallest.
std::vector<std::uint32_t> find_cycle(column_graph const& graph, std::vector<std::uint32_t> const& unresolved) {
    // Every stuck node reads at least one stuck node, so walking along such reads must come back.
    auto const next = [&](std::uint32_t node) {
        for (std::uint32_t const read : graph.reads(node))
            if (unresolved[read] != 0) return read;
        return node;
    };
    std::uint32_t start = 0;
    while (unresolved[start] == 0)
        ++start;
    std::vector<std::uint32_t> seen_at(graph.size(), 0);
    std::vector<std::uint32_t> path;
    for (std::uint32_t node = start;; node = next(node)) {
        if (seen_at[node] != 0) {
            path.erase(path.begin(), path.begin() + (seen_at[node] - 1));
            break;
        }
        path.push_back(node);
        seen_at[node] = static_cast<std::uint32_t>(path.size());
    }
    std::rotate(path.begin(), std::min_element(path.begin(), path.end()), path.end());
    return path;
}

/// `a -> b -> a`; the middle of a very long path is left out.
std::string path_text(std::span<column_node const> nodes, std::vector<std::uint32_t> const& cycle) {
    constexpr std::size_t ends = 8;
    std::string path;
    for (std::size_t i = 0; i < cycle.size(); ++i) {
        if (cycle.size() > 2 * ends + 1 && i == ends) {
            path += "... (" + std::to_string(cycle.size() - 2 * ends) + " more) -> ";
            i = cycle.size() - ends;
        }
        path += nodes[cycle[i]].name + " -> ";
    }
    return path + nodes[cycle.front()].name;
}

/// Finding one cycle costs as much as the graph is long, so a hopeless graph is not examined to its end.
constexpr std::size_t most_cycles = 20;

} // namespace

void merge(std::vector<history_need>& needs, history_need const& need) {
    auto const at = std::lower_bound(needs.begin(), needs.end(), need.history,
                                     [](history_need const& a, std::string const& name) { return a.history < name; });
    if (at == needs.end() || at->history != need.history) {
        needs.insert(at, need);
        return;
    }
    for (auto const& name : need.fields)
        insert_sorted(at->fields, name);
    at->whole = at->whole || need.whole;
    if (at->whole) {
        at->windows.clear();
        return;
    }
    for (auto const& window : need.windows)
        insert_sorted(at->windows, window);
}

std::optional<column_graph> column_graph::build(std::vector<column_node> nodes, issue_list& issues) {
    column_graph graph;
    graph.nodes_ = std::move(nodes);
    bool const names_found = graph.resolve(issues);
    bool const sorted = graph.sort(issues);
    if (!names_found || !sorted) return std::nullopt;
    return graph;
}

column_graph::column_graph(std::vector<column_node> nodes) {
    issue_list issues;
    auto made = build(std::move(nodes), issues);
    if (!made) throw issue_error(std::move(issues));
    *this = std::move(*made);
}

std::optional<std::size_t> column_graph::find(std::string_view name) const noexcept {
    auto const at = by_name_.find(name);
    if (at == by_name_.end()) return std::nullopt;
    return at->second;
}

std::span<std::uint32_t const> column_graph::reads(std::size_t index) const noexcept {
    return {reads_.data() + reads_begin_[index], reads_.data() + reads_begin_[index + 1]};
}

std::span<std::uint32_t const> column_graph::read_by(std::size_t index) const noexcept {
    return {read_by_.data() + read_by_begin_[index], read_by_.data() + read_by_begin_[index + 1]};
}

/// Fills by_name_, reads_ and read_by_. Names nobody defines are left out, so that cycles are still found.
bool column_graph::resolve(issue_list& issues) {
    bool good = true;
    by_name_.reserve(nodes_.size());
    for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
        auto const [at, fresh] = by_name_.emplace(nodes_[i].name, i);
        if (fresh) continue;
        good = false;
        issues.error("column.duplicate", nodes_[i].place, "two columns have the same name", nodes_[i].name, {},
                     "Rename one of them; the other is defined at " + nodes_[at->second].place + ".");
    }

    std::vector<std::string_view> names; // only for suggestions
    for (auto const& node : nodes_) {
        auto const begin = static_cast<std::ptrdiff_t>(reads_.size());
        for (auto const& name : node.reads) {
            auto const found = find(name);
            if (!found) {
                good = false;
                if (names.empty())
                    for (auto const& known : nodes_)
                        names.push_back(known.name);
                auto const nearest = nearest_name(name, names);
                issues.error("column.unknown", node.place,
                             "column " + node.name + " reads a column that nobody defines", name, {},
                             nearest.empty() ? std::string{"Define it or correct the name."}
                                             : "Did you mean " + std::string{nearest} + "?");
                continue;
            }
            auto const index = static_cast<std::uint32_t>(*found);
            if (std::find(reads_.begin() + begin, reads_.end(), index) == reads_.end()) reads_.push_back(index);
        }
        reads_begin_.push_back(static_cast<std::uint32_t>(reads_.size()));
    }

    read_by_begin_.assign(nodes_.size() + 1, 0);
    for (std::uint32_t const read : reads_)
        ++read_by_begin_[read + 1];
    for (std::size_t i = 0; i < nodes_.size(); ++i)
        read_by_begin_[i + 1] += read_by_begin_[i];
    read_by_.resize(reads_.size());
    std::vector<std::uint32_t> fill(read_by_begin_.begin(), read_by_begin_.end() - 1);
    for (std::uint32_t i = 0; i < nodes_.size(); ++i)
        for (std::uint32_t const read : reads(i))
            read_by_[fill[read]++] = i;
    return good;
}

/// Kahn's algorithm, always taking the ready node defined first, so that the order depends on nothing else.
bool column_graph::sort(issue_list& issues) {
    std::vector<std::uint32_t> waiting(nodes_.size());
    std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, std::greater<>> ready;
    for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
        waiting[i] = static_cast<std::uint32_t>(reads(i).size());
        if (waiting[i] == 0) ready.push(i);
    }
    reached_.assign(nodes_.size(), 0);
    while (!ready.empty()) {
        std::uint32_t const node = ready.top();
        ready.pop();
        order_.push_back(node);
        unsigned reached = 1U << static_cast<unsigned>(nodes_[node].scope);
        if (nodes_[node].time_dependent) reached |= time_bit;
        for (std::uint32_t const read : reads(node))
            reached |= reached_[read];
        reached_[node] = static_cast<std::uint8_t>(reached);
        for (std::uint32_t const reader : read_by(node))
            if (--waiting[reader] == 0) ready.push(reader);
    }
    if (order_.size() == nodes_.size()) return true;

    // One cycle at a time: report it, pretend it is resolved, and see what is still stuck.
    std::vector<std::uint32_t> unresolved = waiting;
    std::size_t reported = 0;
    for (auto stuck = nodes_.size() - order_.size(); stuck > 0 && reported < most_cycles; ++reported) {
        auto const cycle = find_cycle(*this, unresolved);
        issues.error("column.cycle", nodes_[cycle.front()].place, "columns read each other in a circle",
                     path_text(nodes_, cycle), {}, "Break the circle: a column may not need its own value.");
        std::vector<std::uint32_t> done(cycle);
        for (std::uint32_t const node : cycle)
            unresolved[node] = 0;
        while (!done.empty()) {
            std::uint32_t const node = done.back();
            done.pop_back();
            --stuck;
            for (std::uint32_t const reader : read_by(node))
                if (unresolved[reader] != 0 && --unresolved[reader] == 0) done.push_back(reader);
        }
    }
    return false;
}

std::vector<std::uint32_t> column_graph::required_for(std::span<std::uint32_t const> outputs) const {
    std::vector<bool> needed(nodes_.size(), false);
    for (std::uint32_t const node : outputs)
        needed[node] = true;
    std::size_t count = 0;
    for (auto at = order_.rbegin(); at != order_.rend(); ++at) {
        if (!needed[*at]) continue;
        ++count;
        for (std::uint32_t const read : reads(*at))
            needed[read] = true;
    }
    std::vector<std::uint32_t> result;
    result.reserve(count);
    for (std::uint32_t const node : order_)
        if (needed[node]) result.push_back(node);
    return result;
}

std::vector<std::uint32_t> column_graph::affected_by(std::uint32_t index) const {
    std::vector<bool> touched(nodes_.size(), false);
    touched[index] = true;
    std::vector<std::uint32_t> result;
    for (std::uint32_t const node : order_) {
        for (std::uint32_t const read : reads(node))
            if (touched[read]) touched[node] = true;
        if (touched[node]) result.push_back(node);
    }
    return result;
}

required_fields column_graph::fields_for(std::span<std::uint32_t const> outputs) const {
    required_fields result;
    std::vector<std::uint32_t> attributes;
    for (std::uint32_t const node : required_for(outputs)) {
        // an attribute that time changes by itself is the moment of the question, nothing to load
        if (nodes_[node].origin == column_origin::attribute && !nodes_[node].time_dependent) attributes.push_back(node);
        for (auto const& need : nodes_[node].histories)
            merge(result.histories, need);
    }
    std::sort(attributes.begin(), attributes.end(),
              [this](std::uint32_t a, std::uint32_t b) { return nodes_[a].definition < nodes_[b].definition; });
    for (std::uint32_t const node : attributes)
        result.attributes.push_back(nodes_[node].name);
    return result;
}

} // namespace v0
} // namespace segmenta
