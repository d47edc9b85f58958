// SPDX-License-Identifier: Apache-2.0
#include "cli/run_command.hpp"

#include "cli/moment.hpp"
#include "cli/output_file.hpp"

#include "base/file.hpp"
#include "base/json.hpp"
#include "cli/screen.hpp"
#include "cli/summary.hpp"

#include <segmenta/base/parallel.hpp>
#include <segmenta/base/text.hpp>
#include <segmenta/io/csv_writer.hpp>
#include <segmenta/model/model_strategies.hpp>
#include <segmenta/plan/labels.hpp>
#include <segmenta/segmenter/segmenter.hpp>
#include <segmenta/time/parse.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <optional>
#include <utility>

namespace segmenta::cli {
namespace {

/// Wall and processor seconds of the parts of a run.
class stopwatch {
public:
    void lap(char const* name) {
        double const wall = wall_now();
        double const cpu = cpu_now();
        laps_.push_back({name, wall - wall_, cpu - cpu_});
        wall_ = wall;
        cpu_ = cpu;
    }
    [[nodiscard]] std::string json(unsigned threads) const {
        boost::json::object parts;
        double wall = 0;
        double cpu = 0;
        for (auto const& lap : laps_) {
            parts[lap.name] = {{"wall_seconds", lap.wall}, {"cpu_seconds", lap.cpu}};
            wall += lap.wall;
            cpu += lap.cpu;
        }
        boost::json::object const out{
            {"threads", threads}, {"wall_seconds", wall}, {"cpu_seconds", cpu}, {"parts", std::move(parts)}};
        return detail::write_json(out, 2) + "\n";
    }
    [[nodiscard]] double total() const {
        double wall = 0;
        for (auto const& lap : laps_) wall += lap.wall;
        return wall;
    }

private:
    struct one_lap {
        char const* name;
        double wall;
        double cpu;
    };
    static double wall_now() {
        return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
    }
    static double cpu_now() {
        std::timespec t{};
        ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
    }
    double wall_ = wall_now();
    double cpu_ = cpu_now();
    std::vector<one_lap> laps_;
};

/// The part before `=` when it looks like the name of a source.
std::optional<std::string> name_before_equals(std::string_view text) {
    std::size_t const equals = text.find('=');
    if (equals == 0 || equals == std::string_view::npos) return std::nullopt;
    for (char const c : text.substr(0, equals)) {
        bool const letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && (c < '0' || c > '9')) return std::nullopt;
    }
    return std::string(text.substr(0, equals));
}

/// `orders=a.csv,b.csv` and `customers=c.csv,orders=a.csv` alike.
std::vector<source_file> files_of(std::vector<std::string> const& arguments) {
    issue_list issues;
    std::vector<source_file> out;
    for (auto const& argument : arguments) {
        std::string name;
        for (std::size_t at = 0; at <= argument.size();) {
            std::size_t const comma = std::min(argument.find(',', at), argument.size());
            std::string file = argument.substr(at, comma - at);
            at = comma + 1;
            if (auto const next = name_before_equals(file)) {
                name = *next;
                file.erase(0, name.size() + 1);
            }
            if (name.empty() || file.empty())
                issues.error("cli.source", "--source", "a source needs a name and a file", argument,
                             "NAME=FILE[,FILE][,NAME=FILE]", "For example --source orders=orders.csv");
            else
                out.push_back({name, file});
        }
    }
    issues.throw_if_errors();
    return out;
}

std::optional<cpu_level> level_of(std::string const& name) {
    if (name.empty()) return std::nullopt;
    auto const level = parse_cpu_level(name);
    if (!level)
        throw issue_error("cli.isa", "--isa", "there is no such instruction set level", name, "sse2, avx2, avx512");
    return level;
}

/// Makes the directory and shows that files can be made in it, before hours of work rather than after.
void prepare_directory(std::filesystem::path const& out) {
    std::error_code problem;
    std::filesystem::create_directories(out, problem);
    if (problem || !std::filesystem::is_directory(out))
        throw issue_error("cli.out", out.string(), "the output directory cannot be made",
                          problem ? problem.message() : "a file of this name exists", {},
                          "Choose another --out or its permissions.");
    for (auto const* name : {"customers.csv", "summary.json", "timings.json"})
        detail::atomic_file const probe(out / name); // never committed: removes its temporary file
}

/// The files a run would write over.
std::vector<std::filesystem::path> output_files(run_arguments const& arguments) {
    std::vector<std::filesystem::path> out{arguments.out / "customers.csv", arguments.out / "summary.json",
                                           arguments.out / "timings.json", arguments.out / "quarantine.csv",
                                           arguments.out / "identity.csv"};
    if (!arguments.save_fitted.empty()) out.push_back(arguments.save_fitted);
    return out;
}

bool same_file(std::filesystem::path const& a, std::filesystem::path const& b) {
    std::error_code ignored;
    return std::filesystem::equivalent(a, b, ignored);
}

/// An input is never written over, and no file is counted twice.
void check_files(run_arguments const& arguments, std::vector<source_file> const& sources) {
    issue_list issues;
    std::vector<std::filesystem::path> inputs{arguments.plan};
    if (!arguments.fitted.empty()) inputs.push_back(arguments.fitted);
    for (auto const& source : sources) inputs.push_back(source.path);
    for (auto const& output : output_files(arguments))
        for (auto const& input : inputs)
            if (same_file(output, input))
                issues.error("cli.overwrite", output.string(), "the run would write over one of its own inputs", {}, {},
                             "Choose another directory or file.");
    auto const outputs = output_files(arguments);
    if (!arguments.save_fitted.empty()) // the last of them
        for (std::size_t i = 0; i + 1 < outputs.size(); ++i)
            if (std::filesystem::weakly_canonical(outputs[i]) == std::filesystem::weakly_canonical(outputs.back()))
                issues.error("cli.overwrite", outputs.back().string(), "the fitted plan and a result would be one file",
                             {}, {}, "Give --save-fitted another name.");
    for (std::size_t i = 0; i < sources.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (sources[i].source == sources[j].source && same_file(sources[i].path, sources[j].path))
                issues.error("cli.same_file", "--source " + sources[i].source, "the same file is given twice",
                             sources[i].path.string(), {}, "Its rows would count twice: name it once.");
    issues.throw_if_errors();
}

/// The first column of customers.csv is ours.
void check_outputs(plan const& definition) {
    for (auto const& name : definition.outputs())
        if (name == "customer_id")
            throw issue_error("cli.output_name", definition.id(),
                              "an output of the plan is named like the column of ids", name, {}, "Rename the column.");
}

void write_customers(std::filesystem::path const& path, customer_columns const& customers, batch_result const& result,
                     zone const& where, unsigned threads) {
    std::vector<std::string> header{"customer_id"};
    std::vector<column_view> columns(1);
    columns[0].size = customers.size();
    columns[0].what = customers.integer_ids ? int64_type : string_type;
    columns[0].data = customers.integer_ids ? static_cast<void const*>(customers.ids.data())
                                            : static_cast<void const*>(customers.text_ids.data());
    for (auto const& column : result.columns()) {
        header.push_back(column.name);
        columns.push_back(column.values);
    }
    csv_writer writer(path, header);
    constexpr std::size_t rows = 8192;
    std::size_t const blocks = (customers.size() + rows - 1) / rows;
    threads = usable_threads(threads);
    std::vector<csv_text> texts(threads);
    for (std::size_t first = 0; first < blocks; first += threads) { // a wave of blocks, then written in order
        std::size_t const wave = std::min<std::size_t>(threads, blocks - first);
        parallel_for_blocks(threads, wave, [&](std::size_t b) {
            std::size_t const row = (first + b) * rows;
            texts[b].clear();
            texts[b].records(columns, row, std::min(rows, customers.size() - row), where);
        });
        for (std::size_t b = 0; b < wave; ++b) writer.append(texts[b].pending());
    }
    writer.commit();
}

/// The language of labels on the screen: one that the plan's labels or titles speak.
std::string locale_for(run_arguments const& arguments, plan const& definition) {
    if (arguments.locale.empty()) return std::string(definition.locale());
    std::vector<std::string> spoken = definition.labels().locales();
    for (auto const& title : definition.parts().titles) spoken.push_back(title.first);
    spoken.emplace_back(definition.locale());
    spoken.emplace_back("en"); // of the ids
    std::sort(spoken.begin(), spoken.end());
    spoken.erase(std::unique(spoken.begin(), spoken.end()), spoken.end());
    auto candidates = locale_chain(arguments.locale, arguments.locale);
    bool const english = arguments.locale == "en" || arguments.locale.starts_with("en-");
    if (!english && candidates.back() == "en") candidates.pop_back(); // every chain ends in it
    bool const known = std::any_of(candidates.begin(), candidates.end(), [&](std::string const& candidate) {
        return std::binary_search(spoken.begin(), spoken.end(), candidate);
    });
    if (!known)
        throw issue_error("cli.locale", "--locale", "the plan has no labels in this language",
                          quoted(std::string_view(arguments.locale)), join_names(spoken, spoken.size()),
                          "Choose one of these, or add a label pack to the plan.");
    return arguments.locale;
}

/// A file of an earlier run would look like this one's.
void remove_stale(std::filesystem::path const& file, bool stale) {
    std::error_code ignored;
    if (stale) std::filesystem::remove(file, ignored);
}

/// Which ids are part of which customer: what to look at before, and what to leave out to undo it.
void write_identity(std::filesystem::path const& path, identity_quality const& identity) {
    std::vector<std::string_view> ids;
    std::vector<std::string_view> customers;
    for (auto const& [id, customer] : identity.ids) {
        ids.push_back(id);
        customers.push_back(customer);
    }
    std::vector<std::string> const header{"id", "customer_id"};
    std::vector<column_view> columns(2);
    columns[0] = {string_type, ids.size(), ids.data(), nullptr, nullptr, nullptr};
    columns[1] = {string_type, ids.size(), customers.data(), nullptr, nullptr, nullptr};
    csv_writer writer(path, header);
    csv_text text;
    text.records(columns, 0, ids.size(), zone::utc());
    writer.append(text.pending());
    writer.commit();
}

fitted_plan fitted_for(run_arguments const& arguments, plan const& definition, ingest_result const& read,
                       instant as_of, strategy_registry const& mechanisms) {
    if (!arguments.fitted.empty()) return rebase(read_fitted_plan(arguments.fitted, mechanisms), definition);
    fitted_plan made = fit(definition, read.customers, as_of, arguments.threads, mechanisms);
    if (!arguments.save_fitted.empty()) made.save(arguments.save_fitted);
    return made;
}

} // namespace

void run(run_arguments const& arguments, std::stop_token stop) {
    stopwatch watch;
    strategy_registry const mechanisms = registry_with_models();
    plan const definition = read_plan(arguments.plan, mechanisms);
    std::vector<source_file> const files = files_of(arguments.sources);
    ingest_options options;
    options.as_of = moment_of(arguments.as_of, zone::parse(definition.zone()));
    options.threads = arguments.threads;
    options.level = level_of(arguments.isa);
    options.stop = stop;
    std::string const locale = locale_for(arguments, definition);
    check_outputs(definition);
    refuse_standard_output(arguments.out, "--out", "several files are written, so this is a folder");
    refuse_standard_output(arguments.save_fitted, "--save-fitted", "the fitted plan is written to a file");
    check_files(arguments, files);
    prepare_directory(arguments.out);
    if (!arguments.save_fitted.empty()) check_output(arguments.save_fitted, {});
    if (arguments.quarantine) options.quarantine = arguments.out / "quarantine.csv";
    for (auto const& warning : definition.warnings())
        if (!arguments.quiet) fmt::print(stderr, "{}\n", to_string(warning));
    watch.lap("plan");

    std::optional<progress_line> line(std::in_place, "reading", arguments.quiet);
    options.progress = [&](ingest_progress const& p) {
        line->update(p.bytes_read, p.bytes_total, fmt::format("{} of {}", counted(p.rows, "row", "rows"), p.source));
    };
    ingest_result const read = ingest(definition, files, options);
    line.reset();
    watch.lap("read");

    fitted_plan const fitted = fitted_for(arguments, definition, read, options.as_of, mechanisms);
    segmenter const with = compile(fitted, mechanisms);
    watch.lap("fit");
    batch_result const result = with.classify(read.customers, {options.as_of, arguments.threads, false});
    watch.lap("classify");
    if (stop.stop_requested())
        throw issue_error("ingest.stopped", arguments.out.string(), "stopped on request before anything was written");
    // All that can fail is done before the first file gets its name.
    auto const drift = watch_drift(with, result, arguments.fitted.empty());
    std::string const summary = summary_json(with, fitted, read, result, options.as_of, drift);
    write_customers(arguments.out / "customers.csv", read.customers, result, zone::parse(definition.zone()),
                    arguments.threads);
    detail::write_file(arguments.out / "summary.json", summary);
    remove_stale(arguments.out / "identity.csv", !read.identity);
    if (read.identity) write_identity(arguments.out / "identity.csv", *read.identity);
    remove_stale(arguments.out / "quarantine.csv", !arguments.quarantine);
    watch.lap("write");
    detail::write_file(arguments.out / "timings.json", watch.json(usable_threads(arguments.threads)));

    if (arguments.quiet) return;
    fmt::print("{} as of {} ({})\n\n{}", definition.title(locale), arguments.as_of, definition.zone(),
               summary_text(with, read, result, drift, locale));
    fmt::print("  {} in {:.2f} s\n  {}\n  {}\n", counted(result.rows(), "customer", "customers"), watch.total(),
               (arguments.out / "customers.csv").string(), (arguments.out / "summary.json").string());
    if (arguments.quarantine) fmt::print("  {}\n", options.quarantine.string());
}

} // namespace segmenta::cli
