// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_ROW_BLOCK_HPP
#define SEGMENTA_MODEL_ROW_BLOCK_HPP

// The nearest centres of neighbouring customers, column after column and several customers at a time. Each distance is
// the sum over the features in their order, as squared_distance (cluster_data.hpp) has it: the same to the last bit.

#include <segmenta/model/category_columns.hpp>
#include <segmenta/stats/number_columns.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

namespace segmenta {
inline namespace v0 {
namespace detail {

class row_block {
public:
    static constexpr std::size_t most_rows = 256; // all of it stays in the first cache
    static constexpr std::uint32_t no_centre = 0xFFFF'FFFFU;

    // The customers from `first` on, `rows` of them at most and no more than the columns have.
    row_block(std::size_t first, std::size_t rows) noexcept;

    [[nodiscard]] std::size_t size() const noexcept { return rows_; }
    // The squared distances to a centre ...
    void measure(number_columns columns, double const* centre) noexcept;
    // ... and then gamma for each category that differs.
    void measure(category_columns columns, std::uint32_t const* mode, double gamma) noexcept;
    // The centre just measured is taken where it is nearer than all before; a distance of NaN or infinity is not.
    void offer(std::uint32_t centre) noexcept;

    [[nodiscard]] std::span<double const> measured() const noexcept { return {here_, rows_}; }
    // After an offer; no_centre and infinity where none was taken.
    [[nodiscard]] std::uint32_t centre(std::size_t row) const noexcept {
        return static_cast<std::uint32_t>(centre_[row]);
    }
    [[nodiscard]] double distance(std::size_t row) const noexcept { return lowest_[row]; }

private:
    std::size_t first_;
    std::size_t rows_;
    bool offered_ = false;
    // Neither is read before it is written: filling 6 KiB would cost as much as a centre.
    alignas(16) double here_[most_rows];
    alignas(16) double lowest_[most_rows];
    alignas(16) std::int64_t centre_[most_rows];
    alignas(16) std::uint32_t different_[most_rows];
};

// Calls work(block, first row) for the customers [first, end) in blocks.
template <class Work>
void for_row_blocks(std::size_t first, std::size_t end, Work work) {
    for (; first < end; first += row_block::most_rows) {
        row_block block(first, end - first);
        work(block, first);
    }
}

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
