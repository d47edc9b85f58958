// SPDX-License-Identifier: Apache-2.0
#include "plan/history_rules.hpp"

#include "plan/json_node.hpp"
#include "rule/syntax.hpp"

#include <segmenta/base/text.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

using node_id = std::uint32_t;

constexpr std::array<std::string_view, 3> window_words{"within", "between", "where"};

/// What is computed from the rows, by its name in rules. `field`: its only argument.
struct reading {
    std::string_view name;
    aggregate what;
    bool field;
};

constexpr std::array<reading, 25> readings{{
    {"count", aggregate::orders, false},
    {"rows", aggregate::rows, false},
    {"days", aggregate::days, false},
    {"sum", aggregate::sum, true},
    {"gross_sum", aggregate::gross_sum, true},
    {"refund_sum", aggregate::refund_sum, true},
    {"avg", aggregate::mean, true},
    {"min", aggregate::minimum, true},
    {"max", aggregate::maximum, true},
    {"median", aggregate::median, true},
    {"distinct", aggregate::distinct, true},
    {"most_frequent", aggregate::most_frequent, true},
    {"first", aggregate::first, true},
    {"last", aggregate::last, true},
    {"average_order_value", aggregate::average_order_value, true},
    {"first_at", aggregate::first_time, false},
    {"last_at", aggregate::last_time, false},
    {"first_day", aggregate::first_day, false},
    {"last_day", aggregate::last_day, false},
    {"recency_days", aggregate::recency_days, false},
    {"tenure_days", aggregate::tenure_days, false},
    {"gaps", aggregate::gap_count, false},
    {"mean_gap_days", aggregate::gap_mean_days, false},
    {"longest_gap_days", aggregate::gap_max_days, false},
    {"gap_deviation_days", aggregate::gap_deviation_days, false},
}};

/// Those that are made of several features, and those with arguments of their own.
constexpr std::array<std::string_view, 7> composed{"share",   "decayed",   "sequence", "first_time",
                                                   "stopped", "restarted", "regularly"};

