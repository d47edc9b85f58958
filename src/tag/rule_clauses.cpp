// SPDX-License-Identifier: Apache-2.0
#include "tag/rule_clauses.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

enum class truth : std::uint8_t { no, yes, unknown };

constexpr std::size_t most_reads = 4'096; // of parts of one rule, beside single conditions; then it is evaluated

truth negated(truth t) noexcept { return t == truth::unknown ? t : (t == truth::yes ? truth::no : truth::yes); }

// What a condition on one subject says: true for present values with `keys`, false for the other present ones.
struct predicate {
    literal_subject of;
    key_set keys;
    truth missing = truth::unknown;
};

// One variable, perhaps with a constant in place of a missing value.
struct subject {
    std::uint32_t variable = 0;
    slot const* otherwise = nullptr;
};

// --- clauses
// ------------------------------------------------------------------------------------------------------------
// What is true where all clauses hold, and whether that is all there is to say.
struct conjunction {
    all_clauses clauses;
    bool exact = true;
};
// True where any is; none: never.
using choices = boost::container::small_vector<conjunction, 1>;

// Moved, which a list in braces is not.
choices only(conjunction one) {
    choices out;
    out.push_back(std::move(one));
    return out;
}

choices always() { return only({}); }
choices never() { return {}; }
choices cannot_say() { return only({{}, false}); }

clause unite(clause const& a, clause const& b) {
    clause out;
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < a.size() || j < b.size()) {
        if (j == b.size() || (i < a.size() && a[i].of < b[j].of)) {
            out.push_back(a[i++]);
        } else if (i == a.size() || b[j].of < a[i].of) {
            out.push_back(b[j++]);
        } else {
            out.push_back({a[i].of, key_sets::unite(a[i].keys, b[j].keys), a[i].when_missing || b[j].when_missing});
            ++i, ++j;
        }
    }
    return out;
}

void unite_with(clause& to, clause_literal&& more) {
    auto const place = std::lower_bound(to.begin(), to.end(), more.of,
                                        [](clause_literal const& l, literal_subject const& of) { return l.of < of; });
    if (place == to.end() || place->of != more.of) {
        to.insert(place, std::move(more));
        return;
    }
    place->keys = key_sets::unite(place->keys, more.keys);
    place->when_missing = place->when_missing || more.when_missing;
}

// Like std::stable_sort, which asks for memory also where there are two.
template <class All, class Before>
void sort_few(All& all, Before const& before) {
    if (all.size() > 16) {
        std::stable_sort(all.begin(), all.end(), before);
        return;
    }
    for (std::size_t i = 1; i < all.size(); ++i)
        for (std::size_t at = i; at > 0 && before(all[at], all[at - 1]); --at)
            std::swap(all[at], all[at - 1]);
}

// Clauses of one and the same variable become one.
void join_single(all_clauses& clauses) {
    if (clauses.size() < 2) return;
    auto const order = [](clause const& a, clause const& b) {
        bool const a_single = a.size() == 1;
        bool const b_single = b.size() == 1;
        if (a_single != b_single) return a_single;
        return a_single && a[0].of < b[0].of;
    };
    sort_few(clauses, order);
    auto last = clauses.begin();
    for (auto next = last + 1; next != clauses.end(); ++next) {
        bool const joins = next->size() == 1 && last->size() == 1 && (*last)[0].of == (*next)[0].of;
        if (!joins) {
            if (++last != next) *last = std::move(*next);
            continue;
        }
        clause_literal& have = (*last)[0];
        have.keys = key_sets::intersect(have.keys, (*next)[0].keys);
        have.when_missing = have.when_missing && (*next)[0].when_missing;
    }
    clauses.erase(last + 1, clauses.end());
}

bool impossible(all_clauses const& clauses) {
    return std::any_of(clauses.begin(), clauses.end(), [](clause const& c) { return c.empty(); });
}

