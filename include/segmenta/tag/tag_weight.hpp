// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TAG_TAG_WEIGHT_HPP
#define SEGMENTA_TAG_TAG_WEIGHT_HPP

/// \file
/// How strongly a customer's events speak for a tag, the older the less: an event of amount `a` counts
/// a 2^(-age / half_life).
///
/// *Forward decay* (G. Cormode, V. Shkapenyuk, D. Srivastava, B. Xu, "Forward Decay: A Practical Time Decay Model for
/// Streaming Systems", ICDE 2009; E. Bernhardsson, erikbern.com 2012/10/29): instead of making stored weights smaller
/// as time passes, each event is stored larger the later it is, a 2^(t / half_life), and the sum is scaled once, when
/// it is read. An event costs constant time and nothing stored is ever rewritten. Stored as one floating-point
/// logarithm, as in the second source, the sum would depend on the order of the events in its last bits. Here events
/// are summed exactly:
///
///     k = floor(t / half_life)                  the bucket of an event at t, counted from 1970-01-01T00:00Z
///     round(a 2^(t / half_life - k) 2^40)       what it adds to the bucket's whole number of 128 bits
///     weight at T = sum over buckets of (number 2^-40 2^(k - T / half_life))
///
/// so that any order of events and any way of merging give the same bytes, on every machine.
///
/// **Error.** Rounding changes an event by at most 2^-41 of a unit and, for the power of two, 1e-15 of itself; buckets
/// more than 63 half-lives older than that of the newest event are dropped, which changes a weight by less than 2^-63
/// of the amounts dropped. Amounts of 1e-6 and more are thus good to 1e-6, those of 1 and more to 1e-12.

#include <segmenta/record/decimal.hpp>
#include <segmenta/time/instant.hpp>
#include <segmenta/time/period.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// Largest amount of one event, either sign: sums of 2^56 of them are exact.
inline constexpr double largest_tag_amount = 1e9;
/// How many half-lives of events a weight remembers.
inline constexpr std::int64_t remembered_half_lives = 64;

/// The half-life that a period means, as an exact length: decay knows no calendar, so a day is 24 hours and a month
/// 146097 / 4800 days, the mean of the Gregorian calendar.
[[nodiscard]] duration half_life_of(period const& length) noexcept;

/// A decayed sum of events.
///
/// Thread safety: a plain value; concurrent reads are safe, `add` and `merge` need exclusive access.
///
///     tag_weight beauty(half_life_of(period::of_days(30)));
///     beauty.add(t, 1);                          // looked at something
///     beauty.add(t, 5);                          // put it among the favourites
///     beauty.add(t + duration::hours(24), -5);   // and took it out
///     beauty.at(t + duration::hours(720));       // 0.5 + 2.5 - 2.56
class tag_weight {
public:
    /// What falls into one half-life.
    struct bucket {
        std::int64_t number = 0; ///< k
        detail::int128 sum = 0;  ///< never 0
        friend bool operator==(bucket const&, bucket const&) = default;
    };

    /// Throws `issue_error` (`tag_weight.half_life`) unless it is a second or more.
    explicit tag_weight(duration half_life);

    /// Counts an event, in any order of time. Negative amounts take back: an order cancelled, a favourite removed.
    /// False when nothing was counted: the amount is not finite or past `largest_tag_amount`, or `when` is `never()` or
    /// `earliest()`. An event more than `remembered_half_lives` older than the newest counts 0. Constant time (at most
    /// 64 steps); throws only `std::bad_alloc`.
    bool add(instant when, double amount = 1);

    /// Adds all events of another one: commutative and associative (not idempotent: every event counts). Throws
    /// `issue_error` (`tag_weight.half_life`) when the half-lives differ.
    void merge(tag_weight const& other);

    /// The weight at `when`, which should not be before the newest event: an event still to come would count as more
    /// than its amount. 0 without events. The same bits everywhere.
    [[nodiscard]] double at(instant when) const noexcept;
    /// log2 of the weight, also where that is too small for a double; minus infinity for 0, NaN when it is negative.
    [[nodiscard]] double log2_at(instant when) const noexcept;

