// SPDX-License-Identifier: Apache-2.0
#include "plan/purposes.hpp"

#include <segmenta/base/text.hpp>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {

namespace {

/// Looks at the tags of one plan; made for one call.
class tag_handling {
public:
    tag_handling(plan_parts const& parts, schema const& what, column_graph const& graph, issue_list& issues)
        : parts_(parts), what_(what), graph_(graph), issues_(issues) {}

    /// A field that not everybody may read for everything.
    struct limited_field {
        field const* what;
        std::string name;      ///< `income`, `orders.amount`
        std::string times_of{}; ///< the history whose rows it dates, if any: whoever looks at the rows looks at it
    };

    [[nodiscard]] std::vector<limited_field> limited_fields() const {
        std::vector<limited_field> out;
        auto const take = [&](field const& f, std::string name, std::string times_of = {}) {
            if (f.level != sensitivity::open || !f.purposes.empty())
                out.push_back({&f, std::move(name), std::move(times_of)});
        };
        for (auto const& attribute : what_.attributes())
            take(attribute, attribute.name);
        for (auto const& rows : what_.histories())
            for (auto const& f : rows.fields)
                take(f, rows.name + "." + f.name, f.name == rows.time ? rows.name : std::string{});
        return out;
    }

    [[nodiscard]] bool reads_itself(column_node const& node, limited_field const& limited) const {
        if (node.origin == column_origin::attribute) return node.name == limited.name;
        return std::any_of(node.histories.begin(), node.histories.end(), [&](history_need const& need) {
            if (need.history == limited.times_of) return true;
            return std::any_of(need.fields.begin(), need.fields.end(),
                               [&](auto const& f) { return limited.name == need.history + "." + f; });
        });
    }

    void run() const {
        auto const limited = limited_fields();
        for (auto const& one : limited) {
            std::vector<bool> reads(graph_.size(), false);
            for (std::uint32_t const node : graph_.order()) {
                auto const below = graph_.reads(node);
                reads[node] =
                    reads_itself(graph_[node], one) ||
                    std::any_of(below.begin(), below.end(), [&](std::uint32_t const read) { return reads[read]; });
            }
            for (auto const& entry : parts_.tags)
                if (auto const node = graph_.find(tag_column(entry.what.name)); node && reads[*node])
                    check_tag(entry, *one.what, one.name);
        }
    }

    void check_tag(tag_entry const& entry, field const& read, std::string const& name) const {
        tag_definition const& tag = entry.what;
        std::string const place = entry.place.to_string();
        for (auto const& purpose : tag.purposes)
            if (!read.permits(purpose))
                issues_.error("tag.purpose", place,
                              "the tag " + tag.name + " serves " + purpose + ", and it reads " + name +
                                  ", which may not",
                              shown(purpose), join_names(read.purposes),
                              "Leave the purpose out, or do not read the field.");
        if (read.level == sensitivity::special && tag.purposes.empty() && !entry.implied)
            issues_.error("tag.purpose", place,
                          "the tag " + tag.name + " reads " + name +
                              ", which is of a special category, and does not say for what it may be used",
                          {}, join_names(read.purposes), "Add \"purposes\".");
        if (tag.says_level && tag.level < read.level)
            issues_.error("tag.sensitivity", place,
                          "the tag " + tag.name + " is made of " + name + ", which is more delicate than it says",
                          std::string{to_string(tag.level)}, "at least " + std::string{to_string(read.level)},
                          "Say so, or do not read the field.");
    }

    plan_parts const& parts_;
    schema const& what_;
    column_graph const& graph_;
    issue_list& issues_;
};

} // namespace

void check_tag_handling(plan_parts const& parts, schema const& what, column_graph const& graph, issue_list& issues) {
    tag_handling(parts, what, graph, issues).run();
}

std::optional<sensitivity> read_sensitivity(json_node const& node) {
    static constexpr std::array<std::string_view, 4> names{"open", "internal", "personal", "special"};
    auto const text = node.text();
    if (!text) return std::nullopt;
    auto const level = parse_sensitivity(*text);
    if (!level)
        node.error("plan.unknown_name", "there is no such sensitivity", shown(*text), join_names(names),
                   did_you_mean(*text, names));
    return level;
}

std::vector<std::string> read_purposes(json_node const& node) {
    auto purposes = node.text_list(true);
    for (auto const& purpose : purposes)
        if (!is_identifier(purpose))
            node.error("plan.bad_name", "a purpose is an identifier", shown(purpose),
                       "letters, digits and underscores, not starting with a digit");
    if (purposes.empty() && (node.is_array() || node.is_string()))
        node.error("plan.wrong_type", "nothing would be allowed", {}, {}, "Name a purpose, or remove the key.");
    std::sort(purposes.begin(), purposes.end());
    purposes.erase(std::unique(purposes.begin(), purposes.end()), purposes.end());
    return purposes;
}

void handling::add(field const& read) {
    level = std::max(level, read.level);
    if (read.purposes.empty() || contradictory) return;
    auto allowed = read.purposes;
    std::sort(allowed.begin(), allowed.end());
    if (purposes.empty()) {
        purposes = std::move(allowed);
        return;
    }
    std::vector<std::string> common;
    std::set_intersection(purposes.begin(), purposes.end(), allowed.begin(), allowed.end(), std::back_inserter(common));
    contradictory = common.empty();
    purposes = std::move(common);
}

} // namespace detail
} // namespace v0
} // namespace segmenta
