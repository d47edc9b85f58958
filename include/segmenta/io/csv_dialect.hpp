// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_IO_CSV_DIALECT_HPP
#define SEGMENTA_IO_CSV_DIALECT_HPP

/// \file
/// How a delimited text file is written: what separates and quotes fields, how missing values are spelled.

#include <segmenta/error.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// A dialect of delimited text. The default is RFC 4180 with a header line and UTF-8.
///
/// What is always so: records end with LF or CR LF, also mixed; the last record needs no line end; a UTF-8 byte order
/// mark is skipped; a wholly empty line is no record (it is counted); a quote is special only as the first character
/// of a field, and inside such a field it is doubled. A quote anywhere else makes the record bad (`stray_quote`).
struct csv_dialect {
    /// Between fields: any ASCII character except line ends and the quote.
    char delimiter = ',';
    /// Fields are separated by runs of blanks and tabs, and outer blanks of a line mean nothing. Then `delimiter` and
    /// `quote` are not used, and a missing value needs a spelling.
    bool blanks = false;
    /// The quote character, or '\0' when the file does not quote (then quotes are text).
    char quote = '"';
    /// The first record holds the column names. Otherwise `names` does; without names the columns are called
    /// "1", "2", ...
    bool header = true;
    /// Column names of a file without header line.
    std::vector<std::string> names{};
    /// A name that `parse_encoding` knows: `utf-8`, `iso-8859-1`, `gb18030`. Text is handed on as UTF-8 whatever the
    /// file has.
    std::string encoding = "utf-8";
    /// Spellings of a missing value beside the empty field, such as "NA". Compared bytewise, without surrounding
    /// quotes.
    std::vector<std::string> missing{};
    /// Blanks and tabs around an unquoted field are not part of it. When off, a blank beside a number is an error.
    bool trim = false;
    /// Lines that start with this character are skipped and counted; '\0': there are none.
    char comment = '\0';
    /// A record longer than this many bytes refuses the file: it is a wrong file or a quote that is never closed.
    std::size_t record_limit = std::size_t{64} << 20;
};

/// Problems of the dialect itself (codes `csv.dialect`), none when it can be used. `place` is put before each.
issue_list check(csv_dialect const& dialect, std::string const& place);

} // namespace v0
} // namespace segmenta

#endif
