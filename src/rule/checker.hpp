// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_CHECKER_HPP
#define SEGMENTA_RULE_CHECKER_HPP

// Gives every part of a rule its type, resolves names and overloads, writes conversions out and folds constants.
// check_operators.cpp has + - * / %, relations and `in`; check_functions.cpp calls; check_collections.cpp lists, maps
// and optional values; check_macros.cpp macros and local names; checker.cpp the rest.

#include "rule/syntax.hpp"
#include "rule/typed.hpp"

#include <segmenta/error.hpp>
#include <segmenta/rule/environment.hpp>

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// What a checked rule is made of.
struct checked_rule {
    typed_tree tree;
    rule_tables tables;
};

class checker {
public:
    checker(syntax_tree const& tree, environment const& names, issue_list& issues, std::string_view place)
        : tree_(tree), names_(names), issues_(issues), place_(place) {}

    // False when there were errors; they are in the issues.
    bool run(std::optional<type> wanted);
    [[nodiscard]] checked_rule take() && { return std::move(out_); }

private:
    using node_id = std::uint32_t;

    // --- building (checker.cpp) ---
    typed_id add(typed_node node, std::span<typed_id const> children);
    typed_id push(typed_node const& node);
    typed_id constant(slot value, rule_type what, std::uint32_t position);
    typed_id text_constant(std::string_view text, rule_type what, std::uint32_t position);
    typed_id operation(opcode code, rule_type what, std::uint32_t position, std::initializer_list<typed_id> arguments,
                       std::uint64_t immediate = 0);
    typed_id operation(opcode code, rule_type what, std::uint32_t position, std::span<typed_id const> arguments,
                       std::uint64_t immediate = 0);
    // The same value under another type of the same lane.
    typed_id retype(typed_id node, rule_type what);
    [[nodiscard]] bool is_constant(typed_id node) const noexcept {
        return out_.tree[node].kind == typed_kind::constant;
    }
    // Null when it is no constant or one that fails.
    [[nodiscard]] slot const* known(typed_id node) const noexcept;
    [[nodiscard]] rule_type what(typed_id node) const noexcept { return out_.tree[node].what; }
    std::size_t zone_number(std::string_view name, std::uint32_t position); // npos after an issue

    // --- issues ---
    typed_id fail(std::uint32_t position, std::string code, std::string message, std::string seen = {},
                  std::string allowed = {}, std::string remedy = {});
    void warn(std::uint32_t position, std::string code, std::string message, std::string remedy);
    typed_id unsupported(std::uint32_t position, std::string message, std::string remedy = {});
    typed_id no_overload(std::string_view name, bool method, std::span<typed_id const> arguments,
                         std::uint32_t position, std::string remedy = {});

    // --- checker.cpp ---
    typed_id check(node_id node);
    typed_id check_node(node_id node);
    typed_id check_literal(syntax_node const& node);
    typed_id check_name(node_id node);
    typed_id check_presence(node_id node);
    typed_id check_chain(node_id node);
    typed_id check_conditional(node_id node);
    typed_id join_chain(bool all, std::span<typed_id const> parts, std::uint32_t position);
    // Gives both one type; false after an issue, which begins with `message`.
    bool join(typed_id& a, typed_id& b, std::uint32_t position,
              std::string_view message = "the two branches differ in type");
    typed_id convert_answer(typed_id answer, type wanted);
    [[nodiscard]] std::optional<std::vector<std::string_view>> path_of(node_id node) const;
    [[nodiscard]] std::optional<std::uint32_t> variable_of(node_id node) const;
    typed_id unknown_name(node_id node);

    // --- check_collections.cpp ---
    typed_id collection(collection_code code, rule_type what, std::uint32_t position,
                        std::span<typed_id const> arguments);
    typed_id collection(collection_code code, rule_type what, std::uint32_t position,
                        std::initializer_list<typed_id> arguments) {
        return collection(code, what, position, std::span<typed_id const>(arguments.begin(), arguments.size()));
    }
    // The type, or an issue for one that is nested too deep.
    rule_type wrapped(std::optional<rule_type> what, std::uint32_t position);
    slot kept(slot value, rule_type what);
    typed_id as_items(typed_id node); // a set as a list of strings
    bool join_all(std::vector<typed_id>& elements, std::string_view message);
    typed_id constant_items(std::span<typed_id const> elements, rule_type what, std::uint32_t position);
    typed_id make_list(std::vector<typed_id> elements, std::uint32_t position);
    [[nodiscard]] bool is_plain_list(node_id node) const; // written out, without optional elements
    typed_id check_list(node_id node);
    typed_id check_map(node_id node);
    bool unique_keys(std::span<typed_id const> keys);
    typed_id check_index(node_id node);
    typed_id index_into(typed_id of, typed_id at, bool optional, std::uint32_t position);
    typed_id check_field(node_id node);
    typed_id check_field_presence(node_id operand);
    typed_id check_optional_select(node_id node);
    [[nodiscard]] std::optional<std::uint32_t> record_field(node_id node) const;
    typed_id relate_collections(relation r, typed_id a, typed_id b, std::uint32_t position);
    typed_id concatenate(typed_id a, typed_id b, std::uint32_t position);
    typed_id in_collection(typed_id value, typed_id whole, std::uint32_t position);
    typed_id call_collection(std::string_view name, bool method, std::vector<typed_id>& arguments,
                             std::uint32_t position, bool& handled);
    typed_id call_sets(std::string_view name, std::vector<typed_id>& arguments, std::uint32_t position, bool& handled);
    typed_id call_optional(std::string_view name, std::vector<typed_id>& arguments, std::uint32_t position,
                           bool& handled);
    // The elements of a list that is known to be these, whatever the row.
    [[nodiscard]] std::optional<std::vector<typed_id>> elements_of(typed_id list);