// (a && b) || (c && d) is (a || c) && (a || d) && (b || c) && (b || d). Fewer clauses are still necessary.
conjunction multiplied(choices const& any) {
    conjunction out{{clause{}}, true};
    for (conjunction const& part : any) {
        out.exact = out.exact && part.exact;
        std::size_t const room = out.clauses.empty() ? 0 : std::max<std::size_t>(1, most_clauses / out.clauses.size());
        std::size_t const taken = std::min(part.clauses.size(), room);
        if (taken < part.clauses.size() && !out.clauses.empty()) out.exact = false;
        all_clauses made;
        for (clause const& a : out.clauses)
            for (std::size_t i = 0; i < taken; ++i)
                made.push_back(unite(a, part.clauses[i]));
        out.clauses = std::move(made);
        join_single(out.clauses);
    }
    return out;
}

// Each of `a` with each of `b`.
choices both(choices const& a, choices const& b) {
    choices out;
    for (conjunction const& x : a)
        for (conjunction const& y : b) {
            conjunction made{x.clauses, x.exact && y.exact};
            made.clauses.insert(made.clauses.end(), y.clauses.begin(), y.clauses.end());
            join_single(made.clauses);
            if (!impossible(made.clauses)) out.push_back(std::move(made));
        }
    return out;
}

choices all_of(std::vector<choices> parts, std::size_t most) {
    conjunction alone; // what has no alternatives is joined at once
    choices out = always();
    for (choices& part : parts) {
        if (part.empty()) return never();
        if (part.size() > 1) {
            if (out.size() * part.size() > most) part = only(multiplied(part));
            if (part.size() > 1) out = both(out, part);
        }
        if (part.size() > 1) continue;
        alone.exact = alone.exact && part[0].exact;
        std::move(part[0].clauses.begin(), part[0].clauses.end(), std::back_inserter(alone.clauses));
    }
    join_single(alone.clauses);
    if (impossible(alone.clauses)) return never();
    return out.size() == 1 && out[0].clauses.empty() && out[0].exact ? only(std::move(alone))
                                                                     : both(out, only(std::move(alone)));
}

// Those of one clause are one clause together.
void unite_single(choices& any) {
    conjunction single{{clause{}}, true};
    std::size_t met = 0;
    for (conjunction const& part : any) {
        if (part.clauses.size() != 1) continue;
        single = {{unite(single.clauses[0], part.clauses[0])}, single.exact && part.exact};
        ++met;
    }
    if (met < 2) return;
    any.erase(std::remove_if(any.begin(), any.end(), [](conjunction const& c) { return c.clauses.size() == 1; }),
              any.end());
    any.push_back(std::move(single));
}

choices any_of(std::vector<choices> parts, std::size_t most) {
    choices all;
    for (choices& part : parts)
        std::move(part.begin(), part.end(), std::back_inserter(all));
    for (conjunction const& one : all)
        if (one.clauses.empty() && one.exact) return always();
    for (conjunction const& one : all)
        if (one.clauses.empty()) return cannot_say();
    unite_single(all);
    if (all.size() < 2) return all;
    std::size_t product = 1;
    for (conjunction const& one : all)
        product = std::min(product * one.clauses.size(), most_clauses);
    if (product <= 2) return only(multiplied(all));
    if (all.size() <= most) return all;
    sort_few(all, [](conjunction const& a, conjunction const& b) { return a.clauses.size() > b.clauses.size(); });
    choices const last(all.begin() + static_cast<std::ptrdiff_t>(most - 1), all.end());
    all.resize(most - 1);
    all.push_back(multiplied(last));
    return all;
}

// --- from the checked tree
// ----------------------------------------------------------------------------------------------
class reader {
public:
    reader(program_data const& rule, texts_by_variable const& texts, std::size_t most)
        : tree_(rule.tree), tables_(rule.tables), texts_(&texts), most_(most) {}
    reader(program_data const& rule, met_texts& texts, std::size_t most)
        : tree_(rule.tree), tables_(rule.tables), later_(&texts), most_(most) {}

