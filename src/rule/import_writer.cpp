// SPDX-License-Identifier: Apache-2.0
#include "rule/import_writer.hpp"

#include "rule/syntax.hpp"
#include "rule/text_functions.hpp"

#include <segmenta/base/text.hpp>

#include <algorithm>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

std::string_view symbol(import_relation r) noexcept {
    switch (r) {
    case import_relation::equal: return " == ";
    case import_relation::not_equal: return " != ";
    case import_relation::less: return " < ";
    case import_relation::less_equal: return " <= ";
    case import_relation::greater: return " > ";
    case import_relation::greater_equal: return " >= ";
    }
    return {};
}

bool is_order(import_relation r) noexcept { return r != import_relation::equal && r != import_relation::not_equal; }

bool holds(import_relation r, double a, double b) noexcept {
    switch (r) {
    case import_relation::equal: return a == b;
    case import_relation::not_equal: return a != b;
    case import_relation::less: return a < b;
    case import_relation::less_equal: return a <= b;
    case import_relation::greater: return a > b;
    case import_relation::greater_equal: return a >= b;
    }
    return false;
}

// What JavaScript answers when the left or the right side is null and the other side is this.
bool holds_for_null(import_relation r, boost::json::value const& other, bool null_is_left) noexcept {
    if (!is_order(r)) return (r == import_relation::not_equal) != other.is_null();
    double const number = javascript_number(other);
    return null_is_left ? holds(r, 0, number) : holds(r, number, 0);
}

bool orders_text_by_number(term const& text, term const& number) noexcept {
    return text.what && text.what->is_text() && number.constant && number.constant->value->is_number();
}

std::string joined(std::span<std::string const> texts, std::string_view between) {
    std::string out;
    for (auto const& text : texts)
        out += (out.empty() ? "" : std::string(between)) + text;
    return out;
}

