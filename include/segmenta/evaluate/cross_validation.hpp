// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_EVALUATE_CROSS_VALIDATION_HPP
#define SEGMENTA_EVALUATE_CROSS_VALIDATION_HPP

/// \file
/// Which customers a model is fitted on and which it is tried on. Answers are row numbers, ascending; the same seed
/// gives the same rows on every machine.
///
///     for (auto const& part : segmenta::stratified_k_folds(churned, {.folds = 5, .seed = 1}))
///         ...                                   // fit on part.train, measure on part.test

#include <segmenta/error.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// Rows to fit on and rows to measure on; no row is in both.
struct train_test_rows {
    std::vector<std::size_t> train;
    std::vector<std::size_t> test;
};

struct k_folds_options {
    std::size_t folds = 5;
    bool shuffle = true; ///< false: folds are runs of rows, in their order
    std::uint64_t seed = 0;
};

/// Every row is in the test of one fold; sizes differ by at most 1. Throws `issue_error`: `folds.number` unless
/// 2 <= folds <= rows.
[[nodiscard]] std::vector<train_test_rows> k_folds(std::size_t rows, k_folds_options const& options = {});

/// As `k_folds`, and each fold has each label in the share it has overall: the numbers of a label in two folds differ
/// by at most 1. Throws `folds.number`, and `folds.small_class` for a label of fewer rows than folds (also names it).
[[nodiscard]] std::vector<train_test_rows> stratified_k_folds(std::span<std::uint32_t const> labels,
                                                              k_folds_options const& options = {});

/// Folds that never look ahead: rows are ordered by time and cut into `folds` + 1 runs; fold f is fitted on the runs up
/// to f and tried on run f + 1. Rows of the same time are never parted. Throws `folds.number` unless 1 <= folds < the
/// number of different times.
[[nodiscard]] std::vector<train_test_rows> time_folds(std::span<std::int64_t const> times, std::size_t folds);

/// One cut: rows before `cut` to fit on, the others to measure on. Throws `folds.empty_side` when one side has no rows.
[[nodiscard]] train_test_rows split_by_time(std::span<std::int64_t const> times, std::int64_t cut);

/// `round(share * rows)` rows, drawn without replacement, to measure on. Throws `folds.share` unless 0 < share < 1,
/// `folds.empty_side` when one side has no rows.
[[nodiscard]] train_test_rows split_at_random(std::size_t rows, double share, std::uint64_t seed = 0);
/// The same within each label, so that both sides have the labels in the same shares (up to rounding).
[[nodiscard]] train_test_rows split_stratified(std::span<std::uint32_t const> labels, double share,
                                               std::uint64_t seed = 0);

} // namespace v0
} // namespace segmenta

#endif
