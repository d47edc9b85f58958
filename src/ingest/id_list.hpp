// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_INGEST_ID_LIST_HPP
#define SEGMENTA_SRC_INGEST_ID_LIST_HPP

// Some customers by id, of one kind: numbers or text.

#include <segmenta/base/string_pool.hpp>
#include <segmenta/ingest/ingest.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace segmenta {
inline namespace v0 {
namespace detail {

/// Takes ids over and over and keeps each once, in memory linear in the distinct ones.
class id_list {
public:
    void add(std::int64_t id) {
        numbers_.push_back(id);
        if (numbers_.size() >= tidy_at_) tidy();
    }
    void add(std::string_view id) { (void)texts_.intern(id); }
    void merge(id_list const& other);
    /// The same list with the ids that `of(id)` gives for those in it.
    template <class Of>
    [[nodiscard]] id_list mapped(Of const& of) const {
        id_list out;
        for (auto const id : numbers_)
            out.add(of(id));
        for (std::uint32_t code = 0; code < texts_.size(); ++code)
            out.add(of(texts_.view(code)));
        return out;
    }
    /// Those who are not among `customers`: how many, and the least of them.
    [[nodiscard]] left_out_customers beside(customer_columns const& customers, std::string reason);

private:
    void tidy();

    std::vector<std::int64_t> numbers_;
    std::size_t tidy_at_ = 4096;
    string_pool texts_;
};

/// Whether any of the eight bytes is 0. Source: H. S. Warren, "Hacker's Delight", 6-1.
constexpr bool has_zero(std::uint64_t bytes) noexcept {
    return ((bytes - 0x0101010101010101U) & ~bytes & 0x8080808080808080U) != 0;
}

[[nodiscard]] inline bool has_nul(std::string_view text) noexcept {
    char const* const at = text.data();
#if defined(__SSE2__)
    if (text.size() >= 16) {
        auto const zeros = [at](std::size_t i) {
            return _mm_cmpeq_epi8(_mm_loadu_si128(reinterpret_cast<__m128i const*>(at + i)), _mm_setzero_si128());
        };
        __m128i seen = zeros(text.size() - 16); // the rest, with some that are seen below
        for (std::size_t i = 0; i + 16 <= text.size(); i += 16)
            seen = _mm_or_si128(seen, zeros(i));
        return _mm_movemask_epi8(seen) != 0;
    }
#endif
    if (text.size() < 8) return text.find('\0') != std::string_view::npos;
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i + 8 <= text.size(); i += 8) {
        std::memcpy(&bytes, at + i, 8);
        if (has_zero(bytes)) return true;
    }
    std::memcpy(&bytes, at + text.size() - 8, 8);
    return has_zero(bytes);
}

[[nodiscard]] bool is_blank_id(std::string_view id) noexcept;

/// Whether an id of text says nothing: blanks alone, or with a NUL byte, which ends text in other programs.
[[nodiscard]] inline bool is_bad_id(std::string_view id) noexcept {
    auto const first = id.empty() ? 0U : static_cast<unsigned char>(id.front());
    bool const may_be_blank = first <= 0x20 || first == 0xC2 || first >= 0xE2; // those that trim() knows begin so
    return has_nul(id) || (may_be_blank && is_blank_id(id));
}

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
