// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_SEGMENTER_RANDOM_QUESTION_HPP
#define SEGMENTA_TESTS_SEGMENTER_RANDOM_QUESTION_HPP

// Random questions to the histories of a random schema, each as the text that stands in a rule and as what looking at
// every row makes of it. The two are written side by side: nothing of the library turns one into the other.

#include "segmenter/naive_features.hpp"
#include "segmenter/random_schema.hpp"

#include <segmenta/rule/program.hpp>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace segmenta::test {

struct question {
    /// The naive answer of a request to this history.
    using asker = std::function<rule_result(feature_request const&)>;

    std::string text;
    type what{};
    std::size_t history = 0;
    std::function<rule_result(asker const&)> naive;
    /// Whether it is made of a moment that is unknown without rows, though its own answer is known then: what else in
    /// the rule is unknown is so for want of rows, and not because something failed.
    std::function<bool(asker const&)> lacks_rows{};
};

class random_questions {
public:
    random_questions(random_values& random, random_schema const& shop, std::string zone_name)
        : random_(random), shop_(shop), zone_(std::move(zone_name)) {}

    question draw() {
        history_ = random_.below(shop_.what().histories().size());
        feature_request asked;
        asked.history = schema_of().name;
        switch (random_.below(12)) {
        case 0: return share(std::move(asked));
        case 1: return decayed(std::move(asked));
        case 2: return sequence(std::move(asked));
        case 3: return by_absence(std::move(asked));
        case 4: return regularly(std::move(asked));
        default: return reading(std::move(asked));
        }
    }

private:
    struct word {
        char const* name;
        aggregate what;
    };

    [[nodiscard]] history_schema const& schema_of() const { return shop_.what().histories()[history_]; }
    bool chance(std::size_t percent) { return random_.chance(percent); }

    static bool is_plain(std::string const& name) {
        return std::all_of(name.begin(), name.end(), [](char c) {
            return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        });
    }
    static std::string written(std::string const& name) { return is_plain(name) ? name : '`' + name + '`'; }
    static std::string literal(std::string const& text) {
        std::string out = "'";
        for (char const c : text)
            out += c == '\'' ? std::string("\\'") : std::string(1, c);
        return out + "'";
    }

    // --- which rows ---

    /// A condition on the rows, called `o`, that can be compiled.
    std::string condition() {
        environment names;
        names.record_name("o").zone_name(zone_);
        for (auto const& f : schema_of().fields)
            names.variable(f.name, f.what);
        random_rule rules(random_, names);
        for (;;) {
            std::string text = rules.rule(boolean_type, 1 + static_cast<int>(random_.below(3)));
            issue_list issues;
            if (compile_rule(text, names, issues, {}, boolean_type)) return text;
        }
    }
    /// Adds a condition now and then; its text in the rule.
    std::string where(feature_request& to) {
        if (!chance(35)) return {};
        to.where = condition();
        return ".where(o, " + to.where + ")";
    }
    std::string window(feature_request& to) {
        switch (random_.below(7)) {
        case 0:
        case 1:
            to.window = random_.pick({"P1D", "P7D", "P30D", "P2M", "P1Y", "P90D", "PT36H", "PT6H"});
            return ".within('" + to.window + "')";
        case 2: {
            static std::pair<char const*, char const*> const limits[] = {
                {"P60D", "P7D"}, {"P90D", "P30D"}, {"P1M", "P1D"}, {"PT36H", "PT6H"}, {"P30D", "PT1H"}};
            auto const& [from, until] = random_.one_of(limits);
            to.window = from;
            to.until = until;
            return ".between('" + to.window + "', '" + to.until + "')";
        }
        case 3: {
            static std::pair<char const*, char const*> const limits[] = {
                {"2023-10-20", "2024-01-15"},
                {"2023-10-29", "2024-03-31"},
                {"2024-03-10T12:30:00Z", "2024-04-01T00:30:00+01:00"}};
            auto const& [from, to_] = random_.one_of(limits);
            to.from = from;
            to.to = to_;
            return ".between('" + to.from + "', '" + to.to + "')";
        }
        case 4:
            to.calendar = random_.pick({"today", "yesterday", "this_week", "last_week", "this_month", "last_month",
                                        "this_quarter", "last_quarter", "this_year", "last_year"});
            return "." + to.calendar + "()";
        default: return {};
        }
    }
    /// The beginning of a question; window and condition in either order.
    std::string rows(feature_request& to) {
        std::string const name = written(to.history);
        std::string const limits = window(to);
        std::string const which = where(to);
        return name + (chance(50) ? limits + which : which + limits);
    }

