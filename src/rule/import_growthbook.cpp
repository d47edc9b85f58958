// SPDX-License-Identifier: Apache-2.0
// Conditions of GrowthBook, which are written as MongoDB's queries are (docs.growthbook.io/lib/build-your-own,
// "Evaluating conditions"). What they do with values of several types is that of evalCondition in
// @growthbook/growthbook 1.8.0.
#include "rule/import_writer.hpp"

#include <segmenta/base/text.hpp>

#include <algorithm>
#include <iterator>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

class growthbook_reader {
public:
    explicit growthbook_reader(import_writer& writer) : writer_(writer) {}

    // {"country": "DE", "age": {"$gte": 18}, "$or": [...]}
    term condition(json_spot const& at) {
        if (!at.value->is_object())
            return writer_.wrong_type(at, "a condition: an object such as {\"age\": {\"$gte\": 18}}");
        if (at.value->get_object().empty()) return writer_.empty_group(at, true, "the condition");
        std::vector<term> parts;
        for (auto const& member : at.value->get_object())
            parts.push_back(part(member.key(), at.member(member.key())));
        return writer_.join(true, std::move(parts), at);
    }

private:
    struct operator_form {
        std::string_view name;
        term (growthbook_reader::*read)(operator_form const&, term const&, json_spot const&);
        import_relation relation = import_relation::equal;
    };
    static std::span<operator_form const> forms() noexcept;

    term part(std::string_view key, json_spot const& at) {
        if (key == "$and") return all_of(conditions(at), at);
        if (key == "$or") return any_of(conditions(at), at, true);
        if (key == "$nor") return import_writer::negated(any_of(conditions(at), at, true));
        if (key == "$not") return import_writer::negated(condition(at));
        if (key == "$savedGroup") return saved_group(at);
        static constexpr std::string_view known[] = {"$and", "$or", "$nor", "$not"};
        if (key.starts_with('$')) return writer_.unknown_operator(at, key, known);
        return value_condition(writer_.attribute(key, at), at);
    }
    std::optional<std::vector<term>> conditions(json_spot const& at) {
        if (!at.value->is_array()) {
            writer_.wrong_type(at, "an array of conditions");
            return std::nullopt;
        }
        std::vector<term> out;
        for (auto const& one : at.elements())
            out.push_back(condition(one));
        return out;
    }
    term all_of(std::optional<std::vector<term>> parts, json_spot const& at) {
        if (!parts) return {};
        if (parts->empty()) return writer_.empty_group(at, true, "the group");
        return writer_.join(true, *std::move(parts), at);
    }
    term any_of(std::optional<std::vector<term>> parts, json_spot const& at, bool when_empty) {
        if (!parts) return {};
        if (parts->empty()) return writer_.empty_group(at, when_empty, "the group");
        return writer_.join(false, *std::move(parts), at);
    }

    // --- what follows the name of an attribute
    // ------------------------------------------------------------------------
    term value_condition(term const& subject, json_spot const& at) {
        if (subject.failed()) return {};
        auto const& value = *at.value;
        if (value.is_string()) return equal_text(subject, at);
        if (value.is_number()) return equal_number(subject, at);
        if (value.is_bool()) return equal_boolean(subject, at);
        if (value.is_null()) return writer_.is_missing(subject, at);
        if (value.is_array()) return equal_list(subject, at);
        return operators(subject, at);
    }

