// SPDX-License-Identifier: Apache-2.0
#include "cli/output_file.hpp"

#include "cli/command.hpp"
#include "support/catch.hpp"

#include <segmenta/error.hpp>
#include <segmenta/model/gamma_gamma.hpp>

#include <array>

using namespace segmenta;
using namespace segmenta::test;
using Catch::Matchers::ContainsSubstring;

namespace {

std::string code_of(std::filesystem::path const& out, std::filesystem::path const& input) {
    try {
        cli::check_output(out, std::array{input});
    } catch (issue_error const& e) {
        return e.issues()[0].code;
    }
    return "none";
}

} // namespace

TEST_CASE("output file: what cannot be written is said before the work, and no input is written over") {
    scratch_directory const where;
    auto const input = where.write("in.csv", "a\n1\n");
    CHECK(code_of(where.path() / "out.csv", input) == "none");
    CHECK_FALSE(std::filesystem::exists(where.path() / "out.csv"));
    CHECK(code_of(input, input) == "cli.overwrite");
    CHECK(code_of(where.path() / "." / "in.csv", input) == "cli.overwrite");
    CHECK(code_of(where.path(), input) == "file.open");
    CHECK(code_of(where.path() / "none" / "out.csv", input) == "file.open");
    CHECK(code_of("/dev/null", input) == "none");
    CHECK(code_of("-", input) == "none");
    CHECK(cli::is_standard_output("-"));
    CHECK_FALSE(cli::is_standard_output("./-"));
    CHECK_THROWS_AS(cli::refuse_standard_output("-", "--out", "a folder"), issue_error);
    CHECK_NOTHROW(cli::refuse_standard_output("out", "--out", "a folder"));
}

TEST_CASE("output file: - is the standard output, and what people read goes elsewhere") {
    scratch_directory const where;
    std::string rows = "id,frequency,recency,T\n";
    for (int i = 0; i < 60; ++i)
        rows += std::to_string(i) + "," + std::to_string(i % 4) + "," + std::to_string(i % 4 == 0 ? 0 : 3 + i % 7) +
                "," + std::to_string(12 + i % 5) + "\n";
    where.write("t.csv", rows);
    auto const to_file = run_command(where, "fit bg_nbd --summary t.csv --out model.json");
    REQUIRE(to_file.code == 0);
    auto const model = detail::read_file(where.path() / "model.json");
    auto const piped = run_command(where, "fit bg_nbd --summary t.csv --out -");
    CHECK(piped.code == 0);
    CHECK(piped.out == model);
    CHECK_THAT(piped.err, ContainsSubstring("bg_nbd: 60 customers"));
    CHECK(run_command(where, "fit bg_nbd --summary t.csv --out - --quiet").out == model);
    CHECK(run_command(where, "fit bg_nbd --summary t.csv --out - --json").out == model);

    where.write("spend.csv", "id,frequency,monetary_value\na,2,30\nb,1,\"4\"\n");
    where.write("spend.json", gamma_gamma({6.25, 3.74, 15.45}).to_json());
    auto const scored = run_command(where, "score --model spend.json --summary spend.csv --out scored.csv");
    auto const printed = run_command(where, "score --model spend.json --summary spend.csv --out -");
    CHECK(scored.code == 0);
    CHECK(printed.code == 0);
    CHECK(printed.out == detail::read_file(where.path() / "scored.csv"));
    CHECK_THAT(printed.err, ContainsSubstring("2 rows scored") && ContainsSubstring("in the standard output"));
    CHECK_FALSE(std::filesystem::exists(where.path() / "-"));

    auto const folder = run_command(where, "sample --customers 3 --out -");
    CHECK(folder.code == 2);
    CHECK_THAT(folder.err, ContainsSubstring("several files are written"));
    CHECK_THAT(run_command(where, "fit bg_nbd --summary t.csv --out t.csv").err, ContainsSubstring("cli.overwrite"));
    CHECK(detail::read_file(where.path() / "t.csv") == rows);
    CHECK_THAT(run_command(where, "tags -").err, ContainsSubstring("standard input is not read here"));
    CHECK_THAT(run_command(where, "fit bg_nbd --summary -").err, ContainsSubstring("a table is read more than once"));
}
