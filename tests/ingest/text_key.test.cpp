// SPDX-License-Identifier: Apache-2.0
#include "ingest/text_key.hpp"

#include <segmenta/base/random.hpp>

#include "support/catch.hpp"

#include <array>
#include <set>
#include <string>
#include <tuple>

using namespace segmenta;
using namespace segmenta::detail;

namespace {

std::string unpacked(id_form form, text_key const& key) {
    std::string out(unpacked_size(form, key), '?');
    CHECK(unpack_id(form, key, out.data()) == out.data() + out.size());
    return out;
}

std::string random_uuid(random_generator& random) {
    std::string out = "00000000-0000-0000-0000-000000000000";
    for (char& c : out)
        if (c != '-') c = "0123456789abcdef"[random() % 16];
    return out;
}

} // namespace

TEST_CASE("text_key: short ids of any bytes come back, and no two share a key") {
    random_generator random(3);
    std::set<std::tuple<std::uint64_t, std::uint64_t>> keys;
    std::set<std::string> texts;
    for (int i = 0; i < 20'000; ++i) {
        std::string text(random() % 16, '\0');
        for (char& c : text)
            c = static_cast<char>(random() % (i % 2 == 0 ? 256 : 3));
        text_key key{1, 2}; // what was there before does not matter
        REQUIRE(pack_id(text, key) == id_form::short_text);
        REQUIRE(unpacked(id_form::short_text, key) == text);
        keys.emplace(key.first, key.second);
        texts.insert(text);
    }
    CHECK(keys.size() == texts.size());
    text_key key;
    CHECK(pack_id(std::string(16, 'a'), key) == id_form::code);
    CHECK(pack_id({}, key) == id_form::short_text); // a null pointer, too
}

TEST_CASE("text_key: UUIDs come back, sort like their texts, and nothing else takes their form") {
    random_generator random(4);
    std::string before;
    text_key key_before;
    for (int i = 0; i < 5'000; ++i) {
        std::string const text = random_uuid(random);
        text_key key;
        REQUIRE(pack_id(text, key) == id_form::uuid);
        REQUIRE(unpacked(id_form::uuid, key) == text);
        bool const less = std::tie(key_before.first, key_before.second) < std::tie(key.first, key.second);
        REQUIRE((i == 0 || less == (before < text)));
        before = text;
        key_before = key;
    }
    // Every byte at every place: what is taken as a UUID must come back as the same text.
    std::string text = random_uuid(random);
    for (std::size_t at = 0; at < text.size(); ++at) {
        char const was = text[at];
        for (int byte = 0; byte < 256; ++byte) {
            text[at] = static_cast<char>(byte);
            text_key key;
            bool const digit = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f');
            bool const dash = at == 8 || at == 13 || at == 18 || at == 23;
            bool const expected = dash ? byte == '-' : digit;
            REQUIRE((pack_id(text, key) == id_form::uuid) == expected);
            if (expected) REQUIRE(unpacked(id_form::uuid, key) == text);
        }
        text[at] = was;
    }
}

TEST_CASE("text_key: hashes spread ids that differ in few bits over all partitions") {
    std::array<int, 256> hit{};
    for (int i = 0; i < 25'600; ++i) {
        text_key key;
        static_cast<void>(pack_id("C" + std::to_string(i), key));
        ++hit[key.hash() >> 56];
    }
    for (int const n : hit)
        CHECK((n > 50 && n < 160)); // 100 expected, standard deviation 10
}
