// SPDX-License-Identifier: Apache-2.0
#include "tag/batch_narrow.hpp"

#include "tag/key_set.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>
#include <type_traits>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::size_t most_toggles = 64; // from there on a look-up for each row costs less

template <class T>
narrow_form form_of() noexcept {
    bool const turned = std::is_signed_v<T> == (sizeof(T) == 1);
    return {sizeof(T), turned, false, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()};
}

std::optional<narrow_form> form_of(narrow_column const& column) noexcept {
    switch (column.stored) {
    case storage::int8: return form_of<std::int8_t>();
    case storage::uint8: return form_of<std::uint8_t>();
    case storage::int16: return form_of<std::int16_t>();
    case storage::uint16: return form_of<std::uint16_t>();
    case storage::int32: return form_of<std::int32_t>();
    case storage::uint32: return form_of<std::uint32_t>();
    case storage::float32: return narrow_form{sizeof(float), false, true, 0, 0};
    case storage::bits: return narrow_form{0, false, false, 0, 1};
    case storage::plain: break;
    }
    if (column.column.what.base != kind::boolean) return std::nullopt;
    return narrow_form{1, false, false, 0, 1}; // a byte each; any but 0 is true, as where columns are made wide
}

void end_cut(narrow_cuts& to, bool from_all) {
    to.ends.push_back(static_cast<std::uint32_t>(to.toggles.size()));
    to.from_all.push_back(from_all ? 1 : 0);
}

// From `cut` on, in the order of the elements: least < cut <= greatest.
void add_turned_cut(narrow_cuts& to, narrow_form const& form, std::int64_t cut) {
    // The elements in two halves, which the kernels see in the other order. The upper half, which they see first,
    // begins at `upper` and ends before `lower`, where the other begins.
    std::int64_t const half = std::int64_t{1} << (form.width * 8 - 1);
    bool const is_byte = form.width == 1;           // with a sign, seen without
    std::int64_t const middle = is_byte ? 0 : half; // the least element of the upper half
    std::int64_t const upper = is_byte ? 0 : -half; // as it is seen
    std::int64_t const lower = upper + half;
    std::int64_t const seen = cut >= middle ? upper + (cut - middle) : lower + (cut - form.least);
    bool const from_all = cut < middle || seen == upper; // the whole upper half
    if (cut >= middle && seen != upper) to.toggles.push_back(static_cast<std::int32_t>(seen));
    to.toggles.push_back(static_cast<std::int32_t>(lower));
    if (cut < middle) to.toggles.push_back(static_cast<std::int32_t>(seen));
    end_cut(to, from_all);
}

// The least float that is not below a number; of both zeros -0.0.
float float_cut(double least) noexcept {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    constexpr double greatest = std::numeric_limits<float>::max();
    if (least > greatest) return infinity;
    if (least < -greatest) return std::isinf(least) ? -infinity : -std::numeric_limits<float>::max();
    auto f = static_cast<float>(least);
    if (static_cast<double>(f) < least) f = std::nextafter(f, infinity);
    return f == 0 ? -0.0F : f;
}

// As integers, floats that are not negative come in their order, after the negative ones, which come in the opposite.
void add_float_cut(narrow_cuts& to, float cut) {
    std::int32_t const bits = std::bit_cast<std::int32_t>(cut);
    to.toggles.push_back(bits < 0 ? bits + 1 : bits);
    if (bits < 0) to.toggles.push_back(0);
    end_cut(to, bits < 0);
}

