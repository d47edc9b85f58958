// SPDX-License-Identifier: Apache-2.0
#include "rule/phrases.hpp"

#include <segmenta/base/text.hpp>

#include <algorithm>
#include <array>
#include <iterator>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

std::string_view symbol_of(syntax_kind kind) noexcept {
    switch (kind) {
    case syntax_kind::less: return "<";
    case syntax_kind::less_equal: return "≤";
    case syntax_kind::greater: return ">";
    case syntax_kind::greater_equal: return "≥";
    case syntax_kind::equal: return "=";
    case syntax_kind::not_equal: return "≠";
    case syntax_kind::multiply: return "×";
    case syntax_kind::divide: return "÷";
    case syntax_kind::modulo: return "mod";
    case syntax_kind::add: return "+";
    default: return "-";
    }
}

// Words of the sentences themselves: text that is one of them is quoted.
constexpr std::array<std::string_view, 24> own_words{
    "and",  "or",   "not",   "is",  "one",  "of",     "none", "true", "false",    "known",    "missing", "if",
    "then", "else", "where", "mod", "null", "starts", "ends", "with", "contains", "includes", "the",     "in"};
constexpr std::array<std::string_view, 12> own_signs{"且", "或", "非",   "不",   "是",   "否",
                                                     "真", "假", "之一", "如果", "缺失", "有值"};

// One word of letters and digits that nothing else can be taken for.
bool is_one_word(std::string_view text) noexcept {
    if (text.empty() || (text.front() >= '0' && text.front() <= '9') || text.front() == '-') return false;
    for (char const c : text) {
        bool const plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
                           c == '-' || static_cast<unsigned char>(c) >= 0xC3;
        bool const continues = (static_cast<unsigned char>(c) & 0xC0U) == 0x80;
        if (!plain && !continues) return false;
    }
    for (std::string_view const word : own_words)
        if (equal_ignore_case(text, word)) return false;
    // Signs and spaces outside ASCII: U+2000 to U+303F, full-width forms and what has no glyph.
    for (std::size_t at = 0; at + 2 < text.size(); ++at) {
        auto const first = static_cast<unsigned char>(text[at]);
        auto const second = static_cast<unsigned char>(text[at + 1]);
        if (first == 0xE2 || first == 0xEF || (first == 0xE3 && second == 0x80)) return false;
    }
    return std::none_of(own_signs.begin(), own_signs.end(),
                        [&](std::string_view sign) { return text.find(sign) != std::string_view::npos; });
}

std::string whole_quoted(std::string_view text) { return quoted(text, text.size() * 4 + 16); }

} // namespace

// --- names and constants
// ------------------------------------------------------------------------------------------
std::string phrase_writer::parenthesised(std::string_view text) const {
    std::string out(say({"(", "（"}));
    out += text;
    return out += say({")", "）"});
}

std::string phrase_writer::wrapped(phrase inner, phrase_binding wanted) const {
    return inner.binding < wanted ? parenthesised(inner.text) : std::move(inner.text);
}

phrase phrase_writer::code(std::uint32_t node) const {
    std::string const text = text_of(tree_, node);
    // As in Markdown: one more backquote than the code has in a row.
    std::size_t longest = 0;
    std::size_t run = 0;
    for (char const c : text) {
        run = c == '`' ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    std::string const fence(longest + 1, '`');
    return {fence + text + fence, phrase_binding::single};
}

std::optional<std::vector<std::string_view>> phrase_writer::path_of(std::uint32_t node) const {
    std::vector<std::string_view> path;
    while (tree_[node].kind == syntax_kind::select) {
        path.push_back(tree_[node].text);
        node = tree_.child(node, 0);
    }
    if (tree_[node].kind != syntax_kind::name || tree_[node].flag) return std::nullopt;
    path.push_back(tree_[node].text);
    std::reverse(path.begin(), path.end());
    return path;
}

std::string phrase_writer::plain_name(std::string_view name) const {
    for (std::size_t begin = 0; begin <= name.size();) {
        auto const end = std::min(name.find('.', begin), name.size());
        std::string_view const part = name.substr(begin, end - begin);
        bool const word = std::any_of(own_words.begin(), own_words.end(),
                                      [&](std::string_view own) { return equal_ignore_case(part, own); });
        if (word || !is_one_word(part)) return "`" + std::string(name) + "`";
        begin = end + 1;
    }
    return std::string(name);
}

readable_name phrase_writer::label(std::string_view name) const {
    if (options_.names)
        if (auto found = options_.names(name, options_.language)) return *std::move(found);
    return {plain_name(name), {}};
}

std::optional<readable_name> phrase_writer::name_of(std::uint32_t node) const {
    auto path = path_of(node);
    if (!path) return std::nullopt;
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
        if (scope->bound != path->front()) continue;
        if (path->size() == 1) return std::nullopt; // the row itself is no value
        std::string field;
        for (std::size_t i = 1; i < path->size(); ++i)
            field += (i > 1 ? "." : "") + std::string((*path)[i]);
        if (options_.names)
            if (auto found = options_.names(scope->history + "." + field, options_.language)) return found;
        return label(field);
    }
    bool const of_record = path->size() > 1 && path->front() == options_.record_name;
    std::string name;
    for (std::size_t i = of_record ? 1 : 0; i < path->size(); ++i)
        name += (name.empty() ? "" : ".") + std::string((*path)[i]);
    readable_name found = label(name);
    // Among the fields of a history's rows a name of the customer must not look like one of them.
    if (!scopes_.empty()) found.text = std::string(say({"the customer's ", "客户的 "})) + found.text;
    return found;
}

