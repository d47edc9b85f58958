// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"

#include "tag/state_support.hpp"

#include <segmenta/tag/tag_changes.hpp>

#include <map>
#include <set>

using namespace segmenta;
using namespace segmenta::test;

namespace {

constexpr std::uint64_t seed = 20'241'127;

using changes = std::vector<tag_change>;
using answers = std::vector<tag_answer>;

// Keeps a state and advances it, by the hour.
struct customer {
    taxonomy tags = world();
    tag_state state{};

    tag_change_set run(std::int64_t when, answers const& said, std::string_view version = {}) {
        auto out = advance(state, said, tags, {hour(when), zone::utc(), version});
        state = out.state;
        return out;
    }
    [[nodiscard]] std::vector<std::string> held(std::int64_t when) const { return names(state.held(hour(when), tags)); }
};

tag_answer yes(std::string_view tag) { return {.tag = tag, .holds = true}; }
tag_answer no(std::string_view tag) { return {.tag = tag, .holds = false}; }
tag_answer open(std::string_view tag) { return {.tag = tag}; }

using words = std::vector<std::string>;

} // namespace

TEST_CASE("a yes gives, a no takes away, not knowing does neither") {
    customer c;
    c.run(0, {no("gold"), no("silver"), no("bronze"), no("beauty"), no("sport")});
    auto const given = c.run(1, {yes("plain")});
    CHECK(given.entered == changes{{"plain", hour(1), tag_cause::matches}});
    CHECK(given.changed());
    auto const unknown = c.run(2, {open("plain")});
    CHECK_FALSE(unknown.changed());
    CHECK(unknown.kept.size() == 3);     // and the two dimensions' tags
    CHECK_FALSE(c.run(3, {}).changed()); // not asked
    CHECK(c.state.holds("plain", hour(3)));
    CHECK(c.state.automatic().back().created_at == hour(1));
    auto const taken = c.run(4, {no("plain")});
    CHECK(taken.left == changes{{"plain", hour(4), tag_cause::differs}});
    CHECK_FALSE(c.run(5, {open("plain")}).changed());
}

TEST_CASE("evidence: created once, updated only with the content") {
    customer c;
    c.run(1, {{.tag = "plain", .holds = true, .value = "3", .confidence = 0.5, .reason = "orders"}}, "v1");
    auto const record = [&] {
        for (auto const& r : c.state.automatic())
            if (r.tag == "plain") return r;
        return tag_record{};
    };
    CHECK(record() == tag_record{"plain", hour(1), hour(1), instant::never(), "3", 0.5, "orders", "v1", ""});
    auto same = c.run(2, {{.tag = "plain", .holds = true, .value = "3", .confidence = 0.5, .reason = "orders"}}, "v1");
    CHECK(same.updated.empty());
    CHECK(record().updated_at == hour(1));
    auto const other = c.run(3, {{.tag = "plain", .holds = true, .value = "4", .reason = "orders"}}, "v1");
    CHECK(other.updated == words{"plain"});
    CHECK(other.changed());
    CHECK(record() == tag_record{"plain", hour(1), hour(3), instant::never(), "4", {}, "orders", "v1", ""});
    // the tag that the dimension gives is given by the new version too
    CHECK(c.run(4, {{.tag = "plain", .holds = true, .value = "4", .reason = "orders"}}, "v2").updated ==
          words{"plain", "unclear"});
}

TEST_CASE("a tag that is not confirmed ends at its instant, not at the computation that finds out") {
    customer c;
    c.run(1, {yes("brief")}); // valid for five hours
    CHECK(c.state.next_change(hour(1)) == hour(6));
    CHECK(c.run(4, {open("brief")}).left.empty());
    CHECK_FALSE(c.state.holds("brief", hour(6)));
    CHECK(c.run(9, {open("brief")}).left == changes{{"brief", hour(6), tag_cause::expired}});

    c.run(10, {yes("brief")});
    c.run(13, {yes("brief")});
    CHECK(c.state.next_change(hour(13)) == hour(18));
    auto const touching = c.run(18, {yes("brief")}); // confirmed at the very instant: no gap
    CHECK(touching.left.empty());
    CHECK(touching.entered.empty());
    CHECK(c.state.find("brief", hour(18))->since() == hour(10));
    auto const again = c.run(30, {yes("brief")});
    CHECK(again.left == changes{{"brief", hour(23), tag_cause::expired}});
    CHECK(again.entered == changes{{"brief", hour(30), tag_cause::matches}});
    CHECK(c.state.find("brief", hour(30))->since() == hour(30));
}

