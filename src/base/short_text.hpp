// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_BASE_SHORT_TEXT_HPP
#define SEGMENTA_BASE_SHORT_TEXT_HPP

// Texts of at most sixteen bytes as two words, read without a loop and without a byte beyond the text.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Of two texts of one length the words are equal exactly when the texts are.
struct short_text {
    static constexpr std::size_t most_bytes = 16;

    std::uint64_t first = 0; // the beginning
    std::uint64_t last = 0;  // the end, of which some may be in the beginning too

    // `text` has at most `most_bytes` bytes.
    [[gnu::always_inline]] static short_text of(std::string_view text) noexcept {
        char const* const begin = text.data();
        std::size_t const size = text.size();
        if (size >= 8) return {word<std::uint64_t>(begin), word<std::uint64_t>(begin + size - 8)};
        if (size >= 4) return {word<std::uint32_t>(begin), word<std::uint32_t>(begin + size - 4)};
        if (size == 0) return {};
        auto const byte = [begin](std::size_t at) { return std::uint64_t{static_cast<unsigned char>(begin[at])}; };
        return {byte(0) | byte(size / 2) << 8, byte(size - 1)};
    }
    friend bool operator==(short_text const&, short_text const&) noexcept = default;

private:
    template <class Word>
    static std::uint64_t word(char const* from) noexcept {
        Word out;
        std::memcpy(&out, from, sizeof out);
        return out;
    }
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