    // Where `id` is known and `wanted`.
    choices read(typed_id id, bool wanted) {
        if (left_ == 0) return cannot_say();
        --left_;
        typed_node const& node = tree_[id];
        switch (node.kind) {
        case typed_kind::constant: {
            slot const& known = tables_.constants[node.payload];
            return known.state == status::ok && (known.integer != 0) == wanted ? always() : never();
        }
        case typed_kind::conjunction: return read_children(id, wanted, wanted);
        case typed_kind::disjunction: return read_children(id, wanted, !wanted);
        case typed_kind::conditional: return read_conditional(id, wanted);
        default: break;
        }
        if (node.kind == typed_kind::operation && node.code == opcode::logical_not) {
            return read(tree_.children_of(id)[0], !wanted);
        }
        auto const found = predicate_of(id);
        return found ? read_predicate(*found, wanted) : cannot_say();
    }

private:
    // Conditions of one subject are joined as they are met; of the others there may be alternatives.
    choices read_children(typed_id id, bool wanted, bool all) {
        std::vector<choices> parts;
        conjunction met;
        if (all) met.clauses.reserve(tree_.children_of(id).size());
        if (!all) met.clauses.emplace_back();
        for (typed_id child : tree_.children_of(id)) {
            bool as = wanted;
            for (; is_not(child); child = tree_.children_of(child)[0])
                as = !as;
            auto const found = is_chain(child) ? std::nullopt : predicate_of(child);
            if (!found) {
                parts.push_back(read(child, as));
                continue;
            }
            clause_literal made = literal_of(*found, as);
            bool const holds_never = made.keys.toggles.empty() && !made.when_missing;
            if (all && holds_never) return never();
            if (all) met.clauses.emplace_back().push_back(std::move(made));
            if (!all && !holds_never) unite_with(met.clauses[0], std::move(made));
        }
        if (all) {
            join_single(met.clauses);
            if (impossible(met.clauses)) return never();
            if (parts.empty()) return only(std::move(met));
        } else if (met.clauses[0].empty()) {
            return any_of(std::move(parts), most_);
        } else if (parts.empty()) {
            return only(std::move(met));
        }
        parts.push_back(only(std::move(met)));
        return all ? all_of(std::move(parts), most_) : any_of(std::move(parts), most_);
    }
    [[nodiscard]] bool is_not(typed_id id) const {
        return tree_[id].kind == typed_kind::operation && tree_[id].code == opcode::logical_not;
    }
    [[nodiscard]] bool is_chain(typed_id id) const {
        typed_kind const kind = tree_[id].kind;
        return kind == typed_kind::conjunction || kind == typed_kind::disjunction || kind == typed_kind::constant ||
               kind == typed_kind::conditional;
    }

    choices read_conditional(typed_id id, bool wanted) {
        auto const parts = tree_.children_of(id);
        std::vector<choices> branches;
        branches.push_back(all_of({read(parts[0], true), read(parts[1], wanted)}, most_));
        branches.push_back(all_of({read(parts[0], false), read(parts[2], wanted)}, most_));
        return any_of(std::move(branches), most_);
    }

    static clause_literal literal_of(predicate const& found, bool wanted) {
        truth const missing = wanted ? found.missing : negated(found.missing);
        return {found.of, wanted ? found.keys : key_sets::complement(found.keys), missing == truth::yes};
    }
    static choices read_predicate(predicate const& found, bool wanted) {
        clause_literal made = literal_of(found, wanted);
        if (made.keys.toggles.empty() && !made.when_missing) return never();
        conjunction out;
        out.clauses.emplace_back().push_back(std::move(made));
        return only(std::move(out));
    }

    std::optional<predicate> predicate_of(typed_id id) {
        typed_node const& node = tree_[id];
        if (node.kind == typed_kind::presence)
            return predicate{literal_subject::whole(node.payload), key_set::all(), truth::no};
        if (node.kind != typed_kind::operation) {
            auto const flag = subject_of(id);
            if (!flag) return std::nullopt;
            return on(*flag, lane::boolean, key_set::from(key_of(std::int64_t{1})));
        }
        auto const children = tree_.children_of(id);
        switch (node.code) {
        case opcode::in_integers:
        case opcode::in_reals:
        case opcode::in_texts: return membership(node, children[0]);
        case opcode::in_set: return element(children[0], children[1]);
        case opcode::starts_with: return prefix(children[0], children[1]);
        case opcode::strict_or: return either(children[0], children[1]);
        default: return children.size() == 2 ? comparison(node, children[0], children[1]) : std::nullopt;
        }
    }

