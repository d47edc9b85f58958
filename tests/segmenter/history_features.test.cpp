// SPDX-License-Identifier: Apache-2.0
// Features of files are those of a host: random plans over random shops, read by `ingest` from memory with the rows in
// any order and any number of threads, against the table made of the host's own customers.
#include "segmenter/random_plan.hpp"
#include "support/counting_new.hpp"
#include "support/catch.hpp"

#include <segmenta/ingest/ingest.hpp>
#include <segmenta/record/cell.hpp>
#include <segmenta/segmenter/customer_columns_builder.hpp>
#include <segmenta/time/parse.hpp>
#include <segmenta/segmenter/segmenter.hpp>
#include <segmenta/time/parse.hpp>

#include <map>
#include <numeric>

using namespace segmenta;
using namespace segmenta::test;

namespace {

/// Columns of one source under construction.
class source_columns {
public:
    explicit source_columns(std::string source) { made_.source = std::move(source); }

    template <class T, class Row, class Get>
    void add(std::string name, type what, std::vector<Row> const& rows, Get get) {
        auto& to = owned_.emplace_back(what);
        for (auto const& row : rows) {
            std::optional<T> const v = get(row);
            if (v)
                to.push(*v);
            else
                to.push_missing();
        }
        made_.names.push_back(std::move(name));
    }

    memory_source source() {
        made_.columns.clear();
        for (auto const& c : owned_) made_.columns.push_back(c.view());
        return made_;
    }

private:
    std::vector<column> owned_;
    memory_source made_;
};

std::optional<std::string_view> text(std::optional<std::string> const& from) {
    return from ? std::optional<std::string_view>(*from) : std::nullopt;
}

struct owned_order {
    std::int64_t id;
    order_row const* row;
};
struct owned_visit {
    std::int64_t id;
    visit_row const* row;
};

source_columns customers_of(std::vector<shopper> const& shoppers) {
    source_columns out("customers");
    out.add<std::int64_t>("customer_id", int64_type, shoppers, [](auto const& s) { return std::optional(s.id); });
    out.add<std::int64_t>("age", int64_type, shoppers, [](auto const& s) { return s.age; });
    out.add<std::string_view>("city", string_type, shoppers, [](auto const& s) { return text(s.city); });
    out.add<std::uint8_t>("consent", boolean_type, shoppers, [](auto const& s) {
        return s.consent ? std::optional<std::uint8_t>(*s.consent ? 1 : 0) : std::nullopt;
    });
    out.add<std::int32_t>("registered", date_type, shoppers, [](auto const& s) {
        return s.registered ? std::optional(s.registered->days_since_epoch()) : std::nullopt;
    });
    out.add<double>("income", float64_type, shoppers, [](auto const& s) { return s.income; });
    return out;
}

source_columns orders_of(std::vector<shopper> const& shoppers, random_generator& random) {
    std::vector<owned_order> rows;
    for (auto const& s : shoppers)
        for (auto const& o : s.orders) rows.push_back({s.id, &o});
    for (std::size_t i = rows.size(); i > 1; --i) std::swap(rows[i - 1], rows[random_below(random, i)]);
    source_columns out("orders");
    out.add<std::int64_t>("customer_id", int64_type, rows, [](auto const& r) { return std::optional(r.id); });
    out.add<std::int64_t>("paid_at", instant_type, rows, [](auto const& r) { return std::optional(r.row->paid_at.microseconds()); });
    out.add<std::int64_t>("amount", yuan, rows, [](auto const& r) { return r.row->cents; });
    out.add<std::string_view>("channel", string_type, rows, [](auto const& r) { return text(r.row->channel); });
    out.add<std::string_view>("order_id", string_type, rows, [](auto const& r) { return text(r.row->order_id); });
    out.add<std::int64_t>("units", int64_type, rows, [](auto const& r) { return r.row->units; });
    out.add<double>("rating", float64_type, rows, [](auto const& r) { return r.row->rating; });
    return out;
}

source_columns visits_of(std::vector<shopper> const& shoppers, random_generator& random) {
    std::vector<owned_visit> rows;
    for (auto const& s : shoppers)
        for (auto const& v : s.visits) rows.push_back({s.id, &v});
    for (std::size_t i = rows.size(); i > 1; --i) std::swap(rows[i - 1], rows[random_below(random, i)]);
    source_columns out("visits");
    out.add<std::int64_t>("customer_id", int64_type, rows, [](auto const& r) { return std::optional(r.id); });
    out.add<std::int32_t>("day", date_type, rows, [](auto const& r) { return std::optional(r.row->day.days_since_epoch()); });
    out.add<std::int64_t>("pages", int64_type, rows, [](auto const& r) { return r.row->pages; });
    return out;
}

bool failed(customer_columns const& table, std::string_view name, std::size_t row) {
    return std::any_of(table.failed.begin(), table.failed.end(),
                       [&](auto const& f) { return f.row == row && table.names[f.column] == name; });
}

} // namespace