    // As writer_.compare, but null is the text "null" here, or the number 0.
    term equal_text(term const& subject, json_spot const& at) {
        return guarded_equality(subject, at, at.value->get_string() == "null");
    }
    term equal_number(term const& subject, json_spot const& at) {
        return guarded_equality(subject, at, at.value->to_number<double>() == 0);
    }
    term guarded_equality(term const& subject, json_spot const& at, bool when_missing) {
        term bare = subject;
        bare.present.clear();
        return writer_.guarded(writer_.compare(import_relation::equal, std::move(bare), writer_.constant(at), at),
                               subject, when_missing);
    }
    term equal_boolean(term const& subject, json_spot const& at) {
        bool const wanted = at.value->get_bool();
        term bare = subject;
        bare.present.clear();
        term const truth = writer_.truthy(std::move(bare));
        return writer_.guarded(wanted ? truth : import_writer::negated(truth), subject, false);
    }
    term equal_list(term const& subject, json_spot const& at) {
        if (subject.is_a(kind::category_set)) {
            auto const elements = at.elements();
            std::vector<term> parts;
            parts.push_back(import_writer::made("size(" + subject.text + ") == " + std::to_string(elements.size()),
                                                hold::relation, boolean_type));
            if (!writer_.list_fits(elements.size(), at)) return {};
            for (auto const& element : elements)
                parts.push_back(has_element(subject, element));
            return writer_.guarded(writer_.join(true, std::move(parts), at), subject, false);
        }
        if (subject.what) return writer_.fail(at, "import.type", "this is no list", to_string(*subject.what), "a list");
        term const list = writer_.constant(at);
        if (list.failed()) return {};
        return writer_.guarded(import_writer::made(subject.text + " == " + list.text, hold::relation, boolean_type),
                               subject, false);
    }

    term operators(term const& subject, json_spot const& at) {
        auto const& object = at.value->get_object();
        if (object.empty()) return writer_.empty_group(at, false, "the condition");
        if (!is_operators(at)) {
            return writer_.fail(at, "import.wrong_type", "an attribute is not compared with an object", "object",
                                "a value, a list, or operators such as {\"$gte\": 18}",
                                "For a field of a field write both names with a dot: \"address.city\"");
        }
        std::vector<term> parts;
        for (auto const& member : object)
            parts.push_back(apply(member.key(), subject, at.member(member.key())));
        return writer_.join(true, std::move(parts), at);
    }
    static bool is_operators(json_spot const& at) {
        auto const& object = at.value->get_object();
        return !object.empty() &&
               std::all_of(object.begin(), object.end(), [](auto const& m) { return m.key().starts_with('$'); });
    }
    term apply(std::string_view name, term const& subject, json_spot const& at) {
        auto const form = std::find_if(forms().begin(), forms().end(), [&](auto const& f) { return f.name == name; });
        if (form != forms().end()) return (this->*form->read)(*form, subject, at);
        std::vector<std::string_view> known;
        for (auto const& one : forms())
            known.push_back(one.name);
        return writer_.unknown_operator(at, name, known);
    }

