// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"

#include "tag/state_support.hpp"

#include <segmenta/tag/tag_state.hpp>

#include <limits>
#include <set>

using namespace segmenta;
using namespace segmenta::test;

namespace {

constexpr std::uint64_t seed = 20'241'126;

std::string codes(issue_list const& issues) {
    std::string out;
    for (auto const& problem : issues)
        out += problem.code + ' ' + problem.place + '\n';
    return out;
}

std::string refusal(std::string_view text) {
    try {
        (void)tag_state_from_json(text, "s");
    } catch (issue_error const& error) {
        return codes(error.issues());
    }
    return "read";
}

} // namespace

TEST_CASE("what is given by hand holds for its time, is created once and updated when it says something else") {
    tag_state state;
    CHECK(state.empty());
    CHECK(state.give({.tag = "gift", .valid_until = hour(10), .value = "tea", .by = "ann"}, hour(1)) == tag_edit::done);
    CHECK(state.holds("gift", hour(9)));
    CHECK_FALSE(state.holds("gift", hour(10))); // half-open
    CHECK(state.next_change(hour(1)) == hour(10));
    CHECK(state.next_change(hour(10)).is_never());

    CHECK(state.give({.tag = "gift", .valid_until = hour(10), .value = "tea", .by = "ann"}, hour(2)) ==
          tag_edit::unchanged);
    CHECK(state.give({.tag = "gift", .valid_until = hour(20), .value = "tea", .by = "ann"}, hour(2)) == tag_edit::done);
    CHECK(state.manual()[0].updated_at == hour(1)); // only its end has changed
    CHECK(state.manual()[0].valid_until == hour(20));
    CHECK(state.give({.tag = "gift", .valid_until = hour(20), .value = "cup", .by = "bob"}, hour(3)) == tag_edit::done);
    CHECK(state.manual()[0].created_at == hour(1));
    CHECK(state.manual()[0].updated_at == hour(3));
    CHECK(state.give({.tag = "gift", .value = "late"}, hour(2)) == tag_edit::late);
    CHECK(state.manual()[0].value == "cup");
    CHECK(state.give({.tag = "gift", .value = "cup", .by = "bob"}, hour(21)) == tag_edit::done); // there was a gap
    CHECK(state.manual()[0].created_at == hour(21));
    CHECK(state.take("gift") == tag_edit::done);
    CHECK(state.take("gift") == tag_edit::unchanged);
    CHECK(state.empty());
}

TEST_CASE("what cannot be given is not") {
    tag_state state;
    double const nan = std::numeric_limits<double>::quiet_NaN();
    CHECK(state.give({.tag = ""}, hour(0)) == tag_edit::invalid);
    CHECK(state.give({.tag = "a/b"}, hour(0)) == tag_edit::invalid);
    CHECK(state.give({.tag = "a", .valid_until = hour(0)}, hour(0)) == tag_edit::invalid);
    CHECK(state.give({.tag = "a", .confidence = 1.5}, hour(0)) == tag_edit::invalid);
    CHECK(state.give({.tag = "a", .confidence = nan}, hour(0)) == tag_edit::invalid);
    CHECK(state.give({.tag = "a", .value = "\xFF"}, hour(0)) == tag_edit::invalid);
    CHECK(state.give({.tag = "a", .reason = std::string(longest_tag_text + 1, 'x')}, hour(0)) == tag_edit::invalid);
    CHECK(state.give({.tag = "a"}, instant::earliest()) == tag_edit::invalid);
    CHECK(state.lock({.tag = "a", .at = hour(1), .valid_until = hour(1)}) == tag_edit::invalid);
    CHECK(state.lock({.tag = "a", .at = instant::never()}) == tag_edit::invalid);
    CHECK(state.erase({.tag = "a", .at = hour(0), .by = "\xFF"}) == tag_edit::invalid);
    CHECK(state.empty());
}

