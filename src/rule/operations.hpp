// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_OPERATIONS_HPP
#define SEGMENTA_RULE_OPERATIONS_HPP

// The strict operations of the language, by number. Each is one function over plain machine types in scalar_*.hpp; the
// row evaluator calls it, the block evaluator runs it in a loop, the folder runs it on constants. So there is one
// meaning. A strict operation of an unknown is unknown, of an error an error.

#include <segmenta/record/status.hpp>
#include <segmenta/record/value.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// How a value of a type is held while computing. Dates, instants (microseconds), durations and decimals (units) are
// integers.
enum class lane : std::uint8_t { boolean, integer, natural, real, text, set, items };

// A set is always a variable's; whoever read it keeps it while the operation runs.
using set_pointer = text_set const*;

// Lists, maps and optional values (collections.hpp). Only the walker over collections computes with them.
struct item_list;

// One value while computing. The member that counts is known from the code.
struct slot {
    union {
        std::int64_t integer;
        std::uint64_t natural;
        double real;
        std::string_view text;
        set_pointer set;
        item_list const* items;
    };
    status state;

    slot() noexcept : integer(0), state(status::unknown) {}
    explicit slot(status s) noexcept : integer(0), state(s) {}
};

inline slot boolean_slot(bool v) noexcept {
    slot out(status::ok);
    out.integer = v ? 1 : 0;
    return out;
}

// Sorted values for `in` with constant lists.
struct integer_lookup {
    std::vector<std::int64_t> values;
    [[nodiscard]] bool contains(std::int64_t v) const noexcept;
};
struct real_lookup {
    std::vector<double> values;
    [[nodiscard]] bool contains(double v) const noexcept;
};
// Open addressing over views into the rule's texts.
struct text_lookup {
    std::vector<std::string_view> values; // sorted, distinct
    std::vector<std::uint32_t> slots;     // position in values + 1, or 0
    void build(std::vector<std::string_view> texts);
    [[nodiscard]] bool contains(std::string_view v) const noexcept;
};

struct pattern; // a compiled regular expression (patterns.cpp)

// Order of two values as `relate_*` operations use it; unordered is NaN's.
enum class order : std::int8_t { less = -1, equal = 0, greater = 1, unordered = 2 };
enum class relation : std::uint8_t { equal, not_equal, less, less_equal, greater, greater_equal };

// `a r b` is `b flipped(r) a`.
constexpr relation flipped(relation r) noexcept {
    switch (r) {
    case relation::less: return relation::greater;
    case relation::less_equal: return relation::greater_equal;
    case relation::greater: return relation::less;
    case relation::greater_equal: return relation::less_equal;
    default: return r;
    }
}

constexpr bool holds(relation r, order o) noexcept {
    switch (r) {
    case relation::equal: return o == order::equal;
    case relation::not_equal: return o != order::equal;
    case relation::less: return o == order::less;
    case relation::less_equal: return o == order::less || o == order::equal;
    case relation::greater: return o == order::greater;
    case relation::greater_equal: return o == order::greater || o == order::equal;
    }
    return false;
}

// Immediates. Relations: relation in bits 0-7, scale of the left in bits 8-15, of the right in bits 16-23.
constexpr std::uint64_t relation_immediate(relation r, unsigned left_scale, unsigned right_scale) noexcept {
    return static_cast<std::uint64_t>(r) | std::uint64_t{left_scale} << 8 | std::uint64_t{right_scale} << 16;
}
enum class rounding : std::uint8_t { ceil, floor, half_away, truncate };
constexpr std::uint64_t rounding_immediate(rounding r, unsigned scale) noexcept {
    return static_cast<std::uint64_t>(r) | std::uint64_t{scale} << 8;
}
enum class time_field : std::uint8_t {
    full_year,
    month,        // 0 to 11
    day_of_month, // from 0
    date,         // from 1
    day_of_week,  // 0 is Sunday
    day_of_year,  // from 0
    hours,
    minutes,
    seconds,
    milliseconds,
};
constexpr std::uint64_t field_immediate(time_field f, std::size_t zone_number) noexcept {
    return static_cast<std::uint64_t>(f) | std::uint64_t{zone_number} << 8;
}

