// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_CHECKER_HPP
#define SEGMENTA_RULE_CHECKER_HPP

// Gives every part of a rule its type, resolves names and overloads, writes conversions out and folds constants.
// check_operators.cpp has + - * / %, relations and `in`; check_functions.cpp calls; checker.cpp the rest.

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
    typed_id check_literal(syntax_node const& node);
    typed_id check_name(node_id node);
    typed_id check_presence(node_id node);
    typed_id check_chain(node_id node);
    typed_id check_conditional(node_id node);
    bool join(typed_id& a, typed_id& b, std::uint32_t position);
    typed_id convert_answer(typed_id answer, type wanted);
    [[nodiscard]] std::optional<std::vector<std::string_view>> path_of(node_id node) const;
    [[nodiscard]] std::optional<std::uint32_t> variable_of(node_id node) const;
    typed_id unknown_name(node_id node);

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
    typed_id check_optional_call(node_id node, syntax_node const& optional);
    typed_id convert(std::string_view target, std::vector<typed_id>& arguments, std::uint32_t position, bool& handled);
    typed_id make_decimal(std::vector<typed_id>& arguments, std::uint32_t position, bool& handled);
    bool is_currency(currency unit, std::uint32_t position);
    typed_id make_money(std::vector<typed_id>& arguments, std::uint32_t position, bool& handled);
    typed_id time_part(std::string_view name, std::vector<typed_id>& arguments, std::uint32_t position, bool& handled);
    typed_id math(std::string_view name, std::vector<typed_id>& arguments, std::uint32_t position, bool& handled);
    typed_id match(std::vector<typed_id>& arguments, std::uint32_t position, bool& handled);
    typed_id phone(std::string_view name, std::vector<typed_id>& arguments, std::uint32_t position, bool& handled);
    typed_id decimal_from_text(std::string_view number, std::uint32_t position, currency unit);
    std::size_t zone_argument(std::vector<typed_id> const& arguments, std::size_t at, std::uint32_t position);

    syntax_tree const& tree_;
    environment const& names_;
    issue_list& issues_;
    std::string_view place_;
    checked_rule out_;
    text_arena folding_;
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
