// SPDX-License-Identifier: Apache-2.0
#include "tag/evidence_json.hpp"
#include "tag/json_reader.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/tag/tag_history.hpp>
#include <segmenta/time/parse.hpp>

#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

namespace json = boost::json;

constexpr std::string_view version_key = "segmenta_tag_history";
constexpr std::int64_t version = 1;

json::object to_object(tag_version const& what) {
    json::object out;
    out["since"] = to_string(what.since);
    out["until"] = to_string(what.until);
    detail::put_evidence(out, what);
    return out;
}

void put_part(json::object& out, tag_origin origin, std::span<tag_version const> versions) {
    json::object part;
    for (auto const& what : versions) {
        if (what.origin != origin) continue;
        auto& track = part[what.tag];
        if (!track.is_array()) track.emplace_array();
        track.get_array().push_back(to_object(what));
    }
    if (!part.empty()) out[to_string(origin)] = std::move(part);
}

class history_reader {
public:
    history_reader(std::string_view text, std::string_view source) : in_(text, source, "tag_history") {}

    tag_history read() {
        json::value const root = in_.parse();
        if (auto const* const object = in_.object(&root, "", {version_key, "automatic", "manual"})) {
            in_.version(*object, version_key, version);
            read_part(*object, tag_origin::automatic);
            read_part(*object, tag_origin::manual);
        }
        in_.throw_if_errors();
        return tag_history(std::move(versions_));
    }

private:
    void read_part(json::object const& root, tag_origin origin) {
        auto const* const part = in_.map(root, to_string(origin), "");
        if (part == nullptr) return;
        std::string const above = detail::pointer_append("", to_string(origin));
        for (auto const& [key, node] : *part) {
            std::string_view const name{key.data(), key.size()};
            std::string const at = detail::pointer_append(above, name);
            if (!is_tag_name(name)) in_.error("bad_name", at, "this cannot be the name of a tag", quoted(name));
            if (node.is_array())
                read_track(node.get_array(), at, {.tag = std::string(name), .origin = origin});
            else
                in_.expected(at, &node, "array");
        }
    }

    void read_track(json::array const& track, std::string const& above, tag_version const& of) {
        std::optional<instant> end; // of the version above
        for (std::size_t i = 0; i < track.size(); ++i) {
            std::string const at = detail::pointer_append(above, i);
            tag_version what = of;
            if (!read_version(track[i], at, what)) continue;
            if (end && what.since < *end)
                in_.error("bad_order", at, "this version begins before the end of the one above it",
                          to_string(what.since), to_string(*end) + " or later");
            end = what.until;
            versions_.push_back(std::move(what));
        }
    }

    // Whether its times are known.
    bool read_version(json::value const& node, std::string const& at, tag_version& out) {
        std::string_view const evidence = out.origin == tag_origin::manual ? "by" : "version";
        auto const* const object = in_.object(&node, at, {"since", "until", "value", "confidence", "reason", evidence});
        if (object == nullptr) return false;
        auto const since = in_.time(*object, "since", at);
        auto const until = in_.time(*object, "until", at);
        detail::read_evidence(in_, *object, at, evidence, out);
        if (!since || !until) return false;
        if (*since >= *until)
            in_.error("bad_time", at, "a version ends after it begins", to_string(*since) + ", " + to_string(*until));
        out.since = *since;
        out.until = *until;
        return true;
    }

    detail::json_reader in_;
    std::vector<tag_version> versions_;
};

} // namespace

std::string to_json(tag_history const& history, std::size_t indent) {
    json::object out;
    out[version_key] = version;
    put_part(out, tag_origin::automatic, history.versions());
    put_part(out, tag_origin::manual, history.versions());
    return detail::write_json(out, indent);
}

tag_history tag_history_from_json(std::string_view text, std::string_view source) {
    return history_reader(text, source).read();
}

} // namespace v0
} // namespace segmenta
