// SPDX-License-Identifier: Apache-2.0
#include <segmenta/record/projection.hpp>

#include "support/catch.hpp"

#include <string>

using namespace segmenta;

namespace {

enum class gender { female, male, other };

struct person {
    gender sex = gender::female;
    std::optional<gender> partner;
    int code = 1;
    std::int64_t cents = 1250;
    std::optional<int> points;
    std::string name = "a name that is longer than a short string";
    [[nodiscard]] std::string const& label() const { return name; }
};

std::string read(detail::field_reader const& reader, person const& who) {
    return to_string(reader.what) + ' ' + to_string(reader(&who));
}

} // namespace

TEST_CASE("a projection is a member, a member function or a callable", "[projection]") {
    person const who;
    CHECK(read(detail::make_reader<person>(&person::code), who) == "int64 1");
    CHECK(detail::make_reader<person>(&person::label)(&who).as_string().data() == who.name.data()); // nothing is copied
    int offset = 40;
    ++offset;
    CHECK(read(detail::make_reader<person>([offset](person const& p) { return p.code + offset; }), who) == "int64 42");
    CHECK(detail::make_reader<person>([](person const& p) { return std::string_view(p.name).substr(2, 4); })(&who)
              .as_string() == "name");
}

TEST_CASE("names make categories of codes", "[projection]") {
    value_names<gender> const names{{gender::female, "female"}, {gender::male, "male"}};
    person who;
    auto const sex = detail::make_reader<person>(&person::sex, names, "sex");
    auto const partner = detail::make_reader<person>(&person::partner, names, "partner");
    auto const code = detail::make_reader<person>(&person::code, value_names<int>{{1, "one"}}, "code");
    CHECK(read(sex, who) == "category \"female\"");
    CHECK(read(partner, who) == "category missing");
    CHECK(read(code, who) == "category \"one\"");
    who.partner = gender::male;
    who.sex = gender::other; // has no name
    who.code = 2;
    CHECK(read(partner, who) == "category \"male\"");
    CHECK(read(sex, who) == "category missing");
    CHECK(read(code, who) == "category missing");
}

TEST_CASE("integers are read as units where asked, and widen without loss", "[projection]") {
    type const cents = money_type(currency("CNY"), 2);
    person who;
    CHECK(read(detail::make_reader<person>(&person::cents, as_units{cents}, "cents"), who) == "money(CNY,2) 12.50 CNY");
    CHECK(read(detail::make_reader<person>(&person::cents, cents, "yuan"), who) == "money(CNY,2) 1250.00 CNY");
    CHECK(read(detail::make_reader<person>(&person::points, as_units{cents}, "points"), who) == "money(CNY,2) missing");
    CHECK(read(detail::make_reader<person>(&person::cents, float64_type, "cents"), who) == "double 1250");
    who.cents = std::numeric_limits<std::int64_t>::max();
    CHECK(read(detail::make_reader<person>(&person::cents, cents, "yuan"), who) == "money(CNY,2) missing");
    CHECK(
        read(detail::make_reader<person>(&person::name, category_type, "name"), who).starts_with("category \"a name"));
}

TEST_CASE("a type that would lose something is refused by name", "[projection]") {
    auto const refused = [](auto projection, auto how) {
        try {
            (void)detail::make_reader<person>(projection, how, "field_name");
        } catch (issue_error const& e) {
            return e.issues()[0].code + ' ' + e.issues()[0].place;
        }
        return std::string("accepted");
    };
    CHECK(refused(&person::name, int64_type) == "schema.type_mismatch field_name");
    CHECK(refused(&person::code, date_type) == "schema.type_mismatch field_name");
    CHECK(refused(&person::code, as_units{int64_type}) == "schema.type_mismatch field_name");
    auto const as_money = [](person const&) { return money{decimal{1, 0}, currency("CNY")}; };
    auto const as_decimal = [](person const&) { return decimal{1, 0}; };
    CHECK(refused(as_money, decimal_type(2)) == "schema.type_mismatch field_name");
    CHECK(refused(as_money, int64_type) == "schema.type_mismatch field_name");
    CHECK(refused(as_decimal, string_type) == "schema.type_mismatch field_name");
    CHECK(refused(as_decimal, money_type(currency("CNY"), 2)) == "accepted");
}