TEST_CASE("validity in days ends at the same time of day of the run's zone, across a change of clocks") {
    auto definition = make_tag("active");
    definition.valid_for = period::of_days(30);
    taxonomy const tags({}, {definition});
    answers const said{yes("active")};
    tag_run const run{.as_of = at("2024-03-15T09:00:00Z"), .where = zone::named("Europe/London")};
    auto const next = advance({}, said, tags, run);
    CHECK(next.state.automatic()[0].valid_until == at("2024-04-14T08:00:00Z")); // summer time began on 31 March
}

TEST_CASE("a tag that is kept outlives a no until its validity ends") {
    customer c;
    c.run(1, {yes("sticky"), yes("steady")});
    auto const kept = c.run(3, {no("sticky"), no("steady")});
    CHECK_FALSE(kept.changed());
    CHECK(std::count_if(kept.kept.begin(), kept.kept.end(),
                        [](tag_change const& k) { return k.cause == tag_cause::remembered; }) == 2);
    CHECK(c.state.next_change(hour(3)) == hour(8)); // a no does not prolong it
    CHECK(c.run(100, {}).left == changes{{"sticky", hour(8), tag_cause::expired}});
    CHECK(c.state.holds("steady", hour(100)));
}

TEST_CASE("values of an exclusive dimension take each other's place, in its order") {
    customer c;
    auto const first = c.run(1, {no("gold"), yes("silver"), yes("bronze")});
    CHECK(first.entered == changes{{"silver", hour(1), tag_cause::matches}});
    auto const better = c.run(2, {yes("gold"), yes("silver"), yes("bronze")});
    CHECK(better.entered == changes{{"gold", hour(2), tag_cause::matches}});
    CHECK(better.left == changes{{"silver", hour(2), tag_cause::replaced}});
    CHECK_FALSE(c.run(3, {open("gold"), yes("silver"), yes("bronze")}).changed()); // gold may still fit
    CHECK(c.held(3) == words{"gold"});
    auto const none = c.run(4, {no("gold"), no("silver"), no("bronze")});
    CHECK(none.entered == changes{{"none", hour(4), tag_cause::dimension}});
    CHECK(none.left == changes{{"gold", hour(4), tag_cause::differs}});
    CHECK(c.run(5, {no("gold"), open("silver"), no("bronze")}).kept.back().tag == "none"); // and not "unclear"
    CHECK(c.held(5) == words{"none"});
    c.run(6, {yes("bronze"), no("gold"), no("silver")});
    c.run(7, {no("gold"), no("silver"), no("bronze")}); // bronze is kept: there is a value, so none is not given
    CHECK(c.held(7) == words{"bronze"});
    CHECK(c.run(8, {no("gold"), yes("silver"), no("bronze")}).left ==
          changes{{"bronze", hour(8), tag_cause::replaced}});
}

TEST_CASE("not knowing is a value too: unknown is given when nothing else holds") {
    customer c;
    auto const first = c.run(1, {open("gold"), yes("silver")});
    CHECK(first.entered == changes{{"unclear", hour(1), tag_cause::dimension}});
    auto const known = c.run(2, {no("gold"), yes("silver")});
    CHECK(known.entered == changes{{"silver", hour(2), tag_cause::matches}});
    CHECK(known.left == changes{{"unclear", hour(2), tag_cause::replaced}});
    auto const expired = c.run(20, {open("gold"), open("silver")}); // silver was valid until hour 8
    CHECK(expired.left == changes{{"silver", hour(8), tag_cause::expired}});
    CHECK(expired.entered == changes{{"unclear", hour(20), tag_cause::dimension}});
}

