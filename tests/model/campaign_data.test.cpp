// SPDX-License-Identifier: Apache-2.0
// Customer personality analysis (marketing_campaign.tsv): every figure of expected_marketing_campaign.json.
#include "model/figure_checks.hpp"
#include "model/rule_answers.hpp"

using namespace segmenta;
using namespace segmenta::test;

namespace {

// DD-MM-YYYY as YYYY-MM-DD, which sorts.
std::string iso_day(std::string const& text) {
    return text.substr(6) + '-' + text.substr(3, 2) + '-' + text.substr(0, 2);
}

char const* generation_of(double year) {
    if (year <= 1945) return "silent";
    if (year <= 1964) return "boomer";
    return year <= 1980 ? "x" : "millennial";
}

} // namespace

TEST_CASE("campaign data: every figure of expected_marketing_campaign.json") {
    SEGMENTA_NEED_TEST_DATA("marketing_campaign.tsv");
    expected_figures const expected("expected_marketing_campaign.json");
    text_columns const file(test_data("marketing_campaign.tsv"), '\t');
    auto const& ids = file.texts("ID");
    CHECK(ids.size() == expected.at("rows").count());
    CHECK(file.names().size() == expected.at("columns").count());
    CHECK(std::set<std::string>(ids.begin(), ids.end()).size() == expected.at("distinct_ids").count());
    std::vector<std::string> others;
    std::uint64_t columns_with_gaps = 0;
    for (auto const& name : file.names()) {
        if (name != "ID") others.push_back(name);
        auto const& texts = file.texts(name);
        columns_with_gaps += std::count(texts.begin(), texts.end(), "") > 0 ? 1 : 0;
    }
    CHECK(repeated_rows(file, others) == expected.at("duplicates_ignoring_id").count());
    auto const income = file.numbers("Income");
    CHECK(columns_with_gaps == expected.at("missing").members().size());
    CHECK(missing_in(income) == expected.at("missing").at("Income").count());
    for (auto const& [name, figure] : expected.at("category_counts").members())
        check_counts(figure, file.texts(name));
    for (auto const& [name, figure] : expected.at("accepted_counts").members())
        CHECK(compute_moments(file.numbers(name)).sum == figure.number());
    std::vector<std::string> days;
    std::uint64_t ambiguous = 0;
    for (auto const& text : file.texts("Dt_Customer")) {
        days.push_back(iso_day(text));
        ambiguous += std::stoi(text) <= 12 ? 1 : 0;
    }
    CHECK(*std::min_element(days.begin(), days.end()) == expected.at("dt_customer_min").text());
    CHECK(*std::max_element(days.begin(), days.end()) == expected.at("dt_customer_max").text());
    CHECK(ambiguous == expected.at("day_le_12_so_ambiguous").count());
    std::uint64_t early = 0;
    std::vector<std::string> generations;
    for (double const year : file.numbers("Year_Birth")) {
        early += year < 1910 ? 1 : 0;
        generations.emplace_back(generation_of(year));
    }
    CHECK(early == expected.at("birth_before_1910").count());
    for (auto const& [name, figure] : expected.at("generation_by_birth_year").members())
        if (name != "definition")
            CHECK(std::uint64_t(std::count(generations.begin(), generations.end(), name)) == figure.count());

    std::vector<double> spend(ids.size());
    for (auto const* name :
         {"MntWines", "MntFruits", "MntMeatProducts", "MntFishProducts", "MntSweetProducts", "MntGoldProds"}) {
        auto const amounts = file.numbers(name);
        for (std::size_t i = 0; i < spend.size(); ++i)
            spend[i] += amounts[i];
    }
    check_moments(expected.at("income"), income);
    check_moments(expected.at("total_spend"), spend);

    std::vector<double> accepted(ids.size());
    for (auto const* name : {"AcceptedCmp1", "AcceptedCmp2", "AcceptedCmp3", "AcceptedCmp4", "AcceptedCmp5"}) {
        auto const yes = file.numbers(name);
        for (std::size_t i = 0; i < accepted.size(); ++i)
            accepted[i] += yes[i];
    }
    auto const responses = fit_woe_binning(accepted, file.is("Response", "1"), {.method = woe_method::each_value});
    for (auto const& [before, figure] : expected.at("response_by_campaigns_accepted_before").members()) {
        auto const& counts = responses.table()[responses.bin_of(std::stod(before))].counts;
        CHECK(counts.rows() == figure.at("n").count());
        CHECK(counts.events == figure.at("responses").count());
    }

    auto const wanted = expected.at("kmeans_log1p_income_spend_recency_rows_with_income_below_200000");
    auto const recency = file.numbers("Recency");
    number_table known(3);
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (!(income[i] < 200000)) continue;
        known[0].push_back(income[i]);
        known[1].push_back(spend[i]);
        known[2].push_back(recency[i]);
    }
    CHECK(known[0].size() == wanted.at("rows").count());
    check_clusterings(wanted, scaled(known, true), 50);
    std::vector<std::int32_t> since;
    for (auto const& day : days)
        since.push_back(day_of(day));
    rule_columns customers(file);
    customers
        .numbers({"Income", "Kidhome", "Teenhome", "MntWines", "MntFruits", "MntMeatProducts", "MntFishProducts",
                  "MntSweetProducts", "MntGoldProds", "NumWebPurchases", "NumStorePurchases", "Recency", "Response"})
        .texts({"Marital_Status", "Education"})
        .days("since", since);
    std::string const total =
        "(MntWines + MntFruits + MntMeatProducts + MntFishProducts + MntSweetProducts + MntGoldProds)";
    // As the file writes them, and as CEL does.
    std::map<std::string, std::string> const rules{
        {"Income missing", "!has(customer.Income)"},
        {"Income>=60000 and (Kidhome+Teenhome)==0", "Income >= 60000 && Kidhome + Teenhome == 0"},
        {"Marital_Status in (Together,Married) and total spend>=1000",
         "Marital_Status in ['Together', 'Married'] && " + total + " >= 1000"},
        {"NumWebPurchases>NumStorePurchases", "NumWebPurchases > NumStorePurchases"},
        {"MntWines > 0.5*total spend", "MntWines > 0.5 * " + total},
        {"customer since before 2013-01-01", "since < date('2013-01-01')"},
        {"Recency<=30 and Response==1", "Recency <= 30 && Response == 1"},
        {"Education=='PhD' or Education=='Master'", "Education == 'PhD' || Education == 'Master'"}};
    CHECK(rules.size() == expected.at("tag_rules").members().size());
    for (auto const& [written, figure] : expected.at("tag_rules").members()) {
        INFO(written);
        auto const rows = customers.where(rules.at(written));
        std::uint64_t sum = 0;
        for (std::size_t const i : rows)
            sum += std::stoul(ids[i]);
        CHECK(rows.size() == figure.at("customers").count());
        CHECK(sum == figure.at("sum_of_ids").count());
    }
    CHECK(expected.unread({"*/definition"}) == figures_left_out{});
}
