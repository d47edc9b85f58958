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
constexpr std::size_t largest_chunk = std::size_t{4} << 20;
constexpr std::size_t smallest_table = 16;

std::uint32_t slot_hash(std::string_view text) noexcept { return static_cast<std::uint32_t>(hash_bytes(text)); }

// Asks for huge pages behind fresh memory of several of them. Interning reads strings, their starts and the table in random
// order, and with pages of 4 KiB most of its time is spent looking up addresses. A wish: without them everything works.
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

bool equal(char const* a, std::string_view b) noexcept {
    return b.empty() || std::memcmp(a, b.data(), b.size()) == 0; // memcmp must not see the null of an empty view
}

} // namespace

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
      lengths_(std::exchange(other.lengths_, {})), chunks_(std::exchange(other.chunks_, {})),
      free_(std::exchange(other.free_, nullptr)), free_size_(std::exchange(other.free_size_, 0)) {}

string_pool& string_pool::operator=(string_pool&& other) noexcept {
    if (this == &other) return *this;
    slots_ = std::exchange(other.slots_, {});
    starts_ = std::exchange(other.starts_, {});
    lengths_ = std::exchange(other.lengths_, {});
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
        if (s.hash == hash && lengths_[s.code] == text.size() && equal(starts_[s.code], text)) return i;
    }
}

std::uint32_t string_pool::find(std::string_view text) const noexcept {
    if (slots_.empty()) return none;
    return slots_[probe(text, slot_hash(text))].code;
}

std::uint32_t string_pool::intern(std::string_view text) { return intern_hashed(text, slot_hash(text)); }

// Three rounds over a few strings, each asking for the memory the next one needs: a pool larger than the cache answers
// about four times as fast as one string after the other.
void string_pool::intern_all(std::span<std::string_view const> texts, std::span<std::uint32_t> codes) {
    constexpr std::size_t together = 32;
    std::array<std::uint32_t, together> hashes;
    std::array<std::uint32_t, together> candidates;
    for (std::size_t first = 0; first < texts.size(); first += together) {
        std::size_t const n = std::min(together, texts.size() - first);
        for (std::size_t i = 0; i < n; ++i) {
            hashes[i] = slot_hash(texts[first + i]);
            if (!slots_.empty()) __builtin_prefetch(&slots_[hashes[i] & (slots_.size() - 1)]);
        }
        for (std::size_t i = 0; i < n; ++i) {
            candidates[i] = candidate(hashes[i]);
            if (candidates[i] == none) continue;
            __builtin_prefetch(&starts_[candidates[i]]);
            __builtin_prefetch(&lengths_[candidates[i]]);
        }
        for (std::size_t i = 0; i < n; ++i)
            if (candidates[i] != none) __builtin_prefetch(starts_[candidates[i]]);
        for (std::size_t i = 0; i < n; ++i) {
            std::string_view const text = texts[first + i];
            std::uint32_t const code = candidates[i];
            bool const found = code != none && lengths_[code] == text.size() && equal(starts_[code], text);
            codes[first + i] = found ? code : intern_hashed(text, hashes[i]);
        }
    }
}

// The code of the first string with this hash, most likely the one that is looked for.
std::uint32_t string_pool::candidate(std::uint32_t hash) const noexcept {
    if (slots_.empty()) return none;
    std::size_t const mask = slots_.size() - 1;
    for (std::size_t i = hash & mask;; i = (i + 1) & mask)
        if (slots_[i].code == none || slots_[i].hash == hash) return slots_[i].code;
}

std::uint32_t string_pool::intern_hashed(std::string_view text, std::uint32_t hash) {
    if ((size() + 1) * 4 > slots_.size() * 3) rehash(std::max(smallest_table, slots_.size() * 2));
    std::size_t const place = probe(text, hash);
    if (slots_[place].code != none) return slots_[place].code;

    if (size() >= none - 1) throw std::length_error("segmenta::string_pool: more than 2^32 - 2 strings");
    if (text.size() > std::numeric_limits<std::uint32_t>::max())
        throw std::length_error("segmenta::string_pool: a string of 4 GiB or more");
    auto const code = static_cast<std::uint32_t>(size());
    grow_one(lengths_);
    grow_one(starts_);
    lengths_.push_back(static_cast<std::uint32_t>(text.size()));
    try {
        starts_.push_back(nullptr);
        starts_.back() = store(text);
    } catch (...) {
        lengths_.pop_back();
        starts_.resize(lengths_.size());
        throw;
    }
    slots_[place] = {hash, code};
    return code;
}

char const* string_pool::store(std::string_view text) {
    if (text.empty()) return "";
    if (text.size() > free_size_) {
        // chunks grow with the pool: small pools stay small, large ones waste at most one chunk
        std::size_t const grown = chunks_.empty() ? smallest_chunk : std::min(largest_chunk, chunks_.back().size * 2);
        std::size_t const bytes = std::max(grown, text.size());
        chunks_.push_back({std::make_unique_for_overwrite<char[]>(bytes), bytes});
        prefer_huge_pages(chunks_.back().bytes.get(), bytes);
        free_ = chunks_.back().bytes.get();
        free_size_ = bytes;
    }
    char* const start = free_;
    std::memcpy(start, text.data(), text.size());
    free_ += text.size();
    free_size_ -= text.size();
    return start;
}

void string_pool::rehash(std::size_t slots) {
    std::vector<slot> grown;
    grown.reserve(slots);
    prefer_huge_pages(grown.data(), slots * sizeof(slot));
    grown.assign(slots, slot{0, none});
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
    lengths_.reserve(strings);
    std::size_t slots = smallest_table;
    while (strings * 4 > slots * 3)
        slots *= 2;
    if (slots > slots_.size()) rehash(slots);
}

std::size_t string_pool::memory_bytes() const noexcept {
    std::size_t bytes = slots_.capacity() * sizeof(slot) + starts_.capacity() * sizeof(char const*) +
                        lengths_.capacity() * sizeof(std::uint32_t) + chunks_.capacity() * sizeof(chunk);
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
