// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_IMPORT_WRITER_HPP
#define SEGMENTA_RULE_IMPORT_WRITER_HPP

// What the importers share: it writes the text of a rule part by part. The three dialects evaluate in JavaScript, so
// what they answer for a missing attribute, which is null there, is JavaScript's (ECMA-262, "IsLooselyEqual",
// "IsLessThan": null equals nothing else, and is 0 where numbers are ordered).

#include "base/json.hpp"

#include <segmenta/error.hpp>
#include <segmenta/rule/import.hpp>

#include <boost/json.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// A value in the document and its pointer.
struct json_spot {
    boost::json::value const* value = nullptr;
    std::string pointer;

    [[nodiscard]] json_spot member(std::string_view key) const; // the key is there
    [[nodiscard]] json_spot element(std::size_t index) const;   // likewise
    [[nodiscard]] std::vector<json_spot> elements() const;      // of an array
    [[nodiscard]] bool is_null() const noexcept { return value->is_null(); }
};

// How tightly a text holds together, loosest first: printer.cpp has the same order.
enum class hold : unsigned char { loosest, disjunction, conjunction, relation, sum, product, unary, member };

// The text of a part of the rule.
struct term {
    std::string text; // empty: there was an error, which has been reported
    hold binding = hold::member;
    std::optional<type> what;          // nothing: not known before evaluation
    std::optional<json_spot> constant; // a value of the JSON, whose type is that of what it meets
    std::string present;               // of an attribute that may be missing: the condition that it is there
    std::string optional;              // and customer.?name
    bool list = false;                 // known to be a list, although not of what
    std::vector<std::string> needed;   // conditions without which a number is none: attributes in sums and products

    [[nodiscard]] bool failed() const noexcept { return text.empty(); }
    [[nodiscard]] bool is_attribute() const noexcept { return !optional.empty(); }
    [[nodiscard]] bool is_null() const noexcept { return constant && constant->is_null(); }
    [[nodiscard]] bool is_a(kind base) const noexcept { return what && what->base == base; }
};

enum class import_relation { equal, not_equal, less, less_equal, greater, greater_equal };

class import_writer {
public:
    import_writer(import_options const& options, issue_list& issues, std::string_view place)
        : options_(options), issues_(issues), place_(place) {}

    // --- issues -----------------------------------------------------------------------------------------------------
    term fail(json_spot const& at, std::string code, std::string message, std::string seen = {},
              std::string allowed = {}, std::string remedy = {});
    void tell(severity level, json_spot const& at, std::string code, std::string message, std::string seen = {},
              std::string remedy = {});
    // import.wrong_type
    term wrong_type(json_spot const& at, std::string_view wanted);
    term unsupported(json_spot const& at, std::string message, std::string remedy = {});
    term unknown_operator(json_spot const& at, std::string_view name, std::span<std::string_view const> known);
    // A group without conditions.
    term empty_group(json_spot const& at, bool answer, std::string_view what);

    [[nodiscard]] import_options const& options() const noexcept { return options_; }
    [[nodiscard]] bool as_source() const noexcept { return options_.missing == imported_missing::as_source; }

    // --- values -----------------------------------------------------------------------------------------------------
    // An attribute, or inside element_scope a member of the element: `a.b` is b of a.
    term attribute(std::string_view name, json_spot const& at);
    // A value of the JSON that takes the type of what it meets.
    term constant(json_spot const& at);
    // The constant as a literal of this type; other terms as they are.
    term as_type(term of, std::optional<type> const& wanted);
    static term boolean(bool value);
    static term made(std::string text, hold binding, std::optional<type> what = {});
    // The text, in parentheses where its place asks for more.
    static std::string within(term const& part, hold wanted);

    // --- conditions -------------------------------------------------------------------------------------------------
    term join(bool all, std::vector<term> parts, json_spot const& at);
    static term negated(term condition);
    term choose(term condition, term then, term otherwise, json_spot const& at);
    term compare(import_relation r, term a, term b, json_spot const& at);
    term is_missing(term const& attribute, json_spot const& at);
    term is_present(term const& attribute, json_spot const& at);
    // Whether the value is one of these constants or terms.
    term member_of(term value, std::vector<term> elements, json_spot const& at);
    // subject.contains(part), subject.startsWith(part), subject.endsWith(part); of a set, that the part is in it.
    term text_test(std::string_view function, term subject, term part, json_spot const& at);
    // subject.matches(pattern)
    term matches(term const& subject, std::string const& pattern, json_spot const& at);
    // What JavaScript takes for true.
    term truthy(term value);
    // The condition where the attribute is there, else `when_missing`; as it is unless options ask for more.
    term guarded(term condition, term const& attribute, bool when_missing);
    // With attributes missing, which are 0 in differences and quotients, or make a number none in sums and products.
    term number_or_zero(term value);
    term number_or_none(term value);

    // The text must stay within the limits, also halfway.
    term bounded(term part, json_spot const& at);
    bool list_fits(std::size_t elements, json_spot const& at);
    bool fits(std::size_t elements, std::size_t most, json_spot const& at);

    // Names are those of a list's elements while it lives.
    class element_scope {
    public:
        explicit element_scope(import_writer& writer) noexcept : writer_(writer) { ++writer_.scopes_; }
        ~element_scope() { --writer_.scopes_; }
        element_scope(element_scope const&) = delete;
        element_scope& operator=(element_scope const&) = delete;

    private:
        import_writer& writer_;
    };
    static constexpr std::string_view element_name = "item";
    [[nodiscard]] bool in_elements() const noexcept { return scopes_ > 0; }

private:
    term declared(std::string_view name, json_spot const& at);
    term undeclared(std::string_view name, json_spot const& at);
    term compare_null(import_relation r, term const& other, json_spot const& at);
    term compare_attributes(import_relation r, term const& a, term const& b, term plain);
    term compare_missing(import_relation r, term const& a, term const& b, term plain);
    term as_number(term of, type wanted);
    term as_time(term of, type wanted);
    term cannot_be(term const& of, type wanted, std::string remedy = {});
    static constexpr std::size_t most_issues = 1'000; // a hostile document has millions
    bool may_tell(severity level, json_spot const& at);
    [[nodiscard]] std::string place_of(json_spot const& at) const;
    [[nodiscard]] std::string record_name() const;

    import_options const& options_;
    issue_list& issues_;
    std::string place_;
    std::size_t errors_ = 0;
    std::size_t others_ = 0;
    int scopes_ = 0;
    bool told_too_large_ = false;
};

// "Did you mean x?" or nothing.
std::string did_you_mean_operator(std::string_view name, std::span<std::string_view const> known);
// The value as an issue shows it.
std::string shown_json(boost::json::value const& value);
// What JavaScript's Number(value) is; NaN for what is no number.
double javascript_number(boost::json::value const& value);
// The text of a constant that is one.
std::optional<std::string> constant_text(term const& part);

// Each reads a whole document.
term read_json_logic(import_writer& writer, json_spot const& root);
term read_growthbook(import_writer& writer, json_spot const& root);
term read_react_querybuilder(import_writer& writer, json_spot const& root);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
