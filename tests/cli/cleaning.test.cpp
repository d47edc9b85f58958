// SPDX-License-Identifier: Apache-2.0
// The command on data that must be cleaned: units, widths, phones.
#include "cli/command.hpp"
#include "support/catch.hpp"

using namespace segmenta::test;

namespace {

bool says(std::string const& text, std::string const& part) { return text.find(part) != std::string::npos; }

} // namespace

TEST_CASE("run: units, full-width characters and phones are brought to one form, and strange units are kept apart") {
    scratch_directory const where;
    where.write("plan.json", R"json({
  "segmenta": 1, "id": "units", "zone": "Asia/Shanghai", "currency": "CNY",
  "sources": {
    "orders": {
      "fields": {"member": {"type": "string", "half_width": true}, "day": {"type": "date", "half_width": true},
                 "amount": {"type": "money", "units": "元", "minimum": "0.00"}, "weight": {"type": "decimal(3)", "units": "kg"}},
      "customer": "member", "time": "day"},
    "members": {
      "kind": "customers",
      "fields": {"member": {"type": "string", "half_width": true}, "mobile": "string",
                 "field": {"type": "double", "units": "m²"}, "discount": {"type": "decimal(4)", "units": {"%": "0.01", "成": "0.1"}}},
      "customer": "member",
      "derive": {"phone": "mobile.isPhone('CN') ? mobile.phoneKey('CN') : 'none'"}}},
  "columns": {
    "spent": {"feature": "sum", "of": "orders", "field": "amount"},
    "weight": {"feature": "sum", "of": "orders", "field": "weight"}},
  "outputs": ["spent", "weight", "phone", "field", "discount"]
})json");
    where.write("orders.csv", "member,day,amount,weight\n"
                              "A1,2024-06-01,1.2万元,500g\n"
                              "Ａ１,２０２４－０６－０２,￥３４.５,3斤\n"
                              "B2,2024-06-03,50分,\n"
                              "B2,2024-06-03,3斗,1\n"
                              "B2,2024-06-03,2元,1 kin\n"
                              "B2,2024-06-03,-1角,1\n");
    where.write("members.csv", "member,mobile,field,discount\n"
                               "A1,１３８－0013－8000,3亩,12.5%\n"
                               "Ｂ２,+86 138 0013 8000,1亩,2成\n"
                               "C3,n/a,,\n");
    auto const ran = run_command(where, "run plan.json --source orders=orders.csv,members=members.csv --as-of 2024-07-01 "
                                        "--out out --quarantine");
    INFO(ran.err);
    REQUIRE(ran.code == 0);
    auto const rows = read_rows(where.path() / "out" / "customers.csv");
    REQUIRE(rows.size() == 4);
    CHECK(rows[1] == std::vector<std::string>{"A1", "12034.50", "2.000", "+8613800138000", "2000", "0.1250"});
    CHECK(rows[2] == std::vector<std::string>{"B2", "0.50", "0.000", "+8613800138000", "666.6666666666666", "0.2000"});
    CHECK(rows[3][3] == "none");
    auto const summary = read_json(where.path() / "out" / "summary.json");
    auto const& reasons = summary.at("sources").at("orders").at("not_counted").as_object();
    CHECK(reasons.at("unknown_unit:amount") == 1);
    CHECK(reasons.at("unknown_unit:weight") == 1);
    CHECK(reasons.at("out_of_range:amount") == 1);
    CHECK(reasons.size() == 3);
    CHECK(says(ran.out, "orders.csv:5  amount \"3斗\" has an unknown unit; allowed: 元"));
    std::string const kept = segmenta::detail::read_file(where.path() / "out" / "quarantine.csv");
    CHECK(says(kept, "unknown_unit:weight"));
    CHECK(says(kept, "kg, KG, 公斤"));
}

