// SPDX-License-Identifier: Apache-2.0
// Queries of react-querybuilder (react-querybuilder.js.org/docs/typescript, RuleGroupType and RuleGroupTypeIC). It
// evaluates nothing itself; where its own translations differ from one another the JsonLogic of formatQuery, 8.24,
// counts.
#include "rule/import_writer.hpp"
#include "rule/syntax.hpp"

#include <segmenta/base/text.hpp>

#include <algorithm>
#include <iterator>
#include <memory>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

// formatQuery's and its default names of what nobody has chosen yet.
constexpr std::string_view placeholder = "~";

std::string_view text_of(boost::json::value const& value) noexcept { return value.get_string(); }

bool is_blank(json_spot const& at) noexcept {
    return at.is_null() || (at.value->is_string() && trim(text_of(*at.value)).empty());
}

class react_querybuilder_reader {
public:
    explicit react_querybuilder_reader(import_writer& writer) : writer_(writer) {}

    term query(json_spot const& root) {
        if (!root.value->is_object() || !root.value->get_object().contains("rules"))
            return writer_.wrong_type(root, "a group: {\"combinator\": \"and\", \"rules\": [...]}");
        auto made = group(root);
        return made ? *std::move(made) : writer_.empty_group(root, true, "the query");
    }

private:
    struct operator_form {
        std::string_view name; // in lower case, as formatQuery compares
        std::string_view shown;
        term (react_querybuilder_reader::*read)(operator_form const&, json_spot const&, term);
        import_relation relation = import_relation::equal;
        std::string_view function{};
        bool negated = false;
    };
    static std::span<operator_form const> forms() noexcept;

    // --- groups
    // ------------------------------------------------------------------------------------------------------- Nothing:
    // it is muted, which takes it out of the query.
    using maybe = std::optional<term>;

