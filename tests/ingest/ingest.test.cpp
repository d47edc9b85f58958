// SPDX-License-Identifier: Apache-2.0
#include <segmenta/ingest/ingest.hpp>

#include "base/file.hpp"

#include <segmenta/base/random.hpp>
#include <segmenta/time/parse.hpp>

#include "support/catch.hpp"
#include "support/scratch_directory.hpp"

#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <unistd.h>

using namespace segmenta;

namespace {

using scratch = test::scratch_directory;

std::string const head = R"json({"segmenta": 1, "id": "t", "zone": "Asia/Shanghai", "sources": {)json";
std::string const orders_source = R"json("orders": {
  "fields": {"id": "int64", "at": "instant", "order": "string", "event": "string", "amount": "money(CNY,2)",
             "qty": {"type": "int64", "minimum": 0, "maximum": 100}, "sku": "string"},
  "customer": "id", "time": "at", "order": "order", "event_id": "event",
  "derive": {"total": "amount * qty"},
  "cancelled": "sku.startsWith('X')",
  "reject": {"cheap": "amount < money('1 CNY')"}})json";
std::string const columns = R"json(, "columns": {
  "recency_days": {"feature": "recency_days", "of": "orders"},
  "orders_n": {"feature": "orders", "of": "orders"},
  "rows_n": {"feature": "rows", "of": "orders"},
  "total_sum": {"feature": "sum", "of": "orders", "field": "total"},
  "recent": {"feature": "rows", "of": "orders", "window": "P30D"},
  "big": {"feature": "rows", "of": "orders", "where": "total > money('100 CNY')"},
  "skus": {"feature": "distinct", "of": "orders", "field": "sku"}},
  "outputs": ["recency_days", "orders_n", "rows_n", "total_sum", "recent", "big", "skus"]})json";

plan orders_plan() { return parse_plan(head + orders_source + "}" + columns); }

ingest_options options_at(int year, std::uint8_t month, std::uint8_t day) {
    ingest_options o;
    o.as_of = zone::named("Asia/Shanghai").start_of_day(civil_date::of(year, month, day));
    return o;
}

std::int64_t number(customer_columns const& customers, char const* column, std::size_t row) {
    auto const view = customers.find(column)->view();
    REQUIRE(view.is_present(row));
    return view.as<std::int64_t>()[row];
}

std::map<std::string, std::uint64_t> reasons(source_quality const& q) {
    std::map<std::string, std::uint64_t> out;
    for (auto const& r : q.reasons)
        out[r.reason] = r.rows;
    return out;
}

std::string const csv = "id,at,order,event,amount,qty,sku\n"
                        "7,2024-06-01T10:00:00,o1,e1,60.00,2,A\n"
                        "7,2024-06-01T10:00:00,o1,e2,10.00,1,B\n"
                        "7,2024-06-20T10:00:00,o2,e3,5.50,1,A\n"
                        "7,2024-06-20T10:00:00,o2,e3,5.50,1,A\n" // the same event again
                        "-3,2024-03-01T23:30:00,o3,e4,99.99,1,C\n"
                        "9,2024-06-01T10:00:00,o4,e5,1.2.3,1,A\n"  // no number
                        "9,2024-06-31T10:00:00,o4,e6,2.00,1,A\n"   // no date
                        ",2024-06-01T10:00:00,o4,e7,2.00,1,A\n"    // nobody
                        "9,2024-06-01T10:00:00,o4,e8,2.00,101,A\n" // too many
                        "9,2024-06-01T10:00:00,o4,e9,2.00,1,XA\n"  // cancelled
                        "9,2024-06-01T10:00:00,o4,e10,0.99,1,A\n"  // rejected
                        "9,2024-06-01T10:00:00,o4,e11,,1,A\n"      // rejected? not known
                        "9,2024-07-01T00:00:01,o4,e12,2.00,1,A\n"  // the future
                        "9,2024-06-01T10:00:00,o4,e13\n";          // too few fields

} // namespace

