// SPDX-License-Identifier: Apache-2.0
// Arithmetic with exact decimals, relations across number types, membership.
#include "rule/checker.hpp"
#include "rule/exact.hpp"
#include "rule/functions.hpp"

#include <segmenta/base/text.hpp>

#include <algorithm>
#include <cmath>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr rule_type boolean{rule_kind::boolean, 0, {}};
constexpr rule_type integer{rule_kind::int64, 0, {}};
constexpr rule_type real{rule_kind::float64, 0, {}};

std::string_view symbol_of(syntax_kind kind) noexcept {
    switch (kind) {
    case syntax_kind::multiply: return "*";
    case syntax_kind::divide: return "/";
    case syntax_kind::modulo: return "%";
    case syntax_kind::add: return "+";
    default: return "-";
    }
}

relation relation_of(syntax_kind kind) noexcept {
    switch (kind) {
    case syntax_kind::less: return relation::less;
    case syntax_kind::less_equal: return relation::less_equal;
    case syntax_kind::greater: return relation::greater;
    case syntax_kind::greater_equal: return relation::greater_equal;
    case syntax_kind::not_equal: return relation::not_equal;
    default: return relation::equal;
    }
}

// The six relations of a lane stand in this order in the list of operations.
opcode relation_code(lane where, relation r) noexcept {
    opcode first = opcode::equal_integer;
    if (where == lane::boolean) first = opcode::equal_boolean;
    if (where == lane::natural) first = opcode::equal_natural;
    if (where == lane::real) first = opcode::equal_real;
    if (where == lane::text) first = opcode::equal_text;
    return static_cast<opcode>(static_cast<unsigned>(first) + static_cast<unsigned>(r));
}
static_assert(static_cast<unsigned>(opcode::greater_equal_text) - static_cast<unsigned>(opcode::equal_text) ==
              static_cast<unsigned>(relation::greater_equal));

} // namespace

// --- exact numbers
// ------------------------------------------------------------------------------------------------------
bool checker::is_zero(typed_id node) const noexcept {
    slot const* const value = known(node);
    return value != nullptr && what(node).is_exact() && value->integer == 0;
}

// Whether two exact numbers may meet in a sum or relation; a constant zero takes the other's currency.
bool checker::same_unit(typed_id& a, typed_id& b, std::uint32_t position) {
    rule_type const x = what(a);
    rule_type const y = what(b);
    if (x.unit == y.unit) return true;
    if (y.unit.empty() && is_zero(b)) return b = retype(b, {rule_kind::decimal, y.scale, x.unit}), true;
    if (x.unit.empty() && is_zero(a)) return a = retype(a, {rule_kind::decimal, x.scale, y.unit}), true;
    bool const two = x.is_money() && y.is_money();
    auto const unit = std::string(x.is_money() ? x.unit.name() : y.unit.name());
    fail(position, "rule.currency", two ? "two currencies never mix" : "money and a plain number never mix",
         to_string(x) + " and " + to_string(y), {},
         two ? "Convert one with a dated rate before"
             : "Write money('1.00 " + unit + "') for an amount, or decimal(...) around money for a plain number");
    return false;
}

typed_id checker::to_scale(typed_id node, unsigned scale) {
    rule_type const from = what(node);
    rule_type const to{rule_kind::decimal, static_cast<std::uint8_t>(scale), from.unit};
    if (from.scale == scale) return retype(node, to);
    std::uint32_t const position = out_.tree[node].position;
    slot factor(status::ok);
    factor.integer = powers_of_ten[scale - from.scale];
    return operation(opcode::multiply_integer, to, position, {node, constant(factor, integer, position)});
}

typed_id checker::to_real(typed_id node) {
    rule_type const from = what(node);
    std::uint32_t const position = out_.tree[node].position;
    if (from.base == rule_kind::float64) return node;
    if (from.base == rule_kind::uint64) return operation(opcode::natural_to_real, real, position, {node});
    if (from.scale == 0) return operation(opcode::integer_to_real, real, position, {node});
    return operation(opcode::decimal_to_real, real, position, {node}, from.scale);
}

typed_id checker::add_or_subtract(bool subtract, typed_id a, typed_id b, std::uint32_t position) {
    if (!same_unit(a, b, position)) return no_node;
    unsigned const scale = std::max(what(a).scale, what(b).scale);
    a = to_scale(a, scale);
    b = to_scale(b, scale);
    if (a == no_node || b == no_node) return no_node;
    rule_type const result{rule_kind::decimal, static_cast<std::uint8_t>(scale), what(a).unit};
    return operation(subtract ? opcode::subtract_integer : opcode::add_integer, result, position, {a, b});
}

