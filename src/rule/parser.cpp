// SPDX-License-Identifier: Apache-2.0
// Recursive descent over CEL's grammar (langdef.md, "Syntax"), binary operators by precedence climbing.
#include "base/indexed_place.hpp"
#include "rule/lexer.hpp"
#include "rule/syntax.hpp"

#include <segmenta/base/parallel.hpp>
#include <segmenta/base/text.hpp>
#include <segmenta/rule/expression.hpp>

#include <boost/container/small_vector.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

// The parser recurses once per level, so the caller's wish is bounded by what every thread's stack holds.
constexpr std::size_t hardest_depth = 400;

struct binary_operator {
    std::uint16_t symbol = 0; // its code
    syntax_kind kind{};
    int precedence = 0; // higher binds tighter; 0: none
};

constexpr std::uint16_t in_code = symbol_code("in"); // a word, but an operator

constexpr binary_operator operator_of(std::uint16_t code) noexcept {
    switch (code) {
    case symbol_code("||"): return {code, syntax_kind::disjunction, 1};
    case symbol_code("&&"): return {code, syntax_kind::conjunction, 2};
    case symbol_code("<"): return {code, syntax_kind::less, 3};
    case symbol_code("<="): return {code, syntax_kind::less_equal, 3};
    case symbol_code(">"): return {code, syntax_kind::greater, 3};
    case symbol_code(">="): return {code, syntax_kind::greater_equal, 3};
    case symbol_code("=="): return {code, syntax_kind::equal, 3};
    case symbol_code("!="): return {code, syntax_kind::not_equal, 3};
    case in_code: return {code, syntax_kind::in, 3};
    case symbol_code("+"): return {code, syntax_kind::add, 4};
    case symbol_code("-"): return {code, syntax_kind::subtract, 4};
    case symbol_code("*"): return {code, syntax_kind::multiply, 5};
    case symbol_code("/"): return {code, syntax_kind::divide, 5};
    case symbol_code("%"): return {code, syntax_kind::modulo, 5};
    default: return {};
    }
}

// Macros written as calls on a receiver: how many arguments, how many of them name a variable.
struct macro_form {
    std::string_view name;
    std::size_t arguments;
    std::size_t variables;
};

constexpr std::array<macro_form, 18> macro_forms{{
    {"all", 2, 1},
    {"exists", 2, 1},
    {"exists_one", 2, 1},
    {"existsOne", 2, 1},
    {"map", 2, 1},
    {"map", 3, 1},
    {"filter", 2, 1},
    {"all", 3, 2},
    {"exists", 3, 2},
    {"existsOne", 3, 2},
    {"transformList", 3, 2},
    {"transformList", 4, 2},
    {"transformMap", 3, 2},
    {"transformMap", 4, 2},
    {"transformMapEntry", 3, 2},
    {"transformMapEntry", 4, 2},
    {"optMap", 2, 1},
    {"optFlatMap", 2, 1},
}};

class parser {
public:
    parser(std::string_view source, expression_limits const& limits)
        : lexer_(source), max_depth_(std::min(limits.max_depth, hardest_depth)), limits_(limits) {
        tree_.source = std::string(source);
        std::size_t const likely = std::min<std::size_t>(source.size() / 4 + 1, 64);
        tree_.nodes.reserve(likely);
        tree_.children.reserve(likely);
    }

    std::shared_ptr<syntax_tree const> run() {
        advance();
        if (now_.kind == token_kind::end) {
            throw syntax_error{"rule.empty", 0, "the rule is empty", {}, {}, "Write true for a rule that always holds"};
        }
        parse_expression();
        if (now_.kind != token_kind::end) throw unexpected("an operator or the end of the rule");
        return std::make_shared<syntax_tree const>(std::move(tree_));
    }

private:
    using node_id = std::uint32_t;
    using node_list = boost::container::small_vector<node_id, 16>;

    class level {
    public:
        explicit level(parser& p) : parser_(p) {
            if (++p.level_ > p.max_depth_) throw p.too_deep(p.now_.begin);
        }
        ~level() { --parser_.level_; }
        level(level const&) = delete;
        level& operator=(level const&) = delete;