    // --- check_macros.cpp ---
    // A name a macro gives to a value: to a part of the tree, or to local variable `number`.
    struct local_name {
        std::string_view name;
        rule_type what{};
        typed_id part = no_node;
        std::uint32_t number = 0;
    };
    class scope_guard;
    [[nodiscard]] local_name const* local(std::string_view name) const noexcept;
    [[nodiscard]] local_name const* local_root(node_id node) const noexcept; // of `x` and `x.f.g`
    typed_id use_local(local_name const& which, std::uint32_t position);
    std::uint32_t push_local(std::string_view name, rule_type what);
    typed_id check_macro(node_id node);
    typed_id check_bind(node_id node);
    typed_id check_optional_map(node_id node);
    typed_id check_loop(node_id node, typed_id range);
    bool is_condition(typed_id part, node_id written);
    [[nodiscard]] bool can_stand_for_itself(typed_id part) const noexcept;
    bool affordable(node_id body, std::size_t times);
    // Macros over elements that are known one by one, written out; nothing when they are not to be.
    std::optional<typed_id> unroll(node_id node, std::vector<typed_id> const& elements);
    typed_id set_quantifier(typed_id range, typed_id test, std::uint32_t position);

    // --- check_operators.cpp ---
    typed_id check_negate(node_id node);
    typed_id check_arithmetic(node_id node);
    typed_id arithmetic(syntax_kind kind, typed_id a, typed_id b, std::uint32_t position);
    typed_id join_texts(std::span<node_id const> sums, typed_id first);
    void warn_of_zero(typed_id dividend, typed_id divisor, std::uint32_t position);
    typed_id check_relation(node_id node);
    typed_id check_in(node_id node);
    typed_id add_or_subtract(bool subtract, typed_id a, typed_id b, std::uint32_t position);
    typed_id multiply(typed_id a, typed_id b, std::uint32_t position);
    typed_id divide(typed_id a, typed_id b, std::uint32_t position);
    typed_id to_scale(typed_id node, unsigned scale);
    typed_id to_real(typed_id node);
    bool same_unit(typed_id& a, typed_id& b, std::uint32_t position);
    [[nodiscard]] bool is_zero(typed_id node) const noexcept;
    typed_id relate(relation r, typed_id a, typed_id b, std::uint32_t position);
    typed_id relate_numbers(relation r, typed_id a, typed_id b, std::uint32_t position);
    typed_id relate_exact(relation r, typed_id a, typed_id b, std::uint32_t position);
    // The constant as units at a scale, when it is exactly that.
    [[nodiscard]] std::optional<std::int64_t> units_of(typed_id node, unsigned scale) const noexcept;
    typed_id constant_membership(typed_id value, std::span<typed_id const> elements, std::uint32_t position);
    typed_id computed_membership(typed_id value, std::span<typed_id const> elements, std::uint32_t position);
    bool check_member_types(typed_id& value, std::span<typed_id> elements);

    // --- check_functions.cpp ---
    typed_id check_call(node_id node);
    typed_id call(std::string_view name, bool method, std::vector<typed_id>& arguments, std::uint32_t position);
    typed_id call_special(std::string_view name, bool method, std::vector<typed_id>& arguments, std::uint32_t position,
                          bool& handled);
    [[nodiscard]] bool is_optional_call(node_id node, std::uint32_t variable) const;
    typed_id check_optional_call(node_id node, std::uint32_t variable);
    typed_id convert(std::string_view target, std::vector<typed_id>& arguments, std::uint32_t position, bool& handled);
    typed_id make_decimal(std::vector<typed_id>& arguments, std::uint32_t position, bool& handled);
    bool is_currency(currency unit, std::uint32_t position);
    typed_id make_money(std::vector<typed_id>& arguments, std::uint32_t position, bool& handled);
    typed_id time_part(std::string_view name, std::vector<typed_id>& arguments, std::uint32_t position, bool& handled);
    typed_id math(std::string_view name, std::vector<typed_id>& arguments, std::uint32_t position, bool& handled);
    typed_id match(std::vector<typed_id>& arguments, std::uint32_t position, bool& handled);
    typed_id distance(std::vector<typed_id>& arguments, std::uint32_t position, bool& handled);
    typed_id anniversary(std::string_view name, std::vector<typed_id>& arguments, std::uint32_t position,
                         bool& handled);
    typed_id phone(std::string_view name, std::vector<typed_id>& arguments, std::uint32_t position, bool& handled);
    typed_id decimal_from_text(std::string_view number, std::uint32_t position, currency unit);
    std::size_t zone_argument(std::vector<typed_id> const& arguments, std::size_t at, std::uint32_t position);

    syntax_tree const& tree_;
    environment const& names_;
    issue_list& issues_;
    std::string_view place_;
    checked_rule out_;
    text_arena folding_;

    // Of each node: of the whole tree below it, with what stands in several places counted each time.
    struct measure {
        std::uint32_t size = 1;
        std::uint32_t depth = 1;
        bool can_fail = false;
    };
    std::vector<measure> measures_;
    std::vector<local_name> scope_;
    std::uint32_t locals_ = 0; // in use here
    std::vector<std::uint32_t> written_sizes_; // of the parts of the text, in nodes
    std::size_t written_out_ = 0;              // nodes of macros written out so far
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
