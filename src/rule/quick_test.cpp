// SPDX-License-Identifier: Apache-2.0
#include "rule/quick_test.hpp"

#include "rule/code.hpp"
#include "rule/scratch.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

using form = quick_step::form;
using target = std::uint32_t; // a test, or `first_answer` and what is answered
constexpr target first_answer = 0x8000'0000U;
constexpr std::size_t most_tests = 160;
constexpr std::size_t most_steps_of_test = 255;
constexpr std::size_t most_texts_one_by_one = 4;

constexpr bool is_answer(target to) noexcept { return to >= first_answer; }
constexpr target answering(quick_answer a) noexcept { return first_answer + static_cast<target>(a); }

// Where the three values of a part lead to.
struct exits {
    target yes;
    target no;
    target unknown;
};

struct test {
    quick_step step;
    exits to;
};

// A part of a rule that looks at one variable: any of the steps holds, or with `negated` none.
struct leaf {
    std::vector<quick_step> steps;
    bool negated = false;

    [[nodiscard]] bool is_range() const noexcept {
        return steps.size() == 1 && !negated && steps[0].what == form::integer;
    }
};

// Ranges of the numbers that stand in a relation to a limit, between a least and a greatest number, all as unsigned
// numbers that may wrap. Nothing where no number does.
std::optional<quick_step::range> range_of(relation r, std::uint64_t limit, std::uint64_t least,
                                          std::uint64_t greatest) {
    switch (r) {
    case relation::equal:
    case relation::not_equal: return quick_step::range{limit, 0};
    case relation::less_equal: return quick_step::range{least, limit - least};
    case relation::greater_equal: return quick_step::range{limit, greatest - limit};
    case relation::less:
        if (limit == least) return std::nullopt;
        return quick_step::range{least, limit - 1 - least};
    case relation::greater:
        if (limit == greatest) return std::nullopt;
        return quick_step::range{limit + 1, greatest - limit - 1};
    }
    return std::nullopt;
}

constexpr std::uint64_t all_numbers = std::numeric_limits<std::uint64_t>::max();
constexpr auto least_integer = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::min());
constexpr auto greatest_integer = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
std::uint64_t least_real() noexcept { return key_of(-std::numeric_limits<double>::infinity()); }
std::uint64_t greatest_real() noexcept { return key_of(std::numeric_limits<double>::infinity()); }

std::optional<relation> relation_of(opcode code) noexcept {
    switch (code) {
#define SEGMENTA_RULE_RELATION(name)                                                                                   \
    case opcode::name##_boolean:                                                                                       \
    case opcode::name##_integer:                                                                                       \
    case opcode::name##_real:                                                                                          \
    case opcode::name##_text: return relation::name;
        SEGMENTA_RULE_RELATION(equal)
        SEGMENTA_RULE_RELATION(not_equal)
        SEGMENTA_RULE_RELATION(less)
        SEGMENTA_RULE_RELATION(less_equal)
        SEGMENTA_RULE_RELATION(greater)
        SEGMENTA_RULE_RELATION(greater_equal)
#undef SEGMENTA_RULE_RELATION
    default: return std::nullopt;
    }
}

quick_step text_step(std::string_view text) noexcept {
    quick_step out;
    if (text.empty() || text.size() > short_text::most_bytes) {
        out.what = form::text;
        out.text = text;
        return out;
    }
    switch (short_text::width_of(text.size())) {
    case 8: out.what = form::text_8; break;
    case 4: out.what = form::text_4; break;
    case 2: out.what = form::text_2; break;
    default: out.what = form::text_1; break;
    }
    out.length = static_cast<std::uint8_t>(text.size());
    out.words = short_text::of(text);
    return out;
}

// Parts of a rule as leaves.
class leaf_reader {
public:
    explicit leaf_reader(program_data const& data) : data_(data), tree_(data.tree) {}

    [[nodiscard]] std::optional<leaf> read(typed_id id) const {
        typed_node const& node = tree_[id];
        quick_step step;
        if (node.kind == typed_kind::variable) {
            step.numbers = {1, 0};
            return about(node.payload, {{step}, false});
        }
        if (node.kind == typed_kind::presence) {
            step.what = form::presence;
            return about(node.payload, {{step}, false});
        }
        if (node.kind != typed_kind::operation) return std::nullopt;
        auto const parts = tree_.children_of(id);
        if (node.code == opcode::logical_not) {
            auto inner = read(parts[0]);
            if (inner) inner->negated = !inner->negated;
            return inner;
        }
        if (node.code == opcode::in_integers || node.code == opcode::in_texts) return membership(node, tree_[parts[0]]);
        return parts.size() == 2 ? comparison(node, parts) : std::nullopt;
    }

private:
    [[nodiscard]] std::optional<leaf> about(std::uint32_t variable, leaf of) const {
        auto const used = std::find_if(data_.variables.begin(), data_.variables.end(),
                                       [&](used_variable const& v) { return v.number == variable; });
        if (used == data_.variables.end() || variable > std::numeric_limits<std::uint16_t>::max()) return std::nullopt;
        for (quick_step& step : of.steps) {
            step.head = value_head::of_type(used->what);
            step.variable = static_cast<std::uint16_t>(variable);
        }
        return of;
    }

