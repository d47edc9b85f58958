// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RECORD_VALUE_HEAD_HPP
#define SEGMENTA_RECORD_VALUE_HEAD_HPP

// A value begins with its type and whether it is present. Both are compared at once, as one number.

#include <segmenta/record/value.hpp>

#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace segmenta {
inline namespace v0 {
namespace detail {

class value_head {
public:
    static value_head of(value const& v) noexcept {
        std::uint64_t bits;
        std::memcpy(&bits, static_cast<void const*>(&v), sizeof bits);
        return value_head(low_first ? bits << 16 : bits >> 16);
    }
    // Of no value.
    static constexpr value_head of_nothing() noexcept { return value_head(low_first ? 1 : std::uint64_t{1} << 63); }
    // Of the present values that an attribute declared like this has: texts are strings whether declared `string` or
    // `category`.
    static value_head of_type(type what) noexcept {
        if (what.is_text()) return of(value::of_string({}));
        if (what.base == kind::category_set) return of(value::of_set({}));
        if (what.base == kind::float64) return of(value::of_double(0));
        return of(value::of_decimal(what, 0));
    }
    // The first eight bytes of such a value, zeros where they are nobody's.
    [[nodiscard]] std::uint64_t first_bytes() const noexcept { return low_first ? bits_ >> 16 : bits_ << 16; }
    [[nodiscard]] bool is_present() const noexcept { return (bits_ & present) != 0; }
    friend bool operator==(value_head, value_head) noexcept = default;

private:
    // Five bytes of type, one that says whether the value is there; the rest is nobody's.
    static_assert(std::is_standard_layout_v<value> && std::is_trivially_copyable_v<value> && sizeof(type) == 5);
    static constexpr bool low_first = std::endian::native == std::endian::little;
    static constexpr std::uint64_t present = low_first ? 0xFF00'0000'0000'0000U : 0xFFU;

    explicit constexpr value_head(std::uint64_t bits) noexcept : bits_(bits) {}
    std::uint64_t bits_;
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
