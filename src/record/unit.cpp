// SPDX-License-Identifier: Apache-2.0
#include <segmenta/record/unit.hpp>

#include <segmenta/base/half_width.hpp>
#include <segmenta/base/text.hpp>
#include <segmenta/record/decimal.hpp>
#include <segmenta/record/money.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

namespace segmenta {
inline namespace v0 {
namespace {

using detail::int128;

constexpr std::int64_t largest_factor = 1'000'000'000'000;

/// A word of a quantity, in terms of the quantity's first word. Words of one quantity stand together.
struct known_word {
    std::string_view quantity; ///< of money its currency
    std::string_view word;
    std::int64_t number;
    std::int64_t divisor;
};

constexpr known_word known_words[] = {
    {"CNY", "元", 1, 1},
    {"CNY", "CNY", 1, 1},
    {"CNY", "RMB", 1, 1},
    {"CNY", "人民币", 1, 1},
    {"CNY", "圆", 1, 1},
    {"CNY", "块", 1, 1},
    {"CNY", "块钱", 1, 1},
    {"CNY", "¥", 1, 1},
    {"CNY", "角", 1, 10},
    {"CNY", "毛", 1, 10},
    {"CNY", "分", 1, 100},
    {"CNY", "元人民币", 1, 1},
    {"USD", "USD", 1, 1},
    {"USD", "美元", 1, 1},
    {"USD", "$", 1, 1},
    {"USD", "US$", 1, 1},
    {"USD", "美分", 1, 100},
    {"USD", "¢", 1, 100},
    {"EUR", "EUR", 1, 1},
    {"EUR", "欧元", 1, 1},
    {"EUR", "€", 1, 1},
    {"GBP", "GBP", 1, 1},
    {"GBP", "英镑", 1, 1},
    {"GBP", "£", 1, 1},
    {"JPY", "JPY", 1, 1},
    {"JPY", "日元", 1, 1},
    {"JPY", "円", 1, 1},
    {"HKD", "HKD", 1, 1},
    {"HKD", "港元", 1, 1},
    {"HKD", "港币", 1, 1},
    {"HKD", "HK$", 1, 1},
    {"TWD", "TWD", 1, 1},
    {"TWD", "新台币", 1, 1},
    {"TWD", "台币", 1, 1},
    {"TWD", "NT$", 1, 1},

    {"mass", "kg", 1, 1},
    {"mass", "KG", 1, 1},
    {"mass", "公斤", 1, 1},
    {"mass", "千克", 1, 1},
    {"mass", "g", 1, 1000},
    {"mass", "克", 1, 1000},
    {"mass", "mg", 1, 1000000},
    {"mass", "毫克", 1, 1000000},
    {"mass", "t", 1000, 1},
    {"mass", "吨", 1000, 1},
    {"mass", "斤", 1, 2},
    {"mass", "市斤", 1, 2},
    {"mass", "两", 1, 20},
    {"mass", "lb", 45359237, 100000000},
    {"mass", "磅", 45359237, 100000000},

    {"area", "m²", 1, 1},
    {"area", "m2", 1, 1},
    {"area", "㎡", 1, 1},
    {"area", "平方米", 1, 1},
    {"area", "平米", 1, 1},
    {"area", "平", 1, 1},
    {"area", "亩", 2000, 3},
    {"area", "ha", 10000, 1},
    {"area", "公顷", 10000, 1},
    {"area", "km²", 1000000, 1},
    {"area", "平方公里", 1000000, 1},
    {"area", "坪", 400, 121},

    {"length", "m", 1, 1},
    {"length", "米", 1, 1},
    {"length", "cm", 1, 100},
    {"length", "厘米", 1, 100},
    {"length", "公分", 1, 100},
    {"length", "mm", 1, 1000},
    {"length", "毫米", 1, 1000},
    {"length", "km", 1000, 1},
    {"length", "公里", 1000, 1},
    {"length", "千米", 1000, 1},
    {"length", "里", 500, 1},
    {"length", "丈", 10, 3},
    {"length", "尺", 1, 3},
    {"length", "寸", 1, 30},
    {"length", "in", 254, 10000},
    {"length", "英寸", 254, 10000},
    {"length", "ft", 3048, 10000},
    {"length", "英尺", 3048, 10000},
    {"length", "mi", 1609344, 1000},
    {"length", "英里", 1609344, 1000},

    {"volume", "L", 1, 1},
    {"volume", "l", 1, 1},
    {"volume", "升", 1, 1},
    {"volume", "公升", 1, 1},
    {"volume", "ml", 1, 1000},
    {"volume", "mL", 1, 1000},
    {"volume", "毫升", 1, 1000},
    {"volume", "m³", 1000, 1},
    {"volume", "m3", 1000, 1},
    {"volume", "立方米", 1000, 1},
};

/// Longer ones first, so that the first that fits is the longest.
struct power_word {
    std::string_view word;
    int exponent;
};
constexpr power_word powers[] = {
    {"万亿", 12}, {"千亿", 11}, {"百亿", 10}, {"十亿", 9}, {"千万", 7}, {"百万", 6},
    {"十万", 5},  {"亿", 8},    {"万", 4},    {"千", 3},   {"百", 2},   {"十", 1},
};

std::optional<unit_factor> lowest_terms(int128 number, int128 divisor) noexcept {
    if (number <= 0 || divisor <= 0) return std::nullopt;
    int128 a = number;
    int128 b = divisor;
    while (b != 0) {
        int128 const rest = a % b;
        a = b;
        b = rest;
    }
    number /= a;
    divisor /= a;
    if (number > largest_factor || divisor > largest_factor) return std::nullopt;
    return unit_factor{static_cast<std::int64_t>(number), static_cast<std::int64_t>(divisor)};
}

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// magnitude * 10^exponent * factor, with a sign.
struct quantity {
    bool negative = false;
    std::uint64_t magnitude = 0; // at most 2^63
    int exponent = 0;
    unit_factor factor;
};

/// The digits at the front of `text`, which moves on; an error, or none.
quantity_error take_number(std::string_view& text, quantity& out) noexcept {
    std::size_t digits = 0;
    std::size_t zeros = 0; // after the point, not yet known to matter
    bool point = false;
    std::size_t at = 0;
    bool fits = true;
    auto const push = [&](unsigned digit) {
        fits = fits && !__builtin_mul_overflow(out.magnitude, std::uint64_t{10}, &out.magnitude) &&
               !__builtin_add_overflow(out.magnitude, std::uint64_t{digit}, &out.magnitude) &&
               out.magnitude <= std::uint64_t{1} << 63;
    };
    for (; at < text.size(); ++at) {
        char const c = text[at];
        if (c == '.' && !point) {
            point = true;
            continue;
        }
        if (!is_digit(c)) break;
        ++digits;
        if (point && c == '0') {
            ++zeros;
            continue;
        }
        if (point) {
            for (; zeros > 0; --zeros, --out.exponent)
                push(0);
            --out.exponent;
        }
        push(static_cast<unsigned>(c - '0'));
    }
    if (digits == 0) return quantity_error::not_a_number;
    text.remove_prefix(at);
    return fits ? quantity_error::none : quantity_error::out_of_range;
}

/// The exponent of a power at the front of `word`, which moves on; 0 when there is none.
int take_power(std::string_view& word) noexcept {
    for (auto const& power : powers) {
        if (!word.starts_with(power.word)) continue;
        word.remove_prefix(power.word.size());
        return power.exponent;
    }
    return 0;
}

/// What a word after the number means: that of the table, or a power with or without one.
bool read_word(std::string_view word, unit_table const& units, quantity& out) noexcept {
    if (auto const whole = units.find(word)) {
        out.factor = *whole;
        return true;
    }
    int const power = take_power(word);
    auto const rest = power > 0 ? units.find(trim(word)) : std::nullopt;
    if (!rest) return false;
    out.factor = *rest;
    out.exponent += power;
    return true;
}

quantity_error split(std::string_view text, unit_table const& units, quantity& out) noexcept {
    auto const take_minus = [&] {
        bool const minus = text.starts_with('-');
        if (minus) text = trim(text.substr(1));
        out.negative = out.negative || minus;
        return minus;
    };
    text = trim(text);
    bool const signed_already = take_minus();
    std::string_view before;
    if (!text.empty() && !is_digit(text.front()) && text.front() != '.') {
        auto const number = text.find_first_of("0123456789.-");
        if (number == std::string_view::npos) return quantity_error::not_a_number;
        before = trim(text.substr(0, number));
        text.remove_prefix(number);
        if (take_minus() && signed_already) return quantity_error::not_a_number;
    }
    if (auto const error = take_number(text, out); error != quantity_error::none) return error;
    std::string_view after = trim(text);
    if (!after.empty() && std::string_view("0123456789.,-+").find(after.front()) != std::string_view::npos)
        return quantity_error::not_a_number; // 1.2.3, 1,200
    if (before.empty()) return read_word(after, units, out) ? quantity_error::none : quantity_error::unknown_unit;
    auto const unit = units.find(before);
    out.exponent += take_power(after); // ￥1.2万
    if (!unit || !after.empty()) return quantity_error::unknown_unit;
    out.factor = *unit;
    return quantity_error::none;
}

quantity_error read(std::string_view text, unit_table const& units, quantity& out) noexcept {
    if (text.size() > longest_quantity) return quantity_error::not_a_number;
    std::array<char, longest_quantity> half;
    char* const end = half_width(text, half.data());
    return split({half.data(), static_cast<std::size_t>(end - half.data())}, units, out);
}

} // namespace

std::optional<unit_factor> parse_unit_factor(std::string_view text) noexcept {
    auto const slash = text.find('/');
    auto const number = parse_decimal(text.substr(0, slash));
    auto const divisor = slash == std::string_view::npos ? decimal{1, 0} : parse_decimal(text.substr(slash + 1));
    if (!number || !divisor) return std::nullopt;
    return lowest_terms(static_cast<int128>(number->units) * detail::power_of_ten(divisor->scale),
                        static_cast<int128>(divisor->units) * detail::power_of_ten(number->scale));
}

std::optional<unit_table> unit_table::of(std::string_view kept) {
    std::string const half = half_width(kept);
    std::string_view const wanted = trim(half);
    auto const own = std::find_if(std::begin(known_words), std::end(known_words),
                                  [&](known_word const& known) { return known.word == wanted; });
    unit_table out;
    if (own == std::end(known_words)) {
        currency const code(wanted);
        if (code.empty() || !currency_exponent(code)) return std::nullopt;
        out.money_ = code;
        out.add(wanted, {});
        return out;
    }
    out.money_ = currency(own->quantity);
    for (auto const& known : known_words) {
        if (known.quantity != own->quantity) continue;
        auto const factor = lowest_terms(static_cast<int128>(known.number) * own->divisor,
                                         static_cast<int128>(known.divisor) * own->number);
        if (factor) out.add(known.word, *factor);
    }
    return out;
}

std::vector<std::string_view> unit_table::ready_made() {
    std::vector<std::string_view> out;
    std::string_view quantity;
    for (auto const& known : known_words) {
        if (known.quantity != quantity) out.push_back(known.word);
        quantity = known.quantity;
    }
    return out;
}

void unit_table::add(std::string_view word, unit_factor factor) {
    std::string const half = half_width(word);
    std::string_view const clean = trim(half);
    auto const same = std::find_if(entries_.begin(), entries_.end(), [&](entry const& e) { return e.word == clean; });
    if (same != entries_.end())
        same->factor = factor;
    else
        entries_.push_back({std::string(clean), factor});
}

std::optional<unit_factor> unit_table::find(std::string_view word) const noexcept {
    if (word.empty()) return unit_factor{};
    for (auto const& e : entries_)
        if (e.word == word) return e.factor;
    return std::nullopt;
}

std::string unit_table::words() const {
    std::vector<std::string_view> words;
    for (auto const& e : entries_)
        words.push_back(e.word);
    return join_names(words, 30) + ", also after 十 百 千 万 亿";
}

quantity_error read_quantity(std::string_view text, unit_table const& units, unsigned scale,
                             std::int64_t& out) noexcept {
    quantity q;
    if (auto const error = read(text, units, q); error != quantity_error::none) return error;
    // at most 2^63 * 10^12, below 2^103
    int128 number = static_cast<int128>(q.magnitude) * q.factor.number;
    int exponent = q.exponent + static_cast<int>(scale);
    for (; exponent > 0; --exponent) // past 128 bits the result is past 64, because the divisor is below 2^40
        if (__builtin_mul_overflow(number, int128{10}, &number)) return quantity_error::out_of_range;
    for (; exponent < 0 && number != 0; ++exponent) {
        if (number % 10 != 0) return quantity_error::too_many_decimals;
        number /= 10;
    }
    if (number % q.factor.divisor != 0) return quantity_error::too_many_decimals;
    number /= q.factor.divisor;
    if (q.negative) number = -number;
    if (!detail::fits_int64(number)) return quantity_error::out_of_range;
    out = static_cast<std::int64_t>(number);
    return quantity_error::none;
}

quantity_error read_quantity(std::string_view text, unit_table const& units, double& out) noexcept {
    quantity q;
    if (auto const error = read(text, units, q); error != quantity_error::none) return error;
    // The quotient in decimal digits, ended by a 1 when more follow: as far from a tie as the number itself, for the
    // one rounding of from_chars. Two neighbouring doubles and a quotient of these sizes differ long before 70 digits.
    constexpr std::size_t wanted = 70;
    std::array<char, wanted + 60> text_of;
    int128 const number = static_cast<int128>(q.magnitude) * q.factor.number;
    int128 whole = number / q.factor.divisor;
    int128 rest = number % q.factor.divisor;
    std::array<char, 40> reversed;
    std::size_t count = 0;
    for (; whole > 0; whole /= 10)
        reversed[count++] = static_cast<char>('0' + static_cast<int>(whole % 10));
    char* at =
        std::reverse_copy(reversed.begin(), reversed.begin() + static_cast<std::ptrdiff_t>(count), text_of.data());
    if (count == 0) *at++ = '0';
    int exponent = q.exponent;
    for (; rest != 0 && at < text_of.data() + wanted; --exponent) {
        rest *= 10;
        *at++ = static_cast<char>('0' + static_cast<int>(rest / q.factor.divisor));
        rest %= q.factor.divisor;
    }
    if (rest != 0) {
        *at++ = '1';
        --exponent;
    }
    *at++ = 'e';
    at = std::to_chars(at, text_of.data() + text_of.size(), exponent).ptr;
    double read = 0;
    // At most 10^43: no overflow. A result too small for a double is 0 and leaves `read` alone.
    (void)std::from_chars(text_of.data(), at, read);
    out = q.negative ? -read : read;
    return quantity_error::none;
}

} // namespace v0
} // namespace segmenta