    // --- what is computed ---

    static question made(std::string text, type what, std::size_t history, feature_request asked) {
        return {std::move(text), what, history,
                [asked = std::move(asked)](question::asker const& ask) { return ask(asked); }};
    }
    static rule_result yes(bool v) { return {value::of_bool(v), status::ok}; }
    static bool some(question::asker const& ask, feature_request asked) {
        asked.what = aggregate::rows;
        asked.field.clear();
        return ask(asked).result.as_int() > 0;
    }

    std::vector<field> fields_that(bool numbers, bool summed) const {
        std::vector<field> out;
        for (auto const& f : schema_of().fields) {
            if (f.what.base == kind::category_set || (numbers && !f.what.is_numeric())) continue;
            if (summed && f.what.base == kind::float64 && shop_.is_wild(schema_of().name, f.name)) continue;
            out.push_back(f);
        }
        return out;
    }

    question reading(feature_request asked) {
        static word const alone[] = {{"count", aggregate::orders},
                                     {"rows", aggregate::rows},
                                     {"days", aggregate::days},
                                     {"first_at", aggregate::first_time},
                                     {"last_at", aggregate::last_time},
                                     {"first_day", aggregate::first_day},
                                     {"last_day", aggregate::last_day},
                                     {"recency_days", aggregate::recency_days},
                                     {"tenure_days", aggregate::tenure_days},
                                     {"gaps", aggregate::gap_count},
                                     {"mean_gap_days", aggregate::gap_mean_days},
                                     {"longest_gap_days", aggregate::gap_max_days},
                                     {"gap_deviation_days", aggregate::gap_deviation_days}};
        static word const numbers[] = {{"sum", aggregate::sum},
                                       {"gross_sum", aggregate::gross_sum},
                                       {"refund_sum", aggregate::refund_sum},
                                       {"avg", aggregate::mean},
                                       {"average_order_value", aggregate::average_order_value},
                                       {"median", aggregate::median},
                                       {"min", aggregate::minimum},
                                       {"max", aggregate::maximum}};
        static word const any[] = {{"distinct", aggregate::distinct},
                                   {"most_frequent", aggregate::most_frequent},
                                   {"first", aggregate::first},
                                   {"last", aggregate::last}};
        std::string const beginning = rows(asked);
        if (chance(35)) {
            auto const& w = random_.one_of(alone);
            asked.what = w.what;
            return made(beginning + "." + w.name + "()", result_type(w.what, {}), history_, std::move(asked));
        }
        bool const number = chance(60);
        auto const& w = number ? random_.one_of(numbers) : random_.one_of(any);
        bool const summed = number && w.what != aggregate::minimum && w.what != aggregate::maximum;
        auto const fields = fields_that(number, summed);
        if (fields.empty()) return made(beginning + ".rows()", int64_type, history_, std::move(asked));
        field const f = random_.one_of(fields);
        asked.what = w.what;
        asked.field = f.name;
        return made(beginning + "." + w.name + "(" + literal(f.name) + ")", result_type(w.what, f.what), history_,
                    std::move(asked));
    }

    question share(feature_request asked) {
        std::vector<field> fields;
        for (auto const& f : schema_of().fields)
            if (f.what.is_text() || f.what.base == kind::int64 || f.what.base == kind::boolean) fields.push_back(f);
        if (fields.empty()) return reading(std::move(asked));
        field const f = random_.one_of(fields);
        std::string const beginning = rows(asked);
        std::string const wanted = f.what.is_text()               ? literal(std::string(random_.one_of(random_texts)))
                                   : f.what.base == kind::boolean ? random_.pick({"true", "false"})
                                                                  : std::to_string(random_.between(0, 6));
        feature_request matching = asked;
        std::string const equal = "o." + written(f.name) + " == " + wanted;
        matching.where = asked.where.empty() ? equal : '(' + asked.where + ") && " + equal;
        auto const naive = [asked, matching](question::asker const& ask) -> rule_result {
            auto const all = static_cast<double>(ask(asked).result.as_int());
            if (all == 0) return {value{}, status::unknown};
            return {value::of_double(static_cast<double>(ask(matching).result.as_int()) / all), status::ok};
        };
        return {beginning + ".share(" + literal(f.name) + ", " + wanted + ")", float64_type, history_, naive};
    }