TEST_CASE("a lock is stronger than what is given and computed, until it ends") {
    tag_state::parts parts;
    parts.automatic = {{.tag = "a", .created_at = hour(0), .updated_at = hour(0)}};
    tag_state state(parts);
    CHECK(state.lock({.tag = "a", .on = false, .at = hour(1), .valid_until = hour(5), .by = "ann"}) == tag_edit::done);
    CHECK(state.give({.tag = "a"}, hour(2)) == tag_edit::done);
    CHECK_FALSE(state.holds("a", hour(4)));
    CHECK(state.find("a", hour(5))->origin == tag_origin::manual);
    CHECK(state.lock({.tag = "a", .on = true, .at = hour(0)}) == tag_edit::late);
    CHECK(state.lock({.tag = "a", .on = true, .at = hour(3)}) == tag_edit::done);
    CHECK(state.find("a", hour(6))->origin == tag_origin::locked);
    CHECK(state.find("a", hour(6))->since() == hour(3));
    CHECK(state.unlock("a") == tag_edit::done);
    CHECK(state.take("a") == tag_edit::done);
    CHECK(state.find("a", hour(6))->origin == tag_origin::automatic);
}

TEST_CASE(
    "a deleted tag is forgotten and does not come back, neither by a lock nor by giving, until it is allowed again") {
    tag_state::parts parts;
    parts.automatic = {{.tag = "wine", .created_at = hour(0), .updated_at = hour(0), .value = "red"}};
    tag_state state(parts);
    state.give({.tag = "wine"}, hour(1));
    state.lock({.tag = "wine", .on = true, .at = hour(1)});
    CHECK(state.erase({.tag = "wine", .at = hour(2), .by = "customer"}) == tag_edit::done);
    CHECK(state.erase({.tag = "wine", .at = hour(3)}) == tag_edit::unchanged);
    CHECK(state.automatic().empty());
    CHECK(state.manual().empty());
    CHECK(state.locks().empty());
    CHECK(state.give({.tag = "wine"}, hour(4)) == tag_edit::deleted);
    CHECK(state.lock({.tag = "wine", .on = true, .at = hour(4)}) == tag_edit::deleted);
    CHECK_FALSE(state.holds("wine", hour(4)));
    CHECK(to_json(state).find("red") == std::string::npos);
    CHECK(merge(state, tag_state(parts)).automatic().empty());
    CHECK(state.undelete("wine") == tag_edit::done);
    CHECK(state.undelete("wine") == tag_edit::unchanged);
    CHECK(state.give({.tag = "wine"}, hour(5)) == tag_edit::done);
}

TEST_CASE("of an exclusive dimension one tag holds: locked, else the last given, else the first in order") {
    taxonomy const tags = world();
    tag_state::parts parts;
    parts.automatic = {{.tag = "gold", .created_at = hour(0), .updated_at = hour(0), .valid_until = hour(9)},
                       {.tag = "none", .created_at = hour(0), .updated_at = hour(0)},
                       {.tag = "silver", .created_at = hour(0), .updated_at = hour(0)}};
    tag_state state(parts);
    CHECK(names(state.held(hour(1))) == std::vector<std::string>{"gold", "none", "silver"});
    CHECK(names(state.held(hour(1), tags)) == std::vector<std::string>{"gold"});
    CHECK(names(state.held(hour(9), tags)) == std::vector<std::string>{"silver"});
    state.give({.tag = "silver"}, hour(1));
    CHECK(names(state.held(hour(1), tags)) == std::vector<std::string>{"silver"});
    state.give({.tag = "bronze", .valid_until = hour(5)}, hour(2));
    CHECK(names(state.held(hour(3), tags)) == std::vector<std::string>{"bronze"});
    state.lock({.tag = "gold", .at = hour(2), .valid_until = hour(4)});
    CHECK(names(state.held(hour(3), tags)) == std::vector<std::string>{"gold"});
    CHECK(names(state.held(hour(4), tags)) == std::vector<std::string>{"bronze"});
    CHECK(names(state.held(hour(5), tags)) == std::vector<std::string>{"silver"});
    state.give({.tag = "stranger"}, hour(1)); // no definition
    CHECK(names(state.held(hour(5), tags)) == std::vector<std::string>{"silver", "stranger"});
}

