// SPDX-License-Identifier: Apache-2.0
// examples/plans/models/cdnow.json: models fitted inside a plan answer as the literature does.
#include "cli/run_command.hpp"

#include "support/catch.hpp"
#include "support/scratch_directory.hpp"
#include "support/test_data.hpp"

#include "base/file.hpp"
#include "base/json.hpp"
#include "cli/table_file.hpp"

#include <boost/json/object.hpp>

#include <numeric>

using namespace segmenta;

namespace {

cli::run_arguments arguments_for(test::scratch_directory const& scratch, unsigned threads) {
    cli::run_arguments a;
    a.plan = std::string(SEGMENTA_SOURCE_DIR) + "/examples/plans/models/cdnow.json";
    a.sources = {"purchases=" + test::test_data("CDNOW_sample.txt").string()};
    a.as_of = "1997-10-01";
    a.out = scratch.path_ / ("out" + std::to_string(threads));
    a.threads = threads;
    a.quiet = true;
    return a;
}

double sum_of(cli::table_file const& file, std::string const& column) {
    auto const values = file.numbers(column);
    return std::accumulate(values.begin(), values.end(), 0.0);
}

} // namespace

TEST_CASE("models in a plan: CDNOW's sample comes out as published", "[data]") {
    SEGMENTA_NEED_TEST_DATA("CDNOW_sample.txt");
    test::scratch_directory const scratch;
    auto first = arguments_for(scratch, 1);
    first.save_fitted = scratch.path_ / "fitted.json";
    cli::run(first, {});
    cli::table_file const customers(first.out / "customers.csv");
    auto const expected = detail::parse_json(detail::read_file(test::test_data("expected_cdnow.json")));
    auto const& published = expected.at("bgnbd_mle_sample_weeks");
    CHECK(sum_of(customers, "repeats") == 2457);
    CHECK(sum_of(customers, "p_alive") == Catch::Approx(published.at("sum_p_alive").to_number<double>()).epsilon(1e-6));
    CHECK(sum_of(customers, "purchases_39_weeks") ==
          Catch::Approx(published.at("sum_expected_transactions_next_39_weeks").to_number<double>()).epsilon(1e-6));

    // The fitted plan is enough for another run, and threads change nothing.
    auto second = arguments_for(scratch, 2);
    second.fitted = first.save_fitted;
    cli::run(second, {});
    CHECK(detail::read_file(second.out / "customers.csv") == detail::read_file(first.out / "customers.csv"));
    auto third = arguments_for(scratch, 3);
    cli::run(third, {});
    CHECK(detail::read_file(third.out / "customers.csv") == detail::read_file(first.out / "customers.csv"));
}
