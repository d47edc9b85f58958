// SPDX-License-Identifier: Apache-2.0
#include <segmenta/record/narrow_column.hpp>

#include <algorithm>

namespace segmenta {
inline namespace v0 {
namespace {

template <class To, class From>
void widen_as(narrow_column const& from, std::size_t first, std::size_t count, To* out) noexcept {
    auto const* const in = static_cast<From const*>(from.column.data) + first;
    std::transform(in, in + count, out, [](From v) { return static_cast<To>(v); });
}

template <class To>
void widen_to(narrow_column const& from, std::size_t first, std::size_t count, std::uint64_t* room) noexcept {
    To* const out = reinterpret_cast<To*>(room);
    switch (from.stored) {
    case storage::int8: return widen_as<To, std::int8_t>(from, first, count, out);
    case storage::int16: return widen_as<To, std::int16_t>(from, first, count, out);
    case storage::int32: return widen_as<To, std::int32_t>(from, first, count, out);
    case storage::uint8: return widen_as<To, std::uint8_t>(from, first, count, out);
    case storage::uint16: return widen_as<To, std::uint16_t>(from, first, count, out);
    case storage::uint32: return widen_as<To, std::uint32_t>(from, first, count, out);
    case storage::float32: return widen_as<To, float>(from, first, count, out);
    case storage::bits: {
        auto const* const words = static_cast<std::uint64_t const*>(from.column.data) + first / 64;
        for (std::size_t i = 0; i < count; ++i)
            out[i] = static_cast<To>(words[i / 64] >> (i % 64) & 1U);
        return;
    }
    case storage::plain: return;
    }
}

} // namespace

column_view widen(narrow_column const& from, std::size_t first, std::size_t count,
                  std::span<std::uint64_t> room) noexcept {
    if (from.stored == storage::plain) return from.column.slice(first, count);
    column_view out = from.column;
    out.size = count;
    out.data = room.data();
    if (out.valid != nullptr) out.valid += first / 64;
    switch (out.what.base) {
    case kind::boolean: widen_to<std::uint8_t>(from, first, count, room.data()); break;
    case kind::float64: widen_to<double>(from, first, count, room.data()); break;
    case kind::category: widen_to<std::uint32_t>(from, first, count, room.data()); break;
    case kind::date: widen_to<std::int32_t>(from, first, count, room.data()); break;
    default: widen_to<std::int64_t>(from, first, count, room.data()); break;
    }
    return out;
}

} // namespace v0
} // namespace segmenta
