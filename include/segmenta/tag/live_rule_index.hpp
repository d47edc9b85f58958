// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TAG_LIVE_RULE_INDEX_HPP
#define SEGMENTA_TAG_LIVE_RULE_INDEX_HPP

/// \file
/// Rules that come and go while customers are asked about: a rule index that is exchanged for the next one.

#include <segmenta/error.hpp>
#include <segmenta/rule/environment.hpp>
#include <segmenta/rule/expression.hpp>
#include <segmenta/tag/rule_index.hpp>

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// A list of rules and the index over them as it is now.
///
/// A rule keeps its number for ever: added rules take the next one, and the number of a removed rule stays unused; it
/// costs one bit of each row of the table. Adding and removing make a new index that shares the tables of the last
/// (`rule_index::with_rule`, `without_rule`). When `rule_index::most_added_rules` are there already, `add` builds the
/// tables anew before it returns, which takes as long as building the index; call `rebuild` at a time of your choice to
/// be spared that.
///
/// Thread safety: every member may be called from any thread. Those that change the rules wait for each other;
/// `current` never waits for a build, and whoever holds its result keeps an index that does not change. `add` and
/// `rebuild` read `rule_index_options::texts`: nothing may be interned there meanwhile.
class live_rule_index {
public:
    /// Throws `issue_error` with all problems of the rules, as `build_rule_index` does.
    explicit live_rule_index(std::vector<expression> rules, environment names, rule_index_options options = {});

    /// The index over the rules as they are now; two pointers are copied.
    [[nodiscard]] rule_index current() const;
    /// Adds a rule and returns its number. With an error nothing changes; issues as of `build_rule_index`.
    std::optional<std::uint32_t> add(expression const& rule, issue_list& issues, std::string_view place = "rule");
    /// The same; throws `issue_error`.
    ///
    ///     live_rule_index shop(rules, names);
    ///     std::uint32_t const grown_up = shop.add(parse_expression("age >= 18"));
    ///     shop.current().match(row, out, scratch);
    std::uint32_t add(expression const& rule);
    /// Whether there was such a rule that had not been removed.
    bool remove(std::uint32_t rule);
    /// Makes the tables anew, so that no rule is evaluated one by one only because it is new. Positions change.
    void rebuild();

private:
    void rebuild_locked();
    void publish(rule_index next);

    std::vector<expression> rules_; // by number
    std::vector<bool> removed_;
    environment names_;
    rule_index_options options_;
    std::mutex changing_;         // of all above
    mutable std::mutex exchange_; // of the index, for as long as it takes to copy it
    rule_index index_;
};

} // namespace v0
} // namespace segmenta

#endif
