// SPDX-License-Identifier: Apache-2.0
#include "cli/usage.hpp"

#include "cli/command.hpp"
#include "support/catch.hpp"

#include <segmenta/error.hpp>

#include <array>

using namespace segmenta;
using namespace segmenta::test;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("usage: a misspelt option names the nearest of its command") {
    scratch_directory const where;
    auto const says = [&](std::string const& line, std::string const& text) {
        INFO(line);
        auto const ran = run_command(where, line);
        CHECK(ran.code == 2);
        CHECK_THAT(ran.err, ContainsSubstring(text));
    };
    says("fit bg_nbd --sumary x.csv", "fit has no option \"--sumary\"; did you mean \"--summary\"?");
    says("fit bg_nbd --sumary=x.csv", "fit has no option \"--sumary\"; did you mean \"--summary\"?");
    says("fit --sumary x.csv", "did you mean \"--summary\"?");
    // What is missing was misspelt.
    says("run p.json --as-of 2024-07-01 --out out --sorce a=b", "did you mean \"--source\"?");
    says("score --model a --summary b --out c --outcome bad",
         "score has no option \"--outcome\"; it is one of fit, evaluate");
    says("tags p.json --zzzzz", "tags has no option \"--zzzzz\". segmenta tags --help lists them");
    says("--verson", "segmenta has no option \"--verson\"; did you mean \"--version\"?");
    says("--quiet run", "options stand behind the subcommand");
    says("run p.json --as-of 2024-07-01 --as-of 2024-07-02 --out out --source a=b", "--as-of is given 2 times");
    says("fit bg_nbd --summary", "--summary is given without a value");
    says("score --horizon soon", "--horizon: a number is expected, not \"soon\"");
    says("fit kmeans --clusters -3", "whole number");
    says("evaluate binary --table t.csv --bins -1", "whole number");
    says("tags p.json q.json", "takes no further argument \"q.json\"");
}

TEST_CASE("usage: options before the plan leave it alone") {
    scratch_directory const where;
    // There is no such plan, and that is what is wrong.
    for (std::string const line :
         {"run --source orders=a.csv absent.json --as-of 2024-07-01 --out out",
          "run --as-of 2024-07-01 --out out --source orders=a.csv --source b=b.csv absent.json",
          "explain --column gold absent.json --customer c.json --as-of 2024-07-01",
          "explain --customer c.json --immutable age absent.json --as-of 2024-07-01"}) {
        INFO(line);
        auto const ran = run_command(where, line);
        CHECK(ran.code == 1);
        CHECK_THAT(ran.err, ContainsSubstring("absent.json: there is no such file"));
    }
    CHECK_THAT(run_command(where, "fit --features a,b kmeans --summary absent.csv --clusters 2").err,
               ContainsSubstring("absent.csv: the file does not exist"));
    auto const spaced = run_command(where, "run p.json --source a=a.csv b=b.csv --as-of 2024-07-01 --out out");
    CHECK(spaced.code == 2);
    CHECK_THAT(spaced.err, ContainsSubstring("no further argument \"b=b.csv\"") && ContainsSubstring("joined by commas"));
}

TEST_CASE("usage: a column that a list names twice is refused, whichever option it belongs to") {
    try {
        cli::refuse_repeats(std::vector<std::string>{"a", "b", "a", "c", "b", "a"}, "--features");
        FAIL("not refused");
    } catch (issue_error const& e) {
        REQUIRE(e.issues().size() == 2);
        CHECK(e.issues()[0].code == "cli.features");
        CHECK(e.issues()[0].place == "--features");
        CHECK(e.issues()[0].seen == "\"a\"");
        CHECK(e.issues()[1].seen == "\"b\"");
    }
    CHECK_NOTHROW(cli::refuse_repeats(std::vector<std::string>{"a", "A", "b"}, "--features"));
    CHECK_NOTHROW(cli::refuse_repeats({}, "--features"));

    scratch_directory const where;
    where.write("t.csv", "x,y,bad,group\n1,2,0,a\n2,1,1,a\n8,9,0,b\n9,8,1,b\n");
    auto const refused = [&](std::string const& line, std::string const& option) {
        INFO(line);
        auto const ran = run_command(where, line);
        CHECK(ran.code == 2);
        CHECK(ran.out.empty());
        CHECK_THAT(ran.err, ContainsSubstring(option + ": the column is named twice (seen: \"x\")"));
    };
    refused("evaluate clusters --table t.csv --labels group --features x,x", "--features");
    refused("evaluate clusters --table t.csv --labels group --features x,y --features x", "--features");
    refused("fit kmeans --summary t.csv --clusters 2 --features x,y,x", "--features");
    refused("fit logistic --summary t.csv --outcome bad --categorical x,x", "--categorical");
    refused("score --model m.json --summary t.csv --out out.csv --keep x,x", "--keep");
    refused("explain p.json --customer c.json --as-of 2024-07-01 --column x --column x", "--column");
    refused("explain p.json --customer c.json --as-of 2024-07-01 --immutable x --immutable x", "--immutable");
    CHECK(run_command(where, "evaluate clusters --table t.csv --labels group --features x,y").code == 0);
}

TEST_CASE("usage: options of other models are refused, all of them") {
    using name = std::string_view;
    static constexpr std::array<name, 1> logistic{"logistic"};
    static constexpr std::array<name, 2> clusters{"kmeans", "gmm"};
    std::array const known{cli::option_use{"--ridge", logistic}, cli::option_use{"--clusters", clusters}};
    std::vector<std::string> const given{"MODEL", "--ridge", "--summary", "--clusters"};
    try {
        cli::check_options(known, given, "bg_nbd");
        FAIL("not refused");
    } catch (issue_error const& e) {
        REQUIRE(e.issues().size() == 2);
        CHECK(e.issues()[0].code == "cli.option");
        CHECK(e.issues()[0].place == "--ridge");
        CHECK(e.issues()[1].message == "bg_nbd takes no such option; it is for kmeans, gmm");
    }
    CHECK_NOTHROW(cli::check_options(known, std::vector<std::string>{"--ridge"}, "logistic"));

    scratch_directory const where;
    where.write("t.csv", "frequency,recency,T,bad\n1,2,5,1\n0,0,4,0\n");
    auto const refused = [&](std::string const& line, std::string const& text) {
        INFO(line);
        auto const ran = run_command(where, line);
        CHECK(ran.code == 2);
        CHECK_THAT(ran.err, ContainsSubstring(text));
    };
    refused("fit logistic --summary t.csv --outcome bad --repeats frequency",
            "--repeats: logistic takes no such option; it is for bg_nbd, mbg_nbd");
    refused("fit bg_nbd", "or --source orders=FILE");
    refused("fit bg_nbd --summary t.csv --ridge 1", "it is for logistic");
    refused("fit kmeans --source orders=t.csv --clusters 2", "--source: kmeans takes no such option");
    refused("fit bg_nbd --summary t.csv --customer id", "--customer: this is about orders, and none are read");
    refused("fit bg_nbd --source orders=t.csv --repeats frequency",
            "--repeats: this is about a file with one customer a row");
    refused("evaluate survival --table t.csv --duration T --outcome bad --score recency",
            "--score: survival takes no such option; it is for binary");
}
