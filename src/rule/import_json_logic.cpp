// SPDX-License-Identifier: Apache-2.0
// JsonLogic (https://jsonlogic.com/operations.html). What its operators do with values of several types is that of
// json-logic-js 2.0.5, which is JavaScript's.
#include "rule/import_writer.hpp"
#include "rule/syntax.hpp"

#include <algorithm>
#include <iterator>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

class json_logic_reader {
public:
    explicit json_logic_reader(import_writer& writer) : writer_(writer) {}

    // What JsonLogic computes.
    term value(json_spot const& at) {
        if (at.value->is_array()) return list(at);
        if (!at.value->is_object()) return writer_.constant(at);
        auto const call = operation_of(at);
        return call ? (this->*call->what->read)(*call) : term{};
    }

private:
    struct operation;
    struct operator_form {
        std::string_view name;
        std::size_t least;
        std::size_t most;
        term (json_logic_reader::*read)(operation const&);
        term (json_logic_reader::*condition)(operation const&) = nullptr; // when truth is asked for, if it differs
    };
    struct operation {
        operator_form const* what;
        json_spot at; // the arguments as they are
        std::vector<json_spot> arguments;
    };
    static constexpr std::size_t any = static_cast<std::size_t>(-1);
    static std::span<operator_form const> forms() noexcept;
    static std::vector<std::string_view> names() {
        std::vector<std::string_view> out;
        for (auto const& form : forms())
            out.push_back(form.name);
        return out;
    }

    // The one operator of an object with its arguments, or nothing after an issue.
    std::optional<operation> operation_of(json_spot const& at) {
        auto const& object = at.value->as_object();
        if (object.size() != 1) {
            writer_.wrong_type(at, "an operator: an object with one key, such as {\"var\": \"age\"}");
            return std::nullopt;
        }
        std::string_view const name = object.begin()->key();
        auto const form = std::find_if(forms().begin(), forms().end(), [&](auto const& f) { return f.name == name; });
        operation out{nullptr, at.member(name), {}};
        if (form == forms().end()) {
            writer_.unknown_operator(out.at, name, names());
            return std::nullopt;
        }
        out.what = &*form;
        if (out.at.value->is_array()) {
            std::size_t const most = writer_.options().limits.max_nodes;
            if (!writer_.fits(out.at.value->get_array().size(), most, out.at)) return std::nullopt;
            out.arguments = out.at.elements();
        } else {
            out.arguments.push_back(out.at);
        }
        if (out.arguments.size() >= form->least && out.arguments.size() <= form->most) return out;
        std::string const least = std::to_string(form->least);
        std::string allowed = form->most == form->least ? least : least + " to " + std::to_string(form->most);
        if (form->most == any) allowed = least + " or more";
        writer_.fail(out.at, "import.wrong_type", "'" + std::string(name) + "' takes another number of arguments",
                     std::to_string(out.arguments.size()), allowed);
        return std::nullopt;
    }

    // Whether JsonLogic takes it for true.
    term condition(json_spot const& at) {
        if (!at.value->is_object()) return writer_.truthy(value(at));
        auto const call = operation_of(at);
        if (!call) return {};
        if (call->what->condition != nullptr) return (this->*call->what->condition)(*call);
        return writer_.truthy((this->*call->what->read)(*call));
    }

    std::vector<term> values(std::span<json_spot const> at) {
        std::vector<term> out;
        for (auto const& one : at)
            out.push_back(value(one));
        return out;
    }
    std::vector<term> conditions(std::span<json_spot const> at) {
        std::vector<term> out;
        for (auto const& one : at)
            out.push_back(condition(one));
        return out;
    }
    static bool any_failed(std::span<term const> parts) {
        return std::any_of(parts.begin(), parts.end(), [](term const& part) { return part.failed(); });
    }

