// SPDX-License-Identifier: Apache-2.0
// The command against what people do wrong, and against machines that fail.
#include "cli/command.hpp"
#include "support/catch.hpp"

#include <zlib.h>

#include <sys/stat.h>

using namespace segmenta::test;

namespace {

std::string const plan = R"json({
  "segmenta": 1, "id": "shop", "zone": "UTC", "currency": "CNY",
  "sources": {"orders": {
    "fields": {"customer": "int64", "at": "instant", "amount": "money(2)", "quantity": "int64", "event": "string"},
    "customer": "customer", "time": "at", "event_id": "event",
    "cancelled": "quantity < 0 && amount < money('0 CNY')",
    "reject": {"negative_quantity": "quantity < 0"}}},
  "columns": {
    "recency_days": {"feature": "recency_days", "of": "orders"},
    "spent": {"feature": "sum", "of": "orders", "field": "amount"},
    "m": {"strategy": "quantile_score", "of": "spent", "bins": 5},
    "big": "spent > money('100 CNY')"},
  "outputs": ["recency_days", "spent", "m", "big"]
})json";
std::string const heading = "customer,at,amount,quantity,event\n";

std::string order(int customer, int number, std::string const& amount = "10.00",
                  std::string const& at = "2024-06-01T10:00:00", int quantity = 1) {
    return std::to_string(customer) + "," + at + "," + amount + "," + std::to_string(quantity) + ",e" +
           std::to_string(number) + "\n";
}

command_result run_plan(scratch_directory const& where, std::string const& orders, std::string const& more = {},
                        std::string const& before = {}) {
    where.write("plan.json", plan);
    where.write("orders.csv", orders);
    return run_command(where, "run plan.json --source orders=orders.csv --as-of 2024-07-01 --out out " + more, before);
}

bool says(std::string const& text, std::string const& part) { return text.find(part) != std::string::npos; }

/// Nothing under its final name and no temporary file.
bool nothing_written(scratch_directory const& where) {
    if (!std::filesystem::exists(where.path() / "out")) return true;
    return std::filesystem::is_empty(where.path() / "out");
}

} // namespace

TEST_CASE("run: a small shop gives the table, the summary and readable tables") {
    scratch_directory const where;
    std::string orders = heading;
    for (int c = 1; c <= 10; ++c)
        orders += order(c, c, std::to_string(c * 20) + ".50");
    auto const ran = run_plan(where, orders);
    INFO(ran.err);
    REQUIRE(ran.code == 0);
    auto const rows = read_rows(where.path() / "out" / "customers.csv");
    REQUIRE(rows.size() == 11);
    CHECK(rows[0] == std::vector<std::string>{"customer_id", "recency_days", "spent", "m", "big"});
    CHECK(rows[1] == std::vector<std::string>{"1", "30", "20.50", "1", "false"});
    CHECK(rows[10] == std::vector<std::string>{"10", "30", "200.50", "5", "true"});
    auto const summary = read_json(where.path() / "out" / "summary.json");
    CHECK(summary.at("columns").at("spent").at("sum") == "1105.00");
    CHECK(summary.at("columns").at("big").at("true") == 6);
    CHECK(std::filesystem::exists(where.path() / "out" / "timings.json"));
    CHECK(says(ran.out, "10 of 10 rows count"));
    CHECK(says(ran.out, "customers.csv"));
}

