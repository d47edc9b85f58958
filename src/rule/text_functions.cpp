// SPDX-License-Identifier: Apache-2.0
#include "rule/text_functions.hpp"

#include "rule/exact.hpp"
#include "rule/scalar_numeric.hpp"
#include "rule/utf8.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

namespace segmenta {
inline namespace v0 {
namespace detail {

// --- positions -------------------------------------------------------------------------------------------------------
namespace {

bool all_ascii(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Byte at which code point `position` begins (the size of the text for one past the last), or npos past that.
std::size_t byte_of(std::string_view text, std::int64_t position) noexcept {
    if (position < 0) return std::string_view::npos;
    std::size_t at = 0;
    for (; position > 0 && at < text.size(); --position)
        at += step_length(text, at);
    return position == 0 ? at : std::string_view::npos;
}

} // namespace

std::int64_t count_code_points(std::string_view text) noexcept {
    if (all_ascii(text)) return static_cast<std::int64_t>(text.size());
    std::int64_t count = 0;
    for (std::size_t at = 0; at < text.size(); at += step_length(text, at))
        ++count;
    return count;
}

bool find_text(std::string_view text, std::string_view part, std::int64_t from, std::int64_t& out) noexcept {
    std::size_t const begin = byte_of(text, from);
    if (begin == std::string_view::npos) return false;
    std::size_t const found = text.find(part, begin);
    out = found == std::string_view::npos ? -1 : count_code_points(text.substr(0, found));
    return true;
}

bool find_last_text(std::string_view text, std::string_view part, std::int64_t from, std::int64_t& out) noexcept {
    std::size_t const begin = byte_of(text, from);
    if (begin == std::string_view::npos) return false;
    std::size_t const found = text.rfind(part, begin);
    out = found == std::string_view::npos ? -1 : count_code_points(text.substr(0, found));
    return true;
}

bool character_at(std::string_view text, std::int64_t position, std::string_view& out) noexcept {
    std::size_t const begin = byte_of(text, position);
    if (begin == std::string_view::npos) return false;
    out = begin == text.size() ? std::string_view{} : text.substr(begin, step_length(text, begin));
    return true;
}

bool cut_text(std::string_view text, std::int64_t begin, std::int64_t end, std::string_view& out) noexcept {
    if (begin > end) return false;
    std::size_t const first = byte_of(text, begin);
    if (first == std::string_view::npos) return false;
    std::size_t const length = byte_of(text.substr(first), end - begin);
    if (length == std::string_view::npos) return false;
    out = text.substr(first, length);
    return true;
}

namespace {

// Unicode White_Space (PropList.txt), as Go's unicode.IsSpace.
bool is_blank(std::string_view character) noexcept {
    if (character.size() == 1) return character[0] == ' ' || (character[0] >= '\t' && character[0] <= '\r');
    if (character == "\xC2\x85" || character == "\xC2\xA0") return true; // next line, no-break space
    if (character.size() != 3) return false;
    if (character == "\xE1\x9A\x80" || character == "\xE3\x80\x80") return true; // ogham, ideographic
    if (character.starts_with("\xE2\x80")) {
        auto const last = static_cast<unsigned char>(character[2]);
        return last <= 0x8A || last == 0xA8 || last == 0xA9 || last == 0xAF; // U+2000 to U+200A, 2028, 2029, 202F
    }
    return character == "\xE2\x81\x9F"; // U+205F
}

// Length of the last character of a text that is not empty.
std::size_t last_length(std::string_view text) noexcept {
    for (std::size_t length = 1; length <= 4 && length <= text.size(); ++length)
        if (code_point_length(text, text.size() - length) == length) return length;
    return 1;
}

} // namespace

std::string_view trimmed(std::string_view text) noexcept {
    while (!text.empty()) {
        std::size_t const length = step_length(text, 0);
        if (!is_blank(text.substr(0, length))) break;
        text.remove_prefix(length);
    }
    while (!text.empty()) {
        std::size_t const length = last_length(text);
        if (!is_blank(text.substr(text.size() - length))) break;
        text.remove_suffix(length);
    }
    return text;
}

// --- new text --------------------------------------------------------------------------------------------------------
char* text_arena::take(std::size_t size) {
    if (size > most_bytes - taken_) return nullptr;
    constexpr std::size_t least_chunk = std::size_t{64} << 10;
    while (current_ < chunks_.size() && chunks_[current_].size - used_ < size) {
        ++current_;
        used_ = 0;
    }
    if (current_ == chunks_.size()) {
        std::size_t const wanted = std::max(size, chunks_.empty() ? least_chunk : chunks_.back().size * 2);
        std::size_t const bounded = std::max(size, std::min(wanted, std::size_t{4} << 20));
        chunks_.push_back({std::make_unique<char[]>(bounded), bounded});
        used_ = 0;
    }
    char* const out = chunks_[current_].bytes.get() + used_;
    used_ += size;
    taken_ += size;
    return out;
}

void text_arena::reset() noexcept { current_ = used_ = taken_ = 0; }

std::size_t text_arena::memory_bytes() const noexcept {
    std::size_t total = 0;
    for (auto const& part : chunks_)
        total += part.size;
    return total;
}

namespace {

char* room_for(text_arena& arena, std::size_t size) {
    return size > text_arena::longest_text ? nullptr : arena.take(size);
}

char* append(char* out, std::string_view text) noexcept {
    if (!text.empty()) std::memcpy(out, text.data(), text.size());
    return out + text.size();
}

} // namespace

bool copy_text(text_arena& arena, std::string_view text, std::string_view& out) {
    char* const room = room_for(arena, text.size());
    if (room == nullptr) return false;
    append(room, text);
    out = {room, text.size()};
    return true;
}

bool concatenate_texts(text_arena& arena, std::string_view a, std::string_view b, std::string_view& out) {
    std::size_t const size = a.size() + b.size();
    char* const room = room_for(arena, size);
    if (room == nullptr) return false;
    append(append(room, a), b);
    out = {room, size};
    return true;
}

bool map_ascii(text_arena& arena, std::string_view text, bool upper, std::string_view& out) {
    char const low = upper ? 'a' : 'A';
    char const high = upper ? 'z' : 'Z';
    if (std::none_of(text.begin(), text.end(), [&](char c) { return c >= low && c <= high; })) {
        out = text;
        return true;
    }
    char* const room = room_for(arena, text.size());
    if (room == nullptr) return false;
    std::transform(text.begin(), text.end(), room,
                   [&](char c) { return c >= low && c <= high ? static_cast<char>(c ^ 0x20) : c; });
    out = {room, text.size()};
    return true;
}

bool reverse_text(text_arena& arena, std::string_view text, std::string_view& out) {
    char* const room = room_for(arena, text.size());
    if (room == nullptr) return false;
    char* write = room + text.size();
    for (std::size_t at = 0; at < text.size();) {
        std::size_t const length = step_length(text, at);
        write -= length;
        append(write, text.substr(at, length));
        at += length;
    }
    out = {room, text.size()};
    return true;
}

bool replace_text(text_arena& arena, std::string_view text, std::string_view from, std::string_view to,
                  std::int64_t most, std::string_view& out) {
    if (most == 0) {
        out = text;
        return true;
    }
    // Calls `piece(unchanged text, whether a replacement follows)`. An empty `from` is found before every character and
    // at the end, as in Go's strings.Replace.
    auto const walk = [&](auto&& piece) {
        std::int64_t left = most < 0 ? std::numeric_limits<std::int64_t>::max() : most;
        std::size_t at = 0;
        std::size_t begin = 0;
        while (left > 0) {
            std::size_t const found = from.empty() ? at : text.find(from, at);
            if (found == std::string_view::npos) break;
            piece(text.substr(begin, found - begin), true);
            --left;
            begin = found + from.size();
            if (from.empty() && begin == text.size()) break;
            at = from.empty() ? begin + step_length(text, begin) : begin;
        }
        piece(text.substr(begin), false);
    };
    std::size_t size = 0;
    walk([&](std::string_view kept, bool replaced) { size += kept.size() + (replaced ? to.size() : 0); });
    char* const room = room_for(arena, size);
    if (room == nullptr) return false;
    char* write = room;
    walk([&](std::string_view kept, bool replaced) {
        write = append(write, kept);
        if (replaced) write = append(write, to);
    });
    out = {room, size};
    return true;
}

// --- text to values --------------------------------------------------------------------------------------------------
namespace {

template <class T, class... Format>
bool read_number(std::string_view text, T& out, Format... format) noexcept {
    T read{};
    auto const [end, failed] = std::from_chars(text.data(), text.data() + text.size(), read, format...);
    if (failed != std::errc{} || end != text.data() + text.size()) return false;
    out = read;
    return true;
}

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

} // namespace

bool read_integer(std::string_view text, std::int64_t& out) noexcept {
    if (text.starts_with('+')) {
        text.remove_prefix(1);
        if (!text.empty() && !is_digit(text.front())) return false;
    }
    return read_number(text, out);
}

bool read_natural(std::string_view text, std::uint64_t& out) noexcept { return read_number(text, out); }

bool read_real(std::string_view text, double& out) noexcept {
    if (text.starts_with('+')) {
        text.remove_prefix(1);
        if (!text.empty() && !is_digit(text.front()) && text.front() != '.') return false;
    }
    return read_number(text, out, std::chars_format::general);
}

bool read_boolean(std::string_view text, bool& out) noexcept { // Go's strconv.ParseBool, as cel-go
    for (auto const word : {"1", "t", "T", "true", "TRUE", "True"})
        if (text == word) return out = true, true;
    for (auto const word : {"0", "f", "F", "false", "FALSE", "False"})
        if (text == word) return out = false, true;
    return false;
}

bool read_scaled_decimal(std::string_view text, unsigned scale, std::int64_t& out) noexcept {
    bool const negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    std::uint64_t magnitude = 0;
    std::size_t digits = 0;
    unsigned decimals = 0;
    bool point = false;
    auto const push = [&](unsigned digit) {
        return !__builtin_mul_overflow(magnitude, std::uint64_t{10}, &magnitude) &&
               !__builtin_add_overflow(magnitude, std::uint64_t{digit}, &magnitude);
    };
    for (char const c : text) {
        if (c == '.' && !point) {
            point = true;
            continue;
        }
        if (!is_digit(c)) return false;
        ++digits;
        if (point && decimals == scale) {
            if (c != '0') return false;
            continue;
        }
        if (point) ++decimals;
        if (!push(static_cast<unsigned>(c - '0'))) return false;
    }
    if (digits == 0 || text.front() == '.' || text.back() == '.') return false;
    for (; decimals < scale; ++decimals)
        if (!push(0)) return false;
    constexpr std::uint64_t largest = std::uint64_t{1} << 63;
    if (magnitude > largest || (magnitude == largest && !negative)) return false;
    out = static_cast<std::int64_t>(negative ? 0 - magnitude : magnitude);
    return true;
}

bool read_instant(std::string_view text, std::int64_t& out) noexcept {
    // RFC 3339 section 5.6: date, T, time with seconds, offset. The ISO reader below takes more than that.
    constexpr std::size_t seconds_end = 19;
    if (text.size() <= seconds_end || (text[10] != 'T' && text[10] != 't')) return false;
    char copy[64];
    if (text.size() >= sizeof copy) return false;
    std::copy(text.begin(), text.end(), copy);
    copy[10] = 'T';
    std::size_t size = text.size();
    if (copy[size - 1] == 'z') copy[size - 1] = 'Z';
    // Zeros finer than a microsecond say nothing; other digits would be lost.
    if (copy[seconds_end] == '.') {
        std::size_t end = seconds_end + 1;
        while (end < size && is_digit(copy[end]))
            ++end;
        std::size_t keep = std::min(end, seconds_end + 7);
        for (std::size_t i = keep; i < end; ++i)
            if (copy[i] != '0') return false;
        std::copy(copy + end, copy + size, copy + keep);
        size -= end - keep;
    }
    std::string_view const cleaned(copy, size);
    bool const utc = cleaned.back() == 'Z';
    bool const offset = size > 6 && cleaned[size - 3] == ':' && (cleaned[size - 6] == '+' || cleaned[size - 6] == '-');
    if (!utc && !offset) return false;
    auto const when = parse_instant(cleaned, zone::utc());
    return when && op::within(when->microseconds(), op::first_instant, op::last_instant, out);
}

bool read_date(std::string_view text, std::int64_t& out) noexcept {
    auto const date = parse_date(text);
    return date && op::within(date->days_since_epoch(), op::first_day, op::last_day, out);
}

namespace {

struct duration_unit {
    std::string_view name;
    std::int64_t nanoseconds;
};
constexpr duration_unit duration_units[] = {
    {"ns", 1},
    {"us", 1'000},
    {"\xC2\xB5s", 1'000}, // micro sign
    {"\xCE\xBCs", 1'000}, // greek mu
    {"ms", 1'000'000},
    {"s", 1'000'000'000},
    {"m", 60'000'000'000},
    {"h", 3'600'000'000'000},
};

// One `2.5h` at the front of `text`, added to `total` nanoseconds.
bool take_duration_part(std::string_view& text, int128& total) noexcept {
    int128 whole = 0;
    int128 fraction = 0;
    int128 scale = 1;
    std::size_t digits = 0;
    std::size_t at = 0;
    for (; at < text.size() && is_digit(text[at]); ++at, ++digits) {
        if (digits >= 20) return false;
        whole = whole * 10 + (text[at] - '0');
    }
    if (at < text.size() && text[at] == '.') {
        ++at;
        for (; at < text.size() && is_digit(text[at]); ++at, ++digits) {
            if (scale >= powers_of_ten[18]) return false;
            scale *= 10;
            fraction = fraction * 10 + (text[at] - '0');
        }
    }
    if (digits == 0) return false;
    text.remove_prefix(at);
    for (auto const& unit : duration_units) {
        if (!text.starts_with(unit.name)) continue;
        text.remove_prefix(unit.name.size());
        if (fraction * unit.nanoseconds % scale != 0) return false;
        total += whole * unit.nanoseconds + fraction * unit.nanoseconds / scale;
        return true;
    }
    return false;
}

} // namespace

bool read_duration(std::string_view text, std::int64_t& out) noexcept {
    bool const negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    if (text == "0") return out = 0, true;
    if (text.empty()) return false;
    int128 total = 0;
    int128 const most = static_cast<int128>(op::longest_duration) * 1000;
    while (!text.empty()) {
        if (!take_duration_part(text, total) || total > most) return false;
    }
    if (total % 1000 != 0) return false;
    auto const microseconds = static_cast<std::int64_t>(total / 1000);
    out = negative ? -microseconds : microseconds;
    return true;
}

// --- values to text --------------------------------------------------------------------------------------------------
std::size_t write_real(double v, char* out) noexcept {
    if (v != v) return static_cast<std::size_t>(append(out, "NaN") - out);
    if (std::isinf(v)) return static_cast<std::size_t>(append(out, v > 0 ? "+Inf" : "-Inf") - out);
    return static_cast<std::size_t>(std::to_chars(out, out + longest_scalar_text, v).ptr - out);
}

std::size_t write_decimal(std::int64_t units, unsigned scale, char* out) noexcept {
    auto const magnitude = units < 0 ? 0 - static_cast<std::uint64_t>(units) : static_cast<std::uint64_t>(units);
    auto const divisor = static_cast<std::uint64_t>(powers_of_ten[scale]);
    char* write = out;
    if (units < 0) *write++ = '-';
    write = std::to_chars(write, out + longest_scalar_text, magnitude / divisor).ptr;
    if (scale > 0) {
        *write++ = '.';
        std::uint64_t rest = magnitude % divisor;
        for (unsigned i = scale; i > 0; --i, rest /= 10)
            write[i - 1] = static_cast<char>('0' + rest % 10);
        write += scale;
    }
    return static_cast<std::size_t>(write - out);
}

std::size_t write_duration(std::int64_t microseconds, char* out) noexcept {
    std::size_t size = write_decimal(microseconds, 6, out);
    while (out[size - 1] == '0')
        --size;
    if (out[size - 1] == '.') --size;
    out[size] = 's';
    return size + 1;
}

// --- sets ------------------------------------------------------------------------------------------------------------
bool integer_lookup::contains(std::int64_t v) const noexcept {
    // A handful is compared one by one: no branch depends on the data.
    if (values.size() <= 16) {
        bool found = false;
        for (auto const candidate : values)
            found |= candidate == v;
        return found;
    }
    return std::binary_search(values.begin(), values.end(), v);
}

bool real_lookup::contains(double v) const noexcept {
    // NaN equals nothing, but a search finds it "equal" everywhere.
    return v == v && std::binary_search(values.begin(), values.end(), v);
}

namespace {

// Sets live in one process only, so any good mix will do; FNV-1a is short.
std::size_t hash_text(std::string_view text) noexcept {
    std::uint64_t hash = 14'695'981'039'346'656'037U;
    for (char const c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211U;
    return hash ^ hash >> 32;
}

} // namespace

void text_lookup::build(std::vector<std::string_view> texts) {
    std::sort(texts.begin(), texts.end());
    texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
    values = std::move(texts);
    std::size_t size = 4;
    while (size < values.size() * 2)
        size *= 2;
    slots.assign(size, 0);
    for (std::size_t i = 0; i < values.size(); ++i) {
        std::size_t at = hash_text(values[i]) & (size - 1);
        while (slots[at] != 0)
            at = (at + 1) & (size - 1);
        slots[at] = static_cast<std::uint32_t>(i + 1);
    }
}

bool text_lookup::contains(std::string_view v) const noexcept {
    std::size_t at = hash_text(v) & (slots.size() - 1);
    while (slots[at] != 0) {
        if (values[slots[at] - 1] == v) return true;
        at = (at + 1) & (slots.size() - 1);
    }
    return false;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