// date('...'), timestamp('...'), duration('...'), money('...'), decimal('...') of a text that is what it should be.
std::optional<std::string> phrase_writer::time_constant(std::uint32_t node) const {
    syntax_node const& call = tree_[node];
    if (call.kind != syntax_kind::call || call.flag || call.child_count != 1) return std::nullopt;
    syntax_node const& argument = tree_[tree_.child(node, 0)];
    if (argument.kind != syntax_kind::constant || argument.constant.kind != literal_kind::string) return std::nullopt;
    std::string_view const text = argument.text;
    if (call.text == "duration") return length_text(text, options_.language);
    auto const made_of = [&](std::string_view allowed) {
        return !text.empty() && text.size() <= 64 && text.find_first_not_of(allowed) == std::string_view::npos;
    };
    bool const good = (call.text == "date" && made_of("0123456789-")) ||
                      (call.text == "timestamp" && made_of("0123456789-:.TZ+")) ||
                      (call.text == "decimal" && made_of("0123456789.-")) ||
                      (call.text == "money" && made_of("0123456789.- ABCDEFGHIJKLMNOPQRSTUVWXYZ"));
    return good ? std::optional(std::string(text)) : std::nullopt;
}

bool phrase_writer::is_constant(std::uint32_t node) const {
    return tree_[node].kind == syntax_kind::constant || time_constant(node).has_value();
}

// Whether a constant is compared by `is` and not by `=`.
bool phrase_writer::reads_as_word(std::uint32_t node) const {
    syntax_node const& here = tree_[node];
    if (here.kind == syntax_kind::call) return here.text == "date" || here.text == "timestamp";
    switch (here.constant.kind) {
    case literal_kind::int64:
    case literal_kind::uint64:
    case literal_kind::float64: return false;
    default: return true;
    }
}

std::string phrase_writer::constant_text(std::uint32_t node, bool quote) const {
    if (auto const time = time_constant(node)) return *time;
    literal const value = tree_[node].constant;
    std::string const& written = tree_[node].text;
    switch (value.kind) {
    case literal_kind::null: return "null";
    case literal_kind::boolean: return std::string(value.integer != 0 ? say({"true", "真"}) : say({"false", "假"}));
    case literal_kind::int64: return std::to_string(value.integer);
    case literal_kind::uint64: return std::to_string(static_cast<std::uint64_t>(value.integer));
    case literal_kind::float64: {
        std::string text = double_text(value.real());
        if (text.ends_with(".0")) text.resize(text.size() - 2);
        return text;
    }
    case literal_kind::string: return !quote && is_one_word(written) ? written : whole_quoted(written);
    case literal_kind::bytes: return code(node).text;
    }
    return {};
}

std::string phrase_writer::unit_of(std::uint32_t node) {
    if (tree_[node].kind == syntax_kind::call) {
        // The unit of what is computed of a history is that of its label.
        if (!tree_[node].flag || !options_.names) return {};
        std::uint32_t at = tree_.child(node, 0);
        while (tree_[at].kind == syntax_kind::call && tree_[at].flag)
            at = tree_.child(at, 0);
        auto const root = path_of(at);
        if (!root) return {};
        bool const of_record = root->size() > 1 && root->front() == options_.record_name;
        std::string name;
        for (std::size_t i = of_record ? 1 : 0; i < root->size(); ++i)
            name += (name.empty() ? "" : ".") + std::string((*root)[i]);
        auto const found = options_.names(name + "." + tree_[node].text, options_.language);
        return found ? found->unit : std::string();
    }
    auto const found = name_of(node);
    return found ? found->unit : std::string();
}

