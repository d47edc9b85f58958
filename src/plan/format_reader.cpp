// SPDX-License-Identifier: Apache-2.0
// Reads `/sources/<name>/format`.
#include "plan/keys.hpp"
#include "plan/reader.hpp"

#include <segmenta/base/text.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>

namespace segmenta {
inline namespace v0 {

bool operator==(source_format const& a, source_format const& b) noexcept {
    auto const& x = a.dialect;
    auto const& y = b.dialect;
    return a.what == b.what && x.delimiter == y.delimiter && x.blanks == y.blanks && x.quote == y.quote &&
           x.header == y.header && x.names == y.names && x.encoding == y.encoding && x.missing == y.missing &&
           x.trim == y.trim && x.comment == y.comment && x.record_limit == y.record_limit;
}

namespace detail {
namespace {

/// One ASCII character, or "" for none where that is allowed.
std::optional<char> read_character(json_node const& node, bool none_allowed) {
    auto const text = node.text();
    if (!text) return std::nullopt;
    if (text->empty() && none_allowed) return '\0';
    if (text->size() == 1 && (*text)[0] > 0) return (*text)[0];
    node.error("plan.bad_dialect", "this must be one ASCII character", shown(*text),
               none_allowed ? "one character, or \"\" for none" : "one character");
    return std::nullopt;
}

void read_delimiter(json_node const& node, csv_dialect& dialect) {
    auto const text = node.text();
    if (!text) return;
    if (*text == "blanks") {
        dialect.blanks = true;
        return;
    }
    if (*text == "tab") {
        dialect.delimiter = '\t';
        return;
    }
    if (text->size() == 1) {
        dialect.delimiter = (*text)[0];
        return;
    }
    node.error("plan.bad_dialect", "this is no delimiter", shown(*text), "one ASCII character, tab, blanks");
}

void check_file_names(json_node const& names) {
    std::set<std::string> known;
    for (auto const& element : names.elements())
        if (element.is_string() && !element.text()->empty() && !known.insert(*element.text()).second)
            element.error("plan.duplicate_name", "two columns of the file have one name", shown(*element.text()), {},
                          "Rename one of them.");
}

void read_csv(json_node const& format, csv_dialect& dialect) {
    if (auto const encoding = format.find("encoding")) dialect.encoding = encoding->text().value_or(dialect.encoding);
    if (auto const delimiter = format.find("delimiter")) read_delimiter(*delimiter, dialect);
    if (auto const quote = format.find("quote")) dialect.quote = read_character(*quote, true).value_or('"');
    if (auto const comment = format.find("comment")) dialect.comment = read_character(*comment, true).value_or('\0');
    if (auto const header = format.find("header")) dialect.header = header->boolean().value_or(true);
    if (auto const trim = format.find("trim")) dialect.trim = trim->boolean().value_or(false);
    if (auto const names = format.find("names")) {
        dialect.names = names->text_list(false);
        check_file_names(*names);
        if (dialect.header) {
            names->error("plan.two_keys", "the names come from the header line or from \"names\", not from both", {},
                         {}, "Say \"header\": false, or remove the names.");
            dialect.names.clear(); // one slip, one issue
        }
    }
    format.report(check(dialect, format.place()));
}

} // namespace

source_format read_format(json_node const& format) {
    source_format result;
    if (!format.require_object()) return result;
    if (auto const type_node = format.find("type")) {
        static constexpr std::array<std::string_view, 2> types{"csv", "jsonl"};
        auto const text = type_node->text();
        if (text == "jsonl") result.what = file_type::jsonl;
        if (text && *text != "csv" && *text != "jsonl")
            type_node->error("plan.unknown_name", "this is no type of file", shown(*text), join_names(types),
                             did_you_mean(*text, types));
    }
    format.check_keys(result.what == file_type::csv ? key_names(csv_format_keys) : key_names(jsonl_format_keys));
    if (auto const missing = format.find("missing")) {
        result.dialect.missing = missing->text_list(true);
        // the empty field is missing whatever is said here
        std::erase(result.dialect.missing, std::string{});
    }
    if (result.what == file_type::csv) read_csv(format, result.dialect);
    return result;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
