// SPDX-License-Identifier: Apache-2.0
#include <segmenta/feature/row_task.hpp>

#include <segmenta/base/text.hpp>

#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

class task_reader {
public:
    task_reader(feature_request const& from, key_places const& place_of, issue_list& issues)
        : from_(from), place_of_(place_of), issues_(issues),
          name_(aggregates()[static_cast<std::size_t>(from.what)].name) {}

    row_task read() {
        row_task out;
        out.what = from_.what;
        bool const decayed = from_.what == aggregate::decayed_sum || from_.what == aggregate::decayed_count;
        bool const active = from_.what == aggregate::active_periods;
        bool const sequence = from_.what == aggregate::sequence;
        if (has("half_life", !from_.half_life.empty(), decayed, "Say after which time a value counts half, as P30D."))
            out.half_life = half_life();
        bool const every = has("every", !from_.every.empty(), active, "Say how long each period is, as P1M.");
        bool const periods = has("periods", from_.periods != 0, active, "Say how many periods to look back, as 12.");
        if (every) out.every = length("every", from_.every);
        if (periods) out.periods = checked_periods(out.every);
        if (has("steps", !from_.steps.empty(), sequence, "List the conditions in their order.")) out.steps = steps();
        if (!from_.within.empty() && has("within", true, sequence, {})) out.within = length("within", from_.within);
        return out;
    }

private:
    /// Whether the aggregate has the key and it is there.
    bool has(std::string_view key, bool given, bool wanted, std::string remedy) {
        std::string const shown_name(name_);
        if (wanted && !given)
            issues_.error("feature.missing_key", place_of_({}), "the feature " + shown_name + " needs a " + quoted(key),
                          {}, {}, std::move(remedy));
        if (given && !wanted)
            issues_.error("feature.unused_key", place_of_(key),
                          "the feature " + shown_name + " makes no use of this key", std::string(key), {},
                          "Remove the key.");
        return given && wanted;
    }

    std::optional<period> length(std::string_view key, std::string const& text) {
        return parse_period(text, place_of_(key), issues_);
    }

    std::optional<period> half_life() {
        auto read = length("half_life", from_.half_life);
        if (!read || read->is_exact() || read->is_days()) return read;
        issues_.error("feature.half_life", place_of_("half_life"), "months and years differ in length",
                      quoted(from_.half_life), "P30D, P2W, PT36H", "Write it in days: P30D for P1M, P365D for P1Y.");
        return std::nullopt;
    }

    std::int64_t checked_periods(std::optional<period> const& every) {
        std::int64_t const n = from_.periods;
        if (n < 1 || n > row_task::most_periods) {
            issues_.error("feature.periods", place_of_("periods"), "so many periods cannot be looked at",
                          std::to_string(n), "1 to " + std::to_string(row_task::most_periods), "Use longer periods.");
            return 0;
        }
        try {
            if (every) (void)times(*every, n);
        } catch (issue_error const&) {
            issues_.error("feature.periods", place_of_("periods"), "the periods reach back more than 10,000 years",
                          std::to_string(n) + " of " + to_string(*every), {}, "Use fewer or shorter periods.");
            return 0;
        }
        return n;
    }

    std::vector<std::string> steps() {
        bool const too_many = from_.steps.size() > row_task::most_steps;
        bool const some_empty = std::any_of(from_.steps.begin(), from_.steps.end(),
                                            [](std::string const& step) { return trim(step).empty(); });
        if (!too_many && !some_empty) return from_.steps;
        issues_.error("feature.steps", place_of_("steps"),
                      too_many ? "a sequence has too many steps" : "a step of the sequence is empty",
                      too_many ? std::to_string(from_.steps.size()) : std::string{},
                      "1 to " + std::to_string(row_task::most_steps) + " conditions");
        return {};
    }

    feature_request const& from_;
    key_places const& place_of_;
    issue_list& issues_;
    std::string_view name_;
};

} // namespace

row_task read_task(feature_request const& from, key_places const& place_of, issue_list& issues) {
    return task_reader(from, place_of, issues).read();
}

period times(period const& length, std::int64_t n) {
    auto const checked = [n](std::int64_t part, std::int64_t most) { // past every limit, to be refused below
        std::int64_t out = 0;
        return __builtin_mul_overflow(part, n, &out) || out > most ? most : out;
    };
    constexpr std::int64_t most_days = std::numeric_limits<std::int32_t>::max();
    constexpr std::int64_t most_microseconds = std::numeric_limits<std::int64_t>::max();
    if (length.is_exact()) return period::exact(duration{checked(length.length().microseconds(), most_microseconds)});
    return period::civil(static_cast<std::int32_t>(checked(length.months(), most_days)),
                         static_cast<std::int32_t>(checked(length.days(), most_days)));
}

} // namespace v0
} // namespace segmenta