    [[nodiscard]] std::optional<subject> subject_of(typed_id id) const {
        typed_node const& node = tree_[id];
        if (node.kind == typed_kind::variable) return subject{node.payload, nullptr};
        if (node.kind != typed_kind::coalesce) return std::nullopt;
        typed_node const& optional = tree_[tree_.children_of(id)[0]];
        slot const* const otherwise = constant_of(tree_.children_of(id)[1]);
        if (optional.kind != typed_kind::variable || otherwise == nullptr) return std::nullopt;
        return subject{optional.payload, otherwise};
    }
    // Null when it is none, or one that fails.
    [[nodiscard]] slot const* constant_of(typed_id id) const {
        typed_node const& node = tree_[id];
        if (node.kind != typed_kind::constant) return nullptr;
        slot const& known = tables_.constants[node.payload];
        return known.state == status::ok ? &known : nullptr;
    }

    [[nodiscard]] std::optional<std::uint32_t> number_of(std::uint32_t variable, std::string_view text) const {
        if (later_ != nullptr) return later_->key_of(variable, text);
        auto const place = texts_->find(variable);
        return place == texts_->end() ? std::nullopt : place->second.number_of(text);
    }
    [[nodiscard]] std::optional<std::uint64_t> key_of_slot(std::uint32_t variable, lane where, slot const& v) const {
        if (where == lane::real) return key_of(v.real);
        if (where == lane::text) return number_of(variable, v.text);
        return key_of(v.integer);
    }

    std::optional<predicate> on(subject const& of, lane where, key_set keys) {
        auto const whole = literal_subject::whole(of.variable);
        if (of.otherwise == nullptr) return predicate{whole, std::move(keys), truth::unknown};
        if (where == lane::real && of.otherwise->real != of.otherwise->real) return std::nullopt;
        auto const otherwise = key_of_slot(of.variable, where, *of.otherwise);
        if (!otherwise) return std::nullopt;
        bool const holds = keys.contains(*otherwise);
        return predicate{whole, std::move(keys), holds ? truth::yes : truth::no};
    }

    std::optional<predicate> membership(typed_node const& node, typed_id looked_for) {
        auto const of = subject_of(looked_for);
        if (!of) return std::nullopt;
        boost::container::small_vector<std::uint64_t, 8> keys;
        lane const where = lane_of(tree_[looked_for].what.base);
        if (node.code == opcode::in_integers)
            for (std::int64_t const v : tables_.integer_lookups[node.immediate].values)
                keys.push_back(key_of(v));
        if (node.code == opcode::in_reals)
            for (double const v : tables_.real_lookups[node.immediate].values)
                keys.push_back(key_of(v));
        if (node.code == opcode::in_texts)
            for (auto const v : tables_.text_lookups[node.immediate].values) {
                auto const number = number_of(of->variable, v);
                if (!number) return std::nullopt;
                keys.push_back(*number);
            }
        std::sort(keys.begin(), keys.end());
        keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
        return on(*of, where, key_sets::of_points(keys));
    }

    std::optional<predicate> element(typed_id looked_for, typed_id set) {
        slot const* const text = constant_of(looked_for);
        if (text == nullptr || tree_[set].kind != typed_kind::variable) return std::nullopt;
        std::uint32_t const variable = tree_[set].payload;
        auto const number = number_of(variable, text->text);
        if (!number) return std::nullopt; // there are too many
        boost::container::small_vector<std::uint64_t, 16> with;
        for (std::uint64_t bits = 0; bits < std::uint64_t{1} << group_elements; ++bits)
            if ((bits >> *number % group_elements & 1U) != 0) with.push_back(bits);
        return predicate{literal_subject::group(variable, *number / group_elements), key_sets::of_points(with),
                         truth::unknown};
    }