TEST_CASE("locks and manual tags survive recomputation; what is computed beneath shows again") {
    customer c;
    c.run(1, {yes("plain"), no("gold"), yes("silver")});
    c.state.lock({.tag = "plain", .on = false, .at = hour(2), .valid_until = hour(7)});
    c.state.lock({.tag = "steady", .on = true, .at = hour(2)});
    c.state.give({.tag = "hand", .valid_until = hour(8)}, hour(2));
    c.state.give({.tag = "bronze", .valid_until = hour(9)}, hour(2));
    auto const run = c.run(5, {yes("plain"), no("steady"), yes("gold")});
    CHECK_FALSE(run.changed()); // gold is computed, but bronze was given by hand
    CHECK(c.held(5) == words{"bronze", "hand", "steady"});
    auto const later = c.run(10, {});
    CHECK(later.entered == changes{{"gold", hour(9), tag_cause::ended}, {"plain", hour(7), tag_cause::ended}});
    CHECK(later.left == changes{{"bronze", hour(9), tag_cause::expired}, {"hand", hour(8), tag_cause::expired}});
    CHECK(c.state.locks().size() == 1);
    CHECK(c.state.manual().empty());
}

TEST_CASE("a value that is locked off or deleted is out of the running") {
    customer c;
    c.state.lock({.tag = "gold", .on = false, .at = hour(0)});
    c.run(1, {yes("gold"), yes("silver"), yes("bronze")});
    CHECK(c.held(1) == words{"silver"});
    c.state.erase({.tag = "silver", .at = hour(2)});
    c.run(3, {yes("gold"), yes("silver"), yes("bronze")});
    CHECK(c.held(3) == words{"bronze"});
    c.state.erase({.tag = "plain", .at = hour(4)});
    CHECK_FALSE(c.run(5, {yes("plain")}).changed());
    c.state.undelete("plain");
    CHECK(c.run(6, {yes("plain")}).entered == changes{{"plain", hour(6), tag_cause::matches}});
}

TEST_CASE("answers of no use are named and change nothing") {
    customer c;
    std::string const endless(longest_tag_text + 1, 'x');
    auto const run = c.run(1, {yes("stranger"),
                               yes("hand"),
                               yes("plain"),
                               no("plain"),
                               {.tag = "brief", .holds = true, .value = endless},
                               {.tag = "sticky", .holds = true, .confidence = 2.0}});
    CHECK(run.ignored == words{"brief", "hand", "plain", "sticky", "stranger"});
    CHECK(c.held(1) == words{"unclear"});
}

TEST_CASE("time does not run backwards") {
    customer c;
    c.run(5, {yes("plain")});
    auto const late = c.run(4, {no("plain")});
    CHECK(late.late);
    CHECK_FALSE(late.changed());
    CHECK(c.state.as_of() == hour(5));
    CHECK(advance(c.state, {}, c.tags, {.as_of = instant::never()}).late);
}

TEST_CASE("a tag that is no longer defined or computed leaves, one given by hand stays") {
    customer c;
    c.run(1, {yes("plain"), yes("brief"), no("gold"), no("silver"), yes("bronze"), yes("sport")});
    c.state.give({.tag = "steady"}, hour(1));
    auto brief = make_tag("brief");
    brief.kind = tag_kind::manual;
    brief.rule.clear();
    c.tags = taxonomy({}, {brief});
    auto const run = c.run(2, {});
    CHECK(run.left == changes{{"brief", hour(2), tag_cause::undefined},
                              {"bronze", hour(2), tag_cause::undefined},
                              {"plain", hour(2), tag_cause::undefined},
                              {"sport", hour(2), tag_cause::undefined}});
    CHECK(c.held(2) == words{"steady"});
}