    term list(json_spot const& at) {
        auto const spots = at.elements();
        bool const plain = std::none_of(spots.begin(), spots.end(), [](auto const& e) { return e.value->is_object(); });
        if (plain) return writer_.constant(at);
        if (!writer_.list_fits(spots.size(), at)) return {};
        auto const parts = values(spots);
        if (any_failed(parts)) return {};
        std::string text;
        for (auto const& part : parts)
            text += (text.empty() ? "[" : ", ") + part.text;
        term out = import_writer::made(text + "]", hold::member);
        out.list = true;
        return writer_.bounded(std::move(out), at);
    }

    // --- data -------------------------------------------------------------------------------------------------------
    term variable(operation const& call) {
        auto const& arguments = call.arguments;
        json_spot const where = arguments.empty() ? call.at : arguments.front();
        std::optional<std::string> name;
        if (arguments.empty() || where.is_null()) name = "";
        if (where.value->is_string()) name = std::string(std::string_view(where.value->get_string()));
        if (where.value->is_int64()) name = std::to_string(where.value->get_int64());
        if (!name) return writer_.unsupported(where, "the name of an attribute is not computed");
        term out = writer_.attribute(*name, where);
        bool const has_default = arguments.size() == 2 && !arguments[1].is_null();
        if (out.failed() || !has_default) return out;
        if (!out.is_attribute()) return writer_.unsupported(call.at, "an element of a list is always there");
        term other = value(arguments[1]);
        if (!out.what && other.constant) out.what = constant_type(*other.constant->value);
        other = out.is_a(kind::float64) ? real(std::move(other)) : writer_.as_type(std::move(other), out.what);
        if (other.failed()) return {};
        return import_writer::made(out.optional + ".orValue(" + other.text + ")", hold::member, out.what);
    }
    static std::optional<type> constant_type(boost::json::value const& v) noexcept {
        if (v.is_bool()) return boolean_type;
        if (v.is_string()) return string_type;
        if (v.is_double()) return float64_type;
        return v.is_int64() ? std::optional<type>(int64_type) : std::nullopt;
    }

    // Each key that is named, as the condition that it is missing; JsonLogic counts "" as missing, too.
    std::vector<term> missing_keys(std::span<json_spot const> keys) {
        std::vector<term> out;
        for (auto const& key : keys) {
            if (!key.value->is_string()) {
                out.push_back(writer_.wrong_type(key, "the name of an attribute"));
                continue;
            }
            term const attribute = writer_.attribute(std::string_view(key.value->get_string()), key);
            term absent = writer_.is_missing(attribute, key);
            if (attribute.what && attribute.what->is_text()) {
                std::vector<term> either;
                either.push_back(std::move(absent));
                either.push_back(import_writer::made(attribute.text + " == ''", hold::relation, boolean_type));
                absent = writer_.join(false, std::move(either), key);
            }
            out.push_back(std::move(absent));
        }
        return out;
    }
    term missing(operation const& call) {
        bool const nested = !call.arguments.empty() && call.arguments.front().value->is_array();
        auto const keys = nested ? call.arguments.front().elements() : call.arguments;
        if (keys.empty()) return import_writer::boolean(false);
        return writer_.join(false, missing_keys(keys), call.at);
    }
    term missing_some(operation const& call) {
        auto const& wanted = call.arguments[0];
        if (!wanted.value->is_int64()) return writer_.wrong_type(wanted, "a whole number");
        if (!call.arguments[1].value->is_array()) return writer_.wrong_type(call.arguments[1], "an array of names");
        std::int64_t const least = wanted.value->get_int64();
        auto absent = missing_keys(call.arguments[1].elements());
        if (least <= 0 || absent.empty()) return import_writer::boolean(false);
        auto const count = static_cast<std::int64_t>(absent.size());
        if (least == 1) return writer_.join(true, std::move(absent), call.at);
        if (least >= count) return writer_.join(false, std::move(absent), call.at);
        std::string sum;
        for (auto const& one : absent) {
            if (one.failed()) return {};
            sum += (sum.empty() ? "(" : " + (") + one.text + " ? 0 : 1)";
        }
        return writer_.bounded(import_writer::made(sum + " < " + std::to_string(least), hold::relation, boolean_type),
                               call.at);
    }
    term missing_list(operation const& call) {
        return writer_.unsupported(call.at, "the list of what is missing is no value of a rule",
                                   "Ask for its truth: {\"if\": [{\"missing\": [\"a\"]}, ...]}");
    }

