// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/hash.hpp>

#include <bit>
#include <cstddef>
#include <cstring>

// XXH64 written from its specification (see hash.hpp). The names follow it.
namespace segmenta {
inline namespace v0 {
namespace {

constexpr std::uint64_t prime_1 = 0x9E3779B185EBCA87U;
constexpr std::uint64_t prime_2 = 0xC2B2AE3D27D4EB4FU;
constexpr std::uint64_t prime_3 = 0x165667B19E3779F9U;
constexpr std::uint64_t prime_4 = 0x85EBCA77C2B2AE63U;
constexpr std::uint64_t prime_5 = 0x27D4EB2F165667C5U;

template <class Integer>
Integer read_little(char const* p) noexcept {
    Integer value;
    if constexpr (std::endian::native == std::endian::little) {
        std::memcpy(&value, p, sizeof value);
    } else {
        value = 0;
        for (std::size_t i = sizeof value; i-- > 0;)
            value = static_cast<Integer>((value << 8) | static_cast<unsigned char>(p[i]));
    }
    return value;
}

constexpr std::uint64_t round(std::uint64_t accumulator, std::uint64_t lane) noexcept {
    return std::rotl(accumulator + lane * prime_2, 31) * prime_1;
}

constexpr std::uint64_t merge(std::uint64_t accumulator, std::uint64_t other) noexcept {
    return (accumulator ^ round(0, other)) * prime_1 + prime_4;
}

constexpr std::uint64_t avalanche(std::uint64_t h) noexcept {
    h = (h ^ (h >> 33)) * prime_2;
    h = (h ^ (h >> 29)) * prime_3;
    return h ^ (h >> 32);
}

constexpr std::uint64_t mix_eight(std::uint64_t h, std::uint64_t lane) noexcept {
    return std::rotl(h ^ round(0, lane), 27) * prime_1 + prime_4;
}

std::uint64_t hash_stripes(char const*& p, char const* end, std::uint64_t seed) noexcept {
    std::uint64_t a = seed + prime_1 + prime_2;
    std::uint64_t b = seed + prime_2;
    std::uint64_t c = seed;
    std::uint64_t d = seed - prime_1;
    for (; end - p >= 32; p += 32) {
        a = round(a, read_little<std::uint64_t>(p));
        b = round(b, read_little<std::uint64_t>(p + 8));
        c = round(c, read_little<std::uint64_t>(p + 16));
        d = round(d, read_little<std::uint64_t>(p + 24));
    }
    std::uint64_t const sum = std::rotl(a, 1) + std::rotl(b, 7) + std::rotl(c, 12) + std::rotl(d, 18);
    return merge(merge(merge(merge(sum, a), b), c), d);
}

} // namespace

std::uint64_t hash_bytes(std::string_view bytes, std::uint64_t seed) noexcept {
    char const* p = bytes.data();
    char const* const end = p + bytes.size();
    std::uint64_t h = bytes.size() >= 32 ? hash_stripes(p, end, seed) : seed + prime_5;
    h += bytes.size();
    for (; end - p >= 8; p += 8)
        h = mix_eight(h, read_little<std::uint64_t>(p));
    if (end - p >= 4) {
        h = std::rotl(h ^ read_little<std::uint32_t>(p) * prime_1, 23) * prime_2 + prime_3;
        p += 4;
    }
    for (; p != end; ++p)
        h = std::rotl(h ^ static_cast<unsigned char>(*p) * prime_5, 11) * prime_1;
    return avalanche(h);
}

std::uint64_t hash_integer(std::uint64_t value, std::uint64_t seed) noexcept {
    return avalanche(mix_eight(seed + prime_5 + 8, value));
}

std::string content_hash(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(32);
    for (std::uint64_t const seed : {std::uint64_t{0}, std::uint64_t{0x9E3779B97F4A7C15U}}) {
        std::uint64_t const h = hash_bytes(bytes, seed);
        for (int shift = 60; shift >= 0; shift -= 4)
            text += digits[(h >> shift) & 15U];
    }
    return text;
}

} // namespace v0
} // namespace segmenta
