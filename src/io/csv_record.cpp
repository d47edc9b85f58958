// SPDX-License-Identifier: Apache-2.0
#include "io/csv_record.hpp"

#include <algorithm>
#include <cstring>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

// Walks one record.
class record_walk {
public:
    record_walk(std::string_view text, std::size_t begin, record_syntax const& syntax,
                std::vector<field_place>* fields, std::size_t most)
        : text_(text), syntax_(syntax), fields_(fields), most_(most), at_(begin) {
        out_.begin = begin;
        out_.open_quote = std::string::npos;
    }

    record_place walk() {
        if (syntax_.comment != '\0' && text_[at_] == syntax_.comment) return line_of(record_place::kind::comment);
        if (is_blank_line()) return line_of(record_place::kind::blank);
        if (syntax_.blanks) return walk_blanks();
        return walk_fields();
    }

private:
    [[nodiscard]] std::size_t line_feed() const noexcept {
        std::size_t const found = text_.find('\n', at_);
        return found == std::string_view::npos ? text_.size() : found;
    }
    // The end of a line without its CR.
    [[nodiscard]] std::size_t line_end(std::size_t feed, std::size_t not_before) const noexcept {
        return feed > not_before && feed < text_.size() && text_[feed - 1] == '\r' ? feed - 1 : feed;
    }

    [[nodiscard]] bool is_blank_line() const noexcept {
        std::size_t const feed = line_feed();
        std::size_t const end = line_end(feed, at_);
        if (!syntax_.blanks) return end == at_ && feed < text_.size();
        return std::all_of(text_.begin() + static_cast<std::ptrdiff_t>(at_),
                           text_.begin() + static_cast<std::ptrdiff_t>(end), is_blank);
    }

    record_place line_of(record_place::kind what) noexcept {
        out_.what = what;
        finish(line_feed());
        return out_;
    }

    void finish(std::size_t feed) noexcept {
        out_.end = line_end(feed, out_.begin);
        out_.complete = feed < text_.size();
        out_.next = out_.complete ? feed + 1 : feed;
    }

    void add(field_place const& place) {
        if (fields_ != nullptr && out_.fields < most_) fields_->push_back(place);
        ++out_.fields;
    }

    record_place walk_blanks() {
        std::size_t const feed = line_feed();
        finish(feed);
        while (at_ < out_.end) {
            while (at_ < out_.end && is_blank(text_[at_])) ++at_;
            if (at_ == out_.end) break;
            std::size_t const begin = at_;
            while (at_ < out_.end && !is_blank(text_[at_])) ++at_;
            add({begin, at_, false, false});
        }
        return out_;
    }

    record_place walk_fields() {
        for (;;) {
            bool const quoted = syntax_.quote != '\0' && at_ < text_.size() && text_[at_] == syntax_.quote;
            bool const more = quoted ? walk_quoted() : walk_unquoted();
            if (!more) return out_;
        }
    }

    // After a field: true when another one follows, false at the end of the record.
    bool step_over_separator() noexcept {
        if (at_ < text_.size() && text_[at_] == syntax_.delimiter) {
            ++at_;
            return true;
        }
        finish(at_);
        return false;
    }

    // To the next separator.
    void skip_text() noexcept {
        while (at_ < text_.size() && text_[at_] != syntax_.delimiter && text_[at_] != '\n') {
            if (syntax_.quote != '\0' && text_[at_] == syntax_.quote) out_.stray = true;
            ++at_;
        }
    }

    bool walk_unquoted() {
        std::size_t const begin = at_;
        skip_text();
        bool const ends_record = at_ >= text_.size() || text_[at_] == '\n';
        add({begin, ends_record ? line_end(at_, begin) : at_, false, false});
        return step_over_separator();
    }

    bool walk_quoted() {
        field_place place{at_ + 1, at_ + 1, true, false};
        for (std::size_t from = at_ + 1;;) {
            std::size_t const quote = text_.find(syntax_.quote, from);
            if (quote == std::string_view::npos) {
                out_.open_quote = at_;
                at_ = text_.size();
                place.end = at_;
                add(place);
                finish(at_);
                return false;
            }
            if (quote + 1 < text_.size() && text_[quote + 1] == syntax_.quote) {
                place.doubled = true;
                from = quote + 2;
                continue;
            }
            place.end = quote;
            at_ = quote + 1;
            break;
        }
        bool const carriage_return = at_ + 1 < text_.size() && text_[at_] == '\r' && text_[at_ + 1] == '\n';
        if (carriage_return) ++at_;
        bool const ended = at_ >= text_.size() || text_[at_] == syntax_.delimiter || text_[at_] == '\n';
        if (!ended) {
            out_.stray = true;
            skip_text();
        }
        add(place);
        return step_over_separator();
    }

    std::string_view text_;
    record_syntax const& syntax_;
    std::vector<field_place>* fields_;
    std::size_t most_;
    std::size_t at_;
    record_place out_;
};

} // namespace

record_place read_record(std::string_view text, std::size_t begin, record_syntax const& syntax,
                         std::vector<field_place>* fields, std::size_t most) {
    return record_walk(text, begin, syntax, fields, most).walk();
}

char* unquote(std::string_view field, char quote, char* out) noexcept {
    while (!field.empty()) {
        std::size_t const found = field.find(quote);
        std::size_t const take = found == std::string_view::npos ? field.size() : found + 1;
        std::memmove(out, field.data(), take);
        out += take;
        field.remove_prefix(std::min(field.size(), take + (found == std::string_view::npos ? 0 : 1)));
    }
    return out;
}

std::string field_text(std::string_view text, field_place const& place, char quote) {
    std::string_view const field = text.substr(place.begin, place.end - place.begin);
    if (!place.doubled) return std::string(field);
    std::string out(field.size(), '\0');
    out.resize(static_cast<std::size_t>(unquote(field, quote, out.data()) - out.data()));
    return out;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