bool is_index(std::string_view segment) noexcept {
    return !segment.empty() && segment.size() <= 9 &&
           std::all_of(segment.begin(), segment.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string name_text(std::string_view name) {
    return is_plain_identifier(name) ? std::string(name) : "`" + std::string(name) + "`";
}

std::vector<std::string_view> segments_of(std::string_view name) {
    std::vector<std::string_view> out;
    for (;;) {
        auto const dot = name.find('.');
        out.push_back(name.substr(0, dot));
        if (dot == std::string_view::npos) return out;
        name.remove_prefix(dot + 1);
    }
}

bool is_writable_name(std::string_view name) noexcept {
    return !name.empty() && std::none_of(name.begin(), name.end(), [](char c) {
        return c == '`' || static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    });
}

} // namespace

// --- places and issues
// --------------------------------------------------------------------------------------------------
json_spot json_spot::member(std::string_view key) const {
    return {&value->as_object().at(key), pointer_append(pointer, key)};
}

json_spot json_spot::element(std::size_t index) const {
    return {&value->as_array()[index], pointer_append(pointer, index)};
}

std::vector<json_spot> json_spot::elements() const {
    std::vector<json_spot> out;
    for (std::size_t i = 0; i < value->as_array().size(); ++i)
        out.push_back(element(i));
    return out;
}

std::string shown_json(boost::json::value const& value) {
    if (value.is_string()) return quoted(std::string_view(value.get_string()));
    if (value.is_object() || value.is_array()) return std::string(kind_name(value));
    return write_json(value);
}

std::string did_you_mean_operator(std::string_view name, std::span<std::string_view const> known) {
    auto const nearest = nearest_name(name, known);
    return nearest.empty() ? std::string() : "Did you mean " + std::string(nearest) + "?";
}

std::string import_writer::place_of(json_spot const& at) const {
    if (place_.empty()) return at.pointer.empty() ? "the document" : at.pointer;
    return at.pointer.empty() ? place_ : place_ + " " + at.pointer;
}

// Whether there is room for one more of its level; in place of the first that has none stands that there are more.
bool import_writer::may_tell(severity level, json_spot const& at) {
    std::size_t& told = level == severity::error ? errors_ : others_;
    if (++told < most_issues) return true;
    if (told > most_issues) return false;
    issue more;
    more.level = level;
    more.code = "import.more";
    more.place = place_of(at);
    more.message = "from here on there are more";
    more.remedy = "See to those before first";
    issues_.add(std::move(more));
    return false;
}

term import_writer::fail(json_spot const& at, std::string code, std::string message, std::string seen,
                         std::string allowed, std::string remedy) {
    if (may_tell(severity::error, at))
        issues_.error(std::move(code), place_of(at), std::move(message), std::move(seen), std::move(allowed),
                      std::move(remedy));
    return {};
}

void import_writer::tell(severity level, json_spot const& at, std::string code, std::string message, std::string seen,
                         std::string remedy) {
    if (!may_tell(level, at)) return;
    issue told;
    told.level = level;
    told.code = std::move(code);
    told.place = place_of(at);
    told.seen = std::move(seen);
    told.message = std::move(message);
    told.remedy = std::move(remedy);
    issues_.add(std::move(told));
}

term import_writer::wrong_type(json_spot const& at, std::string_view wanted) {
    return fail(at, "import.wrong_type", "the value has the wrong type", shown_json(*at.value), std::string(wanted));
}

term import_writer::unsupported(json_spot const& at, std::string message, std::string remedy) {
    return fail(at, "import.unsupported", std::move(message), {}, {}, std::move(remedy));
}

term import_writer::unknown_operator(json_spot const& at, std::string_view name,
                                     std::span<std::string_view const> known) {
    return fail(at, "import.unknown_operator", "there is no such operator", quoted(name), join_names(known, 60),
                did_you_mean_operator(name, known));
}

term import_writer::empty_group(json_spot const& at, bool answer, std::string_view what) {
    std::string const message = std::string(what) + " holds no condition";
    if (!options_.allow_empty_groups) {
        return fail(at, "import.empty", message, {}, {},
                    "Add a condition or take the group away: without one it would not say whom it is for");
    }
    tell(severity::note, at, "import.empty", message + " and is " + (answer ? "true" : "false") + ", as in its source");
    return boolean(answer);
}

term import_writer::bounded(term part, json_spot const& at) {
    if (part.text.size() <= options_.limits.max_bytes) return part;
    if (!std::exchange(told_too_large_, true)) {
        return fail(at, "rule.too_large", "the rule becomes too long", std::to_string(part.text.size()) + " bytes",
                    "at most " + std::to_string(options_.limits.max_bytes) + " bytes",
                    "Split it into several named columns");
    }
    return {};
}

bool import_writer::list_fits(std::size_t elements, json_spot const& at) {
    return fits(elements, options_.limits.max_list_elements, at);
}

bool import_writer::fits(std::size_t elements, std::size_t most, json_spot const& at) {
    if (elements <= most) return true;
    fail(at, "rule.too_large", "the list is too long", std::to_string(elements) + " elements",
         "at most " + std::to_string(most) + " elements", "Put the values into a column or a lookup table");
    return false;
}

// --- attributes
// ---------------------------------------------------------------------------------------------------------
std::string import_writer::record_name() const {
    return name_text(options_.names != nullptr ? options_.names->record_name()
                                               : std::string_view(options_.record_name));
}

term import_writer::attribute(std::string_view name, json_spot const& at) {
    if (name.empty() && in_elements()) return made(std::string(element_name), hold::member);
    if (!is_writable_name(name)) {
        return fail(at, "import.bad_name", "this is no name of an attribute", quoted(name),
                    "anything but nothing, backquotes and control characters");
    }
    return options_.names != nullptr && !in_elements() ? declared(name, at) : undeclared(name, at);
}

term import_writer::declared(std::string_view name, json_spot const& at) {
    environment const& names = *options_.names;
    auto found = names.find(name);
    std::string const prefix = std::string(names.record_name()) + ".";
    if (!found && name.starts_with(prefix)) found = names.find(name.substr(prefix.size()));
    if (!found) {
        std::vector<std::string_view> all;
        for (std::size_t i = 0; i < names.size(); ++i)
            all.push_back(names.name(i));
        auto const nearest = names.nearest(name);
        return fail(at, "rule.unknown_name", "there is no attribute of this name", quoted(name), join_names(all),
                    nearest.empty() ? std::string() : "Did you mean " + std::string(nearest) + "?");
    }
    std::string_view const full = names.name(*found);
    auto const segments = segments_of(full);
    bool const whole = std::find(segments.begin(), segments.end(), std::string_view()) != segments.end();
    std::string path; // a dot inside quotes would make another name of it than the one that was declared
    for (auto const segment : segments)
        path += (path.empty() ? "" : ".") + name_text(segment);
    if (whole) path = name_text(full);
    term out = made(path, hold::member, names.what(*found));
    out.present = "has(" + record_name() + "." + path + ")";
    out.optional = record_name() + ".?" + name_text(full);
    return out;
}

term import_writer::undeclared(std::string_view name, json_spot const& at) {
    auto const segments = segments_of(name);
    std::string path = in_elements() ? std::string(element_name) : std::string();
    std::string optional = in_elements() ? std::string(element_name) : record_name();
    for (auto const segment : segments) {
        if (segment.empty()) {
            return fail(at, "import.bad_name", "this is no name of an attribute", quoted(name),
                        "names joined by single dots");
        }
        bool const index = is_index(segment) && segment != segments.front();
        path += index ? "[" + std::string(segment) + "]" : (path.empty() ? "" : ".") + name_text(segment);
        optional += index ? "[?" + std::string(segment) + "]" : ".?" + name_text(segment);
    }
    term out = made(path, hold::member);
    std::string const owner = in_elements() ? std::string(element_name) : record_name();
    out.present = segments.size() == 1 ? "has(" + owner + "." + name_text(name) + ")" : optional + ".hasValue()";
    out.optional = std::move(optional);
    return out;
}

// --- text
// ---------------------------------------------------------------------------------------------------------------
term import_writer::made(std::string text, hold binding, std::optional<type> what) {
    term out;
    out.text = std::move(text);
    out.binding = binding;
    out.what = what;
    return out;
}

term import_writer::boolean(bool value) { return made(value ? "true" : "false", hold::member, boolean_type); }

std::string import_writer::within(term const& part, hold wanted) {
    return part.binding < wanted ? "(" + part.text + ")" : part.text;
}

// --- logic
// --------------------------------------------------------------------------------------------------------------
term import_writer::join(bool all, std::vector<term> parts, json_spot const& at) {
    for (auto const& part : parts)
        if (part.failed()) return {};
    if (parts.size() == 1) return std::move(parts.front());
    hold const own = all ? hold::conjunction : hold::disjunction;
    std::string text;
    for (auto const& part : parts) {
        text += (text.empty() ? "" : all ? " && " : " || ") + within(part, own);
        if (text.size() > options_.limits.max_bytes) break;
    }
    return bounded(made(std::move(text), own, boolean_type), at);
}

term import_writer::negated(term condition) {
    if (condition.failed()) return {};
    return made("!" + within(condition, hold::unary), hold::unary, boolean_type);
}

term import_writer::choose(term condition, term then, term otherwise, json_spot const& at) {
    if (condition.failed() || then.failed() || otherwise.failed()) return {};
    auto const what = then.what == otherwise.what ? then.what : std::nullopt;
    return bounded(
        made(within(condition, hold::disjunction) + " ? " + within(then, hold::disjunction) + " : " + otherwise.text,
             hold::loosest, what),
        at);
}

term import_writer::guarded(term condition, term const& attribute, bool when_missing) {
    if (condition.failed() || !as_source() || attribute.present.empty()) return condition;
    if (when_missing)
        return made("!" + attribute.present + " || " + within(condition, hold::disjunction), hold::disjunction,
                    boolean_type);
    return made(attribute.present + " && " + within(condition, hold::conjunction), hold::conjunction, boolean_type);
}

term import_writer::is_present(term const& attribute, json_spot const& at) {
    if (attribute.failed()) return {};
    if (attribute.is_attribute()) return made(attribute.present, hold::member, boolean_type);
    if (attribute.text == element_name) return made(attribute.text + " != null", hold::relation, boolean_type);
    return unsupported(at, "only an attribute can be missing",
                       "Ask whether the attributes it is computed from are there");
}

term import_writer::is_missing(term const& attribute, json_spot const& at) {
    return negated(is_present(attribute, at));
}

// --- relations
// ----------------------------------------------------------------------------------------------------------
term import_writer::compare(import_relation r, term a, term b, json_spot const& at) {
    if (a.failed() || b.failed()) return {};
    if (b.is_null() && !a.constant) return compare_null(r, a, at);
    if (a.is_null() && !b.constant) return compare_null(r, b, at);
    if ((a.is_null() || b.is_null()) && is_order(r)) return unsupported(at, "null has no order");
    if (is_order(r) && (orders_text_by_number(a, b) || orders_text_by_number(b, a))) {
        return fail(at, "import.type", "a text is not ordered by a number", a.text + " and " + b.text, "two texts",
                    "Write the number in quotes if texts are meant");
    }
    a = as_type(std::move(a), b.what);
    b = as_type(std::move(b), a.what);
    if (a.failed() || b.failed()) return {};
    term plain =
        made(within(a, hold::sum) + std::string(symbol(r)) + within(b, hold::sum), hold::relation, boolean_type);
    if (as_source()) plain = compare_missing(r, a, b, std::move(plain));
    return bounded(std::move(plain), at);
}

term import_writer::compare_null(import_relation r, term const& other, json_spot const& at) {
    if (r == import_relation::equal) return is_missing(other, at);
    if (r == import_relation::not_equal) return is_present(other, at);
    return unsupported(at, "null has no order", "Compare with 0 if that is meant");
}

term import_writer::compare_missing(import_relation r, term const& a, term const& b, term plain) {
    bool const a_missing = !a.present.empty();
    bool const b_missing = !b.present.empty();
    term out;
    if (a_missing && b_missing) {
        out = compare_attributes(r, a, b, std::move(plain));
    } else if (a_missing || b_missing) {
        term const& attribute = a_missing ? a : b;
        term const& other = a_missing ? b : a;
        bool const number = !attribute.what || attribute.what->is_numeric();
        if (other.constant) {
            out = guarded(std::move(plain), attribute, holds_for_null(r, *other.constant->value, a_missing));
        } else if (is_order(r) && number) {
            out = made(within(number_or_zero(a), hold::sum) + std::string(symbol(r)) +
                           within(number_or_zero(b), hold::sum),
                       hold::relation, boolean_type);
        } else {
            out = guarded(std::move(plain), attribute, r == import_relation::not_equal);
        }
    } else {
        out = std::move(plain);
    }
    auto needed = a.needed;
    needed.insert(needed.end(), b.needed.begin(), b.needed.end());
    std::sort(needed.begin(), needed.end());
    needed.erase(std::unique(needed.begin(), needed.end()), needed.end());
    if (needed.empty()) return out;
    if (r != import_relation::not_equal)
        return made(joined(needed, " && ") + " && " + within(out, hold::conjunction), hold::conjunction, boolean_type);
    for (auto& condition : needed)
        condition.insert(0, "!");
    return made(joined(needed, " || ") + " || " + within(out, hold::disjunction), hold::disjunction, boolean_type);
}

// Null equals null, and is as great as null.
term import_writer::compare_attributes(import_relation r, term const& a, term const& b, term plain) {
    bool const numbers = a.what && b.what && a.what->is_numeric() && b.what->is_numeric();
    if (is_order(r) && numbers) {
        return made(number_or_zero(a).text + std::string(symbol(r)) + number_or_zero(b).text, hold::relation,
                    boolean_type);
    }
    if (r == import_relation::less || r == import_relation::greater) {
        return guarded(guarded(std::move(plain), b, false), a, false);
    }
    bool const differ = r == import_relation::not_equal;
    term const both = guarded(std::move(plain), b, differ);
    return made(a.present + " ? " + both.text + " : " + (differ ? "" : "!") + b.present, hold::loosest, boolean_type);
}

// Types of two sides of orValue must be one.
term import_writer::number_or_zero(term value) {
    if (!as_source() || value.failed() || value.present.empty()) return value;
    bool const real = value.is_a(kind::float64);
    term out = made(value.optional + ".orValue(" + (real ? "0.0" : "0") + ")", hold::member, value.what);
    out.needed = std::move(value.needed);
    return out;
}

term import_writer::number_or_none(term value) {
    if (!as_source() || value.failed() || value.present.empty()) return value;
    value.needed.push_back(value.present);
    value.present.clear();
    value.optional.clear();
    return value;
}

// --- membership and text
// ------------------------------------------------------------------------------------------------
term import_writer::member_of(term value, std::vector<term> elements, json_spot const& at) {
    if (value.failed() || !list_fits(elements.size(), at)) return {};
    bool const set = value.is_a(kind::category_set);
    bool null_found = false;
    std::vector<term> parts;
    std::string list;
    for (auto& element : elements) {
        if (element.is_null()) {
            null_found = true;
            continue;
        }
        element = as_type(std::move(element), set ? std::optional<type>(string_type) : value.what);
        if (element.failed()) return {};
        list += (list.empty() ? "" : ", ") + element.text;
        if (set) parts.push_back(made(element.text + " in " + value.text, hold::relation, boolean_type));
        if (list.size() > options_.limits.max_bytes) return bounded(made(std::move(list), hold::member), at);
    }
    term found = made(within(value, hold::sum) + " in [" + list + "]", hold::relation, boolean_type);
    if (set) found = parts.empty() ? boolean(false) : join(false, std::move(parts), at);
    if (!null_found) return bounded(guarded(std::move(found), value, false), at);
    std::vector<term> either;
    either.push_back(is_missing(value, at));
    if (!list.empty()) either.push_back(std::move(found));
    return join(false, std::move(either), at);
}

term import_writer::text_test(std::string_view function, term subject, term part, json_spot const& at) {
    if (subject.failed() || part.failed()) return {};
    bool const set = subject.is_a(kind::category_set);
    if (subject.what && !subject.what->is_text() && !(set && function == "contains")) {
        return fail(at, "import.type", "only a text has parts that are texts", to_string(*subject.what), "string");
    }
    if (subject.constant) subject = as_type(std::move(subject), string_type);
    part = as_type(std::move(part), string_type);
    if (subject.failed() || part.failed()) return {};
    term out = set ? made(within(part, hold::sum) + " in " + subject.text, hold::relation, boolean_type)
                   : made(within(subject, hold::member) + "." + std::string(function) + "(" + part.text + ")",
                          hold::member, boolean_type);
    return bounded(guarded(guarded(std::move(out), part, false), subject, false), at);
}

// In JavaScript null is the text "null" for a pattern.
term import_writer::matches(term const& subject, std::string const& pattern, json_spot const& at) {
    if (subject.failed()) return {};
    std::string problem;
    auto const compiled = compile_pattern(pattern, problem);
    if (compiled == nullptr) {
        return fail(at, "import.bad_pattern", "this pattern cannot be read: " + problem, quoted(pattern),
                    "RE2 syntax: no look-around, no back-references");
    }
    if (subject.is_a(kind::category_set))
        return fail(at, "import.type", "only a text has parts that are texts", to_string(*subject.what), "string");
    bool const text = !subject.what || subject.what->is_text();
    term const of = text ? subject : made("string(" + subject.text + ")", hold::member, string_type);
    term out = made(within(of, hold::member) + ".matches(" + text_literal(pattern) + ")", hold::member, boolean_type);
    return bounded(guarded(std::move(out), subject, matches_pattern(*compiled, "null")), at);
}

// https://jsonlogic.com/truthy: 0, "", null and an empty list are not.
term import_writer::truthy(term value) {
    if (value.failed() || value.is_a(kind::boolean)) {
        return guarded(value, value, false);
    }
    if (value.constant) {
        auto const& of = *value.constant->value;
        bool const text = of.is_string() && !of.get_string().empty();
        double const number = javascript_number(of);
        return boolean(text || (!of.is_string() && !of.is_null() && number == number && number != 0) ||
                       (of.is_array() && !of.get_array().empty()));
    }
    if (value.list) return made("size(" + value.text + ") > 0", hold::relation, boolean_type);
    if (!value.what) return guarded(value, value, false);
    if (value.what->is_numeric())
        return guarded(made(within(value, hold::sum) + " != 0", hold::relation, boolean_type), value, false);
    if (value.what->is_text())
        return guarded(made(within(value, hold::sum) + " != ''", hold::relation, boolean_type), value, false);
    if (value.is_a(kind::category_set))
        return guarded(made("size(" + value.text + ") > 0", hold::relation, boolean_type), value, false);
    return value.present.empty() ? boolean(true) : made(value.present, hold::member, boolean_type); // times
}

} // namespace detail
} // namespace v0
} // namespace segmenta
