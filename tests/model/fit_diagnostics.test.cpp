// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/fit_diagnostics.hpp>

#include "support/catch.hpp"

using namespace segmenta;

TEST_CASE("fit diagnostics: states have their names, and a fresh one claims nothing") {
    CHECK(to_string(identification::identified) == "identified");
    CHECK(to_string(identification::not_identified) == "not_identified");
    CHECK(to_string(fit_diagnostics{}.state) == "not_converged");
}
