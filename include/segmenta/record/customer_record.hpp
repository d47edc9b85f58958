// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RECORD_CUSTOMER_RECORD_HPP
#define SEGMENTA_RECORD_CUSTOMER_RECORD_HPP

/// \file
/// A customer whose attributes are known only at run time: it owns its values and prepared histories, and is read
/// through the same `customer_view` as a host's struct.

#include <segmenta/error.hpp>
#include <segmenta/record/customer.hpp>
#include <segmenta/record/history.hpp>
#include <segmenta/record/schema.hpp>
#include <segmenta/record/value.hpp>
#include <segmenta/time/zone.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// What the records of one kind look like, shared by all of them.
///
/// Thread safety: an immutable value, cheap to copy.
class record_layout {
public:
    /// `where` is the zone of the civil days of the histories: the plan's.
    explicit record_layout(schema what, zone where = {});
    [[nodiscard]] schema const& what() const noexcept;
    [[nodiscard]] zone const& where() const noexcept;

private:
    friend class customer_record;
    struct contents;
    std::shared_ptr<contents const> contents_;
};

/// One customer that owns its data. All attributes are missing and all histories empty at first.
///
/// Thread safety: concurrent reads are safe; changes need exclusive access.
///
///     customer_record who(record_layout(shop_schema));
///     who.set("city", value::of_string("Paris"));
///     classify(who.view());
class customer_record {
public:
    explicit customer_record(record_layout layout);

    [[nodiscard]] schema const& what() const noexcept { return layout_.what(); }
    [[nodiscard]] zone const& where() const noexcept { return layout_.where(); }
    /// Sets an attribute to a copy of the value, converted without loss. False, and nothing is changed, when it does
    /// not convert or there is no such attribute.
    bool set(std::size_t attribute, value const& v);
    bool set(std::string_view attribute, value const& v);
    /// Adds a row to a history, as `history::insert`; false also when there is no such history.
    bool insert(std::size_t history, std::span<value const> row);
    bool insert(std::string_view history, std::span<value const> row);
    /// As new.
    void clear();

    [[nodiscard]] value attribute(std::size_t index) const noexcept;
    [[nodiscard]] history const& rows(std::size_t history) const noexcept { return histories_[history]; }
    /// Valid until the record is changed, moved or destroyed.
    [[nodiscard]] customer_view view() const noexcept;

private:
    struct owned_value {
        value plain; ///< of kinds without text; for the others, whether it is present
        std::string text;
        std::vector<std::string> members;
    };

    record_layout layout_;
    std::vector<owned_value> values_;
    std::vector<history> histories_;
};

/// Reads a JSON object (one line of JSON Lines): attributes and histories by name, `null` or absence for missing.
/// Numbers for int64 and double; numbers or strings for decimal and money (`12.5`, `"12.50"`, `"12.50 CNY"`); strings
/// for text, dates
/// (`"2024-06-30"`), instants (ISO 8601, local times in the layout's zone) and durations (`"PT36H"`); arrays of strings
/// for sets; arrays of objects for histories. Keys the schema does not have are ignored.
///
/// Throws `issue_error` with all problems, each with line and JSON pointer: those of JSON, `record.type`,
/// `record.value` (text that is no such value), and those of `history_builder`. Then `into` is unchanged.
void read_json(std::string_view text, customer_record& into, std::string_view source = "customer");

} // namespace v0
} // namespace segmenta

#endif
