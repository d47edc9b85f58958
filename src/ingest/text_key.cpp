// SPDX-License-Identifier: Apache-2.0
#include "ingest/text_key.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

static_assert(std::endian::native == std::endian::little, "the packed forms are written for little-endian machines");

constexpr std::size_t longest_short = 15;
constexpr std::size_t uuid_size = 36; // RFC 9562, section 4: 8-4-4-4-12 hexadecimal digits
constexpr std::uint64_t each = 0x0101'0101'0101'0101U;

std::uint64_t load_eight(char const* from) noexcept {
    std::uint64_t out; // NOLINT(cppcoreguidelines-init-variables)
    std::memcpy(&out, from, sizeof out);
    return out;
}

std::uint64_t load_four(char const* from) noexcept {
    std::uint32_t out; // NOLINT(cppcoreguidelines-init-variables)
    std::memcpy(&out, from, sizeof out);
    return out;
}

/// The digits of eight nibbles, one in a byte.
std::uint64_t digits_of(std::uint64_t nibbles) noexcept {
    std::uint64_t const above_nine = (nibbles + 6 * each) >> 4 & each;
    return nibbles + '0' * each + above_nine * ('a' - '9' - 1);
}

/// Eight hexadecimal digits as 32 bits, the first digit highest; `bad` gets bits unless all are 0-9 or a-f.
[[gnu::always_inline]] inline std::uint64_t word_of(std::uint64_t digits, std::uint64_t& bad) noexcept {
    std::uint64_t const letters = digits >> 6 & each; // 'a' to 'f' have this bit, '0' to '9' do not
    std::uint64_t const nibbles = (digits & 0x0F * each) + letters * 9;
    bad |= (nibbles & 0xF0 * each) | (digits_of(nibbles) ^ digits); // written back they must be what was read
    std::uint64_t const swapped = __builtin_bswap64(nibbles);
    std::uint64_t const pairs = (swapped | swapped >> 4) & 0x00FF'00FF'00FF'00FFU;
    std::uint64_t const words = (pairs | pairs >> 8) & 0x0000'FFFF'0000'FFFFU;
    return (words | words >> 16) & 0xFFFF'FFFFU;
}

/// The reverse: eight digits in the order of the text.
std::uint64_t digits_of_word(std::uint64_t word) noexcept {
    std::uint64_t const words = (word | word << 16) & 0x0000'FFFF'0000'FFFFU;
    std::uint64_t const pairs = (words | words << 8) & 0x00FF'00FF'00FF'00FFU;
    std::uint64_t const nibbles = (pairs | pairs << 4) & 0x0F * each;
    return digits_of(__builtin_bswap64(nibbles));
}

bool pack_uuid(char const* text, text_key& key) noexcept {
    std::uint64_t bad =
        static_cast<std::uint64_t>((text[8] ^ '-') | (text[13] ^ '-') | (text[18] ^ '-') | (text[23] ^ '-'));
    key.first = word_of(load_eight(text), bad) << 32;
    key.first |= word_of(load_four(text + 9) | load_four(text + 14) << 32, bad);
    key.second = word_of(load_four(text + 19) | load_four(text + 24) << 32, bad) << 32;
    key.second |= word_of(load_eight(text + 28), bad);
    return bad == 0;
}

/// The bytes, zeros, and the length in the last byte.
text_key pack_short(std::string_view text) noexcept {
    std::array<char, 16> bytes{};
    char const* const p = text.data();
    std::size_t const size = text.size();
    text_key key;
    if (size >= 8) {
        key.first = load_eight(p);
        key.second = size == 8 ? 0 : load_eight(p + size - 8) >> (8 * (16 - size)); // both ends overlap
    } else if (size > 0) {
        std::memcpy(bytes.data(), p, size);
        key.first = load_eight(bytes.data());
    }
    key.second |= static_cast<std::uint64_t>(size) << 56;
    return key;
}

} // namespace

id_form pack_id(std::string_view text, text_key& key) noexcept {
    if (text.size() <= longest_short) {
        key = pack_short(text);
        return id_form::short_text;
    }
    return text.size() == uuid_size && pack_uuid(text.data(), key) ? id_form::uuid : id_form::code;
}

std::size_t unpacked_size(id_form form, text_key const& key) noexcept {
    return form == id_form::uuid ? uuid_size : static_cast<std::size_t>(key.second >> 56);
}

char* unpack_id(id_form form, text_key const& key, char* to) noexcept {
    if (form == id_form::short_text) {
        std::array<std::uint64_t, 2> const words{key.first, key.second};
        std::size_t const size = unpacked_size(form, key);
        std::memcpy(to, words.data(), size);
        return to + size;
    }
    std::array<std::uint64_t, 4> const digits{digits_of_word(key.first >> 32), digits_of_word(key.first & 0xFFFF'FFFFU),
                                              digits_of_word(key.second >> 32),
                                              digits_of_word(key.second & 0xFFFF'FFFFU)};
    std::array<char, 32> plain; // NOLINT(cppcoreguidelines-pro-type-member-init): written right here
    std::memcpy(plain.data(), digits.data(), sizeof digits);
    char const* from = plain.data();
    for (std::size_t const group : {8, 4, 4, 4, 12}) {
        std::memcpy(to, from, group);
        from += group;
        to += group;
        if (from != plain.data() + plain.size()) *to++ = '-';
    }
    return to;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
