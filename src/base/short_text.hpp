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

// Of two texts of one length the words are equal exactly when the texts are. They are the first and the last bytes, as
// many as `width_of` says; some bytes may be in both.
struct short_text {
    static constexpr std::size_t most_bytes = 16;

    std::uint64_t first = 0;
    std::uint64_t last = 0;

    // Bytes of a word: 8, 4, 2 or 1. Of texts of 1 to `most_bytes` bytes.
    static constexpr std::size_t width_of(std::size_t size) noexcept {
        return size >= 8 ? 8 : (size >= 4 ? 4 : (size >= 2 ? 2 : 1));
    }
    template <class Word>
    [[nodiscard]] static short_text of(char const* text, std::size_t size) noexcept {
        return {word<Word>(text), word<Word>(text + size - sizeof(Word))};
    }
    // `text` has 1 to `most_bytes` bytes.
    [[nodiscard]] static short_text of(std::string_view text) noexcept {
        switch (width_of(text.size())) {
        case 8: return of<std::uint64_t>(text.data(), text.size());
        case 4: return of<std::uint32_t>(text.data(), text.size());
        case 2: return of<std::uint16_t>(text.data(), text.size());
        default: return of<std::uint8_t>(text.data(), text.size());
        }
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
