// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RECORD_MONEY_HPP
#define SEGMENTA_RECORD_MONEY_HPP

/// \file
/// Amounts of money: an exact decimal with a currency. Amounts of two currencies meet only through a dated rate. Prices
/// may carry more digits than the currency's minor unit; a product of unit price and quantity is exact and is rounded
/// where the caller says so, once.
///
/// Minor units are meant to be those of ISO 4217 list one, but were not compared with the published list; currencies
/// withdrawn since 2015 are kept, because orders of those years are still analysed.

#include <segmenta/error.hpp>
#include <segmenta/record/decimal.hpp>
#include <segmenta/record/type.hpp>
#include <segmenta/time/instant.hpp>

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// One row of the currency table.
struct currency_info {
    currency code;
    std::uint8_t exponent = 2; ///< digits of the minor unit: JPY 0, CNY 2, KWD 3
    bool active = true;        ///< false: withdrawn, kept for past orders
};

/// All known currencies by code. Precious metals, bond units, testing codes and the SDR (XAU, XBA, XTS, XDR) have no
/// minor unit and are not in it.
[[nodiscard]] std::span<currency_info const> currencies() noexcept;
/// Digits of the currency's minor unit; nothing when the code is none or unknown. Logarithmic.
[[nodiscard]] std::optional<std::uint8_t> currency_exponent(currency unit) noexcept;
/// A known currency; else nothing, with issue `money.unknown_currency` naming the nearest code.
[[nodiscard]] std::optional<currency> parse_currency(std::string_view text, std::string_view place, issue_list& issues);

/// An amount of a currency.
///
/// Thread safety: a plain value.
///
///     auto const price = *parse_money("2.555 GBP");
///     auto const line = *checked_multiply(price, decimal{7, 0}); // 17.885 GBP, exact
///     to_string(*round_to_minor_unit(line));                     // "17.88 GBP": half to even
struct money {
    decimal amount{};
    currency unit{};

    friend constexpr bool operator==(money const&, money const&) = default;
    /// Unordered between two currencies.
    friend constexpr std::partial_ordering operator<=>(money const& a, money const& b) noexcept {
        if (a.unit != b.unit) return std::partial_ordering::unordered;
        return a.amount <=> b.amount;
    }
};

/// Reads `500 CNY` or `-12.505 GBP`: a decimal, one space, a known currency. The scale is at least that of the minor
/// unit; more digits are kept. Anything else is nothing.
[[nodiscard]] std::optional<money> parse_money(std::string_view text) noexcept;
/// As above with the issue why: `money.syntax`, `money.unknown_currency`.
[[nodiscard]] std::optional<money> parse_money(std::string_view text, std::string_view place, issue_list& issues);
/// `17.885 GBP`, with the digits the amount has.
[[nodiscard]] std::string to_string(money const& amount);

/// Exact; nothing on overflow or between two currencies.
[[nodiscard]] std::optional<money> checked_add(money const& a, money const& b) noexcept;
[[nodiscard]] std::optional<money> checked_subtract(money const& a, money const& b) noexcept;
[[nodiscard]] std::optional<money> checked_negate(money const& amount) noexcept;
/// Exact product of a unit price and a quantity, as `checked_multiply(decimal, decimal)`; nothing on overflow.
[[nodiscard]] std::optional<money> checked_multiply(money const& unit_price, decimal quantity) noexcept;
/// Rounded to the digits of the currency's minor unit; nothing for an unknown currency or on overflow.
[[nodiscard]] std::optional<money> round_to_minor_unit(money const& amount,
                                                       rounding mode = rounding::half_even) noexcept;

/// Splits `total` units in proportion to `weights` by the largest remainder, so that the parts add up to `total`
/// exactly; equal remainders go to the earlier part. A negative total is split as its opposite. `parts` and `weights`
/// have the same size. False, and nothing written, when there is no weight, one is negative, all are 0 or their sum
/// leaves 64 bits. O(n log n). Source: the Hamilton method of apportionment (M. Balinski, H. P. Young, "Fair
/// Representation", 1982).
[[nodiscard]] bool allocate_units(std::int64_t total, std::span<std::int64_t const> weights,
                                  std::span<std::int64_t> parts);
/// Parts of `total` at its own scale, as `allocate_units`; nothing when that refuses.
/// 100.00 over 1:1:1 is 33.34 + 33.33 + 33.33.
[[nodiscard]] std::optional<std::vector<money>> allocate(money const& total, std::span<std::int64_t const> weights);

/// What one unit of `from` was worth in `to` on a day.
struct exchange_rate {
    currency from{};
    currency to{};
    civil_date day{};
    decimal rate{}; ///< > 0

    friend constexpr bool operator==(exchange_rate const&, exchange_rate const&) = default;
};

/// `amount` times the rate, rounded once to `scale` digits (default: the minor unit of the target). Nothing when the
/// amount is not in `rate.from`, the target is unknown, or on overflow.
[[nodiscard]] std::optional<money> convert(money const& amount, exchange_rate const& rate,
                                           rounding mode = rounding::half_even) noexcept;
[[nodiscard]] std::optional<money> convert(money const& amount, exchange_rate const& rate, std::uint8_t scale,
                                           rounding mode = rounding::half_even) noexcept;

/// A table of dated rates. A rate holds from its day until the next rate of the same pair, but for at most
/// `max_age_days`. No rate is inverted or chained: 1/rate and cross rates are not what a bank would pay.
///
/// Thread safety: immutable after construction; concurrent reads are safe.
class exchange_rates {
public:
    exchange_rates() = default;
    /// Throws `issue_error`: `money.rate` (not positive, or from a currency to itself), `money.unknown_currency`,
    /// `money.duplicate_rate` (two rates of a pair and day that differ). The place of rate i is `place` + `[i]`.
    explicit exchange_rates(std::vector<exchange_rate> rates, std::int32_t max_age_days = 7,
                            std::string_view place = "rates");

    /// The rate that holds on `day`, or nothing. Logarithmic.
    [[nodiscard]] std::optional<exchange_rate> find(currency from, currency to, civil_date day) const noexcept;
    /// `amount` in `to` at the rate of `day`; unchanged when it is in `to` already. Nothing when no rate holds (fail
    /// closed).
    [[nodiscard]] std::optional<money> convert(money const& amount, currency to, civil_date day,
                                               rounding mode = rounding::half_even) const noexcept;
    [[nodiscard]] std::span<exchange_rate const> rates() const noexcept { return rates_; }

private:
    std::vector<exchange_rate> rates_; // sorted by from, to, day
    std::int32_t max_age_days_ = 7;
};

} // namespace v0
} // namespace segmenta

#endif
