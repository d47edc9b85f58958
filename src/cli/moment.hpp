// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_CLI_MOMENT_HPP
#define SEGMENTA_SRC_CLI_MOMENT_HPP

#include <segmenta/time/instant.hpp>
#include <segmenta/time/zone.hpp>

#include <string>

namespace segmenta::cli {

/// What `--as-of` says: a time, or a date, which means its start in the zone. Throws `issue_error` (`cli.as_of`)
/// for what is neither, and outside the years 0001 to 9999.
[[nodiscard]] instant moment_of(std::string const& text, zone const& where);

} // namespace segmenta::cli

#endif
