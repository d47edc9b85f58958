// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"

#include <segmenta/rule/dynamic_evaluation.hpp>
#include <segmenta/rule/readable.hpp>

#include <functional>
#include <iostream>
#include <map>
#include <random>
#include <string>
#include <vector>

using namespace segmenta;

namespace {

std::string english(std::string_view rule) { return to_readable(parse_expression(rule)); }
std::string chinese(std::string_view rule) {
    readable_options options;
    options.language = readable_language::chinese;
    return to_readable(parse_expression(rule), options);
}

struct rendering {
    char const* rule;
    char const* in_english;
    char const* in_chinese;
};

} // namespace

TEST_CASE("readable: every form has its words, and what joins what is never left to precedence") {
    rendering const cases[] = {
        {"purchases >= 2 && city in ['上海', '北京']", "purchases ≥ 2 and city is one of 上海, 北京",
         "purchases ≥ 2 且 city 是 上海 或 北京 之一"},
        {"a || b && !c", "a is true or (b is true and c is false)", "a 为真 或 （b 为真 且 c 为假）"},
        {"!(x > 5 && has(customer.y))", "not (x > 5 and y is known)", "非（x > 5 且 y 有值）"},
        {"!has(y) || !(x in [1, 2]) && z > 3", "y is missing or ((x is none of 1, 2) and z > 3)",
         "y 缺失 或 （x 不是 1 或 2 之一 且 z > 3）"},
        {"customer.?age.orValue(18) >= 18 && customer.?age.hasValue()", "age (18 if missing) ≥ 18 and age is known",
         "age（缺失时按 18） ≥ 18 且 age 有值"},
        {"5 < x && 10.0 == x && x != 1.5", "x > 5 and x = 10 and x ≠ 1.5", "x > 5 且 x = 10 且 x ≠ 1.5"},
        {"x ? y > 1 : z > 2 && w < 3", "if x is true then (y > 1), else (z > 2 and w < 3)",
         "如果 x 为真 则 （y > 1），否则 （z > 2 且 w < 3）"},
        {"name.startsWith('Li') || !name.contains('x y')", "name starts with \"Li\" or name does not contain \"x y\"",
         "name 以 \"Li\" 开头 或 name 不包含 \"x y\""},
        {"name.matches('^[a-z]+$') && name.endsWith(other)", "name matches the pattern \"^[a-z]+$\" and name ends with other",
         "name 匹配模式 \"^[a-z]+$\" 且 name 以 other 结尾"},
        {"day >= date('2024-01-01') && spent > money('500.00 CNY')", "day ≥ 2024-01-01 and spent > 500.00 CNY",
         "day ≥ 2024-01-01 且 spent > 500.00 CNY"},
        {"length > duration('1h30m') && day == date('2024-02-29')", "length > 1 hour 30 minutes and day is 2024-02-29",
         "length > 1小时30分钟 且 day 是 2024-02-29"},
        {"'beauty' in interests && !('x' in interests)", "interests includes \"beauty\" and interests does not include \"x\"",
         "interests 含有 \"beauty\" 且 interests 不含有 \"x\""},
        {"(a + b) * c - -d / 2 >= 3", "(a + b) × c - -d ÷ 2 ≥ 3", "（a + b） × c - -d ÷ 2 ≥ 3"},
        {"vip == true && old == false && young != true", "vip is true and old is false and young is not true",
         "vip 为真 且 old 为假 且 young 不是 真"},
        {"true || x", "always or x is true", "恒成立 或 x 为真"},
        {"`Customer ID` == 'x'", "`Customer ID` is x", "`Customer ID` 是 x"},
        {"(x > 3) == (y > 4)", "(x > 3) = (y > 4)", "（x > 3） = （y > 4）"},
        {"Quantity * UnitPrice", "Quantity × UnitPrice", "Quantity × UnitPrice"},
        // What has no words of its own stays code.
        {"tags.exists(t, t.startsWith('vip')) && math.abs(x) > 1", "`tags.exists(t, t.startsWith('vip'))` is true and `math.abs(x)` > 1",
         "`tags.exists(t, t.startsWith('vip'))` 为真 且 `math.abs(x)` > 1"},
        {"{'a': 1}[x] == 1 || `odd name`[0] == b'x'", "`{'a': 1}[x]` = 1 or ```odd name`[0]`` is `b'x'`",
         "`{'a': 1}[x]` = 1 或 ```odd name`[0]`` 是 `b'x'`"},
        {"x in []", "`x in []` holds", "`x in []` 成立"},
    };
    for (auto const& c : cases) {
        CAPTURE(c.rule);
        CHECK(english(c.rule) == c.in_english);
        CHECK(chinese(c.rule) == c.in_chinese);
    }
}

