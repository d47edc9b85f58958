// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_READABLE_HPP
#define SEGMENTA_RULE_READABLE_HPP

/// \file
/// A rule as a sentence that an operator can read, in English or Chinese.

#include <segmenta/rule/expression.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace segmenta {
inline namespace v0 {

/// The languages that rules are rendered in.
enum class readable_language : std::uint8_t { english, chinese };

/// The language of a BCP 47 tag: `zh`, `zh-Hans`, `zh_CN`, … are Chinese, `en`, `en-GB`, … English, in any case of
/// letters; nothing for any other.
[[nodiscard]] std::optional<readable_language> readable_language_of(std::string_view locale) noexcept;

/// What people call a variable.
struct readable_name {
    std::string text; ///< `近30天购买次数`; taken as it is
    std::string unit; ///< `单`, `天`, `points`; written behind plain numbers that are compared with it; may be empty
};

/// From the name of a variable, as rules write it without `customer.`, to what people call it; nothing: the name
/// itself. Histories are asked for as `orders`, their fields as `orders.category`, and what is computed of them as
/// `orders.count`, `orders.sum.amount`, ….
using readable_names = std::function<std::optional<readable_name>(std::string_view name, readable_language language)>;

/// How a rule is rendered.
struct readable_options {
    readable_language language = readable_language::english;
    readable_names names;                 ///< empty: names stay as they are
    std::string record_name = "customer"; ///< left out before a name: `customer.age` is `age`
};

/// The rule as a sentence.
///
/// Conditions are joined by `and` and `or` (`且`, `或`), and whatever is joined by the one inside the other stands in
/// parentheses, so that nobody needs to know which binds tighter. Comparisons with numbers and times use `≥ ≤ > < = ≠`,
/// with text and truth values `is` and `is not` (`是`, `不是`). Text stands in quotes wherever it might be taken for
/// something else: unless it is one word of letters and digits on the right of `is`. `has(x)` is `x is known`
/// (`x 有值`). Chains on a history read as windows, conditions and an aggregate: `number of orders in the last 30 days`.
/// Whatever has no wording of its own (macros, maps, patterns, rare functions) is given as code in backquotes, never
/// paraphrased. Linear in the rule but for nested texts; works on any expression, also on one that does not compile.
///
///     auto const rule = parse_expression("purchases >= 2 && city in ['Shanghai', 'Beijing']");
///     to_readable(rule);
///     // purchases ≥ 2 and city is one of Shanghai, Beijing
///     to_readable(rule, {readable_language::chinese});
///     // purchases ≥ 2 且 city 是 Shanghai 或 Beijing 之一
///
/// Throws what `options.names` throws.
[[nodiscard]] std::string to_readable(expression const& rule, readable_options const& options = {});

} // namespace v0
} // namespace segmenta

#endif
