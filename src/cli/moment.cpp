// SPDX-License-Identifier: Apache-2.0
#include "cli/moment.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/error.hpp>
#include <segmenta/time/parse.hpp>

#include <string_view>

namespace segmenta::cli {

instant moment_of(std::string const& text, zone const& where) {
    auto const parsed = time_format().parse(text, where);
    if (!parsed)
        throw issue_error("cli.as_of", "--as-of", "this is no date or time", quoted(std::string_view(text)),
                          "2024-07-01, 2024-07-01T12:00:00+08:00", "A date means the start of that day in the plan's zone.");
    return *parsed;
}

} // namespace segmenta::cli