    private:
        parser& parser_;
    };

    void advance() { lexer_.next(now_); }
    [[nodiscard]] bool at(std::string_view symbol) const noexcept { return now_.code == symbol_code(symbol); }
    bool take(std::uint16_t code) {
        if (now_.code != code) return false;
        advance();
        return true;
    }
    bool take(std::string_view symbol) { return take(symbol_code(symbol)); }
    void expect(std::string_view symbol) {
        if (!take(symbol)) throw unexpected("'" + std::string(symbol) + "'");
    }

    [[nodiscard]] syntax_error unexpected(std::string allowed) const {
        if (now_.kind == token_kind::end) {
            return {"rule.syntax", now_.begin, "the rule ends too early", {}, std::move(allowed), {}};
        }
        auto const seen = std::string_view(tree_.source).substr(now_.begin, now_.size);
        std::string remedy;
        if (seen == "and" || seen == "AND") remedy = "And is written &&";
        if (seen == "or" || seen == "OR") remedy = "Or is written ||";
        if (seen == "not" || seen == "NOT") remedy = "Not is written !";
        return {"rule.syntax", now_.begin, "this cannot stand here", shortened(seen), std::move(allowed), remedy};
    }
    [[nodiscard]] syntax_error too_deep(std::size_t position) const {
        return {"rule.too_deep",
                position,
                "the rule is nested too deeply",
                {},
                "at most " + std::to_string(max_depth_) + " levels",
                "Split it into several named columns"};
    }

    node_id add(syntax_kind kind, std::size_t position, std::span<node_id const> children, std::string text = {},
                bool flag = false) {
        if (tree_.nodes.size() >= limits_.max_nodes) {
            throw syntax_error{"rule.too_large",
                               position,
                               "the rule has too many parts",
                               {},
                               "at most " + std::to_string(limits_.max_nodes),
                               "Split it into several named columns"};
        }
        syntax_node made;
        made.kind = kind;
        made.flag = flag;
        made.position = static_cast<std::uint32_t>(position);
        made.first_child = static_cast<std::uint32_t>(tree_.children.size());
        made.child_count = static_cast<std::uint32_t>(children.size());
        made.text = std::move(text);
        for (node_id const child : children) {
            bool const same_chain = child == children.front() && continues_chain(kind, tree_.nodes[child].kind);
            made.depth = std::max(made.depth, tree_.nodes[child].depth + (same_chain ? 0 : 1));
            tree_.children.push_back(child);
        }
        if (made.depth > max_depth_) throw too_deep(position);
        tree_.nodes.push_back(std::move(made));
        return tree_.root();
    }
    node_id add(syntax_kind kind, std::size_t position, std::initializer_list<node_id> children, std::string text = {},
                bool flag = false) {
        return add(kind, position, std::span<node_id const>(children.begin(), children.size()), std::move(text), flag);
    }
    node_id add_constant(std::size_t position, literal value, std::string text = {}) {
        node_id const made = add(syntax_kind::constant, position, {}, std::move(text));
        tree_.nodes[made].constant = value;
        return made;
    }

    node_id parse_expression() {
        level const guard(*this);
        node_id const condition = parse_binary(1);
        if (!at("?")) return condition;
        std::size_t const position = now_.begin;
        advance();
        node_id const then = parse_binary(1);
        expect(":");
        node_id const otherwise = parse_expression();
        return add(syntax_kind::conditional, position, {condition, then, otherwise});
    }

    [[nodiscard]] binary_operator current_operator() const noexcept {
        bool const word = now_.kind == token_kind::identifier && now_.symbol == "in";
        return operator_of(word ? in_code : now_.code);
    }

    node_id parse_binary(int least) {
        node_id left = parse_unary();
        for (;;) {
            binary_operator const op = current_operator();
            if (op.precedence < least) return left;
            if (op.kind == syntax_kind::conjunction || op.kind == syntax_kind::disjunction) {
                left = parse_chain(op, left);
                continue;
            }
            std::size_t const position = now_.begin;
            advance();
            node_id const right = parse_binary(op.precedence + 1);
            left = add(op.kind, position, {left, right});
        }
    }

