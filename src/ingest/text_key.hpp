// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_INGEST_TEXT_KEY_HPP
#define SEGMENTA_SRC_INGEST_TEXT_KEY_HPP

// Text ids that fit into two words travel with their rows, like integer ids do. A table of all ids would be asked once
// per row at a random place, and the memory of a machine answers some fifty million such questions a second at best;
// rows that carry their id are only ever read and written in order.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace segmenta {
inline namespace v0 {
namespace detail {

/// How an id is written in a row. A property of the text alone, so that an id has one form everywhere.
enum class id_form : std::uint8_t {
    short_text, ///< at most 15 bytes
    uuid,       ///< the canonical form in lower case
    code        ///< any other: by its code in a pool
};
inline constexpr std::size_t id_forms = 3;

/// An id of the form `short_text` or `uuid`.
struct text_key {
    std::uint64_t first = 0;
    std::uint64_t second = 0;

    friend bool operator==(text_key const&, text_key const&) = default;
    /// 64 well-mixed bits.
    [[nodiscard]] std::uint64_t hash() const noexcept {
        __extension__ using wide = unsigned __int128;
        // The folded product of W. Yi's wyhash (https://github.com/wangyi-fudan/wyhash, public domain), twice.
        auto const fold = [](std::uint64_t a, std::uint64_t b) {
            wide const product = static_cast<wide>(a) * b;
            return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
        };
        return fold(fold(first ^ 0xA076'1D64'78BD'642FU, second ^ 0xE703'7ED1'A0B4'28DBU), 0x8EBC'6AF0'9C88'C6E3U);
    }
};

/// The form of an id, and the id in that form unless it is `code`.
[[nodiscard]] id_form pack_id(std::string_view text, text_key& key) noexcept;

/// Bytes of an id of the form `short_text` or `uuid`.
[[nodiscard]] std::size_t unpacked_size(id_form form, text_key const& key) noexcept;

/// Writes the text of an id, `unpacked_size` bytes, and returns where it ends.
char* unpack_id(id_form form, text_key const& key, char* to) noexcept;

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
