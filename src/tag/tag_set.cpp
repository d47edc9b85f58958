// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/text.hpp>
#include <segmenta/rule/program.hpp>
#include <segmenta/tag/tag_definition.hpp>
#include <segmenta/tag/tag_set.hpp>

#include "rule/code.hpp"

#include <algorithm>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

using detail::opcode;
using detail::typed_id;
using detail::typed_kind;

tag_rows everybody(std::size_t customers) { return {bitmap(customers, true), bitmap(customers, true)}; }
tag_rows nobody(std::size_t customers) { return {bitmap(customers), bitmap(customers)}; }

void intersect(tag_rows& a, tag_rows const& b) {
    a.holds.and_with(b.holds);
    a.may_hold.and_with(b.may_hold);
}

void unite(tag_rows& a, tag_rows const& b) {
    a.holds.or_with(b.holds);
    a.may_hold.or_with(b.may_hold);
}

tag_rows negated(tag_rows a) {
    a.holds.flip();
    a.may_hold.flip();
    std::swap(a.holds, a.may_hold);
    return a;
}

bitmap known(tag_rows const& a) {
    bitmap out = a.may_hold;
    out.andnot_with(a.holds);
    out.flip();
    return out;
}

// `a == b`: known where both are, and then both or neither
tag_rows equal(tag_rows const& a, tag_rows const& b) {
    tag_rows both = a;
    intersect(both, b);
    tag_rows neither = negated(a);
    intersect(neither, negated(b));
    unite(both, neither);
    bitmap unknown = known(a);
    unknown.and_with(known(b));
    unknown.flip();
    both.holds.andnot_with(unknown);
    both.may_hold.or_with(unknown);
    return both;
}

// `condition ? a : b`: not known where the condition is not
tag_rows choose(tag_rows const& condition, tag_rows const& a, tag_rows const& b) {
    tag_rows const otherwise = negated(condition);
    bitmap const certain = known(condition);
    tag_rows out;
    for (auto const part : {&tag_rows::holds, &tag_rows::may_hold}) {
        bitmap second = b.*part;
        second.and_with(otherwise.holds);
        out.*part = a.*part;
        (out.*part).and_with(condition.holds).or_with(second);
    }
    bitmap unknown = certain;
    unknown.flip();
    out.may_hold.or_with(unknown);
    return out;
}

// `first` where it is known
tag_rows coalesce(tag_rows const& first, tag_rows const& otherwise) {
    bitmap const certain = known(first);
    tag_rows out;
    for (auto const part : {&tag_rows::holds, &tag_rows::may_hold}) {
        bitmap second = otherwise.*part;
        second.andnot_with(certain);
        out.*part = first.*part;
        (out.*part).and_with(certain).or_with(second);
    }
    return out;
}

// Walks the checked tree of a rule whose variables are the tags.
class selector {
public:
    selector(detail::program_data const& rule, tag_set const& tags) : rule_(rule), tags_(tags) {}

    // Nothing when the rule does what sets cannot.
    std::optional<tag_rows> select() { return read(rule_.tree.root); }

private:
    std::optional<tag_rows> read(typed_id id) {
        auto const& node = rule_.tree[id];
        auto const children = rule_.tree.children_of(id);
        switch (node.kind) {
        case typed_kind::variable: return tags_[node.payload];
        case typed_kind::presence: {
            bitmap const certain = known(tags_[node.payload]);
            return tag_rows{certain, certain};
        }
        case typed_kind::constant: {
            if (node.what.base != detail::rule_kind::boolean) return std::nullopt;
            auto const& value = rule_.tables.constants[node.payload];
            if (value.state != status::ok) return std::nullopt;
            return value.integer != 0 ? everybody(tags_.customers()) : nobody(tags_.customers());
        }
        case typed_kind::conjunction: return fold(children, intersect);
        case typed_kind::disjunction: return fold(children, unite);
        case typed_kind::conditional:
            return combine(children, [](auto const& parts) { return choose(parts[0], parts[1], parts[2]); });
        case typed_kind::coalesce:
            return combine(children, [](auto const& parts) { return coalesce(parts[0], parts[1]); });
        case typed_kind::operation: return read_operation(node.code, children);
        default: return std::nullopt; // lists and maps
        }
    }

