// SPDX-License-Identifier: Apache-2.0
// Which of thousands of rules hold for one customer? Workload CSW-1 (support/customer_rules.hpp) through the rule
// index: to a bitmap, and on to a list of rules; beside it, in the same run and in turn, the plain way: the code of
// each rule with jumps that leave it as soon as it is decided, over numbers and codes made beforehand. The texts of the
// index's rows know their codes in a pool as well; `strings` is the time when they do not. Before a time is reported,
// all ways answer for all customers alike, and rule by rule evaluation for some.
//
// Counters, all medians over passes, per customer: `bitmap`, `strings` and `list` (of the index), `plain`, in
// nanoseconds; `x_bitmap` and `x_list`, how many times slower the plain way is; `plain_rule`, its nanoseconds per rule.

#include "support/customer_rules.hpp"

#include <segmenta/rule/program.hpp>
#include <segmenta/tag/rule_index.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace segmenta;
using namespace segmenta::bench;

constexpr std::size_t customers = 128;

// The plain way: one step per leaf, and where to go on when it holds and when it does not.
class plain_rules {
public:
    explicit plain_rules(std::vector<customer_rule> const& rules) {
        for (customer_rule const& rule : rules) {
            starts_.push_back(static_cast<std::uint32_t>(steps_.size()));
            for (std::size_t c = 0; c < rule.clauses.size(); ++c)
                add_clause(rule.clauses[c], c + 1 == rule.clauses.size());
        }
    }

    // The bit of each rule at `places[rule]`.
    void match(customer_codes const& row, std::vector<std::uint64_t>& out) const {
        std::uint64_t word = 0;
        for (std::size_t r = 0; r < starts_.size(); ++r) {
            std::uint32_t at = starts_[r];
            do {
                step const& here = steps_[at];
                std::int64_t const v = row[here.attribute];
                std::uint64_t const set = here.bound >> (v & 63) & 1U;
                bool const inside = static_cast<std::uint64_t>(v) - static_cast<std::uint64_t>(here.low) <= here.bound;
                at = here.next[here.is_set ? set : static_cast<std::uint64_t>(inside)];
            } while (at < no);
            word |= std::uint64_t{at == yes} << r % 64;
            if (r % 64 == 63 || r + 1 == starts_.size()) {
                out[r / 64] = word;
                word = 0;
            }
        }
    }

private:
    static constexpr std::uint32_t no = 0xFFFF'FFFEU;
    static constexpr std::uint32_t yes = 0xFFFF'FFFFU;
    struct step {
        std::int64_t low;
        std::uint64_t bound; // width of the range, or the set
        std::uint32_t attribute;
        bool is_set;
        std::uint32_t next[2];
    };

    void add_clause(rule_clause const& clause, bool last_clause) {
        auto const end = static_cast<std::uint32_t>(steps_.size() + clause.size());
        for (std::size_t i = 0; i < clause.size(); ++i) {
            rule_leaf const& leaf = clause[i];
            bool const last = i + 1 == clause.size();
            auto const following = static_cast<std::uint32_t>(steps_.size() + 1);
            std::uint64_t const width = static_cast<std::uint64_t>(leaf.high) - static_cast<std::uint64_t>(leaf.low);
            // Nothing lies between bounds that cross.
            bool const never = !leaf.is_set && leaf.high < leaf.low;
            steps_.push_back({leaf.low,
                              leaf.is_set || never ? leaf.codes : width,
                              leaf.attribute,
                              leaf.is_set || never,
                              {last ? no : following, last_clause ? yes : end}});
        }
    }

    std::vector<step> steps_;
    std::vector<std::uint32_t> starts_;
};

struct setting {
    rule_mode mode;
    std::size_t rules;
    unsigned missing_percent;
    cpu_level level;
};

struct build_time {
    double first_ms = 0; // the first time, with pages the process never touched
    double texts_ms = 0; // medians: from texts at once
    double parse_ms = 0; // and by way of expressions
    double build_ms = 0;
};

struct prepared {
    std::unique_ptr<customer_rules const> shop_made = std::make_unique<customer_rules>();
    customer_rules const& shop = *shop_made; // its pool stays where it is
    std::vector<customer_rule> rules;
    std::vector<customer_codes> codes;
    std::vector<std::vector<value>> rows;
    std::vector<std::vector<value>> strings; // the same, without codes
    std::vector<expression> expressions;
    build_time alone;
    build_time two; // with two threads
    std::unique_ptr<rule_index> index;
    std::unique_ptr<plain_rules> plain;
    std::size_t matched = 0;
};