    maybe rule_or_group(json_spot const& at) {
        if (!at.value->is_object()) return writer_.wrong_type(at, "a rule or a group");
        return at.value->get_object().contains("rules") ? group(at) : rule(at);
    }
    bool is_muted(json_spot const& at) {
        auto const* const muted = at.value->get_object().if_contains("muted");
        bool const out = muted != nullptr && muted->is_bool() && muted->get_bool();
        if (out)
            writer_.tell(severity::note, at, "import.muted",
                         "this is muted and therefore left out, as formatQuery does");
        return out;
    }
    maybe group(json_spot const& at) {
        static constexpr std::string_view known[] = {"combinator", "rules", "not", "id", "path", "disabled", "muted"};
        if (is_muted(at)) return std::nullopt;
        check_keys(at, known);
        json_spot const rules = at.member("rules");
        if (!rules.value->is_array()) return writer_.wrong_type(rules, "an array of rules");
        bool negate = false;
        if (auto const* const flag = at.value->get_object().if_contains("not")) {
            if (!flag->is_bool() && !flag->is_null()) return writer_.wrong_type(at.member("not"), "true or false");
            negate = flag->is_bool() && flag->get_bool();
        }
        bool const independent = !at.value->get_object().contains("combinator");
        auto made = independent ? independent_group(rules) : plain_group(at.member("combinator"), rules);
        if (!made) made = writer_.empty_group(at, true, "the group");
        return negate ? import_writer::negated(*std::move(made)) : *std::move(made);
    }
    static constexpr std::string_view combinators[] = {"or", "xor", "and"}; // loosest first, as convertFromIC has it
    std::optional<std::string> combinator(json_spot const& at) {
        if (!at.value->is_string()) {
            writer_.wrong_type(at, "and, or, xor");
            return std::nullopt;
        }
        std::string name = to_lower_ascii(text_of(*at.value));
        if (std::find(std::begin(combinators), std::end(combinators), name) != std::end(combinators)) return name;
        writer_.unknown_operator(at, name, combinators);
        return std::nullopt;
    }
    maybe plain_group(json_spot const& how, json_spot const& rules) {
        auto const name = combinator(how);
        std::vector<maybe> parts;
        for (auto const& one : rules.elements()) {
            if (one.value->is_string()) {
                parts.push_back(writer_.fail(one, "import.wrong_type",
                                             "a group with a combinator has none between its rules",
                                             shown_json(*one.value), "a rule or a group"));
                continue;
            }
            parts.push_back(rule_or_group(one));
        }
        return name ? joined(*name, std::move(parts), rules) : term{};
    }
    // [rule, "and", rule, "or", rule]
    maybe independent_group(json_spot const& rules) {
        std::vector<maybe> parts;
        std::vector<std::string> between;
        auto const spots = rules.elements();
        for (std::size_t i = 0; i < spots.size(); ++i) {
            if (i % 2 == 0) {
                parts.push_back(rule_or_group(spots[i]));
                continue;
            }
            auto name = combinator(spots[i]);
            if (!name) return term{};
            between.push_back(*std::move(name));
        }
        if (!between.empty() && between.size() == parts.size()) {
            return writer_.fail(rules, "import.wrong_type", "nothing follows the last combinator",
                                shown_json(*spots.back().value), "a rule or a group");
        }
        return by_precedence(parts, between, 0, rules);
    }
    maybe by_precedence(std::span<maybe> parts, std::span<std::string const> between, std::size_t level,
                        json_spot const& at) {
        if (parts.empty()) return std::nullopt;
        if (between.empty()) return std::move(parts.front());
        std::vector<maybe> joined_parts;
        std::size_t begin = 0;
        for (std::size_t i = 0; i <= between.size(); ++i) {
            if (i < between.size() && between[i] != combinators[level]) continue;
            joined_parts.push_back(
                by_precedence(parts.subspan(begin, i + 1 - begin), between.subspan(begin, i - begin), level + 1, at));
            begin = i + 1;
        }
        return joined(combinators[level], std::move(joined_parts), at);
    }
    maybe joined(std::string_view how, std::vector<maybe> parts, json_spot const& at) {
        std::vector<term> kept;
        for (auto& part : parts)
            if (part) kept.push_back(*std::move(part));
        if (kept.empty()) return std::nullopt;
        if (how != "xor") return writer_.join(how == "and", std::move(kept), at);
        for (auto const& part : kept)
            if (part.failed()) return term{};
        term out = std::move(kept.front());
        for (std::size_t i = 1; i < kept.size(); ++i) {
            out = writer_.bounded(import_writer::made(import_writer::within(out, hold::relation) +
                                                          " != " + import_writer::within(kept[i], hold::sum),
                                                      hold::relation, boolean_type),
                                  at);
            if (out.failed()) return out;
        }
        return out;
    }

    // --- rules
    // --------------------------------------------------------------------------------------------------------
    void check_keys(json_spot const& at, std::span<std::string_view const> known) {
        for (auto const& member : at.value->get_object()) {
            if (std::find(known.begin(), known.end(), member.key()) != known.end()) continue;
            writer_.tell(severity::warning, at.member(member.key()), "import.unknown_key",
                         "this key says nothing about the condition and is left out", quoted(member.key()),
                         did_you_mean_operator(member.key(), known));
        }
    }
    std::optional<std::string> chosen(json_spot const& rule, std::string_view key) {
        auto const* const found = rule.value->get_object().if_contains(key);
        if (found == nullptr) {
            writer_.fail(rule, "import.incomplete", "the rule has no " + std::string(key), {}, {}, "Choose one");
            return std::nullopt;
        }
        if (!found->is_string()) {
            writer_.wrong_type(rule.member(key), "a text");
            return std::nullopt;
        }
        if (text_of(*found) != placeholder) return std::string(text_of(*found));
        writer_.fail(rule.member(key), "import.incomplete", "the " + std::string(key) + " was not chosen",
                     quoted(placeholder), {}, "Choose one");
        return std::nullopt;
    }
    maybe rule(json_spot const& at) {
        static constexpr std::string_view known[] = {"field", "operator", "value",    "valueSource", "match",
                                                     "id",    "path",     "disabled", "muted"};
        if (is_muted(at)) return std::nullopt;
        check_keys(at, known);
        auto const field = chosen(at, "field");
        bool const matching = at.value->get_object().contains("match");
        auto const name = matching ? std::string() : chosen(at, "operator");
        if (!field || !name) return term{};
        term subject = writer_.attribute(*field, at.member("field"));
        if (matching) return match(at, std::move(subject));
        auto const lower = to_lower_ascii(*name);
        auto const form = std::find_if(forms().begin(), forms().end(), [&](auto const& f) { return f.name == lower; });
        if (form == forms().end()) return writer_.unknown_operator(at.member("operator"), *name, operator_names());
        if (subject.failed()) return term{};
        return (this->*form->read)(*form, at, std::move(subject));
    }
    static std::vector<std::string_view> operator_names() {
        std::vector<std::string_view> out;
        for (auto const& form : forms())
            out.push_back(form.shown);
        return out;
    }

