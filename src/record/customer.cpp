// SPDX-License-Identifier: Apache-2.0
#include <segmenta/record/customer.hpp>

namespace segmenta {
inline namespace v0 {
namespace {

bool converts(type from, type to) noexcept {
    if (from == to || (from.is_text() && to.is_text())) return true;
    if (from.base == kind::int64) return to.base == kind::decimal || to.base == kind::float64;
    if (from.base != kind::decimal || to.base != kind::decimal) return false;
    return from.unit.empty() || from.unit == to.unit;
}

} // namespace

namespace detail {

void check_convertible(type from, type to, std::string_view name) {
    if (converts(from, to)) return;
    throw issue_error("schema.type_mismatch", std::string(name), "the member cannot be read as this type without loss",
                      to_string(from) + " as " + to_string(to), {},
                      "Leave the type away, or give a callable that returns the wanted type.");
}

void check_as_units(type what, std::string_view name) {
    if (what.base == kind::decimal) return;
    throw issue_error("schema.type_mismatch", std::string(name), "as_units is for decimals and money", to_string(what),
                      "decimal(scale), money(currency,scale)");
}

void customer_binding::add_attribute(field f, field_reader reader) {
    what.attribute(std::move(f));
    attributes.push_back(std::move(reader));
}

void customer_binding::add_history(history_reader reader) {
    reader.fields_key = fields_key(reader.what);
    what.history(reader.what);
    histories.push_back(std::move(reader));
}

void customer_binding::mark_last(sensitivity level, std::vector<std::string> purposes) {
    if (what.attributes().empty())
        throw issue_error("schema.nothing_to_mark", "schema",
                          "mark says how delicate the attribute before it is, and there is none", {}, {},
                          "Call it after attribute(...).");
    schema marked;
    auto const fields = what.attributes();
    for (std::size_t i = 0; i + 1 < fields.size(); ++i)
        marked.attribute(fields[i]);
    field last = fields.back();
    last.level = level;
    last.purposes = std::move(purposes);
    marked.attribute(std::move(last));
    for (auto const& h : what.histories())
        marked.history(h);
    what = std::move(marked);
}

} // namespace detail

value customer_view::attribute(std::string_view name) const noexcept {
    auto const index = binding_->what.find_attribute(name);
    return index ? attribute(*index) : value{};
}

history_rows customer_view::history(std::string_view name) const noexcept {
    auto const index = binding_->what.find_history(name);
    return index ? history(*index) : history_rows{};
}

issue_list check(customer_view const& customer) {
    issue_list issues;
    auto const histories = customer.what().histories();
    for (std::size_t h = 0; h < histories.size(); ++h) {
        history_rows const rows = customer.open(h);
        std::string const place = "history " + histories[h].name;
        if (rows.prepared_zone() != nullptr && !rows.prepared())
            issues.error("record.other_schema", place,
                         "the prepared history was made with another schema than the binding's", {}, {},
                         "Make both from the same history_schema.");
        for (std::size_t row = 0; row < rows.size(); ++row) {
            if (!rows.time_value(row).missing()) continue;
            issues.error("record.missing_time", place + " row " + std::to_string(row), "the row has no time");
            break;
        }
        for (std::size_t row = 1; row < rows.size(); ++row) {
            if (rows.time(row) >= rows.time(row - 1)) continue;
            issues.error("record.unsorted", place + " row " + std::to_string(row),
                         "the rows are not in the order of time",
                         to_string(rows.time_value(row)) + " after " + to_string(rows.time_value(row - 1)), {},
                         "Sort the rows by time when they are loaded.");
            break;
        }
    }
    return issues;
}

} // namespace v0
} // namespace segmenta
