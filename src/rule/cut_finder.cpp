// SPDX-License-Identifier: Apache-2.0
#include "rule/cut_finder.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

// The six relations of a lane stand in this order in the list of operations (check_operators.cpp holds it to that).
struct relation_form {
    opcode first{};     // equal_*, of plain lanes
    bool plain = false; // else the relation is in the immediate
};

std::optional<relation_form> relation_form_of(opcode code) noexcept {
    constexpr std::array<opcode, 5> firsts{opcode::equal_boolean, opcode::equal_integer, opcode::equal_natural,
                                           opcode::equal_real, opcode::equal_text};
    for (opcode const first : firsts) {
        auto const offset = static_cast<unsigned>(code) - static_cast<unsigned>(first);
        if (static_cast<unsigned>(code) >= static_cast<unsigned>(first) && offset <= 5)
            return relation_form{first, true};
    }
    switch (code) {
    case opcode::relate_decimals:
    case opcode::relate_decimal_natural:
    case opcode::relate_decimal_real:
    case opcode::relate_natural_real: return relation_form{code, false};
    default: return std::nullopt;
    }
}

bool finite_nonzero(slot const& v, rule_type what) noexcept {
    if (v.state != status::ok) return false;
    if (what.base == rule_kind::float64) return std::isfinite(v.real) && v.real != 0;
    return v.integer != 0;
}
bool is_negative(slot const& v, rule_type what) noexcept {
    if (what.base == rule_kind::float64) return v.real < 0;
    return what.base != rule_kind::uint64 && v.integer < 0;
}
bool finite(slot const& v, rule_type what) noexcept {
    return v.state == status::ok && (what.base != rule_kind::float64 || std::isfinite(v.real));
}

// Greatest monotone steps: the first key of (low, high] for which `holds`, which is false at low and true at high.
template <class Holds>
std::uint64_t first_holding(std::uint64_t low, std::uint64_t high, Holds&& holds) {
    while (high - low > 1) {
        std::uint64_t const middle = low + (high - low) / 2;
        (holds(middle) ? high : low) = middle;
    }
    return high;
}

void add_point(std::vector<std::uint64_t>& keys, std::uint64_t key) {
    keys.push_back(key);
    if (key != ~std::uint64_t{0}) keys.push_back(key + 1);
}

} // namespace

key_domain domain_of(rule_type what) noexcept {
    switch (what.base) {
    case rule_kind::boolean: return {key_of(std::int64_t{0}), key_of(std::int64_t{1})};
    case rule_kind::date:
        return {key_of(std::int64_t{std::numeric_limits<std::int32_t>::min()}),
                key_of(std::int64_t{std::numeric_limits<std::int32_t>::max()})};
    case rule_kind::float64:
        return {key_of(-std::numeric_limits<double>::infinity()), key_of(std::numeric_limits<double>::infinity())};
    default: return {};
    }
}

slot slot_of_key(std::uint64_t key, rule_type what) noexcept {
    slot out(status::ok);
    if (what.base == rule_kind::float64) {
        out.real = real_of(key);
    } else {
        out.integer = integer_of(key);
    }
    return out;
}

std::uint64_t key_of_slot(slot const& v, rule_type what) noexcept {
    return what.base == rule_kind::float64 ? key_of(v.real) : key_of(v.integer);
}

variable_view::variable_view(program_data const& rule, tree_evaluator& evaluator, typed_id part, std::uint32_t variable)
    : rule_(rule), evaluator_(evaluator), variable_(variable), parts_(evaluator.parts_reading(part, variable)) {
    std::vector<bool> under(part + 1, false);
    under[part] = true;
    for (typed_id id = part + 1; id-- > 0;) {
        if (!under[id]) continue;
        all_.push_back(id);
        for (typed_id const child : rule.tree.children_of(id))
            under[child] = true;
    }
}

std::size_t variable_view::index(typed_id part) const noexcept {
    return static_cast<std::size_t>(std::lower_bound(parts_.begin(), parts_.end(), part) - parts_.begin());
}
bool variable_view::reads(typed_id part) const noexcept {
    return std::binary_search(parts_.begin(), parts_.end(), part);
}

// The variable, perhaps with something else in its place where it is missing.
bool variable_view::is_variable(typed_id part) const noexcept {
    typed_node const& node = rule_.tree[part];
    if (node.kind == typed_kind::variable) return true;
    if (node.kind != typed_kind::coalesce) return false;
    auto const children = rule_.tree.children_of(part);
    return rule_.tree[children[0]].kind == typed_kind::variable && reads(children[0]) && !reads(children[1]);
}

