// SPDX-License-Identifier: Apache-2.0
#include "strategy/fitted.hpp"

#include "base/json.hpp"
#include "strategy/object_reader.hpp"

#include <segmenta/base/hash.hpp>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::string_view place = "fitted";

} // namespace

void bad_content(std::string_view kind, std::string message) {
    throw issue_error("fitted.content", std::string(place) + "/" + std::string(kind), std::move(message), {}, {},
                      "Fit again and save");
}

void refuse_bad_content(issue_list const& issues) {
    if (issues.has_errors()) throw issue_error(issues);
}

std::string write_fitted(std::string_view kind, std::int64_t version, fitted_body const& body) {
    boost::json::object inner;
    inner["scheme"] = body.scheme;
    inner["reads"] = to_array(body.reads);
    if (!body.zone.empty()) inner["zone"] = body.zone;
    inner["parameters"] = body.parameters;
    if (!body.fit.empty()) inner["fit"] = body.fit;
    boost::json::value const inner_value(std::move(inner));
    boost::json::object outer;
    outer["kind"] = kind;
    outer["version"] = version;
    outer["checksum"] = content_hash(write_json(inner_value));
    outer["body"] = inner_value;
    return write_json(boost::json::value(std::move(outer)));
}

fitted_body read_fitted(std::string_view text, std::string_view kind, std::int64_t version) {
    boost::json::value root;
    try {
        json_options options;
        options.source = place;
        options.comments = false;
        root = parse_json(text, options);
    } catch (issue_error const& e) {
        issue_list issues;
        issues.error("fitted.content", std::string(place), "this is no fitted mechanism: it is no JSON");
        issues.append(e.issues());
        throw issue_error(issues);
    }
    if (!root.is_object()) bad_content(kind, "a fitted mechanism is a JSON object");
    issue_list issues;
    object_reader reader(root.get_object(), "fitted", std::string(place), issues);
    std::string seen_kind;
    std::string checksum;
    std::int64_t seen_version = 0;
    reader.need("kind");
    reader.read("kind", seen_kind);
    reader.read_whole("version", seen_version, 0, 1'000'000);
    reader.read("checksum", checksum);
    auto const* body = reader.need("body");
    reader.finish();
    refuse_bad_content(issues);
    if (seen_kind != kind)
        throw issue_error("fitted.kind", std::string(place), "this is another mechanism's data", seen_kind,
                          std::string(kind), "Load it as what it is, or fit again");
    if (seen_version != version)
        throw issue_error("fitted.version", std::string(place) + "/" + std::string(kind),
                          "this was saved by another version of the library", std::to_string(seen_version),
                          std::to_string(version), "Fit again and save");
    if (!body->is_object()) bad_content(kind, "`body` is no object");
    if (std::string const actual = content_hash(write_json(*body)); actual != checksum)
        throw issue_error("fitted.checksum", std::string(place) + "/" + std::string(kind),
                          "the data was altered after it was saved", checksum, actual,
                          "Fit again and save; to change parameters, change the plan");

    fitted_body out;
    object_reader inner(body->get_object(), "fitted", std::string(place) + "/" + std::string(kind), issues);
    inner.need("scheme");
    inner.read("scheme", out.scheme);
    inner.read("reads", out.reads);
    inner.read("zone", out.zone);
    auto const object_under = [&](std::string_view key, boost::json::object& target) {
        auto const* found = inner.find(key);
        if (found == nullptr) return;
        if (!found->is_object()) return inner.bad_value(key, *found, "an object");
        target = found->get_object();
    };
    object_under("parameters", out.parameters);
    object_under("fit", out.fit);
    inner.finish();
    refuse_bad_content(issues);
    return out;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