    // --- logic ------------------------------------------------------------------------------------------------------
    static import_relation relation_of(std::string_view name) noexcept {
        if (name.starts_with("==")) return import_relation::equal;
        if (name.starts_with("!=")) return import_relation::not_equal;
        if (name == "<") return import_relation::less;
        if (name == "<=") return import_relation::less_equal;
        return name == ">" ? import_relation::greater : import_relation::greater_equal;
    }
    term relation(operation const& call) {
        auto const r = relation_of(call.what->name);
        auto parts = values(call.arguments);
        if (parts.size() == 2) return writer_.compare(r, std::move(parts[0]), std::move(parts[1]), call.at);
        std::vector<term> both;
        both.push_back(writer_.compare(r, std::move(parts[0]), parts[1], call.at));
        both.push_back(writer_.compare(r, parts[1], std::move(parts[2]), call.at));
        return writer_.join(true, std::move(both), call.at);
    }
    term negation(operation const& call) { return import_writer::negated(condition(call.arguments[0])); }
    term truth(operation const& call) { return condition(call.arguments[0]); }

    static bool is_all(operation const& call) noexcept { return call.what->name == "and"; }
    term all_or_any(operation const& call) {
        if (call.arguments.empty()) return empty(call);
        return writer_.join(is_all(call), conditions(call.arguments), call.at);
    }
    term empty(operation const& call) {
        return writer_.empty_group(call.at, false, "'" + std::string(call.what->name) + "'");
    }
    // Whether it can only be true or false, or is asked for nothing else.
    static bool is_condition(boost::json::value const& of) {
        if (!of.is_object() || of.get_object().size() != 1) return false;
        std::string_view const name = of.get_object().begin()->key();
        static constexpr std::string_view conditions[] = {"==",   "!=",   "===",     "!==",         "<",  "<=",
                                                          ">",    ">=",   "!",       "!!",          "in", "all",
                                                          "some", "none", "missing", "missing_some"};
        if (std::find(std::begin(conditions), std::end(conditions), name) != std::end(conditions)) return true;
        auto const& inner = of.get_object().begin()->value();
        if ((name != "and" && name != "or") || !inner.is_array()) return false;
        return std::any_of(inner.get_array().begin(), inner.get_array().end(), is_condition);
    }
    // The type of all parts whose type is known; nothing when there is none, or several.
    static std::optional<type> common_type(std::span<term const> parts) noexcept {
        std::optional<type> out;
        for (auto const& part : parts) {
            if (part.list) return std::nullopt;
            auto const what = part.constant ? constant_type(*part.constant->value) : part.what;
            if (!what) continue;
            if (out && *out != *what) return std::nullopt;
            out = what;
        }
        return out;
    }
    // `and` is its first operand that is not true, or the last; `or` its first that is, or the last. Of several types,
    // which a rule cannot answer, it is whether that is true.
    term first_deciding(operation const& call) {
        bool const logic = std::any_of(call.arguments.begin(), call.arguments.end(),
                                       [](json_spot const& at) { return is_condition(*at.value); });
        if (logic || call.arguments.empty()) return all_or_any(call);
        auto parts = values(call.arguments);
        if (any_failed(parts)) return {};
        auto const what = common_type(parts);
        if (!what || *what == boolean_type || *what == category_set_type) {
            for (auto& part : parts)
                part = writer_.truthy(std::move(part));
            return writer_.join(is_all(call), std::move(parts), call.at);
        }
        for (auto& part : parts)
            if (!part.constant) part.what = what;
        term out = std::move(parts.back());
        for (std::size_t i = parts.size() - 1; i-- > 0;) {
            term const decides = writer_.truthy(parts[i]);
            out = is_all(call) ? writer_.choose(decides, std::move(out), parts[i], call.at)
                               : writer_.choose(decides, parts[i], std::move(out), call.at);
        }
        return out;
    }
    // {"if": [c1, x1, c2, x2, ..., otherwise]}
    template <class Part>
    term choice(operation const& call, Part part, term otherwise) {
        auto const& arguments = call.arguments;
        std::size_t i = arguments.size();
        if (i % 2 != 0) otherwise = part(arguments[--i]);
        while (i > 0) {
            i -= 2;
            otherwise = writer_.choose(condition(arguments[i]), part(arguments[i + 1]), std::move(otherwise), call.at);
        }
        return otherwise;
    }
    term chosen_value(operation const& call) {
        return choice(
            call, [this](json_spot const& at) { return value(at); }, import_writer::made("null", hold::member));
    }
    term chosen_condition(operation const& call) {
        return choice(call, [this](json_spot const& at) { return condition(at); }, import_writer::boolean(false));
    }

