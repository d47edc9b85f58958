// SPDX-License-Identifier: Apache-2.0
#include "cli/fit_command.hpp"

#include "cli/fit_report.hpp"
#include "cli/table_file.hpp"

#include "base/file.hpp"
#include "base/json.hpp"

#include "support/catch.hpp"
#include "support/scratch_directory.hpp"
#include "support/test_data.hpp"

#include <segmenta/base/random.hpp>
#include <segmenta/error.hpp>

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <cmath>
#include <limits>

using namespace segmenta;

namespace {

std::string code_of(cli::fit_arguments const& a) {
    try {
        (void)cli::fit_model(a);
    } catch (issue_error const& e) {
        return e.issues()[0].code;
    }
    return "none";
}

double estimate(cli::fit_report const& report, std::string_view name) {
    for (auto const& p : report.parameters)
        if (p.name == name) return p.value;
    FAIL("no parameter " << name);
    return 0;
}

cli::fit_arguments of_summary(std::string model, std::filesystem::path const& file) {
    cli::fit_arguments a;
    a.model = std::move(model);
    a.summary = file;
    a.threads = 1;
    a.quiet = true;
    return a;
}

// Customers of three kinds, with an outcome that hangs on x and colour.
std::string made_customers() {
    random_generator random(7);
    std::string out = "customer_id,x,y,colour,bad\n";
    for (int i = 0; i < 600; ++i) {
        int const kind = i % 3;
        double const x = 10.0 * kind + random_normal(random);
        double const y = 5.0 * (kind == 1) + random_normal(random);
        bool const red = random_bernoulli(random, 0.2 + 0.3 * kind);
        bool const bad = random_bernoulli(random, 0.1 + 0.02 * x + (red ? 0.2 : 0));
        out += fmt::format("{},{},{},{},{}\n", i, x, y, red ? "red" : "blue", bad ? "yes" : "no");
    }
    return out;
}

} // namespace

TEST_CASE("fit: numbers are written with the digits that say something") {
    CHECK(cli::figure(0.24259450508) == "0.2425945");
    CHECK(cli::figure(4.41360184) == "4.413602");
    CHECK(cli::figure(-9582.429206) == "-9582.429");
    CHECK(cli::figure(1234567) == "1,234,567");
    CHECK(cli::figure(-3) == "-3");
    CHECK(cli::figure(0) == "0");
    CHECK(cli::figure(1.5e-9) == "1.5e-09");
    CHECK(cli::figure(std::numeric_limits<double>::quiet_NaN()) == "not known");
    CHECK(cli::figure(std::numeric_limits<double>::infinity()) == "infinite");
}

TEST_CASE("fit: every model of repeat buying on CDNOW's sample", "[data]") {
    SEGMENTA_NEED_TEST_DATA("cdnow_customers_summary_with_transactions.csv");
    SEGMENTA_NEED_TEST_DATA("CDNOW_sample.txt");
    auto const file = test::test_data("cdnow_customers_summary_with_transactions.csv");
    // statistics.md 2.2, rows "2-dp csv": the summary is rounded to two decimals.
    auto const bg = cli::fit_model(of_summary("bg_nbd", file));
    CHECK(estimate(bg, "r") == Catch::Approx(0.2425929).epsilon(1e-4));
    CHECK(estimate(bg, "alpha") == Catch::Approx(4.4135310).epsilon(1e-4));
    CHECK(bg.diagnostics->log_likelihood == Catch::Approx(-9582.425561).margin(1e-5));
    CHECK(bg.diagnostics->state == identification::identified);
    CHECK(cli::to_text(bg).find("standard error") != std::string::npos);
    CHECK(cli::fit_model(of_summary("mbg_nbd", file)).diagnostics->log_likelihood ==
          Catch::Approx(-9582.132685).margin(1e-5));
    CHECK(cli::fit_model(of_summary("pareto_nbd", file)).diagnostics->log_likelihood ==
          Catch::Approx(-9594.973930).margin(1e-5));
    CHECK(cli::fit_model(of_summary("gamma_gamma", file)).diagnostics->log_likelihood ==
          Catch::Approx(-4055.923244).margin(1e-5));
    CHECK(estimate(cli::fit_model(of_summary("nbd", file)), "r") == Catch::Approx(0.38477).epsilon(1e-3));

    auto const document = detail::parse_json(bg.document).get_object();
    CHECK(document.at("model") == "bg_nbd");
    CHECK(document.at("version") == 1);
    CHECK(document.at("time_unit") == "week");
    CHECK(document.at("parameters").get_object().contains("alpha"));
    CHECK(document.at("log_likelihood").get_double() == Catch::Approx(-9582.425561).margin(1e-5));
    CHECK(document.contains("checksum"));
}