TEST_CASE("ingest: features per customer, and every row that does not count under its reason") {
    scratch const dir;
    auto const file = dir.write("orders.csv", csv);
    auto options = options_at(2024, 7, 1);
    options.quarantine = dir.path_ / "quarantine.csv";
    std::vector<source_file> const files{{"orders", file}};
    auto const result = ingest(orders_plan(), files, options);
    auto const& c = result.customers;
    REQUIRE(c.integer_ids);
    REQUIRE(c.ids == std::vector<std::int64_t>{-3, 7});
    CHECK(number(c, "recency_days", 0) == 122); // 1 March, 23:30 in Shanghai, to 1 July
    CHECK(number(c, "recency_days", 1) == 11);
    CHECK(number(c, "orders_n", 1) == 2);
    CHECK(number(c, "rows_n", 1) == 3);
    CHECK(number(c, "total_sum", 1) == 13'550);
    CHECK(number(c, "total_sum", 0) == 9'999);
    CHECK(number(c, "recent", 0) == 0);
    CHECK(number(c, "recent", 1) == 1 + 2); // 1 June 10:00 lies after 1 June 00:00
    CHECK(number(c, "big", 1) == 1);
    CHECK(number(c, "skus", 1) == 2);

    auto const& q = result.sources.at(0);
    CHECK(q.rows == 14);
    CHECK(q.counted == 4);
    CHECK(q.customers == 2);
    CHECK(reasons(q) == std::map<std::string, std::uint64_t>{{"cancelled", 1},
                                                             {"cheap", 1},
                                                             {"duplicate", 1},
                                                             {"future", 1},
                                                             {"missing:id", 1},
                                                             {"not_a_number:amount", 1},
                                                             {"not_a_time:at", 1},
                                                             {"out_of_range:qty", 1},
                                                             {"unknown:cheap", 1},
                                                             {"wrong_field_count", 1}});
    for (auto const& r : q.reasons)
        if (r.reason == "not_a_number:amount") {
            CHECK(r.first.place == "orders.csv:7");
            CHECK(r.first.message.find("1.2.3") != std::string::npos);
        }
    std::string const kept = detail::read_file(options.quarantine);
    CHECK(std::count(kept.begin(), kept.end(), '\n') == 11); // heading and ten rows
    CHECK(kept.find("duplicate") != std::string::npos);
    CHECK(kept.find("\"9,2024-06-31T10:00:00,o4,e6,2.00,1,A\"") != std::string::npos);
}

TEST_CASE("ingest: order of rows, chunks, threads, files and gzip cannot be seen") {
    random_generator random(99);
    std::string text;
    std::vector<std::string> lines;
    for (int i = 0; i < 30'000; ++i) {
        auto const pick = [&](std::uint64_t n) { return random() % n; };
        std::string line = std::to_string(pick(900)) + ",2024-0" + std::to_string(1 + pick(6)) + "-" +
                           std::to_string(10 + pick(18)) + "T" + std::to_string(10 + pick(14)) + ":00:0" +
                           std::to_string(pick(10)) + ",o" + std::to_string(pick(8000)) + ",e" +
                           std::to_string(pick(25'000)) + "," + std::to_string(pick(300)) + "." +
                           std::to_string(10 + pick(90)) + "," + std::to_string(pick(110)) + ",";
        if (pick(10) != 0) line += (pick(12) == 0 ? "X" : "S") + std::to_string(pick(40));
        lines.push_back(line + "\n");
    }
    std::string const heading = csv.substr(0, csv.find('\n') + 1);
    scratch const dir;
    auto const write = [&](std::string const& name, std::size_t first, std::size_t last) {
        std::string out = heading;
        for (std::size_t i = first; i < last; ++i)
            out += lines[i];
        return dir.write(name, out);
    };
    auto const read = [&](std::vector<source_file> const& files, unsigned threads) {
        auto options = options_at(2024, 7, 1);
        options.threads = threads;
        auto const result = ingest(orders_plan(), files, options);
        std::string all;
        for (std::size_t row = 0; row < result.customers.size(); ++row) {
            all += std::to_string(result.customers.ids[row]);
            for (auto const& column : result.customers.columns)
                all += "," + (column.is_present(row) ? std::to_string(column.view().as<std::int64_t>()[row]) : "-");
            all += "\n";
        }
        for (auto const& r : reasons(result.sources[0]))
            all += r.first + "=" + std::to_string(r.second) + "\n";
        return all;
    };
    auto const whole = write("all.csv", 0, lines.size());
    std::string const expected = read({{"orders", whole}}, 1);
    CHECK(expected.find("duplicate=") != std::string::npos);
    CHECK(read({{"orders", whole}}, 2) == expected);
    CHECK(read({{"orders", whole}}, 5) == expected);
    CHECK(read({{"orders", write("a.csv", 0, 12'345)}, {"orders", write("b.csv", 12'345, lines.size())}}, 2) ==
          expected);
    for (std::size_t i = lines.size(); i > 1; --i)
        std::swap(lines[i - 1], lines[random() % i]);
    auto const shuffled = write("shuffled.csv", 0, lines.size());
    CHECK(read({{"orders", shuffled}}, 3) == expected);
    std::string const bytes = detail::read_file(shuffled);
    auto const zipped = (dir.path_ / "shuffled.csv.gz").string();
    gzFile const out = ::gzopen(zipped.c_str(), "wb");
    REQUIRE(::gzwrite(out, bytes.data(), static_cast<unsigned>(bytes.size())) == static_cast<int>(bytes.size()));
    REQUIRE(::gzclose(out) == Z_OK);
    CHECK(read({{"orders", zipped}}, 2) == expected);
}

TEST_CASE("ingest: text ids, a customers source, and customers without a row") {
    std::string const text = head + R"json("orders": {"fields": {"who": "string", "at": "date", "amount": "decimal(2)"},
        "customer": "who", "time": "at"},
        "people": {"kind": "customers", "fields": {"who": "string", "age": {"type": "int64", "maximum": 120}, "city": "category"},
        "customer": "who"}}, "columns": {
        "n": {"feature": "rows", "of": "orders"}, "last": {"feature": "last_day", "of": "orders"},
        "spent": {"feature": "sum", "of": "orders", "field": "amount"}},
        "outputs": ["age", "city", "n", "last", "spent"]})json";
    scratch const dir;
    auto const orders =
        dir.write("orders.csv", "who,at,amount\nzoe,2024-06-30,1.50\nann,2024-06-29,2.00\nzoe,2024-06-01,\n"
                                "a customer with a long name,2024-01-01,3\nann,2024-07-01,9\n");
    auto const people = dir.write("people.csv", "who,age,city\nann,31,Paris\nbob,,Rome\nann,31,Paris\ncat,250,Oslo\n");
    for (unsigned const threads : {1U, 3U}) {
        auto options = options_at(2024, 7, 1);
        options.threads = threads;
        std::vector<source_file> const files{{"orders", orders}, {"people", people}};
        auto const result = ingest(parse_plan(text), files, options);
        auto const& c = result.customers;
        REQUIRE_FALSE(c.integer_ids);
        REQUIRE(c.text_ids == std::vector<std::string_view>{"a customer with a long name", "ann", "bob", "zoe"});
        CHECK(number(c, "n", 1) == 1); // the order of 1 July lies ahead of the start of that day
        CHECK(number(c, "n", 2) == 0);
        CHECK(number(c, "n", 3) == 2);
        CHECK(number(c, "spent", 2) == 0);
        CHECK(number(c, "spent", 3) == 150);
        CHECK_FALSE(c.find("last")->is_present(2));
        CHECK(number(c, "age", 1) == 31);
        CHECK_FALSE(c.find("age")->is_present(2)); // missing, not 0
        CHECK_FALSE(c.find("age")->is_present(3));
        CHECK(c.find("city")->view().text(2) == "Rome");
        CHECK(reasons(result.sources[0]) == std::map<std::string, std::uint64_t>{{"future", 1}});
        CHECK(result.sources[0].missing == std::vector<std::pair<std::string, std::uint64_t>>{{"amount", 1}});
        CHECK(reasons(result.sources[1]) ==
              std::map<std::string, std::uint64_t>{{"duplicate", 1}, {"out_of_range:age", 1}});
    }
}

