// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/text.hpp>
#include <segmenta/record/table.hpp>

#include <algorithm>
#include <numeric>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

constexpr std::size_t whole = static_cast<std::size_t>(-1);

/// The first row for which `wrong(row)` holds and how many there are.
template <class Wrong>
void report_rows(column_view const& c, std::string const& place, char const* code, char const* message,
                 char const* remedy, issue_list& issues, Wrong const& wrong) {
    std::size_t first = whole;
    std::size_t count = 0;
    for (std::size_t row = 0; row < c.size; ++row) {
        if (!c.is_present(row) || !wrong(row)) continue;
        if (count++ == 0) first = row;
    }
    if (count == 0) return;
    issues.error(code, place + " row " + std::to_string(first), message,
                 count == 1 ? "1 row" : std::to_string(count) + " rows", {}, remedy);
}

void check_set(column_view const& c, std::string const& place, issue_list& issues) {
    auto const* offsets = static_cast<std::uint32_t const*>(c.data);
    for (std::size_t row = 0; row < c.size; ++row) {
        if (offsets[row] <= offsets[row + 1]) continue;
        issues.error("table.bad_offsets", place + " row " + std::to_string(row),
                     "the offsets of a set column must not decrease",
                     std::to_string(offsets[row]) + " then " + std::to_string(offsets[row + 1]));
        return;
    }
    if (offsets[0] != offsets[c.size] && c.set_codes == nullptr) {
        issues.error("table.no_data", place, "a set column with members needs its codes");
        return;
    }
    report_rows(c, place, "table.bad_code", "a code that is no string of the column's pool",
                "Intern strings before using codes.", issues, [&](std::size_t row) {
                    auto const codes = c.codes(row);
                    return std::any_of(codes.begin(), codes.end(),
                                       [&](std::uint32_t code) { return code >= c.pool->size(); });
                });
}

void check_content(column_view const& c, std::string const& place, issue_list& issues) {
    bool const codes = c.what.base == kind::category || c.what.base == kind::category_set;
    if (c.size == 0) return;
    if (c.data == nullptr || (codes && c.pool == nullptr)) {
        issues.error("table.no_data", place,
                     c.data == nullptr ? "the column has rows but no memory" : "codes need a string pool", {}, {},
                     "Point the column at its elements and its pool.");
        return;
    }
    if (c.what.base == kind::float64)
        report_rows(c, place, "table.nan", "NaN is no number", "Mark the row missing instead.", issues,
                    [&](std::size_t row) { return c.as<double>()[row] != c.as<double>()[row]; });
    if (c.what.base == kind::boolean)
        report_rows(c, place, "table.bad_bool", "a bool must be 0 or 1", "Write 0 or 1.", issues,
                    [&](std::size_t row) { return c.as<std::uint8_t>()[row] > 1; });
    if (c.what.base == kind::category)
        report_rows(c, place, "table.bad_code", "a code that is no string of the column's pool",
                    "Intern strings before using codes.", issues,
                    [&](std::size_t row) { return c.as<std::uint32_t>()[row] >= c.pool->size(); });
    if (c.what.base == kind::category_set) check_set(c, place, issues);
}

std::vector<std::string_view> names_of(schema const& what) {
    std::vector<std::string_view> names;
    for (auto const& f : what.attributes())
        names.push_back(f.name);
    return names;
}

void unknown_column(std::string_view name, schema const& what, issue_list& issues) {
    auto const names = names_of(what);
    auto const near = nearest_name(name, names);
    issues.error("table.unknown_column", "column " + std::string(name), "there is no such column", quoted(name),
                 join_names(names), near.empty() ? std::string() : "Did you mean " + std::string(near) + '?');
}

} // namespace

struct table::contents {
    schema what;
    customer_ids ids;
    std::vector<column> owned;
    std::vector<column_view> columns;
};

table::table() : contents_(std::make_shared<contents const>()) {}

table table::from_columns(customer_ids ids, std::span<named_column const> columns) {
    table_builder builder;
    builder.ids(std::move(ids));
    for (auto const& c : columns)
        builder.borrow(c.name, c.data);
    return builder.finish();
}

std::size_t table::size() const noexcept { return contents_->ids.size(); }
schema const& table::what() const noexcept { return contents_->what; }
customer_ids const& table::ids() const noexcept { return contents_->ids; }
std::span<column_view const> table::columns() const noexcept { return contents_->columns; }