TEST_CASE("run: rows with bad content are counted under a reason that names line and value") {
    scratch_directory const where;
    std::string orders = heading;
    for (int line = 2; line <= 416; ++line)
        orders += order(line % 50, line);
    orders += order(1, 9001, "10.00", "2024-13-05T10:00:00"); // line 417
    orders += order(1, 9002, "1.2.3");
    orders += order(1, 9003, "NaN");
    orders += order(1, 9004, "10.00", "2024-06-01T10:00:00", -2);
    orders += order(1, 9005, "10.00", "2024-07-01T00:00:01");
    orders += order(1, 9006, "-5.00", "2024-06-01T10:00:00", -1);
    orders += order(2, 2);
    auto const ran = run_plan(where, orders, "--quarantine");
    INFO(ran.err);
    REQUIRE(ran.code == 0);
    CHECK(says(ran.out, "orders.csv:417"));
    CHECK(says(ran.out, "2024-13-05T10:00:00"));
    CHECK(says(ran.out, "1.2.3"));
    auto const summary = read_json(where.path() / "out" / "summary.json");
    auto const& reasons = summary.at("sources").at("orders").at("not_counted").as_object();
    CHECK(reasons.at("not_a_time:at") == 1);
    CHECK(reasons.at("not_a_number:amount") == 2);
    CHECK(reasons.at("negative_quantity") == 1);
    CHECK(reasons.at("future") == 1);
    CHECK(reasons.at("cancelled") == 1);
    CHECK(reasons.at("duplicate") == 1);
    CHECK(reasons.size() == 6);
    std::string const kept = segmenta::detail::read_file(where.path() / "out" / "quarantine.csv");
    CHECK(std::count(kept.begin(), kept.end(), '\n') == 8);
}

TEST_CASE("run: files and plans that are wrong as a whole are refused with place and remedy, and nothing is written") {
    scratch_directory const where;
    auto const refused = [&](std::string const& arguments, std::vector<std::string> const& parts, int code = 1) {
        auto const ran = run_command(where, arguments);
        CAPTURE(arguments, ran.err, ran.out);
        CHECK(ran.code == code);
        for (auto const& part : parts)
            CHECK(says(ran.err + ran.out, part));
        CHECK(nothing_written(where));
    };
    where.write("plan.json", plan);
    where.write("orders.csv", heading + order(1, 1));
    where.write("renamed.csv", "customer,at,amont,quantity,event\n" + order(1, 1));
    where.write("nobody.csv", heading);
    where.write("empty.csv", "");
    std::string currency = plan;
    currency.replace(currency.find("\"CNY\""), 5, "\"CNX\"");
    where.write("currency.json", currency);
    std::string broken = plan;
    broken.replace(broken.find("recency_days\", \"spent"), 12, "recensy_days");
    where.write("broken.json", broken);
    where.write("syntax.json", plan.substr(0, 300));
    where.write("file", "");
    std::string const rest = " --as-of 2024-07-01 --out out";
    refused("run plan.json --source orders=absent.csv" + rest, {"absent.csv", "file.not_found"});
    refused("run plan.json --source orders=oders.csv" + rest, {"oders.csv: ", "Did you mean orders.csv?"});
    refused("run plan.json --source orders=ordrs/orders.csv" + rest, {"There is no folder ordrs"});
    refused("run plan.json --source orders=." + rest, {"file.open", "Name a file inside the folder"});
    refused("run absent.json --source orders=orders.csv" + rest, {"absent.json"});
    refused("run plan.json --source orders=renamed.csv" + rest, {"amount", "amont"});
    refused("run plan.json --source order=orders.csv" + rest, {"Did you mean orders?"});
    refused("run plan.json --source orders=nobody.csv" + rest, {"ingest.no_rows"});
    refused("run plan.json --source orders=empty.csv" + rest, {"empty.csv"});
    refused("run plan.json --source orders" + rest, {"NAME=FILE"}, 2);
    refused("run currency.json --source orders=orders.csv" + rest, {"CNX"});
    refused("run broken.json --source orders=orders.csv" + rest, {"recensy_days", "recency_days"});
    refused("run syntax.json --source orders=orders.csv" + rest, {"syntax.json:"});
    refused("run plan.json --source orders=orders.csv --as-of 2024-02-30 --out out", {"2024-02-30"}, 2);
    refused("run plan.json --source orders=orders.csv --as-of 2024-07-01 --out file/out", {"file/out"}, 2);
    refused("run plan.json --source orders=orders.csv --isa mmx" + rest, {"sse2, avx2, avx512"}, 2);
    refused("run plan.json --source orders=orders.csv --threads many" + rest, {"--threads"}, 2);
    refused("run plan.json" + rest, {"--source"}, 2);
    refused("walk", {"subcommand"}, 2);
    refused("run plan.json --source orders=orders.csv,orders.csv" + rest, {"cli.same_file"}, 2);
    refused("sample --customers -1 --out shop", {"--customers"}, 2);
    refused("run plan.json --source orders=orders.csv --as-of 2024-07-01 --out -", {"several files", "./-"}, 2);
    refused("run plan.json --source orders=orders.csv --save-fitted -" + rest, {"--save-fitted"}, 2);
    refused("run plan.json --source orders=orders.csv --as-of 0000-01-01 --out out", {"0001 to 9999"}, 2);
    std::filesystem::create_directories(where.path() / "folders" / "summary.json"); // no name is taken, then
    refused("run plan.json --source orders=orders.csv --as-of 2024-07-01 --out folders", {"folders/summary.json"});
    CHECK_FALSE(std::filesystem::exists(where.path() / "folders" / "customers.csv"));
}