TEST_CASE("ingest: ids of every form in one file, sorted by their bytes, agree with a map") {
    std::string const text = head + R"json("orders": {"fields": {"who": "string", "at": "date", "amount": "decimal(2)"},
        "customer": "who", "time": "at"}}, "columns": {
        "n": {"feature": "rows", "of": "orders"}, "spent": {"feature": "sum", "of": "orders", "field": "amount"}},
        "outputs": ["n", "spent"]})json";
    random_generator random(21);
    auto const hexadecimal = [&](std::string shape) {
        for (char& c : shape)
            if (c == 'x') c = "0123456789abcdef"[random() % 16];
        return shape;
    };
    std::vector<std::string> ids;
    for (int i = 0; i < 300; ++i) {
        ids.push_back(std::to_string(random() % 100'000'000));
        ids.push_back(hexadecimal("xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"));
        ids.push_back(hexadecimal("XXxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx")); // not the canonical form
        ids.push_back(hexadecimal("a customer whose name ends with xxxx"));
        ids.push_back(hexadecimal("0000xxxx"));
        ids.push_back("16 bytes" + std::to_string(10'000'000 + i));
    }
    std::map<std::string, std::pair<std::int64_t, std::int64_t>> expected;
    std::string file = "who,at,amount\n";
    for (int i = 0; i < 20'000; ++i) {
        std::string const& id = ids[random() % ids.size()];
        bool const present = random() % 10 != 0;
        auto const units = static_cast<std::int64_t>(100 + random() % 900);
        file +=
            id + ",2024-06-01," +
            (present ? std::to_string(units / 100) + "." + std::to_string(units % 100 / 10) + std::to_string(units % 10)
                     : "") +
            "\n";
        auto& [rows, sum] = expected[id];
        ++rows;
        sum += present ? units : 0;
    }
    scratch const dir;
    std::vector<source_file> const files{{"orders", dir.write("orders.csv", file)}};
    for (unsigned const threads : {1U, 3U}) {
        auto options = options_at(2024, 7, 1);
        options.threads = threads;
        auto const result = ingest(parse_plan(text), files, options);
        auto const& c = result.customers;
        REQUIRE(c.text_ids.size() == expected.size());
        std::size_t row = 0;
        for (auto const& [id, sums] : expected) {
            CAPTURE(id);
            REQUIRE(c.text_ids[row] == id);
            REQUIRE(number(c, "n", row) == sums.first);
            REQUIRE(number(c, "spent", row) == sums.second);
            ++row;
        }
    }
}