TEST_CASE("readable: text that could be taken for a part of the sentence stands in quotes") {
    CHECK(english("a == 'and'") == "a is \"and\"");
    CHECK(english("a == 'x or y'") == "a is \"x or y\"");
    CHECK(english("a == '5' && b == 5") == "a is \"5\" and b = 5");
    CHECK(english("a == b && a == 'b'") == "a = b and a is b");
    CHECK(english("a in [b, 'b']") == "a is one of b, \"b\"");
    CHECK(english("a in ['x, y', '2024-01-01']") == "a is one of \"x, y\", \"2024-01-01\"");
    CHECK(chinese("a == '上海且北京' || a == '南 京'") == "a 是 \"上海且北京\" 或 a 是 \"南 京\"");
    CHECK(chinese("a == '（x）'") == "a 是 \"（x）\"");
    CHECK(english("`and` == 1") == "`and` = 1");
}

TEST_CASE("readable: chains on a history") {
    rendering const cases[] = {
        {"orders.within('P30D').count() >= 2", "number of orders in the last 30 days ≥ 2", "近30天 orders 次数 ≥ 2"},
        {"orders.within('P90D').where(o, o.category == 'beauty' && o.amount > usual).sum('amount') > 10",
         "sum of amount of orders in the last 90 days (where category is beauty and amount > the customer's usual) > 10",
         "近90天 orders 的 amount 合计（其中 category 是 beauty 且 amount > 客户的 usual） > 10"},
        {"orders.this_month().distinct(o, o.category) == 3", "number of distinct category of orders this month = 3",
         "本月 orders 的 category 不同值个数 = 3"},
        {"customer.visits.between('2024-01-01', '2024-07-01').days() > 4",
         "number of days with visits between 2024-01-01 and 2024-07-01 > 4",
         "2024-01-01 至 2024-07-01 期间 有 visits 的天数 > 4"},
        {"orders.last('city') == 'Rome'", "last city of orders is Rome", "orders 的 city 末个值 是 Rome"},
        {"orders.regularly('P1M', 6)", "orders regularly (1 month, 6)", "orders 的 定期（1个月，6）"},
        {"orders.within('P1Y').count() - orders.within('P1M').count() > 1",
         "number of orders in the last 1 year - (number of orders in the last 1 month) > 1",
         "近1年 orders 次数 - （近1个月 orders 次数） > 1"},
        // Not a chain that is known: code.
        {"orders.sorted().count() > 1", "`orders.sorted().count()` > 1", "`orders.sorted().count()` > 1"},
        {"orders.within('P-5D').count() > 1", "`orders.within('P-5D').count()` > 1", "`orders.within('P-5D').count()` > 1"},
        {"orders.count().within('P30D') > 1", "`orders.count().within('P30D')` > 1", "`orders.count().within('P30D')` > 1"},
    };
    for (auto const& c : cases) {
        CAPTURE(c.rule);
        CHECK(english(c.rule) == c.in_english);
        CHECK(chinese(c.rule) == c.in_chinese);
    }
}

