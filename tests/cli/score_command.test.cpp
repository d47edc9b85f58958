// SPDX-License-Identifier: Apache-2.0
#include "cli/score_command.hpp"

#include "base/file.hpp"
#include "cli/table_file.hpp"
#include "model/model_document.hpp"

#include "support/catch.hpp"
#include "support/scratch_directory.hpp"
#include "support/test_data.hpp"

#include <segmenta/base/random.hpp>
#include <segmenta/error.hpp>
#include <segmenta/model/bg_bb.hpp>
#include <segmenta/model/bg_nbd.hpp>
#include <segmenta/model/cluster_model.hpp>
#include <segmenta/model/gamma_gamma.hpp>
#include <segmenta/model/one_hot.hpp>
#include <segmenta/model/scorecard.hpp>

#include <fmt/format.h>

#include <cmath>
#include <map>

using namespace segmenta;

namespace {

std::string customers(int n, std::uint64_t seed) {
    random_generator random(seed);
    std::string out = "id,spend,visits,way,bad\n";
    for (int i = 0; i < n; ++i) {
        double const spend = 10.0 * (i % 3) + random_normal(random);
        bool const bad = random_bernoulli(random, .2 + .2 * (i % 3));
        out += fmt::format("c{},{:.6f},{:.6f},{},{}\n", i, spend, random_normal(random), i % 2 == 0 ? "web" : "shop",
                           bad ? "yes" : "no");
    }
    return out;
}

cli::fit_arguments fit_of(std::string model, std::filesystem::path const& file, std::filesystem::path const& out) {
    cli::fit_arguments a;
    a.model = std::move(model);
    a.summary = file;
    a.out = out;
    a.quiet = true;
    a.threads = 1;
    return a;
}

cli::score_arguments score_of(std::filesystem::path const& model, std::filesystem::path const& file,
                              std::filesystem::path const& out = {}) {
    cli::score_arguments a;
    a.model = model;
    a.table.summary = file;
    a.out = out;
    a.quiet = true;
    return a;
}

std::string code_of(cli::score_arguments const& a) {
    try {
        cli::run_score(a);
    } catch (issue_error const& e) {
        return e.issues()[0].code;
    }
    return "none";
}

} // namespace

TEST_CASE("score: every model that fit writes scores the file it was fitted on as it does itself") {
    test::scratch_directory const scratch;
    auto const file = scratch.write("customers.csv", customers(300, 5));
    cli::table_file const table(file);
    auto const spend = table.numbers("spend");
    auto const visits = table.numbers("visits");
    auto const ways = table.texts("way");
    for (std::string const kind : {"kmeans", "gmm", "kprototypes"}) {
        INFO(kind);
        auto const path = scratch.path_ / (kind + ".json");
        auto fit = fit_of(kind, file, path);
        fit.clusters = 3;
        fit.standardise = true;
        fit.features = {"spend", "visits"};
        if (kind == "kprototypes") fit.features.emplace_back("way");
        cli::run_fit(fit);
        auto const out = scratch.path_ / (kind + ".csv");
        cli::run_score(score_of(path, file, out));
        cli::table_file const scored(out);
        auto const model = cluster_model::from_json(detail::read_file(path));
        auto const segments = scored.texts("segment");
        auto const ids = scored.texts("id");
        CHECK(ids[17] == "c17");
        for (std::size_t i = 0; i < 300; ++i) {
            std::array const row{spend[i], visits[i]};
            std::string_view const way = ways[i];
            auto const found = model.nearest(row, std::span(&way, kind == "kprototypes" ? 1 : 0));
            if (segments[i] != model.segments()[found.cluster].id) FAIL("row " << i);
        }
        CHECK(scored.has(kind == "gmm" ? "probability" : "distance"));
        // The same customers: no drift.
        auto const again = cli::score_rows(score_of(path, file));
        REQUIRE(again.drift.size() == 2);
        CHECK(again.drift[0].find("PSI 0.0000") != std::string::npos);
        CHECK(again.drift[1].find("stable") != std::string::npos);
    }
}

