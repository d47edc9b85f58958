// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"

#include "tag/state_support.hpp"

#include <segmenta/tag/tag_history.hpp>

#include <map>
#include <tuple>
#include <utility>

using namespace segmenta;
using namespace segmenta::test;

namespace {

constexpr std::uint64_t seed = 20'241'127;

tag_history_limits const wide{.most_versions = 1'000'000};

std::string refusal(std::string_view text) {
    try {
        (void)tag_history_from_json(text, "s");
    } catch (issue_error const& error) {
        std::string out;
        for (auto const& problem : error.issues())
            out += problem.code + ' ' + problem.place + '\n';
        return out;
    }
    return "read";
}

tag_version automatic(std::string tag, int since, int until, std::string value) {
    return {.tag = std::move(tag), .since = hour(since), .until = hour(until), .value = std::move(value)};
}

tag_version manual(std::string tag, int since, int until, std::string value) {
    auto out = automatic(std::move(tag), since, until, std::move(value));
    out.origin = tag_origin::manual;
    return out;
}

tag_state computed(int as_of, std::vector<tag_record> records) {
    tag_state::parts out;
    out.as_of = hour(as_of);
    out.automatic = std::move(records);
    return tag_state(std::move(out));
}

tag_record record(std::string tag, int since, std::string value, instant until = instant::never()) {
    return {.tag = std::move(tag),
            .created_at = hour(since),
            .updated_at = hour(since),
            .valid_until = until,
            .value = std::move(value)};
}

// "value since until" of each, in hours
std::string told(std::span<tag_version const> versions) {
    std::string out;
    auto const text = [](instant when) {
        return std::to_string((when - hour(0)).microseconds() / duration::hours(1).microseconds());
    };
    for (auto const& v : versions)
        out += v.value + ' ' + text(v.since) + ' ' + text(v.until) + '\n';
    return out;
}

using content = std::tuple<tag_origin, std::string, std::optional<double>, std::string, std::string, std::string>;

template <class Said> // a tag_record or a tag_version
content content_of(tag_origin origin, Said const& said) {
    return {origin, said.value, said.confidence, said.reason, said.by, said.version};
}

std::optional<content> content_of(std::optional<tag_version> const& said) {
    if (!said) return std::nullopt;
    return content_of(said->origin, *said);
}

tag_record const* in_force(std::span<tag_record const> records, std::string_view tag, instant when) {
    for (auto const& r : records)
        if (r.tag == tag && r.valid_until > when) return &r;
    return nullptr;
}

// What the state says, locks apart.
std::optional<content> said_by(tag_state const& state, std::string_view tag, instant when) {
    if (auto const* const r = in_force(state.manual(), tag, when)) return content_of(tag_origin::manual, *r);
    if (auto const* const r = in_force(state.automatic(), tag, when)) return content_of(tag_origin::automatic, *r);
    return std::nullopt;
}

// The oracle: every state there was, and since when.
class state_log {
public:
    void add(instant at, tag_state const& state) {
        states_.emplace_back(at, state);
        for (auto const& stone : state.tombstones())
            forgotten_[stone.tag] = states_.size() - 1;
    }
    // What the tag said, as far as the customer did not delete it later.
    [[nodiscard]] std::optional<content> find(std::string const& tag, instant when) const {
        auto at = states_.size();
        while (at > 0 && states_[at - 1].first > when)
            --at;
        if (at == 0) return std::nullopt;
        auto const deleted = forgotten_.find(tag);
        if (deleted != forgotten_.end() && at - 1 <= deleted->second) return std::nullopt;
        return said_by(states_[at - 1].second, tag, when);
    }

private:
    std::vector<std::pair<instant, tag_state>> states_;
    std::map<std::string, std::size_t> forgotten_; // the last state with a tombstone of it
};

// A random life whose every change is shown.
template <class Seen>
void live(random_life& life, int steps, Seen seen) {
    tag_state state;
    instant now = hour(static_cast<std::int64_t>(life.below(4)));
    for (int i = 0; i < steps; ++i) {
        now = now + duration::hours(static_cast<std::int64_t>(life.below(5)));
        tag_state next = state;
        if (life.below(2) == 0)
            life.edit(next, now);
        else
            next = advance(state, life.answers(), life.tags, {now, zone::utc(), life.word()}).state;
        seen(state, next, now);
        state = std::move(next);
    }
}

tag_history history_of(random_life& life, int steps, tag_history_limits const& limits) {
    tag_history out;
    live(life, steps,
         [&](auto const& before, auto const& after, instant now) { (void)out.note(before, after, now, limits); });
    return out;
}

std::vector<std::string> all_names(random_life const& life) {
    std::vector<std::string> out{"stranger"};
    for (auto const& tag : life.tags.tags())
        out.push_back(tag.name);
    return out;
}

} // namespace

