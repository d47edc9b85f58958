// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/string_pool.hpp>

#include <segmenta/base/hash.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <utility>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace segmenta {
inline namespace v0 {
namespace {

constexpr std::size_t smallest_chunk = std::size_t{1} << 12;
constexpr std::size_t largest_chunk = std::size_t{16} << 20;
constexpr std::size_t smallest_table = 16;

std::uint32_t slot_hash(std::string_view text) noexcept { return static_cast<std::uint32_t>(hash_bytes(text)); }

// Asks for huge pages behind fresh memory of several of them. Interning reads strings, their starts and the table in
// random order, and with pages of 4 KiB most of its time is spent looking up addresses. A wish: without them everything
// works.
void prefer_huge_pages([[maybe_unused]] void const* memory, [[maybe_unused]] std::size_t bytes) noexcept {
#if defined(__linux__)
    constexpr std::uintptr_t page = 4096;
    if (bytes < std::size_t{4} << 20) return;
    auto const first = (reinterpret_cast<std::uintptr_t>(memory) + page - 1) / page * page;
    auto const last = (reinterpret_cast<std::uintptr_t>(memory) + bytes) / page * page;
    (void)::madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE);
#endif
}

// Room for one more element, doubling like std::vector does but before the new memory is touched.
template <class T>
void grow_one(std::vector<T>& list) {
    if (list.size() < list.capacity()) return;
    std::vector<T> larger;
    larger.reserve(std::max<std::size_t>(16, list.size() * 2));
    prefer_huge_pages(larger.data(), larger.capacity() * sizeof(T));
    larger.assign(list.begin(), list.end());
    list = std::move(larger);
}

// Inline for the lengths of ids; memcmp is a call, and knows nothing of the length.
bool equal_bytes(char const* a, char const* b, std::size_t size) noexcept {
    if (size < 8) return size == 0 || std::memcmp(a, b, size) == 0; // memcmp must not see the null of an empty view
    std::uint64_t different = 0;
    auto const compare = [&](std::size_t at) {
        std::uint64_t x; // NOLINT(cppcoreguidelines-init-variables)
        std::uint64_t y; // NOLINT(cppcoreguidelines-init-variables)
        std::memcpy(&x, a + at, sizeof x);
        std::memcpy(&y, b + at, sizeof y);
        different |= x ^ y;
    };
    for (std::size_t at = 0; at + 8 < size; at += 8)
        compare(at);
    compare(size - 8); // the last eight, some of them for the second time
    return different == 0;
}

} // namespace

bool string_pool::is_at(char const* start, std::string_view text) noexcept {
    return length_at(start) == text.size() && equal_bytes(start, text.data(), text.size());
}

string_pool::string_pool(string_pool const& other) {
    reserve(other.size());
    for (std::uint32_t code = 0; code < other.size(); ++code)
        intern(other.view(code));
}

string_pool& string_pool::operator=(string_pool const& other) {
    if (this != &other) *this = string_pool(other);
    return *this;
}

string_pool::string_pool(string_pool&& other) noexcept
    : slots_(std::exchange(other.slots_, {})), starts_(std::exchange(other.starts_, {})),
      chunks_(std::exchange(other.chunks_, {})), free_(std::exchange(other.free_, nullptr)),
      free_size_(std::exchange(other.free_size_, 0)) {}

string_pool& string_pool::operator=(string_pool&& other) noexcept {
    if (this == &other) return *this;
    slots_ = std::exchange(other.slots_, {});
    starts_ = std::exchange(other.starts_, {});
    chunks_ = std::exchange(other.chunks_, {});
    free_ = std::exchange(other.free_, nullptr);
    free_size_ = std::exchange(other.free_size_, 0);
    return *this;
}

// The slot of `text`, or the empty slot where it belongs. The table is never full.
std::size_t string_pool::probe(std::string_view text, std::uint32_t hash) const noexcept {
    std::size_t const mask = slots_.size() - 1;
    for (std::size_t i = hash & mask;; i = (i + 1) & mask) {
        slot const& s = slots_[i];
        if (s.code == none) return i;
        if (s.hash == hash && is_at(s.start, text)) return i;
    }
}

std::uint32_t string_pool::find(std::string_view text) const noexcept {
    if (slots_.empty()) return none;
    return slots_[probe(text, slot_hash(text))].code;
}

std::uint32_t string_pool::intern(std::string_view text) { return intern_hashed(text, slot_hash(text)); }

void string_pool::intern_all(std::span<std::string_view const> texts, std::span<std::uint32_t> codes) {
    constexpr std::size_t together = 1024;
    std::array<std::uint64_t, together> hashes;
    for (std::size_t first = 0; first < texts.size(); first += together) {
        std::size_t const n = std::min(together, texts.size() - first);
        intern_all(texts.subspan(first, n), codes.subspan(first, n), std::span(hashes).first(n));
    }
}

