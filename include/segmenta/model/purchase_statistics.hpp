// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_PURCHASE_STATISTICS_HPP
#define SEGMENTA_MODEL_PURCHASE_STATISTICS_HPP

/// \file
/// What the likelihoods of NBD, BG/NBD, MBG/NBD and their relatives read of many customers, in the form in which it is
/// summed: collected in parts, merged, and fitted once.

#include <segmenta/base/large_allocator.hpp>
#include <segmenta/model/purchase_summary.hpp>

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

class thread_team;

namespace detail {

/// Leaves new elements unset: millions of them are written once, by the threads that fill them.
template <class T>
struct unset_allocator : large_allocator<T> {
    using value_type = T;
    template <class U>
    struct rebind {
        using other = unset_allocator<U>;
    };

    unset_allocator() = default;
    template <class U>
    unset_allocator(unset_allocator<U> const&) noexcept {} // NOLINT(google-explicit-constructor): as the standard asks

    template <class U>
    void construct(U* at) noexcept {
        ::new (static_cast<void*>(at)) U;
    }
    template <class U, class... Args>
    void construct(U* at, Args&&... args) {
        std::construct_at(at, static_cast<Args&&>(args)...);
    }
};

} // namespace detail

/// Customers without their ids: the histogram of repeat counts, the ages of who bought once, and the triples of who
/// came back. Where times are whole days or periods and triples few, equal ones become one with a weight.
///
///     purchase_statistics all;
///     for (auto const& shop : shops) {
///         purchase_statistics part;
///         part.add(shop);
///         all.merge(part);
///     }
///     bg_nbd const model = fit_bg_nbd(all);
///
/// Thread safety: a plain value.
class purchase_statistics {
public:
    using column = std::vector<double, detail::unset_allocator<double>>;
    /// Customers in columns of one length. `weights` may be empty: one each.
    struct rows {
        column repeats, last, ages, weights;

        [[nodiscard]] std::size_t size() const noexcept { return ages.size(); }
        [[nodiscard]] double weight(std::size_t row) const noexcept { return weights.empty() ? 1 : weights[row]; }
    };
    /// A repeat count and how many customers have it.
    struct count {
        double repeats = 0;
        double customers = 0;
    };

    /// Adds customers. Throws `issue_error` with all that check_summary() finds, or `clv.units` when the times are in
    /// another unit than those added before; then nothing is added. What is held does not depend on `threads` (0: all
    /// of the machine). O(n).
    void add(purchase_summary const& summary, unsigned threads = 1, std::string_view place = "summary");
    /// Adds what another one holds; throws `clv.units` as above.
    void merge(purchase_statistics const& other);

    [[nodiscard]] model_time_unit time_unit() const noexcept { return unit_; }
    /// How many customers there are (the sum of their weights).
    [[nodiscard]] double customers() const noexcept { return customers_; }
    /// Purchases after the first, of all customers.
    [[nodiscard]] double repeats() const noexcept { return repeats_; }
    /// Of all customers.
    [[nodiscard]] double total_age() const noexcept { return total_age_; }
    /// Whether all summaries had `log_times`, and their sum.
    [[nodiscard]] bool has_log_times() const noexcept { return has_log_times_; }
    [[nodiscard]] double log_times() const noexcept { return log_times_; }

    /// Customers by repeat count 0, 1, ..., as far as such counts are small; the others follow in `large_counts`.
    [[nodiscard]] std::vector<double> const& counts() const noexcept { return counts_; }
    [[nodiscard]] std::vector<count> const& large_counts() const noexcept { return large_counts_; }
    /// Who bought once: only `ages` (and `weights`) are set.
    [[nodiscard]] rows const& singles() const noexcept { return singles_; }
    /// Who came back.
    [[nodiscard]] rows const& repeaters() const noexcept { return repeaters_; }

    /// One in `step` rows of both kinds, in short runs all over the data, for a first look at much.
    [[nodiscard]] purchase_statistics sample(std::size_t step) const;

private:
    void check_unit(model_time_unit unit) const;
    void count_repeats(double repeats, double customers);
    bool add_grouped(purchase_summary const& summary, double oldest, double steps_per_unit, thread_team& team);
    void add_single_rows(purchase_summary const& summary, thread_team& team);

    model_time_unit unit_ = model_time_unit::week;
    double customers_ = 0;
    double repeats_ = 0;
    double total_age_ = 0;
    double log_times_ = 0;
    bool has_log_times_ = true;
    std::vector<double> counts_;
    std::vector<count> large_counts_;
    rows singles_;
    rows repeaters_;
};

} // namespace v0
} // namespace segmenta

#endif
