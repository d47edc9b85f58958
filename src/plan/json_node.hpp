// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_PLAN_JSON_NODE_HPP
#define SEGMENTA_PLAN_JSON_NODE_HPP

// A JSON document that knows the line of each node and collects issues about them: what the readers of plan files and
// label packs share.

#include <segmenta/error.hpp>
#include <segmenta/plan/plan.hpp>

#include "base/json.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Line of every node of `root`, which is what parse_json made of `text`; an object member is where its key is. Linear:
// locating each node by itself would make large plans quadratic.
std::unordered_map<boost::json::value const*, std::uint32_t> node_lines(std::string_view text,
                                                                        boost::json::value const& root);

class json_document;

// One node and its pointer. Cheap to copy; the document must outlive it.
class json_node {
public:
    json_node(json_document& document, boost::json::value const& value, std::string pointer)
        : document_(&document), value_(&value), pointer_(std::move(pointer)) {}

    [[nodiscard]] boost::json::value const& value() const noexcept { return *value_; }
    // The value without members that repeat a key.
    [[nodiscard]] boost::json::value plain_value() const;
    [[nodiscard]] std::string const& pointer() const noexcept { return pointer_; }
    [[nodiscard]] std::uint32_t line() const noexcept;
    // `file:line /pointer`
    [[nodiscard]] std::string place() const { return definition().to_string(); }
    [[nodiscard]] definition_place definition() const;

    void error(std::string code, std::string message, std::string seen = {}, std::string allowed = {},
               std::string remedy = {}) const;
    void warning(std::string code, std::string message, std::string seen = {}, std::string allowed = {},
                 std::string remedy = {}) const;
    // Issues that others found in this document: those who only append to a place's pointer leave its line behind,
    // which is put right here.
    void report(issue_list const& found) const;
    // One issue with the place it has.
    void report_as_is(issue problem) const;
    // plan.wrong_type: something else than `wanted` ("a string") is here.
    void wrong_kind(std::string_view wanted) const;

    // Each returns nothing and reports plan.wrong_type when the node is something else.
    [[nodiscard]] std::optional<std::string> text() const;
    [[nodiscard]] std::optional<bool> boolean() const;
    [[nodiscard]] std::optional<std::int64_t> integer() const;
    [[nodiscard]] bool is_object() const noexcept { return value_->is_object(); }
    [[nodiscard]] bool is_array() const noexcept { return value_->is_array(); }
    [[nodiscard]] bool is_string() const noexcept { return value_->is_string(); }
    // Reports when it is no object.
    bool require_object() const;

    // The member `key`, or nothing.
    [[nodiscard]] std::optional<json_node> find(std::string_view key) const;
    // The member `key`; plan.missing_key when there is none.
    [[nodiscard]] std::optional<json_node> require(std::string_view key, std::string_view remedy = {}) const;
    // Text of the optional member `key`; empty when absent or (reported) no string.
    [[nodiscard]] std::string text_or_empty(std::string_view key) const;
    // Members in file order with their keys, of those with one key the first; empty when it is no object.
    [[nodiscard]] std::vector<std::pair<std::string, json_node>> members() const;
    // Elements; empty when it is no array.
    [[nodiscard]] std::vector<json_node> elements() const;
    // A string or an array of strings; plan.wrong_type otherwise.
    [[nodiscard]] std::vector<std::string> text_list(bool single_allowed) const;

    // plan.unknown_key for each member that is none of `known`, with the nearest.
    void check_keys(std::span<std::string_view const> known) const;

private:
    json_document* document_;
    boost::json::value const* value_;
    std::string pointer_;
};

// Thread safety: one thread at a time.
class json_document {
public:
    // Throws issue_error when the text is no JSON; keys that an object names twice are issues.
    json_document(std::string_view text, std::string name, issue_list& issues);
    json_document(json_document const&) = delete;
    json_document& operator=(json_document const&) = delete;

    [[nodiscard]] json_node root() { return {*this, root_, {}}; }
    [[nodiscard]] std::string const& name() const noexcept { return name_; }
    [[nodiscard]] issue_list& issues() noexcept { return *issues_; }
    [[nodiscard]] std::uint32_t line_of(boost::json::value const& node) const noexcept;
    // Whether the key as parse_json gave it is that of a member whose object has the key before.
    [[nodiscard]] bool repeats(std::string_view key) const noexcept;
    // `file:line /pointer ...` with the line of what the pointer names; other places as they are.
    [[nodiscard]] std::string with_line(std::string const& place) const;

private:
    void report_repeated(boost::json::value const& value, std::string const& pointer);

    std::string name_;
    issue_list* issues_;
    std::size_t repeated_ = 0;
    boost::json::value root_;
    std::unordered_map<boost::json::value const*, std::uint32_t> lines_;
};

// `quoted` of base/text.hpp under a name that argument-dependent look-up does not mix up with std::quoted.
std::string shown(std::string_view text);

// "Did you mean x?" or nothing.
std::string did_you_mean(std::string_view name, std::span<std::string_view const> candidates);
std::string did_you_mean(std::string_view name, std::span<std::string const> candidates);

// A name that rules can say: letters, digits and underscores, not starting with a digit, no word that CEL reserves.
bool is_identifier(std::string_view name) noexcept;

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