// How a number changes with the variable. What fails does so beyond some value only (overflow), never in between.
int variable_view::direction(typed_id part, std::vector<finding> const& found) const {
    typed_node const& node = rule_.tree[part];
    if (is_variable(part))
        return lane_of(node.what.base) == lane::integer || lane_of(node.what.base) == lane::real ? 1 : 0;
    if (node.kind != typed_kind::operation) return 0;
    auto const children = rule_.tree.children_of(part);
    std::size_t const changing = reads(children[0]) ? 0 : 1;
    int const inner = found[index(children[changing])].direction;
    if (inner == 0) return 0;
    if (children.size() == 1) {
        switch (node.code) {
        case opcode::negate_integer:
        case opcode::negate_real:
        case opcode::negate_duration: return -inner;
        case opcode::integer_to_real:
        case opcode::decimal_to_real:
        case opcode::decimal_to_integer:
        case opcode::real_to_integer:
        case opcode::integer_to_natural:
        case opcode::instant_to_seconds:
        case opcode::seconds_to_instant:
        case opcode::ceil_real:
        case opcode::floor_real:
        case opcode::round_real:
        case opcode::truncate_real:
        case opcode::round_decimal: return inner;
        default: return 0;
        }
    }
    if (children.size() != 2 || reads(children[1 - changing])) return 0;
    slot const& constant = evaluator_[children[1 - changing]];
    rule_type const of = rule_.tree[children[1 - changing]].what;
    switch (node.code) {
    case opcode::add_integer:
    case opcode::add_real:
    case opcode::add_instant:
    case opcode::add_duration:
    case opcode::add_days:
    case opcode::least_integer:
    case opcode::greatest_integer:
    case opcode::least_real:
    case opcode::greatest_real: return finite(constant, of) ? inner : 0;
    case opcode::subtract_integer:
    case opcode::subtract_real:
    case opcode::subtract_instant:
    case opcode::difference_instant:
    case opcode::subtract_duration:
    case opcode::subtract_days:
    case opcode::difference_days: return finite(constant, of) ? (changing == 0 ? inner : -inner) : 0;
    case opcode::multiply_integer:
    case opcode::multiply_real: return finite_nonzero(constant, of) ? (is_negative(constant, of) ? -inner : inner) : 0;
    case opcode::divide_integer:
    case opcode::divide_real:
    case opcode::ratio:
        if (changing != 0 || !finite_nonzero(constant, of)) return 0;
        return is_negative(constant, of) ? -inner : inner;
    default: return 0;
    }
}

// The keys at which `changing` passes `limit`, asked of the relation itself, by halving.
bool variable_view::thresholds(typed_id relation_part, typed_id changing, typed_id limit, int direction, rule_type what,
                               std::vector<std::uint64_t>& into) {
    typed_node const node = rule_.tree[relation_part];
    slot const bound = evaluator_[limit];
    if (bound.state != status::ok) return true; // the answer is that state wherever the other side is no error
    std::vector<typed_id> const parts = evaluator_.parts_reading(changing, variable_);
    bool const forward = rule_.tree.children_of(relation_part)[0] == changing;
    auto const form = *relation_form_of(node.code);
    auto const related = [&](slot const& v, relation r) {
        opcode const code =
            form.plain ? static_cast<opcode>(static_cast<unsigned>(form.first) + static_cast<unsigned>(r)) : node.code;
        std::uint64_t const immediate = (node.immediate & ~std::uint64_t{255}) | static_cast<std::uint64_t>(r);
        std::array<slot, 4> const arguments{forward ? v : bound, forward ? bound : v, slot{}, slot{}};
        return run_operation(code, {&rule_.tables, nullptr, form.plain ? node.immediate : immediate}, arguments)
                   .integer != 0;
    };
    auto const value_at = [&](std::uint64_t key) {
        return evaluator_.run_parts(parts, variable_, slot_of_key(key, what));
    };
    auto const works = [&](std::uint64_t key) { return value_at(key).state == status::ok; };
    // Before the limit, at it (or unordered), beyond it, in the order in which rising keys meet them.
    auto const side = [&](std::uint64_t key) {
        slot const v = value_at(key);
        relation const below = forward ? relation::less : relation::greater;
        relation const above = forward ? relation::greater : relation::less;
        int const place = related(v, below) ? -1 : related(v, above) ? 1 : 0;
        return direction > 0 ? place : -place;
    };
    key_domain const all = domain_of(what);
    std::array<std::uint64_t, 6> const seeds{key_of_slot(slot_of_key(all.low, what), what),
                                             all.low + (all.high - all.low) / 2,
                                             all.high,
                                             what.base == rule_kind::float64 ? key_of(1.0) : key_of(std::int64_t{1}),
                                             what.base == rule_kind::float64 ? key_of(1e9)
                                                                             : key_of(std::int64_t{1'000'000}),
                                             what.base == rule_kind::float64 ? key_of(-1.0) : key_of(std::int64_t{-1})};
    auto const seed = std::find_if(seeds.begin(), seeds.end(),
                                   [&](std::uint64_t key) { return key >= all.low && key <= all.high && works(key); });
    if (seed == seeds.end()) return false;
    std::uint64_t low = all.low;
    if (!works(low)) into.push_back(low = first_holding(low, *seed, works));
    std::uint64_t high = all.high;
    if (!works(high)) {
        std::uint64_t const beyond = first_holding(*seed, high, [&](std::uint64_t key) { return !works(key); });
        into.push_back(beyond);
        high = beyond - 1;
    }
    for (int const place : {0, 1}) {
        auto const reached = [&](std::uint64_t key) { return side(key) >= place; };
        if (reached(low) || !reached(high)) continue;
        into.push_back(first_holding(low, high, reached));
    }
    return true;
}

