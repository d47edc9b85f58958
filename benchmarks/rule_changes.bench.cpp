// SPDX-License-Identifier: Apache-2.0
// A thousand and ten thousand rules of workload CSW-1 (support/customer_rules.hpp) as they are used between whole
// matches: one value of a customer changes; a rule is added or removed; does a rule hold, asked of what is kept; one
// rule alone; and rules that also ask for elements of a set, beginnings of a text, or nest deeply, beside the same
// rules without that. Every answer is compared with a whole match, or with one evaluation per rule, before a time is
// reported.
//
// Times are of the thread on a processor, medians over passes, in nanoseconds. `changes`: `crossed`, an update that
// made rules enter or leave; `same`, one whose value crossed no threshold; `whole`, a match. `live`: `add`, `remove`.
// `holds`: the membership test. `alone`: one rule through program::evaluate, of any customers, of those it holds for,
// and of customers of whom a tenth of the values is missing. `shapes`: `bitmap`, and `x_plain`, how many times as long
// as the plain rules in turn. `windows`: the same where half of the rules also ask a history, over values of these
// questions; beside it `features`, the time of the questions for a customer with a prepared history (30 of them, about
// 60 orders), and `tags`, that of all tags of the plan through `segmenter::match_tags`, questions and all.

#include "support/customer_rules.hpp"

#include <segmenta/base/random.hpp>
#include <segmenta/plan/plan_builder.hpp>
#include <segmenta/record/customer_record.hpp>
#include <segmenta/rule/program.hpp>
#include <segmenta/segmenter/segmenter.hpp>
#include <segmenta/tag/live_rule_index.hpp>
#include <segmenta/tag/rule_matches.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace segmenta;
using namespace segmenta::bench;

double now() {
    timespec t{};
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) * 1e9 + static_cast<double>(t.tv_nsec);
}

template <class Run>
double nanoseconds(std::size_t each, Run&& run) {
    double const begin = now();
    run();
    return (now() - begin) / static_cast<double>(each);
}

double median(std::vector<double>& of) {
    if (of.empty()) return 0;
    auto const middle = of.begin() + static_cast<std::ptrdiff_t>(of.size() / 2);
    std::nth_element(of.begin(), middle, of.end());
    return *middle;
}

[[noreturn]] void differ(std::string_view what) {
    std::fprintf(stderr, "the answers differ: %.*s\n", static_cast<int>(what.size()), what.data());
    std::exit(1);
}

std::vector<expression> expressions_of(std::vector<customer_rule> const& rules) {
    std::vector<expression> out;
    for (auto const& rule : rules)
        out.push_back(parse_expression(rule.text));
    return out;
}

