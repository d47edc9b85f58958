// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/text.hpp>
#include <segmenta/record/schema.hpp>

#include <algorithm>

namespace segmenta {
inline namespace v0 {
namespace {

bool is_name(std::string_view name) noexcept {
    if (name.empty() || name.size() > 255 || trim(name) != name || !is_valid_utf8(name)) return false;
    return std::none_of(name.begin(), name.end(),
                        [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '`'; });
}

void check_name(std::string_view name, std::string const& place, issue_list& issues) {
    if (is_name(name)) return;
    issues.error("schema.bad_name", place, "this cannot be a name", quoted(name),
                 "1 to 255 bytes of UTF-8 without control characters and backquotes, no blanks at the ends",
                 "Rename it.");
}

void duplicate(std::string_view name, std::string const& place, issue_list& issues) {
    issues.error("schema.duplicate_name", place, "this name is taken", quoted(name), {}, "Rename one of the two.");
}

void check_time(history_schema const& h, std::string const& place, issue_list& issues) {
    auto const at = h.find(h.time);
    if (at && (h.fields[*at].what == instant_type || h.fields[*at].what == date_type)) return;
    std::vector<std::string> times;
    for (auto const& f : h.fields)
        if (f.what == instant_type || f.what == date_type) times.push_back(f.name);
    issues.error("schema.no_time_field", place,
                 at ? "the field that orders the rows is neither an instant nor a date"
                    : "the field that orders the rows is not among the fields",
                 at ? quoted(h.time) + " of type " + to_string(h.fields[*at].what) : quoted(h.time),
                 times.empty() ? std::string("a field of type instant or date") : join_names(times),
                 "Name a field of type instant or date as the history's time.");
}

} // namespace

std::optional<sensitivity> parse_sensitivity(std::string_view text) noexcept {
    for (auto const level : {sensitivity::open, sensitivity::internal, sensitivity::personal, sensitivity::special})
        if (to_string(level) == text) return level;
    return std::nullopt;
}

bool field::permits(std::string_view purpose) const noexcept {
    return purposes.empty() || std::find(purposes.begin(), purposes.end(), purpose) != purposes.end();
}

std::optional<std::size_t> history_schema::find(std::string_view field_name) const noexcept {
    for (std::size_t i = 0; i < fields.size(); ++i)
        if (fields[i].name == field_name) return i;
    return std::nullopt;
}

schema& schema::attribute(field f) {
    issue_list issues;
    std::string const place = "attribute " + f.name;
    check_name(f.name, place, issues);
    if (find_attribute(f.name) || find_history(f.name)) duplicate(f.name, place, issues);
    issues.throw_if_errors();
    attributes_.push_back(std::move(f));
    return *this;
}

schema& schema::history(history_schema h) {
    issue_list issues;
    std::string const place = "history " + h.name;
    check_name(h.name, place, issues);
    if (find_attribute(h.name) || find_history(h.name)) duplicate(h.name, place, issues);
    for (std::size_t i = 0; i < h.fields.size(); ++i) {
        std::string const field_place = place + " field " + h.fields[i].name;
        check_name(h.fields[i].name, field_place, issues);
        if (h.find(h.fields[i].name) != i) duplicate(h.fields[i].name, field_place, issues);
    }
    check_time(h, place, issues);
    issues.throw_if_errors();
    histories_.push_back(std::move(h));
    return *this;
}

std::optional<std::size_t> schema::find_attribute(std::string_view name) const noexcept {
    for (std::size_t i = 0; i < attributes_.size(); ++i)
        if (attributes_[i].name == name) return i;
    return std::nullopt;
}

std::optional<std::size_t> schema::find_history(std::string_view name) const noexcept {
    for (std::size_t i = 0; i < histories_.size(); ++i)
        if (histories_[i].name == name) return i;
    return std::nullopt;
}

} // namespace v0
} // namespace segmenta
