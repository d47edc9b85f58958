// SPDX-License-Identifier: Apache-2.0
#include "ingest/text_key.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#if defined(__SSSE3__)
#include <tmmintrin.h>
#endif

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

/// The digits of eight nibbles, one in a byte.
std::uint64_t digits_of(std::uint64_t nibbles) noexcept {
    std::uint64_t const above_nine = (nibbles + 6 * each) >> 4 & each;
    return nibbles + '0' * each + above_nine * ('a' - '9' - 1);
}

/// The reverse: eight digits in the order of the text.
std::uint64_t digits_of_word(std::uint64_t word) noexcept {
    std::uint64_t const words = (word | word << 16) & 0x0000'FFFF'0000'FFFFU;
    std::uint64_t const pairs = (words | words << 8) & 0x00FF'00FF'00FF'00FFU;
    std::uint64_t const nibbles = (pairs | pairs << 4) & 0x0F * each;
    return digits_of(__builtin_bswap64(nibbles));
}

#if defined(__SSSE3__)

/// 32 digits in two registers; their order is that of the text.
bool pack_uuid(char const* text, text_key& key) noexcept {
    auto const load = [&](std::size_t at) { return _mm_loadu_si128(reinterpret_cast<__m128i const*>(text + at)); };
    __m128i const head = load(0);
    __m128i const middle = load(16);
    __m128i const tail = load(20);
    constexpr char no = -128; // a zero
    __m128i const upper = _mm_or_si128(
        _mm_shuffle_epi8(head, _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15, no, no)),
        _mm_shuffle_epi8(middle, _mm_setr_epi8(no, no, no, no, no, no, no, no, no, no, no, no, no, no, 0, 1)));
    __m128i const lower = _mm_or_si128(
        _mm_shuffle_epi8(middle, _mm_setr_epi8(3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, no, no, no, no)),
        _mm_shuffle_epi8(tail, _mm_setr_epi8(no, no, no, no, no, no, no, no, no, no, no, no, 12, 13, 14, 15)));
    __m128i bad = _mm_setzero_si128();
    auto const word = [&bad](__m128i digits) {
        __m128i const letters = _mm_cmpgt_epi8(digits, _mm_set1_epi8('9'));
        __m128i const nibbles =
            _mm_add_epi8(_mm_and_si128(digits, _mm_set1_epi8(0x0F)), _mm_and_si128(letters, _mm_set1_epi8(9)));
        // Written back they must be what was read.
        __m128i const above_nine = _mm_cmpgt_epi8(nibbles, _mm_set1_epi8(9));
        __m128i const written = _mm_add_epi8(_mm_add_epi8(nibbles, _mm_set1_epi8('0')),
                                             _mm_and_si128(above_nine, _mm_set1_epi8('a' - '9' - 1)));
        bad = _mm_or_si128(bad, _mm_xor_si128(written, digits));
        bad = _mm_or_si128(bad, _mm_and_si128(nibbles, _mm_set1_epi8(static_cast<char>(0xF0))));
        __m128i const pairs = _mm_maddubs_epi16(nibbles, _mm_set1_epi16(0x0110)); // first * 16 + second
        return __builtin_bswap64(static_cast<std::uint64_t>(_mm_cvtsi128_si64(_mm_packus_epi16(pairs, pairs))));
    };
    key.first = word(upper);
    key.second = word(lower);
    int const dashes = (text[8] ^ '-') | (text[13] ^ '-') | (text[18] ^ '-') | (text[23] ^ '-');
    return dashes == 0 && _mm_movemask_epi8(_mm_cmpeq_epi8(bad, _mm_setzero_si128())) == 0xFFFF;
}

#else

std::uint64_t load_four(char const* from) noexcept {
    std::uint32_t out; // NOLINT(cppcoreguidelines-init-variables)
    std::memcpy(&out, from, sizeof out);
    return out;
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

bool pack_uuid(char const* text, text_key& key) noexcept {
    std::uint64_t bad =
        static_cast<std::uint64_t>((text[8] ^ '-') | (text[13] ^ '-') | (text[18] ^ '-') | (text[23] ^ '-'));
    key.first = word_of(load_eight(text), bad) << 32;
    key.first |= word_of(load_four(text + 9) | load_four(text + 14) << 32, bad);
    key.second = word_of(load_four(text + 19) | load_four(text + 24) << 32, bad) << 32;
    key.second |= word_of(load_eight(text + 28), bad);
    return bad == 0;
}

#endif

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
    for (std::size_t const group : {8U, 4U, 4U, 4U, 12U}) {
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
