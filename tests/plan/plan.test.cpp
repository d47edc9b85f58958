// SPDX-License-Identifier: Apache-2.0
#include <segmenta/plan/plan.hpp>

#include "plan/plan_cases.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <set>

using namespace segmenta;
using namespace segmenta::test;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("a plan is read as it is written") {
    plan const shop = parse_plan(whole_plan, "plan.json");
    CHECK(shop.warnings().to_string() == "");
    CHECK(shop.id() == "shop");
    CHECK(shop.title("zh-CN") == "商店");
    CHECK(shop.title("fr") == "A shop");
    CHECK(shop.zone() == "+08:00");

    REQUIRE(shop.sources().size() == 2);
    auto const& orders = shop.sources()[0];
    CHECK(orders.kind == source_kind::history);
    CHECK(orders.format.dialect.encoding == "gb18030");
    CHECK(orders.format.dialect.delimiter == '\t');
    CHECK(orders.format.dialect.missing == std::vector<std::string>{"NA"});
    REQUIRE(orders.fields.size() == 6);
    CHECK(orders.fields[1].column == "Order No");
    CHECK(orders.fields[2].minimum->as_int() == -1000);
    CHECK(to_string(orders.fields[3].what) == "money(CNY,3)");
    CHECK(orders.fields[3].minimum->as_units() == 1);
    CHECK(orders.fields[4].format == "M/D/YYYY H:MM");
    CHECK(orders.fields[4].column == "paid_at");
    CHECK(orders.fields[4].place.to_string() == "plan.json:16 /sources/orders/fields/paid_at");
    CHECK(orders.order == "order_id");
    REQUIRE(orders.derive.size() == 2);
    CHECK(orders.derive[1].name == "big");
    CHECK(orders.reject[1].text == "big && brand == 'odd'");
    CHECK(shop.find_source("people")->format.what == file_type::jsonl);
    CHECK(shop.find_source("nobody") == nullptr);

    REQUIRE(shop.columns().size() == 6);
    auto const* vip = shop.find_column("vip");
    REQUIRE(vip != nullptr);
    CHECK(vip->rule()->text == "spent > money('1000 CNY') && r >= 4");
    CHECK(vip->applies_to == "age >= 18");
    CHECK(vip->meaning == "for the hotline");
    CHECK(vip->place.to_string() == "plan.json:34 /columns/vip");
    CHECK(*shop.find_column("spent")->feature() ==
          feature_request{aggregate::sum, "orders", "amount", "P90D", "brand != 'x'"});
    auto const* r = shop.find_column("r")->strategy();
    REQUIRE(r != nullptr);
    CHECK(r->kind == "quantile_score");
    CHECK(r->reads == std::vector<std::string>{"silence"});
    CHECK(r->scheme == "r");
    CHECK(r->parameters == R"({"bins":5,"direction":"descending"})");
    CHECK(shop.use_of(*shop.find_column("r")).days_in.name() == "+08:00");
    CHECK_THROWS_AS(shop.use_of(*vip), issue_error);

    auto const& described = shop.source_schema();
    REQUIRE(described.histories().size() == 1);
    CHECK(described.histories()[0].time == "paid_at");
    CHECK(to_string(described.histories()[0].fields[6].what) == "money(CNY,3)");
    CHECK(described.attributes().size() == 2);
    CHECK_FALSE(described.find_attribute("id"));
}

TEST_CASE("a plan written out reads back as the same plan") {
    plan const shop = parse_plan(whole_plan);
    plan const again = parse_plan(shop.to_json());
    CHECK(again.hash() == shop.hash());
    CHECK(again.to_json() == shop.to_json());
    CHECK(again.title("zh-Hans") == "商店");
    CHECK(again.find_column("vip")->source == "example");
}

TEST_CASE("units and widths of fields are read, written out and read again") {
    std::string text = broken(R"("minimum": "0.001")", R"("units": {"pair": 2, "dozen": "12", "third": "1/3"}, "half_width": true)");
    text = replaced(text, R"("minimum": -1000)", R"("units": "kg")");
    plan const made = parse_plan(text);
    field_definition const& price = made.sources()[0].fields[3];
    CHECK(price.unit_words ==
          std::vector<std::pair<std::string, std::string>>{{"dozen", "12"}, {"pair", "2"}, {"third", "1/3"}});
    CHECK(price.half_width);
    CHECK(made.sources()[0].fields[2].unit == "kg");
    plan const again = parse_plan(made.to_json());
    CHECK(again.hash() == made.hash());
    CHECK(again.to_json() == made.to_json());
    CHECK(parse_plan(broken(R"("quantity": {)", R"("quantity": {"half_width": false, )")).hash() ==
          parse_plan(whole_plan).hash());
}

