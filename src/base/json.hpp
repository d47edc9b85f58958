// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_BASE_JSON_HPP
#define SEGMENTA_BASE_JSON_HPP

// JSON in and out, over Boost.JSON's parser and value. Private: no public header shows Boost.
//
// Boost.JSON's own number parser is off by an ulp or two for one double in four (boostorg/json issue 599) and its
// writer says 1E0 (issue 837), so numbers go through std::from_chars and std::to_chars here.

#include <boost/json/value.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace segmenta {
inline namespace v0 {
namespace detail {

struct json_options {
    std::string_view source{};          // the file's name, for messages
    bool comments = true;               // allow // and /* */
    bool trailing_commas = false;       // allow [1,]
    std::size_t max_depth = 64;         // nesting of arrays and objects
    std::size_t max_bytes = 256U << 20; // of the text
    // When given, keys that an object names again are counted here and do not end the reading: such a member stays in
    // its place under its key, repeated_key_mark and a number.
    std::size_t* repeated_keys = nullptr;
};

inline constexpr std::string_view repeated_key_mark{"\0repeated ", 10};

struct json_position {
    std::size_t line = 1;   // from 1
    std::size_t column = 1; // from 1, in bytes
};

// Reads one JSON text (RFC 8259, UTF-8, an initial byte order mark is skipped). Integers that fit become int64 or
// uint64; all else becomes the nearest double. Throws issue_error with place `source:line:column`, codes:
//   json.syntax         what was seen and what was expected
//   json.duplicate_key  an object names a key twice, unless options.repeated_keys
//   json.too_deep, json.too_large, json.number_range (1e999)
boost::json::value parse_json(std::string_view text, json_options const& options = {});

// `indent` 0: one line; else each member on its own line with that many spaces per level; arrays of scalars stay on one
// line. Members in the order they were inserted; doubles shortest round-trip and always with a point or exponent, so
// that they are doubles again when read; UTF-8 passes through. Ends without a line feed. Throws issue_error
// (json.not_finite) for NaN and infinities: say null if that is meant.
std::string write_json(boost::json::value const& value, std::size_t indent = 0);

// A double as write_json writes it: 0.1, 1.0, 1e+23, -0.0. Finite only.
std::string format_double(double value);

// Line and column of the node a JSON pointer (RFC 6901) names: of an object member, its key. The text must have been
// accepted by parse_json. For a pointer that names nothing, the position of its deepest existing ancestor.
json_position locate(std::string_view text, std::string_view pointer);

// Line and column of a byte offset.
json_position position_at(std::string_view text, std::size_t offset) noexcept;

// pointer + "/" + the token, escaped: ("/columns", "a/b") gives "/columns/a~1b".
std::string pointer_append(std::string_view pointer, std::string_view token);
std::string pointer_append(std::string_view pointer, std::size_t index);

// The node a pointer names, or null.
boost::json::value const* find_pointer(boost::json::value const& root, std::string_view pointer);

// `source:line /pointer`, the place of an issue about that node.
std::string place_of(std::string_view source, std::string_view text, std::string_view pointer);

// "null", "boolean", "integer", "number", "string", "array" or "object".
std::string_view kind_name(boost::json::value const& value) noexcept;

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
