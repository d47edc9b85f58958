// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TAG_JSON_READER_HPP
#define SEGMENTA_TAG_JSON_READER_HPP

// Reading what the room wrote itself, without trusting it: each look-up says what is wrong and goes on. Codes are the
// reader's prefix and `expected`, `unknown_key`, `bad_text`, `bad_time`, `version`.

#include "base/json.hpp"

#include <segmenta/error.hpp>
#include <segmenta/time/instant.hpp>

#include <boost/json/object.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace segmenta {
inline namespace v0 {
namespace detail {

class json_reader {
public:
    // Places are found by scanning the text: without a bound, a hostile text would take quadratic time.
    static constexpr std::size_t most_issues = 100;
    static constexpr std::size_t most_bytes = std::size_t{16} << 20;

    json_reader(std::string_view text, std::string_view source, std::string_view prefix)
        : text_(text), source_(source), prefix_(prefix) {}

    // Throws issue_error when it is no JSON.
    [[nodiscard]] boost::json::value parse() const;

    void error(std::string_view code, std::string const& at, std::string message, std::string seen = {},
               std::string allowed = {}, std::string remedy = {});
    [[nodiscard]] bool has_errors() const noexcept { return issues_.has_errors(); }
    [[nodiscard]] std::size_t errors() const noexcept { return errors_; }
    void throw_if_errors() const { issues_.throw_if_errors(); }

    // The object at `at`, which has no keys but these.
    boost::json::object const* object(boost::json::value const* node, std::string const& at,
                                      std::initializer_list<std::string_view> keys);
    // The object under a key; null when absent (no issue) or of another kind (an issue). Its keys are the caller's.
    boost::json::object const* map(boost::json::object const& parent, std::string_view key, std::string const& at);
    // That the key says this whole number.
    void version(boost::json::object const& parent, std::string_view key, std::int64_t wanted);
    // UTF-8 of at most longest_tag_text bytes; empty when absent.
    std::string text(boost::json::object const& parent, std::string_view key, std::string const& at);
    // Absent is an issue when there is no default.
    std::optional<instant> time(boost::json::object const& parent, std::string_view key, std::string const& at,
                                std::optional<instant> otherwise = std::nullopt);
    // A finite number; nothing when absent (no issue) or of another kind (an issue).
    std::optional<double> number(boost::json::object const& parent, std::string_view key, std::string const& at);
    std::optional<bool> boolean(boost::json::object const& parent, std::string_view key, std::string const& at);
    std::optional<std::int64_t> whole(boost::json::object const& parent, std::string_view key, std::string const& at);
    void expected(std::string const& at, boost::json::value const* seen, std::string allowed);

private:
    boost::json::value const* required(boost::json::object const& parent, std::string_view key, std::string const& at,
                                       std::string allowed);

    std::string_view text_;
    std::string_view source_;
    std::string_view prefix_;
    issue_list issues_;
    std::size_t errors_ = 0;
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
