// SPDX-License-Identifier: Apache-2.0
#include "cli/command.hpp"
#include "support/catch.hpp"

using namespace segmenta::test;
using Catch::Matchers::Contains;

TEST_CASE("segmenta: without a command, and with one that there is not, it says what there is") {
    scratch_directory const where;
    auto const alone = run_command(where, "");
    CHECK(alone.code == 2);
    CHECK_THAT(alone.err, Contains("explain") && Contains("sample"));
    auto const slip = run_command(where, "rum plan.json");
    CHECK(slip.code == 2);
    CHECK_THAT(slip.err, Contains("no subcommand \"rum\"") && Contains("did you mean \"run\"") && Contains("import"));
    CHECK_THAT(run_command(where, "run").err, Contains("required")); // of a command that there is
    CHECK(run_command(where, "--help").code == 0);
}