TEST_CASE("the state as JSON: golden text") {
    // Hosts store this. When it goes red, either the change is wrong or the version number must change and the old
    // format must still be read.
    tag_state::parts parts;
    parts.as_of = at("2024-06-30T00:00:00Z");
    parts.automatic = {{.tag = "vip",
                        .created_at = at("2024-01-01T00:00:00Z"),
                        .updated_at = at("2024-02-01T00:00:00.000001Z"),
                        .valid_until = at("2024-07-30T00:00:00Z"),
                        .value = "gold",
                        .confidence = 0.9,
                        .reason = "spent \xE2\x89\xA5 1000",
                        .version = "a1b2"}};
    tag_state state(parts);
    state.give({.tag = "hand", .by = "ann"}, at("2024-03-01T00:00:00Z"));
    state.lock({.tag = "off", .on = false, .at = at("2024-03-02T00:00:00Z"), .reason = "complaint", .by = "bob"});
    state.erase({.tag = "wine", .at = at("2024-03-03T00:00:00Z"), .by = "customer"});
    std::string const golden =
        R"({"segmenta_tag_state":1,"as_of":"2024-06-30T00:00:00Z",)"
        R"("automatic":{"vip":{"created_at":"2024-01-01T00:00:00Z","updated_at":"2024-02-01T00:00:00.000001Z",)"
        R"("valid_until":"2024-07-30T00:00:00Z","value":"gold","confidence":0.9,"reason":"spent ≥ 1000",)"
        R"("version":"a1b2"}},)"
        R"("manual":{"hand":{"created_at":"2024-03-01T00:00:00Z","updated_at":"2024-03-01T00:00:00Z","by":"ann"}},)"
        R"("locks":{"off":{"on":false,"at":"2024-03-02T00:00:00Z","reason":"complaint","by":"bob"}},)"
        R"("tombstones":{"wine":{"at":"2024-03-03T00:00:00Z","by":"customer"}}})";
    CHECK(to_json(state) == golden);
    CHECK(tag_state_from_json(golden) == state);
    CHECK(to_json(tag_state{}) == R"({"segmenta_tag_state":1})");
    CHECK(tag_state_from_json(R"({"segmenta_tag_state": 1})").empty());
}

TEST_CASE("a state that cannot be trusted is refused with all its problems") {
    CHECK(refusal("[") == "json.syntax s:1:2\n");
    CHECK(refusal("[]") == "tag_state.expected s:1\n");
    CHECK(refusal("{}") == "tag_state.version s:1\n");
    CHECK(refusal(R"({"segmenta_tag_state": 2})") == "tag_state.version s:1 /segmenta_tag_state\n");
    CHECK(refusal(R"({"segmenta_tag_state": 1, "automatic": {"a": {}, "a": {}}})").starts_with("json.duplicate_key"));
    CHECK(refusal(R"({"segmenta_tag_state": 1, "lock": {}, "locks": [],
"as_of": "never",
"automatic": {"a/b": {"created_at": "2024-01-02", "updated_at": "2024-01-01", "by": "x"}, "w": 1},
"manual": {"c": {"created_at": "2024-01-01", "updated_at": 7, "confidence": 2, "value": 1}},
"tombstones": {"w": {}}})") == "tag_state.unknown_key s:1 /lock\n"
                               "tag_state.bad_time s:2 /as_of\n"
                               "tag_state.expected s:5 /tombstones/w/at\n"
                               "tag_state.bad_name s:3 /automatic/a~1b\n"
                               "tag_state.unknown_key s:3 /automatic/a~1b/by\n"
                               "tag_state.bad_time s:3 /automatic/a~1b\n"
                               "tag_state.deleted s:3 /automatic/w\n"
                               "tag_state.expected s:3 /automatic/w\n"
                               "tag_state.expected s:4 /manual/c/updated_at\n"
                               "tag_state.expected s:4 /manual/c/value\n"
                               "tag_state.bad_confidence s:4 /manual/c/confidence\n"
                               "tag_state.expected s:1 /locks\n");
    std::string many = R"({"segmenta_tag_state": 1, "locks": {)";
    for (int i = 0; i < 5000; ++i)
        many += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\": 0";
    try {
        (void)tag_state_from_json(many + "}}");
        FAIL("it was read");
    } catch (issue_error const& error) {
        CHECK(error.issues().size() == 100);
    }
}

