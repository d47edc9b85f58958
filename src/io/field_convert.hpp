// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_IO_FIELD_CONVERT_HPP
#define SEGMENTA_SRC_IO_FIELD_CONVERT_HPP

// Text to value, one field at a time: the exact rules stated at wanted_column, with the reason when a field breaks
// them.

#include <segmenta/io/parsed_block.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Each writes `out` only when it returns read_error::none.
read_error read_int64(std::string_view text, std::int64_t& out) noexcept;
read_error read_decimal(std::string_view text, unsigned scale, std::int64_t& out) noexcept;
read_error read_float64(std::string_view text, double& out) noexcept;

// Spellings of a column, most often none.
class word_set {
public:
    word_set() = default;
    explicit word_set(std::vector<std::string> words);
    [[nodiscard]] bool contains(std::string_view text) const noexcept {
        if ((sizes_ >> (text.size() < 63 ? text.size() : 63) & 1) == 0) return false;
        return search(text);
    }
    [[nodiscard]] std::vector<std::string> const& words() const noexcept { return words_; }

private:
    [[nodiscard]] bool search(std::string_view text) const noexcept;

    std::vector<std::string> words_;
    std::uint64_t sizes_ = 0; // bit n: some word has n bytes, bit 63: 63 or more
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
