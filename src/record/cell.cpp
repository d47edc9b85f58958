// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/text.hpp>
#include <segmenta/record/cell.hpp>
#include <segmenta/record/decimal.hpp>
#include <segmenta/time/parse.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace {

constexpr std::int64_t largest_exact_double = std::int64_t{1} << 53;

std::optional<value> number_to_decimal(decimal number, type to) noexcept {
    auto const units = rescale(number, to.scale);
    if (!units) return std::nullopt;
    return value::of_decimal(to, units->units);
}

std::optional<value> convert_int(std::int64_t number, type to) noexcept {
    if (to.base == kind::decimal) return number_to_decimal({number, 0}, to);
    if (to.base != kind::float64) return std::nullopt;
    if (number < -largest_exact_double || number > largest_exact_double) return std::nullopt;
    return value::of_double(static_cast<double>(number));
}

std::optional<value> convert_decimal(value const& v, type to) noexcept {
    if (to.base != kind::decimal) return std::nullopt;
    type const from = v.what();
    if (!from.unit.empty() && from.unit != to.unit) return std::nullopt;
    return number_to_decimal({v.as_units(), from.scale}, to);
}

/// The text as the pool holds it, for columns that borrow.
void push_text(column& to, std::string_view text, string_pool& pool) {
    auto const code = pool.intern(text);
    if (to.what().base == kind::category)
        to.push(code);
    else
        to.push(pool.view(code));
}

void push_present(column& to, value const& v, string_pool& pool) {
    switch (to.what().base) {
    case kind::boolean: to.push(static_cast<std::uint8_t>(v.as_bool() ? 1 : 0)); return;
    case kind::float64: to.push(v.as_double()); return;
    case kind::date: to.push(v.as_date().days_since_epoch()); return;
    case kind::int64:
    case kind::decimal:
    case kind::instant:
    case kind::duration: to.push(v.as_int()); return;
    case kind::string:
    case kind::category: push_text(to, v.as_string(), pool); return;
    case kind::category_set: {
        std::vector<std::uint32_t> codes;
        codes.reserve(v.as_set().size());
        for (auto const text : v.as_set())
            codes.push_back(pool.intern(text));
        to.push_set(codes);
        return;
    }
    }
}

std::vector<std::string_view> sorted_members(text_set set) {
    std::vector<std::string_view> members;
    members.reserve(set.size());
    for (auto const text : set)
        members.push_back(text);
    std::sort(members.begin(), members.end());
    members.erase(std::unique(members.begin(), members.end()), members.end());
    return members;
}

std::strong_ordering compare_sets(text_set a, text_set b) {
    auto const left = sorted_members(a);
    auto const right = sorted_members(b);
    return std::lexicographical_compare_three_way(left.begin(), left.end(), right.begin(), right.end());
}

std::strong_ordering compare_doubles(double a, double b) noexcept {
    if (a < b) return std::strong_ordering::less;
    return a > b ? std::strong_ordering::greater : std::strong_ordering::equal;
}

/// The kinds by which values of two types are ordered; the two forms of text are one.
kind order_kind(kind k) noexcept { return k == kind::category ? kind::string : k; }

std::string number_text(double number) {
    std::array<char, 32> text{};
    auto const end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
    return {text.data(), end};
}

std::string set_text(text_set set) {
    std::string text = "{";
    for (auto const member : set) {
        if (text.size() > 1) text += ", ";
        text += quoted(member);
    }
    return text + '}';
}

std::string decimal_text(value const& v) {
    std::string text = to_string(decimal{v.as_units(), v.what().scale});
    if (v.what().is_money()) text.append(1, ' ').append(v.what().unit.name());
    return text;
}

std::string duration_text(std::int64_t microseconds) {
    std::string const text = to_string(decimal{microseconds, 6}, 0);
    return text.front() == '-' ? "-PT" + text.substr(1) + 'S' : "PT" + text + 'S';
}

} // namespace

value cell(column_view const& from, std::size_t row) noexcept {
    if (row >= from.size || !from.is_present(row)) return {};
    switch (from.what.base) {
    case kind::boolean: return value::of_bool(from.as<std::uint8_t>()[row] != 0);
    case kind::int64: return value::of_int(from.as<std::int64_t>()[row]);
    case kind::float64: return value::of_double(from.as<double>()[row]);
    case kind::decimal: return value::of_decimal(from.what, from.as<std::int64_t>()[row]);
    case kind::date: return value::of_date(civil_date{from.as<std::int32_t>()[row]});
    case kind::instant: return value::of_instant(instant{from.as<std::int64_t>()[row]});
    case kind::duration: return value::of_duration_us(from.as<std::int64_t>()[row]);
    case kind::string:
    case kind::category: return value::of_string(from.text(row));
    case kind::category_set: return value::of_set({from.codes(row), *from.pool});
    }
    return {};
}

std::optional<value> convert(value const& v, type to) noexcept {
    if (v.missing() || v.what() == to) return v;
    switch (v.base()) {
    case kind::int64: return convert_int(v.as_int(), to);
    case kind::decimal: return convert_decimal(v, to);
    case kind::string:
    case kind::category: return to.is_text() ? std::optional<value>(v) : std::nullopt;
    default: return std::nullopt;
    }
}

bool append(column& to, value const& v, string_pool& pool) {
    auto const same = convert(v, to.what());
    if (!same) return false;
    if (same->missing())
        to.push_missing();
    else
        push_present(to, *same, pool);
    return true;
}

std::strong_ordering compare(value const& a, value const& b) {
    if (a.missing() || b.missing()) return a.present() <=> b.present();
    if (order_kind(a.base()) != order_kind(b.base())) return order_kind(a.base()) <=> order_kind(b.base());
    switch (a.base()) {
    case kind::float64: return compare_doubles(a.as_double(), b.as_double());
    case kind::decimal:
        if (auto const unit = a.what().unit.name() <=> b.what().unit.name(); unit != 0) return unit;
        return decimal{a.as_units(), a.what().scale} <=> decimal{b.as_units(), b.what().scale};
    case kind::string:
    case kind::category: return a.as_string() <=> b.as_string();
    case kind::category_set: return compare_sets(a.as_set(), b.as_set());
    default: return a.as_int() <=> b.as_int();
    }
}

std::string to_string(value const& v) {
    if (v.missing()) return "missing";
    switch (v.base()) {
    case kind::boolean: return v.as_bool() ? "true" : "false";
    case kind::int64: return std::to_string(v.as_int());
    case kind::float64: return number_text(v.as_double());
    case kind::decimal: return decimal_text(v);
    case kind::date: return to_string(v.as_date());
    case kind::instant: return to_string(v.as_instant());
    case kind::duration: return duration_text(v.as_duration_us());
    case kind::string:
    case kind::category: return quoted(v.as_string());
    case kind::category_set: return set_text(v.as_set());
    }
    return "missing";
}

} // namespace v0
} // namespace segmenta