TEST_CASE("score: outcomes with texts, what is missing and what was never seen") {
    test::scratch_directory const scratch;
    auto const file = scratch.write("customers.csv", customers(2'000, 6));
    auto fit = fit_of("logistic", file, scratch.path_ / "logistic.json");
    fit.outcome = "bad";
    fit.positive = "yes";
    fit.features = {"spend", "visits", "way"};
    cli::run_fit(fit);
    auto const odd = scratch.write("odd.csv", "way,visits,spend\nweb,1,2\nshop,1,2\npigeon,1,2\n,1,2\nweb,,2\n");
    auto const scored = cli::score_rows(score_of(fit.out, odd));
    auto const model = logistic::from_json(detail::read_file(fit.out));
    REQUIRE(model.names() == std::vector<std::string>{"spend", "visits", "way=web"});
    CHECK(scored.answers[0].name == "probability");
    CHECK(scored.answers[0].numbers[0] == model.probability(std::array{2.0, 1.0, 1.0}));
    CHECK(scored.answers[0].numbers[1] == model.probability(std::array{2.0, 1.0, 0.0}));
    CHECK(std::isnan(scored.answers[0].numbers[2]));
    CHECK(scored.answers[1].texts[2] == "not seen at the fit: way");
    CHECK(scored.answers[1].texts[3] == "missing: way");
    CHECK(scored.answers[1].texts[4] == "missing: visits");
    CHECK(scored.drift.size() == 1);

    auto card = fit;
    card.model = "scorecard";
    card.least_information = 0;
    card.out = scratch.path_ / "card.json";
    cli::run_fit(card);
    auto const points = cli::score_rows(score_of(card.out, odd));
    auto const of_card = scorecard::from_json(detail::read_file(card.out));
    std::array<scorecard_value, 3> const pigeon{2.0, 1.0, std::string_view("pigeon")};
    CHECK(points.answers[0].name == "score");
    CHECK(points.answers[0].numbers[2] == of_card.score(pigeon));
    CHECK(points.answers[1].numbers[2] == of_card.probability_at(of_card.score(pigeon)));
    CHECK(points.answers[2].name == "reason_1");
    auto const reasons = of_card.reasons(pigeon);
    CHECK(points.answers[2].texts[2] == (reasons[0].shortfall > 0 ? reasons[0].variable : ""));
    CHECK(points.answers.back().texts[2].empty());
}

TEST_CASE("score: repeat buying", "[data]") {
    SEGMENTA_NEED_TEST_DATA("cdnow_customers_summary.csv");
    test::scratch_directory const scratch;
    auto const file = test::test_data("cdnow_customers_summary.csv");
    auto fit = fit_of("bg_nbd", file, scratch.path_ / "model.json");
    cli::run_fit(fit);
    auto score = score_of(fit.out, file);
    score.horizon = 39;
    auto const scored = cli::score_rows(score);
    auto const model = bg_nbd::from_json(detail::read_file(fit.out));
    cli::table_file const table(file);
    auto const repeats = table.numbers("frequency");
    auto const last = table.numbers("recency");
    auto const age = table.numbers("T");
    for (std::size_t i = 0; i < scored.rows; i += 37) {
        repeat_purchases const who{repeat_count(repeats[i]), age_at_last_purchase(last[i]), customer_age(age[i])};
        CHECK(scored.answers[0].numbers[i] == model.probability_alive(who));
        CHECK(scored.answers[1].numbers[i] == model.conditional_expected_transactions(who, horizon(39)));
    }
    // who cannot be is told, not scored
    auto const odd = scratch.write("odd.csv", "frequency,recency,T\n2,40,38\n0,3,10\n,3,10\n1,2,3\n");
    auto const told = cli::score_rows(score_of(fit.out, odd));
    CHECK(std::isnan(told.answers[0].numbers[0]));
    CHECK_FALSE(told.answers.back().texts[1].empty());
    CHECK(told.answers.back().texts[2] == "missing: repeat purchases");
    CHECK(told.answers.back().texts[3].empty());
}

TEST_CASE("score: a fit that the customers do not determine scores nobody") {
    test::scratch_directory const scratch;
    auto const file = scratch.write("three.csv", "ID,frequency,recency,T\n1,1,2,5\n2,1,2,5\n3,1,2,5\n");
    for (auto const* model : {"bg_nbd", "mbg_nbd", "pareto_nbd", "nbd"}) {
        auto const fit = fit_of(model, file, scratch.path_ / "model.json");
        cli::run_fit(fit);
        INFO(model);
        CHECK(code_of(score_of(fit.out, file, scratch.path_ / "out.csv")).starts_with("model.not_"));
        CHECK_FALSE(std::filesystem::exists(scratch.path_ / "out.csv"));
    }
}

TEST_CASE("score: every row without an answer says why, and is counted") {
    test::scratch_directory const scratch;
    auto const path = scratch.write("model.json", bg_nbd({.243, 4.414, .793, 2.426}, model_time_unit::week).to_json());
    auto const file = scratch.write("odd.csv", "frequency,recency,T\n2.5,3,5\n-1,3,5\n1,3,5\n,3,\n");
    auto score = score_of(path, file);
    score.horizon = 3;
    auto const scored = cli::score_rows(score);
    for (std::size_t i = 0; i < scored.rows; ++i)
        CHECK(scored.answers.back().texts[i].empty() == !std::isnan(scored.answers[0].numbers[i]));
    CHECK(scored.answers.back().texts[0] == scored.answers.back().texts[1]);
    CHECK(scored.answers.back().texts[3] == "missing: repeat purchases, age");
    score.horizon = 0;
    score.out = scratch.path_ / "out.csv";
    CHECK(code_of(score) == "cli.horizon");

    auto const whole = scratch.write("bb.json", bg_bb({1.2, .75, .657, 2.783}).to_json());
    auto const periods = scratch.write("periods.csv", "x,t_x,n\n1.5,2,6\n0,0,1e9\n1,1,2.5\n2,2,1e300\n1,2,6\n");
    auto chances = score_of(whole, periods, scratch.path_ / "out.csv");
    auto const counted = cli::score_rows(chances);
    for (std::size_t i = 0; i < counted.rows; ++i)
        CHECK(counted.answers.back().texts[i].empty() == !std::isnan(counted.answers[0].numbers[i]));
    CHECK(counted.answers.back().texts[4].empty());
    chances.horizon = 2.5;
    CHECK(code_of(chances) == "cli.horizon");

    auto ahead = score_of(scratch.write("spend.json", gamma_gamma({6.25, 3.74, 15.45}).to_json()),
                          scratch.write("summary.csv", "frequency,monetary_value\n2,30\n"), scratch.path_ / "out.csv");
    ahead.horizon = 3;
    CHECK(code_of(ahead) == "cli.horizon");
    auto const zero = scratch.write("zero.csv", std::string("ID,frequency,recency,T\na\0b,1,3,5\n", 33));
    CHECK(code_of(score_of(path, zero, scratch.path_ / "out.csv")) == "score.bad_id");
    CHECK_FALSE(std::filesystem::exists(scratch.path_ / "out.csv"));
}

TEST_CASE("score: mean spend, and rows without ids are numbered") {
    test::scratch_directory const scratch;
    gamma_gamma const model({6.25, 3.74, 15.45});
    auto const path = scratch.write("spend.json", model.to_json());
    auto const file = scratch.write("summary.csv", "frequency,monetary_value\n2,30\n0,0\n1,-5\n");
    auto const out = scratch.path_ / "out.csv";
    cli::run_score(score_of(path, file, out));
    cli::table_file const scored(out);
    CHECK(scored.numbers("row")[2] == 3);
    auto const spend = scored.numbers("expected_spend");
    CHECK(spend[0] == model.expected_spend(repeat_count(2), mean_spend(30)));
    CHECK(spend[1] == model.expected_spend(repeat_count(0), mean_spend(0)));
    CHECK(std::isnan(spend[2]));
}

TEST_CASE("score: what cannot be done is said, and nothing is written") {
    test::scratch_directory const scratch;
    auto const file = scratch.write("customers.csv", customers(30, 7));
    cluster_model const model({k_means({0, 0, 10, 0}, 2), {"spend", "visits"}});
    auto const path = scratch.write("model.json", model.to_json());
    auto const out = scratch.path_ / "out.csv";
    CHECK(code_of(score_of(scratch.path_ / "none.json", file, out)) == "file.not_found");
    CHECK(code_of(score_of(path, scratch.path_ / "none.csv", out)) == "file.not_found");
    CHECK(code_of(score_of(file, file, out)) == "json.syntax");
    CHECK(code_of(score_of(path, file)) == "cli.out");
    CHECK(code_of(score_of(path, file, path)) == "cli.overwrite");
    CHECK(code_of(score_of(path, file, file)) == "cli.overwrite");
    auto ahead = score_of(path, file, out);
    ahead.horizon = 10;
    CHECK(code_of(ahead) == "cli.horizon");
    ahead.horizon = -1;
    CHECK(code_of(ahead) == "cli.horizon");
    auto const other = scratch.write("other.csv", "id,spend\n1,2\n");
    CHECK(code_of(score_of(path, other, out)) == "score.columns");
    auto const slip = scratch.write("slip.csv", "id,spend,visits\n1,2,many\n");
    CHECK(code_of(score_of(path, slip, out)) == "table.not_a_number");
    auto kept = score_of(path, scratch.write("named.csv", "segment,spend,visits\na,1,2\n"), out);
    kept.keep = {"segment"};
    CHECK(code_of(kept) == "cli.keep");
    auto twice = score_of(path, file, out);
    twice.keep = {"id", "way", "id"};
    CHECK(code_of(twice) == "cli.keep");
    auto other_models = score_of(path, file, out);
    other_models.table.given = {"--model", "--repeats", "--out"};
    CHECK(code_of(other_models) == "cli.option");
    auto const encoding =
        scratch.write("encoding.json", one_hot(std::vector<std::vector<std::string>>{{"a", "b"}}).to_json());
    CHECK(code_of(score_of(encoding, file, out)) == "score.model");
    auto changed = model.to_json();
    changed.replace(changed.find("10.0"), 4, "11.0");
    CHECK(code_of(score_of(scratch.write("changed.json", changed), file, out)) == "model.checksum");
    CHECK_FALSE(std::filesystem::exists(out));
    CHECK(code_of(score_of(path, file, out)) == "none");
}

TEST_CASE("score: what is wrong with a model is said of its file") {
    test::scratch_directory const scratch;
    auto const file = scratch.write("summary.csv", "id,frequency,recency,T\na,1,3,5\n");
    std::string const model = bg_nbd({.243, 4.414, .793, 2.426}, model_time_unit::week).to_json();
    auto const place_of = [&](std::string const& text) {
        try {
            (void)cli::score_rows(score_of(scratch.write("m.json", text), file));
        } catch (issue_error const& e) {
            return e.issues()[0].place;
        }
        return std::string("none");
    };
    std::string const path = (scratch.path_ / "m.json").string();
    CHECK(place_of(model) == "none");
    CHECK(place_of("") == path + ":1:1");
    CHECK(place_of(model.substr(0, 40)).starts_with(path + ":"));
    CHECK(place_of("[1]") == path);
    CHECK(place_of(R"({"name": "x"})") == path);
    CHECK(place_of(R"({"model": 3})") == path + " /model");
    for (std::string const kind : {"bg_nbd", "bg_bb", "gamma_gamma", "kmeans", "logistic", "scorecard"}) {
        INFO(kind);
        CHECK(place_of(R"({"model": ")" + kind + R"("})") == path + " /version");
    }
    CHECK(place_of(R"({"model": "one_hot"})") == path);
    auto changed = model;
    changed.replace(changed.find("4.414"), 5, "4.415");
    CHECK(place_of(changed) == path + " /checksum");
    // The reference that stands beside the model, too.
    auto const told = place_of(detail::with_member(model, "reference", {{"drift_reference", 1}}));
    CHECK(told.starts_with(path));
    // But not what is wrong with the customers.
    auto const own = scratch.write("good.json", model);
    auto const customers = scratch.write("bad.csv", "frequency,recency,T\none,3,5\n");
    try {
        (void)cli::score_rows(score_of(own, customers));
        FAIL("not refused");
    } catch (issue_error const& e) {
        CHECK(e.issues()[0].place == customers.string() + ":2");
    }
}
