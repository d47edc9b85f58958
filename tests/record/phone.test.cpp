// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/random.hpp>
#include <segmenta/record/phone.hpp>

#include "support/catch.hpp"

#include <set>
#include <string>
#include <vector>

using namespace segmenta;

namespace {

std::string key(std::string_view text, std::string_view home = "CN") {
    auto const* const plan = find_phone_plan(home);
    REQUIRE(plan != nullptr);
    return phone_key(text, *plan).value_or("-");
}

} // namespace

TEST_CASE("phones: one number, many spellings, one key", "[record][phone]") {
    for (auto const text :
         {"13800138000", "138 0013 8000", "138-0013-8000", "１３８－0013－8000", "１３８００１３８０００",
          "+86 138 0013 8000", "+86-13800138000", "＋８６　１３８ ００１３ ８０００", "0086 138 0013 8000",
          "86 13800138000", "(+86)13800138000", "013800138000", "+86(0)13800138000",
          "138\xE2\x80\x93"
          "0013\xE2\x80\x93"
          "8000",
          "138.0013.8000"}) {
        INFO(text);
        CHECK(key(text) == "+8613800138000");
    }
    for (auto const text :
         {"010-12345678", "(010) 1234 5678", "+86 10 12345678", "+86 (0)10 12345678", "0086 010 12345678"}) {
        INFO(text);
        CHECK(key(text) == "+861012345678");
    }
    CHECK(key("0571-87654321") == "+8657187654321");
    CHECK(key("400-820-8820") == "+864008208820");
    for (auto const text : {"020 7946 0018", "+44 20 7946 0018", "+44 (0)20 7946 0018", "0044 20 79460018"})
        CHECK(key(text, "GB") == "+442079460018");
    for (auto const text : {"(415) 555-2671", "1-415-555-2671", "+1 415 555 2671", "001 415 555 2671"})
        CHECK(key(text, "US") == "+14155552671");
    CHECK(key("011 86 138 0013 8000", "US") == "+8613800138000");
    CHECK(key("2345 6789", "HK") == "+85223456789");
    CHECK(key("+85223456789") == "+85223456789");
    CHECK(key("0912-345-678", "TW") == "+886912345678");
    CHECK(key("+380 44 123 4567") == "+380441234567"); // a country without a plan of its own
}

TEST_CASE("phones: an extension keeps people behind one switchboard apart", "[record][phone]") {
    for (auto const text :
         {"010-12345678#801", "010-12345678 转 801", "010-12345678转801", "010-12345678轉801", "010-12345678 ext. 801",
          "010-12345678x801", "010-12345678分机801", "010-12345678＃８０１"}) {
        INFO(text);
        CHECK(key(text) == "+861012345678;ext=801");
    }
    CHECK(key("010-12345678#") == "-");
    CHECK(key("010-12345678#80-1") == "-");
    CHECK(key("010-12345678#1234567") == "-");
}

TEST_CASE("phones: what could not be dialled from abroad has no key", "[record][phone]") {
    for (auto const text : {"",
                            " ",
                            "+",
                            "12345678",
                            "10086",
                            "110",
                            "138001380001",
                            "1380013800a",
                            "+86 10086",
                            "+86",
                            "n/a",
                            "无",
                            "0",
                            "00",
                            "+0123456789",
                            "++8613800138000",
                            "138+00138000",
                            "+12345",
                            "1234567890123456789012345",
                            "+1234567890123456"}) {
        INFO(text);
        CHECK(key(text) == "-");
    }
    CHECK(key(std::string(81, '1')) == "-");
    CHECK(find_phone_plan("cn") == nullptr);
    CHECK(find_phone_plan("") == nullptr);
}

TEST_CASE("phones: any key is its own key, for every home, and nothing is written past its room", "[record][phone]") {
    random_generator random(3);
    std::string const letters = "0123456789+- ()#x0123456789";
    std::set<std::string> calling;
    for (auto const& plan : phone_plans()) {
        CHECK(plan.shortest <= plan.longest);
        CHECK(plan.calling_code.size() + plan.longest <= 15);
        for (int round = 0; round < 2'000; ++round) {
            std::string text = round % 2 == 0 ? "+" + std::string(plan.calling_code) : std::string(plan.trunk);
            for (auto n = random_below(random, 18); n > 0; --n)
                text += letters[random_below(random, letters.size())];
            std::string room(longest_phone_key + 8, '~');
            char const* const end = phone_key(text, plan, room.data());
            REQUIRE(room.substr(longest_phone_key) == "~~~~~~~~");
            if (end == room.data()) continue;
            std::string const made(static_cast<char const*>(room.data()), end);
            INFO(text << " -> " << made);
            REQUIRE(key(made, plan.country) == made);
            REQUIRE(key(made, "CN") == made);
        }
    }
}
