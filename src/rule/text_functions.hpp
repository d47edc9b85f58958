// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_TEXT_FUNCTIONS_HPP
#define SEGMENTA_RULE_TEXT_FUNCTIONS_HPP

// The longer functions over text. Positions count code points, as CEL's strings do (cel-go ext/strings.go); in data
// that is not valid UTF-8 each stray byte counts as one. Functions that return bool have no answer when they return
// false.

#include "rule/operations.hpp"

#include <segmenta/time/parse.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace segmenta {
inline namespace v0 {
namespace detail {

std::int64_t count_code_points(std::string_view text) noexcept;

// Position of the first occurrence at or after `from`, or -1; `from` outside 0 to size has no answer.
bool find_text(std::string_view text, std::string_view part, std::int64_t from, std::int64_t& out) noexcept;
// Position of the last occurrence that begins at or before `from`, or -1.
bool find_last_text(std::string_view text, std::string_view part, std::int64_t from, std::int64_t& out) noexcept;
bool character_at(std::string_view text, std::int64_t position, std::string_view& out) noexcept;
bool cut_text(std::string_view text, std::int64_t begin, std::int64_t end, std::string_view& out) noexcept;
std::string_view trimmed(std::string_view text) noexcept;

// These make new text in the arena.
bool concatenate_texts(text_arena& arena, std::string_view a, std::string_view b, std::string_view& out);
bool replace_text(text_arena& arena, std::string_view text, std::string_view from, std::string_view to,
                  std::int64_t most, std::string_view& out);
bool map_ascii(text_arena& arena, std::string_view text, bool upper, std::string_view& out);
bool reverse_text(text_arena& arena, std::string_view text, std::string_view& out);
bool copy_text(text_arena& arena, std::string_view text, std::string_view& out);

bool read_integer(std::string_view text, std::int64_t& out) noexcept;
bool read_natural(std::string_view text, std::uint64_t& out) noexcept;
bool read_real(std::string_view text, double& out) noexcept;
bool read_boolean(std::string_view text, bool& out) noexcept;
// `-12.345` as units of 10^-scale; more digits after the point than the scale has no answer unless they are zeros.
bool read_scaled_decimal(std::string_view text, unsigned scale, std::int64_t& out) noexcept;
// RFC 3339 with an offset or Z.
bool read_instant(std::string_view text, std::int64_t& out) noexcept;
bool read_date(std::string_view text, std::int64_t& out) noexcept;
// `1h30m`, `-2.5s`, `100ms`, `7us` (langdef.md, after Go's ParseDuration); finer than a microsecond has no answer.
bool read_duration(std::string_view text, std::int64_t& out) noexcept;

// Text of a number or time into `out`, which holds `longest_scalar_text`; returns its length.
inline constexpr std::size_t longest_scalar_text = 48;
std::size_t write_real(double v, char* out) noexcept;
std::size_t write_decimal(std::int64_t units, unsigned scale, char* out) noexcept;
std::size_t write_duration(std::int64_t microseconds, char* out) noexcept;

// Regular expressions (RE2 syntax, matched in linear time, anywhere in the text).
std::shared_ptr<pattern const> compile_pattern(std::string_view expression, std::string& problem);
bool matches_pattern(pattern const& compiled, std::string_view text) noexcept;

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
