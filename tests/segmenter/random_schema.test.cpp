// SPDX-License-Identifier: Apache-2.0
// One meaning, whatever the schema: random attributes, histories, rules, questions and tags, and each rule of each
// customer answered by a table of customers, prepared histories, a host's own rows, the index over the tags, programs
// over rows and blocks, a batch of rules, and a walk over the tree with loops over the rows.
// SEGMENTA_PROPERTY_ROUNDS tries that many times as many; SEGMENTA_PROPERTY_SEED begins elsewhere.
#include "segmenter/random_schema.hpp"
#include "rule/oracle.hpp"
#include "segmenter/random_question.hpp"
#include "support/catch.hpp"

#include <segmenta/plan/plan_builder.hpp>
#include <segmenta/segmenter/customer_columns_builder.hpp>
#include <segmenta/segmenter/segmenter.hpp>
#include <segmenta/tag/rule_batch.hpp>
#include <segmenta/tag/rule_index.hpp>
#include <segmenta/time/parse.hpp>

#include <cstdlib>
#include <deque>
#include <iostream>
#include <map>
#include <optional>
#include <set>

using namespace segmenta;
using namespace segmenta::test;

namespace {

std::uint64_t number_from_environment(char const* name, std::uint64_t otherwise) {
    char const* const text = std::getenv(name);
    return text != nullptr && *text != '\0' ? std::strtoull(text, nullptr, 10) : otherwise;
}

std::string shown(value const& v, status state) {
    return state == status::ok ? "ok " + show(v) : std::string(to_string(state));
}
std::string shown(rule_result const& r) { return shown(r.result, r.state); }
std::string shown(answer const& a) { return shown(a.result, a.state); }
std::string shown(batch_column const& c, std::size_t row) {
    value const v = cell(c.values, row);
    return shown(v, c.state(row));
}

/// One rule of the plan, as the plan has it and with names in the place of its questions.
struct drawn_rule {
    std::string name; ///< of the column; `tag.` before that of a tag
    std::string text;
    std::string applies_to;
    std::optional<program> rule; ///< over `random_plan_of::names`
    std::optional<program> condition;
    std::set<std::size_t> named; ///< variables that stand in either
    [[nodiscard]] bool is_tag() const { return name.starts_with("tag."); }
};

/// A plan over a random schema, its rules, and the names they may read: attributes, the moment, stand-ins, questions,
/// and the rules before.
class random_plan_of {
public:
    environment names;
    std::vector<question> questions;
    std::vector<drawn_rule> rules;
    std::vector<std::pair<std::size_t, value>> stand_ins; ///< attribute and constant, in the order of their flags
    std::size_t first_flag = 0;
    std::size_t first_question = 0;
    std::size_t first_rule = 0;
    std::optional<plan> definition;

    random_plan_of(random_values& random, random_schema const& shop, std::string const& zone_name)
        : random_(random), shop_(shop), made_("random") {
        made_.zone(zone_name);
        names.zone_name(zone_name);
        if (shop.from_files())
            for (auto const& s : shop.sources())
                made_.source(s);
        for (auto const& a : shop.what().attributes())
            names.variable(a.name, a.what);
        names.variable("as_of", instant_type);
        names.variable("as_of_day", date_type);
        first_flag = names.size();
        add_stand_ins();
        first_question = names.size();
        random_questions draw(random, shop, zone_name);
        for (int i = 0; i < 14; ++i) {
            questions.push_back(draw.draw());
            names.variable(placeholder(questions.size() - 1), questions.back().what);
        }
        first_rule = names.size();
        for (int i = 0; i < 10; ++i)
            add_rule(false);
        for (int i = 0; i < 20; ++i)
            add_rule(true);
        definition = made_.build();
    }

private:
    static std::string placeholder(std::size_t i) {
        return "question_" + std::string(i < 10 ? "0" : "") + std::to_string(i) + "_";
    }

    /// The text of a rule as the plan has it.
    [[nodiscard]] std::string in_plan(std::string text) const {
        for (std::size_t i = 0; i < questions.size(); ++i) {
            std::string const name = placeholder(i);
            for (auto at = text.find(name); at != std::string::npos;
                 at = text.find(name, at + questions[i].text.size()))
                text.replace(at, name.size(), questions[i].text);
        }
        return text;
    }

