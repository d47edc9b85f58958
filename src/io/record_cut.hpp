// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_IO_RECORD_CUT_HPP
#define SEGMENTA_SRC_IO_RECORD_CUT_HPP

// Where a text may be cut between records.

#include <segmenta/io/record_source.hpp>

#include "io/csv_kernels.hpp"
#include "io/csv_record.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace segmenta {
inline namespace v0 {
namespace detail {

struct record_cut {
    std::size_t end = 0; // of the last complete record; 0 when none is complete
    std::size_t newlines = 0;
    bool ascii = true;
    quoting quotes = quoting::unknown;
    bool record_per_line = false; // known: no line feed stands inside a record, and no comments
};

// Thread safety: one thread at a time (it remembers what the text before was like).
class record_cutter {
public:
    record_cutter(record_syntax const& syntax, csv_kernels const& kernels);

    // Looks at a text that begins with a record. Where it is cut does not depend on how much text follows.
    [[nodiscard]] record_cut cut(char const* text, std::size_t size);

private:
    [[nodiscard]] record_cut cut_plain(std::string_view text, csv_kernels::survey_result const& seen) const;
    [[nodiscard]] std::size_t walk(std::string_view text) const;

    record_syntax syntax_;
    csv_kernels const* kernels_;
    bool expects_quotes_ = false;
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
