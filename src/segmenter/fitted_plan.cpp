// SPDX-License-Identifier: Apache-2.0
#include <segmenta/segmenter/fitted_plan.hpp>

#include "base/file.hpp"
#include "base/json.hpp"
#include "segmenter/compiled.hpp"

#include <segmenta/base/hash.hpp>
#include <segmenta/record/cell.hpp>
#include <segmenta/time/parse.hpp>

#include <boost/json.hpp>

#include <utility>

namespace segmenta {
inline namespace v0 {

struct fitted_plan::contents {
    plan definition;
    std::vector<fitted_column> columns;
    std::vector<fitted_range> data;
    instant as_of{};
    std::uint64_t customers = 0;
    std::string hash;
};

namespace {

namespace json = boost::json;
constexpr std::string_view file_kind = "segmenta fitted plan";
constexpr std::int64_t file_version = 1;

std::string hash_of(plan const& definition, std::vector<fitted_column> const& columns) {
    std::string text = definition.hash();
    for (auto const& c : columns)
        text += '\n' + c.name + '\n' + c.kind + '\n' + c.parameters;
    return content_hash(text);
}

fitted_plan make(plan definition, std::vector<fitted_column> columns, std::vector<fitted_range> data, instant as_of,
                 std::uint64_t customers) {
    std::string hash = hash_of(definition, columns);
    return fitted_plan(std::make_shared<fitted_plan::contents>(fitted_plan::contents{
        std::move(definition), std::move(columns), std::move(data), as_of, customers, std::move(hash)}));
}

json::object body_of(fitted_plan const& fitted) {
    json::object out;
    out["kind"] = file_kind;
    out["version"] = file_version;
    out["hash"] = fitted.hash();
    out["plan_hash"] = fitted.definition().hash();
    out["as_of_us"] = fitted.as_of().microseconds();
    out["customers"] = fitted.customers();
    json::array data;
    for (auto const& range : fitted.data()) {
        json::object item{{"name", range.name}, {"type", to_string(range.what)}, {"missing", range.missing}};
        if (!range.minimum.empty()) {
            item["minimum"] = range.minimum;
            item["maximum"] = range.maximum;
        }
        data.push_back(std::move(item));
    }
    out["data"] = std::move(data);
    json::object columns;
    for (auto const& column : fitted.columns())
        columns[column.name] = {{"kind", column.kind}, {"parameters", detail::parse_json(column.parameters)}};
    out["columns"] = std::move(columns);
    out["plan"] = detail::parse_json(fitted.definition().to_json());
    return out;
}

[[noreturn]] void refuse(std::string const& name, std::string code, std::string message, std::string seen = {},
                         std::string allowed = {}) {
    throw issue_error(std::move(code), name, std::move(message), std::move(seen), std::move(allowed),
                      "Fit the plan again (--save-fitted).");
}

/// A member of the right kind, or a refusal that names it.
template <class Get>
auto member(json::object const& from, std::string_view key, std::string const& name, Get get) {
    auto const* const found = from.if_contains(key);
    auto const* const right = found != nullptr ? get(*found) : nullptr;
    if (right == nullptr)
        refuse(name, "fitted.content", "the member \"" + std::string(key) + "\" is missing or of the wrong kind");
    return right;
}

json::string const* as_text(json::value const& v) { return v.if_string(); }
json::array const* as_array(json::value const& v) { return v.if_array(); }
json::object const* as_object(json::value const& v) { return v.if_object(); }
std::int64_t const* as_integer(json::value const& v) { return v.if_int64(); }

std::string text_of(json::object const& from, std::string_view key, std::string const& name) {
    auto const* const text = member(from, key, name, as_text);
    return {text->data(), text->size()};
}

fitted_range range_of(json::object const& item, std::string const& name) {
    fitted_range out;
    out.name = text_of(item, "name", name);
    std::string const what = text_of(item, "type", name);
    auto const parsed = parse_type(what);
    if (!parsed) refuse(name, "fitted.content", "there is no such type", what);
    out.what = *parsed;
    out.missing = static_cast<std::uint64_t>(*member(item, "missing", name, as_integer));
    if (item.if_contains("minimum") != nullptr) {
        out.minimum = text_of(item, "minimum", name);
        out.maximum = text_of(item, "maximum", name);
    }
    return out;
}

} // namespace

plan const& fitted_plan::definition() const noexcept { return contents_->definition; }
std::span<fitted_column const> fitted_plan::columns() const noexcept { return contents_->columns; }
instant fitted_plan::as_of() const noexcept { return contents_->as_of; }
std::uint64_t fitted_plan::customers() const noexcept { return contents_->customers; }
std::span<fitted_range const> fitted_plan::data() const noexcept { return contents_->data; }
std::string const& fitted_plan::hash() const noexcept { return contents_->hash; }

fitted_column const* fitted_plan::find(std::string_view name) const noexcept {
    for (auto const& c : contents_->columns)
        if (c.name == name) return &c;
    return nullptr;
}

std::string fitted_plan::to_json() const {
    json::object body = body_of(*this);
    std::string const sum = content_hash(detail::write_json(body));
    body["checksum"] = sum;
    return detail::write_json(body, 2) + "\n";
}

void fitted_plan::save(std::filesystem::path const& path) const { detail::write_file(path, to_json()); }

fitted_plan parse_fitted_plan(std::string_view text, std::string const& name, strategy_registry const& mechanisms) {
    detail::json_options options;
    options.source = name;
    json::value parsed = detail::parse_json(text, options);
    json::object* const body = parsed.if_object();
    if (body == nullptr || body->if_contains("kind") == nullptr || body->at("kind") != json::value(file_kind))
        refuse(name, "fitted.kind", "this is no fitted plan", {}, std::string(file_kind));
    if (auto const version = *member(*body, "version", name, as_integer); version != file_version)
        refuse(name, "fitted.version", "the file has a version this library does not read", std::to_string(version),
               std::to_string(file_version));
    std::string const sum = text_of(*body, "checksum", name);
    body->erase("checksum");
    if (content_hash(detail::write_json(*body)) != sum)
        refuse(name, "fitted.checksum", "the content does not match its checksum: the file was altered or cut off");
    std::vector<fitted_range> data;
    for (auto const& item : *member(*body, "data", name, as_array)) {
        if (!item.is_object()) refuse(name, "fitted.content", "an element of \"data\" is no object");
        data.push_back(range_of(item.get_object(), name));
    }
    std::vector<fitted_column> columns;
    for (auto const& entry : *member(*body, "columns", name, as_object)) {
        if (!entry.value().is_object()) refuse(name, "fitted.content", "an element of \"columns\" is no object");
        auto const& item = entry.value().get_object();
        auto const* const parameters = member(item, "parameters", name, as_object);
        columns.push_back({std::string(entry.key()), text_of(item, "kind", name), detail::write_json(*parameters)});
    }
    plan definition = parse_plan(detail::write_json(*member(*body, "plan", name, as_object)), name, mechanisms);
    instant const as_of{*member(*body, "as_of_us", name, as_integer)};
    auto const customers = static_cast<std::uint64_t>(*member(*body, "customers", name, as_integer));
    fitted_plan out = make(std::move(definition), std::move(columns), std::move(data), as_of, customers);
    if (out.hash() != text_of(*body, "hash", name))
        refuse(name, "fitted.content", "the hash inside does not belong to the content", text_of(*body, "hash", name),
               out.hash());
    return out;
}

fitted_plan read_fitted_plan(std::filesystem::path const& path, strategy_registry const& mechanisms) {
    return parse_fitted_plan(detail::read_file(path), path.string(), mechanisms);
}

fitted_plan rebase(fitted_plan const& fitted, plan const& current) {
    if (fitted.definition().hash() != current.hash())
        throw issue_error("fitted.other_plan", current.id(),
                          "the fitted plan was made from another plan or another version of this one",
                          fitted.definition().id() + " " + fitted.definition().hash(),
                          current.id() + " " + current.hash(), "Fit again with the current plan (--save-fitted).");
    return make(current, {fitted.columns().begin(), fitted.columns().end()},
                {fitted.data().begin(), fitted.data().end()}, fitted.as_of(), fitted.customers());
}

namespace {

/// First rows with the least and the greatest present value.
template <class T>
void extremes(column_view const& from, std::optional<std::size_t>& least, std::optional<std::size_t>& most) {
    auto const data = from.as<T>();
    for (std::size_t row = 0; row < data.size(); ++row) {
        if (!from.is_present(row)) continue;
        if (!least || data[row] < data[*least]) least = row;
        if (!most || data[row] > data[*most]) most = row;
    }
}

/// Categories compare by text, not by code.
void extremes_of_text(column_view const& from, std::optional<std::size_t>& least, std::optional<std::size_t>& most) {
    auto const rank = from.pool != nullptr ? from.pool->ranks() : std::vector<std::uint32_t>{};
    auto const before = [&](std::size_t a, std::size_t b) {
        if (rank.empty()) return from.text(a) < from.text(b);
        auto const codes = from.as<std::uint32_t>();
        return rank[codes[a]] < rank[codes[b]];
    };
    for (std::size_t row = 0; row < from.size; ++row) {
        if (!from.is_present(row)) continue;
        if (!least || before(row, *least)) least = row;
        if (!most || before(*most, row)) most = row;
    }
}

fitted_range range_of(std::string name, column_view const& from) {
    fitted_range out{std::move(name), from.what, 0, {}, {}};
    if (from.valid != nullptr)
        for (std::size_t row = 0; row < from.size; ++row)
            out.missing += from.is_present(row) ? 0 : 1;
    std::optional<std::size_t> least;
    std::optional<std::size_t> most;
    switch (from.what.base) {
    case kind::category_set: return out; // sets have no order worth showing
    case kind::string:
    case kind::category: extremes_of_text(from, least, most); break;
    case kind::boolean: extremes<std::uint8_t>(from, least, most); break;
    case kind::float64: extremes<double>(from, least, most); break;
    case kind::date: extremes<std::int32_t>(from, least, most); break;
    default: extremes<std::int64_t>(from, least, most);
    }
    if (least) out.minimum = to_string(cell(from, *least));
    if (most) out.maximum = to_string(cell(from, *most));
    return out;
}

/// Values that stand in come first: whatever is fitted after them reads them.
void fit_stand_ins(detail::compiled_plan& compiled, customer_columns const& customers,
                   std::span<std::uint64_t const> dropped, std::vector<fitted_column>& columns, issue_list& issues) {
    for (auto& with : compiled.stand_ins) {
        if (with.what != missing_action::median && with.what != missing_action::mode) continue;
        try {
            columns.push_back(detail::fit_stand_in(with, customers.find(with.attribute)->view(), dropped));
        } catch (issue_error const& problem) {
            issues.append(problem.issues());
        }
    }
}

} // namespace

fitted_plan fit(plan const& definition, customer_columns const& customers, instant as_of, unsigned threads,
                strategy_registry const& mechanisms) {
    return fit(definition, definition.source_schema(), customers, as_of, threads, mechanisms);
}

fitted_plan fit(plan const& definition, schema const& what, customer_columns const& customers, instant as_of,
                unsigned threads, strategy_registry const& mechanisms) {
    detail::compiled_plan compiled = detail::resolve_plan(definition, what, mechanisms);
    issue_list issues;
    compiled.stand_ins = detail::stand_ins_to_fit(definition, compiled.resolved);
    detail::batch_run run(compiled, customers, {as_of, threads, false});
    run.check(issues);
    issues.throw_if_errors();
    std::vector<fitted_column> columns;
    fit_stand_ins(compiled, customers, run.dropped(), columns, issues);
    issues.throw_if_errors();
    std::vector<fitted_range> data;
    for (std::uint32_t const node : compiled.graph().order()) {
        column_node const& n = compiled.graph()[node];
        auto const& outline = compiled.resolved.strategies[node];
        if (!outline) {
            if (compiled.is_base(node)) data.push_back(range_of(n.name, customers.find(n.name)->view()));
            continue;
        }
        strategy_use const use = compiled.use_of(node);
        try {
            if (!outline->needs_fit) {
                compiled.set_strategy(node, mechanisms.make(use));
                continue;
            }
            for (std::uint32_t const read : compiled.graph().reads(node))
                run.need(read);
            auto const applicable = run.inputs_of_everyone(node);
            compiled.set_strategy(node, mechanisms.fit(use, block{customers.size(), applicable.views}));
            auto const text = compiled.strategies[node].to_json();
            if (!text)
                issues.error("fit.not_saved", n.place, "the mechanism does not say its parameters as JSON", use.kind);
            else
                columns.push_back({n.name, use.kind, detail::write_json(detail::parse_json(*text))});
        } catch (issue_error const& problem) {
            issues.append(problem.issues());
            break; // what reads this column cannot be fitted
        }
    }
    issues.throw_if_errors();
    return make(definition, std::move(columns), std::move(data), as_of, customers.size());
}

} // namespace v0
} // namespace segmenta
