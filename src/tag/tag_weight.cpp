// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/random.hpp>
#include <segmenta/error.hpp>
#include <segmenta/tag/tag_definition.hpp>
#include <segmenta/tag/tag_weight.hpp>

#include "tag/sorted_records.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

using detail::int128;

constexpr int fraction_bits = 40;

// floor(t / half_life) and the rest as a part of it, in [0, 1)
std::pair<std::int64_t, double> split(instant when, duration half_life) noexcept {
    std::int64_t const number = detail::floor_divide(when.microseconds(), half_life.microseconds());
    int128 const rest = int128{when.microseconds()} - int128{number} * half_life.microseconds();
    return {number,
            static_cast<double>(static_cast<std::int64_t>(rest)) / static_cast<double>(half_life.microseconds())};
}

// No real events reach the ends; a hostile text may.
int128 saturating_sum(int128 a, int128 b) noexcept {
    int128 sum = 0;
    if (!__builtin_add_overflow(a, b, &sum)) return sum;
    constexpr int128 half = int128{1} << 126;
    return a > 0 ? half - 1 + half : -(half - 1 + half);
}

issue other_half_life(std::string_view tag, duration a, duration b) {
    issue out;
    out.code = "tag_weight.half_life";
    out.place = tag;
    out.message = "weights of different half-lives do not add";
    out.seen = to_string(period::exact(b));
    out.allowed = to_string(period::exact(a));
    out.remedy = "Read the events again with one half-life.";
    return out;
}

} // namespace

duration half_life_of(period const& length) noexcept {
    if (length.is_exact()) return length.length();
    int128 const months = int128{length.months()} * microseconds_per_day * 146'097 / 4'800;
    return duration{static_cast<std::int64_t>(months + int128{length.days()} * microseconds_per_day)};
}

tag_weight::tag_weight(duration half_life) : half_life_(half_life) {
    if (half_life < duration::seconds(1))
        throw issue_error("tag_weight.half_life", "half-life", "this half-life is too short",
                          std::to_string(half_life.microseconds()) + " microseconds", "a second or more");
}

std::optional<tag_weight> tag_weight::of_parts(duration half_life, std::optional<std::int64_t> newest,
                                               std::vector<bucket> buckets) {
    if (half_life < duration::seconds(1)) return std::nullopt;
    tag_weight out(half_life);
    // the numbers that instants can have, so that nothing overflows later
    std::int64_t const least = split(instant::earliest(), half_life).first;
    std::int64_t const most = split(instant::never(), half_life).first;
    if (newest && (*newest < least || *newest > most)) return std::nullopt;
    if (!newest && !buckets.empty()) return std::nullopt;
    for (std::size_t i = 0; i < buckets.size(); ++i) {
        auto const number = buckets[i].number;
        bool const rising = i == 0 || number > buckets[i - 1].number;
        if (!rising || number < least || number > *newest || number <= *newest - remembered_half_lives)
            return std::nullopt;
        if (buckets[i].sum == 0) return std::nullopt;
    }
    out.newest_ = newest;
    out.buckets_ = std::move(buckets);
    return out;
}

bool tag_weight::add(instant when, double amount) {
    if (when.is_never() || when.is_earliest() || !(std::abs(amount) <= largest_tag_amount)) return false;
    auto const [number, part] = split(when, half_life_);
    double const units = std::round(std::ldexp(amount * portable_pow(2, part), fraction_bits));
    advance_to(number);
    add_to(number, static_cast<int128>(units));
    return true;
}

void tag_weight::merge(tag_weight const& other) {
    if (half_life_ != other.half_life_) {
        issue_list issues;
        issues.add(other_half_life("half-life", half_life_, other.half_life_));
        throw issue_error(std::move(issues));
    }
    if (!other.newest_) return;
    if (this == &other) return merge(tag_weight(other));
    advance_to(*other.newest_);
    for (auto const& part : other.buckets_)
        add_to(part.number, part.sum);
}

void tag_weight::advance_to(std::int64_t number) {
    if (newest_ && number <= *newest_) return;
    newest_ = number;
    auto const old = std::find_if(buckets_.begin(), buckets_.end(),
                                  [&](bucket const& b) { return b.number > number - remembered_half_lives; });
    buckets_.erase(buckets_.begin(), old);
}