// Hosts store this number beside their results, and fitted plans are refused when it differs. It may change only with
// the plan format's meaning; then say so in the CHANGELOG, because every stored fit becomes useless.
TEST_CASE("the hash of a plan is the same everywhere and for ever") {
    CHECK(parse_plan(whole_plan).hash() == "4781f6b2d3535a22cfc6f20c913866be");
}

TEST_CASE("the hash does not see what changes no result") {
    auto const hash = parse_plan(whole_plan).hash();
    auto const [from, to] = GENERATE(table<std::string, std::string>({
        {"// comments are fine", "\n\n//"},
        {R"("en": "A shop")", R"("en": "Another title")"},
        {R"("meaning": "for the hotline", "source": "example",)", ""},
        {R"("currency": "CNY",)", R"("currency": "CNY", "locale": "zh-Hans",)"},
        {R"("outputs")", R"("labels": ["labels/x.json"], "outputs")"},
        {R"("kind": "customers",
      "format": {"type": "jsonl"},)",
         R"("format": {"type": "jsonl"},
      "kind": "customers",)"},
        {R"("format": {"encoding")", R"("kind": "history", "format": {"header": true, "type": "csv", "encoding")"},
        {R"("missing": ["", "NA"])", R"("missing": "NA")"},
        {R"j("money(3)")j", R"j("money(CNY,3)")j"},
        {R"("bins": 5, "direction": "descending")", R"("direction": "descending", "bins": 5)"},
        {R"("window": "P90D")", R"("window": "P90D" )"},
        {R"("brands": {"feature": "distinct", "of": "orders", "field": "brand"},)", ""},
    }));
    auto text = broken(from, to);
    if (to.empty() && from.find("brands") != std::string::npos) // the last: a column elsewhere in the file
        text = replaced(text, R"("columns": {)",
                        R"("columns": { "brands": {"of": "orders", "field": "brand", "feature": "distinct"},)");
    CAPTURE(from);
    CHECK(parse_plan(text).hash() == hash);
}

TEST_CASE("the hash sees what can change a result") {
    auto const hash = parse_plan(whole_plan).hash();
    auto const [from, to] = GENERATE(table<std::string, std::string>({
        {R"("id": "shop")", R"("id": "shop2")"},
        {"+08:00", "+09:00"},
        {"gb18030", "utf-8"},
        {R"("maximum": 1000)", R"("maximum": 1001)"},
        {R"("order": "order_id",)", ""},
        {R"("minimum": "0.001")", R"("minimum": "0.001", "units": "元")"},
        {R"("minimum": "0.001")", R"("minimum": "0.001", "units": {"dozen": 12})"},
        {R"("brand": "category")", R"("brand": {"type": "category", "half_width": true})"},
        {"quantity > 10", "quantity > 11"},
        {R"("no_quantity": "quantity == 0", "odd": "big && brand == 'odd'")",
         R"("odd": "big && brand == 'odd'", "no_quantity": "quantity == 0")"},
        {"P90D", "P91D"},
        {R"(, "where": "brand != 'x'")", ""},
        {R"("bins": 5)", R"("bins": 4)"},
        {R"("r", "vip", "local")", R"("vip", "r", "local")"},
        {R"("applies_to": "age >= 18")", R"("applies_to": "age >= 21")"},
    }));
    CAPTURE(from);
    CHECK(parse_plan(broken(from, to)).hash() != hash);
}

