// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_STRATEGY_NUMBERS_HPP
#define SEGMENTA_STRATEGY_NUMBERS_HPP

// Numbers of columns for mechanisms: whatever is stored as an integer is compared as an integer.

#include "base/powers_of_ten.hpp"

#include <segmenta/record/column.hpp>
#include <segmenta/record/type.hpp>
#include <segmenta/strategy/segment.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

/// int64, decimal, instant, duration (8 bytes) and date (4 bytes).
constexpr bool is_whole(kind k) noexcept {
    return k == kind::int64 || k == kind::decimal || k == kind::date || k == kind::instant || k == kind::duration;
}
constexpr bool is_ordered_number(kind k) noexcept { return is_whole(k) || k == kind::float64; }

/// Digits after the point of the stored integer.
constexpr std::uint8_t scale_of(type t) noexcept { return t.base == kind::decimal ? t.scale : std::uint8_t{0}; }

inline constexpr std::size_t tile_rows = 512; ///< a multiple of 64, so that slices keep their bitmaps

/// A present value as it is stored.
inline std::int64_t whole_at(column_view const& column, std::size_t row) noexcept {
    if (column.what.base == kind::date) return column.as<std::int32_t>()[row];
    return column.as<std::int64_t>()[row];
}

/// A present value in units of its meaning: decimals as their value, dates as days, booleans as 0 or 1.
inline double number_at(column_view const& column, std::size_t row) noexcept {
    if (column.what.base == kind::float64) return column.as<double>()[row];
    if (column.what.base == kind::boolean) return column.as<std::uint8_t>()[row];
    double const whole = static_cast<double>(whole_at(column, row));
    return column.what.base == kind::decimal ? whole / double_powers_of_ten[column.what.scale] : whole;
}

/// Calls visit(span<int64 const>, valid words or null, first row) over all rows. Dates are widened tile by tile.
template <class Visit>
void for_each_whole_run(column_view column, Visit&& visit) {
    if (column.what.base != kind::date) {
        visit(column.as<std::int64_t>(), column.valid, std::size_t{0});
        return;
    }
    std::array<std::int64_t, tile_rows> wide;
    for (std::size_t begin = 0; begin < column.size; begin += tile_rows) {
        std::size_t const n = std::min(tile_rows, column.size - begin);
        auto const days = column.as<std::int32_t>().subspan(begin, n);
        std::copy(days.begin(), days.end(), wide.begin());
        visit(std::span<std::int64_t const>(wide.data(), n),
              column.valid == nullptr ? nullptr : column.valid + begin / 64, begin);
    }
}

/// All values as stored integers, for fits: a view of the column or of `memory`.
std::span<std::int64_t const> whole_values(column_view column, std::vector<std::int64_t>& memory);

/// A number a plan says, exactly as its shortest decimal writing: 0.1 is one tenth.
class decimal_cut {
public:
    explicit decimal_cut(double cut);

    [[nodiscard]] double value() const noexcept { return value_; }
    /// The largest integer n with n * 10^-scale <= cut, held inside 64 bits.
    [[nodiscard]] std::int64_t floor_at(std::uint8_t scale) const noexcept { return floor_[scale]; }
    /// The smallest integer n with n * 10^-scale >= cut.
    [[nodiscard]] std::int64_t ceiling_at(std::uint8_t scale) const noexcept { return ceiling_[scale]; }

private:
    double value_;
    std::array<std::int64_t, 19> floor_{};
    std::array<std::int64_t, 19> ceiling_{};
};

/// Ascending cuts of numbers of any stored type.
class cut_list {
public:
    cut_list() = default;
    /// `left`: a value on cut i lies above it, when left[i].
    cut_list(std::vector<double> const& cuts, std::vector<bool> const& left);

    [[nodiscard]] std::size_t size() const noexcept { return cuts_.size(); }
    [[nodiscard]] double value(std::size_t i) const noexcept { return cuts_[i]; }

    /// How many cuts the present value in `row` lies above. The column is an ordered number.
    [[nodiscard]] std::size_t above(column_view const& column, std::size_t row) const noexcept {
        if (column.what.base == kind::float64) return count(below_.data(), column.as<double>()[row]);
        return count(below_whole_.data() + scale_of(column.what) * cuts_.size(), whole_at(column, row));
    }

private:
    template <class T>
    [[nodiscard]] std::size_t count(T const* below, T v) const noexcept {
        std::size_t out = 0;
        for (std::size_t i = 0; i < cuts_.size(); ++i)
            out += v > below[i] ? 1 : 0;
        return out;
    }

    std::vector<double> cuts_;
    // The largest number that does not lie above a cut: one comparison answers, whichever side is closed.
    std::vector<double> below_;
    std::vector<std::int64_t> below_whole_; // for one scale after the other
};

/// Throws `issue_error` (`fit.type`) unless the column is an ordered number, (`fit.no_values`) when no row is present;
/// infinite doubles are refused (`fit.infinite`).
void check_fit_column(std::string_view place, column_view column);

/// Fills all of `out` with `no_answer(why)`.
inline void fill_status(std::span<assignment> out, status why) noexcept {
    for (auto& a : out)
        a = no_answer(why);
}

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
