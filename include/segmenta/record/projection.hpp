// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RECORD_PROJECTION_HPP
#define SEGMENTA_RECORD_PROJECTION_HPP

/// \file
/// How one field of a host's struct is reached and read: a projection (pointer to member, member function or callable),
/// and perhaps how to read what it gives. The compiler says in words when something cannot be read.

#include <segmenta/record/value.hpp>
#include <segmenta/record/value_traits.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// Reads an integer member as units of a decimal or money type: cents as `as_units{money_type(currency("CNY"), 2)}`.
struct as_units {
    type what; ///< a decimal type
};

/// Names for the values of an enumeration or of integer codes, so that they are read as a category. A value without a
/// name is missing.
///
///     value_names<gender>{{gender::female, "female"}, {gender::male, "male"}}
template <class E>
class value_names {
public:
    value_names(std::initializer_list<std::pair<E, std::string_view>> names) {
        for (auto const& [v, name] : names)
            names_.emplace_back(v, std::string(name));
    }
    [[nodiscard]] value read(E v) const noexcept {
        for (auto const& [known, name] : names_)
            if (known == v) return value::of_string(name);
        return {};
    }

private:
    std::vector<std::pair<E, std::string>> names_;
};

namespace detail {

/// Reads one field of an object whose type was erased. Copies share what they were made with.
struct field_reader {
    using function = value (*)(void const* object, field_reader const& self) noexcept;

    function read = nullptr;
    std::shared_ptr<void const> context; ///< the projection and what else `read` needs
    type what{};                         ///< what it gives
    std::size_t index = 0;               ///< for readers of dynamic records

    [[nodiscard]] value operator()(void const* object) const noexcept { return read(object, *this); }
};

template <class T>
struct without_optional {
    using type = T;
};
template <class T>
struct without_optional<std::optional<T>> {
    using type = T;
};

template <class Object, class Projection>
constexpr void check_projection() {
    static_assert(
        std::is_invocable_v<Projection const&, Object const&>,
        "segmenta: this is no projection of the struct: give a pointer to one of its members, or a callable that takes "
        "the struct by const reference (see docs/records.md)");
}

/// What a projection gives, with its reference.
template <class Object, class Projection>
using projected = std::invoke_result_t<Projection const&, Object const&>;

template <class Object, class Projection>
constexpr void check_member() {
    using given = projected<Object, Projection>;
    using member = std::remove_cvref_t<given>;
    using bare = typename without_optional<member>::type;
    if constexpr (std::is_enum_v<bare>)
        static_assert(readable<member>, "segmenta: an enumeration needs names: attribute(name, member, "
                                        "value_names<E>{{E::a, \"a\"}, {E::b, \"b\"}}) (see docs/records.md)");
    else if constexpr (character<bare>)
        static_assert(readable<member>,
                      "segmenta: a single character is neither a number nor a text; give a callable that "
                      "returns a std::string_view or an int (see docs/records.md)");
    else
        static_assert(
            readable<member>,
            "segmenta: a member of this type cannot be read. Readable are bool, integers, floating point numbers, "
            "strings, vectors of strings, dates, instants, durations, decimal, money, std::chrono types, and "
            "std::optional of these; or specialise segmenta::value_traits for it (see docs/records.md)");
    static_assert(
        std::is_reference_v<given> || !owns_text<member>(),
        "segmenta: this callable returns a temporary that owns its text, which would be gone before it is read; return "
        "a reference, a std::string_view or a std::span (see docs/records.md)");
}

template <class Object, class Projection>
field_reader make_reader(Projection projection) {
    using member = std::remove_cvref_t<projected<Object, Projection>>;
    static_assert(
        self_typed<member>,
        "segmenta: the type of this attribute must be given: attribute(name, member, money_type(currency(\"CNY\"), 2)) "
        "or decimal_type(scale) (see docs/records.md)");
    field_reader made;
    made.context = std::make_shared<Projection const>(std::move(projection));
    made.what = value_traits<member>::what;
    made.read = [](void const* object, field_reader const& self) noexcept -> value {
        auto const& project = *static_cast<Projection const*>(self.context.get());
        return value_traits<member>::read(std::invoke(project, *static_cast<Object const*>(object)));
    };
    return made;
}

/// Throws `issue_error` (`schema.type_mismatch`).
void check_convertible(type from, type to, std::string_view name);
void check_as_units(type what, std::string_view name);

/// Reads as a given type.
template <class Object, class Projection>
field_reader make_reader(Projection projection, type as, std::string_view name) {
    using member = std::remove_cvref_t<projected<Object, Projection>>;
    if constexpr (self_typed<member>) {
        field_reader made = make_reader<Object>(std::move(projection));
        check_convertible(made.what, as, name);
        if (made.what == as) return made;
        made.what = as;
        made.read = [](void const* object, field_reader const& self) noexcept -> value {
            auto const& project = *static_cast<Projection const*>(self.context.get());
            auto const v = value_traits<member>::read(std::invoke(project, *static_cast<Object const*>(object)));
            return convert(v, self.what).value_or(value{});
        };
        return made;
    } else {
        if constexpr (std::is_same_v<typename without_optional<member>::type, money>)
            check_convertible(money_type(as.unit.empty() ? currency("XXX") : as.unit, as.scale), as, name);
        if constexpr (std::is_same_v<typename without_optional<member>::type, decimal>)
            check_convertible(decimal_type(as.scale), as, name);
        field_reader made;
        made.context = std::make_shared<Projection const>(std::move(projection));
        made.what = as;
        made.read = [](void const* object, field_reader const& self) noexcept -> value {
            auto const& project = *static_cast<Projection const*>(self.context.get());
            return value_traits<member>::read(std::invoke(project, *static_cast<Object const*>(object)), self.what);
        };
        return made;
    }
}

template <class Object, class Projection>
field_reader make_reader(Projection projection, as_units units, std::string_view name) {
    using member = std::remove_cvref_t<projected<Object, Projection>>;
    using bare = typename without_optional<member>::type;
    static_assert(std::integral<bare> && !std::same_as<bare, bool> && !character<bare>,
                  "segmenta: as_units reads integers; a double is no exact amount (see docs/records.md)");
    field_reader made = make_reader<Object>(std::move(projection));
    check_as_units(units.what, name);
    made.what = units.what;
    made.read = [](void const* object, field_reader const& self) noexcept -> value {
        auto const& project = *static_cast<Projection const*>(self.context.get());
        auto const v = value_traits<member>::read(std::invoke(project, *static_cast<Object const*>(object)));
        return v.missing() ? value{} : value::of_decimal(self.what, v.as_int());
    };
    return made;
}

template <class Object, class Projection, class E>
field_reader make_reader(Projection projection, value_names<E> names, std::string_view) {
    using member = std::remove_cvref_t<projected<Object, Projection>>;
    static_assert(std::is_same_v<typename without_optional<member>::type, E>,
                  "segmenta: value_names<E> names the values of another type than the member's (see docs/records.md)");
    struct named {
        Projection projection;
        value_names<E> names;
    };
    field_reader made;
    made.context = std::make_shared<named const>(named{std::move(projection), std::move(names)});
    made.what = category_type;
    made.read = [](void const* object, field_reader const& self) noexcept -> value {
        auto const& context = *static_cast<named const*>(self.context.get());
        member const v = std::invoke(context.projection, *static_cast<Object const*>(object));
        if constexpr (std::is_same_v<member, E>)
            return context.names.read(v);
        else
            return v ? context.names.read(*v) : value{};
    };
    return made;
}

} // namespace detail

} // namespace v0
} // namespace segmenta

#endif