    std::optional<predicate> prefix(typed_id looked_at, typed_id begins) {
        auto const of = subject_of(looked_at);
        slot const* const text = constant_of(begins);
        if (!of || text == nullptr) return std::nullopt;
        auto const from = number_of(of->variable, text->text);
        if (!from) return std::nullopt;
        key_set keys = key_set::from(*from);
        if (auto const end = end_of_prefix(text->text)) {
            auto const above = number_of(of->variable, *end);
            if (!above) return std::nullopt;
            keys = key_sets::intersect(keys, key_sets::complement(key_set::from(*above)));
        }
        return on(*of, lane::text, std::move(keys));
    }

    // Both are known, or the answer is not.
    std::optional<predicate> either(typed_id a, typed_id b) {
        auto const x = predicate_of(a);
        auto const y = predicate_of(b);
        if (!x || !y || x->of != y->of) return std::nullopt;
        bool const unknown = x->missing == truth::unknown || y->missing == truth::unknown;
        bool const holds = x->missing == truth::yes || y->missing == truth::yes;
        return predicate{x->of, key_sets::unite(x->keys, y->keys),
                         unknown ? truth::unknown : (holds ? truth::yes : truth::no)};
    }

    struct comparing {
        relation how;
        bool plain; // both sides are of one lane and are compared as they are
    };
    static std::optional<comparing> comparing_of(typed_node const& node) noexcept {
        switch (node.code) {
#define SEGMENTA_TAG_RELATION(name)                                                                                    \
    case opcode::name##_boolean:                                                                                       \
    case opcode::name##_integer:                                                                                       \
    case opcode::name##_real:                                                                                          \
    case opcode::name##_text: return comparing{relation::name, true};
            SEGMENTA_TAG_RELATION(equal)
            SEGMENTA_TAG_RELATION(not_equal)
            SEGMENTA_TAG_RELATION(less)
            SEGMENTA_TAG_RELATION(less_equal)
            SEGMENTA_TAG_RELATION(greater)
            SEGMENTA_TAG_RELATION(greater_equal)
#undef SEGMENTA_TAG_RELATION
        case opcode::relate_decimals:
        case opcode::relate_decimal_natural:
        case opcode::relate_decimal_real:
        case opcode::relate_natural_real: return comparing{static_cast<relation>(node.immediate & 255U), false};
        default: return std::nullopt;
        }
    }

    std::optional<predicate> comparison(typed_node const& node, typed_id left, typed_id right) {
        auto const how = comparing_of(node);
        if (!how) return std::nullopt;
        bool const forward = subject_of(left) && constant_of(right) != nullptr;
        typed_id const looked_at = forward ? left : right;
        auto const of = subject_of(looked_at);
        slot const* const limit = constant_of(forward ? right : left);
        if (!of || limit == nullptr) return std::nullopt;
        relation const r = forward ? how->how : flipped(how->how);
        lane const where = lane_of(tree_[looked_at].what.base);
        rule_type const other = tree_[forward ? right : left].what;
        if (other.base == rule_kind::float64 && limit->real != limit->real) { // NaN differs from everything
            return on(*of, where, r == relation::not_equal ? key_set::all() : key_set::none());
        }
        if (!how->plain)
            return on(*of, where,
                      between(r, first_key(node, *limit, forward, where, relation::greater_equal),
                              first_key(node, *limit, forward, where, relation::greater)));
        auto const key = key_of_slot(of->variable, where, *limit);
        return key ? on(*of, where, between(r, key_set::from(*key), key_set::above(*key))) : std::nullopt;
    }

    // Of the values at least as large as a limit, and larger ones.
    static key_set between(relation r, key_set const& at_least, key_set const& above) {
        switch (r) {
        case relation::less: return key_sets::complement(at_least);
        case relation::less_equal: return key_sets::complement(above);
        case relation::greater: return above;
        case relation::greater_equal: return at_least;
        case relation::equal: return key_sets::intersect(at_least, key_sets::complement(above));
        case relation::not_equal: return key_sets::unite(key_sets::complement(at_least), above);
        }
        return {};
    }