[[noreturn]] void differ(std::size_t customer, customer_rule const& rule) {
    std::fprintf(stderr, "customer %zu: the answers differ for %s\n", customer, rule.text.c_str());
    std::exit(1);
}

void compare(prepared& p) {
    bitmap out;
    bitmap of_strings;
    rule_index_scratch scratch;
    std::vector<std::uint64_t> plain(bitmap_words(p.rules.size()));
    for (std::size_t c = 0; c < customers; ++c) {
        (void)p.index->match(p.rows[c], out, scratch);
        (void)p.index->match(p.strings[c], of_strings, scratch);
        if (!std::ranges::equal(out.words(), of_strings.words())) {
            std::fprintf(stderr, "customer %zu: codes and strings differ\n", c);
            std::exit(1);
        }
        p.plain->match(p.codes[c], plain);
        p.matched += out.count();
        for (std::size_t r = 0; r < p.rules.size(); ++r)
            if (out.test(p.index->position(r)) != ((plain[r / 64] >> r % 64 & 1U) != 0)) differ(c, p.rules[r]);
    }
    rule_scratch programs;
    for (std::size_t r = 0; r < p.rules.size(); r += p.rules.size() > 2'000 ? 11 : 1) {
        program const alone = *[&] {
            issue_list issues;
            return compile_rule(p.expressions[r], p.shop.names(), issues, {}, boolean_type);
        }();
        for (std::size_t c = 0; c < 16; ++c) {
            (void)p.index->match(p.rows[c], out, scratch);
            std::span<value const> const row = p.rows[c];
            auto const answer = alone.evaluate(row_source(row), programs);
            bool const holds = answer.state == status::ok && answer.result.as_bool();
            if (out.test(p.index->position(r)) != holds) differ(c, p.rules[r]);
        }
    }
}

template <class Run>
double nanoseconds(std::size_t each, Run&& run) {
    auto const begin = std::chrono::steady_clock::now();
    run();
    auto const end = std::chrono::steady_clock::now();
    return std::chrono::duration<double, std::nano>(end - begin).count() / static_cast<double>(each);
}

double median(std::vector<double>& of) {
    auto const middle = of.begin() + static_cast<std::ptrdiff_t>(of.size() / 2);
    std::nth_element(of.begin(), middle, of.end());
    return *middle;
}

// From the texts of the rules to an index; the last one stays.
build_time time_build(prepared& p, rule_index_options const& options) {
    std::vector<std::string_view> const texts = [&] {
        std::vector<std::string_view> out;
        for (auto const& rule : p.rules)
            out.push_back(rule.text);
        return out;
    }();
    build_time out;
    std::vector<double> together;
    std::vector<double> parse;
    std::vector<double> build;
    auto const milliseconds = [](auto begin, auto end) {
        return std::chrono::duration<double, std::milli>(end - begin).count();
    };
    for (int i = 0; i < 7; ++i) {
        issue_list issues;
        p.index.reset(); // what is thrown away is not timed
        auto const reading = std::chrono::steady_clock::now();
        p.index = std::make_unique<rule_index>(parse_rule_index(texts, p.shop.names(), options));
        together.push_back(milliseconds(reading, std::chrono::steady_clock::now()));
        p.index.reset();
        p.expressions.clear();
        auto const parsing = std::chrono::steady_clock::now();
        p.expressions = *parse_expressions(texts, issues, "rules", options.threads);
        auto const building = std::chrono::steady_clock::now();
        p.index = std::make_unique<rule_index>(build_rule_index(p.expressions, p.shop.names(), options));
        auto const end = std::chrono::steady_clock::now();
        parse.push_back(milliseconds(parsing, building));
        build.push_back(milliseconds(building, end));
    }
    out.first_ms = together[0];
    out.texts_ms = median(together);
    out.parse_ms = median(parse);
    out.build_ms = median(build);
    return out;
}

prepared prepare(setting const& s) {
    prepared p;
    p.rules = p.shop.make(s.mode, s.rules);
    for (std::uint32_t c = 0; c < customers; ++c) {
        p.codes.push_back(p.shop.customer(c, s.missing_percent));
        p.rows.push_back(p.shop.values_of(p.codes.back()));
        p.strings.push_back(p.rows.back());
        for (value& v : p.strings.back())
            if (v.present() && v.what().is_text()) v = value::of_string(v.as_string());
    }
    rule_index_options options;
    options.level = s.level;
    options.texts = &p.shop.pool();
    p.alone = time_build(p, options);
    options.threads = 2;
    p.two = time_build(p, options);
    p.plain = std::make_unique<plain_rules>(p.rules);
    compare(p);
    return p;
}

