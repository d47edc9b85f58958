// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_DYNAMIC_VALUE_HPP
#define SEGMENTA_RULE_DYNAMIC_VALUE_HPP

/// \file
/// Values of the Common Expression Language (cel-spec 0.25, doc/langdef.md, "Values") with their types known at run
/// time only: what `evaluate_dynamic` computes with. Rules of a plan are typed and do without.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace segmenta {
inline namespace v0 {

class dynamic_value;

/// Seconds and nanoseconds, `nanoseconds` from 0 to 999,999,999 (so that -0.5 s is -1 s and 500,000,000 ns).
struct split_seconds {
    std::int64_t seconds = 0;
    std::int32_t nanoseconds = 0;
    friend bool operator==(split_seconds const&, split_seconds const&) = default;
    friend auto operator<=>(split_seconds const&, split_seconds const&) = default;
};

/// The alternatives of a `dynamic_value` that are no plain C++ types.
struct dynamic_null {};
struct dynamic_bytes {
    std::string data;
};
/// Since 1970-01-01T00:00:00Z; from year 1 to year 9999.
struct dynamic_timestamp {
    split_seconds since;
};
/// Within 315,576,000,000 s on either side of zero (protobuf's duration.proto).
struct dynamic_duration {
    split_seconds length;
};
/// The name of a type, as `type(x)` gives it: `int`, `list`, `google.protobuf.Timestamp`, …
struct dynamic_type {
    std::string name;
};
using dynamic_list = std::vector<dynamic_value>;
/// Entries in the order in which they were written; keys are bool, int, uint or string and differ from each other.
using dynamic_map = std::vector<std::pair<dynamic_value, dynamic_value>>;
/// `optional.of(x)`, or `optional.none()` when empty.
struct dynamic_optional {
    std::shared_ptr<dynamic_value const> held;
};

/// Any value. Copies share lists, maps and what optionals hold, which never change.
///
/// Thread safety: an immutable value; use it from any thread.
class dynamic_value {
public:
    using storage = std::variant<dynamic_null, bool, std::int64_t, std::uint64_t, double, std::string, dynamic_bytes,
                                 dynamic_timestamp, dynamic_duration, dynamic_type, dynamic_optional,
                                 std::shared_ptr<dynamic_list const>, std::shared_ptr<dynamic_map const>>;

    /// null
    dynamic_value() = default;
    template <class T>
        requires std::is_constructible_v<storage, T&&> && (!std::is_same_v<std::remove_cvref_t<T>, dynamic_value>) &&
                 (!std::is_pointer_v<std::decay_t<T>>)
    dynamic_value(T&& v) : held_(std::forward<T>(v)) {} // NOLINT: every alternative is a value
    dynamic_value(dynamic_list v) : held_(std::make_shared<dynamic_list const>(std::move(v))) {} // NOLINT
    dynamic_value(dynamic_map v) : held_(std::make_shared<dynamic_map const>(std::move(v))) {}   // NOLINT

    /// The alternative, or null when it is another.
    template <class T>
    [[nodiscard]] T const* as() const noexcept {
        if constexpr (std::is_same_v<T, dynamic_list> || std::is_same_v<T, dynamic_map>) {
            auto const* const shared = std::get_if<std::shared_ptr<T const>>(&held_);
            return shared == nullptr ? nullptr : shared->get();
        } else {
            return std::get_if<T>(&held_);
        }
    }
    [[nodiscard]] storage const& held() const noexcept { return held_; }
    /// The name of its type, as `type(x)` says it.
    [[nodiscard]] std::string type_name() const;

private:
    storage held_;
};

/// Equality of cel-spec: numbers of different types compare as the numbers they are, NaN differs from itself, lists and
/// maps compare element by element, and values of different types differ. Linear in the values; maps quadratic.
[[nodiscard]] bool dynamic_equal(dynamic_value const& a, dynamic_value const& b);

/// The value of a key in a map, or null. Keys that are numbers compare as the numbers they are. Linear.
[[nodiscard]] dynamic_value const* dynamic_find(dynamic_map const& in, dynamic_value const& key);

} // namespace v0
} // namespace segmenta

#endif
