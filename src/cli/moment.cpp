// SPDX-License-Identifier: Apache-2.0
#include "cli/moment.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/error.hpp>
#include <segmenta/time/parse.hpp>

#include <string_view>

namespace segmenta::cli {

namespace {

constexpr char const* examples = "2024-07-01, 2024-07-01T12:00:00+08:00";

/// Rows count in these years alone (ingest/), so at no other moment is there anything to say.
bool in_written_years(instant when, zone const& where) {
    auto const year = where.to_local(when).date.year();
    return year >= 1 && year <= 9999;
}

} // namespace

instant moment_of(std::string const& text, zone const& where) {
    auto const parsed = time_format().parse(text, where);
    if (!parsed)
        throw issue_error("cli.as_of", "--as-of", "this is no date or time", quoted(std::string_view(text)), examples,
                          "A date means the start of that day in the plan's zone; years are 0001 to 9999");
    if (!in_written_years(*parsed, where))
        throw issue_error("cli.as_of", "--as-of", "rows count in the years 0001 to 9999",
                          quoted(std::string_view(text)), examples);
    return *parsed;
}

} // namespace segmenta::cli