TEST_CASE("a content that changed, a record that ended and one that went are remembered with their exact ends") {
    tag_history history;
    auto const first =
        computed(1, {record("brief", 1, "x", hour(6)), record("gone", 1, "y"), record("tier", 1, "silver")});
    CHECK(history.note({}, first, hour(1)) == tag_edit::unchanged);
    CHECK(history.empty());
    auto const second = computed(9, {record("tier", 9, "gold")});
    CHECK(history.note(first, second, hour(10)) == tag_edit::done);
    CHECK(told(history.versions("brief")) == "x 1 6\n"); // not 9: its validity was over before
    CHECK(told(history.versions("gone")) == "y 1 9\n");  // not 10: it went when it was computed
    CHECK(told(history.versions("tier")) == "silver 1 9\n");
    CHECK(history.versions("stranger").empty());
    CHECK(history.versions().size() == 3);
    CHECK(history.note(first, second, hour(10)) == tag_edit::unchanged);
    CHECK(history.versions().size() == 3);

    CHECK(history.find("tier", hour(1))->value == "silver");
    CHECK(history.find("tier", hour(0)) == nullptr);
    CHECK(history.find("tier", hour(9)) == nullptr); // half-open; the rest is in the state
    CHECK(history.find("tier", hour(9), second)->value == "gold");
    CHECK(history.find("tier", hour(8), second)->value == "silver");
    CHECK_FALSE(history.find("tier", hour(0), second));
}

TEST_CASE(
    "what was given by hand ends when it is taken, hides what is computed, and is confirmed without a new version") {
    tag_history history;
    tag_state state = computed(0, {record("tier", 0, "silver")});
    auto const change = [&](instant at, auto edit) {
        tag_state const before = state;
        edit();
        return history.note(before, state, at);
    };
    auto const give = [&](int at, std::string value, int until) {
        return change(hour(at), [&] {
            state.give({.tag = "tier", .valid_until = hour(until), .value = std::move(value), .by = "ann"}, hour(at));
        });
    };
    CHECK(give(2, "gold", 10) == tag_edit::unchanged);
    CHECK(give(4, "gold", 20) == tag_edit::unchanged); // a later end is no new content
    CHECK(give(12, "platinum", 20) == tag_edit::done);
    CHECK(change(hour(15), [&] { state.take("tier"); }) == tag_edit::done);
    CHECK(give(16, "bronze", 17) == tag_edit::unchanged);
    // the state still has the record that ended
    CHECK(history.note(state, state, hour(18)) == tag_edit::done);
    CHECK(told(history.versions("tier")) == "gold 2 12\nplatinum 12 15\nbronze 16 17\n");
    CHECK(history.find("tier", hour(13))->by == "ann");
    CHECK(history.find("tier", hour(13), state)->value == "platinum");
    CHECK(history.find("tier", hour(15), state)->value == "silver");
    CHECK(history.find("tier", hour(16), state)->value == "bronze");
    CHECK(history.find("tier", hour(17), state)->value == "silver");
    CHECK(history.find("tier", hour(1), state)->origin == tag_origin::automatic);
}

