// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_DYNAMIC_HPP
#define SEGMENTA_RULE_DYNAMIC_HPP

// Shared by the parts of evaluate_dynamic: errors, order of values, and the functions of the language by name.

#include "rule/operations.hpp"

#include <segmenta/rule/dynamic_evaluation.hpp>
#include <segmenta/rule/dynamic_value.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace segmenta {
inline namespace v0 {
namespace detail {

// An error of the language on its way to whoever absorbs it; it never leaves evaluate_dynamic.
struct dynamic_error {
    std::string message;
};
[[noreturn]] void dynamic_fail(std::string message);
[[noreturn]] void no_overload(std::string_view name);

// Bounds the work of an evaluation.
class work_meter {
public:
    explicit work_meter(dynamic_limits const& limits) noexcept : limits_(limits) {}
    void step(std::size_t n = 1) {
        steps_ += n;
        if (steps_ > limits_.steps) dynamic_fail("limit exceeded: too many steps");
    }
    void make(std::size_t bytes) {
        bytes_ += bytes;
        if (bytes_ > limits_.bytes) dynamic_fail("limit exceeded: too much text");
    }

private:
    dynamic_limits const& limits_;
    std::size_t steps_ = 0;
    std::size_t bytes_ = 0;
};

// Nothing when one is NaN; fails where the values have no order.
std::optional<order> dynamic_order(dynamic_value const& a, dynamic_value const& b);
bool is_number(dynamic_value const& v) noexcept;
// As dynamic_equal; each element compared is a step of the meter, when there is one: values may share parts, and then
// be far larger than what made them.
bool equal_values(dynamic_value const& a, dynamic_value const& b, work_meter* meter);

dynamic_value add_values(dynamic_value const& a, dynamic_value const& b, work_meter& meter);
dynamic_value subtract_values(dynamic_value const& a, dynamic_value const& b);
dynamic_value multiply_values(dynamic_value const& a, dynamic_value const& b);
dynamic_value divide_values(dynamic_value const& a, dynamic_value const& b);
dynamic_value modulo_values(dynamic_value const& a, dynamic_value const& b);
dynamic_value negate_value(dynamic_value const& a);

// A function or method: `arguments` begins with the receiver when `method`. Nothing when the name means none.
std::optional<dynamic_value> call_conversion(std::string_view name, bool method,
                                             std::span<dynamic_value const> arguments, work_meter& meter);
std::optional<dynamic_value> call_text(std::string_view name, bool method, std::span<dynamic_value const> arguments,
                                       work_meter& meter);
std::optional<dynamic_value> call_time(std::string_view name, bool method, std::span<dynamic_value const> arguments);
std::optional<dynamic_value> call_math(std::string_view name, std::span<dynamic_value const> arguments);
std::optional<dynamic_value> call_optional(std::string_view name, bool method,
                                           std::span<dynamic_value const> arguments);
std::optional<dynamic_value> call_extension(std::string_view name, bool method,
                                            std::span<dynamic_value const> arguments, work_meter& meter);

// `%s` and its like (cel-go ext/strings.go, format).
std::string format_values(std::string_view pattern, dynamic_list const& arguments, work_meter& meter);
// The text of a value as string(x) makes it; fails for lists and maps.
std::string text_of(dynamic_value const& v);
std::string text_of_timestamp(split_seconds t);
std::string text_of_duration(split_seconds d);
std::string text_of_double(double v);

bool valid_timestamp(split_seconds t) noexcept;
bool valid_duration(split_seconds d) noexcept;
std::optional<split_seconds> read_timestamp_text(std::string_view text);
std::optional<split_seconds> read_duration_text(std::string_view text);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