    // --- numbers ----------------------------------------------------------------------------------------------------
    static bool is_whole(term const& part) noexcept {
        return part.constant ? part.constant->value->is_int64() : part.is_a(kind::int64);
    }
    static bool is_exact(term const& part) noexcept {
        return part.constant ? part.constant->value->is_number() : part.is_a(kind::int64) || part.is_a(kind::decimal);
    }
    // As a double: what JavaScript computes with.
    term real(term part) {
        if (part.constant) part = writer_.as_type(std::move(part), float64_type);
        if (part.failed() || part.is_a(kind::float64)) {
            bool const integer = !part.failed() && part.text.find_first_not_of("-0123456789") == std::string::npos;
            if (integer && part.constant) part.text += ".0";
            return part;
        }
        part.text = "double(" + part.text + ")";
        part.binding = hold::member;
        part.what = float64_type;
        return part;
    }
    term arithmetic(operation const& call) {
        char const symbol = call.what->name.front();
        bool const lasting = symbol == '+' || symbol == '*';
        auto parts = values(call.arguments);
        if (any_failed(parts)) return {};
        for (auto& part : parts)
            part = lasting ? writer_.number_or_none(std::move(part)) : writer_.number_or_zero(std::move(part));
        if (symbol == '%') return remainder(call, std::move(parts));
        bool const whole = std::all_of(parts.begin(), parts.end(), is_whole);
        bool const exact = std::all_of(parts.begin(), parts.end(), is_exact) &&
                           std::any_of(parts.begin(), parts.end(), [](term const& p) { return p.is_a(kind::decimal); });
        if (symbol == '/' || (!whole && !exact)) return combined(call, std::move(parts), float64_type);
        return combined(call, std::move(parts), whole ? int64_type : exact_type(parts, symbol));
    }
    // Of a sum or product of decimals: the most digits, or all of them, after the point.
    static type exact_type(std::span<term const> parts, char symbol) noexcept {
        type out = decimal_type(0);
        for (auto const& part : parts) {
            if (!part.is_a(kind::decimal)) continue;
            unsigned const scale =
                symbol == '*' ? out.scale + 0U + part.what->scale : std::max(out.scale, part.what->scale);
            out.scale = static_cast<std::uint8_t>(std::min(scale, 255U));
            if (part.what->is_money()) out.unit = part.what->unit;
        }
        return out;
    }
    term combined(operation const& call, std::vector<term> parts, type what) {
        char const symbol = call.what->name.front();
        type const plain = decimal_type(what.scale);
        term out;
        for (auto& part : parts) {
            if (what == float64_type) {
                part = real(std::move(part));
            } else {
                part = writer_.as_type(std::move(part), symbol == '*' && what.is_money() ? plain : what);
            }
            if (part.failed()) return {};
            out.needed.insert(out.needed.end(), part.needed.begin(), part.needed.end());
        }
        hold const own = symbol == '+' || symbol == '-' ? hold::sum : hold::product;
        if (parts.size() == 1 && symbol == '-')
            return with(out, "-" + import_writer::within(parts[0], hold::member), hold::unary, what, call);
        std::string text = import_writer::within(parts.front(), own);
        for (std::size_t i = 1; i < parts.size(); ++i)
            text += std::string(" ") + symbol + " " +
                    import_writer::within(parts[i], own == hold::sum ? hold::product : hold::unary);
        return with(out, std::move(text), parts.size() == 1 ? parts.front().binding : own, what, call);
    }
    term with(term out, std::string text, hold binding, type what, operation const& call) {
        out.text = std::move(text);
        out.binding = binding;
        out.what = what;
        return writer_.bounded(std::move(out), call.at);
    }
    term remainder(operation const& call, std::vector<term> parts) {
        for (auto const& part : parts) {
            bool const fraction =
                part.constant ? !part.constant->value->is_int64() : part.what && !part.is_a(kind::int64);
            if (fraction) return writer_.unsupported(call.at, "a remainder is that of whole numbers");
        }
        return with(
            {}, import_writer::within(parts[0], hold::product) + " % " + import_writer::within(parts[1], hold::unary),
            hold::product, int64_type, call);
    }
    term extreme(operation const& call) {
        auto parts = values(call.arguments);
        if (any_failed(parts)) return {};
        bool const mixed = std::any_of(parts.begin(), parts.end(), [](term const& p) {
            return p.is_a(kind::float64) || (p.constant && p.constant->value->is_double());
        });
        std::optional<type> what;
        for (auto const& part : parts)
            if (part.what) what = mixed ? float64_type : *part.what;
        std::string text;
        for (auto& part : parts) {
            part = writer_.number_or_zero(std::move(part));
            part = mixed && what ? real(std::move(part)) : writer_.as_type(std::move(part), what);
            if (part.failed()) return {};
            text += (text.empty() ? "" : ", ") + part.text;
        }
        if (parts.size() == 1) return std::move(parts.front());
        std::string const name = call.what->name == "min" ? "math.least(" : "math.greatest(";
        return writer_.bounded(import_writer::made(name + text + ")", hold::member, what), call.at);
    }