TEST_CASE("merging is commutative, associative and idempotent, and states are read back as they were") {
    INFO("seed " << seed);
    random_life life(seed);
    std::size_t conflicts = 0;
    for (int round = 0; round < 400; ++round) {
        CAPTURE(round);
        tag_state const a = life.state(12);
        tag_state const b = life.state(12);
        tag_state const c = life.state(12);
        tag_state const both = merge(a, b);
        REQUIRE(both == merge(b, a));
        REQUIRE(merge(both, c) == merge(a, merge(b, c)));
        REQUIRE(merge(a, a) == a);
        REQUIRE(merge(both, b) == both);
        REQUIRE(merge(tag_state{}, a) == a);
        REQUIRE(tag_state_from_json(to_json(both)) == both);
        REQUIRE(to_json(tag_state_from_json(to_json(both, 2))) == to_json(both));
        for (auto const& stone : b.tombstones())
            REQUIRE_FALSE(both.holds(stone.tag, hour(0)));
        for (auto const& record : a.automatic()) {
            if (both.is_deleted(record.tag)) continue;
            auto const merged = std::find_if(both.automatic().begin(), both.automatic().end(),
                                             [&](tag_record const& r) { return r.tag == record.tag; });
            REQUIRE(merged != both.automatic().end());
            REQUIRE(merged->created_at <= record.created_at);
            REQUIRE(merged->valid_until >= record.valid_until);
            conflicts += merged->value != record.value ? 1 : 0;
        }
    }
    CHECK(conflicts > 100);
}

TEST_CASE("of two locks of one instant the one that is off counts") {
    tag_state on;
    tag_state off;
    on.lock({.tag = "a", .on = true, .at = hour(1), .reason = "z"});
    off.lock({.tag = "a", .on = false, .at = hour(1)});
    CHECK_FALSE(merge(on, off).locks()[0].on);
    on.lock({.tag = "a", .on = true, .at = hour(2)});
    CHECK(merge(on, off).locks()[0].on);
}

TEST_CASE("what holds is what the parts say one by one") {
    INFO("seed " << seed + 1);
    random_life life(seed + 1);
    for (int round = 0; round < 300; ++round) {
        tag_state const state = life.state(15);
        instant const when = hour(static_cast<std::int64_t>(life.below(60)));
        std::set<std::string> expected;
        for (auto const& r : state.automatic())
            if (r.valid_until > when) expected.insert(r.tag);
        for (auto const& r : state.manual())
            if (r.valid_until > when) expected.insert(r.tag);
        for (auto const& l : state.locks())
            if (l.valid_until > when) {
                if (l.on)
                    expected.insert(l.tag);
                else
                    expected.erase(l.tag);
            }
        CAPTURE(round);
        auto const held = names(state.held(when));
        REQUIRE(std::vector<std::string>(expected.begin(), expected.end()) == held);
        std::set<std::string> tier;
        for (auto const& name : names(state.held(when, life.tags)))
            if (name == "gold" || name == "silver" || name == "bronze" || name == "none" || name == "unclear")
                tier.insert(name);
        REQUIRE(tier.size() <= 1);
        // between two changes nothing changes
        instant const next = state.next_change(when);
        if (!next.is_never()) REQUIRE(names(state.held(next - duration{1})) == held);
    }
}
