// SPDX-License-Identifier: Apache-2.0
// Drift references as JSON.
#include <segmenta/evaluate/drift_monitor.hpp>

#include <segmenta/base/hash.hpp>
#include <segmenta/base/text.hpp>
#include <segmenta/error.hpp>

#include "base/json.hpp"
#include "base/json_order.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>

namespace segmenta {
inline namespace v0 {
namespace {

namespace json = boost::json;

constexpr std::string_view kind_key = "drift_reference";
constexpr std::string_view checksum_key = "checksum";
constexpr int newest_version = 1;

std::string checksum_of(json::object fields) {
    fields.erase(checksum_key);
    return content_hash(detail::write_json(detail::sorted_keys(std::move(fields)))); // whatever the order of members
}

json::object write_feature(drift_feature const& feature) {
    json::object out;
    out["name"] = feature.name;
    if (feature.edges) {
        out["kind"] = "number";
        out["closed"] = feature.edges->closed == closed_side::left ? "left" : "right";
        out["minimum"] = feature.edges->minimum;
        out["maximum"] = feature.edges->maximum;
        out["present"] = feature.edges->count;
        out["edges"] = json::array(feature.edges->inner.begin(), feature.edges->inner.end());
    } else {
        out["kind"] = "category";
        out["categories"] = json::array(feature.categories.begin(), feature.categories.end());
    }
    out["counts"] = json::array(feature.counts.begin(), feature.counts.end());
    return out;
}

/// Reads members of one object and collects what is wrong with them.
class member_reader {
public:
    member_reader(json::object const& from, std::string place, issue_list& issues)
        : from_(from), place_(std::move(place)), issues_(issues) {}

    double number(std::string_view key) {
        auto const* const found = find(key, "a number");
        if (found == nullptr) return 0;
        if (found->is_number()) return found->to_number<double>();
        bad(key, "a number", detail::kind_name(*found));
        return 0;
    }
    std::uint64_t count(std::string_view key) {
        auto const* const found = find(key, "a count");
        return found == nullptr ? 0 : count_of(*found, key);
    }
    std::string text(std::string_view key) {
        auto const* const found = find(key, "text");
        if (found == nullptr) return {};
        if (found->is_string()) return std::string(std::string_view(found->get_string()));
        bad(key, "text", detail::kind_name(*found));
        return {};
    }
    template <class Read>
    void each(std::string_view key, Read&& read) {
        auto const* const found = find(key, "a list");
        if (found == nullptr) return;
        if (!found->is_array()) return bad(key, "a list", detail::kind_name(*found));
        for (auto const& value : found->get_array())
            read(value);
    }
    std::vector<double> numbers(std::string_view key) {
        std::vector<double> out;
        each(key, [&](json::value const& value) {
            if (!value.is_number()) return bad(key, "numbers", detail::kind_name(value));
            out.push_back(value.to_number<double>());
        });
        return out;
    }
    std::vector<std::uint64_t> counts(std::string_view key) {
        std::vector<std::uint64_t> out;
        each(key, [&](json::value const& value) { out.push_back(count_of(value, key)); });
        return out;
    }
    std::vector<std::string> texts(std::string_view key) {
        std::vector<std::string> out;
        each(key, [&](json::value const& value) {
            if (!value.is_string()) return bad(key, "texts", detail::kind_name(value));
            out.emplace_back(std::string_view(value.get_string()));
        });
        return out;
    }
    void bad(std::string_view key, std::string_view allowed, std::string_view seen) {
        issues_.error("drift.bad_field", detail::pointer_append(place_, key),
                      "this member of the reference cannot be read", std::string(seen), std::string(allowed), {});
    }

private:
    // Counts above this would not add up in 64 bits, however many there are in a file.
    static constexpr std::uint64_t most = std::uint64_t{1} << 40;

    std::uint64_t count_of(json::value const& value, std::string_view key) {
        if (value.is_int64() && value.get_int64() >= 0 && static_cast<std::uint64_t>(value.get_int64()) <= most)
            return static_cast<std::uint64_t>(value.get_int64());
        bad(key, "counts from 0 to 2^40", detail::kind_name(value));
        return 0;
    }
    json::value const* find(std::string_view key, std::string_view allowed) {
        auto const* const found = from_.if_contains(key);
        if (found == nullptr) bad(key, allowed, "nothing");
        return found;
    }

    json::object const& from_;
    std::string place_;
    issue_list& issues_;
};

drift_feature read_feature(json::value const& value, std::string const& place, issue_list& issues) {
    drift_feature out;
    if (!value.is_object()) {
        issues.error("drift.bad_field", place, "a feature is an object", std::string(detail::kind_name(value)),
                     "object", {});
        return out;
    }
    member_reader member(value.get_object(), place, issues);
    out.name = member.text("name");
    out.counts = member.counts("counts");
    auto const kind = member.text("kind");
    if (kind == "category") {
        out.categories = member.texts("categories");
        return out;
    }
    if (kind != "number") member.bad("kind", "number, category", quoted(kind));
    auto const closed = member.text("closed");
    if (closed != "left" && closed != "right") member.bad("closed", "left, right", quoted(closed));
    out.edges.emplace();
    out.edges->closed = closed == "left" ? closed_side::left : closed_side::right;
    out.edges->minimum = member.number("minimum");
    out.edges->maximum = member.number("maximum");
    out.edges->count = static_cast<std::size_t>(member.count("present"));
    out.edges->inner = member.numbers("edges");
    return out;
}

json::object read_document(std::string_view text) {
    detail::json_options options;
    options.source = "drift reference";
    options.comments = false;
    auto document = detail::parse_json(text, options);
    if (!document.is_object() || !document.get_object().contains(kind_key))
        throw issue_error("drift.kind", "drift reference", "this is no drift reference",
                          std::string(detail::kind_name(document)), R"(an object with a member "drift_reference")",
                          "Write one with drift_reference::to_json()");
    auto fields = std::move(document.get_object());
    auto const& version = fields.at(kind_key);
    if (!version.is_int64() || version.get_int64() < 1 || version.get_int64() > newest_version)
        throw issue_error("drift.version", "/drift_reference", "this version cannot be read",
                          detail::write_json(version), "1 to " + std::to_string(newest_version),
                          "Use the segmenta that wrote it, or make the reference anew");
    auto const* const sum = fields.if_contains(checksum_key);
    if (sum == nullptr || !sum->is_string() || std::string_view(sum->get_string()) != checksum_of(fields))
        throw issue_error("drift.checksum", "/checksum",
                          "the reference was changed after it was written, or is not whole",
                          sum == nullptr ? "nothing" : detail::write_json(*sum), quoted(checksum_of(fields)),
                          "Make it anew; whoever changes it on purpose writes the checksum that is allowed here");
    return fields;
}

} // namespace

std::string drift_reference::to_json() const {
    json::object out;
    out[kind_key] = newest_version;
    json::array features;
    for (auto const& feature : features_)
        features.push_back(write_feature(feature));
    out["features"] = std::move(features);
    out[checksum_key] = checksum_of(out);
    return detail::write_json(out, 2) + '\n';
}

drift_reference drift_reference::from_json(std::string_view text) {
    auto const fields = read_document(text);
    issue_list issues;
    std::vector<drift_feature> features;
    member_reader member(fields, {}, issues);
    member.each("features", [&](json::value const& value) {
        features.push_back(read_feature(value, "/features/" + std::to_string(features.size()), issues));
    });
    issues.throw_if_errors();
    return drift_reference(std::move(features));
}

} // namespace v0
} // namespace segmenta