TEST_CASE("run: one row and one customer are no plural") {
    scratch_directory const where;
    auto const one = run_plan(where, heading + order(1, 1));
    REQUIRE(one.code == 0);
    CHECK(says(one.out, "orders: 1 of 1 row counts, 1 customer\n"));
    CHECK(says(one.out, "  1 customer in "));
    auto const some = run_plan(where, heading + order(1, 1) + order(1, 2) + order(2, 3, "bad"));
    REQUIRE(some.code == 0);
    CHECK(says(some.out, "orders: 2 of 3 rows count, 1 customer\n"));
    CHECK(says(run_plan(where, heading + order(1, 1, "")).out,
               "  1 row counts without amount: it is left out of its sums\n"));
}

TEST_CASE("run: a locale that the plan does not speak is refused with those it does") {
    scratch_directory const where;
    for (auto const* locale : {"xx", "fr", "english", "zh-Hans", "'e n'"}) {
        auto const ran = run_plan(where, heading + order(1, 1), std::string("--locale ") + locale);
        CAPTURE(locale, ran.err);
        CHECK(ran.code == 2);
        CHECK(says(ran.err, "cli.locale"));
        CHECK(says(ran.err, "allowed: en"));
        CHECK(nothing_written(where));
    }
    scratch_directory const titled;
    std::string text = plan;
    text.replace(text.find("\"zone\""), 0, "\"title\": {\"zh-Hans\": \"商店\"}, ");
    titled.write("titled.json", text);
    titled.write("orders.csv", heading + order(1, 1));
    std::string const start = "run titled.json --source orders=orders.csv --as-of 2024-07-01 --out out --locale ";
    for (auto const* locale : {"en", "en-GB", "zh-CN", "zh-Hans", "zh"})
        CHECK(run_command(titled, start + locale).code == 0);
    CHECK(says(run_command(titled, start + "fr").err, "allowed: en, zh-Hans"));
}

TEST_CASE("what cannot be printed is an error") {
    scratch_directory const where;
    where.write("plan.json", plan);
    where.write("orders.csv", heading + order(1, 1));
    for (std::string const arguments : {"run plan.json --source orders=orders.csv --as-of 2024-07-01 --out out",
                                        "--version", "--help", "sample --customers 3 --out shop"}) {
        std::string const line =
            "cd '" + where.path().string() + "' && '" SEGMENTA_COMMAND "' " + arguments + " >/dev/full 2>err.txt";
        int const status = std::system(line.c_str());
        CAPTURE(arguments);
        CHECK(WEXITSTATUS(status) == 1);
        CHECK(says(segmenta::detail::read_file(where.path() / "err.txt"), "No space left"));
    }
}

TEST_CASE("run: an input is never written over") {
    scratch_directory const where;
    where.write("plan.json", plan);
    where.write("customers.csv", heading + order(1, 1));
    std::string const start = "run plan.json --source orders=customers.csv --as-of 2024-07-01 --out ";
    CHECK(run_command(where, start + ".").code == 2);
    CHECK(run_command(where, start + "out --save-fitted plan.json").code == 2);
    CHECK(segmenta::detail::read_file(where.path() / "customers.csv") == heading + order(1, 1));
    CHECK(segmenta::detail::read_file(where.path() / "plan.json") == plan);
    CHECK(run_command(where, start + "out").code == 0);
}