void tag_weight::add_to(std::int64_t number, detail::int128 amount) {
    if (number <= *newest_ - remembered_half_lives || amount == 0) return;
    // from the end: most events are new
    auto at = buckets_.end();
    while (at != buckets_.begin() && std::prev(at)->number >= number)
        --at;
    if (at == buckets_.end() || at->number != number) {
        buckets_.insert(at, {number, amount});
        return;
    }
    at->sum = saturating_sum(at->sum, amount);
    if (at->sum == 0) buckets_.erase(at); // as if it had never been, in whichever order it came to that
}

// In units of the newest bucket's beginning.
double tag_weight::scaled_sum() const noexcept {
    double sum = 0;
    for (auto const& part : buckets_) // the small ones first
        sum += std::ldexp(static_cast<double>(part.sum), static_cast<int>(part.number - *newest_) - fraction_bits);
    return sum;
}

double tag_weight::at(instant when) const noexcept {
    if (buckets_.empty()) return 0;
    auto const [number, part] = split(when, half_life_);
    int128 const whole = std::clamp<int128>(int128{*newest_} - number, -100'000, 100'000);
    return std::ldexp(scaled_sum() * portable_pow(2, -part), static_cast<int>(whole));
}

double tag_weight::log2_at(instant when) const noexcept {
    double const sum = buckets_.empty() ? 0 : scaled_sum();
    if (sum == 0) return -std::numeric_limits<double>::infinity();
    if (sum < 0) return std::numeric_limits<double>::quiet_NaN();
    auto const [number, part] = split(when, half_life_);
    constexpr double log2_e = 1.4426950408889634;
    return portable_log(sum) * log2_e + static_cast<double>(int128{*newest_} - number) - part;
}

tag_weight* tag_weights::find_or_add(std::string_view tag, duration half_life) {
    auto const at = std::lower_bound(entries_.begin(), entries_.end(), tag, detail::by_tag);
    if (at != entries_.end() && at->tag == tag) return at->weight.half_life() == half_life ? &at->weight : nullptr;
    if (!is_tag_name(tag) || half_life < duration::seconds(1)) return nullptr;
    return &entries_.insert(at, {std::string(tag), tag_weight(half_life)})->weight;
}

tag_weight const* tag_weights::find(std::string_view tag) const noexcept {
    auto const* const found = detail::find_record(entries_, tag);
    return found == nullptr ? nullptr : &found->weight;
}

bool tag_weights::erase(std::string_view tag) noexcept { return detail::erase_record(entries_, tag); }

void tag_weights::merge(tag_weights const& other) {
    issue_list issues;
    for (auto const& theirs : other.entries_) {
        auto const* const ours = find(theirs.tag);
        if (ours != nullptr && ours->half_life() != theirs.weight.half_life())
            issues.add(other_half_life(theirs.tag, ours->half_life(), theirs.weight.half_life()));
    }
    issues.throw_if_errors();
    entries_ = detail::join_records(std::span<entry const>(entries_), std::span<entry const>(other.entries_),
                                    [](entry const& a, entry const& b) {
                                        entry out = a;
                                        out.weight.merge(b.weight);
                                        return out;
                                    });
}

double tf_idf(double count_of_tag, double count_of_all, double customers, double customers_with_tag) noexcept {
    bool const possible = count_of_tag >= 0 && count_of_all >= count_of_tag && customers_with_tag >= 0 &&
                          customers >= customers_with_tag && (count_of_tag == 0 || customers_with_tag > 0);
    if (!possible) return std::numeric_limits<double>::quiet_NaN();
    if (count_of_tag == 0) return 0;
    return count_of_tag / count_of_all * portable_log(customers / customers_with_tag);
}

void normalise_weights(std::span<double> weights) noexcept {
    double largest = 0;
    for (double const weight : weights)
        if (weight > largest) largest = weight;
    for (double& weight : weights) {
        if (!(weight > 0))
            weight = 0;
        else
            weight = std::isinf(weight) ? 1 : weight / largest;
    }
}

} // namespace v0
} // namespace segmenta
