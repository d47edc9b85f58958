// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_IO_CSV_RECORD_HPP
#define SEGMENTA_SRC_IO_CSV_RECORD_HPP

// One record at a time, byte by byte: what a dialect means, in plain code. It reads header lines and whatever the
// kernels cannot: stray quotes, comment lines, fields separated by blanks.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

struct record_syntax {
    char delimiter = ',';
    char quote = '"'; // '\0': none
    bool blanks = false;
    char comment = '\0'; // '\0': none
};

struct field_place {
    std::size_t begin = 0; // without quotes
    std::size_t end = 0;
    bool quoted = false;
    bool doubled = false; // holds doubled quotes
};

struct record_place {
    enum class kind { record, blank, comment };
    kind what = kind::record;
    std::size_t begin = 0;
    std::size_t end = 0;    // without line end
    std::size_t next = 0;   // where the next record begins
    std::size_t fields = 0; // of a record
    bool stray = false;     // a quote where none may be
    bool complete = true;   // false: the text ends before the record does
    std::size_t open_quote = 0; // incomplete: begin of the quoted field that does not end, else std::string::npos
};

// The record that begins at `begin`, which is inside the text. `fields` receives the first `most` fields, if not null.
record_place read_record(std::string_view text, std::size_t begin, record_syntax const& syntax,
                         std::vector<field_place>* fields, std::size_t most);

// The text of a field, doubled quotes made single.
std::string field_text(std::string_view text, field_place const& place, char quote);
// As above, written at `out`, which has room for the field; returns the end.
char* unquote(std::string_view field, char quote, char* out) noexcept;

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
