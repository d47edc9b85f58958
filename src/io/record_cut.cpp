// SPDX-License-Identifier: Apache-2.0
#include "io/record_cut.hpp"

#include <algorithm>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

// Past the last line feed outside quotes, for text without stray quotes that ends inside quotes or not.
std::size_t last_record_end(std::string_view text, char quote, bool inside) noexcept {
    for (std::size_t at = text.size(); at > 0; --at) {
        char const c = text[at - 1];
        if (c == quote) inside = !inside;
        if (c == '\n' && !inside) return at;
    }
    return 0;
}

} // namespace

record_cutter::record_cutter(record_syntax const& syntax, csv_kernels const& kernels)
    : syntax_(syntax), kernels_(&kernels) {}

record_cut record_cutter::cut_plain(std::string_view text, csv_kernels::survey_result const& seen) const {
    std::size_t const feed = text.rfind('\n');
    record_cut out;
    out.end = feed == std::string_view::npos ? 0 : feed + 1;
    out.newlines = seen.newlines;
    out.ascii = seen.ascii;
    out.quotes = seen.quotes ? quoting::unknown : quoting::none;
    out.record_per_line = syntax_.comment == '\0' && !syntax_.blanks;
    return out;
}

record_cut record_cutter::cut(char const* text, std::size_t size) {
    std::string_view const whole(text, size);
    if (!expects_quotes_) {
        csv_kernels::survey_result const seen = kernels_->survey(text, size, syntax_.quote);
        if (!seen.quotes || syntax_.blanks || syntax_.quote == '\0') return cut_plain(whole, seen);
    }
    csv_kernels::quoted_survey const seen = kernels_->survey_quoted(text, size, syntax_.delimiter, syntax_.quote);
    expects_quotes_ = seen.all.quotes;
    if (!seen.all.quotes) return cut_plain(whole, seen.all);
    record_cut out;
    out.newlines = seen.all.newlines;
    out.ascii = seen.all.ascii;
    if (seen.stray || syntax_.comment != '\0') { // quotes in comments are not special
        out.end = walk(whole);
        return out;
    }
    out.end = last_record_end(whole, syntax_.quote, seen.ends_inside);
    out.quotes = quoting::clean;
    out.record_per_line = !seen.newlines_inside;
    return out;
}

std::size_t record_cutter::walk(std::string_view text) const {
    std::size_t at = 0;
    while (at < text.size()) {
        record_place const place = read_record(text, at, syntax_, nullptr, 0);
        if (!place.complete) break;
        at = place.next;
    }
    return at;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
