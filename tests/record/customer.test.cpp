// SPDX-License-Identifier: Apache-2.0
#include <segmenta/record/customer.hpp>

#include "support/counting_new.hpp"
#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace segmenta;

namespace {

enum class plan_kind { basic, gold };

struct order {
    instant paid_at;
    std::int64_t cents = 0;
    std::optional<std::string> coupon;
    money paid{};
};

struct person {
    std::string name;
};

struct shopper : person {
    std::int64_t id = 0;
    std::optional<int> age;
    std::string city;
    std::vector<std::string> tags;
    plan_kind plan = plan_kind::basic;
    decimal balance{};
    bool opted_out = false;
    std::chrono::sys_days born{};
    std::vector<order> orders;
    [[nodiscard]] double score() const { return 0.5; }
};

constexpr currency cny("CNY");

auto shop() {
    return schema_of<shopper>()
        .attribute("age", &shopper::age)
        .attribute("name", &shopper::name)
        .mark(sensitivity::personal, {"service"})
        .attribute("city", &shopper::city, category_type)
        .attribute("tags", &shopper::tags)
        .attribute("plan", &shopper::plan,
                   value_names<plan_kind>{{plan_kind::basic, "basic"}, {plan_kind::gold, "gold"}})
        .attribute("balance", &shopper::balance, money_type(cny, 2))
        .attribute("opted_out", &shopper::opted_out)
        .attribute("born", &shopper::born)
        .attribute("score", &shopper::score)
        .attribute("orders_count", [](shopper const& s) { return s.orders.size(); })
        .history("orders", &shopper::orders, "paid_at", &order::paid_at,
                 row_field("amount", &order::cents, as_units{money_type(cny, 2)}), row_field("coupon", &order::coupon),
                 row_field("paid", &order::paid, money_type(cny, 2)));
}

shopper someone() {
    shopper s;
    s.name = "a customer whose name needs memory of its own";
    s.age = 30;
    s.city = "Paris";
    s.tags = {"new", "a tag that needs memory of its own"};
    s.plan = plan_kind::gold;
    s.balance = {1050, 2};
    s.born = std::chrono::sys_days{std::chrono::year{1990} / 5 / 17};
    s.orders = {{instant{10}, 1250, std::nullopt, {decimal{125, 1}, cny}},
                {instant{20}, -250, "SPRING", {decimal{1, 0}, currency("USD")}}};
    return s;
}

std::string all_attributes(customer_view const& view) {
    std::string text;
    for (std::size_t i = 0; i < view.what().attributes().size(); ++i)
        text += view.what().attributes()[i].name + '=' + to_string(view.attribute(i)) + ' ';
    return text;
}

} // namespace

TEST_CASE("a host's struct is a customer", "[customer]") {
    auto const bound = shop();
    shopper const who = someone();
    customer_view const view = bound.bind(who);
    CHECK(all_attributes(view) ==
          "age=30 name=\"a customer whose name needs memory of its own\" city=\"Paris\" "
          "tags={\"new\", \"a tag that needs memory of its own\"} plan=\"gold\" balance=10.50 CNY "
          "opted_out=false born=1990-05-17 score=0.5 orders_count=2 ");
    CHECK(view.attribute(1).as_string().data() == who.name.data());
    CHECK(view.attribute("age").as_int() == 30);
    CHECK(view.attribute("nobody").missing());
    CHECK(view.attribute(99).missing());

    auto const orders = view.history(0);
    REQUIRE(orders.size() == 2);
    CHECK(to_string(orders.at(0, 1)) == "12.50 CNY");
    CHECK(to_string(orders.at(1, 1)) == "-2.50 CNY");
    CHECK(orders.at(0, 2).missing());
    CHECK(orders.at(1, 2).as_string() == "SPRING");
    CHECK(to_string(orders.at(0, 3)) == "12.50 CNY");
    CHECK(orders.at(1, 3).missing()); // dollars are no yuan
    CHECK(orders.time(1) == instant{20});
    CHECK(check(view).empty());
}

