// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_SEGMENTER_RANDOM_PLAN_HPP
#define SEGMENTA_TESTS_SEGMENTER_RANDOM_PLAN_HPP

// Random plans over the shop of shop.hpp, valid by construction: features over windows and conditions, rules, scores,
// bands, maps, look-ups, stages, with and without `applies_to`. Nothing in them needs a fit.

#include "segmenter/shop.hpp"

#include <segmenta/plan/plan_builder.hpp>
#include <segmenta/strategy/bands.hpp>
#include <segmenta/strategy/best_of.hpp>
#include <segmenta/strategy/cell_map.hpp>
#include <segmenta/strategy/lookup.hpp>
#include <segmenta/strategy/quantile_score.hpp>
#include <segmenta/strategy/stages.hpp>
#include <segmenta/strategy/use.hpp>
#include <segmenta/strategy/weighted_score.hpp>

#include <string>
#include <vector>

namespace segmenta::test {

class random_plan {
public:
    random_plan(random_generator& random, std::string zone_name) : random_(random), made_("random"), zone_(std::move(zone_name)) {
        made_.zone(zone_);
    }

    plan make() {
        add_sources();
        add_policies();
        for (int i = 0; i < 9; ++i) add_feature();
        add_stage_features();
        for (int i = 0; i < 3; ++i) add_rule();
        for (int i = 0; i < 3; ++i) add_score();
        for (int i = 0; i < 3; ++i) add_strategy();
        if (chance(0.6)) add_stages();
        for (int i = 0; i < 3; ++i) add_rule();
        add_tags();
        return made_.build();
    }

private:
    bool chance(double p) { return random_bernoulli(random_, p); }
    template <class T>
    T const& pick(std::vector<T> const& from) {
        return from[random_below(random_, from.size())];
    }
    std::string number(std::int64_t low, std::int64_t high) { return std::to_string(random_integer(random_, low, high)); }
    std::string fresh(std::string const& prefix) { return prefix + std::to_string(next_++); }

    column_notes notes() {
        if (!chance(0.2)) return {};
        std::vector<std::string> tests{"age >= 18", "city != 'Lima'", "consent", "registered < as_of_day"};
        for (auto const& t : booleans_) tests.push_back(t);
        for (auto const& w : wholes_) tests.push_back(w + " > 3");
        return {pick(tests), "", ""};
    }

    /// What the host has, as files would have it, so that the plan can say which field names the order of a row.
    void add_sources() {
        auto const field = [](std::string name, type what) {
            field_definition f;
            f.name = std::move(name);
            f.what = what;
            return f;
        };
        source_definition customers;
        customers.name = "customers";
        customers.kind = source_kind::customers;
        customers.customer = "customer_id";
        customers.fields = {field("customer_id", int64_type), field("age", int64_type),      field("city", string_type),
                            field("consent", boolean_type),   field("registered", date_type), field("income", float64_type)};
        source_definition orders;
        orders.name = "orders";
        orders.customer = "customer_id";
        orders.time = "paid_at";
        orders.fields = {field("customer_id", int64_type), field("paid_at", instant_type), field("amount", yuan),
                         field("channel", string_type),    field("order_id", string_type), field("units", int64_type),
                         field("rating", float64_type)};
        if (chance(0.5)) orders.order = "order_id";
        source_definition visits;
        visits.name = "visits";
        visits.customer = "customer_id";
        visits.time = "day";
        visits.fields = {field("customer_id", int64_type), field("day", date_type), field("pages", int64_type)};
        for (auto const& s : {customers, orders, visits}) made_.source(s);
    }

    /// Drops now and then only: those left out test little else.
    void add_policies() {
        std::vector<std::pair<std::string, std::string>> const constants{
            {"age", number(10, 80)}, {"city", "\"Lima\""}, {"city", "\"nowhere\""},
            {"consent", "true"},     {"income", "12.5"},   {"registered", "\"2023-05-06\""}};
        std::vector<std::string> done;
        for (auto const& [attribute, constant] : constants) {
            if (!chance(0.25) || std::find(done.begin(), done.end(), attribute) != done.end()) continue;
            done.push_back(attribute);
            bool const drop = chance(0.2);
            made_.when_missing(attribute, drop ? missing_action::drop : missing_action::constant, drop ? "" : constant);
            if (!drop) booleans_.push_back(imputed_flag(attribute));
        }
    }

    static feature_request request(aggregate what, std::string history, std::string field, std::string window,
                                   std::string where) {
        return {what, std::move(history), std::move(field), std::move(window), std::move(where)};
    }

