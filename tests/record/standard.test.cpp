// SPDX-License-Identifier: Apache-2.0
#include <segmenta/record/customer_record.hpp>
#include <segmenta/record/standard.hpp>

#include "support/catch.hpp"

#include <set>
#include <string>
#include <vector>

using namespace segmenta;

TEST_CASE("the ready-made shop is one schema with every account kind", "[standard]") {
    schema const shop = standard_shop(currency("CNY"));
    CHECK(shop.find_attribute("account_kind") == 0);
    CHECK(shop.histories().size() == 2);
    CHECK(schema_from_json(to_json(shop)) == shop);
    CHECK(standard_account_kinds().size() == 9);
    std::set<std::string_view> const kinds(standard_account_kinds().begin(), standard_account_kinds().end());
    for (auto const* kind : {"consumer", "enterprise", "dealer", "retailer", "integrator", "channel",
                             "medical_institution", "school", "home"})
        CHECK(kinds.contains(kind));
    auto const& amount = shop.histories()[0].fields[*shop.histories()[0].find("amount")];
    CHECK(amount.what == money_type(currency("CNY"), 2));
    CHECK(standard_orders(currency("JPY")).fields[*standard_orders(currency("JPY")).find("amount")].what.scale == 0);
    CHECK(standard_orders(currency("GBP"), 3).fields[13].what.scale == 3);
    CHECK_THROWS_AS(standard_orders(currency("QQQ")), issue_error);
    CHECK(shop.attributes()[*shop.find_attribute("birth_date")].level == sensitivity::personal);
}

TEST_CASE("missing is never a default", "[standard]") {
    customer_record const nobody{record_layout(standard_shop(currency("CNY")))};
    for (std::size_t i = 0; i < nobody.what().attributes().size(); ++i)
        CHECK(nobody.view().attribute(i).missing());
    CHECK(nobody.view().history("orders").empty());
}

TEST_CASE("a return is a row that takes money back", "[standard]") {
    customer_record who{record_layout(standard_shop(currency("CNY")))};
    read_json(R"({"account_kind": "consumer",
                  "orders": [{"order_id": "O1", "kind": "sale", "paid_at": "2024-05-01T10:00:00Z", "amount": "1000.00"},
                             {"order_id": "R1", "kind": "refund", "paid_at": "2024-05-09T10:00:00Z", "amount": "-400.00",
                              "refund_of": "O1"}]})",
              who);
    auto const rows = who.rows(0).view();
    auto const amount = *rows.what()->find("amount");
    CHECK(to_string(rows.sum(amount, rows.all())) == "600.00 CNY");
    CHECK(to_string(rows.gross(amount, rows.all())) == "1000.00 CNY");
}

TEST_CASE("a category path counts for itself and everything above it", "[standard]") {
    using names = std::vector<std::string_view>;
    CHECK(category_ancestors("beauty/skincare/cream") == names{"beauty", "beauty/skincare", "beauty/skincare/cream"});
    CHECK(category_ancestors("\xE7\xBE\x8E\xE5\xA6\x86/\xE6\x8A\xA4\xE8\x82\xA4") ==
          names{"\xE7\xBE\x8E\xE5\xA6\x86", "\xE7\xBE\x8E\xE5\xA6\x86/\xE6\x8A\xA4\xE8\x82\xA4"});
    CHECK(category_ancestors("one") == names{"one"});
    CHECK(category_ancestors("").empty());
    CHECK(category_ancestors("///").empty());
    CHECK(category_ancestors("/a//b/") == names{"/a", "/a//b"});
    CHECK(category_ancestors("a>b", '>') == names{"a", "a>b"});
}

TEST_CASE("industry codes name their section", "[standard]") {
    // requirements of the field: J is finance, Q is health, P is education
    CHECK(industry_section_id(*industry_section("J")) == "finance");
    CHECK(industry_section_id(*industry_section("Q84")) == "health_and_social_work");
    CHECK(industry_section_id(*industry_section("8336")) == "education");
    CHECK(industry_section("01") == 'A');
    CHECK(industry_section("97") == 'T');
    // every division from 01 to 97 has one section, in ascending order
    char last = 'A';
    for (int division = 1; division <= 97; ++division) {
        std::string const code = (division < 10 ? "0" : "") + std::to_string(division);
        auto const section = industry_section(code);
        REQUIRE(section);
        CHECK((*section == last || *section == last + 1));
        last = *section;
        CHECK(industry_section(*section + code) == *section);
    }
    CHECK(last == 'T');
    for (auto const* code : {"", "U", "j", "6", "98", "00", "J01", "66211", "J6x", "-1"}) {
        CAPTURE(code);
        CHECK_FALSE(industry_section(code).has_value());
    }
    CHECK(industry_section_id('U').empty());
}
