// SPDX-License-Identifier: Apache-2.0
#include <segmenta/record/value_traits.hpp>

#include "support/catch.hpp"

#include <limits>
#include <string>

using namespace segmenta;
namespace chrono = std::chrono;

namespace {

struct point_in_year {
    int day = 0;
};

// Not inlined: with sanitizers, GCC 12 takes the unused storage of an empty optional for a read of uninitialised
// memory.
template <class T>
[[gnu::noinline]] std::string read(T const& v) {
    return to_string(value_traits<T>::what) + ' ' + to_string(value_traits<T>::read(v));
}

template <class T>
[[gnu::noinline]] std::string read(T const& v, type as) {
    return to_string(value_traits<T>::read(v, as));
}

} // namespace

template <>
struct segmenta::value_traits<point_in_year> {
    static constexpr segmenta::type what = segmenta::int64_type;
    static segmenta::value read(point_in_year p) noexcept { return segmenta::value::of_int(p.day); }
};

TEST_CASE("numbers", "[value_traits]") {
    CHECK(read(true) == "bool true");
    CHECK(read(std::int8_t{-5}) == "int64 -5");
    CHECK(read(std::uint8_t{200}) == "int64 200");
    CHECK(read(short{3}) == "int64 3");
    CHECK(read(4000000000U) == "int64 4000000000");
    CHECK(read(std::numeric_limits<std::int64_t>::min()) == "int64 -9223372036854775808");
    CHECK(read(std::uint64_t{1} << 62) == "int64 4611686018427387904");
    CHECK(read(std::uint64_t{1} << 63) == "int64 missing"); // no int64 says it
    CHECK(read(1.5F) == "double 1.5");
    CHECK(read(std::numeric_limits<double>::quiet_NaN()) == "double missing");
    CHECK(read(point_in_year{7}) == "int64 7");
    CHECK(read(std::optional<point_in_year>{}) == "int64 missing");
}

TEST_CASE("text and sets are borrowed", "[value_traits]") {
    std::string const text = "text that is longer than what fits inside";
    CHECK(value_traits<std::string>::read(text).as_string().data() == text.data());
    CHECK(read(std::optional<std::string>{}) == "string missing");
    CHECK(read(std::string_view("a")) == "string \"a\"");
    CHECK(value_traits<char const*>::read(nullptr).missing());
    CHECK(value_traits<char const*>::read("b").as_string() == "b");
    std::vector<std::string> const tags{text, "b"};
    CHECK(value_traits<std::vector<std::string>>::read(tags).as_set()[0].data() ==
          text.data() + (tags[0].data() - text.data()));
    CHECK(read(std::vector<std::string_view>{"x", "y"}) == "set {\"x\", \"y\"}");
    CHECK(read(std::span<std::string const>(tags).last(1)) == "set {\"b\"}");
    CHECK(read(std::vector<std::string>{}) == "set {}");
}

TEST_CASE("days and times of ours and of chrono", "[value_traits]") {
    using namespace std::chrono_literals;
    auto const day = chrono::sys_days{chrono::year{2024} / 2 / 29};
    CHECK(read(civil_date::of(2024, 2, 29)) == "date 2024-02-29");
    CHECK(read(day) == "date 2024-02-29");
    CHECK(read(chrono::year_month_day{day}) == "date 2024-02-29");
    CHECK(read(chrono::year{2023} / 2 / 29) == "date missing");
    CHECK(read(instant{1}) == "instant 1970-01-01T00:00:00.000001Z");
    CHECK(read(chrono::sys_time<chrono::seconds>{day + 1h}) == "instant 2024-02-29T01:00:00Z");
    CHECK(read(chrono::sys_time<chrono::nanoseconds>{-1ns}) == "instant 1969-12-31T23:59:59.999999Z"); // rounded down
    CHECK(read(chrono::sys_time<chrono::duration<double>>{chrono::duration<double>(-0.25)}) ==
          "instant 1969-12-31T23:59:59.750Z");
    CHECK(
        read(chrono::sys_time<chrono::hours>{chrono::hours{std::numeric_limits<int>::max()}}).starts_with("instant +"));
    CHECK(read(chrono::sys_time<chrono::duration<std::int64_t, std::ratio<31556952>>>{
              chrono::duration<std::int64_t, std::ratio<31556952>>{1'000'000}}) == "instant missing");
    CHECK(read(duration::minutes(2)) == "duration PT120S");
    CHECK(read(chrono::milliseconds{1500}) == "duration PT1.5S");
    CHECK(read(chrono::duration<double>(1e30)) == "duration missing");
    CHECK(read(std::optional<chrono::sys_days>{day}) == "date 2024-02-29");
}

TEST_CASE("decimals, money and values are read as the type that is given", "[value_traits]") {
    type const cents = money_type(currency("CNY"), 2);
    CHECK(read(decimal{15, 1}, decimal_type(3)) == "1.500");
    CHECK(read(decimal{15, 1}, decimal_type(0)) == "missing");
    CHECK(read(decimal{15, 1}, cents) == "1.50 CNY");
    CHECK(read(money{decimal{15, 1}, currency("CNY")}, cents) == "1.50 CNY");
    CHECK(read(money{decimal{15, 1}, currency("USD")}, cents) == "missing"); // never added to yuan
    CHECK(read(money{decimal{1555, 3}, currency("CNY")}, cents) == "missing");
    CHECK(read(std::optional<money>{}, cents) == "missing");
    CHECK(read(std::optional<decimal>{decimal{2, 0}}, cents) == "2.00 CNY");
    CHECK(read(value::of_int(2), cents) == "2.00 CNY");
    CHECK(read(value::of_string("2"), cents) == "missing");
}