typed_id checker::multiply(typed_id a, typed_id b, std::uint32_t position) {
    rule_type const x = what(a);
    rule_type const y = what(b);
    if (x.is_money() && y.is_money()) {
        return fail(position, "rule.currency", "money times money is no amount", to_string(x) + " and " + to_string(y),
                    {}, "Write decimal(...) around the one that is a plain number");
    }
    unsigned const scale = x.scale + 0U + y.scale;
    if (scale > largest_scale) {
        return fail(position, "rule.scale", "the product has too many digits after the point", std::to_string(scale),
                    "at most " + std::to_string(largest_scale), "Write double(...) around one of them");
    }
    rule_type const result{rule_kind::decimal, static_cast<std::uint8_t>(scale), x.is_money() ? x.unit : y.unit};
    return operation(opcode::multiply_integer, result, position, {a, b});
}

typed_id checker::divide(typed_id a, typed_id b, std::uint32_t position) {
    rule_type const x = what(a);
    rule_type const y = what(b);
    if (x.is_money() && y.is_money() && x.unit != y.unit) return same_unit(a, b, position), no_node;
    bool const by_exact = y.base != rule_kind::float64;
    return operation(by_exact ? opcode::ratio : opcode::divide_real, real, position, {to_real(a), to_real(b)});
}

typed_id checker::check_negate(node_id node) {
    typed_id const operand = check(tree_.child(node, 0));
    if (operand == no_node) return no_node;
    std::uint32_t const position = tree_[node].position;
    if (what(operand).base == rule_kind::decimal) {
        return operation(opcode::negate_integer, what(operand), position, {operand});
    }
    std::vector<typed_id> arguments{operand};
    return call("-", false, arguments, position);
}

// a + b - c: the operands from left to right, in a loop.
typed_id checker::check_arithmetic(node_id node) {
    auto chain = chain_of(tree_, node);
    std::reverse(chain.begin(), chain.end());
    typed_id answer = check(tree_.child(chain.front(), 0));
    bool const text = answer != no_node && lane_of(what(answer).base) == lane::text;
    bool const sums =
        std::all_of(chain.begin(), chain.end(), [&](node_id part) { return tree_[part].kind == syntax_kind::add; });
    if (text && sums) return join_texts(chain, answer);
    for (node_id const part : chain) {
        typed_id const next = check(tree_.child(part, 1));
        bool const good = answer != no_node && next != no_node;
        answer = good ? arithmetic(tree_[part].kind, answer, next, tree_[part].position) : no_node;
    }
    return answer;
}

// Pairwise, so that the text of a long chain is copied a few times and not once for each part.
typed_id checker::join_texts(std::span<node_id const> sums, typed_id first) {
    struct piece {
        typed_id text;
        std::uint32_t position; // of the + before it
    };
    std::vector<piece> pieces{{first, 0}};
    bool failed = false;
    for (node_id const sum : sums) {
        typed_id const next = check(tree_.child(sum, 1));
        bool const good = next != no_node && what(next).base == what(first).base;
        failed |= !good;
        if (next != no_node && !good) (void)arithmetic(syntax_kind::add, first, next, tree_[sum].position); // says why
        pieces.push_back({next, tree_[sum].position});
    }
    if (failed) return no_node;
    while (pieces.size() > 1) {
        std::vector<piece> joined;
        for (std::size_t i = 0; i + 1 < pieces.size(); i += 2) {
            auto const position = pieces[i + 1].position;
            joined.push_back(
                {arithmetic(syntax_kind::add, pieces[i].text, pieces[i + 1].text, position), pieces[i].position});
        }
        if (pieces.size() % 2 != 0) joined.push_back(pieces.back());
        pieces = std::move(joined);
    }
    return pieces.front().text;
}

// A warning for a divisor that is zero in the text; what is divided may be anything but known.
void checker::warn_of_zero(typed_id dividend, typed_id divisor, std::uint32_t position) {
    slot const* const value = known(divisor);
    bool const zero = value != nullptr && what(divisor).base != rule_kind::float64 && value->integer == 0;
    if (zero && what(divisor).is_numeric() && !is_constant(dividend))
        warn(position, "rule.always_fails", "this divides by zero, whatever the row", "Divide by something else");
}