namespace {

struct slip {
    std::string from;
    std::string to;
    std::string code;
    std::string place;
    std::string says; ///< part of the printed issue
};

slip const slips[] = {
    {R"("segmenta": 1,)", "", "plan.missing_key", "plan.json:2", "segmenta"},
    {R"("segmenta": 1)", R"("segmenta": 2)", "plan.version", "plan.json:3 /segmenta", "2"},
    {R"("id": "shop")", R"("id": "my shop")", "plan.bad_name", "plan.json:4 /id", "my shop"},
    {R"("zone": "+08:00")", R"("zone": "Europe/Lundon")", "plan.bad_zone", "plan.json:6 /zone", "Europe/London"},
    {R"("zone")", R"("zones")", "plan.unknown_key", "plan.json:6 /zones", "Did you mean zone?"},
    {R"("CNY",)", R"("CNX",)", "money.unknown_currency", "plan.json:7 /currency", "CNX"},
    {R"("CNY",)", R"("RMB",)", "money.unknown_currency", "plan.json:7 /currency", "Did you mean CNY?"},
    {R"j("type": "money(3)")j", R"j("type": "money(NTD,3)")j", "money.unknown_currency",
     "plan.json:15 /sources/orders/fields/price/type", "Did you mean TWD?"},
    {R"('1000 CNY')", R"('1000 RMB')", "rule.bad_constant", "plan.json:34 /columns/vip", "Did you mean CNY?\n"},
    {R"("CNY",)", "86,", "plan.wrong_type", "plan.json:7 /currency", "a string"},
    {R"("en": "A shop")", R"("english": "A shop", "?": "")", "plan.bad_locale", "plan.json:5 /title/?", "en"},
    {R"("gb18030")", R"("gb18031")", "csv.dialect", "plan.json:10 /sources/orders/format", "gb18031"},
    {R"("tab")", R"("tabs")", "plan.bad_dialect", "plan.json:10 /sources/orders/format/delimiter", "blanks"},
    {R"("type": "jsonl")", R"("type": "jsonl", "header": true)", "plan.unknown_key",
     "plan.json:28 /sources/people/format/header", "type, missing"},
    {R"("type": "jsonl")", R"("type": "json")", "plan.unknown_name", "plan.json:28 /sources/people/format/type",
     "Did you mean jsonl?"},
    {R"("kind": "customers")", R"("kind": "customer")", "plan.unknown_name", "plan.json:27 /sources/people/kind",
     "Did you mean customers?"},
    {R"("quantity": {"type": "int64")", R"("quantity": {"type": "int46")", "plan.bad_type",
     "plan.json:14 /sources/orders/fields/quantity/type", "Did you mean int64?"},
    {R"("currency": "CNY",)", "", "plan.bad_type", "plan.json:15 /sources/orders/fields/price/type", "currency"},
    {R"("customer_id": "int64",)", R"("customer_id": "int64", "Unit Price": "double",)", "plan.bad_name",
     "plan.json:12 /sources/orders/fields/Unit Price", R"(say "column": "Unit Price")"},
    {R"("column": "Order No")", R"("colunm": "Order No")", "plan.unknown_key",
     "plan.json:13 /sources/orders/fields/order_id/colunm", "Did you mean column?"},
    {R"("column": "Order No")", R"("position": 3)", "plan.two_keys",
     "plan.json:13 /sources/orders/fields/order_id/position", "header"},
    {R"("M/D/YYYY H:MM")", R"("M/D/YY H:MM")", "plan.bad_format", "plan.json:16 /sources/orders/fields/paid_at/format",
     "YY"},
    {R"("M/D/YYYY H:MM")", R"("YYYYMMDD")", "plan.bad_format", "plan.json:16 /sources/orders/fields/paid_at/format",
     "date"},
    {R"("minimum": "0.001")", R"("units": "斗")", "plan.bad_unit", "plan.json:15 /sources/orders/fields/price/units", "kg"},
    {R"("minimum": "0.001")", R"("units": "USD")", "plan.bad_unit", "plan.json:15 /sources/orders/fields/price/units",
     "万"},
    {R"("minimum": "0.001")", R"("units": {"dozen": "a dozen"})", "plan.bad_unit",
     "plan.json:15 /sources/orders/fields/price/units/dozen", "2000/3"},
    {R"("minimum": "0.001")", R"("units": {})", "plan.missing_key", "plan.json:15 /sources/orders/fields/price/units",
     "factor"},
    {R"("minimum": "0.001")", R"("units": 5)", "plan.wrong_type", "plan.json:15 /sources/orders/fields/price/units", "kg"},
    {R"("brand": "category")", R"("brand": {"type": "category", "units": "kg"})", "plan.bad_unit",
     "plan.json:17 /sources/orders/fields/brand/units", "int64"},
    {R"("brand": "category")", R"("brand": {"type": "category", "half_width": 1})", "plan.wrong_type",
     "plan.json:17 /sources/orders/fields/brand/half_width", "true"},
    {R"("minimum": "0.001")", R"("minimum": "0.0001")", "plan.wrong_type",
     "plan.json:15 /sources/orders/fields/price/minimum", "3 digits"},
    {R"("minimum": -1000)", R"("minimum": 2000)", "plan.inverted_limits",
     "plan.json:14 /sources/orders/fields/quantity", "minimum"},
    {R"("brand": "category")", R"("brand": {"type": "category", "minimum": "a"})", "plan.wrong_type",
     "plan.json:17 /sources/orders/fields/brand/minimum", "reject"},
    {R"("customer": "customer_id")", R"("customer": "customer")", "plan.unknown_field",
     "plan.json:19 /sources/orders/customer", "Did you mean customer_id?"},
    {R"("customer": "customer_id")", R"("customer": "price")", "plan.field_type",
     "plan.json:19 /sources/orders/customer", "money(CNY,3)"},
    {R"("customer": "customer_id",)", "", "plan.missing_key", "plan.json:9 /sources/orders", "customer"},
    {R"("time": "paid_at")", R"("time": "big")", "plan.derived_field", "plan.json:20 /sources/orders/time", "big"},
    {R"("customer": "id")", R"("customer": "id", "time": "age")", "plan.unknown_key",
     "plan.json:30 /sources/people/time", "history"},
    {R"("price * quantity")", R"("price * quantit")", "rule.unknown_name",
     "plan.json:22 /sources/orders/derive/amount 1:9", "quantity"},
    {R"("price * quantity")", R"("price * brand")", "rule.type", "plan.json:22 /sources/orders/derive/amount", ""},
    {R"("amount": "price)", R"("brand": "1", "amount": "price)", "plan.duplicate_name",
     "plan.json:22 /sources/orders/derive/brand", "brand"},
    {R"("fields": {"id": "int64")", R"("fields": {"id": "string")", "plan.field_type",
     "plan.json:30 /sources/people/customer", "int64, as in orders"},
    {R"("quantity == 0")", R"("quantity + 1")", "rule.result_type", "plan.json:24 /sources/orders/reject/no_quantity",
     "bool"},
    {R"("no_quantity")", R"("future")", "plan.duplicate_name", "plan.json:24 /sources/orders/reject/future", "future"},
    {R"j("order_id.startsWith('C')")j", R"("  ")", "plan.empty_rule", "plan.json:23 /sources/orders/cancelled", ""},
    {R"("age": {)", R"("orders": "int64", "age": {)", "plan.duplicate_name", "plan.json:26 /sources/people", "orders"},
    {R"("vip": {"rule": "spent >)", R"("vip": {"rule": "spend >)", "rule.unknown_name", "plan.json:34 /columns/vip",
     "spent"},
    {R"(CNY') &&)", R"(CNY') & &)", "rule.syntax", "plan.json:34 /columns/vip", "^"},
    {R"('1000 CNY')", R"('1000 EUR')", "rule.currency", "plan.json:34 /columns/vip", "EUR"},
    {R"("age >= 18")", R"("age + 18")", "rule.result_type", "plan.json:35 /columns/vip/applies_to", "bool"},
    {R"("rule": "spent)", R"("rulee": "spent)", "plan.missing_key", "plan.json:34 /columns/vip", "Did you mean rule?"},
    {R"("rule": "spent)", R"("feature": "sum", "rule": "spent)", "plan.two_keys", "plan.json:34 /columns/vip", ""},
    {R"("vip": {)", R"("v i p": "true", "vip": {)", "plan.bad_name", "plan.json:34 /columns/v i p", "v i p"},
    {R"("local": "city)",
     R"("cell": {"strategy": "cell_map", "of": "r", "levels": [2], "segments": [{"id": "a", "boxes": [[[1, 2]]]}]},
    "local": "city)",
     "plan.input_levels", "plan.json:40 /columns/cell/of", "1 to 5"},
    {R"("local": "city)",
     R"("cell": {"strategy": "cell_map", "of": "age", "levels": [2], "segments": [{"id": "a", "boxes": [[[1, 2]]]}]},
    "local": "city)",
     "plan.input_levels", "plan.json:40 /columns/cell/of", "0 to 130"},
    {R"("id": "int64", "age")", R"("id": "int64", "as_of": "instant", "age")", "plan.duplicate_name",
     "plan.json:29 /sources/people/fields/as_of", "the moment asked about"},
    {R"("id": "int64", "age")", R"("id": "int64", "customer": "int64", "age")", "plan.bad_name",
     "plan.json:29 /sources/people/fields/customer", "whole customer"},
    {R"("people": {)",
     R"("as_of_day": {"fields": {"c": "int64", "t": "date"}, "customer": "c", "time": "t"}, "people": {)",
     "plan.duplicate_name", "plan.json:26 /sources/as_of_day", "the moment asked about"},
    {R"("type": "int64", "minimum": -1000)", R"("type": "integer", "minimum": -1000)", "plan.bad_type",
     "plan.json:14 /sources/orders/fields/quantity/type", "Did you mean int64?"},
    {R"j("type": "money(3)")j", R"j("type": "decimal")j", "plan.bad_type",
     "plan.json:15 /sources/orders/fields/price/type", "decimal(2)"},
    {R"("amount": "price * quantity")", R"("amount": "big ? price : price * quantity")", "rule.unknown_name",
     "plan.json:22 /sources/orders/derive/amount", "put this one after big"},
    {R"(? brands : 0)", R"(? brands : orders)", "rule.unknown_name", "plan.json:40 /columns/local",
     "This is a history"},
    {R"("bins": 5)", R"("bin": 5)", "quantile_score.key", "plan.json:39 /columns/r/bin", "Did you mean bins?"},
    {R"("descending")", R"("decending")", "quantile_score.value", "plan.json:39 /columns/r/direction",
     "Did you mean descending?"},
    {R"("quantile_score")", R"("quantil_score")", "strategy.unknown_kind", "plan.json:39 /columns/r",
     "Did you mean quantile_score?"},
    {R"("local": "city)", R"("band": {"strategy": "bands", "of": "age", "bands": []}, "local": "city)", "bands.empty",
     "plan.json:40 /columns/band/bands", "at least one"},
    {R"("delimiter": "tab",)", R"("delimiter": "tab", "names": ["a", "b"],)", "plan.two_keys",
     "plan.json:10 /sources/orders/format/names", "header"},
    {R"("local": "city)", R"("customer": "true", "local": "city)", "plan.bad_name", "plan.json:40 /columns/customer",
     "whole customer"},
    {R"("local": "city)", R"("age": "1", "local": "city)", "plan.duplicate_name", "plan.json:40 /columns/age",
     "attribute"},
    {R"("feature": "sum")", R"("feature": "summ")", "plan.unknown_aggregate", "plan.json:36 /columns/spent/feature",
     "Did you mean sum?"},
    {R"("of": "orders", "field": "amount")", R"("of": "order", "field": "amount")", "plan.unknown_history",
     "plan.json:36 /columns/spent/of", "Did you mean orders?"},
    {R"("field": "amount")", R"("field": "amont")", "plan.unknown_field", "plan.json:36 /columns/spent/field",
     "Did you mean amount?"},
    {R"("field": "amount")", R"("field": "order_id")", "plan.field_type", "plan.json:36 /columns/spent/field",
     "string"},
    {R"("field": "amount", )", "", "plan.missing_key", "plan.json:36 /columns/spent", "field"},
    {R"("feature": "recency_days", "of": "orders")", R"("feature": "recency_days", "of": "orders", "field": "brand")",
     "plan.unknown_key", "plan.json:37 /columns/silence/field", "brand"},
    {R"("P90D")", R"("P-90D")", "time.period_range", "plan.json:36 /columns/spent/window", "P-90D"},
    {R"("P90D")", R"("90 days")", "time.period", "plan.json:36 /columns/spent/window", "90 days"},
    {R"("brand != 'x'")", R"("brands != 'x'")", "rule.unknown_name", "plan.json:36 /columns/spent/where", "brand"},
    {R"("quantile_score")", R"("quantil_score")", "strategy.unknown_kind", "plan.json:39 /columns/r", "quantile_score"},
    {R"("of": "silence")", R"("of": "silense")", "plan.unknown_column", "plan.json:39 /columns/r/of",
     "Did you mean silence?"},
    {R"("of": "silence")", R"("of": "city")", "plan.input_type", "plan.json:39 /columns/r/of", "category"},
    {R"("of": "silence")", R"("of": [])", "plan.wrong_type", "plan.json:39 /columns/r/of", "empty"},
    {R"("of": "silence")", R"("of": "vip")", "column.cycle", "plan.json:34 /columns/vip", "vip -> r -> vip"},
    {R"("r", "vip")", R"("rr", "vip")", "plan.unknown_column", "plan.json:42 /outputs/0", "rr"},
    {R"("r", "vip")", R"("vip", "vip")", "plan.duplicate_name", "plan.json:42 /outputs/1", "vip"},
    {R"(["r", "vip", "local", "age"])", "[]", "plan.missing_key", "plan.json:42 /outputs", ""},
    {R"(["r", "vip", "local", "age"])", R"("r")", "plan.wrong_type", "plan.json:42 /outputs", "array"},
    {R"("outputs")", R"("id": "shop", "outputs")", "json.duplicate_key", "plan.json:42", "id"},
    {R"("outputs":)", R"("outputs")", "json.syntax", "plan.json:42", ""},
};

} // namespace

