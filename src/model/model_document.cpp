// SPDX-License-Identifier: Apache-2.0
#include "model/model_document.hpp"

#include "base/json_order.hpp"

#include <segmenta/base/hash.hpp>
#include <segmenta/base/text.hpp>
#include <segmenta/error.hpp>

#include <boost/json/array.hpp>
#include <boost/json/string.hpp>

#include <cmath>
#include <limits>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::string_view checksum_key = "checksum";

// Whatever the order of members: inside a plan it is another one.
std::string checksum_of(boost::json::object fields) {
    fields.erase(checksum_key);
    return content_hash(write_json(sorted_keys(std::move(fields))));
}

boost::json::object read_object(std::string_view text) {
    json_options options;
    options.source = "model";
    options.comments = false;
    boost::json::value document = parse_json(text, options);
    if (document.is_object() && document.get_object().contains("model")) return std::move(document.get_object());
    throw issue_error("model.kind", "model", "this is no model", std::string(kind_name(document)),
                      R"(an object with a member "model")", "Write one with segmenta fit, or save() of a model");
}

} // namespace

std::string write_model_document(std::string_view model, int version, boost::json::object fields) {
    boost::json::object out;
    out["model"] = model;
    out["version"] = version;
    for (auto& [key, value] : fields)
        out[key] = std::move(value);
    out[checksum_key] = checksum_of(out);
    return write_json(out, 2) + '\n';
}

std::string model_of_document(std::string_view text) {
    auto const fields = read_object(text);
    auto const& name = fields.at("model");
    if (name.is_string()) return std::string(std::string_view(name.get_string()));
    throw issue_error("model.kind", "model /model", "the name of the model is no text", std::string(kind_name(name)),
                      "a string", {});
}

boost::json::object read_model_document(std::string_view text, std::string_view model, int newest_version) {
    auto const name = model_of_document(text);
    auto fields = read_object(text);
    if (name != model) {
        throw issue_error("model.kind", "model /model", "this is another model", quoted(name), quoted(model),
                          "Load it as what it is, or give another file");
    }
    auto const* const version = fields.if_contains("version");
    bool const whole = version != nullptr && version->is_int64() && version->get_int64() >= 1;
    if (!whole || version->get_int64() > newest_version) {
        throw issue_error("model.version", "model /version", "this version of the model cannot be read",
                          version == nullptr ? "nothing" : write_json(*version),
                          "1 to " + std::to_string(newest_version), "Fit it again, or use the segmenta that wrote it");
    }
    auto const* const sum = fields.if_contains(checksum_key);
    bool const same = sum != nullptr && sum->is_string() && std::string_view(sum->get_string()) == checksum_of(fields);
    if (!same) {
        throw issue_error("model.checksum", "model /checksum",
                          "the model was changed after it was written, or is not whole",
                          sum == nullptr ? "nothing" : write_json(*sum), quoted(checksum_of(fields)),
                          "Fit it again; whoever changes a model on purpose writes the checksum that is allowed here");
    }
    fields.erase(checksum_key);
    return fields;
}

std::string with_member(std::string_view text, std::string_view key, boost::json::value value) {
    std::string const model = model_of_document(text);
    boost::json::object fields;
    for (auto const& member : read_model_document(text, model, 1)) // erasing would change the order
        if (member.key() != "model" && member.key() != "version") fields[member.key()] = member.value();
    fields[key] = std::move(value);
    return write_model_document(model, 1, std::move(fields));
}

boost::json::value const* model_reader::find(std::string_view key, std::string_view wanted) {
    auto const* const found = from_.if_contains(key);
    if (found == nullptr) bad(key, wanted, "nothing");
    return found;
}

void model_reader::bad(std::string_view key, std::string_view wanted, std::string_view seen) {
    issues_.error("model.bad_field", "model " + pointer_append(pointer_, key),
                  "this member of the model cannot be read", std::string(seen), std::string(wanted), {});
}