typed_id checker::arithmetic(syntax_kind kind, typed_id a, typed_id b, std::uint32_t position) {
    rule_type const x = what(a);
    rule_type const y = what(b);
    auto const is_list = [](rule_type t) { return t.base == rule_kind::list || t.base == rule_kind::set; };
    if (kind == syntax_kind::add && is_list(x) && is_list(y)) {
        a = as_items(a);
        b = as_items(b);
        return join(a, b, position, "these two lists differ in type") ? concatenate(a, b, position) : no_node;
    }
    if (kind == syntax_kind::divide || kind == syntax_kind::modulo) warn_of_zero(a, b, position);
    bool const decimals = x.base == rule_kind::decimal || y.base == rule_kind::decimal;
    if (decimals && kind == syntax_kind::divide && x.is_numeric() && y.is_numeric()) return divide(a, b, position);
    if (decimals && x.is_exact() && y.is_exact()) {
        if (kind == syntax_kind::add || kind == syntax_kind::subtract) {
            return add_or_subtract(kind == syntax_kind::subtract, a, b, position);
        }
        if (kind == syntax_kind::multiply) return multiply(a, b, position);
    }
    std::vector<typed_id> arguments{a, b};
    return call(symbol_of(kind), false, arguments, position);
}

// --- relations
// ----------------------------------------------------------------------------------------------------------
std::optional<std::int64_t> checker::units_of(typed_id node, unsigned scale) const noexcept {
    slot const* const value = known(node);
    if (value == nullptr) return std::nullopt;
    rule_type const from = what(node);
    if (from.base == rule_kind::uint64) {
        constexpr std::uint64_t largest = std::uint64_t{1} << 63;
        std::int64_t units = 0;
        if (value->natural >= largest) return std::nullopt;
        if (__builtin_mul_overflow(value->integer, powers_of_ten[scale], &units)) return std::nullopt;
        return units;
    }
    if (from.base == rule_kind::float64) {
        double const scaled = std::nearbyint(value->real * static_cast<double>(powers_of_ten[scale]));
        if (!(scaled > -0x1p63 && scaled < 0x1p63)) return std::nullopt;
        auto const units = static_cast<std::int64_t>(scaled);
        if (order_decimal_real(units, scale, value->real) != order::equal) return std::nullopt;
        return units;
    }
    std::int64_t units = value->integer;
    if (from.scale > scale) {
        std::int64_t const divisor = powers_of_ten[from.scale - scale];
        if (units % divisor != 0) return std::nullopt;
        return units / divisor;
    }
    if (__builtin_mul_overflow(units, powers_of_ten[scale - from.scale], &units)) return std::nullopt;
    return units;
}

// Of two exact numbers.
typed_id checker::relate_exact(relation r, typed_id a, typed_id b, std::uint32_t position) {
    unsigned const a_scale = what(a).scale;
    unsigned const b_scale = what(b).scale;
    opcode const same = relation_code(lane::integer, r);
    if (a_scale == b_scale) return operation(same, boolean, position, {a, b});
    auto const as_units = [&](typed_id node, std::int64_t units, rule_type like) {
        slot value(status::ok);
        value.integer = units;
        return constant(value, like, out_.tree[node].position);
    };
    if (auto const units = units_of(b, a_scale)) {
        return operation(same, boolean, position, {a, as_units(b, *units, what(a))});
    }
    if (auto const units = units_of(a, b_scale)) {
        return operation(same, boolean, position, {as_units(a, *units, what(b)), b});
    }
    return operation(opcode::relate_decimals, boolean, position, {a, b}, relation_immediate(r, a_scale, b_scale));
}

typed_id checker::relate_numbers(relation r, typed_id a, typed_id b, std::uint32_t position) {
    rule_type const x = what(a);
    rule_type const y = what(b);
    if (x.base == y.base && x.base != rule_kind::decimal) {
        return operation(relation_code(lane_of(x.base), r), boolean, position, {a, b});
    }
    if (x.is_exact() && y.is_exact()) {
        if (!same_unit(a, b, position)) return no_node;
        return relate_exact(r, a, b, position);
    }
    if (y.is_exact() || (y.base == rule_kind::uint64 && x.base == rule_kind::float64)) {
        return relate_numbers(flipped(r), b, a, position);
    }
    // Now an exact number against uint or double, or uint against double.
    if (x.is_exact()) {
        auto const units = units_of(b, x.scale);
        if (x.is_money() && units != 0) {
            typed_id plain = b;
            if (units) {
                slot value(status::ok);
                value.integer = *units;
                plain = constant(value, {rule_kind::decimal, x.scale, {}}, out_.tree[b].position);
            }
            typed_id money = a;
            if (what(plain).is_exact()) return same_unit(money, plain, position), no_node;
            return fail(position, "rule.currency", "money and a plain number never mix",
                        to_string(x) + " and " + to_string(y), {},
                        "Write money('1.00 " + std::string(x.unit.name()) + "')");
        }
        if (units) {
            slot value(status::ok);
            value.integer = *units;
            typed_id const exact = constant(value, x, out_.tree[b].position);
            return operation(relation_code(lane::integer, r), boolean, position, {a, exact});
        }
        bool const natural = y.base == rule_kind::uint64;
        return operation(natural ? opcode::relate_decimal_natural : opcode::relate_decimal_real, boolean, position,
                         {a, b}, relation_immediate(r, x.scale, 0));
    }
    return operation(opcode::relate_natural_real, boolean, position, {a, b}, relation_immediate(r, 0, 0));
}

