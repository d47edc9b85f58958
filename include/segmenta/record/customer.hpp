// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RECORD_CUSTOMER_HPP
#define SEGMENTA_RECORD_CUSTOMER_HPP

/// \file
/// One customer as the request path reads it: a view over the host's own struct, without copying and without
/// allocation.
///
///     struct order { instant paid_at; std::int64_t cents; std::string channel; };
///     struct shopper { std::int64_t id; std::optional<int> age; std::string city; std::vector<order> orders; };
///
///     auto const shop = schema_of<shopper>()
///                           .attribute("age", &shopper::age)
///                           .attribute("city", &shopper::city)
///                           .history("orders", &shopper::orders, "paid_at", &order::paid_at,
///                                    row_field("amount", &order::cents, as_units{money_type(currency("CNY"), 2)}),
///                                    row_field("channel", &order::channel));
///     customer_view const who = shop.bind(a_shopper);
///     who.attribute(0);             // the age, or missing
///     who.history(0).at(0, 1);      // the amount of the first order: 12.50 CNY

#include <segmenta/error.hpp>
#include <segmenta/record/history_rows.hpp>
#include <segmenta/record/projection.hpp>
#include <segmenta/record/schema.hpp>
#include <segmenta/record/value.hpp>

#include <cassert>
#include <cstddef>
#include <memory>
#include <ranges>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {

namespace detail {

/// A schema with a reader for everything in it.
struct customer_binding {
    schema what;
    std::vector<field_reader> attributes;
    std::vector<history_reader> histories;

    /// All throw as `schema` does.
    void add_attribute(field f, field_reader reader);
    void add_history(history_reader reader);
    void mark_last(sensitivity level, std::vector<std::string> purposes);
};

} // namespace detail

/// One customer, borrowed. The object and the binding (`customer_schema` or `customer_record`) must outlive it, and the
/// object must not change while it is read.
///
/// Thread safety: a plain value over read-only data.
class customer_view {
public:
    customer_view(detail::customer_binding const& binding, void const* object) noexcept
        : binding_(&binding), object_(object) {}

    [[nodiscard]] schema const& what() const noexcept { return binding_->what; }
    /// An attribute by its index in `what().attributes()`; past the end it is missing.
    [[nodiscard]] value attribute(std::size_t index) const noexcept {
        return index < binding_->attributes.size() ? binding_->attributes[index](object_) : value{};
    }
    /// By name, for tests and tools: linear. Unknown names are missing.
    [[nodiscard]] value attribute(std::string_view name) const noexcept;
    /// A history by its index in `what().histories()`; past the end it has no rows.
    /// Debug builds assert that the rows are sorted by time.
    [[nodiscard]] history_rows history(std::size_t index) const noexcept {
        history_rows const rows = open(index);
        assert(rows.is_sorted() && "segmenta: the rows of a history must be sorted by time");
        return rows;
    }
    [[nodiscard]] history_rows history(std::string_view name) const noexcept;

private:
    friend issue_list check(customer_view const& customer);

    [[nodiscard]] history_rows open(std::size_t index) const noexcept {
        if (index >= binding_->histories.size()) return {};
        auto const& reader = binding_->histories[index];
        return reader.open(object_, reader);
    }

    detail::customer_binding const* binding_;
    void const* object_;
};

/// What is wrong with one customer that no compiler can see: `record.unsorted` (rows of a history not in the order of
/// time), `record.missing_time`, `record.other_schema` (a prepared history of another schema). The request path does
/// not check; run it over a sample of customers in tests. Linear.
[[nodiscard]] issue_list check(customer_view const& customer);

/// A host's struct `T` as a schema, and how to read each part of it. Immutable: each call returns a new one that has
/// the part added. A schema wherever one is wanted.
///
/// Projections are pointers to members, pointers to const member functions, or callables that take `T const&`; they
/// must not throw. How a member is read is stated in record/value_traits.hpp; a third argument gives another type: one
/// that loses nothing
/// (`money_type`, `decimal_type`, `category_type`), `as_units`, or `value_names`.
///
/// Errors are thrown as `issue_error`: those of `schema`, and `schema.type_mismatch`.
///
/// Thread safety: an immutable value that shares its parts between copies.
template <class T>
class customer_schema {
public:
    customer_schema() : binding_(std::make_shared<detail::customer_binding const>()) {}