    // --- texts and lists --------------------------------------------------------------------------------------------
    term as_text(term part, std::string_view when_missing, bool taken_for_text = false) {
        if (part.constant) return writer_.as_type(std::move(part), string_type);
        if (part.failed()) return {};
        bool const text = part.what ? part.what->is_text() : taken_for_text;
        std::string const read = text ? part.text : "string(" + part.text + ")";
        if (!writer_.as_source() || part.present.empty())
            return import_writer::made(read, text ? part.binding : hold::member, string_type);
        return import_writer::made(part.present + " ? " + read + " : " + text_literal(when_missing), hold::loosest,
                                   string_type);
    }
    term concatenation(operation const& call) {
        std::string text;
        for (auto& part : values(call.arguments)) {
            part = as_text(std::move(part), "");
            if (part.failed()) return {};
            text += (text.empty() ? "" : " + ") + import_writer::within(part, hold::product);
        }
        return writer_.bounded(
            import_writer::made(std::move(text), call.arguments.size() == 1 ? hold::loosest : hold::sum, string_type),
            call.at);
    }
    // {"substr": [text, start, length]}: a negative start counts from the end, a negative length is where to stop
    // before the end. Positions past the end are the end.
    term substring(operation const& call) {
        for (std::size_t i = 1; i < call.arguments.size(); ++i)
            if (!call.arguments[i].value->is_int64())
                return writer_.unsupported(call.arguments[i], "positions in a text are whole numbers");
        term const source = as_text(value(call.arguments[0]), "null", true);
        if (source.failed()) return {};
        std::string const size = "size(" + source.text + ")";
        auto const position = [&](std::int64_t at) {
            if (at < 0)
                return "math.greatest(0, " + size + " - " + std::to_string(0 - static_cast<std::uint64_t>(at)) + ")";
            if (at == 0) return std::string("0");
            return "math.least(" + std::to_string(at) + ", " + size + ")";
        };
        std::int64_t const start = call.arguments[1].value->get_int64();
        std::string text = import_writer::within(source, hold::member) + ".substring(" + position(start);
        if (call.arguments.size() == 3) {
            std::int64_t const length = call.arguments[2].value->get_int64();
            std::string const begin = position(start);
            std::string end = "math.greatest(" + begin + ", " + position(length) + ")";
            if (length >= 0 && start >= 0 && start <= INT64_MAX - length) end = position(start + length);
            if (length >= 0 && start < 0)
                end = "math.least(" + begin + " + " + std::to_string(length) + ", " + size + ")";
            text += ", " + end;
        }
        return writer_.bounded(import_writer::made(text + ")", hold::member, string_type), call.at);
    }

