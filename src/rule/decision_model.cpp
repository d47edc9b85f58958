// SPDX-License-Identifier: Apache-2.0
#include "rule/decision_model.hpp"

#include "rule/syntax.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::array<outcomes, 4> outcome_regions{comes_true, comes_false, comes_unknown, comes_error};

// One part of an atom, as bytes that are the same for the same meaning.
class signature_writer {
public:
    void number(std::uint64_t v) { out_.append(reinterpret_cast<char const*>(&v), sizeof v); }
    void text(std::string_view v) {
        number(v.size());
        out_ += v;
    }
    [[nodiscard]] std::string take() && { return std::move(out_); }

private:
    std::string out_;
};

void write_constant(signature_writer& to, slot const& v, rule_type what) {
    to.number(static_cast<std::uint64_t>(v.state));
    if (v.state != status::ok) return;
    if (lane_of(what.base) == lane::text) return to.text(v.text);
    to.number(what.base == rule_kind::float64 ? std::bit_cast<std::uint64_t>(v.real) : v.natural);
}

// What an operation refers to by number, by its contents.
void write_immediate(signature_writer& to, typed_node const& node, rule_tables const& tables) {
    switch (node.code) {
    case opcode::in_integers:
        for (auto const v : tables.integer_lookups[node.immediate].values)
            to.number(static_cast<std::uint64_t>(v));
        return;
    case opcode::in_reals:
        for (auto const v : tables.real_lookups[node.immediate].values)
            to.number(std::bit_cast<std::uint64_t>(v));
        return;
    case opcode::in_texts:
        for (auto const v : tables.text_lookups[node.immediate].values)
            to.text(v);
        return;
    case opcode::matches: // patterns do not tell their text: equal only when it is one and the same
        return to.number(reinterpret_cast<std::uintptr_t>(tables.patterns[node.immediate].get()));
    case opcode::instant_to_date:
    case opcode::date_to_instant: return to.text(tables.zones[node.immediate].name());
    case opcode::instant_field:
        to.number(node.immediate & 255U);
        return to.text(tables.zones[node.immediate >> 8].name());
    default: return to.number(node.immediate);
    }
}

std::vector<typed_id> parts_under(typed_tree const& tree, typed_id part) {
    std::vector<bool> under(part + 1, false);
    under[part] = true;
    for (typed_id id = part + 1; id-- > 0;)
        if (under[id])
            for (typed_id const child : tree.children_of(id))
                under[child] = true;
    std::vector<typed_id> found;
    for (typed_id id = 0; id <= part; ++id)
        if (under[id]) found.push_back(id);
    return found;
}

// Whole numbers and short texts are simpler than what just fits.
double simple_real(double low, double high) {
    if (low <= 0 && high >= 0) return 0;
    double const near = low > 0 ? low : high;
    double const rounded = low > 0 ? std::ceil(low) : std::floor(high);
    if (rounded >= low && rounded <= high) return rounded;
    double const middle = low + (high - low) / 2;
    return std::isfinite(middle) && middle > low && middle < high ? middle : near;
}

} // namespace

// --- factors
// ------------------------------------------------------------------------------------------------------
std::optional<std::string> factor::text_at(std::uint64_t key) const {
    if (key % 2 == 1) return texts[key / 2];
    if (texts.empty()) return std::string("x");
    std::size_t const next = key / 2;
    if (next == 0) { // before the first
        if (texts.front().empty()) return std::nullopt;
        return texts.front() > "A" ? std::optional<std::string>("A") : std::optional<std::string>("");
    }
    std::string const& before = texts[next - 1];
    for (char const* const more : {"x", "a", "A", "0", " "}) {
        std::string const made = before + more;
        if (next == texts.size() || made < texts[next]) return made;
    }
    std::string least = before + '\0';
    if (next == texts.size() || least < texts[next]) return least;
    return std::nullopt;
}

std::optional<slot> factor::sample(std::size_t number, std::string& memory) const {
    region const& of = regions[number];
    if (of.missing || of.ranges.empty()) return std::nullopt;
    slot out(status::ok);
    if (lane_of(what.base) == lane::text) {
        for (key_range const& range : of.ranges)
            for (std::uint64_t key = range.low; key <= range.high; ++key)
                if (auto text = text_at(key)) {
                    memory = *std::move(text);
                    out.text = memory;
                    return out;
                }
        return std::nullopt;
    }
    // The range nearest to zero.
    key_range const* best = nullptr;
    auto const distance = [&](key_range const& range) -> double {
        if (what.base == rule_kind::float64)
            return range.low <= key_of(0.0) && range.high >= key_of(0.0)
                       ? 0.0
                       : std::min(std::fabs(real_of(range.low)), std::fabs(real_of(range.high)));
        double const low = static_cast<double>(integer_of(range.low));
        double const high = static_cast<double>(integer_of(range.high));
        return low <= 0 && high >= 0 ? 0.0 : std::min(std::fabs(low), std::fabs(high));
    };
    for (key_range const& range : of.ranges)
        if (best == nullptr || distance(range) < distance(*best)) best = &range;
    if (what.base == rule_kind::float64) {
        out.real = simple_real(real_of(best->low), real_of(best->high));
        return out;
    }
    std::int64_t const low = integer_of(best->low);
    std::int64_t const high = integer_of(best->high);
    out.integer = low > 0 ? low : high < 0 ? high : 0;
    return out;
}

