// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_DISTINCT_PURCHASES_HPP
#define SEGMENTA_MODEL_DISTINCT_PURCHASES_HPP

/// \file
/// What the likelihood of a model of repeat buying reads of all customers: the distinct triples of repeat purchases,
/// age at the last one and age, with how many customers each stands for. Parts of the data, from threads or machines,
/// are added and merged; a fit takes the whole. In CDNOW's sample 2,357 customers are 1,016 triples.

#include <segmenta/model/purchase_summary.hpp>

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// Distinct customers with weights, in ascending order of (repeats, last, age): the same whatever the order and the
/// parts in which customers came, as long as weights are whole numbers.
///
/// Thread safety: a plain value; concurrent reads are safe.
class distinct_purchases {
public:
    /// No customers yet; times will be in `unit`.
    explicit distinct_purchases(model_time_unit unit = model_time_unit::week) noexcept : unit_(unit) {}

    /// Counts the customers of a summary; rows of weight 0 are left out. What is held does not depend on `threads` (0:
    /// all of the machine). O(n log n). Throws `issue_error` with the codes of `check_summary`, and `clv.units` when
    /// the summary is in another unit; then nothing is added.
    void add(purchase_summary const& summary, unsigned threads = 1, std::string_view place = "summary");
    /// Counts the customers of other statistics too. Throws `issue_error` (`clv.units`).
    void merge(distinct_purchases const& other);

    [[nodiscard]] model_time_unit time_unit() const noexcept { return unit_; }
    [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); } ///< distinct triples
    [[nodiscard]] double customers() const noexcept { return customers_; }   ///< the sum of all weights

    /// One kind of customer.
    struct row {
        double repeats = 0;
        double last = 0;
        double age = 0;
        double weight = 0;
        friend bool operator==(row const&, row const&) = default;
    };
    [[nodiscard]] std::span<row const> rows() const noexcept { return rows_; }

private:
    model_time_unit unit_;
    std::vector<row> rows_;
    double customers_ = 0;
};

} // namespace v0
} // namespace segmenta

#endif
