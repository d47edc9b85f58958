// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TIME_PARSE_HPP
#define SEGMENTA_TIME_PARSE_HPP

/// \file
/// Reading and writing dates and times as text. Strict: the whole field must match, every number must be in range and
/// the date must exist; anything else is nothing, never a guess.

#include <segmenta/time/instant.hpp>
#include <segmenta/time/zone.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// What a text said: a date, perhaps a time of day, perhaps an offset from UTC.
struct parsed_time {
    civil_time local;
    std::int32_t offset_seconds = 0; ///< valid when `has_offset`
    bool has_time = false;           ///< false: a date alone, `local.time_of_day` is 0
    bool has_offset = false;         ///< false: a local time of some zone
};

/// A compiled text format of dates or times.
///
/// | format                 | reads                                                                       |
/// |------------------------|-----------------------------------------------------------------------------|
/// | `iso`                  | `2024-06-30`, `2024-06-30T12:34`, `2024-06-30 12:34:56.789+08:00`, `...Z`;   |
/// |                        | one to nine decimals, those past the sixth are cut off                       |
/// | `unix_s` `unix_ms` `unix_us` | whole seconds, milli-, microseconds since 1970-01-01Z, maybe negative  |
/// | a pattern              | see below                                                                   |
///
/// Patterns: `YYYY` four digits; `MM`, `DD`, `HH`, `hh`, `SS` two digits; `M`, `D`, `H`, `h`, `S` one or two digits;
/// `MMM` English month abbreviation (any case); `mm`, `m`, and `MM`, `M` after an hour: minutes; `h` with `A` (AM or
/// PM): 1 to 12; `f` one to six decimals of a second, `fff` exactly three (likewise 2 to 6); `Z`: `Z`, `+08:00`,
/// `+0800` or `+08`; `T` and anything else that is no letter: itself; other letters in single quotes: `'o''clock'`.
/// Two-digit years are refused. Examples: `M/D/YYYY H:MM`, `DD-MM-YYYY`, `YYYYMMDD`, `YYYY-MM-DD HH:MM:SS`.
///
/// Thread safety: immutable after construction; concurrent use is safe.
class time_format {
public:
    /// `iso`.
    time_format();
    /// Throws `issue_error` with code `time.format` when the pattern is not understood or is ambiguous; `place` is the
    /// issue's place.
    explicit time_format(std::string_view format, std::string_view place = {});

    /// The instant. Without an offset in the text, the local time is one of `where`: first pass when it occurs twice,
    /// end of the gap when it does not exist. A date alone is the start of that day.
    [[nodiscard]] std::optional<instant> parse(std::string_view text, zone const& where) const noexcept {
        instant when;
        if (!parse(text, where, when)) return std::nullopt;
        return when;
    }
    /// As above into `out`, which is unchanged when the answer is false. For loops over columns of text.
    [[nodiscard]] bool parse(std::string_view text, zone const& where, instant& out) const noexcept;
    /// As above; a local time that does not exist is nothing under `nonexistent_time::refuse`.
    [[nodiscard]] std::optional<instant> parse(std::string_view text, zone const& where, ambiguous_time ambiguous,
                                               nonexistent_time nonexistent) const noexcept;

    /// The civil date: the date written, or for a text with an offset (or `unix_*`) the local date in `where`.
    [[nodiscard]] std::optional<civil_date> parse_date(std::string_view text, zone const& where) const noexcept;

    /// The fields as written, with no zone applied; `unix_*` gives UTC with offset 0.
    [[nodiscard]] bool parse_fields(std::string_view text, parsed_time& out) const noexcept;

    /// False when the format can only say dates, as `YYYYMMDD`; then a column is date-only data.
    [[nodiscard]] bool has_time() const noexcept { return has_time_; }

    /// The text it was made from.
    [[nodiscard]] std::string const& text() const noexcept { return text_; }

    friend bool operator==(time_format const& a, time_format const& b) noexcept { return a.text_ == b.text_; }

private:
    enum class kind : std::uint8_t { iso, unix_time, pattern };
    enum class field : std::uint8_t {
        year,
        month,
        month_name,
        day,
        hour,
        minute,
        second,
        fraction,
        half,
        offset,
        literal
    };
    struct token {
        field what;
        std::uint8_t least; ///< digits
        std::uint8_t most;  ///< digits
        char literal;
    };

    class compiler;
    void compile_pattern(std::string_view place);
    [[nodiscard]] bool parse_any(std::string_view text, zone const& where, instant& out) const noexcept;
    [[nodiscard]] bool parse_pattern(std::string_view text, parsed_time& out) const noexcept;
    [[nodiscard]] bool parse_unix(std::string_view text, parsed_time& out) const noexcept;

    std::string text_;
    std::vector<token> tokens_;
    std::int64_t unit_ = 1; // microseconds per unit of unix_*
    kind kind_ = kind::iso;
    bool has_time_ = true;
    bool half_day_ = false;
    char separator_ = 0; // of YYYY-MM-DD?HH:MM:SS, which has a fast path: 'T', ' ', '*' for both; 0: another format
};

/// `iso` without compiling anything: strict ISO 8601 date or date and time, see `time_format`.
[[nodiscard]] std::optional<instant> parse_instant(std::string_view text, zone const& where) noexcept;
/// `2024-06-30` and nothing else.
[[nodiscard]] std::optional<civil_date> parse_date(std::string_view text) noexcept;

/// Longest text of `format_instant` and `format_date`.
inline constexpr std::size_t longest_time_text = 40;

/// Writes `2024-06-30` (years outside 0 to 9999 with sign: `-0044-03-15`, `+12024-01-01`) at `out`, which has room for
/// `longest_time_text`; returns the end.
char* format_date(civil_date date, char* out) noexcept;

/// Writes `2024-06-30T12:34:56Z` or, in other zones, `2024-06-30T20:34:56+08:00`, with `.fff` or `.ffffff` when the
/// instant has a fraction; `never()` as `never`, `earliest()` as `earliest`. Returns the end. `parse_instant` reads
/// back all but the last two.
char* format_instant(instant when, zone const& where, char* out) noexcept;

std::string to_string(civil_date date);
std::string to_string(instant when, zone const& where = {});

} // namespace v0
} // namespace segmenta

#endif
