// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_PLAN_SCHEMA_CHECK_HPP
#define SEGMENTA_TESTS_PLAN_SCHEMA_CHECK_HPP

// Just enough of JSON Schema (draft 2020-12) to validate plans against docs/plan.schema.json. A keyword it does not
// know is a violation, so that the schema cannot say something that is silently not checked.

#include "base/json.hpp"

#include <algorithm>
#include <regex>
#include <string>
#include <string_view>

namespace segmenta::test {

class schema_checker {
public:
    explicit schema_checker(boost::json::value const& root) : root_(root) {}

    /// The first violation as `pointer: reason`; empty when there is none.
    std::string check(boost::json::value const& given, boost::json::value const& schema, std::string const& at) const {
        for (auto const& [key, rule] : schema.as_object()) {
            auto const found = check_keyword(given, schema, std::string(key), rule, at);
            if (!found.empty()) return found;
        }
        return {};
    }

private:
    using json = boost::json::value;

    static bool has_type(json const& given, std::string_view wanted) {
        auto const kind = detail::kind_name(given);
        return kind == wanted || (wanted == "number" && kind == "integer");
    }

    std::string check_keyword(json const& given, json const& schema, std::string const& key, json const& rule,
                              std::string const& at) const {
        static constexpr std::string_view notes[]{"$schema",     "$id",     "$defs",    "title",
                                                  "description", "default", "examples", "properties"};
        if (std::find(std::begin(notes), std::end(notes), key) != std::end(notes)) {
            return key == "properties" ? check_properties(given, rule, at) : std::string{};
        }
        if (key == "$ref")
            return check(given, *detail::find_pointer(root_, std::string(rule.as_string()).substr(1)), at);
        if (key == "const") return given == rule ? "" : at + ": not the constant";
        if (key == "enum") {
            auto const& list = rule.as_array();
            return std::find(list.begin(), list.end(), given) != list.end() ? "" : at + ": none of the allowed values";
        }
        if (key == "type") return check_type(given, rule, at);
        if (key == "required") {
            for (auto const& name : rule.as_array())
                if (given.is_object() && !given.get_object().contains(name.as_string()))
                    return at + ": lacks " + std::string(name.as_string());
            return {};
        }
        if (key == "additionalProperties") return check_additional(given, schema, rule, at);
        if (key == "oneOf" || key == "anyOf") return check_some_of(given, rule, at, key == "oneOf");
        if (key == "propertyNames") {
            if (!given.is_object()) return {};
            for (auto const& [name, member] : given.get_object())
                if (auto found = check(json(name), rule, at + "/" + std::string(name)); !found.empty()) return found;
            return {};
        }
        if (key == "items") {
            if (!given.is_array()) return {};
            for (auto const& element : given.get_array())
                if (auto found = check(element, rule, at + "/-"); !found.empty()) return found;
            return {};
        }
        if (key == "pattern") {
            if (!given.is_string()) return {};
            return std::regex_search(std::string(given.get_string()), std::regex(std::string(rule.as_string())))
                       ? ""
                       : at + ": does not match " + std::string(rule.as_string());
        }
        return check_bound(given, key, rule, at);
    }

    static std::string check_type(json const& given, json const& rule, std::string const& at) {
        bool good = false;
        if (rule.is_array())
            for (auto const& one : rule.get_array())
                good = good || has_type(given, std::string_view(one.as_string()));
        else
            good = has_type(given, std::string_view(rule.as_string()));
        return good ? "" : at + ": is a " + std::string(detail::kind_name(given));
    }

    std::string check_properties(json const& given, json const& rule, std::string const& at) const {
        if (!given.is_object()) return {};
        for (auto const& [name, part] : rule.as_object())
            if (auto const* member = given.get_object().if_contains(name))
                if (auto found = check(*member, part, at + "/" + std::string(name)); !found.empty()) return found;
        return {};
    }

    std::string check_additional(json const& given, json const& schema, json const& rule, std::string const& at) const {
        if (!given.is_object()) return {};
        auto const* properties = schema.get_object().if_contains("properties");
        for (auto const& [name, member] : given.get_object()) {
            if (properties != nullptr && properties->as_object().contains(name)) continue;
            if (rule.is_bool()) return rule.get_bool() ? "" : at + ": does not know " + std::string(name);
            if (auto found = check(member, rule, at + "/" + std::string(name)); !found.empty()) return found;
        }
        return {};
    }

    std::string check_some_of(json const& given, json const& rule, std::string const& at, bool one_only) const {
        int fitting = 0;
        std::string reasons;
        for (auto const& one : rule.as_array()) {
            auto const found = check(given, one, at);
            if (found.empty()) ++fitting;
            reasons += " (" + found + ")";
        }
        return fitting == 1 || (fitting > 1 && !one_only) ? "" : at + ": fits " + std::to_string(fitting) + " of the alternatives" + reasons;
    }

    static std::string check_bound(json const& given, std::string const& key, json const& rule, std::string const& at) {
        auto const fail = [&](bool bad) { return bad ? at + ": " + key : std::string{}; };
        auto const bound = rule.is_int64() ? static_cast<std::size_t>(rule.get_int64()) : 0;
        if (key == "minProperties") return fail(given.is_object() && given.get_object().size() < bound);
        if (key == "minItems") return fail(given.is_array() && given.get_array().size() < bound);
        if (key == "maxItems") return fail(given.is_array() && given.get_array().size() > bound);
        if (key == "minLength") return fail(given.is_string() && given.get_string().size() < bound);
        if (key == "maxLength") return fail(given.is_string() && given.get_string().size() > bound);
        if (key == "maximum") return fail(given.is_int64() && given.get_int64() > rule.as_int64());
        if (key == "minimum") return fail(given.is_int64() && given.get_int64() < rule.as_int64());
        if (key == "uniqueItems") {
            if (!given.is_array()) return {};
            auto const& list = given.get_array();
            for (auto a = list.begin(); a != list.end(); ++a)
                if (std::find(list.begin(), a, *a) != a) return at + ": twice";
            return {};
        }
        return at + ": the schema says " + key + ", which this check does not know";
    }

    json const& root_;
};

/// The first violation of the part of `schema` that `pointer` names, or nothing.
inline std::string schema_violations(boost::json::value const& given, boost::json::value const& schema,
                                     std::string_view pointer = "") {
    return schema_checker(schema).check(given, *detail::find_pointer(schema, pointer), "");
}

} // namespace segmenta::test

#endif