    [[nodiscard]] std::optional<leaf> membership(typed_node const& node, typed_node const& of) const {
        if (of.kind != typed_kind::variable) return std::nullopt;
        quick_step step;
        if (node.code == opcode::in_integers) {
            auto const& list = data_.tables.integer_lookups[node.immediate];
            step.what = form::integers;
            step.integers = &list;
            if (list.values.empty()) return about(of.payload, {{step}, false});
            auto const low = static_cast<std::uint64_t>(list.values.front());
            auto const width = static_cast<std::uint64_t>(list.values.back()) - low;
            if (width + 1 == list.values.size()) { // each once, ascending, and none between them is absent
                step.what = form::integer;
                step.numbers = {low, width};
            }
            return about(of.payload, {{step}, false});
        }
        auto const& list = data_.tables.text_lookups[node.immediate];
        if (!list.values.empty() && list.values.size() <= most_texts_one_by_one) {
            leaf each;
            for (std::string_view const text : list.values)
                each.steps.push_back(text_step(text));
            return about(of.payload, std::move(each));
        }
        step.what = form::texts;
        step.texts = &list;
        return about(of.payload, {{step}, false});
    }

    [[nodiscard]] std::optional<leaf> comparison(typed_node const& node, std::span<typed_id const> parts) const {
        bool const forward = tree_[parts[0]].kind == typed_kind::variable;
        typed_node const& variable = tree_[parts[forward ? 0 : 1]];
        typed_node const& limit = tree_[parts[forward ? 1 : 0]];
        if (variable.kind != typed_kind::variable || limit.kind != typed_kind::constant) return std::nullopt;
        slot const& known = data_.tables.constants[limit.payload];
        auto const how = relation_of(node.code);
        if (known.state != status::ok || !how) return std::nullopt;
        relation const r = forward ? *how : flipped(*how);
        lane const where = lane_of(variable.what.base);
        if (where != lane_of(limit.what.base)) return std::nullopt;
        auto const step = relation_step(r, where, known);
        return step ? about(variable.payload, {{*step}, r == relation::not_equal}) : std::nullopt;
    }

    // Nothing where no value can pass, or every one: that is left to the code.
    static std::optional<quick_step> relation_step(relation r, lane where, slot const& limit) {
        if (where == lane::text) {
            if (r != relation::equal && r != relation::not_equal) return std::nullopt;
            return text_step(limit.text);
        }
        quick_step step;
        std::optional<quick_step::range> range;
        if (where == lane::boolean || where == lane::integer)
            range = range_of(r, static_cast<std::uint64_t>(limit.integer), least_integer, greatest_integer);
        if (where == lane::real && limit.real == limit.real) {
            step.what = form::real;
            range = range_of(r, key_of(limit.real), least_real(), greatest_real());
        }
        if (!range || range->width == all_numbers) return std::nullopt; // of the latter there is no opposite
        step.numbers = *range;
        return step;
    }

    program_data const& data_;
    typed_tree const& tree_;
};

// The numbers of both, where there are any.
std::optional<leaf> both_of(leaf const& a, leaf const& b) {
    if (!a.is_range() || !b.is_range() || a.steps[0].variable != b.steps[0].variable) return std::nullopt;
    auto const low_of = [](leaf const& l) { return static_cast<std::int64_t>(l.steps[0].numbers.low); };
    auto const high_of = [](leaf const& l) {
        return static_cast<std::int64_t>(l.steps[0].numbers.low + l.steps[0].numbers.width);
    };
    std::int64_t const low = std::max(low_of(a), low_of(b));
    std::int64_t const high = std::min(high_of(a), high_of(b));
    if (low > high) return std::nullopt;
    leaf out = a;
    out.steps[0].numbers = {static_cast<std::uint64_t>(low),
                            static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low)};
    return out;
}

