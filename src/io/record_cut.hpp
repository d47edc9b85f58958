// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_IO_RECORD_CUT_HPP
#define SEGMENTA_SRC_IO_RECORD_CUT_HPP

// Where a text may be cut between records.

#include "io/csv_kernels.hpp"
#include "io/csv_record.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Thread safety: one thread at a time (it keeps scratch memory).
class record_cutter {
public:
    record_cutter(record_syntax const& syntax, csv_kernels const& kernels);

    // The end of the last complete record of a text that begins with a record; 0 when none is complete. `quotes`: whether the
    // text holds any quote. The answer does not depend on how much text follows.
    [[nodiscard]] std::size_t last_record_end(char const* text, std::size_t size, bool quotes);

private:
    [[nodiscard]] std::size_t scan_quoted(char const* text, std::size_t size, bool& stray);
    [[nodiscard]] std::size_t walk(std::string_view text) const;

    record_syntax syntax_;
    csv_kernels const* kernels_;
    std::vector<std::uint32_t> positions_;
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
