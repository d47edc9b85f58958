// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_CLI_FIT_MODELS_HPP
#define SEGMENTA_SRC_CLI_FIT_MODELS_HPP

#include "cli/fit_command.hpp"
#include "cli/table_file.hpp"

#include <segmenta/model/purchase_summary.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta::cli {

// Repeat purchases and their amounts (fit_purchases.cpp).
fit_report fit_bg_nbd(fit_arguments const& a);
fit_report fit_mbg_nbd(fit_arguments const& a);
fit_report fit_pareto_nbd(fit_arguments const& a);
fit_report fit_nbd(fit_arguments const& a);
fit_report fit_bg_cnbd_k(fit_arguments const& a);
fit_report fit_mbg_cnbd_k(fit_arguments const& a);
fit_report fit_bg_bb(fit_arguments const& a);
fit_report fit_gamma_gamma(fit_arguments const& a);

// Outcomes (fit_outcomes.cpp).
fit_report fit_logistic(fit_arguments const& a);
fit_report fit_scorecard(fit_arguments const& a);

// Clusters (fit_clusters.cpp).
fit_report fit_kmeans(fit_arguments const& a);
fit_report fit_kprototypes(fit_arguments const& a);
fit_report fit_gmm(fit_arguments const& a);

/// What columns that say who a customer is are called.
inline constexpr std::array<std::string_view, 7> id_names{"customer_id", "CustomerID", "customerID", "customer",
                                                          "id",          "Id",         "ID"};

/// The table a model of customers is fitted on. Throws `issue_error` (`cli.summary`) without --summary.
[[nodiscard]] table_file customers_of(fit_arguments const& a);

/// What a summary of purchases must have beside the repeat purchases.
enum class purchase_columns : std::uint8_t {
    times,   ///< ages at the last purchase and at the end
    periods, ///< age at the last purchase, chances to buy
    spend,   ///< mean amounts
};
/// The summary in --summary, one customer a row, as the fits read it; what is missing is NaN.
[[nodiscard]] purchase_summary purchases_of(fit_arguments const& a, purchase_columns which);

/// `--features`, or all columns but the outcome, ids and weights.
struct chosen_features {
    std::vector<std::string> numeric;
    std::vector<std::string> categorical;
    std::vector<std::string> left_out; ///< texts that differ in most rows, as names and ids do
};
[[nodiscard]] chosen_features features_of(fit_arguments const& a, table_file const& file);

/// 1 where the outcome is --positive. Throws for a missing outcome, or when no or every row has it.
[[nodiscard]] std::vector<std::uint8_t> events_of(table_file const& file, std::string const& column,
                                                  std::string const& positive, bool both = true);

/// `column`; throws `issue_error` (`cli.column`) with the columns of the file when none was given.
[[nodiscard]] std::string given_column(std::string const& column, char const* option, table_file const& file);

/// Character of --delimiter. Throws `issue_error` (`cli.delimiter`).
[[nodiscard]] std::optional<char> delimiter_of(std::string const& text);

} // namespace segmenta::cli

#endif