    void add_feature() {
        auto const& info = aggregates()[random_below(random_, aggregates().size())];
        bool const orders = chance(0.8);
        if (!orders && info.what == aggregate::recency) return;
        std::vector<std::string> const numbers =
            orders ? std::vector<std::string>{"amount", "units", "rating"} : std::vector<std::string>{"pages"};
        std::vector<std::string> any = orders ? std::vector<std::string>{"channel", "order_id", "units", "amount", "rating",
                                                                         "paid_at"}
                                              : std::vector<std::string>{"pages", "day"};
        if (info.what == aggregate::distinct && orders) any.resize(4);
        std::string const field = info.needs_number ? pick(numbers) : info.needs_field ? pick(any) : "";
        std::vector<std::string> const wheres{"", "", "channel == 'web'", "amount > money('10 CNY')",
                                              "units >= 3 || channel == 'app'", "!(rating < 0.0) && units != 2",
                                              "10 / units > 2"};
        feature_request asked = request(info.what, orders ? "orders" : "visits", field, "",
                                        orders ? pick(wheres) : chance(0.3) ? "pages > 2" : "");
        add_limits(asked);
        add_own_keys(asked);
        std::string const name = fresh("f");
        made_.feature(name, asked, notes());
        bool const text = field == "channel" || field == "order_id";
        type const field_type = field == "amount"    ? yuan
                                : field == "rating"  ? float64_type
                                : field == "paid_at" ? instant_type
                                : field == "day"     ? date_type
                                : text               ? string_type
                                                     : int64_type;
        type const what = result_type(info.what, field_type);
        if (what == category_type) texts_.push_back(name);
        if (what == int64_type) wholes_.push_back(name);
        if (what == int64_type || what == float64_type || what == yuan) numbers_.push_back(name);
        if (what == float64_type) reals_.push_back(name);
        if (what == yuan) amounts_.push_back(name);
    }

    void add_limits(feature_request& asked) {
        std::vector<std::string> const windows{"", "", "P1D", "P7D", "P30D", "P2M", "P1Y", "PT36H", "PT6H"};
        asked.window = pick(windows);
        bool const short_one = asked.window == "P1D" || asked.window == "PT6H";
        if (chance(0.3) && !short_one)
            asked.until = asked.window == "PT36H" ? "PT6H" : pick(std::vector<std::string>{"P1D", "P3D", "PT6H", "PT1H"});
        if (chance(0.15)) asked.from = pick(std::vector<std::string>{"2023-10-29", "2024-01-15", "2024-03-10T12:30:00Z"});
        if (chance(0.15))
            asked.to = pick(std::vector<std::string>{"2024-03-31", "2024-04-20", "2024-04-01T00:30:00+01:00"});
        auto const& names = calendar_periods();
        if (chance(0.2)) asked.calendar = std::string(names[random_below(random_, names.size())]);
    }

    void add_own_keys(feature_request& asked) {
        bool const orders = asked.history == "orders";
        if (asked.what == aggregate::decayed_sum || asked.what == aggregate::decayed_count)
            asked.half_life = pick(std::vector<std::string>{"P1D", "P2W", "P90D", "PT36H", "PT20M"});
        if (asked.what == aggregate::active_periods) {
            asked.every = pick(std::vector<std::string>{"P1D", "P1W", "P1M", "P10D", "PT12H"});
            asked.periods = random_integer(random_, 1, 14);
        }
        if (asked.what != aggregate::sequence) return;
        std::vector<std::string> const steps =
            orders ? std::vector<std::string>{"channel == 'web'", "channel == 'app'", "units >= 2", "rating > 1.0", "true"}
                   : std::vector<std::string>{"pages > 3", "pages < 5", "true"};
        for (std::int64_t n = random_integer(random_, 1, 4); n > 0; --n) asked.steps.push_back(pick(steps));
        asked.within = pick(std::vector<std::string>{"", "P7D", "P1M", "PT5H"});
    }

    void add_stage_features() {
        made_.feature("last", request(aggregate::last_day, "orders", "", "", ""));
        made_.feature("first", request(aggregate::first_day, "orders", "", "", ""));
        made_.feature("previous", request(aggregate::previous_day, "orders", "", "", ""));
        made_.feature("count", request(aggregate::orders, "orders", "", "", ""));
        made_.feature("silence", request(aggregate::recency_days, "orders", "", "", chance(0.3) ? "units > 1" : ""));
        made_.feature("gaps", request(aggregate::gap_count, "orders", "", "", ""));
        made_.feature("gap_sum", request(aggregate::gap_sum_days, "orders", "", "", ""));
        made_.feature("recent", request(aggregate::orders, "orders", "", "P90D", ""));
        for (auto const* name : {"count", "silence", "gaps", "recent"}) {
            wholes_.emplace_back(name);
            numbers_.emplace_back(name);
        }
    }

