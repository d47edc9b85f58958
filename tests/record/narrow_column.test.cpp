// SPDX-License-Identifier: Apache-2.0
#include <segmenta/record/narrow_column.hpp>

#include "support/catch.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

using namespace segmenta;

namespace {

// Extremes and some between them, two words of rows.
template <class T, class Wide>
void check_numbers(type what) {
    std::vector<T> elements;
    for (std::size_t i = 0; i < 128; ++i)
        elements.push_back(i % 3 == 0 ? std::numeric_limits<T>::lowest()
                                      : (i % 3 == 1 ? std::numeric_limits<T>::max() : static_cast<T>(i)));
    narrow_column const narrow(what, std::span<T const>(elements));
    CHECK(narrow.is_sound());
    std::vector<std::uint64_t> room(64);
    column_view const wide = widen(narrow, 64, 64, room);
    REQUIRE(wide.size == 64);
    CHECK(wide.what == what);
    for (std::size_t i = 0; i < 64; ++i)
        CHECK(wide.as<Wide>()[i] == static_cast<Wide>(elements[64 + i]));
}

} // namespace

TEST_CASE("narrow numbers, dates and floats widen to their plain columns", "[record]") {
    check_numbers<std::int8_t, std::int64_t>(int64_type);
    check_numbers<std::int16_t, std::int64_t>(duration_type);
    check_numbers<std::int32_t, std::int64_t>(decimal_type(2));
    check_numbers<std::uint8_t, std::int64_t>(int64_type);
    check_numbers<std::uint16_t, std::int64_t>(int64_type);
    check_numbers<std::uint32_t, std::int64_t>(instant_type);
    check_numbers<std::uint16_t, std::int32_t>(date_type);
    check_numbers<float, double>(float64_type);
}

TEST_CASE("bits and codes of categories widen, with what is present", "[record]") {
    std::array<std::uint64_t, 2> const bits = {0x5, 0x8000'0000'0000'0001U};
    std::array<std::uint64_t, 2> const valid = {~std::uint64_t{0}, 0x1};
    std::vector<std::uint64_t> room(128);
    auto const flags = widen(narrow_column::of_bits(bits.data(), 128, valid.data()), 64, 64, room);
    CHECK(flags.as<std::uint8_t>()[0] == 1);
    CHECK(flags.as<std::uint8_t>()[1] == 0);
    CHECK(flags.as<std::uint8_t>()[63] == 1);
    CHECK(flags.is_present(0));
    CHECK_FALSE(flags.is_present(1));

    string_pool pool;
    (void)pool.intern("SH");
    (void)pool.intern("BJ");
    std::vector<std::uint8_t> const codes = {1, 0, 1};
    auto const texts = widen(narrow_column(std::span<std::uint8_t const>(codes), pool), 0, 3, room);
    CHECK(texts.text(0) == "BJ");
    CHECK(texts.text(1) == "SH");
}

TEST_CASE("a plain column is only sliced, and what may be stored how is stated", "[record]") {
    std::vector<std::int64_t> const numbers(130, 7);
    column_view const plain{int64_type, 130, numbers.data()};
    CHECK(widen(plain, 64, 66, {}).data == numbers.data() + 64);
    CHECK_FALSE(may_be_stored(kind::string, storage::uint8));
    CHECK_FALSE(may_be_stored(kind::float64, storage::int32));
    CHECK_FALSE(may_be_stored(kind::int64, storage::bits));
    CHECK_FALSE(may_be_stored(kind::category, storage::int8));
    CHECK(may_be_stored(kind::category_set, storage::plain));
}

TEST_CASE("what is stored as a plain column is one, and codes without a pool are not sound", "[record]") {
    std::array<std::uint8_t, 3> const bytes = {0, 1, 1};
    narrow_column const flags(boolean_type, std::span<std::uint8_t const>(bytes));
    CHECK(flags.stored == storage::plain);
    CHECK(flags.is_sound());
    narrow_column const codes(category_type, std::span<std::uint8_t const>(bytes));
    CHECK_FALSE(codes.is_sound());
    string_pool pool;
    CHECK(narrow_column(std::span<std::uint8_t const>(bytes), pool).is_sound());
    // A date has 32 bits with a sign.
    CHECK_FALSE(may_be_stored(kind::date, storage::uint32));
    CHECK(may_be_stored(kind::date, storage::uint16));
}