// What stands on one side of a comparison.
std::string phrase_writer::operand(std::uint32_t node, std::string_view unit) {
    bool const number = tree_[node].kind == syntax_kind::constant && !reads_as_word(node);
    if (!number || unit.empty()) return wrapped(value(node), phrase_binding::sum);
    return constant_text(node, true) + " " + std::string(unit);
}

// --- conditions
// ---------------------------------------------------------------------------------------------------
phrase phrase_writer::joined(std::uint32_t node, bool all) {
    auto const parts = tree_.children_of(node);
    auto const binding = all ? phrase_binding::all : phrase_binding::any;
    std::string_view const word = all ? say({" and ", " 且 "}) : say({" or ", " 或 "});
    std::string out;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i > 0) out += word;
        // A list at the end of a sentence ends with it; elsewhere what follows might be taken for its next element. In
        // Chinese the end of a list is said, but its elements are joined by the word for `or`.
        bool const last = i + 1 == parts.size();
        bool const listing = chinese() ? all : (all && last);
        out += wrapped(condition(parts[i]), listing ? phrase_binding::listing : phrase_binding::condition);
    }
    return {std::move(out), binding};
}

phrase phrase_writer::choice(std::uint32_t node, bool as_condition) {
    auto const part = [&](std::size_t i) {
        return as_condition ? condition(tree_.child(node, i)) : value(tree_.child(node, i));
    };
    std::string const what = wrapped(condition(tree_.child(node, 0)), phrase_binding::any);
    std::string const then = wrapped(part(1), as_condition ? phrase_binding::condition : phrase_binding::sum);
    std::string const otherwise = wrapped(part(2), as_condition ? phrase_binding::condition : phrase_binding::sum);
    if (chinese()) return {"如果 " + what + " 则 " + then + "，否则 " + otherwise, phrase_binding::loose};
    return {"if " + what + " then " + then + ", else " + otherwise, phrase_binding::loose};
}

phrase phrase_writer::presence(std::uint32_t operand, bool wanted) {
    auto const name = name_of(operand);
    std::string const what = name ? name->text : code(operand).text;
    return {what + std::string(wanted ? say({" is known", " 有值"}) : say({" is missing", " 缺失"})),
            phrase_binding::condition};
}

// A truth value that is no comparison.
phrase phrase_writer::holds(std::uint32_t node, bool wanted) {
    std::string const what = wrapped(value(node), phrase_binding::sum);
    return {what + std::string(wanted ? say({" is true", " 为真"}) : say({" is false", " 为假"})),
            phrase_binding::condition};
}

phrase phrase_writer::negation(std::uint32_t operand) {
    syntax_node const& inner = tree_[operand];
    auto const child = [&](std::size_t i) { return tree_.child(operand, i); };
    switch (inner.kind) {
    case syntax_kind::presence: return presence(child(0), false);
    case syntax_kind::equal: return comparison(syntax_kind::not_equal, child(0), child(1));
    case syntax_kind::not_equal: return comparison(syntax_kind::equal, child(0), child(1));
    case syntax_kind::in: return membership(operand, false);
    case syntax_kind::name:
    case syntax_kind::select: return holds(operand, false);
    case syntax_kind::call:
        if (auto asked = text_question(operand, false)) return *std::move(asked);
        break;
    default: break;
    }
    return {std::string(say({"not ", "非"})) + parenthesised(condition(operand).text), phrase_binding::condition};
}

phrase phrase_writer::comparison(syntax_kind kind, std::uint32_t left, std::uint32_t right) {
    if (is_constant(left) && !is_constant(right)) {
        std::swap(left, right);
        kind = mirrored(kind);
    }
    bool const equality = kind == syntax_kind::equal || kind == syntax_kind::not_equal;
    std::string const what = operand(left, {});
    bool const word = is_constant(right) && reads_as_word(right);
    if (equality && word && !is_constant(left)) {
        std::string_view const verb = kind == syntax_kind::equal ? say({" is ", " 是 "}) : say({" is not ", " 不是 "});
        bool const truth =
            tree_[right].kind == syntax_kind::constant && tree_[right].constant.kind == literal_kind::boolean;
        if (truth && kind == syntax_kind::equal) return holds(left, tree_[right].constant.integer != 0);
        return {what + std::string(verb) + constant_text(right, false), phrase_binding::condition};
    }
    return {what + " " + std::string(symbol_of(kind)) + " " + operand(right, unit_of(left)), phrase_binding::condition};
}

