// SPDX-License-Identifier: Apache-2.0
#include "cli/import_command.hpp"

#include "base/file.hpp"
#include "base/json.hpp"
#include "cli/standard_input.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/error.hpp>
#include <segmenta/record/schema.hpp>

#include <boost/json.hpp>

#include <istream>
#include <optional>
#include <ostream>

namespace segmenta::cli {
namespace {

namespace json = boost::json;

rule_dialect dialect_of(std::string const& name) {
    if (auto const found = parse_rule_dialect(name)) return *found;
    throw issue_error("cli.argument", "--from", "there is no such dialect", segmenta::quoted(name),
                      "jsonlogic, growthbook, react-querybuilder");
}

imported_missing missing_of(std::string const& name) {
    if (name == "unknown") return imported_missing::unknown;
    if (name == "as-source") return imported_missing::as_source;
    throw issue_error("cli.argument", "--missing", "there is no such choice", segmenta::quoted(name),
                      "unknown, as-source");
}

bool is_whole_document(std::string const& line) {
    try {
        (void)detail::parse_json(line, {.comments = false, .max_depth = 10'000});
        return true;
    } catch (issue_error const&) {
        return false;
    }
}

class importer {
public:
    importer(import_arguments const& arguments, std::ostream& out, std::ostream& messages)
        : dialect_(dialect_of(arguments.from)), json_(arguments.json), out_(out), messages_(messages) {
        options_.missing = missing_of(arguments.missing);
        options_.allow_empty_groups = arguments.allow_empty_groups;
        if (arguments.schema.empty()) return;
        names_ = environment(schema_from_json(detail::read_file(arguments.schema), arguments.schema));
        options_.names = &*names_;
    }
    importer(importer const&) = delete;
    importer& operator=(importer const&) = delete;

    void answer(std::string const& document, std::string const& place) {
        issue_list issues;
        auto const rule = import_rule(document, dialect_, issues, place, options_);
        good_ = good_ && rule.has_value();
        if (!json_) {
            if (!issues.empty()) messages_ << issues.to_string() << '\n';
            out_ << (rule ? to_string(*rule) : std::string()) << '\n';
            return;
        }
        json::object line;
        if (rule) line["rule"] = to_string(*rule);
        if (!issues.empty()) line[rule ? "issues" : "error"] = issues.to_string();
        out_ << detail::write_json(line) << '\n';
    }
    [[nodiscard]] bool good() const noexcept { return good_; }

private:
    rule_dialect dialect_;
    bool json_;
    std::ostream& out_;
    std::ostream& messages_;
    std::optional<environment> names_;
    import_options options_;
    bool good_ = true;
};

bool is_blank(std::string const& line) { return line.find_first_not_of(" \t\r") == std::string::npos; }

} // namespace

bool import_rules(import_arguments const& arguments, std::istream& in, std::ostream& out, std::ostream& messages) {
    importer to(arguments, out, messages);
    std::string line;
    std::size_t number = 0;
    while (++number, next_line(in, line) && is_blank(line)) {
    }
    // A first line that is no document by itself begins one that goes on.
    if (!is_whole_document(line)) {
        std::string const rest = rest_of(in);
        // Blank lines before it count, so that the places of issues are those of the input.
        to.answer(std::string(number - 1, '\n') + line + '\n' + rest, "input");
        return to.good();
    }
    do {
        if (!is_blank(line)) to.answer(line, "line " + std::to_string(number));
        ++number;
    } while (next_line(in, line));
    return to.good();
}

} // namespace segmenta::cli
