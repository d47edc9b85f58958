// SPDX-License-Identifier: Apache-2.0
// Reads `/identity`: which ids are one customer.
#include "plan/keys.hpp"
#include "plan/reader.hpp"

#include <segmenta/base/text.hpp>

#include <algorithm>
#include <charconv>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

class identity_reader {
public:
    identity_reader(plan_parts& parts, schema const& described, broken_names const& broken, used_fields& used)
        : parts_(parts), described_(described), broken_(broken), used_(used) {}

    void read_key(std::string const& name, json_node const& node) {
        if (!node.require_object()) return;
        node.check_keys(key_names(identity_key_keys));
        identity_key key;
        key.name = name;
        key.place = node.definition();
        auto const of = node.find("of");
        key.of = of ? of->text_list(true) : std::vector<std::string>{name};
        for (auto const& attribute : key.of)
            check_attribute(attribute, of ? *of : node);
        if (key.of.empty())
            of->error("plan.bad_identity", "a key of no attributes links nobody", {}, {}, "Name an attribute.");
        if (auto const limit =
                node.require("at_most", "Say how many ids may share a value, such as 3: more are no person but a "
                                        "switchboard.")) {
            auto const number = limit->integer();
            if (number && *number < 2)
                limit->error("plan.bad_identity", "a value links two ids at least", std::to_string(*number),
                             "2 or more");
            key.at_most = static_cast<std::uint64_t>(std::max<std::int64_t>(number.value_or(2), 2));
        }
        if (auto const never = node.find("never")) {
            key.never = never->text_list(true);
            if (compares_numbers(key.of))
                for (auto& value : key.never)
                    make_number(value, *never);
        }
        std::sort(key.never.begin(), key.never.end());
        parts_.identity.keys.push_back(std::move(key));
    }

    void read_priority(json_node const& node) {
        std::vector<std::string> known;
        for (auto const& source : parts_.sources)
            if (source.kind == source_kind::customers) known.push_back(source.name);
        auto& priority = parts_.identity.priority;
        for (auto const& name : node.text_list(true)) {
            if (std::find(known.begin(), known.end(), name) == known.end())
                node.error("plan.unknown_name", "there is no such source of customers", shown(name), join_names(known),
                           did_you_mean(name, known));
            else if (std::find(priority.begin(), priority.end(), name) != priority.end())
                node.error("plan.duplicate_name", "the source is named twice", shown(name), {}, "Remove one of them.");
            else
                priority.push_back(name);
        }
    }

private:
    [[nodiscard]] bool compares_numbers(std::vector<std::string> const& attributes) const {
        return !attributes.empty() && std::all_of(attributes.begin(), attributes.end(), [&](std::string const& name) {
            auto const at = described_.find_attribute(name);
            return at && described_.attributes()[*at].what.base == kind::int64;
        });
    }

    /// `05` is 5; what is no whole number could stop nobody.
    static void make_number(std::string& value, json_node const& node) {
        std::int64_t number = 0;
        auto const [end, problem] = std::from_chars(value.data(), value.data() + value.size(), number);
        if (problem != std::errc{} || end != value.data() + value.size())
            node.error("plan.bad_identity", "the key has whole numbers, and this is none", shown(value));
        else
            value = std::to_string(number);
    }

    void check_attribute(std::string const& attribute, json_node const& node) {
        for (auto const& source : parts_.sources)
            used_.insert({source.name, attribute});
        auto const at = described_.find_attribute(attribute);
        if (!at) {
            if (broken_.attributes.count(attribute) != 0) return;
            std::vector<std::string> names;
            for (auto const& known : described_.attributes())
                names.push_back(known.name);
            node.error("plan.unknown_column", "no source of customers gives such an attribute", shown(attribute),
                       join_names(names), did_you_mean(attribute, names));
            return;
        }
        type const what = described_.attributes()[*at].what;
        if (what.base != kind::int64 && !what.is_text())
            node.error("plan.field_type", "the attribute " + attribute + " has a type by which nobody is found again",
                       to_string(what), "int64, string, category");
    }

    plan_parts& parts_;
    schema const& described_;
    broken_names const& broken_;
    used_fields& used_;
};

} // namespace

void read_identity(json_node const& identity, plan_parts& parts, schema const& described, broken_names const& broken,
                   used_fields& used) {
    if (!identity.require_object()) return;
    identity.check_keys(key_names(identity_keys));
    identity_reader reader(parts, described, broken, used);
    if (auto const keys = identity.find("keys"); keys && keys->require_object())
        for (auto const& [name, node] : keys->members())
            reader.read_key(name, node);
    std::sort(parts.identity.keys.begin(), parts.identity.keys.end(),
              [](auto const& a, auto const& b) { return a.name < b.name; });
    if (auto const priority = identity.find("priority")) reader.read_priority(*priority);
}

} // namespace detail
} // namespace v0
} // namespace segmenta