TEST_CASE("fit: orders are summarised first", "[data]") {
    SEGMENTA_NEED_TEST_DATA("apparel_trans.csv");
    // statistics.md 2.10: at 104 weeks identified, at 40 weeks without a finite maximum.
    cli::fit_arguments a;
    a.sources = {"orders=" + test::test_data("apparel_trans.csv").string()};
    a.threads = 1;
    a.model = "mbg_nbd";
    a.observation_end = "2006-12-31";
    auto const whole = cli::fit_model(a);
    CHECK(whole.diagnostics->state == identification::identified);
    a.observation_end = "2005-10-08";
    a.model = "bg_nbd";
    auto const early = cli::fit_model(a);
    CHECK(early.diagnostics->state == identification::not_identified);
    for (auto const& p : early.parameters)
        CHECK(std::isnan(p.standard_error));
    CHECK(cli::to_text(early).find("not_identified") != std::string::npos);
}

TEST_CASE("fit: BG/BB on the donations", "[data]") {
    SEGMENTA_NEED_TEST_DATA("lifetimes_donations.csv");
    auto const report = cli::fit_model(of_summary("bg_bb", test::test_data("lifetimes_donations.csv")));
    CHECK(estimate(report, "alpha") == Catch::Approx(1.20352222).epsilon(1e-3)); // statistics.md 2.9
    CHECK(report.diagnostics->log_likelihood == Catch::Approx(-33225.581274).margin(1e-3));
    CHECK(report.title.find("11,104 customers") != std::string::npos);
}

TEST_CASE("fit: outcomes and clusters of a made table") {
    test::scratch_directory const scratch;
    auto const file = scratch.write("customers.csv", made_customers());
    auto logistic = of_summary("logistic", file);
    logistic.outcome = "bad";
    logistic.positive = "yes";
    auto const outcome = cli::fit_model(logistic);
    CHECK(outcome.parameters.size() == 4); // intercept, x, y, colour=red
    CHECK(estimate(outcome, "colour=red") > 0);
    CHECK(estimate(outcome, "x") > 0);

    auto card = logistic;
    card.model = "scorecard";
    auto const points = cli::fit_model(card);
    CHECK(points.document.find("\"scorecard\"") != std::string::npos);
    CHECK_FALSE(points.tables.empty());

    for (std::string const model : {"kmeans", "gmm", "kprototypes"}) {
        INFO(model);
        auto clusters = of_summary(model, file);
        clusters.clusters = 3;
        clusters.features =
            model == "kprototypes" ? std::vector<std::string>{"x", "y", "colour"} : std::vector<std::string>{"x", "y"};
        auto const first = cli::fit_model(clusters);
        clusters.threads = 2;
        CHECK(cli::fit_model(clusters).document == first.document);
        REQUIRE_FALSE(first.tables.empty());
        CHECK(first.tables[0].rows.size() == 3);
    }
}

TEST_CASE("fit: what cannot be fitted is said with place and remedy") {
    test::scratch_directory const scratch;
    auto const customers = scratch.write("customers.csv", made_customers());
    CHECK(code_of(of_summary("bgnbd", customers)) == "cli.model");
    CHECK(code_of(of_summary("bg_nbd", customers)) == "cli.column");
    CHECK(code_of(of_summary("bg_nbd", scratch.path_ / "none.csv")) == "file.not_found");
    CHECK(code_of(of_summary("logistic", {})) == "cli.summary");
    CHECK(code_of(of_summary("logistic", customers)) == "cli.outcome");
    auto wrong = of_summary("logistic", customers);
    wrong.outcome = "bad";
    CHECK(code_of(wrong) == "table.one_outcome"); // "yes" is meant, "1" looked for
    wrong.positive = "yes";
    wrong.categorical = {"z"};
    CHECK(code_of(wrong) == "cli.categorical");
    auto clusters = of_summary("kmeans", customers);
    clusters.features = {"x"};
    CHECK(code_of(clusters) == "cli.clusters");
    clusters.clusters = 10'000;
    CHECK(code_of(clusters) == "cluster.too_many");
    clusters.clusters = 2;
    clusters.features = {"colour"};
    CHECK(code_of(clusters) == "cli.features");

    // RFM's recency in place of the age at the last purchase is found out where it cannot be.
    auto const reversed = scratch.write("summary.csv", "frequency,recency,T\n2,40,38\n1,3,10\n");
    CHECK(code_of(of_summary("bg_nbd", reversed)) == "clv.last_after_end");
    auto const unit = [&] {
        auto a = of_summary("bg_nbd", reversed);
        a.unit = "fortnights";
        return a;
    }();
    CHECK(code_of(unit) == "cli.unit");
    auto const text = scratch.write("text.csv", "frequency,recency,T\ntwo,1,38\n");
    CHECK(code_of(of_summary("bg_nbd", text)) == "table.not_a_number");
    CHECK(code_of(of_summary("bg_cnbd_k", reversed)) == "cli.source");
    auto orders = of_summary("bg_nbd", {});
    orders.sources = {"orders=" + scratch.write("orders.csv", "customer_id,date\n1,2024-01-01\n1,soon\n").string()};
    CHECK(code_of(orders) == "table.not_a_date");
}

