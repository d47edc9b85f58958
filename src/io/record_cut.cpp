// SPDX-License-Identifier: Apache-2.0
#include "io/record_cut.hpp"

#include <algorithm>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::uint32_t tile = 16 << 10;

} // namespace

record_cutter::record_cutter(record_syntax const& syntax, csv_kernels const& kernels)
    : syntax_(syntax), kernels_(&kernels) {}

std::size_t record_cutter::last_record_end(char const* text, std::size_t size, bool quotes) {
    std::string_view const whole(text, size);
    if (!quotes || syntax_.blanks || syntax_.quote == '\0') {
        std::size_t const feed = whole.rfind('\n');
        return feed == std::string_view::npos ? 0 : feed + 1;
    }
    if (syntax_.comment != '\0') return walk(whole); // quotes in comments are not special
    bool stray = false;
    std::size_t const end = scan_quoted(text, size, stray);
    return stray ? walk(whole) : end;
}

std::size_t record_cutter::scan_quoted(char const* text, std::size_t size, bool& stray) {
    positions_.resize(tile + 64);
    scan_state state;
    std::size_t end = 0;
    auto const total = static_cast<std::uint32_t>(size);
    for (std::uint32_t begin = 0; begin < total; begin += tile) {
        scan_result const found = kernels_->scan(text, begin, std::min(total, begin + tile), syntax_.delimiter,
                                                 syntax_.quote, state, positions_.data());
        if (found.stray) {
            stray = true;
            return 0;
        }
        if (found.newlines == 0) continue;
        std::uint32_t const* at = found.end;
        do --at;
        while (text[*at] != '\n');
        end = *at + 1;
    }
    return end;
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