    void add_stand_ins() {
        for (std::size_t a = 0; a < shop_.what().attributes().size(); ++a) {
            auto const& attribute = shop_.what().attributes()[a];
            if (!random_.chance(20)) continue;
            std::map<kind, std::pair<std::string, value>> const constants{
                {kind::boolean, {"true", value::of_bool(true)}},
                {kind::int64, {"4", value::of_int(4)}},
                {kind::float64, {"1.25", value::of_double(1.25)}},
                {kind::string, {"\"ab\"", value::of_string("ab")}},
                {kind::category, {"\"nobody\"", value::of_string("nobody")}},
                {kind::date, {"\"2023-05-06\"", value::of_date(civil_date::of(2023, 5, 6))}}};
            auto const at = constants.find(attribute.what.base);
            if (at == constants.end()) continue;
            made_.when_missing(attribute.name, missing_action::constant, at->second.first);
            names.variable(imputed_flag(attribute.name), boolean_type);
            stand_ins.emplace_back(a, at->second.second);
        }
    }

    /// Only constants may be wrong with what is drawn.
    std::string draw_text(type what, int depth, std::optional<program>& out) {
        random_rule draw(random_, names, first_flag);
        for (;;) {
            std::string text = draw.rule(what, depth);
            issue_list issues;
            out = compile_rule(text, names, issues, {}, what.is_text() ? std::nullopt : std::optional(what));
            if (out) return text;
        }
    }

    void add_names(expression const& from, std::set<std::size_t>& to) const {
        auto const& tree = from.tree();
        for (std::uint32_t node = 0; node < tree.nodes.size(); ++node) {
            bool const of_tag =
                tree[node].kind == detail::syntax_kind::select && tree[tree.child(node, 0)].text == "tag";
            auto const variable = names.find((of_tag ? "tag." : "") + tree[node].text);
            if (variable) to.insert(*variable);
        }
    }

    void add_rule(bool tag) {
        drawn_rule made;
        random_rule draw(random_, names, first_flag);
        type const what = tag ? boolean_type : draw.any_type();
        made.text = draw_text(what, 1 + static_cast<int>(random_.below(5)), made.rule);
        if (random_.chance(15))
            made.applies_to = draw_text(boolean_type, 1 + static_cast<int>(random_.below(2)), made.condition);
        std::string const name = (tag ? "held_" : "column_") + std::to_string(rules.size());
        made.name = tag ? "tag." + name : name;
        if (tag) {
            tag_definition definition_of;
            definition_of.name = name;
            definition_of.rule = in_plan(made.text);
            definition_of.applies_to = in_plan(made.applies_to);
            definition_of.meanings = {{"en", "random"}};
            made_.tag(std::move(definition_of));
        } else {
            made_.rule(made.name, in_plan(made.text), {in_plan(made.applies_to), "", ""});
        }
        add_names(made.rule->source(), made.named);
        if (made.condition) add_names(made.condition->source(), made.named);
        names.variable(made.name, made.rule->result_type());
        rules.push_back(std::move(made));
    }

    random_values& random_;
    random_schema const& shop_;
    plan_builder made_;
};

/// What the naive way answers about one customer.
struct naive_answers {
    std::vector<value> row;           ///< of the variables
    std::vector<status> states;       ///< of the variables
    std::vector<std::string> own;     ///< of each rule alone
    std::vector<std::string> answers; ///< of each rule in the plan: whether it applies, and why it is unknown
    bool failed = false;              ///< a sum left 64 bits
};

class naive_customers {
public:
    naive_customers(random_plan_of const& drawn, random_schema const& shop, detail::customer_binding const& binding,
                    zone const& where, instant as_of)
        : drawn_(drawn), shop_(shop), binding_(binding), where_(where), as_of_(as_of), features_(where, as_of) {}

