// SPDX-License-Identifier: Apache-2.0
// The only file that knows the regular expression library.
#include "rule/text_functions.hpp"

#include <re2/re2.h>

#include <memory>

namespace segmenta {
inline namespace v0 {
namespace detail {

struct pattern {
    RE2 compiled;
    pattern(re2::StringPiece text, RE2::Options const& options) : compiled(text, options) {}
};

std::shared_ptr<pattern const> compile_pattern(std::string_view expression, std::string& problem) {
    RE2::Options options;
    options.set_log_errors(false); // a library does not write to stderr
    options.set_max_mem(std::int64_t{4} << 20);
    auto made = std::make_shared<pattern const>(re2::StringPiece(expression.data(), expression.size()), options);
    if (made->compiled.ok()) return made;
    problem = made->compiled.error();
    return nullptr;
}

bool matches_pattern(pattern const& compiled, std::string_view text) noexcept {
    return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), compiled.compiled);
}

} // namespace detail
} // namespace v0
} // namespace segmenta
