// SPDX-License-Identifier: Apache-2.0
// IBM Telco Customer Churn: every figure of expected_telco.json.
#include <segmenta/stats/kaplan_meier.hpp>

#include "model/figure_checks.hpp"
#include "model/rule_answers.hpp"

using namespace segmenta;
using namespace segmenta::test;

TEST_CASE("churn data: every figure of expected_telco.json") {
    SEGMENTA_NEED_TEST_DATA("telco_customer_churn.csv");
    expected_figures const expected("expected_telco.json");
    text_columns const file(test_data("telco_customer_churn.csv"));
    auto const churned = file.is("Churn", "Yes");
    auto const tenure = file.numbers("tenure");
    auto const charges = file.numbers("MonthlyCharges");
    auto const total = file.numbers("TotalCharges");
    CHECK(churned.size() == expected.at("rows").count());
    check_counts(expected.at("churn"), file.texts("Churn"));
    std::uint64_t blank = 0;
    std::uint64_t new_customers = 0;
    bool blank_is_new = true;
    std::vector<double> present;
    std::vector<double> lost;
    for (std::size_t i = 0; i < churned.size(); ++i) {
        blank += std::isnan(total[i]) ? 1 : 0;
        new_customers += tenure[i] == 0 ? 1 : 0;
        blank_is_new = blank_is_new && (!std::isnan(total[i]) || tenure[i] == 0);
        if (!std::isnan(total[i])) present.push_back(total[i]);
        if (churned[i] != 0) lost.push_back(charges[i]);
    }
    CHECK(blank == expected.at("blank_total_charges").count());
    CHECK(blank_is_new == expected.at("blank_total_charges_all_tenure_0").truth());
    CHECK(new_customers == expected.at("tenure_0").count());
    CHECK(compute_moments(charges).sum == near_figure(expected.at("sum_monthly_charges").number()));
    CHECK(compute_moments(present).sum == near_figure(expected.at("sum_total_charges").number()));
    CHECK(compute_moments(lost).sum == near_figure(expected.at("churned_monthly_charges").number()));
    for (auto const& [name, figure] : expected.at("category_counts").members())
        check_counts(figure, file.texts(name));
    for (auto const& [name, figure] : expected.at("churn_rate").members())
        check_rates(figure, file.texts(name), churned);
    for (auto const& [name, figure] : expected.at("iv_categorical").members())
        check_category_bins(figure, file.texts(name), churned);
    check_decile_bins(expected.at("iv_tenure_deciles"), tenure, churned);
    check_decile_bins(expected.at("iv_monthly_charges_deciles"), charges, churned);
    encoded_columns encoded;
    encoded.number("tenure", tenure);
    encoded.number("MonthlyCharges", charges);
    for (auto const* name : {"gender", "SeniorCitizen", "Partner", "Dependents", "PhoneService", "InternetService",
                             "Contract", "PaperlessBilling", "PaymentMethod"})
        encoded.text(name, file.texts(name));
    check_regression(expected.at("logistic_churn"), encoded, churned);
    kaplan_meier const curve(tenure, churned);
    for (auto const& [month, survival] : expected.at("kaplan_meier").at("survival").members())
        CHECK(curve.survival_at(std::stod(month)) == near_figure(survival.number()));
    rule_columns customers(file);
    customers.numbers({"tenure", "MonthlyCharges", "TotalCharges", "SeniorCitizen"})
        .texts({"Contract", "InternetService", "TechSupport", "OnlineSecurity", "Partner", "Dependents",
                "PaperlessBilling", "PaymentMethod"});
    // As the file writes them, and as CEL does.
    std::map<std::string, std::string> const rules{
        {"Contract=='Month-to-month' and tenure<=6", "Contract == 'Month-to-month' && tenure <= 6"},
        {"InternetService=='Fiber optic' and TechSupport=='No' and OnlineSecurity=='No'",
         "InternetService == 'Fiber optic' && TechSupport == 'No' && OnlineSecurity == 'No'"},
        {"SeniorCitizen==1 and (Partner=='No' or Dependents=='No')",
         "SeniorCitizen == 1 && (Partner == 'No' || Dependents == 'No')"},
        {"MonthlyCharges between 70 and 100 inclusive and not PaperlessBilling=='Yes'",
         "MonthlyCharges >= 70 && MonthlyCharges <= 100 && !(PaperlessBilling == 'Yes')"},
        {"PaymentMethod contains 'automatic' and tenure>=60", "PaymentMethod.contains('automatic') && tenure >= 60"},
        {"TotalCharges is missing", "!has(customer.TotalCharges)"},
        {"TotalCharges > 5000", "TotalCharges > 5000"}};
    CHECK(rules.size() == expected.at("tag_rules").members().size());
    for (auto const& [written, count] : expected.at("tag_rules").members()) {
        INFO(written);
        CHECK(customers.where(rules.at(written)).size() == count.count());
    }
    CHECK(expected.unread({"kaplan_meier/definition"}) == figures_left_out{});
}
