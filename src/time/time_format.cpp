// SPDX-License-Identifier: Apache-2.0
// Compiling a format's text into tokens.
#include <segmenta/base/text.hpp>
#include <segmenta/error.hpp>
#include <segmenta/time/parse.hpp>

#include <algorithm>

namespace segmenta {
inline namespace v0 {
namespace {

constexpr char const* allowed =
    "iso, unix_s, unix_ms, unix_us, or a pattern of YYYY MM M MMM DD D HH H hh h mm m SS S fff f A Z "
    "and punctuation, such as M/D/YYYY H:MM";

bool is_letter(char c) noexcept { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

} // namespace

time_format::time_format() : text_("iso"), separator_('*') {}

time_format::time_format(std::string_view format, std::string_view place) : text_(format) {
    if (format == "iso") {
        separator_ = '*';
        return;
    }
    if (format == "unix_s" || format == "unix_ms" || format == "unix_us") {
        kind_ = kind::unix_time;
        unit_ = format == "unix_s" ? microseconds_per_second : format == "unix_ms" ? 1000 : 1;
        return;
    }
    kind_ = kind::pattern;
    compile_pattern(place);
    if (format == "YYYY-MM-DD HH:MM:SS" || format == "YYYY-MM-DD HH:mm:SS") separator_ = ' ';
    if (format == "YYYY-MM-DDTHH:MM:SS" || format == "YYYY-MM-DDTHH:mm:SS") separator_ = 'T';
}

// Turns a pattern into tokens, refusing what has no meaning or more than one.
class time_format::compiler {
public:
    compiler(std::string_view pattern, std::string_view place) : pattern_(pattern), place_(place) {}

    std::vector<token> run() {
        while (at_ < pattern_.size()) {
            if (pattern_[at_] == '\'')
                read_quoted();
            else
                read_part();
        }
        check_parts();
        check_widths();
        return std::move(tokens_);
    }

    [[nodiscard]] bool has(field what) const noexcept {
        return std::any_of(tokens_.begin(), tokens_.end(), [what](token const& t) { return t.what == what; });
    }
    [[nodiscard]] bool half_day() const noexcept { return half_day_; }

private:
    [[noreturn]] void fail(std::string message, std::string remedy = {}) const {
        throw issue_error("time.format", std::string(place_.empty() ? "time format" : place_), std::move(message),
                          quoted(pattern_), allowed, std::move(remedy));
    }

    void add_literal(char c) { tokens_.push_back({field::literal, 0, 0, c}); }

    void add(field what, std::size_t least, std::size_t most) {
        bool const month = what == field::month || what == field::month_name;
        if (month ? has(field::month) || has(field::month_name) : has(what))
            fail("the format names the same part twice");
        tokens_.push_back({what, static_cast<std::uint8_t>(least), static_cast<std::uint8_t>(most), 0});
    }

    // Two quotes inside quotes are one.
    void read_quoted() {
        for (++at_; at_ < pattern_.size(); ++at_) {
            if (pattern_[at_] == '\'') {
                if (pattern_.substr(at_, 2) != "''") break;
                ++at_;
            }
            add_literal(pattern_[at_]);
        }
        if (at_ == pattern_.size()) fail("a quote is not closed");
        ++at_;
    }

    void read_part() {
        char const c = pattern_[at_];
        std::size_t run = 1;
        while (is_letter(c) && at_ + run < pattern_.size() && pattern_[at_ + run] == c)
            ++run;
        at_ += run;
        if (!is_letter(c) || (c == 'T' && run == 1)) return add_literal(c);
        if (!add_letters(c, run))
            fail("the format has a part that means nothing: " + std::string(run, c),
                 "Put letters that stand for themselves in single quotes");
    }

    bool add_letters(char c, std::size_t run) {
        if (c == 'Y' && run == 2) fail("two-digit years are ambiguous", "Write the data with four-digit years");
        if (c == 'Y' && run == 4) return add(field::year, 4, 4), true;
        if (c == 'M' && run == 3) return add(field::month_name, 3, 3), true;
        if (c == 'f' && run <= 6) return add(field::fraction, run, run == 1 ? 6 : run), true;
        if (c == 'A' && run == 1) return add(field::half, 2, 2), true;
        if (c == 'Z' && run == 1) return add(field::offset, 1, 6), true;
        if (run > 2) return false;
        // after an hour, M can only be minutes: everybody writes H:MM
        bool const minutes = c == 'M' && has(field::hour) && !has(field::minute);
        if (c == 'm' || minutes) return add(field::minute, run, 2), true;
        if (c == 'M') return add(field::month, run, 2), true;
        if (c == 'D') return add(field::day, run, 2), true;
        if (c == 'S') return add(field::second, run, 2), true;
        if (c != 'H' && c != 'h') return false;
        half_day_ = c == 'h';
        return add(field::hour, run, 2), true;
    }

    void check_parts() const {
        bool const month = has(field::month) || has(field::month_name);
        bool const hour = has(field::hour);
        if (!has(field::year) || !month || !has(field::day)) fail("a format needs year, month and day");
        if (has(field::minute) && !hour) fail("minutes without an hour");
        if (has(field::second) && !has(field::minute)) fail("seconds without minutes");
        if (has(field::fraction) && !has(field::second)) fail("decimals without seconds");
        if (has(field::offset) && !hour) fail("an offset from UTC without an hour");
        if (half_day_ != has(field::half))
            fail("h and A go together: hours from 1 to 12 need AM or PM, and only those have it");
    }

    // MDYYYY has no single reading: after a part of varying width no digit may follow.
    void check_widths() const {
        for (std::size_t i = 0; i + 1 < tokens_.size(); ++i)
            if (varies(tokens_[i]) && begins_with_digit(tokens_[i + 1]))
                fail("a part of varying width is followed by digits", "Use two-digit parts, such as MMDDYYYY");
    }

    static bool varies(token const& t) noexcept { return t.what != field::literal && t.least != t.most; }

    static bool begins_with_digit(token const& t) noexcept {
        if (t.what == field::literal) return t.literal >= '0' && t.literal <= '9';
        return t.what != field::half && t.what != field::month_name && t.what != field::offset;
    }

    std::string_view pattern_;
    std::string_view place_;
    std::size_t at_ = 0;
    std::vector<token> tokens_;
    bool half_day_ = false;
};

void time_format::compile_pattern(std::string_view place) {
    compiler c(text_, place);
    tokens_ = c.run();
    half_day_ = c.half_day();
    has_time_ = std::any_of(tokens_.begin(), tokens_.end(), [](token const& t) { return t.what == field::hour; });
}

} // namespace v0
} // namespace segmenta
