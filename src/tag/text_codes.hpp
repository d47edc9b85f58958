// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TAG_TEXT_CODES_HPP
#define SEGMENTA_TAG_TEXT_CODES_HPP

// The texts that rules compare one attribute with, numbered 0, 1, 2, ... Every other text has the number `size()`.
// Where rules ask for order as well, texts are put in order: the i-th then has the number 2 i + 1, and every other text
// has twice the number of those below it.

#include <segmenta/base/hash.hpp>

#include "base/short_text.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

class text_codes {
public:
    [[nodiscard]] std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(texts_.size()); }

    // The number of a text, which is added when it is new.
    std::uint32_t intern(std::string_view text) {
        if (texts_.size() * 2 >= slots_.size()) grow();
        fingerprint const print = fingerprint_of(text);
        std::size_t at = place_of(print);
        for (; slots_[at].code != 0; at = (at + 1) & (slots_.size() - 1))
            if (same(slots_[at], print, text)) return key_of_code(slots_[at].code - 1);
        texts_.emplace_back(text);
        slots_[at] = {print, size()};
        all_at_home_ = false;
        return size() - 1;
    }

    // The number of a text, or `size()`.
    [[nodiscard]] [[gnu::always_inline]] std::uint32_t find(std::string_view text) const noexcept {
        if (slots_.empty()) return 0;
        fingerprint const print = fingerprint_of(text);
        std::size_t at = place_of(print);
        if (all_at_home_ && !ordered_) return same(slots_[at], print, text) ? slots_[at].code - 1 : size();
        for (; slots_[at].code != 0; at = (at + 1) & (slots_.size() - 1))
            if (same(slots_[at], print, text)) return key_of_code(slots_[at].code - 1);
        return ordered_ ? 2 * count_below(text) : size();
    }

    // The number of a text that was added; nothing for others.
    [[nodiscard]] std::optional<std::uint32_t> number_of(std::string_view text) const noexcept {
        std::uint32_t const number = find(text);
        bool const known = ordered_ ? number % 2 != 0 : number < size();
        return known ? std::optional(number) : std::nullopt;
    }

    // Afterwards no text may be added; `intern` of one that is there gives its number.
    void put_in_order() {
        std::sort(texts_.begin(), texts_.end());
        std::vector<std::string> const all(texts_.begin(), texts_.end());
        texts_.clear();
        slots_.clear();
        for (std::string const& text : all)
            (void)intern(text);
        ordered_ = true;
        if (all.empty()) return;
        std::string const& last = all.back(); // what the first and the last have in common all have
        auto const end = std::mismatch(last.begin(), last.end(), all[0].begin(), all[0].end()).first;
        common_.assign(last.begin(), end);
        for (std::string const& text : all)
            heads_.push_back(head_of(std::string_view(text).substr(common_.size())));
    }

    // Tries seeds and larger tables until every text is in the first place where it is looked for. For few texts one is
    // found soon; many are left as they are.
    void settle() {
        if (texts_.size() > most_at_home) return;
        for (int seed = 0; seed < 256 && !all_at_home_; ++seed) {
            seed_ = static_cast<std::uint64_t>(seed) * 0xD6E8'FEB8'6659'FD93U;
            place_all(seed % 64 == 63 ? slots_.size() * 2 : slots_.size());
        }
    }

    [[nodiscard]] std::size_t memory_bytes() const noexcept {
        std::size_t total = common_.capacity() + heads_.capacity() * sizeof(std::uint64_t) +
                            slots_.capacity() * sizeof(slot_of_text) + texts_.size() * sizeof(std::string);
        for (auto const& text : texts_)
            total += text.capacity();
        return total;
    }

private:
    // Of a short text: all of it. Else its hashes.
    struct fingerprint {
        std::uint64_t head = 0;
        std::uint64_t tail = 0;
        std::uint64_t length = 0;
        friend bool operator==(fingerprint const&, fingerprint const&) = default;
    };
    struct slot_of_text {
        fingerprint print;
        std::uint32_t code = 0; // + 1; 0 is an empty slot
    };
    static constexpr std::size_t most_at_home = 64;

    [[gnu::always_inline]] static fingerprint fingerprint_of(std::string_view text) noexcept {
        std::size_t const size = text.size();
        if (size == 0) return {};
        if (size > short_text::most_bytes) return {hash_bytes(text), hash_bytes(text.substr(size - 8)), size};
        short_text const words = short_text::of(text);
        return {words.first, words.last, size};
    }
    [[nodiscard]] std::uint32_t key_of_code(std::uint32_t code) const noexcept {
        return ordered_ ? 2 * code + 1 : code;
    }

    // Eight bytes that are in the order of the texts, or the same.
    static std::uint64_t head_of(std::string_view text) noexcept {
        std::uint64_t out = 0;
        for (std::size_t i = 0; i < 8; ++i)
            out = out << 8 | (i < text.size() ? static_cast<unsigned char>(text[i]) : 0U);
        return out;
    }
    // How many of the ordered texts are below one that is none of them.
    [[nodiscard]] std::uint32_t count_below(std::string_view text) const noexcept {
        int const start = text.substr(0, common_.size()).compare(common_);
        if (start != 0) return start < 0 ? 0 : size();
        std::uint64_t const head = head_of(text.substr(common_.size()));
        auto const [first, last] = std::equal_range(heads_.begin(), heads_.end(), head);
        auto at = static_cast<std::size_t>(first - heads_.begin());
        auto const end = static_cast<std::size_t>(last - heads_.begin());
        while (at < end && texts_[at] < text)
            ++at;
        return static_cast<std::uint32_t>(at);
    }

    // Fibonacci hashing: the upper bits of a product hang on all bits below. The multiplier is that of XXH64.
    [[nodiscard]] std::size_t place_of(fingerprint const& print) const noexcept {
        std::uint64_t const mixed =
            (print.head ^ std::rotl(print.tail, 29) ^ print.length ^ seed_) * 0x9E37'79B1'85EB'CA87U;
        return static_cast<std::size_t>((mixed ^ mixed >> 19) >> 40) & (slots_.size() - 1);
    }
    [[nodiscard]] [[gnu::always_inline]] bool same(slot_of_text const& slot, fingerprint const& print,
                                                   std::string_view text) const noexcept {
        std::uint64_t const differs = (slot.print.head ^ print.head) | (slot.print.tail ^ print.tail) |
                                      (slot.print.length ^ print.length) | std::uint64_t{slot.code == 0};
        return differs == 0 && (text.size() <= short_text::most_bytes || texts_[slot.code - 1] == text);
    }
    void grow() { place_all(slots_.empty() ? 16 : slots_.size() * 2); }
    void place_all(std::size_t slots) {
        std::vector<slot_of_text> old(slots);
        old.swap(slots_);
        all_at_home_ = true;
        for (slot_of_text const& slot : old) {
            if (slot.code == 0) continue;
            std::size_t at = place_of(slot.print);
            all_at_home_ = all_at_home_ && slots_[at].code == 0;
            while (slots_[at].code != 0)
                at = (at + 1) & (slots_.size() - 1);
            slots_[at] = slot;
        }
    }

    std::deque<std::string> texts_;
    std::vector<slot_of_text> slots_; // a power of two, at most half full
    std::uint64_t seed_ = 0;
    bool all_at_home_ = false;
    bool ordered_ = false;
    std::string common_;               // what all texts begin with
    std::vector<std::uint64_t> heads_; // what follows it
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