// Writes the tests of a rule from the last to the first, so that every target is known. What follows an unknown part of
// && or || can still decide: it is written a second time, with other exits.
class test_writer {
public:
    test_writer(program_data const& data, bool with_unknown)
        : data_(data), leaves_(data), with_unknown_(with_unknown) {}

    std::optional<target> write(typed_id id, exits to) {
        if (auto const found = leaves_.read(id)) return write(*found, to);
        typed_node const& node = data_.tree[id];
        auto const parts = data_.tree.children_of(id);
        switch (node.kind) {
        case typed_kind::constant: {
            slot const& known = data_.tables.constants[node.payload];
            if (known.state != status::ok) return std::nullopt;
            return known.integer != 0 ? to.yes : to.no;
        }
        case typed_kind::conjunction:
        case typed_kind::disjunction: return write_chain(node.kind == typed_kind::conjunction, parts, to);
        case typed_kind::conditional: {
            auto const then = write(parts[1], to);
            auto const otherwise = write(parts[2], to);
            return then && otherwise ? write(parts[0], {*then, *otherwise, to.unknown}) : std::nullopt;
        }
        case typed_kind::operation:
            if (node.code == opcode::logical_not) return write(parts[0], {to.no, to.yes, to.unknown});
            return std::nullopt;
        default: return std::nullopt;
        }
    }

    [[nodiscard]] std::vector<test> const& tests() const noexcept { return tests_; }

private:
    struct part {
        typed_id id;
        std::optional<leaf> single;
    };

    std::vector<part> parts_of(bool all, std::span<typed_id const> ids) {
        std::vector<part> out;
        for (typed_id const id : ids) {
            part next{id, leaves_.read(id)};
            auto both = all && !out.empty() && next.single && out.back().single
                            ? both_of(*out.back().single, *next.single)
                            : std::nullopt;
            if (both)
                out.back().single = std::move(both);
            else
                out.push_back(std::move(next));
        }
        return out;
    }

    std::optional<target> write_chain(bool all, std::span<typed_id const> ids, exits to) {
        std::vector<part> const parts = parts_of(all, ids);
        target next = all ? to.yes : to.no;
        target after_unknown = to.unknown;
        for (std::size_t i = parts.size(); i-- > 0;) {
            auto const entry = write_part(all, parts[i], next, after_unknown, to);
            if (!entry) return std::nullopt;
            bool const twice = with_unknown_ && i > 0 && next != after_unknown;
            auto const second = twice ? write_part(all, parts[i], after_unknown, after_unknown, to) : entry;
            if (!second) return std::nullopt;
            next = *entry;
            if (with_unknown_) after_unknown = *second;
        }
        return next;
    }

    std::optional<target> write_part(bool all, part const& of, target next, target after_unknown, exits to) {
        exits const here = all ? exits{next, to.no, after_unknown} : exits{to.yes, next, after_unknown};
        return of.single ? write(*of.single, here) : write(of.id, here);
    }

    std::optional<target> write(leaf const& of, exits to) {
        if (of.negated) std::swap(to.yes, to.no);
        if (of.steps[0].what == form::presence) to.unknown = to.no;
        for (std::size_t i = of.steps.size(); i-- > 0;) {
            if (tests_.size() == most_tests) return std::nullopt;
            tests_.push_back({of.steps[i], to});
            to.no = static_cast<target>(tests_.size() - 1);
        }
        return static_cast<target>(tests_.size() - 1);
    }

    program_data const& data_;
    leaf_reader leaves_;
    std::vector<test> tests_;
    bool with_unknown_;
};

// The step that goes on where the other does not.
quick_step opposite(quick_step step) noexcept {
    if (step.what == form::integer || step.what == form::real)
        step.numbers = {step.numbers.low + step.numbers.width + 1, all_numbers - step.numbers.width - 1};
    else
        step.goes_on = !step.goes_on;
    return step;
}

// Puts the tests in an order in which each is followed by one of those it leads to.
class step_layout {
public:
    explicit step_layout(std::vector<test> const& tests) : tests_(tests), places_(tests.size(), nowhere) {}

    // Nothing when there are too many.
    std::vector<quick_step> run(target first) {
        std::vector<target> open{first};
        while (!open.empty()) {
            target const next = open.back();
            open.pop_back();
            if (places_[next] == nowhere) write_from(next, open);
        }
        std::array<std::size_t, 4> answers{};
        for (std::size_t i = 0; i < answers.size(); ++i) {
            answers[i] = steps_.size();
            write_answer(answering(static_cast<quick_answer>(i)));
        }
        if (steps_.size() > most_steps_of_test) return {};
        auto const place = [&](target of) {
            return static_cast<std::uint8_t>(is_answer(of) ? answers[of - first_answer] : places_[of]);
        };
        for (std::size_t i = 0; i < steps_.size(); ++i) {
            steps_[i].elsewhere = place(elsewhere_[i].first);
            steps_[i].on_missing = place(elsewhere_[i].second);
        }
        return std::move(steps_);
    }

private:
    static constexpr std::size_t nowhere = std::numeric_limits<std::size_t>::max();