    // --- operators
    // ----------------------------------------------------------------------------------------------------
    term relation(operator_form const& form, term const& subject, json_spot const& at) {
        if (at.value->is_array() || at.value->is_object())
            return writer_.wrong_type(at, "a text, number, boolean or null");
        return writer_.compare(form.relation, subject, writer_.constant(at), at);
    }
    term exists(operator_form const&, term const& subject, json_spot const& at) {
        auto const& value = *at.value;
        bool const flag = value.is_bool() || (value.is_int64() && (value.get_int64() == 0 || value.get_int64() == 1));
        if (!flag) return writer_.wrong_type(at, "true or false");
        bool const wanted = value.is_bool() ? value.get_bool() : value.get_int64() == 1;
        return wanted ? writer_.is_present(subject, at) : writer_.is_missing(subject, at);
    }
    term membership(operator_form const& form, term const& subject, json_spot const& at) {
        if (!at.value->is_array()) return writer_.wrong_type(at, "an array of values");
        if (!writer_.list_fits(at.value->get_array().size(), at)) return {};
        bool const ignore_case = form.name.ends_with("ini");
        std::vector<term> elements;
        for (auto const& element : at.elements()) {
            if (element.value->is_array() || element.value->is_object())
                return writer_.wrong_type(element, "a text, number, boolean or null");
            elements.push_back(ignore_case ? lowered_constant(element) : writer_.constant(element));
        }
        term found = writer_.member_of(ignore_case ? lowered(subject, at) : subject, std::move(elements), at);
        return form.name.starts_with("$n") ? import_writer::negated(std::move(found)) : found;
    }
    // Without regard to the case of A to Z.
    term lowered(term subject, json_spot const& at) {
        if (subject.what && !subject.what->is_text())
            return writer_.fail(at, "import.type", "only a text has upper and lower case", to_string(*subject.what),
                                "string");
        subject.text = import_writer::within(subject, hold::member) + ".lowerAscii()";
        subject.binding = hold::member;
        return subject;
    }
    term lowered_constant(json_spot const& at) {
        term out = writer_.constant(at);
        auto const text = constant_text(out);
        if (!text) return out;
        boost::json::value const lower = boost::json::string(to_lower_ascii(*text));
        term made = writer_.constant({&lower, at.pointer});
        made.constant.reset();
        made.what = string_type;
        return made;
    }
    term negation(operator_form const&, term const& subject, json_spot const& at) {
        return import_writer::negated(value_condition(subject, at));
    }
    term size(operator_form const&, term const& subject, json_spot const& at) {
        if (subject.what && !subject.is_a(kind::category_set))
            return writer_.fail(at, "import.type", "this is no list", to_string(*subject.what), "a list");
        term const length = import_writer::made("size(" + subject.text + ")", hold::member, int64_type);
        return writer_.guarded(value_condition(length, at), subject, false);
    }
    term has_element(term const& subject, json_spot const& at) {
        term const element =
            writer_.as_type(writer_.constant(at), subject.what ? std::optional<type>(string_type) : std::nullopt);
        if (element.failed()) return {};
        return import_writer::made(element.text + " in " + subject.text, hold::relation, boolean_type);
    }
    // A condition of an element.
    term some_element(term const& subject, json_spot const& at, bool ignore_case) {
        import_writer::element_scope const scope(writer_);
        term element = import_writer::made(std::string(import_writer::element_name), hold::member);
        bool const text = ignore_case && at.value->is_string();
        term inner;
        if (text) {
            inner =
                import_writer::made("item.lowerAscii() == " + lowered_constant(at).text, hold::relation, boolean_type);
        } else {
            bool const fields = at.value->is_object() && !is_operators(at);
            inner = fields ? condition(at) : value_condition(element, at);
        }
        if (inner.failed()) return {};
        return writer_.bounded(
            import_writer::made(subject.text + ".exists(item, " + inner.text + ")", hold::member, boolean_type), at);
    }
    term no_macro(json_spot const& at) {
        return writer_.unsupported(at, "a set can only be asked for values",
                                   "Use {\"$eq\": value}, {\"$in\": [values]} or $all");
    }
    term element_match(operator_form const&, term const& subject, json_spot const& at) {
        if (!at.value->is_object()) return writer_.wrong_type(at, "a condition of an element");
        if (subject.is_a(kind::category_set)) {
            auto const& object = at.value->get_object();
            if (object.size() != 1) return no_macro(at);
            std::string_view const name = object.begin()->key();
            if (name == "$in") return apply("$in", subject, at.member(name));
            if (name != "$eq") return no_macro(at);
            return writer_.guarded(has_element(subject, at.member(name)), subject, false);
        }
        if (subject.what) return writer_.fail(at, "import.type", "this is no list", to_string(*subject.what), "a list");
        return writer_.guarded(some_element(subject, at, false), subject, false);
    }
    term all_elements(operator_form const& form, term const& subject, json_spot const& at) {
        if (!at.value->is_array()) return writer_.wrong_type(at, "an array of values");
        if (at.value->get_array().empty()) return writer_.empty_group(at, true, "the list");
        bool const set = subject.is_a(kind::category_set);
        bool const ignore_case = form.name == "$alli";
        if (subject.what && !set)
            return writer_.fail(at, "import.type", "this is no list", to_string(*subject.what), "a list");
        std::vector<term> parts;
        for (auto const& element : at.elements()) {
            bool const value = !element.value->is_object() && !element.value->is_array() && !ignore_case;
            if (set && !value) return no_macro(element);
            parts.push_back(value ? has_element(subject, element) : some_element(subject, element, ignore_case));
        }
        return writer_.guarded(writer_.join(true, std::move(parts), at), subject, false);
    }