TEST_CASE("ingest: JSON Lines give what CSV gives") {
    std::string source = orders_source;
    source.insert(source.find("\"fields\""), "\"format\": {\"type\": \"jsonl\"}, ");
    scratch const dir;
    auto const file =
        dir.write("orders.jsonl",
                  R"({"id":7,"at":"2024-06-01T10:00:00","order":"o1","event":"e1","amount":60.00,"qty":2,"sku":"A"}
{"id":7,"at":"2024-06-01T10:00:00","order":"o1","event":"e2","amount":"10.00","qty":1,"sku":"B"}
{"id":8,"at":"2024-06-01T10:00:00","order":"o9","event":"e3","amount":1.2.3,"qty":1,"sku":"B"}
)");
    std::vector<source_file> const files{{"orders", file}};
    auto const result = ingest(parse_plan(head + source + "}" + columns), files, options_at(2024, 7, 1));
    CHECK(result.customers.ids == std::vector<std::int64_t>{7});
    CHECK(number(result.customers, "total_sum", 0) == 13'000);
    CHECK(reasons(result.sources[0]) == std::map<std::string, std::uint64_t>{{"not_json", 1}});
}

TEST_CASE("ingest: what cannot be read at all is refused with place and remedy") {
    scratch const dir;
    auto const refused = [&](std::vector<source_file> const& files, char const* code) {
        try {
            (void)ingest(orders_plan(), files, options_at(2024, 7, 1));
            FAIL("accepted");
        } catch (issue_error const& problem) {
            INFO(problem.what());
            CHECK(problem.issues().contains(code));
        }
    };
    refused({}, "ingest.no_file");
    refused({{"order", dir.write("a.csv", csv)}}, "ingest.unknown_source");
    refused({{"orders", dir.path_ / "absent.csv"}}, "file.not_found");
    refused({{"orders", dir.write("empty.csv", "id,at,order,event,amount,qty,sku\n")}}, "ingest.no_rows");
    refused({{"orders", dir.write("late.csv", "id,at,order,event,amount,qty,sku\n1,2025-01-01T00:00:00,o,e,2,1,A\n")}},
            "ingest.no_rows");
    refused({{"orders", dir.write("other.csv", "id,when,order,event,amount,qty,sku\n")}}, "csv.no_column");
    auto stopped = options_at(2024, 7, 1);
    std::stop_source source;
    source.request_stop();
    stopped.stop = source.get_token();
    std::vector<source_file> const files{{"orders", dir.write("b.csv", csv)}};
    CHECK_THROWS_AS(ingest(orders_plan(), files, stopped), issue_error);
}

TEST_CASE("ingest: a sum that leaves 64 bits is missing for that customer alone, and named") {
    std::string const text =
        head + R"("o": {"fields": {"id": "int64", "at": "instant", "x": "int64"}, "customer": "id", "time": "at"},
        "p": {"kind": "customers", "fields": {"id": "int64", "age": "int64"}, "customer": "id"}},
        "columns": {"n": {"feature": "rows", "of": "o"}, "s": {"feature": "sum", "of": "o", "field": "x"}},
        "outputs": ["age", "n", "s"]})";
    scratch const dir;
    auto const orders =
        dir.write("o.csv", "id,at,x\n5,2024-01-01T00:00:00,9223372036854775807\n5,2024-01-02T00:00:00,1\n"
                           "9,2024-01-01T00:00:00,9223372036854775807\n9,2024-01-02T00:00:00,1\n"
                           "7,2024-01-02T00:00:00,1\n");
    auto const people = dir.write("p.csv", "id,age\n1,30\n6,40\n"); // so that rows move
    std::vector<source_file> const files{{"o", orders}, {"p", people}};
    auto const result = ingest(parse_plan(text), files, options_at(2024, 7, 1));
    auto const& c = result.customers;
    REQUIRE(c.ids == std::vector<std::int64_t>{1, 5, 6, 7, 9});
    auto const column = static_cast<std::uint32_t>(c.find("s") - c.columns.data());
    CHECK(c.failed == std::vector<customer_columns::failure>{{column, 1}, {column, 4}});
    CHECK_FALSE(c.find("s")->is_present(1));
    CHECK(number(c, "n", 1) == 2);
    CHECK(number(c, "s", 3) == 1);
    REQUIRE(result.sources.at(0).failed.size() == 1);
    auto const& failed = result.sources.at(0).failed.front();
    CHECK(failed.feature == "s");
    CHECK(failed.customers == 2);
    CHECK(failed.first == "5");
}

