// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/random.hpp>
#include <segmenta/record/money.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <vector>

using namespace segmenta;

namespace {

constexpr currency cny("CNY");
constexpr currency usd("USD");
constexpr currency jpy("JPY");

money amount(char const* text) {
    auto const parsed = parse_money(text);
    REQUIRE(parsed);
    return *parsed;
}

std::string code_of(issue_list const& issues) { return issues.empty() ? "" : issues[0].code; }

} // namespace

TEST_CASE("the currency table has the exponents of ISO 4217", "[money]") {
    // ISO 4217 list one: the currencies whose minor unit is not 2 digits
    std::vector<std::pair<std::string_view, int>> const special{
        {"BIF", 0}, {"CLP", 0}, {"DJF", 0}, {"GNF", 0}, {"ISK", 0}, {"JPY", 0}, {"KMF", 0}, {"KRW", 0}, {"PYG", 0},
        {"RWF", 0}, {"UGX", 0}, {"UYI", 0}, {"VND", 0}, {"VUV", 0}, {"XAF", 0}, {"XOF", 0}, {"XPF", 0}, {"BHD", 3},
        {"IQD", 3}, {"JOD", 3}, {"KWD", 3}, {"LYD", 3}, {"OMR", 3}, {"TND", 3}, {"CLF", 4}, {"UYW", 4}};
    std::size_t not_two = 0;
    for (auto const& info : currencies()) {
        CHECK(currency_exponent(info.code) == info.exponent);
        if (info.active && info.exponent != 2) ++not_two;
    }
    CHECK(not_two == special.size());
    for (auto const& [code, exponent] : special)
        CHECK(currency_exponent(currency(code)) == exponent);
    for (auto const* code :
         {"CNY", "EUR", "USD", "GBP", "HKD", "TWD", "MOP", "SGD", "CHF", "INR", "XCG", "ZWG", "SLE", "VED"})
        CHECK(currency_exponent(currency(code)) == 2);
    for (auto const* code : {"XXX", "XTS", "XAU", "XDR", "ABC", "RMB"})
        CHECK_FALSE(currency_exponent(currency(code)).has_value());
    CHECK_FALSE(currency_exponent(currency{}).has_value());
    CHECK(std::is_sorted(currencies().begin(), currencies().end(),
                         [](auto const& a, auto const& b) { return a.code.name() < b.code.name(); }));
    CHECK(std::count_if(currencies().begin(), currencies().end(), [](auto const& c) { return c.active; }) >= 160);
}

TEST_CASE("an unknown currency is refused with the nearest code", "[money]") {
    issue_list issues;
    CHECK(parse_currency("CNY", "here", issues) == cny);
    CHECK(issues.empty());
    CHECK_FALSE(parse_currency("CNX", "orders.csv:7", issues).has_value());
    REQUIRE(issues.size() == 1);
    CHECK(issues[0].code == "money.unknown_currency");
    CHECK(issues[0].place == "orders.csv:7");
    CHECK(issues[0].seen == "\"CNX\"");
    CHECK(issues[0].remedy.starts_with("Did you mean CN"));
    CHECK_FALSE(parse_currency("cny", "here", issues).has_value());
    CHECK(issues[1].remedy == "Did you mean CNY?");
}

TEST_CASE("what people write for a currency is answered with its code, not with the code that looks alike", "[money]") {
    auto const [written, code] = GENERATE(table<std::string, std::string>(
        {{"RMB", "CNY"}, {"rmb", "CNY"}, {"NTD", "TWD"}, {"NIS", "ILS"}, {"YEN", "JPY"}, {"Euro", "EUR"}}));
    issue_list issues;
    CHECK_FALSE(parse_currency(written, "here", issues).has_value());
    REQUIRE(issues.size() == 1);
    CHECK(issues[0].remedy == "Did you mean " + code + "?");
}