TEST_CASE("run: a rule that gives infinity is summarised in words, and a stale quarantine goes") {
    scratch_directory const where;
    std::string ratio = plan;
    ratio.replace(ratio.find("\"big\": "), 6, "\"ratio\": \"1.0 / double(recency_days - 30)\", \"big\":");
    ratio.replace(ratio.find("\"m\", \"big\"]"), 11, "\"m\", \"ratio\"]");
    where.write("ratio.json", ratio);
    where.write("orders.csv", heading + order(1, 1) + order(2, 2, "5.00", "2024-05-01T10:00:00") + order(3, 3, "bad"));
    std::string const start = "run ratio.json --source orders=orders.csv --as-of 2024-07-01 --out out";
    auto const ran = run_command(where, start + " --quarantine");
    INFO(ran.err);
    REQUIRE(ran.code == 0);
    CHECK(read_json(where.path() / "out" / "summary.json").at("columns").at("ratio").at("maximum") == "infinity");
    CHECK(std::filesystem::exists(where.path() / "out" / "quarantine.csv"));
    REQUIRE(run_command(where, start).code == 0);
    CHECK_FALSE(std::filesystem::exists(where.path() / "out" / "quarantine.csv"));
}

TEST_CASE("run: a sum that leaves 64 bits is an error of that customer alone") {
    scratch_directory const where;
    std::string orders = heading;
    for (int c = 1; c <= 12; ++c)
        orders += order(c, c, std::to_string(20 * c) + ".00");
    orders += order(3, 100, "92233720368547758.07") + order(3, 101, "92233720368547758.07");
    auto const ran = run_plan(where, orders);
    INFO(ran.err);
    REQUIRE(ran.code == 0);
    CHECK(says(ran.out, "spent: the sum of 1 customer (first 3) leaves its range"));
    auto const table = segmenta::detail::read_file(where.path() / "out" / "customers.csv");
    CHECK(says(table, "\n2,30,40.00,1,false\n"));
    CHECK(says(table, "\n3,30,,,\n"));
    auto const summary = segmenta::detail::read_file(where.path() / "out" / "summary.json");
    CHECK(says(summary, "\"failed_features\""));
    CHECK(says(summary, "\"error\": 1"));
}

TEST_CASE("run: the fitted plan is never written over by a result") {
    scratch_directory const where;
    for (std::string const name : {"customers.csv", "summary.json", "../out/timings.json"}) {
        auto const ran = run_plan(where, heading + order(1, 1), "--save-fitted out/" + name);
        CAPTURE(name);
        CHECK(ran.code == 2);
        CHECK(says(ran.err, "cli.overwrite"));
    }
}

TEST_CASE("counts on the command line are plain decimal numbers") {
    scratch_directory const where;
    for (std::string const seed : {"-1", "18446744073709551616", "0x2", "010", "1e3", "''"}) {
        auto const ran = run_command(where, "sample --customers 1 --out shop --seed=" + seed);
        CAPTURE(seed, ran.err);
        CHECK(ran.code == 2);
    }
    CHECK(run_command(where, "sample --customers 1 --out shop --seed 18446744073709551615").code == 0);
    CHECK(run_plan(where, heading + order(1, 1), "--threads 010").code == 2);
}

TEST_CASE("run: one customer, and customers who are all equal") {
    scratch_directory const where;
    REQUIRE(run_plan(where, heading + order(42, 1)).code == 0);
    CHECK(read_rows(where.path() / "out" / "customers.csv").size() == 2);
    std::string equal = heading;
    for (int c = 0; c < 200; ++c)
        equal += order(c, c);
    REQUIRE(run_plan(where, equal).code == 0);
    auto const rows = read_rows(where.path() / "out" / "customers.csv");
    for (std::size_t i = 2; i < rows.size(); ++i)
        CHECK(rows[i][3] == rows[1][3]); // equal values, equal scores
    auto const fit = read_json(where.path() / "out" / "summary.json").at("columns").at("m").at("fit");
    CHECK(fit.at("empty_scores").as_array().size() == 4); // and it says that four bins are empty
}