typed_id checker::relate(relation r, typed_id a, typed_id b, std::uint32_t position) {
    rule_type const x = what(a);
    rule_type const y = what(b);
    if (x.is_numeric() && y.is_numeric()) return relate_numbers(r, a, b, position);
    if (x.is_collection() && y.is_collection()) return relate_collections(r, a, b, position);
    bool const comparable = x.base != rule_kind::null && x.base != rule_kind::set;
    if (x.base == y.base && comparable) {
        return operation(relation_code(lane_of(x.base), r), boolean, position, {a, b});
    }
    bool const equality = r == relation::equal || r == relation::not_equal;
    if (x.base == rule_kind::null && y.base == rule_kind::null && equality) {
        slot same(status::ok);
        same.integer = r == relation::equal ? 1 : 0;
        return constant(same, boolean, position);
    }
    std::string remedy = "Convert one of them";
    auto const either = [&](rule_kind k) { return x.base == k || y.base == k; };
    if (either(rule_kind::null)) remedy = "Whether a column is missing is asked with has(...)";
    if (either(rule_kind::set)) remedy = "Ask 'value' in the_set, or sets.equivalent(the_set, ['a', 'b'])";
    if (either(rule_kind::string) && (x.is_numeric() || y.is_numeric())) {
        remedy = "Write the number without quotes, or int(...) or double(...) around the text";
    }
    if (either(rule_kind::string) && either(rule_kind::date)) remedy = "Write date('2024-06-30')";
    if (either(rule_kind::string) && either(rule_kind::instant)) remedy = "Write timestamp('2024-06-30T00:00:00Z')";
    if (either(rule_kind::string) && either(rule_kind::duration)) remedy = "Write duration('36h')";
    if (either(rule_kind::string) && either(rule_kind::boolean)) remedy = "Write true or false without quotes";
    if (either(rule_kind::date) && either(rule_kind::instant)) remedy = "Write date(...) around the timestamp";
    return fail(position, "rule.type", "these two cannot be compared", to_string(x) + " and " + to_string(y),
                "one type", remedy);
}

typed_id checker::check_relation(node_id node) {
    typed_id const a = check(tree_.child(node, 0));
    typed_id const b = check(tree_.child(node, 1));
    if (a == no_node || b == no_node) return no_node;
    return relate(relation_of(tree_[node].kind), a, b, tree_[node].position);
}

// --- in
// -----------------------------------------------------------------------------------------------------------------
bool checker::check_member_types(typed_id& value, std::span<typed_id> elements) {
    bool good = true;
    for (typed_id& element : elements) {
        rule_type const x = what(value);
        rule_type const y = what(element);
        std::uint32_t const position = out_.tree[element].position;
        if (x.is_exact() && y.is_exact()) {
            good &= same_unit(value, element, position);
        } else if (x.is_numeric() && y.is_numeric() && !x.is_money() && !y.is_money()) {
            continue;
        } else if (x.base != y.base || x.base == rule_kind::null || x.base == rule_kind::set || x.is_collection()) {
            fail(position, "rule.type", "this element is not of the type looked for", to_string(y), to_string(x));
            good = false;
        }
    }
    return good;
}

