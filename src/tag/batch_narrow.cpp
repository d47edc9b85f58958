// SPDX-License-Identifier: Apache-2.0
#include "tag/batch_narrow.hpp"

#include "tag/key_set.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::size_t most_toggles = 64; // from there on a look-up for each row costs less

// Elements of one, two or four bytes, or with width 0 bits; with `bias` their highest bit is turned over before they are compared. Floats
// are made integers in their order.
struct narrow_form {
    unsigned width = 1;
    bool bias = false;
    bool real = false;
    std::int64_t least = 0; // elements there can be
    std::int64_t greatest = 0;
};

template <class T>
narrow_form form_of(bool bias) noexcept {
    return {sizeof(T), bias, false, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()};
}

// How elements are compared: bytes without a sign, wider ones with it.
std::optional<narrow_form> form_of(narrow_column const& column) noexcept {
    switch (column.stored) {
    case storage::int8: return form_of<std::int8_t>(true);
    case storage::uint8: return form_of<std::uint8_t>(false);
    case storage::int16: return form_of<std::int16_t>(false);
    case storage::uint16: return form_of<std::uint16_t>(true);
    case storage::int32: return form_of<std::int32_t>(false);
    case storage::uint32: return form_of<std::uint32_t>(true);
    case storage::float32: {
        auto made = form_of<std::int32_t>(false);
        made.real = true;
        return made;
    }
    case storage::bits: return narrow_form{0, false, false, 0, 1};
    case storage::plain: break;
    }
    if (column.column.what.base != kind::boolean) return std::nullopt;
    return form_of<std::uint8_t>(false);
}

// An element as it is compared.
std::int32_t compared(narrow_form const& form, std::int64_t element) noexcept {
    if (!form.bias) return static_cast<std::int32_t>(element);
    std::int64_t const half = std::int64_t{1} << (form.width * 8 - 1);
    return static_cast<std::int32_t>(form.width == 1 ? element + half : element - half);
}

std::int32_t in_order(std::int32_t bits) noexcept { return bits ^ (bits >> 31 & std::numeric_limits<std::int32_t>::max()); }

// The least float that is not below a number, as it is compared. Both zeros are one number: -0.0 is the lower.
std::int64_t float_cut(double least) noexcept {
    constexpr double greatest = std::numeric_limits<float>::max();
    auto f = static_cast<float>(std::clamp(least, -greatest, greatest));
    if (least > greatest) f = std::numeric_limits<float>::infinity();
    if (std::isinf(least) && least < 0) f = -std::numeric_limits<float>::infinity();
    if (static_cast<double>(f) < least) f = std::nextafter(f, std::numeric_limits<float>::infinity());
    return f == 0 ? -1 : in_order(std::bit_cast<std::int32_t>(f));
}

void end_cut(narrow_cuts& to, bool from_all) {
    to.ends.push_back(static_cast<std::uint32_t>(to.toggles.size()));
    to.from_all.push_back(from_all ? 1 : 0);
}

void cuts_of_numbers(batch_attribute const& of, narrow_form const& form, narrow_cuts& out) {
    for (std::uint64_t const key : of.keys) {
        std::int64_t const cut = form.real ? float_cut(real_of(key)) : number_of(of.how, key);
        if (cut > form.least && cut <= form.greatest) out.toggles.push_back(compared(form, cut));
        end_cut(out, cut <= form.least);
    }
}

bool cuts_of_codes(batch_attribute const& of, narrow_form const& form, std::span<std::int32_t const> dictionary,
                   narrow_cuts& out) {
    if (dictionary.empty() || static_cast<std::int64_t>(dictionary.size()) > form.greatest + 1) return false;
    for (std::int32_t const cut : of.cuts) {
        bool const from_all = dictionary[0] >= cut;
        bool above = from_all;
        for (std::size_t code = 1; code < dictionary.size(); ++code)
            if ((dictionary[code] >= cut) != above) {
                out.toggles.push_back(compared(form, static_cast<std::int64_t>(code)));
                above = !above;
            }
        if (out.toggles.size() > most_toggles) return false;
        end_cut(out, from_all);
    }
    return true;
}