TEST_CASE("ingest: one customer, and customers who are all equal") {
    scratch const dir;
    std::vector<source_file> const one{
        {"orders", dir.write("one.csv", csv.substr(0, csv.find('\n') + 1) + "1,2024-06-01T10:00:00,o,e,2.00,1,A\n")}};
    CHECK(ingest(orders_plan(), one, options_at(2024, 7, 1)).customers.size() == 1);
    std::string text = csv.substr(0, csv.find('\n') + 1);
    for (int i = 0; i < 100; ++i)
        text += std::to_string(i) + ",2024-06-01T10:00:00,o,e" + std::to_string(i) + ",2.00,1,A\n";
    std::vector<source_file> const equal{{"orders", dir.write("equal.csv", text)}};
    auto const result = ingest(orders_plan(), equal, options_at(2024, 7, 1));
    CHECK(result.customers.size() == 100);
    for (std::size_t row = 0; row < 100; ++row)
        CHECK(number(result.customers, "total_sum", row) == 200);
}

TEST_CASE("ingest: columns in memory give what a file gives") {
    random_generator random(3);
    std::size_t const n = 20'000;
    std::vector<std::int64_t> ids, times, amounts, quantities;
    std::vector<std::string> owned;
    std::string text = csv.substr(0, csv.find('\n') + 1);
    owned.reserve(3 * n);
    std::vector<std::string_view> orders, events, skus;
    zone const where = zone::named("Asia/Shanghai");
    for (std::size_t i = 0; i < n; ++i) {
        auto const pick = [&](std::uint64_t below) { return static_cast<std::int64_t>(random() % below); };
        ids.push_back(pick(700));
        times.push_back(where.start_of_day(civil_date::of(2024, 1, 5)).microseconds() + pick(190) * 86'400'000'000 +
                        pick(80'000) * 1'000'000);
        amounts.push_back(pick(30'000));
        quantities.push_back(pick(110));
        auto const own = [&](std::string made) {
            owned.push_back(std::move(made));
            return std::string_view(owned.back());
        };
        orders.push_back(own("o" + std::to_string(pick(9000))));
        events.push_back(own("e" + std::to_string(pick(15'000))));
        skus.push_back(own((pick(12) == 0 ? "X" : "S") + std::to_string(pick(30))));
        auto const two = [](std::int64_t v) { return (v < 10 ? "0" : "") + std::to_string(v); };
        text += std::to_string(ids[i]) + "," + to_string(instant{times[i]}, where) + "," + std::string(orders[i]) +
                "," + std::string(events[i]) + "," + std::to_string(amounts[i] / 100) + "." + two(amounts[i] % 100) +
                "," + std::to_string(quantities[i]) + "," + std::string(skus[i]) + "\n";
    }
    auto const view = [&](type what, void const* data) {
        return column_view{what, n, data, nullptr, nullptr, nullptr};
    };
    memory_source const memory{"orders",
                               {"id", "at", "order", "event", "amount", "qty", "sku"},
                               {view(int64_type, ids.data()), view(instant_type, times.data()),
                                view(string_type, orders.data()), view(string_type, events.data()),
                                view(money_type(currency("CNY"), 2), amounts.data()),
                                view(int64_type, quantities.data()), view(string_type, skus.data())}};
    scratch const dir;
    std::vector<source_file> const files{{"orders", dir.write("orders.csv", text)}};
    auto options = options_at(2024, 7, 1);
    auto const from_file = ingest(orders_plan(), files, options);
    for (unsigned const threads : {1U, 4U}) {
        options.threads = threads;
        auto const from_memory = ingest(orders_plan(), {&memory, 1}, options);
        REQUIRE(from_memory.customers.ids == from_file.customers.ids);
        CHECK(reasons(from_memory.sources[0]) == reasons(from_file.sources[0]));
        CHECK(reasons(from_file.sources[0]).at("duplicate") > 0);
        for (std::size_t c = 0; c < from_file.customers.columns.size(); ++c)
            for (std::size_t row = 0; row < from_file.customers.size(); ++row) {
                auto const a = from_memory.customers.columns[c].view();
                auto const b = from_file.customers.columns[c].view();
                REQUIRE(a.is_present(row) == b.is_present(row));
                REQUIRE(a.as<std::int64_t>()[row] == b.as<std::int64_t>()[row]);
            }
    }
    memory_source wrong = memory;
    wrong.columns[0].what = string_type;
    wrong.names[6] = "stock";
    try {
        (void)ingest(orders_plan(), {&wrong, 1}, options);
        FAIL("accepted");
    } catch (issue_error const& problem) {
        CHECK(problem.issues().contains("ingest.field_type"));
        CHECK(problem.issues().contains("ingest.missing_field"));
    }
}