    void add_rule() {
        std::vector<std::string> tests{"age >= 18 || city == 'Paris'", "!consent", "as_of_day > registered",
                                       "has(customer.age) ? age > 30 : consent", "city in ['Paris', 'Lima']",
                                       "silence > " + number(0, 60), "silence == " + number(0, 60),
                                       "100 / count > 20"};
        for (auto const& n : wholes_) tests.push_back(n + " >= " + number(0, 8));
        for (auto const& n : reals_) tests.push_back(n + " < " + number(-3, 20) + ".5");
        for (auto const& n : amounts_) tests.push_back(n + " >= money('" + number(0, 300) + " CNY')");
        for (auto const& s : segments_) tests.push_back(s.first + " == '" + s.second + "'");
        for (auto const& b : booleans_) tests.push_back(b);
        std::string text = pick(tests);
        bool const more = chance(0.6);
        if (more) text = "(" + text + (chance(0.5) ? ") && (" : ") || (") + pick(tests) + ")";
        if (chance(0.2)) text = "!(" + text + ")";
        std::string const name = fresh("b");
        made_.rule(name, text, notes());
        booleans_.push_back(name);
        if (chance(0.3)) {
            std::vector<std::string> const sums{pick(wholes_) + " + " + pick(wholes_), "100 / " + pick(wholes_),
                                                pick(wholes_) + " * " + number(-2, 5)};
            std::string const whole = fresh("n");
            made_.rule(whole, pick(sums), notes());
            wholes_.push_back(whole);
            numbers_.push_back(whole);
        }
        if (chance(0.3)) {
            std::vector<std::string> const texts{"city", "city + '!'", "consent ? city : 'nobody'"};
            std::string const made = fresh("t");
            made_.rule(made, pick(texts), notes());
            texts_.push_back(made);
        }
    }

    void add(std::string const& name, strategy_use const& use) {
        made_.strategy(name, strategy_definition{use.kind, name, use.reads, use.parameters}, notes());
    }

    void add_score() {
        quantile_score_options o;
        std::string const name = fresh("s");
        o.id = name;
        o.reads = pick(numbers_);
        o.method = cut_method::fixed;
        o.cuts = {static_cast<double>(random_integer(random_, 0, 3)), static_cast<double>(random_integer(random_, 4, 20))};
        o.direction = chance(0.5) ? score_direction::ascending : score_direction::descending;
        add(name, use_of(o));
        scores_.push_back(name);
        wholes_.push_back(name);
        numbers_.push_back(name);
    }

    void add_strategy() {
        std::string const name = fresh("g");
        switch (random_below(random_, 5)) {
        case 0: {
            bands_options o;
            o.id = name;
            o.reads = chance(0.4) ? "silence" : pick(numbers_);
            o.bands = {{"low", chance(0.5) ? std::optional<double>(-5) : std::nullopt, 2},
                       {"middle", 2, 14},
                       {"high", 14, chance(0.5) ? std::optional<double>(120) : std::nullopt}};
            if (chance(0.5)) o.outside = "outside";
            add(name, use_of(o));
            segments_.emplace_back(name, "middle");
            break;
        }
        case 1: {
            cell_map_options o;
            o.id = name;
            o.reads = {pick(scores_), pick(scores_)};
            o.levels = {3, 3};
            o.segments = {{"best", {{{3, 3}, {2, 3}}}}, {"good", {{{2, 3}, {1, 3}}}}};
            o.order = map_order::listed;
            o.fallback = "rest";
            add(name, use_of(o));
            segments_.emplace_back(name, "rest");
            break;
        }
        case 2: {
            weighted_score_options o;
            o.id = name;
            o.reads = {pick(numbers_), pick(numbers_)};
            o.weights = {0.25, -1.5};
            add(name, use_of(o));
            numbers_.push_back(name);
            reals_.push_back(name);
            break;
        }
        case 3: {
            best_of_options o;
            o.id = name;
            o.reads = {pick(numbers_), pick(numbers_), "income"};
            o.segments = {"a", "b", "c"};
            add(name, use_of(o));
            segments_.emplace_back(name, "a");
            break;
        }
        default: {
            lookup_options o;
            o.id = name;
            o.reads = texts_.empty() || chance(0.5) ? "city" : pick(texts_);
            o.entries = {{"europe", {"Paris", "London", "London!"}}, {"asia", {"\xE4\xB8\x8A\xE6\xB5\xB7"}}};
            if (chance(0.5)) o.fallback = "other";
            add(name, use_of(o));
            segments_.emplace_back(name, "europe");
        }
        }
    }