template <class List>
bool lists(List const& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

reading const* find_reading(std::string_view name) {
    auto const at = std::find_if(readings.begin(), readings.end(), [&](reading const& r) { return r.name == name; });
    return at == readings.end() ? nullptr : &*at;
}

bool is_modifier(std::string_view word) { return lists(window_words, word) || lists(calendar_periods(), word); }
bool is_end(std::string_view word) { return find_reading(word) != nullptr || lists(composed, word); }

std::vector<std::string_view> all_words() {
    std::vector<std::string_view> words(window_words.begin(), window_words.end());
    words.insert(words.end(), calendar_periods().begin(), calendar_periods().end());
    for (auto const& r : readings)
        words.push_back(r.name);
    words.insert(words.end(), composed.begin(), composed.end());
    return words;
}

std::string_view name_of(aggregate what) {
    for (auto const& r : readings)
        if (r.what == what) return r.name;
    return aggregates()[static_cast<std::size_t>(what)].name;
}

/// Steps and conditions of a request name the row `row`.
std::string steps_text(std::vector<std::string> const& steps) {
    std::string text = "[";
    for (auto const& step : steps)
        text += (text.size() > 1 ? ", " : "") + step;
    return text + "]";
}

std::string arguments_of(feature_request const& f) {
    switch (f.what) {
    case aggregate::decayed_sum: return text_literal(f.half_life) + ", " + text_literal(f.field);
    case aggregate::decayed_count: return text_literal(f.half_life);
    case aggregate::active_periods: return text_literal(f.every) + ", " + std::to_string(f.periods);
    case aggregate::sequence:
        return "row, " + steps_text(f.steps) + (f.within.empty() ? std::string{} : ", " + text_literal(f.within));
    default: return f.field.empty() ? std::string{} : text_literal(f.field);
    }
}

/// A tree under construction, and how to put other trees into it.
class tree_writer {
public:
    explicit tree_writer(std::string source) { tree_.source = std::move(source); }

    node_id add(syntax_node node, std::span<node_id const> children) {
        node.first_child = static_cast<std::uint32_t>(tree_.children.size());
        node.child_count = static_cast<std::uint32_t>(children.size());
        tree_.children.insert(tree_.children.end(), children.begin(), children.end());
        tree_.nodes.push_back(std::move(node));
        return tree_.root();
    }
    /// A copy of a whole tree, all at one place in the text; names found in `names` are changed.
    node_id add(syntax_tree const& from, std::uint32_t position, std::map<std::string, std::string> const& names) {
        std::vector<node_id> copied(from.nodes.size());
        std::vector<node_id> children;
        for (node_id id = 0; id < from.nodes.size(); ++id) {
            children.clear();
            for (node_id const child : from.children_of(id))
                children.push_back(copied[child]);
            syntax_node node = from[id];
            node.position = position;
            if (node.kind == syntax_kind::name)
                if (auto const at = names.find(node.text); at != names.end()) node.text = at->second;
            copied[id] = add(std::move(node), children);
        }
        return copied.back();
    }
    expression finish() && { return expression(std::make_shared<syntax_tree const>(std::move(tree_))); }

private:
    syntax_tree tree_;
};

/// The text of a part of a rule, with one name written otherwise.
std::string part_text(syntax_tree const& tree, node_id root, std::string const& name, std::string const& instead) {
    std::vector<bool> wanted(tree.nodes.size(), false);
    wanted[root] = true;
    for (node_id id = root + 1; id-- > 0;)
        if (wanted[id])
            for (node_id const child : tree.children_of(id))
                wanted[child] = true;
    tree_writer to({});
    std::vector<node_id> copied(tree.nodes.size());
    std::vector<node_id> children;
    for (node_id id = 0; id <= root; ++id) {
        if (!wanted[id]) continue;
        children.clear();
        for (node_id const child : tree.children_of(id))
            children.push_back(copied[child]);
        syntax_node node = tree[id];
        if (node.kind == syntax_kind::name && node.text == name) node.text = instead;
        copied[id] = to.add(std::move(node), children);
    }
    return to_string(std::move(to).finish());
}

/// Nothing when both together are past the limits of a rule.
std::optional<std::string> both(std::string const& a, std::string const& b) {
    if (a.empty()) return b;
    issue_list ignored;
    auto const joined = parse_expression("(" + a + ") && (" + b + ")", ignored);
    return joined ? std::optional(to_string(*joined)) : std::nullopt;
}

/// A question to a history as far as it has been read.
struct chain {
    feature_request asked;
    bool windowed = false;
    bool failed = false;
};

/// Rewrites one rule; made for one call.
class rewriter {
public:
    rewriter(expression const& rule, std::function<bool(std::string const&)> const& is_column, std::string_view record,
             issue_list& issues, std::string_view place)
        : tree_(rule.tree()), is_column_(is_column), record_(record), issues_(issues), place_(place),
          out_(tree_.source), copied_(tree_.nodes.size()), chains_(tree_.nodes.size()) {}

    history_rule run() {
        std::vector<node_id> children;
        for (node_id id = 0; id < tree_.nodes.size(); ++id) {
            if (open_or_close(id)) continue;
            children.clear();
            for (node_id const child : tree_.children_of(id)) {
                if (chains_[child]) unfinished(child);
                children.push_back(copied_[child]);
            }
            copied_[id] = out_.add(tree_[id], children);
        }
        if (chains_[tree_.root()]) {
            unfinished(tree_.root());
            copied_[tree_.root()] = out_.add(tree_[tree_.root()], {}); // never used
        }
        return {std::move(out_).finish(), std::move(features_)};
    }

private:
    void fail(node_id at, std::string message, std::string seen, std::string allowed, std::string remedy) {
        issues_.error("rule.history", issue_place(place_, tree_.source, tree_[at].position), std::move(message),
                      std::move(seen), std::move(allowed),
                      std::move(remedy) + caret_text(tree_.source, tree_[at].position));
    }

    void unfinished(node_id at) {
        if (!chains_[at]->failed)
            fail(at, "a history is no value: say what to compute from its rows", shown(chains_[at]->asked.history),
                 join_names(all_words(), all_words().size()), "Add .count(), .sum('amount') or another of these.");
    }

    /// The history that a receiver names, if it is one.
    [[nodiscard]] std::optional<std::string> history_of(node_id id) const {
        syntax_node const& node = tree_[id];
        bool const field = node.kind == syntax_kind::select && tree_[tree_.child(id, 0)].kind == syntax_kind::name &&
                           tree_[tree_.child(id, 0)].text == record_;
        if ((node.kind != syntax_kind::name && !field) || is_column_(node.text)) return std::nullopt;
        return node.text;
    }

    /// Whether the node belongs to a question; a question that ends here is written as a column.
    bool open_or_close(node_id id) {
        syntax_node const& node = tree_[id];
        if (node.kind != syntax_kind::call || !node.flag) return false;
        node_id const receiver = tree_.child(id, 0);
        bool const known = is_modifier(node.text) || is_end(node.text);
        chain so_far;
        if (chains_[receiver]) {
            so_far = *std::move(chains_[receiver]);
            chains_[receiver].reset();
            if (!known) {
                fail(id, "histories have no such function", shown(node.text),
                     join_names(all_words(), all_words().size()), did_you_mean(node.text, all_words()));
                so_far.failed = true;
            }
        } else {
            auto const history = known ? history_of(receiver) : std::nullopt;
            if (!history) return false;
            so_far.asked.history = *history;
        }
        arguments_ = tree_.children_of(id).subspan(1);
        at_ = id;
        if (known && is_modifier(node.text)) {
            modify(so_far);
            chains_[id] = std::move(so_far);
        } else {
            copied_[id] = finish(so_far);
        }
        return true;
    }

    // --- arguments ---

    bool wants(chain& to, bool good, std::string allowed) {
        if (good) return true;
        std::string seen;
        for (node_id const argument : arguments_)
            seen += (seen.empty() ? "" : ", ") + part_text(tree_, argument, {}, {});
        fail(at_, tree_[at_].text + " takes other arguments", seen.empty() ? "none" : seen, std::move(allowed), {});
        to.failed = true;
        return false;
    }
    [[nodiscard]] std::optional<std::string> text_at(std::size_t i) const {
        if (i >= arguments_.size()) return std::nullopt;
        syntax_node const& node = tree_[arguments_[i]];
        if (node.kind != syntax_kind::constant || node.constant.kind != literal_kind::string) return std::nullopt;
        return node.text;
    }
    [[nodiscard]] std::optional<std::int64_t> whole_at(std::size_t i) const {
        if (i >= arguments_.size()) return std::nullopt;
        syntax_node const& node = tree_[arguments_[i]];
        if (node.kind != syntax_kind::constant || node.constant.kind != literal_kind::int64) return std::nullopt;
        return node.constant.integer;
    }
    /// A moment: a text, or date('…') and timestamp('…') of one.
    [[nodiscard]] std::optional<std::string> moment_at(std::size_t i) const {
        if (auto text = text_at(i)) return text;
        if (i >= arguments_.size()) return std::nullopt;
        syntax_node const& node = tree_[arguments_[i]];
        bool const makes = node.kind == syntax_kind::call && !node.flag && node.child_count == 1 &&
                           (node.text == "date" || node.text == "timestamp");
        if (!makes) return std::nullopt;
        syntax_node const& inner = tree_[tree_.child(arguments_[i], 0)];
        if (inner.kind != syntax_kind::constant || inner.constant.kind != literal_kind::string) return std::nullopt;
        return inner.text;
    }
    [[nodiscard]] std::optional<std::string> variable_at(std::size_t i) const {
        if (i >= arguments_.size() || tree_[arguments_[i]].kind != syntax_kind::name) return std::nullopt;
        return tree_[arguments_[i]].text;
    }

    // --- which rows ---

    void modify(chain& to) {
        std::string const& word = tree_[at_].text;
        if (word == "where") return add_condition(to);
        if (std::exchange(to.windowed, true)) {
            fail(at_, "the rows have a window already", shown(word), {},
                 "Keep one of within, between and the calendar.");
            to.failed = true;
            return;
        }
        if (word == "within") {
            auto const period = text_at(0);
            if (wants(to, period && !period->empty() && arguments_.size() == 1,
                      "a period: within('P90D'), within('PT36H')"))
                to.asked.window = *period;
        } else if (word == "between") {
            set_between(to);
        } else if (wants(to, arguments_.empty(), "none")) {
            to.asked.calendar = word;
        }
    }

    void set_between(chain& to) {
        auto const first = moment_at(0);
        auto const second = moment_at(1);
        bool const good = first && second && arguments_.size() == 2 && !first->empty() && !second->empty() &&
                          (first->front() == 'P') == (second->front() == 'P');
        if (!wants(to, good, "two periods back from now, between('P90D', 'P30D'), or two moments, "
                             "between(date('2011-10-01'), date('2011-11-01')), of which the second is outside"))
            return;
        bool const periods = first->front() == 'P';
        (periods ? to.asked.window : to.asked.from) = *first;
        (periods ? to.asked.until : to.asked.to) = *second;
    }

    void add_condition(chain& to) {
        auto const variable = variable_at(0);
        if (!wants(to, variable && arguments_.size() == 2, "a name and a condition: where(o, o.amount > 10)")) return;
        if (*variable != "row" && names(arguments_[1], "row")) {
            fail(at_, "in this condition the name row would mean the row itself", "row", {},
                 "Choose another name for it.");
            to.failed = true;
            return;
        }
        add_condition(to, part_text(tree_, arguments_[1], *variable, "row"));
    }

    void add_condition(chain& to, std::string const& condition) {
        auto joined = both(to.asked.where, condition);
        if (joined) {
            to.asked.where = *std::move(joined);
            return;
        }
        fail(at_, "the conditions on the rows are too long together", {}, {},
             "Name a field for one of them under \"derive\".");
        to.failed = true;
    }

    [[nodiscard]] bool names(node_id part, std::string_view name) const {
        if (tree_[part].kind == syntax_kind::name && tree_[part].text == name) return true;
        auto const parts = tree_.children_of(part);
        return std::any_of(parts.begin(), parts.end(), [&](node_id child) { return names(child, name); });
    }

    // --- what is computed ---

    node_id finish(chain& to) {
        std::string const& word = tree_[at_].text;
        if (to.failed) return nothing();
        if (auto const* r = find_reading(word)) {
            auto const field = text_at(0);
            bool const good = r->field ? field && arguments_.size() == 1 : arguments_.empty();
            if (!wants(to, good, r->field ? "the name of a field: " + word + "('amount')" : "none")) return nothing();
            to.asked.what = r->what;
            if (r->field) to.asked.field = *field;
            return column(to.asked);
        }
        if (word == "decayed") return decayed(to);
        if (word == "sequence") return sequence(to);
        if (word == "share") return share(to);
        if (word == "regularly") return regularly(to);
        return by_absence(to);
    }

    /// Stands for what could not be read.
    node_id nothing() {
        syntax_node node;
        node.position = tree_[at_].position;
        return out_.add(std::move(node), {});
    }
    node_id column(feature_request asked) {
        syntax_node node;
        node.kind = syntax_kind::name;
        node.position = tree_[at_].position;
        node.text = name_of_column(std::move(asked));
        return out_.add(std::move(node), {});
    }
    std::string name_of_column(feature_request asked) {
        std::string name = implied_name(asked);
        if (std::find(features_.begin(), features_.end(), asked) == features_.end())
            features_.push_back(std::move(asked));
        return name;
    }
    /// A formula over features, named a, b, c in it.
    node_id formula(std::string_view text, std::vector<feature_request> const& of) {
        std::map<std::string, std::string> names;
        for (std::size_t i = 0; i < of.size(); ++i)
            names.emplace(std::string(1, static_cast<char>('a' + i)), name_of_column(of[i]));
        return out_.add(parse_expression(text).tree(), tree_[at_].position, names);
    }
    static feature_request counting(feature_request asked) {
        asked.what = aggregate::rows;
        return asked;
    }

    node_id decayed(chain& to) {
        auto const half_life = text_at(0);
        auto const field = text_at(1);
        bool const good =
            half_life && !half_life->empty() && (arguments_.size() == 1 || (field && arguments_.size() == 2));
        if (!wants(to, good, "a half-life and a field: decayed('P30D', 'amount'); without field rows are counted"))
            return nothing();
        to.asked.what = field ? aggregate::decayed_sum : aggregate::decayed_count;
        to.asked.half_life = *half_life;
        to.asked.field = field.value_or(std::string{});
        return column(to.asked);
    }

    /// sequence(['view', 'pay'], 'P7D') over the field `event`, sequence('kind', [...], 'P7D'), or
    /// sequence(e, [e.kind == 'view', ...], 'P7D').
    node_id sequence(chain& to) {
        auto const variable = variable_at(0);
        auto const field = text_at(0);
        std::size_t const list = variable || field ? 1 : 0;
        bool const timed = arguments_.size() == list + 2;
        auto const within = timed ? text_at(list + 1) : std::optional<std::string>(std::string{});
        bool const good = (arguments_.size() == list + 1 || timed) && within && within->empty() != timed &&
                          tree_[arguments_[list]].kind == syntax_kind::list &&
                          tree_[arguments_[list]].child_count > 0;
        std::vector<std::string> steps;
        for (node_id const step : good ? tree_.children_of(arguments_[list]) : std::span<node_id const>{}) {
            syntax_node const& node = tree_[step];
            bool const text = node.kind == syntax_kind::constant && node.constant.kind == literal_kind::string;
            if (variable)
                steps.push_back(part_text(tree_, step, *variable, "row"));
            else if (text)
                steps.push_back(to_string(parse_expression("row." + field_text(field.value_or("event")) +
                                                           " == " + text_literal(node.text))));
        }
        if (!wants(to, good && steps.size() == tree_[arguments_[list]].child_count,
                   "steps, and a period if the last must come soon: sequence(['view', 'cart', 'pay'], 'P7D') over the "
                   "field event, sequence('kind', ['view', 'pay']), or sequence(e, [e.kind == 'view', e.amount > 10])"))
            return nothing();
        auto const count = steps.size();
        to.asked.what = aggregate::sequence;
        to.asked.steps = std::move(steps);
        to.asked.within = *within;
        return formula("a >= " + std::to_string(count), {to.asked});
    }
    static std::string field_text(std::string const& name) {
        return is_plain_identifier(name) ? name : "`" + name + "`";
    }

    /// Unknown without rows: the first time is, then.
    node_id share(chain& to) {
        auto const field = text_at(0);
        bool const good = field && arguments_.size() == 2 && tree_[arguments_[1]].kind == syntax_kind::constant;
        if (!wants(to, good, "a field and one of its values: share('category', 'beauty')")) return nothing();
        feature_request const all = counting(to.asked);
        feature_request some = all;
        chain narrowed{some, to.windowed, false};
        add_condition(narrowed, to_string(parse_expression("row." + field_text(*field) + " == " +
                                                           part_text(tree_, arguments_[1], {}, {}))));
        if (narrowed.failed) return nothing();
        some = narrowed.asked;
        feature_request last = all;
        last.what = aggregate::last_time;
        return formula("c == c ? double(a) / double(b) : 0.0", {some, all, last});
    }

    node_id regularly(chain& to) {
        auto const least = whole_at(0);
        auto const every = text_at(1);
        auto const periods = whole_at(2);
        bool const good =
            least && every && !every->empty() && periods && arguments_.size() == 3 && *least >= 1 && *periods >= *least;
        if (!wants(to, good,
                   "in how many, of which length, of how many: regularly(3, 'P1M', 6) is in at least 3 of the "
                   "last 6 months"))
            return nothing();
        to.asked.what = aggregate::active_periods;
        to.asked.every = *every;
        to.asked.periods = *periods;
        return formula("a >= " + std::to_string(*least), {to.asked});
    }

    /// first_time, stopped, restarted: what the rows in one window say beside those of another.
    node_id by_absence(chain& to) {
        std::string const& word = tree_[at_].text;
        feature_request const here = counting(to.asked);
        feature_request ever = here;
        ever.window = ever.until = ever.from = ever.to = ever.calendar = std::string{};
        if (word == "first_time") {
            if (!wants(to, arguments_.empty() && to.windowed, "none, behind a window: within('P30D').first_time()"))
                return nothing();
            feature_request begins = here;
            feature_request began = ever;
            begins.what = began.what = aggregate::first_time;
            return formula("a > 0 && b == c", {here, begins, began});
        }
        auto const first = text_at(0);
        auto const second = text_at(1);
        bool const stopped = word == "stopped";
        bool const good = first && !first->empty() && !to.windowed && arguments_.size() == (stopped ? 1U : 2U) &&
                          (stopped || (second && !second->empty()));
        if (!wants(to, good,
                   stopped ? "how long nothing has happened, without another window: stopped('P90D')"
                           : "since when something happens again and since when nothing had: restarted('P30D', "
                             "'P120D'), without another window"))
            return nothing();
        feature_request recent = here;
        recent.window = *first;
        if (stopped) return formula("a == 0 && b > 0", {recent, ever});
        feature_request longer = here;
        longer.window = *second;
        feature_request silent = longer; // which also refuses periods the wrong way round
        silent.until = *first;
        return formula("a > 0 && b == 0 && c > d", {recent, silent, ever, longer});
    }

    syntax_tree const& tree_;
    std::function<bool(std::string const&)> const& is_column_;
    std::string_view record_;
    issue_list& issues_;
    std::string_view place_;
    tree_writer out_;
    std::vector<node_id> copied_;
    std::vector<std::optional<chain>> chains_; // of nodes that end in one that is not finished
    std::vector<feature_request> features_;
    std::span<node_id const> arguments_; // of the call at hand
    node_id at_ = 0;
};

} // namespace

