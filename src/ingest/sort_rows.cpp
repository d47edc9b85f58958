// SPDX-License-Identifier: Apache-2.0
#include "ingest/sort_rows.hpp"

#include <segmenta/base/large_allocator.hpp>

#include <algorithm>
#include <array>
#include <cstring>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

struct keyed_row {
    std::uint64_t key;
    std::uint32_t row;
};

using row_list = std::vector<keyed_row, large_allocator<keyed_row>>;

/// Least significant byte first, passing over bytes in which all keys agree.
void radix_sort(row_list& rows) {
    std::uint64_t all_and = ~std::uint64_t{0};
    std::uint64_t all_or = 0;
    for (auto const& r : rows) {
        all_and &= r.key;
        all_or |= r.key;
    }
    std::uint64_t const varying = all_and ^ all_or;
    row_list other(rows.size());
    for (unsigned shift = 0; shift < 64; shift += 8) {
        if (((varying >> shift) & 0xFF) == 0) continue;
        std::array<std::size_t, 257> begins{};
        for (auto const& r : rows)
            ++begins[((r.key >> shift) & 0xFF) + 1];
        for (std::size_t i = 1; i < begins.size(); ++i)
            begins[i] += begins[i - 1];
        for (auto const& r : rows)
            other[begins[(r.key >> shift) & 0xFF]++] = r;
        rows.swap(other);
    }
}

std::vector<std::uint32_t> rows_of(row_list const& sorted) {
    std::vector<std::uint32_t> out;
    out.reserve(sorted.size());
    for (auto const& r : sorted)
        out.push_back(r.row);
    return out;
}

/// The first eight bytes of a text as a number that sorts like them.
std::uint64_t head_of(std::string_view text) noexcept {
    std::array<unsigned char, 8> head{};
    std::memcpy(head.data(), text.data(), std::min<std::size_t>(text.size(), 8));
    std::uint64_t out = 0;
    for (unsigned char const byte : head)
        out = out << 8 | byte;
    return out;
}

} // namespace

std::vector<std::uint32_t> order_of(std::span<std::int64_t const> keys) {
    row_list rows;
    rows.reserve(keys.size());
    for (std::uint32_t i = 0; i < keys.size(); ++i)
        rows.push_back({static_cast<std::uint64_t>(keys[i]) ^ std::uint64_t{1} << 63, i}); // negative ids first
    radix_sort(rows);
    return rows_of(rows);
}

std::vector<std::uint32_t> order_of(std::span<std::string_view const> texts) {
    row_list rows;
    rows.reserve(texts.size());
    for (std::uint32_t i = 0; i < texts.size(); ++i)
        rows.push_back({head_of(texts[i]), i});
    radix_sort(rows);
    for (auto first = rows.begin(); first != rows.end();) { // texts with the same head
        auto const last = std::find_if(first, rows.end(), [&](keyed_row const& r) { return r.key != first->key; });
        if (last - first > 1)
            std::sort(first, last, [&](auto const& a, auto const& b) { return texts[a.row] < texts[b.row]; });
        first = last;
    }
    return rows_of(rows);
}

} // namespace detail
} // namespace v0
} // namespace segmenta