    // a && b && c is one node: it is associative, and a long chain must not make a deep tree.
    node_id parse_chain(binary_operator const& op, node_id first) {
        std::size_t const position = now_.begin;
        node_list parts;
        append_parts(op.kind, first, parts);
        while (take(op.symbol))
            append_parts(op.kind, parse_binary(op.precedence + 1), parts);
        return add(op.kind, position, std::span<node_id const>(parts.data(), parts.size()));
    }
    void append_parts(syntax_kind kind, node_id part, node_list& parts) const {
        if (tree_.nodes[part].kind != kind) return parts.push_back(part);
        auto const inner = tree_.children_of(part);
        parts.insert(parts.end(), inner.begin(), inner.end());
    }

    node_id parse_unary() {
        std::size_t const position = now_.begin;
        if (at("!")) {
            level const guard(*this);
            advance();
            return add(syntax_kind::logical_not, position, {parse_unary()});
        }
        if (at("-")) {
            level const guard(*this);
            advance();
            // -9223372036854775808 is a literal; as the negation of a literal it would not fit.
            if (now_.kind == token_kind::number && now_.constant.kind != literal_kind::uint64) {
                literal negative = now_.constant;
                // -0 is the integer 0, and -0.0 is not 0.0
                if (negative.kind == literal_kind::float64)
                    negative.set_real(-negative.real());
                else
                    negative.integer = static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(negative.integer));
                advance();
                return parse_members(add_constant(position, negative));
            }
            return add(syntax_kind::negate, position, {parse_unary()});
        }
        return parse_members(parse_primary());
    }

    node_id parse_members(node_id operand) {
        for (;;) {
            std::size_t const position = now_.begin;
            if (take(".")) {
                operand = parse_member(operand);
            } else if (take(".?")) {
                auto const [name, place] = selector();
                operand = add(syntax_kind::optional_select, place, {operand}, name);
            } else if (at("[") || at("[?")) {
                bool const optional = at("[?");
                advance();
                node_id const index = parse_expression();
                expect("]");
                operand = add(optional ? syntax_kind::optional_index : syntax_kind::index, position, {operand, index});
            } else if (at("{") && is_name_chain(operand)) {
                throw syntax_error{"rule.unsupported",
                                   position,
                                   "messages are not part of this language",
                                   "\"{\"",
                                   {},
                                   "A map is written { 'key': value }"};
            } else {
                return operand;
            }
        }
    }
    [[nodiscard]] bool is_name_chain(node_id node) const noexcept {
        while (tree_.nodes[node].kind == syntax_kind::select)
            node = tree_.child(node, 0);
        return tree_.nodes[node].kind == syntax_kind::name;
    }

    std::pair<std::string, std::size_t> selector() {
        bool const word = now_.kind == token_kind::identifier && now_.symbol != "in" && now_.symbol != "true" &&
                          now_.symbol != "false" && now_.symbol != "null";
        if (!word && now_.kind != token_kind::quoted_identifier) throw unexpected("a name");
        std::pair<std::string, std::size_t> out{std::string(now_.symbol), now_.begin};
        advance();
        return out;
    }

    node_id parse_member(node_id receiver) {
        bool const quoted_name = now_.kind == token_kind::quoted_identifier;
        auto [name, position] = selector();
        if (quoted_name || !at("(")) return add(syntax_kind::select, position, {receiver}, std::move(name));
        std::vector<node_id> parts{receiver};
        parse_arguments(parts);
        bool const is_macro = check_macro(name, parts);
        return add(is_macro ? syntax_kind::macro : syntax_kind::call, position, parts, std::move(name), true);
    }

    void parse_arguments(std::vector<node_id>& parts) {
        expect("(");
        if (take(")")) return;
        do {
            parts.push_back(parse_expression());
            bound_list(parts.size());
        } while (take(","));
        expect(")");
    }
    void bound_list(std::size_t elements) const {
        if (elements <= limits_.max_list_elements) return;
        throw syntax_error{"rule.too_large",
                           now_.begin,
                           "the list is too long",
                           {},
                           "at most " + std::to_string(limits_.max_list_elements) + " elements",
                           "Put the values into a column or a lookup table"};
    }

    [[nodiscard]] bool is_plain_name(node_id node) const noexcept {
        return tree_.nodes[node].kind == syntax_kind::name && !tree_.nodes[node].flag;
    }
    // parts: receiver, arguments. Whether this is a macro; throws when it is one with a wrong variable.
    [[nodiscard]] bool check_macro(std::string_view name, std::vector<node_id> const& parts) const {
        std::size_t const arguments = parts.size() - 1;
        bool const binding =
            name == "bind" && arguments == 3 && is_plain_name(parts[0]) && tree_.nodes[parts[0]].text == "cel";
        auto const form = std::find_if(macro_forms.begin(), macro_forms.end(),
                                       [&](macro_form const& f) { return f.name == name && f.arguments == arguments; });
        if (!binding && form == macro_forms.end()) return false;
        std::size_t const variables = binding ? 1 : form->variables;
        for (std::size_t i = 1; i <= variables; ++i) {
            if (is_plain_name(parts[i])) continue;
            throw syntax_error{"rule.syntax",
                               tree_.nodes[parts[i]].position,
                               "the variable of '" + std::string(name) + "' is not a simple name",
                               {},
                               "a name",
                               {}};
        }
        return true;
    }

    node_id parse_primary() {
        std::size_t const position = now_.begin;
        switch (now_.kind) {
        case token_kind::number: return parse_number();
        case token_kind::text: return parse_text();
        case token_kind::quoted_identifier: {
            std::string name(now_.symbol);
            advance();
            return add(syntax_kind::name, position, {}, std::move(name));
        }
        case token_kind::identifier: return parse_word();
        case token_kind::end: break;
        case token_kind::symbol:
            if (take("(")) {
                node_id const inner = parse_expression();
                expect(")");
                return inner;
            }
            if (at("[") || at("[?")) return parse_list();
            if (take("{")) return parse_map(position);
            if (take(".")) return parse_rooted(position);
            break;
        }
        throw unexpected("a value");
    }

    node_id parse_number() {
        std::size_t const position = now_.begin;
        literal const value = now_.constant;
        if (value.kind == literal_kind::int64 && value.integer == std::numeric_limits<std::int64_t>::min()) {
            throw syntax_error{"rule.bad_literal",
                               position,
                               "this integer is out of range",
                               "\"9223372036854775808\"",
                               "-9223372036854775808 to 9223372036854775807",
                               {}};
        }
        advance();
        return add_constant(position, value);
    }
    node_id parse_text() {
        std::size_t const position = now_.begin;
        literal const value = now_.constant;
        std::string text = std::move(now_.text);
        advance();
        return add_constant(position, value, std::move(text));
    }

    node_id parse_word() {
        std::size_t const position = now_.begin;
        std::string name(now_.symbol);
        if (name == "true" || name == "false" || name == "null") {
            advance();
            literal value;
            value.kind = name == "null" ? literal_kind::null : literal_kind::boolean;
            value.integer = name == "true" ? 1 : 0;
            return add_constant(position, value);
        }
        if (is_reserved_word(name)) {
            auto error = unexpected("a value");
            error.message = "this word is reserved";
            error.remedy = "A column of that name is written in backquotes: `" + name + "`";
            throw error;
        }
        advance();
        if (!at("(")) return add(syntax_kind::name, position, {}, std::move(name));
        return parse_call(std::move(name), position, false);
    }
    node_id parse_rooted(std::size_t position) {
        if (now_.kind != token_kind::identifier || is_reserved_word(now_.symbol)) throw unexpected("a name");
        std::string name(now_.symbol);
        advance();
        if (!at("(")) return add(syntax_kind::name, position, {}, std::move(name), true);
        return parse_call("." + name, position, true);
    }
    node_id parse_call(std::string name, std::size_t position, bool rooted) {
        std::vector<node_id> arguments;
        parse_arguments(arguments);
        if (name == "has" && !rooted) {
            auto const kind = arguments.size() == 1 ? tree_.nodes[arguments[0]].kind : syntax_kind::constant;
            if (kind == syntax_kind::name || kind == syntax_kind::select) {
                return add(syntax_kind::presence, position, arguments);
            }
            throw syntax_error{
                "rule.syntax", position, "has() takes one name or field", {}, "has(name) or has(record.name)", {}};
        }
        return add(syntax_kind::call, position, arguments, std::move(name));
    }

    node_id parse_list() {
        std::size_t const position = now_.begin;
        std::vector<node_id> elements;
        bool optional = at("[?");
        advance();
        while (optional || !at("]")) {
            optional = optional || take("?");
            std::size_t const element_position = now_.begin;
            node_id const element = parse_expression();
            elements.push_back(optional ? add(syntax_kind::optional_element, element_position, {element}) : element);
            bound_list(elements.size());
            optional = false;
            if (!take(",")) break;
        }
        expect("]");
        return add(syntax_kind::list, position, elements);
    }

    node_id parse_map(std::size_t position) {
        std::vector<node_id> parts;
        while (!at("}")) {
            bool const optional = take("?");
            std::size_t const key_position = now_.begin;
            node_id const key = parse_expression();
            parts.push_back(optional ? add(syntax_kind::optional_element, key_position, {key}) : key);
            expect(":");
            parts.push_back(parse_expression());
            bound_list(parts.size() / 2);
            if (!take(",")) break;
        }
        expect("}");
        return add(syntax_kind::map, position, parts);
    }

    lexer lexer_;
    token now_;
    syntax_tree tree_;
    std::size_t level_ = 0;
    std::size_t max_depth_;
    expression_limits const& limits_;
};

