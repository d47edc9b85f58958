// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_BASE_STRING_POOL_HPP
#define SEGMENTA_BASE_STRING_POOL_HPP

/// \file
/// Interned strings: each distinct string is stored once and named by a dense 32-bit code.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// Append-only set of strings, numbered 0, 1, 2, ... in the order of their first `intern`.
///
/// About 45 bytes per string beside its characters. Strings are byte sequences, compared bytewise; they may be empty
/// and may hold zero bytes. Views stay valid until the pool is destroyed or assigned to, also while it grows or is
/// moved.
///
/// Thread safety: concurrent `find`, `view` and other const calls are safe; `intern` needs exclusive access.
///
///     string_pool cities;
///     auto const code = cities.intern("Paris"); // 0
///     cities.view(code);                        // "Paris"
///     cities.find("Rome");                      // string_pool::none
class string_pool {
public:
    /// The code of no string.
    static constexpr std::uint32_t none = 0xFFFF'FFFFU;

    string_pool() = default;
    /// Copies the strings with their codes. Linear.
    string_pool(string_pool const& other);
    string_pool& operator=(string_pool const& other);
    string_pool(string_pool&& other) noexcept;
    string_pool& operator=(string_pool&& other) noexcept;
    ~string_pool() = default;

    /// The code of `text`, added when new. Amortised constant. Throws `std::length_error` past 2^32 - 2 strings or for
    /// one string of 4 GiB or more, `std::bad_alloc`; then the pool is unchanged.
    std::uint32_t intern(std::string_view text);

    /// `codes[i] = intern(texts[i])` for all i, in order, several times as fast for pools larger than the cache.
    /// `codes` has the size of `texts`. When it throws, the strings before the failing one are in the pool.
    void intern_all(std::span<std::string_view const> texts, std::span<std::uint32_t> codes);
    /// The same, and `hashes[i] = hash_bytes(texts[i])`, which it needs anyway. `hashes` has the size of `texts`.
    void intern_all(std::span<std::string_view const> texts, std::span<std::uint32_t> codes,
                    std::span<std::uint64_t> hashes);

    /// The code of `text` or `none`; never inserts.
    [[nodiscard]] std::uint32_t find(std::string_view text) const noexcept;
    [[nodiscard]] bool contains(std::string_view text) const noexcept { return find(text) != none; }

    /// The string of a code; `code` must be smaller than `size()`.
    [[nodiscard]] std::string_view view(std::uint32_t code) const noexcept {
        char const* const start = starts_[code];
        return {start, length_at(start)};
    }

    /// Number of distinct strings.
    [[nodiscard]] std::size_t size() const noexcept { return starts_.size(); }
    [[nodiscard]] bool empty() const noexcept { return starts_.empty(); }

    /// Room for `strings` strings without rehashing. Optional.
    void reserve(std::size_t strings);

    /// Bytes held, including unused capacity.
    [[nodiscard]] std::size_t memory_bytes() const noexcept;

    /// All codes, sorted by the bytes of their strings. O(n log n).
    [[nodiscard]] std::vector<std::uint32_t> sorted_codes() const;
    /// `rank[code]` = position of the string among all strings in byte order. O(n log n).
    [[nodiscard]] std::vector<std::uint32_t> ranks() const;

private:
    // The slot keeps 32 bits of the hash, so that most probes and all rehashing leave the characters alone, and the
    // place of the characters with their length before them: a string of a large pool is found with two cache misses.
    struct slot {
        char const* start;
        std::uint32_t hash;
        std::uint32_t code;
    };
    [[nodiscard]] static std::uint32_t length_at(char const* start) noexcept {
        std::uint32_t length; // NOLINT(cppcoreguidelines-init-variables)
        std::memcpy(&length, start - sizeof length, sizeof length);
        return length;
    }
    [[nodiscard]] static bool is_at(char const* start, std::string_view text) noexcept;
    struct chunk {
        std::unique_ptr<char[]> bytes;
        std::size_t size;
    };

    std::uint32_t intern_hashed(std::string_view text, std::uint32_t hash);
    [[nodiscard]] slot const& candidate(std::uint32_t hash) const noexcept;
    [[nodiscard]] std::size_t probe(std::string_view text, std::uint32_t hash) const noexcept;
    void rehash(std::size_t slots);
    char const* store(std::string_view text);

    std::vector<slot> slots_; // power of two, at most 3/4 full
    std::vector<char const*> starts_;
    std::vector<chunk> chunks_;
    char* free_ = nullptr;
    std::size_t free_size_ = 0;
};

} // namespace v0
} // namespace segmenta

#endif