    template <class Projection>
    [[nodiscard]] customer_schema attribute(std::string name, Projection projection) const {
        detail::check_projection<T, Projection>();
        if constexpr (std::is_invocable_v<Projection const&, T const&>) {
            detail::check_member<T, Projection>();
            return with_attribute(std::move(name), detail::make_reader<T>(std::move(projection)));
        }
    }
    /// `how` is a `type`, `as_units` or `value_names<E>`.
    template <class Projection, class How>
    [[nodiscard]] customer_schema attribute(std::string name, Projection projection, How how) const {
        detail::check_projection<T, Projection>();
        if constexpr (std::is_invocable_v<Projection const&, T const&>) {
            if constexpr (std::is_same_v<How, type>) detail::check_member<T, Projection>();
            auto reader = detail::make_reader<T>(std::move(projection), std::move(how), name);
            return with_attribute(std::move(name), std::move(reader));
        }
    }
    /// Says how delicate the attribute added last is, and which purposes it may serve. Throws `schema.nothing_to_mark`
    /// when there is none.
    [[nodiscard]] customer_schema mark(sensitivity level, std::vector<std::string> purposes = {}) const {
        auto next = std::make_shared<detail::customer_binding>(*binding_);
        next->mark_last(level, std::move(purposes));
        return customer_schema(std::move(next));
    }

    /// Rows in the host's own range, sorted by time. The time is the first field of the history.
    template <class Rows, class Time, class... Projections, class... Hows>
    [[nodiscard]] customer_schema history(std::string name, Rows rows, std::string time_name, Time time,
                                          row_field<Projections, Hows>... fields) const {
        detail::check_projection<T, Rows>();
        if constexpr (std::is_invocable_v<Rows const&, T const&>) {
            using range = std::remove_cvref_t<detail::projected<T, Rows>>;
            detail::check_range<range>();
            using row = std::ranges::range_value_t<range const>;
            auto reader = detail::make_range_reader<T>(std::move(name), std::move(rows));
            reader.what.time = time_name;
            detail::add_row_field<row>(reader, v0::row_field(std::move(time_name), std::move(time)));
            (detail::add_row_field<row>(reader, std::move(fields)), ...);
            return with_history(std::move(reader));
        }
    }
    /// A member of type `segmenta::history`, made with the same schema.
    template <class Prepared>
    [[nodiscard]] customer_schema history(history_schema what, Prepared prepared) const {
        detail::check_projection<T, Prepared>();
        if constexpr (std::is_invocable_v<Prepared const&, T const&>)
            return with_history(detail::make_prepared_reader<T>(std::move(what), std::move(prepared)));
    }

    [[nodiscard]] schema const& what() const noexcept { return binding_->what; }
    operator schema const&() const noexcept { return binding_->what; } // NOLINT: it is a schema

    /// The object as a customer. Both this (or a copy) and the object must outlive the view.
    [[nodiscard]] customer_view bind(T const& object) const noexcept { return {*binding_, std::addressof(object)}; }
    customer_view bind(T const&& object) const = delete; // the view would refer to a temporary

private:
    explicit customer_schema(std::shared_ptr<detail::customer_binding const> binding) : binding_(std::move(binding)) {}

    [[nodiscard]] customer_schema with_attribute(std::string name, detail::field_reader reader) const {
        auto next = std::make_shared<detail::customer_binding>(*binding_);
        type const what = reader.what;
        next->add_attribute({std::move(name), what, sensitivity::open, {}}, std::move(reader));
        return customer_schema(std::move(next));
    }
    [[nodiscard]] customer_schema with_history(detail::history_reader reader) const {
        auto next = std::make_shared<detail::customer_binding>(*binding_);
        next->add_history(std::move(reader));
        return customer_schema(std::move(next));
    }

    std::shared_ptr<detail::customer_binding const> binding_;
};

/// An empty description of `T`, to add attributes and histories to.
template <class T>
[[nodiscard]] customer_schema<T> schema_of() {
    return {};
}

} // namespace v0
} // namespace segmenta

#endif
