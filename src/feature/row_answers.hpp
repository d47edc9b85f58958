// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_FEATURE_ROW_ANSWERS_HPP
#define SEGMENTA_SRC_FEATURE_ROW_ANSWERS_HPP

// Aggregates over the rows themselves. A batch over files and a request about one customer fill the same rows and ask
// the same function, so they cannot disagree. Nothing here depends on the order of rows of one instant.

#include "feature/identity.hpp"

#include <segmenta/feature/feature_set.hpp>
#include <segmenta/feature/row_task.hpp>
#include <segmenta/time/instant.hpp>
#include <segmenta/time/zone.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

/// A row that counts, as one task sees it.
struct task_row {
    std::int64_t time = 0;
    std::int32_t day = 0;
    std::uint32_t row = 0;   ///< its number, for whoever gave it
    std::uint64_t value = 0; ///< `identity_of` the field, when it has one
    bool has_value = false;
    std::uint8_t steps = 0; ///< bit s: step s of a sequence holds
};

/// Texts of more than seven bytes, which identities do not hold.
class long_texts {
public:
    using look_up = std::string_view (*)(void const* context, task_row const& row) noexcept;
    long_texts() = default;
    long_texts(void const* context, look_up of) noexcept : context_(context), of_(of) {}
    [[nodiscard]] std::string_view operator()(task_row const& row) const noexcept { return of_(context_, row); }

private:
    void const* context_ = nullptr;
    look_up of_ = nullptr;
};

/// The text of a row's value. Points into `row` where the text is short.
[[nodiscard]] inline std::string_view text_of(task_row const& row, long_texts const& texts) noexcept {
    if ((row.value >> 63) != 0) return texts(row);
    return {reinterpret_cast<char const*>(&row.value), static_cast<std::size_t>(row.value >> 56)};
}

/// Working memory; after it has grown to the longest history nothing is allocated.
struct task_scratch {
    std::vector<task_row> rows;
    std::vector<std::int64_t> starts; ///< of periods, for whoever asks
    std::vector<double> amounts;
    std::vector<double> ages;
};

struct task_answer {
    feature_bits said;                  ///< of texts: the identity
    std::uint32_t row = 0;              ///< of first, last and most_frequent: a row with that value
    instant changes = instant::never(); ///< when time alone changes it, beside rows that come and go
};

/// When and for what history a task is answered.
struct task_moment {
    feature_moment at;
    zone const* where = nullptr;
    bool dates_only = false;
    std::span<std::int64_t const> starts{}; ///< what `period_starts` gave
    bool wants_changes = false;             ///< whether `task_answer::changes` is read
};

/// The first row time of each period back from `at.as_of`; empty for tasks without periods.
void period_starts(row_task const& task, task_moment const& moment, std::vector<std::int64_t>& to);

/// Answers a task over `memory.rows`, which are in the order of their times and may be put in another. Throws
/// `std::bad_alloc` alone.
[[nodiscard]] task_answer answer_task(row_task const& task, task_moment const& moment, long_texts const& texts,
                                      task_scratch& memory);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
