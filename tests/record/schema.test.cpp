// SPDX-License-Identifier: Apache-2.0
#include <segmenta/record/schema.hpp>

#include "support/catch.hpp"

#include <string>

using namespace segmenta;

namespace {

schema shop() {
    schema made;
    made.attribute("age", int64_type)
        .attribute({"income", money_type(currency("CNY"), 2), sensitivity::personal, {"service", "risk"}})
        .attribute("Customer name", string_type);
    made.history({"orders", "paid_at", {{"paid_at", instant_type, {}, {}}, {"amount", decimal_type(3), {}, {}}}});
    return made;
}

template <class Make>
issue_list refused(Make const& make) {
    try {
        make();
    } catch (issue_error const& e) {
        return e.issues();
    }
    return {};
}

} // namespace

TEST_CASE("names are found and are unique across attributes and histories", "[schema]") {
    schema made = shop();
    CHECK(made.find_attribute("income") == 1);
    CHECK_FALSE(made.find_attribute("orders").has_value());
    CHECK(made.find_history("orders") == 0);
    CHECK(made.histories()[0].find("amount") == 1);
    CHECK(refused([&] { made.attribute("age", string_type); }).contains("schema.duplicate_name"));
    CHECK(refused([&] { made.attribute("orders", string_type); }).contains("schema.duplicate_name"));
    CHECK(refused([&] { made.history({"age", "t", {{"t", date_type, {}, {}}}}); }).contains("schema.duplicate_name"));
    CHECK(made == shop()); // refused calls change nothing
}

TEST_CASE("what cannot be a name is refused", "[schema]") {
    for (std::string const& name :
         {std::string(), std::string(" a"), std::string("a "), std::string("a\tb"), std::string("a`b"),
          std::string("\xFF"), std::string(256, 'a'), std::string("a\0b", 3)}) {
        CAPTURE(name);
        CHECK(refused([&] { schema().attribute(name, int64_type); }).contains("schema.bad_name"));
    }
    CHECK(refused([] { schema().attribute("\xE5\xB9\xB4\xE9\xBE\x84", int64_type); }).empty()); // UTF-8 is fine
}

TEST_CASE("everything wrong with a history is told at once", "[schema]") {
    auto const issues = refused([] {
        schema().history(
            {"orders",
             "paid",
             {{"paid_at", instant_type, {}, {}}, {"paid_at", int64_type, {}, {}}, {"", int64_type, {}, {}}}});
    });
    CHECK(issues.size() == 3);
    CHECK(issues.contains("schema.duplicate_name"));
    CHECK(issues.contains("schema.bad_name"));
    CHECK(issues.contains("schema.no_time_field"));
    CHECK(issues.to_string().find("paid_at") != std::string::npos);
    CHECK(refused([] { schema().history({"h", "n", {{"n", int64_type, {}, {}}}}); }).contains("schema.no_time_field"));
}

TEST_CASE("fields say which purposes they may serve", "[schema]") {
    auto const income = shop().attributes()[1];
    CHECK(income.permits("risk"));
    CHECK_FALSE(income.permits("advertising"));
    CHECK(shop().attributes()[0].permits("advertising"));
    for (auto const level : {sensitivity::open, sensitivity::internal, sensitivity::personal, sensitivity::special})
        CHECK(parse_sensitivity(to_string(level)) == level);
    CHECK_FALSE(parse_sensitivity("Personal").has_value());
}

TEST_CASE("a schema survives JSON", "[schema]") {
    schema const made = shop();
    CHECK(schema_from_json(to_json(made)) == made);
    CHECK(schema_from_json(to_json(made, 2)) == made);
    CHECK(to_json(schema()) == R"({"attributes":[],"histories":[]})");
    CHECK(schema_from_json("{} // nothing") == schema());
    // what people keep in files does not change
    CHECK(to_json(made) ==
          R"json({"attributes":[{"name":"age","type":"int64"},)json"
          R"json({"name":"income","type":"money(CNY,2)","sensitivity":"personal","purposes":["service","risk"]},)json"
          R"json({"name":"Customer name","type":"string"}],)json"
          R"json("histories":[{"name":"orders","time":"paid_at","fields":[{"name":"paid_at","type":"instant"},)json"
          R"json({"name":"amount","type":"decimal(3)"}]}]})json");
}

TEST_CASE("a broken schema file tells every problem with its place", "[schema]") {
    auto const issues = refused([] {
        (void)schema_from_json("{\n"
                               "  \"attributes\": [\n"
                               "    {\"name\": \"age\", \"type\": \"integer\"},\n"
                               "    {\"name\": 7, \"type\": \"int64\"},\n"
                               "    {\"type\": \"int64\"},\n"
                               "    {\"name\": \"x\", \"type\": \"int64\", \"sensitivty\": \"personal\"},\n"
                               "    {\"name\": \"x\", \"type\": \"int64\", \"sensitivity\": \"secret\"}\n"
                               "  ],\n"
                               "  \"histories\": [{\"name\": \"h\", \"time\": \"t\", \"fields\": []}]\n"
                               "}",
                               "shop.json");
    });
    std::string const text = issues.to_string();
    CAPTURE(text);
    CHECK(issues.size() == 7);
    CHECK(text.find("shop.json:3 /attributes/0/type") != std::string::npos);
    CHECK(issues.contains("schema.unknown_type"));
    CHECK(issues.contains("schema.expected"));
    CHECK(issues.contains("schema.unknown_key"));
    CHECK(text.find("Did you mean sensitivity?") != std::string::npos);
    CHECK(issues.contains("schema.unknown_sensitivity"));
    CHECK(issues.contains("schema.duplicate_name"));
    CHECK(issues.contains("schema.no_time_field"));
    CHECK(refused([] { (void)schema_from_json("[]"); }).contains("schema.expected"));
    CHECK(refused([] { (void)schema_from_json("{"); }).contains("json.syntax"));
}

TEST_CASE("a fingerprint names the content, not the order", "[schema]") {
    schema reordered;
    reordered.history({"orders", "paid_at", {{"amount", decimal_type(3), {}, {}}, {"paid_at", instant_type, {}, {}}}});
    reordered.attribute("Customer name", string_type)
        .attribute({"income", money_type(currency("CNY"), 2), sensitivity::personal, {"risk", "service"}})
        .attribute("age", int64_type);
    CHECK(fingerprint(reordered) == fingerprint(shop()));
    CHECK(fingerprint(shop()).size() == 32);
    schema retyped = shop();
    retyped.attribute("more", int64_type);
    CHECK(fingerprint(retyped) != fingerprint(shop()));
    // saved plans hold fingerprints: this changes only with their format
    CHECK(fingerprint(shop()) == "6c8dd9890b8191ac5d608d61432d4266");
}