TEST_CASE("run: values stand in for missing ones as they were fitted, customers without what they need are left out") {
    scratch_directory const where;
    where.write("plan.json", R"json({
  "segmenta": 1, "id": "members", "zone": "UTC",
  "sources": {
    "orders": {"fields": {"id": "int64", "day": "date"}, "customer": "id", "time": "day"},
    "members": {"kind": "customers", "fields": {"id": "int64", "age": "int64", "city": "category", "income": "decimal(2)"},
                "customer": "id"}},
  "when_missing": {"age": "median", "city": "mode", "income": "drop"},
  "columns": {"visits": {"feature": "rows", "of": "orders"}, "adult": "age >= 18"},
  "outputs": ["visits", "age", "age_imputed", "city", "adult"]
})json");
    where.write("orders.csv", "id,day\n1,2024-06-01\n8,2024-08-01\n9,2024-06-01\n");
    where.write("members.csv",
                "id,age,city,income\n1,20,Paris,1.00\n2,,Lima,2.00\n3,30,,3.00\n4,40,Lima,4.00\n5,99,Oslo,\n");
    std::string const rest = "--source orders=orders.csv,members=members.csv --as-of 2024-07-01 --out out";
    auto const ran = run_command(where, "run plan.json --save-fitted fitted.json " + rest);
    INFO(ran.err);
    REQUIRE(ran.code == 0);
    auto const rows = read_rows(where.path() / "out" / "customers.csv");
    REQUIRE(rows.size() == 5);
    CHECK(rows[1] == std::vector<std::string>{"1", "1", "20", "false", "Paris", "true"});
    CHECK(rows[2] == std::vector<std::string>{"2", "0", "30", "true", "Lima", "true"});
    CHECK(rows[3] == std::vector<std::string>{"3", "0", "30", "false", "Lima", "true"});
    auto const summary = read_json(where.path() / "out" / "summary.json");
    CHECK(summary.at("imputed").at("age") == 1);
    CHECK(summary.at("imputed").at("city") == 1);
    CHECK(summary.at("left_out").at("missing:income") == 2); // 5, and 9, of whom nothing is known
    CHECK(summary.at("left_out").at("future") == 1);
    CHECK(says(ran.out, "2 customers are left out: missing:income (first 5)"));
    CHECK(says(ran.out, "1 customers are left out: future (first 8)"));
    CHECK(says(ran.out, "1 customers without age: another value stands in"));
    CHECK(summary.at("fitted").at("age").at("body").at("fit").at("value") == 30);

    // The fit of then, not the ages of now.
    where.write("members.csv", "id,age,city,income\n1,70,Rome,1.00\n2,80,Rome,2.00\n3,,,3.00\n");
    REQUIRE(run_command(where, "run plan.json --fitted fitted.json " + rest).code == 0);
    CHECK(read_rows(where.path() / "out" / "customers.csv")[3] ==
          std::vector<std::string>{"3", "0", "30", "true", "Lima", "true"});
}

TEST_CASE("run: ids that share a phone or are linked are one customer, and the files say which") {
    scratch_directory const where;
    where.write("plan.json", R"json({
  "segmenta": 1, "id": "joined", "zone": "UTC",
  "sources": {
    "orders": {"fields": {"id": "string", "day": "date"}, "customer": "id", "time": "day"},
    "crm": {"kind": "customers", "fields": {"id": "string", "tel": "string", "name": "string"}, "customer": "id",
            "derive": {"phone": "tel.isPhone('CN') ? tel.phoneKey('CN') : ''"}},
    "cards": {"kind": "links", "fields": {"card": "string", "member": "string"}, "customer": "card", "same_as": "member"}},
  "identity": {"keys": {"phone": {"at_most": 3, "never": "+861062550000"}}, "priority": "crm"},
  "columns": {"visits": {"feature": "rows", "of": "orders"}},
  "outputs": ["visits", "name"]
})json");
    where.write("orders.csv", "id,day\nA,2024-06-01\nB,2024-06-02\nk7,2024-06-03\nC,2024-06-04\n");
    where.write("crm.csv", "id,tel,name\nA,１３８－0013－8000,Ann\nB,+86 138 0013 "
                           "8000,Anne\nC,010-62550000,Cy\nD,(010) 6255 0000,Di\nE,,Ed\nF,unknown,Fay\n");
    where.write("cards.csv", "card,member\nk7,B\n ,A\nk8,\n");
    auto const ran = run_command(
        where, "run plan.json --source orders=orders.csv,crm=crm.csv,cards=cards.csv --as-of 2024-07-01 --out out");
    INFO(ran.err);
    REQUIRE(ran.code == 0);
    auto const rows = read_rows(where.path() / "out" / "customers.csv");
    REQUIRE(rows.size() == 6);
    CHECK(rows[1] == std::vector<std::string>{"A", "3", "Ann"});
    CHECK(rows[2] == std::vector<std::string>{"C", "1", "Cy"});
    CHECK(rows[3] == std::vector<std::string>{"D", "0", "Di"});
    auto const merged = read_rows(where.path() / "out" / "identity.csv");
    REQUIRE(merged.size() == 3);
    CHECK(merged[1] == std::vector<std::string>{"B", "A"});
    CHECK(merged[2] == std::vector<std::string>{"k7", "A"});
    auto const summary = read_json(where.path() / "out" / "summary.json");
    CHECK(summary.at("identity").at("merged_ids") == 2);
    CHECK(summary.at("identity").at("customers_with_several_ids") == 1);
    CHECK(summary.at("identity").at("shared_values").at("phone") == 1);
    CHECK(summary.at("identity").at("conflicts").at("name") == 1);
    CHECK(summary.at("sources").at("cards").at("not_counted").at("bad_id:card") == 1);
    CHECK(summary.at("sources").at("cards").at("not_counted").at("missing:member") == 1);
    CHECK(says(ran.out, "2 ids are one customer with another id"));
}
