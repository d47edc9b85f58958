// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/text.hpp>
#include <segmenta/record/money.hpp>

#include "base/indexed_place.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

namespace segmenta {
inline namespace v0 {
namespace {

using detail::int128;

struct row {
    char code[4];
    std::uint8_t exponent;
    bool active = true;
};

// ISO 4217 list one, by code, with those withdrawn since 2015 (false). Codes compared with the
// iso-codes package 4.15, which lacks XCG and ZWG; exponents with java.util.Currency of OpenJDK
// 17.0.15, which follows the standard and has all but UYW: none differs.
constexpr row rows[] = {
    // clang-format off
    {"AED", 2}, {"AFN", 2}, {"ALL", 2}, {"AMD", 2}, {"ANG", 2, false}, {"AOA", 2}, {"ARS", 2}, {"AUD", 2},
    {"AWG", 2}, {"AZN", 2}, {"BAM", 2}, {"BBD", 2}, {"BDT", 2}, {"BGN", 2}, {"BHD", 3}, {"BIF", 0}, {"BMD", 2},
    {"BND", 2}, {"BOB", 2}, {"BOV", 2}, {"BRL", 2}, {"BSD", 2}, {"BTN", 2}, {"BWP", 2}, {"BYN", 2},
    {"BYR", 0, false}, {"BZD", 2}, {"CAD", 2}, {"CDF", 2}, {"CHE", 2}, {"CHF", 2}, {"CHW", 2}, {"CLF", 4},
    {"CLP", 0}, {"CNY", 2}, {"COP", 2}, {"COU", 2}, {"CRC", 2}, {"CUC", 2, false}, {"CUP", 2}, {"CVE", 2},
    {"CZK", 2}, {"DJF", 0}, {"DKK", 2}, {"DOP", 2}, {"DZD", 2}, {"EGP", 2}, {"ERN", 2}, {"ETB", 2}, {"EUR", 2},
    {"FJD", 2}, {"FKP", 2}, {"GBP", 2}, {"GEL", 2}, {"GHS", 2}, {"GIP", 2}, {"GMD", 2}, {"GNF", 0}, {"GTQ", 2},
    {"GYD", 2}, {"HKD", 2}, {"HNL", 2}, {"HRK", 2, false}, {"HTG", 2}, {"HUF", 2}, {"IDR", 2}, {"ILS", 2},
    {"INR", 2}, {"IQD", 3}, {"IRR", 2}, {"ISK", 0}, {"JMD", 2}, {"JOD", 3}, {"JPY", 0}, {"KES", 2}, {"KGS", 2},
    {"KHR", 2}, {"KMF", 0}, {"KPW", 2}, {"KRW", 0}, {"KWD", 3}, {"KYD", 2}, {"KZT", 2}, {"LAK", 2}, {"LBP", 2},
    {"LKR", 2}, {"LRD", 2}, {"LSL", 2}, {"LTL", 2, false}, {"LYD", 3}, {"MAD", 2}, {"MDL", 2}, {"MGA", 2},
    {"MKD", 2}, {"MMK", 2}, {"MNT", 2}, {"MOP", 2}, {"MRO", 2, false}, {"MRU", 2}, {"MUR", 2}, {"MVR", 2},
    {"MWK", 2}, {"MXN", 2}, {"MXV", 2}, {"MYR", 2}, {"MZN", 2}, {"NAD", 2}, {"NGN", 2}, {"NIO", 2}, {"NOK", 2},
    {"NPR", 2}, {"NZD", 2}, {"OMR", 3}, {"PAB", 2}, {"PEN", 2}, {"PGK", 2}, {"PHP", 2}, {"PKR", 2}, {"PLN", 2},
    {"PYG", 0}, {"QAR", 2}, {"RON", 2}, {"RSD", 2}, {"RUB", 2}, {"RWF", 0}, {"SAR", 2}, {"SBD", 2}, {"SCR", 2},
    {"SDG", 2}, {"SEK", 2}, {"SGD", 2}, {"SHP", 2}, {"SLE", 2}, {"SLL", 2, false}, {"SOS", 2}, {"SRD", 2},
    {"SSP", 2}, {"STD", 2, false}, {"STN", 2}, {"SVC", 2}, {"SYP", 2}, {"SZL", 2}, {"THB", 2}, {"TJS", 2},
    {"TMT", 2}, {"TND", 3}, {"TOP", 2}, {"TRY", 2}, {"TTD", 2}, {"TWD", 2}, {"TZS", 2}, {"UAH", 2}, {"UGX", 0},
    {"USD", 2}, {"USN", 2}, {"UYI", 0}, {"UYU", 2}, {"UYW", 4}, {"UZS", 2}, {"VED", 2}, {"VEF", 2, false},
    {"VES", 2}, {"VND", 0}, {"VUV", 0}, {"WST", 2}, {"XAF", 0}, {"XCD", 2}, {"XCG", 2}, {"XOF", 0}, {"XPF", 0},
    {"YER", 2}, {"ZAR", 2}, {"ZMW", 2}, {"ZWG", 2}, {"ZWL", 2, false},
    // clang-format on
};

constexpr auto table = [] {
    std::array<currency_info, std::size(rows)> made{};
    for (std::size_t i = 0; i < made.size(); ++i)
        made[i] = {currency{std::string_view{rows[i].code, 3}}, rows[i].exponent, rows[i].active};
    return made;
}();

static_assert(std::is_sorted(table.begin(), table.end(), [](currency_info const& a, currency_info const& b) {
    return a.code.name() < b.code.name();
}));

/// What people write for a currency and ISO 4217 does not know, with the code that is meant. Sources: the pages
/// "Renminbi" (RMB; CNH, its offshore quotation), "New Taiwan dollar" (NTD) and "Israeli new shekel" (NIS) of
/// Wikipedia; ISO 4217 list three (RUR, the rouble before 1998); list one for the names of currencies.
struct other_spelling {
    std::string_view written;
    std::string_view code;
};

constexpr other_spelling other_spellings[] = {{"RMB", "CNY"}, {"CNH", "CNY"}, {"YUAN", "CNY"},   {"RENMINBI", "CNY"},
                                              {"NTD", "TWD"}, {"NIS", "ILS"}, {"SHEKEL", "ILS"}, {"RUR", "RUB"},
                                              {"YEN", "JPY"}, {"WON", "KRW"}, {"EURO", "EUR"}};

std::string_view code_meant(std::string_view text, std::span<std::string_view const> codes) {
    for (auto const& [written, code] : other_spellings)
        if (equal_ignore_case(text, written)) return code;
    return nearest_name(text, codes);
}

bool same_day_pair(exchange_rate const& a, exchange_rate const& b) noexcept {
    return a.from == b.from && a.to == b.to && a.day == b.day;
}

bool earlier(exchange_rate const& a, exchange_rate const& b) noexcept {
    if (a.from != b.from) return a.from.name() < b.from.name();
    if (a.to != b.to) return a.to.name() < b.to.name();
    return a.day < b.day;
}

std::optional<money> with_unit(std::optional<decimal> amount, currency unit) noexcept {
    if (!amount) return std::nullopt;
    return money{*amount, unit};
}

void check_rate(exchange_rate const& rate, std::string const& place, issue_list& issues) {
    for (currency const unit : {rate.from, rate.to})
        (void)parse_currency(unit.name(), place, issues);
    if (rate.rate.units <= 0)
        issues.error("money.rate", place, "an exchange rate must be greater than 0", to_string(rate.rate), "> 0");
    if (rate.from == rate.to && !rate.from.empty())
        issues.error("money.rate", place, "a currency needs no rate to itself", std::string(rate.from.name()), {},
                     "Remove the rate.");
}

} // namespace

std::span<currency_info const> currencies() noexcept { return table; }

std::optional<std::uint8_t> currency_exponent(currency unit) noexcept {
    auto const* const at =
        std::lower_bound(table.begin(), table.end(), unit.name(),
                         [](currency_info const& info, std::string_view name) { return info.code.name() < name; });
    if (at == table.end() || at->code != unit) return std::nullopt;
    return at->exponent;
}

std::optional<currency> parse_currency(std::string_view text, std::string_view place, issue_list& issues) {
    currency const unit{text};
    if (currency_exponent(unit)) return unit;
    std::vector<std::string_view> names;
    for (auto const& info : table)
        names.push_back(info.code.name());
    auto const near = code_meant(text, names);
    issues.error("money.unknown_currency", std::string(place), "this is no currency of ISO 4217", quoted(text),
                 "a code of three capital letters such as CNY, EUR, USD",
                 near.empty() ? std::string() : "Did you mean " + std::string(near) + '?');
    return std::nullopt;
}

std::optional<money> parse_money(std::string_view text) noexcept {
    auto const blank = text.find(' ');
    if (blank == std::string_view::npos) return std::nullopt;
    currency const unit{text.substr(blank + 1)};
    auto const exponent = currency_exponent(unit);
    auto const number = parse_decimal(text.substr(0, blank));
    if (!exponent || !number) return std::nullopt;
    return with_unit(rescale(*number, std::max(number->scale, *exponent)), unit);
}

std::optional<money> parse_money(std::string_view text, std::string_view place, issue_list& issues) {
    if (auto const amount = parse_money(text)) return amount;
    auto const blank = text.find(' ');
    bool const number = blank != std::string_view::npos && parse_decimal(text.substr(0, blank));
    // With a good number, a code that is none is the better explanation.
    if (number && !currency_exponent(currency{text.substr(blank + 1)})) {
        (void)parse_currency(text.substr(blank + 1), place, issues);
        return std::nullopt;
    }
    issues.error("money.syntax", std::string(place), "this is no amount of money", quoted(text),
                 "a decimal number, one space, a currency: 500 CNY, -12.50 GBP");
    return std::nullopt;
}

std::string to_string(money const& amount) { return to_string(amount.amount) + ' ' + std::string(amount.unit.name()); }

std::optional<money> checked_add(money const& a, money const& b) noexcept {
    if (a.unit != b.unit) return std::nullopt;
    return with_unit(checked_add(a.amount, b.amount), a.unit);
}

std::optional<money> checked_subtract(money const& a, money const& b) noexcept {
    if (a.unit != b.unit) return std::nullopt;
    return with_unit(checked_subtract(a.amount, b.amount), a.unit);
}

std::optional<money> checked_negate(money const& amount) noexcept {
    return with_unit(checked_negate(amount.amount), amount.unit);
}

std::optional<money> checked_multiply(money const& unit_price, decimal quantity) noexcept {
    return with_unit(checked_multiply(unit_price.amount, quantity), unit_price.unit);
}

std::optional<money> round_to_minor_unit(money const& amount, rounding mode) noexcept {
    auto const exponent = currency_exponent(amount.unit);
    if (!exponent) return std::nullopt;
    return with_unit(rescale(amount.amount, *exponent, mode), amount.unit);
}

bool allocate_units(std::int64_t total, std::span<std::int64_t const> weights, std::span<std::int64_t> parts) {
    int128 all = 0;
    for (auto const weight : weights) {
        if (weight < 0) return false;
        all += weight;
    }
    if (all == 0 || !detail::fits_int64(all)) return false;

    struct remainder {
        std::int64_t left;
        std::size_t part;
    };
    std::vector<remainder> remainders(weights.size());
    int128 const magnitude = total < 0 ? -static_cast<int128>(total) : static_cast<int128>(total);
    int128 rest = magnitude;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        int128 const share = magnitude * weights[i]; // below 2^127
        int128 const whole = share / all;
        remainders[i] = {static_cast<std::int64_t>(share % all), i};
        rest -= whole;
        parts[i] = static_cast<std::int64_t>(total < 0 ? -whole : whole);
    }
    // Fewer units are left than there are parts with a remainder, so no part of weight 0 gets one.
    std::sort(remainders.begin(), remainders.end(), [](remainder const& a, remainder const& b) {
        return a.left != b.left ? a.left > b.left : a.part < b.part;
    });
    for (std::size_t i = 0; i < static_cast<std::size_t>(rest); ++i)
        parts[remainders[i].part] += total < 0 ? -1 : 1;
    return true;
}

std::optional<std::vector<money>> allocate(money const& total, std::span<std::int64_t const> weights) {
    std::vector<std::int64_t> units(weights.size());
    if (!allocate_units(total.amount.units, weights, units)) return std::nullopt;
    std::vector<money> parts;
    parts.reserve(units.size());
    for (auto const part : units)
        parts.push_back({{part, total.amount.scale}, total.unit});
    return parts;
}

std::optional<money> convert(money const& amount, exchange_rate const& rate, std::uint8_t scale,
                             rounding mode) noexcept {
    if (amount.unit != rate.from || amount.unit.empty() || rate.rate.units <= 0) return std::nullopt;
    return with_unit(multiply(amount.amount, rate.rate, scale, mode), rate.to);
}

std::optional<money> convert(money const& amount, exchange_rate const& rate, rounding mode) noexcept {
    auto const exponent = currency_exponent(rate.to);
    if (!exponent) return std::nullopt;
    return convert(amount, rate, *exponent, mode);
}

exchange_rates::exchange_rates(std::vector<exchange_rate> rates, std::int32_t max_age_days, std::string_view place)
    : max_age_days_(max_age_days) {
    issue_list issues;
    std::vector<std::size_t> order(rates.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    auto const place_of = [&](std::size_t i) { return detail::indexed_place(place, i); };
    for (std::size_t i = 0; i < rates.size(); ++i)
        check_rate(rates[i], place_of(i), issues);
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        if (earlier(rates[a], rates[b])) return true;
        return !earlier(rates[b], rates[a]) && a < b;
    });
    for (std::size_t i = 0; i < order.size(); ++i) {
        exchange_rate const& rate = rates[order[i]];
        if (i > 0 && same_day_pair(rates_.back(), rate)) {
            if (rates_.back().rate == rate.rate) continue;
            issues.error("money.duplicate_rate", place_of(order[i - 1]) + ", " + place_of(order[i]),
                         "two rates of one pair and day differ", to_string(rate.rate), to_string(rates_.back().rate),
                         "Keep one of them.");
            continue;
        }
        rates_.push_back(rate);
    }
    issues.throw_if_errors();
}

std::optional<exchange_rate> exchange_rates::find(currency from, currency to, civil_date day) const noexcept {
    auto const after = std::upper_bound(rates_.begin(), rates_.end(), exchange_rate{from, to, day, {}}, earlier);
    if (after == rates_.begin()) return std::nullopt;
    exchange_rate const& rate = *std::prev(after);
    if (rate.from != from || rate.to != to) return std::nullopt;
    // In 64 bits, because two days may be further apart than an int32 says.
    std::int64_t const age = std::int64_t{day.days_since_epoch()} - rate.day.days_since_epoch();
    if (age > max_age_days_) return std::nullopt;
    return rate;
}

std::optional<money> exchange_rates::convert(money const& amount, currency to, civil_date day,
                                             rounding mode) const noexcept {
    if (amount.unit.empty()) return std::nullopt;
    if (amount.unit == to) return amount;
    auto const rate = find(amount.unit, to, day);
    if (!rate) return std::nullopt;
    return v0::convert(amount, *rate, mode);
}

} // namespace v0
} // namespace segmenta
