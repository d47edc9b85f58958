// SPDX-License-Identifier: Apache-2.0
// What random schemas (random_schema.test.cpp) found: each case is a question that two ways of asking answered
// differently.
#include "rule/support.hpp"
#include "support/catch.hpp"

#include <segmenta/ingest/ingest.hpp>
#include <segmenta/plan/plan.hpp>
#include <segmenta/segmenter/segmenter.hpp>

#include <limits>
#include <optional>
#include <string>
#include <vector>

using namespace segmenta;
using namespace segmenta::test;

namespace {

struct visit {
    instant at;
    std::optional<std::int64_t> number;
    std::optional<std::int64_t> units;
    std::vector<std::string> marks;
};
struct guest {
    std::int64_t id = 0;
    std::vector<std::string> groups;
    std::vector<visit> visits;
};
struct prepared_guest {
    guest const* base = nullptr;
    history visits;
};

customer_schema<guest> guests() {
    return schema_of<guest>()
        .attribute("groups", &guest::groups)
        .history("visits", &guest::visits, "at", &visit::at, row_field("number", &visit::number),
                 row_field("units", &visit::units), row_field("marks", &visit::marks));
}

plan plan_with(std::string const& column) {
    return parse_plan(R"({"segmenta": 1, "id": "differed", "sources": {
        "guests": {"kind": "customers", "fields": {"id": "int64", "groups": "set"}, "customer": "id"},
        "visits": {"fields": {"id": "int64", "at": "instant", "number": "int64", "units": "int64", "marks": "set"},
                   "customer": "id", "time": "at", "order": "number"}},
        "columns": {"asked": ")" +
                      column + R"("}, "outputs": ["asked"]})");
}

instant const now{1'700'000'000'000'000};
instant before(std::int64_t hours) { return now - duration::hours(hours); }

value set_of(std::vector<std::string> const& from) { return value::of_set(std::span<std::string const>(from)); }
value of(std::optional<std::int64_t> v) { return v ? value::of_int(*v) : value{}; }

/// What a table of files, a host's own rows and prepared histories say, which must be the same.
std::string answer_of(std::string const& column, guest const& who) {
    plan const definition = plan_with(column);
    auto const own = guests();
    segmenter const seg = compile(definition, own);
    classification now_of = seg.make_classification();
    seg.classify(own.bind(who), {.as_of = now}, now_of);
    auto const answered = [](value const& v, status state) {
        return state == status::ok ? show(v) : std::string(to_string(state));
    };
    std::string const by_rows = answered(now_of[seg.output("asked")].result, now_of[seg.output("asked")].state);

    history_builder made(own.what().histories()[0]);
    for (auto const& v : who.visits) {
        value const row[] = {value::of_instant(v.at), of(v.number), of(v.units), set_of(v.marks)};
        made.add(row);
    }
    prepared_guest const prepared{&who, made.finish()};
    auto const with_history =
        schema_of<prepared_guest>()
            .attribute("groups", [](prepared_guest const& g) -> auto const& { return g.base->groups; })
            .history(own.what().histories()[0], &prepared_guest::visits);
    seg.classify(with_history.bind(prepared), {.as_of = now}, now_of);
    CHECK(answered(now_of[seg.output("asked")].result, now_of[seg.output("asked")].state) == by_rows);

    environment guest_names;
    guest_names.variable("id", int64_type);
    guest_names.variable("groups", category_set_type);
    environment visit_names;
    visit_names.variable("id", int64_type);
    visit_names.variable("at", instant_type);
    visit_names.variable("number", int64_type);
    visit_names.variable("units", int64_type);
    visit_names.variable("marks", category_set_type);
    // Another customer before, so that rows of the result are not those of the source.
    std::vector<std::vector<value>> const people{{value::of_int(who.id), set_of(who.groups)},
                                                 {value::of_int(who.id - 1), value{}}};
    std::vector<std::vector<value>> rows;
    for (auto const& v : who.visits)
        rows.push_back({value::of_int(who.id), value::of_instant(v.at), of(v.number), of(v.units), set_of(v.marks)});
    table_of_values guest_table(guest_names, people);
    table_of_values visit_table(visit_names, rows);
    std::vector<memory_source> const sources{{"guests", {"id", "groups"}, guest_table.views()},
                                             {"visits", {"id", "at", "number", "units", "marks"}, visit_table.views()}};
    ingest_options options;
    options.as_of = now;
    auto const table = ingest(definition, sources, options).customers;
    auto const batch = seg.classify(table, {.as_of = now, .valid_until = false});
    CHECK(answered(cell(batch.columns()[0].values, 1), batch.columns()[0].state(1)) == by_rows);
    return by_rows;
}

} // namespace

TEST_CASE("executors differed: sets of customers come from columns in memory") {
    guest const who{7, {"vip", "new", "vip"}, {{before(1), 1, 1, {}}}};
    CHECK(answer_of("groups", who) == "{vip,new,vip,}");
    CHECK(answer_of("'new' in groups && size(groups) == 3", who) == "true");
    CHECK(answer_of("groups", {7, {}, {{before(1), 1, 1, {}}}}) == "{}");
}

TEST_CASE("executors differed: a condition on rows reads sets of a host's own rows") {
    guest const who{7, {}, {{before(3), 1, 1, {"gift", "web"}}, {before(2), 2, 5, {}}, {before(1), 3, 9, {"web"}}}};
    CHECK(answer_of("visits.where(o, 'web' in o.marks).sum('units')", who) == "10");
    CHECK(answer_of("visits.where(o, size(o.marks) == 0).rows()", who) == "1");
    CHECK(answer_of("visits.sequence(o, ['gift' in o.marks, size(o.marks) == 1])", who) == "true");
}

TEST_CASE("executors differed: rows without an order are one order, and the order 0 another") {
    guest const who{
        7, {}, {{before(4), 0, 1, {}}, {before(3), {}, 1, {}}, {before(2), {}, 1, {}}, {before(1), 8, 1, {}}}};
    CHECK(answer_of("visits.count()", who) == "3");
    CHECK(answer_of("visits.distinct('number')", who) == "2");
}

TEST_CASE("executors differed: whether a sum fits is not a matter of the order of its rows") {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    // The sum passes 64 bits on its way and comes back; the gross sum does not leave them.
    guest const who{7, {}, {{before(3), 1, -most, {}}, {before(2), 2, -most, {}}, {before(1), 3, most, {}}}};
    CHECK(answer_of("visits.sum('units')", who) == std::to_string(-most));
    CHECK(answer_of("visits.where(o, true).sum('units')", who) == std::to_string(-most));
    CHECK(answer_of("visits.where(o, o.number < 3).sum('units')", who) == "error");
}