TEST_CASE("what ended and was given again with the same content is remembered until its end") {
    auto const before = computed(1, {record("a", 1, "x", hour(3))});
    auto const after = computed(7, {record("a", 7, "x", hour(9))});
    tag_history history;
    CHECK(history.note(before, after, hour(7)) == tag_edit::done);
    CHECK(told(history.versions()) == "x 1 3\n");
    CHECK_FALSE(history.find("a", hour(5), after));
    CHECK(history.find("a", hour(7), after)->value == "x");
}

TEST_CASE("a history refuses time that runs backwards") {
    auto const first = computed(1, {record("a", 1, "x")});
    auto const second = computed(5, {});
    tag_history history;
    CHECK(history.note(first, second, instant::never()) == tag_edit::invalid);
    CHECK(history.note(first, second, instant::earliest()) == tag_edit::invalid);
    CHECK(history.note(first, second, hour(4)) == tag_edit::late); // before it was computed
    CHECK(history.note(second, first, hour(6)) == tag_edit::late); // the wrong way round
    CHECK(history.empty());
    CHECK(history.note(first, second, hour(5)) == tag_edit::done);
    CHECK(history.note({}, {}, hour(4)) == tag_edit::late); // before the end of what is remembered
    CHECK(history.prune(instant::never(), {.most_versions = 0}) == tag_edit::invalid);
    CHECK(told(history.versions()) == "x 1 5\n");
}

TEST_CASE("of a tag that the customer deletes nothing is remembered, at once and also when the note comes late") {
    tag_history const past({automatic("wine", 1, 3, "red"), automatic("tea", 1, 3, "green")});
    tag_state before = computed(5, {record("wine", 3, "white")});
    tag_state after = before;
    after.erase({.tag = "wine", .at = hour(6), .by = "customer"});
    for (int const at : {6, 2}) {
        CAPTURE(at);
        tag_history history = past;
        CHECK(history.note(before, after, hour(at)) == (at == 2 ? tag_edit::late : tag_edit::done));
        CHECK(history.versions("wine").empty());
        CHECK(history.versions("tea").size() == 1);
        CHECK(to_json(history).find("wine") == std::string::npos);
    }
    tag_history history = past;
    CHECK(history.note(before, after, instant::never()) == tag_edit::invalid);
    CHECK(history.versions("wine").empty());

    // merged with the other side's
    tag_history merged = merge(history, past);
    CHECK(merged.erase_deleted(merge(after, before)) == tag_edit::done);
    CHECK(merged.erase_deleted(after) == tag_edit::unchanged);
    CHECK(merged == history);
    CHECK(merged.erase("tea") == tag_edit::done);
    CHECK(merged.erase("tea") == tag_edit::unchanged);
    CHECK(merged.empty());
}

TEST_CASE("history is kept by count and by time, whichever is less") {
    std::vector<tag_version> versions{manual("a", 2, 5, "hand")};
    for (int i = 0; i < 20; ++i)
        versions.push_back(automatic("a", i, i + 1, std::to_string(i)));
    versions.push_back(automatic("b", 0, 1, "old"));
    tag_history const all(versions);

    tag_history by_count = all;
    CHECK(by_count.prune(hour(30), {}) == tag_edit::done);
    CHECK(by_count.versions("a").size() == 10);
    CHECK(by_count.versions("a")[0].value == "10");
    CHECK(by_count.versions("b").size() == 1);
    CHECK(by_count.prune(hour(30), {}) == tag_edit::unchanged);
    CHECK(by_count.prune(hour(30), {.most_versions = 0}) == tag_edit::done);
    CHECK(by_count.empty());

    tag_history both = all;
    tag_history_limits const limits{.most_versions = 18, .keep_for = period::exact(duration::hours(25))};
    CHECK(both.prune(hour(30), limits) == tag_edit::done);
    CHECK(told(both.versions()).starts_with("5 5 6\n6 6 7\n")); // what ended at 5 is 25 hours old
    CHECK(both.versions().size() == 15);
    both = all;
    CHECK(both.prune(hour(28), limits) == tag_edit::done);
    CHECK(told(both.versions()).starts_with("3 3 4\n4 4 5\nhand 2 5\n")); // of one end: automatic, then manual
    CHECK(both.versions().size() == 18);

    // civil lengths are counted on the calendar: a day of 23 hours in Berlin
    zone const berlin = zone::named("Europe/Berlin");
    tag_history spring({{.tag = "c", .since = at("2024-03-01T00:00:00Z"), .until = at("2024-03-30T12:00:00Z")}});
    tag_history_limits const day{.keep_for = period::of_days(1), .where = berlin};
    CHECK(spring.prune(at("2024-03-31T10:59:59Z"), day) == tag_edit::unchanged);
    CHECK(spring.prune(at("2024-03-31T11:00:00Z"), day) == tag_edit::done);
}