    [[nodiscard]] duration half_life() const noexcept { return half_life_; }
    /// Ascending by number.
    [[nodiscard]] std::span<bucket const> buckets() const noexcept { return buckets_; }
    /// Number of the bucket of the newest event; nothing without events.
    [[nodiscard]] std::optional<std::int64_t> newest() const noexcept { return newest_; }

    friend bool operator==(tag_weight const&, tag_weight const&) = default;

    /// For reading: the parts of a weight; nothing unless they can be those of one.
    [[nodiscard]] static std::optional<tag_weight> of_parts(duration half_life, std::optional<std::int64_t> newest,
                                                            std::vector<bucket> buckets);

private:
    void add_to(std::int64_t number, detail::int128 amount);
    void advance_to(std::int64_t number);
    [[nodiscard]] double scaled_sum() const noexcept;

    duration half_life_;
    std::optional<std::int64_t> newest_;
    std::vector<bucket> buckets_;
};

/// One customer's weights, by tag.
///
/// Thread safety: a plain value; concurrent reads are safe, changes need exclusive access.
class tag_weights {
public:
    struct entry {
        std::string tag;
        tag_weight weight;
        friend bool operator==(entry const&, entry const&) = default;
    };

    /// The tag's weight, begun with this half-life when there is none. Nothing when it has another half-life or `tag`
    /// is no tag name. The reference lives until the next change. Logarithmic, but for moving what is behind a new one.
    tag_weight* find_or_add(std::string_view tag, duration half_life);
    /// Null when the tag has none.
    [[nodiscard]] tag_weight const* find(std::string_view tag) const noexcept;
    /// Forgets a tag, such as one that the customer deleted. False when it has no weight.
    bool erase(std::string_view tag) noexcept;
    /// Sorted by tag.
    [[nodiscard]] std::span<entry const> entries() const noexcept { return entries_; }

    /// Adds all events of another customer's, when two ids are one person. Throws `issue_error`
    /// (`tag_weight.half_life`) with all tags whose half-lives differ; then nothing is changed.
    void merge(tag_weights const& other);

    friend bool operator==(tag_weights const&, tag_weights const&) = default;

private:
    std::vector<entry> entries_;
};

/// As JSON text in a fixed order, one line or indented:
///
///     {"segmenta_tag_weights": 1, "tags": {"beauty": {"half_life": "PT720H", "newest": 657,
///                                                     "buckets": {"656": "1099511627776", "657": "-5"}}}}
[[nodiscard]] std::string to_json(tag_weights const& weights, std::size_t indent = 0);

/// Reads what `to_json` wrote; nothing is trusted. Throws `issue_error` with all problems (the first hundred): those of
/// JSON, `tag_weight.version`, `tag_weight.unknown_key`, `tag_weight.expected`, `tag_weight.bad_name`,
/// `tag_weight.half_life`, `tag_weight.bad_bucket`.
[[nodiscard]] tag_weights tag_weights_from_json(std::string_view text, std::string_view source = "tag weights");

/// How characteristic a tag is of a customer: TF IDF, with TF = `count_of_tag / count_of_all` (the customer's events)
/// and IDF = ln(`customers / customers_with_tag`): 0 for a tag that everybody has. Source: cnblogs.com qilin20
/// 12264794; the logarithm as K. Sparck Jones, "A statistical interpretation of term specificity", 1972. 0 when
/// `count_of_tag` is 0. NaN when a number is negative or NaN, a part is larger than its whole, or the customer has a
/// tag that nobody has.
[[nodiscard]] double tf_idf(double count_of_tag, double count_of_all, double customers,
                            double customers_with_tag) noexcept;

/// One customer's weights in place to [0, 1], by the largest: w / max(w). Negative ones and NaN become 0; all become 0
/// when none is positive. An infinite one is 1 and makes all finite ones 0.
void normalise_weights(std::span<double> weights) noexcept;

} // namespace v0
} // namespace segmenta

#endif
