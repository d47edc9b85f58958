// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RECORD_HISTORY_ROWS_HPP
#define SEGMENTA_RECORD_HISTORY_ROWS_HPP

/// \file
/// The rows of one customer's history as they lie in a host's own container, read through projections without copying;
/// or a prepared `history`, whose windows and sums are then at hand.

#include <segmenta/record/history.hpp>
#include <segmenta/record/projection.hpp>
#include <segmenta/record/schema.hpp>
#include <segmenta/record/value.hpp>
#include <segmenta/time/instant.hpp>
#include <segmenta/time/zone.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <ranges>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {

class history_rows;

namespace detail {

/// How to reach the rows of a history in an object, and their fields.
struct history_reader {
    using opener = history_rows (*)(void const* object, history_reader const& self) noexcept;
    using element_of = void const* (*)(void const* rows, std::size_t row) noexcept;

    history_schema what;
    std::size_t time_field = 0;
    std::uint64_t fields_key = 0;     ///< of `what`
    std::vector<field_reader> fields; ///< one per field of `what`; empty for prepared histories
    opener open = nullptr;
    element_of element = nullptr;        ///< rows that are not contiguous
    std::size_t stride = 0;              ///< bytes from row to row; 0: ask `element`
    std::shared_ptr<void const> context; ///< the projection from the object to its rows
    std::size_t index = 0;               ///< for readers of dynamic records
};

} // namespace detail

/// Borrowed rows, sorted by time. The host's container and the binding that made it must outlive it and stay unchanged.
///
/// Row and field numbers must be in range. Everything is `noexcept` and allocates nothing.
///
/// Thread safety: a plain value over read-only data.
class history_rows {
public:
    /// No rows.
    history_rows() = default;
    history_rows(detail::history_reader const& reader, void const* rows, std::size_t size, bool prepared) noexcept
        : reader_(&reader), rows_(rows), size_(size), prepared_(prepared) {}

    /// Null only for a default-made object.
    [[nodiscard]] history_schema const* what() const noexcept { return reader_ == nullptr ? nullptr : &reader_->what; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

    /// A field, in the order of the schema.
    [[nodiscard]] value at(std::size_t row, std::size_t field) const noexcept {
        if (prepared_) return prepared_at(row, field);
        return reader_->fields[field](element(row));
    }
    /// The row's time as the field has it: an instant or a date.
    [[nodiscard]] value time_value(std::size_t row) const noexcept { return at(row, reader_->time_field); }
    /// The row's time; a date is the start of that day in `where`, a missing time is `earliest()`.
    [[nodiscard]] instant time(std::size_t row, zone const& where = {}) const noexcept {
        value const t = time_value(row);
        if (t.missing()) return instant::earliest();
        return t.base() == kind::date ? where.start_of_day(t.as_date()) : t.as_instant();
    }
    /// The row's civil day in `where`; a date is itself.
    [[nodiscard]] civil_date day(std::size_t row, zone const& where = {}) const noexcept {
        value const t = time_value(row);
        if (t.present() && t.base() == kind::date) return t.as_date();
        return where.civil_day_of(t.missing() ? instant::earliest() : t.as_instant());
    }

    /// The rows in `(from_exclusive, to_inclusive]`. Logarithmic.
    [[nodiscard]] row_range window(instant from_exclusive, instant to_inclusive,
                                   zone const& where = {}) const noexcept {
        std::size_t const begin = first_after(from_exclusive, where);
        return {begin, std::max(begin, first_after(to_inclusive, where))};
    }

    /// The host's own prepared history with running sums, when it keeps one of the very schema of the binding; else
    /// null. Its civil days are those of the zone that `history` was made with.
    [[nodiscard]] history const* prepared() const noexcept;
    /// That zone; null when there is no prepared history.
    [[nodiscard]] zone const* prepared_zone() const noexcept;

    /// Whether the times do not decrease. Linear; for checks.
    [[nodiscard]] bool is_sorted() const noexcept;

private:
    [[nodiscard]] void const* element(std::size_t row) const noexcept {
        if (reader_->stride != 0) return static_cast<std::byte const*>(rows_) + row * reader_->stride;
        return reader_->element(rows_, row);
    }
    [[nodiscard]] value prepared_at(std::size_t row, std::size_t field) const noexcept;
    [[nodiscard]] std::size_t first_after(instant when, zone const& where) const noexcept;

    detail::history_reader const* reader_ = nullptr;
    void const* rows_ = nullptr; ///< first row, container, or `history`
    std::size_t size_ = 0;
    bool prepared_ = false;
};

/// A field of a history's rows: its name in the schema, how to reach it, and perhaps how to read it (a `type`,
/// `as_units` or `value_names`), as for attributes.
template <class Projection, class How = void>
struct row_field {
    std::string name;
    Projection projection;
    How how;