    // --- values
    // -------------------------------------------------------------------------------------------------------
    std::optional<json_spot> value_of(json_spot const& rule) {
        if (rule.value->get_object().contains("value")) return rule.member("value");
        writer_.fail(rule, "import.incomplete", "the rule has no value", {}, {}, "Choose one");
        return std::nullopt;
    }
    enum class source { none, value, field };
    source source_of(json_spot const& rule) {
        auto const* const found = rule.value->get_object().if_contains("valueSource");
        if (found == nullptr || found->is_null()) return source::value;
        json_spot const at = rule.member("valueSource");
        if (found->is_string() && text_of(*found) == "value") return source::value;
        if (found->is_string() && text_of(*found) == "field") return source::field;
        if (found->is_string() && text_of(*found) == "parameter") {
            writer_.unsupported(at, "a rule has no parameters", "Write the value");
        } else {
            writer_.wrong_type(at, "value, field");
        }
        return source::none;
    }
    term operand(source from, json_spot const& at) {
        if (from == source::value) {
            if (!at.value->is_null() && !at.value->is_array()) return writer_.constant(at);
            if (at.value->is_array()) return writer_.wrong_type(at, "one value");
            return writer_.fail(at, "import.incomplete", "the value was not chosen", "null", {}, "Choose one");
        }
        if (!at.value->is_string()) return writer_.wrong_type(at, "the name of an attribute");
        return writer_.attribute(trim(text_of(*at.value)), at);
    }
    // A value that stands in the query as part of a list in one text.
    term piece(source from, std::string text, json_spot const& at) {
        boost::json::value const value = boost::json::string(text);
        if (from == source::field) return operand(from, {&value, at.pointer});
        pieces_.push_back(std::make_unique<boost::json::value>(value));
        return writer_.constant({pieces_.back().get(), at.pointer});
    }
    // "a, b" or ["a", "b"] or 1; a comma behind a backslash belongs to the text.
    std::vector<term> list(source from, json_spot const& at) {
        std::vector<term> out;
        if (at.value->is_array()) {
            if (!writer_.list_fits(at.value->get_array().size(), at)) return {term{}};
            for (auto const& element : at.elements()) {
                bool const text = element.value->is_string();
                out.push_back(text ? piece(from, std::string(trim(text_of(*element.value))), element)
                                   : operand(from, element));
            }
            return out;
        }
        if (at.value->is_string()) {
            for (auto& text : split(text_of(*at.value)))
                out.push_back(piece(from, std::move(text), at));
            return out;
        }
        out.push_back(at.value->is_number() ? operand(from, at) : writer_.wrong_type(at, "a list of values"));
        return out;
    }
    static std::vector<std::string> split(std::string_view text) {
        std::vector<std::string> out(1);
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text.substr(i, 2) == "\\,") {
                out.back() += text[++i];
            } else if (text[i] == ',') {
                out.emplace_back();
            } else {
                out.back() += text[i];
            }
        }
        for (auto& part : out)
            part = std::string(trim(part));
        std::erase(out, std::string());
        return out;
    }

    // --- operators
    // ----------------------------------------------------------------------------------------------------
    term relation(operator_form const& form, json_spot const& rule, term subject) {
        auto const value = value_of(rule);
        auto const from = source_of(rule);
        if (!value || from == source::none) return {};
        return writer_.compare(form.relation, std::move(subject), operand(from, *value), value_place(*value));
    }
    static json_spot const& value_place(json_spot const& at) noexcept { return at; }
    term text(operator_form const& form, json_spot const& rule, term subject) {
        auto const value = value_of(rule);
        auto const from = source_of(rule);
        if (!value || from == source::none) return {};
        if (value->value->is_string() && text_of(*value->value).empty()) {
            return writer_.fail(*value, "import.incomplete", "every text contains the empty text", "\"\"", {},
                                "Choose a value or take the rule away");
        }
        term out = writer_.text_test(form.function, std::move(subject), operand(from, *value), *value);
        return form.negated ? import_writer::negated(std::move(out)) : out;
    }
    term presence(operator_form const& form, json_spot const& rule, term subject) {
        return form.negated ? writer_.is_present(subject, rule) : writer_.is_missing(subject, rule);
    }
    term membership(operator_form const& form, json_spot const& rule, term subject) {
        auto const value = value_of(rule);
        auto const from = source_of(rule);
        if (!value || from == source::none) return {};
        auto elements = list(from, *value);
        if (elements.empty())
            return writer_.fail(*value, "import.incomplete", "the list is empty", shown_json(*value->value), {},
                                "Choose values");
        for (auto const& element : elements)
            if (element.failed()) return {};
        term out = writer_.member_of(std::move(subject), std::move(elements), *value);
        return form.negated ? import_writer::negated(std::move(out)) : out;
    }
    term between(operator_form const& form, json_spot const& rule, term subject) {
        auto const value = value_of(rule);
        auto const from = source_of(rule);
        if (!value || from == source::none) return {};
        if (value->value->is_array())
            for (auto const& bound : value->elements())
                if (is_blank(bound))
                    return writer_.fail(bound, "import.incomplete", "the value was not chosen",
                                        shown_json(*bound.value), {}, "Choose one");
        auto bounds = list(from, *value);
        if (bounds.size() != 2) {
            return writer_.fail(*value, bounds.size() < 2 ? "import.incomplete" : "import.wrong_type",
                                "two values are needed", shown_json(*value->value), "[from, to] or \"from,to\"");
        }
        if (bounds[0].failed() || bounds[1].failed()) return {};
        bool const text = subject.what && subject.what->is_text();
        bool const numbers = !text && bounds[0].constant && bounds[1].constant;
        // formatQuery puts two numbers in order
        if (numbers && javascript_number(*bounds[1].constant->value) < javascript_number(*bounds[0].constant->value))
            std::swap(bounds[0], bounds[1]);
        bool const outside = form.negated && !writer_.as_source();
        std::vector<term> parts;
        parts.push_back(writer_.compare(outside ? import_relation::less : import_relation::greater_equal, subject,
                                        std::move(bounds[0]), *value));
        parts.push_back(writer_.compare(outside ? import_relation::greater : import_relation::less_equal,
                                        std::move(subject), std::move(bounds[1]), *value));
        term out = writer_.join(!outside, std::move(parts), *value);
        return form.negated && !outside ? import_writer::negated(std::move(out)) : out;
    }

    // {"field": "orders", "match": {"mode": "atLeast", "threshold": 2}, "value": {"combinator": "and", "rules": [...]}}
    term match(json_spot const& rule, term subject) {
        static constexpr std::string_view modes[] = {"all", "some", "none", "atLeast", "atMost", "exactly"};
        json_spot const how = rule.member("match");
        auto const* const mode = how.value->is_object() ? how.value->get_object().if_contains("mode") : nullptr;
        if (mode == nullptr || !mode->is_string()) return writer_.wrong_type(how, "{\"mode\": \"some\"}");
        auto const found = std::find_if(std::begin(modes), std::end(modes), [&](std::string_view known) {
            return equal_ignore_case(known, text_of(*mode));
        });
        if (found == std::end(modes)) return writer_.unknown_operator(how.member("mode"), text_of(*mode), modes);
        auto const value = value_of(rule);
        if (!value || subject.failed()) return {};
        if (!value->value->is_object() || !value->value->get_object().contains("rules"))
            return writer_.wrong_type(*value, "a group of conditions of an element");
        if (subject.is_a(kind::category_set))
            return writer_.unsupported(how, "a set can only be asked for values", "Use the operator contains or in");
        if (subject.what)
            return writer_.fail(how, "import.type", "this is no list", to_string(*subject.what), "a list");
        maybe inner;
        {
            import_writer::element_scope const scope(writer_);
            inner = group(*value);
        }
        if (!inner) inner = writer_.empty_group(*value, true, "the group");
        if (inner->failed()) return {};
        return counted(*found, how, subject, *inner);
    }
    term counted(std::string_view mode, json_spot const& how, term const& subject, term const& inner) {
        auto const over = [&](std::string_view macro) {
            return subject.text + "." + std::string(macro) + "(" + std::string(import_writer::element_name) + ", " +
                   inner.text + ")";
        };
        if (mode == "some" || mode == "none") {
            term const any =
                writer_.guarded(import_writer::made(over("exists"), hold::member, boolean_type), subject, false);
            return writer_.bounded(mode == "none" ? import_writer::negated(any) : any, how);
        }
        if (mode == "all") { // of none it is false, as in JsonLogic
            term both = import_writer::made("size(" + subject.text + ") > 0 && " + over("all"), hold::conjunction,
                                            boolean_type);
            return writer_.bounded(writer_.guarded(std::move(both), subject, false), how);
        }
        auto const* const threshold = how.value->get_object().if_contains("threshold");
        bool const number = threshold != nullptr && threshold->is_number() && threshold->to_number<double>() >= 0;
        if (!number)
            return writer_.fail(how, "import.incomplete", "the match has no threshold", {}, "a number from 0",
                                "Choose one");
        double const least = threshold->to_number<double>();
        std::string const symbol = mode == "atLeast" ? " >= " : mode == "atMost" ? " <= " : " == ";
        std::string const count = "size(" + over("filter") + ")";
        bool const share = least > 0 && least < 1;
        std::string const text =
            share ? "double(" + count + ")" + symbol + "double(size(" + subject.text + ")) * " + double_text(least)
                  : count + symbol + writer_.constant(how.member("threshold")).text;
        bool const when_none = mode == "atMost" || (mode == "exactly" ? least == 0 || share : least == 0 || share);
        return writer_.bounded(
            writer_.guarded(import_writer::made(text, hold::relation, boolean_type), subject, when_none), how);
    }

    import_writer& writer_;
    std::vector<std::unique_ptr<boost::json::value>> pieces_; // terms point at them
};

