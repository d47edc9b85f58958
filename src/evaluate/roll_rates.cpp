// SPDX-License-Identifier: Apache-2.0
#include <segmenta/evaluate/roll_rates.hpp>

#include "base/indexed_place.hpp"

#include <segmenta/base/text.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

using detail::indexed_place;

bool is_amount(double v) noexcept { return std::isfinite(v) && v >= 0; }

} // namespace

delinquency_scheme::delinquency_scheme(std::string name, std::vector<delinquency_bucket> buckets, std::string source)
    : name_(std::move(name)), buckets_(std::move(buckets)), source_(std::move(source)) {
    issue_list issues;
    auto const bad = [&](std::size_t i, std::string message, std::string seen) {
        issues.error("roll.buckets", indexed_place(name_ + ".buckets", i), std::move(message), std::move(seen), {}, {});
    };
    if (buckets_.size() < 2) {
        issues.error("roll.buckets", name_ + ".buckets", "there must be a bucket before the loss",
                     std::to_string(buckets_.size()), "2 or more", {});
    }
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
        delinquency_bucket const& b = buckets_[i];
        if (i == 0 && b.from != 0) bad(i, "the first bucket must begin at 0 days", std::to_string(b.from));
        if (i > 0 && b.from <= buckets_[i - 1].from) bad(i, "edges must ascend", std::to_string(b.from));
        auto const before = buckets_.begin() + static_cast<std::ptrdiff_t>(i);
        bool const twice = std::any_of(buckets_.begin(), before,
                                       [&b](delinquency_bucket const& other) { return other.name == b.name; });
        if (b.name.empty() || twice)
            bad(i, twice ? "this name is there twice" : "a bucket has no name", quoted(b.name));
    }
    issues.throw_if_errors();
}

std::size_t delinquency_scheme::bucket_of(std::int64_t days) const noexcept {
    auto const above = std::upper_bound(buckets_.begin() + 1, buckets_.end(), days,
                                        [](std::int64_t d, delinquency_bucket const& b) { return d < b.from; });
    return static_cast<std::size_t>(above - buckets_.begin()) - 1;
}

std::span<delinquency_scheme const> delinquency_schemes() {
    static std::array const known{
        delinquency_scheme("monthly", {{"current", 0}, {"1-29", 1}, {"30-59", 30}, {"60-89", 60}, {"90+", 90}},
                           "common practice"),
        delinquency_scheme("basel_default", {{"not_default", 0}, {"default", 91}}, "Basel II, paragraph 452"),
        delinquency_scheme("ifrs_9", {{"stage_1", 0}, {"stage_2", 31}, {"default", 90}}, "IFRS 9, 5.5.11 and B5.5.37"),
        delinquency_scheme(
            "china_credit_card",
            {{"normal", 0}, {"special_mention", 1}, {"substandard", 91}, {"doubtful", 121}, {"loss", 181}},
            "商业银行信用卡业务监督管理办法, 2011, article 92"),
        delinquency_scheme("china_loan",
                           {{"normal", 0}, {"special_mention", 1}, {"substandard", 91}, {"doubtful", 181}},
                           "commonly quoted"),
        delinquency_scheme(
            "china_2023",
            {{"normal", 0}, {"special_mention", 1}, {"substandard", 91}, {"doubtful", 271}, {"loss", 361}},
            "商业银行金融资产风险分类办法, order 1 of 2023"),
    };
    return known;
}

delinquency_scheme const* find_delinquency_scheme(std::string_view name) {
    auto const known = delinquency_schemes();
    auto const at = std::find_if(known.begin(), known.end(), [name](auto const& s) { return s.name() == name; });
    return at == known.end() ? nullptr : &*at;
}

void roll_counts::merge(roll_counts const& other) noexcept {
    for (std::size_t i = 0; i < amounts.size(); ++i)
        amounts[i] += other.amounts[i];
}

