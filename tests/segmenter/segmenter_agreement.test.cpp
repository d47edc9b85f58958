// SPDX-License-Identifier: Apache-2.0
// One meaning: random plans over random customers answered as a table, from prepared histories and from the host's own
// rows; and no answer changes before its `valid_until`.
#include "segmenter/naive_features.hpp"
#include "segmenter/random_plan.hpp"
#include "support/catch.hpp"

#include <segmenta/record/cell.hpp>
#include <segmenta/segmenter/customer_columns_builder.hpp>
#include <segmenta/segmenter/segmenter.hpp>
#include <segmenta/tag/taxonomy.hpp>
#include <segmenta/time/parse.hpp>

#include <cstdlib>
#include <iostream>
#include <map>

using namespace segmenta;
using namespace segmenta::test;

namespace {

std::vector<std::string> const zone_names{"UTC", "Asia/Shanghai", "Europe/London", "America/Sao_Paulo"};

/// Value and status, to the last bit (`to_string` of a double reads back the same).
std::string shown(value const& v, status state) { return std::string(to_string(state)) + ' ' + to_string(v); }
std::string shown(answer const& a) { return shown(a.result, a.state); }
std::string shown(batch_column const& c, std::size_t row) {
    value const v = cell(c.values, row);
    return shown(v, c.state(row));
}

/// The last instants of 2023-10-29 in London are near a change of clocks; others are plain.
instant random_moment(random_generator& random) {
    std::int64_t const hour = 3'600'000'000;
    return instant{(std::int64_t{471'800} + random_integer(random, 0, 24 * 200)) * hour +
                   (random_bernoulli(random, 0.5) ? 0 : random_integer(random, 0, hour))};
}

struct shop_case {
    plan definition;
    zone where;
    instant as_of;
    std::vector<shopper> shoppers;
    std::vector<prepared_shopper> prepared;
    customer_schema<shopper> own = shopper_schema();
    customer_schema<prepared_shopper> with_histories = prepared_schema();

    shop_case(random_generator& random, std::size_t customers)
        : definition(random_plan(random, zone_names[random_below(random, zone_names.size())]).make()),
          where(zone::parse(definition.zone())), as_of(random_moment(random)) {
        for (std::size_t i = 0; i < customers; ++i)
            shoppers.push_back(random_shopper(random, static_cast<std::int64_t>(i * 7 % customers), random_below(random, 12), as_of));
        for (auto const& s : shoppers) prepared.push_back(prepare(s, own, where));
    }

    [[nodiscard]] customer_columns columns() const {
        customer_columns_builder made(definition, own, as_of);
        for (auto const& s : shoppers) made.add(s.id, own.bind(s));
        return made.finish();
    }
};

/// How many times the ordinary number of random cases: SEGMENTA_PROPERTY_ROUNDS=10 tries ten times as many.
int effort() {
    char const* const asked = std::getenv("SEGMENTA_PROPERTY_ROUNDS");
    int const rounds = asked == nullptr ? 1 : std::atoi(asked);
    return rounds < 1 ? 1 : rounds;
}

/// Of an exclusive dimension exactly one value holds: it is total, and its values exclude each other.
void check_dimension(segmenter const& seg, classification const& answers) {
    int held = 0;
    for (auto const* tag : {"gold", "silver", "bronze", "none", "tier_unknown"})
        if (seg.graph().find(tag_column(tag)) && answers[seg.tag(tag)].holds() == true) ++held;
    REQUIRE(held == 1);
}

/// Dimensions settled from the answers of each tag's own rule, against the rules that exclude each other.
void check_settled(segmenter const& seg, classification const& own, classification const& answers) {
    taxonomy const& tags = seg.definition().tag_taxonomy();
    std::vector<std::optional<bool>> settled(tags.tags().size());
    for (auto const& handle : seg.tag_outputs()) {
        std::string_view const name = seg.graph()[handle.node].name;
        auto const tag = tags.find_tag(name.substr(name.find('.') + 1));
        REQUIRE(tag);
        settled[*tag] = own[handle].holds();
    }
    settle(tags, settled);
    for (auto const& dimension : tags.dimensions())
        for (auto const tag : dimension.values) {
            auto const given = answers[seg.tag(tags.tags()[tag].name)];
            if (!tags.tags()[tag].applies_to.empty()) continue; // says first whether it is for this customer
            CAPTURE(tags.tags()[tag].name, shown(given));
            REQUIRE(given.holds() == settled[tag]);
        }
}

} // namespace

TEST_CASE("segmenter: table, prepared histories and the host's own rows give the same answers", "[property]") {
    random_generator random(20'240'701);
    std::size_t answers = 0;
    std::map<status, std::size_t> seen;
    std::size_t tags = 0;
    std::size_t tags_held = 0;
    for (int round = 0; round < 150 * effort(); ++round) {
        shop_case const shop(random, 40);
        CAPTURE(round, shop.definition.to_json(), to_string(shop.as_of));
        segmenter const seg = compile(shop.definition, shop.own);
        customer_columns const columns = shop.columns();
        batch_result const batch = seg.classify(columns, {.as_of = shop.as_of, .threads = 1 + unsigned(round % 3), .valid_until = false});
        classification by_rows = seg.make_classification();
        classification by_history = seg.make_classification();
        tag_matches matches = seg.make_tag_matches();
        classification own = seg.make_classification();
        for (std::size_t i = 0; i < shop.shoppers.size(); ++i) {
            auto const row = static_cast<std::size_t>(
                std::lower_bound(columns.ids.begin(), columns.ids.end(), shop.shoppers[i].id) - columns.ids.begin());
            seg.classify(shop.own.bind(shop.shoppers[i]), {.as_of = shop.as_of}, by_rows);
            seg.classify(shop.with_histories.bind(shop.prepared[i]), {.as_of = shop.as_of}, by_history);
            for (std::size_t o = 0; o < seg.outputs().size(); ++o) {
                output_handle const output = seg.outputs()[o];
                answer const given = by_rows[output];
                std::string const expected = shown(batch.columns()[o], row);
                if (shown(given) != expected || shown(by_history[output]) != expected) {
                    CAPTURE(seg.graph()[output.node].name, i);
                    CHECK(shown(given) == expected);
                    REQUIRE(shown(by_history[output]) == expected);
                }
                if (given.valid_until != by_history[output].valid_until) {
                    CAPTURE(seg.graph()[output.node].name, i);
                    REQUIRE(to_string(given.valid_until) == to_string(by_history[output].valid_until));
                }
                ++answers;
                ++seen[given.state];
            }
            // the index over the tags against one tag after the other
            seg.match_tags(shop.own.bind(shop.shoppers[i]), {.as_of = shop.as_of}, matches);
            for (std::size_t tag = 0; tag < seg.tag_names().size(); ++tag) {
                CAPTURE(seg.tag_names()[tag], i);
                bool const holds = by_rows[seg.tag(seg.tag_names()[tag])].holds() == true;
                if (matches.holds(tag) != holds) REQUIRE(matches.holds(tag) == holds);
                ++tags;
                tags_held += holds ? 1U : 0U;
            }
            if (matches.state() != status::ok) continue;
            check_dimension(seg, by_rows);
            seg.classify(shop.own.bind(shop.shoppers[i]), {.as_of = shop.as_of, .outputs = seg.tag_outputs()}, own);
            check_settled(seg, own, by_rows);
        }
    }
    CHECK(answers > 100'000);
    std::cout << "executors: " << answers << " answers of tables, prepared histories and rows, and " << tags
              << " tags of the index agree, seed 20240701\n";
    CHECK(tags > 30'000);
    CHECK(tags_held > tags / 20);
    CHECK(tags_held < tags - tags / 20);
    for (status const s : {status::ok, status::unknown, status::error, status::not_applicable}) {
        CAPTURE(std::string(to_string(s)));
        CHECK(seen[s] > 500); // else the plans test too little
    }
}

TEST_CASE("segmenter: features are what looking at every row gives", "[property]") {
    random_generator random(7);
    std::size_t compared = 0;
    for (int round = 0; round < 60; ++round) {
        shop_case const shop(random, 25);
        segmenter const seg = compile(shop.definition, shop.own);
        classification now = seg.make_classification();
        auto const source = shop.definition.find_source("orders");
        auto const order = shop.own.what().histories()[0].find(source->order);
        naive_features const naive(shop.where, shop.as_of);
        for (auto const& s : shop.shoppers) {
            customer_view const who = shop.own.bind(s);
            seg.classify(who, {.as_of = shop.as_of}, now);
            for (auto const& column : shop.definition.columns()) {
                auto const* const asked = column.feature();
                answer const given = now[seg.output(column.name)];
                if (asked == nullptr || given.state == status::not_applicable) continue;
                if (given.state == status::unknown && !column.applies_to.empty()) continue;
                bool const orders = asked->history == "orders";
                value const expected = naive(*asked, who.history(std::size_t{orders ? 0U : 1U}), orders ? order : std::nullopt);
                CAPTURE(shop.definition.to_json(), column.name, s.id, to_string(shop.as_of));
                ++compared;
                bool const decays = asked->what == aggregate::decayed_sum || asked->what == aggregate::decayed_count;
                if (decays && !expected.missing()) { // powers of two by another function
                    REQUIRE(given.result.as_double() == Approx(expected.as_double()).epsilon(1e-12));
                    continue;
                }
                REQUIRE(to_string(given.result) == to_string(expected));
            }
        }
    }
    CHECK(compared > 10'000);
}

TEST_CASE("segmenter: nothing changes before valid_until", "[property]") {
    random_generator random(99);
    std::size_t changes = 0;
    std::size_t held = 0;
    for (int round = 0; round < 30; ++round) {
        shop_case const shop(random, 8);
        segmenter const seg = compile(shop.definition, shop.own);
        classification first = seg.make_classification();
        classification later = seg.make_classification();
        for (std::size_t i = 0; i < shop.shoppers.size(); ++i) {
            customer_view const who = shop.with_histories.bind(shop.prepared[i]);
            seg.classify(who, {.as_of = shop.as_of}, first);
            std::vector<instant> moments; // every hour, and around every instant that was named
            for (int hour = 1; hour < 24 * 35; ++hour) moments.push_back(shop.as_of + duration::hours(hour));
            for (auto const& output : seg.outputs()) {
                instant const until = first[output].valid_until;
                REQUIRE(until > shop.as_of);
                if (until.is_never()) continue;
                moments.push_back(until - duration{1});
                moments.push_back(until);
            }
            std::vector<bool> changed(seg.outputs().size());
            for (instant const t : moments) {
                if (t <= shop.as_of) continue;
                seg.classify(who, {.as_of = t, .purpose = {}, .prior = &first}, later);
                for (std::size_t o = 0; o < seg.outputs().size(); ++o) {
                    output_handle const output = seg.outputs()[o];
                    bool const same = shown(first[output]) == shown(later[output]);
                    if (later[output].changed && *later[output].changed == same) {
                        CAPTURE(seg.graph()[output.node].name);
                        REQUIRE(*later[output].changed != same);
                    }
                    if (same) {
                        ++held;
                        continue;
                    }
                    changed[o] = true;
                    if (t >= first[output].valid_until) continue;
                    CAPTURE(round, shop.definition.to_json(), seg.graph()[output.node].name, i, to_string(shop.as_of),
                            to_string(t), to_string(first[output].valid_until), shown(first[output]), shown(later[output]));
                    REQUIRE(t >= first[output].valid_until);
                }
            }
            changes += static_cast<std::size_t>(std::count(changed.begin(), changed.end(), true));
        }
    }
    CHECK(changes > 1'000); // else time changed too little to find anything
    CHECK(held > 100'000);
}