block table::rows(std::size_t first, std::size_t count, std::span<std::size_t const> columns,
                  std::vector<column_view>& scratch) const {
    std::size_t const begin = std::min(first, size());
    std::size_t const length = std::min(count, size() - begin);
    scratch.clear();
    for (auto const index : columns)
        scratch.push_back(contents_->columns[index].slice(begin, length));
    return {length, scratch};
}

block table::rows(std::size_t first, std::size_t count, std::span<std::string_view const> names,
                  std::vector<column_view>& scratch) const {
    return rows(first, count, find_columns(names), scratch);
}

std::vector<std::size_t> table::find_columns(std::span<std::string_view const> names) const {
    issue_list issues;
    std::vector<std::size_t> found;
    for (auto const name : names) {
        if (auto const index = find_column(name))
            found.push_back(*index);
        else
            unknown_column(name, what(), issues);
    }
    issues.throw_if_errors();
    return found;
}

table_builder& table_builder::ids(customer_ids ids) {
    id_count_ = ids.size();
    ids_ = std::move(ids);
    id_issues_.reset();
    return *this;
}

// Duplicates are told together with what is wrong with the columns.
table_builder& table_builder::ids(std::vector<std::int64_t> ids) {
    id_count_ = ids.size();
    try {
        return this->ids(customer_ids::of(std::move(ids)));
    } catch (issue_error const& e) {
        ids_.reset();
        id_issues_ = e.issues();
        return *this;
    }
}

table_builder& table_builder::ids(std::vector<std::string> ids) {
    id_count_ = ids.size();
    try {
        return this->ids(customer_ids::of(std::move(ids)));
    } catch (issue_error const& e) {
        ids_.reset();
        id_issues_ = e.issues();
        return *this;
    }
}

table_builder& table_builder::add(std::string name, column data) {
    parts_.push_back({std::move(name), std::move(data), {}, true});
    return *this;
}

table_builder& table_builder::borrow(std::string name, column_view data) {
    parts_.push_back({std::move(name), column{}, data, false});
    return *this;
}

table table_builder::finish() {
    auto parts = std::exchange(parts_, {});
    auto const expected = std::exchange(expected_, std::nullopt);
    auto const ids = std::exchange(ids_, std::nullopt);
    auto const id_issues = std::exchange(id_issues_, std::nullopt);
    issue_list issues;
    if (id_issues) issues.append(*id_issues);
    if (!ids && !id_issues)
        issues.error("table.length", "ids", "a table needs the ids of its customers", {}, {}, "Call ids(...).");

    // Columns in the order of the expected schema, else in the order they came.
    auto const rank = [&](part const& p) { return expected ? expected->find_attribute(p.name).value_or(whole) : 0; };
    std::vector<std::size_t> order(parts.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return std::pair(rank(parts[a]), a) < std::pair(rank(parts[b]), b);
    });

    auto made = std::make_shared<table::contents>();
    if (ids) made->ids = *ids;
    for (auto const index : order) {
        part& p = parts[index];
        std::string const place = "column " + p.name;
        if (p.is_owned) {
            made->owned.push_back(std::move(p.owned));
            p.borrowed = made->owned.back().view(); // its memory stays where it is when the vector grows
        }
        if ((ids || id_issues) && p.borrowed.size != id_count_)
            issues.error("table.length", place, "the column must have one element per id",
                         std::to_string(p.borrowed.size), std::to_string(id_count_));
        field declared{p.name, p.borrowed.what, sensitivity::open, {}};
        if (auto const at = expected ? expected->find_attribute(p.name) : std::nullopt) {
            declared = expected->attributes()[*at];
            if (declared.what != p.borrowed.what)
                issues.error("table.type", place, "the column has another type than the schema says",
                             to_string(p.borrowed.what), to_string(declared.what));
        } else if (expected) {
            unknown_column(p.name, *expected, issues);
        }
        try {
            made->what.attribute(std::move(declared));
        } catch (issue_error const& e) {
            issues.append(e.issues());
        }
        check_content(p.borrowed, place, issues);
        made->columns.push_back(p.borrowed);
    }
    if (expected)
        for (auto const& f : expected->attributes())
            if (!made->what.find_attribute(f.name))
                issues.error("table.missing_column", "column " + f.name,
                             "the schema has this attribute and the table does not", {}, {},
                             "Add the column; all its rows may be missing.");
    issues.throw_if_errors();
    return table(std::move(made));
}

} // namespace v0
} // namespace segmenta
