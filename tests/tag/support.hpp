// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_TAG_SUPPORT_HPP
#define SEGMENTA_TESTS_TAG_SUPPORT_HPP

#include <segmenta/base/random.hpp>
#include <segmenta/base/string_pool.hpp>
#include <segmenta/rule/program.hpp>
#include <segmenta/tag/rule_index.hpp>

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta::test {

inline currency const cny{"CNY"};

inline std::vector<expression> parsed(std::vector<std::string> const& texts) {
    std::vector<expression> out;
    for (auto const& text : texts)
        out.push_back(parse_expression(text));
    return out;
}

/// The attributes of the random rules, and words to make rules and values of.
struct random_shop {
    environment names;
    random_generator random;
    int spread; ///< how many thresholds there are to choose from
    string_pool pool;
    string_pool other_pool;

    random_shop(std::uint64_t seed, int thresholds) : random(seed), spread(thresholds) {
        names.variable("flag", boolean_type);
        names.variable("n", int64_type);
        names.variable("price", decimal_type(2));
        names.variable("spent", money_type(cny, 2));
        names.variable("x", float64_type);
        names.variable("day", date_type);
        names.variable("at", instant_type);
        names.variable("wait", duration_type);
        names.variable("city", string_type);
        names.variable("channel", category_type);
        names.variable("bought", category_set_type);
        names.variable("m", int64_type);
        other_pool.intern("of another pool"); // so that its codes are others
        for (int i = 0; i < thresholds; i += 2)
            pool.intern("t" + std::to_string(i));
    }

    /// Of the pool, also new there; of another pool; or of none.
    value text_value(std::string_view text) {
        switch (below(6)) {
        case 0: return value::of_string(other_pool, other_pool.intern(text));
        case 1:
        case 2: return value::of_string(text);
        default: return value::of_string(pool, pool.intern(text));
        }
    }

    std::uint64_t below(std::uint64_t bound) { return random_below(random, bound); }
    std::int64_t small() { return random_integer(random, -spread, spread); }
    template <std::size_t N>
    std::string one_of(std::string_view const (&choices)[N]) {
        return std::string(choices[below(N)]);
    }

    std::string relation() { return one_of({"==", "!=", "<", "<=", ">", ">="}); }
    std::string equality() { return one_of({"==", "!="}); }

    std::string integer_text() {
        if (below(12) == 0) return "9223372036854775807";
        if (below(12) == 0) return "-9223372036854775808";
        return std::to_string(small());
    }
    std::string real_text() {
        if (below(12) == 0) return one_of({"1e300", "-1e300", "0.0", "-0.0", "0.1", "9007199254740993.0", "2.5e-5"});
        return std::to_string(small()) + one_of({".0", ".5", ".25"});
    }
    std::string any_number() { return below(2) == 0 ? integer_text() : (below(5) == 0 ? "7u" : real_text()); }
    static std::string padded(std::uint64_t v) { return (v < 10 ? "0" : "") + std::to_string(v); }
    std::string day_text() { return "2024-0" + std::to_string(1 + below(2)) + '-' + padded(1 + below(28)); }
    std::string text() {
        if (below(10) == 0) return one_of({"", "a long name of a city", "a long name of a citz"});
        return "t" + std::to_string(below(static_cast<std::uint64_t>(spread) + 2));
    }
    std::string quoted() { return "'" + text() + "'"; }
    template <class Make>
    std::string list(Make&& make) {
        std::string out = "[";
        for (auto left = below(5); left > 0; --left)
            out += make() + (left > 1 ? ", " : "");
        return out + "]";
    }

    /// A condition on one attribute.
    std::string leaf() {
        switch (below(22)) {
        case 0: return "flag";
        case 1: return "flag " + equality() + (below(2) == 0 ? " true" : " false");
        case 2: return "n " + relation() + ' ' + any_number();
        case 3: return any_number() + ' ' + relation() + " m";
        case 4: return "n in " + list([&] { return integer_text(); });
        case 5: return "m in " + list([&] { return any_number(); });
        case 6: return "price " + relation() + ' ' + any_number();
        case 7: return "price " + relation() + " decimal('" + std::to_string(small()) + ".125')";
        case 8: return "spent " + relation() + " money('" + std::to_string(small()) + ".50 CNY')";
        case 9: return "x " + relation() + ' ' + any_number();
        case 10: return "x in " + list([&] { return real_text(); });
        case 11: return "day " + relation() + " date('" + day_text() + "')";
        case 12: return "at " + relation() + " timestamp('" + day_text() + "T12:00:00Z')";
        case 13: return "wait " + relation() + " duration('" + std::to_string(small()) + "s')";
        case 14: return "city " + equality() + ' ' + quoted();
        case 15: return "channel in " + list([&] { return quoted(); });
        case 16: return "has(customer." + one_of({"flag", "n", "x", "city", "day", "bought"}) + ")";
        case 17: return "customer.?n.orValue(" + integer_text() + ") " + relation() + ' ' + integer_text();
        case 18: return "city.startsWith('" + text().substr(0, below(3)) + "')";
        case 19: return "channel " + relation() + ' ' + quoted();
        case 20: return quoted() + " in bought";
        default: return "customer.?channel.orValue(" + quoted() + ") " + equality() + ' ' + quoted();
        }
    }
    /// Something a table of one attribute's values cannot say.
    std::string other() {
        switch (below(7)) {
        case 0: return "city.endsWith('1')";
        case 1: return "n + m " + relation() + ' ' + integer_text();
        case 2: return "n " + relation() + " m";
        case 3: return "100 / n > 3";
        case 4: return "city in bought";
        case 5: return "bought.size() > 2";
        default: return "customer.?flag.orValue(n > 1)";
        }
    }
    std::string condition(int depth, int percent_other) {
        if (depth == 0 || below(4) == 0)
            return below(100) < static_cast<std::uint64_t>(percent_other) ? other() : leaf();
        std::string const a = condition(depth - 1, percent_other);
        std::string const b = condition(depth - 1, percent_other);
        switch (below(8)) {
        case 0: return "!(" + a + ")";
        case 1:
        case 2:
        case 3: return "(" + a + ") || (" + b + ")";
        case 4: return "(" + a + ") ? (" + b + ") : (" + condition(depth - 1, percent_other) + ")";
        default: return "(" + a + ") && (" + b + ")";
        }
    }
};

/// A row of values near the thresholds of the rules; some are missing, NaN, extreme or of a wrong type.
struct random_row {
    std::vector<std::string> texts = std::vector<std::string>(5);
    std::vector<std::string_view> set;
    std::vector<value> values;

    explicit random_row(random_shop& shop) {
        constexpr auto smallest = std::numeric_limits<std::int64_t>::min();
        constexpr auto largest = std::numeric_limits<std::int64_t>::max();
        constexpr double infinity = std::numeric_limits<double>::infinity();
        for (auto& text : texts)
            text = shop.text();
        for (std::size_t i = 2; i < 2 + shop.below(4); ++i)
            set.push_back(texts[i]);
        auto const integer = [&] {
            if (shop.below(15) == 0) return shop.below(2) == 0 ? smallest : largest;
            return shop.small();
        };
        auto const real = [&] {
            double const odd[] = {
                infinity, -infinity, -0.0, 1e300, 9007199254740992.0, 0.1, std::numeric_limits<double>::quiet_NaN()};
            if (shop.below(8) == 0) return odd[shop.below(std::size(odd))];
            return static_cast<double>(shop.small()) + (shop.below(2) == 0 ? 0.0 : 0.5);
        };
        auto const hundredths = [&] {
            return shop.below(15) == 0 ? integer()
                                       : integer() % 1000 * 100 + static_cast<std::int64_t>(shop.below(3)) * 50;
        };
        civil_date const day{static_cast<std::int32_t>(19'723 + shop.below(60))};
        instant const noon{day.days_since_epoch() * microseconds_per_day + microseconds_per_day / 2 + shop.small() % 2};
        values = {value::of_bool(shop.below(2) == 0),
                  value::of_int(integer()),
                  value::of_decimal(decimal_type(2), hundredths()),
                  value::of_decimal(money_type(cny, 2), hundredths()),
                  value::of_double(real()),
                  value::of_date(day),
                  value::of_instant(noon),
                  value::of_duration_us(shop.small() * microseconds_per_second),
                  shop.text_value(texts[0]),
                  shop.text_value(texts[1]),
                  value::of_set(std::span<std::string_view const>(set)),
                  value::of_int(integer())};
        for (value& v : values) {
            if (shop.below(10) == 0) v = value{};
            if (shop.below(40) == 0)
                v = shop.below(2) == 0 ? value::of_string("t1") : value::of_decimal(decimal_type(3), 1);
        }
        if (shop.below(20) == 0) values.resize(shop.below(values.size()));
    }
    random_row(random_row const&) = delete;
};

/// The rules that hold, asked one by one.
inline bitmap asked_one_by_one(std::span<program const> rules, std::span<value const> row, rule_index const& index) {
    bitmap out(rules.size());
    rule_scratch scratch;
    for (std::size_t i = 0; i < rules.size(); ++i) {
        auto const answer = rules[i].evaluate(row_source(row), scratch);
        out.set(index.position(i), answer.state == status::ok && answer.result.as_bool());
    }
    return out;
}

} // namespace segmenta::test

#endif
