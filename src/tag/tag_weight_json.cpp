// SPDX-License-Identifier: Apache-2.0
#include "tag/json_reader.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/tag/tag_definition.hpp>
#include <segmenta/tag/tag_weight.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

namespace json = boost::json;
using detail::int128;

constexpr std::string_view version_key = "segmenta_tag_weights";
constexpr std::int64_t version = 1;

std::string text_of(int128 number) {
    std::string digits;
    bool const negative = number < 0;
    do {
        int const digit = static_cast<int>(number % 10);
        digits += static_cast<char>('0' + (digit < 0 ? -digit : digit));
        number /= 10;
    } while (number != 0);
    if (negative) digits += '-';
    std::reverse(digits.begin(), digits.end());
    return digits;
}

// As text_of writes it and no other way; nothing past 2^126, which no sum of events reaches.
std::optional<int128> parse_number(std::string_view text) {
    if (text.empty() || text.size() > 39) return std::nullopt;
    std::string_view const digits = text.front() == '-' ? text.substr(1) : text;
    int128 const limit = int128{1} << 126;
    int128 out = 0;
    for (char const c : digits) {
        if (c < '0' || c > '9' || out > limit / 10) return std::nullopt;
        out = out * 10 + (c - '0');
    }
    if (text.front() == '-') out = -out;
    if (out > limit || out < -limit || text_of(out) != text) return std::nullopt;
    return out;
}

std::optional<std::int64_t> parse_whole(std::string_view text) {
    std::int64_t out = 0;
    auto const [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (code != std::errc{} || end != text.data() + text.size() || std::to_string(out) != text) return std::nullopt;
    return out;
}

json::object to_object(tag_weight const& weight) {
    json::object buckets;
    for (auto const& bucket : weight.buckets())
        buckets[std::to_string(bucket.number)] = text_of(bucket.sum);
    json::object out;
    out["half_life"] = to_string(period::exact(weight.half_life()));
    if (weight.newest()) out["newest"] = *weight.newest();
    if (!buckets.empty()) out["buckets"] = std::move(buckets);
    return out;
}

class weights_reader {
public:
    weights_reader(std::string_view text, std::string_view source) : in_(text, source, "tag_weight") {}

    tag_weights read() {
        json::value const root = in_.parse();
        tag_weights out;
        if (auto const* const object = in_.object(&root, "", {version_key, "tags"})) {
            in_.version(*object, version_key, version);
            if (auto const* const tags = in_.map(*object, "tags", ""))
                for (auto const& [name, node] : *tags)
                    read_tag(std::string_view{name.data(), name.size()}, node, out);
        }
        in_.throw_if_errors();
        return out;
    }

private:
    void read_tag(std::string_view name, json::value const& node, tag_weights& out) {
        std::string const at = detail::pointer_append("/tags", name);
        if (!is_tag_name(name)) in_.error("bad_name", at, "this cannot be the name of a tag", quoted(name));
        auto const* const object = in_.object(&node, at, {"half_life", "newest", "buckets"});
        if (object == nullptr) return;
        auto const half_life = read_half_life(*object, at);
        std::size_t const before = in_.errors();
        auto const newest =
            object->contains("newest") ? in_.whole(*object, "newest", at) : std::optional<std::int64_t>();
        auto buckets = read_buckets(*object, at);
        if (!half_life || in_.errors() != before) return;
        auto weight = tag_weight::of_parts(*half_life, newest, std::move(buckets));
        if (!weight) {
            in_.error("bad_bucket", at, "these buckets cannot be those of a weight", {},
                      "sums that are not 0, of at most " + std::to_string(remembered_half_lives) +
                          " half-lives up to the newest");
            return;
        }
        if (auto* const made = out.find_or_add(name, *half_life)) *made = std::move(*weight);
    }

    std::optional<duration> read_half_life(json::object const& object, std::string const& at) {
        std::string const here = detail::pointer_append(at, "half_life");
        std::string const text = in_.text(object, "half_life", at);
        issue_list problems;
        auto const length = parse_period(text, here, problems);
        if (length && length->is_exact() && length->length() >= duration::seconds(1)) return length->length();
        in_.error("half_life", here, "this is no half-life", quoted(text),
                  "an exact period of a second or more: PT720H");
        return std::nullopt;
    }

    std::vector<tag_weight::bucket> read_buckets(json::object const& object, std::string const& at) {
        std::vector<tag_weight::bucket> out;
        auto const* const buckets = in_.map(object, "buckets", at);
        if (buckets == nullptr) return out;
        std::string const above = detail::pointer_append(at, "buckets");
        for (auto const& [key, node] : *buckets) {
            std::string_view const name{key.data(), key.size()};
            auto const number = parse_whole(name);
            auto const sum = node.is_string() ? parse_number({node.get_string().data(), node.get_string().size()})
                                              : std::optional<int128>();
            if (number && sum) {
                out.push_back({*number, *sum});
                continue;
            }
            in_.error("bad_bucket", detail::pointer_append(above, name), "this is no bucket",
                      quoted(name) + ": " + detail::write_json(node).substr(0, 60),
                      "a whole number, and a sum in digits as text");
        }
        std::sort(out.begin(), out.end(), [](auto const& a, auto const& b) { return a.number < b.number; });
        return out;
    }

    detail::json_reader in_;
};

} // namespace

std::string to_json(tag_weights const& weights, std::size_t indent) {
    json::object tags;
    for (auto const& entry : weights.entries())
        tags[entry.tag] = to_object(entry.weight);
    json::object out;
    out[version_key] = version;
    if (!tags.empty()) out["tags"] = std::move(tags);
    return detail::write_json(out, indent);
}

tag_weights tag_weights_from_json(std::string_view text, std::string_view source) {
    return weights_reader(text, source).read();
}

} // namespace v0
} // namespace segmenta
