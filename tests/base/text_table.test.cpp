// SPDX-License-Identifier: Apache-2.0
#include "base/text_table.hpp"

#include "support/catch.hpp"

using namespace segmenta;

TEST_CASE("the width of a text on a terminal") {
    CHECK(detail::display_width("") == 0);
    CHECK(detail::display_width("abc") == 3);
    CHECK(detail::display_width("客户a") == 5);
    CHECK(detail::display_width("ｆｕｌｌ") == 8);
    CHECK(detail::display_width("e\xCC\x81") == 1); // with a combining accent
    CHECK(detail::display_width("\xE5\xAE") == 2);  // cut off: each byte counts one
    CHECK(detail::display_width("\xF0\x9F\x98\x80") == 2);
}

TEST_CASE("columns of a table line up, whatever the script") {
    detail::text_table table({"标签", "n", "note"});
    table.row({"gold", "1,234", "x"});
    table.row({"银卡", "5", ""});
    table.left_from(2);
    CHECK(table.text() == "  标签      n  note\n"
                          "  ─────────────────\n"
                          "  gold  1,234  x\n"
                          "  银卡      5\n");
}