std::span<react_querybuilder_reader::operator_form const> react_querybuilder_reader::forms() noexcept {
    using r = react_querybuilder_reader;
    using enum import_relation;
    static constexpr operator_form table[] = {
        {"=", "=", &r::relation, equal},
        {"==", "==", &r::relation, equal},
        {"!=", "!=", &r::relation, not_equal},
        {"<", "<", &r::relation, less},
        {"<=", "<=", &r::relation, less_equal},
        {">", ">", &r::relation, greater},
        {">=", ">=", &r::relation, greater_equal},
        {"contains", "contains", &r::text, equal, "contains"},
        {"beginswith", "beginsWith", &r::text, equal, "startsWith"},
        {"endswith", "endsWith", &r::text, equal, "endsWith"},
        {"doesnotcontain", "doesNotContain", &r::text, equal, "contains", true},
        {"doesnotbeginwith", "doesNotBeginWith", &r::text, equal, "startsWith", true},
        {"doesnotendwith", "doesNotEndWith", &r::text, equal, "endsWith", true},
        {"null", "null", &r::presence},
        {"notnull", "notNull", &r::presence, equal, {}, true},
        {"in", "in", &r::membership},
        {"notin", "notIn", &r::membership, equal, {}, true},
        {"between", "between", &r::between},
        {"notbetween", "notBetween", &r::between, equal, {}, true},
    };
    return table;
}

} // namespace

term read_react_querybuilder(import_writer& writer, json_spot const& root) {
    return react_querybuilder_reader(writer).query(root);
}

} // namespace detail
} // namespace v0
} // namespace segmenta
