// SPDX-License-Identifier: Apache-2.0
#include "cli/usage.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/error.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace segmenta::cli {
namespace {

/// `sumary` of `--sumary=x.csv`.
std::string_view bare_name(std::string_view word) {
    word.remove_prefix(std::min(word.find_first_not_of('-'), word.size()));
    return word.substr(0, word.find('='));
}

std::vector<std::string> option_names(CLI::App const& command) {
    std::vector<std::string> out;
    for (CLI::Option const* const option : command.get_options())
        for (auto const& name : option->get_lnames())
            out.push_back(name);
    return out;
}

std::vector<CLI::App const*> subcommands_of(CLI::App const& app) {
    return app.get_subcommands([](CLI::App const*) { return true; });
}

std::string unknown_subcommand(CLI::App const& app, std::string const& word) {
    std::vector<std::string> names;
    for (CLI::App const* const command : subcommands_of(app))
        names.push_back(command->get_name());
    auto const near = nearest_name(word, names);
    return fmt::format("there is no subcommand {}{}. Subcommands: {}. segmenta --help explains them",
                       segmenta::quoted(word),
                       near.empty() ? std::string() : fmt::format("; did you mean {}", segmenta::quoted(near)),
                       fmt::join(names, ", "));
}

/// Which other subcommands have an option of this name.
std::vector<std::string> others_with(CLI::App const& app, std::string_view name) {
    std::vector<std::string> out;
    for (CLI::App const* const command : subcommands_of(app)) {
        auto const names = option_names(*command);
        if (std::find(names.begin(), names.end(), name) != names.end()) out.push_back(command->get_name());
    }
    return out;
}

std::string unknown_option(CLI::App const& app, CLI::App const& command, std::string const& word) {
    std::string const whole = word.substr(0, word.find('='));
    auto const name = bare_name(word);
    auto const names = option_names(command);
    std::string const who = &command == &app ? "segmenta" : command.get_name();
    std::string const help = &command == &app ? "segmenta --help" : "segmenta " + who + " --help";
    std::string out = fmt::format("{} has no option {}", who, segmenta::quoted(whole));
    if (auto const near = nearest_name(name, names); !near.empty())
        return out + fmt::format("; did you mean {}? {} lists them", segmenta::quoted(fmt::format("--{}", near)), help);
    if (auto const others = others_with(app, name); &command != &app && !others.empty())
        return out + fmt::format("; it is one of {}. {} lists those of {}", fmt::join(others, ", "), help, who);
    if (auto const others = others_with(app, name); !others.empty())
        return out + fmt::format(": options stand behind the subcommand, as in segmenta {} {}", others[0], whole);
    return out + fmt::format(". {} lists them", help);
}

/// By the code: the name of an error is now and then that of the command.
bool is(CLI::ParseError const& problem, CLI::ExitCodes code) {
    return problem.get_exit_code() == static_cast<int>(code);
}

/// Of an option that was given too often or without a value; nothing for other mistakes.
std::string wrong_number(CLI::App const& command, CLI::ParseError const& problem) {
    std::string const what = problem.what();
    for (CLI::Option const* const option : command.get_options()) {
        if (!what.starts_with(option->get_name() + ":")) continue;
        if (option->count() > 1)
            return fmt::format("{} is given {} times; give it once", option->get_name(), option->count());
        return fmt::format("{} is given without a value", option->get_name());
    }
    return {};
}

/// `Could not convert: --horizon = abc`, in words; numbers are all that is converted.
std::string no_number(CLI::ParseError const& problem) {
    std::string const what = problem.what();
    auto const name = what.find("--");
    auto const equals = what.find(" = ", name);
    if (name == std::string::npos || equals == std::string::npos) return what;
    return fmt::format("{}: a number is expected, not {}", what.substr(name, equals - name),
                       segmenta::quoted(what.substr(equals + 3)));
}

} // namespace

std::string usage_message(CLI::App const& app, CLI::ParseError const& problem, std::span<std::string const> words) {
    auto const chosen = app.get_subcommands();
    if (chosen.empty() && !words.empty() && !words[0].starts_with('-'))
        return "error: " + unknown_subcommand(app, words[0]);
    CLI::App const& command = chosen.empty() ? app : *chosen.front();
    std::string const help =
        fmt::format("segmenta {}{}--help", chosen.empty() ? "" : command.get_name(), chosen.empty() ? "" : " ");
    // A slip first: what is missing then is often what was misspelt.
    for (CLI::App const* const part : {&command, &app})
        for (auto const& word : part->remaining())
            if (word.size() > 1 && word[0] == '-') return "error: " + unknown_option(app, *part, word);
    auto const extra = command.remaining();
    if (is(problem, CLI::ExitCodes::ExtrasError) && !extra.empty())
        return fmt::format("error: {} takes no further argument {}. An option with several values takes them joined by "
                           "commas, or is repeated; {} lists the options",
                           command.get_name(), segmenta::quoted(extra.front()), help);
    if (is(problem, CLI::ExitCodes::ArgumentMismatch))
        if (auto const message = wrong_number(command, problem); !message.empty())
            return fmt::format("error: {}. {} explains it", message, help);
    if (is(problem, CLI::ExitCodes::ConversionError))
        return fmt::format("error: {}. {} explains it", no_number(problem), help);
    return fmt::format("error: {}. {} lists the options", problem.what(), help);
}

std::vector<std::string> given_options(CLI::App const& command) {
    std::vector<std::string> out;
    for (CLI::Option const* const option : command.get_options())
        if (option->count() > 0) out.push_back(option->get_name());
    return out;
}

void check_options(std::span<option_use const> known, std::span<std::string const> given, std::string_view what) {
    issue_list issues;
    for (auto const& option : given) {
        auto const found =
            std::find_if(known.begin(), known.end(), [&](auto const& use) { return use.option == option; });
        if (found == known.end()) continue;
        if (std::find(found->takers.begin(), found->takers.end(), what) != found->takers.end()) continue;
        issues.error("cli.option", option,
                     fmt::format("{} takes no such option; it is for {}", what, fmt::join(found->takers, ", ")), {}, {},
                     "Leave it out");
    }
    issues.throw_if_errors();
}

void refuse_repeats(std::span<std::string const> columns, std::string_view option) {
    issue_list issues;
    for (auto at = columns.begin(); at != columns.end(); ++at)
        if (std::count(columns.begin(), at, *at) == 1) // a third time is no further issue
            issues.error("cli." + std::string(bare_name(option)), std::string(option), "the column is named twice",
                         segmenta::quoted(*at), {}, "Name each column once");
    issues.throw_if_errors();
}

} // namespace segmenta::cli