    naive_answers operator()(random_customer const& from) {
        naive_answers out;
        for (auto const& v : from.attributes)
            set(out, v, v.present() ? status::ok : status::unknown);
        set(out, value::of_instant(as_of_), status::ok);
        set(out, value::of_date(where_.civil_day_of(as_of_)), status::ok);
        for (auto const& [attribute, constant] : drawn_.stand_ins) {
            bool const missing = from.attributes[attribute].missing();
            set(out, value::of_bool(missing), status::ok);
            if (!missing) continue;
            out.row[attribute] = constant;
            out.states[attribute] = status::ok;
        }
        customer_view const who(binding_, &from);
        for (auto const& q : drawn_.questions) {
            history_rows const rows = who.history(q.history);
            auto const order = shop_.order_of(shop_.what().histories()[q.history]);
            auto const ask = [&](feature_request const& asked) { return features_.answer(asked, rows, order); };
            rule_result const r = q.naive(ask);
            out.failed = out.failed || r.state == status::error;
            set(out, r.result, r.state);
            if (q.lacks_rows && q.lacks_rows(ask)) out.states.back() = status::unknown;
        }
        for (auto const& rule : drawn_.rules)
            add(out, rule);
        return out;
    }

private:
    static void set(naive_answers& to, value const& v, status state) {
        to.row.push_back(state == status::ok ? v : value{});
        to.states.push_back(state);
    }
    rule_result ask(program const& rule, naive_answers const& from) {
        auto row = from.row;
        row.resize(drawn_.names.size());
        return oracle_answer(rule.source(), drawn_.names, row, rule.result_type(), texts_.emplace_back());
    }
    void add(naive_answers& to, drawn_rule const& rule) {
        rule_result r = ask(*rule.rule, to);
        to.own.push_back(shown(r));
        if (rule.condition) {
            rule_result const applies = ask(*rule.condition, to);
            if (applies.state != status::ok)
                r = {value{}, applies.state};
            else if (!applies.result.as_bool())
                r = {value{}, status::not_applicable};
            else if (r.state == status::unknown)
                r.state = why(rule, to);
        } else if (r.state == status::unknown) {
            r.state = why(rule, to);
        }
        to.answers.push_back(shown(r));
        set(to, r.result, r.state);
    }
    /// What is unknown because of something that failed below has failed.
    static status why(drawn_rule const& rule, naive_answers const& from) {
        status out = status::ok;
        for (auto const variable : rule.named)
            out = combine(out, from.states[variable]);
        return out == status::ok ? status::unknown : out;
    }

    random_plan_of const& drawn_;
    random_schema const& shop_;
    detail::customer_binding const& binding_;
    zone where_;
    instant as_of_;
    naive_features features_;
    std::deque<std::string> texts_;
};

struct tally {
    std::size_t cases = 0;
    std::size_t tags = 0;
    std::size_t held = 0;
    std::map<std::string, std::size_t> states;
};

/// The answers of one round, by customer.
struct round_of {
    std::uint64_t seed;
    random_values random{seed};
    random_schema shop;
    std::string zone_name;
    zone where;
    instant as_of;
    random_plan_of drawn;
    detail::customer_binding rows = shop.rows_binding();
    detail::customer_binding with_histories = shop.prepared_binding();
    std::vector<random_customer> customers;
    std::vector<prepared_customer> prepared;
    std::vector<naive_answers> naive;

    explicit round_of(std::uint64_t from, std::size_t count)
        : seed(from), shop(random, random.chance(60)),
          zone_name(random.pick(
              {"UTC", "Asia/Shanghai", "Europe/London", "America/Sao_Paulo", "Australia/Lord_Howe", "+05:45"})),
          where(zone::parse(zone_name)), as_of(random_moment()), drawn(random, shop, zone_name) {
        for (std::size_t i = 0; i < count; ++i)
            customers.push_back(shop.customer(static_cast<std::int64_t>(i) * 3 - 5, as_of, where));
        for (auto const& c : customers)
            prepared.push_back(shop.prepare(c, where));
        naive_customers ask(drawn, shop, rows, where, as_of);
        for (auto const& c : customers)
            naive.push_back(ask(c));
        texts_ = std::make_shared<naive_customers>(std::move(ask));
    }

