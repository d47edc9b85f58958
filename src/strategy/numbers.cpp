// SPDX-License-Identifier: Apache-2.0
#include "strategy/numbers.hpp"

#include "base/json.hpp"

#include <segmenta/error.hpp>

#include <cmath>
#include <limits>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

__extension__ using wide = __int128;

constexpr std::int64_t smallest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();

std::int64_t held(wide v) {
    if (v > largest) return largest;
    if (v < smallest) return smallest;
    return static_cast<std::int64_t>(v);
}

struct scientific {
    wide digits = 0;
    int exponent = 0; ///< value = digits * 10^exponent
};

/// The shortest decimal text of a finite double, taken apart. At most 17 digits.
scientific taken_apart(double value) {
    std::string const text = format_double(value);
    scientific out;
    bool negative = false;
    bool after_point = false;
    std::size_t i = 0;
    if (text[i] == '-') negative = true, ++i;
    int exponent = 0;
    for (; i < text.size(); ++i) {
        char const c = text[i];
        if (c == '.') {
            after_point = true;
        } else if (c == 'e' || c == 'E') {
            exponent = std::stoi(text.substr(i + 1));
            break;
        } else if (out.digits < static_cast<wide>(largest)) {
            out.digits = out.digits * 10 + (c - '0');
            out.exponent -= after_point ? 1 : 0;
        } else { // more digits than a double has: zeros before the point
            out.exponent += after_point ? 0 : 1;
        }
    }
    out.exponent += exponent;
    if (negative) out.digits = -out.digits;
    return out;
}

} // namespace

std::span<std::int64_t const> whole_values(column_view column, std::vector<std::int64_t>& memory) {
    if (column.what.base != kind::date) return column.as<std::int64_t>();
    auto const days = column.as<std::int32_t>();
    memory.assign(days.begin(), days.end());
    return memory;
}

decimal_cut::decimal_cut(double cut) : value_(cut) {
    auto const parts = taken_apart(cut);
    for (int scale = 0; scale <= 18; ++scale) {
        int steps = parts.exponent + scale;
        wide floor = parts.digits;
        bool exact = true;
        for (; steps > 0 && floor != 0 && floor < static_cast<wide>(largest) && floor > static_cast<wide>(smallest);
             --steps)
            floor *= 10;
        for (; steps < 0 && floor != 0 && (floor != -1 || exact); ++steps) {
            exact = exact && floor % 10 == 0;
            floor = floor / 10 - (floor % 10 < 0 ? 1 : 0);
        }
        auto const at = static_cast<std::size_t>(scale);
        floor_[at] = held(floor);
        ceiling_[at] = held(exact ? floor : floor + 1);
    }
}

cut_list::cut_list(std::vector<double> const& cuts, std::vector<bool> const& left) : cuts_(cuts) {
    std::vector<decimal_cut> const exact(cuts.begin(), cuts.end());
    for (std::size_t i = 0; i < cuts.size(); ++i)
        below_.push_back(left[i] ? std::nextafter(cuts[i], -std::numeric_limits<double>::infinity()) : cuts[i]);
    for (std::uint8_t scale = 0; scale <= 18; ++scale)
        for (std::size_t i = 0; i < cuts.size(); ++i)
            below_whole_.push_back(left[i] ? std::max(exact[i].ceiling_at(scale), smallest + 1) - 1
                                           : exact[i].floor_at(scale));
}

void check_fit_column(std::string_view place, column_view column) {
    if (!is_ordered_number(column.what.base))
        throw issue_error("fit.type", std::string(place), "this column cannot be put in order", to_string(column.what),
                          "int64, double, decimal, money, date, instant, duration");
    bool any = false;
    for (std::size_t row = 0; row < column.size; ++row) {
        if (!column.is_present(row)) continue;
        if (column.what.base == kind::float64) {
            double const v = column.as<double>()[row];
            if (std::isnan(v)) continue;
            if (std::isinf(v))
                throw issue_error("fit.infinite", std::string(place) + " row " + std::to_string(row + 1),
                                  "an infinite value cannot be fitted", std::to_string(v), "finite numbers",
                                  "Clean the column first");
        }
        any = true;
        if (column.what.base != kind::float64) break; // integers are always finite
    }
    if (!any)
        throw issue_error("fit.no_values", std::string(place), "no customer has a value to fit on",
                          std::to_string(column.size) + " rows", "at least one value",
                          "Look at the data quality counts, or fit on other data");
}

} // namespace detail
} // namespace v0
} // namespace segmenta