// All that is NaN, of either sign.
constexpr std::int32_t nan_toggles[] = {std::bit_cast<std::int32_t>(0xFF80'0001U), 0, 0x7F80'0001};

void cuts_of_numbers(batch_attribute const& of, narrow_form const& form, narrow_cuts& out) {
    for (std::uint64_t const key : of.keys) {
        if (form.real) {
            add_float_cut(out, float_cut(real_of(key)));
            continue;
        }
        std::int64_t const cut = number_of(of.how, key);
        bool const splits = cut > form.least && cut <= form.greatest;
        if (splits && form.turned) {
            add_turned_cut(out, form, cut);
            continue;
        }
        if (splits) out.toggles.push_back(static_cast<std::int32_t>(cut));
        end_cut(out, cut <= form.least);
    }
}

bool cuts_of_codes(batch_attribute const& of, narrow_form const& form, std::span<std::int32_t const> dictionary,
                   narrow_cuts& out) {
    if (dictionary.empty() || dictionary.size() > std::size_t{1} << (form.width == 1 ? 8 : 15)) return false;
    for (std::int32_t const cut : of.cuts) {
        bool const from_all = dictionary[0] >= cut;
        bool above = from_all;
        for (std::size_t code = 1; code < dictionary.size(); ++code)
            if ((dictionary[code] >= cut) != above) {
                out.toggles.push_back(static_cast<std::int32_t>(code));
                above = !above;
            }
        if (out.toggles.size() > most_toggles) return false;
        end_cut(out, from_all);
    }
    return true;
}

// The elements of a tile; the last tile of a column is copied, because vectors would read past its end.
template <class T>
T const* elements_of(narrow_column const& column, std::size_t first, std::size_t count, std::uint64_t* room) noexcept {
    auto const* const in = static_cast<T const*>(column.column.data) + first;
    if (count == tile_rows) return in;
    std::copy_n(in, count, reinterpret_cast<T*>(room));
    return reinterpret_cast<T const*>(room);
}

// Makes the bitmap of each cut; `look` is called with its toggles, whether they begin with all rows, and where to.
template <class Look>
void each_cut(narrow_cuts const& cuts, std::uint64_t* out, Look const& look) noexcept {
    std::size_t begin = 0;
    for (std::size_t c = 0; c < cuts.ends.size(); ++c, out += tile_words) {
        look({cuts.toggles.data() + begin, cuts.ends[c] - begin}, cuts.from_all[c] != 0, out);
        begin = cuts.ends[c];
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
    out.form = *form;
    if (column.column.what.base == kind::category) return cuts_of_codes(of, *form, dictionary, out);
    if (of.keys.size() > most_toggles) return false;
    cuts_of_numbers(of, *form, out);
    return true;
}

void compare_narrow(narrow_cuts const& cuts, narrow_column const& column, std::size_t first, std::size_t count,
                    batch_kernels const& kernels, memory_asker& asker, std::uint64_t* room, std::uint64_t* present,
                    std::uint64_t* out) noexcept {
    using toggles = std::span<std::int32_t const>;
    auto const looking = [&asker](auto kernel, auto const* in) {
        return [&asker, kernel, in](toggles of, bool from_all, std::uint64_t* to) {
            kernel(in, of, from_all, to, of.empty() ? std::span<std::uintptr_t const>{} : asker.next());
        };
    };
    switch (cuts.form.width) {
    case 0: {
        auto const* const words = static_cast<std::uint64_t const*>(column.column.data) + first / 64;
        return each_cut(cuts, out, [&](toggles of, bool from_all, std::uint64_t* to) {
            std::uint64_t const turn = from_all ? ~std::uint64_t{0} : 0;
            if (of.empty()) return (void)std::fill_n(to, tile_words, turn);
            for (std::size_t w = 0; w < (count + 63) / 64; ++w) // the only toggle there can be is 1
                to[w] = words[w] ^ turn;
        });
    }
    case 1:
        return each_cut(cuts, out,
                        looking(kernels.toggled_bytes, elements_of<std::uint8_t>(column, first, count, room)));
    case 2:
        return each_cut(cuts, out,
                        looking(kernels.toggled_shorts, elements_of<std::int16_t>(column, first, count, room)));
    default: break;
    }
    auto const* const in = elements_of<std::int32_t>(column, first, count, room);
    auto const look = looking(kernels.toggled_ints, in);
    if (cuts.form.real) {
        alignas(64) std::uint64_t nan[tile_words];
        kernels.toggled_ints(in, std::span<std::int32_t const>(nan_toggles), false, nan, {});
        for (std::size_t w = 0; w < tile_words; ++w)
            present[w] &= ~nan[w];
    }
    each_cut(cuts, out, look);
}

} // namespace detail
} // namespace v0
} // namespace segmenta