    [[nodiscard]] customer_view as_rows(std::size_t i) const { return {rows, &customers[i]}; }
    [[nodiscard]] customer_view as_prepared(std::size_t i) const { return {with_histories, &prepared[i]}; }

private:
    /// In 200 days with changes of clocks.
    instant random_moment() {
        std::int64_t const hour = 3'600'000'000;
        return instant{(std::int64_t{471'800} + random.between(0, 24 * 200)) * hour +
                       (random.chance(50) ? 0 : random.between(0, hour - 1))};
    }
    std::shared_ptr<naive_customers> texts_; ///< that the answers refer to
};

void same(std::string const& seen, std::string const& expected, char const* executor, round_of const& round,
          std::size_t rule, std::size_t customer) {
    if (seen == expected) return;
    auto const& r = round.drawn.rules[rule];
    std::string row;
    for (auto const variable : r.named)
        row += std::string(round.drawn.names.name(variable)) + " = " + show(round.naive[customer].row[variable]) + ", ";
    for (std::size_t q = 0; q < round.drawn.questions.size(); ++q)
        row += "\n  question " + std::to_string(q) + ": " + round.drawn.questions[q].text;
    INFO("seed " << round.seed << ", zone " << round.zone_name << ", as of " << to_string(round.as_of) << ", customer "
                 << customer << ", " << r.name << " = " << r.text << " for " << r.applies_to << "\n  " << row);
    CAPTURE(executor);
    REQUIRE(seen == expected);
}

/// Programs, their blocks, the index and the batch, over the values of the naive way.
void check_rules(round_of const& round) {
    auto const& rules = round.drawn.rules;
    std::vector<std::vector<value>> rows;
    for (auto const& n : round.naive)
        rows.push_back(n.row);
    table_of_values const table(round.drawn.names, rows);
    rule_scratch scratch;
    std::vector<expression> conditions;
    std::vector<std::size_t> numbers;
    for (std::size_t r = 0; r < rules.size(); ++r) {
        auto const block = rules[r].rule->evaluate(table.all(), scratch);
        for (std::size_t i = 0; i < rows.size(); ++i)
            same(shown(row_of(block, i)), round.naive[i].own[r], "block", round, r, i);
        for (std::size_t i = 0; i < rows.size(); ++i)
            same(shown(rules[r].rule->evaluate(std::span<value const>(rows[i]), scratch)), round.naive[i].own[r], "row",
                 round, r, i);
        if (rules[r].rule->result_type() != boolean_type) continue;
        conditions.push_back(rules[r].rule->source());
        numbers.push_back(r);
    }
    rule_index const index = build_rule_index(conditions, round.drawn.names);
    rule_batch const batch = build_rule_batch(conditions, round.drawn.names);
    rule_index_scratch index_scratch;
    rule_batch_scratch batch_scratch;
    std::vector<std::uint64_t> counts(conditions.size());
    std::vector<bitmap> audiences(conditions.size());
    batch.find(table.all(), counts, audiences, batch_scratch);
    bitmap matches;
    auto const held = [](bool yes) { return std::string(yes ? "ok true" : "not"); };
    for (std::size_t i = 0; i < rows.size(); ++i) {
        REQUIRE(index.match(std::span<value const>(rows[i]), matches, index_scratch) == status::ok);
        for (std::size_t c = 0; c < conditions.size(); ++c) {
            std::string const expected = held(round.naive[i].own[numbers[c]] == "ok true");
            same(held(matches.test(index.position(c))), expected, "index", round, numbers[c], i);
            same(held(audiences[c].test(i)), expected, "batch of rules", round, numbers[c], i);
        }
    }
}

void check_table(round_of const& round, segmenter const& seg, customer_columns const& columns, char const* executor) {
    batch_result const batch = seg.classify(
        columns, {.as_of = round.as_of, .threads = 1 + static_cast<unsigned>(round.seed % 3), .valid_until = false});
    REQUIRE(batch.rows() == round.customers.size());
    for (std::size_t r = 0; r < round.drawn.rules.size(); ++r) {
        batch_column const* const column = batch.find(round.drawn.rules[r].name);
        REQUIRE(column != nullptr);
        for (std::size_t i = 0; i < round.customers.size(); ++i)
            same(shown(*column, i), round.naive[i].answers[r], executor, round, r, i);
    }
}

void check_tables(round_of& round, segmenter const& seg) {
    bool const failed = std::any_of(round.naive.begin(), round.naive.end(), [](auto const& n) { return n.failed; });
    if (!failed) {
        customer_columns_builder made(*round.drawn.definition, round.rows.what, round.as_of);
        for (std::size_t i = 0; i < round.customers.size(); ++i)
            made.add(round.customers[i].id, i % 2 == 0 ? round.as_rows(i) : round.as_prepared(i));
        check_table(round, seg, made.finish(), "table made of customers");
    }
    if (!round.shop.from_files()) return;
    random_sources const sources(round.random, round.shop.what(), round.customers);
    ingest_options options;
    options.as_of = round.as_of;
    options.threads = 1 + static_cast<unsigned>(round.seed % 2);
    check_table(round, seg, ingest(*round.drawn.definition, sources.all(), options).customers, "table of files");
}

void check_requests(round_of const& round, segmenter const& seg, tally& seen) {
    classification by_rows = seg.make_classification();
    classification by_history = seg.make_classification();
    tag_matches matches = seg.make_tag_matches();
    std::vector<output_handle> outputs;
    for (auto const& r : round.drawn.rules)
        outputs.push_back(seg.output(r.name));
    std::map<std::string, std::size_t> tags;
    for (std::size_t t = 0; t < seg.tag_names().size(); ++t)
        tags["tag." + seg.tag_names()[t]] = t;
    for (std::size_t i = 0; i < round.customers.size(); ++i) {
        seg.classify(round.as_rows(i), {.as_of = round.as_of}, by_rows);
        seg.classify(round.as_prepared(i), {.as_of = round.as_of}, by_history);
        seg.match_tags(i % 2 == 0 ? round.as_rows(i) : round.as_prepared(i), {.as_of = round.as_of}, matches);
        REQUIRE(matches.state() == status::ok);
        for (std::size_t r = 0; r < outputs.size(); ++r) {
            std::string const& expected = round.naive[i].answers[r];
            same(shown(by_rows[outputs[r]]), expected, "rows", round, r, i);
            same(shown(by_history[outputs[r]]), expected, "prepared", round, r, i);
            same(to_string(by_history[outputs[r]].valid_until), to_string(by_rows[outputs[r]].valid_until), "end",
                 round, r, i);
            ++seen.cases;
            ++seen.states[expected.substr(0, expected.find(' '))];
            if (!round.drawn.rules[r].is_tag()) continue;
            bool const holds = matches.holds(tags.at(round.drawn.rules[r].name));
            same(holds ? "held" : "not", expected == "ok true" ? "held" : "not", "tags", round, r, i);
            ++seen.tags;
            seen.held += holds ? 1U : 0U;
        }
    }
}

} // namespace

TEST_CASE("segmenter: over random schemas all executors give the answers of the naive way", "[property]") {
    std::uint64_t const first = number_from_environment("SEGMENTA_PROPERTY_SEED", 20'261'126);
    std::uint64_t const rounds =
        100 * std::max<std::uint64_t>(1, number_from_environment("SEGMENTA_PROPERTY_ROUNDS", 1));
    tally seen;
    for (std::uint64_t seed = first; seed < first + rounds; ++seed) {
        INFO("SEGMENTA_PROPERTY_SEED=" << seed);
        round_of round(seed, 30);
        segmenter const seg = compile(*round.drawn.definition, round.rows.what);
        check_rules(round);
        check_requests(round, seg, seen);
        check_tables(round, seg);
    }
    std::cout << "random schemas: " << seen.cases << " rules of customers in " << rounds << " schemas from seed "
              << first << ", of them " << seen.states["ok"] << " known, " << seen.states["unknown"] << " unknown, "
              << seen.states["error"] << " errors, " << seen.states["not_applicable"] << " not applicable; "
              << seen.held << " of " << seen.tags << " tags held\n";
    CHECK(seen.states["ok"] > seen.cases / 3);
    CHECK(seen.states["unknown"] > seen.cases / 20);
    CHECK(seen.states["error"] > seen.cases / 200);
    CHECK(seen.states["not_applicable"] > seen.cases / 100);
    CHECK(seen.held > seen.tags / 10);
}