TEST_CASE(
    "versions of other systems: empty ones are left out, overlaps are resolved, what touches and is the same joins") {
    tag_history const history({automatic("a", 5, 9, "x"),
                               automatic("a", 1, 5, "x"),
                               automatic("a", 3, 4, "y"),
                               automatic("a", 3, 4, "a"),
                               automatic("b", 2, 2, "x"),
                               automatic("b", 3, 2, "x"),
                               {.tag = "b", .since = instant::earliest(), .until = hour(1)},
                               {.tag = "b", .since = hour(1), .until = instant::never()},
                               {.tag = "b", .origin = tag_origin::locked, .since = hour(1), .until = hour(2)}});
    CHECK(told(history.versions()) == "x 1 3\ny 3 4\nx 4 9\n");
}

TEST_CASE("noting again brings nothing back that was pruned from between the versions of two merged histories") {
    auto const before = computed(0, {record("a", 0, "m")});
    tag_history_limits const two{.most_versions = 2};
    tag_history history({automatic("a", 2, 3, "z"), automatic("a", 5, 6, "z")}); // the other side's
    CHECK(history.note(before, {}, hour(6), two) == tag_edit::late); // that one was never computed
    CHECK(history.note(before, computed(6, {}), hour(6), two) == tag_edit::done);
    CHECK(told(history.versions()) == "m 3 5\nz 5 6\n");
    CHECK(history.note(before, computed(6, {}), hour(6), two) == tag_edit::unchanged);
    CHECK(told(history.versions()) == "m 3 5\nz 5 6\n");
}

TEST_CASE("the history as JSON: golden text") {
    // Hosts store this. When it goes red, either the change is wrong or the version number must change and the old
    // format must still be read.
    tag_history const history(
        {{.tag = "tier",
          .since = at("2024-01-01T00:00:00Z"),
          .until = at("2024-02-01T00:00:00.000001Z"),
          .value = "gold",
          .confidence = 0.9,
          .reason = "spent \xE2\x89\xA5 1000",
          .version = "a1b2"},
         {.tag = "tier", .since = at("2024-03-01T00:00:00Z"), .until = at("2024-04-01T00:00:00Z"), .value = "silver"},
         {.tag = "gift",
          .origin = tag_origin::manual,
          .since = at("2024-02-01T00:00:00Z"),
          .until = at("2024-02-04T00:00:00Z"),
          .by = "ann"}});
    std::string const golden =
        R"({"segmenta_tag_history":1,"automatic":{"tier":[{"since":"2024-01-01T00:00:00Z",)"
        R"("until":"2024-02-01T00:00:00.000001Z","value":"gold","confidence":0.9,"reason":"spent ≥ 1000",)"
        R"("version":"a1b2"},{"since":"2024-03-01T00:00:00Z","until":"2024-04-01T00:00:00Z","value":"silver"}]},)"
        R"("manual":{"gift":[{"since":"2024-02-01T00:00:00Z","until":"2024-02-04T00:00:00Z","by":"ann"}]}})";
    CHECK(to_json(history) == golden);
    CHECK(tag_history_from_json(golden) == history);
    CHECK(to_json(tag_history{}) == R"({"segmenta_tag_history":1})");
    CHECK(tag_history_from_json(R"({"segmenta_tag_history": 1, "manual": {"a": []}})").empty());
}