    std::optional<tag_rows> read_operation(opcode code, std::span<typed_id const> children) {
        switch (code) {
        case opcode::logical_not: return combine(children, [](auto const& parts) { return negated(parts[0]); });
        case opcode::equal_boolean:
            return combine(children, [](auto const& parts) { return equal(parts[0], parts[1]); });
        case opcode::not_equal_boolean:
            return combine(children, [](auto const& parts) { return negated(equal(parts[0], parts[1])); });
        default: return std::nullopt;
        }
    }

    template <class Join>
    std::optional<tag_rows> fold(std::span<typed_id const> children, Join join) {
        auto out = read(children[0]);
        for (std::size_t i = 1; out && i < children.size(); ++i) {
            auto const next = read(children[i]);
            if (!next) return std::nullopt;
            join(*out, *next);
        }
        return out;
    }

    template <class Combine>
    std::optional<tag_rows> combine(std::span<typed_id const> children, Combine make) {
        std::vector<tag_rows> parts;
        for (typed_id const child : children) {
            auto part = read(child);
            if (!part) return std::nullopt;
            parts.push_back(std::move(*part));
        }
        return make(parts);
    }

    detail::program_data const& rule_;
    tag_set const& tags_;
};

} // namespace

std::vector<std::size_t> tag_rows::ids(unknown_policy policy) const {
    std::vector<std::size_t> out;
    out.reserve(count(policy));
    under(policy).for_each([&](std::size_t row) { out.push_back(row); });
    return out;
}

std::optional<std::size_t> tag_set::find(std::string_view name) const noexcept {
    auto const at = std::find(names_.begin(), names_.end(), name);
    if (at == names_.end()) return std::nullopt;
    return static_cast<std::size_t>(at - names_.begin());
}

void tag_set::add(std::string name, tag_rows rows) {
    issue_list issues;
    if (!is_tag_name(name))
        issues.error("tag_set.bad_name", name, "this cannot be the name of a tag", quoted(name), {}, "Rename it.");
    if (find(name)) issues.error("tag_set.duplicate_name", name, "this tag is there already", quoted(name));
    bool const fits = rows.holds.size() == customers_ && rows.may_hold.size() == customers_;
    if (!fits)
        issues.error("tag_set.size", name, "a tag has one bit for each customer",
                     std::to_string(rows.holds.size()) + " and " + std::to_string(rows.may_hold.size()),
                     std::to_string(customers_));
    if (fits && count_and_words(rows.holds.words(), rows.may_hold.words()) != rows.holds.count())
        issues.error("tag_set.contradiction", name, "the tag holds of customers of whom it is known not to", {}, {},
                     "Set may_hold wherever holds is set.");
    issues.throw_if_errors();
    names_.push_back(std::move(name));
    rows_.push_back(std::move(rows));
}

void tag_set::add(std::string name, bitmap holds) {
    bitmap may_hold = holds;
    add(std::move(name), tag_rows{std::move(holds), std::move(may_hold)});
}

void tag_set::add(std::string name, column_view const& answers) {
    if (answers.what.base != kind::boolean)
        throw issue_error("tag_set.type", name, "the answers of a tag are yes or no", to_string(answers.what), "bool");
    tag_rows rows = nobody(answers.size);
    auto const values = answers.as<std::uint8_t>();
    for (std::size_t row = 0; row < values.size(); ++row) {
        bool const present = answers.is_present(row);
        rows.holds.set(row, present && values[row] != 0);
        rows.may_hold.set(row, !present || values[row] != 0);
    }
    add(std::move(name), std::move(rows));
}

std::optional<tag_rows> tag_set::select(std::string_view rule, issue_list& issues, std::string_view place) const {
    environment names;
    for (auto const& name : names_)
        names.variable(name, boolean_type);
    auto const made = compile_rule(rule, names, issues, place, boolean_type);
    if (!made) return std::nullopt;
    auto out = selector(made->data(), *this).select();
    if (!out)
        issues.error("tag_set.unsupported", std::string(place), "sets of customers cannot say this", quoted(rule),
                     "&&, ||, !, ?:, == and != between tags, has(), orValue()",
                     "Make it a tag with a rule of its own.");
    return out;
}

tag_rows tag_set::select(std::string_view rule) const {
    issue_list issues;
    auto out = select(rule, issues, "audience");
    issues.throw_if_errors();
    return *std::move(out);
}

} // namespace v0
} // namespace segmenta