// The elements of a tile at a boundary of 64 bytes, as they are compared.
template <class T>
T const* elements_of(narrow_column const& column, narrow_form const& form, std::size_t first, std::size_t count,
                     std::uint64_t* room) noexcept {
    auto const* const in = static_cast<T const*>(column.column.data) + first;
    bool const as_is = count == tile_rows && !form.bias && !form.real && reinterpret_cast<std::uintptr_t>(in) % 64 == 0;
    if (as_is) return in;
    T* const out = reinterpret_cast<T*>(room);
    std::memcpy(out, in, count * sizeof(T));
    constexpr auto highest = static_cast<T>(std::uint64_t{1} << (sizeof(T) * 8 - 1));
    if (form.bias)
        for (std::size_t i = 0; i < tile_rows; ++i)
            out[i] = static_cast<T>(out[i] ^ highest);
    return out;
}

// Clears the rows that are NaN, and leaves the others as integers in their order.
void order_floats(std::int32_t* bits, std::size_t count, std::uint64_t* present) noexcept {
    constexpr std::int32_t all = std::numeric_limits<std::int32_t>::max();
    constexpr std::int32_t infinity = 0x7F80'0000;
    std::int32_t greatest = 0;
    for (std::size_t i = 0; i < tile_rows; ++i)
        greatest = std::max(greatest, bits[i] & all);
    if (greatest > infinity)
        for (std::size_t i = 0; i < count; ++i)
            if ((bits[i] & all) > infinity) present[i / 64] &= ~(std::uint64_t{1} << (i % 64));
    for (std::size_t i = 0; i < tile_rows; ++i)
        bits[i] ^= bits[i] >> 31 & all;
}

template <class Compare>
void each_cut(narrow_cuts const& cuts, std::uint64_t* out, Compare const& compare) noexcept {
    alignas(64) std::uint64_t other[tile_words];
    std::size_t toggle = 0;
    for (std::size_t c = 0; c < cuts.ends.size(); ++c, out += tile_words) {
        if (cuts.from_all[c] != 0 || toggle == cuts.ends[c])
            std::fill_n(out, tile_words, cuts.from_all[c] != 0 ? ~std::uint64_t{0} : 0);
        else
            compare(&cuts.toggles[toggle++], out);
        for (; toggle < cuts.ends[c]; ++toggle) {
            compare(&cuts.toggles[toggle], other);
            for (std::size_t w = 0; w < tile_words; ++w)
                out[w] ^= other[w];
        }
    }
}

} // namespace

bool make_narrow_cuts(batch_attribute const& of, narrow_column const& column, std::span<std::int32_t const> dictionary,
                      narrow_cuts& out) {
    out.toggles.clear();
    out.ends.clear();
    out.from_all.clear();
    auto const form = form_of(column);
    if (!form || of.keys.empty()) return false;
    if (column.column.what.base == kind::category) return cuts_of_codes(of, *form, dictionary, out);
    if (of.keys.size() > most_toggles) return false;
    cuts_of_numbers(of, *form, out);
    return true;
}

void compare_narrow(narrow_cuts const& cuts, narrow_column const& column, std::size_t first, std::size_t count,
                    batch_kernels const& kernels, std::uint64_t* room, std::uint64_t* present, std::uint64_t* out) noexcept {
    narrow_form const form = *form_of(column);
    switch (form.width) {
    case 0: {
        auto const* const words = static_cast<std::uint64_t const*>(column.column.data) + first / 64;
        return each_cut(cuts, out, [&](std::int32_t const*, std::uint64_t* to) { // the only toggle there can be is 1
            std::copy_n(words, (count + 63) / 64, to);
        });
    }
    case 1: {
        auto const* const in = elements_of<std::uint8_t>(column, form, first, count, room);
        return each_cut(cuts, out, [&](std::int32_t const* cut, std::uint64_t* to) {
            kernels.at_least_bytes(in, cut, 1, to);
        });
    }
    case 2: {
        auto const* const in = elements_of<std::int16_t>(column, form, first, count, room);
        return each_cut(cuts, out, [&](std::int32_t const* cut, std::uint64_t* to) {
            kernels.at_least_shorts(in, cut, 1, to);
        });
    }
    default: break;
    }
    auto const* const in = elements_of<std::int32_t>(column, form, first, count, room);
    if (form.real) order_floats(reinterpret_cast<std::int32_t*>(room), count, present);
    each_cut(cuts, out, [&](std::int32_t const* cut, std::uint64_t* to) { kernels.at_least_ints(in, cut, 1, to); });
}

} // namespace detail
} // namespace v0
} // namespace segmenta
