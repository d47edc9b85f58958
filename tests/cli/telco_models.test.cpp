// SPDX-License-Identifier: Apache-2.0
// examples/plans/models/telco.json: documents with text columns score in a plan as they do alone, and runs say whether
// the customers are still those of the fit.
#include "cli/drift_summary.hpp"
#include "cli/run_command.hpp"
#include "cli/score_command.hpp"

#include "base/file.hpp"
#include "base/json.hpp"
#include "cli/table_file.hpp"

#include "support/catch.hpp"
#include "support/scratch_directory.hpp"
#include "support/test_data.hpp"

#include <segmenta/model/logistic.hpp>

#include <boost/json/object.hpp>

#include <fstream>
#include <map>

using namespace segmenta;

namespace {

std::string example() { return std::string(SEGMENTA_SOURCE_DIR) + "/examples/plans/models/telco.json"; }

cli::run_arguments run_of(std::filesystem::path const& contracts, std::filesystem::path const& out) {
    cli::run_arguments a;
    a.plan = example();
    a.sources = {"contracts=" + contracts.string()};
    a.as_of = "2024-01-01";
    a.out = out;
    a.threads = 1;
    a.quiet = true;
    return a;
}

boost::json::object drift_in(std::filesystem::path const& out) {
    return detail::parse_json(detail::read_file(out / "summary.json")).at("drift").get_object();
}

std::string document_of(std::string const& column) {
    auto const plan = detail::parse_json(detail::read_file(example()), {.comments = true});
    return detail::write_json(plan.at("columns").at(column).at("document"));
}

cli::scored_rows scored(test::scratch_directory const& scratch, std::string const& column) {
    cli::score_arguments a;
    a.model = scratch.write(column + ".json", document_of(column));
    a.table.summary = test::test_data("telco_customer_churn.csv");
    return cli::score_rows(a);
}

/// By customer, since customers.csv is sorted by id.
template <class Value>
std::map<std::string, Value> by_id(std::vector<std::string> const& ids, std::vector<Value> const& values) {
    std::map<std::string, Value> out;
    for (std::size_t i = 0; i < ids.size(); ++i)
        out[ids[i]] = values[i];
    return out;
}

/// Only contracts that run month by month.
std::filesystem::path monthly(test::scratch_directory const& scratch) {
    std::ifstream in(test::test_data("telco_customer_churn.csv"));
    std::string out;
    for (std::string line; std::getline(in, line);)
        if (out.empty() || line.find("Month-to-month") != std::string::npos) out += line + "\n";
    return scratch.write("monthly.csv", out);
}

} // namespace

TEST_CASE("models in a plan: documents with texts score contracts as they do alone", "[data]") {
    SEGMENTA_NEED_TEST_DATA("telco_customer_churn.csv");
    test::scratch_directory const scratch;
    auto first = run_of(test::test_data("telco_customer_churn.csv"), scratch.path_ / "out");
    first.save_fitted = scratch.path_ / "fitted.json";
    cli::run(first, {});
    cli::table_file const customers(first.out / "customers.csv");
    cli::table_file const contracts(test::test_data("telco_customer_churn.csv"));
    auto const ids = contracts.texts("customerID");
    auto const churn = scored(scratch, "churn");
    auto const risk = scored(scratch, "risk");
    auto const group = scored(scratch, "group");
    CHECK(by_id(customers.texts("customer_id"), customers.numbers("churn")) == by_id(ids, churn.answers[0].numbers));
    CHECK(by_id(customers.texts("customer_id"), customers.texts("group")) == by_id(ids, group.answers[0].texts));
    std::vector<std::string> expected;
    for (double const points : risk.answers[0].numbers)
        expected.push_back(points < 500 ? "leaving" : points < 560 ? "wavering" : "staying");
    CHECK(by_id(customers.texts("customer_id"), customers.texts("risk")) == by_id(ids, expected));

    // Probabilities of a mixture: whoever is called loyal is so with the highest of three probabilities.
    auto const kinds = customers.texts("kind");
    auto const loyal = customers.numbers("loyal");
    for (std::size_t i = 0; i < kinds.size(); ++i)
        if (kinds[i] == "loyal" ? loyal[i] < 1.0 / 3 : loyal[i] > .5) FAIL("customer " << i << ": " << loyal[i]);

    // The documents are what `segmenta fit` writes today.
    cli::fit_arguments fit;
    fit.model = "logistic";
    fit.summary = test::test_data("telco_customer_churn.csv");
    fit.outcome = "Churn";
    fit.positive = "Yes";
    fit.features = {"tenure", "MonthlyCharges", "Contract", "InternetService"};
    fit.threads = 1;
    auto const again = logistic::from_json(cli::fit_model(fit).document);
    auto const given = logistic::from_json(document_of("churn"));
    CHECK(again.names() == given.names());
    for (std::size_t i = 0; i < given.coefficients().size(); ++i)
        CHECK(given.coefficients()[i] == Catch::Approx(again.coefficients()[i]).epsilon(1e-9));

    // These are the customers of the fit; others are told.
    auto const same = drift_in(first.out);
    CHECK(same.at("kind").at("level") == "fitted on these customers");
    CHECK(same.at("churn").at("reference") == "document");
    CHECK(same.at("churn").at("level") == "stable");
    CHECK(same.at("group").at("index").to_number<double>() == 0);
    CHECK(same.at("risk").at("level") == "not known"); // segments cut in the plan; the document knows scores

    auto second = run_of(monthly(scratch), scratch.path_ / "later");
    second.fitted = first.save_fitted;
    cli::run(second, {});
    auto const later = drift_in(second.out);
    for (auto const* const column : {"churn", "group", "kind", "loyal"}) {
        INFO(column);
        CHECK(later.at(column).at("level") == (column[0] == 'c' || column[0] == 'g' ? "drifted" : "shifted"));
        CHECK(later.at(column).at("customers").to_number<int>() == 3875);
    }
    CHECK(later.at("kind").at("reference") == "fit");
    CHECK(later.at("kind").at("by_chance").to_number<double>() < .01);
}

TEST_CASE("drift: the screen names what moved, what is not known, and what to do") {
    drift_watch const fit{drift_source::fit, std::nullopt, {}};
    drift_watch const none{drift_source::none, std::nullopt, {}};
    drift_report_row row{"score", 100, stability_index{.5, {}, 1}, drift_level::drifted, .01};
    std::vector<cli::watched_column> const columns{
        {"p_alive", &fit, false, row}, {"group", &fit, true, std::nullopt}, {"card", &none, false, std::nullopt}};
    auto const text = cli::drift_text(columns);
    CHECK(text.find("p_alive  0.5000     0.0100  drifted") != std::string::npos);
    CHECK(text.find("fit again") != std::string::npos);
    CHECK(text.find("not known") != std::string::npos);
    CHECK(text.find("group") == std::string::npos);
    CHECK(cli::drift_text({columns[1]}).empty());
    auto const json = cli::drift_json(columns);
    CHECK(json.at("p_alive").at("shifted_from") == .1);
    CHECK(json.at("p_alive").at("filled_bins").to_number<int>() == 1);
    CHECK(json.at("group").at("level") == "fitted on these customers");
    CHECK(json.at("card").at("reference") == "none");
}
