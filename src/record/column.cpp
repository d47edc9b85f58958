// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/bitmap.hpp>
#include <segmenta/record/column.hpp>

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>
#include <stdexcept>

namespace segmenta {
inline namespace v0 {
namespace {

/// Sets hold one offset more than rows.
std::size_t elements(type what, std::size_t rows) noexcept {
    return rows + (what.base == kind::category_set ? 1U : 0U);
}

/// Zero bytes are the zero of every element type, except that string views are objects: made here as such.
template <class Bytes>
void grow(Bytes& bytes, type what, std::size_t rows) {
    std::size_t const size = elements(what, rows) * element_size(what.base);
    // Amortised growth also when rows come one at a time.
    if (size > bytes.capacity()) bytes.reserve(std::max(size, bytes.capacity() * 2));
    std::size_t const before = bytes.size();
    bytes.resize(size);
    if (what.base != kind::string) return;
    for (std::size_t at = before; at < size; at += sizeof(std::string_view))
        new (bytes.data() + at) std::string_view{};
}

} // namespace

column::column(type what, std::size_t rows, bool present) : what_(what), size_(rows) {
    grow(bytes_, what_, rows);
    if (!present) valid_.assign(bitmap_words(rows), 0);
}

column_view column::view() const noexcept {
    return {what_,         size_,
            bytes_.data(), valid_.empty() ? nullptr : valid_.data(),
            pool_.get(),   what_.base == kind::category_set ? set_codes_.data() : nullptr};
}

void column::reserve(std::size_t rows) { bytes_.reserve(elements(what_, rows) * element_size(what_.base)); }

void column::resize(std::size_t rows) {
    std::size_t const before = size_;
    grow(bytes_, what_, rows);
    size_ = rows;
    if (what_.base == kind::category_set) {
        auto* offsets = reinterpret_cast<std::uint32_t*>(bytes_.data());
        auto const end = static_cast<std::uint32_t>(rows < before ? offsets[rows] : set_codes_.size());
        set_codes_.resize(end);
        for (std::size_t row = before; row <= rows; ++row)
            offsets[row] = end;
    }
    if (valid_.empty()) return;
    valid_.resize(bitmap_words(rows), 0);
    for (std::size_t row = before; row < rows; ++row)
        valid_[row / 64] |= std::uint64_t{1} << (row % 64);
    if (rows % 64 != 0) valid_.back() &= (std::uint64_t{1} << (rows % 64)) - 1;
}

void column::push_missing() {
    resize(size_ + 1);
    set_missing(size_ - 1);
}

void column::set_missing(std::size_t row) {
    if (valid_.empty()) {
        valid_.assign(bitmap_words(size_), ~std::uint64_t{0});
        if (size_ % 64 != 0) valid_.back() = (std::uint64_t{1} << (size_ % 64)) - 1;
    }
    valid_[row / 64] &= ~(std::uint64_t{1} << (row % 64));
}

void column::set_present(std::size_t row) {
    if (!valid_.empty()) valid_[row / 64] |= std::uint64_t{1} << (row % 64);
}

std::size_t column::missing_count() const noexcept { return valid_.empty() ? 0 : size_ - count_words(valid_); }

void column::push_set(std::span<std::uint32_t const> codes) {
    if (codes.size() > std::numeric_limits<std::uint32_t>::max() - set_codes_.size())
        throw std::length_error("segmenta::column::push_set: more than 2^32 - 1 codes in one column");
    resize(size_ + 1);
    set_codes_.insert(set_codes_.end(), codes.begin(), codes.end());
    reinterpret_cast<std::uint32_t*>(bytes_.data())[size_] = static_cast<std::uint32_t>(set_codes_.size());
}

std::size_t column::memory_bytes() const noexcept {
    return bytes_.capacity() + valid_.capacity() * sizeof(std::uint64_t) +
           set_codes_.capacity() * sizeof(std::uint32_t);
}

column gather(column_view const& from, std::span<std::uint32_t const> rows, std::shared_ptr<string_pool const> pool) {
    bool const sets = from.what.base == kind::category_set;
    column out(from.what, sets ? 0 : rows.size());
    if (sets) {
        out.reserve(rows.size());
        for (auto const row : rows)
            out.push_set(from.codes(row));
    } else {
        std::size_t const width = element_size(from.what.base);
        auto* to = out.data<std::byte>().data();
        auto const* source = static_cast<std::byte const*>(from.data);
        for (std::size_t i = 0; i < rows.size(); ++i)
            std::memcpy(to + i * width, source + rows[i] * width, width);
    }
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (!from.is_present(rows[i])) out.set_missing(i);
    out.set_pool(std::move(pool));
    return out;
}

} // namespace v0
} // namespace segmenta