    term membership(operation const& call) {
        term needle = value(call.arguments[0]);
        json_spot const& where = call.arguments[1];
        if (where.value->is_array()) {
            if (!writer_.list_fits(where.value->get_array().size(), where)) return {};
            return writer_.member_of(std::move(needle), values(where.elements()), where);
        }
        term const whole = value(where);
        if (needle.failed() || whole.failed()) return {};
        bool const text = whole.what ? !whole.list : whole.constant.has_value();
        if (text) return writer_.text_test("contains", whole, std::move(needle), call.at);
        if (!whole.list) {
            writer_.tell(severity::warning, where, "import.guess", "this is taken for a list, as its type is not known",
                         whole.text, "Say with the names of the attributes whether it is a text or a set");
        }
        term out = import_writer::made(import_writer::within(needle, hold::sum) + " in " +
                                           import_writer::within(whole, hold::sum),
                                       hold::relation, boolean_type);
        return writer_.bounded(writer_.guarded(writer_.guarded(std::move(out), needle, false), whole, false), call.at);
    }

    // {"some": [list, condition of an element]}
    term over_elements(operation const& call, term const& elements, std::string_view macro) {
        if (elements.failed()) return {};
        if (elements.is_a(kind::category_set)) return over_set(call, elements);
        if (elements.what)
            return writer_.fail(call.arguments[0], "import.type", "this is no list", to_string(*elements.what),
                                "a list");
        term inner;
        {
            import_writer::element_scope const scope(writer_);
            inner = macro == "map" ? value(call.arguments[1]) : condition(call.arguments[1]);
        }
        if (inner.failed()) return {};
        return import_writer::made(import_writer::within(elements, hold::member) + "." + std::string(macro) + "(" +
                                       std::string(import_writer::element_name) + ", " + inner.text + ")",
                                   hold::member);
    }
    // Sets of texts have no macros, but can be asked for a value: {"==": [{"var": ""}, "a"]} or {"in": [{"var": ""},
    // ["a"]]}.
    term over_set(operation const& call, term const& set) {
        auto const& inner = call.arguments[1];
        auto const about = inner.value->is_object() ? operation_of(inner) : std::nullopt;
        if (inner.value->is_object() && !about) return {};
        bool const one = about && (about->what->name == "==" || about->what->name == "===");
        bool const several = about && about->what->name == "in" && about->arguments[1].value->is_array();
        if (call.what->name != "some" && call.what->name != "none") return no_macro(inner);
        if ((!one && !several) || !is_element(about->arguments[0])) return no_macro(inner);
        if (one) return writer_.member_of(set, values(std::span(about->arguments).subspan(1)), inner);
        return writer_.member_of(set, values(about->arguments[1].elements()), inner);
    }
    static bool is_element(json_spot const& at) {
        if (!at.value->is_object() || at.value->get_object().size() != 1) return false;
        auto const* const name = at.value->get_object().if_contains("var");
        if (name == nullptr) return false;
        if (name->is_array())
            return name->get_array().empty() || (name->get_array().size() == 1 && name->get_array()[0] == "");
        return name->is_string() && name->get_string().empty();
    }
    term no_macro(json_spot const& at) {
        return writer_.unsupported(
            at, "a set can only be asked for values",
            "Write {\"==\": [{\"var\": \"\"}, value]} or {\"in\": [{\"var\": \"\"}, [values]]} in some or none");
    }
    term some_or_none(operation const& call) {
        term const elements = value(call.arguments[0]);
        term out = over_elements(call, elements, "exists");
        if (out.failed()) return {};
        if (!elements.what) out = writer_.guarded(std::move(out), elements, false);
        out.what = boolean_type;
        return writer_.bounded(call.what->name == "none" ? import_writer::negated(std::move(out)) : std::move(out),
                               call.at);
    }
    // Of no elements it is false.
    term every(operation const& call) {
        term const elements = value(call.arguments[0]);
        term const out = over_elements(call, elements, "all");
        if (out.failed()) return {};
        term both =
            import_writer::made("size(" + elements.text + ") > 0 && " + out.text, hold::conjunction, boolean_type);
        return writer_.bounded(writer_.guarded(std::move(both), elements, false), call.at);
    }
    term new_list(operation const& call) {
        term const elements = value(call.arguments[0]);
        term out = over_elements(call, elements, call.what->name);
        if (out.failed()) return {};
        if (writer_.as_source() && !elements.present.empty())
            out = import_writer::made(elements.present + " ? " + out.text + " : []", hold::loosest);
        out.list = true;
        return writer_.bounded(std::move(out), call.at);
    }