// Three rounds over a few strings, each asking for the memory the next one needs: a pool larger than the cache answers
// several times as fast as one string after the other.
void string_pool::intern_all(std::span<std::string_view const> texts, std::span<std::uint32_t> codes,
                             std::span<std::uint64_t> hashes) {
    constexpr std::size_t together = 32;
    std::array<slot, together> candidates;
    if (slots_.empty()) rehash(smallest_table);
    for (std::size_t first = 0; first < texts.size(); first += together) {
        std::size_t const n = std::min(together, texts.size() - first);
        for (std::size_t i = first; i < first + n; ++i) {
            hashes[i] = hash_bytes(texts[i]);
            __builtin_prefetch(&slots_[hashes[i] & (slots_.size() - 1)]);
        }
        for (std::size_t i = 0; i < n; ++i) {
            candidates[i] = candidate(static_cast<std::uint32_t>(hashes[first + i]));
            if (candidates[i].code == none) continue;
            __builtin_prefetch(candidates[i].start - sizeof(std::uint32_t));
            // Half of the strings that are as long as a UUID lie across two cache lines.
            __builtin_prefetch(candidates[i].start + texts[first + i].size());
        }
        for (std::size_t i = 0; i < n; ++i) {
            slot const& s = candidates[i];
            std::string_view const text = texts[first + i];
            bool const found = s.code != none && is_at(s.start, text);
            codes[first + i] = found ? s.code : intern_hashed(text, static_cast<std::uint32_t>(hashes[first + i]));
        }
    }
}

// The first string with this hash, most likely the one that is looked for, or an empty slot. The table is not empty.
string_pool::slot const& string_pool::candidate(std::uint32_t hash) const noexcept {
    std::size_t const mask = slots_.size() - 1;
    for (std::size_t i = hash & mask;; i = (i + 1) & mask)
        if (slots_[i].code == none || slots_[i].hash == hash) return slots_[i];
}

std::uint32_t string_pool::intern_hashed(std::string_view text, std::uint32_t hash) {
    if ((size() + 1) * 4 > slots_.size() * 3) rehash(std::max(smallest_table, slots_.size() * 2));
    std::size_t const place = probe(text, hash);
    if (slots_[place].code != none) return slots_[place].code;

    if (size() >= none - 1) throw std::length_error("segmenta::string_pool: more than 2^32 - 2 strings");
    if (text.size() > std::numeric_limits<std::uint32_t>::max())
        throw std::length_error("segmenta::string_pool: a string of 4 GiB or more");
    auto const code = static_cast<std::uint32_t>(size());
    grow_one(starts_);
    starts_.push_back(store(text));
    slots_[place] = {starts_.back(), hash, code};
    return code;
}

// The characters with their length before them; returns where the characters are.
char const* string_pool::store(std::string_view text) {
    auto const length = static_cast<std::uint32_t>(text.size());
    std::size_t const wanted = sizeof length + text.size();
    if (wanted > free_size_) {
        // chunks grow with the pool: small pools stay small, large ones waste at most one chunk
        std::size_t const grown = chunks_.empty() ? smallest_chunk : std::min(largest_chunk, chunks_.back().size * 2);
        std::size_t const bytes = std::max(grown, wanted);
        chunks_.push_back({std::make_unique_for_overwrite<char[]>(bytes), bytes});
        prefer_huge_pages(chunks_.back().bytes.get(), bytes);
        free_ = chunks_.back().bytes.get();
        free_size_ = bytes;
    }
    char* const start = free_ + sizeof length;
    std::memcpy(free_, &length, sizeof length);
    if (!text.empty()) std::memcpy(start, text.data(), text.size());
    free_ += wanted;
    free_size_ -= wanted;
    return start;
}

void string_pool::rehash(std::size_t slots) {
    std::vector<slot> grown;
    grown.reserve(slots);
    prefer_huge_pages(grown.data(), slots * sizeof(slot));
    grown.assign(slots, slot{nullptr, 0, none});
    std::size_t const mask = slots - 1;
    for (slot const& s : slots_) {
        if (s.code == none) continue;
        std::size_t i = s.hash & mask;
        while (grown[i].code != none)
            i = (i + 1) & mask;
        grown[i] = s;
    }
    slots_ = std::move(grown);
}

void string_pool::reserve(std::size_t strings) {
    starts_.reserve(strings);
    std::size_t slots = smallest_table;
    while (strings * 4 > slots * 3)
        slots *= 2;
    if (slots > slots_.size()) rehash(slots);
}

std::size_t string_pool::memory_bytes() const noexcept {
    std::size_t bytes = slots_.capacity() * sizeof(slot) + starts_.capacity() * sizeof(char const*) +
                        chunks_.capacity() * sizeof(chunk);
    for (auto const& c : chunks_)
        bytes += c.size;
    return bytes;
}

std::vector<std::uint32_t> string_pool::sorted_codes() const {
    std::vector<std::uint32_t> codes(size());
    std::iota(codes.begin(), codes.end(), std::uint32_t{0});
    std::sort(codes.begin(), codes.end(), [this](auto a, auto b) { return view(a) < view(b); });
    return codes;
}

std::vector<std::uint32_t> string_pool::ranks() const {
    auto const codes = sorted_codes();
    std::vector<std::uint32_t> ranks(codes.size());
    for (std::size_t rank = 0; rank < codes.size(); ++rank)
        ranks[codes[rank]] = static_cast<std::uint32_t>(rank);
    return ranks;
}

} // namespace v0
} // namespace segmenta
