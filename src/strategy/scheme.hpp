// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_STRATEGY_SCHEME_HPP
#define SEGMENTA_STRATEGY_SCHEME_HPP

// What every mechanism carries: its scheme, the columns it reads, its segments.

#include <segmenta/error.hpp>
#include <segmenta/strategy/segment.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

/// Part of the immutable contents of a mechanism. Views point into it, so it is not copied or moved.
struct scheme {
    scheme() = default;
    scheme(scheme const&) = delete;
    scheme& operator=(scheme const&) = delete;

    /// Fills everything in; `locals` are local ids in order.
    void set(std::string scheme_id, std::vector<std::string> column_names, std::span<std::string const> locals);

    std::string id;
    std::vector<std::string> reads;
    std::vector<std::string_view> read_views;
    std::vector<segment_info> segments;
};

/// Letters, digits, '_' and '-' in ASCII; at least one.
[[nodiscard]] bool is_local_id(std::string_view text) noexcept;

/// Issues `<kind>.id` and `<kind>.duplicate` for local ids, `<kind>.scheme` for the scheme, `<kind>.reads` when the
/// number of columns is not `columns`.
void check_scheme(std::string_view kind, std::string_view scheme_id, std::span<std::string const> reads,
                  std::size_t columns, std::span<std::string const> locals, std::string_view place, issue_list& issues);

/// `kind` + `.` + `what`.
[[nodiscard]] inline std::string code_of(std::string_view kind, std::string_view what) {
    return std::string(kind) + "." + std::string(what);
}

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
