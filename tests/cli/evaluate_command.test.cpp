// SPDX-License-Identifier: Apache-2.0
#include "cli/evaluate_command.hpp"

#include "base/json.hpp"

#include "support/catch.hpp"
#include "support/scratch_directory.hpp"
#include "support/test_data.hpp"

#include "base/file.hpp"

#include <segmenta/error.hpp>

#include <boost/json/object.hpp>

using namespace segmenta;

namespace {

double fact(cli::fit_report const& report, std::string_view name) {
    for (auto const& [key, value] : report.facts)
        if (key == name && std::holds_alternative<double>(value)) return std::get<double>(value);
    FAIL("no figure " << name);
    return 0;
}

std::string code_of(cli::evaluate_arguments const& a) {
    try {
        (void)cli::evaluate(a);
    } catch (issue_error const& e) {
        return e.issues()[0].code;
    }
    return "none";
}

cli::evaluate_arguments of_table(std::string what, std::filesystem::path const& table) {
    cli::evaluate_arguments a;
    a.what = std::move(what);
    a.table = table;
    return a;
}

} // namespace

TEST_CASE("evaluate: scores, probabilities and survival") {
    test::scratch_directory const scratch;
    auto const file = scratch.write("scores.csv", "score,bad\n0.9,1\n0.8,0\n0.3,1\n0.3,0\n");
    auto binary = of_table("binary", file);
    binary.score = "score";
    binary.outcome = "bad";
    auto const report = cli::evaluate(binary);
    CHECK(fact(report, "auc") == 0.625); // one tie and one pair the wrong way of four
    CHECK(fact(report, "gini") == 0.25);
    auto const json = detail::parse_json(cli::to_json(report, "binary")).get_object();
    CHECK(json.at("evaluation") == "binary");
    CHECK(json.at("auc").get_double() == 0.625);
    CHECK(json.at("tables").at("gains").is_array());

    auto probability = binary;
    probability.what = "probability";
    CHECK(fact(cli::evaluate(probability), "brier") == Catch::Approx((0.01 + 0.64 + 0.49 + 0.09) / 4));

    auto survival = of_table("survival", scratch.write("survival.csv", "months,left\n1,yes\n2,no\n3,yes\n3,no\n"));
    survival.duration = "months";
    survival.outcome = "left";
    survival.positive = "yes";
    // 4 at risk at 1, then 2 at 3: 3/4 and 3/4 * 1/2.
    CHECK(fact(cli::evaluate(survival), "survival at the end") == Catch::Approx(0.375));
}

TEST_CASE("evaluate: segments against truth, before and after") {
    test::scratch_directory const scratch;
    auto const file = scratch.write("labels.csv", "id,now,before,x\n1,a,a,0\n2,a,a,1\n3,b,b,10\n4,b,c,11\n");
    auto agreement = of_table("agreement", file);
    agreement.labels = "now";
    agreement.truth = "before";
    CHECK(fact(cli::evaluate(agreement), "adjusted rand") == Catch::Approx(0.5714285714)); // statistics.md 2.14
    CHECK(fact(cli::evaluate(agreement), "accuracy") == 0.75);
    auto migration = agreement;
    migration.what = "migration";
    CHECK(fact(cli::evaluate(migration), "stayed") == 3);
    auto clusters = of_table("clusters", file);
    clusters.labels = "now";
    clusters.features = {"x"};
    CHECK(fact(cli::evaluate(clusters), "silhouette") ==
          Catch::Approx((1 - 1 / 10.5 + 1 - 1 / 9.5 + 1 - 1 / 9.5 + 1 - 1 / 10.5) / 4));
}

TEST_CASE("evaluate: what a stranger found") {
    test::scratch_directory const scratch;
    auto survival = of_table("survival", scratch.write("all_left.csv", "months,left\n1,1\n2,1\n4,1\n"));
    survival.duration = "months";
    survival.outcome = "left";
    CHECK(fact(cli::evaluate(survival), "survival at the end") == 0);
    auto agreement = of_table("agreement", scratch.write("names.csv", "a,b\n0,x\n0,x\n1,y\n1,y\n"));
    agreement.labels = "a";
    agreement.truth = "b";
    auto const report = cli::evaluate(agreement);
    CHECK(fact(report, "adjusted rand") == 1);
    CHECK(report.facts.size() == 4); // nothing of accuracy and kappa
    CHECK_FALSE(report.remarks.empty());
    auto arms = of_table("proportions", scratch.write("arms.csv", "g,y\n,0\n1,1\n0,0\n0,1\n"));
    arms.group = "g";
    arms.outcome = "y";
    CHECK(code_of(arms) == "table.missing");
    auto empty = of_table("binary", scratch.write("empty.csv", "s,y\n"));
    empty.score = "s";
    empty.outcome = "y";
    CHECK(code_of(empty) == "table.empty");
}

TEST_CASE("evaluate: Hillstrom's campaign", "[data]") {
    SEGMENTA_NEED_TEST_DATA("hillstrom_email.csv");
    SEGMENTA_NEED_TEST_DATA("expected_hillstrom.json");
    auto const expected = detail::parse_json(detail::read_file(test::test_data("expected_hillstrom.json")));
    auto const& mens = expected.at("versus_no_email").at("Mens E-Mail");
    INFO(detail::write_json(mens, 1));
    auto a = of_table("proportions", test::test_data("hillstrom_email.csv"));
    a.group = "segment";
    a.treated = "Mens E-Mail";
    a.control = "No E-Mail";
    a.outcome = "visit";
    auto const report = cli::evaluate(a);
    CHECK(fact(report, "difference") ==
          Catch::Approx(mens.at("visit").at("difference").to_number<double>()).epsilon(1e-9));
    CHECK(fact(report, "z") == Catch::Approx(mens.at("visit").at("z_pooled").to_number<double>()).epsilon(1e-9));
}

TEST_CASE("evaluate: what cannot be measured is said") {
    test::scratch_directory const scratch;
    auto const file = scratch.write("scores.csv", "score,bad,arm\n0.9,1,a\n,0,b\n0.3,1,a\n");
    auto a = of_table("binary", file);
    CHECK(code_of(a) == "cli.column");
    a.score = "score";
    CHECK(code_of(a) == "table.missing");
    a.what = "binry";
    CHECK(code_of(a) == "cli.evaluation");
    a.what = "stability";
    CHECK(code_of(a) == "cli.reference");
    a.what = "proportions";
    a.group = "arm";
    a.treated = "z";
    a.outcome = "bad";
    CHECK(code_of(a) == "table.empty_arm");
    a.what = "clusters";
    a.labels = "arm";
    CHECK(code_of(a) == "cli.features");
    a.what = "agreement";
    a.truth = "score";
    CHECK(code_of(a) == "table.missing");
}
