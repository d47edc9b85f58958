// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"

#include <segmenta/tag/tag_definition.hpp>

#include <string>

using namespace segmenta;

TEST_CASE("kinds of tags, refreshing and dimensions are read back from their ids") {
    for (auto const kind : {tag_kind::fact, tag_kind::rule, tag_kind::statistic, tag_kind::model, tag_kind::manual})
        CHECK(parse_tag_kind(to_string(kind)) == kind);
    for (auto const refresh : {tag_refresh::clear, tag_refresh::keep})
        CHECK(parse_tag_refresh(to_string(refresh)) == refresh);
    for (auto const kind : {dimension_kind::none, dimension_kind::exclusive, dimension_kind::multi})
        CHECK(parse_dimension_kind(to_string(kind)) == kind);
    CHECK_FALSE(parse_tag_kind("Rule"));
    CHECK_FALSE(parse_tag_kind(""));
    CHECK_FALSE(parse_tag_refresh("merge"));
    CHECK_FALSE(parse_dimension_kind("single"));
}

TEST_CASE("a text is found in the nearest language") {
    localized_text const titles{{"zh-Hans", "活跃"}, {"zh-Hant", "活躍"}, {"en", "active"}, {"de-AT", "aktiv"}};
    CHECK(text_in(titles, "zh-Hant") == "活躍");
    CHECK(text_in(titles, "zh-hans-CN") == "活跃");
    CHECK(text_in(titles, "zh") == "活跃"); // the first of the language
    CHECK(text_in(titles, "de") == "aktiv");
    CHECK(text_in(titles, "fr") == "active");
    CHECK(text_in(titles, "") == "active");
    CHECK(text_in({{"fr", "actif"}}, "zh-Hans") == "actif");
    CHECK(text_in({}, "en").empty());
}

TEST_CASE("names of tags") {
    CHECK(is_tag_name("vip"));
    CHECK(is_tag_name("consumption_active_30d"));
    CHECK(is_tag_name("高收入"));
    CHECK(is_tag_name("a b"));
    for (std::string const bad : {"", " vip", "vip\xE3\x80\x80", "a/b", "a`b", "a\nb", "a\x7F", "\xFF"})
        CHECK_FALSE(is_tag_name(bad));
    CHECK(is_tag_name(std::string(255, 'x')));
    CHECK_FALSE(is_tag_name(std::string(256, 'x')));
}