    // The values for which `value r limit`, r being > or >=, asked of the operation itself: numbers of two kinds are
    // compared exactly, so the least such value is found by halving.
    [[nodiscard]] key_set first_key(typed_node const& node, slot const& limit, bool forward, lane where,
                                    relation r) const {
        std::uint64_t low = 0;
        std::uint64_t high = ~std::uint64_t{0};
        if (where == lane::real) {
            low = key_of(-std::numeric_limits<double>::infinity());
            high = key_of(std::numeric_limits<double>::infinity());
        }
        std::uint64_t const immediate =
            (node.immediate & ~std::uint64_t{255}) | static_cast<std::uint64_t>(forward ? r : flipped(r));
        auto const holds = [&](std::uint64_t key) {
            slot v(status::ok);
            if (where == lane::real) v.real = real_of(key);
            if (where != lane::real) v.integer = integer_of(key);
            std::array<slot, 4> const arguments = {forward ? v : limit, forward ? limit : v, slot{}, slot{}};
            return run_operation(node.code, {&tables_, nullptr, immediate}, arguments).integer != 0;
        };
        if (!holds(high)) return key_set::none();
        while (low < high) {
            std::uint64_t const middle = low + (high - low) / 2;
            if (holds(middle))
                high = middle;
            else
                low = middle + 1;
        }
        return key_set::from(low);
    }

    typed_tree const& tree_;
    rule_tables const& tables_;
    texts_by_variable const* texts_ = nullptr; // or
    met_texts* later_ = nullptr;
    std::size_t most_;
    // A condition of `?:` is read twice, and a condition inside it four times.
    std::size_t left_ = most_reads;
};

} // namespace

namespace {

rule_clauses from_choices(choices any) {
    if (any.empty()) return {{clause{}}, true, {}};
    // The one with the fewest clauses first: it probably holds most often, and the others are added to it one by one.
    sort_few(any, [](conjunction const& a, conjunction const& b) { return a.clauses.size() < b.clauses.size(); });
    rule_clauses out{std::move(any[0].clauses), any[0].exact, {}};
    for (std::size_t i = 1; i < any.size(); ++i) {
        out.exact = out.exact && any[i].exact;
        out.alternatives.push_back(std::move(any[i].clauses));
    }
    return out;
}

// Which of the texts are in the set, and whether all others are, says all of it.
key_set renumbered(key_set const& keys, std::uint32_t variable, std::span<met_texts::met const> texts,
                   std::span<std::uint32_t const> numbers) {
    bool const others = keys.contains(0);
    boost::container::small_vector<std::uint64_t, 16> differing;
    for (std::size_t i = 0; i < texts.size(); ++i)
        if (texts[i].variable == variable && keys.contains(met_texts::key_of_met(i)) != others)
            differing.push_back(numbers[i]);
    std::sort(differing.begin(), differing.end());
    key_set const points = key_sets::of_points(differing);
    return others ? key_sets::complement(points) : points;
}

void renumber(all_clauses& clauses, std::span<met_texts::met const> texts, std::span<std::uint32_t const> numbers) {
    for (clause& each : clauses)
        for (clause_literal& l : each) {
            bool const of_texts = std::any_of(
                texts.begin(), texts.end(), [&](met_texts::met const& one) { return one.variable == l.of.variable(); });
            if (of_texts) l.keys = renumbered(l.keys, l.of.variable(), texts, numbers);
        }
}

} // namespace

rule_clauses clauses_of(program_data const& rule, texts_by_variable const& texts, std::size_t most) {
    return from_choices(reader(rule, texts, most).read(rule.tree.root, true));
}
rule_clauses clauses_of(program_data const& rule, met_texts& texts, std::size_t most) {
    return from_choices(reader(rule, texts, most).read(rule.tree.root, true));
}

void renumber(rule_clauses& rule, std::span<met_texts::met const> texts, std::span<std::uint32_t const> numbers) {
    renumber(rule.clauses, texts, numbers);
    for (all_clauses& other : rule.alternatives)
        renumber(other, texts, numbers);
}

} // namespace detail
} // namespace v0
} // namespace segmenta
