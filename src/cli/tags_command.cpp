// SPDX-License-Identifier: Apache-2.0
// `segmenta tags`: what a plan tags customers with, for people who did not write it.
#include "cli/tags_command.hpp"

#include "base/json.hpp"
#include "cli/screen.hpp"

#include <segmenta/model/model_strategies.hpp>
#include <segmenta/plan/lineage.hpp>
#include <segmenta/plan/plan.hpp>
#include <segmenta/plan/resolve.hpp>
#include <segmenta/rule/readable.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace segmenta::cli {
namespace {

namespace json = boost::json;

class catalogue {
public:
    explicit catalogue(tags_arguments const& asked)
        : asked_(asked), plan_(read_plan(asked.plan, registry_with_models())) {
        locale_ = asked.locale.empty() ? plan_.locale() : asked.locale;
        if (!readable_language_of(locale_))
            throw issue_error("cli.locale", "--locale", "there are no words in this language", locale_,
                              "en, zh-Hans, zh-Hant");
        if (!plan_.sources().empty()) resolved_ = resolve(plan_, plan_.source_schema(), registry_with_models());
        if (!asked.reads.empty()) choose();
    }

    void print() const {
        if (asked_.json) return print_json();
        std::size_t shown = 0;
        for (auto const& entry : plan_.tags()) {
            if (!is_chosen(entry)) continue;
            print_tag(entry);
            ++shown;
        }
        fmt::print("{}{}\n", counted(shown, "tag", "tags"),
                   asked_.reads.empty() ? std::string{} : " read " + asked_.reads);
    }

private:
    void choose() {
        if (!resolved_)
            throw issue_error("cli.reads", "--reads", "the plan names no sources, so nobody knows its fields",
                              asked_.reads, {}, "Ask the host that has them: readers_of() of plan/lineage.hpp.");
        chosen_.emplace();
        for (auto& name : readers_of(*resolved_, asked_.reads))
            chosen_->insert(std::move(name));
    }
    [[nodiscard]] bool is_chosen(tag_entry const& entry) const {
        return !chosen_ || chosen_->count(tag_column(entry.what.name)) != 0;
    }

    /// The rule as it is computed: in an exclusive dimension without what comes before.
    [[nodiscard]] std::string rule_of(tag_entry const& entry) const {
        auto const* column = plan_.find_column(tag_column(entry.what.name));
        return column == nullptr ? std::string{} : column->rule()->text;
    }
    [[nodiscard]] std::string in_words(tag_entry const& entry) const {
        std::string const rule = rule_of(entry);
        if (rule.empty()) return {};
        readable_options how;
        how.language = *readable_language_of(locale_);
        how.names = [this](std::string_view name, readable_language) { return title_of(name); };
        return to_readable(parse_expression(rule), how);
    }
    /// Tags by their titles.
    [[nodiscard]] std::optional<readable_name> title_of(std::string_view name) const {
        if (!name.starts_with(tag_prefix)) return std::nullopt;
        auto const* entry = plan_.find_tag(name.substr(tag_prefix.size()));
        if (entry == nullptr || entry->what.titles.empty()) return std::nullopt;
        return readable_name{std::string(text_in(entry->what.titles, locale_)), {}};
    }
    [[nodiscard]] std::vector<std::string> fields_of(tag_entry const& entry) const {
        if (!resolved_ || !resolved_->graph.find(tag_column(entry.what.name))) return {};
        return lineage_of(*resolved_, tag_column(entry.what.name)).fields;
    }
    [[nodiscard]] std::string path_of(tag_entry const& entry) const {
        auto const& tree = plan_.tag_taxonomy();
        return tree.path_of_tag(*tree.find_tag(entry.what.name));
    }

    void print_tag(tag_entry const& entry) const {
        tag_definition const& tag = entry.what;
        bool const chinese = *readable_language_of(locale_) == readable_language::chinese;
        auto const line = [&](std::string_view english, std::string_view han, std::string const& text) {
            if (!text.empty())
                fmt::print("  {} {}\n", chinese ? std::string(han) + ":" : std::string(english) + ":", text);
        };
        auto const title = text_in(tag.titles, locale_);
        fmt::print("{}{}\n", path_of(entry), title.empty() ? std::string{} : fmt::format(" ({})", title));
        line("kind", "类型", std::string{to_string(tag.kind)});
        line("meaning", "含义", std::string{text_in(tag.meanings, locale_)});
        line("rule", "规则", in_words(entry));
        line("applies to", "适用", tag.applies_to);
        line("reads", "来源字段", join(fields_of(entry)));
        line("purposes", "用途", join(tag.purposes));
        line("valid for", "有效期", tag.valid_for ? to_string(*tag.valid_for) : std::string{});
        line("owner", "负责人", tag.owner);
        line("source", "依据", tag.source);
        fmt::print("\n");
    }
    static std::string join(std::vector<std::string> const& names) { return fmt::format("{}", fmt::join(names, ", ")); }

    static json::array texts(std::vector<std::string> const& names) {
        json::array out;
        for (auto const& name : names)
            out.emplace_back(name);
        return out;
    }

    void print_json() const {
        json::array tags;
        for (auto const& entry : plan_.tags()) {
            if (!is_chosen(entry)) continue;
            tag_definition const& tag = entry.what;
            tags.push_back({{"name", tag.name},
                            {"path", path_of(entry)},
                            {"title", text_in(tag.titles, locale_)},
                            {"kind", to_string(tag.kind)},
                            {"meaning", text_in(tag.meanings, locale_)},
                            {"rule", rule_of(entry)},
                            {"in_words", in_words(entry)},
                            {"reads", texts(fields_of(entry))},
                            {"purposes", texts(tag.purposes)},
                            {"owner", tag.owner},
                            {"source", tag.source}});
        }
        fmt::print("{}\n", detail::write_json(json::object{{"plan", plan_.id()}, {"tags", std::move(tags)}}, 2));
    }

    tags_arguments const& asked_;
    plan plan_;
    std::string locale_;
    std::optional<resolved_plan> resolved_;
    std::optional<std::set<std::string>> chosen_;
};

} // namespace

void list_tags(tags_arguments const& arguments) { catalogue(arguments).print(); }

} // namespace segmenta::cli
