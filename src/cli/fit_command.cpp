// SPDX-License-Identifier: Apache-2.0
// `segmenta fit`: from a file to a model, for those who do not write C++.
#include "cli/fit_command.hpp"

#include "cli/fit_models.hpp"

#include "base/file.hpp"
#include "cli/named_entries.hpp"
#include "cli/output_file.hpp"
#include "cli/usage.hpp"

#include <segmenta/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace segmenta::cli {
namespace {

struct known_model {
    std::string_view name;
    fit_report (*fit)(fit_arguments const&);
};

constexpr std::array known_models{
    known_model{"bg_nbd", fit_bg_nbd},
    known_model{"mbg_nbd", fit_mbg_nbd},
    known_model{"pareto_nbd", fit_pareto_nbd},
    known_model{"nbd", fit_nbd},
    known_model{"bg_cnbd_k", fit_bg_cnbd_k},
    known_model{"mbg_cnbd_k", fit_mbg_cnbd_k},
    known_model{"bg_bb", fit_bg_bb},
    known_model{"gamma_gamma", fit_gamma_gamma},
    known_model{"logistic", fit_logistic},
    known_model{"scorecard", fit_scorecard},
    known_model{"kmeans", fit_kmeans},
    known_model{"kprototypes", fit_kprototypes},
    known_model{"gmm", fit_gmm},
};

using name = std::string_view;
constexpr name buying[]{"bg_nbd", "mbg_nbd", "pareto_nbd", "nbd", "bg_cnbd_k", "mbg_cnbd_k", "bg_bb", "gamma_gamma"};
constexpr name of_orders[]{"bg_nbd", "mbg_nbd", "pareto_nbd", "nbd", "bg_cnbd_k", "mbg_cnbd_k", "gamma_gamma"};
constexpr name bg_bb_alone[]{"bg_bb"};
constexpr name spend_alone[]{"gamma_gamma"};
constexpr name regular[]{"bg_cnbd_k", "mbg_cnbd_k"};
constexpr name of_features[]{"logistic", "scorecard", "kmeans", "kprototypes", "gmm"};
constexpr name outcomes[]{"logistic", "scorecard"};
constexpr name clusterings[]{"kmeans", "kprototypes", "gmm"};
constexpr name scaled[]{"logistic", "kmeans", "kprototypes", "gmm"};
constexpr name logistic_alone[]{"logistic"};
constexpr name scorecard_alone[]{"scorecard"};
constexpr name gmm_alone[]{"gmm"};

constexpr std::array model_options{
    option_use{"--source", of_orders},
    option_use{"--unit", buying},
    option_use{"--customer", of_orders},
    option_use{"--time", of_orders},
    option_use{"--amount", spend_alone},
    option_use{"--time-format", of_orders},
    option_use{"--observation-end", of_orders},
    option_use{"--repeats", buying},
    option_use{"--last", buying},
    option_use{"--age", of_orders},
    option_use{"--spend", spend_alone},
    option_use{"--weight", buying},
    option_use{"--periods", bg_bb_alone},
    option_use{"--features", of_features},
    option_use{"--categorical", of_features},
    option_use{"--outcome", of_features}, // clusters leave it out of their features
    option_use{"--positive", outcomes},
    option_use{"--clusters", clusterings},
    option_use{"--seed", clusterings},
    option_use{"--erlang", regular},
    option_use{"--standardise", scaled},
    option_use{"--ridge", logistic_alone},
    option_use{"--lasso", logistic_alone},
    option_use{"--covariance", gmm_alone},
    option_use{"--points", scorecard_alone},
    option_use{"--odds", scorecard_alone},
    option_use{"--points-to-double", scorecard_alone},
    option_use{"--least-information", scorecard_alone},
};
constexpr name orders_options[]{"--customer", "--time", "--amount", "--time-format", "--observation-end"};
constexpr name summary_options[]{"--repeats", "--last", "--age", "--spend", "--weight", "--periods"};

std::vector<std::filesystem::path> inputs_of(fit_arguments const& a) {
    std::vector<std::filesystem::path> out;
    if (!a.summary.empty()) out.push_back(a.summary);
    for (auto const& source : a.sources) {
        auto const equals = source.find('=');
        out.emplace_back(source.substr(equals == std::string::npos ? 0 : equals + 1));
    }
    return out;
}

/// Columns of the kind of file that is not read would be ignored, too.
void check_columns(fit_arguments const& a) {
    bool const orders = !a.sources.empty();
    std::span<name const> const others = orders ? std::span<name const>(summary_options) : orders_options;
    issue_list issues;
    for (auto const& option : a.given)
        if (std::find(others.begin(), others.end(), option) != others.end())
            issues.error("cli.option", option,
                         orders ? "this is about a file with one customer a row, and orders are read"
                                : "this is about orders, and none are read",
                         {}, {},
                         orders ? "Leave it out, or give --summary FILE"
                                : "Leave it out, or give --source orders=FILE");
    issues.throw_if_errors();
}

} // namespace

void check_model_options(std::span<std::string const> given, std::string_view model) {
    check_options(model_options, given, model);
}

std::span<std::string_view const> fit_models() noexcept {
    static constexpr auto names = names_of_entries(known_models);
    return names;
}

fit_report fit_model(fit_arguments const& arguments) {
    auto const& model = entry_named(known_models, arguments.model, "cli.model", "MODEL", "there is no such model");
    check_model_options(arguments.given, model.name);
    check_columns(arguments);
    refuse_repeats(arguments.features, "--features");
    refuse_repeats(arguments.categorical, "--categorical");
    for (auto const& input : inputs_of(arguments))
        table_file(input, delimiter_of(arguments.delimiter)).require_rows();
    return model.fit(arguments);
}

void run_fit(fit_arguments const& arguments) {
    bool const to_screen = is_standard_output(arguments.out);
    if (!arguments.out.empty()) check_output(arguments.out, inputs_of(arguments));
    fit_report const report = fit_model(arguments);
    if (!arguments.out.empty() && !to_screen) detail::write_file(arguments.out, report.document);
    bool const print_document = to_screen || (arguments.json && !arguments.quiet);
    if (print_document) fmt::print("{}", report.document);
    if (arguments.quiet || arguments.json) return;
    fmt::print(to_screen ? stderr : stdout, "{}", to_text(report)); // not into the model
    if (!arguments.out.empty() && !to_screen) fmt::print("\nThe model is in {}\n", arguments.out.string());
}

} // namespace segmenta::cli
