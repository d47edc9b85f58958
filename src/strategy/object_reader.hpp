// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_STRATEGY_OBJECT_READER_HPP
#define SEGMENTA_STRATEGY_OBJECT_READER_HPP

// Reads the keys of one JSON object and reports what does not fit, all of it. Serves the parameters in plans and the
// contents of fitted mechanisms alike.

#include <segmenta/error.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

class object_reader {
public:
    /// Codes are `<kind>.key`, `.missing_key`, `.type`, `.value`; places `place` + `/` + key.
    object_reader(boost::json::object const& object, std::string_view kind, std::string place, issue_list& issues)
        : object_(object), kind_(kind), place_(std::move(place)), issues_(issues) {}

    [[nodiscard]] bool has(std::string_view key) const { return object_.contains(key); }
    [[nodiscard]] std::string const& place() const noexcept { return place_; }
    [[nodiscard]] std::string place_of(std::string_view key) const { return place_ + "/" + std::string(key); }
    [[nodiscard]] issue_list& issues() noexcept { return issues_; }
    [[nodiscard]] std::string_view kind() const noexcept { return kind_; }

    /// The value under `key` when present; marks the key as known. The readers below leave their target alone when the
    /// key is absent, so that defaults stay.
    boost::json::value const* find(std::string_view key);
    /// As `find`, with an issue when absent.
    boost::json::value const* need(std::string_view key);

    void read(std::string_view key, std::string& target);
    void read(std::string_view key, bool& target);
    void read(std::string_view key, double& target);
    void read(std::string_view key, std::optional<double>& target);
    void read(std::string_view key, std::vector<std::string>& target); ///< a string counts as a list of one
    void read(std::string_view key, std::vector<double>& target);
    void read(std::string_view key, std::vector<std::int64_t>& target);

    /// A whole number in [low, high].
    template <class Whole>
    void read_whole(std::string_view key, Whole& target, std::int64_t low, std::int64_t high) {
        if (auto const* found = find(key))
            if (auto const whole = whole_of(*found, key, low, high)) target = static_cast<Whole>(*whole);
    }
    template <class Whole>
    void read_whole(std::string_view key, std::optional<Whole>& target, std::int64_t low, std::int64_t high) {
        if (auto const* found = find(key))
            if (auto const whole = whole_of(*found, key, low, high)) target = static_cast<Whole>(*whole);
    }

    template <class Choice>
    struct named {
        std::string_view name;
        Choice value;
    };
    /// One of several words.
    template <class Choice>
    void read_choice(std::string_view key, Choice& target, std::initializer_list<named<Choice>> choices) {
        auto const* found = find(key);
        if (found == nullptr) return;
        if (found->is_string())
            for (auto const& c : choices)
                if (std::string_view(found->get_string()) == c.name) {
                    target = c.value;
                    return;
                }
        std::vector<std::string_view> names;
        for (auto const& c : choices)
            names.push_back(c.name);
        bad_choice(key, *found, names);
    }
    template <class Choice>
    void read_choice(std::string_view key, std::optional<Choice>& target,
                     std::initializer_list<named<Choice>> choices) {
        Choice read{};
        auto const before = issues_.size();
        if (!has(key)) return;
        read_choice(key, read, choices);
        if (issues_.size() == before) target = read;
    }

    /// An issue `.value`: what is there is not allowed.
    void bad_value(std::string_view key, boost::json::value const& seen, std::string_view allowed,
                   std::string remedy = {});
    /// An issue `.conflict`: the key has no meaning beside the others.
    void refuse(std::string_view key, std::string_view why);

    /// Reports keys nobody asked for (`.key`). Call last.
    void finish();

private:
    void bad_choice(std::string_view key, boost::json::value const& seen, std::vector<std::string_view> const& choices);
    std::optional<std::int64_t> whole_of(boost::json::value const& value, std::string_view key, std::int64_t low,
                                         std::int64_t high);

    boost::json::object const& object_;
    std::string_view kind_;
    std::string place_;
    issue_list& issues_;
    std::vector<std::string> known_;
};

/// The name of a choice, for writing.
template <class Choice>
std::string_view name_of(Choice value, std::initializer_list<object_reader::named<Choice>> choices) {
    for (auto const& c : choices)
        if (c.value == value) return c.name;
    return {};
}

boost::json::array to_array(std::vector<std::string> const& texts);
boost::json::array to_array(std::vector<double> const& numbers);

/// The text of a value, shortened, for messages.
std::string shown(boost::json::value const& value);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