std::optional<std::uint32_t> decision_model::factor_of(std::uint32_t variable) const noexcept {
    for (std::size_t i = 0; i < factors_.size(); ++i)
        if (factors_[i].kind == factor_kind::variable && factors_[i].variable == variable)
            return static_cast<std::uint32_t>(i);
    return std::nullopt;
}

std::uint32_t decision_model::factor_for(std::size_t rule, std::uint32_t variable) {
    if (auto const known = factor_of(variable)) return *known;
    factor made;
    made.variable = variable;
    for (used_variable const& used : rules_[rule]->variables)
        if (used.number == variable) {
            made.name = used.name;
            made.what = rule_type_of(used.what);
        }
    factors_.push_back(std::move(made));
    return static_cast<std::uint32_t>(factors_.size() - 1);
}

// --- building
// -----------------------------------------------------------------------------------------------------
decision_model::decision_model(std::span<program_data const* const> rules, model_options const& options)
    : rules_(rules.begin(), rules.end()), options_(options) {
    row_source const nobody(nullptr, [](void const*, std::size_t) noexcept { return value{}; });
    for (std::size_t i = 0; i < rules_.size(); ++i) {
        evaluators_.push_back(std::make_unique<tree_evaluator>(*rules_[i]));
        evaluators_.back()->run(options_.row != nullptr ? *options_.row : nobody);
        roots_.push_back(build(i, rules_[i]->source.tree().root()));
    }
    for (std::uint32_t i = 0; i < factors_.size(); ++i)
        if (factors_[i].kind == factor_kind::variable) find_regions(i, options_.most_ranges);
    for (model_atom& atom : atoms_) {
        bool const told = !atom.by_region.empty() && std::all_of(atom.by_region.begin(), atom.by_region.end(),
                                                                 [](outcomes o) { return is_single(o); });
        if (!told) give_own_factor(atom);
    }
}

std::uint32_t decision_model::add(model_node node) {
    nodes_.push_back(std::move(node));
    return static_cast<std::uint32_t>(nodes_.size() - 1);
}

std::uint32_t decision_model::combine(outcome_operation how, std::vector<std::uint32_t> parts) {
    if (parts.size() == 1) return parts.front();
    model_node made;
    made.kind = model_kind::combination;
    made.how = how;
    made.children = std::move(parts);
    return add(std::move(made));
}

std::uint32_t decision_model::build(std::size_t rule, std::uint32_t syntax) {
    program_data const& data = *rules_[rule];
    syntax_tree const& tree = data.source.tree();
    typed_id const part = data.tree.of_syntax[syntax];
    syntax_kind const kind = tree[syntax].kind;
    bool const logic = kind == syntax_kind::conjunction || kind == syntax_kind::disjunction ||
                       kind == syntax_kind::logical_not || kind == syntax_kind::conditional;
    if (!logic) return build_typed(rule, part, syntax);
    model_node made;
    made.syntax = syntax;
    made.rule = rule;
    for (std::uint32_t const child : tree.children_of(syntax))
        made.children.push_back(build(rule, child));
    made.kind = kind == syntax_kind::logical_not   ? model_kind::negation
                : kind == syntax_kind::conditional ? model_kind::choice
                                                   : model_kind::combination;
    made.how = kind == syntax_kind::disjunction ? outcome_operation::either : outcome_operation::both;
    return add(std::move(made));
}

std::uint32_t decision_model::build_typed(std::size_t rule, typed_id part, std::uint32_t syntax) {
    program_data const& data = *rules_[rule];
    model_node made;
    made.syntax = syntax;
    made.rule = rule;
    if (part == no_node) { // not a value of its own: nothing is known of it
        made.constant = any_outcome;
        return add(std::move(made));
    }
    typed_node const& node = data.tree[part];
    bool const boolean = node.what.base == rule_kind::boolean;
    auto const inner = [&](model_kind kind, outcome_operation how) {
        for (typed_id const child : data.tree.children_of(part))
            made.children.push_back(build_typed(rule, child, model_node::no_syntax));
        made.kind = kind;
        made.how = how;
        return add(std::move(made));
    };
    if (node.kind == typed_kind::conjunction) return inner(model_kind::combination, outcome_operation::both);
    if (node.kind == typed_kind::disjunction) return inner(model_kind::combination, outcome_operation::either);
    if (node.kind == typed_kind::conditional && boolean) return inner(model_kind::choice, outcome_operation::both);
    if (node.kind == typed_kind::operation && node.code == opcode::logical_not)
        return inner(model_kind::negation, outcome_operation::both);
    if (node.kind == typed_kind::operation && node.code == opcode::strict_or)
        return inner(model_kind::combination, outcome_operation::strict_either);
    return build_atom(rule, part, syntax);
}

