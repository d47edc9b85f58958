// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_DYNAMIC_CHECK_HPP
#define SEGMENTA_RULE_DYNAMIC_CHECK_HPP

/// \file
/// Checks names and overloads of an expression before `evaluate_dynamic` evaluates it, against declared types: what
/// cel-spec (0.25, doc/langdef.md, "Gradual Type Checking") calls the checked form. For `segmenta eval`; rules of a
/// plan are checked by `compile_rule`.

#include <segmenta/error.hpp>
#include <segmenta/rule/expression.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// Kinds of types of the Common Expression Language.
enum class declared_kind : std::uint8_t {
    dynamic, ///< `dyn`: known at run time only; fits everywhere
    null,
    boolean,
    int64,
    uint64,
    float64,
    string,
    bytes,
    timestamp,
    duration,
    type,      ///< of `type(x)` and of names of types
    list,      ///< one parameter: the elements
    map,       ///< two: keys and values
    optional,  ///< one: what may be held
    parameter, ///< in overloads only: the same type wherever its `name` stands
};

/// A type with its parameters. A list without parameters is one of `dyn`, a map likewise.
struct declared_type {
    declared_kind kind = declared_kind::dynamic;
    std::vector<declared_type> parameters{};
    std::string name{}; ///< of a `parameter`

    friend bool operator==(declared_type const&, declared_type const&) = default;
};

/// `list(map(string, dyn))`, `google.protobuf.Timestamp`, ...
[[nodiscard]] std::string to_string(declared_type const& t);

/// One way to call a function: `text.f(1)` when `method`, the first parameter being the receiver, else `f(text, 1)`.
struct declared_overload {
    std::string function;
    bool method = false;
    std::vector<declared_type> parameters;
    declared_type result;
};

/// What an expression may use beside the standard functions.
struct dynamic_declarations {
    std::vector<std::pair<std::string, declared_type>> variables; ///< names may have dots: `a.b.c`
    std::vector<declared_overload> functions;
    std::string container; ///< names are looked for in it first, then in what holds it (langdef.md, "Name Resolution")
};

/// The type the expression has, or nothing when it has problems: each is added to `issues` at `place` followed by line
/// and column, `rule.unknown_name` and `rule.unknown_function` (with the nearest name), `rule.type` (no overload takes
/// these types; no field, element or macro there). All are found in one run. What is `dyn` is left to the evaluation.
/// Elements of a list that differ make a list of `dyn`.
///
///     check_dynamic(parse_expression("n + 'a'"), {{{"n", {declared_kind::int64}}}}, issues); // nothing: int + string
///
/// Linear in the expression, times the overloads of each function.
[[nodiscard]] std::optional<declared_type> check_dynamic(expression const& what, dynamic_declarations const& names,
                                                         issue_list& issues, std::string_view place = {});

} // namespace v0
} // namespace segmenta

#endif
