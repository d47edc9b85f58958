// SPDX-License-Identifier: Apache-2.0
#include <segmenta/rule/dynamic_value.hpp>

#include "support/catch.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

using namespace segmenta;

namespace {

dynamic_value integer(std::int64_t v) { return v; }
dynamic_value natural(std::uint64_t v) { return v; }
dynamic_value text(std::string v) { return v; }

} // namespace

TEST_CASE("dynamic_value: numbers are equal as the numbers they are, other types never") {
    CHECK(dynamic_equal(integer(1), natural(1)));
    CHECK(dynamic_equal(integer(1), 1.0));
    CHECK(dynamic_equal(0.0, -0.0));
    CHECK_FALSE(dynamic_equal(integer(-1), natural(std::numeric_limits<std::uint64_t>::max())));
    CHECK_FALSE(dynamic_equal(integer(std::numeric_limits<std::int64_t>::max()), 9223372036854775808.0)); // exact
    CHECK_FALSE(dynamic_equal(std::nan(""), std::nan("")));
    CHECK_FALSE(dynamic_equal(text("1"), integer(1)));
    CHECK_FALSE(dynamic_equal(text("a"), dynamic_bytes{"a"}));
    CHECK(dynamic_equal(dynamic_value(), dynamic_value()));
    CHECK_FALSE(dynamic_equal(dynamic_value(), false));
    CHECK(dynamic_equal(dynamic_type{"int"}, dynamic_type{"int"}));
    CHECK(dynamic_equal(dynamic_optional{}, dynamic_optional{}));
    CHECK_FALSE(dynamic_equal(dynamic_optional{}, dynamic_optional{std::make_shared<dynamic_value const>(integer(1))}));
}

TEST_CASE("dynamic_value: lists compare in order, maps whatever their order") {
    dynamic_value const one = dynamic_list{integer(1), text("a")};
    CHECK(dynamic_equal(one, dynamic_list{1.0, text("a")}));
    CHECK_FALSE(dynamic_equal(one, dynamic_list{text("a"), integer(1)}));
    CHECK_FALSE(dynamic_equal(one, dynamic_list{integer(1)}));
    dynamic_map const map{{text("a"), integer(1)}, {integer(2), one}};
    CHECK(dynamic_equal(map, dynamic_map{{natural(2), one}, {text("a"), 1.0}}));
    CHECK_FALSE(dynamic_equal(map, dynamic_map{{text("a"), integer(1)}}));
    CHECK(dynamic_find(map, natural(2)) != nullptr);
    CHECK(dynamic_find(map, text("b")) == nullptr);
    CHECK(dynamic_value(map).type_name() == "map");
    CHECK(one.as<dynamic_list>()->size() == 2);
    CHECK(one.as<dynamic_map>() == nullptr);
}