double model_reader::number(std::string_view key) {
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    auto const* const found = find(key, "a number");
    if (found == nullptr || found->is_null()) return none;
    if (found->is_number()) return found->to_number<double>();
    bad(key, "a number", kind_name(*found));
    return none;
}

double model_reader::positive(std::string_view key) {
    double const out = number(key);
    if (from_.contains(key) && !(std::isfinite(out) && out > 0))
        bad(key, "a number above 0", write_json(from_.at(key)));
    return out;
}

std::vector<double> model_reader::numbers(std::string_view key) {
    std::vector<double> out;
    auto const* const list = array(key);
    if (list == nullptr) return out;
    for (boost::json::value const& v : *list) {
        if (!v.is_number() && !v.is_null()) {
            bad(key, "numbers", kind_name(v));
            return {};
        }
        out.push_back(v.is_null() ? std::numeric_limits<double>::quiet_NaN() : v.to_number<double>());
    }
    return out;
}

std::uint64_t model_reader::count(std::string_view key) {
    auto const* const found = find(key, "a whole number");
    if (found == nullptr) return 0;
    if (found->is_int64() && found->get_int64() >= 0) return static_cast<std::uint64_t>(found->get_int64());
    if (found->is_uint64()) return found->get_uint64();
    bad(key, "a whole number from 0", write_json(*found));
    return 0;
}

std::string model_reader::text(std::string_view key) {
    auto const* const found = find(key, "a string");
    if (found == nullptr) return {};
    if (found->is_string()) return std::string(std::string_view(found->get_string()));
    bad(key, "a string", kind_name(*found));
    return {};
}

std::vector<std::string> model_reader::texts(std::string_view key) {
    std::vector<std::string> out;
    auto const* const list = array(key);
    if (list == nullptr) return out;
    for (boost::json::value const& v : *list) {
        if (!v.is_string()) {
            bad(key, "strings", kind_name(v));
            return {};
        }
        out.emplace_back(std::string_view(v.get_string()));
    }
    return out;
}

bool model_reader::flag(std::string_view key) {
    auto const* const found = find(key, "true or false");
    if (found == nullptr) return false;
    if (found->is_bool()) return found->get_bool();
    bad(key, "true or false", kind_name(*found));
    return false;
}

boost::json::object const* model_reader::object(std::string_view key) {
    auto const* const found = find(key, "an object");
    if (found == nullptr) return nullptr;
    if (found->is_object()) return &found->get_object();
    bad(key, "an object", kind_name(*found));
    return nullptr;
}

boost::json::array const* model_reader::array(std::string_view key) {
    auto const* const found = find(key, "an array");
    if (found == nullptr) return nullptr;
    if (found->is_array()) return &found->get_array();
    bad(key, "an array", kind_name(*found));
    return nullptr;
}

boost::json::object write_categories(std::string const& name, std::vector<std::string> const& categories) {
    return {{"name", name}, {"values", boost::json::array(categories.begin(), categories.end())}};
}

std::vector<std::pair<std::string, std::vector<std::string>>> read_categories(model_reader& from,
                                                                              std::string const& pointer) {
    std::vector<std::pair<std::string, std::vector<std::string>>> out;
    auto const* const list = from.array("categories");
    if (list == nullptr) return out;
    for (auto const& one : *list) {
        std::string const place = pointer + "/categories/" + std::to_string(out.size());
        if (!one.is_object()) {
            from.issues().error("model.bad_field", "model " + place, "an attribute is an object",
                                std::string(kind_name(one)), "an object with name and values", {});
            return out;
        }
        model_reader reader(one.get_object(), from.issues(), place);
        auto name = reader.text("name");
        out.emplace_back(std::move(name), reader.texts("values"));
    }
    return out;
}

boost::json::value number_or_null(double value) {
    return std::isfinite(value) ? boost::json::value(value) : boost::json::value(nullptr);
}

boost::json::array numbers_of(std::span<double const> values) {
    boost::json::array out;
    for (double const v : values)
        out.push_back(number_or_null(v));
    return out;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