phrase phrase_writer::membership(std::uint32_t node, bool wanted) {
    std::uint32_t const left = tree_.child(node, 0);
    std::uint32_t const right = tree_.child(node, 1);
    std::string const what = operand(left, {});
    if (tree_[right].kind != syntax_kind::list) {
        std::string const whole = wrapped(value(right), phrase_binding::sum);
        return {whole + std::string(wanted ? say({" includes ", " 含有 "}) : say({" does not include ", " 不含有 "})) +
                    what,
                phrase_binding::condition};
    }
    auto const elements = tree_.children_of(right);
    bool const optional = std::any_of(elements.begin(), elements.end(), [&](std::uint32_t element) {
        return tree_[element].kind == syntax_kind::optional_element;
    });
    if (optional || elements.empty()) {
        if (wanted) return {code(node).text + std::string(say({" holds", " 成立"})), phrase_binding::condition};
        return {std::string(say({"not ", "非"})) + parenthesised(code(node).text), phrase_binding::condition};
    }
    bool const constants =
        std::all_of(elements.begin(), elements.end(), [&](std::uint32_t element) { return is_constant(element); });
    std::string list;
    for (std::size_t i = 0; i < elements.size(); ++i) {
        if (i > 0) list += say({", ", " 或 "});
        list += constants ? constant_text(elements[i], false) : operand(elements[i], {});
    }
    std::string const unit = unit_of(left);
    bool const numbers = constants && !unit.empty() && !reads_as_word(elements.back());
    if (numbers) list += " " + unit;
    if (chinese()) return {what + (wanted ? " 是 " : " 不是 ") + list + " 之一", phrase_binding::listing};
    return {what + (wanted ? " is one of " : " is none of ") + list, phrase_binding::listing};
}

// a.startsWith('x') and its like.
std::optional<phrase> phrase_writer::text_question(std::uint32_t node, bool wanted) {
    syntax_node const& here = tree_[node];
    if (here.kind != syntax_kind::call || !here.flag) return std::nullopt;
    std::uint32_t const receiver = tree_.child(node, 0);
    if (tree_[receiver].kind == syntax_kind::optional_select && here.text == "hasValue" && here.child_count == 1) {
        auto const name = call(node);
        if (!name) return std::nullopt;
        return phrase{name->text + std::string(wanted ? say({" is known", " 有值"}) : say({" is missing", " 缺失"})),
                      phrase_binding::condition};
    }
    if (here.child_count != 2) return std::nullopt;
    std::uint32_t const sought = tree_.child(node, 1);
    if (tree_[sought].kind == syntax_kind::constant && tree_[sought].constant.kind != literal_kind::string)
        return std::nullopt;
    struct form {
        std::string_view function;
        wording yes;
        wording no;
        std::string_view after; // in Chinese
    };
    static constexpr std::array<form, 4> forms{{
        {"startsWith", {" starts with ", " 以 "}, {" does not start with ", " 不以 "}, " 开头"},
        {"endsWith", {" ends with ", " 以 "}, {" does not end with ", " 不以 "}, " 结尾"},
        {"contains", {" contains ", " 包含 "}, {" does not contain ", " 不包含 "}, ""},
        {"matches", {" matches the pattern ", " 匹配模式 "}, {" does not match the pattern ", " 不匹配模式 "}, ""},
    }};
    auto const found = std::find_if(forms.begin(), forms.end(), [&](form const& f) { return f.function == here.text; });
    if (found == forms.end()) return std::nullopt;
    std::string out = operand(receiver, {});
    out += say(wanted ? found->yes : found->no);
    out += operand(sought, {});
    if (chinese()) out += found->after;
    return phrase{std::move(out), phrase_binding::condition};
}

phrase phrase_writer::condition(std::uint32_t node) {
    syntax_node const& here = tree_[node];
    switch (here.kind) {
    case syntax_kind::conjunction: return joined(node, true);
    case syntax_kind::disjunction: return joined(node, false);
    case syntax_kind::conditional: return choice(node, true);
    case syntax_kind::logical_not: return negation(tree_.child(node, 0));
    case syntax_kind::presence: return presence(tree_.child(node, 0), true);
    case syntax_kind::in: return membership(node, true);
    case syntax_kind::less:
    case syntax_kind::less_equal:
    case syntax_kind::greater:
    case syntax_kind::greater_equal:
    case syntax_kind::equal:
    case syntax_kind::not_equal: return comparison(here.kind, tree_.child(node, 0), tree_.child(node, 1));
    case syntax_kind::call:
        if (auto asked = text_question(node, true)) return *std::move(asked);
        break;
    case syntax_kind::constant:
        if (here.constant.kind == literal_kind::boolean)
            return {std::string(here.constant.integer != 0 ? say({"always", "恒成立"}) : say({"never", "恒不成立"})),
                    phrase_binding::condition};
        break;
    default: break;
    }
    return holds(node, true);
}

