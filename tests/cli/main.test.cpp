// SPDX-License-Identifier: Apache-2.0
#include "cli/command.hpp"
#include "support/catch.hpp"

using namespace segmenta::test;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("segmenta: without a command, and with one that there is not, it says what there is") {
    scratch_directory const where;
    auto const alone = run_command(where, "");
    CHECK(alone.code == 2);
    CHECK_THAT(alone.err, ContainsSubstring("explain") && ContainsSubstring("sample"));
    auto const slip = run_command(where, "rum plan.json");
    CHECK(slip.code == 2);
    CHECK_THAT(slip.err, ContainsSubstring("no subcommand \"rum\"") && ContainsSubstring("did you mean \"run\"") && ContainsSubstring("import"));
    CHECK_THAT(run_command(where, "run").err, ContainsSubstring("required")); // of a command that there is
    CHECK(run_command(where, "--help").code == 0);
}