TEST_CASE("a history that cannot be trusted is refused with all its problems") {
    CHECK(refusal("[") == "json.syntax s:1:2\n");
    CHECK(refusal("[]") == "tag_history.expected s:1\n");
    CHECK(refusal("{}") == "tag_history.version s:1\n");
    CHECK(refusal(R"({"segmenta_tag_history": 2})") == "tag_history.version s:1 /segmenta_tag_history\n");
    CHECK(refusal(R"({"segmenta_tag_history": 1, "manual": {"a": [], "a": []}})").starts_with("json.duplicate_key"));
    CHECK(refusal(R"({"segmenta_tag_history": 1, "locks": {}, "manual": [],
"automatic": {"a/b": {}, "w": [
{"since": "2024-01-01", "until": "2024-01-03"},
{"since": "2024-01-02", "until": "2024-01-04", "by": "x"},
{"since": "2024-01-04", "until": "2024-01-04"},
{"since": "never", "confidence": 2, "value": 1},
7]}})") == "tag_history.unknown_key s:1 /locks\n"
           "tag_history.bad_name s:2 /automatic/a~1b\n"
           "tag_history.expected s:2 /automatic/a~1b\n"
           "tag_history.unknown_key s:4 /automatic/w/1/by\n"
           "tag_history.bad_order s:4 /automatic/w/1\n"
           "tag_history.bad_time s:5 /automatic/w/2\n"
           "tag_history.bad_time s:6 /automatic/w/3/since\n"
           "tag_history.expected s:6 /automatic/w/3/until\n"
           "tag_history.expected s:6 /automatic/w/3/value\n"
           "tag_history.bad_confidence s:6 /automatic/w/3/confidence\n"
           "tag_history.expected s:7 /automatic/w/4\n"
           "tag_history.expected s:1 /manual\n");
    std::string const at = R"("since": "2024-01-01", "until": "2024-01-03")";
    auto const text_of = [&](std::size_t bytes) {
        return R"({"segmenta_tag_history": 1, "manual": {"a": [{)" + at + R"(, "reason": ")" + std::string(bytes, 'x') +
               "\"}]}}";
    };
    CHECK(refusal(text_of(longest_tag_text)) == "read");
    CHECK(refusal(text_of(longest_tag_text + 1)) == "tag_history.bad_text s:1 /manual/a/0/reason\n");
    std::string many = R"({"segmenta_tag_history": 1, "manual": {"a": [0)";
    for (int i = 0; i < 5000; ++i)
        many += ",0";
    try {
        (void)tag_history_from_json(many + "]}}");
        FAIL("it was read");
    } catch (issue_error const& error) {
        CHECK(error.issues().size() == 100);
    }
}