bool variable_view::compare(typed_id part, std::vector<finding> const& found, rule_type what, finding& out) {
    typed_node const& node = rule_.tree[part];
    auto const form = relation_form_of(node.code);
    auto const children = rule_.tree.children_of(part);
    if (!form || children.size() != 2 || reads(children[0]) == reads(children[1])) return false;
    typed_id const changing = reads(children[0]) ? children[0] : children[1];
    typed_id const limit = reads(children[0]) ? children[1] : children[0];
    int const direction = found[index(changing)].direction;
    if (direction == 0) return false;
    bool const same_type = lane_of(rule_.tree[limit].what.base) == lane_of(what.base);
    if (is_variable(changing) && form->plain && same_type) {
        slot const& bound = evaluator_[limit];
        bool const compares =
            bound.state == status::ok && !(what.base == rule_kind::float64 && bound.real != bound.real);
        if (compares) add_point(out.keys, key_of_slot(bound, what));
        return true;
    }
    return thresholds(part, changing, limit, direction, what, out.keys);
}

bool variable_view::membership(typed_id part, finding& out, rule_type what) const {
    typed_node const& node = rule_.tree[part];
    bool const integers = node.code == opcode::in_integers;
    if (!integers && node.code != opcode::in_reals) return false;
    if (!is_variable(rule_.tree.children_of(part)[0])) return false;
    if (integers)
        for (std::int64_t const v : rule_.tables.integer_lookups[node.immediate].values)
            add_point(out.keys, key_of(v));
    if (!integers && what.base == rule_kind::float64)
        for (double const v : rule_.tables.real_lookups[node.immediate].values)
            add_point(out.keys, key_of(v));
    return true;
}

variable_view::finding variable_view::study(typed_id part, std::vector<finding> const& found, rule_type what) {
    finding out;
    typed_node const& node = rule_.tree[part];
    if (is_walked(node.kind)) return {}; // what stands below it reads locals, too
    out.direction = direction(part, found);
    if (node.kind == typed_kind::presence) {
        out.piecewise = true;
        return out;
    }
    if (is_variable(part)) {
        out.piecewise = what.base == rule_kind::boolean;
        if (out.piecewise) add_point(out.keys, key_of(std::int64_t{0}));
        return out;
    }
    if (out.direction != 0) return out; // a number: what compares it asks where it passes a limit
    if (node.kind == typed_kind::operation && (compare(part, found, what, out) || membership(part, out, what))) {
        out.piecewise = true;
        return out;
    }
    // A function of parts that are all the same between their keys is so too.
    out.keys.clear();
    for (typed_id const child : rule_.tree.children_of(part)) {
        if (!reads(child)) continue;
        finding const& inner = found[index(child)];
        if (!inner.piecewise) return {};
        out.keys.insert(out.keys.end(), inner.keys.begin(), inner.keys.end());
    }
    out.piecewise = true;
    return out;
}

std::optional<std::vector<std::uint64_t>> variable_view::cuts(rule_type what) {
    std::vector<finding> found(parts_.size());
    for (std::size_t i = 0; i < parts_.size(); ++i)
        found[i] = study(parts_[i], found, what);
    if (!found.back().piecewise) return std::nullopt;
    auto keys = std::move(found.back().keys);
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    return keys;
}

// Equality, order and membership among constants, and any logic on top.
bool variable_view::compares_text() const {
    return std::all_of(parts_.begin(), parts_.end(), [&](typed_id part) {
        typed_node const& node = rule_.tree[part];
        if (is_walked(node.kind)) return false;
        if (node.kind != typed_kind::operation || node.what.base != rule_kind::boolean) {
            return node.kind != typed_kind::operation && (node.kind != typed_kind::coalesce || is_variable(part));
        }
        auto const children = rule_.tree.children_of(part);
        switch (node.code) {
        case opcode::in_texts: return is_variable(children[0]);
        case opcode::logical_not:
        case opcode::strict_or: return true;
        default: break;
        }
        auto const form = relation_form_of(node.code);
        if (!form) return false;
        if (form->first == opcode::equal_boolean) return true;
        if (form->first != opcode::equal_text || reads(children[0]) == reads(children[1])) return false;
        return is_variable(reads(children[0]) ? children[0] : children[1]);
    });
}

void variable_view::texts_of(std::vector<std::string_view>& into) const {
    for (typed_id const part : all_) {
        typed_node const& node = rule_.tree[part];
        bool const text = node.what.base == rule_kind::string;
        if (text && !reads(part) && evaluator_[part].state == status::ok) into.push_back(evaluator_[part].text);
        if (node.kind == typed_kind::operation && node.code == opcode::in_texts) {
            auto const& values = rule_.tables.text_lookups[node.immediate].values;
            into.insert(into.end(), values.begin(), values.end());
        }
    }
}

} // namespace detail
} // namespace v0
} // namespace segmenta
