// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_EVALUATE_ROLL_RATES_HPP
#define SEGMENTA_EVALUATE_ROLL_RATES_HPP

/// \file
/// How far accounts are behind with their payments, and how they roll from one state to the next.
///
/// A delinquency scheme sorts days past due into buckets; its edges are data. Roll rates are the shares of the
/// accounts, or of the balances, of a bucket that are found in each bucket one period later; the flow to loss
/// multiplies the rates at which a bucket rolls on, up to the last one (N. Siddiqi, "Credit Risk Scorecards", 2006, ch.
/// 3).
///
///     auto const& scheme = *find_delinquency_scheme("monthly");
///     scheme.buckets()[scheme.bucket_of(31)].name;                          // "30-59"
///     roll_rates const rates(scheme, count_rolls(scheme, march, april, balances));
///     rates.rate(1, 2);                                                     // of what was 1-29, now 30-59
///     rates.flow_to_loss(1);

#include <segmenta/error.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// Accounts from so many days past due on, up to the next bucket.
struct delinquency_bucket {
    std::string name;
    std::int64_t from = 0; ///< first day past due that belongs to it

    friend bool operator==(delinquency_bucket const&, delinquency_bucket const&) = default;
};

/// Buckets that cover every number of days past due; the last one is the loss, or the default.
///
/// Thread safety: immutable; concurrent use is safe.
class delinquency_scheme {
public:
    /// Throws `issue_error` with all of `roll.buckets` (fewer than two, the first not from 0, edges that do not ascend,
    /// a name that is empty or there twice).
    delinquency_scheme(std::string name, std::vector<delinquency_bucket> buckets, std::string source = {});

    [[nodiscard]] std::string const& name() const noexcept { return name_; }
    [[nodiscard]] std::vector<delinquency_bucket> const& buckets() const noexcept { return buckets_; }
    /// Where the edges are from; may be empty.
    [[nodiscard]] std::string const& source() const noexcept { return source_; }
    /// Who is ahead of the due date (days below 0) is in the first bucket.
    [[nodiscard]] std::size_t bucket_of(std::int64_t days_past_due) const noexcept;

    friend bool operator==(delinquency_scheme const&, delinquency_scheme const&) = default;

private:
    std::string name_;
    std::vector<delinquency_bucket> buckets_;
    std::string source_;
};

/// The schemes that are known by name:
/// * `monthly`: current, 1-29, 30-59, 60-89, 90+ (common practice, also written C, M1 ... M4+)
/// * `basel_default`: default when more than 90 days past due (Basel II, paragraph 452)
/// * `ifrs_9`: stage 2 when more than 30 days (5.5.11), default from 90 days on (B5.5.37); both rebuttable
/// * `china_credit_card`: Commercial Bank Credit Card Business Supervision Measures, 2011, article 92: special mention
///   1 to 90 days, substandard 91 to 120, doubtful 121 to 180, loss more than 180
/// * `china_loan`: as commonly quoted: special mention up to 90, substandard up to 180, doubtful beyond
/// * `china_2023`: Measures for the Risk Classification of Financial Assets of Commercial Banks (order 1 of 2023), days
///   past due alone: substandard more than 90, doubtful more than 270, loss more than 360
[[nodiscard]] std::span<delinquency_scheme const> delinquency_schemes();
/// Null when there is none of that name.
[[nodiscard]] delinquency_scheme const* find_delinquency_scheme(std::string_view name);

/// Accounts, or balances, by the bucket they were in and the one they are in a period later. Parts are merged by
/// adding.
struct roll_counts {
    std::size_t buckets = 0;
    std::vector<double> amounts; ///< buckets x buckets; those from bucket i into j at i x buckets + j

    roll_counts() = default;
    explicit roll_counts(std::size_t n) : buckets(n), amounts(n * n) {}
    void add(std::size_t from, std::size_t to, double amount = 1) noexcept { amounts[from * buckets + to] += amount; }
    /// Both have the same number of buckets.
    void merge(roll_counts const& other) noexcept;

    friend bool operator==(roll_counts const&, roll_counts const&) = default;
};

/// Counts accounts that were there at both ends of a period; `balances` at its beginning (empty: each account counts
/// 1). Throws `issue_error` with all of `roll.ragged` (lengths differ), `roll.balance` (negative or not finite).
[[nodiscard]] roll_counts count_rolls(delinquency_scheme const& scheme, std::span<std::int64_t const> days_before,
                                      std::span<std::int64_t const> days_after, std::span<double const> balances = {});

/// A matrix of roll rates.
///
/// Thread safety: immutable; concurrent use is safe.
class roll_rates {
public:
    /// Throws `issue_error` with all of `roll.counts` (another number of buckets than the scheme, an amount that is
    /// negative or not finite), `roll.empty` (nothing was counted).
    roll_rates(delinquency_scheme scheme, roll_counts counts);

    [[nodiscard]] delinquency_scheme const& scheme() const noexcept { return scheme_; }
    [[nodiscard]] roll_counts const& counts() const noexcept { return counts_; }
    /// Share of bucket `from` that is in bucket `to` a period later; nothing when the bucket was empty.
    [[nodiscard]] std::optional<double> rate(std::size_t from, std::size_t to) const noexcept;
    /// Share that is in a lower bucket than before, in the same, in a higher one.
    [[nodiscard]] std::optional<double> cured(std::size_t from) const noexcept;
    [[nodiscard]] std::optional<double> stayed(std::size_t from) const noexcept;
    [[nodiscard]] std::optional<double> worsened(std::size_t from) const noexcept;
    /// The product of the shares that worsen, of this bucket and of all above it but the last: what rolls on straight
    /// to the loss. 1 for the last bucket; nothing when a bucket on the way was empty.
    [[nodiscard]] std::optional<double> flow_to_loss(std::size_t from) const noexcept;
    /// Probability to have been in the last bucket within so many periods, when every period rolls as this one did and
    /// nobody comes back from there. Nothing when an empty bucket can be reached. O(periods x buckets^2).
    [[nodiscard]] std::optional<double> loss_within(std::size_t from, std::size_t periods) const;

private:
    [[nodiscard]] std::optional<double> share(std::size_t from, std::size_t first, std::size_t end) const noexcept;

    delinquency_scheme scheme_;
    roll_counts counts_;
};

} // namespace v0
} // namespace segmenta

#endif