TEST_CASE("history and state together say of every past instant what the state said then") {
    INFO("seed " << seed);
    random_life life(seed);
    auto const names = all_names(life);
    std::size_t from_history = 0;
    std::size_t versions = 0;
    for (int round = 0; round < 150; ++round) {
        CAPTURE(round);
        tag_history history;
        tag_state state;
        state_log log;
        instant now = hour(0);
        live(life, 30, [&](tag_state const& before, tag_state const& after, instant at) {
            log.add(at, after);
            REQUIRE(history.note(before, after, at, wide) <= tag_edit::unchanged);
            tag_history const once = history;
            REQUIRE(history.note(before, after, at, wide) == tag_edit::unchanged);
            REQUIRE(history == once);
            for (auto const& stone : after.tombstones())
                REQUIRE(history.versions(stone.tag).empty());
            state = after;
            now = at;
        });
        versions += history.versions().size();
        for (auto const& name : names)
            for (instant at = hour(-1); at <= now; at = at + duration::minutes(30)) {
                CAPTURE(name, to_string(at));
                auto const expected = log.find(name, at);
                REQUIRE(content_of(history.find(name, at, state)) == expected);
                auto const* const past = history.find(name, at);
                if (past == nullptr) continue;
                ++from_history;
                REQUIRE(past->since <= at);
                REQUIRE(at < past->until);
            }
    }
    CHECK(versions > 3'000);
    CHECK(from_history > 20'000);
}

TEST_CASE("narrow limits keep exactly the newest, and nothing that is too old") {
    INFO("seed " << seed + 1);
    random_life life(seed + 1);
    auto const names = all_names(life);
    std::size_t by_count = 0;
    std::size_t by_time = 0;
    for (int round = 0; round < 300; ++round) {
        CAPTURE(round);
        tag_history_limits narrow{.most_versions = static_cast<std::size_t>(life.below(4))};
        auto const hours = static_cast<std::int64_t>(3 + life.below(40));
        if (life.below(3) != 0) narrow.keep_for = period::exact(duration::hours(hours));
        tag_history kept;
        tag_history all;
        instant now = hour(0);
        live(life, 30, [&](tag_state const& before, tag_state const& after, instant at) {
            REQUIRE(all.note(before, after, at, wide) <= tag_edit::unchanged);
            REQUIRE(kept.note(before, after, at, narrow) <= tag_edit::unchanged);
            REQUIRE(kept.note(before, after, at, narrow) == tag_edit::unchanged);
            now = at;
        });
        for (auto const& name : names) {
            CAPTURE(name);
            std::vector<tag_version> expected;
            for (auto const& v : all.versions(name))
                if (!narrow.keep_for || v.until > now - duration::hours(hours))
                    expected.push_back(v);
                else
                    ++by_time;
            while (expected.size() > narrow.most_versions) {
                expected.erase(expected.begin());
                ++by_count;
            }
            auto const found = kept.versions(name);
            REQUIRE(std::vector<tag_version>(found.begin(), found.end()) == expected);
        }
    }
    CHECK(by_count > 1'000);
    CHECK(by_time > 1'000);
}

TEST_CASE("histories merge in any order and again, and at each instant say what either side said") {
    INFO("seed " << seed + 2);
    random_life life(seed + 2);
    auto const names = all_names(life);
    std::size_t conflicts = 0;
    for (int round = 0; round < 200; ++round) {
        CAPTURE(round);
        tag_history const a = history_of(life, 25, wide);
        tag_history const b = history_of(life, 25, wide);
        tag_history const c = history_of(life, 25, {.most_versions = 2});
        tag_history const both = merge(a, b);
        REQUIRE(both == merge(b, a));
        REQUIRE(merge(both, c) == merge(a, merge(b, c)));
        REQUIRE(merge(a, a) == a);
        REQUIRE(merge(both, b) == both);
        REQUIRE(merge(tag_history{}, a) == a);
        REQUIRE(tag_history_from_json(to_json(both)) == both);
        REQUIRE(to_json(tag_history_from_json(to_json(both, 2))) == to_json(both));
        for (auto const& name : names)
            for (instant at = hour(-1); at <= hour(120); at = at + duration::minutes(30)) {
                auto const* const x = a.find(name, at);
                auto const* const y = b.find(name, at);
                auto const* const found = both.find(name, at);
                REQUIRE((found != nullptr) == (x != nullptr || y != nullptr));
                if (found == nullptr) continue;
                // content_of begins with the origin: manual before automatic
                auto expected = x != nullptr ? content_of(x->origin, *x) : content_of(y->origin, *y);
                if (x != nullptr && y != nullptr) {
                    conflicts += content_of(y->origin, *y) != expected ? 1 : 0;
                    expected = std::max(expected, content_of(y->origin, *y));
                }
                REQUIRE(content_of(found->origin, *found) == expected);
            }
        // the order of the class
        auto const versions = both.versions();
        for (std::size_t i = 1; i < versions.size(); ++i) {
            auto const rank = [](tag_version const& v) { return std::tie(v.tag, v.until, v.origin); };
            REQUIRE(rank(versions[i - 1]) < rank(versions[i]));
        }
    }
    CHECK(conflicts > 1'000);
}