    /// Powers of two by another function: compared with a number that no sum is near.
    question decayed(feature_request asked) {
        auto const fields = fields_that(true, true);
        std::string const beginning = rows(asked);
        asked.half_life = random_.pick({"P1D", "P2W", "P90D", "PT36H", "PT20M"});
        bool const count = fields.empty() || chance(50);
        asked.what = count ? aggregate::decayed_count : aggregate::decayed_sum;
        if (!count) asked.field = random_.one_of(fields).name;
        std::string const field = count ? "" : ", " + literal(asked.field);
        double const limit = count ? 0.8123456789 : 1.9123456789;
        std::string const than = count ? "0.8123456789" : "1.9123456789";
        auto const naive = [asked, limit](question::asker const& ask) -> rule_result {
            auto const a = ask(asked);
            return a.state == status::ok ? yes(a.result.as_double() > limit) : a;
        };
        return {"(" + beginning + ".decayed('" + asked.half_life + "'" + field + ") > " + than + ")", boolean_type,
                history_, naive};
    }

    question sequence(feature_request asked) {
        std::string const beginning = rows(asked);
        asked.what = aggregate::sequence;
        std::string steps;
        for (std::size_t n = 1 + random_.below(3); n > 0; --n) {
            asked.steps.push_back(condition());
            steps += (steps.empty() ? "" : ", ") + asked.steps.back();
        }
        asked.within = random_.pick({"", "P7D", "P1M", "PT5H"});
        std::string const limit = asked.within.empty() ? "" : ", '" + asked.within + "'";
        auto const naive = [asked](question::asker const& ask) {
            return yes(ask(asked).result.as_int() == static_cast<std::int64_t>(asked.steps.size()));
        };
        return {beginning + ".sequence(o, [" + steps + "]" + limit + ")", boolean_type, history_, naive};
    }

    question regularly(feature_request asked) {
        std::string const beginning = rows(asked);
        asked.what = aggregate::active_periods;
        asked.every = random_.pick({"P1D", "P1W", "P1M", "P10D", "PT12H"});
        asked.periods = random_.between(2, 9);
        auto const least = random_.between(1, 2);
        auto const naive = [asked, least](question::asker const& ask) {
            return yes(ask(asked).result.as_int() >= least);
        };
        return {beginning + ".regularly(" + std::to_string(least) + ", '" + asked.every + "', " +
                    std::to_string(asked.periods) + ")",
                boolean_type, history_, naive};
    }

    question by_absence(feature_request asked) {
        std::string const name = written(asked.history);
        std::string const which = where(asked);
        feature_request recent = asked;
        recent.window = random_.pick({"P1D", "P10D", "P30D", "PT36H"});
        if (chance(40)) {
            auto const naive = [asked, recent](question::asker const& ask) {
                return yes(some(ask, asked) && !some(ask, recent));
            };
            return {name + which + ".stopped('" + recent.window + "')", boolean_type, history_, naive};
        }
        if (chance(50)) {
            std::string const limits = ".within('" + recent.window + "')";
            feature_request before = asked; // rows that lie no longer in the window
            before.until = recent.window;
            auto const naive = [before, recent](question::asker const& ask) {
                return yes(some(ask, recent) && !some(ask, before));
            };
            auto const lacks_rows = [recent](question::asker const& ask) { return !some(ask, recent); };
            return {name + (chance(50) ? which + limits : limits + which) + ".first_time()", boolean_type, history_,
                    naive, lacks_rows};
        }
        feature_request silent = asked;
        silent.until = recent.window;
        silent.window = random_.pick({"P40D", "P120D"});
        feature_request before = asked;
        before.until = silent.window;
        auto const naive = [silent, before, recent](question::asker const& ask) {
            return yes(some(ask, recent) && !some(ask, silent) && some(ask, before));
        };
        return {name + which + ".restarted('" + recent.window + "', '" + silent.window + "')", boolean_type, history_,
                naive};
    }

    random_values& random_;
    random_schema const& shop_;
    std::string zone_;
    std::size_t history_ = 0;
};

} // namespace segmenta::test

#endif