// Every strict operation. Names, here and in scalar_*.hpp: what it does and to which lane or type.
#define SEGMENTA_RULE_NUMERIC_OPERATIONS(X)                                                                            \
    X(add_integer)                                                                                                     \
    X(subtract_integer) X(multiply_integer) X(divide_integer) X(modulo_integer) X(negate_integer) X(add_natural)       \
        X(subtract_natural) X(multiply_natural) X(divide_natural) X(modulo_natural) X(add_real) X(subtract_real) X(    \
            multiply_real) X(divide_real) X(negate_real) X(ratio) X(add_instant) X(subtract_instant)                   \
            X(difference_instant) X(add_duration) X(subtract_duration) X(negate_duration) X(add_days) X(subtract_days) \
                X(difference_days) X(equal_boolean) X(not_equal_boolean) X(less_boolean) X(less_equal_boolean)         \
                    X(greater_boolean) X(greater_equal_boolean) X(equal_integer) X(not_equal_integer) X(less_integer)  \
                        X(less_equal_integer) X(greater_integer) X(greater_equal_integer) X(equal_natural)             \
                            X(not_equal_natural) X(less_natural) X(less_equal_natural) X(greater_natural) X(           \
                                greater_equal_natural) X(equal_real) X(not_equal_real) X(less_real) X(less_equal_real) \
                                X(greater_real) X(greater_equal_real) X(relate_decimals) X(relate_decimal_natural)     \
                                    X(relate_decimal_real) X(relate_natural_real) X(logical_not) X(strict_or) X(       \
                                        in_integers) X(in_reals) X(absolute_integer) X(absolute_real) X(sign_integer)  \
                                        X(sign_natural) X(sign_real) X(least_integer) X(greatest_integer)              \
                                            X(least_natural) X(greatest_natural) X(least_real) X(greatest_real)        \
                                                X(ceil_real) X(floor_real) X(round_real) X(truncate_real)              \
                                                    X(round_decimal) X(square_root) X(is_nan) X(is_infinite)           \
                                                        X(is_finite) X(integer_to_real) X(natural_to_real)             \
                                                            X(decimal_to_real) X(real_to_integer) X(real_to_natural)   \
                                                                X(integer_to_natural) X(natural_to_integer)            \
                                                                    X(decimal_to_integer) X(instant_to_seconds)        \
                                                                        X(seconds_to_instant) X(duration_field)

// These the block evaluator runs only on rows whose arguments are known: text of a missing row may point anywhere.
#define SEGMENTA_RULE_CAREFUL_OPERATIONS(X)                                                                            \
    X(instant_to_date)                                                                                                 \
    X(full_years)                                                                                                      \
    X(days_until_anniversary) X(geo_distance) X(date_to_instant) X(instant_field) X(date_field) X(equal_text)          \
        X(not_equal_text) X(less_text) X(less_equal_text) X(greater_text) X(greater_equal_text) X(starts_with)         \
            X(ends_with) X(contains) X(matches) X(in_texts) X(in_set) X(concatenate) X(size_text) X(size_bytes)        \
                X(size_set) X(index_of) X(index_of_from) X(last_index_of) X(last_index_of_from) X(char_at)             \
                    X(substring_from) X(substring) X(replace) X(replace_some) X(lower_ascii) X(upper_ascii) X(trim)    \
                        X(reverse) X(half_width) X(normalized) X(phone_key) X(is_phone) X(text_to_integer)             \
                            X(text_to_natural) X(text_to_real) X(text_to_boolean) X(text_to_decimal)                   \
                                X(text_to_instant) X(text_to_date) X(text_to_duration) X(bytes_to_text)                \
                                    X(integer_to_text) X(natural_to_text) X(real_to_text) X(boolean_to_text)           \
                                        X(decimal_to_text) X(instant_to_text) X(date_to_text) X(duration_to_text)

enum class opcode : std::uint8_t {
#define SEGMENTA_RULE_ENUMERATOR(name) name,
    SEGMENTA_RULE_NUMERIC_OPERATIONS(SEGMENTA_RULE_ENUMERATOR)
        SEGMENTA_RULE_CAREFUL_OPERATIONS(SEGMENTA_RULE_ENUMERATOR)
#undef SEGMENTA_RULE_ENUMERATOR
};

// Memory for text made by rules: taken piece by piece, given back all at once, kept for the next time.
class text_arena {
public:
    // Room for `size` bytes, or null when the evaluation has made more text than `most_bytes`. May throw bad_alloc.
    char* take(std::size_t size);
    void reset() noexcept;
    [[nodiscard]] std::size_t memory_bytes() const noexcept;

    static constexpr std::size_t longest_text = std::size_t{1} << 20;
    static constexpr std::size_t most_bytes = std::size_t{64} << 20;

private:
    struct chunk {
        std::unique_ptr<char[]> bytes;
        std::size_t size;
    };
    std::vector<chunk> chunks_;
    std::size_t current_ = 0; // chunk being filled
    std::size_t used_ = 0;    // of it
    std::size_t taken_ = 0;
};

struct rule_tables;

// What an operation may use beside its arguments.
struct operation_context {
    rule_tables const* tables = nullptr;
    text_arena* arena = nullptr;
    std::uint64_t immediate = 0;
};

// One operation on single values; the arguments' states count. Defined in row_evaluator.cpp.
slot run_operation(opcode code, operation_context const& context, std::array<slot, 4> const& arguments);
// Whether it may have no answer though its arguments are known.
bool can_fail(opcode code) noexcept;

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
