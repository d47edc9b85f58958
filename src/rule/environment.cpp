// SPDX-License-Identifier: Apache-2.0
#include <segmenta/rule/environment.hpp>

#include <segmenta/base/text.hpp>
#include <segmenta/error.hpp>

#include <algorithm>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

bool is_writable(std::string_view name) noexcept {
    return !name.empty() && std::none_of(name.begin(), name.end(), [](char c) {
        return c == '`' || static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    });
}

} // namespace

environment::environment(schema const& names) {
    for (auto const& attribute : names.attributes())
        variable(attribute.name, attribute.what);
}

std::size_t environment::variable(std::string name, type what) {
    if (!is_writable(name)) {
        throw issue_error("rule.bad_name", {}, "a rule cannot write this name", quoted(name),
                          "anything but nothing, backquotes and control characters", "Rename the column");
    }
    auto const place = std::lower_bound(by_name_.begin(), by_name_.end(), name,
                                        [&](std::size_t i, std::string const& n) { return variables_[i].name < n; });
    if (place != by_name_.end() && variables_[*place].name == name) {
        throw issue_error("rule.duplicate_name", {}, "this name is declared twice", quoted(name), {},
                          "Rename one of the two");
    }
    by_name_.insert(place, variables_.size());
    variables_.push_back({std::move(name), what});
    return variables_.size() - 1;
}

environment& environment::record_name(std::string name) {
    record_name_ = std::move(name);
    return *this;
}

environment& environment::zone_name(std::string name) {
    zone_name_ = std::move(name);
    return *this;
}

std::optional<std::size_t> environment::find(std::string_view name) const noexcept {
    auto const place = std::lower_bound(by_name_.begin(), by_name_.end(), name, [&](std::size_t i, std::string_view n) {
        return variables_[i].name < n;
    });
    if (place == by_name_.end() || variables_[*place].name != name) return std::nullopt;
    return *place;
}

std::string_view environment::nearest(std::string_view name) const {
    std::vector<std::string_view> names;
    names.reserve(variables_.size());
    for (auto const& known : variables_)
        names.emplace_back(known.name);
    return nearest_name(name, names);
}

} // namespace v0
} // namespace segmenta
