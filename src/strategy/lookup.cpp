// SPDX-License-Identifier: Apache-2.0
#include <segmenta/strategy/lookup.hpp>

#include "strategy/fitted.hpp"
#include "strategy/kinds.hpp"
#include "strategy/numbers.hpp"
#include "strategy/object_reader.hpp"
#include "strategy/scheme.hpp"

#include <algorithm>

namespace segmenta {
inline namespace v0 {

namespace {

constexpr std::string_view own_kind = "lookup";
constexpr std::int64_t version = 1;

std::vector<std::string> locals_of(lookup_options const& options) {
    std::vector<std::string> locals;
    for (auto const& e : options.entries)
        locals.push_back(e.id);
    if (!options.fallback.empty() && std::find(locals.begin(), locals.end(), options.fallback) == locals.end())
        locals.push_back(options.fallback);
    return locals;
}

std::optional<lookup_options> parse_lookup(strategy_use const& use, issue_list& issues) {
    auto const object = detail::parameters_of(use, issues);
    if (!object) return std::nullopt;
    issue_list found;
    detail::object_reader reader(*object, own_kind, use.place, found);
    lookup_options out;
    out.id = use.scheme;
    if (use.reads.size() == 1)
        out.reads = use.reads.front();
    else
        found.error("lookup.reads", use.place, "one column is looked up", std::to_string(use.reads.size()), "1",
                    "Name it in `of`");
    auto const* table = reader.need("table");
    if (table != nullptr && !table->is_object()) reader.bad_value("table", *table, "an object from segment to texts");
    if (table != nullptr && table->is_object()) {
        detail::object_reader inner(table->get_object(), own_kind, reader.place_of("table"), found);
        for (auto const& member : table->get_object()) {
            lookup_entry entry{std::string(member.key()), {}};
            inner.read(member.key(), entry.texts);
            out.entries.push_back(std::move(entry));
        }
    }
    reader.read("fallback", out.fallback);
    reader.finish();
    issues.append(found);
    if (found.has_errors()) return std::nullopt;
    return out;
}

boost::json::object parameters_of(lookup_options const& options) {
    boost::json::object table;
    for (auto const& e : options.entries)
        table[e.id] = detail::to_array(e.texts);
    boost::json::object out;
    out["table"] = std::move(table);
    if (!options.fallback.empty()) out["fallback"] = options.fallback;
    return out;
}

} // namespace

struct lookup::contents {
    detail::scheme names;
    lookup_options options;
    std::vector<std::pair<std::string, std::uint16_t>> table; ///< sorted by text
    std::uint16_t fallback = no_segment;
};

std::optional<lookup> lookup::make(lookup_options const& options, issue_list& issues, std::string_view place) {
    issue_list found;
    auto const locals = locals_of(options);
    std::vector<std::string> const reads{options.reads};
    detail::check_scheme(own_kind, options.id, reads, 1, locals, place, found);
    if (options.entries.empty())
        found.error("lookup.empty", std::string(place), "the table is empty", {}, {},
                    "Name at least one segment and its texts");
    auto made = std::make_shared<contents>();
    for (std::size_t i = 0; i < options.entries.size(); ++i)
        for (auto const& text : options.entries[i].texts)
            made->table.emplace_back(text, static_cast<std::uint16_t>(i));
    std::sort(made->table.begin(), made->table.end());
    for (std::size_t i = 1; i < made->table.size(); ++i)
        if (made->table[i].first == made->table[i - 1].first)
            found.error("lookup.duplicate", std::string(place) + "/table", "a text stands in the table twice",
                        made->table[i].first, {}, "Keep it where it belongs");
    issues.append(found);
    if (found.has_errors()) return std::nullopt;
    made->options = options;
    made->names.set(options.id, {options.reads}, locals);
    if (!options.fallback.empty())
        made->fallback =
            static_cast<std::uint16_t>(std::find(locals.begin(), locals.end(), options.fallback) - locals.begin());
    return lookup(made);
}

lookup::lookup(lookup_options const& options) {
    issue_list issues;
    auto const made = make(options, issues, options.id);
    if (!made) throw issue_error(issues);
    contents_ = made->contents_;
}

std::string lookup::to_json() const {
    auto const& o = contents_->options;
    return detail::write_fitted(own_kind, version, {o.id, {o.reads}, {}, parameters_of(o), {}});
}

lookup lookup::from_json(std::string_view text) {
    auto const body = detail::read_fitted(text, own_kind, version);
    issue_list issues;
    auto const options = parse_lookup(detail::use_of_body(own_kind, body), issues);
    detail::refuse_bad_content(issues);
    return lookup(*options);
}

std::string_view lookup::id() const noexcept { return contents_->names.id; }
std::span<std::string_view const> lookup::reads() const noexcept { return contents_->names.read_views; }
std::span<segment_info const> lookup::segments() const noexcept { return contents_->names.segments; }

std::uint16_t lookup::find(std::string_view text) const noexcept {
    auto const& table = contents_->table;
    auto const at = std::lower_bound(table.begin(), table.end(), text,
                                     [](auto const& entry, std::string_view wanted) { return entry.first < wanted; });
    return at != table.end() && at->first == text ? at->second : contents_->fallback;
}

std::string lookup::describe(std::uint32_t reason) const {
    auto const& c = *contents_;
    if (reason >= c.names.segments.size()) return {};
    bool const listed = reason < c.options.entries.size();
    return c.options.reads + (listed ? " is in the list of " : " is in no list: ") + c.names.segments[reason].id;
}

void lookup::assign(block const& rows, std::span<assignment> out) const noexcept {
    if (rows.columns.size() != 1 || !rows.columns[0].what.is_text()) return detail::fill_status(out, status::error);
    auto const& column = rows.columns[0];
    for (std::size_t row = 0; row < rows.size; ++row) {
        auto const segment = column.is_present(row) ? find(column.text(row)) : no_segment;
        if (segment == no_segment) {
            out[row] = no_answer(status::unknown);
            continue;
        }
        out[row] = assignment{};
        out[row].segment = segment;
        out[row].reason = segment;
    }
}

strategy_use use_of(lookup_options const& options) {
    return detail::make_use(own_kind, options.id, {options.reads}, parameters_of(options));
}

namespace detail {

strategy_kind lookup_kind() {
    return plain_kind<lookup>(std::string(own_kind), "from a text to a segment by a table", parse_lookup,
                              [](lookup_options const&) {
                                  strategy_outline out;
                                  out.inputs = {input_kind::text};
                                  return out;
                              });
}

} // namespace detail

} // namespace v0
} // namespace segmenta
