// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RECORD_STATUS_HPP
#define SEGMENTA_RECORD_STATUS_HPP

/// \file
/// How an answer came about. Every per-customer result carries one; nothing on the request path throws.

#include <cstdint>
#include <string_view>

namespace segmenta {
inline namespace v0 {

/// The standing of one computed value or segment.
enum class status : std::uint8_t {
    ok = 0,         ///< computed
    unknown,        ///< a needed attribute is missing, so the answer is not known (never a default)
    error,          ///< evaluation failed (overflow, division by zero, out of range)
    not_applicable, ///< the scheme does not apply to this customer (for example a consumer scheme on a dealer)
    not_requested,  ///< the caller did not ask for this output
    wrong_plan,     ///< the classification or handle was made by another segmenter
    truncated,      ///< a stated limit (history scanned, list size) was reached before the answer was certain
    refused,        ///< the purpose of the query does not permit this output
};

/// Stable ASCII id of a status, such as `not_applicable`.
constexpr std::string_view to_string(status s) noexcept {
    switch (s) {
    case status::ok: return "ok";
    case status::unknown: return "unknown";
    case status::error: return "error";
    case status::not_applicable: return "not_applicable";
    case status::not_requested: return "not_requested";
    case status::wrong_plan: return "wrong_plan";
    case status::truncated: return "truncated";
    case status::refused: return "refused";
    }
    return "error";
}

/// The worse of two statuses when a result reads both: `unknown` takes precedence over `error`
/// (CEL error absorption with unknowns, cel-spec language definition), any of them over `ok`.
constexpr status combine(status a, status b) noexcept {
    if (a == status::ok) return b;
    if (b == status::ok) return a;
    if (a == status::unknown || b == status::unknown) return status::unknown;
    return a < b ? a : b;
}

} // namespace v0
} // namespace segmenta

#endif
