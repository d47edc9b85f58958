// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RECORD_SCHEMA_HPP
#define SEGMENTA_RECORD_SCHEMA_HPP

/// \file
/// What a host's customers look like: named, typed attributes and histories. Plans are checked against a schema;
/// rules refer to its names.

#include <segmenta/error.hpp>
#include <segmenta/record/type.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// How delicate a field is. Plans that use a field beyond what its purposes permit are refused.
enum class sensitivity : std::uint8_t {
    open,     ///< may be shown to anybody
    internal, ///< of the company: margin, cost
    personal, ///< about an identified person: birth date, income
    special,  ///< special categories of GDPR article 9: health, beliefs
};

/// Stable ASCII id.
constexpr std::string_view to_string(sensitivity level) noexcept {
    switch (level) {
    case sensitivity::open: return "open";
    case sensitivity::internal: return "internal";
    case sensitivity::personal: return "personal";
    case sensitivity::special: return "special";
    }
    return "special";
}
[[nodiscard]] std::optional<sensitivity> parse_sensitivity(std::string_view text) noexcept;

/// One attribute of a customer or one field of a history's rows.
struct field {
    std::string name;
    type what{};
    sensitivity level = sensitivity::open;
    std::vector<std::string> purposes; ///< ids of the purposes it may serve, such as `service`; empty: any purpose

    /// Whether the field may serve a purpose.
    [[nodiscard]] bool permits(std::string_view purpose) const noexcept;
    friend bool operator==(field const&, field const&) = default;
};

/// A list of rows per customer, sorted by time: orders, order lines, behaviour events.
struct history_schema {
    std::string name;
    std::string time; ///< the name of the instant or date field that orders the rows; one of `fields`
    std::vector<field> fields;

    [[nodiscard]] std::optional<std::size_t> find(std::string_view field_name) const noexcept;
    friend bool operator==(history_schema const&, history_schema const&) = default;
};

/// Attributes and histories by name. Names are unique across both; field names are unique within their history. A name
/// is any UTF-8 text of 1 to 255 bytes without control characters and backquotes and without blanks at its ends, so
/// that the columns of a file (`Customer ID`) can keep theirs; rules write names that are no identifiers in backquotes.
///
/// Thread safety: adding needs exclusive access; concurrent reads are safe.
class schema {
public:
    /// Adds an attribute; throws `issue_error` (`schema.duplicate_name`, `schema.bad_name`) when the name is taken or
    /// is none.
    schema& attribute(field f);
    schema& attribute(std::string name, type what) { return attribute(field{std::move(name), what, {}, {}}); }
    /// Adds a history; same errors, also for its field names, and `schema.no_time_field` when `time` does not name an
    /// instant or date field of it. All errors of the history are thrown together.
    schema& history(history_schema h);

    [[nodiscard]] std::span<field const> attributes() const noexcept { return attributes_; }
    [[nodiscard]] std::span<history_schema const> histories() const noexcept { return histories_; }
    [[nodiscard]] std::optional<std::size_t> find_attribute(std::string_view name) const noexcept;
    [[nodiscard]] std::optional<std::size_t> find_history(std::string_view name) const noexcept;
    friend bool operator==(schema const&, schema const&) = default;

private:
    std::vector<field> attributes_;
    std::vector<history_schema> histories_;
};

/// As JSON text, one line, or indented with `indent` spaces:
///
///     {"attributes": [{"name": "age", "type": "int64"},
///                     {"name": "income", "type": "money(CNY,2)", "sensitivity": "personal", "purposes": ["service"]}],
///      "histories": [{"name": "orders", "time": "paid_at", "fields": [{"name": "paid_at", "type": "instant"}]}]}
[[nodiscard]] std::string to_json(schema const& what, std::size_t indent = 0);
/// Reads what `to_json` wrote, or a person did (comments are allowed). Throws `issue_error` with all problems: those of
/// JSON, of `schema`, `schema.unknown_key`, `schema.expected` (a key is absent or of the wrong kind),
/// `schema.unknown_type`, `schema.unknown_sensitivity`. `source` is the name of the file in messages.
[[nodiscard]] schema schema_from_json(std::string_view text, std::string_view source = "schema");

/// 32 hexadecimal digits over names, types, sensitivities and purposes (`content_hash` of the JSON text with fields
/// sorted by name): schemas that differ only in the order of their fields have the same fingerprint.
[[nodiscard]] std::string fingerprint(schema const& what);

} // namespace v0
} // namespace segmenta

#endif