void rules_of_one_customer(benchmark::State& state, setting const& s) {
    prepared const p = prepare(s);
    rule_index_scratch scratch;
    bitmap out;
    std::vector<std::uint32_t> list(s.rules);
    std::vector<std::uint64_t> plain_out(bitmap_words(s.rules));
    std::vector<double> bitmaps;
    std::vector<double> strings;
    std::vector<double> lists;
    std::vector<double> plains;
    std::size_t next = 0;
    for ([[maybe_unused]] auto _ : state) {
        // The plain way is slow: only some of the customers, others in each pass.
        std::size_t const some = 16;
        next = (next + some) % customers;
        auto const match_all = [&](std::vector<std::vector<value>> const& rows) {
            return nanoseconds(customers, [&] {
                for (auto const& row : rows) {
                    (void)p.index->match(row, out, scratch);
                    benchmark::DoNotOptimize(out.words().data());
                    benchmark::ClobberMemory();
                }
            });
        };
        (void)match_all(p.rows); // each way begins with its tables in the cache, as in a shop that is busy
        bitmaps.push_back(match_all(p.rows));
        strings.push_back(match_all(p.strings));
        lists.push_back(nanoseconds(customers, [&] {
            for (auto const& row : p.rows) {
                (void)p.index->match(row, out, scratch);
                benchmark::DoNotOptimize(p.index->list_rules(out, list));
                benchmark::ClobberMemory();
            }
        }));
        p.plain->match(p.codes[next], plain_out);
        plains.push_back(nanoseconds(some, [&] {
            for (std::size_t c = next; c < next + some; ++c) {
                p.plain->match(p.codes[c % customers], plain_out);
                benchmark::DoNotOptimize(plain_out.data());
                benchmark::ClobberMemory();
            }
        }));
        state.SetIterationTime(bitmaps.back() * 1e-9 * static_cast<double>(customers));
    }
    double const bitmap_ns = median(bitmaps);
    double const list_ns = median(lists);
    double const plain_ns = median(plains);
    state.counters["bitmap"] = bitmap_ns;
    state.counters["strings"] = median(strings);
    state.counters["list"] = list_ns;
    state.counters["plain"] = plain_ns;
    state.counters["plain_rule"] = plain_ns / static_cast<double>(s.rules);
    state.counters["x_bitmap"] = plain_ns / bitmap_ns;
    state.counters["x_list"] = plain_ns / list_ns;
    state.counters["match%"] =
        100.0 * static_cast<double>(p.matched) / static_cast<double>(customers) / static_cast<double>(s.rules);
    state.counters["table_MB"] = static_cast<double>(p.index->table_bytes()) / 1e6;
    state.counters["memory_MB"] = static_cast<double>(p.index->memory_bytes()) / 1e6;
    state.counters["parse_ms"] = p.alone.parse_ms;
    state.counters["build_ms"] = p.alone.build_ms;
    state.counters["text_to_index_ms"] = p.alone.texts_ms;
    state.counters["first_ms"] = p.alone.first_ms;
    state.counters["text_to_index_2_threads_ms"] = p.two.texts_ms;
}

void register_case(setting const& s) {
    std::string const name = std::string(to_string(s.mode)) + '/' + std::to_string(s.rules) +
                             (s.missing_percent > 0 ? "/missing" : "") + '/' + std::string(to_string(s.level));
    benchmark::RegisterBenchmark(name.c_str(), [s](benchmark::State& state) { rules_of_one_customer(state, s); })
        ->UseManualTime()
        ->Unit(benchmark::kMicrosecond);
}

} // namespace

int main(int argc, char** argv) {
    cpu_level const best = detect_cpu_level();
    for (rule_mode const mode : {rule_mode::pooled, rule_mode::selective, rule_mode::wide})
        for (std::size_t const rules : {std::size_t{1'000}, std::size_t{10'000}})
            for (cpu_level const level : {cpu_level::sse2, cpu_level::avx2, cpu_level::avx512})
                if (level <= best) register_case({mode, rules, 0, level});
    for (std::size_t const rules : {std::size_t{1'000}, std::size_t{10'000}})
        register_case({rule_mode::pooled, rules, 10, best});
    for (rule_mode const mode : {rule_mode::pooled, rule_mode::selective, rule_mode::wide})
        register_case({mode, 100'000, 0, best});
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