std::vector<std::uint32_t> decision_model::free_variables(std::size_t rule, typed_id part) const {
    std::vector<std::uint32_t> found;
    for (typed_id const id : parts_under(rules_[rule]->tree, part)) {
        typed_node const& node = rules_[rule]->tree[id];
        if (node.kind != typed_kind::variable && node.kind != typed_kind::presence) continue;
        if (options_.row == nullptr || options_.is_free(node.payload)) found.push_back(node.payload);
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
}

bool decision_model::is_strict(std::size_t rule, typed_id part) const {
    auto const under = parts_under(rules_[rule]->tree, part);
    return std::all_of(under.begin(), under.end(), [&](typed_id id) {
        typed_node const& node = rules_[rule]->tree[id];
        if (node.kind == typed_kind::constant) return true;
        // A fixed variable that is missing leaves the whole unknown: then nothing can be said of the others.
        if (node.kind == typed_kind::variable)
            return options_.row == nullptr || options_.is_free(node.payload) ||
                   (*evaluators_[rule])[id].state != status::unknown;
        return node.kind == typed_kind::operation;
    });
}

std::string decision_model::signature(std::size_t rule, typed_id part) const {
    program_data const& data = *rules_[rule];
    auto const under = parts_under(data.tree, part);
    signature_writer to;
    for (typed_id const id : under) {
        typed_node const& node = data.tree[id];
        to.number(static_cast<std::uint64_t>(node.kind));
        if (is_walked(node.kind)) { // lists, macros: like nothing else
            to.number(rule);
            to.number(id);
        }
        to.number(static_cast<std::uint64_t>(node.what.base) | std::uint64_t{node.what.scale} << 8);
        to.text(node.what.unit.name());
        if (node.kind == typed_kind::constant) write_constant(to, data.tables.constants[node.payload], node.what);
        if (node.kind == typed_kind::variable || node.kind == typed_kind::presence) to.number(node.payload);
        if (node.kind == typed_kind::operation) {
            to.number(static_cast<std::uint64_t>(node.code));
            write_immediate(to, node, data.tables);
        }
        to.number(node.child_count);
        for (typed_id const child : data.tree.children_of(id))
            to.number(static_cast<std::uint64_t>(std::lower_bound(under.begin(), under.end(), child) - under.begin()));
    }
    return std::move(to).take();
}

std::uint32_t decision_model::build_atom(std::size_t rule, typed_id part, std::uint32_t syntax) {
    model_node made;
    made.syntax = syntax;
    made.rule = rule;
    bool const boolean = rules_[rule]->tree[part].what.base == rule_kind::boolean;
    auto const variables = free_variables(rule, part);
    if (variables.empty()) {
        made.constant = outcome_of((*evaluators_[rule])[part], boolean);
        return add(std::move(made));
    }
    made.kind = model_kind::atom;
    auto const [place, fresh] =
        atoms_by_signature_.emplace(signature(rule, part), static_cast<std::uint32_t>(atoms_.size()));
    made.atom = place->second;
    if (!fresh) return add(std::move(made));
    model_atom atom;
    atom.rule = rule;
    atom.part = part;
    atom.boolean = boolean;
    atom.strict = is_strict(rule, part);
    for (auto const variable : variables)
        atom.factors.push_back(factor_for(rule, variable));
    atoms_.push_back(std::move(atom));
    return add(std::move(made));
}

// --- regions
// ------------------------------------------------------------------------------------------------------
void decision_model::find_regions(std::uint32_t number, std::size_t most_ranges) {
    factor& of = factors_[number];
    bool const text = lane_of(of.what.base) == lane::text;
    bool const set = lane_of(of.what.base) == lane::set;
    struct view {
        model_atom* atom;
        variable_view looks;
        bool told = false; // by the ranges
    };
    std::vector<view> views;
    std::vector<std::uint64_t> begins;
    std::vector<std::string_view> texts;
    for (model_atom& atom : atoms_) {
        if (atom.factors.size() != 1 || atom.factors[0] != number) continue;
        views.push_back({&atom, variable_view(*rules_[atom.rule], *evaluators_[atom.rule], atom.part, of.variable)});
        view& added = views.back();
        if (text) {
            added.told = added.looks.compares_text();
            added.looks.texts_of(texts);
        } else if (!set) {
            auto const keys = added.looks.cuts(of.what);
            added.told = keys.has_value();
            if (keys) begins.insert(begins.end(), keys->begin(), keys->end());
        }
    }
    key_domain domain = domain_of(of.what);
    if (text) {
        for (auto const t : texts)
            of.texts.emplace_back(t);
        std::sort(of.texts.begin(), of.texts.end());
        of.texts.erase(std::unique(of.texts.begin(), of.texts.end()), of.texts.end());
        domain = {0, 2 * of.texts.size()};
        for (std::uint64_t key = 0; key <= domain.high; ++key)
            begins.push_back(key);
    }
    std::sort(begins.begin(), begins.end());
    begins.erase(std::unique(begins.begin(), begins.end()), begins.end());
    std::erase_if(begins, [&](std::uint64_t key) { return key <= domain.low || key > domain.high; });
    begins.insert(begins.begin(), domain.low);
    bool const too_many = begins.size() > most_ranges;
    if (too_many || set) begins = {domain.low};

    // Outcomes in each range; ranges with the same make one region.
    std::map<std::vector<outcomes>, region> by_outcomes;
    std::string memory;
    auto const outcomes_at = [&](view& v, slot const& at, bool point) -> outcomes {
        if (at.state == status::unknown) return outcome_of(v.looks.at(at), v.atom->boolean);
        if (v.told && !too_many) return outcome_of(v.looks.at(at), v.atom->boolean);
        if (point && !set && !too_many) return outcome_of(v.looks.at(at), v.atom->boolean);
        return v.atom->strict ? static_cast<outcomes>(any_outcome & ~comes_unknown) : any_outcome;
    };
    std::vector<outcomes> missing;
    for (view& v : views)
        missing.push_back(outcomes_at(v, slot(status::unknown), false));
    of.regions.push_back({true, {}});
    for (std::size_t i = 0; i < begins.size(); ++i) {
        key_range const range{begins[i], i + 1 < begins.size() ? begins[i + 1] - 1 : domain.high};
        slot at(status::ok);
        if (text && !too_many) {
            auto const sample = of.text_at(range.low);
            if (!sample) continue; // no text stands there
            memory = *sample;
            at.text = memory;
        } else if (!set && !text) {
            at = slot_of_key(range.low, of.what);
        }
        bool const point = text ? range.low % 2 == 1 : range.low == range.high;
        std::vector<outcomes> made;
        for (view& v : views)
            made.push_back(outcomes_at(v, at, point));
        region& into = by_outcomes[made];
        if (!set && !(text && too_many)) into.ranges.push_back(range);
    }
    for (std::size_t i = 0; i < views.size(); ++i)
        views[i].atom->by_region.push_back(missing[i]);
    for (auto& [made, ranges] : by_outcomes) {
        of.regions.push_back(std::move(ranges));
        for (std::size_t i = 0; i < views.size(); ++i)
            views[i].atom->by_region.push_back(made[i]);
    }
    for (view& v : views)
        v.looks.restore();
}

// 'x' in set: true or false for any other such text, never an error.
static bool is_free_membership(program_data const& rule, typed_id part) {
    typed_node const& node = rule.tree[part];
    if (node.kind != typed_kind::operation || node.code != opcode::in_set) return false;
    return rule.tree[rule.tree.children_of(part)[0]].kind == typed_kind::constant;
}

void decision_model::give_own_factor(model_atom& atom) {
    if (is_free_membership(*rules_[atom.rule], atom.part)) atom.possible = any_outcome & ~comes_error;
    if (!atom.boolean) atom.possible = static_cast<outcomes>(atom.possible & ~comes_false);
    bool const bare = rules_[atom.rule]->tree[atom.part].kind == typed_kind::variable;
    if (bare && !atom.boolean) atom.possible = comes_true | comes_unknown;
    factor made;
    made.kind = factor_kind::outcome;
    made.regions.resize(outcome_regions.size());
    factors_.push_back(std::move(made));
    atom.own = static_cast<std::uint32_t>(factors_.size() - 1);
}

// --- questions
// ----------------------------------------------------------------------------------------------------
bool decision_model::exact(std::uint32_t node) const {
    std::vector<std::uint32_t> open{node};
    while (!open.empty()) {
        model_node const& here = nodes_[open.back()];
        open.pop_back();
        open.insert(open.end(), here.children.begin(), here.children.end());
        if (here.kind == model_kind::constant && !is_single(here.constant)) return false;
        if (here.kind != model_kind::atom || !atoms_[here.atom].own) continue;
        model_atom const& atom = atoms_[here.atom];
        bool const bare = !atom.boolean && rules_[atom.rule]->tree[atom.part].kind == typed_kind::variable;
        if (!bare && !is_free_membership(*rules_[atom.rule], atom.part)) return false;
    }
    return true;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