// A tag outside of dimensions, told from the whole log of its answers instead of a state.
TEST_CASE("advancing step by step gives what the log of all answers says") {
    INFO("seed " << seed);
    random_life life(seed);
    struct definition {
        std::string name;
        bool keep;
        std::int64_t valid_for; // hours; 0: for ever
    };
    std::vector<definition> const plain_tags{
        {"plain", false, 0}, {"brief", false, 5}, {"sticky", true, 7}, {"steady", true, 0}};
    for (int round = 0; round < 300; ++round) {
        CAPTURE(round);
        tag_state state;
        std::map<std::string, std::pair<std::int64_t, std::int64_t>> spans; // since, until; absent: not held
        std::int64_t now = 0;
        for (int step = 0; step < 12; ++step) {
            now += static_cast<std::int64_t>(life.below(5));
            auto const said = life.answers();
            state = advance(state, said, life.tags, {hour(now), zone::utc(), {}}).state;
            for (auto const& d : plain_tags) {
                auto const answer =
                    std::find_if(said.begin(), said.end(), [&](tag_answer const& a) { return a.tag == d.name; });
                auto const holds = answer == said.end() ? tag_answer{}.holds : answer->holds;
                std::int64_t const end = d.valid_for == 0 ? 1'000'000 : now + d.valid_for;
                auto const span = spans.find(d.name);
                if (span != spans.end() && span->second.second < now) spans.erase(d.name);
                if (holds == true)
                    spans[d.name] = {spans.count(d.name) != 0 ? spans[d.name].first : now, end};
                else if (spans.count(d.name) != 0 && (spans[d.name].second <= now || (holds == false && !d.keep)))
                    spans.erase(d.name);
            }
            for (auto const& d : plain_tags) {
                auto const held = state.find(d.name, hour(now));
                CAPTURE(d.name, now);
                REQUIRE(held.has_value() == (spans.count(d.name) != 0));
                if (!held) continue;
                REQUIRE(held->since() == hour(spans[d.name].first));
                auto const until = spans[d.name].second;
                REQUIRE(held->valid_until() == (until == 1'000'000 ? instant::never() : hour(until)));
            }
        }
    }
}

TEST_CASE("advancing: order of answers, repetition, changes told, locks, tombstones, dimensions") {
    INFO("seed " << seed + 1);
    random_life life(seed + 1);
    std::size_t told = 0;
    for (int round = 0; round < 600; ++round) {
        CAPTURE(round);
        tag_state state = life.state(10);
        instant const as_of =
            std::max(state.as_of(), hour(0)) + duration::hours(static_cast<std::int64_t>(life.below(9)));
        auto said = life.answers();
        tag_run const run{as_of, zone::utc(), life.word()};
        auto const next = advance(state, said, life.tags, run);

        random_shuffle(life.random, std::span<tag_answer>(said));
        said.push_back(said.empty() ? tag_answer{.tag = "stranger"} : said.front()); // said twice
        auto const shuffled = advance(state, said, life.tags, run);
        REQUIRE(shuffled.state == next.state);
        REQUIRE(shuffled.entered == next.entered);
        REQUIRE(shuffled.left == next.left);

        auto const again = advance(next.state, said, life.tags, run);
        REQUIRE(again.state == next.state);
        REQUIRE_FALSE(again.changed());
        REQUIRE(tag_state_from_json(to_json(next.state)) == next.state);

        // from what was held, by what was told, to what is held
        std::map<std::string, int> count;
        for (auto const& held : state.held(instant::earliest(), life.tags))
            ++count[std::string(held.tag())];
        for (auto const& change : next.entered)
            ++count[change.tag];
        for (auto const& change : next.left)
            --count[change.tag];
        std::set<std::string> expected;
        for (auto const& [name, n] : count) {
            REQUIRE((n == 0 || n == 1));
            if (n == 1) expected.insert(name);
        }
        auto const held = names(next.state.held(as_of, life.tags));
        REQUIRE(std::vector<std::string>(expected.begin(), expected.end()) == held);
        told += next.entered.size() + next.left.size();
        for (auto const& change : next.left)
            REQUIRE(change.at <= as_of);

        for (auto const& stone : state.tombstones())
            REQUIRE_FALSE(next.state.holds(stone.tag, as_of));
        for (auto const& lock : state.locks())
            if (lock.valid_until > as_of) REQUIRE(next.state.holds(lock.tag, as_of) == lock.on);
        for (auto const& given : state.manual())
            if (given.valid_until > as_of)
                REQUIRE(std::count(next.state.manual().begin(), next.state.manual().end(), given) == 1);
        for (auto const& record : next.state.automatic()) {
            REQUIRE(record.created_at <= record.updated_at);
            REQUIRE(record.updated_at <= as_of);
            REQUIRE(record.valid_until > as_of);
        }
    }
    CHECK(told > 500);
}