TEST_CASE("every slip is one issue that says where, what and how to repair it") {
    auto const& [from, to, code, place, says] = GENERATE(from_range(std::begin(slips), std::end(slips)));
    CAPTURE(from, to);
    auto const found = issues_of(broken(from, to));
    REQUIRE_FALSE(found.empty());
    CAPTURE(found.to_string());
    auto const at = std::find_if(found.begin(), found.end(), [&, c = code](issue const& i) { return i.code == c; });
    REQUIRE(at != found.end());
    CHECK(at->level == severity::error);
    CHECK(at->place.substr(0, place.size()) == place);
    CHECK_THAT(to_string(*at), ContainsSubstring(says));
    // one slip, one error: what builds on a broken thing is not reported as well
    CHECK(std::count_if(found.begin(), found.end(), [](issue const& i) { return i.level == severity::error; }) == 1);
}

TEST_CASE("policies for missing attributes and identity are read, written out, hashed and checked") {
    std::string const more =
        R"("identity": {"keys": {"city": {"at_most": 3, "never": ["x", "a"]}, "k": {"of": ["age", "city"], "at_most": 2}},
                 "priority": "people"}, "when_missing": {"city": {"constant": "x"}, "age": "median"},
  "columns": {)";
    auto const with = [&](std::string_view from, std::string_view to) {
        return broken(R"("columns": {)", replaced(more, from, to));
    };
    plan const made = parse_plan(with("x", "x"));
    REQUIRE(made.when_missing().size() == 2);
    CHECK(made.when_missing()[0].attribute == "age"); // sorted, so that bits of answers mean the same in any order
    CHECK(made.when_missing()[1].constant == "\"x\"");
    CHECK(made.identity().keys[0].of == std::vector<std::string>{"city"});
    CHECK(made.identity().keys[0].never == std::vector<std::string>{"a", "x"});
    CHECK(made.merges_ids());
    auto const numbers = parse_plan(with("[\"age\", \"city\"], \"at_most\"", "[\"age\"], \"never\": [\"05\"], \"at_most\""));
    CHECK(numbers.identity().keys[1].never == std::vector<std::string>{"5"}); // as the numbers it stops are written
    CHECK(parse_plan(made.to_json()).hash() == made.hash());
    CHECK(parse_plan(made.to_json()).to_json() == made.to_json());
    CHECK(parse_plan(broken(R"("columns": {)", R"("when_missing": {"age": "keep"}, "identity": {}, "columns": {)"))
              .hash() == parse_plan(whole_plan).hash());
    for (auto const& [from, to, code, says] : std::vector<std::array<std::string, 4>>{
             {"median", "mean", "plan.unknown_name", "constant"},
             {"\"age\": \"median\"", "\"agee\": \"median\"", "plan.unknown_column", "Did you mean age?"},
             {"{\"constant\": \"x\"}", "\"median\"", "plan.bad_missing", "Use mode"},
             {"{\"constant\": \"x\"}", "{\"constant\": 1}", "plan.bad_missing", "a string"},
             {"\"at_most\": 3", "\"at_most\": 1", "plan.bad_identity", "2 or more"},
             {"\"at_most\": 3, ", "", "plan.missing_key", "switchboard"},
             {"[\"age\"", "[\"brand\"", "plan.unknown_column", "age, city"},
             {"\"people\"", "\"orders\"", "plan.unknown_name", "people"},
             {"[\"age\", \"city\"], \"at_most\": 2", "[\"age\"], \"never\": [\"05\", \"x\"], \"at_most\": 2", "plan.bad_identity", "whole numbers"},
             {"[\"age\", \"city\"]", "[]", "plan.bad_identity", "Name an attribute"},
             {"\"keys\"", "\"key\"", "plan.unknown_key", "Did you mean keys?"}}) {
        auto const found = issues_of(with(from, to));
        CAPTURE(from, to, found.to_string());
        CHECK(found.size() == 1);
        CHECK(found.contains(code));
        CHECK_THAT(found.to_string(), ContainsSubstring(says));
        CHECK(parse_plan(with("at_most\": 3", "at_most\": 4")).hash() != made.hash());
    }
}