TEST_CASE("money is read with at least the digits of its minor unit", "[money]") {
    CHECK(amount("500 CNY").amount.scale == 2);
    CHECK(amount("500 CNY").amount.units == 50000);
    CHECK(amount("500 JPY").amount.scale == 0);
    CHECK(amount("2.555 GBP").amount.scale == 3);
    CHECK(to_string(amount("-12.5 USD")) == "-12.50 USD");
    for (auto const* text : {"", "500", "CNY", "500CNY", "500  CNY", "500 cny", "500 CNY ", " 500 CNY", "5e2 CNY",
                             "500 QQQ", "500 XAU", "99999999999999999999 CNY", "92233720368547758.08 CNY x"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_money(text).has_value());
        issue_list issues;
        CHECK_FALSE(parse_money(text, "p", issues).has_value());
        CHECK(issues.size() == 1);
    }
    issue_list issues;
    (void)parse_money("500 CNX", "p", issues);
    CHECK(code_of(issues) == "money.unknown_currency");
    issues = {};
    (void)parse_money("fivehundred CNX", "p", issues);
    CHECK(code_of(issues) == "money.syntax");
}

TEST_CASE("amounts of two currencies are never added", "[money]") {
    CHECK(checked_add(amount("100.10 CNY"), amount("200.20 CNY")) == amount("300.30 CNY"));
    CHECK_FALSE(checked_add(amount("1 CNY"), amount("1 USD")).has_value());
    CHECK_FALSE(checked_subtract(amount("1 CNY"), amount("1 USD")).has_value());
    CHECK((amount("1 CNY") <=> amount("1 USD")) == std::partial_ordering::unordered);
    CHECK(amount("1 CNY") < amount("1.005 CNY"));
    CHECK(amount("1 CNY") == amount("1.000 CNY"));
    // 1000 paid and 400 returned
    CHECK(checked_subtract(amount("1000 CNY"), amount("400 CNY")) == amount("600 CNY"));
    CHECK(checked_add(amount("1000 CNY"), *checked_negate(amount("400 CNY"))) == amount("600 CNY"));
}

TEST_CASE("unit price times quantity is exact and rounded once", "[money]") {
    auto const line = checked_multiply(amount("2.555 GBP"), decimal{7, 0});
    REQUIRE(line);
    CHECK(line->amount == decimal{17885, 3});
    CHECK(to_string(*round_to_minor_unit(*line)) == "17.88 GBP");
    CHECK(to_string(*round_to_minor_unit(*line, rounding::half_up)) == "17.89 GBP");
    // rounding each price first would give 2.56 x 7 = 17.92
    auto const weighed = checked_multiply(amount("3.99 EUR"), decimal{1250, 3});
    CHECK(to_string(*weighed) == "4.98750 EUR");
    CHECK(to_string(*round_to_minor_unit(amount("2.5 JPY"))) == "2 JPY");
    CHECK_FALSE(checked_multiply(amount("92233720368547758 CNY"), decimal{300, 0}).has_value());
    CHECK_FALSE(round_to_minor_unit({{1, 0}, currency("QQQ")}).has_value());
}

TEST_CASE("allocation loses nothing", "[money]") {
    std::vector<std::int64_t> const thirds{1, 1, 1};
    auto const parts = allocate(amount("100.00 CNY"), thirds);
    REQUIRE(parts);
    CHECK((*parts)[0] == amount("33.34 CNY"));
    CHECK((*parts)[1] == amount("33.33 CNY"));
    CHECK((*parts)[2] == amount("33.33 CNY"));
    auto const large = *allocate(amount("10000.00 CNY"), thirds);
    CHECK(*checked_add(*checked_add(large[0], large[1]), large[2]) == amount("10000 CNY"));
    auto const back = *allocate(amount("-100.00 CNY"), thirds);
    CHECK(back[0] == amount("-33.34 CNY"));
    CHECK(back[2] == amount("-33.33 CNY"));

    std::vector<std::int64_t> const none;
    std::vector<std::int64_t> const zeros{0, 0};
    std::vector<std::int64_t> const negative{1, -1, 1};
    std::vector<std::int64_t> const huge{std::numeric_limits<std::int64_t>::max(), 1};
    for (auto const& weights : {none, zeros, negative, huge})
        CHECK_FALSE(allocate(amount("1 CNY"), weights).has_value());
}

