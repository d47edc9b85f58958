// SPDX-License-Identifier: Apache-2.0
#include "tag/evidence_json.hpp"
#include "tag/json_reader.hpp"
#include "tag/sorted_records.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/tag/tag_state.hpp>
#include <segmenta/time/parse.hpp>

#include <algorithm>
#include <type_traits>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

namespace json = boost::json;

using detail::put_text;

constexpr std::string_view version_key = "segmenta_tag_state";
constexpr std::int64_t version = 1;

void put_end(json::object& out, instant valid_until) {
    if (!valid_until.is_never()) out["valid_until"] = to_string(valid_until);
}

json::object to_object(tag_record const& record) {
    json::object out;
    out["created_at"] = to_string(record.created_at);
    out["updated_at"] = to_string(record.updated_at);
    put_end(out, record.valid_until);
    detail::put_evidence(out, record);
    return out;
}

json::object to_object(tag_lock const& lock) {
    json::object out;
    out["on"] = lock.on;
    out["at"] = to_string(lock.at);
    put_end(out, lock.valid_until);
    put_text(out, "reason", lock.reason);
    put_text(out, "by", lock.by);
    return out;
}

json::object to_object(tag_tombstone const& stone) {
    json::object out;
    out["at"] = to_string(stone.at);
    put_text(out, "reason", stone.reason);
    put_text(out, "by", stone.by);
    return out;
}

template <class Record>
void put_part(json::object& out, std::string_view key, std::span<Record const> records) {
    if (records.empty()) return;
    json::object part;
    part.reserve(records.size());
    for (auto const& record : records)
        part[record.tag] = to_object(record);
    out[key] = std::move(part);
}

class state_reader {
public:
    state_reader(std::string_view text, std::string_view source) : in_(text, source, "tag_state") {}

    tag_state read() {
        json::value const root = in_.parse();
        tag_state::parts out;
        if (auto const* const object =
                in_.object(&root, "", {version_key, "as_of", "automatic", "manual", "locks", "tombstones"})) {
            in_.version(*object, version_key, version);
            out.as_of = in_.time(*object, "as_of", "", instant::earliest()).value_or(instant::earliest());
            // first, so that what stands under one can be refused at its own place
            read_part(*object, "tombstones", tombstones_,
                      [this](auto const& node, auto const& at, auto& stone) { read_tombstone(node, at, stone); });
            read_part(*object, "automatic", out.automatic, [this](auto const& node, auto const& at, auto& record) {
                read_record(node, at, record, "version");
            });
            read_part(*object, "manual", out.manual,
                      [this](auto const& node, auto const& at, auto& record) { read_record(node, at, record, "by"); });
            read_part(*object, "locks", out.locks,
                      [this](auto const& node, auto const& at, auto& lock) { read_lock(node, at, lock); });
        }
        in_.throw_if_errors();
        out.tombstones = std::move(tombstones_);
        return tag_state(std::move(out));
    }

private:
    template <class Record, class Read>
    void read_part(json::object const& root, std::string_view key, std::vector<Record>& out, Read read) {
        auto const* const part = in_.map(root, key, "");
        if (part == nullptr) return;
        std::string const above = detail::pointer_append("", key);
        out.reserve(part->size());
        for (auto const& [name, node] : *part) {
            Record record;
            record.tag.assign(name.data(), name.size());
            std::string const at = detail::pointer_append(above, record.tag);
            if (!is_tag_name(record.tag))
                in_.error("bad_name", at, "this cannot be the name of a tag", quoted(record.tag));
            if (!std::is_same_v<Record, tag_tombstone> &&
                detail::find_record(std::as_const(tombstones_), record.tag) != nullptr)
                in_.error("deleted", at, "the customer deleted this tag", quoted(record.tag), {},
                          "Take it out, or the tombstone if the customer allowed the tag again.");
            read(node, at, record);
            out.push_back(std::move(record));
        }
        std::sort(out.begin(), out.end(), [](auto const& a, auto const& b) { return a.tag < b.tag; });
    }

    void read_record(json::value const& node, std::string const& at, tag_record& out, std::string_view evidence) {
        auto const* const object = in_.object(
            &node, at, {"created_at", "updated_at", "valid_until", "value", "confidence", "reason", evidence});
        if (object == nullptr) return;
        auto const created = in_.time(*object, "created_at", at);
        auto const updated = in_.time(*object, "updated_at", at);
        auto const end = in_.time(*object, "valid_until", at, instant::never());
        detail::read_evidence(in_, *object, at, evidence, out);
        if (!created || !updated || !end) return;
        if (*created > *updated || *updated >= *end)
            in_.error("bad_time", at, "a tag is created, then updated, then ends",
                      to_string(*created) + ", " + to_string(*updated) + ", " + to_string(*end));
        out.created_at = *created;
        out.updated_at = *updated;
        out.valid_until = *end;
    }

    void read_lock(json::value const& node, std::string const& at, tag_lock& out) {
        auto const* const object = in_.object(&node, at, {"on", "at", "valid_until", "reason", "by"});
        if (object == nullptr) return;
        out.on = in_.boolean(*object, "on", at).value_or(false);
        auto const begin = in_.time(*object, "at", at);
        auto const end = in_.time(*object, "valid_until", at, instant::never());
        out.reason = in_.text(*object, "reason", at);
        out.by = in_.text(*object, "by", at);
        if (!begin || !end) return;
        if (*begin >= *end)
            in_.error("bad_time", at, "a lock ends after it begins", to_string(*begin) + ", " + to_string(*end));
        out.at = *begin;
        out.valid_until = *end;
    }

    void read_tombstone(json::value const& node, std::string const& at, tag_tombstone& out) {
        auto const* const object = in_.object(&node, at, {"at", "reason", "by"});
        if (object == nullptr) return;
        out.at = in_.time(*object, "at", at).value_or(instant{});
        out.reason = in_.text(*object, "reason", at);
        out.by = in_.text(*object, "by", at);
    }

    detail::json_reader in_;
    std::vector<tag_tombstone> tombstones_;
};

} // namespace

std::string to_json(tag_state const& state, std::size_t indent) {
    json::object out;
    out[version_key] = version;
    if (!state.as_of().is_earliest()) out["as_of"] = to_string(state.as_of());
    put_part(out, "automatic", state.automatic());
    put_part(out, "manual", state.manual());
    put_part(out, "locks", state.locks());
    put_part(out, "tombstones", state.tombstones());
    return detail::write_json(out, indent);
}

tag_state tag_state_from_json(std::string_view text, std::string_view source) {
    return state_reader(text, source).read();
}

} // namespace v0
} // namespace segmenta
