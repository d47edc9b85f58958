// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_FEATURE_HISTORY_SUMMARY_HPP
#define SEGMENTA_FEATURE_HISTORY_SUMMARY_HPP

/// \file
/// The sufficient statistics of some rows of one customer's history, gathered in one pass over the rows in time order.
/// Every aggregate of feature.hpp is read from it in constant time, so a batch over files and a request over a host's
/// struct cannot disagree: both fill this one struct with this one builder.

#include <segmenta/record/decimal.hpp>

#include <cmath>
#include <cstdint>

namespace segmenta {
inline namespace v0 {

/// What one pass over rows leaves behind. Days are civil days as int32 since 1970-01-01; times are microseconds since
/// 1970-01-01 UTC; `sum`, `gross`, `minimum` and `maximum` are in units of the field (int64 or decimal) and the `real_`
/// ones serve double fields. Everything but the counts and sums is meaningless while `rows` is 0.
struct history_summary {
    std::int64_t rows = 0;
    std::int64_t orders = 0;   ///< distinct order ids, set by whoever knows them; equal to rows when there are none
    std::int64_t distinct = 0; ///< distinct values of a field, set by whoever knows them
    std::int64_t first_time = 0;
    std::int64_t last_time = 0;
    std::int64_t gap_square_sum = 0; ///< sum of squared gaps in days^2
    std::int32_t days = 0;           ///< distinct days
    std::int32_t first_day = 0;
    std::int32_t last_day = 0;
    std::int32_t previous_day = 0; ///< meaningless while days < 2
    std::int32_t gap_max = 0;      ///< longest gap in days
    bool overflow = false;         ///< the integer sum or gross sum of the rows leaves the int64 range; both are 0 then
    std::int64_t values = 0;       ///< rows whose field is present
    std::int64_t sum = 0;
    std::int64_t gross = 0; ///< sum of positive values
    std::int64_t minimum = 0;
    std::int64_t maximum = 0;
    double real_sum = 0;
    double real_gross = 0;
    double real_minimum = 0;
    double real_maximum = 0;

    friend bool operator==(history_summary const&, history_summary const&) = default;
};

/// Builds a `history_summary` from rows given in time order. Constant work per row, no allocation.
///
///     summary_builder b;
///     b.add_row(t0, 100); b.add_value(1999);
///     b.add_row(t1, 103); b.add_value(-500);
///     b.finish().sum;   // 1499
class summary_builder {
public:
    /// A row at `time` on civil day `day`; neither may be smaller than that of the row before.
    void add_row(std::int64_t time, std::int32_t day) noexcept {
        if (out_.rows++ == 0) {
            out_.first_time = time;
            out_.first_day = day;
            out_.days = 1;
        } else if (day != out_.last_day) {
            std::int32_t const gap = day - out_.last_day;
            out_.gap_square_sum += static_cast<std::int64_t>(gap) * gap;
            if (gap > out_.gap_max) out_.gap_max = gap;
            out_.previous_day = out_.last_day;
            ++out_.days;
        }
        out_.last_time = time;
        out_.last_day = day;
    }
    /// The present int64 or decimal field of the row just added.
    void add_value(std::int64_t units) noexcept {
        sum_ += units;
        if (units > 0) gross_ += units;
        if (out_.values == 0 || units < out_.minimum) out_.minimum = units;
        if (out_.values == 0 || units > out_.maximum) out_.maximum = units;
        ++out_.values;
    }
    /// The present double field of the row just added; not NaN.
    void add_real(double v) noexcept {
        add_compensated(out_.real_sum, sum_error_, v);
        if (v > 0) add_compensated(out_.real_gross, gross_error_, v);
        if (out_.values == 0 || v < out_.real_minimum) out_.real_minimum = v;
        if (out_.values == 0 || v > out_.real_maximum) out_.real_maximum = v;
        ++out_.values;
    }
    /// The summary; `orders` equals `rows` unless the caller sets it.
    [[nodiscard]] history_summary finish() noexcept {
        out_.orders = out_.rows;
        out_.overflow = !detail::fits_int64(sum_) || !detail::fits_int64(gross_);
        out_.sum = out_.overflow ? 0 : static_cast<std::int64_t>(sum_);
        out_.gross = out_.overflow ? 0 : static_cast<std::int64_t>(gross_);
        out_.real_sum += sum_error_;
        out_.real_gross += gross_error_;
        return out_;
    }

private:
    /// Neumaier's variant of Kahan summation (A. Neumaier, ZAMM 54, 1974): the error term also survives when the
    /// summand is larger than the sum.
    static void add_compensated(double& sum, double& error, double v) noexcept {
        double const t = sum + v;
        error += std::fabs(sum) >= std::fabs(v) ? (sum - t) + v : (v - t) + sum;
        sum = t;
    }

    history_summary out_;
    detail::int128 sum_ = 0; // whether it fits is asked of all rows together, whatever their order
    detail::int128 gross_ = 0;
    double sum_error_ = 0;
    double gross_error_ = 0;
};

} // namespace v0
} // namespace segmenta

#endif