TEST_CASE("the schema of a struct says what a plan may use", "[customer]") {
    auto const bound = shop();
    schema const& what = bound;
    REQUIRE(what.attributes().size() == 10);
    CHECK(what.attributes()[0] == field{"age", int64_type, {}, {}});
    CHECK(what.attributes()[1] == field{"name", string_type, sensitivity::personal, {"service"}});
    CHECK(what.attributes()[2].what == category_type);
    CHECK(what.attributes()[3].what == category_set_type);
    CHECK(what.attributes()[5].what == money_type(cny, 2));
    REQUIRE(what.histories().size() == 1);
    CHECK(what.histories()[0].time == "paid_at");
    CHECK(what.histories()[0].fields[1] == field{"amount", money_type(cny, 2), {}, {}});
}

TEST_CASE("binding and reading allocate nothing", "[customer]") {
    auto const bound = shop();
    shopper const who = someone();
    std::size_t present = 0;
    std::size_t const before = test::allocations();
    for (int i = 0; i < 100; ++i) {
        customer_view const view = bound.bind(who);
        for (std::size_t a = 0; a < 10; ++a)
            present += view.attribute(a).present() ? 1U : 0U;
        for (auto const tag : view.attribute(3).as_set())
            present += tag.size();
        auto const orders = view.history(0);
        auto const window = orders.window(instant{0}, instant{15});
        for (std::size_t row = window.begin; row < window.end; ++row)
            for (std::size_t f = 0; f < 4; ++f)
                present += orders.at(row, f).present() ? 1U : 0U;
    }
    std::size_t const after = test::allocations();
    CHECK(after == before);
    CHECK(present > 0);
}

TEST_CASE("each step of a description is a description of its own", "[customer]") {
    auto const ages = schema_of<shopper>().attribute("age", &shopper::age);
    auto const cities = ages.attribute("city", &shopper::city);
    CHECK(ages.what().attributes().size() == 1);
    CHECK(cities.what().attributes().size() == 2);
    auto const copy = ages;
    shopper const who = someone();
    CHECK(copy.bind(who).attribute(0).as_int() == 30);
    static_assert(noexcept(copy.bind(who)));
    static_assert(noexcept(copy.bind(who).attribute(0)));
    static_assert(noexcept(copy.bind(who).history(0)));
}

TEST_CASE("mistakes of a description are told by name", "[customer]") {
    auto const refused = [](auto const& make) {
        try {
            (void)make();
        } catch (issue_error const& e) {
            return e.issues()[0].code;
        }
        return std::string();
    };
    auto const ages = schema_of<shopper>().attribute("age", &shopper::age);
    CHECK(refused([&] { return ages.attribute("age", &shopper::city); }) == "schema.duplicate_name");
    CHECK(refused([&] { return ages.attribute("", &shopper::city); }) == "schema.bad_name");
    CHECK(refused([&] { return ages.attribute("city", &shopper::city, int64_type); }) == "schema.type_mismatch");
    CHECK(refused([&] { return schema_of<shopper>().mark(sensitivity::open); }) == "schema.nothing_to_mark");
    CHECK(refused([&] { return ages.history("orders", &shopper::orders, "cents", &order::cents); }) ==
          "schema.no_time_field");
    CHECK(refused([&] {
              return ages.history("orders", &shopper::orders, "t", &order::paid_at, row_field("t", &order::cents));
          }) == "schema.duplicate_name");
}

TEST_CASE("check finds rows that are not in the order of time", "[customer]") {
    auto const bound = shop();
    shopper who = someone();
    std::swap(who.orders[0], who.orders[1]);
    auto const issues = check(bound.bind(who));
    CHECK(issues.contains("record.unsorted"));
    CHECK(issues.to_string().find("history orders row 1") != std::string::npos);
}