    term refused(operation const& call) {
        bool const log = call.what->name == "log";
        return writer_.unsupported(call.at, "a rule has no words for '" + std::string(call.what->name) + "'",
                                   log ? "Take it away: rules print nothing" : "Compute it in a column of the data");
    }

    import_writer& writer_;
};

std::span<json_logic_reader::operator_form const> json_logic_reader::forms() noexcept {
    using r = json_logic_reader;
    static constexpr operator_form table[] = {
        {"var", 0, 2, &r::variable},
        {"missing", 0, any, &r::missing_list, &r::missing},
        {"missing_some", 2, 2, &r::missing_list, &r::missing_some},
        {"if", 1, any, &r::chosen_value, &r::chosen_condition},
        {"?:", 1, any, &r::chosen_value, &r::chosen_condition},
        {"==", 2, 2, &r::relation},
        {"===", 2, 2, &r::relation},
        {"!=", 2, 2, &r::relation},
        {"!==", 2, 2, &r::relation},
        {"!", 1, 1, &r::negation},
        {"!!", 1, 1, &r::truth},
        {"or", 0, any, &r::first_deciding, &r::all_or_any},
        {"and", 0, any, &r::first_deciding, &r::all_or_any},
        {">", 2, 2, &r::relation},
        {">=", 2, 2, &r::relation},
        {"<", 2, 3, &r::relation},
        {"<=", 2, 3, &r::relation},
        {"max", 1, any, &r::extreme},
        {"min", 1, any, &r::extreme},
        {"+", 1, any, &r::arithmetic},
        {"-", 1, 2, &r::arithmetic},
        {"*", 1, any, &r::arithmetic},
        {"/", 2, 2, &r::arithmetic},
        {"%", 2, 2, &r::arithmetic},
        {"map", 2, 2, &r::new_list},
        {"filter", 2, 2, &r::new_list},
        {"reduce", 2, 3, &r::refused},
        {"all", 2, 2, &r::every},
        {"some", 2, 2, &r::some_or_none},
        {"none", 2, 2, &r::some_or_none},
        {"merge", 0, any, &r::refused},
        {"in", 2, 2, &r::membership},
        {"cat", 1, any, &r::concatenation},
        {"substr", 2, 3, &r::substring},
        {"log", 1, 1, &r::refused},
    };
    return table;
}

} // namespace

term read_json_logic(import_writer& writer, json_spot const& root) { return json_logic_reader(writer).value(root); }

} // namespace detail
} // namespace v0
} // namespace segmenta
