// SPDX-License-Identifier: Apache-2.0
#include "tag/json_reader.hpp"

#include "tag/tag_text.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/time/parse.hpp>

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {

namespace json = boost::json;

json::value json_reader::parse() const {
    return parse_json(text_, {.source = source_, .max_depth = 8, .max_bytes = most_bytes});
}

void json_reader::error(std::string_view code, std::string const& at, std::string message, std::string seen,
                        std::string allowed, std::string remedy) {
    if (++errors_ > most_issues) return;
    issues_.error(std::string(prefix_) + '.' + std::string(code), place_of(source_, text_, at), std::move(message),
                  std::move(seen), std::move(allowed), std::move(remedy));
}

void json_reader::expected(std::string const& at, json::value const* seen, std::string allowed) {
    error("expected", at, "this is not what belongs here",
          seen == nullptr ? std::string("nothing") : std::string(kind_name(*seen)), std::move(allowed));
}

json::value const* json_reader::required(json::object const& parent, std::string_view key, std::string const& at,
                                         std::string allowed) {
    auto const* const node = parent.if_contains(key);
    if (node == nullptr) expected(pointer_append(at, key), nullptr, std::move(allowed));
    return node;
}

json::object const* json_reader::object(json::value const* node, std::string const& at,
                                        std::initializer_list<std::string_view> keys) {
    if (node == nullptr || !node->is_object()) {
        expected(at, node, "object");
        return nullptr;
    }
    for (auto const& [key, unused] : node->get_object()) {
        std::string_view const name{key.data(), key.size()};
        if (std::find(keys.begin(), keys.end(), name) != keys.end()) continue;
        std::span<std::string_view const> const known(keys.begin(), keys.size());
        auto const near = nearest_name(name, known);
        error("unknown_key", pointer_append(at, name), "there is no such key here", quoted(name), join_names(known),
              near.empty() ? std::string() : "Did you mean " + std::string(near) + '?');
    }
    return &node->get_object();
}

json::object const* json_reader::map(json::object const& parent, std::string_view key, std::string const& at) {
    auto const* const node = parent.if_contains(key);
    if (node == nullptr) return nullptr;
    if (node->is_object()) return &node->get_object();
    expected(pointer_append(at, key), node, "object");
    return nullptr;
}

void json_reader::version(json::object const& parent, std::string_view key, std::int64_t wanted) {
    auto const* const node = parent.if_contains(key);
    if (node != nullptr && node->is_int64() && node->get_int64() == wanted) return;
    error("version", node == nullptr ? std::string() : pointer_append("", key), "this format is not known",
          node == nullptr ? std::string("no key ") + std::string(key) : write_json(*node).substr(0, 60),
          "\"" + std::string(key) + "\": " + std::to_string(wanted),
          "Read it with the version of the library that wrote it.");
}

std::string json_reader::text(json::object const& parent, std::string_view key, std::string const& at) {
    auto const* const node = parent.if_contains(key);
    if (node == nullptr) return {};
    std::string const here = pointer_append(at, key);
    if (!node->is_string()) {
        expected(here, node, "string");
        return {};
    }
    std::string out(node->get_string());
    if (is_tag_text(out)) return out;
    error("bad_text", here, "this text is too long", std::to_string(out.size()) + " bytes",
          "at most " + std::to_string(longest_tag_text) + " bytes");
    return {};
}

std::optional<instant> json_reader::time(json::object const& parent, std::string_view key, std::string const& at,
                                         std::optional<instant> otherwise) {
    if (otherwise && !parent.contains(key)) return otherwise;
    auto const* const node = required(parent, key, at, "time in UTC");
    if (node == nullptr) return std::nullopt;
    std::string const here = pointer_append(at, key);
    if (!node->is_string()) {
        expected(here, node, "time in UTC");
        return std::nullopt;
    }
    std::string_view const said{node->get_string().data(), node->get_string().size()};
    auto const when = parse_instant(said, zone::utc());
    if (when && !when->is_never() && !when->is_earliest()) return when;
    error("bad_time", here, "this is no time", quoted(said), "such as 2024-06-30T12:34:56Z");
    return std::nullopt;
}

std::optional<double> json_reader::number(json::object const& parent, std::string_view key, std::string const& at) {
    auto const* const node = parent.if_contains(key);
    if (node == nullptr) return std::nullopt;
    if (node->is_number()) return node->to_number<double>();
    expected(pointer_append(at, key), node, "number");
    return std::nullopt;
}

std::optional<bool> json_reader::boolean(json::object const& parent, std::string_view key, std::string const& at) {
    auto const* const node = required(parent, key, at, "true or false");
    if (node == nullptr) return std::nullopt;
    if (node->is_bool()) return node->get_bool();
    expected(pointer_append(at, key), node, "true or false");
    return std::nullopt;
}

std::optional<std::int64_t> json_reader::whole(json::object const& parent, std::string_view key,
                                               std::string const& at) {
    auto const* const node = required(parent, key, at, "whole number");
    if (node == nullptr) return std::nullopt;
    if (node->is_int64()) return node->get_int64();
    expected(pointer_append(at, key), node, "whole number of 64 bits");
    return std::nullopt;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
