// SPDX-License-Identifier: Apache-2.0
// The `segmenta` command: arguments in, messages out. What it does lives in the library.

#include "cli/eval_command.hpp"
#include "cli/evaluate_command.hpp"
#include "cli/explain_command.hpp"
#include "cli/fit_command.hpp"
#include "cli/import_command.hpp"
#include "cli/interrupt.hpp"
#include "cli/output_file.hpp"
#include "cli/run_command.hpp"
#include "cli/score_command.hpp"
#include "cli/screen.hpp"
#include "cli/tags_command.hpp"
#include "cli/usage.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/error.hpp>
#include <segmenta/sample/sample_shop.hpp>
#include <segmenta/version.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <iostream>
#include <span>
#include <string>
#include <vector>
#include <string_view>

namespace {

using namespace segmenta;

constexpr int exit_problem = 1;     // data, plan or machine: the message says which
constexpr int exit_usage = 2;       // the command line
constexpr int exit_interrupted = 130; // as shells report Ctrl-C

/// One value each time it is given, or it would take PLAN and all other words behind it for more of its values.
void one_value_each(CLI::Option* option) { option->allow_extra_args(false); }

/// Digits alone, as they are read: no sign, no octal, nothing past 64 bits.
std::string check_count(std::string const& text) {
    bool const digits =
        !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    bool const plain = digits && (text == "0" || text.front() != '0');
    static constexpr std::string_view most = "18446744073709551615";
    bool const fits = text.size() < most.size() || (text.size() == most.size() && text <= most);
    return plain && fits ? std::string() : "a whole number such as 42 is expected, not " + segmenta::quoted(text);
}

void add_run(CLI::App& app, cli::run_arguments& a) {
    auto* const run = app.add_subcommand("run", "Segment customers: read files, apply a plan, write the results");
    run->add_option("PLAN", a.plan, "Plan file (JSON with comments)")->required();
    auto* const source = run->add_option("--source", a.sources,
                                         "Files of a source: NAME=FILE[,FILE]; may be repeated, or joined by commas");
    one_value_each(source->required());
    run->add_option("--as-of", a.as_of, "Date or time to segment for; later rows do not count")->required();
    run->add_option("--out", a.out, "Directory for customers.csv, summary.json and timings.json")->required();
    run->add_option("--threads", a.threads, "Threads; 0 for all processors. Results do not depend on it")
        ->check(check_count)
        ->check(CLI::Range(0U, 1024U));
    run->add_option("--locale", a.locale, "Language of labels on the screen: en, zh-Hans, zh-Hant");
    auto* const save = run->add_option("--save-fitted", a.save_fitted, "Write the fitted plan to this file");
    run->add_option("--fitted", a.fitted, "Use this fitted plan instead of fitting")->excludes(save);
    run->add_flag("--quarantine", a.quarantine, "Write the rows that do not count to quarantine.csv in --out");
    run->add_option("--isa", a.isa, "Instruction set of the kernels: sse2, avx2, avx512. Results do not depend on it")
        ->envname("SEGMENTA_ISA");
    run->add_flag("--quiet", a.quiet, "Print nothing but errors");
}

void add_explain(CLI::App& app, cli::explain_arguments& a) {
    auto* const explain =
        app.add_subcommand("explain", "Say why a customer has a tag or segment, and what would change it");
    explain->add_option("PLAN", a.plan, "Plan file (JSON with comments)")->required();
    explain
        ->add_option("--customer", a.customer,
                     "File with one customer as a JSON object: attributes and histories; -: standard input")
        ->required();
    explain->add_option("--as-of", a.as_of, "Date or time to answer for")->required();
    one_value_each(
        explain->add_option("--column", a.columns, "Tag or column to explain; may be repeated. All tags when absent"));
    one_value_each(
        explain->add_option("--immutable", a.immutable, "Attribute that cannot change, such as age; may be repeated"));
    explain->add_option("--purpose", a.purpose, "What the answer is for; what it may not serve is refused");
    explain->add_option("--locale", a.locale, "Language: en, zh-Hans, zh-Hant");
    explain->add_option("--fitted", a.fitted, "Fitted plan, for plans that need a fit");
    explain->add_flag("--json", a.json, "As JSON, one line per column, for programs");
}

void add_tags(CLI::App& app, cli::tags_arguments& a) {
    auto* const tags =
        app.add_subcommand("tags", "List the tags of a plan: meaning, rule in words, fields they are made of");
    tags->add_option("PLAN", a.plan, "Plan file (JSON with comments)")->required();
    tags->add_option("--reads", a.reads,
                     "Only tags that read this attribute, column, history or field (orders.amount)");
    tags->add_option("--locale", a.locale, "Language: en, zh-Hans, zh-Hant");
    tags->add_flag("--json", a.json, "As JSON, for programs");
}

struct sample_arguments {
    sample_options what;
    std::string out;
    bool quiet = false;
};

void add_sample(CLI::App& app, sample_arguments& a) {
    auto* const sample = app.add_subcommand("sample", "Write a synthetic shop to try plans on");
    sample->add_option("--seed", a.what.seed, "Another seed, another shop")->capture_default_str()->check(check_count);
    sample->add_option("--customers", a.what.customers, "How many customers")
        ->capture_default_str()
        ->check(check_count)
        ->check(CLI::Range(std::int64_t{0}, std::int64_t{9'999'999}));
    sample->add_option("--threads", a.what.threads, "Threads; 0 for all processors. The files do not depend on it")
        ->check(check_count)
        ->check(CLI::Range(0U, 1024U));
    sample->add_option("--out", a.out, "Directory for the files")->required();
    sample->add_flag("--quiet", a.quiet, "Print nothing but errors");
}

void add_import(CLI::App& app, cli::import_arguments& a) {
    auto* const import = app.add_subcommand(
        "import", "Read conditions of other segment builders as rules: JSON in, one rule a line out");
    import->add_option("--from", a.from, "What the JSON is written in: jsonlogic, growthbook, react-querybuilder")
        ->required();
    import->add_option("--schema", a.schema,
                       "Schema file (JSON): names are checked and values take the types of attributes");
    import->add_option("--missing", a.missing, "What a rule answers for a missing attribute: unknown, or as-source")
        ->capture_default_str();
    import->add_flag("--allow-empty-groups", a.allow_empty_groups,
                     "Groups without conditions answer as in their source instead of being refused");
    import->add_flag("--json", a.json, "Write {\"rule\": …} or {\"error\": …}");
}

std::string names_of(std::span<std::string_view const> names) { return fmt::format("{}", fmt::join(names, ", ")); }

void add_fit(CLI::App& app, cli::fit_arguments& a) {
    auto* const fit = app.add_subcommand("fit", "Fit a statistical model and write it as JSON");
    fit->add_option("MODEL", a.model, "One of " + names_of(cli::fit_models()))->required();
    auto* const summary = fit->add_option("--summary", a.summary, "File with one customer a row");
    one_value_each(fit->add_option("--source", a.sources, "File with one order a row: orders=FILE")->excludes(summary));
    fit->add_option("--unit", a.unit, "Unit of the times of repeat purchases: days, weeks, months, years")
        ->capture_default_str();
    fit->add_option("--out", a.out, "Write the model to this file; -: to the standard output");
    fit->add_option("--delimiter", a.delimiter, "Between fields, or tab; found out when absent");
    fit->add_option("--customer", a.customer, "Column of orders: who bought");
    fit->add_option("--time", a.time, "Column of orders: when");
    fit->add_option("--amount", a.amount, "Column of orders: for how much");
    fit->add_option("--time-format", a.time_format, "How times are written, YYYYMMDD for one; ISO 8601 when absent");
    fit->add_option("--observation-end", a.observation_end,
                    "Last day that counts; the last day of the file when absent");
    fit->add_option("--repeats", a.repeats, "Column of customers: repeat purchases (frequency, x)");
    fit->add_option("--last", a.last, "Column of customers: age at the last purchase (recency, t_x)");
    fit->add_option("--age", a.age, "Column of customers: age at the end of observation (T)");
    fit->add_option("--spend", a.spend, "Column of customers: mean amount of repeat purchases (monetary_value)");
    fit->add_option("--weight", a.weight, "Column of customers: how many a row stands for (weights)");
    fit->add_option("--periods", a.periods, "Column of customers: chances to buy (periods, n), for bg_bb");
    one_value_each(fit->add_option("--features", a.features,
                                   "Columns to fit on, joined by commas; all but the outcome when absent")
                       ->delimiter(','));
    one_value_each(fit->add_option("--categorical", a.categorical,
                                   "Features that are categories though they are written as numbers")
                       ->delimiter(','));
    fit->add_option("--outcome", a.outcome, "Column of what is to be foretold, for logistic and scorecard");
    fit->add_option("--positive", a.positive, "The outcome that is looked for")->capture_default_str();
    fit->add_option("--clusters", a.clusters, "How many clusters")->check(check_count);
    fit->add_option("--seed", a.seed, "Seed of random starts")->capture_default_str()->check(check_count);
    fit->add_option("--erlang", a.erlang, "Regularity k of bg_cnbd_k and mbg_cnbd_k; found out when absent")
        ->check(check_count);
    fit->add_flag("--standardise", a.standardise, "Bring features to mean 0 and deviation 1 first");
    fit->add_option("--ridge", a.ridge, "Penalty on squares of coefficients, for logistic");
    fit->add_option("--lasso", a.lasso, "Penalty on sizes of coefficients, for logistic");
    fit->add_option("--covariance", a.covariance, "Of gmm: full, tied, diagonal, spherical")->capture_default_str();
    fit->add_option("--points", a.points, "Of scorecard: points at the base odds")->capture_default_str();
    fit->add_option("--odds", a.odds, "Of scorecard: base odds, non-events to an event")->capture_default_str();
    fit->add_option("--points-to-double", a.points_to_double, "Of scorecard: points that double the odds")
        ->capture_default_str();
    fit->add_option("--least-information", a.least_information,
                    "Of scorecard: information value below which a variable is left out")
        ->capture_default_str();
    fit->add_option("--threads", a.threads, "Threads; 0 for all processors. Results do not depend on it")
        ->check(check_count)
        ->check(CLI::Range(0U, 1024U));
    fit->add_flag("--json", a.json, "Print the model as JSON instead of tables");
    fit->add_flag("--quiet", a.quiet, "Print nothing but errors");
}

void add_score(CLI::App& app, cli::score_arguments& a) {
    auto* const score = app.add_subcommand("score", "Score a file of customers with a model that was fitted");
    score->add_option("--model", a.model, "What segmenta fit wrote (JSON)")->required();
    score->add_option("--summary", a.table.summary, "File with one customer a row")->required();
    score->add_option("--out", a.out, "File to write (CSV); -: the standard output")->required();
    one_value_each(
        score
            ->add_option("--keep", a.keep,
                         "Columns of the file to write before the answers, joined by commas; its id when absent")
            ->delimiter(','));
    score->add_option("--horizon", a.horizon, "Time ahead for expected purchases, in the unit of the model");
    score->add_option("--delimiter", a.table.delimiter, "Between fields, or tab; found out when absent");
    score->add_option("--repeats", a.table.repeats, "Column: repeat purchases (frequency, x)");
    score->add_option("--last", a.table.last, "Column: age at the last purchase (recency, t_x)");
    score->add_option("--age", a.table.age, "Column: age at the end of observation (T)");
    score->add_option("--spend", a.table.spend, "Column: mean amount of repeat purchases (monetary_value)");
    score->add_option("--periods", a.table.periods, "Column: chances to buy (periods, n), for bg_bb");
    score->add_flag("--quiet", a.quiet, "Print nothing but errors");
}

void add_evaluate(CLI::App& app, cli::evaluate_arguments& a) {
    auto* const evaluate = app.add_subcommand("evaluate", "Measure scores, clusters, segments and experiments");
    evaluate->add_option("WHAT", a.what, "One of " + names_of(cli::evaluations()))->required();
    evaluate->add_option("--table", a.table, "File with one row each")->required();
    evaluate->add_option("--delimiter", a.delimiter, "Between fields, or tab; found out when absent");
    evaluate->add_option("--score", a.score, "Column of the score");
    evaluate->add_option("--outcome", a.outcome, "Column of what happened");
    evaluate->add_option("--positive", a.positive, "The outcome that is looked for")->capture_default_str();
    evaluate->add_option("--group", a.group, "Column of the arm of an experiment");
    evaluate->add_option("--treated", a.treated, "The arm that was treated")->capture_default_str();
    evaluate->add_option("--control", a.control, "The arm it is compared with; all others when absent");
    evaluate->add_option("--labels", a.labels, "Column of clusters or segments");
    evaluate->add_option("--truth", a.truth, "Column they are compared with");
    one_value_each(
        evaluate->add_option("--features", a.features, "Columns that clusters were made of, joined by commas")
            ->delimiter(','));
    evaluate->add_option("--reference", a.reference, "File the table is compared with, for stability");
    evaluate->add_option("--duration", a.duration, "Column of times observed, for survival");
    evaluate->add_option("--bins", a.bins, "Bins or tables of so many rows")->capture_default_str()->check(check_count);
    evaluate->add_option("--confidence", a.confidence, "Of intervals")->capture_default_str();
    evaluate->add_flag("--json", a.json, "Print JSON instead of tables");
}

void write_sample(sample_arguments const& a, std::stop_token stop) {
    cli::refuse_standard_output(a.out, "--out", "several files are written, so this is a folder");
    sample_summary made;
    {
        cli::progress_line line("making the shop", a.quiet);
        made = write_sample_shop(
            a.what, a.out,
            [&](std::size_t done, std::size_t total) {
                line.update(done, total, cli::counted(done, "customer", "customers"));
            },
            stop);
    }
    if (!made.completed)
        throw issue_error("ingest.stopped", a.out, "stopped on request; no file was written");
    if (a.quiet) return;
    cli::text_table table({"file", "rows", "bytes"});
    for (auto const& file : made.files) table.row({file.name, cli::grouped(file.rows), cli::grouped(file.bytes)});
    fmt::print("A shop of {} (seed {}) in {}\n\n{}\n  Next: segmenta run examples/plans/sample_shop.json "
               "--source customers={}/customers.csv --source orders={}/orders.csv --as-of 2024-07-01 --out out\n",
               cli::counted(static_cast<std::uint64_t>(a.what.customers), "customer", "customers"), a.what.seed, a.out,
               table.text(), a.out, a.out);
}

/// Says what is wrong with the command line; without a word what there is.
int refuse(CLI::App const& app, CLI::ParseError const& problem, int argc, char** argv) {
    std::vector<std::string> const words(argv + std::min(argc, 1), argv + argc);
    if (words.empty())
        fmt::print(stderr, "{}", app.help());
    else
        fmt::print(stderr, "{}\n", cli::usage_message(app, problem, words));
    return exit_usage;
}

int main_with_exceptions(int argc, char** argv) {
    std::signal(SIGXFSZ, SIG_IGN); // a limit on file sizes is an error of writing, not an end without a word
    cli::interrupt interrupted;
    CLI::App app("Customer segmentation: who belongs to which segment, why, and until when");
    app.name("segmenta");
    app.set_version_flag("--version", std::string(version_string));
    app.require_subcommand(1);
    cli::run_arguments run;
    sample_arguments sample;
    cli::tags_arguments tags;
    add_tags(app, tags);
    cli::explain_arguments explain;
    add_explain(app, explain);
    add_run(app, run);
    cli::fit_arguments fit;
    add_fit(app, fit);
    cli::score_arguments score;
    add_score(app, score);
    cli::evaluate_arguments evaluate;
    add_evaluate(app, evaluate);
    cli::import_arguments import;
    add_sample(app, sample);
    add_import(app, import);
    app.add_subcommand("eval", "Evaluate expressions: JSON Lines {\"expr\": …, \"bindings\": {…}} in, values out");
    try {
        app.parse(argc, argv);
    } catch (CLI::ParseError const& problem) {
        if (problem.get_exit_code() == 0) return app.exit(problem); // --help, --version
        return refuse(app, problem, argc, argv);
    }
    // Options that would be ignored are refused, which asks for what was given.
    fit.given = cli::given_options(*app.get_subcommand("fit"));
    score.table.given = cli::given_options(*app.get_subcommand("score"));
    evaluate.given = cli::given_options(*app.get_subcommand("evaluate"));
    try {
        if (app.got_subcommand("run")) cli::run(run, interrupted.token());
        if (app.got_subcommand("explain")) cli::explain(explain);
        if (app.got_subcommand("tags")) cli::list_tags(tags);
        if (app.got_subcommand("fit")) cli::run_fit(fit);
        if (app.got_subcommand("score")) cli::run_score(score);
        if (app.got_subcommand("evaluate")) cli::run_evaluate(evaluate);
        if (app.got_subcommand("eval")) cli::eval_lines();
        if (app.got_subcommand("import") && !cli::import_rules(import, std::cin, std::cout, std::cerr))
            return exit_problem;
        if (app.got_subcommand("sample")) write_sample(sample, interrupted.token());
    } catch (issue_error const& problem) {
        fmt::print(stderr, "{}\n", problem.what());
        if (interrupted.requested()) return exit_interrupted;
        return problem.issues()[0].code.starts_with("cli.") ? exit_usage : exit_problem;
    }
    return 0;
}

/// What was printed must have arrived: a full disk shows itself no sooner.
int flushed(int code) {
    bool const good = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
    if (good) return code;
    std::fprintf(stderr, "error: the standard output cannot be written: %s\n", std::strerror(errno));
    return code == 0 ? exit_problem : code;
}

} // namespace

int main(int argc, char** argv) {
    try {
        return flushed(main_with_exceptions(argc, argv));
    } catch (std::bad_alloc const&) {
        std::fputs("error: not enough memory\n", stderr);
    } catch (std::exception const& problem) {
        std::fprintf(stderr, "error: %s\n", problem.what());
    }
    return exit_problem;
}