void report(syntax_error const& error, std::string_view source, std::string_view place, issue_list& issues) {
    auto remedy = error.remedy;
    if (!remedy.empty()) remedy += '.';
    remedy += caret_text(source, error.position);
    issues.error(error.code, issue_place(place, source, error.position), error.message, error.seen, error.allowed,
                 std::move(remedy));
}

} // namespace
} // namespace detail

std::optional<expression> parse_expression(std::string_view text, issue_list& issues, std::string_view place,
                                           expression_limits const& limits) {
    constexpr std::size_t largest = std::numeric_limits<std::int32_t>::max();
    std::size_t const max_bytes = std::min(limits.max_bytes, largest);
    if (text.size() > max_bytes) {
        issues.error("rule.too_large", std::string(place), "the rule is too long",
                     std::to_string(text.size()) + " bytes", "at most " + std::to_string(max_bytes) + " bytes",
                     "Split it into several named columns");
        return std::nullopt;
    }
    try {
        if (auto const bad = find_invalid_utf8(text); bad != no_position) {
            throw detail::syntax_error{
                "rule.bad_literal",      bad, "the rule is not valid UTF-8", detail::shortened(text.substr(bad, 1)), {},
                "Save the file as UTF-8"};
        }
        return expression(detail::parser(text, limits).run());
    } catch (detail::syntax_error const& error) {
        detail::report(error, text, place, issues);
        return std::nullopt;
    }
}

std::optional<std::vector<expression>> parse_expressions(std::span<std::string_view const> texts, issue_list& issues,
                                                         std::string_view place, unsigned threads,
                                                         expression_limits const& limits) {
    constexpr std::size_t at_once = 64;
    std::vector<std::optional<expression>> read(texts.size());
    std::vector<issue_list> problems((texts.size() + at_once - 1) / at_once);
    parallel_for_blocks(threads, problems.size(), [&](std::size_t block) {
        std::size_t const end = std::min(texts.size(), (block + 1) * at_once);
        for (std::size_t i = block * at_once; i < end; ++i)
            read[i] = parse_expression(texts[i], problems[block], detail::indexed_place(place, i), limits);
    });
    for (issue_list const& of_block : problems)
        issues.append(of_block);
    std::vector<expression> out;
    out.reserve(texts.size());
    for (std::optional<expression>& one : read) {
        if (!one) return std::nullopt;
        out.push_back(*std::move(one));
    }
    return out;
}

expression parse_expression(std::string_view text, expression_limits const& limits) {
    issue_list issues;
    auto parsed = parse_expression(text, issues, {}, limits);
    issues.throw_if_errors();
    return *std::move(parsed);
}

} // namespace v0
} // namespace segmenta