// --- values
// -------------------------------------------------------------------------------------------------------
phrase phrase_writer::arithmetic(std::uint32_t node) {
    auto const chain = chain_of(tree_, node);
    syntax_kind const kind = tree_[node].kind;
    bool const sum = kind == syntax_kind::add || kind == syntax_kind::subtract;
    auto const own = sum ? phrase_binding::sum : phrase_binding::product;
    auto const tighter = sum ? phrase_binding::product : phrase_binding::unary;
    std::string out = wrapped(value(tree_.child(chain.back(), 0)), own);
    for (auto part = chain.rbegin(); part != chain.rend(); ++part) {
        out += ' ';
        out += symbol_of(tree_[*part].kind);
        out += ' ';
        out += wrapped(value(tree_.child(*part, 1)), tighter);
    }
    return {std::move(out), own};
}

// Calls with a wording of their own.
std::optional<phrase> phrase_writer::call(std::uint32_t node) {
    if (auto time = time_constant(node)) return phrase{*std::move(time), phrase_binding::single};
    syntax_node const& here = tree_[node];
    if (!here.flag) return std::nullopt;
    std::uint32_t const receiver = tree_.child(node, 0);
    if (tree_[receiver].kind != syntax_kind::optional_select) return history(node);
    syntax_node const& record = tree_[tree_.child(receiver, 0)];
    if (record.kind != syntax_kind::name || record.text != options_.record_name || !scopes_.empty())
        return std::nullopt;
    std::string name = label(tree_[receiver].text).text;
    bool const bare = (here.text == "value" || here.text == "hasValue") && here.child_count == 1;
    if (bare) return phrase{std::move(name), phrase_binding::single};
    if (here.text != "orValue" || here.child_count != 2) return std::nullopt;
    std::string const otherwise = value(tree_.child(node, 1)).text;
    name += parenthesised(chinese() ? "缺失时按 " + otherwise : otherwise + " if missing");
    if (!chinese()) name.insert(name.rfind('('), " ");
    return phrase{std::move(name), phrase_binding::single};
}

phrase phrase_writer::value(std::uint32_t node) {
    syntax_node const& here = tree_[node];
    switch (here.kind) {
    case syntax_kind::constant: return {constant_text(node, true), phrase_binding::single};
    case syntax_kind::name:
    case syntax_kind::select:
        if (auto name = name_of(node)) return {std::move(name->text), phrase_binding::single};
        break;
    case syntax_kind::multiply:
    case syntax_kind::divide:
    case syntax_kind::modulo:
    case syntax_kind::add:
    case syntax_kind::subtract: return arithmetic(node);
    case syntax_kind::negate:
        return {"-" + wrapped(value(tree_.child(node, 0)), phrase_binding::single), phrase_binding::unary};
    case syntax_kind::conditional: return choice(node, false);
    case syntax_kind::call:
        if (auto made = call(node)) return *std::move(made);
        if (text_question(node, true)) return condition(node);
        break;
    case syntax_kind::conjunction:
    case syntax_kind::disjunction:
    case syntax_kind::logical_not:
    case syntax_kind::presence:
    case syntax_kind::in:
    case syntax_kind::less:
    case syntax_kind::less_equal:
    case syntax_kind::greater:
    case syntax_kind::greater_equal:
    case syntax_kind::equal:
    case syntax_kind::not_equal: return condition(node);
    default: break;
    }
    return code(node);
}

} // namespace detail

// --- public
// -------------------------------------------------------------------------------------------------------
std::optional<readable_language> readable_language_of(std::string_view locale) noexcept {
    auto const language = locale.substr(0, locale.find_first_of("-_"));
    if (equal_ignore_case(language, "zh")) return readable_language::chinese;
    if (equal_ignore_case(language, "en")) return readable_language::english;
    return std::nullopt;
}

std::string to_readable(expression const& rule, readable_options const& options) {
    detail::syntax_tree const& tree = rule.tree();
    detail::phrase_writer writer(tree, options);
    // A rule that is a bare name, number or text may be of any type, so it is asked for as a value.
    return writer.value(tree.root()).text;
}

} // namespace v0
} // namespace segmenta
