// SPDX-License-Identifier: Apache-2.0
// docs/plans.md, docs/plan.schema.json and the reader say the same, and the example plans can be read.
#include "plan/keys.hpp"
#include "plan/plan_cases.hpp"
#include "plan/schema_check.hpp"
#include "support/catch.hpp"

#include <segmenta/feature/feature.hpp>
#include <segmenta/plan/labels.hpp>

#include "base/json.hpp"

#include <filesystem>
#include <map>
#include <regex>
#include <set>

using namespace segmenta;
using namespace segmenta::test;
using names = std::set<std::string>;

namespace {

std::filesystem::path const root = SEGMENTA_SOURCE_DIR;

boost::json::value const& editor_schema() {
    static boost::json::value const schema = detail::parse_json(read_text(root / "docs" / "plan.schema.json"));
    return schema;
}

names texts(boost::json::value const& array) {
    names result;
    for (auto const& element : array.as_array())
        result.insert(std::string(element.as_string()));
    return result;
}

void check_keys(std::span<detail::key_info const> keys, std::string_view pointer) {
    CAPTURE(pointer);
    auto const* part = detail::find_pointer(editor_schema(), pointer);
    REQUIRE(part != nullptr);
    names known;
    names required;
    for (auto const& key : keys) {
        known.insert(std::string(key.name));
        if (key.required) required.insert(std::string(key.name));
    }
    names in_schema;
    for (auto const& member : part->at("properties").as_object())
        in_schema.insert(std::string(member.key()));
    CHECK(in_schema == known);
    names required_in_schema;
    if (auto const* list = part->as_object().if_contains("required")) required_in_schema = texts(*list);
    CHECK(required_in_schema == required);
}

/// The keys of the tables below each heading of the page: heading, key, whether it is required.
std::map<std::string, std::map<std::string, bool>> keys_on_page(std::string const& page) {
    std::map<std::string, std::map<std::string, bool>> result;
    std::regex const line(R"(\n(#+) ([^\n]*)|\n\| `([^`|]+)` \| ([^\n|]*) \|)");
    std::string heading;
    for (std::sregex_iterator at(page.begin(), page.end(), line), end; at != end; ++at) {
        if ((*at)[2].matched) heading = (*at)[2];
        if ((*at)[3].matched) result[heading][(*at)[3]] = (*at)[4].str().rfind("required", 0) == 0;
    }
    return result;
}

void check_page(std::map<std::string, bool> const& on_page, std::span<detail::key_info const> keys,
                names const& common) {
    names known;
    for (auto const& key : keys)
        if (common.count(std::string(key.name)) == 0) known.insert(std::string(key.name));
    names shown;
    for (auto const& [key, required] : on_page)
        shown.insert(key);
    CHECK(shown == known);
    for (auto const& key : keys) {
        auto const at = on_page.find(std::string(key.name));
        // a source needs its time only when it is a history, its pairs only when it has some
        if (at != on_page.end() && key.name != "time" && key.name != "same_as") CHECK(at->second == key.required);
    }
}

/// The code blocks of the page marked so.
std::vector<std::string> blocks(std::string const& page, std::string const& mark) {
    std::vector<std::string> result;
    std::string const begin = "```" + mark + "\n";
    for (auto at = page.find(begin); at != std::string::npos; at = page.find(begin, at + 1))
        result.push_back(page.substr(at + begin.size(), page.find("\n```", at) - at - begin.size()));
    return result;
}

std::vector<std::filesystem::path> example_plans() {
    std::vector<std::filesystem::path> files;
    for (auto const& entry : std::filesystem::directory_iterator(root / "examples" / "plans"))
        if (entry.path().extension() == ".json") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

} // namespace

TEST_CASE("the schema for editors has the keys that the reader knows") {
    check_keys(detail::plan_keys, "");
    check_keys(detail::source_keys, "/$defs/source");
    check_keys(detail::identity_keys, "/$defs/identity");
    check_keys(detail::identity_key_keys, "/$defs/identity_key");
    check_keys(detail::csv_format_keys, "/$defs/csv_format");
    check_keys(detail::field_keys, "/$defs/field/oneOf/1");
    check_keys(detail::rule_keys, "/$defs/rule");
    check_keys(detail::feature_keys, "/$defs/feature");
    check_keys(detail::strategy_keys, "/$defs/strategy");
    check_keys(detail::tag_keys, "/$defs/tag");
    check_keys(detail::taxonomy_keys, "/$defs/taxonomy_node");
    check_keys(detail::label_pack_keys, "/$defs/label_pack");

    names aggregate_names;
    for (auto const& info : aggregates())
        aggregate_names.insert(std::string(info.name));
    CHECK(texts(*detail::find_pointer(editor_schema(), "/$defs/feature/properties/feature/enum")) == aggregate_names);
    names kinds{"clusters", "k_means", "repeat_buying", "model_score"}; // tests/model/model_strategies.test.cpp
    auto const core = strategy_registry::core();
    for (auto const& kind : core.kinds())
        kinds.insert(kind.name);
    CHECK(texts(*detail::find_pointer(editor_schema(), "/$defs/strategy/properties/strategy/enum")) == kinds);
}

TEST_CASE("the page about plans has the keys that the reader knows") {
    auto const on_page = keys_on_page(read_text(root / "docs" / "plans.md"));
    names const common{"applies_to", "meaning", "source"};
    check_page(on_page.at("The whole"), detail::plan_keys, {});
    check_page(on_page.at("Sources"), detail::source_keys, {});
    std::vector<detail::key_info> identity(std::begin(detail::identity_keys), std::end(detail::identity_keys));
    identity.insert(identity.end(), std::begin(detail::identity_key_keys), std::end(detail::identity_key_keys));
    check_page(on_page.at("One customer with several ids"), identity, {});
    check_page(on_page.at("Format"), detail::csv_format_keys, {});
    check_page(on_page.at("Fields"), detail::field_keys, {});
    check_page(on_page.at("Rules"), detail::rule_keys, common);
    check_page(on_page.at("Features"), detail::feature_keys, common);
    check_page(on_page.at("Strategies"), detail::strategy_keys, common);
    check_page(on_page.at("Tags"), detail::tag_keys, {});
    check_page(on_page.at("Labels"), detail::label_pack_keys, {});
    names shown;
    for (auto const& [key, required] : on_page.at("Taxonomy"))
        shown.insert(key);
    names nodes;
    for (auto const& key : detail::taxonomy_keys)
        nodes.insert(std::string(key.name));
    CHECK(shown == nodes);
    shown.clear();
    for (auto const& [key, required] : on_page.at("Columns"))
        shown.insert(key);
    CHECK(shown == common);
}

TEST_CASE("the page about plans has every aggregate and every calendar period") {
    auto const page = read_text(root / "docs" / "plans.md");
    auto const section = page.substr(page.find("### What features compute"));
    for (auto const& info : aggregates())
        CHECK_THAT(section, Catch::Matchers::ContainsSubstring("`" + std::string(info.name) + "`"));
    names calendar(calendar_periods().begin(), calendar_periods().end());
    CHECK(texts(*detail::find_pointer(editor_schema(), "/$defs/feature/properties/calendar/enum")) == calendar);
}

TEST_CASE("the page about plans has every code of the reader, and no other of its own") {
    std::regex const quoted(R"j("((?:plan|labels|column|tag)\.[a-z_]+)")j");
    std::regex const ticked(R"(`((?:plan|labels|column|tag)\.[a-z_]+)`)");
    names in_code;
    std::vector<std::filesystem::path> files{root / "src" / "tag" / "taxonomy_check.cpp"};
    for (auto const* room : {"plan", "column"})
        for (auto const& entry : std::filesystem::directory_iterator(root / "src" / room))
            files.push_back(entry.path());
    for (auto const& file : files) {
            auto const text = read_text(file);
            for (std::sregex_iterator at(text.begin(), text.end(), quoted), end; at != end; ++at)
                in_code.insert((*at)[1]);
        }
    // the reader finds these first, under its own codes
    in_code.erase("column.unknown");
    in_code.erase("column.duplicate");
    in_code.erase("tag.never_ends");
    auto const page = read_text(root / "docs" / "plans.md");
    auto const section = page.substr(page.find("## Issues"));
    names on_page;
    for (std::sregex_iterator at(section.begin(), section.end(), ticked), end; at != end; ++at)
        on_page.insert((*at)[1]);
    CHECK(on_page == in_code);
}

TEST_CASE("the plans and packs on the page can be read") {
    auto const page = read_text(root / "docs" / "plans.md");
    auto const plans = blocks(page, "json plan");
    REQUIRE_FALSE(plans.empty());
    for (auto const& text : plans) {
        CHECK(issues_of(text).to_string() == "");
        CHECK(schema_violations(detail::parse_json(text), editor_schema()) == "");
    }
    for (auto const& text : blocks(page, "json labels")) {
        issue_list issues;
        CHECK(parse_label_pack(text, "page", issues));
        CHECK(issues.to_string() == "");
        CHECK(schema_violations(detail::parse_json(text), editor_schema(), "/$defs/label_pack") == "");
    }
}

TEST_CASE("the example plans are read without a word and fit the schema for editors") {
    auto const plans = example_plans();
    REQUIRE(plans.size() >= 5);
    for (auto const& file : plans) {
        CAPTURE(file.string());
        plan const made = [&] {
            try {
                return read_plan(file);
            } catch (issue_error const& error) {
                FAIL(error.what());
                throw;
            }
        }();
        // one of the published maps has segments that no customer can be in
        for (auto const& warning : made.warnings())
            if (warning.code != "cell_map.unreachable") FAIL(to_string(warning));
        CHECK(made.id() + ".json" == file.filename().string());
        CHECK(schema_violations(detail::parse_json(read_text(file)), editor_schema()) == "");
        CHECK(parse_plan(made.to_json()).hash() == made.hash());
        for (auto const* locale : {"en", "zh-Hans"})
            CHECK(made.title(locale) != made.id());
    }
}

TEST_CASE("the schema for editors refuses what the reader refuses") {
    CHECK(schema_violations(detail::parse_json(whole_plan), editor_schema()) == "");
    auto const [from, to] = GENERATE(table<std::string, std::string>({
        {R"("zone")", R"("zones")"},
        {R"("segmenta": 1)", R"("segmenta": 2)"},
        {R"("id": "shop")", R"("id": "my shop")"},
        {R"("kind": "customers")", R"("kind": "customer")"},
        {R"("customer": "customer_id",)", ""},
        {R"("type": "jsonl")", R"("type": "jsonl", "header": true)"},
        {R"("type": "int64", "minimum": -1000)", R"("type": "int46", "minimum": -1000)"},
        {R"("column": "Order No")", R"("colunm": "Order No")"},
        {R"("feature": "sum")", R"("feature": "summ")"},
        {R"("quantile_score")", R"("quantil_score")"},
        {R"("local": "city)", R"("local": "", "local2": "city)"},
        {R"(["r", "vip", "local", "age"])", "[]"},
        {R"("r", "vip")", R"("vip", "vip")"},
    }));
    CAPTURE(from);
    CHECK(schema_violations(detail::parse_json(broken(from, to)), editor_schema()) != "");
    CHECK(issues_of(broken(from, to)).has_errors());
}
