// SPDX-License-Identifier: Apache-2.0
#include "strategy/object_reader.hpp"

#include "base/json.hpp"
#include "strategy/scheme.hpp"

#include <segmenta/base/text.hpp>

#include <algorithm>
#include <cmath>

namespace segmenta {
inline namespace v0 {
namespace detail {

std::string shown(boost::json::value const& value) {
    std::string text = write_json(value);
    constexpr std::size_t longest = 60;
    if (text.size() > longest) {
        text.resize(longest);
        text += "...";
    }
    return text;
}

boost::json::value const* object_reader::find(std::string_view key) {
    known_.emplace_back(key);
    return object_.if_contains(key);
}

boost::json::value const* object_reader::need(std::string_view key) {
    auto const* found = find(key);
    if (found == nullptr)
        issues_.error(code_of(kind_, "missing_key"), place_, "the key `" + std::string(key) + "` is missing");
    return found;
}

void object_reader::bad_value(std::string_view key, boost::json::value const& seen, std::string_view allowed,
                              std::string remedy) {
    issues_.error(code_of(kind_, "value"), place_of(key), "`" + std::string(key) + "` cannot have this value",
                  shown(seen), std::string(allowed), std::move(remedy));
}

void object_reader::bad_choice(std::string_view key, boost::json::value const& seen,
                               std::vector<std::string_view> const& choices) {
    auto const near =
        seen.is_string() ? nearest_name(std::string_view(seen.get_string()), choices) : std::string_view{};
    bad_value(key, seen, join_names(choices, choices.size()),
              near.empty() ? std::string{} : "Did you mean " + std::string(near) + "?");
}

void object_reader::refuse(std::string_view key, std::string_view why) {
    known_.emplace_back(key);
    if (has(key))
        issues_.error(code_of(kind_, "conflict"), place_of(key),
                      "`" + std::string(key) + "` has no meaning " + std::string(why), {}, {}, "Leave it out");
}

std::optional<std::int64_t> object_reader::whole_of(boost::json::value const& value, std::string_view key,
                                                    std::int64_t low, std::int64_t high) {
    std::optional<std::int64_t> whole;
    if (value.is_int64()) whole = value.get_int64();
    if (whole && *whole >= low && *whole <= high) return whole;
    bad_value(key, value, "a whole number from " + std::to_string(low) + " to " + std::to_string(high));
    return std::nullopt;
}

namespace {

std::optional<double> number_of(boost::json::value const& value) {
    if (value.is_double()) return std::isfinite(value.get_double()) ? std::optional(value.get_double()) : std::nullopt;
    if (value.is_int64()) return static_cast<double>(value.get_int64());
    if (value.is_uint64()) return static_cast<double>(value.get_uint64());
    return std::nullopt;
}

} // namespace

void object_reader::read(std::string_view key, std::string& target) {
    auto const* found = find(key);
    if (found == nullptr) return;
    if (!found->is_string()) return bad_value(key, *found, "a text");
    target = std::string(found->get_string());
}

void object_reader::read(std::string_view key, bool& target) {
    auto const* found = find(key);
    if (found == nullptr) return;
    if (!found->is_bool()) return bad_value(key, *found, "true or false");
    target = found->get_bool();
}

void object_reader::read(std::string_view key, double& target) {
    std::optional<double> number;
    read(key, number);
    if (number) target = *number;
}

void object_reader::read(std::string_view key, std::optional<double>& target) {
    auto const* found = find(key);
    if (found == nullptr) return;
    auto const number = number_of(*found);
    if (!number) return bad_value(key, *found, "a finite number");
    target = number;
}

void object_reader::read(std::string_view key, std::vector<std::string>& target) {
    auto const* found = find(key);
    if (found == nullptr) return;
    std::vector<std::string> read;
    if (found->is_string()) read.emplace_back(found->get_string());
    bool good = found->is_string() || found->is_array();
    if (found->is_array())
        for (auto const& element : found->get_array()) {
            good = good && element.is_string();
            if (element.is_string()) read.emplace_back(element.get_string());
        }
    if (!good) return bad_value(key, *found, "a list of texts");
    target = std::move(read);
}

void object_reader::read(std::string_view key, std::vector<double>& target) {
    auto const* found = find(key);
    if (found == nullptr) return;
    std::vector<double> read;
    bool good = found->is_array();
    if (good)
        for (auto const& element : found->get_array()) {
            auto const number = number_of(element);
            good = good && number;
            read.push_back(number.value_or(0));
        }
    if (!good) return bad_value(key, *found, "a list of finite numbers");
    target = std::move(read);
}

void object_reader::read(std::string_view key, std::vector<std::int64_t>& target) {
    auto const* found = find(key);
    if (found == nullptr) return;
    std::vector<std::int64_t> read;
    bool good = found->is_array();
    if (good)
        for (auto const& element : found->get_array()) {
            good = good && element.is_int64();
            read.push_back(element.is_int64() ? element.get_int64() : 0);
        }
    if (!good) return bad_value(key, *found, "a list of whole numbers");
    target = std::move(read);
}

void object_reader::finish() {
    std::vector<std::string> names; // in the order asked for, each once
    for (auto const& key : known_)
        if (std::find(names.begin(), names.end(), key) == names.end()) names.push_back(key);
    for (auto const& member : object_) {
        std::string_view const key = member.key();
        if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
        auto const near = nearest_name(key, names);
        issues_.error(code_of(kind_, "key"), place_of(key), std::string(kind_) + " has no such key", std::string(key),
                      join_names(names, names.size()),
                      near.empty() ? "Correct or remove it" : "Did you mean " + std::string(near) + "?");
    }
}

boost::json::array to_array(std::vector<std::string> const& texts) {
    boost::json::array out;
    for (auto const& t : texts)
        out.emplace_back(t);
    return out;
}

boost::json::array to_array(std::vector<double> const& numbers) {
    boost::json::array out;
    for (double const n : numbers)
        out.emplace_back(n);
    return out;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
