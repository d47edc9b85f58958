// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/hash.hpp>

#include "support/catch.hpp"

#include <bit>
#include <set>
#include <string>

using namespace segmenta;

// Hosts store these. Going red is right only when the algorithm is changed on purpose, with a new major version.
TEST_CASE("hash_bytes is XXH64", "[hash]") {
    // from the reference implementation's own examples
    CHECK(hash_bytes("") == 0xef46db3751d8e999U);
    CHECK(hash_bytes("a") == 0xd24ec4f1a98c6e5bU);
    CHECK(hash_bytes("abc") == 0x44bc2cf5ad770999U);
    CHECK(hash_bytes("The quick brown fox jumps over the lazy dog") == 0x0b242d361fda71bcU);
    CHECK(hash_bytes("", 1) == 0xd5afba1336a3be4bU);
    // our own, pinned: all tail lengths
    CHECK(hash_bytes(std::string(100, 'x')) == 0x92f0de5a88a3c094U);
    CHECK(hash_bytes(std::string_view()) == hash_bytes(""));
}

TEST_CASE("hash_integer hashes the eight little-endian bytes", "[hash]") {
    CHECK(hash_integer(42) == 0xb556806fb6d14353U);
    for (std::uint64_t const value :
         {std::uint64_t{0}, std::uint64_t{42}, ~std::uint64_t{0}, std::uint64_t{0x0123456789abcdef}}) {
        std::string bytes;
        for (int i = 0; i < 8; ++i)
            bytes += static_cast<char>((value >> (8 * i)) & 0xFFU);
        CHECK(hash_integer(value, 77) == hash_bytes(bytes, 77));
    }
    CHECK(hash_combine(hash_combine(1, 2), 3) != hash_combine(hash_combine(1, 3), 2));
}

TEST_CASE("each input bit flips about half of the output bits", "[hash]") {
    for (int bit = 0; bit < 64; ++bit) {
        int flips = 0;
        for (std::uint64_t i = 0; i < 200; ++i)
            flips +=
                std::popcount(hash_integer(i * 0x1234567) ^ hash_integer((i * 0x1234567) ^ (std::uint64_t{1} << bit)));
        CHECK(flips > 200 * 29);
        CHECK(flips < 200 * 35);
    }
}

TEST_CASE("content_hash is 32 hexadecimal digits and tells contents apart", "[hash]") {
    CHECK(content_hash("abc") == "44bc2cf5ad7709992ed0f59d6b43ac8b");
    std::set<std::string> seen;
    for (int i = 0; i < 2000; ++i)
        seen.insert(content_hash("plan " + std::to_string(i)));
    CHECK(seen.size() == 2000);
    CHECK(content_hash("").size() == 32);
}