    // A test, what follows it, what follows that ... to an answer or to what stands somewhere already.
    void write_from(target at, std::vector<target>& open) {
        while (!is_answer(at) && places_[at] == nowhere) {
            places_[at] = steps_.size();
            test const& here = tests_[at];
            bool const goes_on = follows_on_yes(here.to);
            target const elsewhere = goes_on ? here.to.no : here.to.yes;
            steps_.push_back(goes_on ? here.step : opposite(here.step));
            elsewhere_.emplace_back(elsewhere, here.to.unknown);
            for (target const later : {here.to.unknown, elsewhere})
                if (!is_answer(later)) open.push_back(later);
            at = goes_on ? here.to.yes : here.to.no;
        }
        if (is_answer(at)) return write_answer(at);
        quick_step go;
        go.what = form::go;
        steps_.push_back(go);
        elsewhere_.emplace_back(at, at);
    }

    [[nodiscard]] bool follows_on_yes(exits const& to) const noexcept {
        auto const is_new = [&](target of) { return !is_answer(of) && places_[of] == nowhere; };
        if (is_new(to.yes) || is_new(to.no)) return is_new(to.yes);
        return is_answer(to.yes) && (to.yes == answering(quick_answer::yes) || !is_answer(to.no));
    }

    void write_answer(target of) {
        quick_step step;
        step.what = form::answer;
        step.answer = static_cast<quick_answer>(of - first_answer);
        steps_.push_back(step);
        elsewhere_.emplace_back(of, of);
    }

    std::vector<test> const& tests_;
    std::vector<std::size_t> places_; // of the tests among the steps
    std::vector<quick_step> steps_;
    std::vector<std::pair<target, target>> elsewhere_; // of each step: for the other answer, and for a missing value
};

// Of a value of the declared type.
bool passes(quick_step const& step, value const& v) noexcept {
    switch (step.what) {
    case form::integer: return is_in_range(step, static_cast<std::uint64_t>(v.as_int()));
    case form::real: return is_in_range(step, key_of(v.as_double()));
    case form::text_8: return is_short_text<std::uint64_t>(step, v);
    case form::text_4: return is_short_text<std::uint32_t>(step, v);
    case form::text_2: return is_short_text<std::uint16_t>(step, v);
    case form::text_1: return is_short_text<std::uint8_t>(step, v);
    case form::integers: return step.integers->contains(v.as_int());
    case form::text: return v.as_string() == step.text;
    case form::texts: return step.texts->contains(v.as_string());
    default: return true; // presence
    }
}

std::vector<quick_step> steps_of(program_data const& data, bool with_unknown) {
    test_writer writer(data, with_unknown);
    auto const first =
        writer.write(data.tree.root, {answering(quick_answer::yes), answering(quick_answer::no),
                                      answering(with_unknown ? quick_answer::unknown : quick_answer::not_known)});
    if (!first || is_answer(*first)) return {};
    return step_layout(writer.tests()).run(*first);
}

} // namespace

quick_test make_quick_test(program_data const& data) {
    quick_test out;
    if (data.answer_type.base == kind::boolean && data.tree.root != no_node) {
        out.steps = steps_of(data, true);
        if (out.steps.empty()) out.steps = steps_of(data, false); // shorter
    }
    for (quick_step const& step : out.steps)
        if (step.what < form::go) out.variables = std::max(out.variables, std::size_t{step.variable} + 1);
    if (out.steps.empty()) out.steps.emplace_back().what = form::answer;
    return out;
}

quick_answer answer_from(quick_step const* step, quick_test const& test, row_source const& row,
                         rule_scratch::state& scratch) {
    while (step->what != form::answer) {
        if (step->what == form::go) {
            step = test.steps.data() + step->elsewhere;
            continue;
        }
        value const v = row[step->variable];
        if (v.missing()) {
            scratch.note_missing(step->variable);
            step = test.steps.data() + step->on_missing;
            continue;
        }
        if (value_head::of(v) != step->head) return quick_answer::not_known;
        step = passes(*step, v) == step->goes_on ? step + 1 : test.steps.data() + step->elsewhere;
    }
    return step->answer;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
