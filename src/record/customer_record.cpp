// SPDX-License-Identifier: Apache-2.0
#include <segmenta/record/cell.hpp>
#include <segmenta/record/customer_record.hpp>

#include <utility>

namespace segmenta {
inline namespace v0 {

struct record_layout::contents {
    detail::customer_binding binding;
    zone where;
    std::vector<std::shared_ptr<history_schema const>> histories; ///< shared by the histories of all records
};

record_layout::record_layout(schema what, zone where) {
    auto made = std::make_shared<contents>();
    made->where = std::move(where);
    for (auto const& f : what.attributes()) {
        detail::field_reader reader;
        reader.what = f.what;
        reader.index = made->binding.attributes.size();
        reader.read = [](void const* object, detail::field_reader const& self) noexcept {
            return static_cast<customer_record const*>(object)->attribute(self.index);
        };
        made->binding.add_attribute(f, std::move(reader));
    }
    for (auto const& h : what.histories()) {
        detail::history_reader reader;
        reader.what = h;
        reader.time_field = h.find(h.time).value_or(0);
        reader.index = made->histories.size();
        reader.open = [](void const* object, detail::history_reader const& self) noexcept {
            history const& rows = static_cast<customer_record const*>(object)->rows(self.index);
            return history_rows(self, &rows, rows.size(), true);
        };
        made->histories.push_back(std::make_shared<history_schema const>(h));
        made->binding.add_history(std::move(reader));
    }
    contents_ = std::move(made);
}

schema const& record_layout::what() const noexcept { return contents_->binding.what; }
zone const& record_layout::where() const noexcept { return contents_->where; }

customer_record::customer_record(record_layout layout) : layout_(std::move(layout)) { clear(); }

void customer_record::clear() {
    values_.assign(what().attributes().size(), {});
    histories_.clear();
    for (auto const& h : layout_.contents_->histories)
        histories_.emplace_back(h, layout_.where());
}

bool customer_record::set(std::size_t attribute, value const& v) {
    if (attribute >= values_.size()) return false;
    auto const same = convert(v, what().attributes()[attribute].what);
    if (!same) return false;
    owned_value next;
    next.plain = *same;
    if (same->present() && same->what().is_text()) {
        next.text = same->as_string();
        next.plain = value::of_bool(true);
    } else if (same->present() && same->base() == kind::category_set) {
        for (auto const text : same->as_set())
            next.members.emplace_back(text);
        next.plain = value::of_bool(true);
    }
    values_[attribute] = std::move(next);
    return true;
}

bool customer_record::set(std::string_view attribute, value const& v) {
    auto const index = what().find_attribute(attribute);
    return index && set(*index, v);
}

bool customer_record::insert(std::size_t history, std::span<value const> row) {
    return history < histories_.size() && histories_[history].insert(row);
}

bool customer_record::insert(std::string_view history, std::span<value const> row) {
    auto const index = what().find_history(history);
    return index && insert(*index, row);
}

value customer_record::attribute(std::size_t index) const noexcept {
    if (index >= values_.size() || values_[index].plain.missing()) return {};
    type const as = what().attributes()[index].what;
    if (as.is_text()) return value::of_string(values_[index].text);
    if (as.base == kind::category_set) return value::of_set(std::span<std::string const>(values_[index].members));
    return values_[index].plain;
}

customer_view customer_record::view() const noexcept { return {layout_.contents_->binding, this}; }

} // namespace v0
} // namespace segmenta
