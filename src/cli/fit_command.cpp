// SPDX-License-Identifier: Apache-2.0
// `segmenta fit`: from a file to a model, for those who do not write C++.
#include "cli/fit_command.hpp"

#include "cli/fit_models.hpp"

#include "base/file.hpp"
#include "cli/named_entries.hpp"

#include <fmt/format.h>

#include <array>

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

} // namespace

std::span<std::string_view const> fit_models() noexcept {
    static constexpr auto names = names_of_entries(known_models);
    return names;
}

fit_report fit_model(fit_arguments const& arguments) {
    return entry_named(known_models, arguments.model, "cli.model", "MODEL", "there is no such model").fit(arguments);
}

void run_fit(fit_arguments const& arguments) {
    fit_report const report = fit_model(arguments);
    if (!arguments.out.empty()) detail::write_file(arguments.out, report.document);
    if (arguments.quiet) return;
    if (arguments.json) {
        fmt::print("{}", report.document);
        return;
    }
    fmt::print("{}", to_text(report));
    if (!arguments.out.empty()) fmt::print("\nThe model is in {}\n", arguments.out.string());
}

} // namespace segmenta::cli