TEST_CASE("a constant of money with a point is a text: a number would be rounded first") {
    auto const with = [](std::string const& constant) {
        return R"json({"segmenta": 1, "id": "c", "currency": "CNY", "sources": {"people": {"kind": "customers",
            "fields": {"id": "int64", "income": "money"}, "customer": "id"}},
            "when_missing": {"income": {"constant": )json" + constant + R"json(}},
            "columns": {"rich": "income > money('9 CNY')"}, "outputs": ["rich"]})json";
    };
    CHECK(issues_of(with("\"90071992547409.93\"")).empty());
    CHECK(issues_of(with("90")).empty());
    auto const found = issues_of(with("90071992547409.93"));
    CHECK(found.contains("plan.bad_missing"));
    CHECK_THAT(found.to_string(), ContainsSubstring("quotes"));
}

TEST_CASE("all slips are reported at once") {
    std::string text = whole_plan;
    std::set<std::string> expected;
    for (std::string const code : {"plan.bad_zone", "plan.bad_type", "plan.unknown_field", "plan.empty_rule",
                                   "plan.unknown_aggregate", "plan.unknown_column", "plan.bad_locale"}) {
        for (auto const& s : slips) {
            if (s.code != code) continue;
            text = replaced(text, s.from, s.to);
            expected.insert(code);
            break;
        }
    }
    REQUIRE(expected.size() == 7);
    std::set<std::string> found;
    for (auto const& i : issues_of(text))
        found.insert(i.code);
    for (auto const& code : expected)
        CHECK(found.count(code) == 1);
}

