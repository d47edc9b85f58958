// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_CLI_STANDARD_INPUT_HPP
#define SEGMENTA_SRC_CLI_STANDARD_INPUT_HPP

// What commands read from the standard input. A folder, or a disk that fails, is no end of the input: whoever reads
// `std::cin` itself takes one for the other.

#include <iosfwd>
#include <string>

namespace segmenta::cli {

/// The next line without its end; false when there is none. Throws `issue_error` (`file.read`) when the input could not
/// be read.
[[nodiscard]] bool next_line(std::istream& in, std::string& line);

/// All that is left. Throws as `next_line`.
[[nodiscard]] std::string rest_of(std::istream& in);

} // namespace segmenta::cli

#endif
