// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_CLI_EVAL_COMMAND_HPP
#define SEGMENTA_SRC_CLI_EVAL_COMMAND_HPP

#include <string>
#include <string_view>

namespace segmenta::cli {

/// One line of `segmenta eval`: `{"expr": …, "bindings": {NAME: {"value": …}}, "container": …}` gives `{"value": …}` in
/// cel-spec's JSON of values (proto/cel/expr/value.proto: `{"int64Value": "1"}`) or `{"error": "…"}`. Never throws but
/// `std::bad_alloc`: a line that cannot be read is an error, too.
[[nodiscard]] std::string eval_line(std::string_view line);

/// Answers each line of standard input on standard output; empty lines are passed over. Throws `issue_error` when the
/// standard input cannot be read.
void eval_lines();

} // namespace segmenta::cli

#endif