TEST_CASE("all keys that are named twice are reported, together with what else is wrong") {
    auto text = broken(R"("outputs")", R"("id": "again", "outputs")");
    text = replaced(text, R"("brands": {)", R"("vip": "true", "brands": {)");
    text = replaced(text, R"("bins": 5)", R"("bins": 4, "bins": {"bins": 1, "bins": 2})");
    text = replaced(text, R"("zone": "+08:00")", R"("zone": "Europe/Lundon")");
    text = replaced(text, R"("bins": 4)", R"("bins": 40)");
    auto const found = issues_of(text);
    CAPTURE(found.to_string());
    std::multiset<std::string> lines;
    for (auto const& i : found)
        lines.insert(i.code + " " + i.place);
    CHECK(lines == std::multiset<std::string>{
                       "json.duplicate_key plan.json:42 /id", "json.duplicate_key plan.json:38 /columns/vip",
                       "json.duplicate_key plan.json:39 /columns/r/bins",
                       "json.duplicate_key plan.json:39 /columns/r/bins/bins", "plan.bad_zone plan.json:6 /zone",
                       "quantile_score.value plan.json:39 /columns/r/bins"});
    CHECK(found[0].remedy == "Remove or rename one of the two; the other is on line 34.");
}

TEST_CASE("a key that looks like the mark of a repeated one is a key like any other") {
    auto const found = issues_of(broken(R"("zone")", R"("zone\u0000repeated 1")"));
    CAPTURE(found.to_string());
    CHECK(found.contains("plan.unknown_key"));
}

