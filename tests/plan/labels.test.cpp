// SPDX-License-Identifier: Apache-2.0
#include <segmenta/plan/labels.hpp>

#include "plan/plan_cases.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <filesystem>
#include <map>

using namespace segmenta;
using namespace segmenta::test;

namespace {

using list = std::vector<std::string>;

label_pack pack(std::string locale, std::vector<std::pair<std::string, std::string>> labels) {
    return {"tier", std::move(locale), std::move(labels)};
}

} // namespace

TEST_CASE("the locales to look in, in order") {
    CHECK(locale_chain("en", "en") == list{"en"});
    CHECK(locale_chain("zh-CN", "en") == list{"zh-CN", "zh-Hans", "zh", "zh-Hant", "en"});
    CHECK(locale_chain("zh-HK", "en") == list{"zh-HK", "zh-Hant", "zh", "zh-Hans", "en"});
    CHECK(locale_chain("zh-Hant-TW", "en") == list{"zh-Hant-TW", "zh-Hant", "zh", "zh-Hans", "en"});
    CHECK(locale_chain("de-AT", "zh-Hans") == list{"de-AT", "de", "zh-Hans", "zh", "zh-Hant", "en"});
    CHECK(locale_chain("", "") == list{"en"});
}

TEST_CASE("a label is found by the fallback order, and is the bare id at last") {
    label_set labels("zh-Hans");
    labels.add(pack("en", {{"tier.high", "High"}, {"tier.low", "Low"}}));
    labels.add(pack("zh-Hans", {{"tier.high", "高"}}));
    CHECK(labels.label("tier.high", "en-GB") == "High");
    CHECK(labels.label("tier.high", "zh-TW") == "高");
    CHECK(labels.label("tier.high", "fr") == "高"); // the plan's locale before English
    CHECK(labels.label("tier.low", "zh-Hans") == "Low");
    CHECK(labels.label("tier.middle", "en") == "middle");
    CHECK(labels.label("middle", "en") == "middle");
    CHECK_FALSE(labels.find("tier.low", "zh-Hans"));
    CHECK(labels.locales() == list{"en", "zh-Hans"});
    list const ids{"tier.low", "tier.high"};
    CHECK(labels.missing(ids, "zh-Hans") == list{"tier.low"});
    labels.add(pack("en", {{"tier.low", "Small"}}));
    CHECK(labels.label("tier.low", "en") == "Small");
    CHECK(label_set{}.label("tier.low", "en") == "low");
}

TEST_CASE("a label pack is read, and refused with all reasons") {
    issue_list issues;
    auto const good =
        parse_label_pack(R"({"scheme": "tier", "locale": "zh-Hans", "labels": {"tier.high": "高", "tier.low": "低"}})",
                         "p.json", issues);
    REQUIRE(good);
    CHECK(issues.empty());
    CHECK(good->labels == std::vector<std::pair<std::string, std::string>>{{"tier.high", "高"}, {"tier.low", "低"}});

    CHECK_FALSE(parse_label_pack(R"({"scheme": "tier", "locale": "z?", "label": 1,
        "labels": {"other.high": "x", "tier.": "x", "tier.low": " ", "tier.x": 1}})",
                                 "p.json", issues));
    list codes;
    for (auto const& i : issues)
        codes.push_back(i.code + " " + i.place);
    CHECK(codes == list{"plan.unknown_key p.json:1 /label", "labels.bad_locale p.json:1 /locale",
                        "labels.bad_id p.json:2 /labels/other.high", "labels.bad_id p.json:2 /labels/tier.",
                        "labels.empty p.json:2 /labels/tier.low", "plan.wrong_type p.json:2 /labels/tier.x"});
    issues = {};
    CHECK_FALSE(parse_label_pack("{", "p.json", issues));
    CHECK(issues.contains("json.syntax"));
    issues = {};
    CHECK_FALSE(read_label_pack("/nowhere/p.json", issues));
    CHECK(issues.contains("labels.unreadable"));
}

TEST_CASE("the packs we ship are complete: each in three languages with the same ids") {
    auto const folder = std::filesystem::path(SEGMENTA_SOURCE_DIR) / "examples" / "plans" / "labels";
    std::map<std::string, std::map<std::string, list>> ids; // scheme, locale
    for (auto const& entry : std::filesystem::directory_iterator(folder)) {
        CAPTURE(entry.path().string());
        issue_list issues;
        auto const read = read_label_pack(entry.path(), issues);
        CHECK(issues.to_string() == "");
        REQUIRE(read);
        CHECK(entry.path().filename() == read->scheme + "." + read->locale + ".json");
        for (auto const& [id, text] : read->labels)
            ids[read->scheme][read->locale].push_back(id);
        std::sort(ids[read->scheme][read->locale].begin(), ids[read->scheme][read->locale].end());
    }
    REQUIRE(ids.size() >= 3);
    for (auto const& [scheme, by_locale] : ids) {
        CAPTURE(scheme);
        REQUIRE(by_locale.size() == 3);
        CHECK(by_locale.at("en") == by_locale.at("zh-Hans"));
        CHECK(by_locale.at("en") == by_locale.at("zh-Hant"));
    }
}