std::string implied_name(feature_request const& f) {
    std::string text = f.history;
    if (!f.calendar.empty()) text += "." + f.calendar + "()";
    if (!f.from.empty() || !f.to.empty()) text += ".between(" + text_literal(f.from) + ", " + text_literal(f.to) + ")";
    if (!f.until.empty())
        text += ".between(" + text_literal(f.window) + ", " + text_literal(f.until) + ")";
    else if (!f.window.empty())
        text += ".within(" + text_literal(f.window) + ")";
    if (!f.where.empty()) text += ".where(row, " + f.where + ")";
    bool const decays = f.what == aggregate::decayed_sum || f.what == aggregate::decayed_count;
    text += "." + std::string(decays ? "decayed" : name_of(f.what)) + "(" + arguments_of(f) + ")";
    // What stands in backquotes in rules has none. No text is written with this in it: a backslash in a text is
    // doubled.
    std::string name;
    for (char const c : text)
        name += c == '`' ? std::string("\\x60") : std::string(1, c);
    return name;
}

history_rule without_histories(expression const& rule, std::function<bool(std::string const&)> const& is_column,
                               std::string_view record, issue_list& issues, std::string_view place) {
    return rewriter(rule, is_column, record, issues, place).run();
}

} // namespace detail
} // namespace v0
} // namespace segmenta
