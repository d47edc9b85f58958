// SPDX-License-Identifier: Apache-2.0
#include "cli/table_file.hpp"

#include "support/catch.hpp"
#include "support/scratch_directory.hpp"

#include <segmenta/error.hpp>

#include <sys/stat.h>

#include <array>
#include <cmath>

using namespace segmenta;

namespace {

template <class Work>
issue_list issues_of(Work&& work) {
    try {
        work();
    } catch (issue_error const& e) {
        return e.issues();
    }
    return {};
}

} // namespace

TEST_CASE("table file: numbers, texts, codes and days, whatever the delimiter") {
    test::scratch_directory const scratch;
    for (std::string const d : {",", ";", "\t"}) {
        std::string text = "id,when,city,amount\na,2015-01-16,Rome,1.5\nb,2015-01-17 10:00,,NA\nc,2015-01-18,Rome,-3\n";
        for (char& c : text)
            if (c == ',') c = d[0];
        cli::table_file const file(scratch.write("table.csv", text));
        CHECK(file.columns() == std::vector<std::string>{"id", "when", "city", "amount"});
        auto const amount = file.numbers("amount");
        REQUIRE(amount.size() == 3);
        CHECK(amount[0] == 1.5);
        CHECK(std::isnan(amount[1]));
        CHECK(amount[2] == -3);
        CHECK(file.texts("city") == std::vector<std::string>{"Rome", "", "Rome"});
        auto const coded = file.codes("city");
        CHECK(coded.codes == std::vector<std::int32_t>{0, -1, 0});
        CHECK(coded.labels == std::vector<std::string>{"Rome"});
        CHECK(file.days("when", "") == std::vector<std::int32_t>{16451, 16452, 16453});
        std::vector<std::string> const all = file.columns();
        CHECK(file.are_numbers(all) == std::vector<bool>{false, false, false, true});
        constexpr std::array<std::string_view, 2> names{"town", "city"};
        CHECK(file.first_of(names) == "city");
    }
}

TEST_CASE("table file: one that is missing is told the file that is named nearly so, other errors are not") {
    test::scratch_directory const scratch;
    auto const there = scratch.write("customers.csv", "a,b\n1,2\n");
    auto const told = [&](std::filesystem::path const& path) {
        auto const issues = issues_of([&] { (void)cli::table_file(path); });
        return issues.empty() ? std::string("nothing") : issues[0].code + " " + issues[0].remedy;
    };
    CHECK(told(scratch.path_ / "custmers.csv") == "file.not_found Did you mean " + there.string() + "?");
    CHECK(told(scratch.path_ / "Customers.CSV") == "file.not_found Did you mean " + there.string() + "?");
    CHECK(told(scratch.path_ / "orders.csv") == "file.not_found Check the path");
    CHECK(told(scratch.path_ / "no" / "customers.csv") ==
          "file.not_found There is no folder " + (scratch.path_ / "no").string() + "; check the path");
    std::filesystem::create_directory(scratch.path_ / "custmer.csv");
    CHECK(told(scratch.path_ / "custmer.csv").find("Did you mean") == std::string::npos);
    CHECK(told(scratch.path_ / "custmer.csvs").ends_with("customers.csv?")); // a folder is nearer, but no file
}

TEST_CASE("table file: what cannot be read is named with its line") {
    test::scratch_directory const scratch;
    std::string text = "x,y\n1,2\nfive,2\n";
    for (int i = 0; i < 20; ++i)
        text += "six,1\n";
    cli::table_file const file(scratch.write("table.csv", text));
    auto const bad = issues_of([&] { (void)file.numbers("x"); });
    REQUIRE(bad.size() == 6);
    CHECK(bad[0].code == "table.not_a_number");
    CHECK(bad[0].place.ends_with("table.csv:3"));
    CHECK(bad[5].message.find("16 more") == 0);
    CHECK(issues_of([&] { (void)file.numbers("z"); })[0].code == "csv.no_column");
    CHECK(issues_of([&] { (void)file.days("y", ""); })[0].code == "table.not_a_date");
    CHECK(issues_of([&] { cli::table_file(scratch.path_ / "none.csv"); })[0].code == "file.not_found");
    CHECK(issues_of([&] { cli::table_file(scratch.write("empty.csv", "")); })[0].code == "csv.no_header");
    cli::table_file const heading(scratch.write("head.csv", "a,b\n"));
    CHECK(issues_of([&] { heading.require_rows(); })[0].code == "table.empty");
    CHECK_NOTHROW(cli::table_file(scratch.write("row.csv", "a,b\n1,2\n")).require_rows());
    auto const pipe = scratch.path_ / "pipe"; // it would lose its header to the first look
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    CHECK(issues_of([&] { (void)cli::table_file(pipe); })[0].code == "file.not_regular");
}