TEST_CASE("history features: files give what the host's own rows give, in any order and with any number of threads",
          "[property]") {
    constexpr std::uint64_t seed = 11'235;
    random_generator random(seed);
    std::map<aggregate, std::size_t> compared;
    for (int round = 0; round < 120; ++round) {
        std::vector<std::string> const zones{"UTC", "Asia/Shanghai", "Europe/London", "America/Sao_Paulo"};
        plan const definition = random_plan(random, zones[random_below(random, zones.size())]).make();
        instant const as_of{(std::int64_t{471'800} + random_integer(random, 0, 24 * 200)) * 3'600'000'000 +
                            (random_bernoulli(random, 0.5) ? 0 : random_integer(random, 0, 3'600'000'000))};
        std::vector<shopper> shoppers;
        for (std::int64_t id = 0; id < 40; ++id)
            shoppers.push_back(random_shopper(random, id, random_below(random, 14), as_of));
        auto const own = shopper_schema();
        customer_columns_builder builder(definition, own, as_of);
        for (auto const& s : shoppers) builder.add(s.id, own.bind(s));
        customer_columns const expected = builder.finish();

        auto customers = customers_of(shoppers);
        auto orders = orders_of(shoppers, random);
        auto visits = visits_of(shoppers, random);
        std::vector<memory_source> const sources{customers.source(), orders.source(), visits.source()};
        ingest_options options;
        options.as_of = as_of;
        options.threads = 1 + static_cast<unsigned>(round % 3);
        customer_columns const read = ingest(definition, sources, options).customers;

        CAPTURE(seed, round, definition.to_json(), to_string(as_of));
        for (auto const& c : definition.columns()) {
            if (c.feature() == nullptr) continue;
            column const* const a = expected.find(c.name);
            column const* const b = read.find(c.name);
            if (a == nullptr) continue; // nothing reads it
            REQUIRE(b != nullptr);
            for (std::size_t row = 0; row < read.size(); ++row) { // those left out are missing in `read`
                auto const at = static_cast<std::size_t>(
                    std::lower_bound(expected.ids.begin(), expected.ids.end(), read.ids[row]) - expected.ids.begin());
                std::string const x = to_string(cell(a->view(), at)) + (failed(expected, c.name, at) ? " failed" : "");
                std::string const y = to_string(cell(b->view(), row)) + (failed(read, c.name, row) ? " failed" : "");
                if (x != y) {
                    CAPTURE(c.name, read.ids[row]);
                    REQUIRE(y == x);
                }
                ++compared[c.feature()->what];
            }
        }
    }
    for (auto const& info : aggregates()) {
        CAPTURE(std::string(info.name));
        CHECK(compared[info.what] > 100);
    }
}

namespace {

feature_request request(aggregate what, std::string field = {}) {
    feature_request out;
    out.what = what;
    out.history = "orders";
    out.field = std::move(field);
    return out;
}

feature_request funnel() {
    auto out = request(aggregate::sequence);
    out.steps = {"channel == 'web'", "amount > money('5 CNY')"};
    out.within = "P30D";
    return out;
}

plan every_task() {
    auto decayed = request(aggregate::decayed_sum, "amount");
    decayed.half_life = "P30D";
    auto active = request(aggregate::active_periods);
    active.every = "P1M";
    active.periods = 6;
    auto last_month = request(aggregate::rows);
    last_month.calendar = "last_month";
    return plan_builder("tasks")
        .zone("Europe/London")
        .feature("median", request(aggregate::median, "amount"))
        .feature("first", request(aggregate::first, "channel"))
        .feature("last", request(aggregate::last, "channel"))
        .feature("usual", request(aggregate::most_frequent, "order_id"))
        .feature("decayed", decayed)
        .feature("active", active)
        .feature("funnel", funnel())
        .feature("last_month", last_month)
        .rule("on_the_web", "last == 'web'")
        .build();
}

} // namespace

TEST_CASE("history features: asking about rows allocates nothing after the first call") {
    auto const own = shopper_schema();
    segmenter const seg = compile(every_task(), own);
    random_generator random(3);
    instant const today{1'719'800'000'000'000};
    for (std::size_t const rows : {0U, 1U, 10U, 1'000U}) {
        shopper const s = random_shopper(random, 1, rows, today);
        customer_view const who = own.bind(s);
        classification now = seg.make_classification();
        seg.classify(who, {.as_of = today}, now);
        seg.classify(who, {.as_of = today + duration::hours(30)}, now);
        std::size_t const first = allocations();
        seg.classify(who, {.as_of = today}, now);
        seg.classify(who, {.as_of = today + duration::hours(30)}, now);
        std::size_t const last = allocations(); // before Catch allocates
        CHECK(last - first == 0);
    }
}

TEST_CASE("history features: a step may only read what serves the purpose") {
    history_schema rows{"orders", "paid_at",
                        {{"paid_at", instant_type, sensitivity::open, {}},
                         {"amount", yuan, sensitivity::internal, {"service"}},
                         {"channel", category_type, sensitivity::open, {}}}};
    struct member {
        history orders;
    };
    auto const own = schema_of<member>().history(rows, &member::orders);
    plan const definition =
        plan_builder("purposes").feature("funnel", funnel()).feature("last", request(aggregate::last, "channel")).build();
    segmenter const seg = compile(definition, own);
    classification now = seg.make_classification();
    member m{history(rows)};
    value const row[] = {value::of_instant(instant{5}), value::of_decimal(yuan, 600), value::of_string("web")};
    REQUIRE(m.orders.insert(row));
    auto const ask = [&](std::string_view purpose, std::string_view name) {
        seg.classify(own.bind(m), {.as_of = instant{9}, .purpose = purpose}, now);
        return now[seg.output(name)];
    };
    CHECK(ask("service", "funnel").result.as_int() == 1); // the one row does one step
    CHECK(ask("advertising", "funnel").state == status::refused);
    CHECK(ask("advertising", "last").result.as_string() == "web");
}

TEST_CASE("history features: past the limit of rows a last value is certain, a median is not") {
    auto const own = shopper_schema();
    segmenter const seg = compile(every_task(), own);
    instant const today{1'719'800'000'000'000};
    shopper s;
    for (int i = 0; i < 100'001; ++i)
        s.orders.push_back({today - duration::minutes(100'001 - i), 100, i == 100'000 ? "web" : "app", {}, 1, {}});
    classification now = seg.make_classification();
    seg.classify(own.bind(s), {.as_of = today}, now);
    CHECK(now[seg.output("last")].result.as_string() == "web");
    CHECK(now[seg.output("on_the_web")].result.as_bool());
    for (auto const* name : {"median", "first", "usual", "decayed", "active", "funnel"})
        CHECK(now[seg.output(name)].state == status::truncated);
}