// All elements are known: a sorted set, or for other types a few comparisons.
typed_id checker::constant_membership(typed_id value, std::span<typed_id const> elements, std::uint32_t position) {
    rule_type const x = what(value);
    auto& tables = out_.tables;
    if (lane_of(x.base) == lane::integer) {
        integer_lookup made;
        for (typed_id const element : elements) {
            if (!x.is_exact()) {
                made.values.push_back(known(element)->integer);
            } else if (auto const units = units_of(element, x.scale)) {
                made.values.push_back(*units);
            }
        }
        std::sort(made.values.begin(), made.values.end());
        made.values.erase(std::unique(made.values.begin(), made.values.end()), made.values.end());
        tables.integer_lookups.push_back(std::move(made));
        return operation(opcode::in_integers, boolean, position, {value}, tables.integer_lookups.size() - 1);
    }
    if (lane_of(x.base) == lane::text) {
        std::vector<std::string_view> texts;
        texts.reserve(elements.size());
        for (typed_id const element : elements)
            texts.push_back(known(element)->text);
        text_lookup made;
        made.build(std::move(texts));
        tables.text_lookups.push_back(std::move(made));
        return operation(opcode::in_texts, boolean, position, {value}, tables.text_lookups.size() - 1);
    }
    if (lane_of(x.base) == lane::real) {
        real_lookup made;
        for (typed_id const element : elements) {
            rule_type const y = what(element);
            slot const e = *known(element);
            double const v = y.base == rule_kind::float64 ? e.real
                             : y.base == rule_kind::uint64
                                 ? static_cast<double>(e.natural)
                                 : static_cast<double>(e.integer) / static_cast<double>(powers_of_ten[y.scale]);
            bool const exact =
                y.base == rule_kind::float64 ||
                (y.base == rule_kind::uint64 ? order_natural_real(e.natural, v)
                                             : order_decimal_real(e.integer, y.scale, v)) == order::equal;
            if (exact && v == v) made.values.push_back(v);
        }
        std::sort(made.values.begin(), made.values.end());
        tables.real_lookups.push_back(std::move(made));
        return operation(opcode::in_reals, boolean, position, {value}, tables.real_lookups.size() - 1);
    }
    return computed_membership(value, elements, position);
}

typed_id checker::computed_membership(typed_id value, std::span<typed_id const> elements, std::uint32_t position) {
    if (elements.empty()) {
        // No element, but still unknown when the value is: nothing differs from itself here, the type has no NaN.
        return relate(relation::not_equal, value, value, position);
    }
    std::vector<typed_id> level;
    for (typed_id const element : elements) {
        typed_id const same = relate(relation::equal, value, element, out_.tree[element].position);
        if (same == no_node) return no_node;
        level.push_back(same);
    }
    while (level.size() > 1) { // pairwise, so that a long list does not make a deep tree
        std::vector<typed_id> next;
        for (std::size_t i = 0; i + 1 < level.size(); i += 2)
            next.push_back(operation(opcode::strict_or, boolean, position, {level[i], level[i + 1]}));
        if (level.size() % 2 != 0) next.push_back(level.back());
        level = std::move(next);
    }
    return level.front();
}

typed_id checker::check_in(node_id node) {
    typed_id value = check(tree_.child(node, 0));
    node_id const right = tree_.child(node, 1);
    std::uint32_t const position = tree_[node].position;
    if (!is_plain_list(right)) {
        typed_id const whole = check(right);
        if (value == no_node || whole == no_node) return no_node;
        if (what(whole).base == rule_kind::set && what(value).base == rule_kind::string) {
            return operation(opcode::in_set, boolean, position, {value, whole});
        }
        if (what(whole).is_collection()) return in_collection(value, whole, position);
        return fail(position, "rule.type", "'in' looks into a list or a set",
                    to_string(what(value)) + " in " + to_string(what(whole)),
                    "value in list, string in set, key in map",
                    what(whole).base == rule_kind::string ? "For a part of a text use contains(...)" : "");
    }
    std::vector<typed_id> elements;
    elements.reserve(tree_.children_of(right).size());
    bool failed = value == no_node;
    for (node_id const child : tree_.children_of(right)) {
        elements.push_back(check(child));
        failed |= elements.back() == no_node;
    }
    if (failed) return no_node;
    bool const nested = what(value).is_collection() || std::any_of(elements.begin(), elements.end(),
                                                                   [&](typed_id e) { return what(e).is_collection(); });
    if (nested) {
        typed_id const whole = make_list(elements, tree_[right].position);
        return whole == no_node ? no_node : in_collection(value, whole, position);
    }
    if (!check_member_types(value, elements)) return no_node;
    if (what(value).base == rule_kind::set || what(value).base == rule_kind::null) {
        return fail(position, "rule.type", "'in' looks for one value", to_string(what(value)), {},
                    "Ask for each value: 'a' in the_set || 'b' in the_set");
    }
    bool const all_known =
        std::all_of(elements.begin(), elements.end(), [&](typed_id element) { return known(element) != nullptr; });
    return all_known ? constant_membership(value, elements, position) : computed_membership(value, elements, position);
}

} // namespace detail
} // namespace v0
} // namespace segmenta
