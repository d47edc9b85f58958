// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_STRATEGY_FITTED_HPP
#define SEGMENTA_STRATEGY_FITTED_HPP

// The envelope in which every mechanism is saved:
// {"kind": ..., "version": ..., "checksum": ..., "body": {"scheme": ..., "reads": [...], "parameters": {...}, "fit":
// {...}}}

#include <segmenta/error.hpp>

#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

struct fitted_body {
    std::string scheme;
    std::vector<std::string> reads;
    std::string zone; ///< empty: the mechanism knows no days
    boost::json::object parameters;
    boost::json::object fit; ///< empty: nothing was fitted
};

/// One line of JSON. The checksum is `content_hash` of the body as written.
std::string write_fitted(std::string_view kind, std::int64_t version, fitted_body const& body);

/// Reads it back. Throws `issue_error`: `fitted.content` (no such JSON), `fitted.kind`, `fitted.version`,
/// `fitted.checksum`.
fitted_body read_fitted(std::string_view text, std::string_view kind, std::int64_t version);

/// Throws `issue_error` with everything in `issues` when there is an error, as contents of a fitted file.
void refuse_bad_content(issue_list const& issues);
/// Throws `fitted.content` with this message.
[[noreturn]] void bad_content(std::string_view kind, std::string message);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