    row_field(std::string field_name, Projection project, How read_as)
        : name(std::move(field_name)), projection(std::move(project)), how(std::move(read_as)) {}
};
template <class Projection>
struct row_field<Projection, void> {
    std::string name;
    Projection projection;

    row_field(std::string field_name, Projection project)
        : name(std::move(field_name)), projection(std::move(project)) {}
};
template <class Projection>
row_field(std::string, Projection) -> row_field<Projection, void>;
template <class Projection, class How>
row_field(std::string, Projection, How) -> row_field<Projection, How>;

namespace detail {

template <class Row, class Projection, class How>
void add_row_field(history_reader& reader, row_field<Projection, How> given) {
    check_projection<Row, Projection>();
    if constexpr (std::is_invocable_v<Projection const&, Row const&>) {
        field_reader made;
        if constexpr (std::is_void_v<How>) {
            check_member<Row, Projection>();
            made = make_reader<Row>(std::move(given.projection));
        } else {
            if constexpr (std::is_same_v<How, type>) check_member<Row, Projection>();
            made = make_reader<Row>(std::move(given.projection), std::move(given.how), given.name);
        }
        reader.what.fields.push_back({std::move(given.name), made.what, sensitivity::open, {}});
        reader.fields.push_back(std::move(made));
    }
}

template <class Range>
constexpr void check_range() {
    static_assert(
        std::ranges::random_access_range<Range const>,
        "segmenta: the rows of a history must be a random-access range sorted by time, such as std::vector, std::span "
        "or std::deque (see docs/records.md)");
    static_assert(
        std::is_lvalue_reference_v<std::ranges::range_reference_t<Range const>>,
        "segmenta: the rows of a history must lie in memory; this range makes them as it goes (see docs/records.md)");
}

template <class Object, class Projection>
history_rows open_rows(void const* object, history_reader const& self) noexcept {
    decltype(auto) range =
        std::invoke(*static_cast<Projection const*>(self.context.get()), *static_cast<Object const*>(object));
    using range_type = std::remove_cvref_t<decltype(range)>;
    auto const& rows = static_cast<range_type const&>(range);
    auto const size = static_cast<std::size_t>(std::ranges::size(rows));
    void const* start = nullptr;
    if constexpr (std::ranges::contiguous_range<range_type const>)
        start = std::ranges::data(rows);
    else
        start = std::addressof(rows);
    return history_rows(self, start, size, false);
}

/// The reader of a host's range, without its fields.
template <class Object, class Projection>
history_reader make_range_reader(std::string name, Projection projection) {
    using given = projected<Object, Projection>;
    using range_type = std::remove_cvref_t<given>;
    using row_type = std::ranges::range_value_t<range_type const>;
    constexpr bool contiguous = std::ranges::contiguous_range<range_type const>;
    static_assert(
        std::is_reference_v<given> || (contiguous && std::ranges::borrowed_range<range_type>),
        "segmenta: this callable returns a temporary container, which would be gone before it is read; return a "
        "reference or a std::span (see docs/records.md)");
    history_reader made;
    made.what.name = std::move(name);
    made.context = std::make_shared<Projection const>(std::move(projection));
    made.open = &open_rows<Object, Projection>;
    if constexpr (contiguous) made.stride = sizeof(row_type);
    made.element = [](void const* rows, std::size_t row) noexcept -> void const* {
        if constexpr (contiguous) {
            return static_cast<row_type const*>(rows) + row;
        } else {
            using difference = std::ranges::range_difference_t<range_type const>;
            auto const& container = *static_cast<range_type const*>(rows);
            return std::addressof(std::ranges::begin(container)[static_cast<difference>(row)]);
        }
    };
    return made;
}

template <class Object, class Projection>
history_reader make_prepared_reader(history_schema what, Projection projection) {
    using given = projected<Object, Projection>;
    static_assert(
        std::is_lvalue_reference_v<given> && std::is_same_v<std::remove_cvref_t<given>, history>,
        "segmenta: a history with a schema is read from a member of type segmenta::history; give a projection to one "
        "by reference (see docs/records.md)");
    history_reader made;
    made.time_field = what.find(what.time).value_or(0);
    made.what = std::move(what);
    made.context = std::make_shared<Projection const>(std::move(projection));
    made.open = [](void const* object, history_reader const& self) noexcept {
        history const& rows =
            std::invoke(*static_cast<Projection const*>(self.context.get()), *static_cast<Object const*>(object));
        return history_rows(self, &rows, rows.size(), true);
    };
    return made;
}

} // namespace detail

} // namespace v0
} // namespace segmenta

#endif