TEST_CASE("largest remainder, against its definition", "[money]") {
    random_generator random(11);
    for (int round = 0; round < 3000; ++round) {
        std::vector<std::int64_t> weights(1 + random_below(random, 8));
        for (auto& w : weights)
            w = random_bernoulli(random, 0.2) ? 0 : random_integer(random, 1, 50);
        if (std::all_of(weights.begin(), weights.end(), [](auto w) { return w == 0; })) weights[0] = 1;
        std::int64_t const all = std::accumulate(weights.begin(), weights.end(), std::int64_t{0});
        std::int64_t const total = random_integer(random, -100'000, 100'000);
        std::vector<std::int64_t> parts(weights.size());
        REQUIRE(allocate_units(total, weights, parts));
        REQUIRE(std::accumulate(parts.begin(), parts.end(), std::int64_t{0}) == total);
        // each part is the quota rounded down or up, and who got one more had no smaller remainder
        std::int64_t least_up = all;
        std::int64_t most_down = -1;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            std::int64_t const quota = std::abs(total) * weights[i];
            std::int64_t const part = std::abs(parts[i]);
            REQUIRE((part == quota / all || part == quota / all + 1));
            if (weights[i] == 0) REQUIRE(part == 0);
            if (part == quota / all)
                most_down = std::max(most_down, quota % all);
            else
                least_up = std::min(least_up, quota % all);
        }
        REQUIRE(least_up >= most_down);
    }
    std::vector<std::int64_t> parts(2);
    std::vector<std::int64_t> const halves{1, 1};
    REQUIRE(allocate_units(std::numeric_limits<std::int64_t>::min(), halves, parts));
    CHECK(parts[0] == std::numeric_limits<std::int64_t>::min() / 2);
    CHECK(parts[1] == parts[0]);
}

TEST_CASE("currencies meet only through a dated rate", "[money]") {
    auto const day = [](int d) { return civil_date::of(2024, 6, static_cast<std::uint8_t>(d)); };
    exchange_rates const rates({{usd, cny, day(10), decimal{72495, 4}},
                                {usd, cny, day(3), decimal{71, 1}},
                                {usd, jpy, day(3), decimal{15632, 2}}},
                               7);
    CHECK(rates.convert(amount("100.00 USD"), cny, day(3)) == amount("710.00 CNY"));
    CHECK(rates.convert(amount("100.00 USD"), cny, day(9)) == amount("710.00 CNY"));
    CHECK(to_string(*rates.convert(amount("0.10 USD"), cny, day(10))) == "0.72 CNY"); // 0.72495
    CHECK(to_string(*rates.convert(amount("1.00 USD"), jpy, day(3))) == "156 JPY");
    CHECK(rates.convert(amount("5 CNY"), cny, day(1)) == amount("5 CNY"));
    CHECK_FALSE(rates.convert(amount("1 USD"), cny, day(2)).has_value());  // before the first rate
    CHECK_FALSE(rates.convert(amount("1 USD"), cny, day(18)).has_value()); // the last one is 8 days old
    CHECK(rates.convert(amount("1 USD"), cny, day(17)).has_value());
    CHECK_FALSE(rates.convert(amount("1 CNY"), usd, day(10)).has_value()); // no rate is turned round
    CHECK_FALSE(rates.convert(amount("1 JPY"), cny, day(10)).has_value()); // nor chained
    CHECK_FALSE(convert(amount("1 CNY"), rates.rates()[0]).has_value());   // of another currency

    CHECK(to_string(*convert(amount("1 USD"), {usd, cny, day(1), decimal{72495, 4}}, 4)) == "7.2495 CNY");
    CHECK(to_string(*convert(amount("1 USD"), {usd, cny, day(1), decimal{7245, 3}})) == "7.24 CNY");
    CHECK(to_string(*convert(amount("1 USD"), {usd, cny, day(1), decimal{7245, 3}}, rounding::half_up)) == "7.25 CNY");
}

TEST_CASE("bad rates are told all at once", "[money]") {
    civil_date const day = civil_date::of(2024, 6, 1);
    try {
        exchange_rates const rates({{usd, cny, day, decimal{7, 0}},
                                    {usd, cny, day, decimal{8, 0}},
                                    {usd, cny, day, decimal{70, 1}}, // the same as the first: fine
                                    {usd, usd, day, decimal{1, 0}},
                                    {cny, jpy, day, decimal{0, 0}},
                                    {currency("QQQ"), cny, day, decimal{1, 0}}},
                                   7, "fx.json /rates");
        FAIL("accepted");
    } catch (issue_error const& e) {
        CAPTURE(e.what());
        CHECK(e.issues().size() == 4);
        CHECK(e.issues().contains("money.duplicate_rate"));
        CHECK(e.issues().contains("money.rate"));
        CHECK(e.issues().contains("money.unknown_currency"));
        CHECK(std::string(e.what()).find("fx.json /rates[0], fx.json /rates[1]") != std::string::npos);
    }
}