// Changes of one attribute each, of so many customers in turn that rows and matches are not all in the nearest cache.
void changes(benchmark::State& state, std::size_t rule_count) {
    constexpr std::size_t customers = 32;
    customer_rules const shop;
    rule_index const index = build_rule_index(expressions_of(shop.make(rule_mode::pooled, rule_count)), shop.names());
    struct change {
        std::uint32_t customer;
        std::uint32_t variable;
        value before;
        value after;
    };
    std::vector<std::vector<value>> rows;
    std::vector<rule_matches> kept(customers);
    rule_index_scratch scratch;
    bitmap entered;
    bitmap left;
    bitmap whole;
    for (std::uint32_t c = 0; c < customers; ++c) {
        rows.push_back(shop.values_of(shop.customer(c, 0)));
        (void)index.start(rows[c], kept[c], scratch);
    }
    std::vector<change> crossing;
    std::vector<change> same;
    for (std::uint32_t i = 0; crossing.size() < 256 || same.size() < 256; ++i) {
        std::uint32_t const c = i % customers;
        auto const v = static_cast<std::uint32_t>(i / customers % attribute_count);
        value const after = shop.values_of(shop.customer(1'000 + i, 0))[v];
        value const before = rows[c][v];
        bitmap const old = [&] {
            bitmap b;
            (void)index.match(rows[c], b, scratch);
            return b;
        }();
        rows[c][v] = after;
        auto const made = index.update(rows[c], std::array{v}, kept[c], entered, left, scratch);
        (void)index.match(rows[c], whole, scratch);
        if (made.changed != (whole != old)) differ("changed or not");
        for (std::size_t r = 0; made.changed && r < index.size(); ++r)
            if (entered.test(r) != (whole.test(r) && !old.test(r)) || left.test(r) != (old.test(r) && !whole.test(r)))
                differ("entered and left");
        auto& to = made.changed ? crossing : same;
        if (to.size() < 256) to.push_back({c, v, before, after});
        rows[c][v] = before;
        (void)index.update(rows[c], std::array{v}, kept[c], entered, left, scratch);
    }
    auto const there_and_back = [&](std::vector<change> const& of) {
        for (change const& one : of)
            for (value const& v : {one.after, one.before}) {
                rows[one.customer][one.variable] = v;
                auto const made = index.update(rows[one.customer], std::array{one.variable}, kept[one.customer],
                                               entered, left, scratch);
                benchmark::DoNotOptimize(made);
            }
    };
    std::vector<std::size_t> asked;
    for (std::size_t i = 0; i < 4'096; ++i)
        asked.push_back(i * 7'919 % rule_count);
    std::vector<double> times[4];
    std::size_t held = 0;
    for ([[maybe_unused]] auto _ : state) {
        times[0].push_back(nanoseconds(512, [&] { there_and_back(crossing); }));
        times[1].push_back(nanoseconds(512, [&] { there_and_back(same); }));
        times[2].push_back(nanoseconds(customers, [&] {
            for (auto const& row : rows)
                (void)index.match(row, whole, scratch);
        }));
        times[3].push_back(nanoseconds(asked.size(), [&] {
            for (std::size_t i = 0; i < asked.size(); ++i)
                held += kept[i % customers].holds(asked[i]) ? 1 : 0;
        }));
        benchmark::DoNotOptimize(held);
    }
    char const* const names[] = {"crossed", "same", "whole", "holds"};
    for (std::size_t i = 0; i < 4; ++i)
        state.counters[names[i]] = median(times[i]);
    state.counters["bytes"] = static_cast<double>(kept[0].memory_bytes());
}

void live(benchmark::State& state, std::size_t rule_count) {
    customer_rules const shop;
    auto rules = shop.make(rule_mode::pooled, rule_count + 64);
    auto const expressions = expressions_of(rules);
    live_rule_index of(std::vector(expressions.begin(), expressions.begin() + static_cast<std::ptrdiff_t>(rule_count)),
                       shop.names());
    auto const whole = build_rule_index(expressions, shop.names());
    std::vector<double> adds;
    std::vector<double> removes;
    rule_index_scratch scratch;
    bitmap a;
    bitmap b;
    for ([[maybe_unused]] auto _ : state) {
        state.PauseTiming();
        of.rebuild();
        state.ResumeTiming();
        std::vector<std::uint32_t> numbers;
        for (std::size_t i = 0; i < 60; ++i)
            adds.push_back(nanoseconds(1, [&] { numbers.push_back(of.add(expressions[rule_count + i])); }));
        rule_index const now_is = of.current();
        for (std::uint32_t c = 0; c < 8; ++c) {
            auto const row = shop.values_of(shop.customer(c, 0));
            (void)now_is.match(row, a, scratch);
            (void)whole.match(row, b, scratch);
            for (std::size_t i = 0; i < 60; ++i)
                if (a.test(now_is.position(numbers[i])) != b.test(whole.position(rule_count + i))) differ("added rule");
        }
        for (std::uint32_t const number : numbers)
            removes.push_back(nanoseconds(1, [&] { (void)of.remove(number); }));
    }
    state.counters["add"] = median(adds);
    state.counters["remove"] = median(removes);
}

// The rule of limits that people write most, and the same by hand.
constexpr std::string_view one_rule =
    "age >= 25 && age < 35 && (city == 'city_0' || city == 'city_3') && orders_90d >= 3 && "
    "spend_90d > 20000 && !opted_out";

bool one_rule_holds(std::vector<value> const& row) {
    constexpr std::size_t age = 0, orders = 4, spend = 11, city = 16, opted_out = 22;
    for (std::size_t const at : {age, orders, spend, city, opted_out})
        if (row[at].missing()) return false; // enough for a rule that is one AND
    return row[age].as_int() >= 25 && row[age].as_int() < 35 &&
           (row[city].as_string() == "city_0" || row[city].as_string() == "city_3") && row[orders].as_int() >= 3 &&
           row[spend].as_int() > 20'000 && !row[opted_out].as_bool();
}

// Which customers the rule is asked about: some hundred, in another order each time, so that the predictor of jumps
// cannot learn them. Their rows are in the cache of the core (but not in the nearest), as they are where a request just
// made one.
enum class asked : std::uint8_t { any, holding, missing };
constexpr std::string_view asked_names[] = {"any", "holding", "missing"};

void alone(benchmark::State& state, asked whom) {
    constexpr std::size_t customers = 256;
    constexpr std::size_t asks = 4'096; // so many that the clock costs nothing
    customer_rules const shop;
    program const rule = compile_rule(one_rule, shop.names(), boolean_type);
    std::vector<std::vector<value>> rows;
    for (std::uint32_t c = 0; rows.size() < customers; ++c) {
        auto row = shop.values_of(shop.customer(c, whom == asked::missing ? 10 : 0));
        if (whom != asked::holding || one_rule_holds(row)) rows.push_back(std::move(row));
    }
    rule_scratch scratch;
    for (auto const& row : rows) {
        auto const answer = rule.evaluate(std::span<value const>(row), scratch);
        if ((answer.state == status::ok && answer.result.as_bool()) != one_rule_holds(row)) differ(one_rule);
    }
    std::vector<std::span<value const>> order;
    while (order.size() < asks)
        order.insert(order.end(), rows.begin(), rows.end());
    std::mt19937 random(1);
    std::size_t held = 0;
    std::vector<double> times;
    for ([[maybe_unused]] auto _ : state) {
        state.PauseTiming();
        std::shuffle(order.begin(), order.end(), random);
        state.ResumeTiming();
        times.push_back(nanoseconds(asks, [&] {
            for (auto const& row : order)
                held += rule.evaluate(row, scratch).result.as_bool() ? 1 : 0;
        }));
        benchmark::DoNotOptimize(held);
    }
    state.counters["alone"] = median(times);
}

enum class shape : std::uint8_t { plain, missing, sets, beginnings, nested };
constexpr std::string_view shape_names[] = {"plain", "missing", "sets", "beginnings", "nested"};

struct shaped {
    environment names;
    std::vector<expression> rules;
    std::vector<std::string> texts;
    std::vector<std::vector<std::string_view>> bought; // by customer
    std::vector<std::vector<value>> rows;
};

shaped make_shaped(shape of, std::size_t rule_count) {
    constexpr std::size_t customers = 64;
    static customer_rules const shop;
    shaped out;
    out.names = shop.names();
    out.names.variable("bought", category_set_type);
    out.names.variable("product", string_type);
    for (int i = 0; i < 200; ++i)
        out.texts.push_back((i < 40 ? "category_" : "brand_") + std::to_string(i % 7) + "/" + std::to_string(i));
    auto const plain = shop.make(rule_mode::pooled, rule_count * 2);
    for (std::size_t i = 0; i < rule_count; ++i) {
        std::string text = plain[i].text;
        std::string const element = "'" + out.texts[i * 7 % 40] + "' in bought";
        std::string const beginning = "product.startsWith('" + out.texts[40 + i % 160].substr(0, 8 + i % 4) + "')";
        if (of == shape::sets && i % 2 == 0) text += i % 6 == 0 ? " && !(" + element + ")" : " && " + element;
        if (of == shape::beginnings && i % 2 == 0) text += i % 6 == 0 ? " && !" + beginning : " && " + beginning;
        if (of == shape::nested && i % 4 == 0) text = "(" + text + ") || !(" + plain[rule_count + i].text + ")";
        out.rules.push_back(parse_expression(text));
    }
    out.bought.resize(customers);
    for (std::uint32_t c = 0; c < customers; ++c) {
        out.rows.push_back(shop.values_of(shop.customer(c, of == shape::missing ? 10 : 0)));
        for (std::uint32_t i = 0; i < c % 31; ++i)
            out.bought[c].push_back(out.texts[(c * 11 + i * 13) % 60]);
        out.rows[c].push_back(value::of_set(std::span<std::string_view const>(out.bought[c])));
        out.rows[c].push_back(value::of_string(out.texts[c * 29 % 200]));
    }
    return out;
}

void compare(shaped const& of, rule_index const& index) {
    rule_index_scratch scratch;
    rule_scratch programs;
    bitmap out;
    issue_list issues;
    for (std::size_t r = 0; r < of.rules.size(); r += 3) {
        auto const rule = compile_rule(of.rules[r], of.names, issues, {}, boolean_type);
        for (std::size_t c = 0; c < of.rows.size(); c += 5) {
            (void)index.match(of.rows[c], out, scratch);
            std::span<value const> const row = of.rows[c];
            auto const answer = rule->evaluate(row_source(row), programs);
            if (out.test(index.position(r)) != (answer.state == status::ok && answer.result.as_bool()))
                differ(of.rules[r].text());
        }
    }
}

void shapes(benchmark::State& state, shape wanted, std::size_t rule_count) {
    shaped const all[] = {make_shaped(shape::plain, rule_count), make_shaped(wanted, rule_count)};
    rule_index const indexes[] = {build_rule_index(all[0].rules, all[0].names),
                                  build_rule_index(all[1].rules, all[1].names)};
    compare(all[1], indexes[1]);
    rule_index_scratch scratch;
    bitmap out;
    std::vector<double> times[2];
    for ([[maybe_unused]] auto _ : state)
        for (std::size_t i = 0; i < 2; ++i)
            times[i].push_back(nanoseconds(all[i].rows.size(), [&] {
                for (auto const& row : all[i].rows)
                    (void)indexes[i].match(row, out, scratch);
            }));
    double const plain = median(times[0]);
    state.counters["bitmap"] = median(times[1]);
    state.counters["x_plain"] = median(times[1]) / plain;
    state.counters["residual"] = static_cast<double>(indexes[1].residual_rules());
    state.counters["table_MB"] = static_cast<double>(indexes[1].table_bytes()) / 1e6;
}

// What marketers ask a history: a question, and the type of its answer.
struct window_question {
    std::string text;
    type what;
};
std::vector<window_question> window_questions() {
    type const yuan = money_type(currency("CNY"), 2);
    std::vector<window_question> out;
    for (auto const* const period : {"P7D", "P30D", "P90D", "P180D", "P365D"}) {
        std::string const rows = std::string("orders.within('") + period + "')";
        out.push_back({rows + ".count()", int64_type});
        out.push_back({rows + ".sum('amount')", yuan});
        out.push_back({rows + ".days()", int64_type});
        out.push_back({rows + ".max('amount')", yuan});
        out.push_back({rows + ".avg('amount')", float64_type});
        out.push_back({rows + ".where(o, o.category == 'beauty').count()", int64_type});
    }
    return out;
}

std::string window_condition(window_question const& of, std::string const& name, std::size_t number) {
    std::string const bound = std::to_string(1 + number % 16);
    if (of.what == int64_type) return name + (number % 5 == 0 ? " < " : " >= ") + bound;
    if (of.what == float64_type) return name + " > " + bound + "5.5";
    return name + " >= money('" + bound + "00 CNY')";
}

// Rules with questions as a plan has them (its tags), and with names in their place, over values of these.
class windowed {
public:
    explicit windowed(std::size_t rule_count) : questions(window_questions()), names(shop.names()) {
        plan_builder made("windows");
        made.zone("Asia/Shanghai");
        for (std::size_t q = 0; q < questions.size(); ++q) {
            names.variable("question_" + std::to_string(q), questions[q].what);
            made.rule("question_" + std::to_string(q), questions[q].text);
        }
        auto const plain = shop.make(rule_mode::pooled, rule_count);
        for (std::size_t i = 0; i < rule_count; ++i) {
            std::size_t const q = i * 7 % questions.size();
            std::string const more =
                i % 2 == 0 ? window_condition(questions[q], "question_" + std::to_string(q), i) : "";
            std::string const asked = i % 2 == 0 ? window_condition(questions[q], questions[q].text, i) : "";
            plain_rules.push_back(parse_expression(plain[i].text));
            rules.push_back(parse_expression(plain[i].text + (more.empty() ? "" : " && " + more)));
            tag_definition tag;
            tag.name = "tag_" + std::to_string(i);
            tag.rule = plain[i].text + (asked.empty() ? "" : " && " + asked);
            tag.meanings = {{"en", "a rule of the workload"}};
            made.tag(std::move(tag));
        }
        schema const what = schema_of_shop();
        seg.emplace(compile(made.build(), what));
        record_layout const layout(what, zone::parse("Asia/Shanghai"));
        for (std::uint32_t c = 0; c < 64; ++c)
            add_customer(layout, c);
    }

    customer_rules shop;
    std::vector<window_question> questions;
    environment names;
    std::vector<expression> plain_rules;
    std::vector<expression> rules;
    std::optional<segmenter> seg;
    std::vector<customer_record> customers;
    std::vector<std::vector<value>> plain_rows;
    instant as_of{1'719'800'000'000'000};

private:
    [[nodiscard]] schema schema_of_shop() const {
        schema out;
        for (std::size_t a = 0; a < attribute_count; ++a)
            out.attribute(std::string(shop.names().name(a)), shop.names().what(a));
        history_schema orders{"orders", "paid_at", {}};
        orders.fields = {{"paid_at", instant_type, {}, {}},
                         {"amount", money_type(currency("CNY"), 2), {}, {}},
                         {"category", category_type, {}, {}}};
        out.history(orders);
        return out;
    }
    void add_customer(record_layout const& layout, std::uint32_t number) {
        static char const* const categories[] = {"beauty", "food", "home", "sport"};
        customer_record& made = customers.emplace_back(layout);
        plain_rows.push_back(shop.values_of(shop.customer(number, 0)));
        for (std::size_t a = 0; a < attribute_count; ++a)
            (void)made.set(a, plain_rows.back()[a]);
        random_generator random(number);
        for (std::size_t i = 30 + random_below(random, 60); i > 0; --i) {
            value const row[] = {value::of_instant(as_of - duration::hours(random_integer(random, 1, 24 * 400))),
                                 value::of_decimal(money_type(currency("CNY"), 2), random_integer(random, 500, 60'000)),
                                 value::of_string(categories[random_below(random, 4)])};
            (void)made.insert("orders", row);
        }
    }
};

void windows(benchmark::State& state, std::size_t rule_count) {
    windowed const of(rule_count);
    rule_index const plain = build_rule_index(of.plain_rules, of.shop.names());
    rule_index const index = build_rule_index(of.rules, of.names);
    std::vector<output_handle> asked;
    for (std::size_t q = 0; q < of.questions.size(); ++q)
        asked.push_back(of.seg->output("question_" + std::to_string(q)));
    classification answers = of.seg->make_classification();
    tag_matches tags = of.seg->make_tag_matches();
    auto const features = [&](customer_record const& who) {
        of.seg->classify(who.view(), {.as_of = of.as_of, .outputs = asked}, answers);
    };
    auto const match_tags = [&](customer_record const& who) {
        of.seg->match_tags(who.view(), {.as_of = of.as_of}, tags);
    };

    std::vector<std::vector<value>> rows = of.plain_rows;
    rule_index_scratch scratch;
    bitmap out;
    std::size_t held = 0;
    for (std::size_t c = 0; c < rows.size(); ++c) {
        features(of.customers[c]);
        for (auto const& question : asked)
            rows[c].push_back(answers[question].result);
        (void)index.match(rows[c], out, scratch);
        match_tags(of.customers[c]);
        if (tags.count() != out.count()) differ("tags and rules");
        for (std::size_t r = 0; r < index.size(); ++r)
            if (tags.holds(r) != out.test(index.position(r))) differ(of.rules[r].text());
        held += out.count();
    }
    if (held == 0) differ("no rule holds for anybody");
    std::vector<double> times[4];
    for ([[maybe_unused]] auto _ : state) {
        times[0].push_back(nanoseconds(rows.size(), [&] {
            for (auto const& row : of.plain_rows)
                (void)plain.match(row, out, scratch);
        }));
        times[1].push_back(nanoseconds(rows.size(), [&] {
            for (auto const& row : rows)
                (void)index.match(row, out, scratch);
        }));
        times[2].push_back(nanoseconds(rows.size(), [&] {
            for (auto const& who : of.customers)
                features(who);
        }));
        times[3].push_back(nanoseconds(rows.size(), [&] {
            for (auto const& who : of.customers)
                match_tags(who);
        }));
    }
    double const alone = median(times[0]);
    state.counters["bitmap"] = median(times[1]);
    state.counters["x_plain"] = median(times[1]) / alone;
    state.counters["features"] = median(times[2]);
    state.counters["tags"] = median(times[3]);
    state.counters["residual"] = static_cast<double>(index.residual_rules());
}

} // namespace

int main(int argc, char** argv) {
    using benchmark::RegisterBenchmark;
    for (std::size_t const rules : {std::size_t{1'000}, std::size_t{10'000}}) {
        auto const name = [rules](std::string const& of) { return of + '/' + std::to_string(rules); };
        RegisterBenchmark(name("changes").c_str(), [rules](benchmark::State& state) { changes(state, rules); });
        for (shape const of : {shape::missing, shape::sets, shape::beginnings, shape::nested})
            RegisterBenchmark(name("shapes/" + std::string(shape_names[static_cast<std::size_t>(of)])).c_str(),
                              [of, rules](benchmark::State& state) { shapes(state, of, rules); });
        RegisterBenchmark(name("windows").c_str(), [rules](benchmark::State& state) { windows(state, rules); });
    }
    RegisterBenchmark("live/10000", [](benchmark::State& state) { live(state, 10'000); })->Iterations(3);
    for (asked const whom : {asked::any, asked::holding, asked::missing})
        RegisterBenchmark(("alone/" + std::string(asked_names[static_cast<std::size_t>(whom)])).c_str(),
                          [whom](benchmark::State& state) { alone(state, whom); });
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
