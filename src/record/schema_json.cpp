// SPDX-License-Identifier: Apache-2.0
#include "base/json.hpp"

#include <segmenta/base/hash.hpp>
#include <segmenta/base/text.hpp>
#include <segmenta/record/schema.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <array>
#include <functional>

namespace segmenta {
inline namespace v0 {
namespace {

namespace json = boost::json;

json::object to_object(field const& f) {
    json::object out;
    out["name"] = f.name;
    out["type"] = to_string(f.what);
    if (f.level != sensitivity::open) out["sensitivity"] = to_string(f.level);
    if (!f.purposes.empty()) {
        json::array purposes;
        for (auto const& p : f.purposes)
            purposes.emplace_back(p);
        out["purposes"] = std::move(purposes);
    }
    return out;
}

json::array to_array(std::span<field const> fields) {
    json::array out;
    for (auto const& f : fields)
        out.push_back(to_object(f));
    return out;
}

json::object to_object(history_schema const& h) {
    return {{"name", h.name}, {"time", h.time}, {"fields", to_array(h.fields)}};
}

json::object to_object(schema const& what) {
    json::array histories;
    for (auto const& h : what.histories())
        histories.push_back(to_object(h));
    return {{"attributes", to_array(what.attributes())}, {"histories", std::move(histories)}};
}

/// Walks the JSON and collects what is wrong with it.
class schema_reader {
public:
    schema_reader(std::string_view text, std::string_view source) : text_(text), source_(source) {}

    schema read() {
        json::value const root = detail::parse_json(text_, {.source = source_});
        schema made;
        if (check_object(root, "", {"attributes", "histories"})) {
            each(root.as_object(), "attributes", "", [&](json::value const& node, std::string const& at) {
                if (auto f = read_field(node, at)) collect([&] { made.attribute(std::move(*f)); }, at);
            });
            each(root.as_object(), "histories", "", [&](json::value const& node, std::string const& at) {
                if (auto h = read_history(node, at)) collect([&] { made.history(std::move(*h)); }, at);
            });
        }
        issues_.throw_if_errors();
        return made;
    }

private:
    using names = std::vector<std::string_view>;

    void error(char const* code, std::string const& at, std::string message, std::string seen, std::string allowed,
               std::string remedy = {}) {
        issues_.error(code, detail::place_of(source_, text_, at), std::move(message), std::move(seen),
                      std::move(allowed), std::move(remedy));
    }

    /// What `schema` itself refuses, at the place of the file.
    template <class Add>
    void collect(Add const& add, std::string const& at) {
        try {
            add();
        } catch (issue_error const& e) {
            for (auto problem : e.issues()) {
                problem.place = detail::place_of(source_, text_, at) + ' ' + problem.place;
                issues_.add(std::move(problem));
            }
        }
    }

    void expected(std::string const& at, json::value const* seen, std::string allowed) {
        error("schema.expected", at, "this is not what belongs here",
              seen == nullptr ? std::string("nothing") : std::string(detail::kind_name(*seen)), std::move(allowed));
    }

    bool check_object(json::value const& node, std::string const& at, names const& keys) {
        if (!node.is_object()) {
            expected(at, &node, "object");
            return false;
        }
        for (auto const& [key, unused] : node.get_object()) {
            std::string_view const name{key.data(), key.size()};
            if (std::find(keys.begin(), keys.end(), name) != keys.end()) continue;
            auto const near = nearest_name(name, keys);
            error("schema.unknown_key", detail::pointer_append(at, name), "a schema has no such key", quoted(name),
                  join_names(keys), near.empty() ? std::string() : "Did you mean " + std::string(near) + '?');
        }
        return true;
    }

    template <class Visit>
    void each(json::object const& parent, std::string_view key, std::string const& at, Visit const& visit) {
        auto const* node = parent.if_contains(key);
        if (node == nullptr) return;
        std::string const here = detail::pointer_append(at, key);
        if (!node->is_array()) return expected(here, node, "array");
        for (std::size_t i = 0; i < node->get_array().size(); ++i)
            visit(node->get_array()[i], detail::pointer_append(here, i));
    }

    std::optional<std::string> text_of(json::object const& parent, std::string_view key, std::string const& at) {
        auto const* node = parent.if_contains(key);
        if (node == nullptr) {
            error("schema.expected", at, "a key is absent", {}, std::string(key));
            return std::nullopt;
        }
        if (!node->is_string()) {
            expected(detail::pointer_append(at, key), node, "string");
            return std::nullopt;
        }
        return std::string(node->get_string());
    }

    std::optional<field> read_field(json::value const& node, std::string const& at) {
        if (!check_object(node, at, {"name", "type", "sensitivity", "purposes"})) return std::nullopt;
        auto const& object = node.get_object();
        auto const name = text_of(object, "name", at);
        auto const type_text = text_of(object, "type", at);
        field made;
        if (object.contains("sensitivity")) read_level(object, at, made);
        each(object, "purposes", at, [&](json::value const& purpose, std::string const& here) {
            if (!purpose.is_string()) return expected(here, &purpose, "string");
            made.purposes.emplace_back(purpose.get_string());
        });
        if (!name || !type_text) return std::nullopt;
        auto const what = parse_type(*type_text);
        if (!what) {
            error("schema.unknown_type", detail::pointer_append(at, "type"), "there is no such type",
                  quoted(*type_text),
                  "bool, int64, double, decimal(scale), money(currency,scale), date, instant, duration, string, "
                  "category, set");
            return std::nullopt;
        }
        made.name = *name;
        made.what = *what;
        return made;
    }

    void read_level(json::object const& object, std::string const& at, field& made) {
        auto const text = text_of(object, "sensitivity", at);
        if (!text) return;
        if (auto const level = parse_sensitivity(*text))
            made.level = *level;
        else
            error("schema.unknown_sensitivity", detail::pointer_append(at, "sensitivity"),
                  "there is no such sensitivity", quoted(*text), "open, internal, personal, special");
    }

    std::optional<history_schema> read_history(json::value const& node, std::string const& at) {
        if (!check_object(node, at, {"name", "time", "fields"})) return std::nullopt;
        auto const& object = node.get_object();
        auto const name = text_of(object, "name", at);
        auto const time = text_of(object, "time", at);
        std::size_t const before = issues_.size();
        history_schema made;
        each(object, "fields", at, [&](json::value const& f, std::string const& here) {
            if (auto read = read_field(f, here)) made.fields.push_back(std::move(*read));
        });
        // With a field unread, "the time is not among the fields" would mislead.
        if (!name || !time || issues_.size() != before) return std::nullopt;
        made.name = *name;
        made.time = *time;
        return made;
    }

    std::string_view text_;
    std::string_view source_;
    issue_list issues_;
};

} // namespace

std::string to_json(schema const& what, std::size_t indent) { return detail::write_json(to_object(what), indent); }

schema schema_from_json(std::string_view text, std::string_view source) { return schema_reader(text, source).read(); }

std::string fingerprint(schema const& what) {
    auto const sorted_fields = [](std::span<field const> fields) {
        std::vector<field> sorted(fields.begin(), fields.end());
        for (auto& f : sorted)
            std::sort(f.purposes.begin(), f.purposes.end());
        std::sort(sorted.begin(), sorted.end(), [](field const& a, field const& b) { return a.name < b.name; });
        return sorted;
    };
    schema sorted;
    for (auto const& f : sorted_fields(what.attributes()))
        sorted.attribute(f);
    std::vector<history_schema> histories(what.histories().begin(), what.histories().end());
    std::sort(histories.begin(), histories.end(),
              [](history_schema const& a, history_schema const& b) { return a.name < b.name; });
    for (auto& h : histories) {
        h.fields = sorted_fields(h.fields);
        sorted.history(std::move(h));
    }
    return content_hash(to_json(sorted));
}

} // namespace v0
} // namespace segmenta
