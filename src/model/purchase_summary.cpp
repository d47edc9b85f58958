// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/purchase_summary.hpp>

#include <cmath>
#include <string>

namespace segmenta {
inline namespace v0 {

std::string_view to_string(model_time_unit unit) noexcept {
    switch (unit) {
    case model_time_unit::day: return "day";
    case model_time_unit::week: return "week";
    case model_time_unit::month: return "month";
    case model_time_unit::year: break;
    }
    return "year";
}

std::optional<model_time_unit> parse_model_time_unit(std::string_view text) noexcept {
    if (text.ends_with('s')) text.remove_suffix(1);
    for (auto const unit : {model_time_unit::day, model_time_unit::week, model_time_unit::month, model_time_unit::year})
        if (text == to_string(unit)) return unit;
    return std::nullopt;
}

double days_in(model_time_unit unit) noexcept {
    switch (unit) {
    case model_time_unit::day: return 1;
    case model_time_unit::week: return 7;
    case model_time_unit::month: return 365.25 / 12;
    case model_time_unit::year: break;
    }
    return 365.25;
}

namespace {

// Counts the rows of one problem and remembers the first.
class problem_rows {
public:
    void add(std::size_t row, double seen) {
        if (count_++ == 0) first_ = row, seen_ = seen;
    }
    void report(issue_list& issues, std::string_view place, char const* code, char const* message, char const* allowed,
                char const* remedy) const {
        if (count_ == 0) return;
        std::string text = message;
        if (count_ > 1) text += " (and " + std::to_string(count_ - 1) + " more rows)";
        issues.error(code, std::string(place) + " row " + std::to_string(first_ + 1), text, std::to_string(seen_),
                     allowed, remedy);
    }

private:
    std::size_t count_ = 0;
    std::size_t first_ = 0;
    double seen_ = 0;
};

bool same_lengths(purchase_summary const& s) noexcept {
    auto const fits = [&](std::size_t n, bool optional) { return n == s.repeats.size() || (optional && n == 0); };
    return fits(s.last.size(), false) && fits(s.age.size(), false) && fits(s.ids.size(), true) &&
           fits(s.mean_spend.size(), true) && fits(s.weight.size(), true) && fits(s.log_times.size(), true);
}

} // namespace

void check_summary(purchase_summary const& s, issue_list& issues, std::string_view place) {
    if (!same_lengths(s)) {
        issues.error("clv.ragged", std::string(place), "the columns of the summary differ in length",
                     std::to_string(s.last.size()) + " and " + std::to_string(s.age.size()),
                     std::to_string(s.repeats.size()) + ", as many as repeat counts", {});
        return;
    }
    if (s.size() == 0) {
        issues.error("clv.empty", std::string(place), "there are no customers", {}, "at least one", {});
        return;
    }
    problem_rows infinite, whole, after, early, sudden, spend, weight;
    for (std::size_t i = 0; i < s.size(); ++i) {
        double const x = s.repeats[i];
        double const last = s.last[i];
        double const age = s.age[i];
        if (!std::isfinite(x) || !std::isfinite(last) || !std::isfinite(age)) {
            infinite.add(i, std::isfinite(x) ? (std::isfinite(last) ? age : last) : x);
            continue;
        }
        if (x < 0 || x != std::floor(x)) whole.add(i, x);
        if (last < 0 || last > age) after.add(i, last);
        if (x == 0 && last > 0) early.add(i, last);
        if (x > 0 && last == 0) sudden.add(i, x);
        if (!s.mean_spend.empty() && x > 0 && !(s.mean_spend[i] > 0 && std::isfinite(s.mean_spend[i])))
            spend.add(i, s.mean_spend[i]);
        if (!s.log_times.empty() && !std::isfinite(s.log_times[i])) infinite.add(i, s.log_times[i]);
        if (!s.weight.empty() && !(s.weight[i] >= 0 && std::isfinite(s.weight[i]))) weight.add(i, s.weight[i]);
    }
    infinite.report(issues, place, "clv.not_finite", "this is no number", "finite numbers", "");
    whole.report(issues, place, "clv.not_whole", "repeat purchases are counted", "a whole number from 0",
                 "Purchases are counted once a period; the first one is not counted");
    after.report(issues, place, "clv.last_after_end",
                 "the last purchase is not between the first one and the end of observation",
                 "0 to the age of the customer",
                 "Here it is the age at the last purchase (from the first to the last one, which lifetimes calls "
                 "recency); the recency of RFM, from the last purchase to today, is age minus that");
    early.report(issues, place, "clv.last_without_repeat",
                 "without repeat purchases the last purchase is the first one", "0",
                 "Count the purchases of a customer anew, or set the age at the last purchase to 0");
    sudden.report(issues, place, "clv.repeat_without_time", "repeat purchases take time",
                  "an age at the last purchase above 0", "Purchases of one period are one purchase");
    spend.report(issues, place, "clv.bad_spend", "the mean amount of repeat purchases is not above 0",
                 "amounts above 0", "Leave refunds and free orders out before amounts are averaged");
    weight.report(issues, place, "clv.bad_weight", "this weight is none", "numbers from 0", "");
}

} // namespace v0
} // namespace segmenta