TEST_CASE("what is missing as a whole is said once, and not for everything that would read it") {
    std::string const text = R"j({"segmenta": 1, "id": "small",
        "sources": {"o": {"fields": {"c": "int64", "t": "date"}, "customer": "c", "time": "t"}},
        "columns": {"n": {"feature": "orders", "of": "o"}, "big": "n > 3"}, "outputs": ["n", "big"]})j";
    REQUIRE(issues_of(text).empty());
    auto const [from, to] = GENERATE(table<std::string, std::string>({
        {R"({"n": {"feature": "orders", "of": "o"}, "big": "n > 3"})", "{}"},
        {R"({"n": {"feature": "orders", "of": "o"}, "big": "n > 3"})", "[]"},
        {R"({"o": {"fields": {"c": "int64", "t": "date"}, "customer": "c", "time": "t"}})", "{}"},
        {R"({"o": {"fields": {"c": "int64", "t": "date"}, "customer": "c", "time": "t"}})", "[]"},
        {R"({"c": "int64", "t": "date"})", "{}"},
        {R"({"c": "int64", "t": "date"})", "[]"},
    }));
    auto const found = issues_of(replaced(text, from, to));
    CAPTURE(from, to, found.to_string());
    CHECK(found.size() == 1);
    CHECK(found.has_errors());
}

TEST_CASE("parts of a plan that can never matter are warned about, with their place") {
    auto text = broken(R"("local": "city)",
                       R"("map": {"strategy": "cell_map", "of": ["r", "r"], "map": "rf_ten", "scheme": "rfm"},
    "lost": "map == 'rfm.at_risk' || 'atrisk' == customer.map || map in ['champions', 'hibernate']",
    "none": {"rule": "age > 3", "applies_to": "age > 3 || true"},
    "local": "city)");
    text = replaced(text, R"("outputs": ["r",)", R"("outputs": ["lost", "none", "r",)");
    auto const found = issues_of(text);
    CAPTURE(found.to_string());
    CHECK_FALSE(found.has_errors());
    REQUIRE(found.size() == 5);
    std::multiset<std::string> lines;
    for (auto const& i : found)
        lines.insert(i.code + " " + i.place + " " + i.seen);
    CHECK(lines == std::multiset<std::string>{
                       R"(plan.repeated_input plan.json:40 /columns/map/of "r")",
                       R"(plan.unknown_segment plan.json:41 /columns/lost 1:8 "rfm.at_risk")",
                       R"(plan.unknown_segment plan.json:41 /columns/lost 1:25 "atrisk")",
                       R"(plan.unknown_segment plan.json:41 /columns/lost 1:74 "hibernate")",
                       R"(plan.constant_condition plan.json:42 /columns/none/applies_to "age > 3 || true")"});
    for (auto const& i : found) {
        if (i.seen == R"("rfm.at_risk")") CHECK_THAT(i.remedy, ContainsSubstring("Leave the scheme out: 'at_risk'"));
        if (i.seen == R"("atrisk")") CHECK_THAT(i.remedy, ContainsSubstring("Did you mean at_risk?"));
    }
}