roll_counts count_rolls(delinquency_scheme const& scheme, std::span<std::int64_t const> days_before,
                        std::span<std::int64_t const> days_after, std::span<double const> balances) {
    issue_list issues;
    auto const even = [&](std::string_view place, std::size_t size) {
        if (size == days_before.size()) return;
        issues.error("roll.ragged", std::string(place), "there must be one for each account", std::to_string(size),
                     std::to_string(days_before.size()), {});
    };
    even("days_after", days_after.size());
    if (!balances.empty()) even("balances", balances.size());
    auto const bad = std::find_if_not(balances.begin(), balances.end(), is_amount);
    if (bad != balances.end()) {
        issues.error("roll.balance", indexed_place("balances", static_cast<std::size_t>(bad - balances.begin())),
                     "a balance must be finite and not negative", std::to_string(*bad), {},
                     "Count accounts in credit as 0");
    }
    issues.throw_if_errors();
    roll_counts out(scheme.buckets().size());
    for (std::size_t i = 0; i < days_before.size(); ++i) {
        out.add(scheme.bucket_of(days_before[i]), scheme.bucket_of(days_after[i]), balances.empty() ? 1 : balances[i]);
    }
    return out;
}

roll_rates::roll_rates(delinquency_scheme scheme, roll_counts counts)
    : scheme_(std::move(scheme)), counts_(std::move(counts)) {
    issue_list issues;
    std::size_t const n = scheme_.buckets().size();
    if (counts_.buckets != n || counts_.amounts.size() != n * n) {
        issues.error("roll.counts", scheme_.name(), "there must be an amount for each pair of buckets",
                     std::to_string(counts_.amounts.size()), std::to_string(n * n), {});
    }
    if (!std::all_of(counts_.amounts.begin(), counts_.amounts.end(), is_amount))
        issues.error("roll.counts", scheme_.name(), "an amount is negative or not finite", {}, {}, {});
    issues.throw_if_errors();
    if (std::accumulate(counts_.amounts.begin(), counts_.amounts.end(), 0.0) > 0) return;
    throw issue_error("roll.empty", scheme_.name(), "no account was counted, so there are no rates");
}

std::optional<double> roll_rates::share(std::size_t from, std::size_t first, std::size_t end) const noexcept {
    auto const row = counts_.amounts.begin() + static_cast<std::ptrdiff_t>(from * counts_.buckets);
    auto const sum = [row](std::size_t a, std::size_t b) {
        return std::accumulate(row + static_cast<std::ptrdiff_t>(a), row + static_cast<std::ptrdiff_t>(b), 0.0);
    };
    double const all = sum(0, counts_.buckets);
    if (!(all > 0)) return std::nullopt;
    return sum(first, end) / all;
}

std::optional<double> roll_rates::rate(std::size_t from, std::size_t to) const noexcept {
    return share(from, to, to + 1);
}
std::optional<double> roll_rates::cured(std::size_t from) const noexcept { return share(from, 0, from); }
std::optional<double> roll_rates::stayed(std::size_t from) const noexcept { return rate(from, from); }
std::optional<double> roll_rates::worsened(std::size_t from) const noexcept {
    return share(from, from + 1, counts_.buckets);
}

std::optional<double> roll_rates::flow_to_loss(std::size_t from) const noexcept {
    double out = 1;
    for (std::size_t i = from; i + 1 < counts_.buckets; ++i) {
        auto const on = worsened(i);
        if (!on) return std::nullopt;
        out *= *on;
    }
    return out;
}

std::optional<double> roll_rates::loss_within(std::size_t from, std::size_t periods) const {
    std::size_t const n = counts_.buckets;
    std::vector<double> now(n);
    now[from] = 1;
    for (std::size_t period = 0; period < periods; ++period) {
        std::vector<double> next(n);
        next[n - 1] = now[n - 1];
        for (std::size_t i = 0; i + 1 < n; ++i) {
            if (now[i] == 0) continue;
            for (std::size_t j = 0; j < n; ++j) {
                auto const part = rate(i, j);
                if (!part) return std::nullopt;
                next[j] += now[i] * *part;
            }
        }
        now = std::move(next);
    }
    return now[n - 1];
}

} // namespace v0
} // namespace segmenta