TEST_CASE("readable: names and units come from the caller") {
    readable_options options;
    options.names = [](std::string_view name, readable_language language) -> std::optional<readable_name> {
        bool const zh = language == readable_language::chinese;
        if (name == "city") return readable_name{zh ? "城市" : "city", {}};
        if (name == "purchases") return readable_name{zh ? "近30天购买次数" : "purchases in the last 30 days", zh ? "次" : ""};
        if (name == "orders") return readable_name{zh ? "订单" : "orders", {}};
        if (name == "orders.count") return readable_name{zh ? "购买次数" : "purchases", zh ? "次" : ""};
        if (name == "orders.category") return readable_name{zh ? "品类" : "category", {}};
        return std::nullopt;
    };
    auto const rule = parse_expression("customer.purchases >= 2 && city in ['上海', '北京'] && other > 1");
    CHECK(to_readable(rule, options) == "purchases in the last 30 days ≥ 2 and (city is one of 上海, 北京) and other > 1");
    options.language = readable_language::chinese;
    CHECK(to_readable(rule, options) == "近30天购买次数 ≥ 2 次 且 城市 是 上海 或 北京 之一 且 other > 1");
    CHECK(to_readable(parse_expression("orders.within('P30D').where(o, o.category == 'x').count() >= 2"), options) ==
          "近30天 购买次数（其中 品类 是 x） ≥ 2 次");
    options.record_name = "row";
    CHECK(to_readable(parse_expression("row.city == 'x' || has(customer.city)"), options) ==
          "城市 是 x 或 customer.city 有值");
}

TEST_CASE("readable: languages of tags") {
    CHECK(readable_language_of("zh-Hans") == readable_language::chinese);
    CHECK(readable_language_of("ZH_cn") == readable_language::chinese);
    CHECK(readable_language_of("en") == readable_language::english);
    CHECK_FALSE(readable_language_of("english"));
    CHECK_FALSE(readable_language_of(""));
}

// Two rules that read the same mean the same: over random conditions on a, b, c (truth values) and n (a number).
TEST_CASE("readable: equal texts are equal rules") {
    std::uint64_t const seed = 20240630;
    std::cout << "readable seed " << seed << '\n';
    std::mt19937_64 engine(seed);
    auto const below = [&](std::size_t n) { return engine() % n; };
    std::function<std::string(int)> const make = [&](int depth) -> std::string {
        static char const* const leaves[] = {"a", "b", "c", "n > 1", "n in [1, 2]", "n in [2]", "!a", "n == 1", "true"};
        if (depth == 0 || below(5) == 0) return leaves[below(std::size(leaves))];
        auto const part = [&] { return "(" + make(depth - 1) + ")"; };
        switch (below(6)) {
        case 0: return "!" + part();
        case 1: return part() + " ? " + part() + " : " + part();
        case 2: return part() + " == " + part();
        case 3:
        case 4: return part() + " && " + part();
        default: return part() + " || " + part();
        }
    };
    std::map<std::string, std::string> seen[2];
    std::size_t met_again = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string const text = make(2);
        auto const rule = parse_expression(text);
        std::string answers;
        for (int bits = 0; bits < 8; ++bits)
            for (std::int64_t n = 0; n < 4; ++n) {
                auto const answer = evaluate_dynamic(
                    rule, {{{"a", (bits & 1) != 0}, {"b", (bits & 2) != 0}, {"c", (bits & 4) != 0}, {"n", n}}, {}});
                REQUIRE(answer.ok());
                answers += *answer.value.as<bool>() ? 't' : 'f';
            }
        for (auto const language : {readable_language::english, readable_language::chinese}) {
            readable_options options;
            options.language = language;
            auto const [place, fresh] = seen[static_cast<int>(language)].emplace(to_readable(rule, options), answers);
            met_again += fresh ? 0 : 1;
            if (place->second == answers) continue;
            FAIL("two meanings of: " << place->first << " (" << text << ")");
        }
    }
    CHECK(met_again > 1'000);
}