TEST_CASE("definitions that nothing reads are warned about") {
    auto const found = issues_of(broken(R"(["r", "vip", "local", "age"])", R"(["r"])"));
    std::set<std::string> lines;
    for (auto const& i : found) {
        CHECK(i.level == severity::warning);
        lines.insert(i.code + " " + i.place);
    }
    CHECK(lines.count("plan.unused_column plan.json:34 /columns/vip") == 1);
    CHECK(lines.count("plan.unused_column plan.json:36 /columns/spent") == 1);
    CHECK(lines.count("plan.unused_column plan.json:40 /columns/local") == 1);
    CHECK(lines.size() == 4); // and brands, which only local reads

    auto const unread = issues_of(broken(R"("brand": "category")", R"("brand": "category", "note": "string")"));
    REQUIRE(unread.size() == 1);
    CHECK(unread[0].code == "plan.unused_field");
    CHECK(unread[0].place == "plan.json:17 /sources/orders/fields/note");
}

TEST_CASE("outputs are all columns when the plan names none") {
    plan const shop = parse_plan(broken(R"(,
  "outputs": ["r", "vip", "local", "age"])",
                                        ""));
    CHECK(shop.outputs().size() == 6);
    CHECK(shop.outputs()[0] == "vip");
}

TEST_CASE("a plan without sources waits for the host's schema, but is checked as far as it goes") {
    std::string const text = R"({"segmenta": 1, "id": "embedded", "columns": {
        "adult": "age >= 18",
        "spent": {"feature": "sum", "of": "orders", "field": "amount", "window": "P90D"}},
        "outputs": ["adult", "spent", "age"]})";
    plan const embedded = parse_plan(text);
    CHECK(embedded.sources().empty());
    CHECK(embedded.source_schema().attributes().empty());
    CHECK(issues_of(replaced(text, "P90D", "P90")).contains("time.period"));
    CHECK(issues_of(replaced(text, "age >= 18", "age >= ")).contains("rule.syntax"));
    CHECK(issues_of(replaced(text, R"("adult": )", R"("x": {"strategy": "nothing"}, "adult": )"))
              .contains("strategy.unknown_kind"));
    CHECK(issues_of(replaced(text, R"("adult": )",
                             R"("s": {"strategy": "quantile_score", "of": "age", "bins": 3},
        "m": {"strategy": "cell_map", "of": "s", "levels": [2], "segments": [{"id": "a", "boxes": [[[1, 2]]]}]},
        "adult": )"))
              .contains("plan.input_levels"));
}

TEST_CASE("files of numbers, blanks and without names") {
    std::string const text = R"j({"segmenta": 1, "id": "cdnow", "sources": {"orders": {
        "format": {"delimiter": "blanks", "header": false},
        "fields": {"id": {"type": "string", "position": 1}, "day": {"type": "date", "format": "YYYYMMDD", "position": 3},
                   "spent": {"type": "decimal(2)", "position": 5}},
        "customer": "id", "time": "day"}},
        "columns": {"m": {"feature": "sum", "of": "orders", "field": "spent"}}})j";
    plan const cdnow = parse_plan(text);
    auto const& source = cdnow.sources()[0];
    CHECK(source.format.dialect.blanks);
    CHECK(source.fields[1].column == "3");
    CHECK(parse_plan(cdnow.to_json()).hash() == cdnow.hash());
    CHECK(issues_of(replaced(text, R"(, "position": 5)", "")).contains("plan.missing_key"));
    auto const named = replaced(text, R"("header": false)", R"("header": false, "names": ["a", "b", "c", "d", "e"])");
    CHECK(issues_of(named).contains("plan.two_keys"));
    CHECK(issues_of(replaced(named, R"("c", "d")", R"("c", "c")")).contains("plan.duplicate_name"));
    CHECK(issues_of(replaced(text, R"("time": "day")", R"("time": "day", "order": "spent")"))
              .contains("plan.field_type"));
    CHECK(issues_of(replaced(text, R"("feature": "sum", "of": "orders", "field": "spent")",
                             R"("feature": "recency", "of": "orders")"))
              .contains("plan.field_type"));
}

TEST_CASE("a file that is not there or no plan at all") {
    CHECK_THROWS_AS(read_plan("/nowhere/plan.json"), issue_error);
    CHECK(issues_of("").contains("json.syntax"));
    CHECK(issues_of("[]").contains("plan.wrong_type"));
    CHECK(issues_of("{}").size() == 3);
    CHECK(issues_of(std::string(1000, '[')).has_errors());
}

TEST_CASE("ten thousand rules are read in a moment") {
    std::string text = R"({"segmenta": 1, "id": "many", "sources": {"p": {"kind": "customers",
        "fields": {"id": "int64", "age": "int64"}, "customer": "id"}}, "columns": {)";
    for (int i = 0; i < 10'000; ++i)
        text += (i == 0 ? "\n\"t" : ",\n\"t") + std::to_string(i) + "\": \"age > " + std::to_string(i) + "\"";
    text += "}}";
    plan const many = parse_plan(text);
    CHECK(many.columns().size() == 10'000);
    CHECK(many.columns()[9'999].place.line == 10'002);
}
