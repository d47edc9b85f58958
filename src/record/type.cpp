// SPDX-License-Identifier: Apache-2.0
#include <segmenta/record/money.hpp>
#include <segmenta/record/type.hpp>

#include <array>
#include <charconv>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

constexpr std::array<std::pair<std::string_view, type>, 9> plain_types{{
    {"bool", boolean_type},
    {"int64", int64_type},
    {"double", float64_type},
    {"date", date_type},
    {"instant", instant_type},
    {"duration", duration_type},
    {"string", string_type},
    {"category", category_type},
    {"set", category_set_type},
}};

std::optional<std::uint8_t> parse_scale(std::string_view text) noexcept {
    unsigned scale = 0;
    auto const [end, failure] = std::from_chars(text.data(), text.data() + text.size(), scale);
    if (failure != std::errc{} || end != text.data() + text.size() || scale > max_decimal_scale) return std::nullopt;
    return static_cast<std::uint8_t>(scale);
}

/// `money(` and `)` are already taken off.
std::optional<type> parse_money_type(std::string_view inside) noexcept {
    auto const comma = inside.find(',');
    currency const unit{inside.substr(0, comma)};
    auto const exponent = currency_exponent(unit);
    if (!exponent) return std::nullopt;
    if (comma == std::string_view::npos) return money_type(unit, *exponent);
    inside.remove_prefix(comma + 1);
    if (inside.starts_with(' ')) inside.remove_prefix(1);
    auto const scale = parse_scale(inside);
    if (!scale) return std::nullopt;
    return money_type(unit, *scale);
}

} // namespace

std::string to_string(type t) {
    if (t.base == kind::decimal) {
        std::string const scale = std::to_string(static_cast<unsigned>(t.scale));
        if (t.unit.empty()) return "decimal(" + scale + ')';
        return "money(" + std::string(t.unit.name()) + ',' + scale + ')';
    }
    for (auto const& [name, plain] : plain_types)
        if (plain.base == t.base) return std::string(name);
    return "int64";
}

std::optional<type> parse_type(std::string_view text) {
    for (auto const& [name, plain] : plain_types)
        if (name == text) return plain;
    if (!text.ends_with(')')) return std::nullopt;
    std::string_view inside = text;
    inside.remove_suffix(1);
    if (inside.starts_with("money(")) return parse_money_type(inside.substr(6));
    if (!inside.starts_with("decimal(")) return std::nullopt;
    auto const scale = parse_scale(inside.substr(8));
    if (!scale) return std::nullopt;
    return decimal_type(*scale);
}

} // namespace v0
} // namespace segmenta