TEST_CASE("run: a full disk leaves the old result and no temporary file") {
    scratch_directory const where;
    std::string orders = heading;
    for (int c = 0; c < 20'000; ++c)
        orders += order(c, c);
    REQUIRE(run_plan(where, heading + order(1, 1)).code == 0);
    std::string const before = segmenta::detail::read_file(where.path() / "out" / "customers.csv");
    // A limit on the size of files fails like a full disk does: in the middle of a write.
    auto const ran = run_plan(where, orders, "", "trap '' XFSZ; ulimit -f 100;");
    CAPTURE(ran.err);
    CHECK(ran.code == 1);
    CHECK(says(ran.err, "file.write"));
    CHECK(segmenta::detail::read_file(where.path() / "out" / "customers.csv") == before);
    for (auto const& entry : std::filesystem::directory_iterator(where.path() / "out"))
        CHECK((entry.path().filename() == "customers.csv" || entry.path().filename() == "summary.json" ||
               entry.path().filename() == "timings.json"));
}

TEST_CASE("run: a line of one gigabyte is refused without taking a gigabyte of memory") {
    scratch_directory const where;
    where.write("plan.json", plan);
    {
        gzFile const out = ::gzopen((where.path() / "long.csv.gz").c_str(), "wb1");
        ::gzwrite(out, heading.data(), static_cast<unsigned>(heading.size()));
        std::string const piece(std::size_t{1} << 20, 'a');
        for (int i = 0; i < 1024; ++i)
            ::gzwrite(out, piece.data(), static_cast<unsigned>(piece.size()));
        ::gzclose(out);
    }
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    std::string const limit; // sanitizers reserve address space of their own
#else
    std::string const limit = "ulimit -v 600000;";
#endif
    auto const ran =
        run_command(where, "run plan.json --source orders=long.csv.gz --as-of 2024-07-01 --out out", limit);
    CAPTURE(ran.err);
    CHECK(ran.code == 1);
    CHECK(says(ran.err, "csv.record_too_long"));
    CHECK(says(ran.err, "long.csv.gz"));
    CHECK(nothing_written(where));
}

TEST_CASE("run: Ctrl-C leaves nothing behind and the exit code that shells expect") {
    scratch_directory const where;
    where.write("plan.json", plan);
    std::string orders = heading;
    for (int c = 0; c < 40'000; ++c)
        orders += order(c, c);
    where.write("orders.csv", orders);
    REQUIRE(::mkfifo((where.path() / "slow").c_str(), 0600) == 0);
    // The pipe gives the first rows, waits, and gives the rest after the interrupt. Without --foreground the signal
    // would come twice (to the process and to its group), and a second one ends the process without a word.
    std::string const line =
        "cd '" + where.path().string() +
        "' && { (head -c 600000 orders.csv; sleep 4; tail -c +600001 orders.csv) > slow 2>/dev/null & } && "
        "timeout --foreground --preserve-status -s INT 2 '" SEGMENTA_COMMAND
        "' run plan.json --source orders=slow --as-of 2024-07-01 --out out >/dev/null 2>err.txt; "
        "echo $? > code.txt; wait";
    REQUIRE(std::system(line.c_str()) == 0);
    CHECK(says(segmenta::detail::read_file(where.path() / "err.txt"), "ingest.stopped"));
    CHECK(segmenta::detail::read_file(where.path() / "code.txt") == "130\n");
    CHECK(nothing_written(where));
}

TEST_CASE("sample: the command writes the shop and says what to do next") {
    scratch_directory const where;
    auto const made = run_command(where, "sample --seed 7 --customers 300 --out shop");
    REQUIRE(made.code == 0);
    CHECK(says(made.out, "customers.csv"));
    std::string const shop_plan = std::string(SEGMENTA_SOURCE_DIR) + "/examples/plans/sample_shop.json";
    CHECK(says(made.out, "segmenta run examples/plans/sample_shop.json"));
    // The very command that the output proposes.
    std::size_t const at = made.out.find("segmenta run examples/plans/sample_shop.json") + 44;
    std::string const proposed = made.out.substr(at, made.out.find('\n', at) - at);
    auto const ran = run_command(where, "run '" + shop_plan + "' " + proposed);
    INFO(ran.err);
    REQUIRE(ran.code == 0);
    CHECK(std::filesystem::exists(where.path() / "out" / "customers.csv"));
}