TEST_CASE("fit: the model is written whole") {
    test::scratch_directory const scratch;
    auto a = of_summary("kmeans", scratch.write("customers.csv", made_customers()));
    a.features = {"x", "y"};
    a.clusters = 3;
    a.out = scratch.path_ / "model.json";
    cli::run_fit(a);
    auto const document = detail::parse_json(detail::read_file(a.out));
    CHECK(document.get_object().contains("checksum"));
}

TEST_CASE("fit: what a stranger found") {
    test::scratch_directory const scratch;
    // orders of nobody are nobody's
    auto orders = of_summary("nbd", {});
    orders.sources = {"orders=" + scratch
                                      .write("orders.csv",
                                             "customer_id,date,amount\na,2020-01-01,5\n,2020-02-02,5\nb,2020-02-03,-1\n"
                                             "b,2020-03-03,-1\na,2020-04-01,5\n")
                                      .string()};
    auto const report = cli::fit_model(orders);
    CHECK(report.title.find("2 customers") != std::string::npos);
    CHECK(cli::to_text(report).find("orders of no customer") != std::string::npos);
    // nobody came back: one answer of all models but those that call it not identified
    auto const once = scratch.write("once.csv", "frequency,recency,T\n0,0,10\n0,0,20\n0,0,30\n");
    CHECK(code_of(of_summary("nbd", once)) == "clv.too_few");
    CHECK(code_of(of_summary("pareto_nbd", once)) == "clv.too_few");
    // a slip in a column of numbers is a slip
    std::string text = "x,y,name\n";
    for (int i = 0; i < 100; ++i)
        text += fmt::format("{},{},n{}\n", i == 57 ? "x12" : std::to_string(i), i * i % 17, i);
    auto clusters = of_summary("kmeans", scratch.write("slip.csv", text));
    clusters.clusters = 2;
    CHECK(code_of(clusters) == "table.nearly_numbers");
    clusters.features = {"y"};
    CHECK(code_of(clusters) == "none");
    // names and ids group nobody; scaling and names go with the model
    std::string good = "x,y,name\n";
    for (int i = 0; i < 100; ++i)
        good += fmt::format("{},{},n{}\n", i, i * i % 17, i);
    auto scaled = of_summary("kmeans", scratch.write("good.csv", good));
    scaled.clusters = 2;
    scaled.standardise = true;
    auto const model = cli::fit_model(scaled);
    CHECK(cli::to_text(model).find("left out") != std::string::npos);
    auto const document = detail::parse_json(model.document).get_object();
    CHECK(document.at("features").get_array().size() == 2);
    CHECK(document.at("scaling").is_object());
    CHECK(document.at("fitted").is_object());
}

TEST_CASE("fit: Gamma-Gamma converges whatever the currency, reads no times, and warns", "[data]") {
    SEGMENTA_NEED_TEST_DATA("cdnow_customers_summary_with_transactions.csv");
    auto const file = test::test_data("cdnow_customers_summary_with_transactions.csv");
    CHECK(cli::fit_model(of_summary("gamma_gamma", file)).diagnostics->state == identification::identified);
    cli::table_file const table(file);
    auto const x = table.numbers("x");
    auto const spend = table.numbers("zbar");
    test::scratch_directory const scratch;
    std::string cents = "frequency,monetary_value\n";
    for (std::size_t i = 0; i < x.size(); ++i)
        cents += fmt::format("{},{}\n", x[i], spend[i] * 1e6);
    auto const scaled = cli::fit_model(of_summary("gamma_gamma", scratch.write("cents.csv", cents)));
    CHECK(scaled.diagnostics->state == identification::identified);
    CHECK(estimate(scaled, "p") == Catch::Approx(6.2488027).epsilon(1e-4)); // statistics.md 2.2
    CHECK(scaled.diagnostics->evaluations < 200);
}
