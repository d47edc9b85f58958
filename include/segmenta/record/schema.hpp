// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RECORD_SCHEMA_HPP
#define SEGMENTA_RECORD_SCHEMA_HPP

/// \file
/// What a host's customers look like: named, typed attributes and histories. Plans are checked against a schema;
/// rules refer to its names.

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
enum class sensitivity : std::uint8_t { open, internal, personal, special };

/// One attribute of a customer or one field of a history's rows.
struct field {
    std::string name;
    type what{};
    sensitivity level = sensitivity::open;
    std::vector<std::string> purposes; ///< empty: any purpose

    friend bool operator==(field const&, field const&) = default;
};

/// A list of rows per customer, sorted by time: orders, order lines, behaviour events.
struct history_schema {
    std::string name;
    std::string time; ///< the name of the instant or date field that orders the rows
    std::vector<field> fields;

    [[nodiscard]] std::optional<std::size_t> find(std::string_view field_name) const noexcept;
    friend bool operator==(history_schema const&, history_schema const&) = default;
};

/// Attributes and histories by name. Names are unique across both.
///
/// Thread safety: immutable after construction through `schema_builder` style calls; concurrent reads are safe.
class schema {
public:
    /// Adds an attribute; throws `issue_error` (`schema.duplicate_name`, `schema.bad_name`) when the name is taken or
    /// is not an identifier.
    schema& attribute(field f);
    schema& attribute(std::string name, type what) { return attribute(field{std::move(name), what, {}, {}}); }
    /// Adds a history; same errors, also for its field names and a missing time field.
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

} // namespace v0
} // namespace segmenta

#endif