    term pattern(operator_form const& form, term const& subject, json_spot const& at) {
        if (!at.value->is_string()) return writer_.wrong_type(at, "a pattern");
        std::string const text(std::string_view(at.value->get_string()));
        if (auto const other = differs_in_javascript(text); !other.empty()) {
            return writer_.fail(at, "import.bad_pattern", "this part of the pattern means something else in JavaScript",
                                quoted(other), {}, "Write it without");
        }
        return writer_.matches(subject, form.name == "$regexi" ? "(?i)" + text : text, at);
    }
    // What RE2 takes, too, but for something else: \A is an A in JavaScript, [[:alpha:]] a set of five letters.
    static std::string_view differs_in_javascript(std::string_view pattern) noexcept {
        for (std::size_t i = 0; i + 1 < pattern.size(); ++i) {
            if (pattern.substr(i, 3) == "[[:") return pattern.substr(i, 3);
            if (pattern.substr(i, 3) == "(?P" ||
                (pattern.substr(i, 2) == "(?" && i + 2 < pattern.size() &&
                 std::string_view("imsU-").find(pattern[i + 2]) != std::string_view::npos))
                return pattern.substr(i, 3);
            if (pattern[i] != '\\') continue;
            if (std::string_view("AzQECpPa").find(pattern[i + 1]) != std::string_view::npos)
                return pattern.substr(i, 2);
            ++i;
        }
        return {};
    }

    term type_test(operator_form const&, term const& subject, json_spot const& at) {
        static constexpr std::string_view known[] = {"string", "number", "boolean", "array", "object", "null"};
        if (!at.value->is_string()) return writer_.wrong_type(at, "the name of a type");
        std::string_view const wanted = at.value->get_string();
        if (std::find(std::begin(known), std::end(known), wanted) == std::end(known)) {
            return writer_.fail(at, "import.wrong_type", "there is no such type", quoted(wanted), join_names(known),
                                did_you_mean_operator(wanted, known));
        }
        if (wanted == "null") return writer_.is_missing(subject, at);
        if (subject.what) {
            bool const same = wanted == type_name(*subject.what);
            return same && subject.is_attribute() ? writer_.is_present(subject, at) : import_writer::boolean(same);
        }
        std::string list = wanted == "string" ? "string" : wanted == "boolean" ? "bool" : "list";
        if (wanted == "number") list = "int, uint, double";
        if (wanted == "object") list = "map";
        return writer_.guarded(
            import_writer::made("type(" + subject.text + ") in [" + list + "]", hold::relation, boolean_type), subject,
            false);
    }
    // As JSON has it: times are texts.
    static std::string_view type_name(type what) noexcept {
        if (what.is_numeric()) return "number";
        if (what.base == kind::boolean) return "boolean";
        return what.base == kind::category_set ? "array" : "string";
    }

    term version(operator_form const&, term const&, json_spot const& at) {
        return writer_.unsupported(at, "a rule has no words for comparing versions",
                                   "Compare a column of numbers: 1.2.3 as 1002003");
    }
    term saved_group(json_spot const& at) {
        return writer_.unsupported(at, "a saved group is not part of this condition",
                                   "Import the group as a rule of its own and name it here");
    }
    term group(operator_form const&, term const&, json_spot const& at) { return saved_group(at); }

    import_writer& writer_;
};

std::span<growthbook_reader::operator_form const> growthbook_reader::forms() noexcept {
    using r = growthbook_reader;
    using enum import_relation;
    static constexpr operator_form table[] = {
        {"$eq", &r::relation, equal},
        {"$ne", &r::relation, not_equal},
        {"$lt", &r::relation, less},
        {"$lte", &r::relation, less_equal},
        {"$gt", &r::relation, greater},
        {"$gte", &r::relation, greater_equal},
        {"$exists", &r::exists},
        {"$in", &r::membership},
        {"$nin", &r::membership},
        {"$ini", &r::membership},
        {"$nini", &r::membership},
        {"$not", &r::negation},
        {"$size", &r::size},
        {"$elemMatch", &r::element_match},
        {"$all", &r::all_elements},
        {"$alli", &r::all_elements},
        {"$regex", &r::pattern},
        {"$regexi", &r::pattern},
        {"$type", &r::type_test},
        {"$veq", &r::version, equal},
        {"$vne", &r::version, not_equal},
        {"$vlt", &r::version, less},
        {"$vlte", &r::version, less_equal},
        {"$vgt", &r::version, greater},
        {"$vgte", &r::version, greater_equal},
        {"$inGroup", &r::group},
        {"$notInGroup", &r::group},
    };
    return table;
}

} // namespace

term read_growthbook(import_writer& writer, json_spot const& root) { return growthbook_reader(writer).condition(root); }

} // namespace detail
} // namespace v0
} // namespace segmenta