    /// A question to a history inside a rule.
    std::string question() {
        std::vector<std::string> const windows{"", ".within('P30D')", ".within('P7D')", ".within('PT36H')",
                                               ".between('P60D', 'P7D')", ".between('2023-10-20', '2024-01-15')",
                                               ".last_month()", ".this_week()"};
        std::vector<std::string> const wheres{"", "", ".where(o, o.channel == 'web')", ".where(o, o.units > 1 || o.rating < 0.5)"};
        std::string const rows = "orders" + pick(windows) + pick(wheres);
        std::vector<std::string> const asked{rows + ".count() >= " + number(0, 4),
                                             rows + ".rows() == " + number(0, 3),
                                             rows + ".sum('amount') > money('" + number(-50, 300) + " CNY')",
                                             rows + ".avg('units') < " + number(0, 5) + ".5",
                                             rows + ".max('rating') >= " + number(0, 4) + ".0",
                                             rows + ".distinct('channel') > " + number(0, 3),
                                             rows + ".days() <= " + number(0, 5),
                                             rows + ".share('channel', 'app') > 0.3",
                                             "orders" + pick(wheres) + ".within('P" + number(1, 60) + "D').first_time()",
                                             "orders" + pick(wheres) + ".stopped('P" + number(1, 60) + "D')",
                                             "visits.restarted('P10D', 'P" + number(11, 60) + "D')",
                                             "visits.last_day() >= registered",
                                             rows + ".median('units') > 1.5",
                                             rows + ".last('channel') == 'web'",
                                             rows + ".most_frequent('channel') != 'app'",
                                             rows + ".first('units') >= " + number(0, 4),
                                             rows + ".decayed('P14D') > 0.8",
                                             rows + ".decayed('P3D', 'units') < 2.5",
                                             "orders.sequence(o, [o.channel == 'web', o.units > 1], 'P20D')",
                                             "orders" + pick(wheres) + ".regularly(2, 'P1W', 5)"};
        return pick(asked);
    }

    tag_definition a_tag(std::string name) {
        tag_definition tag;
        tag.name = std::move(name);
        tag.rule = question();
        if (chance(0.5)) tag.rule = "(" + tag.rule + ")" + (chance(0.5) ? " && " : " || ") + "(" + question() + ")";
        if (chance(0.3)) tag.rule = "!(" + tag.rule + ") && " + pick(booleans_);
        if (chance(0.2)) tag.applies_to = notes().applies_to;
        tag.meanings = {{"en", "random"}};
        return tag;
    }

    void add_tags() {
        for (int i = 0; i < 3; ++i) made_.tag(a_tag(fresh("tag")));
        taxonomy_node tier{"tier", {}, dimension_kind::exclusive, {"gold", "silver", "bronze"}, "none", "tier_unknown", {}};
        for (auto const& name : tier.order) {
            auto tag = a_tag(name);
            tag.in = "value/tier";
            made_.tag(std::move(tag));
        }
        if (chance(0.5)) tier.otherwise.clear();
        tag_definition by_tag = a_tag(fresh("tag"));
        by_tag.rule = "tag.gold || (" + by_tag.rule + ")";
        made_.tag(std::move(by_tag));
        made_.taxonomy({{"value", {}, dimension_kind::none, {}, "", "", {tier}}});
    }

    void add_stages() {
        stages_options o;
        o.id = "stage";
        o.active_days = static_cast<std::int32_t>(random_integer(random_, 3, 20));
        o.silent_days = o.active_days + static_cast<std::int32_t>(random_integer(random_, 1, 30));
        if (chance(0.5)) o.dead_days = o.silent_days + 20;
        o.new_days = static_cast<std::int32_t>(random_integer(random_, 2, 15));
        o.reactivated_days = static_cast<std::int32_t>(random_integer(random_, 2, 15));
        bool const collapse = chance(0.4);
        if (collapse) o.drop = chance(0.5) ? frequency_drop::own_stage : frequency_drop::as_lost;
        bool const registered = chance(0.4);
        if (registered) o.new_means = new_customer::newly_registered;
        for (auto const& input : stage_inputs(o)) {
            if (input == "as_of_day") o.reads.push_back("as_of_day");
            else if (input == "order_count") o.reads.push_back("count");
            else if (input == "last_order_day") o.reads.push_back("last");
            else if (input == "first_order_day") o.reads.push_back("first");
            else if (input == "previous_order_day") o.reads.push_back("previous");
            else if (input == "registered_day") o.reads.push_back("registered");
            else if (input == "recent_order_count") o.reads.push_back("recent");
            else if (input == "gap_count") o.reads.push_back("gaps");
            else o.reads.push_back("gap_sum");
        }
        add("stage", use_of(o));
        segments_.emplace_back("stage", "lost");
    }

    random_generator& random_;
    plan_builder made_;
    std::string zone_;
    int next_ = 0;
    std::vector<std::string> wholes_, numbers_, reals_, amounts_, booleans_, texts_, scores_;
    std::vector<std::pair<std::string, std::string>> segments_;
};

} // namespace segmenta::test

#endif
